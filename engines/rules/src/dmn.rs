//! Decision models: DMN 1.2–1.5 XML → model → values, and back to XML.

mod compile;
mod item_definitions;
pub mod model;
mod read;
mod run;
mod write;

pub use compile::{Element, Model, ModelError, Place};
pub use model::{Boxed, BoxedKind, DecisionTable, Definitions};
pub use read::{ReadError, read};
pub use run::{Evaluation, Inputs, Request};
pub use write::write;

pub(crate) use compile::{Logic, Parsed, Required, Table, Tests};
pub(crate) use model::HitPolicy;
