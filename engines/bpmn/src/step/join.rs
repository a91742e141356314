//! Tokens that wait for others: parallel, inclusive and complex joins (BPMN 2.0 §13.4).

use std::collections::BTreeSet;

use super::state::{Role, TrailStep, Wait};
use super::{Event, Leaving, Move, Refusal, Run, Token};
use crate::model::{FlowIx, Gateway, Id, Kind, Model, NodeIx};

impl Run<'_> {
    pub(super) fn wait(&mut self, token: &Token) {
        self.emit(Event::Waits(Wait {
            scope: token.scope,
            element: self.model.node(token.to).id.clone(),
            flow: token.via.map(|flow| self.model.flow(flow).id.clone()),
            after: token.after,
        }));
    }

    pub(super) fn join_parallel(&mut self, scope: u32, ix: NodeIx) -> Result<(), Refusal> {
        let node = self.model.node(ix);
        let there = self.flows_there(scope, &node.id);
        if !node.incoming.iter().all(|flow| there.contains(flow)) {
            return Ok(());
        }
        let (_, after) = self.join_waiting(scope, ix);
        self.pass(scope, ix);
        self.leave(ix, Leaving::at(scope, after))
    }

    fn flows_there(&self, scope: u32, element: &Id) -> BTreeSet<FlowIx> {
        let waits = self
            .state
            .waits
            .iter()
            .filter(|w| w.scope == scope && w.element == *element);
        waits
            .filter_map(|wait| self.model.find_flow(wait.flow.as_ref()?.as_str()))
            .collect()
    }

    /// Takes one token of each way in that has one. Gives the flows, and the step of the trail that joins them.
    pub(super) fn join_waiting(&mut self, scope: u32, ix: NodeIx) -> (Vec<Id>, u32) {
        let element = self.model.node(ix).id.clone();
        let mut from = Vec::new();
        for flow in self.flows_there(scope, &element) {
            let flow = self.model.flow(flow).id.clone();
            let wait = self
                .state
                .waits
                .iter()
                .find(|w| w.scope == scope && w.element == element && w.flow.as_ref() == Some(&flow));
            let after = wait.map_or(0, |wait| wait.after);
            from.push((after, Some(flow.clone())));
            self.emit(Event::Consumed {
                scope,
                element: element.clone(),
                flow: Some(flow),
                after: None,
            });
        }
        let flows: Vec<Id> = from.iter().filter_map(|(_, flow)| flow.clone()).collect();
        let same = from.windows(2).all(|pair| pair[0].0 == pair[1].0);
        if same {
            // Nothing that could be returned to lies between the split and here.
            return (flows, from.first().map_or(0, |(after, _)| *after));
        }
        let n = self.next_id();
        self.emit(Event::Trailed(TrailStep {
            n,
            scope,
            element,
            from,
            join: true,
        }));
        (flows, n)
    }

    /// Lets one inclusive or complex join go on that need wait no longer; false if there is none.
    pub(super) fn join_one(&mut self) -> Result<bool, Refusal> {
        let mut places: Vec<(u32, Id)> = self.state.waits.iter().map(|w| (w.scope, w.element.clone())).collect();
        places.extend(self.state.activated.iter().map(|a| (a.scope, a.element.clone())));
        places.dedup();
        for (scope, element) in places {
            let ix = self.ix(&element)?;
            let there = self.flows_there(scope, &element);
            let activated = self
                .state
                .activated
                .iter()
                .find(|a| a.scope == scope && a.element == element);
            let going = match (&self.model.node(ix).kind, activated) {
                (Kind::Gateway(Gateway::Inclusive | Gateway::Complex { activation: None }), _) => {
                    !there.is_empty() && self.nobody_else_comes(scope, ix, &there)
                }
                (Kind::Gateway(Gateway::Complex { .. }), Some(activated)) => {
                    let taken = activated
                        .flows
                        .iter()
                        .filter_map(|flow| self.model.find_flow(flow.as_str()));
                    let present: BTreeSet<FlowIx> = taken.chain(there).collect();
                    if self.nobody_else_comes(scope, ix, &present) {
                        self.reset(scope, ix)?;
                        return Ok(true);
                    }
                    false
                }
                _ => false,
            };
            if going {
                let (_, after) = self.join_waiting(scope, ix);
                self.pass(scope, ix);
                self.leave(ix, Leaving::at(scope, after))?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The second phase of a complex gateway ends: late tokens are taken, and it waits for its start again.
    fn reset(&mut self, scope: u32, ix: NodeIx) -> Result<(), Refusal> {
        let element = self.model.node(ix).id.clone();
        let late = !self.flows_there(scope, &element).is_empty();
        let ways = match late && !self.rules.proving() {
            true => self.reset_ways(ix, scope)?,
            false => Vec::new(),
        };
        let (_, after) = self.join_waiting(scope, ix);
        self.emit(Event::Reset { scope, element });
        for flow in ways {
            self.take_flow(flow, &Leaving::at(scope, after));
        }
        self.queue.push_back(Move::Check(scope));
        Ok(())
    }

    /// No token elsewhere in the scope could come by a way in that has none, unless it could as well come by one that
    /// has (BPMN 2.0 §13.4.3).
    fn nobody_else_comes(&self, scope: u32, gateway: NodeIx, present: &BTreeSet<FlowIx>) -> bool {
        let open = self
            .state
            .instances
            .iter()
            .filter(|i| i.parent == scope && !matches!(i.role, Role::Signer { .. }));
        let elsewhere = open
            .map(|i| &i.element)
            .chain((self.state.waits.iter().filter(|wait| wait.scope == scope)).map(|wait| &wait.element));
        let mut elsewhere = elsewhere
            .filter_map(|element| self.model.find(element.as_str()))
            .filter(|ix| *ix != gateway);
        elsewhere.all(|ix| {
            let reached = arrivals(self.model, ix, gateway);
            reached.is_empty() || reached.iter().any(|flow| present.contains(flow))
        })
    }
}

/// Ways into `gateway` that can be reached from `from` without passing it.
fn arrivals(model: &Model, from: NodeIx, gateway: NodeIx) -> BTreeSet<FlowIx> {
    let mut seen = BTreeSet::new();
    let mut arrivals = BTreeSet::new();
    let mut open = vec![from];
    while let Some(ix) = open.pop() {
        if !seen.insert(ix) {
            continue;
        }
        let node = model.node(ix);
        let boundary = node.boundary.iter().flat_map(|event| &model.node(*event).outgoing);
        for flow in node.outgoing.iter().chain(boundary) {
            match model.flow(*flow).target {
                target if target == gateway => drop(arrivals.insert(*flow)),
                target => open.push(target),
            }
        }
        open.extend(model.link_target(ix));
    }
    arrivals
}
