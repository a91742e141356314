//! From the bytes of a file to drafts of item versions; pure.
//!
//! Reading order: [`file`] (CSV or JSON, limits) → [`columns`] (what a heading means) → [`cell`] (one
//! value) → [`draft`] (one row becomes a version, with every problem found).

mod cell;
mod columns;
pub(crate) mod decisions;
mod draft;
mod file;

pub use columns::COLUMNS;
pub use draft::{Attachments, Draft, draft};
pub use file::{MAX_BYTES, MAX_FIELD_BYTES, MAX_ROWS, RawRow, attachment_names, read_file};

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// One thing wrong with one field of a row, in words for the person who keeps the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Column name, or empty where the whole row is meant.
    pub field: Cow<'static, str>,
    /// Stable code, e.g. `missing`, `body_unregistered`.
    pub code: Cow<'static, str>,
    pub reason: String,
}

impl Problem {
    pub fn new(field: impl Into<Cow<'static, str>>, code: &'static str, reason: impl Into<String>) -> Problem {
        Problem {
            field: field.into(),
            code: Cow::Borrowed(code),
            reason: reason.into(),
        }
    }
}
