//! Operations on steps of the flow: who changed whose turn it is, and why. No legal fact follows from them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Effects, OpenStep};
use crate::operate::Operation;
use crate::penalty::events::OpinionSigned;

/// One of 退回, 撤回, 转办, 委托, 交回, 加签, 减签, 抄送, 阅悉, 催办, 挂起, 恢复; the event's kind says which.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StepOperated {
    pub task: String,
    pub step: String,
    /// Account and name of who did it; empty where it happened by itself.
    pub account: String,
    pub name: String,
    pub reasons: String,
    /// The step that is done again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_to: Option<StepNamed>,
    /// Officers who get it, sign too, or sign no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub officers: Vec<Colleague>,
    /// What was done after that step and is done again too, the last first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub again: Vec<StepNamed>,
    /// The last day of a delegation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Roles of the posts that get a copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Number of the copy that was sent or read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<u32>,
}

impl StepOperated {
    pub(crate) fn on(step: &OpenStep, reasons: String) -> StepOperated {
        StepOperated {
            task: step.task.clone(),
            step: step.name.clone(),
            reasons,
            ..StepOperated::default()
        }
    }
}

/// An operation on a step of an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepOperation {
    pub how: Operation,
    #[serde(flatten)]
    pub fact: StepOperated,
    /// Of an added signer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<OpinionSigned>,
    pub effects: Effects,
}

/// 委托: for whom an open step is done, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lent {
    pub by: String,
    pub by_name: String,
    /// Its last day.
    pub until: Date,
}

/// 催办: how often an open step was urged, and the last time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urged {
    pub times: u32,
    pub on: Date,
    pub by: String,
    pub by_name: String,
    pub reasons: String,
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
