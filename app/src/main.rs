//! The one binary: command line, configuration and wiring. No rule lives here.
//!
//! Reading order: [`cli`] (what can be asked) → [`settings`] (what a deployment is) → [`house`] (how the
//! capabilities are put together) → `commands/` (one file per command) → [`city`] (the demo city) →
//! [`worker`] (uploads are parsed in a process of its own).

mod bench;
mod bucket;
mod city;
mod cli;
mod commands;
mod flow_rules;
mod house;
mod metrics;
mod outcome;
mod settings;
mod worker;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run().into()
}
