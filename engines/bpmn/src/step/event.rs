//! What a step did, as it goes into the record. The JSON shape is stable: old records must load for ever.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::state::{Activated, Count, Instance, Mail, Record, Sub, TrailStep, Undoing, Variables, Wait};
use crate::model::{Id, Moment};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The process was begun or, with only triggered starts, listens for one.
    Begun {
        process: Id,
        vars: Variables,
    },
    Started(Box<Instance>),
    Closed {
        id: u32,
        how: Closing,
    },
    /// A node at which nothing rests was gone through.
    Passed {
        scope: u32,
        element: Id,
    },
    Taken {
        scope: u32,
        flow: Id,
    },
    Waits(Wait),
    /// One waiting token was taken; `after` says which, where the oldest is not meant.
    Consumed {
        scope: u32,
        element: Id,
        flow: Option<Id>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u32>,
    },
    Armed(Sub),
    Disarmed {
        id: u32,
    },
    Changed(Sub),
    Fired {
        scope: u32,
        element: Id,
    },
    Assigned {
        scope: u32,
        vars: Variables,
    },
    Counted {
        id: u32,
        count: Box<Count>,
    },
    Activated(Activated),
    Reset {
        scope: u32,
        element: Id,
    },
    Recorded(Record),
    Forgotten {
        records: Vec<u32>,
    },
    Undoing {
        id: u32,
        undoing: Box<Undoing>,
    },
    Compensated {
        scope: u32,
        element: Id,
    },
    Trailed(TrailStep),
    /// A return took these steps back.
    Undone {
        steps: Vec<u32>,
    },
    /// A message, signal or escalation went out.
    Sent {
        element: Id,
        kind: Sending,
        name: String,
        vars: Variables,
    },
    Mailed(Mail),
    Unmailed {
        at: u32,
    },
    Noted(Box<Note>),
    /// Rules were asked: what they said, and why.
    Decided(Box<Decided>),
    /// The instance goes on on another chart: everything it stands on is called as there.
    Migrated(Box<Migrated>),
    /// A process that nobody called has ended.
    Ended {
        element: Id,
        end: End,
        vars: Variables,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    Completed,
    Cancelled,
    /// Ended by an error.
    Failed,
    /// Taken back by a return.
    Returned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sending {
    Message,
    Signal,
    Escalation,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum End {
    Completed,
    /// By a terminate end event, or from outside.
    Terminated,
    /// An error that nobody caught.
    Failed {
        element: Id,
        code: String,
    },
}

/// How the elements and flows of the chart before are called on the chart after.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Migrated {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub renamed: BTreeMap<Id, Id>,
    /// Not on the chart after, or another thing there: nothing rests on them, and nothing returns to them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lost: BTreeSet<Id>,
    /// What was done before is not returned to any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forgets: bool,
}

impl Migrated {
    /// What an element or flow is called on the chart after; none: it is not there.
    pub fn image(&self, id: &Id) -> Option<Id> {
        match self.lost.contains(id) {
            true => None,
            false => Some(self.renamed.get(id).unwrap_or(id).clone()),
        }
    }
}

/// What a decision came to, kept whole: whoever reads it later asks no rules again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// The instance of the task.
    pub id: u32,
    pub element: Id,
    pub decision: String,
    pub value: Value,
    #[serde(default, skip_serializing_if = "Variables::is_empty")]
    pub inputs: Variables,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// Hash of the rules' text; empty where whoever ran the flow named none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rules: String,
}

/// An operation on a task or, with instance 0, on the whole: who, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    pub instance: u32,
    pub element: Id,
    pub how: How,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub at: Moment,
    #[serde(default, skip_serializing_if = "Variables::is_empty")]
    pub vars: Variables,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// 退回
    Returned,
    /// 撤回
    Withdrawn,
    /// 转办
    Transferred,
    /// 委托
    Delegated,
    /// 委托交回
    HandedBack,
    /// 交回岗位
    Released,
    /// 抄送
    Copied,
    /// 催办
    Urged,
    /// 挂起
    Suspended,
    /// 恢复
    Resumed,
    /// 前加签
    SignBefore,
    /// 后加签
    SignAfter,
    /// 并加签
    SignBeside,
    /// A signer after the holder got the task.
    SignerTaken,
    /// 减签
    SignerRemoved,
    /// The holder has signed and others sign after.
    Signed,
    /// The law ended the case.
    Terminated,
}
