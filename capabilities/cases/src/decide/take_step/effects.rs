//! What follows from a completed task: the flow, the clocks, the papers and what the party is told.

mod coercion;
mod disclosure;
mod penalty;
mod proof;

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use serde_json::{Value as Json, json};

use crate::case::Case;
use crate::clock::{self, CaseClock, ClockChange, ClockKind, ExcludedFor, Suspension};
use crate::course::Course;
use crate::decide::{Act, AtStep, Setting};
use crate::events::{Effects, Lateness, Notice, PaperOrder, SiteOfficer, TakenStep, Template};
use crate::paper::{Draft, remedies_in_words};

const ACT: Act = Act::TakeStep;

pub(super) fn of(state: &Case, at: &AtStep, taken: &TakenStep, setting: &Setting<'_>) -> Result<Effects, Refusal> {
    let outcome = taken.outcome.as_ref().map(|outcome| outcome.id.as_str());
    let mut effects = Effects {
        flow: setting.complete_step(state, &at.step, outcome)?,
        ..Effects::default()
    };
    let e = &mut effects;
    match (state.course(), taken.kind.as_str()) {
        (Course::Permit, "tell_hearing_right") => e.notices.push(hearing_right()),
        (Course::Permit, "notify_hearing") => hearing_called(state, taken, setting, e)?,
        (Course::Permit, "hear") => ended(state, ExcludedFor::Hearing, taken.on, setting, e)?,
        (Course::Confirmation, "verify" | "examine") if taken.came_to("suspend") => waits(state, taken, setting, e)?,
        (Course::Confirmation, "suspend") => ended(state, ExcludedFor::Conclusion, taken.on, setting, e)?,
        (Course::Levy, "register") => registered(state, taken, setting, e)?,
        (Course::Confirmation | Course::Levy, "decide") => decided(state, taken, setting, e),
        (Course::SummaryPenalty, "decide") => penalty::decided(state, taken, setting, e),
        (Course::CoerciveMeasure, "seal") => coercion::sealed(state, taken, setting, e)?,
        (Course::CoerciveMeasure, "extend") => coercion::extended(state, taken, setting, e)?,
        (Course::CoerciveMeasure, "dispose" | "lift") => coercion::ended(state, taken, setting, e),
        (Course::Enforcement, "demand") => coercion::demanded(state, taken, setting, e),
        (Course::Enforcement, "decide") => coercion::enforced(state, taken, setting, e),
        (Course::Disclosure, "register") => disclosure::registered(state, taken, setting, e)?,
        (Course::Disclosure, "ask_supplement") => disclosure::asked(taken, e),
        (Course::Disclosure, "assess") => disclosure::consulting(state, taken, setting, e)?,
        (Course::Disclosure, "consult_third_party" | "consult_coauthor") => {
            ended(state, ExcludedFor::Consultation, taken.on, setting, e)?;
        }
        (Course::Assistance, "give_opinion") => opinion_given(state, taken, e),
        (Course::Disclosure, "answer") => disclosure::answered(state, taken, setting, e),
        _ => {}
    }
    effects.papers.extend(proof::of_service(state, taken, setting));
    Ok(effects)
}

fn officer_rows(officers: &[SiteOfficer]) -> Vec<Json> {
    officers
        .iter()
        .map(|officer| json!({"name": officer.name, "certificate_no": officer.certificate_no}))
        .collect()
}

pub(super) fn lateness(state: &Case, on: Date) -> Lateness {
    let late = |kind| state.clock(kind).is_some_and(|clock| clock.overdue_on(on));
    Lateness {
        statutory: late(ClockKind::Decision),
        // What the chart gives a body that is asked is the bodies' own limit.
        promised: late(ClockKind::Promised) || late(ClockKind::Assistance),
    }
}

fn opinion_given(state: &Case, taken: &TakenStep, effects: &mut Effects) {
    let running = state.clock(ClockKind::Assistance).filter(|clock| clock.runs());
    effects.clocks.extend(running.map(|clock| ClockChange::Stopped {
        kind: clock.kind,
        on: taken.on,
    }));
}

fn notice(title: impl Into<String>, text: impl Into<String>, paper: Option<&PaperOrder>) -> Notice {
    Notice {
        title: title.into(),
        text: text.into(),
        action: false,
        paper: paper.map(|paper| paper.paper_id.clone()),
        service: false,
    }
}

fn hearing_right() -> Notice {
    Notice {
        action: true,
        ..notice(
            "您有申请听证的权利",
            "该许可直接涉及您与他人之间的重大利益关系。您可以在被告知之日起五个工作日内申请听证，不承担组织听证的费用（行政许可法第四十七条）。",
            None,
        )
    }
}

/// 许可法 45: the time of a hearing does not count, and the applicant is told in writing how long it takes.
fn hearing_called(
    state: &Case,
    taken: &TakenStep,
    setting: &Setting<'_>,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (Some(day), Some(place), Some(host)) = (taken.facts.told_day, &taken.facts.place, &taken.facts.host) else {
        return Ok(());
    };
    let words = format!(
        "听证定于{day}在{place}举行，主持人{}。认为主持人与该事项有直接利害关系的，有权申请回避。自{}至{day}的时间不计入办理期限。",
        host.name, taken.on
    );
    let paper = Draft::of(Template::ExcludedTimeNotice, state, setting)
        .with("special_procedure", ExcludedFor::Hearing.name())
        .with("time_needed", format!("自{}至{day}", taken.on))
        .date("excluded_from", Some(taken.on))
        .date("excluded_to", Some(day))
        .with("reasons", words.clone())
        .order();
    suspended(state, ExcludedFor::Hearing, taken, day, &paper.paper_id, effects)?;
    effects.notices.push(notice("举行听证的通知", words, Some(&paper)));
    effects.papers.push(paper);
    Ok(())
}

fn waits(state: &Case, taken: &TakenStep, setting: &Setting<'_>, effects: &mut Effects) -> Result<(), Refusal> {
    let expected = taken.facts.told_day.unwrap_or(setting.context.today);
    suspended(state, ExcludedFor::Conclusion, taken, expected, "", effects)?;
    let words = format!(
        "作出决定需要等待有关结论：{}。自{}起中止，等待的时间不计入办理期限；预计{expected}有结论。",
        taken.facts.record.as_deref().unwrap_or_default(),
        taken.on
    );
    effects.notices.push(notice("办理中止，等待结论", words, None));
    Ok(())
}

fn suspended(
    state: &Case,
    kind: ExcludedFor,
    taken: &TakenStep,
    expected_to: Date,
    paper: &str,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    if state.suspended() {
        return Err(ACT
            .forbids("already_excluded", "已经在依法扣除时间。")
            .advice("请先登记该程序已经结束。"));
    }
    let running = state
        .clocks
        .iter()
        .filter(|clock| clock.kind.excludes_time() && clock.runs());
    effects.clocks.extend(running.map(|clock| ClockChange::Suspended {
        kind: clock.kind,
        suspension: Suspension {
            kind,
            reason: taken.facts.record.clone().unwrap_or_else(|| taken.name.clone()),
            from: taken.on,
            expected_to,
            to: None,
            paper: paper.to_owned(),
        },
    }));
    Ok(())
}

/// For permits not later than the applicant was told; a suspension that the item's own law orders lasts as long as its
/// cause.
fn ended(
    state: &Case,
    kind: ExcludedFor,
    on: Date,
    setting: &Setting<'_>,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    for clock in state.clocks.iter().filter(|clock| CaseClock::runs(clock)) {
        let open = clock
            .suspensions
            .iter()
            .find(|pause| pause.to.is_none() && pause.kind == kind);
        let Some(pause) = open else { continue };
        let as_long_as_it_takes = matches!(kind, ExcludedFor::Conclusion | ExcludedFor::Consultation);
        let to = if as_long_as_it_takes {
            on
        } else {
            on.min(pause.expected_to)
        };
        effects
            .clocks
            .push(clock::resume(&setting.context.calendar, clock, to.max(pause.from))?);
    }
    let due = effects
        .clocks
        .iter()
        .find(|change| change.kind() == ClockKind::Decision);
    if let Some(due) = due.and_then(ClockChange::due) {
        let words = format!("期限继续计算，法定办理期限顺延至{}。", due.on);
        effects
            .notices
            .push(notice(format!("{}已经结束", kind.name()), words, None));
    }
    Ok(())
}

/// A declaration is complete: from here the item's limits run, where it has any.
fn registered(state: &Case, taken: &TakenStep, setting: &Setting<'_>, effects: &mut Effects) -> Result<(), Refusal> {
    if taken.negative() {
        let words = taken.facts.record.clone().unwrap_or_default();
        effects.notices.push(Notice {
            action: true,
            ..notice("请补充申报材料", words, None)
        });
        return Ok(());
    }
    let Some(item) = state.item().filter(|_| state.clock(ClockKind::Decision).is_none()) else {
        return Ok(());
    };
    effects.clocks = limits(item, taken.on, setting)?;
    Ok(())
}

/// The statutory limit and the promised one, from the day on which the matter is complete.
pub(crate) fn limits(
    item: &crate::events::PinnedItem,
    on: Date,
    setting: &Setting<'_>,
) -> Result<Vec<ClockChange>, Refusal> {
    let calendar = &setting.context.calendar;
    let mut clocks = vec![clock::start(calendar, ClockKind::Decision, &item.statutory, on)?];
    if let Some(promised) = &item.promised {
        clocks.push(clock::start(calendar, ClockKind::Promised, promised, on)?);
    }
    Ok(clocks)
}

/// The decision in writing, with facts, reasons, basis and remedies.
fn decided(state: &Case, taken: &TakenStep, setting: &Setting<'_>, effects: &mut Effects) {
    let running = state
        .clocks
        .iter()
        .filter(|clock| clock.kind.excludes_time() && clock.runs());
    effects.clocks.extend(running.map(|clock| ClockChange::Stopped {
        kind: clock.kind,
        on: taken.on,
    }));
    let (Some(item), Some(applicant), Some(outcome)) = (state.item(), state.applicant(), &taken.outcome) else {
        return;
    };
    let amount = taken.facts.amount.map(|amount| format!("{amount}元"));
    let paper = Draft::of(Template::MatterDecision, state, setting)
        .with("title", format!("{}决定书", outcome.name))
        .with("result", outcome.name.clone())
        .with("facts", taken.facts.record.clone().unwrap_or_default())
        .text("reasons", taken.reasons.as_deref())
        .with("basis", item.bases.clone())
        .text("amount", amount.as_deref())
        .date("pay_by", taken.facts.told_day)
        .remedies(applicant.electronic_service)
        .order();
    let mut words = format!("{}已就“{}”作出决定：{}。", setting.body.name, item.name, outcome.name);
    if let Some(amount) = &amount {
        words.push_str(&format!("数额{amount}。"));
    }
    if let Some(reasons) = &taken.reasons {
        words.push_str(&format!("理由：{reasons}。"));
    }
    words.push_str(&remedies_in_words(setting).concat());
    effects.notices.push(notice("已作出决定", words, Some(&paper)));
    effects.papers.push(paper);
}
