//! Ad-hoc sub-processes: people choose what is done, until a condition says enough (BPMN 2.0 §13.3.5).

use super::state::{Count, Variables};
use super::{Event, Leaving, Refusal, Run};
use crate::model::{AdHoc, Id, Kind, Model, NodeIx, SubKind};

use super::State;

/// Activities of open ad-hoc sub-processes that may be begun now, in document order.
pub fn enabled(model: &Model, state: &State) -> Vec<Id> {
    let mut found = Vec::new();
    for instance in state.instances() {
        let Some(ix) = model.find(instance.element.as_str()) else {
            continue;
        };
        if model.node(ix).kind != Kind::Sub(SubKind::AdHoc) || instance.role == super::Role::Whole {
            continue;
        }
        let sequential = ad_hoc(model, ix).is_some_and(|ad_hoc| ad_hoc.sequential);
        if sequential && state.instances().iter().any(|inner| inner.parent == instance.id) {
            continue;
        }
        let inner = model.node(ix).children.iter().filter(|child| startable(model, **child));
        found.extend(inner.map(|child| model.node(*child).id.clone()));
    }
    found
}

/// Of those, the ones nobody has performed yet.
pub fn not_performed(model: &Model, state: &State) -> Vec<Id> {
    let done = |id: &Id| {
        let mut counts = state
            .instances()
            .iter()
            .filter_map(|instance| instance.count.as_deref());
        counts.any(|count| count.performed.contains(id))
    };
    let open = |id: &Id| state.instances().iter().any(|instance| instance.element == *id);
    let mut enabled = enabled(model, state);
    enabled.retain(|id| !done(id) && !open(id));
    enabled
}

fn startable(model: &Model, ix: NodeIx) -> bool {
    let node = model.node(ix);
    let activity = node.activity.as_ref();
    node.incoming.is_empty() && activity.is_some_and(|a| !a.for_compensation) && node.kind != Kind::Sub(SubKind::Event)
}

fn ad_hoc(model: &Model, ix: NodeIx) -> Option<&AdHoc> {
    model.node(ix).activity.as_ref()?.ad_hoc.as_ref()
}

impl Run<'_> {
    pub(super) fn begin_ad_hoc_scope(&mut self, id: u32, ix: NodeIx) -> Result<(), Refusal> {
        self.emit(Event::Counted {
            id,
            count: Box::default(),
        });
        if self.rules.proving() {
            let after = self.state.instance(id).map_or(0, |instance| instance.after);
            for child in &self.model.node(ix).children {
                if startable(self.model, *child) {
                    self.token(*child, None, &Leaving::at(id, after));
                }
            }
        }
        Ok(())
    }

    pub(super) fn is_enabled(&self, element: &str) -> bool {
        enabled(self.model, &self.state).iter().any(|id| *id == *element)
    }

    /// Gives the instance begun.
    pub(super) fn begin_ad_hoc(&mut self, element: &str) -> Result<u32, Refusal> {
        if !self.is_enabled(element) {
            return Err(self.cannot_begin(element));
        }
        let ix = self.ix(&Id::from(element))?;
        let holder = self
            .model
            .node(ix)
            .parent
            .map(|parent| self.model.node(parent).id.clone());
        let scope = self
            .state
            .instances
            .iter()
            .find(|instance| Some(&instance.element) == holder.as_ref() && instance.role != super::Role::Whole);
        let Some((scope, after)) = scope.map(|scope| (scope.id, scope.after)) else {
            return Err(self.cannot_begin(element));
        };
        let before = self.state.last;
        self.begin_activity(ix, scope, after)?;
        let begun = self
            .state
            .instances
            .iter()
            .find(|i| i.id > before && i.element == *element);
        Ok(begun.map_or(0, |instance| instance.id))
    }

    fn cannot_begin(&self, element: &str) -> Refusal {
        match self.model.find(element) {
            Some(ix) => Refusal::at(self.model.node(ix), "not_enabled", "现在不能开始。"),
            None => Refusal::named("unknown_element", element, format!("流程图中没有“{element}”。")),
        }
    }

    /// An activity in the scope is done; is it enough?
    pub(super) fn performed(&mut self, scope: u32, ix: NodeIx) -> Result<(), Refusal> {
        let Some(instance) = self.state.instance(scope) else {
            return Ok(());
        };
        let at = self.ix(&instance.element)?;
        let Some(ad_hoc) = ad_hoc(self.model, at) else {
            return Ok(());
        };
        let mut count: Count = instance.count.as_deref().cloned().unwrap_or_default();
        let id = &self.model.node(ix).id;
        count.done += 1;
        if !count.performed.contains(id) {
            count.performed.push(id.clone());
        }
        self.emit(Event::Counted {
            id: scope,
            count: Box::new(count),
        });
        if ad_hoc.cancel_remaining && ad_hoc.completion.is_some() && self.is_enough(scope, at)? {
            self.empty(scope);
            return self.finish_activity(scope, at, Variables::new());
        }
        self.look_at(scope);
        Ok(())
    }

    fn is_enough(&self, scope: u32, at: NodeIx) -> Result<bool, Refusal> {
        let node = self.model.node(at);
        let ad_hoc = ad_hoc(self.model, at);
        if let Some(completion) = ad_hoc.and_then(|ad_hoc| ad_hoc.completion.as_ref()) {
            return match self.rules.guess(2) {
                Some(guess) => Ok(guess == 1),
                None => self.holds(completion, &self.seen_from(scope, Variables::new()), node),
            };
        }
        let count = self
            .state
            .instance(scope)
            .and_then(|instance| instance.count.as_deref());
        let performed = |ix: &NodeIx| count.is_some_and(|count| count.performed.contains(&self.model.node(*ix).id));
        let wanted = node.children.iter().filter(|ix| startable(self.model, **ix));
        Ok(wanted.into_iter().all(performed))
    }

    /// Nothing is open in it.
    pub(super) fn check_ad_hoc(&mut self, scope: u32, at: NodeIx) -> Result<(), Refusal> {
        let count = self
            .state
            .instance(scope)
            .and_then(|instance| instance.count.as_deref());
        if count.is_none_or(|count| count.done == 0) {
            return Ok(());
        }
        // A prover does not choose again: what was begun is done.
        if self.rules.proving() || self.is_enough(scope, at)? {
            return self.finish_activity(scope, at, Variables::new());
        }
        Ok(())
    }

    /// Whoever leads it says that it is done.
    pub(super) fn close_ad_hoc(&mut self, scope: u32, vars: Variables) -> Result<(), Refusal> {
        let (at, node) = self.node_of(scope)?;
        if self.is_busy(scope) {
            return Err(Refusal::at(node, "still_open", "里面还有没办完的活动。"));
        }
        let conditional = ad_hoc(self.model, at).is_some_and(|ad_hoc| ad_hoc.completion.is_some());
        if conditional && !self.is_enough(scope, at)? {
            return Err(Refusal::at(node, "not_enough", "的完成条件还不成立。"));
        }
        self.finish_activity(scope, at, vars)
    }
}
