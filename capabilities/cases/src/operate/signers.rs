//! 加签, 减签 and the opinions of those who were added.

use mingjing_bpmn::step::{Stimulus, When};
use mingjing_chronicle::{Context, Refusal};

use super::{
    AddSigners, Around, Operated, Operation, RemoveSigners, SignStep, SignWhen, colleagues, done, fact, marked, moved,
    running_step, suspended, waiting_step,
};
use crate::decide::{AtStep, LegalAct, Verdict, bounded, done_on, text};
use crate::events::{Effects, OpenStep, Opinion, Stance, StepOperated};
use crate::penalty::events::OpinionSigned;

pub(super) fn may_add<M: Operated>(case: &M, context: &Context) -> Result<AtStep, Refusal> {
    waiting_step(case, Operation::AddSigners, context)
}

pub(super) fn add<M: Operated>(
    case: &M,
    command: &AddSigners,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let op = Operation::AddSigners;
    let act = M::law(op);
    let at = may_add(case, around.setting.context)?;
    let reasons = text(act, "reasons", "加签的理由", &command.reasons)?;
    let officers = colleagues(case, op, "officers", around)?;
    let signs = |account: &str| {
        let of_task = case.steps().iter().filter(|step| step.task == at.step.task);
        let mut of_task = of_task.filter(|step| step.signer);
        of_task.any(|step| step.holder.as_deref() == Some(account))
    };
    if let Some(twice) = officers.iter().find(|officer| signs(&officer.account)) {
        return Err(act.lacks("signs_already", "officers", format!("{}已经在加签人员中。", twice.name)));
    }
    // Beside in a countersigned step would make one more who has to do the act itself; an added signer only gives an
    // opinion, so that the number the chart fixes stays (R63).
    if at.step.instance.is_some() && command.when == SignWhen::Beside {
        return Err(act.lacks(
            "countersigned",
            "when",
            "会签环节的人数由流程图规定，加签请选择在前或者在后。",
        ));
    }
    let when = match command.when {
        SignWhen::Before => When::Before,
        SignWhen::Beside => When::Beside,
        SignWhen::After => When::After,
    };
    let stimulus = Stimulus::AddSigners {
        target: around.setting.flow.target(case, &at.step),
        who: officers.iter().map(|officer| officer.account.clone()).collect(),
        when,
        doer: around.doer(&reasons),
    };
    let effects = moved(case, &stimulus, &around.setting)?;
    let names = officers.clone();
    let fact = StepOperated {
        officers,
        ..fact(&at.step, reasons, around)
    };
    let verdict = done(case, op, fact, effects, &at.post.post, &around.setting);
    Ok(marked::<M>(verdict, |step| {
        let added = names
            .iter()
            .find(|officer| step.holder.as_ref() == Some(&officer.account));
        if let Some(added) = added.filter(|_| step.signer && step.task == at.step.task) {
            step.held_by = Some(added.name.clone());
        }
    }))
}

pub(super) fn may_remove<M: Operated>(case: &M, context: &Context) -> Result<AtStep, Refusal> {
    let op = Operation::RemoveSigners;
    let act = M::law(op);
    let at = running_step(case, op, context)?;
    let signed_by_others = |step: &OpenStep| step.signer && step.task == at.step.task;
    match case.steps().iter().any(signed_by_others) {
        true => Ok(at),
        false => Err(Refusal::forbidden(act.code("no_signers"), "这一环节没有加签人员。")),
    }
}

/// Also of signers who are no longer here: they would never sign.
pub(super) fn remove<M: Operated>(
    case: &M,
    command: &RemoveSigners,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let op = Operation::RemoveSigners;
    let act = M::law(op);
    let at = may_remove(case, around.setting.context)?;
    let reasons = text(act, "reasons", "减签的理由", &command.reasons)?;
    let mut officers: Vec<crate::events::Colleague> = Vec::new();
    for account in &command.officers {
        let signs =
            |step: &&OpenStep| step.signer && step.task == at.step.task && step.holder.as_ref() == Some(account);
        if !case.steps().iter().any(|step| signs(&step)) {
            return Err(act.lacks("not_a_signer", "officers", "所选人员不在这一环节的加签人员中。"));
        }
        let named = around.officers.iter().find(|officer| officer.account == *account);
        if officers.iter().all(|known| known.account != *account) {
            officers.push(crate::events::Colleague {
                account: account.clone(),
                name: named.map_or_else(String::new, |officer| officer.name.clone()),
            });
        }
    }
    if officers.is_empty() {
        return Err(act.lacks("missing", "officers", "请选择人员。"));
    }
    let stimulus = Stimulus::RemoveSigners {
        target: around.setting.flow.target(case, &at.step),
        who: officers.iter().map(|officer| officer.account.clone()).collect(),
        doer: around.doer(&reasons),
    };
    let effects = moved(case, &stimulus, &around.setting)?;
    let fact = StepOperated {
        officers,
        ..fact(&at.step, reasons, around)
    };
    Ok(done(case, op, fact, effects, &at.post.post, &around.setting))
}

pub(super) fn may_sign<M: Operated>(case: &M, context: &Context) -> Result<OpenStep, Refusal> {
    let op = Operation::Sign;
    let (act, account) = (M::law(op), context.actor.account.as_str());
    case.may_operate(op, account)?;
    let mine = |step: &&OpenStep| step.signer && step.holder.as_deref() == Some(account);
    match case.steps().iter().find(mine) {
        Some(step) if step.suspended => Err(suspended(act)),
        Some(step) => Ok(step.clone()),
        None => Err(Refusal::forbidden(act.code("not_asked"), "没有请您加签的环节。")),
    }
}

pub(super) fn sign<M: Operated>(
    case: &M,
    command: &SignStep,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let act = M::law(Operation::Sign);
    let context = around.setting.context;
    let step = may_sign(case, context)?;
    // Signers are asked whatever their post; the first one held in the body is told.
    let Some(post) = context.actor.posts.iter().find(|post| post.body == case.handled_by()) else {
        return Err(Refusal::forbidden(
            act.code("not_your_post"),
            "您没有担任本机关的岗位。",
        ));
    };
    let words = text(act, "opinion", "意见", &command.opinion)?;
    let reasons = bounded(act, "reasons", "理由", &command.reasons)?;
    if command.stance != Stance::Positive && reasons.is_empty() {
        return Err(act.lacks("needs_reasons", "reasons", "否定意见或者退回应当说明理由。"));
    }
    let opinion = OpinionSigned {
        opinion: Opinion {
            task: step.task.clone(),
            step: step.name.clone(),
            role: post.role.clone(),
            account: around.account().to_owned(),
            stance: command.stance,
            text: words,
            reasons: (!reasons.is_empty()).then_some(reasons),
            on: context.today,
        },
        name: around.name.to_owned(),
        certificate_no: around.certificate_no.map(str::to_owned),
    };
    let effects = Effects {
        flow: around.setting.complete_step(case, &step, None)?,
        ..Effects::default()
    };
    let event = M::signed(&step, opinion, effects);
    Ok(done_on(case, event, context.today, post.post.clone(), &around.setting))
}
