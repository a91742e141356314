//! A state told in the names of another chart: the same tokens, timers and records, called as that chart calls them.

use super::event::Migrated;
use super::state::{Record, Role, State, Undo};
use crate::model::Id;

/// What was done at an element that the chart does not have: no element has such an id.
const NOWHERE: &str = "";

impl State {
    pub(super) fn rename(&mut self, migrated: &Migrated) {
        // Whoever made the event saw to it that nothing rests on what is lost.
        let to = |id: &mut Id| {
            if let Some(image) = migrated.image(id) {
                *id = image;
            }
        };
        self.process.iter_mut().for_each(to);
        for instance in &mut self.instances {
            to(&mut instance.element);
            if let Role::Handler { undoes, .. } = &mut instance.role {
                to(undoes);
            }
            if let Some(count) = &mut instance.count {
                count.performed.iter_mut().for_each(to);
            }
            for undo in instance.undoing.iter_mut().flat_map(|undoing| &mut undoing.todo) {
                match undo {
                    Undo::Record(record) => rename_record(record, &to),
                    Undo::Done(element) => to(element),
                }
            }
        }
        for wait in &mut self.waits {
            to(&mut wait.element);
            wait.flow.iter_mut().for_each(to);
        }
        self.subs.iter_mut().for_each(|sub| to(&mut sub.element));
        for activated in &mut self.activated {
            to(&mut activated.element);
            activated.flows.iter_mut().for_each(to);
        }
        self.records.iter_mut().for_each(|record| rename_record(record, &to));
        self.mail.iter_mut().for_each(|mail| mail.to.iter_mut().for_each(to));
        self.rename_trail(migrated);
    }

    /// Acts keep their place on the trail, so that what came before them can still be returned to; those that the chart
    /// does not have can't be. A join that is not there any more has no token to give back.
    fn rename_trail(&mut self, migrated: &Migrated) {
        if migrated.forgets {
            self.trail.clear();
        }
        for step in &mut self.trail {
            step.element = migrated.image(&step.element).unwrap_or_else(|| NOWHERE.into());
            for (_, flow) in &mut step.from {
                *flow = flow.as_ref().and_then(|flow| migrated.image(flow));
            }
        }
    }
}

fn rename_record(record: &mut Record, to: &impl Fn(&mut Id)) {
    to(&mut record.element);
    record.inner.iter_mut().for_each(|inner| rename_record(inner, to));
}
