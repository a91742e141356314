//! The order in which a reader meets the elements: each after those that lead to it unless they do so by a way back; what
//! a sub-process holds right after it. Linear, and nested only as deep as the file.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::model::{Model, NodeIx};

pub(super) fn reading_order(model: &Model) -> Vec<NodeIx> {
    let mut order = Vec::with_capacity(model.nodes().len());
    for process in model.processes() {
        inside(model, process, &mut order);
    }
    order
}

/// Recursion is bounded by the reader's depth limit.
fn inside(model: &Model, container: NodeIx, order: &mut Vec<NodeIx>) {
    let children = &model.node(container).children;
    let back = ways_back(model, children);
    let mut waits: HashMap<NodeIx, usize> = children.iter().map(|child| (*child, 0)).collect();
    for child in children {
        for next in model.successors(*child).filter(|next| !back.contains(&(*child, *next))) {
            waits.entry(next).and_modify(|count| *count += 1);
        }
    }
    let mut open: VecDeque<NodeIx> = children.iter().copied().filter(|child| waits[child] == 0).collect();
    while let Some(ix) = open.pop_front() {
        order.push(ix);
        if model.node(ix).is_container() {
            inside(model, ix, order);
        }
        for next in model.successors(ix).filter(|next| !back.contains(&(ix, *next))) {
            if let Some(count) = waits.get_mut(&next) {
                *count -= 1;
                if *count == 0 {
                    open.push_back(next);
                }
            }
        }
    }
}

/// Ways to an element that is still open in a depth-first walk: in charts built of branches and returns exactly the ways
/// back.
pub(super) fn ways_back(model: &Model, children: &[NodeIx]) -> HashSet<(NodeIx, NodeIx)> {
    let mut back = HashSet::new();
    let mut done: HashMap<NodeIx, bool> = HashMap::new();
    let first = |ix: &&NodeIx| model.node(**ix).incoming.is_empty();
    let roots = children.iter().filter(first).chain(children);
    for root in roots {
        if done.contains_key(root) {
            continue;
        }
        done.insert(*root, false);
        let mut stack = vec![(*root, model.successors(*root).collect::<Vec<_>>(), 0)];
        while let Some((ix, nexts, at)) = stack.last_mut() {
            let Some(next) = nexts.get(*at).copied() else {
                done.insert(*ix, true);
                stack.pop();
                continue;
            };
            *at += 1;
            match done.get(&next) {
                None => {
                    done.insert(next, false);
                    stack.push((next, model.successors(next).collect(), 0));
                }
                Some(false) => drop(back.insert((*ix, next))),
                Some(true) => {}
            }
        }
    }
    back
}
