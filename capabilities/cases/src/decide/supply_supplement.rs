//! The applicant hands in what was missing, online or through the counter. Acceptance follows when all has come
//! (许可法 32(1)(五)); no second round of supplements exists.

use mingjing_chronicle::{ActorKind, Context, Refusal};

use crate::case::Case;
use crate::course::Course;
use crate::decide::{Act, Setting, Verdict, bounded, done_on, holds, living};
use crate::events::{CaseEvent, Channel, Effects, OpenStep, SubmittedMaterial, SupplementSupplied};

const ACT: Act = Act::SupplySupplement;

#[derive(Debug, Clone)]
pub struct SupplySupplement {
    pub materials: Vec<SubmittedMaterial>,
    pub note: String,
}

/// The step that waits, the channel, and the clerk's post where a clerk hands it in.
///
/// # Errors
/// `cases.supply_supplement.*`
pub fn may(case: &Case, context: &Context) -> Result<(OpenStep, Channel, String), Refusal> {
    living(case, ACT)?;
    // 公开条例 30: what is unclear in a request the chart's own step asks about.
    let request = case.course() == Course::Disclosure;
    let asked = case.facts.supplement_asked.is_some() || request && case.took("ask_supplement").is_some();
    let waiting = case.step_of("supplement").filter(|_| asked);
    let Some(step) = waiting else {
        return Err(ACT
            .forbids("not_asked", "目前没有等待补正的内容。")
            .advice("请刷新页面查看办件的最新情况。"));
    };
    if is_party(case, context) {
        return Ok((step.clone(), Channel::Online, String::new()));
    }
    // What comes on paper to such a request the clerk records with the chart's step.
    if context.actor.in_office() && !request {
        let post = holds(case, ACT, "counter_clerk", context)?;
        return Ok((step.clone(), Channel::Counter, post.post));
    }
    Err(Refusal::forbidden(
        ACT.code("not_your_case"),
        "只有申请人或者其代理人可以提交补正材料。",
    ))
}

/// # Errors
/// `cases.supply_supplement.*`
pub fn decide(state: &Case, command: &SupplySupplement, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let (step, channel, post) = may(state, setting.context)?;
    let materials: Vec<SubmittedMaterial> = command
        .materials
        .iter()
        .filter(|material| material.present())
        .cloned()
        .collect();
    let note = bounded(ACT, "note", "说明", &command.note)?;
    if materials.is_empty() && note.is_empty() {
        return Err(ACT
            .lacks(
                "nothing_supplied",
                "materials",
                "请至少提交一份补正材料，或者说明补正情况。",
            )
            .advice("补正通知书列明了需要补正的全部内容。"));
    }
    let event = CaseEvent::SupplementSupplied(SupplementSupplied {
        materials,
        note,
        channel,
        effects: Effects {
            flow: setting.complete(state, &step.task, "supplemented")?,
            ..Effects::default()
        },
    });
    Ok(done_on(state, event, setting.context.today, post, setting))
}

/// The applicant's own account, or the agent's while the authority holds.
pub(crate) fn is_party(case: &Case, context: &Context) -> bool {
    let Some(applicant) = case.applicant() else {
        return false;
    };
    let account = Some(context.actor.account.as_str());
    context.actor.kind == ActorKind::Citizen
        && (applicant.account.as_deref() == account
            || applicant
                .agent
                .as_ref()
                .is_some_and(|agent| agent.account.as_deref() == account && agent.authority.holds_on(context.today)))
}
