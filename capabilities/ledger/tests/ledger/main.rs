//! The files of a log and the signer's journal under failing disks, power cuts, restored databases and flipped bits.
#![allow(clippy::unwrap_used, reason = "tests")]

mod faults;
mod folder;
mod model;
mod recovery;
mod world;
