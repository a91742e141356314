//! Walks over the graph of a model. All are iterative and linear, so that size alone never hurts.

use std::collections::VecDeque;

use serde::Serialize;

use crate::thin::model::{LimitUnit, Model, NodeIx, NodeKind};

/// The longest way by the limits of the steps, each loop gone round once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LongestPath {
    pub working_days: u32,
    /// Ids of the tasks on that way, in order.
    pub tasks: Vec<String>,
    /// Ways back (退回, 补正): ids of the flow's source and target. Going round again takes more time than counted.
    pub loops: Vec<(String, String)>,
    /// Tasks with a limit in another unit; not part of the sum.
    pub other_units: Vec<String>,
    /// Tasks without a limit; they count as 0.
    pub without_limit: Vec<String>,
}

impl Model {
    /// Sum of the step limits in working days on the longest way from the start to an end.
    pub fn longest_path_working_days(&self) -> LongestPath {
        let start = self.starts().next();
        self.longest(start, |ix| matches!(self.node(ix).kind, NodeKind::End { .. }))
    }

    /// The same between two elements, both counted; none if an id is unknown or no way leads there.
    pub fn longest_path_between(&self, from: &str, to: &str) -> Option<LongestPath> {
        let (from, to) = (self.node_by_id(from)?, self.node_by_id(to)?);
        let way_there = reachable(self, [to].into_iter(), Model::predecessors_of);
        way_there[from.0].then(|| self.longest(Some(from), |ix| ix == to))
    }

    fn longest(&self, from: Option<NodeIx>, stops: impl Fn(NodeIx) -> bool) -> LongestPath {
        let order = forward_order(self);
        let back = backward_flows(self);
        let mut best: Vec<Option<(u32, Option<NodeIx>)>> = vec![None; self.nodes().len()];
        if let Some(from) = from {
            best[from.0] = Some((working_days(self, from), None));
        }
        for ix in &order {
            let Some((days, _)) = best[ix.0] else {
                continue;
            };
            for flow in self.node(*ix).outgoing.iter().filter(|flow| !back[flow.0]) {
                let target = self.flow(*flow).target;
                let sum = days.saturating_add(working_days(self, target));
                if best[target.0].is_none_or(|(known, _)| sum > known) {
                    best[target.0] = Some((sum, Some(*ix)));
                }
            }
        }
        let candidates = order.iter().filter(|ix| stops(**ix));
        let last = candidates.filter(|ix| best[ix.0].is_some()).max_by_key(|ix| best[ix.0]);
        let mut path = Vec::new();
        let mut at = last.copied();
        while let Some(ix) = at {
            path.push(ix);
            at = best[ix.0].and_then(|(_, before)| before);
        }
        path.reverse();
        let days = last.and_then(|ix| best[ix.0]).map_or(0, |(days, _)| days);
        self.described(days, &path, &back)
    }

    fn described(&self, working_days: u32, path: &[NodeIx], back: &[bool]) -> LongestPath {
        let ids = |keep: &dyn Fn(&crate::thin::model::Task) -> bool| -> Vec<String> {
            let tasks = path.iter().filter_map(|ix| self.node(*ix).task());
            tasks.filter(|task| keep(task)).map(|task| task.id.clone()).collect()
        };
        let loops = self.flows().iter().zip(back).filter(|(_, back)| **back);
        let ends =
            |flow: &crate::thin::model::Flow| (self.node(flow.source).id.clone(), self.node(flow.target).id.clone());
        let unit = |task: &crate::thin::model::Task| task.limit.as_ref().map(|limit| limit.unit());
        LongestPath {
            working_days,
            tasks: ids(&|_| true),
            loops: loops.map(|(flow, _)| ends(flow)).collect(),
            other_units: ids(&|t| unit(t).is_some_and(|unit| unit != LimitUnit::WorkingDay)),
            without_limit: ids(&|t| unit(t).is_none()),
        }
    }

    pub(crate) fn successors_of(&self, ix: NodeIx) -> Vec<NodeIx> {
        self.successors(ix).collect()
    }

    pub(crate) fn predecessors_of(&self, ix: NodeIx) -> Vec<NodeIx> {
        self.predecessors(ix).collect()
    }
}

fn working_days(model: &Model, ix: NodeIx) -> u32 {
    let limit = model.node(ix).task().and_then(|task| task.limit.as_ref());
    let counted = limit.filter(|limit| limit.unit() == LimitUnit::WorkingDay);
    counted.map_or(0, |limit| limit.amount)
}

pub fn reachable(
    model: &Model,
    from: impl Iterator<Item = NodeIx>,
    next: fn(&Model, NodeIx) -> Vec<NodeIx>,
) -> Vec<bool> {
    let mut seen = vec![false; model.nodes().len()];
    let mut open: Vec<NodeIx> = from.collect();
    while let Some(ix) = open.pop() {
        if !std::mem::replace(&mut seen[ix.0], true) {
            open.extend(next(model, ix));
        }
    }
    seen
}

/// Ids along a shortest way, both ends included; empty if there is none.
pub fn shortest(model: &Model, from: NodeIx, to: NodeIx) -> Vec<String> {
    let mut before: Vec<Option<NodeIx>> = vec![None; model.nodes().len()];
    let mut open = VecDeque::from([from]);
    while let Some(ix) = open.pop_front() {
        if ix == to {
            break;
        }
        for next in model.successors(ix) {
            if next != from && before[next.0].is_none() {
                before[next.0] = Some(ix);
                open.push_back(next);
            }
        }
    }
    if from != to && before[to.0].is_none() {
        return Vec::new();
    }
    let mut path = vec![to];
    while let Some(ix) = before[path[path.len() - 1].0] {
        path.push(ix);
    }
    path.iter().rev().map(|ix| model.node(*ix).id.clone()).collect()
}

pub fn shortest_from_start(model: &Model, to: NodeIx) -> Vec<String> {
    let start = model.starts().next();
    start.map_or_else(Vec::new, |start| shortest(model, start, to))
}

/// Per flow: does it lead back to an element that is still open in a depth-first walk from the start? In charts
/// built of branches and returns these are exactly the ways back.
pub fn backward_flows(model: &Model) -> Vec<bool> {
    Walk::new(model).backward
}

/// All nodes, each after those that lead to it by a forward flow; nodes nothing leads to come last.
pub fn forward_order(model: &Model) -> Vec<NodeIx> {
    let back = backward_flows(model);
    let mut waits: Vec<usize> = vec![0; model.nodes().len()];
    for (flow, _) in model.flows().iter().zip(&back).filter(|(_, back)| !**back) {
        waits[flow.target.0] += 1;
    }
    let starts = model.starts().chain(model.node_indices().filter(|ix| waits[ix.0] == 0));
    let mut open: VecDeque<NodeIx> = VecDeque::new();
    let mut queued = vec![false; model.nodes().len()];
    for ix in starts {
        if waits[ix.0] == 0 && !std::mem::replace(&mut queued[ix.0], true) {
            open.push_back(ix);
        }
    }
    let mut order = Vec::with_capacity(waits.len());
    while let Some(ix) = open.pop_front() {
        order.push(ix);
        for flow in model.node(ix).outgoing.iter().filter(|flow| !back[flow.0]) {
            let target = model.flow(*flow).target;
            waits[target.0] -= 1;
            if waits[target.0] == 0 {
                open.push_back(target);
            }
        }
    }
    order
}

/// A ring that passes no task, if there is one: the step function would never come to rest in it.
pub fn ring_without_task(model: &Model) -> Option<Vec<NodeIx>> {
    let passes = |ix: NodeIx| !matches!(model.node(ix).kind, NodeKind::Task(_));
    let inner = |ix: NodeIx| model.predecessors(ix).filter(move |p| passes(*p));
    // Peel off what has no way in from another passing node; what remains lies on or behind a ring.
    let mut waits: Vec<usize> = model.node_indices().map(|ix| inner(ix).count()).collect();
    let mut open: Vec<NodeIx> = model
        .node_indices()
        .filter(|ix| passes(*ix) && waits[ix.0] == 0)
        .collect();
    let mut left: Vec<bool> = model.node_indices().map(passes).collect();
    while let Some(ix) = open.pop() {
        left[ix.0] = false;
        for next in model.successors(ix).filter(|next| passes(*next)) {
            waits[next.0] -= 1;
            if waits[next.0] == 0 {
                open.push(next);
            }
        }
    }
    let first = model.node_indices().find(|ix| left[ix.0])?;
    // Each node left has a predecessor left: walking back must meet itself.
    let mut trail = vec![first];
    loop {
        let at = trail[trail.len() - 1];
        let before = model.predecessors(at).find(|p| left[p.0])?;
        if let Some(met) = trail.iter().position(|ix| *ix == before) {
            let mut ring = trail.split_off(met);
            ring.reverse();
            // Told from the element that comes first in the file.
            let first = (0..ring.len()).min_by_key(|at| ring[*at]).unwrap_or(0);
            ring.rotate_left(first);
            return Some(ring);
        }
        trail.push(before);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Depth-first from the start, then from whatever it left out.
struct Walk {
    marks: Vec<Mark>,
    backward: Vec<bool>,
}

impl Walk {
    fn new(model: &Model) -> Walk {
        let mut walk = Walk {
            marks: vec![Mark::New; model.nodes().len()],
            backward: vec![false; model.flows().len()],
        };
        for root in model.starts().chain(model.node_indices()) {
            walk.from(model, root);
        }
        walk
    }

    fn from(&mut self, model: &Model, root: NodeIx) {
        if self.marks[root.0] != Mark::New {
            return;
        }
        self.marks[root.0] = Mark::Open;
        let mut stack = vec![(root, 0)];
        while let Some((ix, next)) = stack.last_mut() {
            let Some(flow) = model.node(*ix).outgoing.get(*next) else {
                self.marks[ix.0] = Mark::Done;
                stack.pop();
                continue;
            };
            *next += 1;
            let target = model.flow(*flow).target;
            match self.marks[target.0] {
                Mark::New => {
                    self.marks[target.0] = Mark::Open;
                    stack.push((target, 0));
                }
                Mark::Open => self.backward[flow.0] = true,
                Mark::Done => {}
            }
        }
    }
}
