//! Everything can be reached from the start and can reach an end, and no way runs in circles without a task.

use crate::problem::Problem;
use crate::thin::check::paths;
use crate::thin::model::{Model, NodeIx, NodeKind};

pub(super) fn check(model: &Model, problems: &mut Vec<Problem>) {
    let from_start = paths::reachable(model, model.starts(), Model::successors_of);
    let is_end = |ix: &NodeIx| matches!(model.node(*ix).kind, NodeKind::End { .. });
    let ends = model.node_indices().filter(is_end);
    let to_end = paths::reachable(model, ends, Model::predecessors_of);
    for ix in model.node_indices() {
        if super::enough(problems) {
            return;
        }
        let node = model.node(ix);
        if !from_start[ix.0] {
            let text = format!("从开始事件走不到“{}”。", node.label());
            problems.push(Problem::error(Some(&node.id), "unreachable", text));
        } else if !to_end[ix.0] {
            let text = format!("从“{}”走不到任何结束事件，案件会停在这里。", node.label());
            let path = paths::shortest_from_start(model, ix);
            problems.push(Problem::error(Some(&node.id), "cannot_end", text).with_path(path));
        }
    }
    if let Some(ring) = paths::ring_without_task(model) {
        let ids: Vec<String> = ring.iter().map(|ix| model.node(*ix).id.clone()).collect();
        let text = "这些网关首尾相连、中间没有任务，流程会空转不停。".to_owned();
        problems
            .push(Problem::error(ids.first().map(String::as_str), "loop_without_task", text).with_path(ids.clone()));
    }
}
