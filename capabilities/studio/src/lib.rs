//! The flow studio: flows in force, drafts of others, what the prover says of them, how they run, how two of them differ,
//! and how long real cases take at each step.
//!
//! Nothing here puts a flow into force: a draft is material for a catalogue change, which the legal office confirms.
//!
//! Reading order: [`inventory`] (what a place has) → [`bench`] (proving and rehearsing, bounded) → [`draft`] (what people
//! saved) → [`public`] → `views` (the pace of real cases) → `pages`.

mod bench;
mod draft;
mod inventory;
mod pages;
pub mod public;
mod views;

pub use bench::{Answering, Answers, Bench};
pub use draft::sweep;
pub use pages::{DRAW, flows_page, routes, side};

/// Read tables.
pub fn views() -> Vec<std::sync::Arc<dyn mingjing_chronicle::View>> {
    vec![std::sync::Arc::new(views::pace::Pace)]
}

/// The closed-list tables of this capability.
pub fn tables() -> Vec<mingjing_chronicle::chronicle::Migration> {
    draft::TABLES.to_vec()
}
