//! How a command of the command line ends and speaks. The only place that prints.

use std::process::ExitCode;

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
            Outcome::Done => ExitCode::SUCCESS,
            Outcome::Refused => ExitCode::from(1),
            Outcome::Unusable => ExitCode::from(2),
        }
    }
}

#[expect(clippy::print_stdout, reason = "the command line's answer")]
pub fn say(line: &str) {
    println!("{line}");
}

pub fn complain(line: &str) {
    eprintln!("{line}");
}

pub fn print_json(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => say(&text),
        Err(error) => complain(&format!("结果无法写成 JSON：{error}")),
    }
}
