//! Whose step it is: 转办, 委托 and its return, 挂起, 恢复; and what falls back to the post by itself.

use jiff::ToSpan;
use jiff::civil::Date;
use mingjing_bpmn::step::{Doer, Stimulus, Target};
use mingjing_chronicle::{Context, HeldPost, Refusal};

use super::{
    Around, DelegateStep, Gone, HandBackStep, Operated, Operation, ResumeStep, SuspendStep, TransferStep, colleagues,
    done, fact, marked, moved, my_step, running_step, same, waiting_step,
};
use crate::decide::{AtStep, LegalAct, Setting, Verdict, text};
use crate::events::{Colleague, Lent, OpenStep, StepOperated};

/// A colleague stands in for a while; who does it for good gets it transferred.
const LONGEST_DAYS: i64 = 60;

/// The colleague of the same post whom a step is handed to.
fn successor<M: Operated>(case: &M, op: Operation, step: &OpenStep, around: &Around<'_>) -> Result<Colleague, Refusal> {
    let act = M::law(op);
    let mut officers = colleagues(case, op, "to", around)?;
    if officers.iter().any(|officer| step.signed.contains(&officer.account)) {
        return Err(act.lacks("signed_already", "to", "该人员已经签署过这一环节，请选择其他人员。"));
    }
    // The post is asked again when the step is done; here so that it does not wait for somebody who may not do it.
    let of_the_post = |post: &HeldPost| post.role == step.role && post.body == case.handled_by();
    match officers.pop().filter(|_| around.posts.iter().any(of_the_post)) {
        Some(officer) => Ok(officer),
        None => Err(act
            .lacks(
                "not_of_the_post",
                "to",
                "该人员没有担任办理这一环节的岗位，不能交给其办理。",
            )
            .advice("请选择担任同一岗位的人员（R63：环节固定到岗位）。")),
    }
}

pub(super) fn transfer<M: Operated>(
    case: &M,
    command: &TransferStep,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let op = Operation::Transfer;
    let at = running_step(case, op, around.setting.context)?;
    let reasons = text(M::law(op), "reasons", "转办的理由", &command.reasons)?;
    handed(case, op, &at, reasons, None, around)
}

pub(super) fn delegate<M: Operated>(
    case: &M,
    command: &DelegateStep,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let op = Operation::Delegate;
    let act = M::law(op);
    let context = around.setting.context;
    let at = running_step(case, op, context)?;
    let reasons = text(act, "reasons", "委托的理由", &command.reasons)?;
    let latest = context.today.checked_add(LONGEST_DAYS.days()).unwrap_or(context.today);
    if command.until < context.today || command.until > latest {
        return Err(act.lacks(
            "until",
            "until",
            format!("委托的最后一天应当在今天到{latest}之间；更长的请转办。"),
        ));
    }
    handed(case, op, &at, reasons, Some(command.until), around)
}

/// A colleague has the step: for good, or until a day.
fn handed<M: Operated>(
    case: &M,
    op: Operation,
    at: &AtStep,
    reasons: String,
    until: Option<Date>,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let officer = successor(case, op, &at.step, around)?;
    let (target, to) = (around.setting.flow.target(case, &at.step), officer.account.clone());
    let doer = around.doer(&reasons);
    let stimulus = match until {
        None => Stimulus::Transfer { target, to, doer },
        Some(_) => Stimulus::Delegate { target, to, doer },
    };
    let effects = moved(case, &stimulus, &around.setting)?;
    let fact = StepOperated {
        officers: vec![officer.clone()],
        until,
        ..fact(&at.step, reasons, around)
    };
    let lent = until.map(|until| Lent {
        by: around.account().to_owned(),
        by_name: around.name.to_owned(),
        until,
    });
    let verdict = done(case, op, fact, effects, &at.post.post, &around.setting);
    Ok(marked::<M>(verdict, |step| {
        if same(step, &at.step) {
            step.held_by = Some(officer.name.clone());
            if lent.is_some() {
                step.lent.clone_from(&lent);
            }
        }
    }))
}

/// Who was asked hands it back; who asked calls it back.
pub(super) fn may_hand_back<M: Operated>(case: &M, context: &Context) -> Result<AtStep, Refusal> {
    let op = Operation::HandBack;
    let (act, account) = (M::law(op), context.actor.account.as_str());
    case.may_operate(op, account)?;
    let mine = |step: &&OpenStep| {
        let lent = step.lent.as_ref();
        lent.is_some_and(|lent| lent.by == account || step.holder.as_deref() == Some(account))
    };
    let Some(step) = case.steps().iter().find(mine) else {
        return Err(Refusal::forbidden(
            act.code("not_delegated"),
            "没有委托给您或者由您委托的环节。",
        ));
    };
    if step.suspended {
        return Err(super::suspended(act));
    }
    Ok(AtStep {
        step: step.clone(),
        post: crate::decide::holds_post(act, case.handled_by(), &step.role, context)?,
    })
}

pub(super) fn hand_back<M: Operated>(
    case: &M,
    command: &HandBackStep,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let op = Operation::HandBack;
    let at = may_hand_back(case, around.setting.context)?;
    let reasons = text(M::law(op), "reasons", "交回的理由", &command.reasons)?;
    ordered(
        case,
        op,
        &at,
        reasons,
        |target, doer| Stimulus::HandBack { target, doer },
        around,
    )
}

/// The step changes in the flow alone; nobody else gets it.
fn ordered<M: Operated>(
    case: &M,
    op: Operation,
    at: &AtStep,
    reasons: String,
    stimulus: impl Fn(Target, Doer) -> Stimulus,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let target = around.setting.flow.target(case, &at.step);
    let effects = moved(case, &stimulus(target, around.doer(&reasons)), &around.setting)?;
    let fact = fact(&at.step, reasons, around);
    Ok(done(case, op, fact, effects, &at.post.post, &around.setting))
}

pub(super) fn may_suspend<M: Operated>(case: &M, context: &Context) -> Result<AtStep, Refusal> {
    waiting_step(case, Operation::Suspend, context)
}

pub(super) fn suspend<M: Operated>(
    case: &M,
    command: &SuspendStep,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let op = Operation::Suspend;
    let at = may_suspend(case, around.setting.context)?;
    let reasons = text(M::law(op), "reasons", "挂起的理由", &command.reasons)?;
    ordered(
        case,
        op,
        &at,
        reasons,
        |target, doer| Stimulus::Suspend {
            target: Some(target),
            doer,
        },
        around,
    )
}

pub(super) fn may_resume<M: Operated>(case: &M, context: &Context) -> Result<AtStep, Refusal> {
    let op = Operation::Resume;
    let act = M::law(op);
    let at = my_step(case, op, context)?;
    match at.step.suspended {
        true => Ok(at),
        false => Err(Refusal::forbidden(act.code("not_suspended"), "这一环节没有挂起。")),
    }
}

pub(super) fn resume<M: Operated>(
    case: &M,
    command: &ResumeStep,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let op = Operation::Resume;
    let at = may_resume(case, around.setting.context)?;
    let reasons = text(M::law(op), "reasons", "恢复的理由", &command.reasons)?;
    ordered(
        case,
        op,
        &at,
        reasons,
        |target, doer| Stimulus::Resume {
            target: Some(target),
            doer,
        },
        around,
    )
}

/// The first step that nobody could do any more as it is: delegated until a day that is over, or held by somebody who lost
/// the post. The step comes back, so that a colleague takes it; asked again until there is none.
///
/// # Errors
/// `cases.flow.*` if the chart does not know the step.
pub(crate) fn fall_back<M: Operated>(
    case: &M,
    gone: &[Gone],
    setting: &Setting<'_>,
) -> Result<Option<Verdict<M::Event>>, Refusal> {
    let held = case.steps().iter().filter(|step| !step.signer && step.holder.is_some());
    for step in held {
        let lost = gone.iter().any(|gone| gone.holds(step));
        let over = step.lent.as_ref().filter(|lent| lent.until < setting.context.today);
        let target = setting.flow.target(case, step);
        let (op, reasons, stimulus) = match over {
            _ if lost => {
                let reasons = "办理人员不再担任这一岗位，由同岗位的其他人员办理。";
                let doer = by_itself(reasons);
                (
                    Operation::FallBack,
                    reasons.to_owned(),
                    Stimulus::Release { target, doer },
                )
            }
            // Who holds it resumes it; then it goes back.
            Some(lent) if !step.suspended => {
                let reasons = format!("委托到{}期满，自动交回。", lent.until);
                let doer = by_itself(&reasons);
                (Operation::HandBack, reasons, Stimulus::HandBack { target, doer })
            }
            _ => continue,
        };
        let effects = moved(case, &stimulus, setting)?;
        return Ok(Some(done(
            case,
            op,
            StepOperated::on(step, reasons),
            effects,
            "",
            setting,
        )));
    }
    Ok(None)
}

fn by_itself(reasons: &str) -> Doer {
    Doer {
        by: None,
        reason: Some(reasons.to_owned()),
    }
}
