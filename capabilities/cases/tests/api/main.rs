//! The JSON door of cases, asked as a department's system, an officer, a citizen and a stranger ask it. Every answer is
//! checked against the document.
#![allow(clippy::unwrap_used, reason = "tests")]

mod hostile;
#[path = "../citizen/house.rs"]
mod house;
mod office;
mod penalty;
mod penalty_hostile;
mod penalty_steps;
mod scopes;
mod statistics;
mod system;
#[path = "../permit/world.rs"]
#[allow(dead_code, reason = "shared with the permit's tests")]
mod world;
