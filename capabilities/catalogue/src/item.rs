//! A power item as folded from its events.
//!
//! Invariants: versions are dense from 1 and never change; a cancelled item stays cancelled and its
//! code stays taken (R191); no version is active without a legal basis (R11).

use std::sync::Arc;

use jiff::civil::Date;
use mingjing_chronicle::{Aggregate, Recorded, shanghai_date};

use crate::events::{Cancellation, Effect, ItemEvent};
use crate::version::{ItemStatus, ItemVersion};

#[derive(Debug, Clone, Default)]
pub struct Item {
    /// Shared with every case that rests on one: they are large and never change.
    versions: Vec<Arc<ItemVersion>>,
    cancelled: Option<Cancellation>,
    /// What was entered ahead of its day and has not been shown yet, in the order of entry.
    coming: Vec<Coming>,
}

/// Something whose day is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coming {
    Version(i32),
    End,
}

impl Item {
    pub(crate) fn coming(&self) -> &[Coming] {
        &self.coming
    }

    /// The version that holds on this day; `None` before the first, after the last, while suspended, and once cancelled.
    pub fn current(&self, on: Date) -> Option<&ItemVersion> {
        if self.cancelled.as_ref().is_some_and(|cancelled| cancelled.on <= on) {
            return None;
        }
        self.holding(on).filter(|version| version.status == ItemStatus::Active)
    }

    /// The version whose day it is, also one by which the item is suspended.
    pub fn holding(&self, on: Date) -> Option<&ItemVersion> {
        self.versions().rev().find(|version| version.holds_on(on))
    }

    /// A version by its number, also of a cancelled item.
    pub fn version(&self, number: i32) -> Option<&ItemVersion> {
        self.versions().find(|version| version.version == number)
    }

    /// As [`Item::version`], to be kept.
    pub fn shared_version(&self, number: i32) -> Option<Arc<ItemVersion>> {
        self.versions.iter().find(|version| version.version == number).cloned()
    }

    /// The version entered last, whether or not it holds today.
    pub fn latest(&self) -> Option<&ItemVersion> {
        self.versions.last().map(Arc::as_ref)
    }

    /// From the first to the last.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &ItemVersion> + ExactSizeIterator {
        self.versions.iter().map(Arc::as_ref)
    }

    pub fn cancelled(&self) -> Option<&Cancellation> {
        self.cancelled.as_ref()
    }

    /// Whether the code was ever given out.
    pub fn exists(&self) -> bool {
        !self.versions.is_empty()
    }
}

impl Aggregate for Item {
    type Event = ItemEvent;
    const STREAM: &'static str = "item";

    fn evolve(&mut self, recorded: &Recorded<'_, ItemEvent>) {
        let recorded_on = shanghai_date(recorded.envelope.recorded_at);
        match recorded.payload.known() {
            Some(ItemEvent::Entered(version)) => {
                if version.valid_from > recorded_on {
                    self.coming.push(Coming::Version(version.version));
                }
                self.versions.push(Arc::new((**version).clone()));
            }
            Some(ItemEvent::Cancelled(cancellation)) => {
                if cancellation.on > recorded_on {
                    self.coming.push(Coming::End);
                }
                self.cancelled = Some(cancellation.clone());
            }
            Some(ItemEvent::TookEffect(effect)) => {
                let told = match &**effect {
                    Effect::Version(version) => Coming::Version(version.version),
                    Effect::End(_) => Coming::End,
                };
                self.coming.retain(|coming| *coming != told);
            }
            // Catalogue entries hold nothing personal and are never erased.
            None => {}
        }
    }
}
