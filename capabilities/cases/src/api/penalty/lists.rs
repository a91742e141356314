//! Rows of lists of penalties.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::penalty::PenaltyState;
use crate::views::list::CaseRow;

#[derive(Serialize, JsonSchema)]
pub(super) struct PenaltyLine {
    case_no: String,
    item_code: String,
    item_name: String,
    body: String,
    /// 立案意见提出之前没有当事人
    party_name: String,
    received_on: String,
    state: PenaltyState,
    state_name: String,
    step: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_due: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    defence_due: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serving_due: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_due: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preservation_due: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawal_due: Option<Date>,
}

impl From<CaseRow> for PenaltyLine {
    fn from(row: CaseRow) -> PenaltyLine {
        PenaltyLine {
            case_no: row.case_no,
            item_code: row.item_code,
            item_name: row.item_name,
            body: row.body,
            party_name: row.party_name,
            received_on: row.received_on,
            // These lists are narrowed to penalties.
            state: row.state.penalty().unwrap_or_default(),
            state_name: row.state.name().to_owned(),
            step: row.step,
            decision_due: row.decision_due,
            defence_due: row.defence_due,
            serving_due: row.serving_due,
            payment_due: row.payment_due,
            preservation_due: row.preservation_due,
            withdrawal_due: row.withdrawal_due,
        }
    }
}
