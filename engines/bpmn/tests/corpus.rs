//! Replays the fuzzers' corpus with the compiler that everybody has.
#![allow(clippy::print_stdout, reason = "the last name printed is the input that failed")]

#[path = "../fuzz/what_holds.rs"]
mod what_holds;

use std::path::Path;

/// Inputs, so that an empty folder cannot pass for a good one.
fn replay(folder: &str, holds: fn(&[u8])) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder can be listed").path())
        .collect();
    files.sort();
    for file in &files {
        println!("{}", file.display());
        holds(&std::fs::read(file).expect("the file can be read"));
    }
    files.len()
}

#[test]
fn files() {
    let text = |bytes: &[u8]| {
        // What is no text never reaches the engine; the fuzzer skips it too.
        if let Ok(text) = std::str::from_utf8(bytes) {
            what_holds::of_a_file(text);
        }
    };
    assert!(replay("file", text) > 100);
}

#[test]
fn runs() {
    assert!(replay("run", what_holds::of_a_run) > 100);
}

#[test]
fn migrations() {
    assert!(replay("run", what_holds::of_a_migration) > 100);
}
