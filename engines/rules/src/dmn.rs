//! Decision models: DMN 1.2–1.5 XML → model → values, and back to XML.

pub mod model;
mod read;
mod write;

pub use model::{Boxed, BoxedKind, DecisionTable, Definitions};
pub use read::{ReadError, read};
pub use write::write;
