//! The end of the investigation (行政处罚法 57(1)): facts on evidence, the law, who the party is (30, 31), the weighing
//! (32, 33) by statute and benchmark (34, 37), and a proposal of one of the four outcomes. Fines that would give a
//! right to a hearing (63) are refused: this flow has no hearing.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{MOST_ENTRIES, PenaltyVerdict, Scene, Who, at_step, certificate, done, lines, signed};
use crate::decide::{AtStep, LegalAct, bounded, text};
use crate::events::Stance;
use crate::money::Fen;
use crate::party::Party;
use crate::penalty::discretion::{Days, Discretion, GroundGiven, Judged, Weight, weigh};
use crate::penalty::events::{
    ActPeriod, Correction, InvestigationEnded, LegalReviewGround, Mind, NoPenaltyGround, OtherNorm, Outcome,
    PenaltyEffects, PenaltyFact, PenaltyParty,
};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::EndInvestigation;
/// The ages of 30.
const PUNISHABLE_FROM: i16 = 14;
const GROWN_UP_FROM: i16 = 18;
/// A factor is a word or a number.
const LONGEST_FACTOR: usize = 200;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndInvestigation {
    #[schemars(length(max = 5000))]
    pub facts: String,
    /// Ids of the evidence relied on.
    #[schemars(length(max = 500), inner(length(max = 64)), description = "所依据的证据的编号")]
    pub evidence: Vec<String>,
    #[schemars(length(max = 50), inner(length(max = 5000)))]
    pub violated: Vec<String>,
    /// Empty: the legal bases of the item.
    #[serde(default)]
    #[schemars(
        length(max = 50),
        inner(length(max = 5000)),
        description = "不填的，用事项登记的依据"
    )]
    pub bases: Vec<String>,
    #[serde(default = "sound")]
    pub mind: Mind,
    /// Factors of the benchmark: name → value.
    #[serde(default)]
    #[schemars(schema_with = "factors_schema")]
    pub factors: BTreeMap<String, String>,
    #[serde(default)]
    #[schemars(length(max = 50))]
    pub grounds: Vec<GroundGiven>,
    /// Other norms the same act breaks (29).
    #[serde(default)]
    #[schemars(length(max = 50), description = "同一行为触犯的其他规定（行政处罚法第二十九条）")]
    pub other_norms: Vec<OtherNorm>,
    pub proposal: Outcome,
    #[schemars(length(max = 5000))]
    pub reasons: String,
    pub correction: Correction,
    #[serde(default)]
    #[schemars(length(max = 10), description = "应当法制审核的情形")]
    pub legal_review: Vec<LegalReviewGround>,
    /// 57(2): complex, or major.
    #[serde(default)]
    #[schemars(description = "情节复杂或者重大违法，应当集体讨论")]
    pub collective: bool,
    #[schemars(length(max = 5000))]
    pub opinion: String,
}

pub(crate) fn factors_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "description": "裁量因素：裁量基准中的名称和取值",
        "maxProperties": MOST_ENTRIES,
        "additionalProperties": {"type": "string", "maxLength": LONGEST_FACTOR},
    })
}

fn sound() -> Mind {
    Mind::Sound
}

/// # Errors
/// `penalty.end_investigation.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "investigate", who)?;
    if !case.investigates(&who.context.actor.account) {
        return Err(ACT
            .forbids("not_investigator", "您不是本案的办案人员，不能提出处理建议。")
            .advice("请由立案时确定的办案人员办理。"));
    }
    certificate(ACT, who)?;
    if case.facts.investigators.len() < 2 {
        return Err(
            Refusal::law(ACT.code("two_officers"), "本案现有的办案人员少于两人，不能终结调查。")
                .article("行政处罚法第四十二条第一款")
                .advice("请先由批准人在回避决定中确定接替的人员。"),
        );
    }
    if case.facts.preservations.iter().any(|kept| kept.disposal.is_none()) {
        return Err(Refusal::law(
            ACT.code("preserved_waits"),
            "先行登记保存的物品还没有处理，不能终结调查。",
        )
        .article("行政处罚法第五十六条")
        .advice("请批准人在七个工作日内作出处理决定。"));
    }
    Ok(at)
}

/// # Errors
/// `penalty.end_investigation.*`
pub fn decide(state: &PenaltyCase, command: &EndInvestigation, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let at = may(state, &scene.who)?;
    let Some(opening) = state.facts.opening.clone() else {
        return Err(ACT.forbids("not_opened", "本案尚未立案。"));
    };
    let evidence = evidence(state, command)?;
    within_bounds(command)?;
    let mut report = InvestigationEnded {
        facts: text(ACT, "facts", "查明的事实", &command.facts)?,
        evidence,
        acted: opening.acted,
        violated: lines(ACT, "violated", "违反的规定", &command.violated)?,
        bases: bases(state, command)?,
        mind: command.mind,
        factors: command.factors.clone(),
        grounds: grounds(&command.grounds)?,
        other_norms: other_norms(&command.other_norms)?,
        discretion: None,
        proposal: command.proposal.clone(),
        reasons: text(ACT, "reasons", "处理建议的理由", &command.reasons)?,
        correction: correction(command, scene.today())?,
        legal_review: command.legal_review.clone(),
        collective: command.collective,
        signed: signed(ACT, &at, Stance::Positive, &command.opinion, "", scene)?,
    };
    outcome(ACT, &command.proposal)?;
    let party = opening.party.as_ref();
    if let Outcome::Penalty { fine } = command.proposal {
        capacity(ACT, party, &report)?;
        let discretion = fine_is_lawful(ACT, fine, &report, scene)?;
        higher_norm(&discretion.0, &report)?;
        no_hearing_due(ACT, fine, party, scene)?;
        if discretion.1 && !report.legal_review.contains(&LegalReviewGround::DepartsFromBenchmark) {
            report.legal_review.push(LegalReviewGround::DepartsFromBenchmark);
        }
        report.discretion = Some(discretion.0);
    }
    let step = match command.proposal {
        Outcome::Penalty { .. } => "penalty",
        _ => "other",
    };
    // A chart may go by what is proposed here (who signs, which way): its conditions see the case as this act leaves it.
    let mut after = state.clone();
    after.facts.proposal = Some(Arc::new(report.clone()));
    let effects = PenaltyEffects {
        flow: scene.setting.complete_knowing(state, &after, &at.step, Some(step))?,
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::InvestigationEnded(Box::new(report)),
        effects,
        &at.post.post,
        scene,
    ))
}

/// 40: no penalty where the facts are unclear or the evidence does not suffice; YEL12.
fn evidence(state: &PenaltyCase, command: &EndInvestigation) -> Result<Vec<String>, Refusal> {
    for id in &command.evidence {
        if state.evidence(id).is_none() {
            return Err(ACT.lacks("no_such_evidence", "evidence", "所引用的证据没有登记。"));
        }
    }
    if command.proposal.fine().is_some() && command.evidence.is_empty() {
        return Err(Refusal::law(ACT.code("no_evidence"), "没有证据，不得给予行政处罚。")
            .article("行政处罚法第四十条")
            .advice("请先登记证据并在此引用；违法事实不能成立的，请提出相应的建议。"));
    }
    let mut cited: Vec<String> = Vec::new();
    for id in &command.evidence {
        if !cited.contains(id) {
            cited.push(id.clone());
        }
    }
    Ok(cited)
}

fn bases(state: &PenaltyCase, command: &EndInvestigation) -> Result<Vec<String>, Refusal> {
    if command.bases.iter().any(|basis| !basis.trim().is_empty()) {
        return lines(ACT, "bases", "处罚依据", &command.bases);
    }
    Ok(state.item.as_ref().map_or_else(Vec::new, |item| item.bases.clone()))
}

/// What people type has bounds in length and number, whichever door it came through.
fn within_bounds(command: &EndInvestigation) -> Result<(), Refusal> {
    let lists = [
        ("grounds", "情节", command.grounds.len()),
        ("other_norms", "触犯的其他规定", command.other_norms.len()),
        ("factors", "裁量因素", command.factors.len()),
        ("legal_review", "法制审核的情形", command.legal_review.len()),
    ];
    if let Some((field, label, _)) = lists.into_iter().find(|(_, _, number)| *number > MOST_ENTRIES) {
        return Err(ACT.lacks("too_many", field, format!("{label}最多{MOST_ENTRIES}项。")));
    }
    let long = |text: &String| text.chars().count() > LONGEST_FACTOR;
    if command.factors.iter().any(|(name, value)| long(name) || long(value)) {
        return Err(ACT.lacks(
            "too_long",
            "factors",
            format!("裁量因素过长，请控制在{LONGEST_FACTOR}个字以内。"),
        ));
    }
    Ok(())
}

fn other_norms(given: &[OtherNorm]) -> Result<Vec<OtherNorm>, Refusal> {
    let norm = |norm: &OtherNorm| {
        if norm.highest < Fen::ZERO || norm.highest > Fen::MOST {
            return Err(ACT.lacks("no_amount", "other_norms", "请填写该规定的最高罚款数额。"));
        }
        Ok(OtherNorm {
            basis: text(ACT, "other_norms", "触犯的其他规定", &norm.basis)?,
            highest: norm.highest,
        })
    };
    given.iter().map(norm).collect()
}

fn grounds(given: &[GroundGiven]) -> Result<Vec<GroundGiven>, Refusal> {
    let mut kept: Vec<GroundGiven> = Vec::new();
    for ground in given {
        let words = "从轻、减轻、从重情节";
        kept.push(GroundGiven {
            weight: ground.weight,
            article: text(ACT, "grounds", &format!("{words}的依据"), &ground.article)?,
            reason: text(ACT, "grounds", &format!("{words}的事实"), &ground.reason)?,
        });
    }
    let has = |weight| kept.iter().any(|ground| ground.weight == weight);
    if has(Weight::Heavier) && (has(Weight::Lighter) || has(Weight::Mitigated)) {
        return Err(ACT.lacks(
            "grounds_contradict",
            "grounds",
            "从重与从轻、减轻的情节不能同时作为裁量阶次。",
        ));
    }
    Ok(kept)
}

/// 28(1).
fn correction(command: &EndInvestigation, today: Date) -> Result<Correction, Refusal> {
    let refusal = |reason, message| {
        Err(ACT
            .lacks(reason, "correction", message)
            .article("行政处罚法第二十八条第一款"))
    };
    match &command.correction {
        Correction::AlreadyDone { how } if how.trim().is_empty() => {
            refusal("correction_how", "当事人已经改正的，请写明改正的情况。")
        }
        Correction::AlreadyDone { how } => {
            bounded(ACT, "correction", "改正的情况", how).map(|how| Correction::AlreadyDone { how })
        }
        Correction::By { on } if *on < today => refusal("correction_past", "责令改正的期限不能早于今天。"),
        other => Ok(other.clone()),
    }
}

/// What each outcome needs in words: education (33(3)), the organ (27, 57(1)(四)).
pub(super) fn outcome(act: PenaltyAct, outcome: &Outcome) -> Result<(), Refusal> {
    match outcome {
        Outcome::Penalty { fine } if *fine <= Fen::ZERO || *fine > Fen::MOST => {
            Err(act.lacks("no_amount", "fine", "请填写罚款数额。"))
        }
        Outcome::NoPenalty { education, .. } => {
            if education.trim().is_empty() {
                return Err(act
                    .lacks(
                        "needs_education",
                        "education",
                        "依法不予行政处罚的，应当对当事人进行教育，请写明教育的内容。",
                    )
                    .article("行政处罚法第三十三条第三款"));
            }
            bounded(act, "education", "教育的内容", education).map(drop)
        }
        Outcome::Transfer { organ } => text(act, "organ", "接受移送的司法机关", organ)
            .map(drop)
            .map_err(|refusal| refusal.article("行政处罚法第二十七条第一款")),
        _ => Ok(()),
    }
}

/// 30, 31: whom the law does not punish, and whom it must treat more lightly.
pub(super) fn capacity(
    act: PenaltyAct,
    party: Option<&PenaltyParty>,
    report: &InvestigationEnded,
) -> Result<(), Refusal> {
    if report.mind == Mind::Unable {
        return Err(Refusal::law(
            act.code("mind_unable"),
            "当事人在不能辨认或者不能控制自己行为时有违法行为的，不予行政处罚。",
        )
        .article("行政处罚法第三十一条")
        .advice("请提出不予行政处罚的建议，并责令其监护人严加看管和治疗。"));
    }
    let Some(born) = party.and_then(|party| party.born_on) else {
        return Ok(());
    };
    let age = age_on(born, report.acted.from);
    if age < PUNISHABLE_FROM {
        return Err(
            Refusal::law(act.code("underage"), "当事人行为时不满十四周岁，不予行政处罚。")
                .article("行政处罚法第三十条")
                .advice("请提出不予行政处罚的建议，并责令监护人加以管教。"),
        );
    }
    let lighter = |ground: &GroundGiven| matches!(ground.weight, Weight::Lighter | Weight::Mitigated);
    if age < GROWN_UP_FROM && !report.grounds.iter().any(lighter) {
        return Err(Refusal::law(
            act.code("minor"),
            "当事人行为时已满十四周岁不满十八周岁，应当从轻或者减轻行政处罚。",
        )
        .article("行政处罚法第三十条")
        .advice("请加上从轻或者减轻的情节，重新计算罚款数额。"));
    }
    Ok(())
}

/// Full years; the birthday itself completes the year.
fn age_on(born: Date, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
    day.year() - born.year() - i16::from(!had_birthday)
}

/// Inside the statutory range always; outside the interval only with reasons, which the legal reviewer sees.
pub(super) fn fine_is_lawful(
    act: PenaltyAct,
    fine: Fen,
    report: &InvestigationEnded,
    scene: &Scene<'_>,
) -> Result<(Discretion, bool), Refusal> {
    let days = Days {
        acted: report.acted.decisive_day(scene.today()),
        decided: scene.today(),
    };
    let weighed = weigh(act, &scene.known.benchmarks, days, &report.factors, &report.grounds)?;
    match weighed.judge(fine) {
        Judged::Within => Ok((weighed.record, false)),
        Judged::Departs(_) => Ok((weighed.record, true)),
        Judged::Unlawful(why) => {
            let below = weighed.record.statutory_low.is_some_and(|low| fine < low);
            let (reason, article, advice) = if below {
                (
                    "below_range",
                    "行政处罚法第三十二条",
                    "确有减轻情节的，请写明情节和依据；否则请改为法定幅度以内的数额。",
                )
            } else {
                (
                    "above_range",
                    "行政处罚法第七十六条第一款第（二）项",
                    "请改为法定幅度以内的数额。",
                )
            };
            Err(Refusal::law(act.code(reason), format!("{why}。"))
                .article(article)
                .advice(advice))
        }
    }
}

/// 29, second sentence: of several norms the one with the higher fine.
fn higher_norm(discretion: &Discretion, report: &InvestigationEnded) -> Result<(), Refusal> {
    let Some(highest) = discretion.statutory_high else {
        return Ok(());
    };
    match report.other_norms.iter().find(|norm| norm.highest > highest) {
        Some(norm) => Err(Refusal::law(
            ACT.code("higher_norm"),
            format!(
                "同一违法行为还违反{}，其罚款数额更高，应当按照数额高的规定处罚。",
                norm.basis
            ),
        )
        .article("行政处罚法第二十九条")
        .advice("请按照罚款数额高的事项立案办理。")),
        None => Ok(()),
    }
}

/// 63(1)(一): a large fine gives a right to a hearing, which this flow does not have.
pub(super) fn no_hearing_due(
    act: PenaltyAct,
    fine: Fen,
    party: Option<&PenaltyParty>,
    scene: &Scene<'_>,
) -> Result<(), Refusal> {
    let threshold = hearing_threshold(party.map(|party| &party.party), scene);
    if fine < threshold {
        return Ok(());
    }
    Err(Refusal::law(
        act.code("needs_hearing"),
        format!(
            "拟罚款{fine}元，达到“较大数额罚款”的标准（{threshold}元），应当告知当事人有要求听证的权利；本平台目前的办理流程还不能组织听证，不能继续。"
        ),
    )
    .article("行政处罚法第六十三条第一款第（一）项")
    .advice("请按照听证程序在线下办理，或者等待听证流程上线；不得为避开听证而改变罚款数额。"))
}

/// The place's threshold of a large fine, which differs for persons and organisations.
pub(crate) fn hearing_threshold(party: Option<&Party>, scene: &Scene<'_>) -> Fen {
    let parameters = &scene.setting.context.parameters;
    Fen::yuan(match party {
        Some(Party::Individual { .. }) => parameters.number("penalty.hearing_fine_individual", 10_000),
        _ => parameters.number("penalty.hearing_fine_organisation", 100_000),
    })
}

/// The grounds that the facts themselves must bear out (30, 31).
pub(super) fn ground_fits(
    act: PenaltyAct,
    ground: NoPenaltyGround,
    party: Option<&PenaltyParty>,
    mind: Mind,
    acted: ActPeriod,
) -> Result<(), Refusal> {
    let age = party
        .and_then(|party| party.born_on)
        .map(|born| age_on(born, acted.from));
    let fits = match ground {
        NoPenaltyGround::Underage => age.is_some_and(|age| age < PUNISHABLE_FROM),
        NoPenaltyGround::MindUnable => mind == Mind::Unable,
        _ => true,
    };
    if fits {
        return Ok(());
    }
    Err(act
        .lacks(
            "ground_does_not_fit",
            "ground",
            format!("本案的事实不支持“{}”。", ground.name()),
        )
        .article(ground.article()))
}
