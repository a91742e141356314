//! Boundary events and event sub-processes that are triggered (BPMN 2.0 §13.5.3, §13.5.4).

use super::state::{Role, Sub, Variables};
use super::{Closing, Event, Leaving, Move, Refusal, Run};
use crate::model::{EventNode, NodeIx};

impl Run<'_> {
    pub(super) fn fire_boundary(
        &mut self,
        sub: &Sub,
        ix: NodeIx,
        event: &EventNode,
        payload: &Variables,
    ) -> Result<(), Refusal> {
        if !event.interrupting {
            self.rearm(sub)?;
        }
        let how = event.interrupting.then_some(Closing::Cancelled);
        self.by_boundary(sub.owner, ix, how, payload)
    }

    /// Goes on by a boundary event; `how` says how an interrupted activity ends.
    pub(super) fn by_boundary(
        &mut self,
        host: u32,
        ix: NodeIx,
        how: Option<Closing>,
        payload: &Variables,
    ) -> Result<(), Refusal> {
        let node = self.model.node(ix);
        let Some(instance) = self.state.instance(host).cloned() else {
            return Ok(());
        };
        let scope = instance.parent;
        self.emit(Event::Fired {
            scope,
            element: node.id.clone(),
        });
        if let Some(event) = node.event() {
            self.outputs(&event.io, scope, scope, payload.clone(), node)?;
        }
        if let Some(how) = how {
            self.cancel(host, how);
            if let Role::Handler { by, undoes } = &instance.role {
                self.undone(scope, *by, undoes)?;
            }
        }
        self.pass(scope, ix);
        self.leave(ix, Leaving::at(scope, instance.after))?;
        self.queue.push_back(Move::Check(scope));
        Ok(())
    }

    pub(super) fn fire_event_sub(
        &mut self,
        sub: &Sub,
        start: NodeIx,
        event: &EventNode,
        payload: &Variables,
    ) -> Result<(), Refusal> {
        if !event.interrupting {
            self.rearm(sub)?;
        }
        self.begin_event_sub(sub.owner, start, event.interrupting, payload)
            .map(drop)
    }

    /// Begins an event sub-process in `scope` by its start event.
    pub(super) fn begin_event_sub(
        &mut self,
        scope: u32,
        start: NodeIx,
        interrupting: bool,
        payload: &Variables,
    ) -> Result<u32, Refusal> {
        let Some(sub_process) = self.model.node(start).parent else {
            return Ok(0);
        };
        if interrupting {
            self.interrupt(scope);
        }
        self.begin_handler(scope, sub_process, start, Role::Plain, payload, Variables::new())
    }

    /// Everything in the scope ends but the scope, and no event sub-process of it listens any more.
    fn interrupt(&mut self, scope: u32) {
        self.empty(scope);
        let starts: Vec<u32> = self
            .state
            .subs
            .iter()
            .filter(|sub| sub.owner == scope)
            .filter(|sub| {
                let node = self.model.find(sub.element.as_str()).map(|ix| self.model.node(ix));
                node.is_some_and(crate::model::Node::is_start)
            })
            .map(|sub| sub.id)
            .collect();
        for id in starts {
            self.emit(Event::Disarmed { id });
        }
    }

    pub(super) fn begin_handler(
        &mut self,
        scope: u32,
        sub_process: NodeIx,
        start: NodeIx,
        role: Role,
        payload: &Variables,
        vars: Variables,
    ) -> Result<u32, Refusal> {
        let after = self.state.instance(scope).map_or(0, |instance| instance.after);
        let id = self.open(sub_process, scope, role, 0, vars, after)?;
        let inner: Vec<NodeIx> = self.model.event_starts(sub_process).collect();
        for inner in inner {
            self.arm(id, inner)?;
        }
        let node = self.model.node(start);
        self.emit(Event::Fired {
            scope: id,
            element: node.id.clone(),
        });
        if let Some(event) = node.event() {
            self.outputs(&event.io, id, id, payload.clone(), node)?;
        }
        self.pass(id, start);
        self.leave(start, Leaving::at(id, after))?;
        self.queue.push_back(Move::Check(id));
        Ok(id)
    }
}
