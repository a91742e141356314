#![allow(clippy::unwrap_used, reason = "tests")]

mod charts;
mod permit;
mod refused;
mod run;
