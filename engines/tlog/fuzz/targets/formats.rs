#![no_main]
#[path = "../what_holds.rs"]
mod what_holds;

libfuzzer_sys::fuzz_target!(|input: &[u8]| what_holds::of_bytes(input));
