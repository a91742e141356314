#![allow(clippy::unwrap_used, reason = "tests")]

mod assistance;
mod casework;
mod charts;
mod compare;
mod earlier;
mod flow_random;
#[path = "../../../../app/src/flow_rules.rs"]
#[allow(dead_code, reason = "the command line asks; fixtures do not")]
mod flow_rules;
mod flows;
mod law;
mod migrate;
mod pictures;
mod proofs;
mod saved;
mod shorthand;
mod written;
