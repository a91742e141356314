//! The identity of a flow: SHA-256 over a canonical JSON of what it means.
//!
//! Cases are pinned to this hash. A field added to the model later must be left out of the JSON while it has its
//! default, so that the hash of a chart already in force never changes.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Condition, Model, NodeKind, Task};

const VERSION: &str = "mingjing-flow-1";

#[derive(Serialize)]
struct Canonical<'a> {
    version: &'static str,
    process: &'a str,
    name: &'a str,
    /// Top to bottom: a lane's place is part of what a reader sees.
    lanes: Vec<(&'a str, &'a str)>,
    /// By id.
    nodes: Vec<CanonicalNode<'a>>,
    /// By id.
    flows: Vec<CanonicalFlow<'a>>,
}

#[derive(Serialize)]
struct CanonicalNode<'a> {
    id: &'a str,
    name: &'a str,
    lane: Option<&'a str>,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<&'a Task>,
}

#[derive(Serialize)]
struct CanonicalFlow<'a> {
    id: &'a str,
    name: &'a str,
    source: &'a str,
    target: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcomes: Option<Vec<&'a str>>,
}

pub(super) fn hash(model: &Model) -> String {
    let mut nodes: Vec<_> = (model.nodes.iter()).map(|node| canonical_node(model, node)).collect();
    nodes.sort_by_key(|node| node.id);
    let mut flows: Vec<_> = (model.flows.iter()).map(|flow| canonical_flow(model, flow)).collect();
    flows.sort_by_key(|flow| flow.id);
    let canonical = Canonical {
        version: VERSION,
        process: &model.process_id,
        name: &model.name,
        lanes: (model.lanes.iter()).map(|l| (l.id.as_str(), l.name.as_str())).collect(),
        nodes,
        flows,
    };
    let json = serde_json::to_vec(&canonical).expect("strings, numbers and lists serialise");
    hex::encode(Sha256::digest(&json))
}

fn canonical_node<'a>(model: &'a Model, node: &'a super::Node) -> CanonicalNode<'a> {
    let (kind, default) = match &node.kind {
        NodeKind::Start => ("start", None),
        NodeKind::End { terminate: false } => ("end", None),
        NodeKind::End { terminate: true } => ("terminate_end", None),
        NodeKind::Task(_) => ("task", None),
        NodeKind::Exclusive { default } => ("exclusive", *default),
        NodeKind::Parallel => ("parallel", None),
        NodeKind::Inclusive { default } => ("inclusive", *default),
    };
    CanonicalNode {
        id: &node.id,
        name: &node.name,
        lane: node.lane.map(|lane| model.lanes[lane].id.as_str()),
        kind,
        default: default.map(|flow| model.flow(flow).id.as_str()),
        task: node.task(),
    }
}

fn canonical_flow<'a>(model: &'a Model, flow: &'a super::Flow) -> CanonicalFlow<'a> {
    let sorted = |condition: &'a Condition| {
        let mut outcomes: Vec<&str> = condition.outcomes.iter().map(String::as_str).collect();
        outcomes.sort_unstable();
        outcomes
    };
    CanonicalFlow {
        id: &flow.id,
        name: &flow.name,
        source: &model.node(flow.source).id,
        target: &model.node(flow.target).id,
        outcomes: flow.condition.as_ref().map(sorted),
    }
}
