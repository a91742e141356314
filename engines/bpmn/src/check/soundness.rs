//! Can it always finish, does it leave nothing behind, is nothing dead?

use std::collections::{HashSet, VecDeque};

use super::Soundness;
use super::search::{Search, Stop};
use crate::model::{Gateway, Kind, Model, NodeIx, Place, SubKind, Trigger};
use crate::problem::Problem;

/// Whether a process is sound; with the states found, if all could be looked at.
pub(super) fn check<'a>(
    model: &'a Model,
    process: NodeIx,
    problems: &mut Vec<Problem>,
) -> (Soundness, Option<Search<'a>>) {
    let mut search = Search::new(model, process);
    let before = problems.len();
    match search.run() {
        Ok(()) => {
            can_finish(&search, problems);
            nothing_dead(&search, problems);
            ways_are_taken(&search, problems);
        }
        Err(Stop::Problem(problem)) => {
            problems.push(*problem);
            return (Soundness::Refuted, None);
        }
        Err(Stop::TooMuch) => {
            let id = Some(model.node(process).id.as_str());
            let text = "情形太多，未能证明流程总能办完；请减少并行分支，或请人复核。".to_owned();
            problems.push(Problem::warning(id, "soundness_not_decided", text));
            return (Soundness::NotDecided, None);
        }
    }
    if problems.len() > before {
        (Soundness::Refuted, Some(search))
    } else {
        (Soundness::Proven, Some(search))
    }
}

/// Every state found must lead to one that has ended.
pub(super) fn can_finish(search: &Search<'_>, problems: &mut Vec<Problem>) {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); search.found.len()];
    for passage in &search.passages {
        before[passage.to].extend(passage.from);
    }
    let mut finishes = vec![false; search.found.len()];
    let ended = (0..search.found.len()).filter(|at| search.found[*at].state.end().is_some());
    let mut open: VecDeque<usize> = ended.collect();
    while let Some(at) = open.pop_front() {
        if !std::mem::replace(&mut finishes[at], true) {
            open.extend(&before[at]);
        }
    }
    let Some(lost) = finishes.iter().position(|finishes| !finishes) else {
        return;
    };
    let state = &search.found[lost].state;
    let element = state
        .instances()
        .last()
        .map_or("", |instance| instance.element.as_str());
    let text = "走到这里以后，无论怎样办理，流程都不能结束。".to_owned();
    problems.push(Problem::error(Some(element), "cannot_finish", text).with_path(search.way_to(lost)));
}

fn nothing_dead(search: &Search<'_>, problems: &mut Vec<Problem>) {
    let model = search.model;
    for ix in model.indices().filter(|ix| model.process_of(*ix) == search.process) {
        let node = model.node(ix);
        let on_demand = match &node.kind {
            Kind::Process { .. } | Kind::Sub(SubKind::Event) => true,
            // What is thrown by others' work or undone on demand is not known to come.
            Kind::Event(event) => {
                matches!(event.place, Place::Boundary | Place::Start) && event.triggers.iter().any(rarely)
            }
            _ => node.activity.as_ref().is_some_and(|a| a.for_compensation),
        };
        if on_demand || search.entered.contains(&ix) || behind_rare(model, ix) {
            continue;
        }
        let text = format!("“{}”在任何情形下都走不到。", node.label());
        problems.push(Problem::error(Some(node.id.as_str()), "dead", text));
    }
}

/// Of a gateway that outcomes decide: a way that no outcome takes is a slip of the pen in its condition.
fn ways_are_taken(search: &Search<'_>, problems: &mut Vec<Problem>) {
    let model = search.model;
    for ix in model.indices().filter(|ix| search.entered.contains(ix)) {
        let node = model.node(ix);
        let chooses = matches!(node.kind, Kind::Gateway(Gateway::Exclusive | Gateway::Inclusive));
        if !chooses || node.outgoing.len() < 2 || model.process_of(ix) != search.process {
            continue;
        }
        for flow in node.outgoing.iter().filter(|flow| !search.taken.contains(flow)) {
            let id = Some(model.flow(*flow).id.as_str());
            problems.push(if node.default == Some(*flow) {
                let text = "默认流永远走不到：各条件已包括所有办理结果。".to_owned();
                Problem::warning(id, "default_never_taken", text)
            } else {
                let text = format!("没有一种办理结果会从“{}”走这一条。", node.label());
                Problem::error(id, "flow_never_taken", text)
            });
        }
    }
}

/// Reached only by what is not known to come.
fn behind_rare(model: &Model, ix: NodeIx) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![ix];
    while let Some(at) = open.pop() {
        if !seen.insert(at) {
            continue;
        }
        let node = model.node(at);
        if node
            .event()
            .is_some_and(|event| event.triggers.iter().any(rarely) && node.incoming.is_empty())
        {
            return true;
        }
        if node.kind == Kind::Sub(SubKind::Event) {
            return true;
        }
        open.extend(node.incoming.iter().map(|flow| model.flow(*flow).source));
        open.extend(node.parent.filter(|parent| model.node(*parent).parent.is_some()));
    }
    false
}

fn rarely(trigger: &Trigger) -> bool {
    matches!(
        trigger,
        Trigger::Error { .. } | Trigger::Escalation { .. } | Trigger::Compensate { .. } | Trigger::Cancel
    )
}
