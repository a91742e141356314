//! Evidence (行政处罚法 46, 55): one of eight kinds, taken by two certified officers who showed their certificates, with
//! source, place, time, file and hash; and who kept it since (47).

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, at_step, done, two_certified};
use crate::attached::Attached;
use crate::decide::{AtStep, LegalAct, past_date, text};
use crate::events::FileRef;
use crate::penalty::events::{Evidence, EvidenceKind, HandOver, PenaltyEffects, PenaltyFact};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::RecordEvidence;
const MOST_EVIDENCE: usize = 500;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordEvidence {
    pub kind: EvidenceKind,
    #[schemars(length(max = 200))]
    pub name: String,
    /// From whom or what it was taken.
    #[schemars(length(max = 500))]
    pub source: String,
    #[schemars(length(max = 300))]
    pub place: String,
    pub taken_on: Date,
    #[schemars(length(max = 5000))]
    pub proves: String,
    /// Accounts of two or more investigators of this case.
    #[schemars(
        length(max = 10),
        inner(length(max = 100)),
        description = "取证人员的账号，至少两名办案人员"
    )]
    pub takers: Vec<String>,
    #[schemars(description = "已主动出示执法证件")]
    pub shown_certificates: bool,
    /// The thing, its copy or its photograph.
    #[schemars(with = "Option<Attached>", description = "原件、复制件或者照片")]
    pub file: Option<FileRef>,
    #[schemars(length(max = 300))]
    pub kept_at: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverEvidence {
    #[schemars(length(max = 64))]
    pub evidence_id: String,
    /// Account of the officer who receives it.
    #[schemars(length(max = 100), description = "接收人的账号")]
    pub to: String,
    pub on: Date,
    #[schemars(length(max = 300))]
    pub kept_at: String,
    #[schemars(length(max = 5000))]
    pub reason: String,
}

/// # Errors
/// `penalty.record_evidence.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "investigate", who)?;
    if !case.investigates(&who.context.actor.account) {
        return Err(ACT
            .forbids("not_investigator", "您不是本案的办案人员，不能登记证据。")
            .advice("请由立案时确定的办案人员登记。"));
    }
    Ok(at)
}

/// # Errors
/// `penalty.record_evidence.*`
pub fn decide(state: &PenaltyCase, command: &RecordEvidence, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let at = may(state, &scene.who)?;
    if state.facts.evidence.len() >= MOST_EVIDENCE {
        return Err(ACT.lacks("too_many", "name", format!("一案的证据最多登记{MOST_EVIDENCE}项。")));
    }
    let takers = two_certified(state, ACT, &scene.known.officers)?;
    if let Some(stranger) = takers.iter().find(|taker| !state.investigates(&taker.account)) {
        return Err(ACT
            .forbids(
                "taker_not_investigator",
                format!("{}不是本案的办案人员。", stranger.name),
            )
            .advice("请选择立案时确定的办案人员。"));
    }
    if !command.shown_certificates {
        return Err(Refusal::law(
            ACT.code("certificates_not_shown"),
            "调查或者检查时应当主动出示执法证件；未出示的，当事人有权拒绝，取得的材料不能作为证据登记。",
        )
        .article("行政处罚法第五十五条第一款")
        .advice("请出示证件后重新调查取证。"));
    }
    taken_on(state, command, scene)?;
    let Some(file) = checked_file(command)? else {
        return Err(ACT
            .lacks("needs_file", "file", "请上传证据文件；物证请上传照片或者录像。")
            .article("行政处罚法第四十七条"));
    };
    let fact = Evidence {
        evidence_id: scene.setting.context.id("evidence"),
        kind: command.kind,
        name: text(ACT, "name", "证据名称", &command.name)?,
        source: text(ACT, "source", "证据来源", &command.source)?,
        place: text(ACT, "place", "取证地点", &command.place)?,
        taken_on: command.taken_on,
        proves: text(ACT, "proves", "证明内容", &command.proves)?,
        takers,
        shown_certificates: true,
        file,
        kept_at: text(ACT, "kept_at", "原件（原物）存放处", &command.kept_at)?,
        keeper: scene.account().to_owned(),
    };
    let effects = PenaltyEffects::default();
    Ok(done(
        state,
        PenaltyFact::EvidenceRecorded(Box::new(fact)),
        effects,
        &at.post.post,
        scene,
    ))
}

/// Evidence may be older than the opening (a check on site often is), never than the act.
fn taken_on(state: &PenaltyCase, command: &RecordEvidence, scene: &Scene<'_>) -> Result<(), Refusal> {
    let earliest = state
        .facts
        .opening
        .as_ref()
        .map_or(Date::MIN, |opening| opening.acted.from);
    let window = scene
        .setting
        .context
        .parameters
        .number("penalty.evidence_backdating_days", 90);
    past_date(
        ACT,
        "taken_on",
        command.taken_on,
        earliest,
        window,
        scene.setting.context,
    )
}

fn checked_file(command: &RecordEvidence) -> Result<Option<FileRef>, Refusal> {
    let Some(file) = &command.file else {
        return Ok(None);
    };
    let hex = file.sha256.len() == 64 && file.sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hex || file.blob.is_empty() {
        return Err(ACT.lacks("needs_hash", "file", "证据文件没有校验值，请重新上传。"));
    }
    Ok(Some(file.clone()))
}

/// # Errors
/// `penalty.hand_over_evidence.*`
pub fn may_hand_over(case: &PenaltyCase, who: &Who<'_>) -> Result<String, Refusal> {
    let act = PenaltyAct::HandOverEvidence;
    let post = super::standing(case, act, who)?;
    let keeps = |account: &str| case.facts.evidence.iter().any(|kept| kept.keeper() == account);
    if !keeps(&who.context.actor.account) {
        return Err(act
            .forbids("not_keeper", "您没有保管本案的证据，不能办理移交。")
            .advice("请由现在的保管人办理移交。"));
    }
    Ok(post)
}

/// # Errors
/// `penalty.hand_over_evidence.*`
pub fn hand_over(
    state: &PenaltyCase,
    command: &HandOverEvidence,
    scene: &Scene<'_>,
) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::HandOverEvidence;
    let post = may_hand_over(state, &scene.who)?;
    let Some(kept) = state.evidence(&command.evidence_id) else {
        return Err(Refusal::not_found(act.code("no_such_evidence"), "没有找到这项证据。"));
    };
    if kept.keeper() != scene.account() {
        return Err(act
            .forbids("not_keeper", "这项证据不由您保管，不能办理移交。")
            .advice("请由现在的保管人办理移交。"));
    }
    let receiver = scene
        .known
        .officers
        .iter()
        .find(|officer| officer.account == command.to);
    if !receiver.is_some_and(|officer| officer.active && officer.body == state.body()) {
        return Err(act.lacks("not_of_this_body", "to", "接收人不是本机关在岗人员。"));
    }
    if command.to == scene.account() {
        return Err(act.lacks("same_keeper", "to", "接收人就是现在的保管人。"));
    }
    past_date(act, "on", command.on, kept.evidence.taken_on, 30, scene.setting.context)?;
    let fact = HandOver {
        evidence_id: command.evidence_id.clone(),
        from: scene.account().to_owned(),
        to: command.to.clone(),
        on: command.on,
        kept_at: text(act, "kept_at", "存放处", &command.kept_at)?,
        reason: text(act, "reason", "移交事由", &command.reason)?,
    };
    let effects = PenaltyEffects::default();
    Ok(done(
        state,
        PenaltyFact::EvidenceHandedOver(Box::new(fact)),
        effects,
        &post,
        scene,
    ))
}
