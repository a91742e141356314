//! One file per command of the command line.

pub mod calendar;
pub mod case;
pub mod catalogue;
pub mod code;
pub mod demo;
pub mod flow;
pub mod init;
pub mod law;
pub mod ledger;
pub mod operate;
pub mod paper;
pub mod rules;
pub mod serve;
pub mod simulate;
pub mod witness;
