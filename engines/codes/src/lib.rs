//! The codes an administration lives by: their form, their check digits, and hiding the personal ones.
//!
//! Pure: no clock (`today` is a parameter), no I/O, no register. Whether a division exists or a serial number is free is
//! for the catalogue to say; here a code is only well formed or not.
//!
//! Invariants (each has a test):
//! - Parsing is strict: what parses prints back as it was; nothing is trimmed, folded or completed.
//! - No input panics; the work is linear in the input and codes longer than any real one are refused at once.
//! - Reasons are one Chinese sentence and never repeat a personal number.
//! - `mask_text` leaves nothing that `scan` would still find; masking twice is masking once.

mod address;
mod check;
mod citizen_id;
mod division;
mod item;
mod mask;
mod national;
mod numbers;
mod org;
mod scan;
mod town_map;
mod uscc;
mod width;

pub use check::{Checked, CodeKind, check};
pub use citizen_id::{CitizenId, IdError};
pub use division::{DivisionCode, DivisionError, DivisionLevel};
pub use item::{BodyLevel, ItemCode, ItemCodeError, PowerType};
pub use mask::{Field, NameMask, mask_field, mask_name};
pub use national::{NationalBasicCode, NationalCodeError, NationalImplCode};
pub use org::{OrgCode, OrgCodeError};
pub use scan::{Finding, FindingKind, mask_text, mask_text_with_names, scan};
pub use town_map::{TownMap, TownMapError, TownSlot};
pub use uscc::{Uscc, UsccError};
