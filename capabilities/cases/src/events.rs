//! What is recorded of a case: one event per act, holding the legal fact, the inputs it rests on, and everything
//! that followed from it (flow, clocks, papers, notices), so that replaying asks nobody.
//!
//! Old shapes and their lifts are kept at the bottom.

mod acts;
mod application;
mod assistance;
mod moved;
mod operation;
mod paper;
mod state;
mod step;

use jiff::civil::Date;
use mingjing_chronicle::Event;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use self::acts::*;
pub use self::application::*;
pub use self::assistance::{
    Answer, Asked, AssistanceAsked, AssistanceEnded, AssistanceTold, Lead, OpinionReturned, Told,
};
pub use self::moved::{CaseMoved, FlowMoved, PlaceMoved};
pub use self::operation::{Colleague, Lent, StepNamed, StepOperated, StepOperation, TimerDue, TimerFired, Urged};
pub(crate) use self::paper::MATTER_WORD;
pub use self::paper::{PaperOrder, Template};
pub use self::state::CaseState;
pub use self::step::{GoodsTaken, OutcomeNamed, StepFacts, StepTaken, TakenStep};

use crate::clock::ClockChange;
use crate::flow::{EarlierEvent, FlowEvent};
use crate::operate::Operation;

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
    /// A task of the chart whose act has no event of its own.
    StepTaken(Box<StepTaken>),
    /// Whose turn it is changed, or somebody was told of it.
    StepOperated(Box<StepOperation>),
    /// A timer of the flow was due.
    TimerFired(TimerFired),
    /// It goes on on the chart of another version.
    FlowMoved(Box<CaseMoved>),
    /// First of the case of a body that was asked for its opinion in a joint approval.
    AssistanceAsked(Box<AssistanceAsked>),
    AssistanceEnded(AssistanceEnded),
    AssistanceTold(AssistanceTold),
    /// In the lead's case.
    OpinionReturned(Box<OpinionReturned>),
    PaperNumbered(PaperNumbered),
    PaperRendered(PaperRendered),
}

/// Everything that followed from one act; `S` is the state in law of the procedure.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Effects<S = CaseState> {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flow: Vec<FlowEvent>,
    /// Of events of schema 1: what the flow did in the words of the earlier core.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierEvent>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<ClockChange>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<PaperOrder>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    pub state: S,
    /// The tasks that are open after the act.
    pub steps: Vec<OpenStep>,
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
    /// Where several sign a step: which of them, by the flow's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<u32>,
    /// Account that it is for; none: any officer of the post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// Accounts that have signed it in this round; each signs once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed: Vec<String>,
    /// Of an added signer (加签): asks for an opinion, not for the step's act.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signer: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
    /// Name of the holder, where an operation named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<String>,
    /// Of a delegated step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lent: Option<Lent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urged: Option<Urged>,
    /// Of a call that another body answers; nobody of the lead body does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
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
            CaseEvent::StepTaken(event) => &event.effects,
            CaseEvent::StepOperated(event) => &event.effects,
            CaseEvent::TimerFired(event) => &event.effects,
            CaseEvent::FlowMoved(event) => &event.effects,
            CaseEvent::AssistanceAsked(event) => &event.effects,
            CaseEvent::AssistanceEnded(event) => &event.effects,
            CaseEvent::AssistanceTold(event) => &event.effects,
            CaseEvent::OpinionReturned(event) => &event.effects,
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
            CaseEvent::StepTaken(event) => &mut event.effects,
            CaseEvent::StepOperated(event) => &mut event.effects,
            CaseEvent::TimerFired(event) => &mut event.effects,
            CaseEvent::FlowMoved(event) => &mut event.effects,
            CaseEvent::AssistanceAsked(event) => &mut event.effects,
            CaseEvent::AssistanceEnded(event) => &mut event.effects,
            CaseEvent::AssistanceTold(event) => &mut event.effects,
            CaseEvent::OpinionReturned(event) => &mut event.effects,
            CaseEvent::PaperNumbered(_) | CaseEvent::PaperRendered(_) => return None,
        })
    }
}

impl Event for CaseEvent {
    const SCHEMA: i32 = 2;

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
            CaseEvent::StepTaken(_) => "case.step_taken",
            CaseEvent::StepOperated(event) => event.how.kind(),
            CaseEvent::TimerFired(_) => "case.timer_fired",
            CaseEvent::FlowMoved(_) => "case.flow_moved",
            CaseEvent::AssistanceAsked(_) => "case.assistance_asked",
            CaseEvent::AssistanceEnded(_) => "case.assistance_ended",
            CaseEvent::AssistanceTold(_) => "case.assistance_told",
            CaseEvent::OpinionReturned(_) => "case.opinion_returned",
            CaseEvent::PaperNumbered(_) => "case.paper_numbered",
            CaseEvent::PaperRendered(_) => "case.paper_rendered",
        }
    }

    /// A paper that got its number or its bytes changes nothing that a person decides on.
    fn harmless(&self) -> bool {
        matches!(self, CaseEvent::PaperNumbered(_) | CaseEvent::PaperRendered(_))
    }

    fn lift(_kind: &str, schema: i32, payload: Json) -> Json {
        lift(schema, payload)
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
        "case.step_taken" => "办理流程环节",
        "case.timer_fired" => "流程定时到时",
        "case.flow_moved" => "迁移到新的流程图",
        "case.assistance_asked" => "收到联合办理转告",
        "case.assistance_ended" => "协办终止",
        "case.assistance_told" => "收到协办提示",
        "case.opinion_returned" => "收到协办意见",
        "case.paper_numbered" => "文书编号",
        "case.paper_rendered" => "文书制成",
        kind => Operation::told(kind).unwrap_or("其他记录"),
    }
}

/// Schema 1, of both procedures: `effects.flow` held events of the flow core before `mingjing_bpmn::step`.
pub(crate) fn lift(schema: i32, mut payload: Json) -> Json {
    let effects = payload.get_mut("effects").and_then(Json::as_object_mut);
    if let Some(effects) = effects.filter(|_| schema < 2)
        && let Some(flow) = effects.remove("flow")
    {
        effects.insert("earlier".to_owned(), flow);
    }
    payload
}
