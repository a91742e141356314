//! Private events of items, laws and the register.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use mingjing_chronicle::{Event, shanghai_date};
use serde::{Deserialize, Serialize};

use crate::edition::Edition;
use crate::field_set::FieldSet;
use crate::law::Law;
use crate::version::{Confirmation, ItemVersion};

/// What happens to one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemEvent {
    /// A confirmed version was entered: the first one or a change. It holds from its `valid_from` on.
    Entered(Box<ItemVersion>),
    Cancelled(Cancellation),
    /// The day came for something that had been entered ahead of it. Lists, search and citations follow this; the law
    /// does not wait for it, since [`crate::item::Item::current`] goes by the day.
    TookEffect(Box<Effect>),
}

/// What took effect, whole: a view reads one event and no stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Version(Box<ItemVersion>),
    End(Cancellation),
}

/// What lists show from an event on.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    Version(&'a ItemVersion),
    End(&'a Cancellation),
}

impl ItemEvent {
    /// What lists show from this event on; `None` where its day is still to come.
    pub fn shown(&self, recorded_at: Timestamp) -> Option<Shown<'_>> {
        let today = shanghai_date(recorded_at);
        match self {
            ItemEvent::Entered(version) => (version.valid_from <= today).then_some(Shown::Version(version)),
            ItemEvent::Cancelled(cancellation) => (cancellation.on <= today).then_some(Shown::End(cancellation)),
            ItemEvent::TookEffect(effect) => Some(match &**effect {
                Effect::Version(version) => Shown::Version(version),
                Effect::End(cancellation) => Shown::End(cancellation),
            }),
        }
    }

    /// The day to come on which this takes effect.
    pub fn takes_effect_on(&self, today: Date) -> Option<Date> {
        let on = match self {
            ItemEvent::Entered(version) => version.valid_from,
            ItemEvent::Cancelled(cancellation) => cancellation.on,
            ItemEvent::TookEffect(_) => return None,
        };
        (on > today).then_some(on)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// First day on which the item no longer exists.
    pub on: Date,
    pub reason: String,
    pub confirmation: Confirmation,
}

impl Event for ItemEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            ItemEvent::Entered(_) => "item.entered",
            ItemEvent::Cancelled(_) => "item.cancelled",
            ItemEvent::TookEffect(_) => "item.took_effect",
        }
    }
}

/// What happens to a law's entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LawEvent {
    Entered(Box<Law>),
    EditionEntered(Box<EditionEntered>),
}

/// A new state of a law's text, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionEntered {
    pub edition: Edition,
    /// Markdown as it was imported.
    pub text: String,
}

impl Event for LawEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            LawEvent::Entered(_) => "law.entered",
            LawEvent::EditionEntered(_) => "law.edition_entered",
        }
    }
}

/// What happens to the catalogue as a whole; one stream per area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisterEvent {
    ImportAccepted(ImportFacts),
    /// Somebody tried to enter what was not confirmed or not in order (R22).
    ImportRefused {
        facts: ImportFacts,
        /// Stable code of the first reason.
        code: String,
    },
    /// Somebody tried to confirm or enter a change without the right to it (R22).
    ChangeRefused {
        change_no: String,
        /// Stable code of the reason.
        code: String,
    },
    /// Words that mean the same in a search.
    SynonymsSet {
        groups: Vec<Vec<String>>,
    },
    /// What the place asks of items of a type beside the tables, from now on.
    FieldSetEntered(Box<FieldSet>),
}

/// An import told without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFacts {
    pub file_sha256: String,
    pub rows: u32,
    pub accepted: u32,
    pub unchanged: u32,
    pub refused: u32,
    pub confirmation: Option<Confirmation>,
    /// Number of problems by their code.
    #[serde(default)]
    pub problems: BTreeMap<String, u32>,
}

impl Event for RegisterEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            RegisterEvent::ImportAccepted(_) => "catalogue.import_accepted",
            RegisterEvent::ImportRefused { .. } => "catalogue.import_refused",
            RegisterEvent::ChangeRefused { .. } => "catalogue.change_refused",
            RegisterEvent::SynonymsSet { .. } => "catalogue.synonyms_set",
            RegisterEvent::FieldSetEntered(_) => "catalogue.field_set_entered",
        }
    }

    fn harmless(&self) -> bool {
        true
    }
}
