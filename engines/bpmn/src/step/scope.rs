//! Processes and sub-processes: beginning, being done, being cancelled.

use super::state::{Instance, Role, Variables};
use super::{Closing, Doer, End, Event, Leaving, Move, Refusal, Run};
use crate::model::{Kind, Node, NodeIx, Place, SubKind};

impl Run<'_> {
    pub(super) fn start(&mut self, process: &str, vars: Variables) -> Result<(), Refusal> {
        if self.state.begun() {
            return Err(Refusal::plain("already_started", "流程已经开始，不能重复开始。"));
        }
        let found = self.model.find(process);
        let Some(ix) = found.filter(|ix| matches!(self.model.node(*ix).kind, Kind::Process { .. })) else {
            return Err(Refusal::named(
                "unknown_process",
                process,
                format!("文件中没有流程“{process}”。"),
            ));
        };
        let triggered = self.model.plain_starts(ix).is_empty() && self.has_triggered_starts(ix);
        self.emit(Event::Begun {
            process: self.model.node(ix).id.clone(),
            vars: vars.clone(),
        });
        if triggered {
            return self.listen_for_start(ix);
        }
        let id = self.open_process(ix, 0, vars, 0)?;
        self.begin_scope(id, ix, 0)
    }

    fn has_triggered_starts(&self, process: NodeIx) -> bool {
        let children = &self.model.node(process).children;
        children
            .iter()
            .any(|ix| self.model.node(*ix).is_start() || self.model.instantiates(*ix))
    }

    /// Start events, receive tasks and event gateways that begin a process.
    fn listen_for_start(&mut self, process: NodeIx) -> Result<(), Refusal> {
        for ix in self.model.node(process).children.clone() {
            if self.model.node(ix).is_start() {
                self.arm(0, ix)?;
            } else if self.model.instantiates(ix) {
                self.arm_instantiating(0, ix)?;
            }
        }
        Ok(())
    }

    pub(super) fn open_process(
        &mut self,
        ix: NodeIx,
        parent: u32,
        vars: Variables,
        after: u32,
    ) -> Result<u32, Refusal> {
        self.open(ix, parent, Role::Plain, 0, vars, after)
    }

    /// Tells open instances of one element apart: the wished number, else the lowest that is free.
    fn free_number(&self, element: &crate::model::Id, wish: u32) -> u32 {
        let same = self.state.instances.iter();
        let same = same.filter(|i| i.element == *element && i.role != Role::Whole);
        if !same.clone().any(|instance| instance.number == wish) {
            return wish;
        }
        // Among one more number than there are open ones one is free.
        let mut used = vec![false; same.clone().count() + 1];
        for instance in same {
            if let Some(used) = used.get_mut(instance.number as usize) {
                *used = true;
            }
        }
        used.iter().position(|used| !used).unwrap_or(0) as u32
    }

    pub(super) fn open(
        &mut self,
        ix: NodeIx,
        parent: u32,
        role: Role,
        index: u32,
        vars: Variables,
        after: u32,
    ) -> Result<u32, Refusal> {
        let element = self.model.node(ix).id.clone();
        let id = self.next_id();
        let number = self.free_number(&element, index);
        self.stirred = true;
        self.emit(Event::Started(Box::new(Instance {
            id,
            element,
            parent,
            number: if role == Role::Whole { 0 } else { number },
            role,
            index,
            since: self.at,
            after,
            vars,
            count: None,
            undoing: None,
            hold: None,
            given: Variables::new(),
        })));
        Ok(id)
    }

    /// Event sub-processes listen, tokens begin.
    pub(super) fn begin_scope(&mut self, id: u32, ix: NodeIx, after: u32) -> Result<(), Refusal> {
        let starts: Vec<NodeIx> = self.model.event_starts(ix).collect();
        for start in starts {
            self.arm(id, start)?;
        }
        if self.model.node(ix).kind == Kind::Sub(SubKind::AdHoc) {
            return self.begin_ad_hoc_scope(id, ix);
        }
        let starts = self.model.plain_starts(ix);
        for start in &starts {
            self.token(*start, None, &Leaving::at(id, after));
        }
        self.queue.push_back(Move::Check(id));
        Ok(())
    }

    /// A scope is done when nothing is open or moves in it.
    pub(super) fn check_scope(&mut self, scope: u32) -> Result<(), Refusal> {
        let Some(instance) = self.state.instance(scope) else {
            return Ok(());
        };
        let (ix, node) = self.node_of(scope)?;
        if !node.is_container() || instance.role == Role::Whole || self.is_busy(scope) {
            return Ok(());
        }
        if node.kind == Kind::Sub(SubKind::AdHoc) {
            return self.check_ad_hoc(scope, ix);
        }
        self.finish_scope(scope)
    }

    pub(super) fn is_busy(&self, scope: u32) -> bool {
        let moving = |next: &Move| matches!(next, Move::Token(token) if token.scope == scope);
        self.state.instances.iter().any(|instance| instance.parent == scope)
            || self.state.waits.iter().any(|wait| wait.scope == scope)
            || self.queue.iter().any(moving)
    }

    pub(super) fn finish_scope(&mut self, scope: u32) -> Result<(), Refusal> {
        let (ix, node) = self.node_of(scope)?;
        let parent = self.state.instance(scope).map_or(0, |instance| instance.parent);
        match &node.kind {
            Kind::Process { .. } if parent == 0 => {
                self.end_root(scope, node, End::Completed);
                Ok(())
            }
            Kind::Process { .. } => self.end_called(scope, parent),
            Kind::Sub(SubKind::Event) => self.close_event_sub(scope, parent),
            _ => self.finish_activity(scope, ix, Variables::new()),
        }
    }

    pub(super) fn end_root(&mut self, scope: u32, node: &Node, end: End) {
        let vars = self
            .state
            .instance(scope)
            .map_or_else(Variables::new, |i| i.vars.clone());
        let how = match end {
            End::Completed => Closing::Completed,
            End::Terminated => Closing::Cancelled,
            End::Failed { .. } => Closing::Failed,
        };
        self.emit(Event::Closed { id: scope, how });
        self.emit(Event::Ended {
            element: node.id.clone(),
            end,
            vars,
        });
    }

    fn close_event_sub(&mut self, scope: u32, parent: u32) -> Result<(), Refusal> {
        let role = self.state.instance(scope).map(|instance| instance.role.clone());
        self.emit(Event::Closed {
            id: scope,
            how: Closing::Completed,
        });
        if let Some(Role::Handler { by, undoes }) = role {
            return self.undone(parent, by, &undoes);
        }
        self.queue.push_back(Move::Check(parent));
        Ok(())
    }

    /// Closes an instance and everything in it, innermost first. Tokens that move in it are gone.
    pub(super) fn cancel(&mut self, id: u32, how: Closing) {
        self.empty(id);
        self.emit(Event::Closed { id, how });
    }

    /// Closes everything inside, but not the instance.
    pub(super) fn empty(&mut self, id: u32) {
        let inner: Vec<u32> = self
            .state
            .instances
            .iter()
            .filter(|i| i.parent == id)
            .map(|i| i.id)
            .collect();
        for inner in inner.into_iter().rev() {
            if self.state.instance(inner).is_some() {
                self.cancel(inner, Closing::Cancelled);
            }
        }
        self.queue.retain(|next| match next {
            Move::Token(token) => token.scope != id,
            Move::Iterate { whole, .. } => *whole != id,
            Move::Check(_) => true,
        });
        let waits: Vec<_> = self
            .state
            .waits
            .iter()
            .filter(|wait| wait.scope == id)
            .cloned()
            .collect();
        for wait in waits {
            self.emit(Event::Consumed {
                scope: wait.scope,
                element: wait.element,
                flow: wait.flow,
                after: None,
            });
        }
        let activated: Vec<_> = self.state.activated.iter().filter(|a| a.scope == id).cloned().collect();
        for activated in activated {
            self.emit(Event::Reset {
                scope: id,
                element: activated.element,
            });
        }
    }

    /// A terminate end event: of a process the end, of a sub-process only its own.
    pub(super) fn terminate(&mut self, scope: u32) -> Result<(), Refusal> {
        let (ix, node) = self.node_of(scope)?;
        let parent = self.state.instance(scope).map_or(0, |instance| instance.parent);
        self.empty(scope);
        match &node.kind {
            Kind::Process { .. } if parent == 0 => {
                self.end_root(scope, node, End::Terminated);
                Ok(())
            }
            Kind::Process { .. } => self.end_called(scope, parent),
            Kind::Sub(SubKind::Event) => self.close_event_sub(scope, parent),
            _ => self.finish_activity(scope, ix, Variables::new()),
        }
    }

    pub(super) fn terminate_all(&mut self, doer: &Doer) -> Result<(), Refusal> {
        let element = self.state.process.clone().unwrap_or_else(|| "".into());
        let subs: Vec<u32> = self
            .state
            .subs
            .iter()
            .filter(|sub| sub.owner == 0)
            .map(|sub| sub.id)
            .collect();
        for id in subs {
            self.emit(Event::Disarmed { id });
        }
        let roots: Vec<u32> = self
            .state
            .instances
            .iter()
            .filter(|i| i.parent == 0)
            .map(|i| i.id)
            .collect();
        for root in &roots {
            self.empty(*root);
            let (_, node) = self.node_of(*root)?;
            self.end_root(*root, node, End::Terminated);
        }
        if roots.is_empty() {
            self.emit(Event::Ended {
                element: element.clone(),
                end: End::Terminated,
                vars: self.state.vars.clone(),
            });
        }
        self.note(0, element, super::How::Terminated, Vec::new(), doer);
        Ok(())
    }

    /// An interrupting event sub-process runs in the scope: no other may be triggered.
    pub(super) fn is_interrupted(&self, scope: u32) -> bool {
        let mut inner = self.state.instances.iter().filter(|i| i.parent == scope);
        inner.any(|instance| {
            let node = self.model.find(instance.element.as_str()).map(|ix| self.model.node(ix));
            node.is_some_and(|node| {
                node.kind == Kind::Sub(SubKind::Event)
                    && !matches!(instance.role, Role::Handler { .. })
                    && node.children.iter().any(|child| {
                        let event = self.model.node(*child).event();
                        event.is_some_and(|event| event.place == Place::Start && event.interrupting)
                    })
            })
        })
    }
}
