//! What the studio promises to others: drafts of flows, for the catalogue change that takes one up.

pub use crate::draft::{Draft, DraftLine};
pub use crate::inventory::inventory_of;

/// Each inside `chronicle.read`.
pub mod queries {
    pub use crate::draft::{drafts_within, one, own};
}
