//! Each outcome of each task leads somewhere, by exactly one way; each way is taken by some outcome.

use std::collections::{BTreeMap, BTreeSet};

use crate::problem::Problem;
use crate::thin::check::paths;
use crate::thin::model::{Condition, FlowIx, Model, Node, NodeIx, NodeKind};
use crate::thin::step;

pub(super) fn check(model: &Model, problems: &mut Vec<Problem>) {
    let mut walks = Walks::default();
    for ix in model.node_indices() {
        if super::enough(problems) {
            return;
        }
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

/// A start, a task without outcomes and a joining gateway send a token on with none.
fn outcomes_leaving(model: &Model, ix: NodeIx) -> Vec<Option<&str>> {
    let node = model.node(ix);
    match &node.kind {
        NodeKind::Task(task) if !task.outcomes.is_empty() => {
            task.outcomes.iter().map(|o| Some(o.id.as_str())).collect()
        }
        NodeKind::Start | NodeKind::Task(_) => vec![None],
        _ if node.joins() => vec![None],
        _ => Vec::new(),
    }
}

/// Follows one outcome to the next tasks, joins and ends. Terminates: rings without a task were refused before, and
/// each gateway is passed once.
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
        if model.node(at).kind.chooses()
            && let Some(outcome) = outcome
        {
            walks.arriving.entry(at).or_default().insert(outcome);
        }
        for flow in ways(model, at, from, outcome, problems) {
            walks.taken.insert(flow);
            let target = model.flow(flow).target;
            let node = model.node(target);
            if node.kind.is_gateway() && !node.joins() && passed.insert(target) {
                open.push(target);
            }
        }
    }
}

/// Tasks and ends that an outcome of a task leads to, through joins that would have to wait.
pub(crate) fn next_rests<'a>(model: &'a Model, task: &str, outcome: Option<&str>) -> Vec<&'a Node> {
    let Some(from) = model.node_by_id(task) else {
        return Vec::new();
    };
    let mut rests = Vec::new();
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![(from, outcome)];
    while let Some((at, outcome)) = open.pop() {
        let ways = step::ways_out(model, at, outcome);
        let most = match model.node(at).kind {
            NodeKind::Exclusive { .. } => 1,
            _ => ways.len(),
        };
        for flow in ways.into_iter().take(most).rev() {
            let target = model.flow(flow).target;
            let node = model.node(target);
            if !node.kind.is_gateway() {
                rests.push((target, node));
            } else if seen.insert(target) {
                open.push((target, outcome.filter(|_| !node.joins())));
            }
        }
    }
    rests.sort_by_key(|(ix, _)| *ix);
    rests.dedup_by_key(|(ix, _)| *ix);
    rests.into_iter().map(|(_, node)| node).collect()
}

fn ways(model: &Model, at: NodeIx, from: NodeIx, outcome: Option<&str>, problems: &mut Vec<Problem>) -> Vec<FlowIx> {
    let node = model.node(at);
    let mut ways = step::ways_out(model, at, outcome);
    let exclusive = matches!(node.kind, NodeKind::Exclusive { .. });
    if exclusive && let [first, second, ..] = ways[..] {
        let text = format!(
            "{}在“{}”同时满足两条顺序流（{}、{}）的条件，应只满足一条。",
            said(model, from, outcome),
            node.label(),
            model.flow(first).id,
            model.flow(second).id
        );
        let path = way(model, from, at);
        problems.push(Problem::error(Some(&node.id), "conditions_overlap", text).with_path(path));
        ways.truncate(1);
    }
    if ways.is_empty() {
        let text = format!(
            "{}在“{}”没有去处：请补一条条件，或设默认流。",
            said(model, from, outcome),
            node.label()
        );
        let path = way(model, from, at);
        problems.push(Problem::error(Some(&node.id), "outcome_leads_nowhere", text).with_path(path));
    }
    ways
}

fn said(model: &Model, from: NodeIx, outcome: Option<&str>) -> String {
    let node = model.node(from);
    let name = |id: &str| {
        let outcome = node.task().and_then(|task| task.outcome(id));
        outcome.map_or_else(|| id.to_owned(), |outcome| outcome.name.clone())
    };
    match outcome {
        Some(id) => format!("“{}”的办理结果“{}”", node.label(), name(id)),
        None => format!("从“{}”出来（没有办理结果）", node.label()),
    }
}

fn way(model: &Model, from: NodeIx, to: NodeIx) -> Vec<String> {
    let mut path = paths::shortest_from_start(model, from);
    path.extend(paths::shortest(model, from, to).into_iter().skip(1));
    path
}

fn conditions_name_outcomes(model: &Model, walks: &Walks<'_>, problems: &mut Vec<Problem>) {
    let none = BTreeSet::new();
    for flow in model.flows() {
        let Some(Condition { outcomes }) = &flow.condition else {
            continue;
        };
        let arriving = walks.arriving.get(&flow.source).unwrap_or(&none);
        for outcome in outcomes.iter().filter(|o| !arriving.contains(o.as_str())) {
            let text = format!(
                "条件里的办理结果“{outcome}”不会到达“{}”：前面的任务没有声明它，或在此之前已走了别的路。",
                model.node(flow.source).label()
            );
            problems.push(Problem::error(Some(&flow.id), "condition_outcome_unknown", text));
        }
    }
}

fn flows_are_taken(model: &Model, walks: &Walks<'_>, problems: &mut Vec<Problem>) {
    for (index, flow) in model.flows().iter().enumerate() {
        if walks.taken.contains(&FlowIx(index)) {
            continue;
        }
        let source = &model.node(flow.source).kind;
        let is_default = source.default_flow() == Some(FlowIx(index));
        if is_default {
            let text = "默认流永远走不到：各条件已包括所有办理结果。".to_owned();
            problems.push(Problem::warning(Some(&flow.id), "default_never_taken", text));
        } else {
            let text = "这条顺序流永远走不到。".to_owned();
            problems.push(Problem::error(Some(&flow.id), "flow_never_taken", text));
        }
    }
}
