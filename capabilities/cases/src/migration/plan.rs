//! A plan, as a case of its own: filed, confirmed by somebody else, carried out case by case.
//!
//! Invariants: what was filed never changes; who filed does not confirm; each case has one outcome, for ever. Chosen cases
//! are fixed when it is confirmed. A plan about all takes them up piece by piece in the order of their numbers until none is
//! left: nobody begins on a chart that is no longer in force, so that there are never more than on that day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use mingjing_bpmn::migrate::Plan;
use mingjing_chronicle::{Aggregate, Event, Recorded};
use mingjing_web::{Scope, Subject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::events::Colleague;

/// Which cases a plan is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "MigrationChosen")]
pub enum Chosen {
    /// All that run on the chart when the plan is confirmed.
    All,
    Some(#[schemars(length(min = 1, max = 500))] Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFiled {
    pub item_code: String,
    pub item_name: String,
    /// Body id and division code of the item's body.
    pub body: String,
    pub area: String,
    pub from_version: i32,
    pub to_version: i32,
    pub from_flow: String,
    pub to_flow: String,
    #[serde(default)]
    pub plan: Plan,
    pub chosen: Chosen,
    pub reasons: String,
    pub by: Colleague,
    /// What the trial came to when it was filed.
    pub tried: Tried,
}

impl PlanFiled {
    /// Nothing in it is a party's or the public's.
    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject {
            body: &self.body,
            area: &self.area,
            party_account: "",
            published: false,
        }
    }
}

/// How many would move, how many stay, and how many of those the plan is about were not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MigrationTried")]
pub struct Tried {
    pub moves: u32,
    pub stays: u32,
    #[serde(default)]
    pub untried: u32,
}

/// What a plan came to so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    pub moved: u32,
    pub stayed: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum PlanEvent {
    Filed(Box<PlanFiled>),
    Confirmed {
        by: Colleague,
        opinion: String,
        /// Fixed with this: in the order in which they are looked at. None where it is about all.
        cases: Vec<String>,
        /// How many run on the chart where it is about all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        all: Option<u32>,
    },
    /// Of a plan about all: the next ones, in the order of their numbers.
    TakenUp {
        cases: Vec<String>,
    },
    Declined {
        by: Colleague,
        reasons: String,
    },
    Withdrawn {
        by: Colleague,
        reasons: String,
    },
    CaseMoved {
        case_no: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        remarks: Vec<String>,
    },
    CaseStayed {
        case_no: String,
        why: Vec<Why>,
    },
    Finished {
        moved: u32,
        stayed: u32,
    },
}

/// One reason for which a case stays where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MigrationWhy")]
pub struct Why {
    /// As the flow engine or the procedure calls the rule.
    pub rule: String,
    /// Element of the chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    pub text: String,
}

impl Event for PlanEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            PlanEvent::Filed(_) => "migration_plan.filed",
            PlanEvent::Confirmed { .. } => "migration_plan.confirmed",
            PlanEvent::TakenUp { .. } => "migration_plan.taken_up",
            PlanEvent::Declined { .. } => "migration_plan.declined",
            PlanEvent::Withdrawn { .. } => "migration_plan.withdrawn",
            PlanEvent::CaseMoved { .. } => "migration_plan.case_moved",
            PlanEvent::CaseStayed { .. } => "migration_plan.case_stayed",
            PlanEvent::Finished { .. } => "migration_plan.finished",
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "MigrationState")]
pub enum PlanState {
    #[default]
    None,
    Filed,
    /// Confirmed, and under way.
    Confirmed,
    Finished,
    Declined,
    Withdrawn,
}

impl PlanState {
    const ALL: [PlanState; 5] = [
        PlanState::Filed,
        PlanState::Confirmed,
        PlanState::Finished,
        PlanState::Declined,
        PlanState::Withdrawn,
    ];

    pub fn key(self) -> &'static str {
        match self {
            PlanState::None => "",
            PlanState::Filed => "filed",
            PlanState::Confirmed => "confirmed",
            PlanState::Finished => "finished",
            PlanState::Declined => "declined",
            PlanState::Withdrawn => "withdrawn",
        }
    }

    pub fn of(key: &str) -> PlanState {
        PlanState::ALL
            .into_iter()
            .find(|state| state.key() == key)
            .unwrap_or_default()
    }

    pub fn name(self) -> &'static str {
        match self {
            PlanState::None => "",
            PlanState::Filed => "待确认",
            PlanState::Confirmed => "正在迁移",
            PlanState::Finished => "已完成",
            PlanState::Declined => "不予确认",
            PlanState::Withdrawn => "已撤回",
        }
    }

    pub fn colour(self) -> &'static str {
        match self {
            PlanState::Filed => "blue",
            PlanState::Confirmed => "yellow",
            PlanState::Finished => "green",
            _ => "grey",
        }
    }
}

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Moved(Vec<String>),
    Stayed(Vec<Why>),
}

#[derive(Debug, Clone, Default)]
pub struct MigrationPlan {
    pub filed: Option<PlanFiled>,
    pub state: PlanState,
    /// What people said to it: day, who, words.
    pub said: Vec<(Date, String, String)>,
    pub confirmed_by: Option<Colleague>,
    pub cases: Vec<String>,
    pub outcomes: BTreeMap<String, Outcome>,
}

impl MigrationPlan {
    /// What was filed, for somebody who may see it; what lies outside one's scope is not there.
    pub(crate) fn filed_within(&self, scope: &Scope) -> Option<&PlanFiled> {
        self.filed.as_ref().filter(|filed| scope.covers(&filed.subject()))
    }

    /// Cases that were taken up and have no outcome yet.
    pub fn open(&self) -> impl Iterator<Item = &str> {
        let open = self.cases.iter().filter(|case| !self.outcomes.contains_key(*case));
        open.map(String::as_str)
    }

    /// Whether a case was taken up and has no outcome yet. Those that have none are among the last.
    pub fn is_open(&self, case_no: &str) -> bool {
        !self.outcomes.contains_key(case_no) && self.cases.iter().rev().any(|case| case == case_no)
    }

    /// It is under way and goes on to cases after this one, empty: from the first.
    pub(crate) fn goes_on_after(&self) -> Option<&str> {
        let all = self.filed.as_ref().is_some_and(|filed| filed.chosen == Chosen::All);
        let under_way = all && self.state == PlanState::Confirmed;
        under_way.then(|| self.cases.last().map_or("", String::as_str))
    }

    pub fn counted(&self) -> Counted {
        let moved = self
            .outcomes
            .values()
            .filter(|outcome| matches!(outcome, Outcome::Moved(_)));
        let moved = moved.count();
        Counted {
            moved: moved as u32,
            stayed: (self.outcomes.len() - moved) as u32,
        }
    }
}

impl Aggregate for MigrationPlan {
    type Event = PlanEvent;
    const STREAM: &'static str = "migration_plan";

    fn evolve(&mut self, recorded: &Recorded<'_, PlanEvent>) {
        // Nothing in it is personal, so nothing is ever erased.
        let Some(event) = recorded.payload.known() else {
            return;
        };
        let on = recorded.envelope.happened_on;
        let mut say = |by: &Colleague, words: String| self.said.push((on, by.name.clone(), words));
        match event {
            PlanEvent::Filed(filed) => {
                say(&filed.by, "提出迁移方案".to_owned());
                self.filed = Some((**filed).clone());
                self.state = PlanState::Filed;
            }
            PlanEvent::Confirmed {
                by,
                opinion,
                cases,
                all,
            } => {
                let count = all.map_or(cases.len(), |all| all as usize);
                say(by, format!("确认，共{count}件：{opinion}"));
                self.confirmed_by = Some(by.clone());
                self.cases.clone_from(cases);
                self.state = PlanState::Confirmed;
            }
            PlanEvent::TakenUp { cases } => self.cases.extend(cases.iter().cloned()),
            PlanEvent::Declined { by, reasons } => {
                say(by, format!("不予确认：{reasons}"));
                self.state = PlanState::Declined;
            }
            PlanEvent::Withdrawn { by, reasons } => {
                say(by, format!("撤回：{reasons}"));
                self.state = PlanState::Withdrawn;
            }
            PlanEvent::CaseMoved { case_no, remarks } => {
                self.outcomes.insert(case_no.clone(), Outcome::Moved(remarks.clone()));
            }
            PlanEvent::CaseStayed { case_no, why } => {
                self.outcomes.insert(case_no.clone(), Outcome::Stayed(why.clone()));
            }
            PlanEvent::Finished { moved, stayed } => {
                self.said.push((
                    on,
                    String::new(),
                    format!("迁移完成：{moved}件已迁移，{stayed}件留在原流程图"),
                ));
                self.state = PlanState::Finished;
            }
        }
    }
}
