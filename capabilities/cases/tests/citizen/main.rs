//! The pages for citizens and the public, asked as a browser without scripts asks them.
#![allow(clippy::unwrap_used, reason = "tests")]

mod applying;
mod asking;
#[path = "../penalty/bench.rs"]
#[allow(dead_code, reason = "shared with the tests of penalties")]
mod bench;
mod house;
mod office;
mod own;
mod penalty;
mod public;
#[path = "../permit/world.rs"]
#[allow(dead_code, reason = "shared with the permit's tests")]
mod world;
