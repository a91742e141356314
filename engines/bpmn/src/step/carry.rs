//! An instance goes on on another chart (docs/quirks.md): the same tokens under the names of that chart, its timers counted
//! anew from when the waiting began, and what that chart alone listens for. Which place becomes which, and whether that may
//! be, was judged before (`crate::migrate`).

use std::collections::{BTreeSet, VecDeque};

use super::state::{Role, State, Sub, Variables};
use super::{Event, MOST_MOVES, Migrated, Refusal, Rules, Run};
use crate::model::{Gateway, Id, Kind, Model, Moment, NodeIx, TaskKind, TimerKind, Trigger};

/// Times of a cycle that are passed over because they lie before the migration.
const MOST_PASSED: u32 = 10_000;

/// What becomes of listening: by ids of the chart after.
pub(crate) struct Listening<'a> {
    /// Stops listening there (ids of the chart before).
    pub ended: &'a BTreeSet<Id>,
    /// Has no counterpart on the chart before, so nobody can have listened for it yet.
    pub new: &'a dyn Fn(NodeIx) -> bool,
}

/// The events that take `state` from the chart `old` to the chart `new`, with what can go on there at once.
///
/// # Errors
/// [`Refusal`], where a timer, a key or a way on has no value.
pub(crate) fn carry(
    (old, new): (&Model, &Model),
    state: &State,
    migrated: Migrated,
    listening: &Listening<'_>,
    at: Moment,
    rules: &dyn Rules,
) -> Result<Vec<Event>, Refusal> {
    let before = state.subs.clone();
    let mut run = Run {
        model: new,
        rules,
        at,
        state: state.clone(),
        events: Vec::new(),
        queue: VecDeque::new(),
        left: MOST_MOVES,
        // What a condition sees has not changed: it is asked when something happens.
        stirred: false,
    };
    run.emit(Event::Migrated(Box::new(migrated)));
    for sub in &before {
        if listening.ended.contains(&sub.element) {
            run.emit(Event::Disarmed { id: sub.id });
        } else {
            run.listen_as_new(old, sub)?;
        }
    }
    run.listen_for_new(listening)?;
    run.go_on()?;
    Ok(run.events)
}

impl Run<'_> {
    /// A trigger whose rule is the same stays as it is; one that changed is counted anew.
    fn listen_as_new(&mut self, old: &Model, before: &Sub) -> Result<(), Refusal> {
        let Some(sub) = self.state.subs.iter().find(|sub| sub.id == before.id).cloned() else {
            return Ok(());
        };
        let was = old
            .find(before.element.as_str())
            .and_then(|ix| trigger(old, ix, before));
        let ix = self.ix(&sub.element)?;
        let model = self.model;
        let is = trigger(model, ix, &sub);
        if was == is || sub.hit {
            return Ok(());
        }
        let since = self.waits_since(sub.owner);
        match is {
            Some(Trigger::Timer(rule)) => {
                let mut fresh = Sub {
                    due: None,
                    left: None,
                    ..sub
                };
                let now = std::mem::replace(&mut self.at, since);
                let set = self.set_timer(&mut fresh, rule, model.node(ix));
                self.at = now;
                set?;
                let next = match rule.kind {
                    TimerKind::Cycle => self.pass_over(fresh)?,
                    _ => Some(fresh),
                };
                self.emit(match next.filter(|next| next.due.is_some()) {
                    Some(next) => Event::Changed(next),
                    None => Event::Disarmed { id: before.id },
                });
            }
            Some(Trigger::Message { key, .. }) => {
                let key = match key {
                    Some(key) => {
                        let seen = self.seen_from(sub.owner, Variables::new());
                        Some(self.evaluate(key, &seen, model.node(ix))?)
                    }
                    None => None,
                };
                if key != sub.key {
                    self.emit(Event::Changed(Sub { key, ..sub }));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Of a cycle: the first time that has not passed. Those before the migration were counted by the chart before.
    fn pass_over(&self, mut sub: Sub) -> Result<Option<Sub>, Refusal> {
        for _ in 0..MOST_PASSED {
            if sub.due.is_none_or(|due| due > self.at) {
                return Ok(Some(sub));
            }
            match self.next_time(&sub)? {
                Some(next) => sub = next,
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    fn waits_since(&self, owner: u32) -> Moment {
        self.state.instance(owner).map_or(self.at, |owner| owner.since)
    }

    /// Boundary events, event sub-processes and ways behind event gateways that only this chart has.
    fn listen_for_new(&mut self, listening: &Listening<'_>) -> Result<(), Refusal> {
        for instance in self.state.instances.clone() {
            if matches!(instance.role, Role::Iteration | Role::Signer { .. }) {
                continue;
            }
            let ix = self.ix(&instance.element)?;
            for heard in self.heard_at(ix, instance.id) {
                if (listening.new)(heard) && self.state.instance(instance.id).is_some() {
                    let now = std::mem::replace(&mut self.at, instance.since);
                    let armed = self.arm(instance.id, heard);
                    self.at = now;
                    armed?;
                    self.begin_cycles_now(instance.id, heard)?;
                }
            }
        }
        Ok(())
    }

    fn begin_cycles_now(&mut self, owner: u32, ix: NodeIx) -> Result<(), Refusal> {
        let element = &self.model.node(ix).id;
        let armed = self.state.subs.iter();
        let armed: Vec<Sub> = armed
            .filter(|s| s.owner == owner && s.element == *element)
            .cloned()
            .collect();
        for sub in armed {
            let cycle =
                matches!(trigger(self.model, ix, &sub), Some(Trigger::Timer(rule)) if rule.kind == TimerKind::Cycle);
            if cycle && sub.due.is_some_and(|due| due <= self.at) {
                let id = sub.id;
                self.emit(match self.pass_over(sub)? {
                    Some(next) => Event::Changed(next),
                    None => Event::Disarmed { id },
                });
            }
        }
        Ok(())
    }

    fn heard_at(&self, ix: NodeIx, instance: u32) -> Vec<NodeIx> {
        let node = self.model.node(ix);
        let mut heard = node.boundary.clone();
        if node.is_container() && !self.is_interrupted(instance) {
            heard.extend(self.model.event_starts(ix));
        }
        if matches!(node.kind, Kind::Gateway(Gateway::EventBased { .. })) {
            heard.extend(node.outgoing.iter().map(|flow| self.model.flow(*flow).target));
        }
        heard
    }

    /// A join that waits for fewer here may have all already.
    fn go_on(&mut self) -> Result<(), Refusal> {
        let mut joins: Vec<(u32, Id)> = self.state.waits.iter().map(|w| (w.scope, w.element.clone())).collect();
        joins.dedup();
        for (scope, element) in joins {
            let ix = self.ix(&element)?;
            if self.model.node(ix).kind == Kind::Gateway(Gateway::Parallel) {
                self.join_parallel(scope, ix)?;
            }
        }
        self.settle()
    }
}

fn trigger<'m>(model: &'m Model, ix: NodeIx, sub: &Sub) -> Option<&'m Trigger> {
    match &model.node(ix).kind {
        Kind::Event(event) => event.triggers.get(sub.trigger as usize),
        Kind::Task(TaskKind::Receive { message, .. }) => Some(message),
        _ => None,
    }
}
