//! 抄送 and 催办: somebody is told; nobody's turn changes and no limit moves.

use mingjing_bpmn::step::Stimulus;
use mingjing_chronicle::{Context, HeldPost, Refusal};

use super::{
    Around, CopySent, CopyStep, NoteCopy, Operated, Operation, UrgeStep, colleagues, done, fact, marked, moved,
    running_step, same,
};
use crate::decide::{LegalAct, Verdict, role_name, text};
use crate::events::{Effects, OpenStep, StepOperated, Urged};

const MOST_ROLES: usize = 10;

pub(super) fn copy<M: Operated>(
    case: &M,
    command: &CopyStep,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let op = Operation::Copy;
    let act = M::law(op);
    let at = running_step(case, op, around.setting.context)?;
    let reasons = text(act, "reasons", "抄送的说明", &command.reasons)?;
    let officers = match command.officers.is_empty() && !command.roles.is_empty() {
        true => Vec::new(),
        false => colleagues(case, op, "officers", around)?,
    };
    let mut roles = command.roles.clone();
    roles.sort_unstable();
    roles.dedup();
    let known = |role: &String| role_name(role) != UNKNOWN_ROLE && !matches!(role.as_str(), "applicant" | "party");
    if roles.len() > MOST_ROLES || !roles.iter().all(known) {
        return Err(act.lacks("no_such_post", "roles", "没有这个岗位，请重新选择。"));
    }
    let posts = roles.iter().map(|role| format!("post:{role}"));
    let stimulus = Stimulus::Copy {
        target: around.setting.flow.target(case, &at.step),
        to: officers.iter().map(|one| one.account.clone()).chain(posts).collect(),
        doer: around.doer(&reasons),
    };
    let effects = moved(case, &stimulus, &around.setting)?;
    let fact = StepOperated {
        officers,
        roles,
        copy: Some(1 + case.copies().len() as u32),
        ..fact(&at.step, reasons, around)
    };
    Ok(done(case, op, fact, effects, &at.post.post, &around.setting))
}

/// What [`role_name`] says of a role it does not know.
const UNKNOWN_ROLE: &str = "有关岗位";

/// Copies for this person, by name or by post, that were not read yet.
pub(crate) fn copies_to_note<'a, M: Operated>(case: &'a M, context: &Context) -> Vec<&'a CopySent> {
    let for_me = |copy: &&CopySent| copy.waits_for(&context.actor.account, &roles_held(case, context));
    case.copies().iter().filter(for_me).collect()
}

fn roles_held<'a, M: Operated>(case: &M, context: &'a Context) -> Vec<&'a str> {
    let posts = context.actor.posts.iter();
    let here = posts.filter(|post| post.body == case.handled_by());
    here.map(|post| post.role.as_str()).collect()
}

pub(super) fn may_note<M: Operated>(case: &M, context: &Context) -> Result<HeldPost, Refusal> {
    let op = Operation::NoteCopy;
    let act = M::law(op);
    case.may_operate(op, &context.actor.account)?;
    if copies_to_note(case, context).is_empty() {
        return Err(Refusal::forbidden(
            act.code("no_copy"),
            "没有抄送给您而您还没有阅悉的内容。",
        ));
    }
    let here = context.actor.posts.iter().find(|post| post.body == case.handled_by());
    here.cloned()
        .ok_or_else(|| Refusal::forbidden(act.code("not_your_post"), "您没有担任本机关的岗位。"))
}

pub(super) fn note_copy<M: Operated>(
    case: &M,
    command: &NoteCopy,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let op = Operation::NoteCopy;
    let act = M::law(op);
    let context = around.setting.context;
    let post = may_note(case, context)?;
    let mine = copies_to_note(case, context);
    let noted = mine
        .iter()
        .filter(|copy| command.copy.is_none_or(|number| copy.number == number));
    let mut events = Vec::new();
    for copy in noted {
        let fact = StepOperated {
            task: copy.task.clone(),
            step: copy.step.clone(),
            account: around.account().to_owned(),
            name: around.name.to_owned(),
            copy: Some(copy.number),
            ..StepOperated::default()
        };
        let verdict = done(case, op, fact, Effects::default(), &post.post, &around.setting);
        events.extend(verdict.events);
    }
    match events.is_empty() {
        true => Err(act.lacks("no_copy", "copy", "这一份不是抄送给您的，或者已经阅悉。")),
        false => Ok(Verdict {
            events,
            happened_on: context.today,
            post: post.post,
        }),
    }
}

/// Open steps of others that this person may urge.
pub(crate) fn urgeable<M: Operated>(case: &M, context: &Context) -> Vec<OpenStep> {
    let account = context.actor.account.as_str();
    let of_others = |step: &&OpenStep| match &step.holder {
        Some(holder) => holder != account,
        None => context.actor.post_in(&step.role, case.handled_by()).is_none(),
    };
    let mut found: Vec<OpenStep> = Vec::new();
    for step in case.steps().iter().filter(of_others) {
        if !M::of_the_party(step) && found.iter().all(|known| known.task != step.task) {
            found.push(step.clone());
        }
    }
    found
}

pub(super) fn may_urge<M: Operated>(case: &M, context: &Context) -> Result<HeldPost, Refusal> {
    let op = Operation::Urge;
    let act = M::law(op);
    case.may_operate(op, &context.actor.account)?;
    let here = context.actor.posts.iter().find(|post| post.body == case.handled_by());
    let Some(post) = here else {
        return Err(Refusal::forbidden(
            act.code("not_your_post"),
            "您没有担任本机关的岗位。",
        ));
    };
    match urgeable(case, context).is_empty() {
        true => Err(Refusal::forbidden(
            act.code("nobody_to_urge"),
            "现在没有等待其他人员办理的环节，不用催办。",
        )),
        false => Ok(post.clone()),
    }
}

pub(super) fn urge<M: Operated>(
    case: &M,
    command: &UrgeStep,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    let op = Operation::Urge;
    let act = M::law(op);
    let context = around.setting.context;
    let post = may_urge(case, context)?;
    let reasons = text(act, "reasons", "催办的理由", &command.reasons)?;
    let open = urgeable(case, context);
    let chosen = match (&command.task, &open[..]) {
        (None, [only]) => Some(only),
        (Some(task), open) => open.iter().find(|step| step.task == *task),
        (None, _) => None,
    };
    let Some(step) = chosen else {
        return Err(act.lacks("which_step", "task", "请选择催办哪一个在办环节。"));
    };
    let urged = step.urged.as_ref();
    if urged.is_some_and(|urged| urged.on == context.today && urged.by == around.account()) {
        return Err(act
            .forbids("urged_today", "您今天已经催办过这一环节。")
            .advice("同一环节一天催办一次；超过期限的，由监察机构依法督办。"));
    }
    let mark = Urged {
        times: 1 + urged.map_or(0, |urged| urged.times),
        on: context.today,
        by: around.account().to_owned(),
        by_name: around.name.to_owned(),
        reasons: reasons.clone(),
    };
    let effects = match step.suspended || step.asked.is_some() {
        // The flow moves nothing of what stands still; who stopped it is reminded all the same. What another body answers has
        // its own flow.
        true => Effects::default(),
        false => {
            let target = around.setting.flow.target(case, step);
            let doer = around.doer(&reasons);
            moved(case, &Stimulus::Urge { target, doer }, &around.setting)?
        }
    };
    let fact = fact(step, reasons, around);
    let verdict = done(case, op, fact, effects, &post.post, &around.setting);
    let (account, step) = (around.account(), step.clone());
    Ok(marked::<M>(verdict, |open| {
        let of_others = open.holder.as_deref() != Some(account);
        if same(open, &step) || (open.task == step.task && of_others) {
            open.urged = Some(mark.clone());
        }
    }))
}
