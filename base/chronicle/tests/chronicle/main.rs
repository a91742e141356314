//! The chronicle on both engines: the same tests, the same texts.
#![allow(clippy::unwrap_used, reason = "tests")]

mod appending;
mod background;
mod bulk;
mod failing;
mod killed;
mod ledger_of_pebbles;
mod operating;
mod promises;
mod racing;
mod views;
