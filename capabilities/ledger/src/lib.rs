//! Sealing the record into the public log: so far its files, the signer's journal, and signing.
//!
//! What is still to come stands in `docs/adr/` under the ledger's number: the follower that makes leaves, the sequencer,
//! publication by cadence, witnesses, receipts, pages.

mod disk;
mod fsck;
mod journal;
mod seal;
mod shard;
mod stop;

pub use disk::{Disk, Folder};
pub use fsck::{Checked, fsck};
pub use journal::{Journal, Signed};
pub use seal::{Sealed, Sealer};
pub use shard::Shard;
pub use stop::Stop;
