//! The permit as a whole, through the chronicle: scenarios in text, races, repeats, erasures.
#![allow(clippy::unwrap_used, reason = "tests")]

mod earlier;
mod earlier_records;
mod ends;
mod engines;
mod joint;
mod joint_bodies;
mod lifecycle;
mod matter;
mod matters;
mod migration;
mod migration_of_many;
mod operations;
mod plans;
mod procedure_scenarios;
mod procedures;
mod rules;
mod scenarios;
mod sealed_papers;
mod timers;
#[allow(dead_code, reason = "shared with the tests of the API and of penalties")]
mod world;
