//! Which element of one chart becomes which of the other.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::sort;
use crate::model::{FlowIx, Gateway, Id, Kind, Model, NodeIx, Place, SubKind, Trigger};
use crate::problem::Problem;
use crate::step::{Migrated, State};

/// What a plan says beside what goes by itself: an element of the same id, kind, act in law and scope becomes that one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Element of the chart before → element of the chart after.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub elements: BTreeMap<String, String>,
    /// Sequence flows into joins, where they do not follow from the elements.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flows: BTreeMap<String, String>,
    /// Boundary events and starts of event sub-processes of the chart before that nobody waits for any more.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ended: BTreeSet<String>,
}

/// Two charts and a plan, with what follows from them for every instance.
#[derive(Debug)]
pub struct Change<'a> {
    old: &'a Model,
    new: &'a Model,
    plan: &'a Plan,
    images: HashMap<NodeIx, NodeIx>,
    flows: HashMap<FlowIx, FlowIx>,
    /// What on the chart after has a counterpart on the chart before.
    known: HashSet<NodeIx>,
    findings: Vec<Problem>,
}

impl<'a> Change<'a> {
    /// Total: what is wrong with the plan itself is among the findings of every instance.
    pub fn of(old: &'a Model, new: &'a Model, plan: &'a Plan) -> Change<'a> {
        let mut change = Change {
            old,
            new,
            plan,
            images: HashMap::new(),
            flows: HashMap::new(),
            known: HashSet::new(),
            findings: Vec::new(),
        };
        change.names_are_there();
        // A scope stands before what it holds.
        for ix in old.indices() {
            if let Some(image) = change.image_by_plan(ix) {
                change.images.insert(ix, image);
                change.known.insert(image);
            }
        }
        for index in 0..old.flows().len() as u32 {
            if let Some(image) = change.flow_by_plan(FlowIx(index)) {
                change.flows.insert(FlowIx(index), image);
            }
        }
        change
    }

    /// The chart that instances run on.
    pub fn before(&self) -> &'a Model {
        self.old
    }

    /// The chart that they go to.
    pub fn after(&self) -> &'a Model {
        self.new
    }

    pub(super) fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// What is wrong with the plan, whatever runs.
    pub fn findings(&self) -> &[Problem] {
        &self.findings
    }

    pub(crate) fn image(&self, ix: NodeIx) -> Option<NodeIx> {
        self.images.get(&ix).copied()
    }

    pub(super) fn flow_image(&self, flow: FlowIx) -> Option<FlowIx> {
        self.flows.get(&flow).copied()
    }

    /// What an element of the chart before becomes; none: nothing.
    pub fn becomes(&self, id: &str) -> Option<&'a str> {
        let image = self.image(self.old.find(id)?)?;
        Some(self.new.node(image).id.as_str())
    }

    pub(super) fn is_new(&self, ix: NodeIx) -> bool {
        !self.known.contains(&ix)
    }

    fn names_are_there(&mut self) {
        for (from, to) in &self.plan.elements {
            self.is_there(self.old.find(from).is_some(), from, "现行");
            self.is_there(self.new.find(to).is_some(), to, "新");
        }
        for (from, to) in &self.plan.flows {
            self.is_there(self.old.find_flow(from).is_some(), from, "现行");
            self.is_there(self.new.find_flow(to).is_some(), to, "新");
        }
        for id in &self.plan.ended {
            let found = self.old.find(id);
            self.is_there(found.is_some(), id, "现行");
            if found.is_some_and(|ix| !may_end(self.old, ix)) {
                let text = "只有附在环节上的事件和事件子流程的开始可以不再等待。".to_owned();
                self.findings.push(Problem::error(Some(id), "cannot_end", text));
            }
        }
    }

    fn is_there(&mut self, found: bool, id: &str, chart: &str) {
        if !found {
            let text = format!("{chart}流程图中没有“{id}”。");
            self.findings.push(Problem::error(Some(id), "unknown_element", text));
        }
    }

    fn image_by_plan(&mut self, ix: NodeIx) -> Option<NodeIx> {
        let id = self.old.node(ix).id.as_str();
        if self.plan.ended.contains(id) {
            return None;
        }
        let Some(named) = self.plan.elements.get(id) else {
            let same = self.new.find(id).or_else(|| self.only_process(ix))?;
            return self.unfit(ix, same).is_none().then_some(same);
        };
        let image = self.new.find(named)?;
        if let Some((code, text)) = self.unfit(ix, image) {
            self.findings.push(Problem::error(Some(id), code, text));
            return None;
        }
        Some(image)
    }

    fn only_process(&self, ix: NodeIx) -> Option<NodeIx> {
        let process = matches!(self.old.node(ix).kind, Kind::Process { .. });
        let mut there = self.new.processes();
        let only = there.next().filter(|_| there.next().is_none());
        only.filter(|_| process && self.old.processes().count() == 1)
    }

    /// Why the one cannot become the other.
    fn unfit(&self, ix: NodeIx, image: NodeIx) -> Option<(&'static str, String)> {
        let (from, to) = (self.old.node(ix).label(), self.new.node(image).label());
        if sort::of(self.old, ix) != sort::of(self.new, image) {
            let (one, two) = (sort::in_words(self.old, ix), sort::in_words(self.new, image));
            return Some((
                "other_kind",
                format!("“{from}”（{one}）和“{to}”（{two}）不是同一种环节或者事件。"),
            ));
        }
        if sort::act(self.old, ix) != sort::act(self.new, image) {
            return Some((
                "other_act",
                format!("“{from}”和“{to}”在法律上不是同一个行为，迁移不能代替办理。"),
            ));
        }
        if sort::repeats(self.old, ix) != sort::repeats(self.new, image) {
            let (one, two) = (sort::repeats(self.old, ix), sort::repeats(self.new, image));
            return Some((
                "other_repeat",
                format!("“{from}”是{one}办理，“{to}”是{two}办理，已经办的不能对应。"),
            ));
        }
        let around = |of: Option<NodeIx>, at: Option<NodeIx>| of.and_then(|of| self.image(of)) == at;
        let (old, new) = (self.old.node(ix), self.new.node(image));
        if !around(old.parent, new.parent) || !around(old.attached, new.attached) {
            return Some((
                "other_scope",
                format!("“{from}”和“{to}”不在相对应的子流程里，或者没有附在相对应的环节上。"),
            ));
        }
        None
    }

    fn flow_by_plan(&mut self, ix: FlowIx) -> Option<FlowIx> {
        let flow = self.old.flow(ix);
        let source = self.image(flow.source);
        let target = self.image(flow.target)?;
        if let Some(named) = self.plan.flows.get(flow.id.as_str()) {
            let image = self.new.find_flow(named)?;
            if self.new.flow(image).target == target {
                return Some(image);
            }
            let text = format!("顺序流“{named}”不通往“{}”。", self.new.node(target).label());
            let id = Some(flow.id.as_str());
            self.findings.push(Problem::error(id, "other_flow", text));
            return None;
        }
        let incoming = &self.new.node(target).incoming;
        let same = incoming.iter().copied().find(|into| self.new.flow(*into).id == flow.id);
        let from = |into: &&FlowIx| Some(self.new.flow(**into).source) == source;
        let alike: Vec<FlowIx> = incoming.iter().filter(from).copied().collect();
        match &alike[..] {
            [one] => Some(*one),
            // Something was put in between; another branch's way in is none.
            [] => same.filter(|same| self.is_new(self.new.flow(*same).source)),
            several => same.filter(|same| several.contains(same)),
        }
    }

    /// The names of the chart after for everything on the chart before, and for what an earlier migration left on the trail.
    pub(super) fn migrated(&self, state: &State) -> Migrated {
        let mut migrated = Migrated::default();
        let mut put = |id: &Id, image: Option<&Id>| match image {
            None => drop(migrated.lost.insert(id.clone())),
            Some(image) if image != id => drop(migrated.renamed.insert(id.clone(), image.clone())),
            Some(_) => {}
        };
        for ix in self.old.indices() {
            let image = self.image(ix).map(|image| &self.new.node(image).id);
            put(&self.old.node(ix).id, image);
        }
        for (index, flow) in self.old.flows().iter().enumerate() {
            let image = self.flow_image(FlowIx(index as u32));
            put(&flow.id, image.map(|image| &self.new.flow(image).id));
        }
        for step in &state.trail {
            if self.old.find(step.element.as_str()).is_none() {
                put(&step.element, None);
            }
        }
        migrated
    }
}

/// Listens beside something else that waits, so that it can be left out.
fn may_end(model: &Model, ix: NodeIx) -> bool {
    let event = model.node(ix).event();
    event.is_some_and(|event| matches!(event.place, Place::Boundary | Place::Start))
}

/// A place of a chart at which an instance can rest: a line of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop<'a> {
    pub id: &'a str,
    pub label: &'a str,
    /// Chinese, for people.
    pub kind: &'static str,
    /// Ids and labels of elements of the other chart that it may become.
    pub fits: Vec<(&'a str, &'a str)>,
    /// It may be left out instead.
    pub may_end: bool,
}

/// The places of `old` at which an instance can rest, with what each may become on `new`, in the order of the file.
pub fn stops<'a>(old: &'a Model, new: &'a Model) -> Vec<Stop<'a>> {
    let rests = old.indices().filter(|ix| is_stop(old, *ix));
    rests
        .map(|ix| {
            let fits = new.indices().filter(|image| {
                let same = sort::of(old, ix) == sort::of(new, *image);
                let acts = sort::act(old, ix) == sort::act(new, *image);
                same && acts && sort::repeats(old, ix) == sort::repeats(new, *image)
            });
            Stop {
                id: old.node(ix).id.as_str(),
                label: old.node(ix).label(),
                kind: sort::in_words(old, ix),
                fits: fits
                    .map(|ix| (new.node(ix).id.as_str(), new.node(ix).label()))
                    .collect(),
                may_end: may_end(old, ix),
            }
        })
        .collect()
}

fn is_stop(model: &Model, ix: NodeIx) -> bool {
    let node = model.node(ix);
    let comes = |trigger: &Trigger| {
        matches!(
            trigger,
            Trigger::Message { .. } | Trigger::Timer(_) | Trigger::Signal { .. } | Trigger::Conditional(_)
        )
    };
    match &node.kind {
        Kind::Process { .. } => false,
        Kind::Sub(kind) => *kind != SubKind::Event,
        Kind::Call(_) | Kind::Task(_) => true,
        Kind::Gateway(Gateway::EventBased { .. }) => true,
        Kind::Gateway(Gateway::Exclusive) => false,
        Kind::Gateway(_) => node.incoming.len() > 1,
        Kind::Event(event) => match event.place {
            Place::Catch | Place::Boundary => event.has(comes),
            Place::Start => node
                .parent
                .is_some_and(|parent| model.node(parent).kind == Kind::Sub(SubKind::Event)),
            Place::Throw | Place::End => false,
        },
    }
}
