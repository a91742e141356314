//! Rows of lists as JSON, and what they are narrowed to.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::clock::ClockKind;
use crate::events::CaseState;
use crate::number::Procedure;
use crate::penalty::PenaltyState;
use crate::views::list::{CaseFilter, CaseRow, Standing, TaskRow};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseQuery<S> {
    state: Option<S>,
    #[schemars(length(max = 40))]
    item_code: Option<String>,
    #[schemars(length(max = 40), description = "办件编号或者它的开头")]
    number: Option<String>,
    #[schemars(description = "只要在办的")]
    open: Option<bool>,
    #[schemars(description = "只要超期的")]
    overdue: Option<bool>,
    #[schemars(description = "只要超过这一种期限的")]
    overdue_limit: Option<ClockKind>,
    #[schemars(length(max = 400))]
    pub(super) cursor: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    pub(super) size: Option<u32>,
}

impl<S: State> CaseQuery<S> {
    pub(super) fn filter(&self, today: Date) -> CaseFilter {
        filter(
            self.state,
            &self.item_code,
            &self.number,
            self.open,
            (self.overdue.unwrap_or(false) || self.overdue_limit.is_some()).then_some(today),
            self.overdue_limit,
        )
    }
}

/// The states of one procedure: what a list of this door is narrowed to.
pub(super) trait State: Copy + Into<Standing> {
    const PROCEDURE: Procedure;
}

impl State for CaseState {
    const PROCEDURE: Procedure = Procedure::Permit;
}

impl State for PenaltyState {
    const PROCEDURE: Procedure = Procedure::Penalty;
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CountQuery<S> {
    state: Option<S>,
    #[schemars(length(max = 40))]
    item_code: Option<String>,
    #[schemars(length(max = 40), description = "办件编号或者它的开头")]
    number: Option<String>,
    #[schemars(description = "只要在办的")]
    open: Option<bool>,
    #[schemars(description = "只要超期的")]
    overdue: Option<bool>,
    #[schemars(description = "只要超过这一种期限的")]
    overdue_limit: Option<ClockKind>,
}

impl<S: State> CountQuery<S> {
    pub(super) fn filter(&self, today: Date) -> CaseFilter {
        filter(
            self.state,
            &self.item_code,
            &self.number,
            self.open,
            (self.overdue.unwrap_or(false) || self.overdue_limit.is_some()).then_some(today),
            self.overdue_limit,
        )
    }
}

fn filter<S: State>(
    state: Option<S>,
    item_code: &Option<String>,
    number: &Option<String>,
    open: Option<bool>,
    overdue_on: Option<Date>,
    overdue_limit: Option<ClockKind>,
) -> CaseFilter {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    CaseFilter {
        state: state.map(S::into),
        procedure: (S::PROCEDURE == Procedure::Penalty).then_some(S::PROCEDURE),
        applications: S::PROCEDURE.is_application(),
        item_code: given(item_code),
        number: given(number),
        open_only: open.unwrap_or(false),
        overdue_on,
        overdue_limit,
    }
}

/// Only the place in a list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceQuery {
    #[schemars(length(max = 400))]
    pub(super) cursor: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    pub(super) size: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct CaseLine {
    case_no: String,
    item_code: String,
    item_name: String,
    body: String,
    party_name: String,
    received_on: String,
    state: CaseState,
    state_name: String,
    suspended: bool,
    step: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    telling_due: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_due: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    promised_due: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serving_due: Option<Date>,
}

impl From<CaseRow> for CaseLine {
    fn from(row: CaseRow) -> CaseLine {
        CaseLine {
            case_no: row.case_no,
            item_code: row.item_code,
            item_name: row.item_name,
            body: row.body,
            party_name: row.party_name,
            received_on: row.received_on,
            // The lists of this door are narrowed to applications.
            state: row.state.application().unwrap_or_default(),
            state_name: row.state.name().to_owned(),
            suspended: row.suspended,
            step: row.step,
            telling_due: row.telling_due,
            decision_due: row.decision_due,
            promised_due: row.promised_due,
            serving_due: row.serving_due,
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct TaskLine {
    case_no: String,
    task: String,
    name: String,
    role: String,
    body: String,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<Date>,
    item_name: String,
    party_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    statutory_due: Option<Date>,
    suspended: bool,
    /// 催办的次数
    urged: i64,
}

impl From<TaskRow> for TaskLine {
    fn from(row: TaskRow) -> TaskLine {
        TaskLine {
            case_no: row.case_no,
            task: row.task,
            name: row.name,
            role: row.role,
            body: row.body,
            since: row.since,
            due_on: row.due_on,
            item_name: row.item_name,
            party_name: row.party_name,
            statutory_due: row.statutory_due,
            suspended: row.suspended,
            urged: row.urged,
        }
    }
}
