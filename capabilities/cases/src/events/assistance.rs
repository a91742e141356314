//! Joint approval (许可法 26(2)): what the lead body and each body that was asked record of each other.

use jiff::civil::Date;
use mingjing_catalogue::public::Answers;
use serde::{Deserialize, Serialize};

use super::{Effects, OutcomeNamed, PinnedItem, SubmittedMaterial};
use crate::party::Party;

/// In the lead's case, of a call that waits for another body: who was asked, and under which number it works on it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Asked {
    pub body: String,
    pub body_name: String,
    pub case_no: String,
}

/// In the case of a body that was asked: by whom, and for which step of the lead's chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    pub case_no: String,
    pub body: String,
    pub body_name: String,
    /// The call of the chart, and how it is called there.
    pub task: String,
    pub name: String,
}

/// The first event of the case of a body that was asked. It holds what that body examines, as it was on that day: what
/// other bodies write of it is not in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssistanceAsked {
    pub case_no: String,
    /// Of the lead's case, with this body and its limit.
    pub item: PinnedItem,
    pub lead: Lead,
    pub party: Party,
    pub asked_on: Date,
    pub form: Answers,
    pub materials: Vec<SubmittedMaterial>,
    pub effects: Effects,
}

/// In the lead's case: an opinion came back, and the chart goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpinionReturned {
    pub answer: Answer,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Of the body that was asked.
    pub case_no: String,
    pub body: String,
    pub body_name: String,
    /// The call of the lead's chart.
    pub task: String,
    pub name: String,
    pub outcome: OutcomeNamed,
    pub opinion: String,
    /// Of a disagreement the reasons, of a conditional agreement the conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<String>,
    pub given_on: Date,
    /// After its limit: it counts all the same, and was never taken for consent before.
    pub late: bool,
}

/// In the case of a body that was asked: no opinion is needed any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssistanceEnded {
    pub why: String,
    pub effects: Effects,
}

/// In the case of a body that was asked: something that it has to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssistanceTold {
    pub what: Told,
    pub words: String,
    pub effects: Effects,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The lead body asks for the opinion again.
    Urged,
    /// The limits of the lead's case stand still; so does this one.
    TimeExcluded,
    TimeResumed,
    /// Its limit has passed without an opinion: silence is not consent.
    Overdue,
}
