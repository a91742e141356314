//! What a node is.

use super::{EventNode, Expression, Id, NodeIx, Trigger, Value};

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Process { executable: bool },
    Sub(SubKind),
    Call(Called),
    Task(TaskKind),
    Gateway(Gateway),
    Event(Box<EventNode>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubKind {
    Embedded,
    /// Begun by its start event, never by a flow.
    Event,
    Transaction,
    AdHoc,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TaskKind {
    /// Says nothing about its work: done as soon as it is reached (BPMN 2.0 §13.3.3).
    Abstract,
    User,
    Manual,
    Service,
    Script(Box<ScriptTask>),
    Rule {
        /// Name or id of a DMN decision; none: done outside, like a service.
        decision: Option<Value>,
        result: Option<String>,
    },
    Send {
        message: Option<Box<Trigger>>,
    },
    Receive {
        message: Box<Trigger>,
        instantiate: bool,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct ScriptTask {
    pub script: Option<Expression>,
    /// Variable that takes the result; without one a context gives its entries.
    pub result: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Called {
    Process(NodeIx),
    /// A global task of the file.
    Global(Id, Box<TaskKind>),
    /// Named, but not in this file.
    Elsewhere(Id),
    Nothing,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Gateway {
    Exclusive,
    Parallel,
    Inclusive,
    Complex { activation: Option<Expression> },
    EventBased { instantiate: bool, parallel: bool },
}

impl Gateway {
    /// Leaves by flows whose conditions hold.
    pub fn chooses(&self) -> bool {
        matches!(self, Gateway::Exclusive | Gateway::Inclusive | Gateway::Complex { .. })
    }
}
