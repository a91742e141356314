//! Errors and escalations look for who catches them, from the inside out (BPMN 2.0 §10.5.7, §13.5).

use super::state::Variables;
use super::{Closing, End, Event, Move, Refusal, Run, Sending, Target};
use crate::model::{EventNode, Node, NodeIx, Trigger};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thrown {
    Error,
    Escalation,
}

/// Where something thrown is caught.
enum Catcher {
    /// Boundary event, on this instance.
    Boundary(u32, NodeIx),
    /// Start of an event sub-process, in this scope.
    Sub(u32, NodeIx),
}

impl Run<'_> {
    pub(super) fn fail(&mut self, target: &Target, error: &str, vars: Variables) -> Result<(), Refusal> {
        let id = self.open_task(target)?;
        let (_, node) = self.node_of(id)?;
        if node.activity.is_none() {
            return Err(Refusal::at(node, "not_a_task", "不是任务，不会失败。"));
        }
        self.raise_from_activity(id, node, error, &vars)
    }

    fn raise_from_activity(&mut self, id: u32, node: &Node, code: &str, vars: &Variables) -> Result<(), Refusal> {
        let catcher = self.catcher(id, code, Thrown::Error);
        if !matches!(catcher, Some(Catcher::Boundary(host, _)) if host == self.host_of(id)) {
            let scope = self.scope_of(id);
            self.cancel(id, Closing::Failed);
            return self.raise(scope, node, code, vars);
        }
        if self.host_of(id) != id {
            // Of several instances this one failed; the others are only cancelled.
            self.cancel(id, Closing::Failed);
        }
        self.caught(catcher, Thrown::Error, vars).map(drop)
    }

    /// An error in a scope. Caught, it ends what it interrupts; uncaught, the process fails.
    pub(super) fn raise(&mut self, scope: u32, node: &Node, code: &str, vars: &Variables) -> Result<(), Refusal> {
        let catcher = self.catcher(scope, code, Thrown::Error);
        if self.caught(catcher, Thrown::Error, vars)? {
            return Ok(());
        }
        let mut root = scope;
        while self.scope_of(root) != 0 {
            root = self.scope_of(root);
        }
        let (_, process) = self.node_of(root)?;
        self.empty(root);
        let end = End::Failed {
            element: node.id.clone(),
            code: code.to_owned(),
        };
        self.end_root(root, process, end);
        Ok(())
    }

    pub(super) fn escalate_from(&mut self, id: u32, code: &str) -> Result<(), Refusal> {
        let (_, node) = self.node_of(id)?;
        self.escalate(id, node, code).map(drop)
    }

    /// True if whoever threw was interrupted by it. Uncaught, an escalation is forgotten.
    pub(super) fn escalate(&mut self, from: u32, node: &Node, code: &str) -> Result<bool, Refusal> {
        self.emit(Event::Sent {
            element: node.id.clone(),
            kind: Sending::Escalation,
            name: code.to_owned(),
            vars: Variables::new(),
        });
        let catcher = self.catcher(from, code, Thrown::Escalation);
        let interrupts = match &catcher {
            Some(Catcher::Boundary(_, ix) | Catcher::Sub(_, ix)) => {
                self.model.node(*ix).event().is_some_and(|event| event.interrupting)
            }
            None => false,
        };
        self.caught(catcher, Thrown::Escalation, &Variables::new())?;
        Ok(interrupts)
    }

    fn catcher(&self, from: u32, code: &str, thrown: Thrown) -> Option<Catcher> {
        let mut at = from;
        loop {
            let instance = self.state.instance(at)?;
            let ix = self.model.find(instance.element.as_str())?;
            if self.model.node(ix).is_container() && instance.role != super::Role::Whole && !self.is_interrupted(at) {
                let starts: Vec<NodeIx> = self.model.event_starts(ix).collect();
                if let Some(start) = self.best(&starts, code, thrown) {
                    return Some(Catcher::Sub(at, start));
                }
            }
            let host = self.host_of(at);
            if let Some(boundary) = self.best(&self.model.node(ix).boundary, code, thrown) {
                return Some(Catcher::Boundary(host, boundary));
            }
            at = self.state.instance(host)?.parent;
        }
    }

    /// One that names the code goes before one that catches all.
    fn best(&self, events: &[NodeIx], code: &str, thrown: Thrown) -> Option<NodeIx> {
        let fit = |ix: &NodeIx| {
            let event = self.model.node(*ix).event()?;
            event
                .triggers
                .iter()
                .filter_map(|trigger| fit(trigger, code, thrown))
                .min()
        };
        let found = events.iter().filter_map(|ix| Some((fit(ix)?, *ix)));
        found.min_by_key(|(how_well, _)| *how_well).map(|(_, ix)| ix)
    }

    fn caught(&mut self, catcher: Option<Catcher>, thrown: Thrown, vars: &Variables) -> Result<bool, Refusal> {
        match catcher {
            None => Ok(false),
            Some(Catcher::Boundary(host, ix)) => {
                let interrupting = self.model.node(ix).event().is_some_and(|event| event.interrupting);
                let how = match thrown {
                    Thrown::Error => Some(Closing::Failed),
                    Thrown::Escalation => interrupting.then_some(Closing::Cancelled),
                };
                self.by_boundary(host, ix, how, vars)?;
                Ok(true)
            }
            Some(Catcher::Sub(scope, start)) => {
                let event: Option<&EventNode> = self.model.node(start).event();
                let interrupting = event.is_some_and(|event| event.interrupting) || thrown == Thrown::Error;
                self.begin_event_sub(scope, start, interrupting, vars)?;
                self.queue.push_back(Move::Check(scope));
                Ok(true)
            }
        }
    }
}

fn fit(trigger: &Trigger, code: &str, thrown: Thrown) -> Option<u8> {
    let (own, id) = match (trigger, thrown) {
        (Trigger::Error { code, id }, Thrown::Error) => (code, id),
        (Trigger::Escalation { code, id }, Thrown::Escalation) => (code, id),
        _ => return None,
    };
    let by_id = id.as_ref().is_some_and(|id| *id == *code);
    match own {
        None if id.is_none() => Some(1),
        Some(own) if own == code || by_id => Some(0),
        _ => by_id.then_some(0),
    }
}

/// Codes that boundary events of a node catch: for provers.
pub(crate) fn caught_codes(model: &crate::model::Model, ix: NodeIx) -> Vec<String> {
    let boundary = model.node(ix).boundary.iter().filter_map(|ix| model.node(*ix).event());
    let triggers = boundary.flat_map(|event| &event.triggers);
    triggers
        .filter_map(|trigger| match trigger {
            Trigger::Error { code, .. } => Some(code.clone().unwrap_or_else(|| "?".to_owned())),
            _ => None,
        })
        .collect()
}
