//! Do 退回 and 加签 keep a flow sound? Both are done, on the states that the search has found, with every act that may be
//! returned to and every way of adding a signer; what they lead to must be known already, or be able to finish.
//!
//! A state is looked at with one history of those that lead to it. Where that many returns are too many the answer is
//! "not decided".

use super::Soundness;
use super::search::{Search, Stop, completion, outcomes};
use super::soundness::can_finish;
use crate::model::{Kind, NodeIx, TaskKind};
use crate::problem::Problem;
use crate::step::{Doer, Event, Role, State, Stimulus, Target, When, step};

/// Acts by which all open instances of one task are done, at most.
const MOST_SIGNATURES: usize = 12;

pub(super) fn check(search: &mut Search<'_>, problems: &mut Vec<Problem>) -> Soundness {
    let before = problems.len();
    let known = search.found.len();
    for looked_at in [returns(search), signers(search, known)] {
        match looked_at {
            Ok(()) => {}
            Err(Stop::TooMuch) => {
                let id = Some(search.model.node(search.process).id.as_str());
                let text = "退回、加签的情形太多，未能逐一核对；请人复核。".to_owned();
                problems.push(Problem::warning(id, "operations_not_decided", text));
                return Soundness::NotDecided;
            }
            Err(Stop::Problem(problem)) => {
                problems.push(told(*problem));
                return Soundness::Refuted;
            }
        }
    }
    let mut lost = Vec::new();
    can_finish(search, &mut lost);
    problems.extend(lost.into_iter().map(told));
    if problems.len() > before {
        Soundness::Refuted
    } else {
        Soundness::Proven
    }
}

/// Does 退回 keep what was found sound? Errors where it does not or cannot be decided.
pub(super) fn returns_keep(search: &mut Search<'_>, problems: &mut Vec<Problem>) -> Soundness {
    let before = problems.len();
    match returns(search) {
        Ok(()) => can_finish(search, problems),
        Err(Stop::Problem(problem)) => problems.push(*problem),
        Err(Stop::TooMuch) => {
            let text = "退回的情形太多，不能证明退回以后一定能办完，因此不能迁移。".to_owned();
            problems.push(Problem::error(None, "returns_not_decided", text));
            return Soundness::NotDecided;
        }
    }
    let mine = &mut problems[before..];
    mine.iter_mut().for_each(|problem| *problem = told(problem.clone()));
    match mine.is_empty() {
        true => Soundness::Proven,
        false => Soundness::Refuted,
    }
}

fn told(problem: Problem) -> Problem {
    Problem {
        message: format!("退回或者加签以后：{}", problem.message),
        code: "operation_breaks_soundness",
        ..problem
    }
}

/// Returns from every open task of every state, also of those that returns lead to.
fn returns(search: &mut Search<'_>) -> Result<(), Stop> {
    let mut at = 0;
    while at < search.found.len() {
        let state = search.found[at].state.clone();
        let first = search.found.len();
        for (instance, element) in tasks_of_people(search, &state) {
            for to in state.acts() {
                let stimulus = Stimulus::Return {
                    target: Target::Instance(instance),
                    to: to.to_owned(),
                    doer: Doer::default(),
                };
                let model = search.model;
                let possible = step(model, &state, &stimulus, 0, &super::search::Choices::default());
                if possible.is_ok() {
                    search.also(at, &stimulus, &format!("{element}→{to}"))?;
                }
            }
        }
        search.expand_from(first)?;
        at += 1;
    }
    Ok(())
}

/// Open tasks that a person holds.
fn tasks_of_people(search: &Search<'_>, state: &State) -> Vec<(u32, String)> {
    let people = |ix: NodeIx| {
        let kind = &search.model.node(ix).kind;
        matches!(kind, Kind::Task(TaskKind::User | TaskKind::Manual))
    };
    (state.instances().iter())
        .filter(|instance| matches!(instance.role, Role::Plain | Role::Iteration))
        .filter(|instance| search.model.find(instance.element.as_str()).is_some_and(people))
        .map(|instance| (instance.id, instance.element.to_string()))
        .collect()
}

/// Each task once, where it is first open, with a signer before, beside and after.
fn signers(search: &mut Search<'_>, known: usize) -> Result<(), Stop> {
    let mut seen = std::collections::BTreeSet::new();
    for at in 0..known {
        let state = search.found[at].state.clone();
        for (instance, element) in tasks_of_people(search, &state) {
            if !seen.insert(element.clone()) {
                continue;
            }
            for when in [When::Before, When::Beside, When::After] {
                let stimulus = Stimulus::AddSigners {
                    target: Target::Instance(instance),
                    who: vec!["加签人".to_owned()],
                    when,
                    doer: Doer::default(),
                };
                signed(search, &state, &stimulus, (instance, &element))?;
            }
        }
    }
    Ok(())
}

/// All sign; then the flow must stand where it would have stood without.
fn signed(search: &Search<'_>, state: &State, stimulus: &Stimulus, task: (u32, &str)) -> Result<(), Stop> {
    let (holder, element) = task;
    let broken = |why: &str| {
        let text = format!("“{}”加签以后{why}。", search.label(element));
        Stop::Problem(Box::new(Problem::error(Some(element), "signers", text)))
    };
    let whole = state.instance(holder).map(|instance| instance.parent);
    let mut state = taken(search, state, stimulus).map_err(|why| broken(&format!("办不下去：{why}")))?;
    let outcome = search.model.find(element).map(|ix| outcomes(search.model, ix));
    let outcome = outcome.and_then(|outcomes| outcomes.first().cloned());
    for _ in 0..MOST_SIGNATURES {
        let open: Vec<u32> = (state.instances().iter())
            .filter(|instance| *instance.element.as_str() == *element)
            .filter(|instance| match instance.role {
                Role::Signer { .. } => true,
                Role::Iteration => Some(instance.parent) == whole,
                _ => instance.id == holder,
            })
            .map(|instance| instance.id)
            .collect();
        if open.is_empty() {
            let stands = search.knows(&state);
            return if stands {
                Ok(())
            } else {
                Err(broken("走不回原来的流程"))
            };
        }
        let next = open
            .iter()
            .find_map(|id| taken(search, &state, &completion(*id, outcome.as_deref())).ok());
        state = next.ok_or_else(|| broken("没有人能签完"))?;
    }
    Err(broken("签不完"))
}

fn taken(search: &Search<'_>, state: &State, stimulus: &Stimulus) -> Result<State, String> {
    let choices = super::search::Choices::default();
    let events: Vec<Event> =
        step(search.model, state, stimulus, 0, &choices).map_err(|refusal| refusal.message.clone())?;
    let mut after = state.clone();
    for event in &events {
        after.apply(event);
    }
    Ok(after)
}
