//! Throwing events and ends (BPMN 2.0 §13.5.2, §13.5.6).

use super::state::Variables;
use super::{Closing, Event, Leaving, Refusal, Run, Sending, Token};
use crate::model::{EventNode, Kind, Place, Trigger};

impl Run<'_> {
    /// Throws everything the event throws, in order; what ends the scope comes last.
    pub(super) fn enter_throw(&mut self, token: &Token, event: &EventNode) -> Result<(), Refusal> {
        let node = self.model.node(token.to);
        let scope = token.scope;
        let payload = self.inputs(&event.io, scope, &Variables::new(), node)?;
        let compensates = event.triggers.iter().find_map(|trigger| match trigger {
            Trigger::Compensate { activity, wait } => Some((activity.as_deref(), *wait)),
            _ => None,
        });
        if compensates.is_none() {
            self.pass(scope, token.to);
        }
        for trigger in &event.triggers {
            match trigger {
                Trigger::Message { .. } => self.send(scope, node, trigger, payload.clone())?,
                Trigger::Signal { name, .. } => {
                    self.emit(Event::Sent {
                        element: node.id.clone(),
                        kind: Sending::Signal,
                        name: name.clone(),
                        vars: payload.clone(),
                    });
                    // Who throws goes on first in the record, then those who catch.
                    self.broadcast(name, &payload)?;
                    self.begin_by_signal(node, name, &payload)?;
                }
                _ => {}
            }
        }
        // Whoever caught may have ended this scope.
        if self.state.instance(scope).is_none() || self.was_interrupted(token) {
            return Ok(());
        }
        for trigger in &event.triggers {
            if let Trigger::Escalation { code, id } = trigger {
                let code = code.as_deref().or(id.as_ref().map(crate::model::Id::as_str));
                if self.escalate(scope, node, code.unwrap_or_default())? {
                    return Ok(());
                }
            }
        }
        if let Some((activity, wait)) = compensates {
            return self.compensate(token, activity, wait);
        }
        self.end_or_go_on(token, event)
    }

    /// An interrupting event sub-process that was not there when the token came has taken over the scope.
    fn was_interrupted(&self, token: &Token) -> bool {
        let own = self.model.node(token.to).parent;
        let scope_is_sub = self
            .state
            .instance(token.scope)
            .and_then(|i| self.model.find(i.element.as_str()));
        scope_is_sub == own && self.is_interrupted(token.scope)
    }

    fn end_or_go_on(&mut self, token: &Token, event: &EventNode) -> Result<(), Refusal> {
        let node = self.model.node(token.to);
        for trigger in &event.triggers {
            match trigger {
                Trigger::Error { code, id } if event.place == Place::End => {
                    let code = code.as_deref().or(id.as_ref().map(crate::model::Id::as_str));
                    return self.raise(token.scope, node, code.unwrap_or_default(), &Variables::new());
                }
                Trigger::Terminate => return self.terminate(token.scope),
                Trigger::Cancel => return self.cancel_transaction(token),
                _ => {}
            }
        }
        match event.place {
            Place::End => {
                self.look_at(token.scope);
                Ok(())
            }
            _ => self.leave(token.to, Leaving::of(token)),
        }
    }

    /// A cancel end event: the transaction stops, what was done in it is undone, its cancel event goes on.
    fn cancel_transaction(&mut self, token: &Token) -> Result<(), Refusal> {
        self.empty(token.scope);
        let records = self.records_of(token.scope, None);
        let transaction = token.scope;
        self.undo_all(token, records, transaction, true)
    }

    pub(super) fn leave_cancelled(&mut self, transaction: u32) -> Result<(), Refusal> {
        let (_, node) = self.node_of(transaction)?;
        let boundary = node.boundary.iter().copied().find(|ix| {
            let event = self.model.node(*ix).event();
            event.is_some_and(|event| event.has(|trigger| matches!(trigger, Trigger::Cancel)))
        });
        let host = self.host_of(transaction);
        match boundary {
            Some(boundary) => self.by_boundary(host, boundary, Some(Closing::Cancelled), &Variables::new()),
            None => {
                let scope = self.scope_of(host);
                self.cancel(host, Closing::Cancelled);
                self.look_at(scope);
                Ok(())
            }
        }
    }

    /// What boundary events hang on: the whole of a repetition, else the instance.
    pub(super) fn host_of(&self, id: u32) -> u32 {
        match self.state.instance(id) {
            Some(instance) if instance.role == super::Role::Iteration => instance.parent,
            _ => id,
        }
    }

    pub(super) fn is_event_sub(&self, scope: u32) -> bool {
        let element = self.state.instance(scope).map(|instance| &instance.element);
        let node = element
            .and_then(|e| self.model.find(e.as_str()))
            .map(|ix| self.model.node(ix));
        node.is_some_and(|node| node.kind == Kind::Sub(crate::model::SubKind::Event))
    }
}
