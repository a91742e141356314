#![allow(clippy::unwrap_used, reason = "tests")]

mod charts;
mod drawn;
mod flow_random;
#[path = "../../../../app/src/flow_rules.rs"]
#[allow(dead_code, reason = "the command line asks; fixtures do not")]
mod flow_rules;
mod flows;
mod miwg;
mod parallel;
mod permit;
mod pictures;
mod proofs;
mod random;
mod refused;
mod run;
mod shorthand;
mod written;
