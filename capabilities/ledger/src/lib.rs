//! Sealing the record into the public log, so that nobody, no operator either, can change it unseen.
//!
//! Reading order: [`leaf`] (what is sealed of an act) → [`follower`] (each act's leaf) → [`tables`], [`sequence`] (its
//! place) → [`disk`], [`shard`], [`journal`], [`seal`] (files and signature) → [`place`], [`signer`], [`cadence`],
//! [`close`], [`reads`], [`hand_over`], [`run`] (the process that signs) → [`receipt`], [`verify`] (what everybody gets) → [`fsck`], [`attached`], [`reconcile`], [`finding`], [`refill`],
//! [`attest`], [`watch`] (looking after it) → [`witness`] (seeing each other's logs) → [`pages`], [`api`]. Why so: `docs/adr/0005-the-public-log-follows-the-chronicle.md`.

mod api;
mod attached;
mod attest;
mod cadence;
mod close;
mod disk;
mod finding;
mod follower;
mod fsck;
mod hand_over;
mod journal;
mod leaf;
mod pages;
mod place;
mod reads;
mod receipt;
mod reconcile;
mod refill;
mod run;
mod seal;
mod sequence;
mod shard;
mod signer;
mod stop;
mod tables;
mod verify;
mod watch;
mod witness;

use std::sync::Arc;

use mingjing_chronicle::chronicle::Migration;
use mingjing_chronicle::{Follower, View};

pub use attest::{Seal, attest};
pub use cadence::{Cadence, Published};
pub use close::close_day;
pub use disk::{Disk, Folder};
pub use finding::{Finding, Named};
pub use follower::LEAVES;
pub use fsck::{Checked, fsck};
pub use journal::{Journal, Signed};
pub use leaf::Act;
pub use pages::{Naming, WATCH, routes, side, verify_page, watch_page};
pub use place::{NewLog, Place, create, create_seed, lock_folder, read_seed};
pub use reads::{Looker, Noted, ReadsEvent, SealedDay, keep, keep_reads, seal_reads, who_looked};
pub use receipt::{Proof, Proved, find_event, own_policy, prove};
pub use reconcile::{Report, reconcile};
pub use refill::{Refilled, refill};
pub use run::start;
pub use seal::{Sealed, Sealer};
pub use sequence::{Sequenced, sequence};
pub use shard::Shard;
pub use signer::{Board, Fsck, Signer, Status};
pub use stop::Stop;
pub use tables::{Head, heads, open_head, place_of};
pub use verify::{NotVerified, Verified, verify};
pub use watch::{Looked, Outcome, Standing, Told, check, standing};
pub use witness::{Answer, Asked, WitnessDesk, Witnesses, witness_routes};

pub fn tables() -> Vec<Migration> {
    tables::TABLES.to_vec()
}

pub fn views() -> Vec<Arc<dyn View>> {
    vec![Arc::new(reads::WhoLooked)]
}

pub fn followers() -> Vec<Arc<dyn Follower>> {
    vec![Arc::new(follower::Leaves)]
}
