//! What may be done next: (tokens ∩ law ∩ posts) and the standing acts (law ∩ posts). A page shows the rest disabled,
//! each with the rule that forbids it. The same `may` rules decide when the act is done.

use mingjing_chronicle::{Context, Refusal, RefusalKind};

use crate::case::Case;
use crate::commands::own_law;
use crate::decide::{
    Act, accept, ask_supplement, complete, correct, decide, examine, exclude_time, extend, issue, not_at_step, release,
    resume_time, review, serve, site_check, supply_supplement, take_step, turn_down, withdraw,
};
use crate::events::OpenStep;
use crate::operate::{self, Operation};

#[derive(Debug, Clone)]
pub struct NextStep {
    pub act: Act,
    /// The task of the chart that is completed, where the act is [`Act::TakeStep`].
    pub step: Option<OpenStep>,
    pub allowed: bool,
    pub why_not: Option<String>,
    /// The article the refusal names, or the one the act rests on.
    pub article: String,
    pub advice: Option<String>,
}

impl NextStep {
    /// As addresses name it: `accept`, `take_step.verify`.
    pub fn key(&self) -> String {
        match &self.step {
            Some(step) => format!("{}.{}", self.act.key(), step.task),
            None => self.act.key().to_owned(),
        }
    }

    pub fn name(&self) -> String {
        match &self.step {
            Some(step) => step.name.clone(),
            None => self.act.name().to_owned(),
        }
    }
}

/// Every act that concerns this person: those of posts held (or of the party), allowed or with the reason why not.
/// Acts of other posts are left out: they would be noise, not information.
pub fn next_steps(case: &Case, context: &Context) -> Vec<NextStep> {
    let course = case.course();
    let acts = Act::ALL
        .into_iter()
        .filter(|act| act.belongs_to(course) && *act != Act::TakeStep);
    let acts = acts.filter_map(|act| {
        let article = act.article_for(course);
        told(act, None, article, act.role(), case, context, may(act, case, context))
    });
    let steps = take_step::open_tasks(case).into_iter().filter_map(|step| {
        let article = take_step::article(course, &step.kind);
        let may = take_step::may(case, &step.task, context).map(drop);
        let may = may.map_err(|refusal| own_law(case, refusal));
        told(
            Act::TakeStep,
            Some(step.clone()),
            article,
            &step.role,
            case,
            context,
            may,
        )
    });
    steps.chain(acts).chain(operations(case, context)).collect()
}

/// Those that this person may do now: what is barred of them is nobody's question.
fn operations(case: &Case, context: &Context) -> impl Iterator<Item = NextStep> {
    let course = case.course();
    let open = Operation::of_people().map(Act::Operate);
    let open = open.filter(|act| may(*act, case, context).is_ok());
    let open: Vec<NextStep> = open
        .map(|act| NextStep {
            act,
            step: None,
            allowed: true,
            why_not: None,
            article: act.article_for(course).to_owned(),
            advice: None,
        })
        .collect();
    open.into_iter()
}

fn told(
    act: Act,
    step: Option<OpenStep>,
    article: &str,
    role: &str,
    case: &Case,
    context: &Context,
    may: Result<(), Refusal>,
) -> Option<NextStep> {
    match may {
        Ok(()) => Some(NextStep {
            act,
            step,
            allowed: true,
            why_not: None,
            article: article.to_owned(),
            advice: None,
        }),
        Err(refusal) if concerns(role, case, context, &refusal) => Some(NextStep {
            act,
            step,
            allowed: false,
            why_not: Some(refusal.message),
            article: refusal.article.unwrap_or_else(|| article.to_owned()),
            advice: refusal.advice,
        }),
        Err(_) => None,
    }
}

/// The rule of the act, on the case and the person alone.
///
/// # Errors
/// The refusal that the act itself would give.
pub fn may(act: Act, case: &Case, context: &Context) -> Result<(), Refusal> {
    asked(act, case, context).map_err(|refusal| own_law(case, refusal))
}

fn asked(act: Act, case: &Case, context: &Context) -> Result<(), Refusal> {
    match act {
        Act::Submit | Act::Open => Err(Refusal::law("cases.submit.already_submitted", "这份申请已经提交过了。")),
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
        Act::Operate(op) => operate::may(op, case, context),
        // Of several open tasks each has its own answer; see `next_steps`.
        Act::TakeStep => match take_step::open_tasks(case).first() {
            Some(step) => take_step::may(case, &step.task, context).map(drop),
            None => Err(not_at_step(Act::TakeStep, &case.steps, case.state.name())),
        },
    }
}

fn concerns(role: &str, case: &Case, context: &Context, refusal: &Refusal) -> bool {
    if matches!(refusal.kind, RefusalKind::Forbidden | RefusalKind::NotFound) {
        return false;
    }
    match role {
        "applicant" | "party" => {
            supply_supplement::is_party(case, context) || context.actor.post_in("counter_clerk", case.body()).is_some()
        }
        role => context.actor.post_in(role, case.body()).is_some(),
    }
}
