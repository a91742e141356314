//! Acceptance (许可法 32(1)(五)): both decision clocks start, and the applicant gets the written proof with special
//! seal and date (32(2)).

use jiff::civil::Date;
use mingjing_chronicle::{Context, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::Case;
use crate::clock::{self, ClockChange, ClockKind};
use crate::decide::take_step;
use crate::decide::{Act, AtStep, Setting, Verdict, at_step, done};
use crate::events::{Accepted, CaseEvent, Effects, Notice, Template};
use crate::paper::Draft;

const ACT: Act = Act::Accept;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AcceptBody")]
pub struct Accept {
    /// What the clerk wants to have noted; not part of the notice.
    #[serde(default)]
    #[schemars(length(max = 5000))]
    pub remark: String,
}

/// # Errors
/// `cases.accept.*`
pub fn may(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    not_accepted_yet(case, ACT)?;
    at_step(case, ACT, "accept", context)
}

/// # Errors
/// `cases.accept.*`
pub fn decide(state: &Case, _command: &Accept, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let at = may(state, setting.context)?;
    let today = setting.context.today;
    let effects = effects(state, &at.step.task, today, setting)?;
    let event = CaseEvent::Accepted(Accepted {
        accepted_on: today,
        effects,
    });
    Ok(done(state, event, &at, setting))
}

/// Whoever handled it before the page was looked at again: accepted already, by act or by expiry.
pub(crate) fn not_accepted_yet(case: &Case, act: Act) -> Result<(), Refusal> {
    match case.facts.accepted {
        Some(accepted) if accepted.deemed => Err(Refusal::law(
            act.code("deemed_accepted"),
            format!(
                "逾期未一次告知补正内容，申请自收到材料之日（{}）起即为受理。",
                accepted.on
            ),
        )
        .article("行政许可法第三十二条第一款第（四）项")
        .advice("请直接进入审查；法定办理期限自收到材料之日起计算。")),
        Some(accepted) => Err(act
            .forbids("already_accepted", format!("申请已于{}受理。", accepted.on))
            .advice("请刷新页面查看办件的最新情况。")),
        None => Ok(()),
    }
}

/// What acceptance on `on` brings about, by act or by expiry.
pub(crate) fn effects(case: &Case, task: &str, on: Date, setting: &Setting<'_>) -> Result<Effects, Refusal> {
    let Some(item) = case.item() else {
        return Err(Refusal::not_found(ACT.code("no_case"), "没有找到这个办件。"));
    };
    let mut clocks = Vec::new();
    if case.clock(ClockKind::Telling).is_some_and(clock::CaseClock::runs) {
        clocks.push(ClockChange::Stopped {
            kind: ClockKind::Telling,
            on: setting.context.today,
        });
    }
    let limits = take_step::limits(item, on, setting)?;
    let due_of = |kind| {
        let limit = limits.iter().find(|limit: &&ClockChange| limit.kind() == kind);
        limit.and_then(ClockChange::due).map(|due| due.on)
    };
    let (statutory_due, promised_due) = (due_of(ClockKind::Decision), due_of(ClockKind::Promised));
    clocks.extend(limits);
    let notice = Draft::of(Template::AcceptanceNotice, case, setting)
        .with("accepted_on", on.to_string())
        .date("statutory_due", statutory_due)
        .date("promised_due", promised_due)
        .order();
    let ordered = setting.orders(case, task, "accept", Template::AcceptanceNotice);
    let told = promised_due
        .or(statutory_due)
        .map(|due| due.to_string())
        .unwrap_or_default();
    Ok(Effects {
        flow: setting.complete(case, task, "accept")?,
        clocks,
        notices: vec![Notice {
            title: "申请已受理".into(),
            text: format!("您关于“{}”的申请自{on}起受理，将在{told}前作出决定。", item.name),
            action: false,
            paper: ordered.then(|| notice.paper_id.clone()),
            service: false,
        }],
        papers: if ordered { vec![notice] } else { Vec::new() },
        ..Effects::default()
    })
}
