//! The register of document numbers (发文字号): one stream a body, series and year, `paper_register/<body>-<series>-<year>`.
//!
//! Invariant: numbers are gapless from 1, and a paper has one number: both are written in one transaction with the case.

use mingjing_chronicle::{Aggregate, Event, Recorded};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default)]
pub struct PaperRegister {
    /// The last number given out.
    pub last: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum RegisterEvent {
    NumberGiven {
        number: i64,
        case_no: String,
        paper_id: String,
    },
}

impl Event for RegisterEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        "paper_register.number_given"
    }
}

impl Aggregate for PaperRegister {
    type Event = RegisterEvent;
    const STREAM: &'static str = "paper_register";

    fn evolve(&mut self, recorded: &Recorded<'_, RegisterEvent>) {
        // The number is the version, so that even an erased entry keeps its place.
        self.last = recorded.envelope.version;
    }
}
