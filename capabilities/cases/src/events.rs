//! What is recorded of a case: one event per act, holding the legal fact, the inputs it rests on, and everything
//! that followed from it (flow, clocks, papers, notices), so that replaying asks nobody.
//!
//! Private: others rely on [`crate::public`] only. Old shapes and their lifts are kept at the bottom.

use jiff::civil::Date;
use mingjing_catalogue::public::Answers;
use mingjing_chronicle::Event;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::clock::{ClockChange, ExcludedFor, Limit};
use crate::flow::FlowEvent;
use crate::party::Applicant;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum CaseEvent {
    Submitted(Box<Submitted>),
    CorrectedOnTheSpot(Corrected),
    SupplementAsked(SupplementAsked),
    SupplementSupplied(SupplementSupplied),
    Accepted(Accepted),
    /// Nobody told the applicant in time: accepted from receipt (许可法 32(1)(四)).
    AcceptanceDeemed(AcceptanceDeemed),
    AcceptanceRefused(AcceptanceRefused),
    PermitNotRequired(PermitNotRequired),
    SiteChecked(SiteChecked),
    Examined(OpinionGiven),
    Reviewed(OpinionGiven),
    Decided(Box<Decided>),
    Issued(Issued),
    Served(Served),
    Completed(Completed),
    Released(Box<Released>),
    Withdrawn(Withdrawn),
    DecisionExtended(DecisionExtended),
    TimeExcluded(TimeExcluded),
    TimeResumed(TimeResumed),
    PaperNumbered(PaperNumbered),
    PaperRendered(PaperRendered),
}

/// Everything that followed from one act.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Effects {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flow: Vec<FlowEvent>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<ClockChange>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<PaperOrder>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    pub state: CaseState,
    /// The tasks that are open after the act.
    pub steps: Vec<OpenStep>,
}

/// Where the case stands in law (DOMAIN 4.1). Suspension is not a state: it is told by the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
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
}

impl CaseState {
    pub const ALL: [CaseState; 12] = [
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
        }
    }

    /// Still being handled: nothing that ends the matter for the party has been done.
    pub fn open(self) -> bool {
        !matches!(self, CaseState::Completed | CaseState::Withdrawn)
    }
}

/// A task of the flow that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStep {
    pub task: String,
    pub name: String,
    /// What completing it is in law (`accept`, `examine`, …).
    pub kind: String,
    /// The role that may complete it; `applicant` for the party.
    pub role: String,
    pub since: Date,
    /// The body's own limit for this step.
    pub due: Option<Date>,
}

/// A paper to be numbered, rendered and kept; all its data are frozen here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaperOrder {
    pub paper_id: String,
    pub template: Template,
    pub made_on: Date,
    pub data: Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    Receipt,
    AcceptanceNotice,
    SupplementNotice,
    RefusalOfAcceptance,
    NotRequired,
    PermitGrant,
    PermitDenial,
    Certificate,
    ProofOfService,
    ExtensionNotice,
    ExcludedTimeNotice,
    WithdrawalNotice,
}

impl Template {
    pub fn key(self) -> &'static str {
        match self {
            Template::Receipt => "receipt",
            Template::AcceptanceNotice => "acceptance_notice",
            Template::SupplementNotice => "supplement_notice",
            Template::RefusalOfAcceptance => "refusal_of_acceptance",
            Template::NotRequired => "not_required",
            Template::PermitGrant => "permit_grant",
            Template::PermitDenial => "permit_denial",
            Template::Certificate => "certificate",
            Template::ProofOfService => "proof_of_service",
            Template::ExtensionNotice => "extension_notice",
            Template::ExcludedTimeNotice => "excluded_time_notice",
            Template::WithdrawalNotice => "withdrawal_notice",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Template::Receipt => "收件凭证",
            Template::AcceptanceNotice => "行政许可受理通知书",
            Template::SupplementNotice => "行政许可申请材料补正通知书",
            Template::RefusalOfAcceptance => "行政许可不予受理决定书",
            Template::NotRequired => "不需要取得行政许可告知书",
            Template::PermitGrant => "准予行政许可决定书",
            Template::PermitDenial => "不予行政许可决定书",
            Template::Certificate => "行政许可证件",
            Template::ProofOfService => "送达回证",
            Template::ExtensionNotice => "延长办理期限告知书",
            Template::ExcludedTimeNotice => "所需时间告知书",
            Template::WithdrawalNotice => "撤回申请确认书",
        }
    }

    /// The words between the body's short name and the year in a document number (发文字号). Receipts, proofs of
    /// service and certificates (which have a number of their own kind) are not numbered documents.
    pub fn series(self) -> Option<&'static str> {
        match self {
            Template::AcceptanceNotice => Some("许受"),
            Template::SupplementNotice => Some("许补"),
            Template::RefusalOfAcceptance => Some("许不受"),
            Template::NotRequired => Some("许免"),
            Template::PermitGrant => Some("许准"),
            Template::PermitDenial => Some("许不准"),
            Template::ExtensionNotice => Some("许延"),
            Template::ExcludedTimeNotice => Some("许时"),
            Template::WithdrawalNotice => Some("许终"),
            Template::Receipt | Template::ProofOfService | Template::Certificate => None,
        }
    }

    /// Internal papers stay in the file; the party may read all others.
    pub fn for_party(self) -> bool {
        !matches!(self, Template::ProofOfService)
    }
}

/// A message into the party's in-box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub title: String,
    pub text: String,
    /// The party has to do something.
    pub action: bool,
    pub paper: Option<String>,
    /// This message is itself the service of a paper.
    pub service: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Online,
    Counter,
    Post,
}

impl Channel {
    pub fn key(self) -> &'static str {
        match self {
            Channel::Online => "online",
            Channel::Counter => "counter",
            Channel::Post => "post",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Channel::Online => "网上申请",
            Channel::Counter => "窗口申请",
            Channel::Post => "邮寄申请",
        }
    }
}

/// The item version as it stood when the application came, frozen with the case (RED3). The whole version stays in the
/// catalogue under its number, for ever; here is what deadlines, papers and lists rest on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PinnedItem {
    pub item_code: String,
    pub version: i32,
    pub name: String,
    pub body: String,
    /// Division code of the body.
    pub area: String,
    pub bases: Vec<String>,
    pub statutory: Limit,
    pub promised: Option<Limit>,
    /// Name of the certificate or approval that a grant leads to.
    pub result_document: String,
    pub flow_hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedMaterial {
    pub id: String,
    pub name: String,
    pub files: Vec<FileRef>,
    /// Counted at the counter; 0 for what came as a file only.
    pub originals: u32,
    pub copies: u32,
}

impl SubmittedMaterial {
    pub fn present(&self) -> bool {
        !self.files.is_empty() || self.originals + self.copies > 0
    }
}

/// A kept file. The name is personal data and lives in the sealed payload only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    pub blob: String,
    pub sha256: String,
    pub bytes: u64,
    pub name: String,
    pub media_type: String,
}

/// The query secret is shown once; only its salted hash stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryLock {
    pub salt: String,
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    pub case_no: String,
    pub item: PinnedItem,
    pub applicant: Applicant,
    pub channel: Channel,
    pub received_on: Date,
    /// What proves an arrival on an earlier day than the recording (postmark, registration number).
    pub proof_of_arrival: Option<String>,
    pub form: Answers,
    pub materials: Vec<SubmittedMaterial>,
    pub query: QueryLock,
    pub effects: Effects,
}

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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplementItem {
    /// The material it concerns, where it is one of the item's list.
    pub material: Option<String>,
    pub name: String,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

impl CaseEvent {
    pub fn effects(&self) -> Option<&Effects> {
        Some(match self {
            CaseEvent::Submitted(event) => &event.effects,
            CaseEvent::CorrectedOnTheSpot(event) => &event.effects,
            CaseEvent::SupplementAsked(event) => &event.effects,
            CaseEvent::SupplementSupplied(event) => &event.effects,
            CaseEvent::Accepted(event) => &event.effects,
            CaseEvent::AcceptanceDeemed(event) => &event.effects,
            CaseEvent::AcceptanceRefused(event) => &event.effects,
            CaseEvent::PermitNotRequired(event) => &event.effects,
            CaseEvent::SiteChecked(event) => &event.effects,
            CaseEvent::Examined(event) | CaseEvent::Reviewed(event) => &event.effects,
            CaseEvent::Decided(event) => &event.effects,
            CaseEvent::Issued(event) => &event.effects,
            CaseEvent::Served(event) => &event.effects,
            CaseEvent::Completed(event) => &event.effects,
            CaseEvent::Released(event) => &event.effects,
            CaseEvent::Withdrawn(event) => &event.effects,
            CaseEvent::DecisionExtended(event) => &event.effects,
            CaseEvent::TimeExcluded(event) => &event.effects,
            CaseEvent::TimeResumed(event) => &event.effects,
            CaseEvent::PaperNumbered(_) | CaseEvent::PaperRendered(_) => return None,
        })
    }

    pub(crate) fn effects_mut(&mut self) -> Option<&mut Effects> {
        Some(match self {
            CaseEvent::Submitted(event) => &mut event.effects,
            CaseEvent::CorrectedOnTheSpot(event) => &mut event.effects,
            CaseEvent::SupplementAsked(event) => &mut event.effects,
            CaseEvent::SupplementSupplied(event) => &mut event.effects,
            CaseEvent::Accepted(event) => &mut event.effects,
            CaseEvent::AcceptanceDeemed(event) => &mut event.effects,
            CaseEvent::AcceptanceRefused(event) => &mut event.effects,
            CaseEvent::PermitNotRequired(event) => &mut event.effects,
            CaseEvent::SiteChecked(event) => &mut event.effects,
            CaseEvent::Examined(event) | CaseEvent::Reviewed(event) => &mut event.effects,
            CaseEvent::Decided(event) => &mut event.effects,
            CaseEvent::Issued(event) => &mut event.effects,
            CaseEvent::Served(event) => &mut event.effects,
            CaseEvent::Completed(event) => &mut event.effects,
            CaseEvent::Released(event) => &mut event.effects,
            CaseEvent::Withdrawn(event) => &mut event.effects,
            CaseEvent::DecisionExtended(event) => &mut event.effects,
            CaseEvent::TimeExcluded(event) => &mut event.effects,
            CaseEvent::TimeResumed(event) => &mut event.effects,
            CaseEvent::PaperNumbered(_) | CaseEvent::PaperRendered(_) => return None,
        })
    }
}

impl Event for CaseEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            CaseEvent::Submitted(_) => "case.submitted",
            CaseEvent::CorrectedOnTheSpot(_) => "case.corrected_on_the_spot",
            CaseEvent::SupplementAsked(_) => "case.supplement_asked",
            CaseEvent::SupplementSupplied(_) => "case.supplement_supplied",
            CaseEvent::Accepted(_) => "case.accepted",
            CaseEvent::AcceptanceDeemed(_) => "case.acceptance_deemed",
            CaseEvent::AcceptanceRefused(_) => "case.acceptance_refused",
            CaseEvent::PermitNotRequired(_) => "case.permit_not_required",
            CaseEvent::SiteChecked(_) => "case.site_checked",
            CaseEvent::Examined(_) => "case.examined",
            CaseEvent::Reviewed(_) => "case.reviewed",
            CaseEvent::Decided(_) => "case.decided",
            CaseEvent::Issued(_) => "case.issued",
            CaseEvent::Served(_) => "case.served",
            CaseEvent::Completed(_) => "case.completed",
            CaseEvent::Released(_) => "case.released",
            CaseEvent::Withdrawn(_) => "case.withdrawn",
            CaseEvent::DecisionExtended(_) => "case.decision_extended",
            CaseEvent::TimeExcluded(_) => "case.time_excluded",
            CaseEvent::TimeResumed(_) => "case.time_resumed",
            CaseEvent::PaperNumbered(_) => "case.paper_numbered",
            CaseEvent::PaperRendered(_) => "case.paper_rendered",
        }
    }

    /// A paper that got its number or its bytes changes nothing that a person decides on.
    fn harmless(&self) -> bool {
        matches!(self, CaseEvent::PaperNumbered(_) | CaseEvent::PaperRendered(_))
    }
}

/// What an act is called on timelines, by the envelope's kind alone (it holds for erased payloads too).
pub fn act_name(kind: &str) -> &'static str {
    match kind {
        "case.submitted" => "收到申请",
        "case.corrected_on_the_spot" => "当场更正",
        "case.supplement_asked" => "一次告知补正",
        "case.supplement_supplied" => "收到补正材料",
        "case.accepted" => "受理",
        "case.acceptance_deemed" => "逾期未告知，视为受理",
        "case.acceptance_refused" => "不予受理",
        "case.permit_not_required" => "告知不需要取得许可",
        "case.site_checked" => "现场核查",
        "case.examined" => "审查",
        "case.reviewed" => "审核",
        "case.decided" => "作出决定",
        "case.issued" => "制发证件",
        "case.served" => "送达",
        "case.completed" => "办结",
        "case.released" => "公开审查",
        "case.withdrawn" => "申请人撤回申请",
        "case.decision_extended" => "延长办理期限",
        "case.time_excluded" => "依法扣除时间（开始）",
        "case.time_resumed" => "依法扣除时间（结束）",
        "case.paper_numbered" => "文书编号",
        "case.paper_rendered" => "文书制成",
        _ => "其他记录",
    }
}
