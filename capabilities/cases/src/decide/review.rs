//! The reviewer agrees, disagrees or returns it to the handler. Who examined does not review.

use mingjing_chronicle::{Context, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::Case;
use crate::decide::examine::opinion;
use crate::decide::{Act, AtStep, Setting, Verdict, at_step, done};
use crate::events::{CaseEvent, Effects, OpinionGiven, Stance};

const ACT: Act = Act::Review;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReviewBody")]
pub struct Review {
    pub stance: Stance,
    #[serde(rename = "opinion")]
    #[schemars(length(min = 1, max = 5000))]
    pub text: String,
    #[serde(default)]
    #[schemars(length(max = 5000), description = "不同意、退回时必须写明")]
    pub reasons: String,
}

/// # Errors
/// `cases.review.*`
pub fn may(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "review", context)?;
    if case.examiner() == Some(context.actor.account.as_str()) {
        return Err(ACT
            .forbids("examined_it", "您是本办件的承办人，审查与审核应当由不同的人进行。")
            .advice("请由其他审核人办理。"));
    }
    Ok(at)
}

/// # Errors
/// `cases.review.*`
pub fn decide(state: &Case, command: &Review, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let at = may(state, setting.context)?;
    let outcome = match command.stance {
        Stance::Positive => "agree",
        Stance::Negative => "disagree",
        Stance::Return => "return",
    };
    let opinion = opinion(ACT, &at, command.stance, &command.text, &command.reasons, setting)?;
    let event = CaseEvent::Reviewed(OpinionGiven {
        opinion,
        effects: Effects {
            flow: setting.complete(state, &at.step.task, outcome)?,
            ..Effects::default()
        },
    });
    Ok(done(state, event, &at, setting))
}
