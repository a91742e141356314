//! The legal review before the decision (行政处罚法 58): by somebody who may review (58(2)) and did not investigate.
//! What did not pass cannot be decided.

use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, at_step, certificate, complete, done, not_investigator, signed};
use crate::decide::{AtStep, LegalAct, text};
use crate::events::Stance;
use crate::penalty::events::{LegallyReviewed, PenaltyEffects, PenaltyFact, ReviewerQualification};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::LegalReview;
/// The examination is asked of those who began after the law of 2021 came into force.
const EXAMINED_FROM: i16 = 2021;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LegalReview {
    pub passed: bool,
    pub qualification: ReviewerQualification,
    #[schemars(length(max = 5000))]
    pub opinion: String,
    #[serde(default)]
    #[schemars(length(max = 5000), description = "不同意时必须写明")]
    pub reasons: String,
}

/// # Errors
/// `penalty.legal_review.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "legal_review", who)?;
    not_investigator(case, ACT, who, "行政处罚法第五十八条第一款")?;
    certificate(ACT, who)?;
    Ok(at)
}

/// # Errors
/// `penalty.legal_review.*`
pub fn decide(state: &PenaltyCase, command: &LegalReview, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let at = may(state, &scene.who)?;
    let qualification = qualification(&command.qualification)?;
    let stance = if command.passed {
        Stance::Positive
    } else {
        Stance::Negative
    };
    let fact = LegallyReviewed {
        passed: command.passed,
        qualification,
        signed: signed(ACT, &at, stance, &command.opinion, &command.reasons, scene)?,
    };
    let outcome = if command.passed { "agree" } else { "disagree" };
    let effects = PenaltyEffects {
        flow: complete(state, &at.step, outcome, scene)?,
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::LegallyReviewed(Box::new(fact)),
        effects,
        &at.post.post,
        scene,
    ))
}

fn qualification(given: &ReviewerQualification) -> Result<ReviewerQualification, Refusal> {
    match given {
        ReviewerQualification::LegalProfession { certificate_no } => Ok(ReviewerQualification::LegalProfession {
            certificate_no: text(ACT, "qualification_no", "法律职业资格证书编号", certificate_no)
                .map_err(|refusal| refusal.article("行政处罚法第五十八条第二款"))?,
        }),
        ReviewerQualification::ReviewingSince { year } if *year >= EXAMINED_FROM || *year < 1996 => Err(Refusal::law(
            ACT.code("not_qualified"),
            "初次从事行政处罚决定法制审核的人员，应当通过国家统一法律职业资格考试取得法律职业资格。",
        )
        .article("行政处罚法第五十八条第二款")
        .advice("请填写法律职业资格证书编号，或者由有资格的人员审核。")),
        earlier => Ok(earlier.clone()),
    }
}
