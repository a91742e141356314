//! The penalty as a whole, through the chronicle: scenarios in text, races, repeats, both databases.
#![allow(clippy::unwrap_used, reason = "tests")]

mod bench;
mod conditions;
mod counted;
mod earlier;
#[path = "../permit/earlier_records.rs"]
mod earlier_records;
mod engines;
mod lifecycle;
mod migration;
mod operations;
mod scenarios;
#[path = "../permit/world.rs"]
#[allow(dead_code, reason = "shared with the permit's tests")]
mod world;
