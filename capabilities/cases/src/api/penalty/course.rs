//! From the report on: what is proposed, told, answered, decided and paid, the same for office and party.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::case_shown::FileShown;
use crate::money::Fen;
use crate::penalty::PenaltyCase;
use crate::penalty::discretion::{Discretion, GroundGiven};
use crate::penalty::events::{
    Correction, DefenceChannel, DisputeKind, Instalment, OtherNorm, Outcome, PaymentChannel, Reply, ReversalKind,
};

/// From the notice on: what is told, answered, decided and paid. The party reads all of it.
#[derive(Serialize, JsonSchema)]
pub(super) struct CourseShown {
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<NoticeShown>,
    defences: Vec<DefenceShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waived_on: Option<Date>,
    /// 期限届满，没有收到陈述、申辩
    #[serde(skip_serializing_if = "Option::is_none")]
    defence_ended_on: Option<Date>,
    replies: Vec<Reply>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    money: Option<MoneyShown>,
    disputes: Vec<DisputeShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reversal: Option<ReversalShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_on: Option<Date>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ReportShown {
    facts: String,
    violated: Vec<String>,
    bases: Vec<String>,
    factors: BTreeMap<String, String>,
    grounds: Vec<GroundGiven>,
    other_norms: Vec<OtherNorm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discretion: Option<Discretion>,
    proposal: Outcome,
    reasons: String,
    correction: Correction,
}

#[derive(Serialize, JsonSchema)]
struct NoticeShown {
    fine: Fen,
    defence_working_days: u32,
    contact: String,
    phone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    served_on: Option<Date>,
}

#[derive(Serialize, JsonSchema)]
struct DefenceShown {
    channel: DefenceChannel,
    made_on: Date,
    points: Vec<String>,
    files: Vec<FileShown>,
}

#[derive(Serialize, JsonSchema)]
struct DecisionShown {
    outcome: Outcome,
    reasons: String,
    decided_on: Date,
    /// 超过了办案期限
    late: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    served_on: Option<Date>,
}

#[derive(Serialize, JsonSchema)]
struct MoneyShown {
    fine: Fen,
    schedule: Vec<Instalment>,
    payments: Vec<PaymentShown>,
    /// 到今天为止的加处罚款
    additional: Fen,
    additional_days: u32,
    /// 加处罚款已达到罚款数额，不再增加
    additional_capped: bool,
    left: Fen,
}

#[derive(Serialize, JsonSchema)]
struct PaymentShown {
    receipt_no: String,
    amount: Fen,
    paid_on: Date,
    channel: PaymentChannel,
}

#[derive(Serialize, JsonSchema)]
struct DisputeShown {
    kind: DisputeKind,
    organ: String,
    document_no: String,
    from: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Date>,
}

#[derive(Serialize, JsonSchema)]
struct ReversalShown {
    kind: ReversalKind,
    organ: String,
    document_no: String,
    on: Date,
    reasons: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_fine: Option<Fen>,
}

impl ReportShown {
    pub(super) fn of(case: &PenaltyCase) -> Option<ReportShown> {
        let report = case.facts.proposal.as_ref()?;
        Some(ReportShown {
            facts: report.facts.clone(),
            violated: report.violated.clone(),
            bases: report.bases.clone(),
            factors: report.factors.clone(),
            grounds: report.grounds.clone(),
            other_norms: report.other_norms.clone(),
            discretion: report.discretion.clone(),
            proposal: report.proposal.clone(),
            reasons: report.reasons.clone(),
            correction: report.correction.clone(),
        })
    }
}

impl CourseShown {
    pub(super) fn of(case: &PenaltyCase, today: Date) -> CourseShown {
        let facts = &case.facts;
        CourseShown {
            notice: notice(case),
            defences: defences(case),
            waived_on: facts.waived.as_ref().map(|waived| waived.made_on),
            defence_ended_on: facts.defence_ended,
            replies: facts
                .checked
                .as_ref()
                .map_or_else(Vec::new, |checked| checked.replies.clone()),
            decision: decision(case),
            money: money(case, today),
            disputes: disputes(case),
            reversal: facts.reversed.as_ref().map(|reversed| ReversalShown {
                kind: reversed.kind,
                organ: reversed.organ.clone(),
                document_no: reversed.document_no.clone(),
                on: reversed.on,
                reasons: reversed.reasons.clone(),
                new_fine: reversed.new_fine,
            }),
            closed_on: facts.closed,
        }
    }
}

fn notice(case: &PenaltyCase) -> Option<NoticeShown> {
    let notice = case.facts.notice.as_ref()?;
    Some(NoticeShown {
        fine: notice.fine,
        defence_working_days: notice.defence_working_days,
        contact: notice.contact.clone(),
        phone: notice.phone.clone(),
        served_on: case.facts.notice_served.as_ref().map(|served| served.served_on),
    })
}

fn defences(case: &PenaltyCase) -> Vec<DefenceShown> {
    let said = case.facts.defences.iter();
    said.map(|defence| DefenceShown {
        channel: defence.channel,
        made_on: defence.made_on,
        points: defence.points.clone(),
        files: defence.files.iter().map(FileShown::of).collect(),
    })
    .collect()
}

fn decision(case: &PenaltyCase) -> Option<DecisionShown> {
    let decided = case.facts.decided.as_ref()?;
    Some(DecisionShown {
        outcome: decided.outcome.clone(),
        reasons: decided.reasons.clone(),
        decided_on: decided.decided_on,
        late: decided.late.statutory,
        served_on: case.facts.served.as_ref().map(|served| served.served_on),
    })
}

/// What is owed runs from service.
fn money(case: &PenaltyCase, today: Date) -> Option<MoneyShown> {
    let fine = case.fine()?;
    let owed = case.owed_on(today).filter(|_| case.facts.served.is_some());
    let payments = case.facts.payments.iter().map(|payment| PaymentShown {
        receipt_no: payment.receipt_no.clone(),
        amount: payment.amount,
        paid_on: payment.paid_on,
        channel: payment.channel,
    });
    Some(MoneyShown {
        fine,
        schedule: case.schedule(),
        payments: payments.collect(),
        additional: owed.as_ref().map_or(Fen::ZERO, |owed| owed.additional),
        additional_days: owed.as_ref().map_or(0, |owed| owed.days),
        additional_capped: owed.as_ref().is_some_and(|owed| owed.capped),
        left: owed.map_or(fine, |owed| owed.left),
    })
}

fn disputes(case: &PenaltyCase) -> Vec<DisputeShown> {
    let recorded = case.facts.disputes.iter();
    recorded
        .map(|dispute| DisputeShown {
            kind: dispute.kind,
            organ: dispute.organ.clone(),
            document_no: dispute.document_no.clone(),
            from: dispute.from,
            to: dispute.to,
        })
        .collect()
}
