//! The decision (行政处罚法 57): one of four outcomes by the responsible head, who did not investigate. No fine without
//! notice and without defence, waiver or the end of its time (62); never more than was told (44, 45(2)); legal review
//! and collective discussion where due (58, 57(2)); one fine for one act (29). Late is recorded, never refused.

use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::end_investigation::{capacity, fine_is_lawful, ground_fits, no_hearing_due, outcome};
use super::{PenaltyVerdict, Scene, Who, at_step, certificate, complete, done, lines, not_investigator, signed};
use crate::clock::{self, CaseClock, ClockChange, ClockKind, Limit};
use crate::decide::{AtStep, LegalAct, bounded, past_date, text};
use crate::events::{BasisUsed, Lateness, Notice, Stance};
use crate::money::Fen;
use crate::penalty::discretion::Discretion;
use crate::penalty::events::{
    CollectiveDiscussion, InvestigationEnded, LegalReviewGround, Outcome, PenaltyDecided, PenaltyEffects, PenaltyFact,
};
use crate::penalty::paper;
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::Decide;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecidePenalty {
    pub outcome: Outcome,
    #[schemars(length(max = 5000))]
    pub opinion: String,
    /// Needed to depart from the proposal and to impose no fine.
    #[serde(default)]
    #[schemars(length(max = 5000), description = "不予处罚，或者与处理建议不一致的，必须写明")]
    pub reasons: String,
    #[serde(default)]
    pub discussion: Option<CollectiveDiscussion>,
    /// Where the party was fined for something at the same time: why this is another act (29).
    #[serde(default)]
    #[schemars(
        length(max = 5000),
        description = "与同期另一起处罚不是同一违法行为的理由（行政处罚法第二十九条）"
    )]
    pub different_act: String,
}

/// # Errors
/// `penalty.decide.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "decide", who)?;
    not_investigator(case, ACT, who, "行政处罚法第五十七条第一款")?;
    let reviewed = |account: &str| {
        let review = case.facts.legal_review.as_ref();
        review.is_some_and(|review| review.signed.opinion.account == account)
    };
    if reviewed(&who.context.actor.account) {
        return Err(Refusal::law(
            ACT.code("reviewed_it"),
            "您是本案的法制审核人员，法制审核与决定应当由不同的人进行。",
        )
        .article("行政处罚法第五十八条第一款")
        .advice("请由其他负责人决定。"));
    }
    certificate(ACT, who)?;
    if case.facts.preservations.iter().any(|kept| kept.disposal.is_none()) {
        return Err(Refusal::law(
            ACT.code("preserved_waits"),
            "先行登记保存的物品还没有处理，不能作出决定。",
        )
        .article("行政处罚法第五十六条"));
    }
    Ok(at)
}

/// # Errors
/// `penalty.decide.*`
pub fn decide(state: &PenaltyCase, command: &DecidePenalty, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let at = may(state, &scene.who)?;
    let Some(report) = state.facts.proposal.clone() else {
        return Err(ACT.forbids("nothing_proposed", "调查尚未终结，不能作出决定。"));
    };
    outcome(ACT, &command.outcome)?;
    let discretion = match &command.outcome {
        Outcome::Penalty { fine } => Some(fine_stands(state, *fine, &report, command, scene)?),
        Outcome::NoPenalty { ground, .. } => {
            let acted = report.acted;
            ground_fits(ACT, *ground, state.party(), report.mind, acted)?;
            None
        }
        Outcome::NotEstablished | Outcome::Transfer { .. } => None,
    };
    departs_with_reasons(state, command, &report)?;
    let discussion = discussion(command, &report, scene)?;
    let different_act = one_fine_for_one_act(command, scene)?;
    let stance = if command.outcome.fine().is_some() {
        Stance::Positive
    } else {
        Stance::Negative
    };
    let reasons = reasons(command, &report)?;
    let signed = signed(ACT, &at, stance, &command.opinion, &reasons, scene)?;
    let today = scene.today();
    let basis = basis(state, discretion.as_ref(), scene);
    let mut fact = PenaltyDecided {
        outcome: command.outcome.clone(),
        reasons,
        decided_on: today,
        late: lateness(state, scene),
        basis,
        discretion,
        correction: report.correction.clone(),
        discussion,
        different_act,
        paper_id: None,
        signed,
    };
    let papers: Vec<_> = paper::decision(state, &fact, &report, scene).into_iter().collect();
    fact.paper_id = papers.first().map(|order| order.paper_id.clone());
    let effects = PenaltyEffects {
        flow: complete(state, &at.step, command.outcome.key(), scene)?,
        clocks: clocks(state, &command.outcome, scene)?,
        notices: vec![Notice {
            title: "案件已作出决定".into(),
            text: format!(
                "{}已作出决定：{}。决定书将依法送达。",
                scene.setting.body.name,
                command.outcome.name()
            ),
            action: false,
            paper: None,
            service: false,
        }],
        papers,
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::Decided(Box::new(fact)),
        effects,
        &at.post.post,
        scene,
    ))
}

/// Everything a fine needs.
fn fine_stands(
    state: &PenaltyCase,
    fine: Fen,
    report: &InvestigationEnded,
    command: &DecidePenalty,
    scene: &Scene<'_>,
) -> Result<Discretion, Refusal> {
    told_and_heard(state)?;
    no_more_than_told(state, fine)?;
    capacity(ACT, state.party(), report)?;
    let (discretion, departs) = fine_is_lawful(ACT, fine, report, scene)?;
    no_hearing_due(ACT, fine, state.party(), scene)?;
    legally_reviewed(state, report, departs)?;
    if departs && command.reasons.trim().is_empty() {
        return Err(ACT
            .lacks(
                "departs_from_benchmark",
                "reasons",
                "罚款数额不在裁量区间内，应当写明理由。",
            )
            .article("行政处罚法第三十四条"));
    }
    Ok(discretion)
}

/// 62: told, and heard or waived or the time run out.
fn told_and_heard(state: &PenaltyCase) -> Result<(), Refusal> {
    let facts = &state.facts;
    if facts.notice_served.is_none() {
        return Err(Refusal::law(
            ACT.code("not_noticed"),
            "没有向当事人告知拟作出的处罚内容及事实、理由、依据，不得作出行政处罚决定。",
        )
        .article("行政处罚法第六十二条")
        .advice("请退回办案人员，依法告知并听取陈述、申辩。"));
    }
    let checked = facts.checked.is_some() && !facts.defences.is_empty();
    if !checked && facts.waived.is_none() && facts.defence_ended.is_none() {
        return Err(Refusal::law(
            ACT.code("not_heard"),
            "陈述申辩还没有结束（当事人没有放弃、期限没有届满，或者意见没有复核），不得作出行政处罚决定。",
        )
        .article("行政处罚法第六十二条")
        .advice("请先听取并复核当事人的陈述、申辩。"));
    }
    Ok(())
}

fn no_more_than_told(state: &PenaltyCase, fine: Fen) -> Result<(), Refusal> {
    if let Some(answered) = state.facts.told_and_answered.filter(|answered| fine > *answered) {
        return Err(Refusal::law(
            ACT.code("heavier"),
            format!("告知的罚款是{answered}元，不得因当事人陈述、申辩而给予更重的处罚。"),
        )
        .article("行政处罚法第四十五条第二款")
        .advice("请将罚款改为不高于告知的数额。"));
    }
    let told = state.facts.notice.as_ref().map(|notice| notice.fine);
    if let Some(told) = told.filter(|told| fine > *told) {
        return Err(Refusal::law(
            ACT.code("not_as_told"),
            format!("告知的罚款是{told}元，更重的处罚没有告知过当事人，不得作出。"),
        )
        .article("行政处罚法第四十四条、第六十二条")
        .advice("请退回办案人员，重新告知。"));
    }
    Ok(())
}

/// 58(1); and, by the house's rule, whatever leaves the benchmark's interval.
fn legally_reviewed(state: &PenaltyCase, report: &InvestigationEnded, departs: bool) -> Result<(), Refusal> {
    let due = departs || !report.legal_review.is_empty();
    match &state.facts.legal_review {
        Some(review) if !review.passed => Err(Refusal::law(
            ACT.code("review_not_passed"),
            "法制审核没有通过，不得作出决定。",
        )
        .article("行政处罚法第五十八条第一款")
        .advice("请办案人员按照审核意见补正后重新提请审核。")),
        None if due => {
            let mut grounds: Vec<&str> = report.legal_review.iter().map(|ground| ground.name()).collect();
            if departs && !report.legal_review.contains(&LegalReviewGround::DepartsFromBenchmark) {
                grounds.push(LegalReviewGround::DepartsFromBenchmark.name());
            }
            Err(Refusal::law(
                ACT.code("not_reviewed"),
                format!("本案{}，未经法制审核不得作出决定。", grounds.join("、")),
            )
            .article("行政处罚法第五十八条第一款")
            .advice("请先提请法制审核。"))
        }
        _ => Ok(()),
    }
}

/// Another outcome or another amount than proposed (after the check of the defence) says why.
fn departs_with_reasons(
    state: &PenaltyCase,
    command: &DecidePenalty,
    report: &InvestigationEnded,
) -> Result<(), Refusal> {
    let proposed = match &state.facts.checked {
        Some(checked) => Some(checked.fine),
        None => report.proposal.fine(),
    };
    let same = match (&command.outcome, &report.proposal) {
        (Outcome::Penalty { fine }, Outcome::Penalty { .. }) => Some(*fine) == proposed,
        (chosen, proposal) => chosen.key() == proposal.key(),
    };
    if !same && command.reasons.trim().is_empty() {
        return Err(ACT.lacks(
            "departs_without_reasons",
            "reasons",
            "决定与办案人员的建议（复核后的意见）不一致的，应当写明理由。",
        ));
    }
    Ok(())
}

/// Reasons are part of every decision; where the head gives none, those of the report are adopted.
fn reasons(command: &DecidePenalty, report: &InvestigationEnded) -> Result<String, Refusal> {
    let own = bounded(ACT, "reasons", "决定的理由", &command.reasons)?;
    Ok(if own.is_empty() { report.reasons.clone() } else { own })
}

/// 57(2).
fn discussion(
    command: &DecidePenalty,
    report: &InvestigationEnded,
    scene: &Scene<'_>,
) -> Result<Option<CollectiveDiscussion>, Refusal> {
    let Some(given) = &command.discussion else {
        if report.collective && command.outcome.fine().is_some() {
            return Err(Refusal::law(
                ACT.code("needs_discussion"),
                "情节复杂或者重大违法行为的处罚，行政机关负责人应当集体讨论决定。",
            )
            .article("行政处罚法第五十七条第二款")
            .advice("请先集体讨论，并登记时间、参加人员和讨论结果。"));
        }
        return Ok(None);
    };
    let members = lines(ACT, "discussion_members", "参加集体讨论的负责人", &given.members)?;
    if members.len() < 2 {
        return Err(ACT
            .lacks(
                "discussion_of_one",
                "discussion_members",
                "集体讨论应当有两名以上负责人参加。",
            )
            .article("行政处罚法第五十七条第二款"));
    }
    let ended = report.signed.opinion.on;
    past_date(ACT, "discussion_on", given.held_on, ended, 90, scene.setting.context)?;
    Ok(Some(CollectiveDiscussion {
        held_on: given.held_on,
        members,
        summary: text(ACT, "discussion_summary", "集体讨论的意见和结果", &given.summary)?,
        record: given.record.clone(),
    }))
}

/// 29: no second fine for the same act. Whether it is the same act is for a person to say, with reasons.
fn one_fine_for_one_act(command: &DecidePenalty, scene: &Scene<'_>) -> Result<Option<String>, Refusal> {
    if command.outcome.fine().is_none() {
        return Ok(None);
    }
    let Some(earlier) = scene.known.earlier_fines.first() else {
        return Ok(None);
    };
    let given = bounded(ACT, "different_act", "不是同一违法行为的理由", &command.different_act)?;
    if given.is_empty() {
        return Err(Refusal::law(
            ACT.code("fined_before"),
            format!(
                "当事人在同一时间的违法行为已被处以罚款（“{}”）。对同一个违法行为，不得给予两次以上罚款的行政处罚。",
                earlier.item_name
            ),
        )
        .article("行政处罚法第二十九条")
        .advice("确实不是同一个违法行为的，请写明理由；是同一个违法行为的，不能再次罚款。")
        .field("different_act", "请说明是否为同一个违法行为。"));
    }
    Ok(Some(given))
}

/// 37: which version the fine rests on, and why.
fn basis(state: &PenaltyCase, discretion: Option<&Discretion>, scene: &Scene<'_>) -> BasisUsed {
    let pinned = state.item.as_ref().map_or(0, |item| item.version);
    BasisUsed {
        version: discretion.map_or(pinned, |discretion| discretion.item_version),
        current_version: scene.known.current_version,
        reasons: discretion.map(|discretion| discretion.version_reason.clone()),
    }
}

fn lateness(state: &PenaltyCase, scene: &Scene<'_>) -> Lateness {
    let late = |kind| state.clock(kind).is_some_and(|clock| clock.overdue_on(scene.today()));
    Lateness {
        statutory: late(ClockKind::Decision),
        promised: late(ClockKind::Promised),
    }
}

fn clocks(state: &PenaltyCase, outcome: &Outcome, scene: &Scene<'_>) -> Result<Vec<ClockChange>, Refusal> {
    let (today, calendar) = (scene.today(), &scene.setting.context.calendar);
    let mut changes: Vec<ClockChange> = [ClockKind::Decision, ClockKind::Defence]
        .into_iter()
        .filter(|kind| state.clock(*kind).is_some_and(CaseClock::runs))
        .map(|kind| ClockChange::Stopped { kind, on: today })
        .collect();
    let serving = Limit::working_days(7, "行政处罚法第六十一条第一款、第八十五条");
    changes.push(clock::start(calendar, ClockKind::Serving, &serving, today)?);
    if outcome.fine().is_some() {
        let publication = Limit::working_days(
            7,
            "行政处罚法第四十八条第一款；行政许可和行政处罚等信用信息“双公示”要求",
        );
        changes.push(clock::start(calendar, ClockKind::Publication, &publication, today)?);
    }
    Ok(changes)
}
