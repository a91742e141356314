//! 退回 and 撤回: what comes from the act that is taken back is taken back with it, and nothing else.
//!
//! The trail tells which tokens come from which act. Going back to an act takes away every token that comes from it;
//! where a join had swallowed a token of another branch, that token waits before the join again.

use std::collections::BTreeSet;

use super::event::How;
use super::state::{State, TrailStep, Wait};
use super::{Closing, Doer, Event, Refusal, Run, Target};
use crate::model::Id;

/// Tasks done before an open one on its own way, the last first: where it can be returned to.
pub fn earlier_acts(state: &State, instance: u32) -> Vec<Id> {
    let mut found: Vec<Id> = Vec::new();
    let after = state.instance(instance).map_or(0, |instance| instance.after);
    for n in ancestors(state, after).into_iter().rev() {
        let act = state.trail.iter().find(|step| step.n == n && !step.join);
        if let Some(act) = act.filter(|act| !found.contains(&act.element)) {
            found.push(act.element.clone());
        }
    }
    found
}

impl Run<'_> {
    pub(super) fn give_back(&mut self, target: &Target, to: &str, doer: &Doer) -> Result<(), Refusal> {
        let id = self.held_task(target)?;
        let (_, node) = self.node_of(id)?;
        let Some(to_ix) = self.model.find(to) else {
            return Err(Refusal::named("unknown_element", to, format!("流程图中没有“{to}”。")));
        };
        let after = self.state.instance(id).map_or(0, |instance| instance.after);
        let before = ancestors(&self.state, after);
        let acts = self.state.trail.iter().filter(|step| !step.join && step.element == *to);
        let Some(act) = acts
            .filter(|step| before.contains(&step.n))
            .max_by_key(|step| step.n)
            .cloned()
        else {
            let text = "之前没有在这一路上办过，不能退回到那里。";
            return Err(Refusal::at(self.model.node(to_ix), "not_earlier", text));
        };
        let element = node.id.clone();
        self.note(id, element, How::Returned, vec![to.to_owned()], doer);
        self.take_back(&act, Closing::Returned)
    }

    /// Only before anyone has acted on it.
    pub(super) fn withdraw(&mut self, element: &str, doer: &Doer) -> Result<(), Refusal> {
        let acts = self
            .state
            .trail
            .iter()
            .filter(|step| !step.join && step.element == *element);
        let Some(act) = acts.max_by_key(|step| step.n).cloned() else {
            let Some(ix) = self.model.find(element) else {
                return Err(Refusal::named(
                    "unknown_element",
                    element,
                    format!("流程图中没有“{element}”。"),
                ));
            };
            return Err(Refusal::at(self.model.node(ix), "not_done", "还没有办过，不能撤回。"));
        };
        let from = self.descendants(act.n);
        let acted = self
            .state
            .trail
            .iter()
            .any(|step| !step.join && step.n != act.n && from.contains(&step.n));
        let begun = self.state.instances.iter().any(|instance| {
            from.contains(&instance.after) && instance.count.as_ref().is_some_and(|count| count.done > 0)
        });
        let gone = !self
            .state
            .instances
            .iter()
            .any(|instance| from.contains(&instance.after))
            && !self.state.waits.iter().any(|wait| from.contains(&wait.after));
        let ix = self.ix(&act.element)?;
        if acted || begun || gone {
            return Err(Refusal::at(
                self.model.node(ix),
                "acted_on",
                "的下一环节已经办理，不能撤回。",
            ));
        }
        self.note(act.scope, act.element.clone(), How::Withdrawn, Vec::new(), doer);
        self.take_back(&act, Closing::Returned)
    }

    fn take_back(&mut self, act: &TrailStep, how: Closing) -> Result<(), Refusal> {
        let from = self.descendants(act.n);
        self.cancel_from(&from, how);
        self.restore_waits(&from);
        let ix = self.ix(&act.element)?;
        let after = act.from.first().map_or(0, |(after, _)| *after);
        self.emit(Event::Undone {
            steps: from.into_iter().collect(),
        });
        self.begin_activity(ix, act.scope, after)
    }

    fn cancel_from(&mut self, from: &BTreeSet<u32>, how: Closing) {
        let open: Vec<u32> = self
            .state
            .instances
            .iter()
            .filter(|instance| from.contains(&instance.after))
            .map(|instance| instance.id)
            .collect();
        for id in open {
            if self.state.instance(id).is_some() {
                self.cancel(id, how);
            }
        }
        let waits: Vec<Wait> = self
            .state
            .waits
            .iter()
            .filter(|w| from.contains(&w.after))
            .cloned()
            .collect();
        for wait in waits {
            self.emit(Event::Consumed {
                scope: wait.scope,
                element: wait.element,
                flow: wait.flow,
                after: Some(wait.after),
            });
        }
    }

    fn restore_waits(&mut self, from: &BTreeSet<u32>) {
        let joins = self
            .state
            .trail
            .iter()
            .filter(|step| step.join && from.contains(&step.n))
            // On a chart that a migration left, the tokens it joined are gone with it.
            .filter(|step| self.model.find(step.element.as_str()).is_some());
        let mut restored: Vec<Wait> = Vec::new();
        for join in joins {
            let kept = join.from.iter();
            let kept = kept.filter(|(after, flow)| !from.contains(after) && flow.is_some());
            restored.extend(kept.map(|(after, flow): &(u32, Option<Id>)| Wait {
                scope: join.scope,
                element: join.element.clone(),
                flow: flow.clone(),
                after: *after,
            }));
        }
        for wait in restored {
            self.emit(Event::Waits(wait));
        }
    }

    /// Steps that come from `n`, `n` included. Later steps bear higher numbers.
    fn descendants(&self, n: u32) -> BTreeSet<u32> {
        let mut found = BTreeSet::from([n]);
        let mut steps: Vec<&TrailStep> = self.state.trail.iter().collect();
        steps.sort_by_key(|step| step.n);
        for step in steps {
            if step.from.iter().any(|(before, _)| found.contains(before)) {
                found.insert(step.n);
            }
        }
        found
    }
}

impl State {
    /// Acts of people so far, each once: what may be returned to.
    pub(crate) fn acts(&self) -> BTreeSet<&str> {
        let acts = self.trail.iter().filter(|step| !step.join);
        acts.map(|step| step.element.as_str()).collect()
    }
}

/// Steps that a token after `n` comes from, `n` included.
fn ancestors(state: &State, n: u32) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut open = vec![n];
    while let Some(n) = open.pop() {
        if n == 0 || !found.insert(n) {
            continue;
        }
        if let Some(step) = state.trail.iter().find(|step| step.n == n) {
            open.extend(step.from.iter().map(|(n, _)| *n));
        }
    }
    found
}
