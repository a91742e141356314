//! What must hold before a flow may run, and what a person should look at.
//!
//! Conditions speak of the outcome of one task, so each (task, outcome) pair is walked through the gateways to the
//! next task or end: the walk decides completeness and exclusiveness exactly, not by sampling.

pub(crate) mod paths;
mod reach;
mod routes;
mod shape;
mod soundness;

use serde::Serialize;

use crate::problem::{Problem, Severity};
use crate::read;
use crate::thin::model::{self, Model};

pub use paths::LongestPath;
pub(crate) use routes::next_rests;

/// Everything found about a file. `model` is there if a process could be made out at all, so that findings can
/// be shown on its drawing; run only what [`crate::read`] returns.
#[derive(Debug, Serialize)]
pub struct Report {
    #[serde(skip)]
    pub model: Option<Model>,
    /// Errors first; at most [`MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
    /// Only of a chart without errors.
    pub longest_path: Option<LongestPath>,
}

/// More than anyone reads; a broken file can cause as many as it has nodes.
pub const MAX_PROBLEMS: usize = 200;

impl Report {
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|p| p.severity == Severity::Error)
    }

    pub fn warnings(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|p| p.severity == Severity::Warning)
    }

    pub fn is_sound(&self) -> bool {
        self.model.is_some() && self.errors().next().is_none()
    }
}

/// Reads and checks a file, with remarks of every weight.
pub fn report(xml: &str) -> Report {
    let (model, mut problems) = match read::parse(xml, read::CASE_FLOW) {
        Ok(definitions) => model::build(definitions),
        Err(problem) => (None, vec![problem]),
    };
    if let Some(model) = &model {
        check(model, &mut problems);
    }
    problems.sort_by_key(|problem| problem.severity);
    let sound = problems.first().is_none_or(|p| p.severity != Severity::Error);
    problems.truncate(MAX_PROBLEMS);
    let checked = model.as_ref().filter(|_| sound);
    Report {
        longest_path: checked.map(Model::longest_path_working_days),
        problems,
        model,
    }
}

/// Further findings would not be shown, but each costs a way through the chart.
fn enough(problems: &[Problem]) -> bool {
    problems.len() >= MAX_PROBLEMS
}

/// Walks need a well-formed graph, so each stage runs only if the one before found no error.
fn check(model: &Model, problems: &mut Vec<Problem>) {
    let stages = [shape::check, reach::check, routes::check, soundness::check];
    for stage in stages {
        if problems.iter().any(|p| p.severity == Severity::Error) {
            return;
        }
        stage(model, problems);
    }
}
