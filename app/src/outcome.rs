//! How a command of the command line ends and speaks. The only place that prints.
//!
//! Invariant: a reader that has seen enough (`mingjing … | head -1`) stops no command half-way and changes no exit code.
//! An answer that is lost for any other reason (a full disk) is told, and the command ends as refused.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

/// Exit codes: 0 done, 1 refused or found something, 2 unusable; 2 (usage) is also clap's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Refused,
    /// What was given cannot be taken: as wrong as wrong usage.
    Unusable,
}

impl Outcome {
    pub fn refused(why: &str) -> Outcome {
        complain(why);
        Outcome::Refused
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done if LOST.load(Ordering::Relaxed) => ExitCode::from(1),
            Outcome::Done => ExitCode::SUCCESS,
            Outcome::Refused => ExitCode::from(1),
            Outcome::Unusable => ExitCode::from(2),
        }
    }
}

/// A part of the answer could not be written, although somebody waited for it.
static LOST: AtomicBool = AtomicBool::new(false);

pub fn say(line: &str) {
    let written = told(&mut io::stdout().lock(), line);
    if let Err(error) = written
        && !LOST.swap(true, Ordering::Relaxed)
    {
        complain(&format!("结果没有写完：{error}"));
    }
}

pub fn complain(line: &str) {
    // Nobody is left to tell that nobody listens.
    let _ = told(&mut io::stderr().lock(), line);
}

/// Writes a line at once. That its reader went away is no error: it has what it wanted.
fn told(out: &mut dyn Write, line: &str) -> io::Result<()> {
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

pub fn print_json(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => say(&text),
        Err(error) => complain(&format!("结果无法写成 JSON：{error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn only_a_reader_that_left_is_no_error() {
        assert!(told(&mut Vec::new(), "一行").is_ok());
        assert!(told(&mut Failing(io::ErrorKind::BrokenPipe), "一行").is_ok());
        assert!(told(&mut Failing(io::ErrorKind::StorageFull), "一行").is_err());
    }
}
