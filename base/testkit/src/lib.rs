//! One object that is a whole office under test: a database of its own (SQLite or PostgreSQL), a clock
//! that stands still until moved, chance that repeats, and switches that make statements fail.
//!
//! - [`TestOffice`]: open, reopen (a restart), settle; [`for_each_engine`] runs one test on both engines.
//! - [`given`]: given events, when a decision, then events or a refusal; nothing is stored.
//! - [`FaultSwitch`]: "the n-th write fails", "the n-th commit fails but was done".

pub mod decision;
pub mod engine;
pub mod fault;
pub mod office;

pub use decision::{Given, Then, context_at, given};
pub use engine::{Engine, Place, engines};
pub use fault::{FaultSwitch, Target};
pub use office::{TestOffice, for_each_engine};
