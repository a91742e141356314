//! The excluded time ends (许可法 45): with its result, and on the day the procedure really ended. Not later than the
//! applicant was told: time beyond that counts, unless the applicant was told again.

use jiff::civil::Date;
use mingjing_chronicle::{Context, HeldPost, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::Case;
use crate::clock::{self, CaseClock, ClockKind, Suspension};
use crate::decide::{Act, Setting, Verdict, done_on, holds, living, text};
use crate::events::{CaseEvent, Effects, Notice, TimeResumed};

const ACT: Act = Act::Resume;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ResumeBody")]
pub struct ResumeTime {
    /// The last day of the procedure.
    pub ended_on: Date,
    #[schemars(length(min = 1, max = 5000))]
    pub result: String,
}

/// # Errors
/// `cases.resume.*`
pub fn may<'a>(case: &'a Case, context: &Context) -> Result<(&'a Suspension, HeldPost), Refusal> {
    living(case, ACT)?;
    let post = holds(case, ACT, ACT.role(), context)?;
    let open = case
        .clock(ClockKind::Decision)
        .filter(|clock| clock.runs())
        .and_then(|clock| clock.suspensions.iter().find(|suspension| suspension.to.is_none()));
    match open {
        Some(suspension) => Ok((suspension, post)),
        None => Err(ACT.forbids("not_excluded", "目前没有正在扣除的时间。")),
    }
}

/// # Errors
/// `cases.resume.*`
pub fn decide(state: &Case, command: &ResumeTime, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let (suspension, post) = may(state, setting.context)?;
    let today = setting.context.today;
    if command.ended_on < suspension.from || command.ended_on > today {
        return Err(ACT.lacks(
            "impossible_date",
            "ended_on",
            format!("结束日期应在{}至今天之间。", suspension.from),
        ));
    }
    let result = text(ACT, "result", "该程序的结果", &command.result)?;
    let counted_to = command.ended_on.min(suspension.expected_to);
    let clocks = state
        .clocks
        .iter()
        .filter(|clock| CaseClock::runs(clock) && clock.suspended())
        .map(|clock| clock::resume(&setting.context.calendar, clock, counted_to))
        .collect::<Result<Vec<_>, _>>()?;
    let due = clocks
        .iter()
        .find(|change| change.kind() == ClockKind::Decision)
        .and_then(clock::ClockChange::due)
        .map(|due| due.on.to_string())
        .unwrap_or_default();
    let event = CaseEvent::TimeResumed(TimeResumed {
        to: counted_to,
        result,
        effects: Effects {
            notices: vec![Notice {
                title: format!("{}已经结束，办理期限继续计算", suspension.kind.name()),
                text: format!("扣除的时间到{counted_to}为止，法定办理期限顺延至{due}。"),
                action: false,
                paper: None,
                service: false,
            }],
            clocks,
            ..Effects::default()
        },
    });
    Ok(done_on(state, event, today, post.post, setting))
}
