//! What connects: sequence flows, defaults, boundary events, compensation handlers, lanes, pools, message flows.

use std::collections::HashMap;

use super::build::{Build, artifact};
use super::work::one_line;
use super::{
    Artifact, ArtifactKind, Flow, FlowIx, Id, Kind, Lane, Link, LinkKind, Model, NodeIx, Place, Pool, Trigger, event,
};
use crate::read::{BPMN, Element};

/// Everything inside one container, once its nodes are there.
pub(super) fn read<'a>(container: &'a Element, parent: NodeIx, model: &mut Model, build: &mut Build<'a>) {
    for element in container.children_named(BPMN, "sequenceFlow") {
        sequence_flow(element, parent, model, build);
    }
    let nodes: HashMap<&str, &Element> = container.elements().filter_map(|e| Some((e.id()?, e))).collect();
    for ix in model.node(parent).children.clone() {
        let Some(element) = nodes.get(model.node(ix).id.as_str()) else {
            continue;
        };
        stated_flows_exist(element, ix, model, build);
        default_flow(element, ix, model, build);
        attach(element, ix, parent, model, build);
        data_links(element, ix, model);
    }
    for element in container.children_named(BPMN, "association") {
        association(element, model, build);
    }
}

fn sequence_flow(element: &Element, parent: NodeIx, model: &mut Model, build: &mut Build<'_>) {
    let source = end_of_flow(element, "sourceRef", parent, model, build);
    let target = end_of_flow(element, "targetRef", parent, model, build);
    let (Some(source), Some(target)) = (source, target) else {
        return;
    };
    let ix = FlowIx(model.flows.len() as u32);
    let id: Id = match element.id() {
        Some(id) => id.into(),
        None => format!("_flow_{}", ix.0).into(),
    };
    let condition = element.child(BPMN, "conditionExpression");
    model.nodes[source.0 as usize].outgoing.push(ix);
    model.nodes[target.0 as usize].incoming.push(ix);
    model.flow_by_id.insert(id.clone(), ix);
    model.flows.push(Flow {
        id,
        name: one_line(element.get("name").unwrap_or_default()),
        source,
        target,
        condition: condition.and_then(|c| build.expression(c)),
    });
}

/// A sequence flow never crosses the border of a sub-process or pool (BPMN 2.0 §7.6.1).
fn end_of_flow(
    flow: &Element,
    attribute: &str,
    parent: NodeIx,
    model: &Model,
    build: &mut Build<'_>,
) -> Option<NodeIx> {
    let reference = event::local(flow.get(attribute).unwrap_or_default());
    let Some(found) = model.find(reference) else {
        // Its other end may be read later or be no node; which of them is told apart when all are there.
        let text = match build.root(reference) {
            Some(other) => format!(
                "顺序流的{attribute}“{reference}”（{}）不在同一个流程或子流程里，或不能连接顺序流。",
                other.local
            ),
            None => format!("顺序流的{attribute}引用了不存在的元素“{reference}”。"),
        };
        let code = match build.root(reference) {
            Some(_) => "flow_crosses_border",
            None => "dangling_reference",
        };
        build.error(flow.id(), code, text);
        return None;
    };
    if model.node(found).parent != Some(parent) {
        let text = format!("顺序流不能跨越流程或子流程的边界：“{reference}”不在这里。");
        build.error(flow.id(), "flow_crosses_border", text);
        return None;
    }
    Some(found)
}

/// `incoming` and `outgoing` repeat what the flows say; a name that no flow bears is a broken file.
fn stated_flows_exist(element: &Element, node: NodeIx, model: &Model, build: &mut Build<'_>) {
    for stated in element.elements().filter(|e| e.namespace == BPMN) {
        let incoming = match stated.local.as_str() {
            "incoming" => true,
            "outgoing" => false,
            _ => continue,
        };
        let reference = stated.text();
        let agrees = model.find_flow(event::local(&reference)).map(|flow| {
            let flow = model.flow(flow);
            if incoming {
                flow.target == node
            } else {
                flow.source == node
            }
        });
        if agrees != Some(true) {
            let text = format!("{}引用的顺序流“{reference}”不存在或不在此相连。", stated.local);
            match agrees {
                // Some modelers leave the list stale; the flows themselves decide.
                None => build.warning(element.id(), "stale_reference", text),
                Some(_) => build.error(element.id(), "dangling_reference", text),
            }
        }
    }
}

fn default_flow(element: &Element, node: NodeIx, model: &mut Model, build: &mut Build<'_>) {
    let Some(reference) = element.get("default").map(event::local).filter(|r| !r.is_empty()) else {
        return;
    };
    let flow = model.find_flow(reference);
    match flow.filter(|flow| model.flow(*flow).source == node) {
        Some(flow) => model.nodes[node.0 as usize].default = Some(flow),
        None => {
            let text = format!("默认流“{reference}”不是从这里出发的顺序流。");
            build.error(element.id(), "default_not_outgoing", text);
        }
    }
}

fn attach(element: &Element, ix: NodeIx, parent: NodeIx, model: &mut Model, build: &mut Build<'_>) {
    if !model
        .node(ix)
        .event()
        .is_some_and(|event| event.place == Place::Boundary)
    {
        return;
    }
    let reference = event::local(element.get("attachedToRef").unwrap_or_default());
    let host = model.find(reference);
    let host = host.filter(|host| model.node(*host).parent == Some(parent) && model.node(*host).activity.is_some());
    match host {
        Some(host) => {
            model.nodes[ix.0 as usize].attached = Some(host);
            model.nodes[host.0 as usize].boundary.push(ix);
        }
        None => {
            let text = format!("边界事件所附的“{reference}”不是同一层里的活动。");
            build.error(element.id(), "boundary_unattached", text);
        }
    }
}

/// Associations lead from compensation boundary events to their handlers, and from texts to what they speak of.
fn association(element: &Element, model: &mut Model, build: &mut Build<'_>) {
    let source = event::local(element.get("sourceRef").unwrap_or_default()).to_owned();
    let target = event::local(element.get("targetRef").unwrap_or_default()).to_owned();
    let direction = element.get("associationDirection").unwrap_or("None");
    model.associations.push(Link {
        id: element.id().unwrap_or_default().into(),
        name: String::new(),
        source: source.as_str().into(),
        target: target.as_str().into(),
        kind: LinkKind::Association {
            to: matches!(direction, "One" | "Both"),
            from: direction == "Both",
        },
    });
    let (Some(boundary), Some(handler)) = (model.find(&source), model.find(&target)) else {
        return;
    };
    let compensates = |ix: NodeIx| {
        let event = model.node(ix).event();
        event.is_some_and(|e| e.place == Place::Boundary && e.has(|t| matches!(t, Trigger::Compensate { .. })))
    };
    if !compensates(boundary) {
        return;
    }
    if model.node(handler).activity.is_none() {
        let text = "补偿边界事件应关联到一个活动。".to_owned();
        build.error(Some(&source), "handler_not_activity", text);
        return;
    }
    model.nodes[boundary.0 as usize].handler = Some(handler);
}

fn data_links(element: &Element, ix: NodeIx, model: &mut Model) {
    let node = model.node(ix).id.clone();
    for local in ["dataInputAssociation", "dataOutputAssociation"] {
        let input = local == "dataInputAssociation";
        let end = if input { "sourceRef" } else { "targetRef" };
        for association in element.children_named(BPMN, local) {
            let Some(other) = association.child(BPMN, end).map(|e| e.text()) else {
                continue;
            };
            let other: Id = event::local(&other).into();
            let (source, target) = if input {
                (other, node.clone())
            } else {
                (node.clone(), other)
            };
            model.associations.push(Link {
                id: association.id().unwrap_or_default().into(),
                name: String::new(),
                source,
                target,
                kind: LinkKind::Data,
            });
        }
    }
}

pub(super) fn lanes(process: &Element, ix: NodeIx, model: &mut Model, build: &mut Build<'_>) {
    for set in process.children_named(BPMN, "laneSet") {
        lane_set(set, ix, 0, model, build);
    }
}

/// Recursion is bounded by the reader's depth limit.
fn lane_set(set: &Element, process: NodeIx, depth: usize, model: &mut Model, build: &mut Build<'_>) {
    for element in set.children_named(BPMN, "lane") {
        let lane = model.lanes.len();
        let mut nodes = Vec::new();
        for reference in element.children_named(BPMN, "flowNodeRef") {
            let reference = reference.text();
            match model.find(event::local(&reference)) {
                Some(node) => nodes.push(node),
                None if build.root(&reference).is_some() => {}
                None => build.dangling(element, &reference),
            }
        }
        for node in &nodes {
            model.nodes[node.0 as usize].lane = Some(lane);
        }
        model.lanes.push(Lane {
            id: element.id().unwrap_or_default().into(),
            name: one_line(element.get("name").unwrap_or_default()),
            process,
            nodes,
            depth,
        });
        for inner in element.children_named(BPMN, "childLaneSet") {
            lane_set(inner, process, depth + 1, model, build);
        }
    }
}

pub(super) fn collaboration<'a>(collaboration: &'a Element, model: &mut Model, build: &mut Build<'a>) {
    for element in collaboration.elements().filter(|e| e.namespace == BPMN) {
        match element.local.as_str() {
            "participant" => {
                let reference = element.get("processRef").map(event::local).filter(|r| !r.is_empty());
                let process = reference.and_then(|id| model.find(id));
                let process = process.filter(|ix| matches!(model.node(*ix).kind, Kind::Process { .. }));
                if let (Some(reference), None) = (reference, process) {
                    // The reference may lead into an imported file.
                    if element.get("processRef") == Some(reference) {
                        build.dangling(element, reference);
                    }
                }
                model.pools.push(Pool {
                    id: element.id().unwrap_or_default().into(),
                    name: one_line(element.get("name").unwrap_or_default()),
                    process,
                });
            }
            "messageFlow" | "conversationLink" => message_flow(element, model),
            "association" => association(element, model, build),
            "conversation" | "subConversation" | "callConversation" | "conversationNode" | "choreographyTask"
            | "subChoreography" | "callChoreography" => model.artifacts.push(Artifact {
                id: element.id().unwrap_or_default().into(),
                name: one_line(element.get("name").unwrap_or_default()),
                kind: ArtifactKind::Other,
            }),
            _ => artifact(element, model, build),
        }
    }
}

fn message_flow(element: &Element, model: &mut Model) {
    let end = |name| Id::from(event::local(element.get(name).unwrap_or_default()));
    model.message_flows.push(Link {
        id: element.id().unwrap_or_default().into(),
        name: one_line(element.get("name").unwrap_or_default()),
        source: end("sourceRef"),
        target: end("targetRef"),
        kind: LinkKind::Message,
    });
}
