//! The handler's opinion on the application (许可法 34(1)). A negative opinion has reasons (R69).

use mingjing_chronicle::{Context, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::Case;
use crate::decide::{Act, AtStep, Setting, Verdict, at_step, bounded, done, text};
use crate::events::{CaseEvent, Effects, Opinion, OpinionGiven, Stance};

const ACT: Act = Act::Examine;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ExamineBody")]
pub struct Examine {
    pub stance: Stance,
    #[serde(rename = "opinion")]
    #[schemars(length(min = 1, max = 5000))]
    pub text: String,
    #[serde(default)]
    #[schemars(length(max = 5000), description = "不同意、退回时必须写明")]
    pub reasons: String,
}

/// # Errors
/// `cases.examine.*`
pub fn may(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "examine", context)?;
    let hosted = case.took("hear").map(|heard| heard.account.as_str());
    if hosted == Some(context.actor.account.as_str()) {
        return Err(Refusal::law(
            ACT.code("hosted_hearing"),
            "您主持过本办件的听证，审查应当由听证主持人以外的人员进行。",
        )
        .article("行政许可法第四十八条第一款第（三）项")
        .advice("请由其他承办人办理。"));
    }
    Ok(at)
}

/// # Errors
/// `cases.examine.*`
pub fn decide(state: &Case, command: &Examine, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let at = may(state, setting.context)?;
    let outcome = match command.stance {
        Stance::Positive => "agree",
        Stance::Negative => "disagree",
        Stance::Return => return Err(ACT.lacks("no_such_outcome", "stance", "审查意见只能是建议准予或者建议不予。")),
    };
    if command.stance == Stance::Positive && state.facts.site_checked.as_ref().is_some_and(|check| !check.conforms) {
        text(ACT, "reasons", "与现场核查结论不一致的理由", &command.reasons)?;
    }
    let opinion = opinion(ACT, &at, command.stance, &command.text, &command.reasons, setting)?;
    let event = CaseEvent::Examined(OpinionGiven {
        opinion,
        effects: Effects {
            flow: setting.complete(state, &at.step.task, outcome)?,
            ..Effects::default()
        },
    });
    Ok(done(state, event, &at, setting))
}

/// R69 for every post: the opinion is kept; what goes against the party or the proposal says why.
pub(crate) fn opinion(
    act: Act,
    at: &AtStep,
    stance: Stance,
    words: &str,
    reasons: &str,
    setting: &Setting<'_>,
) -> Result<Opinion, Refusal> {
    let words = text(act, "opinion", "意见", words)?;
    let reasons = bounded(act, "reasons", "理由", reasons)?;
    if stance != Stance::Positive && reasons.is_empty() {
        return Err(
            Refusal::invalid(act.code("needs_reasons"), "否定意见或者退回应当说明理由。")
                .article(act.article())
                .field("reasons", "请写明理由。"),
        );
    }
    Ok(Opinion {
        task: at.step.task.clone(),
        step: at.step.name.clone(),
        role: at.post.role.clone(),
        account: setting.context.actor.account.clone(),
        stance,
        text: words,
        reasons: (!reasons.is_empty()).then_some(reasons),
        on: setting.context.today,
    })
}
