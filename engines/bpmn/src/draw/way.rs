//! The way that shows a finding, from task to task, with the flows and gateways between.

use std::collections::{HashMap, VecDeque};

use crate::model::{FlowIx, Kind, Model, NodeIx, Place};
use crate::problem::Problem;

/// Ids of nodes and flows: from a start through the elements of the path to the one the finding is about.
pub(super) fn drawn(model: &Model, problem: &Problem) -> Vec<String> {
    let stops = problem.path.iter().chain(&problem.element);
    let stops: Vec<NodeIx> = stops.filter_map(|id| model.find(id)).collect();
    let mut ids: Vec<String> = problem.path.clone();
    if let Some(first) = stops.first() {
        let process = model.process_of(*first);
        let starts = model.plain_starts(process);
        ids.extend(
            starts
                .iter()
                .find_map(|start| between(model, *start, *first))
                .unwrap_or_default(),
        );
    }
    for pair in stops.windows(2) {
        ids.extend(between(model, pair[0], pair[1]).unwrap_or_default());
    }
    ids
}

/// The shortest way that passes no other task.
fn between(model: &Model, from: NodeIx, to: NodeIx) -> Option<Vec<String>> {
    let mut before: HashMap<NodeIx, (NodeIx, Option<FlowIx>)> = HashMap::new();
    let mut open = VecDeque::from([from]);
    while let Some(at) = open.pop_front() {
        if at != from && at != to && !is_passed(model, at) {
            continue;
        }
        for (flow, next) in steps(model, at) {
            if next != from && !before.contains_key(&next) {
                before.insert(next, (at, flow));
                open.push_back(next);
            }
        }
        if before.contains_key(&to) {
            break;
        }
    }
    let mut ids = Vec::new();
    let mut at = to;
    while let Some((earlier, flow)) = before.get(&at) {
        ids.extend(flow.map(|flow| model.flow(flow).id.to_string()));
        ids.push(model.node(*earlier).id.to_string());
        at = *earlier;
    }
    (at == from).then_some(ids)
}

fn steps(model: &Model, at: NodeIx) -> Vec<(Option<FlowIx>, NodeIx)> {
    let node = model.node(at);
    let flows = node.outgoing.iter().map(|flow| (Some(*flow), model.flow(*flow).target));
    let inside = model
        .plain_starts(at)
        .into_iter()
        .filter(|_| matches!(node.kind, Kind::Sub(_)));
    let ends = node.event().is_some_and(|event| event.place == Place::End);
    let outside = node
        .parent
        .filter(|parent| ends && matches!(model.node(*parent).kind, Kind::Sub(_)));
    flows
        .chain(node.boundary.iter().map(|event| (None, *event)))
        .chain(inside.map(|start| (None, start)))
        .chain(outside.map(|parent| (None, parent)))
        .chain(model.link_target(at).map(|target| (None, target)))
        .collect()
}

fn is_passed(model: &Model, at: NodeIx) -> bool {
    !matches!(model.node(at).kind, Kind::Task(_))
}
