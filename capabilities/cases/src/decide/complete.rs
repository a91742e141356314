//! Completion: what was done and how it ended, in words that can be counted and read (YEL2).

use mingjing_chronicle::{Context, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::Case;
use crate::decide::{Act, AtStep, Setting, Verdict, at_step, done, text};
use crate::events::{CaseEvent, Completed, Effects};

const ACT: Act = Act::Complete;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CompleteBody")]
pub struct Complete {
    #[schemars(length(min = 1, max = 5000))]
    pub case_summary: String,
    #[schemars(length(min = 1, max = 200))]
    pub completion_status: String,
}

/// # Errors
/// `cases.complete.*`
pub fn may(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "complete", context)?;
    if case.facts.served.is_none() {
        return Err(ACT.forbids("not_served", "决定尚未送达，不能办结。"));
    }
    Ok(at)
}

/// # Errors
/// `cases.complete.*`
pub fn decide(state: &Case, command: &Complete, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let at = may(state, setting.context)?;
    let event = CaseEvent::Completed(Completed {
        case_summary: text(ACT, "case_summary", "办件摘要", &command.case_summary)?,
        completion_status: text(ACT, "completion_status", "办结状态", &command.completion_status)?,
        effects: Effects {
            flow: setting.complete(state, &at.step.task, "completed")?,
            ..Effects::default()
        },
    });
    Ok(done(state, event, &at, setting))
}
