//! The core that cases run on until they move to [`crate::step`]: one process, user tasks, gateways and plain events.
//! Its events lie in the chronicle, so their shapes stay readable when this goes.

pub mod check;
pub mod draw;
pub mod layout;
pub mod model;
pub mod step;
