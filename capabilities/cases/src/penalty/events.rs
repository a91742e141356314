//! What is recorded of a penalty: one event an act, holding the legal fact with its inputs and everything that followed
//! from it (flow, clocks, papers, notices), so that replaying asks nobody.

mod decision;
mod execution;
mod investigation;
mod opening;

use mingjing_chronicle::Event;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use self::decision::*;
pub use self::execution::*;
pub use self::investigation::*;
pub use self::opening::*;

use super::PenaltyState;
use crate::events::{Effects, FlowMoved, Opinion, PaperNumbered, PaperRendered, StepOperated, TimerDue};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PenaltyEvent {
    pub fact: PenaltyFact,
    /// `None` where nothing follows: a paper got its number or its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effects: Option<PenaltyEffects>,
}

pub type PenaltyEffects = Effects<PenaltyState>;

macro_rules! facts {
    ($($(#[$doc:meta])* $fact:ident($holds:ty) $kind:literal $name:literal;)*) => {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "act", rename_all = "snake_case")]
        pub enum PenaltyFact { $($(#[$doc])* $fact(Box<$holds>),)* }

        impl Event for PenaltyEvent {
            const SCHEMA: i32 = 2;

            fn kind(&self) -> &'static str {
                match self.fact { $(PenaltyFact::$fact(_) => $kind,)* }
            }

            /// A paper that got its number or its bytes changes nothing that a person decides on.
            fn harmless(&self) -> bool {
                matches!(self.fact, PenaltyFact::PaperNumbered(_) | PenaltyFact::PaperRendered(_))
            }

            fn lift(_kind: &str, schema: i32, payload: Json) -> Json {
                crate::events::lift(schema, payload)
            }
        }

        /// What an act is called on timelines, by the envelope's kind alone (it holds for erased payloads too).
        pub fn act_name(kind: &str) -> &'static str {
            match kind { $($kind => $name,)* _ => "其他记录" }
        }
    };
}

facts! {
    LeadRegistered(LeadRegistered) "penalty.lead_registered" "登记线索";
    OpeningProposed(OpeningProposed) "penalty.opening_proposed" "承办人提出立案意见";
    OpeningReviewed(OpinionSigned) "penalty.opening_reviewed" "审核立案意见";
    /// The responsible head approved it (立案): the 90 days run.
    Opened(OpinionSigned) "penalty.opened" "立案";
    NotOpened(OpinionSigned) "penalty.not_opened" "不予立案";
    OpeningReturned(OpinionSigned) "penalty.opening_returned" "退回立案意见";
    EvidenceRecorded(Evidence) "penalty.evidence_recorded" "登记证据";
    EvidenceHandedOver(HandOver) "penalty.evidence_handed_over" "移交证据";
    EvidencePreserved(Preservation) "penalty.evidence_preserved" "先行登记保存";
    PreservedDisposed(Disposal) "penalty.preserved_disposed" "处理登记保存的证据";
    InvestigationEnded(InvestigationEnded) "penalty.investigation_ended" "调查终结";
    ProposalReviewed(OpinionSigned) "penalty.proposal_reviewed" "审核处理建议";
    Notified(Notified) "penalty.notified" "制作事先告知书";
    NoticeServed(PaperServed) "penalty.notice_served" "送达事先告知书";
    DefenceMade(Defence) "penalty.defence_made" "当事人陈述申辩";
    DefenceWaived(Waiver) "penalty.defence_waived" "当事人放弃陈述申辩";
    /// Nobody answered in the time of the notice (T25).
    DefencePeriodEnded(DefencePeriodEnded) "penalty.defence_period_ended" "陈述申辩期限届满";
    DefenceChecked(DefenceChecked) "penalty.defence_checked" "复核陈述申辩";
    LegallyReviewed(LegallyReviewed) "penalty.legally_reviewed" "法制审核";
    Decided(PenaltyDecided) "penalty.decided" "作出决定";
    DecisionServed(PaperServed) "penalty.decision_served" "送达决定书";
    PaymentRecorded(Payment) "penalty.payment_recorded" "缴纳罚款";
    AdditionalFineImposed(AdditionalFineImposed) "penalty.additional_fine_imposed" "加处罚款";
    Deferred(Deferred) "penalty.deferred" "准予延期（分期）缴纳";
    DisputeRecorded(DisputeRecorded) "penalty.dispute_recorded" "复议、诉讼";
    ClosingProposed(ClosingProposed) "penalty.closing_proposed" "提出结案意见";
    Closed(OpinionSigned) "penalty.closed" "结案";
    ClosingReturned(OpinionSigned) "penalty.closing_returned" "退回结案意见";
    Released(PenaltyReleased) "penalty.released" "公开审查";
    DecisionReversed(DecisionReversed) "penalty.decision_reversed" "决定被变更、撤销";
    ReleaseWithdrawn(ReleaseWithdrawn) "penalty.release_withdrawn" "撤回公开信息";
    DecisionExtended(DecisionExtended) "penalty.decision_extended" "延长办案期限";
    RecusalRequested(RecusalRequested) "penalty.recusal_requested" "申请回避";
    RecusalDecided(RecusalDecided) "penalty.recusal_decided" "决定回避";
    ElectronicServiceConfirmed(ServiceConsent) "penalty.electronic_service_confirmed" "确认电子送达";
    StepReturned(StepOperated) "penalty.step_returned" "退回";
    StepTakenBack(StepOperated) "penalty.step_taken_back" "撤回";
    StepTransferred(StepOperated) "penalty.step_transferred" "转办";
    StepDelegated(StepOperated) "penalty.step_delegated" "委托办理";
    StepHandedBack(StepOperated) "penalty.step_handed_back" "交回委托";
    /// Whoever had it can't do it any more.
    StepFellBack(StepOperated) "penalty.step_fell_back" "环节退回岗位";
    SignersAdded(StepOperated) "penalty.signers_added" "加签";
    SignersRemoved(StepOperated) "penalty.signers_removed" "减签";
    /// The opinion of an added signer; it replaces none that the law asks for.
    StepSigned(OpinionSigned) "penalty.step_signed" "会签意见";
    StepCopied(StepOperated) "penalty.step_copied" "抄送";
    CopyNoted(StepOperated) "penalty.copy_noted" "阅悉抄送";
    StepUrged(StepOperated) "penalty.step_urged" "催办";
    StepSuspended(StepOperated) "penalty.step_suspended" "挂起环节";
    StepResumed(StepOperated) "penalty.step_resumed" "恢复环节";
    /// A timer of the flow was due.
    TimerFired(TimerDue) "penalty.timer_fired" "流程定时到时";
    /// It goes on on the chart of another version.
    FlowMoved(FlowMoved) "penalty.flow_moved" "迁移到新的流程图";
    PaperNumbered(PaperNumbered) "penalty.paper_numbered" "文书编号";
    PaperRendered(PaperRendered) "penalty.paper_rendered" "文书制成";
}

/// An opinion with the name and the certificate of who gave it (立案审批表: signature, certificate number, date).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpinionSigned {
    pub opinion: Opinion,
    pub name: String,
    /// Where the act asks for a certificate; valid on the day of the opinion.
    pub certificate_no: Option<String>,
}
