//! The command line in a pipe: `mingjing … | head -1`. What a command does and how it ends does not depend on how much of
//! its answer is read.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs::File;
use std::process::{Command, Output, Stdio};

/// Each prints an answer; some find something (1).
const ASKED: &[&[&str]] = &[
    &["calendar", "due", "--from", "2026-02-10", "--working-days", "5"],
    &[
        "calendar",
        "due",
        "--from",
        "2026-02-10",
        "--working-days",
        "5",
        "--json",
    ],
    &["code", "check", "33030319900101001X", "91330303MA2000000E"],
    &["code", "check", "no code at all"],
    &["--help"],
    &["no such command"],
];

fn mingjing(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingjing"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Standard output, and standard error where asked, into a pipe that nobody reads any more.
fn unheard(arguments: &[&str], errors_too: bool) -> Output {
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer
    };
    let mut command = mingjing(arguments);
    command.stdout(closed()).stderr(Stdio::piped());
    if errors_too {
        command.stderr(closed());
    }
    command.spawn().unwrap().wait_with_output().unwrap()
}

#[test]
fn a_reader_that_left_changes_neither_the_end_nor_makes_a_panic() {
    for arguments in ASKED {
        let heard = mingjing(arguments).output().unwrap();
        for errors_too in [false, true] {
            let alone = unheard(arguments, errors_too);
            assert_eq!(alone.status.code(), heard.status.code(), "{arguments:?}");
            assert!(
                !String::from_utf8_lossy(&alone.stderr).contains("panicked"),
                "{alone:?}"
            );
        }
    }
}

/// A device that is always full is Linux's.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_could_not_be_written_is_told_and_refused() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = mingjing(ASKED[0])
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(told.matches("结果没有写完").count(), 1, "{told}");
}
