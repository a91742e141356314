//! What an operator does: prove that the views are what the events say, rebuild, back up, restore,
//! erase, and have the place examined. The command line and the server call the same functions.

mod backup;
mod check;
mod doctor;
mod erase;
mod portable;
mod rebuild;
mod restore;

pub use backup::{FileEntry, Manifest, backup};
pub use check::{Report, TableReport, rebuild_check};
pub use doctor::{BALLAST, BALLAST_BYTES, Finding, Level, doctor, lay_ballast};
pub use erase::{apply_journal, erase};
pub use rebuild::rebuild;
pub use restore::{Restored, restore};
