//! The studio as people ask for it: who sees which flow, findings, rehearsal, drafts that lose nothing, comparison, heat.
#![allow(clippy::unwrap_used, reason = "tests")]

mod drafting;
mod drafts;
#[path = "../../../../app/src/flow_rules.rs"]
#[allow(dead_code, reason = "the command line asks for more")]
mod flow_rules;
mod heat;
#[path = "../../../cases/tests/citizen/house.rs"]
mod house;
mod looking;
mod town;
#[path = "../../../cases/tests/permit/world.rs"]
#[allow(dead_code, reason = "shared with the permit's tests")]
mod world;
