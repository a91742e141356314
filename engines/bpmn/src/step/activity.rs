//! Activities: beginning, working, being done (BPMN 2.0 §13.3).

use serde_json::Value as Json;

use super::gateway::outcome;
use super::state::{Role, TrailStep, Variables};
use super::{Closing, Decided, Event, Leaving, Move, Refusal, Run, Token};
use crate::model::{Activity, Called, Io, Kind, Node, NodeIx, Repeat, ScriptTask, TaskKind, Value};

impl<'a> Run<'a> {
    pub(super) fn enter_activity(&mut self, token: Token) -> Result<(), Refusal> {
        let node = self.model.node(token.to);
        let activity = self.activity(node);
        if activity.start_quantity > 1 && !self.enough(&token, activity.start_quantity) {
            return Ok(());
        }
        self.begin_activity(token.to, token.scope, token.after)
    }

    /// An activity may want several tokens before it starts (BPMN 2.0 §13.3.2).
    fn enough(&mut self, token: &Token, wanted: u32) -> bool {
        self.wait(token);
        let element = &self.model.node(token.to).id;
        let waits = self
            .state
            .waits
            .iter()
            .filter(|w| w.scope == token.scope && w.element == *element);
        let flows: Vec<_> = waits.map(|wait| wait.flow.clone()).collect();
        if flows.len() < wanted as usize {
            return false;
        }
        for flow in flows.into_iter().take(wanted as usize) {
            self.emit(Event::Consumed {
                scope: token.scope,
                element: element.clone(),
                flow,
                after: None,
            });
        }
        true
    }

    pub(super) fn begin_activity(&mut self, ix: NodeIx, scope: u32, after: u32) -> Result<(), Refusal> {
        match &self.activity(self.model.node(ix)).repeat {
            Repeat::Once => self
                .begin_once(ix, scope, Role::Plain, 0, Variables::new(), after)
                .map(drop),
            repeat => self.begin_repeat(ix, scope, repeat, after),
        }
    }

    /// Nodes that are no activities have no particulars; only activities come here.
    pub(super) fn activity(&self, node: &'a Node) -> &'a Activity {
        node.activity
            .as_deref()
            .expect("the model gives every activity its particulars")
    }

    pub(super) fn begin_once(
        &mut self,
        ix: NodeIx,
        parent: u32,
        role: Role,
        index: u32,
        extras: Variables,
        after: u32,
    ) -> Result<u32, Refusal> {
        let node = self.model.node(ix);
        let vars = self.inputs(&self.activity(node).io, parent, &extras, node)?;
        let listens = role != Role::Iteration;
        let id = self.open(ix, parent, role, index, vars, after)?;
        if listens {
            self.arm_boundary(id, ix)?;
        }
        self.work(id, ix, after)?;
        Ok(id)
    }

    fn work(&mut self, id: u32, ix: NodeIx, after: u32) -> Result<(), Refusal> {
        let node = self.model.node(ix);
        match &node.kind {
            Kind::Task(task) => self.work_on_task(id, ix, task),
            Kind::Sub(_) => self.begin_scope(id, ix, after),
            Kind::Call(called) => self.call(id, ix, called, after),
            _ => Ok(()),
        }
    }

    fn work_on_task(&mut self, id: u32, ix: NodeIx, task: &TaskKind) -> Result<(), Refusal> {
        let node = self.model.node(ix);
        match task {
            // For a prover work takes a step of its own: a circle of tasks is then a few states, not endless.
            TaskKind::Abstract | TaskKind::Rule { .. } | TaskKind::Script(_) if self.rules.proving() => Ok(()),
            TaskKind::Abstract => self.finish_activity(id, ix, Variables::new()),
            TaskKind::User | TaskKind::Manual => Ok(()),
            TaskKind::Service | TaskKind::Rule { decision: None, .. } => match self.rules.foreign_work_is_done() {
                true => self.finish_activity(id, ix, Variables::new()),
                false => Ok(()),
            },
            TaskKind::Rule {
                decision: Some(decision),
                result,
            } => {
                let results = self.decide(id, decision, result.as_deref(), node)?;
                self.finish_activity(id, ix, results)
            }
            TaskKind::Script(script) => {
                let results = self.run_script(id, script, node)?;
                self.finish_activity(id, ix, results)
            }
            TaskKind::Send { message } => {
                if let Some(message) = message {
                    let payload = self.payload(id);
                    self.send(id, node, message, payload)?;
                }
                match self.rules.proving() {
                    true => Ok(()),
                    false => self.finish_activity(id, ix, Variables::new()),
                }
            }
            TaskKind::Receive { .. } => self.arm(id, ix),
        }
    }

    fn decide(&mut self, id: u32, decision: &Value, result: Option<&str>, node: &Node) -> Result<Variables, Refusal> {
        let seen = self.seen_from(id, Variables::new());
        let name = match decision {
            Value::Variable(name) => name.clone(),
            Value::Computed(expression) => match self.evaluate(expression, &seen, node)? {
                Json::String(name) => name,
                other => {
                    return Err(Refusal::at(
                        node,
                        "decision",
                        format!("的决策名称应是文字，不是{other}。"),
                    ));
                }
            },
        };
        let decided = self.rules.decide(&name, &seen);
        let ruling = decided.map_err(|why| Refusal::at(node, "decision", format!("的决策没有结果：{why}")))?;
        self.emit(Event::Decided(Box::new(Decided {
            id,
            element: node.id.clone(),
            decision: name,
            value: ruling.value.clone(),
            inputs: ruling.inputs,
            because: ruling.because,
            rules: ruling.rules,
        })));
        Ok(named(ruling.value, result))
    }

    fn run_script(&self, id: u32, script: &ScriptTask, node: &Node) -> Result<Variables, Refusal> {
        let Some(expression) = &script.script else {
            return Ok(Variables::new());
        };
        if expression.foreign().is_some() && self.rules.foreign_work_is_done() {
            return Ok(Variables::new());
        }
        let seen = self.seen_from(id, Variables::new());
        let value = self.evaluate(expression, &seen, node)?;
        Ok(named(value, script.result.as_deref()))
    }

    fn call(&mut self, id: u32, ix: NodeIx, called: &Called, after: u32) -> Result<(), Refusal> {
        let node = self.model.node(ix);
        let assisted = self.activity(node).assistance.is_some();
        match called {
            Called::Process(_) if assisted && self.rules.hands_over() => Ok(()),
            Called::Process(process) => {
                let vars = match self.rules.proving() {
                    true => Variables::new(),
                    false => self.seen_from(id, Variables::new()).visible(),
                };
                let inner = self.open_process(*process, id, vars.clone(), after)?;
                if let Some(instance) = self.state.instance(inner)
                    && !vars.is_empty()
                {
                    let mut given = instance.clone();
                    given.given = vars;
                    self.emit_given(given);
                }
                self.begin_scope(inner, *process, after)
            }
            Called::Global(_, task) => self.work_on_task(id, ix, task),
            Called::Elsewhere(other) => {
                let text = format!("调用的流程“{other}”不在这个文件里。");
                Err(Refusal::at(node, "called_process_missing", text))
            }
            Called::Nothing => self.finish_activity(id, ix, Variables::new()),
        }
    }

    /// Rewrites the event that opened a called process, so that it also says what was given.
    fn emit_given(&mut self, instance: super::Instance) {
        if let Some(open) = self.state.instance_mut(instance.id) {
            *open = instance.clone();
        }
        if let Some(Event::Started(started)) = self.events.last_mut() {
            **started = instance;
        }
    }

    pub(super) fn end_called(&mut self, scope: u32, call: u32) -> Result<(), Refusal> {
        let (ix, node) = self.node_of(call)?;
        let all = self.activity(node).propagate_all;
        let results = match self.state.instance(scope) {
            Some(instance) if all || !self.activity(node).io.outputs.is_empty() => {
                let changed = instance
                    .vars
                    .iter()
                    .filter(|(name, value)| instance.given.get(*name) != Some(value));
                changed.map(|(name, value)| (name.clone(), value.clone())).collect()
            }
            _ => Variables::new(),
        };
        self.emit(Event::Closed {
            id: scope,
            how: Closing::Completed,
        });
        self.finish_activity(call, ix, results)
    }

    /// Work is done: results go out, the instance closes, and what is next goes on.
    pub(super) fn finish_activity(&mut self, id: u32, ix: NodeIx, results: Variables) -> Result<(), Refusal> {
        let node = self.model.node(ix);
        let Some(instance) = self.state.instance(id) else {
            return Ok(());
        };
        let (role, parent, after) = (instance.role.clone(), instance.parent, instance.after);
        let io: &Io = &self.activity(node).io;
        let item = match role {
            Role::Iteration => self.iteration_result(id, ix, &results)?,
            _ => None,
        };
        let carried = outcome(&results);
        self.outputs(io, id, parent, results, node)?;
        self.record(id, ix, &role);
        self.emit(Event::Closed {
            id,
            how: Closing::Completed,
        });
        match role {
            Role::Iteration => self.iteration_done(parent, item, carried),
            Role::Handler { by, undoes } => self.undone(parent, by, &undoes),
            Role::Signer { .. } => self.signer_done(parent),
            Role::Plain | Role::Whole => {
                let after = self.trail(ix, parent, after);
                self.left(ix, parent, after, carried)
            }
        }
    }

    /// Tasks of people leave a step on the trail.
    pub(super) fn trail(&mut self, ix: NodeIx, scope: u32, after: u32) -> u32 {
        let node = self.model.node(ix);
        if !matches!(node.kind, Kind::Task(TaskKind::User | TaskKind::Manual)) {
            return after;
        }
        let n = self.next_id();
        self.emit(Event::Trailed(TrailStep {
            n,
            scope,
            element: node.id.clone(),
            from: vec![(after, None)],
            join: false,
        }));
        n
    }

    /// A token goes on after an activity, or the ad-hoc sub-process around it looks at what is next.
    pub(super) fn left(&mut self, ix: NodeIx, scope: u32, after: u32, outcome: Option<Json>) -> Result<(), Refusal> {
        self.performed(scope, ix)?;
        if self.state.instance(scope).is_none() {
            return Ok(());
        }
        let leaving = Leaving { scope, after, outcome };
        self.leave(ix, leaving)
    }

    pub(super) fn payload(&self, id: u32) -> Variables {
        self.state
            .instance(id)
            .map_or_else(Variables::new, |instance| instance.vars.clone())
    }

    pub(super) fn look_at(&mut self, scope: u32) {
        self.queue.push_back(Move::Check(scope));
    }
}

/// A result under its name; without one a context gives its entries.
fn named(value: Json, result: Option<&str>) -> Variables {
    match (result, value) {
        (Some(name), value) => std::iter::once((name.to_owned(), value)).collect(),
        (None, Json::Object(entries)) => entries,
        (None, _) => Variables::new(),
    }
}
