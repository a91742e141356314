//! What must hold before a flow may run, and what a person should look at.

mod soundness;

use serde::{Deserialize, Serialize};

use crate::model::{self, Called, Kind, Model};
use crate::problem::{Problem, Severity};

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

/// A rule of the law on the order of acts, as data: no task with the act before one of those it needs was done.
/// E.g. `{"act":"decide","needs":["notify"],"basis":"行政处罚法第四十四条"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Precedence {
    pub act: String,
    /// Any of them will do.
    pub needs: Vec<String>,
    #[serde(default)]
    pub basis: Option<String>,
}

impl Precedence {
    fn basis(&self) -> String {
        self.basis
            .as_ref()
            .map_or_else(String::new, |basis| format!("（{basis}）"))
    }
}

/// Findings against rules on the order of acts, on every way through every process.
pub fn precedence(model: &Model, rules: &[Precedence]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for process in model.processes() {
        for rule in rules {
            soundness::precedes(model, process, rule, &mut problems);
        }
    }
    problems
}

/// Processes that are called are looked at where they are called.
fn sound(model: &Model, problems: &mut Vec<Problem>) -> Soundness {
    let mut all = Soundness::Proven;
    for process in model.processes() {
        let called = Kind::Call(Called::Process(process));
        let empty = model.node(process).children.is_empty();
        if empty || model.nodes().iter().any(|node| node.kind == called) {
            continue;
        }
        let one = soundness::check(model, process, problems);
        all = match (all, one) {
            (Soundness::Refuted, _) | (_, Soundness::Refuted) => Soundness::Refuted,
            (Soundness::NotDecided, _) | (_, Soundness::NotDecided) => Soundness::NotDecided,
            _ => Soundness::Proven,
        };
    }
    all
}
