//! Rules about single elements and their neighbours.

use crate::problem::Problem;
use crate::thin::model::{Model, Node, NodeIx, NodeKind};

pub(super) fn check(model: &Model, problems: &mut Vec<Problem>) {
    starts_and_ends(model, problems);
    for ix in model.node_indices() {
        connections(model, ix, problems);
        if let NodeKind::Task(_) = model.node(ix).kind {
            task(model, ix, problems);
        }
        if model.node(ix).kind.chooses() {
            choosing(model, ix, problems);
        }
    }
    conditions_only_at_gateways(model, problems);
    lanes(model, problems);
}

fn starts_and_ends(model: &Model, problems: &mut Vec<Problem>) {
    let starts: Vec<NodeIx> = model.starts().collect();
    if starts.is_empty() {
        let text = "流程没有开始事件。".to_owned();
        problems.push(Problem::error(Some(model.process_id()), "no_start", text));
    }
    for further in starts.iter().skip(1) {
        let text = "流程只能有一个开始事件。".to_owned();
        problems.push(Problem::error(Some(&model.node(*further).id), "several_starts", text));
    }
    let is_end = |node: &Node| matches!(node.kind, NodeKind::End { .. });
    if !model.nodes().iter().any(is_end) {
        let text = "流程没有结束事件。".to_owned();
        problems.push(Problem::error(Some(model.process_id()), "no_end", text));
    }
}

fn connections(model: &Model, ix: NodeIx, problems: &mut Vec<Problem>) {
    let node = model.node(ix);
    let mut error = |code, text: &str| {
        problems.push(Problem::error(
            Some(&node.id),
            code,
            format!("“{}”{text}", node.label()),
        ));
    };
    let (into, out) = (node.incoming.len(), node.outgoing.len());
    let is_start = matches!(node.kind, NodeKind::Start);
    let is_end = matches!(node.kind, NodeKind::End { .. });
    if is_start && into > 0 {
        error("start_has_incoming", "是开始事件，不能有流入的顺序流。");
    }
    if is_end && out > 0 {
        error("end_has_outgoing", "是结束事件，不能有流出的顺序流。");
    }
    if !is_start && into == 0 {
        error("no_incoming", "没有流入的顺序流，永远到不了。");
    }
    if !is_end && out == 0 {
        error("no_outgoing", "没有流出的顺序流，到这里就停住了。");
    }
    let splits = matches!(node.kind, NodeKind::Start | NodeKind::Task(_)) && out > 1;
    if splits {
        error(
            "implicit_split",
            "流出不止一条顺序流，等于同时走几路，请在后面加网关写明：并行网关都走，排他网关选一路。",
        );
    }
}

fn task(model: &Model, ix: NodeIx, problems: &mut Vec<Problem>) {
    let node = model.node(ix);
    let Some(task) = node.task() else { return };
    if node.name.is_empty() {
        let text = "任务没有名称。".to_owned();
        problems.push(Problem::error(Some(&node.id), "name_missing", text));
    }
    // R63: routing steps are fixed in posts; a task of no post would be offered to nobody.
    if task.posts.is_empty() {
        let text = format!("任务“{}”没有指定岗位（candidateGroups）。", node.label());
        problems.push(Problem::error(Some(&node.id), "post_missing", text));
    }
}

fn choosing(model: &Model, ix: NodeIx, problems: &mut Vec<Problem>) {
    let node = model.node(ix);
    let default = node.kind.default_flow();
    let diverges = node.outgoing.len() > 1;
    for flow_ix in &node.outgoing {
        let flow = model.flow(*flow_ix);
        let is_default = default == Some(*flow_ix);
        if diverges && !is_default && flow.condition.is_none() {
            let text = format!("从“{}”出发的这条顺序流既没有条件，也不是默认流。", node.label());
            problems.push(Problem::error(Some(&flow.id), "condition_missing", text));
        }
        if is_default && flow.condition.is_some() {
            let text = "默认流不能再写条件。".to_owned();
            problems.push(Problem::error(Some(&flow.id), "default_has_condition", text));
        }
    }
}

fn conditions_only_at_gateways(model: &Model, problems: &mut Vec<Problem>) {
    for flow in model.flows() {
        if flow.condition.is_some() && !model.node(flow.source).kind.chooses() {
            let text = "条件只能写在排他网关或包容网关流出的顺序流上。".to_owned();
            problems.push(Problem::error(Some(&flow.id), "condition_off_gateway", text));
        }
    }
}

/// Lanes show posts, candidate groups bind them: both must tell the same.
fn lanes(model: &Model, problems: &mut Vec<Problem>) {
    for (index, lane) in model.lanes().iter().enumerate() {
        if lane.name.is_empty() {
            let text = "泳道没有名称。".to_owned();
            problems.push(Problem::warning(Some(&lane.id), "lane_name_missing", text));
        }
        if lane.posts.len() > 1 {
            let text = format!(
                "泳道“{}”里的任务指派给不同的岗位：{}。一个泳道应对应一个岗位。",
                lane.name,
                lane.posts.join("、")
            );
            problems.push(Problem::warning(Some(&lane.id), "lane_posts_differ", text));
        }
        let shared = |post: &&String| {
            let earlier = &model.lanes()[..index];
            earlier.iter().any(|other| other.posts.contains(post))
        };
        for post in lane.posts.iter().filter(shared) {
            let text = format!("岗位“{post}”的任务分在了不止一个泳道。");
            problems.push(Problem::warning(Some(&lane.id), "post_in_two_lanes", text));
        }
    }
    if model.lanes().is_empty() {
        return;
    }
    for node in model.nodes().iter().filter(|node| node.lane.is_none()) {
        let text = format!("“{}”没有放进任何泳道。", node.label());
        problems.push(Problem::warning(Some(&node.id), "outside_lanes", text));
    }
}
