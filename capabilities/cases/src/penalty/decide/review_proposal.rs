//! The office head reviews the handler's proposal before anybody is told (行政处罚法 57(1)); who investigated does not.

use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, at_step, certificate, complete, done, not_investigator, signed};
use crate::decide::{AtStep, LegalAct};
use crate::events::Stance;
use crate::penalty::events::{PenaltyEffects, PenaltyFact};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::ReviewProposal;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewProposal {
    pub stance: Stance,
    #[schemars(length(max = 5000))]
    pub opinion: String,
    #[serde(default)]
    #[schemars(length(max = 5000), description = "不同意、退回时必须写明")]
    pub reasons: String,
}

/// # Errors
/// `penalty.review_proposal.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "review_proposal", who)?;
    not_investigator(case, ACT, who, "行政处罚法第五十七条第一款")?;
    certificate(ACT, who)?;
    Ok(at)
}

/// # Errors
/// `penalty.review_proposal.*`
pub fn decide(state: &PenaltyCase, command: &ReviewProposal, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let at = may(state, &scene.who)?;
    let Some(proposal) = &state.facts.proposal else {
        return Err(ACT.forbids("nothing_proposed", "办案人员还没有提出处理建议。"));
    };
    let outcome = match (command.stance, proposal.proposal.fine()) {
        (Stance::Return | Stance::Negative, _) => "return",
        (Stance::Positive, Some(_)) => "penalty",
        (Stance::Positive, None) => "other",
    };
    let opinion = signed(ACT, &at, command.stance, &command.opinion, &command.reasons, scene)?;
    let effects = PenaltyEffects {
        flow: complete(state, &at.step, outcome, scene)?,
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::ProposalReviewed(Box::new(opinion)),
        effects,
        &at.post.post,
        scene,
    ))
}
