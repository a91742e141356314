//! Undoing what was done, last first (BPMN 2.0 §10.7, §13.5.5).

use super::state::{Record, Role, Undo, Undoing, Variables};
use super::{Closing, Event, Leaving, Refusal, Run, Token};
use crate::model::{NodeIx, Place, Trigger};

impl Run<'_> {
    /// Keeps what can be undone when an activity is done.
    pub(super) fn record(&mut self, id: u32, ix: NodeIx, role: &Role) {
        let scope = match role {
            Role::Plain => self.scope_of(id),
            Role::Iteration => self.scope_of(self.host_of(id)),
            Role::Whole | Role::Handler { .. } | Role::Signer { .. } => return,
        };
        let inner: Vec<Record> = self
            .state
            .records
            .iter()
            .filter(|record| record.scope == id)
            .cloned()
            .collect();
        let handled = self.handler_of(ix).is_some();
        if !handled && inner.is_empty() && self.undoing_start(ix).is_none() {
            return;
        }
        let vars = self
            .state
            .instance(id)
            .map_or_else(Variables::new, |instance| instance.vars.clone());
        let record = Record {
            id: self.next_id(),
            scope,
            element: self.model.node(ix).id.clone(),
            vars,
            inner: if handled { Vec::new() } else { inner },
        };
        self.emit(Event::Recorded(record));
    }

    fn handler_of(&self, ix: NodeIx) -> Option<NodeIx> {
        let boundary = self.model.node(ix).boundary.iter();
        boundary.filter_map(|event| self.model.node(*event).handler).next()
    }

    /// Start of the compensation event sub-process in a sub-process.
    fn undoing_start(&self, ix: NodeIx) -> Option<NodeIx> {
        self.model.event_starts(ix).find(|start| {
            let event = self.model.node(*start).event();
            event.is_some_and(|event| event.has(|trigger| matches!(trigger, Trigger::Compensate { .. })))
        })
    }

    /// Records of a scope, of one activity or of all, last first.
    pub(super) fn records_of(&self, scope: u32, activity: Option<&str>) -> Vec<Record> {
        let of = self.state.records.iter().filter(|record| record.scope == scope);
        let meant = of.filter(|record| activity.is_none_or(|activity| record.element == *activity));
        let mut records: Vec<Record> = meant.cloned().collect();
        records.sort_by_key(|record| std::cmp::Reverse(record.id));
        records
    }

    pub(super) fn compensate(&mut self, token: &Token, activity: Option<&str>, wait: bool) -> Result<(), Refusal> {
        let scope = self.undone_scope(token.scope, activity);
        let records = self.records_of(scope, activity);
        if records.is_empty() {
            self.pass(token.scope, token.to);
            return self.go_on_after_undoing(token.to, &Leaving::of(token));
        }
        self.undo_all(token, records, 0, wait)
    }

    /// Where the activities to be undone were done: around an event sub-process that throws, else right here.
    fn undone_scope(&self, scope: u32, activity: Option<&str>) -> u32 {
        let target = activity
            .and_then(|id| self.model.find(id))
            .and_then(|ix| self.model.node(ix).parent);
        let mut at = scope;
        loop {
            let Some(instance) = self.state.instance(at) else {
                return scope;
            };
            let here = self.model.find(instance.element.as_str());
            let right = match target {
                Some(target) => here == Some(target),
                None => !self.is_event_sub(at) || self.state.records.iter().any(|record| record.scope == at),
            };
            if right {
                return at;
            }
            at = instance.parent;
        }
    }

    pub(super) fn undo_all(
        &mut self,
        token: &Token,
        records: Vec<Record>,
        cancels: u32,
        wait: bool,
    ) -> Result<(), Refusal> {
        let id = self.open(token.to, token.scope, Role::Plain, 0, Variables::new(), token.after)?;
        self.emit(Event::Forgotten {
            records: records.iter().map(|record| record.id).collect(),
        });
        self.emit(Event::Undoing {
            id,
            undoing: Box::new(Undoing {
                todo: records.into_iter().map(Undo::Record).collect(),
                cancels,
                gone_on: !wait,
            }),
        });
        if !wait {
            self.go_on_after_undoing(token.to, &Leaving::of(token))?;
        }
        self.undo_next(id)
    }

    fn undo_next(&mut self, by: u32) -> Result<(), Refusal> {
        let Some(instance) = self.state.instance(by).cloned() else {
            return Ok(());
        };
        let Some(mut undoing) = instance.undoing else {
            return Ok(());
        };
        if undoing.todo.is_empty() {
            let (cancels, gone_on) = (undoing.cancels, undoing.gone_on);
            return self.all_undone(by, cancels, gone_on);
        }
        let next = undoing.todo.remove(0);
        match next {
            Undo::Done(element) => {
                self.emit(Event::Undoing { id: by, undoing });
                self.emit(Event::Compensated {
                    scope: instance.parent,
                    element,
                });
                self.undo_next(by)
            }
            Undo::Record(record) => self.undo(by, record, undoing),
        }
    }

    fn undo(&mut self, by: u32, record: Record, mut undoing: Box<Undoing>) -> Result<(), Refusal> {
        let ix = self.ix(&record.element)?;
        let role = Role::Handler {
            by,
            undoes: record.element.clone(),
        };
        if let Some(handler) = self.handler_of(ix) {
            self.emit(Event::Undoing { id: by, undoing });
            self.begin_once(handler, record.scope, role, 0, record.vars, 0)?;
            return Ok(());
        }
        if let Some(start) = self.undoing_start(ix)
            && let Some(sub_process) = self.model.node(start).parent
        {
            self.emit(Event::Undoing { id: by, undoing });
            let no = Variables::new();
            let opened = self.begin_handler(record.scope, sub_process, start, role, &no, record.vars)?;
            // Its tokens move only after this, so what it may undo in turn is there in time.
            for inner in record.inner {
                self.emit(Event::Recorded(Record { scope: opened, ..inner }));
            }
            return Ok(());
        }
        let mut todo: Vec<Undo> = Vec::new();
        for mut inner in record.inner.into_iter().rev() {
            inner.scope = record.scope;
            let mut vars = record.vars.clone();
            vars.extend(inner.vars);
            inner.vars = vars;
            todo.push(Undo::Record(inner));
        }
        todo.push(Undo::Done(record.element));
        todo.append(&mut undoing.todo);
        undoing.todo = todo;
        self.emit(Event::Undoing { id: by, undoing });
        self.undo_next(by)
    }

    /// A handler is done.
    pub(super) fn undone(&mut self, scope: u32, by: u32, undoes: &crate::model::Id) -> Result<(), Refusal> {
        self.emit(Event::Compensated {
            scope,
            element: undoes.clone(),
        });
        self.look_at(scope);
        self.undo_next(by)
    }

    fn all_undone(&mut self, by: u32, cancels: u32, gone_on: bool) -> Result<(), Refusal> {
        let (ix, _) = self.node_of(by)?;
        let Some(instance) = self.state.instance(by).cloned() else {
            return Ok(());
        };
        self.emit(Event::Closed {
            id: by,
            how: Closing::Completed,
        });
        if cancels != 0 {
            return self.leave_cancelled(cancels);
        }
        self.look_at(instance.parent);
        if gone_on {
            return Ok(());
        }
        self.go_on_after_undoing(ix, &Leaving::at(instance.parent, instance.after))
    }

    fn go_on_after_undoing(&mut self, ix: NodeIx, leaving: &Leaving) -> Result<(), Refusal> {
        let ends = self
            .model
            .node(ix)
            .event()
            .is_some_and(|event| event.place == Place::End);
        self.look_at(leaving.scope);
        match ends {
            true => Ok(()),
            false => self.leave(ix, leaving.clone()),
        }
    }
}
