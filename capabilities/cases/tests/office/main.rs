//! The office's pages, asked as a browser without scripts asks them.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../citizen/asking.rs"]
#[allow(dead_code, reason = "shared with the citizens' tests")]
mod asking;
mod desk;
#[path = "../citizen/house.rs"]
mod house;
mod joint;
#[path = "../permit/joint_bodies.rs"]
#[allow(dead_code, reason = "shared with the permit's tests")]
mod joint_bodies;
#[path = "../permit/matter.rs"]
#[allow(dead_code, reason = "shared with the permit's tests")]
mod matter;
mod statistics;
#[path = "../permit/world.rs"]
#[allow(dead_code, reason = "shared with the permit's tests")]
mod world;
