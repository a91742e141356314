//! Where a case stands in law.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the case stands in law (DOMAIN 4.1). Suspension is not a state: it is told by the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    #[default]
    Submitted,
    Supplementing,
    /// Acceptance refused (许可法 32(1)(二)).
    Refused,
    /// No permit needed (许可法 32(1)(一)).
    NotRequired,
    Examining,
    Reviewing,
    Approving,
    Granted,
    Denied,
    Served,
    Completed,
    Withdrawn,
    /// Of matters that follow their chart: accepted or registered, not decided.
    Handling,
    /// Of matters that follow their chart; what was decided is in the act.
    Decided,
    /// Of a body that was asked in a joint approval: its opinion is not needed any more.
    Ended,
}

impl CaseState {
    pub const ALL: [CaseState; 15] = [
        CaseState::Submitted,
        CaseState::Supplementing,
        CaseState::Refused,
        CaseState::NotRequired,
        CaseState::Examining,
        CaseState::Reviewing,
        CaseState::Approving,
        CaseState::Granted,
        CaseState::Denied,
        CaseState::Served,
        CaseState::Completed,
        CaseState::Withdrawn,
        CaseState::Handling,
        CaseState::Decided,
        CaseState::Ended,
    ];

    /// In the order in which a permit's application meets them.
    pub const OF_PERMITS: [CaseState; 12] = [
        CaseState::Submitted,
        CaseState::Supplementing,
        CaseState::Refused,
        CaseState::NotRequired,
        CaseState::Examining,
        CaseState::Reviewing,
        CaseState::Approving,
        CaseState::Granted,
        CaseState::Denied,
        CaseState::Served,
        CaseState::Completed,
        CaseState::Withdrawn,
    ];

    pub const OF_MATTERS: [CaseState; 8] = [
        CaseState::Submitted,
        CaseState::Supplementing,
        CaseState::Refused,
        CaseState::Handling,
        CaseState::Decided,
        CaseState::Served,
        CaseState::Completed,
        CaseState::Withdrawn,
    ];

    /// Of bodies that are asked in a joint approval.
    pub const OF_ASSISTANCE: [CaseState; 3] = [CaseState::Handling, CaseState::Completed, CaseState::Ended];

    pub fn key(self) -> &'static str {
        match self {
            CaseState::Submitted => "submitted",
            CaseState::Supplementing => "supplementing",
            CaseState::Refused => "refused",
            CaseState::NotRequired => "not_required",
            CaseState::Examining => "examining",
            CaseState::Reviewing => "reviewing",
            CaseState::Approving => "approving",
            CaseState::Granted => "granted",
            CaseState::Denied => "denied",
            CaseState::Served => "served",
            CaseState::Completed => "completed",
            CaseState::Withdrawn => "withdrawn",
            CaseState::Handling => "handling",
            CaseState::Decided => "decided",
            CaseState::Ended => "ended",
        }
    }

    pub fn from_key(key: &str) -> Option<CaseState> {
        CaseState::ALL.into_iter().find(|state| state.key() == key)
    }

    pub fn name(self) -> &'static str {
        match self {
            CaseState::Submitted => "已收件，待受理",
            CaseState::Supplementing => "待补正",
            CaseState::Refused => "不予受理",
            CaseState::NotRequired => "不需要取得许可",
            CaseState::Examining => "审查中",
            CaseState::Reviewing => "审核中",
            CaseState::Approving => "待决定",
            CaseState::Granted => "准予许可",
            CaseState::Denied => "不予许可",
            CaseState::Served => "已送达",
            CaseState::Completed => "已办结",
            CaseState::Withdrawn => "已撤回",
            CaseState::Handling => "办理中",
            CaseState::Decided => "已作出决定",
            CaseState::Ended => "协办终止",
        }
    }

    /// Still being handled: nothing that ends the matter for the party has been done.
    pub fn open(self) -> bool {
        !matches!(self, CaseState::Completed | CaseState::Withdrawn | CaseState::Ended)
    }
}
