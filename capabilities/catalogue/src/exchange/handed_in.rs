//! A table or package that a body handed in: received, its columns mapped, then filed as changes, registered for the
//! clean-up, or given up.
//!
//! Invariants: the file never changes; it is filed once, as a whole; what nobody filed changes nothing in the catalogue.

use std::collections::BTreeMap;

use mingjing_chronicle::{Aggregate, BlobRef, Event, Recorded};
use serde::{Deserialize, Serialize};

use super::heading::SheetMapping;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandedEvent {
    Received(Box<Handed>),
    Mapped {
        mappings: Vec<SheetMapping>,
    },
    /// With the numbers of the changes, all filed in one act.
    Filed {
        changes: Vec<String>,
        counts: Counted,
    },
    /// For the clean-up: with the number of the body's task.
    Registered {
        task: String,
        counts: Counted,
    },
    GivenUp,
}

/// A file as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    pub file_name: String,
    /// `xlsx`, `csv`, `json`, `zip`.
    pub format: String,
    pub file: BlobRef,
    /// Of the post in which it was handed in.
    pub body: String,
    pub body_name: String,
    pub area: String,
    pub sheets: Vec<SheetSeen>,
    /// As the headings were understood.
    pub mappings: Vec<SheetMapping>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetSeen {
    pub name: String,
    #[serde(default)]
    pub hidden: bool,
    /// That hold something.
    pub lines: u64,
    pub formulas: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub added: u32,
    pub changed: u32,
    pub suspended: u32,
    pub ended: u32,
    pub unchanged: u32,
}

impl Event for HandedEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            HandedEvent::Received(_) => "item_table.received",
            HandedEvent::Mapped { .. } => "item_table.mapped",
            HandedEvent::Filed { .. } => "item_table.filed",
            HandedEvent::Registered { .. } => "item_table.registered",
            HandedEvent::GivenUp => "item_table.given_up",
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandedState {
    #[default]
    None,
    Received,
    Filed,
    Registered,
    GivenUp,
}

impl HandedState {
    pub fn key(self) -> &'static str {
        match self {
            HandedState::None => "none",
            HandedState::Received => "received",
            HandedState::Filed => "filed",
            HandedState::Registered => "registered",
            HandedState::GivenUp => "given_up",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            HandedState::None => "没有",
            HandedState::Received => "待核对",
            HandedState::Filed => "已申报调整",
            HandedState::Registered => "已登记清理",
            HandedState::GivenUp => "已放弃",
        }
    }

    pub fn of_key(key: &str) -> HandedState {
        let all = [
            HandedState::Received,
            HandedState::Filed,
            HandedState::Registered,
            HandedState::GivenUp,
        ];
        all.into_iter().find(|state| state.key() == key).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Default)]
pub struct HandedIn {
    pub standing: HandedState,
    pub handed: Option<Handed>,
    pub mappings: Vec<SheetMapping>,
    pub changes: Vec<String>,
    pub task: Option<String>,
    pub counts: Counted,
}

impl Aggregate for HandedIn {
    type Event = HandedEvent;
    const STREAM: &'static str = "item_table";

    fn evolve(&mut self, recorded: &Recorded<'_, HandedEvent>) {
        match recorded.payload.known() {
            Some(HandedEvent::Received(handed)) => {
                self.standing = HandedState::Received;
                self.mappings.clone_from(&handed.mappings);
                self.handed = Some((**handed).clone());
            }
            Some(HandedEvent::Mapped { mappings }) => self.mappings.clone_from(mappings),
            Some(HandedEvent::Filed { changes, counts }) => {
                self.standing = HandedState::Filed;
                self.changes.clone_from(changes);
                self.counts = *counts;
            }
            Some(HandedEvent::Registered { task, counts }) => {
                self.standing = HandedState::Registered;
                self.task = Some(task.clone());
                self.counts = *counts;
            }
            Some(HandedEvent::GivenUp) => self.standing = HandedState::GivenUp,
            None => {}
        }
    }
}

/// What a body takes headings for: remembered from its last mapping, asked for by the next file.
#[derive(Debug, Clone, Default)]
pub struct HeadingMemory {
    /// By bare heading; `None` is left out.
    pub meanings: BTreeMap<String, Option<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoryEvent {
    Remembered { meanings: BTreeMap<String, Option<String>> },
}

/// Headings remembered for a body at most; the alphabet decides who stays.
pub const MOST_REMEMBERED: usize = 500;

impl Event for MemoryEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        "heading_memory.remembered"
    }

    fn harmless(&self) -> bool {
        true
    }
}

impl Aggregate for HeadingMemory {
    type Event = MemoryEvent;
    const STREAM: &'static str = "heading_memory";

    fn evolve(&mut self, recorded: &Recorded<'_, MemoryEvent>) {
        if let Some(MemoryEvent::Remembered { meanings }) = recorded.payload.known() {
            self.meanings
                .extend(meanings.iter().map(|(heading, key)| (heading.clone(), key.clone())));
            while self.meanings.len() > MOST_REMEMBERED {
                self.meanings.pop_last();
            }
        }
    }
}
