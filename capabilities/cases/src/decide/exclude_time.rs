//! Time that does not count (许可法 45): hearing, tender, auction, inspection, testing, quarantine, appraisal, expert
//! review, and nothing else. The applicant is told in writing how long it will take.

use jiff::civil::Date;
use mingjing_chronicle::{Context, HeldPost, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::Case;
use crate::clock::{CaseClock, ClockChange, ClockKind, ExcludedFor, Suspension};
use crate::decide::{Act, Setting, Verdict, done_on, holds, living, text};
use crate::events::{CaseEvent, Effects, Notice, Template, TimeExcluded};
use crate::paper::Draft;

const ACT: Act = Act::Suspend;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SuspendBody")]
pub struct ExcludeTime {
    pub kind: ExcludedFor,
    #[schemars(length(min = 1, max = 5000))]
    pub reason: String,
    /// Until when it will last, as the applicant is told.
    pub expected_to: Date,
}

/// # Errors
/// `cases.suspend.*`
pub fn may(case: &Case, context: &Context) -> Result<HeldPost, Refusal> {
    living(case, ACT)?;
    let post = holds(case, ACT, ACT.role(), context)?;
    let Some(clock) = case.clock(ClockKind::Decision).filter(|clock| clock.runs()) else {
        return Err(ACT.forbids("no_running_limit", "办理期限没有开始或者已经结束，没有可以扣除的时间。"));
    };
    if clock.suspended() {
        return Err(ACT.forbids("already_excluded", "已经在依法扣除时间。"));
    }
    if clock.overdue_on(context.today) {
        return Err(ACT.forbids(
            "too_late",
            format!("法定办理期限已于{}届满，不能再扣除时间。", clock.due.on),
        ));
    }
    Ok(post)
}

/// # Errors
/// `cases.suspend.*`
pub fn decide(state: &Case, command: &ExcludeTime, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let post = may(state, setting.context)?;
    if !ExcludedFor::ALL.contains(&command.kind) {
        return Err(ACT.lacks(
            "not_listed",
            "kind",
            "行政许可只有听证等八种程序的时间可以扣除，这一种不在其中。",
        ));
    }
    let reason = text(ACT, "reason", "需要该程序的理由", &command.reason)?;
    let today = setting.context.today;
    if command.expected_to < today {
        return Err(ACT.lacks("reversed", "expected_to", "预计结束日期不能早于今天。"));
    }
    let days = today
        .until(command.expected_to)
        .map_or(i32::MAX, |span| span.get_days());
    if days > LONGEST_DAYS {
        return Err(ACT.lacks(
            "too_long",
            "expected_to",
            format!("预计所需时间不能超过{LONGEST_DAYS}日。"),
        ));
    }
    let paper = Draft::of(Template::ExcludedTimeNotice, state, setting)
        .with("special_procedure", command.kind.name())
        .with(
            "time_needed",
            format!("{}日，自{today}至{}", days + 1, command.expected_to),
        )
        .date("excluded_from", Some(today))
        .date("excluded_to", Some(command.expected_to))
        .with("reasons", reason.clone())
        .order();
    let suspension = Suspension {
        kind: command.kind,
        reason: reason.clone(),
        from: today,
        expected_to: command.expected_to,
        to: None,
        paper: paper.paper_id.clone(),
    };
    let clocks = state
        .clocks
        .iter()
        .filter(|clock| clock.kind.excludes_time() && CaseClock::runs(clock))
        .map(|clock| ClockChange::Suspended {
            kind: clock.kind,
            suspension: suspension.clone(),
        })
        .collect();
    let event = CaseEvent::TimeExcluded(TimeExcluded {
        kind: command.kind,
        reason,
        from: today,
        expected_to: command.expected_to,
        effects: Effects {
            clocks,
            notices: vec![Notice {
                title: format!("{}所需时间不计入办理期限", command.kind.name()),
                text: format!(
                    "因需要{}，自{today}至{}的时间不计入办理期限；提前结束的，期限随即继续计算。",
                    command.kind.name(),
                    command.expected_to
                ),
                action: false,
                paper: Some(paper.paper_id.clone()),
                service: false,
            }],
            papers: vec![paper],
            ..Effects::default()
        },
    });
    Ok(done_on(state, event, today, post.post, setting))
}

/// Longer than any of these procedures takes; a longer time is a slip of the pen.
const LONGEST_DAYS: i32 = 365;
