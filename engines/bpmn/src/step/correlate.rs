//! Messages and signals find who listens for them (BPMN 2.0 §8.3.2, §10.5.1).

use serde_json::Value as Json;

use super::state::{Mail, Sub, Variables};
use super::{Event, Refusal, Run, Sending};
use crate::model::{Id, Kind, Node, NodeIx, Place, Trigger};

impl Run<'_> {
    /// A message from outside goes to the one that has listened longest.
    pub(super) fn message(&mut self, name: &str, key: Option<&Json>, payload: &Variables) -> Result<(), Refusal> {
        let listening = |sub: &&Sub| self.is_message(sub, name) && !sub.hit && !self.state.stands_still(sub.owner);
        let waiting: Vec<&Sub> = self.state.subs.iter().filter(listening).collect();
        // An open instance goes before a new one.
        let fits = |sub: &&&Sub| Self::key_fits(sub, key);
        let found = waiting.iter().filter(fits).min_by_key(|sub| (sub.owner == 0, sub.id));
        if let Some(id) = found.map(|sub| sub.id) {
            return self.fire(id, payload);
        }
        if !waiting.is_empty() {
            return Err(Refusal::plain(
                "message_key",
                format!("消息“{name}”的关联值与等待的不符。"),
            ));
        }
        let known = self.model.nodes().iter().any(|node| self.listens_for(node, name));
        Err(match known {
            true => Refusal::plain("message_not_awaited", format!("现在没有环节在等待消息“{name}”。")),
            false => Refusal::plain("message_unknown", format!("流程图中没有消息“{name}”。")),
        })
    }

    fn listens_for(&self, node: &Node, name: &str) -> bool {
        match &node.kind {
            Kind::Event(event) => event.has(|trigger| message_is(trigger, name)) || node.id == *name,
            Kind::Task(crate::model::TaskKind::Receive { message, .. }) => {
                message_is(message, name) || node.id == *name
            }
            _ => false,
        }
    }

    fn is_message(&self, sub: &Sub, name: &str) -> bool {
        let trigger = self.trigger_of(sub);
        trigger.is_some_and(|trigger| {
            let by_element = sub.element == *name && matches!(trigger, Trigger::Message { .. });
            message_is(trigger, name) || by_element
        })
    }

    /// A message thrown in the file: along message flows, else by its name to other processes that run, else outside.
    pub(super) fn send(
        &mut self,
        from: u32,
        node: &Node,
        message: &Trigger,
        payload: Variables,
    ) -> Result<(), Refusal> {
        let Trigger::Message { name, .. } = message else {
            return Ok(());
        };
        self.emit(Event::Sent {
            element: node.id.clone(),
            kind: Sending::Message,
            name: name.clone(),
            vars: payload.clone(),
        });
        if self.rules.proving() {
            return Ok(());
        }
        let root = self.root_of(from);
        let targets: Vec<Id> = self.message_targets(node);
        let to_process: Option<Id> = targets.iter().find_map(|target| self.process_at(target));
        let elsewhere = |sub: &&Sub| sub.owner != 0 && self.root_of(sub.owner) != root && !sub.hit;
        let meant = |sub: &Sub| match targets.is_empty() {
            true => self.is_message(sub, name),
            false => {
                targets.contains(&sub.element) || (self.is_message(sub, name) && self.is_in(sub, to_process.as_ref()))
            }
        };
        let found = self
            .state
            .subs
            .iter()
            .filter(elsewhere)
            .find(|sub| meant(sub))
            .map(|sub| sub.id);
        if let Some(id) = found {
            return self.fire(id, &payload);
        }
        if let Some((process, start)) = self.start_by_message(node, name, &targets, to_process.as_ref()) {
            return self.begin_by(process, start, Variables::new(), &payload);
        }
        // A receiver in this file may come to listen later.
        if to_process.is_some() {
            self.emit(Event::Mailed(Mail {
                name: name.clone(),
                to: to_process,
                from: root,
                vars: payload,
            }));
        }
        Ok(())
    }

    fn message_targets(&self, node: &Node) -> Vec<Id> {
        let flows = self.model.message_flows.iter().filter(|link| link.source == node.id);
        flows.map(|link| link.target.clone()).collect()
    }

    /// The process of an element or pool.
    fn process_at(&self, target: &Id) -> Option<Id> {
        let of_node = self.model.find(target.as_str()).map(|ix| self.model.process_of(ix));
        let pool = || {
            self.model
                .pools()
                .iter()
                .find(|pool| pool.id == *target)
                .and_then(|pool| pool.process)
        };
        of_node.or_else(pool).map(|ix| self.model.node(ix).id.clone())
    }

    fn is_in(&self, sub: &Sub, process: Option<&Id>) -> bool {
        let ix = self.model.find(sub.element.as_str());
        let of = ix.map(|ix| &self.model.node(self.model.process_of(ix)).id);
        process.is_none() || of == process
    }

    /// A start event of another process that this message begins.
    fn start_by_message(
        &self,
        from: &Node,
        name: &str,
        targets: &[Id],
        process: Option<&Id>,
    ) -> Option<(NodeIx, NodeIx)> {
        let own = from.parent.map(|parent| self.model.process_of(parent));
        let starts = self.model.indices().filter(|ix| {
            let node = self.model.node(*ix);
            let top = node
                .parent
                .is_some_and(|parent| matches!(self.model.node(parent).kind, Kind::Process { .. }));
            let begins = match node.event() {
                Some(event) => event.place == Place::Start && event.has(|t| matches!(t, Trigger::Message { .. })),
                None => self.model.instantiates(*ix),
            };
            top && begins && Some(self.model.process_of(*ix)) != own
        });
        let meant = |ix: &NodeIx| {
            let node = self.model.node(*ix);
            let of = &self.model.node(self.model.process_of(*ix)).id;
            let by_name = self.listens_for(node, name) && (process.is_none() || process == Some(of));
            targets.contains(&node.id) || (by_name && (targets.is_empty() || process == Some(of)))
        };
        starts.into_iter().find(meant).map(|ix| (self.model.process_of(ix), ix))
    }

    /// A message that came before its receiver listened.
    pub(super) fn take_mail(&mut self, sub: u32) -> Result<(), Refusal> {
        if self.state.mail.is_empty() {
            return Ok(());
        }
        let Some(sub) = self.state.subs.iter().find(|known| known.id == sub).cloned() else {
            return Ok(());
        };
        let root = self.root_of(sub.owner);
        let found = self.state.mail.iter().position(|mail| {
            mail.from != root && self.is_message(&sub, &mail.name) && self.is_in(&sub, mail.to.as_ref())
        });
        let Some(at) = found else { return Ok(()) };
        let mail = self.state.mail[at].clone();
        self.emit(Event::Unmailed { at: at as u32 });
        self.fire(sub.id, &mail.vars)
    }

    fn root_of(&self, id: u32) -> u32 {
        let mut at = id;
        while let Some(instance) = self.state.instance(at) {
            if instance.parent == 0 {
                return at;
            }
            at = instance.parent;
        }
        at
    }

    pub(super) fn signal_from_outside(&mut self, name: &str, payload: &Variables) -> Result<(), Refusal> {
        let known = self.model.nodes().iter().any(|node| {
            let event = node.event();
            event.is_some_and(|event| event.has(|trigger| signal_is(trigger, name)))
        });
        if !known {
            return Err(Refusal::plain("signal_unknown", format!("流程图中没有信号“{name}”。")));
        }
        self.broadcast(name, payload)
    }

    /// Everyone who listens now gets it.
    pub(super) fn broadcast(&mut self, name: &str, payload: &Variables) -> Result<(), Refusal> {
        let listening = self.state.subs.iter().filter(|sub| {
            let trigger = self.trigger_of(sub);
            trigger.is_some_and(|trigger| signal_is(trigger, name)) && !self.state.stands_still(sub.owner) && !sub.hit
        });
        let ids: Vec<u32> = listening.map(|sub| sub.id).collect();
        for id in ids {
            // One of them may have ended another.
            if self.state.subs.iter().any(|sub| sub.id == id) {
                self.fire(id, payload)?;
            }
        }
        Ok(())
    }

    /// Processes of the file that do not run yet and begin by this signal.
    pub(super) fn begin_by_signal(&mut self, from: &Node, name: &str, payload: &Variables) -> Result<(), Refusal> {
        let own = from.parent.map(|parent| self.model.process_of(parent));
        let begins = |ix: &NodeIx| {
            let node = self.model.node(*ix);
            let top = node
                .parent
                .is_some_and(|parent| matches!(self.model.node(parent).kind, Kind::Process { .. }));
            let event = node.event();
            top && event.is_some_and(|e| e.place == Place::Start && e.has(|t| signal_is(t, name)))
                && Some(self.model.process_of(*ix)) != own
        };
        let starts: Vec<NodeIx> = self.model.indices().filter(begins).collect();
        for start in starts {
            let process = self.model.process_of(start);
            let listens = self
                .state
                .subs
                .iter()
                .any(|s| s.owner == 0 && s.element == self.model.node(start).id);
            if !listens {
                self.begin_by(process, start, Variables::new(), payload)?;
            }
        }
        Ok(())
    }
}

pub(super) fn message_is(trigger: &Trigger, asked: &str) -> bool {
    match trigger {
        Trigger::Message { id, name, .. } => name == asked || id.as_ref().is_some_and(|id| *id == *asked),
        _ => false,
    }
}

pub(super) fn signal_is(trigger: &Trigger, asked: &str) -> bool {
    match trigger {
        Trigger::Signal { id, name } => name == asked || id.as_ref().is_some_and(|id| *id == *asked),
        _ => false,
    }
}
