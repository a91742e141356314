//! Payment and its troubles, closing, publication, and what may befall the decision later.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OpinionSigned;
use super::opening::words;
use crate::events::{FileRef, MaskedRecord, Opinion};
use crate::money::Fen;

words! {
    /// 67(3).
    PaymentChannel {
        Bank "bank" "指定的银行",
        Electronic "electronic" "电子支付系统",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The bank's or payment system's number; the same number is the same payment.
    pub receipt_no: String,
    pub amount: Fen,
    pub paid_on: Date,
    pub channel: PaymentChannel,
    pub recorded_by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdditionalFineImposed {
    /// The first day that counts.
    pub from: Date,
    pub reasons: String,
    pub imposed_by: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Instalment {
    pub due: Date,
    pub amount: Fen,
}

/// 66(2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferred {
    pub applied_on: Date,
    pub granted_on: Date,
    pub application: Option<FileRef>,
    pub reasons: String,
    /// One entry: deferred; more: by instalments. They sum up to what is unpaid.
    pub instalments: Vec<Instalment>,
    /// The additional fine that had grown by then: it stays owed.
    pub additional_so_far: Fen,
    pub approved_by: String,
}

words! {
    DisputeKind {
        Reconsideration "reconsideration" "行政复议",
        Litigation "litigation" "行政诉讼",
    }
}

/// A reconsideration or an action; while it lasts the additional fine does not grow (73(3)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeRecorded {
    pub kind: DisputeKind,
    pub organ: String,
    pub document_no: String,
    /// The day the party applied or sued.
    pub from: Date,
    /// The day it ended; `None` while it lasts.
    pub to: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosingProposed {
    pub summary: String,
    pub result: String,
    pub signed: OpinionSigned,
}

words! {
    /// Why a decision is not published.
    PenaltyWithholdGround {
        StateSecret "state_secret" "涉及国家秘密",
        BusinessSecret "business_secret" "涉及商业秘密",
        Privacy "privacy" "涉及个人隐私",
        Minor "minor" "当事人是未成年人",
        NoSocialImpact "no_social_impact" "不具有一定社会影响",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "one a case; boxed with its event")]
pub enum PenaltyRelease {
    Publish {
        record: MaskedRecord,
    },
    Withhold {
        ground: PenaltyWithholdGround,
        reasons: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PenaltyReleased {
    pub release: PenaltyRelease,
    pub opinion: Opinion,
}

words! {
    /// 48(2).
    ReversalKind {
        Changed "changed" "变更",
        Revoked "revoked" "撤销",
        Unlawful "unlawful" "确认违法",
        Void "void" "确认无效",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionReversed {
    pub kind: ReversalKind,
    pub organ: String,
    pub document_no: String,
    pub on: Date,
    pub reasons: String,
    /// The fine after a change.
    pub new_fine: Option<Fen>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseWithdrawn {
    /// Published with the withdrawal (48(2)); masked.
    pub reasons: String,
    pub late: bool,
    /// As what it was counted among the published ones.
    pub body: String,
    pub item_code: String,
    pub result: String,
    pub decided_on: Date,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionExtended {
    pub days: u32,
    pub reasons: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecusalRequested {
    pub request_id: String,
    /// Account of the officer in question.
    pub officer: String,
    pub reasons: String,
    /// The party, or the officer (43(1)).
    pub by_party: bool,
    pub asked_by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecusalDecided {
    pub request_id: String,
    pub officer: String,
    pub granted: bool,
    pub reasons: String,
    /// Who investigates instead.
    pub replacement: Option<crate::events::SiteOfficer>,
    pub decided_by: String,
}

/// 61(2): consent to electronic service, confirmed in writing or by the party itself online.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceConsent {
    pub on: Date,
    pub signed: Option<FileRef>,
    pub taken_by: String,
}
