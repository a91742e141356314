//! What must hold before a flow may run, and what a person should look at.

mod conditions;
mod duration;
mod inventory;
mod law;
pub(crate) mod marking;
mod operations;
mod order;
mod prove;
mod references;
mod search;
mod soundness;

use serde::Serialize;

use crate::model::{self, Called, Kind, Model, NodeIx};
use crate::problem::{Problem, Severity};
pub use conditions::{Answer, Conditions, Judgement, NotAsked};
pub use inventory::{Inventory, Post, Purpose, Span};
pub use law::{LawOfPower, LawRule, LegalClock, law};
pub use marking::Done;
pub use prove::{Proof, prove};
pub use references::unstaffed;

/// More than anyone reads; a broken file can cause as many as it has nodes.
pub const MAX_PROBLEMS: usize = 200;

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// Errors first; at most [`MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
    pub soundness: Soundness,
    /// A model could be made out.
    pub readable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Soundness {
    /// Can always finish, leaves nothing behind, nothing is dead.
    Proven,
    Refuted,
    /// Too many states to look at all.
    NotDecided,
    /// Not looked at: the model may not run anyway.
    NotAsked,
}

impl Soundness {
    /// What is known of both together.
    fn and(self, other: Soundness) -> Soundness {
        use Soundness::{NotAsked, NotDecided, Proven, Refuted};
        match (self, other) {
            (Refuted, _) | (_, Refuted) => Refuted,
            (NotDecided, _) | (_, NotDecided) => NotDecided,
            (NotAsked, _) | (_, NotAsked) => NotAsked,
            (Proven, Proven) => Proven,
        }
    }

    pub fn in_words(self) -> &'static str {
        match self {
            Soundness::Proven => "总能办完，没有走不到或卡住的地方。",
            Soundness::Refuted => "有走不到或卡住的地方。",
            Soundness::NotDecided => "情形太多，未能判定是否总能办完。",
            Soundness::NotAsked => "没有判定是否总能办完。",
        }
    }
}

impl Verdict {
    pub fn is_fit(&self) -> bool {
        self.readable && !self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// Reads a file and checks it: the standard's rules, then soundness.
pub fn verdict(xml: &str) -> Verdict {
    let (model, mut problems) = model::read_all(xml);
    let fit = !problems.iter().any(|problem| problem.severity == Severity::Error);
    let soundness = match &model {
        Some(model) if fit => sound(model, &mut problems),
        _ => Soundness::NotAsked,
    };
    problems.sort_by_key(|problem| problem.severity);
    problems.truncate(MAX_PROBLEMS);
    Verdict {
        readable: model.is_some_and(|model| !model.nodes().is_empty()),
        problems,
        soundness,
    }
}

/// Processes that are called are looked at where they are called.
fn sound(model: &Model, problems: &mut Vec<Problem>) -> Soundness {
    let mut all = Soundness::Proven;
    for process in own_processes(model) {
        let (one, _) = soundness::check(model, process, problems);
        all = all.and(one);
    }
    all
}

fn own_processes(model: &Model) -> impl Iterator<Item = NodeIx> {
    model.processes().filter(|process| {
        let called = Kind::Call(Called::Process(*process));
        let empty = model.node(*process).children.is_empty();
        !empty && !model.nodes().iter().any(|node| node.kind == called)
    })
}
