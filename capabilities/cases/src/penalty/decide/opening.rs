//! The second and third opinion on opening (行政处罚法 54(2)): the office head reviews, the responsible head approves.
//! From the approval run the 90 days (60). Each has a certificate (立案审批表), and none is the handler.

use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, at_step, certificate, complete, done, signed};
use crate::clock::{self, ClockKind, Limit};
use crate::decide::{AtStep, LegalAct};
use crate::events::Stance;
use crate::penalty::events::{OpeningProposed, OpinionSigned, PenaltyEffects, PenaltyFact};
use crate::penalty::paper;
use crate::penalty::{PenaltyAct, PenaltyCase};

/// The office head agrees or returns it; whether a case is opened is the responsible head's to say.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewOpening {
    pub stance: Stance,
    #[schemars(length(max = 5000))]
    pub opinion: String,
    #[serde(default)]
    #[schemars(length(max = 5000), description = "不同意、退回时必须写明")]
    pub reasons: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpeningDecision {
    Open,
    NotOpen,
    Return,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveOpening {
    pub decision: OpeningDecision,
    #[schemars(length(max = 5000))]
    pub opinion: String,
    #[serde(default)]
    #[schemars(length(max = 5000), description = "不予立案、退回时必须写明")]
    pub reasons: String,
}

/// # Errors
/// `penalty.review_opening.*`
pub fn may_review(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let act = PenaltyAct::ReviewOpening;
    let at = at_step(case, act, "review_opening", who)?;
    another_person(case, act, who)?;
    certificate(act, who)?;
    Ok(at)
}

/// # Errors
/// `penalty.approve_opening.*`
pub fn may_approve(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let act = PenaltyAct::ApproveOpening;
    let at = at_step(case, act, "approve_opening", who)?;
    another_person(case, act, who)?;
    certificate(act, who)?;
    Ok(at)
}

/// Three opinions are three people's.
fn another_person(case: &PenaltyCase, act: PenaltyAct, who: &Who<'_>) -> Result<(), Refusal> {
    let own = |signed: &OpinionSigned| signed.opinion.account == who.context.actor.account;
    let named = case.facts.opening.as_ref().is_some_and(|opening| {
        let account = &who.context.actor.account;
        opening.investigators.iter().any(|officer| officer.account == *account)
    });
    // A returned proposal has its opinions on record; only those of this proposal bind.
    let since = case.facts.opening.as_ref().map(|opening| opening.signed.opinion.on);
    let gave = case
        .opinions
        .iter()
        .filter(|signed| since.is_none_or(|since| signed.opinion.on >= since))
        .any(|signed| own(signed) && signed.opinion.stance != Stance::Return);
    if named || gave {
        return Err(act
            .forbids(
                "same_person",
                "立案由承办人提出、机构负责人审核、行政机关负责人批准，应当由三个不同的人签署意见；办案人员不能审核、批准。",
            )
            .advice("请由其他人员办理。"));
    }
    Ok(())
}

/// # Errors
/// `penalty.review_opening.*`
pub fn review(state: &PenaltyCase, command: &ReviewOpening, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::ReviewOpening;
    let at = may_review(state, &scene.who)?;
    let opinion = signed(act, &at, command.stance, &command.opinion, &command.reasons, scene)?;
    let returned = command.stance == Stance::Return;
    let effects = PenaltyEffects {
        flow: complete(state, &at.step, if returned { "return" } else { "agree" }, scene)?,
        ..PenaltyEffects::default()
    };
    let fact = if returned {
        PenaltyFact::OpeningReturned(Box::new(opinion))
    } else {
        PenaltyFact::OpeningReviewed(Box::new(opinion))
    };
    Ok(done(state, fact, effects, &at.post.post, scene))
}

/// # Errors
/// `penalty.approve_opening.*`
pub fn approve(state: &PenaltyCase, command: &ApproveOpening, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::ApproveOpening;
    let at = may_approve(state, &scene.who)?;
    let Some(opening) = &state.facts.opening else {
        return Err(act.forbids("nothing_proposed", "承办人还没有提出立案意见。"));
    };
    let stance = match command.decision {
        OpeningDecision::Open => Stance::Positive,
        OpeningDecision::NotOpen => Stance::Negative,
        OpeningDecision::Return => Stance::Return,
    };
    let opinion = signed(act, &at, stance, &command.opinion, &command.reasons, scene)?;
    let outcome = match command.decision {
        OpeningDecision::Open => "open",
        OpeningDecision::NotOpen => "not_open",
        OpeningDecision::Return => "return",
    };
    let mut effects = PenaltyEffects {
        flow: complete(state, &at.step, outcome, scene)?,
        ..PenaltyEffects::default()
    };
    let fact = match command.decision {
        OpeningDecision::Open => {
            openable(act, opening)?;
            effects.clocks = vec![clock::start(
                &scene.setting.context.calendar,
                ClockKind::Decision,
                &limit(state),
                scene.today(),
            )?];
            effects.papers = vec![paper::opening_form(state, opening, &opinion, scene)];
            PenaltyFact::Opened(Box::new(opinion))
        }
        OpeningDecision::NotOpen => PenaltyFact::NotOpened(Box::new(opinion)),
        OpeningDecision::Return => PenaltyFact::OpeningReturned(Box::new(opinion)),
    };
    Ok(done(state, fact, effects, &at.post.post, scene))
}

/// A proposal not to open names no party and no investigators: nothing can be opened on it.
fn openable(act: PenaltyAct, opening: &OpeningProposed) -> Result<(), Refusal> {
    if opening.party.is_none() || opening.investigators.len() < 2 {
        return Err(act
            .forbids(
                "incomplete_proposal",
                "承办人提出的是不予立案，意见中没有当事人和办案人员，不能据此立案。",
            )
            .advice("认为应当立案的，请退回承办人重新提出立案意见。"));
    }
    Ok(())
}

/// The item's own limit, or the ninety calendar days of 60.
fn limit(state: &PenaltyCase) -> Limit {
    state
        .item
        .as_ref()
        .map_or_else(ninety_days, |item| item.statutory.clone())
}

/// For items that state no limit (60): 90 days, which are calendar days (85 lists the working ones).
pub fn ninety_days() -> Limit {
    Limit::calendar_days(90, "行政处罚法第六十条")
}
