//! What each act of a penalty asks for.

use mingjing_rules::benchmark::Benchmark;

use crate::money::Fen;
use crate::pages::asks::{
    Ask, Options, checks, date, known, line, maybe_date, maybe_line, maybe_text, opinion, option, part, radios,
    release, service, text,
};
use crate::pages::operations::{self, OperationsOffered};
use crate::penalty::PenaltyAct;
use crate::penalty::events::{DisposalKind, DisputeKind, PaymentChannel, PenaltyWithholdGround, ReversalKind};
use crate::penalty::reading::PenaltySeen;

use super::report_asks::{end_of_investigation, evidence, opening, outcome};
use super::shown::investigators;

/// Facts that a form offers for choosing.
pub(super) struct Offered {
    /// Officers of the body: account, name, and what is to be known about the certificate today.
    pub officers: Options,
    pub benchmark: Option<Benchmark>,
    pub operations: OperationsOffered,
}

/// Replies to a defence have a field of their own for each point, at most so many.
pub(super) const REPLIES: [(&str, &str); 8] = [
    ("adopted_1", "reply_1"),
    ("adopted_2", "reply_2"),
    ("adopted_3", "reply_3"),
    ("adopted_4", "reply_4"),
    ("adopted_5", "reply_5"),
    ("adopted_6", "reply_6"),
    ("adopted_7", "reply_7"),
    ("adopted_8", "reply_8"),
];

const RETURN_NEEDS_REASONS: &str = "退回的，必须写明理由";

pub(super) fn asks(act: PenaltyAct, seen: &PenaltySeen, offered: &Offered) -> Vec<Ask> {
    match act {
        PenaltyAct::RegisterLead => Vec::new(),
        PenaltyAct::ProposeOpening => opening(offered),
        PenaltyAct::ReviewOpening | PenaltyAct::ReviewProposal => {
            opinion(&[("positive", "同意"), ("return", "退回承办人")], RETURN_NEEDS_REASONS)
        }
        PenaltyAct::ApproveOpening => vec![
            radios(
                "decision",
                "审批结论",
                "",
                vec![
                    option("open", "同意立案", "九十日的办案期限从今天起算"),
                    option("not_open", "不予立案", "须写明理由"),
                    option("return", "退回承办人", "须写明理由"),
                ],
            ),
            text("opinion", "审批意见", ""),
            maybe_text("reasons", "理由", "不予立案、退回的，必须写明"),
        ],
        PenaltyAct::RecordEvidence => evidence(seen),
        PenaltyAct::HandOverEvidence => vec![
            radios("evidence_id", "移交哪一件证据", "", evidence_options(seen)),
            radios("to", "接收人", "", offered.officers.clone()),
            date("on", "移交日期", ""),
            line("kept_at", "移交后存放在哪里", ""),
            text("reason", "移交的原因", ""),
        ],
        PenaltyAct::EndInvestigation => end_of_investigation(seen, offered),
        PenaltyAct::Notify => vec![
            maybe_line(
                "defence_working_days",
                "陈述、申辩的期限（工作日）",
                "不填的，按本机关规定的期限",
            ),
            line("contact", "联系人", ""),
            line("phone", "联系电话", ""),
        ],
        PenaltyAct::ServeNotice | PenaltyAct::ServeDecision => service("当事人"),
        PenaltyAct::MakeDefence => vec![
            radios(
                "channel",
                "提出的方式",
                "",
                vec![option("written", "书面", ""), option("oral", "口头（制作笔录）", "")],
            ),
            date("made_on", "提出的日期", ""),
            text("points", "陈述、申辩的内容", "每行一点，逐点复核"),
            Ask::File {
                name: "files",
                label: "书面材料或者笔录".into(),
                hint: "PDF、JPG 或 PNG，可以选多个".into(),
                multiple: true,
            },
        ],
        PenaltyAct::WaiveDefence => vec![date("made_on", "放弃的日期", ""), signed_paper("当事人签名的放弃声明")],
        PenaltyAct::ConfirmElectronicService => vec![signed_paper("当事人签名的送达地址（电子送达）确认书")],
        PenaltyAct::CheckDefence => check_of_defence(seen),
        PenaltyAct::LegalReview => vec![
            radios(
                "passed",
                "审核结论",
                "",
                vec![
                    option("yes", "同意", ""),
                    option("no", "不同意，退回承办人", "须写明理由；审核未通过的，不得作出决定"),
                ],
            ),
            radios(
                "qualified",
                "审核人员的资格",
                "行政处罚法第五十八条第二款",
                vec![
                    option("legal_profession", "已取得法律职业资格", "填写证书编号"),
                    option("reviewing_since", "2021年7月15日前已从事法制审核", "填写开始的年份"),
                ],
            ),
            line("qualification", "证书编号或者开始的年份", ""),
            text("opinion", "审核意见", "写明职权、事实证据、依据、程序、裁量、文书各项"),
            maybe_text("reasons", "不同意的理由", ""),
        ],
        PenaltyAct::Decide => decision(seen),
        PenaltyAct::RecordPayment => vec![
            line(
                "receipt_no",
                "缴款凭证号",
                "银行或者电子支付系统的号码，同一号码只登记一次",
            ),
            line("amount", "金额（元）", ""),
            date("paid_on", "缴款日期", ""),
            radios(
                "channel",
                "缴款方式",
                "",
                known(PaymentChannel::ALL, |one| (one.key(), one.name())),
            ),
        ],
        PenaltyAct::ProposeClosing => vec![
            text("summary", "案件摘要", "一两句话写明办了什么"),
            text("result", "执行情况", "例如：罚款8000元已缴清，违法行为已改正"),
            text("opinion", "结案意见", ""),
        ],
        PenaltyAct::ApproveClosing => opinion(
            &[("positive", "同意结案"), ("return", "退回承办人")],
            RETURN_NEEDS_REASONS,
        ),
        PenaltyAct::ReviewRelease => release(
            "具有一定社会影响的行政处罚决定应当依法公开",
            known(PenaltyWithholdGround::ALL, |one| (one.key(), one.name())),
            "",
        ),
        PenaltyAct::PreserveEvidence => vec![
            text("items", "保存的物品", "每行一件，写成“名称：数量”"),
            line("place", "保存地点", ""),
            text("reasons", "为什么证据可能灭失或者以后难以取得", ""),
            checks("officers", "执行人员", "两名以上办案人员", investigators(seen)),
        ],
        PenaltyAct::DisposePreserved => vec![
            radios("preservation_id", "处理哪一次保存", "", preserved(seen)),
            radios(
                "kind",
                "处理方式",
                "七个工作日内",
                known(DisposalKind::ALL, |one| (one.key(), one.name())),
            ),
            text("reasons", "处理的理由", ""),
        ],
        PenaltyAct::ExtendDecision => vec![line("days", "延长的天数", ""), text("reasons", "延长的理由", "")],
        PenaltyAct::RequestRecusal => vec![
            radios("officer", "申请谁回避", "", investigators(seen)),
            text("reasons", "理由", ""),
        ],
        PenaltyAct::DecideRecusal => vec![
            radios("request_id", "哪一项申请", "", recusals(seen)),
            radios(
                "granted",
                "决定",
                "",
                vec![option("yes", "回避", ""), option("no", "驳回申请", "")],
            ),
            text("reasons", "理由", ""),
            radios(
                "replacement",
                "接替的办案人员（剩下不足两人时必选）",
                "",
                offered.officers.clone(),
            ),
        ],
        PenaltyAct::GrantDeferral => vec![
            date("applied_on", "当事人申请的日期", ""),
            text("reasons", "经济困难的情况和批准的理由", ""),
            text(
                "instalments",
                "缴款安排",
                "每行一期，写成“2026-05-31：3000”；只有一期的是延期，合计等于尚未缴纳的罚款",
            ),
        ],
        PenaltyAct::ImposeAdditionalFine => vec![text("reasons", "加处罚款的理由", "")],
        PenaltyAct::RecordDispute => vec![
            radios(
                "kind",
                "复议还是诉讼",
                "",
                known(DisputeKind::ALL, |one| (one.key(), one.name())),
            ),
            line("organ", "受理机关", ""),
            line("document_no", "文书号", ""),
            date("from", "申请或者起诉的日期", ""),
            maybe_date("to", "终结的日期", "还没有终结的不填"),
        ],
        PenaltyAct::RecordReversal => vec![
            radios(
                "kind",
                "结果",
                "",
                known(ReversalKind::ALL, |one| (one.key(), one.name())),
            ),
            line("organ", "作出的机关", ""),
            line("document_no", "文书号", ""),
            date("on", "日期", ""),
            text("reasons", "理由", ""),
            maybe_line("new_fine", "变更后的罚款（元）", "只在变更时填写"),
        ],
        PenaltyAct::WithdrawRelease => vec![text("reasons", "撤回的理由", "将与撤回一并公开")],
        act => match act.operation() {
            Some(op) => operations::asked(op, &offered.operations),
            None => Vec::new(),
        },
    }
}

fn signed_paper(label: &'static str) -> Ask {
    Ask::File {
        name: "signed",
        label: label.into(),
        hint: "签名后的扫描件或者照片，PDF、JPG 或 PNG".into(),
        multiple: false,
    }
}

pub(super) fn evidence_options(seen: &PenaltySeen) -> Options {
    seen.case
        .facts
        .evidence
        .iter()
        .map(|kept| {
            option(
                &kept.evidence.evidence_id,
                &kept.evidence.name,
                kept.evidence.kind.name(),
            )
        })
        .collect()
}

fn preserved(seen: &PenaltySeen) -> Options {
    seen.case
        .facts
        .preservations
        .iter()
        .filter(|kept| kept.disposal.is_none())
        .map(|kept| {
            let names: Vec<&str> = kept.preservation.items.iter().map(|item| item.name.as_str()).collect();
            option(
                &kept.preservation.preservation_id,
                &names.join("、"),
                &kept.preservation.from.to_string(),
            )
        })
        .collect()
}

fn recusals(seen: &PenaltySeen) -> Options {
    seen.case
        .facts
        .recusals
        .iter()
        .filter(|recusal| recusal.decided.is_none())
        .map(|recusal| {
            option(
                &recusal.request.request_id,
                &recusal.request.reasons,
                name_of(seen, &recusal.request.officer),
            )
        })
        .collect()
}

/// The name of who investigates; of others the account.
fn name_of<'a>(seen: &'a PenaltySeen, account: &'a str) -> &'a str {
    let mut known = seen.case.facts.investigators.iter();
    let found = known.find(|officer| officer.account == account);
    found.map_or(account, |officer| officer.name.as_str())
}

fn check_of_defence(seen: &PenaltySeen) -> Vec<Ask> {
    let points = seen.case.facts.defences.iter().flat_map(|defence| &defence.points);
    let mut asks: Vec<Ask> = Vec::new();
    for ((adopted, reply), point) in REPLIES.into_iter().zip(points) {
        asks.push(radios(
            adopted,
            format!("当事人说：{point}"),
            "",
            vec![option("yes", "采纳", ""), option("no", "不采纳", "")],
        ));
        asks.push(text(reply, "采纳或者不采纳的理由", ""));
    }
    asks.push(maybe_line(
        "fine",
        "复核后的罚款（元）",
        "不填的，仍为告知的数额；不得高于告知的数额",
    ));
    asks.push(text("opinion", "复核意见", ""));
    asks
}

fn decision(seen: &PenaltySeen) -> Vec<Ask> {
    let mut asks = outcome("给予处罚的填写", "不予处罚的填写");
    asks.extend([
        text("opinion", "审批意见", ""),
        maybe_text("reasons", "理由", "不予处罚，或者与处理建议不一致的，必须写明"),
    ]);
    if seen
        .case
        .facts
        .proposal
        .as_ref()
        .is_some_and(|report| report.collective)
    {
        asks.extend([
            part("集体讨论"),
            date("held_on", "讨论的日期", ""),
            text("members", "参加的负责人", "每行一人"),
            text("discussion", "讨论的情况和结果", ""),
        ]);
    }
    asks.push(maybe_text(
        "different_act",
        "与同期另一起处罚不是同一违法行为的理由",
        "同一当事人近期受过罚款的填写（行政处罚法第二十九条）",
    ));
    asks
}

/// Words above the form: what the act does.
pub(super) fn lead(act: PenaltyAct, seen: &PenaltySeen) -> String {
    let facts = &seen.case.facts;
    let yuan = |fine: Fen| format!("{fine}元");
    match act {
        PenaltyAct::ReviewOpening | PenaltyAct::ApproveOpening => {
            facts.opening.as_ref().map_or(String::new(), |opening| {
                format!(
                    "承办人{}：{}",
                    if opening.open {
                        "建议立案"
                    } else {
                        "建议不予立案"
                    },
                    opening.signed.opinion.text
                )
            })
        }
        PenaltyAct::ReviewProposal | PenaltyAct::LegalReview | PenaltyAct::Decide => {
            facts.proposal.as_ref().map_or(String::new(), |report| {
                let fine = facts
                    .checked
                    .as_ref()
                    .map(|checked| checked.fine)
                    .or(report.proposal.fine());
                let amount = fine.map_or(String::new(), |fine| format!("，罚款{}", yuan(fine)));
                format!("处理建议：{}{amount}。{}", report.proposal.name(), report.reasons)
            })
        }
        PenaltyAct::CheckDefence => facts.notice.as_ref().map_or(String::new(), |notice| {
            format!("告知的罚款数额：{}。", yuan(notice.fine))
        }),
        PenaltyAct::RecordPayment => seen
            .case
            .fine()
            .map_or(String::new(), |fine| format!("罚款数额：{}。", yuan(fine))),
        _ => String::new(),
    }
}
