//! The flow engine: BPMN 2.0 diagrams that citizens read and officials execute.
//!
//! Pure: no clock, no input or output, no chance. XML goes in at [`model::read`], a checked model comes out; [`step`] says
//! which events a stimulus causes; its state is the fold of those events and is never consulted about law. [`draw`] shows
//! the model to people, [`check`] proves it, [`casework`] is what flows of cases need beyond the standard.
//!
//! Reading order: `read` (XML, limits) → `model` (typed, the standard's rules) → `step` (a file per concern) → `run` → `check`
//! → `casework` → `place`, `draw`; `compare` sets two versions side by side, `migrate` takes what runs on one to the other; `write` gives the XML back.

pub mod casework;
pub mod check;
pub mod compare;
pub mod draw;
pub mod migrate;
pub mod model;
mod place;
mod problem;
mod read;
pub mod run;
pub mod step;
mod write;

pub use problem::{Problem, Severity};
