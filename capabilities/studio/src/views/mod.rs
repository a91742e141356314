//! Read tables of the studio.

pub mod pace;
