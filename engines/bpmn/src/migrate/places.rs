//! Everything an instance rests on has a counterpart, each its own: what cannot be taken along is refused by name.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::Change;
use super::sort;
use crate::model::{Called, FlowIx, Id, Kind, Moment, Node, NodeIx, Trigger};
use crate::problem::Problem;
use crate::step::{Instance, Record, Role, State, Sub, Undo};

pub(super) fn check(change: &Change<'_>, state: &State, findings: &mut Vec<Problem>) {
    let mut places = Places {
        change,
        state,
        findings,
        taken: BTreeMap::new(),
    };
    if let Some(process) = &state.process {
        places.find(process);
    }
    for instance in state.instances() {
        places.instance(instance);
    }
    for sub in state.subscriptions() {
        places.listening(sub);
    }
    places.waiting();
    for record in &state.records {
        places.record(record);
    }
    for mail in &state.mail {
        if let Some(to) = &mail.to {
            places.find(to);
        }
    }
}

struct Places<'c, 'a> {
    change: &'c Change<'a>,
    state: &'c State,
    findings: &'c mut Vec<Problem>,
    /// Element of the chart after → the one that became it.
    taken: BTreeMap<NodeIx, NodeIx>,
}

impl<'a> Places<'_, 'a> {
    fn refuse(&mut self, element: &Id, code: &'static str, text: String) {
        let known = |problem: &Problem| problem.code == code && problem.element.as_deref() == Some(element.as_str());
        if !self.findings.iter().any(known) {
            self.findings.push(Problem::error(Some(element.as_str()), code, text));
        }
    }

    fn old(&self, ix: NodeIx) -> &'a Node {
        self.change.before().node(ix)
    }

    fn label(&self, ix: NodeIx) -> &'a str {
        self.old(ix).label()
    }

    /// The counterpart of a place something rests on; no two places become one.
    fn find(&mut self, element: &Id) -> Option<(NodeIx, NodeIx)> {
        let Some(ix) = self.change.before().find(element.as_str()) else {
            let text = format!("案件所在的“{element}”不在现行流程图中，不能判断。");
            self.refuse(element, "foreign_state", text);
            return None;
        };
        let Some(image) = self.change.image(ix) else {
            let kind = sort::in_words(self.change.before(), ix);
            let text = format!("“{}”（{kind}）在新流程图中没有对应的位置。", self.label(ix));
            self.refuse(element, "place_gone", text);
            return None;
        };
        let first = *self.taken.entry(image).or_insert(ix);
        if first != ix {
            let (one, two) = (self.label(first), self.label(ix));
            let to = self.change.after().node(image).label();
            let text = format!("“{one}”和“{two}”都在等待，不能一并对应到“{to}”。");
            self.refuse(element, "places_collapse", text);
            return None;
        }
        Some((ix, image))
    }

    fn instance(&mut self, instance: &Instance) {
        let Some((ix, image)) = self.find(&instance.element) else {
            return;
        };
        if let Kind::Call(_) = self.old(ix).kind {
            self.call(&instance.element, ix, image);
        }
        if let Role::Handler { undoes, .. } = &instance.role {
            self.find(undoes);
        }
        if let Some(signed) = instance.hold.as_deref().and_then(|hold| hold.signed.as_ref()) {
            let outcome = signed.get("outcome").and_then(serde_json::Value::as_str);
            self.outcome_is_there(instance, image, outcome);
        }
        for performed in instance.count.iter().flat_map(|count| &count.performed) {
            self.find(performed);
        }
        for undo in instance.undoing.iter().flat_map(|undoing| &undoing.todo) {
            match undo {
                Undo::Record(record) => self.record(record),
                Undo::Done(element) => drop(self.find(element)),
            }
        }
    }

    /// A call that is under way goes on in the process that it called.
    fn call(&mut self, element: &Id, ix: NodeIx, image: NodeIx) {
        let inner = |of: &Node| match &of.kind {
            Kind::Call(Called::Process(process)) => Some(*process),
            _ => None,
        };
        let was = inner(self.old(ix)).and_then(|process| self.change.image(process));
        let is = inner(self.change.after().node(image));
        if was != is {
            let text = format!("“{}”调用的流程正在办理，新流程图调用的不是对应的流程。", self.label(ix));
            self.refuse(element, "call_changed", text);
        }
    }

    fn outcome_is_there(&mut self, instance: &Instance, image: NodeIx, outcome: Option<&str>) {
        let node = self.change.after().node(image);
        let work = node.activity.as_ref().and_then(|activity| activity.work.as_ref());
        let declared = work.map_or(&[][..], |work| &work.outcomes);
        if let Some(outcome) = outcome
            && !declared.iter().any(|known| known.id == outcome)
        {
            let text = format!(
                "“{}”的承办人已签署，正等加签的人；新流程图的这一环节没有他签署的办理结果。",
                node.label()
            );
            self.refuse(&instance.element, "outcome_gone", text);
        }
    }

    fn listening(&mut self, sub: &Sub) {
        let owner = self.state.instance(sub.owner);
        // Its own instance says that already.
        if owner.is_some_and(|owner| owner.element == sub.element)
            || self.change.plan().ended.contains(sub.element.as_str())
        {
            return;
        }
        let Some(ix) = self.change.before().find(sub.element.as_str()) else {
            return;
        };
        if self.change.image(ix).is_none() {
            let kind = sort::in_words(self.change.before(), ix);
            let text = format!(
                "“{}”（{kind}）正在等待，在新流程图中没有对应的位置；不再等待的，请在方案中写明。",
                self.label(ix)
            );
            self.refuse(&sub.element, "listener_gone", text);
            return;
        }
        self.find(&sub.element);
        self.stands_behind(sub, ix);
    }

    /// An event behind an event gateway stays behind its counterpart.
    fn stands_behind(&mut self, sub: &Sub, ix: NodeIx) {
        let behind = |model: &crate::model::Model, gateway: NodeIx, event: NodeIx| {
            let mut ways = model.node(gateway).outgoing.iter();
            ways.any(|flow| model.flow(*flow).target == event)
        };
        let owner = self.state.instance(sub.owner).map(|owner| &owner.element);
        let Some(gateway) = owner.and_then(|owner| self.change.before().find(owner.as_str())) else {
            return;
        };
        let (Some(to), Some(image)) = (self.change.image(gateway), self.change.image(ix)) else {
            return;
        };
        if behind(self.change.before(), gateway, ix) && !behind(self.change.after(), to, image) {
            let text = format!("“{}”在新流程图中不再跟在对应的等待事件网关之后。", self.label(ix));
            self.refuse(&sub.element, "other_scope", text);
        }
    }

    /// Tokens at joins keep the way by which they came, each its own.
    fn waiting(&mut self) {
        let mut came: BTreeMap<(u32, FlowIx), FlowIx> = BTreeMap::new();
        let waits = self
            .state
            .waits()
            .iter()
            .map(|wait| (wait.scope, &wait.element, wait.flow.as_ref()));
        let activated = self.state.activated.iter();
        let activated = activated.flat_map(|a| a.flows.iter().map(move |flow| (a.scope, &a.element, Some(flow))));
        let all: Vec<_> = waits.chain(activated).collect();
        for (scope, element, flow) in all {
            if self.find(element).is_none() {
                continue;
            }
            let Some(flow) = flow else { continue };
            let from = self.change.before().find_flow(flow.as_str());
            let Some((from, to)) = from.and_then(|from| Some((from, self.change.flow_image(from)?))) else {
                let text = format!("已到“{element}”等待汇合的一路“{flow}”，在新流程图中没有对应的顺序流。");
                self.refuse(flow, "flow_gone", text);
                continue;
            };
            if *came.entry((scope, to)).or_insert(from) != from {
                let text = format!("已到“{element}”等待汇合的两路，不能对应到新流程图的同一条顺序流。");
                self.refuse(flow, "flows_collapse", text);
            }
        }
    }

    /// What was done and can be undone stays so.
    fn record(&mut self, record: &Record) {
        let Some(ix) = self.change.before().find(record.element.as_str()) else {
            return;
        };
        let undone = |model: &crate::model::Model, ix: NodeIx| {
            let mut boundary = model.node(ix).boundary.iter();
            let compensates = |event: &crate::model::EventNode| event.has(|t| matches!(t, Trigger::Compensate { .. }));
            boundary.any(|event| model.node(*event).handler.is_some())
                || model
                    .event_starts(ix)
                    .any(|start| model.node(start).event().is_some_and(compensates))
        };
        let image = self.change.image(ix);
        let lost = match image {
            None => true,
            Some(image) => undone(self.change.before(), ix) && !undone(self.change.after(), image),
        };
        if lost {
            let text = format!("“{}”已经办完、必要时要补偿，新流程图没有对应的补偿。", self.label(ix));
            self.refuse(&record.element, "undo_gone", text);
        }
        record.inner.iter().for_each(|inner| self.record(inner));
    }
}

/// Whom nobody may take time from: who stands outside the body.
const PARTY: [&str; 2] = ["applicant", "party"];

/// A new chart may give the party more time at a step, never less (docs/quirks.md).
pub(super) fn party_keeps_time(change: &Change<'_>, before: &State, after: &State, findings: &mut Vec<Problem>) {
    for sub in after.subscriptions() {
        let was = before.subscriptions().iter().find(|was| was.id == sub.id);
        let earlier = match was {
            Some(was) => matches!((was.due, sub.due), (Some(was), Some(is)) if is < was),
            // Nothing ended this step by itself before.
            None => sub.due.is_some(),
        };
        let Some(owner) = after.instance(sub.owner).filter(|_| earlier) else {
            continue;
        };
        let model = change.after();
        let Some(node) = model.find(owner.element.as_str()).map(|ix| model.node(ix)) else {
            continue;
        };
        let work = node.activity.as_ref().and_then(|activity| activity.work.as_ref());
        let of_party = work.is_some_and(|work| work.posts.iter().any(|post| PARTY.contains(&post.as_str())));
        let cuts = model.find(sub.element.as_str()).map(|ix| model.node(ix));
        let cuts = cuts.and_then(Node::event).is_some_and(|event| event.interrupting);
        if of_party && cuts {
            let text = format!("“{}”正等当事人办理，新流程图留给当事人的时间比现行的短。", node.label());
            findings.push(Problem::error(
                Some(owner.element.as_str()),
                "party_time_shortened",
                text,
            ));
        }
    }
}

/// What a person should know of an instance that moves.
pub(super) fn remarks(change: &Change<'_>, after: &State, at: Moment) -> Vec<Problem> {
    let due = after
        .subscriptions()
        .iter()
        .filter(|sub| sub.due.is_some_and(|due| due <= at));
    let elements: BTreeSet<&str> = due.map(|sub| sub.element.as_str()).collect();
    let model = change.after();
    let label = |id: &str| model.find(id).map_or(id, |ix| model.node(ix).label()).to_owned();
    elements
        .into_iter()
        .map(|element| {
            let text = format!("“{}”按新流程图已经到时，迁移后随即触发。", label(element));
            Problem::warning(Some(element), "due_at_once", text)
        })
        .collect()
}
