//! The permit as a whole, through the chronicle: scenarios in text, races, repeats, erasures.
#![allow(clippy::unwrap_used, reason = "tests")]

mod engines;
mod lifecycle;
mod scenarios;
mod world;
