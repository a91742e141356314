//! Release review (行政处罚法 48(1), 50; 公示规定 5, 6): decisions of some social effect are public, masked; and taken
//! back within three working days where they no longer stand (48(2)).

use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{PenaltyVerdict, Scene, Who, at_step, complete, done, readable};
use crate::clock::{CaseClock, ClockChange, ClockKind};
use crate::codes;
use crate::decide::release::{names_to_hide, public_name, public_uscc};
use crate::decide::{AtStep, LegalAct, holds_post, text};
use crate::events::{MaskedRecord, Opinion, Stance, Template};
use crate::penalty::events::{
    Outcome, PenaltyEffects, PenaltyFact, PenaltyRelease, PenaltyReleased, PenaltyWithholdGround, ReleaseWithdrawn,
};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::ReviewRelease;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "result", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReviewPenaltyRelease {
    Publish {
        #[schemars(length(max = 5000))]
        opinion: String,
    },
    Withhold {
        ground: PenaltyWithholdGround,
        #[schemars(length(max = 5000))]
        reasons: String,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawRelease {
    /// Published with the withdrawal.
    #[schemars(length(max = 5000), description = "与撤回一并公开")]
    pub reasons: String,
}

/// # Errors
/// `penalty.review_release.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    readable(case, ACT)?;
    // Closing and release go side by side: a closed case may still wait for its release.
    let mut open = case.clone();
    open.facts.closed = None;
    let at = at_step(&open, ACT, "review_release", who)?;
    if case.facts.served.is_none() {
        return Err(ACT
            .forbids("not_served", "决定书还没有送达当事人，不能公开。")
            .advice("请先送达决定书。"));
    }
    Ok(at)
}

/// # Errors
/// `penalty.review_release.*`
pub fn decide(
    state: &PenaltyCase,
    command: &ReviewPenaltyRelease,
    scene: &Scene<'_>,
) -> Result<PenaltyVerdict, Refusal> {
    let at = may(state, &scene.who)?;
    let (release, outcome, stance, words, reasons) = match command {
        ReviewPenaltyRelease::Publish { opinion } => {
            publishable(state)?;
            let record = masked_record(state, scene)?;
            (
                PenaltyRelease::Publish { record },
                "publish",
                Stance::Positive,
                opinion.clone(),
                None,
            )
        }
        ReviewPenaltyRelease::Withhold { ground, reasons } => {
            let reasons = text(ACT, "reasons", "不予公开的理由", reasons)?;
            let release = PenaltyRelease::Withhold {
                ground: *ground,
                reasons: reasons.clone(),
            };
            (
                release,
                "withhold",
                Stance::Negative,
                ground.name().to_owned(),
                Some(reasons),
            )
        }
    };
    let fact = PenaltyReleased {
        release,
        opinion: Opinion {
            task: at.step.task.clone(),
            step: at.step.name.clone(),
            role: at.post.role.clone(),
            account: scene.account().to_owned(),
            stance,
            text: text(ACT, "opinion", "意见", &words)?,
            reasons,
            on: scene.today(),
        },
    };
    let runs = state.clock(ClockKind::Publication).is_some_and(CaseClock::runs);
    let effects = PenaltyEffects {
        flow: complete(state, &at.step, outcome, scene)?,
        clocks: runs
            .then_some(ClockChange::Stopped {
                kind: ClockKind::Publication,
                on: scene.today(),
            })
            .into_iter()
            .collect(),
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::Released(Box::new(fact)),
        effects,
        &at.post.post,
        scene,
    ))
}

/// Minors are not published (DOMAIN 6.7), nor what no longer stands (48(2)).
fn publishable(state: &PenaltyCase) -> Result<(), Refusal> {
    if let Some(reversed) = &state.facts.reversed {
        return Err(Refusal::law(
            ACT.code("reversed"),
            format!("该决定已被依法{}，不能再公开。", reversed.kind.name()),
        )
        .article("行政处罚法第四十八条第二款")
        .advice("请选择不予公开。"));
    }
    let born = state.party().and_then(|party| party.born_on);
    let acted = state.facts.opening.as_ref().map(|opening| opening.acted.from);
    let minor = born.zip(acted).is_some_and(|(born, acted)| {
        let grown_up = born.saturating_add(jiff::Span::new().years(18));
        acted < grown_up
    });
    if minor {
        return Err(
            Refusal::law(ACT.code("minor"), "当事人行为时是未成年人，处罚决定不予公开。")
                .article("未成年人保护法第一百零三条；行政处罚法第五十条")
                .advice("请选择不予公开。"),
        );
    }
    Ok(())
}

/// What the public will see. Also shown to the reviewer before the act.
///
/// # Errors
/// `penalty.review_release.not_decided`
pub fn masked_record(state: &PenaltyCase, scene: &Scene<'_>) -> Result<MaskedRecord, Refusal> {
    let facts = &state.facts;
    let (Some(item), Some(party), Some(decided)) = (&state.item, state.party(), &facts.decided) else {
        return Err(ACT.forbids("not_decided", "尚未作出决定，没有可以公开的内容。"));
    };
    let paper = state.papers.iter().rev().find(|paper| {
        matches!(
            paper.order.template,
            Template::PenaltyDecision | Template::NoPenaltyDecision
        )
    });
    let report = facts.proposal.as_ref();
    let names = names_to_hide(&party.party, None);
    let rule = scene.setting.context.parameters.text("publication.natural_person_name");
    let facts_found = report.map_or("", |report| report.facts.as_str());
    // The result is a word to count by; the amount stands in the content.
    let content = match &decided.outcome {
        Outcome::Penalty { fine } => format!("罚款{fine}元。{facts_found}"),
        _ => facts_found.to_owned(),
    };
    Ok(MaskedRecord {
        case_no: state.case_no.clone(),
        document_no: paper.and_then(|paper| paper.paper_no.clone()).unwrap_or_default(),
        item_code: item.item_code.clone(),
        item_name: item.name.clone(),
        body: item.body.clone(),
        body_name: scene.setting.body.name.clone(),
        party_kind: party.party.kind().to_owned(),
        party_name: public_name(&party.party, rule),
        uscc: public_uscc(&party.party),
        result: decided.outcome.name().to_owned(),
        content: codes::mask_text(&content, &names),
        certificate_no: None,
        received_on: facts.opened.unwrap_or(decided.decided_on),
        accepted_on: facts.opened,
        decided_on: decided.decided_on,
        valid_from: None,
        valid_to: None,
        bases: report.map_or_else(Vec::new, |report| {
            report.violated.iter().chain(&report.bases).cloned().collect()
        }),
        original_sha256: paper
            .map(|paper| hex::encode(Sha256::digest(paper.order.data.to_string().as_bytes())))
            .unwrap_or_default(),
    })
}

/// # Errors
/// `penalty.withdraw_release.*`
pub fn may_withdraw<'a>(case: &'a PenaltyCase, who: &Who<'_>) -> Result<(String, &'a MaskedRecord), Refusal> {
    let act = PenaltyAct::WithdrawRelease;
    readable(case, act)?;
    let post = holds_post(act, case.body(), act.role(), who.context)?;
    let Some((_, PenaltyRelease::Publish { record })) = &case.facts.released else {
        return Err(act.forbids("not_published", "该决定没有公开，不需要撤回。"));
    };
    if case.facts.release_withdrawn.is_some() {
        return Err(act.forbids("withdrawn_before", "公开信息已经撤回。"));
    }
    if case.facts.reversed.is_none() {
        return Err(act
            .forbids(
                "stands",
                "该决定没有被变更、撤销、确认违法或者确认无效，不能撤回公开信息。",
            )
            .advice("请先由法制审核员登记变更、撤销的文书。"));
    }
    Ok((post.post, record))
}

/// # Errors
/// `penalty.withdraw_release.*`
pub fn withdraw(state: &PenaltyCase, command: &WithdrawRelease, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::WithdrawRelease;
    let (post, record) = may_withdraw(state, &scene.who)?;
    let reasons = text(act, "reasons", "撤回的理由", &command.reasons)?;
    let names = state
        .party()
        .map_or_else(Vec::new, |party| names_to_hide(&party.party, None));
    let clock = state.clock(ClockKind::Withdrawal);
    let fact = ReleaseWithdrawn {
        reasons: codes::mask_text(&reasons, &names),
        late: clock.is_some_and(|clock| clock.overdue_on(scene.today())),
        body: record.body.clone(),
        item_code: record.item_code.clone(),
        result: record.result.clone(),
        decided_on: record.decided_on,
    };
    let effects = PenaltyEffects {
        clocks: clock
            .filter(|clock| clock.runs())
            .map(|_| ClockChange::Stopped {
                kind: ClockKind::Withdrawal,
                on: scene.today(),
            })
            .into_iter()
            .collect(),
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::ReleaseWithdrawn(Box::new(fact)),
        effects,
        &post,
        scene,
    ))
}
