//! Taking what runs on one chart to another: a plan says which place becomes which; for one instance it is either refused,
//! each finding with its element and a sentence, or answered with the events that do it.
//!
//! Reading order: `plan` (which element becomes which) → `sort` (what may become what) → `places` (everything an instance
//! rests on) → `history` (what was done in law) → `crate::check::marking` (can it still end lawfully) → here.
//!
//! Chosen meanings: docs/quirks.md, “Migration”.

mod history;
mod places;
mod plan;
mod sort;

use std::collections::BTreeSet;

pub use history::History;
pub use plan::{Change, Plan, Stop, stops};

use crate::check::{LawOfPower, marking};
use crate::model::{Id, Moment};
use crate::problem::{Problem, Severity};
use crate::step::{Event, Listening, Migrated, Rules, State, carry};

/// The law that is asked whether an instance may go on on the other chart.
#[derive(Debug, Clone, Copy)]
pub struct Lawful<'a> {
    /// Type code with its procedure, e.g. `CF/ordinary`; empty: no law of order is known for it.
    pub power: &'a str,
    /// Rules of the place, beside those that are built in.
    pub local: &'a [LawOfPower],
}

/// What comes of migrating one instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Errors first: with one the instance stays where it is. The others a person should know.
    pub findings: Vec<Problem>,
    /// Applied in order; empty where it stays.
    pub events: Vec<Event>,
    /// Where it stands afterwards; where it stays: unchanged.
    pub after: State,
}

impl Answer {
    pub fn moves(&self) -> bool {
        !self.events.is_empty()
    }

    fn stays(state: &State, mut findings: Vec<Problem>) -> Answer {
        findings.sort_by_key(|problem| problem.severity);
        Answer {
            findings,
            events: Vec::new(),
            after: state.clone(),
        }
    }
}

/// Judges one instance and, if nothing speaks against it, takes it to the other chart.
pub fn migrate(
    change: &Change<'_>,
    state: &State,
    history: &History,
    law: Lawful<'_>,
    at: Moment,
    rules: &dyn Rules,
) -> Answer {
    let mut findings = change.findings().to_vec();
    if !state.begun() || state.end().is_some() {
        let text = "流程没有开始或者已经结束，没有可以迁移的。".to_owned();
        findings.push(Problem::error(None, "not_running", text));
        return Answer::stays(state, findings);
    }
    places::check(change, state, &mut findings);
    if findings.iter().any(is_error) {
        return Answer::stays(state, findings);
    }
    let moved = |forgets: bool| {
        let migrated = Migrated {
            forgets,
            ..change.migrated(state)
        };
        carried(change, state, migrated, at, rules)
    };
    let (mut events, mut after) = match moved(false) {
        Ok(moved) => moved,
        Err(problem) => {
            findings.push(*problem);
            return Answer::stays(state, findings);
        }
    };
    places::party_keeps_time(change, state, &after, &mut findings);
    let (mut found, returns) = marking::judge(change, state, &after, &history.done(), law);
    findings.append(&mut found);
    if !returns && !findings.iter().any(is_error) {
        (events, after) = match moved(true) {
            Ok(moved) => moved,
            Err(problem) => {
                findings.push(*problem);
                return Answer::stays(state, findings);
            }
        };
        let text = "迁移以前办过的环节，迁移以后不能再退回：在新流程图上退回到那里会办不下去。".to_owned();
        findings.push(Problem::warning(None, "returns_end", text));
    }
    if findings.iter().any(is_error) {
        return Answer::stays(state, findings);
    }
    findings.extend(places::remarks(change, &after, at));
    Answer {
        findings,
        events,
        after,
    }
}

fn is_error(problem: &Problem) -> bool {
    problem.severity == Severity::Error
}

fn carried(
    change: &Change<'_>,
    state: &State,
    migrated: Migrated,
    at: Moment,
    rules: &dyn Rules,
) -> Result<(Vec<Event>, State), Box<Problem>> {
    let ended: BTreeSet<Id> = change.plan().ended.iter().map(|id| Id::from(id.as_str())).collect();
    let listening = Listening {
        ended: &ended,
        new: &|ix| change.is_new(ix),
    };
    let charts = (change.before(), change.after());
    let events = carry(charts, state, migrated, &listening, at, rules).map_err(|refusal| {
        let element = refusal.element.as_deref();
        Box::new(Problem::error(element, refusal.code, refusal.message.clone()))
    })?;
    let mut after = state.clone();
    events.iter().for_each(|event| after.apply(event));
    Ok((events, after))
}
