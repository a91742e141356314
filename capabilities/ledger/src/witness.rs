//! Witnesses: what each neighbour does for the others' logs (`desk`), and how a log collects their cosignatures (`asking`).

mod asking;
mod desk;

pub use asking::{Asked, Witnesses};
pub use desk::{Answer, WitnessDesk, witness_routes};
