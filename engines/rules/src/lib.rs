//! FEEL and DMN 1.5.
pub mod api;
pub mod benchmark;
pub mod builtins;
pub mod check;
pub mod dmn;
pub mod evaluate;
pub mod explain;
pub mod extension;
pub mod feel;
pub mod json;
pub mod number;
pub mod tck;
pub mod time;
mod unicode_blocks;
pub mod value;
