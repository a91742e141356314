#![no_main]

#[path = "../what_holds.rs"]
mod what_holds;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| what_holds::of_a_migration(bytes));
