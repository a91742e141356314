//! Each outcome of each task leads somewhere, by exactly one way; each way is taken by some outcome.
//!
//! Only what is decided by outcomes alone is looked at; where a condition needs data, both answers count.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::work;
use crate::model::{FlowIx, Gateway, Kind, Model, Node, NodeIx};
use crate::problem::Problem;

pub(super) fn check(model: &Model, problems: &mut Vec<Problem>) {
    let mut walks = Walks::default();
    for ix in model.indices() {
        for outcome in outcomes_leaving(model, ix) {
            walk(model, ix, outcome, &mut walks, problems);
        }
    }
    conditions_name_outcomes(model, &walks, problems);
    flows_are_taken(model, &walks, problems);
}

#[derive(Default)]
struct Walks<'a> {
    taken: BTreeSet<FlowIx>,
    /// Outcomes that can arrive at each gateway.
    arriving: BTreeMap<NodeIx, BTreeSet<&'a str>>,
}

/// Of tasks with outcomes each of them; everything else sends a token on with none.
fn outcomes_leaving(model: &Model, ix: NodeIx) -> Vec<Option<&str>> {
    let node = model.node(ix);
    match work(node) {
        Some(work) if !work.outcomes.is_empty() => work.outcomes.iter().map(|o| Some(o.id.as_str())).collect(),
        _ if is_gateway(node) && !joins(node) => Vec::new(),
        _ => vec![None],
    }
}

fn walk<'a>(
    model: &'a Model,
    from: NodeIx,
    outcome: Option<&'a str>,
    walks: &mut Walks<'a>,
    problems: &mut Vec<Problem>,
) {
    let mut passed = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if let Some(outcome) = outcome.filter(|_| chooses(model, at)) {
            walks.arriving.entry(at).or_default().insert(outcome);
        }
        for flow in ways(model, at, from, outcome, problems) {
            walks.taken.insert(flow);
            let target = model.flow(flow).target;
            let node = model.node(target);
            if is_gateway(node) && !joins(node) && passed.insert(target) {
                open.push(target);
            }
        }
    }
}

/// What an outcome of a task leads to next, through joins that would have to wait: tasks, events, calls, ends.
pub(super) fn next_rests<'a>(model: &'a Model, from: NodeIx, outcome: Option<&str>) -> Vec<&'a Node> {
    let mut rests = BTreeSet::new();
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![(from, outcome)];
    while let Some((at, outcome)) = open.pop() {
        for flow in ways_out(model, at, outcome).flows {
            let target = model.flow(flow).target;
            let node = model.node(target);
            if !is_gateway(node) {
                rests.insert(target);
            } else if seen.insert(target) {
                open.push((target, outcome.filter(|_| !joins(node))));
            }
        }
    }
    rests.into_iter().map(|ix| model.node(ix)).collect()
}

struct Ways {
    flows: Vec<FlowIx>,
    /// Decided by the outcome alone.
    decided: bool,
}

/// Flows by which a token may leave: where the node chooses those whose condition holds, else the default.
fn ways_out(model: &Model, ix: NodeIx, outcome: Option<&str>) -> Ways {
    let node = model.node(ix);
    if !chooses(model, ix) {
        return Ways {
            flows: node.outgoing.clone(),
            decided: true,
        };
    }
    let (mut flows, mut decided) = (Vec::new(), true);
    for flow in node.outgoing.iter().filter(|flow| node.default != Some(**flow)) {
        let condition = model.flow(*flow).condition.as_ref();
        match condition.map(|condition| condition.outcomes.as_ref()) {
            None => flows.push(*flow),
            Some(Some(outcomes)) if outcomes.holds(outcome) => flows.push(*flow),
            Some(Some(_)) => {}
            Some(None) => {
                flows.push(*flow);
                decided = false;
            }
        }
    }
    if let Some(default) = node.default.filter(|_| flows.is_empty() || !decided) {
        flows.push(default);
    }
    Ways { flows, decided }
}

fn ways(model: &Model, at: NodeIx, from: NodeIx, outcome: Option<&str>, problems: &mut Vec<Problem>) -> Vec<FlowIx> {
    let node = model.node(at);
    let Ways { mut flows, decided } = ways_out(model, at, outcome);
    if !decided || !chooses(model, at) {
        return flows;
    }
    let exclusive = node.kind == Kind::Gateway(Gateway::Exclusive);
    if exclusive && let [first, second, ..] = flows[..] {
        let text = format!(
            "{}在“{}”同时满足两条顺序流（{}、{}）的条件，应只满足一条。",
            said(model, from, outcome),
            node.label(),
            model.flow(first).id,
            model.flow(second).id
        );
        problems.push(Problem::error(Some(node.id.as_str()), "conditions_overlap", text));
        flows.truncate(1);
    }
    if flows.is_empty() {
        let text = format!(
            "{}在“{}”没有去处：请补一条条件，或设默认流。",
            said(model, from, outcome),
            node.label()
        );
        problems.push(Problem::error(Some(node.id.as_str()), "outcome_leads_nowhere", text));
    }
    flows
}

fn said(model: &Model, from: NodeIx, outcome: Option<&str>) -> String {
    let node = model.node(from);
    match outcome {
        Some(id) => {
            let name = work(node)
                .and_then(|work| work.outcome(id))
                .map_or(id, |o| o.name.as_str());
            format!("“{}”的办理结果“{name}”", node.label())
        }
        None => format!("从“{}”出来（没有办理结果）", node.label()),
    }
}

fn conditions_name_outcomes(model: &Model, walks: &Walks<'_>, problems: &mut Vec<Problem>) {
    let none = BTreeSet::new();
    for flow in model.flows() {
        let condition = flow
            .condition
            .as_ref()
            .and_then(|condition| condition.outcomes.as_ref());
        let arriving = walks.arriving.get(&flow.source).unwrap_or(&none);
        let named = condition.map_or(&[][..], |condition| &condition.outcomes);
        for outcome in named.iter().filter(|outcome| !arriving.contains(outcome.as_str())) {
            let text = format!(
                "条件里的办理结果“{outcome}”不会到达“{}”：前面的任务没有声明它，或在此之前已走了别的路。",
                model.node(flow.source).label()
            );
            problems.push(Problem::error(
                Some(flow.id.as_str()),
                "condition_outcome_unknown",
                text,
            ));
        }
    }
}

fn flows_are_taken(model: &Model, walks: &Walks<'_>, problems: &mut Vec<Problem>) {
    for ix in model.indices().filter(|ix| chooses(model, *ix)) {
        let node = model.node(ix);
        for flow in node.outgoing.iter().filter(|flow| !walks.taken.contains(flow)) {
            let id = Some(model.flow(*flow).id.as_str());
            problems.push(match node.default == Some(*flow) {
                true => {
                    let text = "默认流永远走不到：各条件已包括所有办理结果。".to_owned();
                    Problem::warning(id, "default_never_taken", text)
                }
                false => Problem::error(id, "flow_never_taken", "这条顺序流永远走不到。".to_owned()),
            });
        }
    }
}

pub(super) fn is_gateway(node: &Node) -> bool {
    matches!(&node.kind, Kind::Gateway(gateway) if !matches!(gateway, Gateway::EventBased { .. }))
}

/// Tokens wait here for others. An outcome they carried ends here: there could be several.
fn joins(node: &Node) -> bool {
    let waits = !matches!(node.kind, Kind::Gateway(Gateway::Exclusive));
    waits && is_gateway(node) && node.incoming.len() > 1
}

/// Leaves by flows whose conditions hold.
pub(super) fn chooses(model: &Model, ix: NodeIx) -> bool {
    let node = model.node(ix);
    let conditional = || node.outgoing.iter().any(|flow| model.flow(*flow).condition.is_some());
    match &node.kind {
        Kind::Gateway(Gateway::Exclusive) => true,
        Kind::Gateway(gateway) => gateway.chooses() && conditional(),
        _ => node.activity.is_some() && conditional(),
    }
}
