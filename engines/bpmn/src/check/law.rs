//! What the law asks of a flow chart by the kind of power: which act comes before or after which, which posts stay
//! apart, how long it may take. Data with articles (`law.json`); a place may add rules of its own.

use serde::{Deserialize, Serialize};

use super::marking::Done;
use crate::model::{Model, NodeIx};

/// Rules of one kind of power, e.g. `CF`, or of one of its procedures, e.g. `CF/ordinary`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawOfPower {
    pub power: String,
    #[serde(default)]
    pub rules: Vec<LawRule>,
    #[serde(default)]
    pub clock: Option<LegalClock>,
}

/// An act is written by its key, `decide`, or with one of its outcomes, `decide:penalty`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum LawRule {
    /// On every way one of `needs` is done before any of `act`; with `since`, after that and before the act.
    Before {
        act: Vec<String>,
        #[serde(default)]
        since: Option<String>,
        needs: Vec<String>,
        says: String,
        basis: String,
    },
    /// Once any of `act` is done, no way to an end leaves out all of `needs`.
    After {
        act: Vec<String>,
        needs: Vec<String>,
        says: String,
        basis: String,
    },
    /// The chart has a task with one of these acts.
    Has {
        needs: Vec<String>,
        says: String,
        basis: String,
    },
    /// No post does both: who hosts a hearing did not examine the case.
    Apart {
        act: Vec<String>,
        from: Vec<String>,
        says: String,
        basis: String,
    },
}

/// From which act to which act the time limit of the power runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalClock {
    pub from: Vec<String>,
    pub to: Vec<String>,
    /// Acts whose time does not count.
    #[serde(default)]
    pub excluded: Vec<String>,
    pub basis: String,
}

/// The law that is built in.
///
/// # Panics
/// Never: a test reads the same text.
pub fn law() -> Vec<LawOfPower> {
    serde_json::from_str(include_str!("law.json")).expect("the file is part of this program")
}

/// Rules for a power and its procedure: those of all powers (`*`), of the power, of the procedure.
pub(super) fn that_apply<'l>(
    law: impl Iterator<Item = &'l LawOfPower>,
    power: &str,
) -> impl Iterator<Item = &'l LawOfPower> {
    let whole = power.split('/').next().unwrap_or(power).to_owned();
    let exact = power.to_owned();
    law.filter(move |entry| entry.power == "*" || entry.power == whole || entry.power == exact)
}

/// An act as rules write it.
pub(super) struct ActName<'r> {
    act: &'r str,
    outcome: Option<&'r str>,
}

impl<'r> ActName<'r> {
    pub fn parse(text: &'r str) -> ActName<'r> {
        match text.split_once(':') {
            Some((act, outcome)) => ActName {
                act,
                outcome: Some(outcome),
            },
            None => ActName {
                act: text,
                outcome: None,
            },
        }
    }

    /// A task with this act that has this outcome; one without outcomes counts as having every one.
    pub fn is_of(&self, model: &Model, task: NodeIx) -> bool {
        let Some(work) = model.node(task).activity.as_ref().and_then(|a| a.work.as_ref()) else {
            return false;
        };
        let declares = |outcome: &str| work.outcomes.is_empty() || work.outcome(outcome).is_some();
        work.act.as_deref() == Some(self.act) && self.outcome.is_none_or(declares)
    }

    /// It was done so.
    pub fn is(&self, done: &Done) -> bool {
        let fits = |wanted: &str| done.outcome.as_deref().is_none_or(|came| came == wanted);
        done.act == self.act && self.outcome.is_none_or(fits)
    }

    /// The task was done so.
    pub fn was_done(&self, model: &Model, task: NodeIx, outcome: Option<usize>) -> bool {
        let Some(work) = model.node(task).activity.as_ref().and_then(|a| a.work.as_ref()) else {
            return false;
        };
        let came = outcome
            .and_then(|at| work.outcomes.get(at))
            .map(|outcome| outcome.id.as_str());
        let fits = |wanted: &str| came.is_none_or(|came| came == wanted);
        work.act.as_deref() == Some(self.act) && self.outcome.is_none_or(fits)
    }
}

pub(super) fn any_done(acts: &[String], model: &Model, task: NodeIx, outcome: Option<usize>) -> bool {
    acts.iter()
        .any(|act| ActName::parse(act).was_done(model, task, outcome))
}

/// Tasks of the chart with one of the acts.
pub(super) fn tasks_of<'m>(acts: &'m [String], model: &'m Model) -> impl Iterator<Item = NodeIx> + 'm {
    model
        .indices()
        .filter(move |ix| acts.iter().any(|act| ActName::parse(act).is_of(model, *ix)))
}
