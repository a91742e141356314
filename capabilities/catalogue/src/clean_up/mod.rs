//! The initial clean-up (R13–R15): tasks by stage, body and person ([`task`]), planned and done by [`commands`]; its package
//! in four parts ([`package`]).

pub mod commands;
pub mod package;
pub mod task;
