//! Listening: catching events, event gateways, receive tasks, boundary events, event sub-processes.

use serde_json::Value as Json;

use super::state::{Role, Sub, Variables};
use super::{Event, Leaving, Refusal, Run, Token};
use crate::model::{EventNode, Gateway, Kind, NodeIx, TaskKind, Trigger};

impl Run<'_> {
    pub(super) fn enter_catch(&mut self, token: &Token, event: &EventNode) -> Result<(), Refusal> {
        if event.link().is_some() {
            self.pass(token.scope, token.to);
            return self.leave(token.to, Leaving::of(token));
        }
        let id = self.open(token.to, token.scope, Role::Plain, 0, Variables::new(), token.after)?;
        self.arm(id, token.to)
    }

    /// Waits for the first of the events behind the gateway.
    pub(super) fn enter_event_gateway(&mut self, token: &Token) -> Result<(), Refusal> {
        let id = self.open(token.to, token.scope, Role::Plain, 0, Variables::new(), token.after)?;
        self.arm_gateway(id, token.to)
    }

    fn arm_gateway(&mut self, owner: u32, gateway: NodeIx) -> Result<(), Refusal> {
        for flow in &self.model.node(gateway).outgoing {
            let target = self.model.flow(*flow).target;
            if owner == 0 || self.state.instance(owner).is_some() {
                self.arm(owner, target)?;
            }
        }
        Ok(())
    }

    /// What begins a process without being a start event.
    pub(super) fn arm_instantiating(&mut self, owner: u32, ix: NodeIx) -> Result<(), Refusal> {
        match self.model.node(ix).kind {
            Kind::Gateway(Gateway::EventBased { .. }) => self.arm_gateway(owner, ix),
            _ => self.arm(owner, ix),
        }
    }

    pub(super) fn arm_boundary(&mut self, owner: u32, ix: NodeIx) -> Result<(), Refusal> {
        for boundary in &self.model.node(ix).boundary {
            self.arm(owner, *boundary)?;
        }
        Ok(())
    }

    /// Listens for the triggers of an element that come from outside or with time. Errors, escalations, compensation
    /// and cancellation are looked up when they are thrown.
    pub(super) fn arm(&mut self, owner: u32, ix: NodeIx) -> Result<(), Refusal> {
        let node = self.model.node(ix);
        let receive = match &node.kind {
            Kind::Task(TaskKind::Receive { message, .. }) => Some(message.as_ref()),
            Kind::Call(crate::model::Called::Global(_, task)) => match task.as_ref() {
                TaskKind::Receive { message, .. } => Some(message.as_ref()),
                _ => None,
            },
            _ => None,
        };
        let triggers: Vec<&Trigger> = match (&node.kind, receive) {
            (Kind::Event(event), _) => event.triggers.iter().collect(),
            (_, Some(message)) => vec![message],
            _ => Vec::new(),
        };
        let mut armed = Vec::new();
        for (index, trigger) in triggers.into_iter().enumerate() {
            let mut sub = Sub {
                id: self.next_id(),
                owner,
                element: node.id.clone(),
                trigger: index as u32,
                due: None,
                left: None,
                key: None,
                hit: false,
                held: false,
            };
            match trigger {
                Trigger::Message { key, .. } => {
                    if let Some(key) = key
                        && !self.rules.proving()
                    {
                        let seen = self.seen_from(owner, Variables::new());
                        sub.key = Some(self.evaluate(key, &seen, node)?);
                    }
                }
                Trigger::Timer(timer) => self.set_timer(&mut sub, timer, node)?,
                Trigger::Signal { .. } => {}
                Trigger::Conditional(_) => self.stirred = true,
                _ => continue,
            }
            armed.push(sub.id);
            self.emit(Event::Armed(sub));
        }
        for sub in armed {
            self.take_mail(sub)?;
        }
        Ok(())
    }

    pub(super) fn trigger_of(&self, sub: &Sub) -> Option<&Trigger> {
        let node = self.model.node(self.model.find(sub.element.as_str())?);
        match &node.kind {
            Kind::Event(event) => event.triggers.get(sub.trigger as usize),
            Kind::Task(TaskKind::Receive { message, .. }) => Some(message),
            Kind::Call(crate::model::Called::Global(_, task)) => match task.as_ref() {
                TaskKind::Receive { message, .. } => Some(message),
                _ => None,
            },
            _ => None,
        }
    }

    /// Fires one condition that has become true; false if there is none.
    pub(super) fn one_condition(&mut self) -> Result<bool, Refusal> {
        if !self.stirred || self.rules.proving() {
            return Ok(false);
        }
        for sub in self.state.subs.clone() {
            let Some(Trigger::Conditional(Some(condition))) = self.trigger_of(&sub) else {
                continue;
            };
            if self.state.stands_still(sub.owner) {
                continue;
            }
            let node = self.model.node(self.ix(&sub.element)?);
            let holds = self.holds(condition, &self.seen_from(sub.owner, Variables::new()), node)?;
            if holds != sub.held {
                self.emit(Event::Changed(Sub {
                    held: holds,
                    ..sub.clone()
                }));
            }
            // Only becoming true triggers: it must be false before it can again (BPMN 2.0 table 10.84).
            if holds && !sub.held {
                self.fire(sub.id, &Variables::new())?;
                return Ok(true);
            }
        }
        self.stirred = false;
        Ok(false)
    }

    /// The trigger of a subscription has come.
    pub(super) fn fire(&mut self, id: u32, payload: &Variables) -> Result<(), Refusal> {
        let Some(sub) = self.state.subs.iter().find(|sub| sub.id == id).cloned() else {
            return Err(Refusal::plain("not_listening", "没有在等待这个事件。"));
        };
        let ix = self.ix(&sub.element)?;
        let node = self.model.node(ix);
        if let Kind::Event(event) = &node.kind
            && event.parallel
            && event.triggers.len() > 1
            && !self.last_of_all(&sub)
        {
            self.assign(self.scope_of(sub.owner), payload.clone());
            return Ok(());
        }
        match &node.kind {
            Kind::Event(event) if event.place == crate::model::Place::Boundary => {
                self.fire_boundary(&sub, ix, event, payload)
            }
            Kind::Event(event) if event.place == crate::model::Place::Start && sub.owner != 0 => {
                self.fire_event_sub(&sub, ix, event, payload)
            }
            _ if sub.owner == 0 => self.fire_start(&sub, ix, payload),
            _ => self.fire_catch(&sub, ix, payload),
        }
    }

    /// Marks one trigger of a parallel multiple event; true if it was the last.
    fn last_of_all(&mut self, sub: &Sub) -> bool {
        let others = |other: &&Sub| other.owner == sub.owner && other.element == sub.element && other.id != sub.id;
        if self.state.subs.iter().filter(others).all(|other| other.hit) {
            return true;
        }
        self.emit(Event::Changed(Sub {
            hit: true,
            due: None,
            ..sub.clone()
        }));
        false
    }

    pub(super) fn scope_of(&self, owner: u32) -> u32 {
        self.state.instance(owner).map_or(0, |instance| instance.parent)
    }

    fn fired(&mut self, scope: u32, ix: NodeIx) {
        let element = self.model.node(ix).id.clone();
        self.emit(Event::Fired { scope, element });
    }

    /// An intermediate event, receive task, or one of the ways behind an event gateway.
    fn fire_catch(&mut self, sub: &Sub, ix: NodeIx, payload: &Variables) -> Result<(), Refusal> {
        let (owner_ix, owner) = self.node_of(sub.owner)?;
        let Some(instance) = self.state.instance(sub.owner).cloned() else {
            return Ok(());
        };
        let scope = instance.parent;
        if owner_ix == ix {
            self.fired(scope, ix);
            if owner.activity.is_some() {
                return self.finish_activity(sub.owner, ix, payload.clone());
            }
            self.take_payload(sub.owner, scope, ix, payload)?;
            self.close(sub.owner);
            return self.leave(ix, Leaving::at(scope, instance.after));
        }
        self.fire_behind_gateway(sub, owner_ix, ix, &instance, payload)
    }

    fn close(&mut self, id: u32) {
        self.emit(Event::Closed {
            id,
            how: super::Closing::Completed,
        });
    }

    fn fire_behind_gateway(
        &mut self,
        sub: &Sub,
        gateway: NodeIx,
        ix: NodeIx,
        instance: &super::Instance,
        payload: &Variables,
    ) -> Result<(), Refusal> {
        let scope = instance.parent;
        let all = matches!(
            self.model.node(gateway).kind,
            Kind::Gateway(Gateway::EventBased { parallel: true, .. })
        );
        let flow = self
            .model
            .node(gateway)
            .outgoing
            .iter()
            .find(|flow| self.model.flow(**flow).target == ix);
        if let Some(flow) = flow {
            let flow = self.model.flow(*flow).id.clone();
            self.emit(Event::Taken { scope, flow });
        }
        self.fired(scope, ix);
        self.take_payload(sub.owner, scope, ix, payload)?;
        let own: Vec<u32> = self
            .state
            .subs
            .iter()
            .filter(|s| s.owner == sub.owner && s.element == sub.element)
            .map(|s| s.id)
            .collect();
        for id in own {
            self.emit(Event::Disarmed { id });
        }
        if !all || !self.state.subs.iter().any(|s| s.owner == sub.owner) {
            self.close(sub.owner);
        }
        self.pass(scope, ix);
        self.leave(ix, Leaving::at(scope, instance.after))
    }

    /// What came with a message, mapped if the element maps it.
    fn take_payload(&mut self, from: u32, scope: u32, ix: NodeIx, payload: &Variables) -> Result<(), Refusal> {
        let node = self.model.node(ix);
        match (&node.kind, &node.activity) {
            (Kind::Event(event), _) => self.outputs(&event.io, from, scope, payload.clone(), node),
            (_, Some(activity)) => self.outputs(&activity.io, from, scope, payload.clone(), node),
            _ => Ok(()),
        }
    }

    /// A new instance of a process begins with its trigger.
    fn fire_start(&mut self, sub: &Sub, ix: NodeIx, payload: &Variables) -> Result<(), Refusal> {
        let process = self.model.process_of(ix);
        self.rearm(sub)?;
        let vars = self.state.vars.clone();
        self.begin_by(process, ix, vars, payload)
    }

    pub(super) fn begin_by(
        &mut self,
        process: NodeIx,
        ix: NodeIx,
        vars: Variables,
        payload: &Variables,
    ) -> Result<(), Refusal> {
        let id = self.open_process(process, 0, vars, 0)?;
        let starts: Vec<NodeIx> = self.model.event_starts(process).collect();
        for start in starts {
            self.arm(id, start)?;
        }
        let gateway = self.instantiating_gateway(ix);
        if let Some((gateway, all)) = gateway {
            let event = self.open(gateway, id, Role::Plain, 0, Variables::new(), 0)?;
            if all {
                self.arm_gateway(event, gateway)?;
            } else {
                self.arm(event, ix)?;
            }
            let sub = self
                .state
                .subs
                .iter()
                .find(|s| s.owner == event && *s.element.as_str() == *self.model.node(ix).id.as_str());
            return match sub.map(|sub| sub.id) {
                Some(sub) => self.fire(sub, payload),
                None => Ok(()),
            };
        }
        self.fired(id, ix);
        self.take_payload(id, id, ix, payload)?;
        self.pass(id, ix);
        self.leave(ix, Leaving::at(id, 0))
    }

    fn instantiating_gateway(&self, ix: NodeIx) -> Option<(NodeIx, bool)> {
        let before = self
            .model
            .node(ix)
            .incoming
            .iter()
            .map(|flow| self.model.flow(*flow).source);
        before
            .filter_map(|source| match self.model.node(source).kind {
                Kind::Gateway(Gateway::EventBased {
                    instantiate: true,
                    parallel,
                }) => Some((source, parallel)),
                _ => None,
            })
            .next()
    }

    /// The subscription goes on listening if it may fire again, else it goes.
    pub(super) fn rearm(&mut self, sub: &Sub) -> Result<(), Refusal> {
        let timer = matches!(self.trigger_of(sub), Some(Trigger::Timer(_)));
        if !timer {
            let own: Vec<Sub> = self
                .state
                .subs
                .iter()
                .filter(|s| s.owner == sub.owner && s.element == sub.element && s.hit)
                .cloned()
                .collect();
            for other in own {
                self.emit(Event::Changed(Sub { hit: false, ..other }));
            }
            return Ok(());
        }
        match self.next_time(sub)? {
            Some(next) => self.emit(Event::Changed(next)),
            None => self.emit(Event::Disarmed { id: sub.id }),
        }
        Ok(())
    }

    /// Value of a subscription's key against that of a message; a message without key fits any.
    pub(super) fn key_fits(sub: &Sub, key: Option<&Json>) -> bool {
        match (&sub.key, key) {
            (Some(own), Some(key)) => own == key || plain(own) == plain(key),
            _ => true,
        }
    }
}

/// `7` and `"7"` name the same case.
fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
