//! The flow engine: BPMN 2.0 diagrams that citizens read and officials execute.
//!
//! Pure: no clock, no input or output, no chance. XML goes in at [`read`], a checked [`Model`] comes
//! out; [`step`] says which events a stimulus causes; [`State`] is the fold of those events and is
//! never consulted about law. [`svg`] and [`table`] show the same model to people.
//!
//! Reading order: `read` (XML, limits) → `model` (typed, canonical hash) → `check` (rules) → `step` (one file per
//! element kind) → `layout` and `draw`; `write` gives the XML back.

pub mod check;
pub mod draw;
pub mod model;
mod place;
mod problem;
mod read;
pub mod run;
pub mod step;
mod thin;
mod write;

pub use problem::{Problem, Severity};
pub use thin::draw::{DrawOptions, StepRow, svg, table, table_for};
pub use thin::layout::layout;
pub use thin::model::{
    Bounds, Condition, Diagram, Edge, Flow, FlowIx, Lane, Limit, LimitUnit, Model, Node, NodeIx, NodeKind, OpinionRule,
    Outcome, PaperRule, Point, Shape, Task, Visibility,
};
pub use thin::step::{FlowEvent, State, StepError, Stimulus, TokenId, step};
pub use write::write;

/// Reads BPMN 2.0 XML into a model that may be run.
///
/// Limits: 1 MiB, depth 64, 20 000 nodes, 255 attributes an element, no DOCTYPE.
///
/// # Errors
/// Every reason for which the model may not be run, in the order found, each naming its element.
/// Remarks of lesser weight do not refuse a model; [`check::report`] gives them.
pub fn read(xml: &str) -> Result<Model, Vec<Problem>> {
    let report = check::report(xml);
    match report.model {
        Some(model) if report.errors().next().is_none() => Ok(model),
        _ => Err(report.errors().cloned().collect()),
    }
}
