//! Closing (结案审批表): the handler proposes when the decision is served and, with a fine, paid; the head approves
//! (行政处罚法 66(1), 47). Who investigated does not approve.

use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, at_step, complete, done, not_investigator, signed};
use crate::decide::{AtStep, LegalAct, text};
use crate::events::Stance;
use crate::penalty::events::{ClosingProposed, PenaltyEffects, PenaltyFact};
use crate::penalty::paper;
use crate::penalty::{PenaltyAct, PenaltyCase};

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeClosing {
    /// What the case was about (YEL2).
    #[schemars(length(max = 5000))]
    pub summary: String,
    /// How it ended.
    #[schemars(length(max = 5000))]
    pub result: String,
    #[schemars(length(max = 5000))]
    pub opinion: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveClosing {
    pub stance: Stance,
    #[schemars(length(max = 5000))]
    pub opinion: String,
    #[serde(default)]
    #[schemars(length(max = 5000), description = "不同意、退回时必须写明")]
    pub reasons: String,
}

/// # Errors
/// `penalty.propose_closing.*`
pub fn may_propose(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let act = PenaltyAct::ProposeClosing;
    let at = at_step(case, act, "propose_closing", who)?;
    if case.facts.served.is_none() {
        return Err(act
            .forbids("not_served", "决定书还没有送达，不能结案。")
            .advice("请先送达决定书。"));
    }
    let left = case.owed_on(who.context.today).map(|owed| owed.left);
    if let Some(left) = left.filter(|left| !left.is_zero()) {
        return Err(act
            .forbids("not_paid", format!("罚款还有{left}元没有缴清，不能结案。"))
            .advice("请先登记缴款；逾期不缴的，依法加处罚款或者申请人民法院强制执行。"));
    }
    Ok(at)
}

/// # Errors
/// `penalty.propose_closing.*`
pub fn propose(state: &PenaltyCase, command: &ProposeClosing, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::ProposeClosing;
    let at = may_propose(state, &scene.who)?;
    let fact = ClosingProposed {
        summary: text(act, "summary", "案件摘要", &command.summary)?,
        result: text(act, "result", "处理结果和执行情况", &command.result)?,
        signed: signed(act, &at, Stance::Positive, &command.opinion, "", scene)?,
    };
    let effects = PenaltyEffects {
        flow: complete(state, &at.step, "proposed", scene)?,
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::ClosingProposed(Box::new(fact)),
        effects,
        &at.post.post,
        scene,
    ))
}

/// # Errors
/// `penalty.approve_closing.*`
pub fn may_approve(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let act = PenaltyAct::ApproveClosing;
    let at = at_step(case, act, "approve_closing", who)?;
    not_investigator(case, act, who, "行政处罚法第五十七条第一款")?;
    Ok(at)
}

/// # Errors
/// `penalty.approve_closing.*`
pub fn approve(state: &PenaltyCase, command: &ApproveClosing, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::ApproveClosing;
    let at = may_approve(state, &scene.who)?;
    let Some(closing) = &state.facts.closing else {
        return Err(act.forbids("nothing_proposed", "承办人还没有提出结案意见。"));
    };
    let closes = command.stance == Stance::Positive;
    let opinion = signed(act, &at, command.stance, &command.opinion, &command.reasons, scene)?;
    let mut effects = PenaltyEffects {
        flow: complete(state, &at.step, if closes { "close" } else { "return" }, scene)?,
        ..PenaltyEffects::default()
    };
    let fact = if closes {
        effects.papers = vec![paper::closing_form(state, closing, &opinion, scene)];
        PenaltyFact::Closed(Box::new(opinion))
    } else {
        PenaltyFact::ClosingReturned(Box::new(opinion))
    };
    Ok(done(state, fact, effects, &at.post.post, scene))
}
