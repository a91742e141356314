//! What may be done next: (tokens ∩ law ∩ posts) and the standing acts (law ∩ posts). A page shows the rest disabled,
//! each with the rule that forbids it. The same `may` rules decide when the act is done.

use mingjing_chronicle::{Refusal, RefusalKind};

use super::decide::{
    Who, check_defence, closing, confirm_service, decide, defer, dispute, end_investigation, evidence, extend_decision,
    impose_additional_fine, legal_review, make_defence, notify, opening, preserve, propose_opening, record_payment,
    recusal, release, reversal, review_proposal, serve, waive_defence,
};
use super::{PenaltyAct, PenaltyCase};
use crate::operate;

#[derive(Debug, Clone)]
pub struct NextStep {
    pub act: PenaltyAct,
    pub allowed: bool,
    pub why_not: Option<String>,
    /// The article the refusal names, or the one the act rests on.
    pub article: String,
    pub advice: Option<String>,
}

/// Every act that concerns this person: those of posts held (or of the party), allowed or with the reason why not.
pub fn next_steps(case: &PenaltyCase, who: &Who<'_>) -> Vec<NextStep> {
    let step = |act: PenaltyAct| match may(act, case, who) {
        Ok(()) => Some(NextStep {
            act,
            allowed: true,
            why_not: None,
            article: act.article().to_owned(),
            advice: None,
        }),
        Err(refusal) if concerns(act, case, who, &refusal) => Some(NextStep {
            act,
            allowed: false,
            why_not: Some(refusal.message),
            article: refusal.article.unwrap_or_else(|| act.article().to_owned()),
            advice: refusal.advice,
        }),
        Err(_) => None,
    };
    PenaltyAct::ALL.iter().copied().filter_map(step).collect()
}

/// The rule of the act, on the case and the person alone.
///
/// # Errors
/// The refusal that the act itself would give.
pub fn may(act: PenaltyAct, case: &PenaltyCase, who: &Who<'_>) -> Result<(), Refusal> {
    if let Some(op) = act.operation() {
        return operate::may(op, case, who.context);
    }
    match act {
        PenaltyAct::RegisterLead => Err(Refusal::not_found(
            "penalty.register_lead.already_registered",
            "这条线索已经登记过了。",
        )),
        PenaltyAct::ProposeOpening => propose_opening::may(case, who).map(drop),
        PenaltyAct::ReviewOpening => opening::may_review(case, who).map(drop),
        PenaltyAct::ApproveOpening => opening::may_approve(case, who).map(drop),
        PenaltyAct::RecordEvidence => evidence::may(case, who).map(drop),
        PenaltyAct::HandOverEvidence => evidence::may_hand_over(case, who).map(drop),
        PenaltyAct::EndInvestigation => end_investigation::may(case, who).map(drop),
        PenaltyAct::ReviewProposal => review_proposal::may(case, who).map(drop),
        PenaltyAct::Notify => notify::may(case, who).map(drop),
        PenaltyAct::ServeNotice => serve::may_notice(case, who).map(drop),
        PenaltyAct::MakeDefence => make_defence::may(case, who).map(drop),
        PenaltyAct::WaiveDefence => waive_defence::may(case, who).map(drop),
        PenaltyAct::CheckDefence => check_defence::may(case, who).map(drop),
        PenaltyAct::LegalReview => legal_review::may(case, who).map(drop),
        PenaltyAct::Decide => decide::may(case, who).map(drop),
        PenaltyAct::ServeDecision => serve::may_decision(case, who).map(drop),
        PenaltyAct::RecordPayment => record_payment::may(case, who).map(drop),
        PenaltyAct::ProposeClosing => closing::may_propose(case, who).map(drop),
        PenaltyAct::ApproveClosing => closing::may_approve(case, who).map(drop),
        PenaltyAct::ReviewRelease => release::may(case, who).map(drop),
        PenaltyAct::PreserveEvidence => preserve::may(case, who).map(drop),
        PenaltyAct::DisposePreserved => preserve::may_dispose(case, who).map(drop),
        PenaltyAct::ExtendDecision => extend_decision::may(case, who).map(drop),
        PenaltyAct::ConfirmElectronicService => confirm_service::may(case, who).map(drop),
        PenaltyAct::RequestRecusal => recusal::may_request(case, who).map(drop),
        PenaltyAct::DecideRecusal => recusal::may_decide(case, who).map(drop),
        PenaltyAct::GrantDeferral => defer::may(case, who).map(drop),
        PenaltyAct::ImposeAdditionalFine => impose_additional_fine::may(case, who).map(drop),
        PenaltyAct::RecordDispute => dispute::may(case, who).map(drop),
        PenaltyAct::RecordReversal => reversal::may(case, who).map(drop),
        PenaltyAct::WithdrawRelease => release::may_withdraw(case, who).map(drop),
        _ => Err(Refusal::not_found("penalty.no_such_act", "没有这个操作。")),
    }
}

/// Acts of other posts are left out: they would be noise, not information.
fn concerns(act: PenaltyAct, case: &PenaltyCase, who: &Who<'_>, refusal: &Refusal) -> bool {
    if matches!(refusal.kind, RefusalKind::Forbidden | RefusalKind::NotFound) {
        return false;
    }
    let holds = |role: &str| who.context.actor.post_in(role, case.body()).is_some();
    match act.role() {
        "party" => who.speaks_for_party || holds("handler"),
        role => holds(role),
    }
}
