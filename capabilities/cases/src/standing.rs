//! What may be done next: (tokens ∩ law ∩ posts) and the standing acts (law ∩ posts). A page shows the rest disabled,
//! each with the rule that forbids it. The same `may` rules decide when the act is done.

use mingjing_chronicle::{Context, Refusal, RefusalKind};

use crate::case::Case;
use crate::decide::{
    Act, accept, ask_supplement, complete, correct, decide, examine, exclude_time, extend, issue, release, resume_time,
    review, serve, site_check, supply_supplement, turn_down, withdraw,
};

#[derive(Debug, Clone)]
pub struct NextStep {
    pub act: Act,
    pub allowed: bool,
    pub why_not: Option<String>,
    /// The article the refusal names, or the one the act rests on.
    pub article: String,
    pub advice: Option<String>,
}

/// Every act that concerns this person: those of posts held (or of the party), allowed or with the reason why not.
/// Acts of other posts are left out: they would be noise, not information.
pub fn next_steps(case: &Case, context: &Context) -> Vec<NextStep> {
    Act::ALL
        .into_iter()
        .filter_map(|act| match may(act, case, context) {
            Ok(()) => Some(NextStep {
                act,
                allowed: true,
                why_not: None,
                article: act.article().to_owned(),
                advice: None,
            }),
            Err(refusal) if concerns(act, case, context, &refusal) => Some(NextStep {
                act,
                allowed: false,
                why_not: Some(refusal.message),
                article: refusal.article.unwrap_or_else(|| act.article().to_owned()),
                advice: refusal.advice,
            }),
            Err(_) => None,
        })
        .collect()
}

/// The rule of the act, on the case and the person alone.
///
/// # Errors
/// The refusal that the act itself would give.
pub fn may(act: Act, case: &Case, context: &Context) -> Result<(), Refusal> {
    match act {
        Act::Submit => Err(Refusal::law("cases.submit.already_submitted", "这份申请已经提交过了。")),
        Act::CorrectOnTheSpot => correct::may(case, context).map(drop),
        Act::AskSupplement => ask_supplement::may(case, context).map(drop),
        Act::SupplySupplement => supply_supplement::may(case, context).map(drop),
        Act::Accept => accept::may(case, context).map(drop),
        Act::RefuseAcceptance => turn_down::may_refuse(case, context).map(drop),
        Act::NotRequired => turn_down::may_not_require(case, context).map(drop),
        Act::RecordSiteCheck => site_check::may(case, context).map(drop),
        Act::Examine => examine::may(case, context).map(drop),
        Act::Review => review::may(case, context).map(drop),
        Act::Decide => decide::may(case, context).map(drop),
        Act::Issue => issue::may(case, context).map(drop),
        Act::Serve => serve::may(case, context).map(drop),
        Act::Complete => complete::may(case, context).map(drop),
        Act::ReleaseReview => release::may(case, context).map(drop),
        Act::Withdraw => withdraw::may(case, context).map(drop),
        Act::Extend => extend::may(case, context).map(drop),
        Act::Suspend => exclude_time::may(case, context).map(drop),
        Act::Resume => resume_time::may(case, context).map(drop),
    }
}

fn concerns(act: Act, case: &Case, context: &Context, refusal: &Refusal) -> bool {
    if matches!(refusal.kind, RefusalKind::Forbidden | RefusalKind::NotFound) {
        return false;
    }
    match act.role() {
        "applicant" => {
            supply_supplement::is_party(case, context) || context.actor.post_in("counter_clerk", case.body()).is_some()
        }
        role => context.actor.post_in(role, case.body()).is_some(),
    }
}
