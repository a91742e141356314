//! The identity of a flow: SHA-256 (hex) over what it means. Positions on the drawing, other vendors' extensions and,
//! where it changes nothing, the order in the file do not count.
//!
//! Items are pinned to this hash. Charts of tasks of people and plain gateways keep the form 1 that those in force were
//! pinned with; a field added to tasks later must be left out of its JSON while it has its default. All others have the
//! form 2: the file's own elements.

use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::rules::work;
use crate::model::{Expression, Gateway, Kind, Model, Node, NodeIx, Place, Repeat, Task, TaskKind, Trigger};
use crate::read::{BPMN, Element, MINGJING, ZEEBE};

pub fn hash(model: &Model) -> String {
    let canonical = match plain(model) {
        Some(process) => form_1(model, process),
        None => json!(["mingjing-flow-2", meaning(&model.source)])
            .to_string()
            .into_bytes(),
    };
    hex::encode(Sha256::digest(&canonical))
}

#[derive(Serialize)]
struct Form1<'a> {
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
    task: Option<Task>,
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

/// The only process, where form 1 says all there is to say.
fn plain(model: &Model) -> Option<NodeIx> {
    let mut processes = model.processes();
    let (process, None) = (processes.next()?, processes.next()) else {
        return None;
    };
    let inside = model.indices().filter(|ix| *ix != process);
    let all_plain = inside
        .map(|ix| model.node(ix))
        .all(|node| node.parent == Some(process) && kind(node).is_some() && node.boundary.is_empty());
    let outcome = |expression: &Expression| expression.outcomes.is_some();
    let flows = model
        .flows()
        .iter()
        .all(|flow| flow.condition.as_ref().is_none_or(outcome));
    let lanes = model.lanes().iter().all(|lane| lane.depth == 0);
    (all_plain && flows && lanes && model.message_flows.is_empty()).then_some(process)
}

fn kind(node: &Node) -> Option<&'static str> {
    match &node.kind {
        Kind::Task(TaskKind::User | TaskKind::Manual) => {
            let activity = node.activity.as_ref()?;
            let once = activity.repeat == Repeat::Once && activity.start_quantity == 1;
            let simple = activity.completion_quantity == 1 && !activity.for_compensation && node.default.is_none();
            let io = activity.io.inputs.is_empty() && activity.io.outputs.is_empty();
            (once && simple && io).then_some("task")
        }
        Kind::Gateway(Gateway::Exclusive) => Some("exclusive"),
        Kind::Gateway(Gateway::Parallel) => Some("parallel"),
        Kind::Gateway(Gateway::Inclusive) => Some("inclusive"),
        Kind::Event(event) => match (event.place, &event.triggers[..]) {
            (Place::Start, []) => Some("start"),
            (Place::End, []) => Some("end"),
            (Place::End, [Trigger::Terminate]) => Some("terminate_end"),
            _ => None,
        },
        _ => None,
    }
}

fn form_1(model: &Model, process: NodeIx) -> Vec<u8> {
    let mut nodes: Vec<_> = model.indices().filter(|ix| *ix != process).collect();
    nodes.sort_by_key(|ix| model.node(*ix).id.clone());
    let mut flows: Vec<_> = model.flows().iter().collect();
    flows.sort_by_key(|flow| flow.id.clone());
    let sorted = |expression: &'_ Expression| -> Option<Vec<String>> {
        let mut outcomes = expression.outcomes.as_ref()?.outcomes.clone();
        outcomes.sort_unstable();
        Some(outcomes)
    };
    let conditions: Vec<Option<Vec<String>>> = flows
        .iter()
        .map(|flow| flow.condition.as_ref().and_then(sorted))
        .collect();
    let canonical = Form1 {
        version: "mingjing-flow-1",
        process: model.node(process).id.as_str(),
        name: &model.node(process).name,
        lanes: model.lanes().iter().map(|l| (l.id.as_str(), l.name.as_str())).collect(),
        nodes: nodes
            .into_iter()
            .map(|ix| canonical_node(model, model.node(ix)))
            .collect(),
        flows: flows
            .into_iter()
            .zip(&conditions)
            .map(|(flow, condition)| CanonicalFlow {
                id: flow.id.as_str(),
                name: &flow.name,
                source: model.node(flow.source).id.as_str(),
                target: model.node(flow.target).id.as_str(),
                outcomes: condition.as_ref().map(|ids| ids.iter().map(String::as_str).collect()),
            })
            .collect(),
    };
    serde_json::to_vec(&canonical).expect("strings, numbers and lists serialise")
}

fn canonical_node<'a>(model: &'a Model, node: &'a Node) -> CanonicalNode<'a> {
    let lane = node.lane.map(|lane| model.lanes()[lane].id.as_str());
    let task = work(node).cloned().map(|task| Task {
        lane: lane.map(str::to_owned),
        ..task
    });
    CanonicalNode {
        id: node.id.as_str(),
        name: &node.name,
        lane,
        kind: kind(node).unwrap_or_default(),
        default: node.default.map(|flow| model.flow(flow).id.as_str()),
        task,
    }
}

/// Names, attributes, text and content of an element and all in it, of the namespaces that mean something here.
/// Recursion is bounded by the reader's depth limit.
fn meaning(element: &Element) -> Json {
    let known = |namespace: &str| [BPMN, ZEEBE, MINGJING].contains(&namespace);
    let mut attributes: Vec<(&str, &str)> = element
        .attributes
        .iter()
        .filter(|attribute| attribute.namespace.as_deref().is_none_or(known))
        .map(|attribute| (attribute.local.as_str(), attribute.value.as_str()))
        .collect();
    attributes.sort_unstable();
    let content: Vec<Json> = element
        .elements()
        .filter(|inner| known(&inner.namespace))
        .map(meaning)
        .collect();
    json!([element.namespace, element.local, attributes, element.text(), content])
}
