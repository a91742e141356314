//! 退回 and 撤回: what was done is done again.

use mingjing_bpmn::step::Stimulus;
use mingjing_chronicle::{Context, Refusal};

use super::{Around, LastDone, Operated, Operation, ReturnStep, TakeBackStep, done, fact, moved, running_step};
use crate::decide::{AtStep, LegalAct, Verdict, holds_post, text};
use crate::events::{OpenStep, StepNamed, StepOperated};
use crate::flow::Flow;

pub(super) fn may_return<M: Operated>(case: &M, context: &Context) -> Result<AtStep, Refusal> {
    let at = running_step(case, Operation::Return, context)?;
    match case.may_go_back(&at.step) {
        true => Ok(at),
        false => Err(nothing_before::<M>()),
    }
}

fn nothing_before<M: Operated>() -> Refusal {
    let act = M::law(Operation::Return);
    act.forbids(
        "nothing_before",
        "这一环节不能退回：之前没有可以重做的环节，或者此前的行为已经对外发生效力。",
    )
}

/// Earlier steps that this case can be returned to now.
pub(crate) fn ways_back<M: Operated>(case: &M, context: &Context, flow: &Flow) -> Vec<StepNamed> {
    match may_return(case, context) {
        Ok(at) => again(case, &at.step, flow),
        Err(_) => Vec::new(),
    }
}

fn again<M: Operated>(case: &M, step: &OpenStep, flow: &Flow) -> Vec<StepNamed> {
    case.again(flow.earlier_steps(case, step))
}

pub(super) fn give_back<M: Operated>(
    case: &M,
    command: &ReturnStep,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let act = M::law(Operation::Return);
    let flow = around.setting.flow;
    let at = may_return(case, around.setting.context)?;
    let reasons = text(act, "reasons", "退回的理由", &command.reasons)?;
    let ways = again(case, &at.step, flow);
    let Some(place) = ways.iter().position(|step| step.task == command.to) else {
        return Err(act
            .lacks("not_returnable", "to", "不能退回到这一环节。")
            .advice("已经对外发生效力的行为（受理、立案、告知、决定等）之前的环节，不能退回。"));
    };
    let stimulus = Stimulus::Return {
        target: flow.target(case, &at.step),
        to: command.to.clone(),
        doer: around.doer(&reasons),
    };
    let effects = moved(case, &stimulus, &around.setting)?;
    let fact = StepOperated {
        back_to: ways.get(place).cloned(),
        again: ways[..place].to_vec(),
        ..fact(&at.step, reasons, around)
    };
    Ok(done(
        case,
        Operation::Return,
        fact,
        effects,
        &at.post.post,
        &around.setting,
    ))
}

/// What was done last is this person's own; whether somebody has acted on it since, the flow knows.
pub(super) fn may_take_back<M: Operated>(case: &M, context: &Context) -> Result<LastDone, Refusal> {
    let op = Operation::TakeBack;
    let (act, account) = (M::law(op), context.actor.account.as_str());
    case.may_operate(op, account)?;
    let last = case.last_done().filter(|last| last.account == account);
    last.ok_or_else(|| Refusal::forbidden(act.code("not_yours"), "上一环节不是您办理的，不能撤回。"))
}

pub(super) fn take_back<M: Operated>(
    case: &M,
    command: &TakeBackStep,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let op = Operation::TakeBack;
    let act = M::law(op);
    let last = may_take_back(case, around.setting.context)?;
    let post = holds_post(act, case.handled_by(), &last.role, around.setting.context)?;
    let reasons = text(act, "reasons", "撤回的理由", &command.reasons)?;
    let step = around.setting.flow.named(&last.task);
    let Some(step) = step.filter(|step| case.inner(&step.kind) && !last.told) else {
        return Err(act.forbids(
            "not_inner",
            "立案、受理、决定等已经发生法律效力、已经告知当事人或者已经起算期限的行为不能撤回，只能依法变更、撤销。",
        ));
    };
    let stimulus = Stimulus::Withdraw {
        element: step.task.clone(),
        doer: around.doer(&reasons),
    };
    let effects = moved(case, &stimulus, &around.setting)?;
    let fact = StepOperated {
        task: step.task.clone(),
        step: step.name.clone(),
        account: around.account().to_owned(),
        name: around.name.to_owned(),
        reasons,
        back_to: Some(step),
        ..StepOperated::default()
    };
    Ok(done(case, op, fact, effects, &post.post, &around.setting))
}
