//! Gateways, and which flows a token leaves by (BPMN 2.0 §13.4; conditional flows of activities §13.3).

use super::state::{Activated, Variables};
use super::{Event, Leaving, Refusal, Run, Token};
use crate::model::{FlowIx, Gateway, Kind, NodeIx};
use serde_json::Value;

/// Subsets of more ways than this are not all guessed when proving: each alone, and all together.
const MOST_SUBSETS: usize = 4;

impl Run<'_> {
    pub(super) fn enter_gateway(&mut self, token: &Token, gateway: &Gateway) -> Result<(), Refusal> {
        let node = self.model.node(token.to);
        let merges = node.incoming.len() > 1 && token.via.is_some();
        match gateway {
            Gateway::Exclusive => self.go_through(token),
            Gateway::EventBased { .. } => self.enter_event_gateway(token),
            Gateway::Parallel if merges => {
                self.wait(token);
                self.join_parallel(token.scope, token.to)
            }
            // Whether others still come is asked when all rest.
            Gateway::Inclusive if merges => {
                self.wait(token);
                Ok(())
            }
            Gateway::Complex { activation } if merges => {
                self.wait(token);
                match activation {
                    Some(activation) => self.activate(token.scope, token.to, activation),
                    None => Ok(()),
                }
            }
            Gateway::Parallel | Gateway::Inclusive | Gateway::Complex { .. } => self.go_through(token),
        }
    }

    fn go_through(&mut self, token: &Token) -> Result<(), Refusal> {
        self.pass(token.scope, token.to);
        self.leave(token.to, Leaving::of(token))
    }

    /// The complex gateway waits for its start: is it activated by what has come?
    fn activate(&mut self, scope: u32, ix: NodeIx, activation: &crate::model::Expression) -> Result<(), Refusal> {
        let node = self.model.node(ix);
        if self
            .state
            .activated
            .iter()
            .any(|a| a.scope == scope && a.element == node.id)
        {
            return Ok(());
        }
        let waiting = self
            .state
            .waits
            .iter()
            .filter(|w| w.scope == scope && w.element == node.id);
        let count = waiting.count();
        let mut extras = self.gateway_state(scope, ix, true);
        extras.insert("activationCount".to_owned(), count.into());
        let activated = match self.rules.guess(2) {
            // With all tokens there nothing more can come that would change the answer.
            Some(guess) => guess == 0 || count >= node.incoming.len(),
            None => self.holds(activation, &self.seen_from(scope, extras), node)?,
        };
        if !activated {
            return Ok(());
        }
        let (flows, after) = self.join_waiting(scope, ix);
        self.emit(Event::Activated(Activated {
            scope,
            element: node.id.clone(),
            flows,
        }));
        self.pass(scope, ix);
        self.leave(ix, Leaving::at(scope, after))
    }

    /// What conditions of a complex gateway may ask: its state, and which ways in have a token.
    pub(super) fn gateway_state(&self, scope: u32, ix: NodeIx, waiting_for_start: bool) -> Variables {
        let node = self.model.node(ix);
        let mut vars = Variables::new();
        vars.insert("waitingForStart".to_owned(), waiting_for_start.into());
        for flow in &node.incoming {
            let flow = &self.model.flow(*flow).id;
            let mut there = self
                .state
                .waits
                .iter()
                .filter(|w| w.scope == scope && w.element == node.id);
            let there = there.any(|wait| wait.flow.as_ref() == Some(flow));
            vars.insert(flow.as_str().to_owned(), there.into());
        }
        vars
    }

    /// Flows by which a token leaves.
    pub(super) fn ways(&self, ix: NodeIx, leaving: &Leaving) -> Result<Vec<FlowIx>, Refusal> {
        let node = self.model.node(ix);
        let conditional = |flow: &FlowIx| self.model.flow(*flow).condition.is_some();
        let exclusive = node.kind == Kind::Gateway(Gateway::Exclusive);
        let chooses = match &node.kind {
            Kind::Gateway(gateway) => gateway.chooses() && (exclusive || node.outgoing.iter().any(conditional)),
            _ => node.activity.is_some() && node.outgoing.iter().any(conditional),
        };
        if !chooses || node.outgoing.is_empty() {
            return Ok(node.outgoing.clone());
        }
        let complex = matches!(node.kind, Kind::Gateway(Gateway::Complex { .. }));
        let mut extras = if complex {
            self.gateway_state(leaving.scope, ix, true)
        } else {
            Variables::new()
        };
        let known = self.rules.proving() && self.decided_by_outcome(ix, leaving.outcome.as_ref());
        if !known && let Some(guessed) = self.guessed_ways(ix, exclusive) {
            return Ok(guessed);
        }
        if let Some(outcome) = &leaving.outcome {
            extras.insert("outcome".to_owned(), outcome.clone());
        }
        let ways = self.holding(ix, leaving.scope, extras, exclusive)?;
        match node.default {
            _ if !ways.is_empty() => Ok(ways),
            Some(default) => Ok(vec![default]),
            None => {
                let text = "这里没有一条顺序流的条件成立，也没有默认流。";
                Err(Refusal::at(node, "no_flow_chosen", text))
            }
        }
    }

    /// Flows, but the default, whose condition holds; of an exclusive gateway the first.
    fn holding(&self, ix: NodeIx, scope: u32, extras: Variables, first: bool) -> Result<Vec<FlowIx>, Refusal> {
        let node = self.model.node(ix);
        let seen = self.seen_from(scope, extras);
        let mut ways = Vec::new();
        for flow in &node.outgoing {
            if node.default == Some(*flow) {
                continue;
            }
            let taken = match &self.model.flow(*flow).condition {
                None => true,
                Some(condition) => {
                    let id = self.model.flow(*flow).id.as_str();
                    self.truth(condition, &seen, id, node)?.ok_or_else(|| {
                        let text = format!(
                            "的条件“{}”没有结果：其中的数据还没有值。",
                            super::variables::shortened(&condition.text)
                        );
                        Refusal::named("condition_without_result", id, format!("“{}”{text}", node.label()))
                    })?
                }
            };
            if taken {
                ways.push(*flow);
                if first {
                    break;
                }
            }
        }
        Ok(ways)
    }

    /// Ways that a reset complex gateway still sends tokens by: only those whose condition asks for it.
    pub(super) fn reset_ways(&self, ix: NodeIx, scope: u32) -> Result<Vec<FlowIx>, Refusal> {
        let node = self.model.node(ix);
        let seen = self.seen_from(scope, self.gateway_state(scope, ix, false));
        let mut ways = Vec::new();
        for flow in &node.outgoing {
            let Some(condition) = &self.model.flow(*flow).condition else {
                continue;
            };
            if self.truth(condition, &seen, self.model.flow(*flow).id.as_str(), node)? == Some(true) {
                ways.push(*flow);
            }
        }
        Ok(ways)
    }

    /// Its conditions speak of nothing but the outcome of the task before, and that is known.
    fn decided_by_outcome(&self, ix: NodeIx, outcome: Option<&Value>) -> bool {
        let node = self.model.node(ix);
        let closed = |flow: &FlowIx| {
            let condition = self.model.flow(*flow).condition.as_ref();
            node.default == Some(*flow) || condition.is_some_and(|condition| condition.outcomes.is_some())
        };
        outcome.is_some() && node.outgoing.iter().all(closed)
    }

    fn guessed_ways(&self, ix: NodeIx, exclusive: bool) -> Option<Vec<FlowIx>> {
        let all = &self.model.node(ix).outgoing;
        if all.len() == 1 {
            return self.rules.proving().then(|| all.clone());
        }
        if exclusive {
            return self.rules.guess(all.len() as u32).map(|way| vec![all[way as usize]]);
        }
        let default = self.model.node(ix).default;
        let conditions: Vec<FlowIx> = all.iter().copied().filter(|flow| default != Some(*flow)).collect();
        let none = u32::from(default.is_some());
        if conditions.len() > MOST_SUBSETS {
            let way = self.rules.guess(conditions.len() as u32 + 1 + none)? as usize;
            return Some(match conditions.get(way) {
                Some(flow) => vec![*flow],
                None if way == conditions.len() => conditions,
                None => default.into_iter().collect(),
            });
        }
        let subsets = (1u32 << conditions.len()) - 1;
        let set = self.rules.guess(subsets + none)? + 1;
        if set > subsets {
            return Some(default.into_iter().collect());
        }
        let chosen = conditions.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
        Some(chosen.map(|(_, flow)| *flow).collect())
    }
}

/// The outcome a completed task leaves with.
pub(super) fn outcome(vars: &Variables) -> Option<Value> {
    vars.get("outcome").cloned()
}
