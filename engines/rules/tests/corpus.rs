//! Replays the fuzzers' corpus with the compiler that everybody has.
#![allow(clippy::print_stdout, reason = "the last name printed is the input that failed")]

#[path = "../fuzz/what_holds.rs"]
mod what_holds;

use std::path::Path;

/// Inputs, so that an empty folder cannot pass for a good one.
fn replay(folder: &str, holds: fn(&str)) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder can be listed").path())
        .collect();
    files.sort();
    for file in &files {
        let bytes = std::fs::read(file).expect("the file can be read");
        // What is no text never reaches the engine; the fuzzers skip it too.
        if let Ok(text) = std::str::from_utf8(&bytes) {
            println!("{}", file.display());
            holds(text);
        }
    }
    files.len()
}

#[test]
fn expressions() {
    assert!(replay("expression", what_holds::of_an_expression) > 100);
}

#[test]
fn files() {
    assert!(replay("xml", what_holds::of_a_file) > 100);
}
