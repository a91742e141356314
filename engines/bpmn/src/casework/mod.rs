//! Flows of cases: what they must be beyond the standard, and what pages show of them.
//!
//! Reading order: `rules` (posts, acts, one way to begin) → `routes` (each outcome leads somewhere) → `hash` (what a case
//! is pinned to) → `order`, `audience`, `table` (what whom is shown).

mod assistance;
mod audience;
mod hash;
mod layout;
mod order;
mod routes;
mod rules;
mod table;

pub use assistance::{GIVE_OPINION, asked_bodies};
pub use audience::seen_by;
pub use hash::hash;
pub use table::{StepRow, table, table_for};

use crate::check;
use crate::model::{self, Kind, Model, NodeIx};
use crate::problem::{Problem, Severity};
use crate::read::CASE_FLOW;

/// Reads a flow that cases may run on, and everything found about it, errors first.
///
/// Limits: 1 MiB, depth 64, 20 000 nodes, 255 attributes an element, no DOCTYPE. The model is there wherever one could be
/// made out, so that findings can be shown on its drawing; run only one without errors.
pub fn examine(xml: &str) -> (Option<Model>, Vec<Problem>) {
    let (model, mut problems) = model::read_within(xml, CASE_FLOW);
    let Some(model) = model else {
        return (None, problems);
    };
    rules::check(&model, &mut problems);
    let fit = |problems: &[Problem]| problems.iter().all(|problem| problem.severity != Severity::Error);
    if fit(&problems) {
        routes::check(&model, &mut problems);
    }
    if fit(&problems) {
        problems = merged(check::verdict(xml).problems, problems);
    }
    problems.sort_by_key(|problem| problem.severity);
    problems.truncate(check::MAX_PROBLEMS);
    (Some(model), problems)
}

/// Reads a flow that cases may run on.
///
/// # Errors
/// Every reason for which the flow may not be confirmed, each naming its element.
pub fn read(xml: &str) -> Result<Model, Vec<Problem>> {
    let (model, mut problems) = examine(xml);
    problems.retain(|problem| problem.severity == Severity::Error);
    match model {
        Some(model) if problems.is_empty() => Ok(model),
        _ => Err(problems),
    }
}

/// The process that a case begins: the executable one, else the only one that no other calls.
pub fn main_process(model: &Model) -> Option<NodeIx> {
    let executable = |ix: &NodeIx| model.node(*ix).kind == Kind::Process { executable: true };
    let main: Vec<NodeIx> = model.processes().filter(|ix| !is_called(model, *ix)).collect();
    let executable = main.iter().copied().find(executable);
    executable
        .or_else(|| main.first().copied())
        .or_else(|| model.processes().next())
}

fn is_called(model: &Model, process: NodeIx) -> bool {
    let called = Kind::Call(model::Called::Process(process));
    model.nodes().iter().any(|node| node.kind == called)
}

/// What the standard's rules find is found by both.
fn merged(mut found: Vec<Problem>, further: Vec<Problem>) -> Vec<Problem> {
    for problem in further {
        if !found.contains(&problem) {
            found.push(problem);
        }
    }
    found
}
