//! The pages for citizens and the public, asked as a browser without scripts asks them.
#![allow(clippy::unwrap_used, reason = "tests")]

mod applying;
mod asking;
mod house;
mod office;
mod own;
mod public;
#[path = "../permit/world.rs"]
#[allow(dead_code, reason = "shared with the permit's tests")]
mod world;
