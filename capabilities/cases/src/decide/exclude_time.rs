//! Time that does not count (许可法 45): hearing, tender, auction, inspection, testing, quarantine, appraisal, expert
//! review, and nothing else. The applicant is told in writing how long it will take.

use jiff::civil::Date;
use mingjing_chronicle::{Context, HeldPost, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::Case;
use crate::clock::{CaseClock, ClockChange, ClockKind, ExcludedFor, Suspension};
use crate::course::Course;
use crate::decide::{Act, Setting, Verdict, done_on, holds, living, text};
use crate::events::{CaseEvent, Effects, Notice, PaperOrder, Template, TimeExcluded};
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
    if state.course() == Course::CoerciveMeasure && !OF_GOODS.contains(&command.kind) {
        let says = "查封、扣押的期间只扣除检测、检验、检疫和技术鉴定的时间。";
        return Err(ACT
            .lacks("not_listed", "kind", says)
            .article("行政强制法第二十五条第三款"));
    }
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
    let of_goods = state.course() == Course::CoerciveMeasure;
    let paper = match of_goods {
        true => testing_told(state, command, &reason, setting),
        false => permit_notice(state, command, days, &reason, setting),
    };
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

fn permit_notice(state: &Case, command: &ExcludeTime, days: i32, reason: &str, setting: &Setting<'_>) -> PaperOrder {
    let today = setting.context.today;
    Draft::of(Template::ExcludedTimeNotice, state, setting)
        .with("special_procedure", command.kind.name())
        .with(
            "time_needed",
            format!("{}日，自{today}至{}", days + 1, command.expected_to),
        )
        .date("excluded_from", Some(today))
        .date("excluded_to", Some(command.expected_to))
        .with("reasons", reason)
        .order()
}

/// 强制法 25(3): the time is fixed and told in writing; the body bears the cost.
fn testing_told(state: &Case, command: &ExcludeTime, reason: &str, setting: &Setting<'_>) -> PaperOrder {
    let (today, kind) = (setting.context.today, command.kind.name());
    Draft::of(Template::CoercionPaper, state, setting)
        .with("title", "检测、检验、检疫、技术鉴定期间告知书")
        .with("reasons", reason)
        .with("basis", vec!["《行政强制法》第二十五条第三款".to_owned()])
        .with(
            "result",
            format!("对查封、扣押的物品进行{kind}，所需时间不计入查封、扣押的期间，费用由本机关承担"),
        )
        .with("period", format!("自{today}至{}", command.expected_to))
        .with("rights", "你有权陈述和申辩。")
        .order()
}

/// 强制法 25(3): what goods may need.
const OF_GOODS: [ExcludedFor; 4] = [
    ExcludedFor::Inspection,
    ExcludedFor::Testing,
    ExcludedFor::Quarantine,
    ExcludedFor::Appraisal,
];

/// Longer than any of these procedures takes; a longer time is a slip of the pen.
const LONGEST_DAYS: i32 = 365;
