//! Where a penalty case stands in law (DOMAIN 4.2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PenaltyState {
    /// Registered, nothing proposed yet. Not a case before the law.
    #[default]
    Lead,
    /// The three opinions on opening are being given (54(2)).
    Opening,
    NotOpened,
    Investigating,
    /// The handler has made a proposal (57(1)).
    InvestigationEnded,
    /// The advance notice is made or served; the party may answer (44, 45).
    Noticed,
    /// A defence is being checked (45(1)).
    Defence,
    LegalReview,
    Deciding,
    /// A fine was imposed (57(1)(一)).
    Decided,
    /// 57(1)(二).
    NoPenalty,
    /// 57(1)(三).
    NotEstablished,
    /// 57(1)(四).
    Transferred,
    Served,
    /// The fine is being paid (66, 67).
    Executing,
    Closed,
}

impl PenaltyState {
    pub const ALL: [PenaltyState; 16] = [
        PenaltyState::Lead,
        PenaltyState::Opening,
        PenaltyState::NotOpened,
        PenaltyState::Investigating,
        PenaltyState::InvestigationEnded,
        PenaltyState::Noticed,
        PenaltyState::Defence,
        PenaltyState::LegalReview,
        PenaltyState::Deciding,
        PenaltyState::Decided,
        PenaltyState::NoPenalty,
        PenaltyState::NotEstablished,
        PenaltyState::Transferred,
        PenaltyState::Served,
        PenaltyState::Executing,
        PenaltyState::Closed,
    ];

    pub fn key(self) -> &'static str {
        match self {
            PenaltyState::Lead => "lead",
            PenaltyState::Opening => "opening",
            PenaltyState::NotOpened => "not_opened",
            PenaltyState::Investigating => "investigating",
            PenaltyState::InvestigationEnded => "investigation_ended",
            PenaltyState::Noticed => "noticed",
            PenaltyState::Defence => "defence",
            PenaltyState::LegalReview => "legal_review",
            PenaltyState::Deciding => "deciding",
            PenaltyState::Decided => "decided",
            PenaltyState::NoPenalty => "no_penalty",
            PenaltyState::NotEstablished => "not_established",
            PenaltyState::Transferred => "transferred",
            PenaltyState::Served => "served",
            PenaltyState::Executing => "executing",
            PenaltyState::Closed => "closed",
        }
    }

    pub fn from_key(key: &str) -> Option<PenaltyState> {
        PenaltyState::ALL.into_iter().find(|state| state.key() == key)
    }

    pub fn name(self) -> &'static str {
        match self {
            PenaltyState::Lead => "线索登记",
            PenaltyState::Opening => "立案审批中",
            PenaltyState::NotOpened => "不予立案",
            PenaltyState::Investigating => "调查取证中",
            PenaltyState::InvestigationEnded => "调查终结，审核中",
            PenaltyState::Noticed => "已拟告知，听取陈述申辩",
            PenaltyState::Defence => "复核陈述申辩",
            PenaltyState::LegalReview => "法制审核中",
            PenaltyState::Deciding => "待决定",
            PenaltyState::Decided => "已作出处罚决定",
            PenaltyState::NoPenalty => "不予行政处罚",
            PenaltyState::NotEstablished => "违法事实不成立",
            PenaltyState::Transferred => "移送司法机关",
            PenaltyState::Served => "已送达",
            PenaltyState::Executing => "履行中",
            PenaltyState::Closed => "已结案",
        }
    }

    /// Still being handled.
    pub fn open(self) -> bool {
        !matches!(self, PenaltyState::Closed | PenaltyState::NotOpened)
    }

    /// A case before the law: leads and what was not opened are counted nowhere in public.
    pub fn opened(self) -> bool {
        !matches!(
            self,
            PenaltyState::Lead | PenaltyState::Opening | PenaltyState::NotOpened
        )
    }
}
