//! Joint approval (许可法 26(2)): the lead asks, the bodies that were asked answer, and each learns what it has to know.

use mingjing_chronicle::Refusal;
use serde_json::Map;

use crate::case::Case;
use crate::clock::{self, CaseClock, ClockChange, ClockKind, Suspension};
use crate::decide::{Act, Setting, Verdict, done_on, settled};
use crate::events::{
    Answer, AssistanceAsked, AssistanceEnded, AssistanceTold, CaseEvent, Effects, Lead, OpenStep, OpinionReturned,
    PinnedItem, Told,
};
use crate::matter::form_facts;

const ACT: Act = Act::TakeStep;
const JOINT: &str = "行政许可法第二十六条第二款";

/// The first event of the case of the body that is asked; `setting` is that body's.
///
/// # Errors
/// `cases.flow.*` if the chart has no such call; a limit that the calendar cannot count.
pub(crate) fn asked(lead: &Case, step: &OpenStep, lead_body: &str, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let (Some(asked), Some(item), Some(applicant)) = (&step.asked, lead.item(), lead.applicant()) else {
        return Err(lead_gone());
    };
    let Some((process, limit)) = setting.flow.called_by(&step.task) else {
        return Err(Refusal::law(
            "cases.flow.assistance_incomplete",
            format!("流程图没有写明“{}”的流程和办理时限，不能转告协办机关。", step.name),
        )
        .article(JOINT)
        .advice("请联系法制机构核对事项目录中的流程。"));
    };
    let today = setting.context.today;
    let facts = || match lead.form.is_empty() {
        true => Map::new(),
        false => form_facts(&lead.form),
    };
    let effects = Effects {
        flow: setting.start_called(&process, &facts)?,
        clocks: vec![clock::start(
            &setting.context.calendar,
            ClockKind::Assistance,
            &limit,
            today,
        )?],
        ..Effects::default()
    };
    let event = CaseEvent::AssistanceAsked(Box::new(AssistanceAsked {
        case_no: asked.case_no.clone(),
        item: PinnedItem {
            body: setting.body.body.clone(),
            area: setting.body.division.clone(),
            statutory: limit,
            promised: None,
            ..item.clone()
        },
        lead: Lead {
            case_no: lead.case_no.clone(),
            body: item.body.clone(),
            body_name: lead_body.to_owned(),
            task: step.task.clone(),
            name: step.name.clone(),
        },
        party: applicant.party.clone(),
        asked_on: today,
        form: (*lead.form).clone(),
        materials: (*lead.materials).clone(),
        effects,
    }));
    Ok(Verdict {
        events: vec![settled(&Case::default(), event, today, setting)],
        happened_on: today,
        post: String::new(),
    })
}

/// Its opinion is not needed any more: nothing waits there for anybody.
///
/// # Errors
/// `cases.flow.*` as the engine says.
pub(crate) fn ended(sub: &Case, why: &str, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let today = setting.context.today;
    let running = sub.clocks.iter().filter(|clock| clock.runs());
    let effects = Effects {
        flow: setting.terminate(sub)?,
        clocks: running
            .map(|clock| ClockChange::Stopped {
                kind: clock.kind,
                on: today,
            })
            .collect(),
        ..Effects::default()
    };
    let event = CaseEvent::AssistanceEnded(AssistanceEnded {
        why: why.to_owned(),
        effects,
    });
    Ok(done_on(sub, event, today, String::new(), setting))
}

pub(crate) fn told(sub: &Case, what: Told, words: String, clocks: Vec<ClockChange>, setting: &Setting<'_>) -> Verdict {
    let event = CaseEvent::AssistanceTold(AssistanceTold {
        what,
        words,
        effects: Effects {
            clocks,
            ..Effects::default()
        },
    });
    done_on(sub, event, setting.context.today, String::new(), setting)
}

fn opinion_clock(sub: &Case) -> Option<&CaseClock> {
    sub.clock(ClockKind::Assistance).filter(|clock| clock.runs())
}

/// 许可法 45: what does not count for the whole does not count for its parts.
///
/// # Errors
/// None.
pub(crate) fn time_excluded(sub: &Case, pause: &Suspension, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let clocks = opinion_clock(sub).filter(|clock| !clock.suspended());
    let clocks = clocks.map(|clock| ClockChange::Suspended {
        kind: clock.kind,
        suspension: pause.clone(),
    });
    let words = format!(
        "主办机关因{}自{}起依法扣除时间，协办期限同时停止计算，预计到{}。",
        pause.kind.name(),
        pause.from,
        pause.expected_to
    );
    Ok(told(
        sub,
        Told::TimeExcluded,
        words,
        clocks.into_iter().collect(),
        setting,
    ))
}

/// # Errors
/// A limit that the calendar cannot count.
pub(crate) fn time_resumed(sub: &Case, pause: &Suspension, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let mut clocks = Vec::new();
    if let Some(clock) = opinion_clock(sub).filter(|clock| clock.suspended()) {
        let to = pause.to.unwrap_or(setting.context.today);
        clocks.push(clock::resume(&setting.context.calendar, clock, to)?);
    }
    let until = clocks.first().and_then(ClockChange::due).map(|due| due.on);
    let words = match until {
        Some(until) => format!(
            "{}已经结束，协办期限继续计算，应于{until}前提出意见。",
            pause.kind.name()
        ),
        None => format!("{}已经结束。", pause.kind.name()),
    };
    Ok(told(sub, Told::TimeResumed, words, clocks, setting))
}

/// The alarm, once: the limit is over and nothing was said. It completes nothing.
pub(crate) fn overdue(sub: &Case, setting: &Setting<'_>) -> Option<Verdict> {
    let clock = opinion_clock(sub)?;
    let told_already = sub.facts.reminded.is_some_and(|on| on > clock.due.on);
    if told_already || sub.erased || sub.facts.ended.is_some() || !clock.overdue_on(setting.context.today) {
        return None;
    }
    let words = format!(
        "应于{}前提出意见，已经逾期。逾期不视为同意，主办机关仍然等待意见；监督机关可以看到本次逾期。",
        clock.due.on
    );
    Some(told(sub, Told::Overdue, words, Vec::new(), setting))
}

/// In the lead's case: the opinion is the result of the call, late or not.
///
/// # Errors
/// `cases.take_step.lead_moved_on` where the lead does not wait for it any more.
pub(crate) fn returned(lead: &Case, answer: Answer, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let waits = |step: &&OpenStep| step.asked.as_ref().is_some_and(|asked| asked.case_no == answer.case_no);
    let Some(step) = lead.steps.iter().find(waits) else {
        return Err(lead_gone());
    };
    let effects = Effects {
        flow: setting.answer_call(lead, step, &answer)?,
        ..Effects::default()
    };
    let on = answer.given_on;
    let event = CaseEvent::OpinionReturned(Box::new(OpinionReturned { answer, effects }));
    Ok(done_on(lead, event, on, String::new(), setting))
}

pub(crate) fn lead_gone() -> Refusal {
    Refusal::law(ACT.code("lead_moved_on"), "主办机关已经不再等待这份意见，不能提交。")
        .article(JOINT)
        .advice("有情况需要说明的，请直接与主办机关联系。")
}
