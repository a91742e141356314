//! What a drawing shows of an instance's past: the fold of all its events, which the small state does not keep.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{Closing, How};
use super::{EarlierEvent, Event};
use crate::model::Id;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Walked {
    open: BTreeMap<u32, Id>,
    /// Elements done and flows taken.
    done: BTreeSet<Id>,
    /// Given back to, and not done again since.
    returned: BTreeSet<Id>,
}

impl Walked {
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Started(instance) => drop(self.open.insert(instance.id, instance.element.clone())),
            Event::Closed { id, how } => {
                if let Some(element) = self.open.remove(id)
                    && *how == Closing::Completed
                {
                    self.returned.remove(&element);
                    self.done.insert(element);
                }
            }
            Event::Passed { element, .. } | Event::Fired { element, .. } => drop(self.done.insert(element.clone())),
            Event::Taken { flow, .. } => drop(self.done.insert(flow.clone())),
            Event::Migrated(migrated) => {
                let there = |ids: &BTreeSet<Id>| ids.iter().filter_map(|id| migrated.image(id)).collect();
                (self.done, self.returned) = (there(&self.done), there(&self.returned));
                self.open
                    .values_mut()
                    .for_each(|id| *id = migrated.image(id).unwrap_or_else(|| id.clone()));
            }
            Event::Noted(note) => match note.how {
                How::Returned => self.returned.extend(note.to.iter().map(|to| Id::from(to.as_str()))),
                How::Withdrawn => drop(self.returned.insert(note.element.clone())),
                _ => {}
            },
            _ => {}
        }
    }

    pub fn apply_earlier(&mut self, event: &EarlierEvent) {
        match event {
            EarlierEvent::TokenEntered { element, .. } | EarlierEvent::ProcessEnded { end: Some(element) } => {
                self.done.insert(element.clone());
            }
            EarlierEvent::FlowTaken { flow } => drop(self.done.insert(flow.clone())),
            _ => {}
        }
    }

    /// Ids of elements done and flows taken, sorted.
    pub fn done(&self) -> Vec<String> {
        self.done.iter().map(Id::to_string).collect()
    }

    /// Ids of tasks given back to that were not done again.
    pub fn returned(&self) -> Vec<String> {
        self.returned.iter().map(Id::to_string).collect()
    }
}
