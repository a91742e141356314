//! Each outcome of each task leads somewhere, by exactly one way; each way is taken by some outcome.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::paths;
use crate::model::{Condition, FlowIx, Model, Node, NodeIx, NodeKind};
use crate::problem::Problem;

pub(super) fn check(model: &Model, problems: &mut Vec<Problem>) {
    let mut walks = Walks::default();
    for ix in model.node_indices() {
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

/// A start or a task without outcomes sends its token on with none.
fn outcomes_leaving(model: &Model, ix: NodeIx) -> Vec<Option<&str>> {
    match &model.node(ix).kind {
        NodeKind::Task(task) if !task.outcomes.is_empty() => {
            task.outcomes.iter().map(|o| Some(o.id.as_str())).collect()
        }
        NodeKind::Start | NodeKind::Task(_) => vec![None],
        NodeKind::End { .. } | NodeKind::Exclusive { .. } => Vec::new(),
    }
}

/// Follows one outcome to the next task or end. Terminates: rings without a task were refused before.
fn walk<'a>(
    model: &'a Model,
    from: NodeIx,
    outcome: Option<&'a str>,
    walks: &mut Walks<'a>,
    problems: &mut Vec<Problem>,
) {
    let mut at = from;
    loop {
        let gateway = matches!(model.node(at).kind, NodeKind::Exclusive { .. });
        if gateway && let Some(outcome) = outcome {
            walks.arriving.entry(at).or_default().insert(outcome);
        }
        let Some(flow) = choose(model, at, from, outcome, problems) else {
            return;
        };
        walks.taken.insert(flow);
        at = model.flow(flow).target;
        if !matches!(model.node(at).kind, NodeKind::Exclusive { .. }) {
            return;
        }
    }
}

/// The task or end that a task's outcome leads to; none if it leads nowhere.
pub(crate) fn next_rest<'a>(model: &'a Model, task: &str, outcome: Option<&str>) -> Option<&'a Node> {
    let mut at = model.node_by_id(task)?;
    for _ in model.node_indices() {
        let flow = match model.node(at).kind {
            NodeKind::Exclusive { default } => crate::step::holding(model, at, outcome).first().copied().or(default),
            _ => model.node(at).outgoing.first().copied(),
        };
        at = model.flow(flow?).target;
        if !matches!(model.node(at).kind, NodeKind::Exclusive { .. }) {
            return Some(model.node(at));
        }
    }
    None
}

fn choose(
    model: &Model,
    at: NodeIx,
    from: NodeIx,
    outcome: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Option<FlowIx> {
    let node = model.node(at);
    let NodeKind::Exclusive { default } = node.kind else {
        return node.outgoing.first().copied();
    };
    let holding = crate::step::holding(model, at, outcome);
    if let [first, second, ..] = holding[..] {
        let text = format!(
            "{}在“{}”同时满足两条顺序流（{}、{}）的条件，应只满足一条。",
            said(model, from, outcome),
            node.label(),
            model.flow(first).id,
            model.flow(second).id
        );
        let path = way(model, from, at);
        problems.push(Problem::error(Some(&node.id), "conditions_overlap", text).with_path(path));
    }
    let chosen = holding.first().copied().or(default);
    if chosen.is_none() {
        let text = format!(
            "{}在“{}”没有去处：请补一条条件，或设默认流。",
            said(model, from, outcome),
            node.label()
        );
        let path = way(model, from, at);
        problems.push(Problem::error(Some(&node.id), "outcome_leads_nowhere", text).with_path(path));
    }
    chosen
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
        let NodeKind::Exclusive { default } = model.node(flow.source).kind else {
            continue;
        };
        let is_default = default == Some(FlowIx(index));
        if is_default {
            let text = "默认流永远走不到：各条件已包括所有办理结果。".to_owned();
            problems.push(Problem::warning(Some(&flow.id), "default_never_taken", text));
        } else {
            let text = "这条顺序流永远走不到。".to_owned();
            problems.push(Problem::error(Some(&flow.id), "flow_never_taken", text));
        }
    }
}
