//! A penalty as JSON: for officers within their scope whole, for the party what its page shows (R157).

use jiff::civil::Date;
use mingjing_chronicle::{Context, RecordedEvent};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::case_shown::{
    BodyRef, Clock, CopyShown, FileShown, ItemRef, Moment, NextAct, OpinionShown, PaperShown, Step,
};
use super::super::migrations::MovedShown;
use super::super::ruled::RuledShown;
use super::course::{CourseShown, ReportShown};
use crate::events::SiteOfficer;
use crate::pages::citizen::penalty::readable;
use crate::pages::penalty::timeline::told_to_party;
use crate::party::Party;
use crate::penalty::case::{EvidenceKept, PreservationFact, RecusalFact};
use crate::penalty::events::{
    ActPeriod, DisposalKind, EvidenceKind, HandOver, LeadSource, LegalReviewGround, Limitation, OpinionSigned,
    PenaltyRelease, PreservedItem, act_name,
};
use crate::penalty::reading::PenaltySeen;
use crate::penalty::standing::{self, next_steps};
use crate::penalty::{PenaltyAct, PenaltyCase, PenaltyState};

/// For officers.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Penalty")]
pub(super) struct PenaltyShown {
    case_no: String,
    /// 办理操作时在 Seen-Version 中送回
    version: i64,
    item: ItemRef,
    body: BodyRef,
    state: PenaltyState,
    state_name: String,
    steps: Vec<Step>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    copies: Vec<CopyShown>,
    /// 迁移到其他版本的流程图的经过
    #[serde(skip_serializing_if = "Vec::is_empty")]
    moved: Vec<MovedShown>,
    /// 流程中的规则怎样得出结果
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ruled: Vec<RuledShown>,
    clocks: Vec<Clock>,
    /// 现在可以做的，和不能做的原因
    acts: Vec<NextAct>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lead: Option<LeadShown>,
    party: Option<Party>,
    /// 当事人确认了电子送达
    electronic_service: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    opening: Option<OpeningShown>,
    investigators: Vec<CertifiedOfficer>,
    evidence: Vec<EvidenceShown>,
    preservations: Vec<PreservationShown>,
    recusals: Vec<RecusalShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<ReportShown>,
    /// 调查终结时引用的证据
    cited_evidence: Vec<String>,
    legal_review: Vec<LegalReviewGround>,
    /// 应当集体讨论
    collective: bool,
    #[serde(flatten)]
    course: CourseShown,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<ReleaseShown>,
    opinions: Vec<SignedShown>,
    papers: Vec<PaperShown>,
    timeline: Vec<Moment>,
}

/// For the party: neither who reported nor what officials say among themselves.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OwnPenalty")]
pub(super) struct OwnPenalty {
    case_no: String,
    /// 答复时在 Seen-Version 中送回
    version: i64,
    item: ItemRef,
    body: BodyRef,
    /// 办案单位的联系电话
    phone: String,
    state: PenaltyState,
    state_name: String,
    clocks: Vec<Clock>,
    /// 现在可以做的
    acts: Vec<NextAct>,
    party: Option<Party>,
    electronic_service: bool,
    cause: String,
    /// 办案人员：申请回避时用他们的账号
    investigators: Vec<CertifiedOfficer>,
    /// 当事人提出的回避申请
    recusals: Vec<RecusalShown>,
    /// 事先告知或者作出决定之后才有
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<ReportShown>,
    #[serde(flatten)]
    course: CourseShown,
    /// 作出决定之后：复议机关和法院
    #[serde(skip_serializing_if = "Option::is_none")]
    remedies: Option<Remedies>,
    papers: Vec<PaperShown>,
    timeline: Vec<Moment>,
}

#[derive(Serialize, JsonSchema)]
struct LeadShown {
    source: LeadSource,
    received_on: Date,
    content: String,
    place: String,
    suspect: String,
    /// 举报（投诉）人：办案人员和登记人看到本人信息，其他人只知道有
    #[serde(skip_serializing_if = "Option::is_none")]
    informant: Option<String>,
    files: Vec<FileShown>,
}

#[derive(Serialize, JsonSchema)]
struct OpeningShown {
    /// false：建议不予立案
    open: bool,
    cause: String,
    acted: ActPeriod,
    limitation: Limitation,
    facts: String,
    reasons: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_opened_on: Option<Date>,
}

#[derive(Serialize, JsonSchema)]
struct CertifiedOfficer {
    account: String,
    name: String,
    certificate_no: String,
}

#[derive(Serialize, JsonSchema)]
struct EvidenceShown {
    evidence_id: String,
    kind: EvidenceKind,
    name: String,
    source: String,
    place: String,
    taken_on: Date,
    proves: String,
    takers: Vec<CertifiedOfficer>,
    file: FileShown,
    kept_at: String,
    /// 现在的保管人
    keeper: String,
    hand_overs: Vec<HandOverShown>,
}

#[derive(Serialize, JsonSchema)]
struct HandOverShown {
    from: String,
    to: String,
    on: Date,
    kept_at: String,
    reason: String,
}

#[derive(Serialize, JsonSchema)]
struct PreservationShown {
    preservation_id: String,
    items: Vec<PreservedItem>,
    place: String,
    reasons: String,
    from: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    disposal: Option<DisposalShown>,
}

#[derive(Serialize, JsonSchema)]
struct DisposalShown {
    kind: DisposalKind,
    reasons: String,
    on: Date,
    late: bool,
}

#[derive(Serialize, JsonSchema)]
struct RecusalShown {
    request_id: String,
    officer: String,
    reasons: String,
    by_party: bool,
    /// 没有就是还没有决定
    #[serde(skip_serializing_if = "Option::is_none")]
    granted: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
struct ReleaseShown {
    reviewed_on: Date,
    published: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_on: Option<Date>,
}

#[derive(Serialize, JsonSchema)]
struct SignedShown {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_no: Option<String>,
    opinion: OpinionShown,
}

#[derive(Serialize, JsonSchema)]
struct Remedies {
    reconsideration_organ: String,
    court: String,
}

impl PenaltyShown {
    pub(super) fn of(seen: &PenaltySeen, context: &Context) -> PenaltyShown {
        let (case, report) = (&seen.case, seen.case.facts.proposal.as_ref());
        PenaltyShown {
            case_no: case.case_no.clone(),
            version: seen.version,
            item: ItemRef::of(&seen.item),
            body: BodyRef::of(&seen.body),
            state: case.state,
            state_name: case.state.name().to_owned(),
            steps: case.steps.iter().map(|step| Step::of(step, false)).collect(),
            copies: case.copies.iter().map(CopyShown::of).collect(),
            moved: MovedShown::of(&case.moves),
            ruled: RuledShown::of::<PenaltyCase>(&seen.events, seen.setting(context).flow),
            clocks: case.clocks.iter().map(Clock::of).collect(),
            acts: acts(seen, context),
            lead: lead(case, &context.actor.account),
            party: case.party().map(|party| party.party.clone()),
            electronic_service: case.facts.electronic_service.is_some(),
            opening: opening(case),
            investigators: case.facts.investigators.iter().map(CertifiedOfficer::of).collect(),
            evidence: case.facts.evidence.iter().map(EvidenceShown::of).collect(),
            preservations: case.facts.preservations.iter().map(PreservationShown::of).collect(),
            recusals: case.facts.recusals.iter().map(RecusalShown::of).collect(),
            report: ReportShown::of(case),
            cited_evidence: report.map_or_else(Vec::new, |report| report.evidence.clone()),
            legal_review: report.map_or_else(Vec::new, |report| report.legal_review.clone()),
            collective: report.is_some_and(|report| report.collective),
            course: CourseShown::of(case, context.today),
            release: release(case),
            opinions: case.opinions.iter().map(SignedShown::of).collect(),
            papers: case.papers.iter().map(|paper| PaperShown::of(paper, true)).collect(),
            timeline: moments(&seen.events, |kind| !kind.starts_with("penalty.paper_")),
        }
    }
}

impl OwnPenalty {
    pub(super) fn of(seen: &PenaltySeen, context: &Context) -> OwnPenalty {
        let case = &seen.case;
        let told = case.facts.notice.is_some() || case.facts.decided.is_some();
        let papers = case.papers.iter().filter(|paper| paper.order.template.for_party());
        let recusals = case.facts.recusals.iter();
        OwnPenalty {
            case_no: case.case_no.clone(),
            version: seen.version,
            item: ItemRef::of(&seen.item),
            body: BodyRef::of(&seen.body),
            phone: seen.item.phone.clone(),
            state: case.state,
            state_name: case.state.name().to_owned(),
            clocks: case.clocks.iter().map(Clock::of).collect(),
            acts: own_acts(seen, context),
            party: case.party().map(|party| party.party.clone()),
            electronic_service: case.facts.electronic_service.is_some(),
            cause: case
                .facts
                .opening
                .as_ref()
                .map_or_else(String::new, |opening| opening.cause.clone()),
            investigators: case.facts.investigators.iter().map(CertifiedOfficer::of).collect(),
            recusals: recusals
                .filter(|recusal| recusal.request.by_party)
                .map(RecusalShown::of)
                .collect(),
            report: ReportShown::of(case).filter(|_| told),
            course: CourseShown::of(case, context.today),
            remedies: case.facts.decided.is_some().then(|| Remedies {
                reconsideration_organ: seen.body.reconsideration_organ.clone(),
                court: seen.body.court.clone(),
            }),
            papers: papers
                .map(|paper| PaperShown::of(paper, readable(case, paper)))
                .collect(),
            timeline: moments(&seen.events, told_to_party),
        }
    }
}

fn acts(seen: &PenaltySeen, context: &Context) -> Vec<NextAct> {
    next_steps(&seen.case, &seen.who(context))
        .into_iter()
        .map(|step| NextAct {
            task: None,
            act: step.act.key().to_owned(),
            name: step.act.name().to_owned(),
            allowed: step.allowed,
            article: step.article,
            why_not: step.why_not,
            advice: step.advice,
        })
        .collect()
}

/// What the party may answer with now, here.
fn own_acts(seen: &PenaltySeen, context: &Context) -> Vec<NextAct> {
    let who = seen.who(context);
    [
        PenaltyAct::MakeDefence,
        PenaltyAct::WaiveDefence,
        PenaltyAct::RequestRecusal,
        PenaltyAct::ConfirmElectronicService,
    ]
    .into_iter()
    .filter(|act| standing::may(*act, &seen.case, &who).is_ok())
    .map(|act| NextAct {
        task: None,
        act: act.key().to_owned(),
        name: act.name().to_owned(),
        allowed: true,
        article: act.article().to_owned(),
        why_not: None,
        advice: None,
    })
    .collect()
}

fn lead(case: &PenaltyCase, account: &str) -> Option<LeadShown> {
    let lead = case.lead.as_ref()?;
    let informant = case.informant_for(account).map_or_else(
        || case.informant_masked().map(str::to_owned),
        |informant| Some(format!("{}　{}", informant.name, informant.contact)),
    );
    Some(LeadShown {
        source: lead.source,
        received_on: lead.received_on,
        content: lead.content.clone(),
        place: lead.place.clone(),
        suspect: lead.suspect.clone(),
        informant,
        files: lead.files.iter().map(FileShown::of).collect(),
    })
}

fn opening(case: &PenaltyCase) -> Option<OpeningShown> {
    let opening = case.facts.opening.as_ref()?;
    Some(OpeningShown {
        open: opening.open,
        cause: opening.cause.clone(),
        acted: opening.acted,
        limitation: opening.limitation.clone(),
        facts: opening.facts.clone(),
        reasons: opening.reasons.clone(),
        opened_on: case.facts.opened,
        not_opened_on: case.facts.not_opened,
    })
}

fn release(case: &PenaltyCase) -> Option<ReleaseShown> {
    let (on, release) = case.facts.released.as_ref()?;
    Some(ReleaseShown {
        reviewed_on: *on,
        published: matches!(release, PenaltyRelease::Publish { .. }),
        withdrawn_on: case.facts.release_withdrawn.as_ref().map(|(on, _)| *on),
    })
}

fn moments(events: &[RecordedEvent], told: impl Fn(&str) -> bool) -> Vec<Moment> {
    events
        .iter()
        .map(|event| &event.envelope)
        .filter(|envelope| told(&envelope.kind))
        .map(|envelope| Moment::of(envelope, act_name(&envelope.kind)))
        .collect()
}

impl CertifiedOfficer {
    fn of(officer: &SiteOfficer) -> CertifiedOfficer {
        CertifiedOfficer {
            account: officer.account.clone(),
            name: officer.name.clone(),
            certificate_no: officer.certificate_no.clone(),
        }
    }
}

impl EvidenceShown {
    fn of(kept: &EvidenceKept) -> EvidenceShown {
        let one = &kept.evidence;
        let hand_over = |hand: &HandOver| HandOverShown {
            from: hand.from.clone(),
            to: hand.to.clone(),
            on: hand.on,
            kept_at: hand.kept_at.clone(),
            reason: hand.reason.clone(),
        };
        EvidenceShown {
            evidence_id: one.evidence_id.clone(),
            kind: one.kind,
            name: one.name.clone(),
            source: one.source.clone(),
            place: one.place.clone(),
            taken_on: one.taken_on,
            proves: one.proves.clone(),
            takers: one.takers.iter().map(CertifiedOfficer::of).collect(),
            file: FileShown::of(&one.file),
            kept_at: one.kept_at.clone(),
            keeper: kept.keeper().to_owned(),
            hand_overs: kept.hand_overs.iter().map(hand_over).collect(),
        }
    }
}

impl PreservationShown {
    fn of(fact: &PreservationFact) -> PreservationShown {
        let kept = &fact.preservation;
        PreservationShown {
            preservation_id: kept.preservation_id.clone(),
            items: kept.items.clone(),
            place: kept.place.clone(),
            reasons: kept.reasons.clone(),
            from: kept.from,
            disposal: fact.disposal.as_ref().map(|disposal| DisposalShown {
                kind: disposal.kind,
                reasons: disposal.reasons.clone(),
                on: disposal.on,
                late: disposal.late,
            }),
        }
    }
}

impl RecusalShown {
    fn of(fact: &RecusalFact) -> RecusalShown {
        RecusalShown {
            request_id: fact.request.request_id.clone(),
            officer: fact.request.officer.clone(),
            reasons: fact.request.reasons.clone(),
            by_party: fact.request.by_party,
            granted: fact.decided.as_ref().map(|decided| decided.granted),
        }
    }
}

impl SignedShown {
    fn of(signed: &OpinionSigned) -> SignedShown {
        SignedShown {
            name: signed.name.clone(),
            certificate_no: signed.certificate_no.clone(),
            opinion: OpinionShown::of(&signed.opinion),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_party_reads_has_no_place_for_who_reported_or_what_officials_say() {
        let schema = schemars::schema_for!(OwnPenalty).to_value().to_string();
        for word in [
            "lead",
            "informant",
            "opinions",
            "opinion",
            "steps",
            "evidence",
            "legal_review",
        ] {
            assert!(!schema.contains(&format!("\"{word}\":")), "{word}");
        }
    }
}
