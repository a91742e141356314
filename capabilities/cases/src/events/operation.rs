//! Operations on steps of the flow: who changed whose turn it is, and why. No legal fact follows from them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Effects;

/// One of 退回, 撤回, 转办, 加签, 减签, 挂起, 恢复; the event's kind says which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepOperated {
    pub task: String,
    pub step: String,
    /// Account and name of who did it.
    pub account: String,
    pub name: String,
    pub reasons: String,
    /// The step that is done again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_to: Option<StepNamed>,
    /// Officers who get it, sign too, or sign no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub officers: Vec<Colleague>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepNamed {
    pub task: String,
    pub name: String,
    /// What it is in law (`investigate`, `review_proposal` …).
    pub kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    pub account: String,
    pub name: String,
}

/// When the flow's earliest timer was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimerDue {
    pub due: Timestamp,
}

/// The same, with what followed, of a permit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerFired {
    #[serde(flatten)]
    pub timer: TimerDue,
    pub effects: Effects,
}
