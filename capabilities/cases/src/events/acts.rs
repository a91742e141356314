//! What each act of the handling records.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Channel, Effects, FileRef, SubmittedMaterial};
use crate::clock::ExcludedFor;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corrected {
    pub corrections: Vec<Correction>,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Key of the form's field.
    pub field: String,
    pub from: String,
    pub to: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SupplementAsked {
    pub items: Vec<SupplementItem>,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AskedItem", deny_unknown_fields)]
pub struct SupplementItem {
    /// The material it concerns, where it is one of the item's list.
    #[schemars(length(max = 64), description = "事项材料的编号")]
    pub material: Option<String>,
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    #[schemars(length(min = 1, max = 1000))]
    pub requirement: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SupplementSupplied {
    pub materials: Vec<SubmittedMaterial>,
    pub note: String,
    pub channel: Channel,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accepted {
    pub accepted_on: Date,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AcceptanceDeemed {
    /// The day of receipt: that is what the law says.
    pub accepted_on: Date,
    /// The last day on which the applicant could have been told.
    pub expired_on: Date,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AcceptanceRefused {
    pub ground: RefusalGround,
    pub reasons: String,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ground", rename_all = "snake_case")]
pub enum RefusalGround {
    /// 许可法 32(1)(二).
    NotThisBody { competent_body: String },
    /// Told once what was missing, and it did not all come: the condition of 32(1)(五) is not met.
    StillIncomplete { missing: Vec<String> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PermitNotRequired {
    pub reasons: String,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteChecked {
    pub officers: Vec<SiteOfficer>,
    pub place: String,
    pub checked_on: Date,
    pub from_time: String,
    pub to_time: String,
    pub facts: String,
    pub conforms: bool,
    pub files: Vec<FileRef>,
    pub effects: Effects,
}

/// An officer of a site check with the certificate as it was on that day: the input the act rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteOfficer {
    pub account: String,
    pub name: String,
    pub certificate_no: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    Positive,
    Negative,
    /// Back to the handler; says nothing about the matter itself.
    Return,
}

impl Stance {
    pub fn name(self) -> &'static str {
        match self {
            Stance::Positive => "同意",
            Stance::Negative => "不同意",
            Stance::Return => "退回",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpinionGiven {
    pub opinion: Opinion,
    pub effects: Effects,
}

/// R69: kept for every post; a negative one has reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    pub task: String,
    pub step: String,
    pub role: String,
    pub account: String,
    pub stance: Stance,
    pub text: String,
    pub reasons: Option<String>,
    pub on: Date,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    pub decision: Decision,
    pub opinion: Opinion,
    pub decided_on: Date,
    pub late: Lateness,
    pub basis: BasisUsed,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Decision {
    Grant {
        conditions: Vec<String>,
        valid_from: Date,
        valid_to: Option<Date>,
    },
    Deny {
        reasons: String,
        /// 许可法 55(3): where a denial rests on inspection, testing or quarantine.
        technical_standards: Option<String>,
    },
}

impl Decision {
    pub fn granted(&self) -> bool {
        matches!(self, Decision::Grant { .. })
    }
}

/// Whether the decision came after its limits. Recorded, never refused: a late decision is still owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lateness {
    pub statutory: bool,
    pub promised: bool,
}

/// Which version of the item the decision rests on, chosen and explained where it changed on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasisUsed {
    pub version: i32,
    pub current_version: i32,
    pub reasons: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Issued {
    pub certificate_no: String,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Served {
    pub service: Service,
    pub served_on: Date,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Service {
    Personal {
        recipient: String,
        /// How the recipient is related to the party (`本人`, `法定代表人`, …).
        relation: String,
        place: String,
        signed: bool,
        signature: Option<FileRef>,
    },
    Electronic {
        /// When it entered the party's in-box.
        arrived_at: jiff::Timestamp,
    },
    Postal {
        tracking_no: String,
        recipient: String,
        place: String,
    },
    LeftInPlace {
        place: String,
        reason: String,
        witness: String,
        evidence: Option<FileRef>,
    },
}

impl Service {
    pub fn name(&self) -> &'static str {
        match self {
            Service::Personal { .. } => "直接送达",
            Service::Electronic { .. } => "电子送达",
            Service::Postal { .. } => "邮寄送达",
            Service::LeftInPlace { .. } => "留置送达",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Completed {
    pub case_summary: String,
    pub completion_status: String,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Released {
    pub release: Release,
    pub opinion: Opinion,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "one a case, at its end; boxed with its event")]
pub enum Release {
    Publish { record: MaskedRecord },
    Withhold { ground: WithholdGround, reasons: String },
}

/// The closed list of 许可法 5(2); everything else about a permit and its result is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WithholdGround {
    StateSecret,
    BusinessSecret,
    Privacy,
}

impl WithholdGround {
    pub const ALL: [WithholdGround; 3] = [
        WithholdGround::StateSecret,
        WithholdGround::BusinessSecret,
        WithholdGround::Privacy,
    ];

    pub fn key(self) -> &'static str {
        match self {
            WithholdGround::StateSecret => "state_secret",
            WithholdGround::BusinessSecret => "business_secret",
            WithholdGround::Privacy => "privacy",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            WithholdGround::StateSecret => "涉及国家秘密",
            WithholdGround::BusinessSecret => "涉及商业秘密",
            WithholdGround::Privacy => "涉及个人隐私",
        }
    }

    pub fn from_key(key: &str) -> Option<WithholdGround> {
        WithholdGround::ALL.into_iter().find(|ground| ground.key() == key)
    }
}

/// What the public sees: structured fields that were masked, and texts that were scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MaskedRecord {
    pub case_no: String,
    pub document_no: String,
    pub item_code: String,
    pub item_name: String,
    pub body: String,
    pub body_name: String,
    pub party_kind: String,
    pub party_name: String,
    /// Organisations only, and masked where an old code is built on an ID number.
    pub uscc: Option<String>,
    pub result: String,
    pub content: String,
    pub certificate_no: Option<String>,
    pub received_on: Date,
    pub accepted_on: Option<Date>,
    pub decided_on: Date,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub bases: Vec<String>,
    /// SHA-256 of the decision's data as served, so that the masked copy can be tied to it.
    pub original_sha256: String,
}

impl MaskedRecord {
    /// Penalties and permits name their days differently.
    pub fn is_penalty(&self) -> bool {
        crate::number::Procedure::of(&self.case_no) == Some(crate::number::Procedure::Penalty)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Withdrawn {
    pub reasons: String,
    /// The party itself, or a clerk on a paper request.
    pub channel: Channel,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionExtended {
    pub working_days: u32,
    pub reasons: String,
    /// Of a joint approval: who of the government approved it (许可法 42(2)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeExcluded {
    pub kind: ExcludedFor,
    pub reason: String,
    pub from: Date,
    pub expected_to: Date,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeResumed {
    pub to: Date,
    pub result: String,
    pub effects: Effects,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperNumbered {
    pub paper_id: String,
    pub paper_no: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperRendered {
    pub paper_id: String,
    pub blob: String,
    pub sha256: String,
    pub bytes: u64,
    /// Address of the site whose mark it bears; papers from before there were marks bear none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}
