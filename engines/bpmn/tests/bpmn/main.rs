#![allow(clippy::unwrap_used, reason = "tests")]

mod charts;
mod drawn;
mod miwg;
mod parallel;
mod permit;
mod random;
mod refused;
mod run;
mod written;
