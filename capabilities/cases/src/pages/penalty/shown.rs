//! How a penalty is shown: stages, facts, evidence, money, timeline. Words only; no rule lives here.

use jiff::civil::Date;
use mingjing_web::parts::{Stage, StageState};

use crate::events::SiteOfficer;
use crate::money::Fen;
use crate::pages::asks::Options;
use crate::pages::links::evidence_file;
use crate::pages::shown::party as of_party;
use crate::penalty::events::{Correction, Outcome};
use crate::penalty::reading::PenaltySeen;
use crate::penalty::{PenaltyCase, PenaltyState};

pub type Rows = Vec<(&'static str, String)>;

/// A piece of evidence with its chain of custody.
pub struct EvidenceShown {
    pub name: String,
    pub kind: &'static str,
    pub source: String,
    pub proves: String,
    pub taken: String,
    pub kept: String,
    pub file: (String, String),
    pub sha256: String,
    /// Hand-overs, in order.
    pub chain: Vec<String>,
}

pub fn yuan(fine: Fen) -> String {
    format!("{fine}元")
}

pub fn range(low: Option<Fen>, high: Option<Fen>) -> String {
    match (low, high) {
        (Some(low), Some(high)) if low == high => yuan(low),
        (Some(low), Some(high)) => format!("{}至{}", yuan(low), yuan(high)),
        (Some(low), None) => format!("{}以上", yuan(low)),
        (None, Some(high)) => format!("{}以下", yuan(high)),
        (None, None) => "没有规定".to_owned(),
    }
}

/// 立案 → 调查 → 告知 → 决定 → 送达 → 履行 → 结案, with real dates.
pub fn stages(case: &PenaltyCase) -> Vec<Stage> {
    let facts = &case.facts;
    // Given back to the investigation, what was proposed is open again.
    let report = facts
        .proposal
        .as_ref()
        .filter(|_| case.state != PenaltyState::Investigating);
    let dates = [
        ("立案", facts.opened),
        ("调查", report.map(|report| report.signed.opinion.on)),
        ("告知", facts.notice_served.as_ref().map(|served| served.served_on)),
        ("决定", facts.decided.as_ref().map(|decided| decided.decided_on)),
        ("送达", facts.served.as_ref().map(|served| served.served_on)),
        ("结案", facts.closed),
    ];
    // Without a fine nothing is told beforehand; what was not opened goes no further.
    let other = facts
        .decided
        .as_ref()
        .is_some_and(|decided| decided.outcome.fine().is_none())
        || report.is_some_and(|report| report.proposal.fine().is_none());
    let mut now_given = false;
    dates
        .into_iter()
        .map(|(label, on)| {
            let skipped = facts.not_opened.is_some() || (other && label == "告知");
            let (state, note) = match on {
                Some(on) => (StageState::Done, on.to_string()),
                None if skipped => (StageState::Skipped, "不需要".to_owned()),
                None if now_given => (StageState::Ahead, String::new()),
                None => {
                    now_given = true;
                    (StageState::Now, case.state.name().to_owned())
                }
            };
            Stage {
                label: label.to_owned(),
                note,
                state,
            }
        })
        .collect()
}

pub fn lead(case: &PenaltyCase) -> Rows {
    let Some(lead) = &case.lead else {
        return Vec::new();
    };
    let mut rows = vec![
        ("来源", lead.source.name().to_owned()),
        ("收到日期", lead.received_on.to_string()),
        ("内容", lead.content.clone()),
        ("地点", lead.place.clone()),
    ];
    if !lead.suspect.is_empty() {
        rows.push(("涉嫌的单位或者个人", lead.suspect.clone()));
    }
    rows
}

pub fn party(case: &PenaltyCase) -> Rows {
    let Some(party) = case.party() else {
        return Vec::new();
    };
    let mut rows = of_party("当事人", &party.party);
    let consent = case.facts.electronic_service.as_ref();
    rows.push((
        "电子送达",
        consent.map_or("没有确认".to_owned(), |consent| format!("{}确认同意", consent.on)),
    ));
    rows
}

pub fn opening(case: &PenaltyCase) -> Rows {
    let Some(opening) = &case.facts.opening else {
        return Vec::new();
    };
    let names: Vec<String> = case
        .facts
        .investigators
        .iter()
        .chain(
            opening
                .investigators
                .iter()
                .filter(|_| case.facts.investigators.is_empty()),
        )
        .map(|officer| format!("{}（执法证 {}）", officer.name, officer.certificate_no))
        .collect();
    let acted = match opening.acted.to {
        Some(to) if to == opening.acted.from => to.to_string(),
        Some(to) => format!("{}至{to}", opening.acted.from),
        None => format!("{}起，仍在继续", opening.acted.from),
    };
    vec![
        ("案由", opening.cause.clone()),
        ("违法行为的时间", acted),
        ("追究时效", opening.limitation.why.join("")),
        ("基本案情", opening.facts.clone()),
        ("立案理由", opening.reasons.clone()),
        ("办案人员", names.join("、")),
    ]
}

/// Who investigates, to be chosen from: account, name, certificate.
pub fn investigators(seen: &PenaltySeen) -> Options {
    let known = seen.case.facts.investigators.iter();
    known
        .map(|officer| {
            (
                officer.account.clone(),
                officer.name.clone(),
                format!("执法证 {}", officer.certificate_no),
            )
        })
        .collect()
}

/// Who investigates and was asked to keep away, as the party is told it.
pub fn officers_for_party(case: &PenaltyCase) -> Vec<String> {
    let named = |officer: &SiteOfficer| format!("{}（执法证 {}）", officer.name, officer.certificate_no);
    let mut lines: Vec<String> = case.facts.investigators.iter().map(named).collect();
    for recusal in case.facts.recusals.iter().filter(|recusal| recusal.request.by_party) {
        let account = &recusal.request.officer;
        let known = case
            .facts
            .investigators
            .iter()
            .find(|officer| officer.account == *account);
        let name = known.map_or("一名人员", |officer| officer.name.as_str());
        lines.push(match &recusal.decided {
            None => format!("您申请{name}回避，等待行政机关负责人决定。"),
            Some(decided) if decided.granted => "您申请的人员已决定回避，由其他人员接替。".to_owned(),
            Some(decided) => format!("您申请{name}回避，决定不予回避：{}", decided.reasons),
        });
    }
    lines
}

pub fn evidence(case: &PenaltyCase) -> Vec<EvidenceShown> {
    case.facts
        .evidence
        .iter()
        .map(|kept| {
            let one = &kept.evidence;
            let takers: Vec<&str> = one.takers.iter().map(|officer| officer.name.as_str()).collect();
            let name_of = |account: &str| {
                let known = case.facts.investigators.iter().chain(&one.takers);
                let mut found = known.filter(|officer| officer.account == account);
                found
                    .next()
                    .map_or_else(|| account.to_owned(), |officer| officer.name.clone())
            };
            EvidenceShown {
                name: one.name.clone(),
                kind: one.kind.name(),
                source: one.source.clone(),
                proves: one.proves.clone(),
                taken: format!("{}，{}，{}", one.taken_on, one.place, takers.join("、")),
                kept: format!("{}，保管人 {}", one.kept_at, name_of(kept.keeper())),
                file: (
                    one.file.name.clone(),
                    evidence_file(&case.case_no, &one.file.blob).to_string(),
                ),
                sha256: one.file.sha256.clone(),
                chain: kept
                    .hand_overs
                    .iter()
                    .map(|hand| {
                        format!(
                            "{}：{} 交给 {}，存放 {}（{}）",
                            hand.on,
                            name_of(&hand.from),
                            name_of(&hand.to),
                            hand.kept_at,
                            hand.reason
                        )
                    })
                    .collect(),
            }
        })
        .collect()
}

pub fn correction(order: &Correction) -> String {
    match order {
        Correction::AlreadyDone { how } => format!("已经改正：{how}"),
        Correction::AtOnce => "责令立即改正".to_owned(),
        Correction::By { on } => format!("责令在{on}前改正"),
    }
}

pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Penalty { fine } => format!("罚款{}", yuan(*fine)),
        Outcome::NoPenalty { ground, .. } => format!("不予行政处罚：{}（{}）", ground.name(), ground.article()),
        Outcome::Transfer { organ } => format!("{}：{organ}", outcome.name()),
        Outcome::NotEstablished => outcome.name().to_owned(),
    }
}

/// What was found, by which law, and what is proposed or decided.
pub fn report(case: &PenaltyCase) -> Rows {
    let Some(report) = &case.facts.proposal else {
        return Vec::new();
    };
    let grounds: Vec<String> = report
        .grounds
        .iter()
        .map(|ground| format!("{}：{}（{}）", ground.weight.name(), ground.reason, ground.article))
        .collect();
    let factors: Vec<String> = report
        .factors
        .iter()
        .map(|(name, value)| format!("{name}：{value}"))
        .collect();
    let mut rows = vec![
        ("查明的事实", report.facts.clone()),
        ("违反的规定", report.violated.join("；")),
        ("处罚的依据", report.bases.join("；")),
    ];
    if !factors.is_empty() {
        rows.push(("裁量因素", factors.join("；")));
    }
    if !grounds.is_empty() {
        rows.push(("情节", grounds.join("；")));
    }
    if let Some(found) = &report.discretion {
        rows.push(("法定幅度", range(found.statutory_low, found.statutory_high)));
        rows.push(("裁量基准的幅度", range(found.low, found.high)));
    }
    rows.push(("处理建议", outcome(&report.proposal)));
    rows.push(("理由", report.reasons.clone()));
    rows.push(("责令改正", correction(&report.correction)));
    if let Some(decided) = &case.facts.decided {
        rows.push(("决定", outcome(&decided.outcome)));
    }
    rows
}

/// Why this amount, line by line.
pub fn weighing(case: &PenaltyCase) -> Vec<String> {
    let report = case.facts.proposal.as_ref();
    let Some(found) = report.and_then(|report| report.discretion.as_ref()) else {
        return Vec::new();
    };
    let mut lines = vec![found.version_reason.clone()];
    lines.extend(found.lines.iter().cloned());
    lines
}

/// Each point with the answer to it.
pub fn defences(case: &PenaltyCase) -> Vec<String> {
    let facts = &case.facts;
    let mut lines: Vec<String> = match &facts.checked {
        Some(checked) => checked
            .replies
            .iter()
            .map(|reply| {
                let adopted = if reply.adopted { "采纳" } else { "不采纳" };
                format!("{}——{adopted}：{}", reply.point, reply.reasons)
            })
            .collect(),
        None => facts
            .defences
            .iter()
            .flat_map(|defence| defence.points.clone())
            .collect(),
    };
    if let Some(waived) = &facts.waived {
        lines.push(format!("{} 当事人表示放弃陈述、申辩。", waived.made_on));
    }
    if let Some(ended) = facts.defence_ended {
        lines.push(format!("到{ended}期限届满，没有收到陈述、申辩。"));
    }
    lines
}

/// What is owed, when, and what was paid.
pub fn money(case: &PenaltyCase, today: Date) -> Rows {
    let Some(fine) = case.fine() else {
        return Vec::new();
    };
    let mut rows = vec![("罚款", yuan(fine))];
    for part in case.schedule() {
        rows.push(("缴款期限", format!("{}前缴纳{}", part.due, yuan(part.amount))));
    }
    for payment in &case.facts.payments {
        let how = format!(
            "{}，{}，{}，凭证号 {}",
            payment.paid_on,
            yuan(payment.amount),
            payment.channel.name(),
            payment.receipt_no
        );
        rows.push(("已缴", how));
    }
    if let Some(owed) = case.owed_on(today).filter(|_| case.facts.served.is_some()) {
        if !owed.additional.is_zero() {
            let capped = if owed.capped {
                "，已达到罚款数额，不再增加"
            } else {
                ""
            };
            rows.push((
                "加处罚款",
                format!("{}（{}日，每日百分之三{capped}）", yuan(owed.additional), owed.days),
            ));
        }
        rows.push(("尚欠", yuan(owed.left)));
    }
    rows
}
