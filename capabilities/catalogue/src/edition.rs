//! An edition of a law: one state of its text, with the first day on which it is in force.
//!
//! Invariants: editions of a law follow one another by their first day; no day has two of them; each
//! tells at its entry what it changed against the one before, so that nobody has to work it out again.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::statute::ArticleNumber;
use crate::version::NormRank;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// First day; it names the edition within its law.
    pub in_force_from: Date,
    /// Last day where it is known: the law was repealed. Else the edition holds until the next one.
    #[serde(default)]
    pub in_force_to: Option<Date>,
    /// Day on which it was adopted or published, where the text tells.
    #[serde(default)]
    pub adopted: Option<Date>,
    pub title: String,
    pub rank: NormRank,
    /// Of the file as it was imported.
    pub sha256: String,
    pub articles: u32,
    /// Against the edition before; empty for the first.
    #[serde(default)]
    pub changes: Vec<ArticleChange>,
}

/// An article that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleChange {
    pub kind: ChangeKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<ArticleNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<ArticleNumber>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Amended,
    /// The same words under another number: whoever cites it cites another article now.
    Renumbered,
    Removed,
    Added,
}

impl ChangeKind {
    pub fn name(self) -> &'static str {
        match self {
            ChangeKind::Amended => "修改",
            ChangeKind::Renumbered => "条号变动",
            ChangeKind::Removed => "删去",
            ChangeKind::Added => "新增",
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            ChangeKind::Amended => "amended",
            ChangeKind::Renumbered => "renumbered",
            ChangeKind::Removed => "removed",
            ChangeKind::Added => "added",
        }
    }
}

/// The edition that holds on a day, of editions in the order of their first days.
pub fn on_day(editions: &[Edition], day: Date) -> Option<&Edition> {
    let edition = editions.iter().rev().find(|edition| edition.in_force_from <= day)?;
    edition.in_force_to.is_none_or(|last| day <= last).then_some(edition)
}

/// The last day of the edition at this place: its own, or the day before the next one begins.
pub fn last_day(editions: &[Edition], at: usize) -> Option<Date> {
    let own = editions.get(at).and_then(|edition| edition.in_force_to);
    let next = editions
        .get(at + 1)
        .and_then(|next| next.in_force_from.yesterday().ok());
    own.or(next)
}
