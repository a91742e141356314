//! The checked model of a whole file: every construct of BPMN 2.0 that runs, with what the drawing needs.
//!
//! Invariants of a model without errors ([`read`] gives no other): ids are unique; a flow joins two nodes of the same
//! container; `incoming` and `outgoing` agree with the flows; boundary events hang on an activity of their container;
//! parents come before their children, so walks down the tree end.

mod activity;
mod assistance;
mod build;
mod condition;
mod diagram;
mod event;
mod expression;
mod flows;
mod id;
mod kind;
mod names;
mod rules;
mod rules_events;
pub(crate) mod timer;
mod work;

use std::collections::HashMap;

pub use activity::{Activity, AdHoc, Io, Multi, Repeat, StandardLoop, Value};
pub use assistance::Assistance;
pub use condition::Condition;
pub use diagram::{Bounds, Diagram, Edge, Point, Shape};
pub use event::{EventNode, Place, Trigger};
pub use expression::{Expression, Language};
pub use id::Id;
pub use kind::{Called, Gateway, Kind, ScriptTask, SubKind, TaskKind};
pub use timer::{Cycle, Moment, TimerKind, TimerRule};
pub use work::{Limit, LimitUnit, OpinionRule, Outcome, PaperRule, Task, Visibility};

use crate::problem::{Problem, Severity};
use crate::read::{self, Element};

/// Index of a node in its model. Never stored: state and events carry element ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIx(pub(crate) u32);

/// Index of a sequence flow in its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowIx(pub(crate) u32);

#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Processes, activities, gateways and events in document order; a process stands before what it holds.
    pub(crate) nodes: Vec<Node>,
    pub(crate) flows: Vec<Flow>,
    pub(crate) by_id: HashMap<Id, NodeIx>,
    pub(crate) flow_by_id: HashMap<Id, FlowIx>,
    pub(crate) pools: Vec<Pool>,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) message_flows: Vec<Link>,
    pub(crate) associations: Vec<Link>,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) diagram: Option<Diagram>,
    pub(crate) source: Element,
}

/// A process, activity, gateway or event.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub id: Id,
    pub name: String,
    pub kind: Kind,
    /// The sub-process or process that holds it; none of a process.
    pub parent: Option<NodeIx>,
    pub children: Vec<NodeIx>,
    pub incoming: Vec<FlowIx>,
    pub outgoing: Vec<FlowIx>,
    pub default: Option<FlowIx>,
    /// Boundary events attached to it.
    pub boundary: Vec<NodeIx>,
    /// Of a boundary event: the activity it hangs on. Of a compensation boundary event also the handler below.
    pub attached: Option<NodeIx>,
    /// Of a compensation boundary event: the activity that undoes.
    pub handler: Option<NodeIx>,
    pub activity: Option<Box<Activity>>,
    pub lane: Option<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    pub id: Id,
    pub name: String,
    pub source: NodeIx,
    pub target: NodeIx,
    pub condition: Option<Expression>,
}

/// A participant of a collaboration; without a process it is a black box.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    pub id: Id,
    pub name: String,
    pub process: Option<NodeIx>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    pub id: Id,
    pub name: String,
    pub process: NodeIx,
    pub nodes: Vec<NodeIx>,
    /// Nesting depth, 0 for the outermost.
    pub depth: usize,
}

/// A message flow, association or data association between two elements.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub id: Id,
    pub name: String,
    pub source: Id,
    pub target: Id,
    pub kind: LinkKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    Message,
    /// Arrow heads: at the target, at both ends or nowhere.
    Association {
        to: bool,
        from: bool,
    },
    Data,
}

/// What is drawn and does not run.
#[derive(Debug, Clone, PartialEq)]
pub struct Artifact {
    pub id: Id,
    pub name: String,
    pub kind: ArtifactKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArtifactKind {
    Text,
    Group,
    Data {
        collection: bool,
    },
    Input {
        collection: bool,
    },
    Output {
        collection: bool,
    },
    Store,
    Message,
    /// Conversation and choreography elements: kept and drawn as boxes.
    Other,
}

/// Reads BPMN 2.0 XML into a model that may be run.
///
/// Limits: 16 MiB, depth 64, 400 000 nodes, 255 attributes an element, no DOCTYPE.
///
/// # Errors
/// Every reason for which the standard or this engine refuses the model, each naming its element.
pub fn read(xml: &str) -> Result<Model, Vec<Problem>> {
    let (model, mut problems) = read_all(xml);
    problems.retain(|problem| problem.severity == Severity::Error);
    match model {
        Some(model) if problems.is_empty() => Ok(model),
        _ => Err(problems),
    }
}

/// As [`read`], but the model is there even where it may not be run, so that it can be drawn with the findings on it.
pub fn read_all(xml: &str) -> (Option<Model>, Vec<Problem>) {
    read_within(xml, read::MODEL)
}

pub(crate) fn read_within(xml: &str, limits: read::Limits) -> (Option<Model>, Vec<Problem>) {
    let definitions = match read::parse(xml, limits) {
        Ok(definitions) => definitions,
        Err(problem) => return (None, vec![problem]),
    };
    let (model, mut problems) = build::build(definitions);
    rules::check(&model, &mut problems);
    problems.sort_by_key(|problem| problem.severity);
    (Some(model), problems)
}

/// The XML of a model: other vendors' extensions, diagram part and prefixes as they were read.
pub fn write(model: &Model) -> String {
    crate::write::text(&model.source)
}

/// The XML of a model with a diagram part of our own layout, in place of what its file had: for editors that cannot
/// show a chart without one.
pub fn write_placed(model: &Model) -> String {
    crate::write::text(&crate::place::with_diagram(model))
}

impl Model {
    pub fn node(&self, ix: NodeIx) -> &Node {
        &self.nodes[ix.0 as usize]
    }

    pub fn flow(&self, ix: FlowIx) -> &Flow {
        &self.flows[ix.0 as usize]
    }

    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    pub fn find(&self, id: &str) -> Option<NodeIx> {
        self.by_id.get(id).copied()
    }

    pub fn find_flow(&self, id: &str) -> Option<FlowIx> {
        self.flow_by_id.get(id).copied()
    }

    pub fn indices(&self) -> impl Iterator<Item = NodeIx> + use<> {
        (0..self.nodes.len() as u32).map(NodeIx)
    }

    pub fn processes(&self) -> impl Iterator<Item = NodeIx> {
        self.indices()
            .filter(|ix| matches!(self.node(*ix).kind, Kind::Process { .. }))
    }

    pub fn pools(&self) -> &[Pool] {
        &self.pools
    }

    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    pub fn diagram(&self) -> Option<&Diagram> {
        self.diagram.as_ref()
    }

    /// Who does a task of people, which act in law it is, limit, papers, outcomes; none of other elements.
    pub fn work(&self, id: &str) -> Option<&Task> {
        self.node(self.find(id)?).activity.as_ref()?.work.as_deref()
    }

    /// Of a call activity that another body answers.
    pub fn assistance(&self, id: &str) -> Option<&Assistance> {
        self.node(self.find(id)?).activity.as_ref()?.assistance.as_deref()
    }

    /// Calls that other bodies answer, each with the process it calls.
    pub fn assisted_calls(&self) -> impl Iterator<Item = (&Node, &Assistance, NodeIx)> {
        self.nodes().iter().filter_map(|node| {
            let assistance = node.activity.as_ref()?.assistance.as_deref()?;
            match node.kind {
                Kind::Call(Called::Process(process)) => Some((node, assistance, process)),
                _ => None,
            }
        })
    }

    /// The node lies in a process that other bodies work through.
    pub fn is_assisting(&self, ix: NodeIx) -> bool {
        let process = self.process_of(ix);
        self.assisted_calls().any(|(_, _, called)| called == process)
    }

    /// The process that holds a node; of a process itself.
    pub fn process_of(&self, ix: NodeIx) -> NodeIx {
        let mut at = ix;
        while let Some(parent) = self.node(at).parent {
            at = parent;
        }
        at
    }

    /// Targets of the flows that leave a node, its boundary events and, of a throwing link, the catching one.
    pub(crate) fn successors(&self, ix: NodeIx) -> impl Iterator<Item = NodeIx> + '_ {
        let node = self.node(ix);
        let flows = node.outgoing.iter().map(|flow| self.flow(*flow).target);
        flows.chain(node.boundary.iter().copied()).chain(self.link_target(ix))
    }

    /// Where a throwing link event goes on.
    pub(crate) fn link_target(&self, ix: NodeIx) -> Option<NodeIx> {
        let node = self.node(ix);
        let name = match &node.kind {
            Kind::Event(event) if event.place == Place::Throw => event.link()?,
            _ => return None,
        };
        let siblings = &self.node(node.parent?).children;
        siblings.iter().copied().find(|other| match &self.node(*other).kind {
            Kind::Event(event) => event.place == Place::Catch && event.link() == Some(name),
            _ => false,
        })
    }

    /// Where tokens of a container begin when it is entered plainly: its none start events, else every node that
    /// nothing leads to (BPMN 2.0 §10.5.2).
    pub(crate) fn plain_starts(&self, container: NodeIx) -> Vec<NodeIx> {
        let children = &self.node(container).children;
        let start = |ix: &NodeIx| matches!(&self.node(*ix).kind, Kind::Event(event) if event.place == Place::Start);
        if children.iter().any(start) {
            let none = |ix: &&NodeIx| matches!(&self.node(**ix).kind, Kind::Event(event) if event.place == Place::Start && event.triggers.is_empty());
            return children.iter().filter(none).copied().collect();
        }
        children
            .iter()
            .copied()
            .filter(|ix| self.starts_by_itself(*ix))
            .collect()
    }

    /// Nothing leads to it, and it is no handler, boundary event or event sub-process: those have other ways in.
    pub(crate) fn starts_by_itself(&self, ix: NodeIx) -> bool {
        let node = self.node(ix);
        if !node.incoming.is_empty() || self.instantiates(ix) {
            return false;
        }
        match &node.kind {
            Kind::Event(event) => !matches!(event.place, Place::Boundary | Place::Start) && event.link().is_none(),
            Kind::Sub(SubKind::Event) | Kind::Process { .. } => false,
            _ => !node.activity.as_ref().is_some_and(|activity| activity.for_compensation),
        }
    }

    /// A receive task or event gateway that makes a new instance of its process.
    pub(crate) fn instantiates(&self, ix: NodeIx) -> bool {
        match &self.node(ix).kind {
            Kind::Task(TaskKind::Receive { instantiate, .. }) => *instantiate,
            Kind::Gateway(Gateway::EventBased { instantiate, .. }) => *instantiate,
            _ => false,
        }
    }

    /// Start events of the event sub-processes of a container.
    pub(crate) fn event_starts(&self, container: NodeIx) -> impl Iterator<Item = NodeIx> + '_ {
        let children = self.node(container).children.iter();
        children
            .filter(|ix| self.node(**ix).kind == Kind::Sub(SubKind::Event))
            .filter_map(|ix| {
                let inner = &self.node(*ix).children;
                inner.iter().copied().find(|start| self.node(*start).is_start())
            })
    }
}

impl Node {
    pub fn event(&self) -> Option<&EventNode> {
        match &self.kind {
            Kind::Event(event) => Some(event),
            _ => None,
        }
    }

    pub(crate) fn is_start(&self) -> bool {
        self.event().is_some_and(|event| event.place == Place::Start)
    }

    /// What a message calls it: its name, else its id.
    pub fn label(&self) -> &str {
        if self.name.is_empty() {
            self.id.as_str()
        } else {
            &self.name
        }
    }

    /// Holds other nodes and has scope of its own.
    pub fn is_container(&self) -> bool {
        matches!(self.kind, Kind::Process { .. } | Kind::Sub(_))
    }
}
