//! The papers of a penalty as ordered by acts, every field frozen (mandatory contents: 行政处罚法 44, 59; DOMAIN 5.1).

use serde_json::{Value as Json, json};

use super::PenaltyCase;
use super::decide::Scene;
use super::decide::end_investigation::hearing_threshold;
use super::events::{
    ClosingProposed, Correction, InvestigationEnded, OpeningProposed, OpinionSigned, Outcome, PaperServed,
    PenaltyDecided,
};
use crate::case::Paper;
use crate::clock::DueDate;
use crate::events::{PaperOrder, Template};
use crate::money::Fen;
use crate::paper::{Draft, handed_over, identified};
use crate::service::proof_fields;

/// Told with every fine (行政强制法 45(1)).
const ADDITIONAL_FINE: &str = "到期不缴纳罚款的，每日按罚款数额的百分之三加处罚款，加处罚款的数额不超出罚款的数额。";
const PAYEE: &str = "指定的银行或者电子支付系统";

fn draft<'a>(template: Template, case: &PenaltyCase, scene: &'a Scene<'a>) -> Draft<'a> {
    let mut draft = Draft::blank(template, &case.case_no, &scene.setting);
    if let Some(item) = &case.item {
        draft.name(item, case.party().map(|party| &party.party));
    }
    match case.party() {
        Some(party) => identified(draft, &party.party),
        None => draft,
    }
}

fn opinion_row(role: &str, signed: &OpinionSigned) -> Json {
    let reasons = signed
        .opinion
        .reasons
        .as_deref()
        .map_or(String::new(), |reasons| format!("（{reasons}）"));
    json!({
        "role": role,
        "text": format!("{}{reasons}", signed.opinion.text),
        "name": signed.name,
        "certificate_no": signed.certificate_no.clone().unwrap_or_default(),
        "date": signed.opinion.on.to_string(),
    })
}

/// 立案审批表: three opinions.
pub(super) fn opening_form(
    case: &PenaltyCase,
    opening: &OpeningProposed,
    approval: &OpinionSigned,
    scene: &Scene<'_>,
) -> PaperOrder {
    let mut opinions = vec![opinion_row("承办人意见", &opening.signed)];
    let review = case
        .opinions
        .iter()
        .rev()
        .find(|signed| signed.opinion.role == "reviewer");
    opinions.extend(review.map(|review| opinion_row("承办机构意见", review)));
    opinions.push(opinion_row("行政机关负责人意见", approval));
    let investigators: Vec<Json> = opening
        .investigators
        .iter()
        .map(|officer| json!({"name": officer.name, "certificate_no": officer.certificate_no}))
        .collect();
    let lead = case.lead.as_ref();
    draft(Template::CaseOpeningForm, case, scene)
        .text("source", lead.map(|lead| lead.source.name()))
        .date("received_on", lead.map(|lead| lead.received_on))
        .text("lead", lead.map(|lead| lead.content.as_str()))
        .with("cause", opening.cause.as_str())
        .with("acted_on", acted_in_words(opening))
        .with("facts", opening.facts.as_str())
        .with("reasons", opening.reasons.as_str())
        .with("limitation", opening.limitation.why.clone())
        .with("investigators", investigators)
        .with("opinions", opinions)
        .order()
}

fn acted_in_words(opening: &OpeningProposed) -> String {
    match (opening.acted.from, opening.acted.to) {
        (from, Some(to)) if from == to => from.to_string(),
        (from, Some(to)) => format!("{from}至{to}"),
        (from, None) => format!("自{from}起持续"),
    }
}

fn evidence_lines(case: &PenaltyCase, report: &InvestigationEnded) -> Vec<String> {
    report
        .evidence
        .iter()
        .filter_map(|id| case.evidence(id))
        .map(|kept| {
            let evidence = &kept.evidence;
            format!("{}：{}，证明{}", evidence.kind.name(), evidence.name, evidence.proves)
        })
        .collect()
}

/// 行政处罚事先告知书 (44).
pub(super) fn advance_notice(
    case: &PenaltyCase,
    report: &InvestigationEnded,
    fine: Fen,
    defence_days: u32,
    (contact, phone): (&str, &str),
    scene: &Scene<'_>,
) -> PaperOrder {
    let threshold = hearing_threshold(case.party().map(|party| &party.party), scene);
    let lines = report
        .discretion
        .as_ref()
        .map_or_else(Vec::new, |found| found.lines.clone());
    draft(Template::AdvanceNotice, case, scene)
        .with("facts", report.facts.as_str())
        .with("evidence", evidence_lines(case, report))
        .with("violated", report.violated.clone())
        .with("basis", report.bases.clone())
        .with("reasons", report.reasons.as_str())
        .with("proposed", format!("罚款{fine}元"))
        .with("fine", fine.to_string())
        .with("benchmark_lines", lines)
        .with(
            "rights",
            vec![
                format!(
                    "自收到本告知书之日起{defence_days}个工作日内，你（单位）有权进行陈述和申辩，提出事实、理由和证据。"
                ),
                "本机关不会因陈述、申辩而给予更重的处罚。".to_owned(),
                "认为办案人员与本案有直接利害关系的，有权申请其回避。".to_owned(),
                "逾期不陈述、申辩，也没有明确放弃的，本机关将依法作出决定。".to_owned(),
            ],
        )
        .with("defence_days", defence_days.to_string())
        .with(
            "hearing",
            format!("拟作出的罚款没有达到较大数额罚款的标准（{threshold}元），不属于应当告知听证权利的情形。"),
        )
        .with("contact", contact)
        .with("phone", phone)
        .order()
}

/// 行政处罚决定书 (59) or 不予行政处罚决定书; a transfer has its own letter outside this program.
pub(super) fn decision(
    case: &PenaltyCase,
    decided: &PenaltyDecided,
    report: &InvestigationEnded,
    scene: &Scene<'_>,
) -> Option<PaperOrder> {
    let electronic = case.facts.electronic_service.is_some();
    match &decided.outcome {
        Outcome::Penalty { fine } => {
            let lines = decided
                .discretion
                .as_ref()
                .map_or_else(Vec::new, |found| found.lines.clone());
            let order = draft(Template::PenaltyDecision, case, scene)
                .with("facts", report.facts.as_str())
                .with("evidence", evidence_lines(case, report))
                .with("defence", defence_in_words(case))
                .with("violated", report.violated.clone())
                .with("basis", report.bases.clone())
                .with("reasons", decided.reasons.as_str())
                .with("benchmark_lines", lines)
                .with("penalty", format!("罚款{fine}元（大写：{}）", fine.in_words()))
                .with("fine", fine.to_string())
                .with("fine_words", fine.in_words())
                .with("correction", correction_in_words(&decided.correction))
                .with(
                    "performance",
                    format!("自收到本决定书之日起十五日内，到{PAYEE}缴纳罚款。"),
                )
                .with("additional_fine", ADDITIONAL_FINE)
                .with("publication", "本行政处罚决定信息将依法向社会公示。")
                .remedies(electronic)
                .order();
            Some(order)
        }
        Outcome::NoPenalty { ground, education } => Some(
            no_penalty(case, decided, report, scene)
                .with("ground", ground.name())
                .with(
                    "basis",
                    vec![format!(
                        "《中华人民共和国{}",
                        ground.article().replacen("行政处罚法", "行政处罚法》", 1)
                    )],
                )
                .with("education", education.as_str())
                .with("correction", correction_in_words(&decided.correction))
                .remedies(electronic)
                .order(),
        ),
        Outcome::NotEstablished => Some(
            no_penalty(case, decided, report, scene)
                .with("ground", "违法事实不能成立")
                .with(
                    "basis",
                    vec!["《中华人民共和国行政处罚法》第五十七条第一款第（三）项".to_owned()],
                )
                .remedies(electronic)
                .order(),
        ),
        Outcome::Transfer { .. } => None,
    }
}

fn no_penalty<'a>(
    case: &PenaltyCase,
    decided: &PenaltyDecided,
    report: &InvestigationEnded,
    scene: &'a Scene<'a>,
) -> Draft<'a> {
    draft(Template::NoPenaltyDecision, case, scene)
        .with("facts", report.facts.as_str())
        .with("evidence", evidence_lines(case, report))
        .with("reasons", decided.reasons.as_str())
}

fn correction_in_words(correction: &Correction) -> String {
    match correction {
        Correction::AlreadyDone { how } => format!("违法行为已经改正：{how}"),
        Correction::AtOnce => "责令立即改正违法行为。".to_owned(),
        Correction::By { on } => format!("责令于{on}前改正违法行为。"),
    }
}

fn defence_in_words(case: &PenaltyCase) -> String {
    let facts = &case.facts;
    match (&facts.checked, &facts.waived) {
        (Some(checked), _) => {
            let replies: Vec<String> = checked
                .replies
                .iter()
                .map(|reply| {
                    let adopted = if reply.adopted { "予以采纳" } else { "不予采纳" };
                    format!("当事人提出：{}。本机关{adopted}：{}", reply.point, reply.reasons)
                })
                .collect();
            replies.join("。")
        }
        (None, Some(waiver)) => format!("当事人于{}明确放弃陈述、申辩。", waiver.made_on),
        (None, None) => "当事人在规定期限内没有陈述、申辩。".to_owned(),
    }
}

/// 缴款通知书 (67(3)).
pub(super) fn payment_notice(case: &PenaltyCase, fine: Fen, due: &DueDate, scene: &Scene<'_>) -> PaperOrder {
    let decision = case
        .papers
        .iter()
        .rev()
        .find(|paper| paper.order.template == Template::PenaltyDecision);
    draft(Template::PaymentNotice, case, scene)
        .number("decision_no", decision)
        .with("fine", fine.to_string())
        .with("fine_words", fine.in_words())
        .with("due", due.on.to_string())
        .with("due_why", due.why.clone())
        .with("payee", PAYEE)
        .with("additional_fine", ADDITIONAL_FINE)
        .order()
}

/// 结案审批表: two opinions.
pub(super) fn closing_form(
    case: &PenaltyCase,
    closing: &ClosingProposed,
    approval: &OpinionSigned,
    scene: &Scene<'_>,
) -> PaperOrder {
    let decision = case.papers.iter().rev().find(|paper| {
        matches!(
            paper.order.template,
            Template::PenaltyDecision | Template::NoPenaltyDecision
        )
    });
    let outcome = case.facts.decided.as_ref().map(|decided| decided.outcome.name());
    let paid = case.owed_on(scene.today()).map(|owed| format!("{}元", owed.paid));
    draft(Template::CaseClosingForm, case, scene)
        .number("decision_no", decision)
        .text("outcome", outcome)
        .with("summary", closing.summary.as_str())
        .with("result", closing.result.as_str())
        .text("paid", paid.as_deref())
        .with(
            "opinions",
            vec![
                opinion_row("承办人意见", &closing.signed),
                opinion_row("行政机关负责人意见", approval),
            ],
        )
        .order()
}

/// 送达回证, for the notice or the decision.
pub(super) fn proof_of_service(
    case: &PenaltyCase,
    served: &PaperServed,
    handed: &Paper,
    scene: &Scene<'_>,
) -> PaperOrder {
    let rows = vec![handed_over(handed)];
    let consent = case
        .facts
        .electronic_service
        .as_ref()
        .map_or(String::new(), |consent| format!("当事人已于{}确认电子送达", consent.on));
    let fields = proof_fields(&served.service, &served.server, served.served_on, &consent);
    draft(Template::ProofOfService, case, scene)
        .with("served_papers", rows)
        .with("service", fields)
        .order()
}
