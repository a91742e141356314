//! What happened in a penalty, moment by moment: all of it for the office, what concerns the party for the party.

use mingjing_chronicle::{Payload, RecordedEvent};
use mingjing_web::parts::Moment;

use super::shown::{outcome, yuan};
use crate::pages::links::paper_file;
use crate::pages::shown::dated;
use crate::pages::{migrations, operations};
use crate::penalty::PenaltyCase;
use crate::penalty::events::{PenaltyEvent, PenaltyFact, PenaltyRelease, ReviewerQualification, act_name};

pub fn timeline(case: &PenaltyCase, events: &[RecordedEvent]) -> Vec<Moment> {
    let link = |paper_id: &str| paper_file(&case.case_no, paper_id).to_string();
    let shown = events
        .iter()
        .filter(|event| !event.envelope.kind.starts_with("penalty.paper_"));
    shown.map(|event| moment(event, &link)).collect()
}

/// What concerns the party; nothing of what officials say among themselves, nor of who reported. Papers stand in a list
/// of their own, which knows what was served.
pub fn timeline_of_party(events: &[RecordedEvent]) -> Vec<Moment> {
    let told = events.iter().filter(|event| told_to_party(&event.envelope.kind));
    told.map(|event| {
        let mut moment = moment(event, &|_: &str| String::new());
        // Opinions on opening and closing stay inside.
        if matches!(event.envelope.kind.as_str(), "penalty.opened" | "penalty.closed") {
            moment.lines.clear();
        }
        moment.papers.clear();
        moment
    })
    .collect()
}

/// Whether the party is told that this happened.
pub(crate) fn told_to_party(kind: &str) -> bool {
    const TOLD: [&str; 19] = [
        "penalty.opened",
        "penalty.evidence_preserved",
        "penalty.preserved_disposed",
        "penalty.notice_served",
        "penalty.defence_made",
        "penalty.defence_waived",
        "penalty.defence_period_ended",
        "penalty.defence_checked",
        "penalty.decided",
        "penalty.decision_served",
        "penalty.payment_recorded",
        "penalty.additional_fine_imposed",
        "penalty.deferred",
        "penalty.dispute_recorded",
        "penalty.closed",
        "penalty.released",
        "penalty.decision_reversed",
        "penalty.electronic_service_confirmed",
        "penalty.flow_moved",
    ];
    TOLD.contains(&kind)
}

fn moment(event: &RecordedEvent, link: &impl Fn(&str) -> String) -> Moment {
    let known = match event.decode::<PenaltyEvent>() {
        Ok(Payload::Known(known)) => Some(known),
        _ => None,
    };
    let papers = known
        .as_ref()
        .and_then(|known| known.effects.as_ref())
        .map_or(&[][..], |effects| &effects.papers);
    let moment = Moment {
        title: act_name(&event.envelope.kind).to_owned(),
        by: by(known.as_ref().map(|known| &known.fact), &event.envelope.post),
        lines: match &known {
            Some(known) => lines(&known.fact),
            None => vec!["内容已依法删除。".to_owned()],
        },
        ..Moment::default()
    };
    dated(&event.envelope, |order| link(&order.paper_id), papers, moment)
}

/// The post or the party; persons' names are with the opinions.
fn by(fact: Option<&PenaltyFact>, post: &str) -> String {
    match fact {
        Some(PenaltyFact::DefencePeriodEnded(_)) => "依法律规定".to_owned(),
        Some(PenaltyFact::TimerFired(_)) => "按流程定时".to_owned(),
        Some(PenaltyFact::FlowMoved(_)) => "法制机构".to_owned(),
        Some(PenaltyFact::StepHandedBack(_) | PenaltyFact::StepFellBack(_)) if post.is_empty() => "自动".to_owned(),
        _ if post.is_empty() => "当事人".to_owned(),
        _ => "承办机关".to_owned(),
    }
}

fn lines(fact: &PenaltyFact) -> Vec<String> {
    match fact {
        PenaltyFact::LeadRegistered(event) => vec![format!("来源：{}", event.lead.source.name())],
        PenaltyFact::OpeningProposed(event) => vec![
            format!("案由：{}", event.cause),
            format!("意见：{}", event.signed.opinion.text),
        ],
        PenaltyFact::OpeningReviewed(signed)
        | PenaltyFact::Opened(signed)
        | PenaltyFact::NotOpened(signed)
        | PenaltyFact::OpeningReturned(signed)
        | PenaltyFact::ProposalReviewed(signed)
        | PenaltyFact::Closed(signed)
        | PenaltyFact::ClosingReturned(signed) => {
            let mut lines = vec![format!("{}：{}", signed.opinion.stance.name(), signed.opinion.text)];
            lines.extend(signed.opinion.reasons.iter().map(|reasons| format!("理由：{reasons}")));
            lines
        }
        PenaltyFact::EvidenceRecorded(event) => vec![format!("{}：{}", event.kind.name(), event.name)],
        PenaltyFact::EvidenceHandedOver(event) => vec![format!("存放 {}", event.kept_at), event.reason.clone()],
        PenaltyFact::EvidencePreserved(event) => vec![
            event
                .items
                .iter()
                .map(|item| format!("{}{}", item.name, item.quantity))
                .collect::<Vec<_>>()
                .join("、"),
            event.reasons.clone(),
        ],
        PenaltyFact::PreservedDisposed(event) => vec![event.kind.name().to_owned(), event.reasons.clone()],
        PenaltyFact::InvestigationEnded(event) => vec![format!("建议：{}", outcome(&event.proposal))],
        PenaltyFact::Notified(event) => vec![
            format!("拟罚款{}", yuan(event.fine)),
            format!("{}个工作日内可以陈述、申辩", event.defence_working_days),
        ],
        PenaltyFact::NoticeServed(event) | PenaltyFact::DecisionServed(event) => {
            vec![format!("{}，送达日期：{}", event.service.name(), event.served_on)]
        }
        PenaltyFact::DefenceMade(event) => event.points.clone(),
        PenaltyFact::DefenceWaived(_) => vec!["当事人表示放弃陈述、申辩。".to_owned()],
        PenaltyFact::DefencePeriodEnded(event) => vec![format!("最后一天：{}", event.last_day)],
        PenaltyFact::DefenceChecked(event) => {
            let adopted = event.replies.iter().filter(|reply| reply.adopted).count();
            vec![
                format!("共{}点，采纳{adopted}点", event.replies.len()),
                format!("复核后拟罚款{}", yuan(event.fine)),
            ]
        }
        PenaltyFact::LegallyReviewed(event) => vec![
            format!(
                "{}：{}",
                if event.passed { "通过" } else { "未通过" },
                event.signed.opinion.text
            ),
            match &event.qualification {
                ReviewerQualification::LegalProfession { .. } => "审核人员已取得法律职业资格".to_owned(),
                ReviewerQualification::ReviewingSince { year } => format!("审核人员自{year}年起从事法制审核"),
            },
        ],
        PenaltyFact::Decided(event) => {
            let mut lines = vec![outcome(&event.outcome)];
            if event.late.statutory {
                lines.push("超过法定办案期限".to_owned());
            }
            lines
        }
        PenaltyFact::PaymentRecorded(event) => {
            vec![format!(
                "{}，{}，{}",
                event.paid_on,
                yuan(event.amount),
                event.channel.name()
            )]
        }
        PenaltyFact::AdditionalFineImposed(event) => vec![format!("自{}起每日按百分之三加处", event.from)],
        PenaltyFact::Deferred(event) => event
            .instalments
            .iter()
            .map(|part| format!("{}前缴纳{}", part.due, yuan(part.amount)))
            .collect(),
        PenaltyFact::DisputeRecorded(event) => vec![
            format!("{}，{}，{}", event.kind.name(), event.organ, event.document_no),
            match event.to {
                Some(to) => format!("{}至{to}", event.from),
                None => format!("{}起", event.from),
            },
        ],
        PenaltyFact::ClosingProposed(event) => vec![event.summary.clone(), event.result.clone()],
        PenaltyFact::Released(event) => match &event.release {
            PenaltyRelease::Publish { .. } => vec!["已公开".to_owned()],
            PenaltyRelease::Withhold { ground, reasons } => {
                vec![format!("不予公开：{}", ground.name()), reasons.clone()]
            }
        },
        PenaltyFact::DecisionReversed(event) => vec![
            format!("{}，{}，{}", event.kind.name(), event.organ, event.document_no),
            event.reasons.clone(),
        ],
        PenaltyFact::ReleaseWithdrawn(event) => vec![event.reasons.clone()],
        PenaltyFact::DecisionExtended(event) => vec![format!("延长{}日", event.days), event.reasons.clone()],
        PenaltyFact::RecusalRequested(event) => vec![event.reasons.clone()],
        PenaltyFact::RecusalDecided(event) => vec![
            if event.granted { "同意回避" } else { "驳回申请" }.to_owned(),
            event.reasons.clone(),
        ],
        PenaltyFact::StepReturned(event)
        | PenaltyFact::StepTakenBack(event)
        | PenaltyFact::StepTransferred(event)
        | PenaltyFact::StepDelegated(event)
        | PenaltyFact::StepHandedBack(event)
        | PenaltyFact::StepFellBack(event)
        | PenaltyFact::SignersAdded(event)
        | PenaltyFact::SignersRemoved(event)
        | PenaltyFact::StepCopied(event)
        | PenaltyFact::CopyNoted(event)
        | PenaltyFact::StepUrged(event)
        | PenaltyFact::StepSuspended(event)
        | PenaltyFact::StepResumed(event) => operations::lines(event),
        PenaltyFact::StepSigned(signed) => {
            let opinion = &signed.opinion;
            let mut lines = vec![format!("{}：{}：{}", signed.name, opinion.stance.name(), opinion.text)];
            lines.extend(opinion.reasons.iter().map(|reasons| format!("理由：{reasons}")));
            lines
        }
        PenaltyFact::FlowMoved(moved) => migrations::lines(moved),
        _ => Vec::new(),
    }
}
