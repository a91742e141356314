//! A task of the chart was completed whose act has no shape of its own: who did it, with which outcome, and the facts that
//! the law asks of this act.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Colleague, Effects, Lateness, SiteOfficer};
use crate::money::Fen;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepTaken {
    pub taken: TakenStep,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakenStep {
    pub task: String,
    /// As the chart calls it.
    pub name: String,
    /// What it is in law (`hear`, `verify` …).
    pub kind: String,
    /// None where the chart lets it simply be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeNamed>,
    pub role: String,
    pub account: String,
    /// The legal date.
    pub on: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<String>,
    #[serde(default, skip_serializing_if = "StepFacts::is_empty")]
    pub facts: StepFacts,
    /// The chart shows the step to the body alone (R3).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
    /// Of a decision: whether it came after its limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Lateness>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeNamed {
    pub id: String,
    pub name: String,
    /// Against the party or against what was proposed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub negative: bool,
}

/// What an act records beside its outcome; which of these it needs is the law's (`decide/take_step/law.rs`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StepFacts {
    /// What was told, asked, found or said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The day that is told to the party: of a hearing, the last one for paying, the expected end of a suspension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_day: Option<Date>,
    /// When the time for reconsideration and suit was over (强制法 44, 53).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy_over_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Who will host the hearing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Colleague>,
    /// Who acted in twos, with their certificates as they were on that day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub officers: Vec<SiteOfficer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Fen>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<GoodsTaken>,
    /// Hour and minute, `09:30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// How something is to be performed, or is enforced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manner: Option<String>,
    /// When it was put on record, where hours count (强制法 19).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// One piece that was sealed or detained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodsTaken {
    pub name: String,
    pub amount: String,
}

impl StepFacts {
    pub fn is_empty(&self) -> bool {
        *self == StepFacts::default()
    }
}

impl TakenStep {
    /// `act` or `act:outcome`, as charts and rules name what was done.
    pub fn is(&self, named: &str) -> bool {
        match named.split_once(':') {
            None => self.kind == named,
            Some((kind, outcome)) => self.kind == kind && self.came_to(outcome),
        }
    }

    pub fn came_to(&self, outcome: &str) -> bool {
        self.outcome.as_ref().is_some_and(|came| came.id == outcome)
    }

    pub fn negative(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.negative)
    }
}
