//! The check of a defence (行政处罚法 45(1)) by a second person: a reply to each point, adopted where it holds. It never
//! leads to a heavier penalty (45(2)).

use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::end_investigation::fine_is_lawful;
use super::{PenaltyVerdict, Scene, Who, at_step, certificate, complete, done, not_investigator, signed};
use crate::decide::{AtStep, LegalAct, text};
use crate::events::Stance;
use crate::money::Fen;
use crate::penalty::events::{DefenceChecked, PenaltyEffects, PenaltyFact, Reply};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::CheckDefence;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckDefence {
    /// One for each point, in the order of the points.
    #[schemars(length(max = 50), description = "逐点答复，顺序与当事人的意见相同")]
    pub replies: Vec<ReplyGiven>,
    /// The fine proposed after the check; `None`: as told.
    #[serde(default)]
    #[schemars(description = "复核后的罚款，单位为分；没有就是告知的数额")]
    pub fine: Option<Fen>,
    #[schemars(length(max = 5000))]
    pub opinion: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyGiven {
    pub adopted: bool,
    #[schemars(length(max = 5000))]
    pub reasons: String,
}

/// # Errors
/// `penalty.check_defence.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "check_defence", who)?;
    not_investigator(case, ACT, who, "行政处罚法第四十五条第一款")?;
    certificate(ACT, who)?;
    Ok(at)
}

/// # Errors
/// `penalty.check_defence.*`
pub fn decide(state: &PenaltyCase, command: &CheckDefence, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let at = may(state, &scene.who)?;
    let (Some(notice), Some(proposal)) = (&state.facts.notice, state.facts.proposal.clone()) else {
        return Err(ACT.forbids("no_notice", "还没有告知，没有可以复核的陈述申辩。"));
    };
    let replies = replies(state, command)?;
    let fine = command.fine.unwrap_or(notice.fine);
    if fine > notice.fine {
        return Err(Refusal::law(
            ACT.code("heavier"),
            format!(
                "告知的罚款是{}元，不得因当事人陈述、申辩而给予更重的处罚。",
                notice.fine
            ),
        )
        .article("行政处罚法第四十五条第二款")
        .advice("请填写不高于告知数额的罚款。"));
    }
    if fine < notice.fine {
        if !replies.iter().any(|reply| reply.adopted) {
            return Err(ACT.lacks("nothing_adopted", "fine", "没有采纳任何意见，罚款数额应与告知的一致。"));
        }
        fine_is_lawful(ACT, fine, &proposal, scene)?;
    }
    let fact = DefenceChecked {
        replies,
        fine,
        signed: signed(ACT, &at, Stance::Positive, &command.opinion, "", scene)?,
    };
    let effects = PenaltyEffects {
        flow: complete(state, &at.step, "checked", scene)?,
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::DefenceChecked(Box::new(fact)),
        effects,
        &at.post.post,
        scene,
    ))
}

fn replies(state: &PenaltyCase, command: &CheckDefence) -> Result<Vec<Reply>, Refusal> {
    let points: Vec<&String> = state
        .facts
        .defences
        .iter()
        .flat_map(|defence| &defence.points)
        .collect();
    if command.replies.len() != points.len() {
        return Err(ACT.lacks(
            "each_point",
            "replies",
            format!("当事人提出了{}点意见，应当逐点复核、答复。", points.len()),
        ));
    }
    let mut replies = Vec::new();
    for (point, given) in points.into_iter().zip(&command.replies) {
        replies.push(Reply {
            point: point.clone(),
            adopted: given.adopted,
            reasons: text(ACT, "replies", "采纳或者不采纳的理由", &given.reasons)?,
        });
    }
    Ok(replies)
}
