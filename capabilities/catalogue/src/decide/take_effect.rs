//! The day came for what had been entered ahead of it: lists, search and citations are told, in the order of entry.

use jiff::civil::Date;

use crate::events::{Effect, ItemEvent};
use crate::item::{Coming, Item};

/// Nothing where nothing is due, so that a job may run twice.
pub fn decide(item: &Item, today: Date) -> Vec<ItemEvent> {
    let due = item.coming().iter().filter_map(|coming| match coming {
        Coming::Version(number) => {
            let version = item.version(*number).filter(|version| version.valid_from <= today)?;
            Some(Effect::Version(Box::new(version.clone())))
        }
        Coming::End => {
            let ending = item.cancelled().filter(|ending| ending.on <= today)?;
            Some(Effect::End(ending.clone()))
        }
    });
    due.map(|effect| ItemEvent::TookEffect(Box::new(effect))).collect()
}
