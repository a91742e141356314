//! Proofs about one instance: from where it stands, can it always end, and does it end lawfully, given what was done?
//!
//! For a migration both charts are looked at from the same standing: what the law asks absolutely is asked of the chart
//! after; what a party could count on is compared (no retroactive harm, 立法法 104, a reading).

use serde::Deserialize;

use super::Soundness;
use super::law::{self, LawOfPower, LawRule, any_done};
use super::operations;
use super::order::{self, Ways};
use super::search::{Search, Stop};
use super::soundness::can_finish;
use crate::migrate::{Change, Lawful};
use crate::model::{Model, NodeIx};
use crate::problem::Problem;
use crate::step::State;

/// An act that was done, by its key in law, with its outcome where the task had any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub act: String,
    pub outcome: Option<String>,
}

/// Acts by which something is decided about the party or done to it: what it may say comes before.
const DECIDING: [&str; 8] = [
    "decide",
    "decide_jointly",
    "answer",
    "seal",
    "detain",
    "freeze",
    "dispose",
    "execute",
];

/// What the party may count on while its case runs (`rights.json`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Right {
    acts: Vec<String>,
    says: String,
    basis: String,
}

impl Right {
    fn each(&self) -> impl Iterator<Item = (&String, &str, &str)> {
        self.acts
            .iter()
            .map(|act| (act, self.says.as_str(), self.basis.as_str()))
    }
}

fn rights() -> Vec<Right> {
    serde_json::from_str(include_str!("rights.json")).expect("the file is part of this program")
}

/// Whether `after` on the chart after may follow `before` on the chart before. Errors speak against it; false: acts done so
/// far cannot be returned to there.
pub(crate) fn judge(
    change: &Change<'_>,
    before: &State,
    after: &State,
    history: &[Done],
    law: Lawful<'_>,
) -> (Vec<Problem>, bool) {
    let mut problems = Vec::new();
    let Some(mut future) = sound(change.after(), after, &mut problems) else {
        return (problems, true);
    };
    // A chart that is not sound itself gives nothing to compare with.
    let past = sound(change.before(), before, &mut Vec::new());
    let built_in = law::law();
    let applying = law::that_apply(built_in.iter().chain(law.local), law.power);
    for rule in applying.flat_map(|entry: &LawOfPower| &entry.rules) {
        lawful(rule, past.as_ref(), &future, history, &mut problems);
    }
    if let Some(past) = &past {
        rights_stay(past, &future, history, &mut problems);
    }
    if !problems.is_empty() {
        return (problems, true);
    }
    if operations::returns_keep(&mut future, &mut Vec::new()) == Soundness::Proven {
        return (problems, true);
    }
    let mut forgetful = after.clone();
    forgetful.trail.clear();
    if let Some(mut future) = sound(change.after(), &forgetful, &mut problems) {
        operations::returns_keep(&mut future, &mut problems);
    }
    (problems, false)
}

/// Everything that can follow from a state, if it can always end.
fn sound<'a>(model: &'a Model, state: &State, problems: &mut Vec<Problem>) -> Option<Search<'a>> {
    let process = state
        .process
        .as_ref()
        .and_then(|process| model.find(process.as_str()))?;
    let mut search = Search::from(model, process, state.for_proof());
    let before = problems.len();
    match search.expand_from(0) {
        Ok(()) => can_finish(&search, problems),
        Err(Stop::Problem(problem)) => problems.push(*problem),
        Err(Stop::TooMuch) => {
            let text = "情形太多，不能证明从这里一定能办完，因此不能迁移。".to_owned();
            problems.push(Problem::error(None, "migration_not_decided", text));
        }
    }
    (problems.len() == before).then_some(search)
}

fn lawful(
    rule: &LawRule,
    past: Option<&Search<'_>>,
    future: &Search<'_>,
    history: &[Done],
    problems: &mut Vec<Problem>,
) {
    match rule {
        LawRule::Before { .. } | LawRule::After { .. } => {
            order::check(rule, &Ways::after(future, history), problems);
        }
        // Who may do which was proven of the whole chart.
        LawRule::Apart { .. } => {}
        LawRule::Has { needs, says, basis } => {
            let was_coming = past.is_some_and(|past| comes(past, needs).is_some());
            let done = history.iter().any(|done| order::was(needs, done));
            if was_coming && !done && comes(future, needs).is_none() {
                let text = format!("按现行流程图还会经过、按新流程图不再经过：{says}（{basis}）。");
                problems.push(Problem::error(None, "act_missing", text));
            }
        }
    }
}

/// A task with one of these acts that can still be done.
fn comes(search: &Search<'_>, acts: &[String]) -> Option<NodeIx> {
    let deeds = search.passages.iter().filter_map(|passage| passage.deed);
    let mut meant = deeds.filter(|deed| any_done(acts, search.model, deed.task, deed.outcome));
    meant.next().map(|deed| deed.task)
}

/// What could still come for the party still can, and where nothing could be decided without it nothing can.
fn rights_stay(past: &Search<'_>, future: &Search<'_>, history: &[Done], problems: &mut Vec<Problem>) {
    for (act, says, basis) in rights().iter().flat_map(Right::each) {
        let act = std::slice::from_ref(act);
        if history.iter().any(|done| order::was(act, done)) {
            continue;
        }
        let Some(task) = comes(past, act) else {
            continue;
        };
        let element = past.model.node(task);
        if comes(future, act).is_none() {
            let text = format!(
                "按现行流程图还有“{}”，按新流程图没有了：{says}（{basis}）不能因为迁移而减少。",
                element.label()
            );
            problems.push(Problem::error(Some(element.id.as_str()), "right_lost", text));
            continue;
        }
        let without = |search: &Search<'_>| {
            let deciding: Vec<String> = DECIDING.iter().map(|act| (*act).to_owned()).collect();
            order::can_do_without(&deciding, act, &Ways::after(search, history))
        };
        if !without(past) && without(future) {
            let text = format!(
                "按现行流程图不经过“{}”不能作出决定，按新流程图可以：{says}（{basis}）不能因为迁移而减少。",
                element.label()
            );
            problems.push(Problem::error(Some(element.id.as_str()), "right_lost", text));
        }
    }
}
