//! The checked model.
//!
//! Invariants, once [`crate::read`] has returned it: ids are unique; every flow joins two nodes of this model;
//! `incoming` and `outgoing` of a node agree with the flows; a lane's nodes exist and lie in no other lane.

pub(crate) mod build;
mod condition;
pub(crate) mod diagram;
mod hash;
mod lanes;
pub(crate) mod names;
pub(crate) mod task;

use std::collections::HashMap;

use serde::Serialize;

use crate::read::Element;

pub(crate) use build::build;
pub use condition::Condition;
pub use diagram::{Bounds, Diagram, Edge, Point, Shape};
pub use task::{Limit, LimitUnit, OpinionRule, Outcome, PaperRule, Task, Visibility};

/// Index of a node in its model. Never stored: state and events carry element ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIx(pub(crate) usize);

/// Index of a sequence flow in its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowIx(pub(crate) usize);

/// One executable process with its lanes and, where the file has one, its drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(crate) process_id: String,
    pub(crate) name: String,
    /// The participant that holds the process, if the file has one.
    pub(crate) pool: Option<Pool>,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) flows: Vec<Flow>,
    pub(crate) node_by_id: HashMap<String, NodeIx>,
    pub(crate) diagram: Option<Diagram>,
    pub(crate) hash: String,
    pub(crate) source: Element,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pool {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub id: String,
    pub name: String,
    pub kind: NodeKind,
    /// Index into [`Model::lanes`].
    pub lane: Option<usize>,
    pub incoming: Vec<FlowIx>,
    pub outgoing: Vec<FlowIx>,
}

#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum NodeKind {
    Start,
    /// `terminate`: reaching it cancels every other token of the instance.
    End {
        terminate: bool,
    },
    Task(Box<Task>),
    /// Lets a token on by one way.
    Exclusive {
        default: Option<FlowIx>,
    },
    /// Waits for a token on every way in, then sends one by every way out.
    Parallel,
    /// Sends a token by every way whose condition holds; joining, waits for all that can still come.
    Inclusive {
        default: Option<FlowIx>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    pub id: String,
    pub name: String,
    pub source: NodeIx,
    pub target: NodeIx,
    pub condition: Option<Condition>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lane {
    pub id: String,
    /// The post as people read it, e.g. 窗口受理员.
    pub name: String,
    /// Ids of the nodes in it.
    pub nodes: Vec<String>,
    /// Posts (candidate groups) of its tasks, without repetition.
    pub posts: Vec<String>,
}

impl Model {
    pub fn process_id(&self) -> &str {
        &self.process_id
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 (hex) over what the process means: nodes, flows, lanes, rules of the tasks. Positions on
    /// the drawing, other vendors' extensions and the order in the file do not count.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// In document order.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.nodes.iter().filter_map(Node::task)
    }

    pub fn task(&self, id: &str) -> Option<&Task> {
        self.node_by_id(id).and_then(|ix| self.node(ix).task())
    }

    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// The lane a task or another node lies in.
    pub fn lane_of(&self, id: &str) -> Option<&Lane> {
        let node = self.node(self.node_by_id(id)?);
        node.lane.map(|lane| &self.lanes[lane])
    }

    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// # Panics
    /// If the index is another model's.
    pub fn node(&self, ix: NodeIx) -> &Node {
        &self.nodes[ix.0]
    }

    /// # Panics
    /// If the index is another model's.
    pub fn flow(&self, ix: FlowIx) -> &Flow {
        &self.flows[ix.0]
    }

    pub fn node_by_id(&self, id: &str) -> Option<NodeIx> {
        self.node_by_id.get(id).copied()
    }

    /// The drawing of the file, complete for every node and flow; none if the file has none or part of one.
    pub fn diagram(&self) -> Option<&Diagram> {
        self.diagram.as_ref()
    }

    /// Tasks as a reader meets them: breadth first from the start, each branch in document order, a task only after
    /// the tasks that lead to it unless they do so by a way back.
    pub fn steps_in_order(&self) -> Vec<&Task> {
        let order = crate::thin::check::paths::forward_order(self);
        let nodes = order.into_iter().map(|ix| self.node(ix));
        nodes.filter_map(Node::task).collect()
    }

    pub(crate) fn pool_id(&self) -> Option<&str> {
        self.pool.as_ref().map(|pool| pool.id.as_str())
    }

    pub(crate) fn pool_name(&self) -> &str {
        let name = self.pool.as_ref().map(|pool| pool.name.as_str());
        name.filter(|name| !name.is_empty()).unwrap_or(&self.name)
    }

    pub(crate) fn starts(&self) -> impl Iterator<Item = NodeIx> {
        let nodes = self.node_indices();
        nodes.filter(|ix| matches!(self.node(*ix).kind, NodeKind::Start))
    }

    pub(crate) fn node_indices(&self) -> impl Iterator<Item = NodeIx> + use<> {
        (0..self.nodes.len()).map(NodeIx)
    }

    pub(crate) fn successors(&self, ix: NodeIx) -> impl Iterator<Item = NodeIx> {
        let flows = self.node(ix).outgoing.iter();
        flows.map(|flow| self.flow(*flow).target)
    }

    pub(crate) fn predecessors(&self, ix: NodeIx) -> impl Iterator<Item = NodeIx> {
        let flows = self.node(ix).incoming.iter();
        flows.map(|flow| self.flow(*flow).source)
    }
}

impl NodeKind {
    pub(crate) fn is_gateway(&self) -> bool {
        match self {
            NodeKind::Exclusive { .. } | NodeKind::Parallel | NodeKind::Inclusive { .. } => true,
            NodeKind::Start | NodeKind::End { .. } | NodeKind::Task(_) => false,
        }
    }

    /// Of gateways that choose by conditions: their default flow, if they have one.
    pub(crate) fn default_flow(&self) -> Option<FlowIx> {
        match self {
            NodeKind::Exclusive { default } | NodeKind::Inclusive { default } => *default,
            _ => None,
        }
    }

    pub(crate) fn chooses(&self) -> bool {
        matches!(self, NodeKind::Exclusive { .. } | NodeKind::Inclusive { .. })
    }
}

impl Node {
    /// Tokens wait here for others. An outcome they carried ends here: there could be several.
    pub(crate) fn joins(&self) -> bool {
        let waits = matches!(self.kind, NodeKind::Parallel | NodeKind::Inclusive { .. });
        waits && self.incoming.len() > 1
    }

    pub fn task(&self) -> Option<&Task> {
        match &self.kind {
            NodeKind::Task(task) => Some(task),
            _ => None,
        }
    }

    pub(crate) fn label_or_end(&self) -> &str {
        match self.kind {
            NodeKind::End { .. } if self.name.is_empty() => "结束",
            _ => self.label(),
        }
    }

    /// What a message calls it: its name, else its id.
    pub(crate) fn label(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }
}
