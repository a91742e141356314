//! The files of a log and the signer's journal under failing disks, power cuts, restored databases and flipped bits.
#![allow(clippy::unwrap_used, reason = "tests")]

mod deeds;
mod faults;
mod folder;
mod looking;
mod model;
mod pipeline;
mod real_disk;
mod recovery;
mod restored;
mod stumbling;
mod unreliable;
mod watched;
mod witnessed;
mod world;
mod years;
