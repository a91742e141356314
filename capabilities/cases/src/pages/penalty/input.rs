//! From a filled-in form to the command of a penalty's act. What a rule must judge goes on as it is; here only shapes
//! are read.

use jiff::civil::Date;
use mingjing_rules::benchmark::Benchmark;
use mingjing_web::{Fields, Reader};

use super::asks::REPLIES;
use super::factors::answers;
use super::report_input::{end_of_investigation, evidence, opening, outcome};
use crate::decide::LONGEST_TEXT;
use crate::events::{FileRef, Stance};
use crate::money::Fen;
use crate::pages::act_input::way;
use crate::pages::operations;
use crate::penalty::PenaltyAct;
use crate::penalty::commands::PenaltyCommand;
use crate::penalty::decide::check_defence::{CheckDefence, ReplyGiven};
use crate::penalty::decide::closing::{ApproveClosing, ProposeClosing};
use crate::penalty::decide::confirm_service::ConfirmElectronicService;
use crate::penalty::decide::decide::DecidePenalty;
use crate::penalty::decide::defer::GrantDeferral;
use crate::penalty::decide::dispute::RecordDispute;
use crate::penalty::decide::end_investigation::EndInvestigation;
use crate::penalty::decide::evidence::HandOverEvidence;
use crate::penalty::decide::extend_decision::ExtendPenaltyDecision;
use crate::penalty::decide::impose_additional_fine::ImposeAdditionalFine;
use crate::penalty::decide::legal_review::LegalReview;
use crate::penalty::decide::make_defence::MakeDefence;
use crate::penalty::decide::notify::Notify;
use crate::penalty::decide::opening::{ApproveOpening, OpeningDecision, ReviewOpening};
use crate::penalty::decide::preserve::{DisposePreserved, PreserveEvidence};
use crate::penalty::decide::record_payment::RecordPayment;
use crate::penalty::decide::recusal::{DecideRecusal, RequestRecusal};
use crate::penalty::decide::release::{ReviewPenaltyRelease, WithdrawRelease};
use crate::penalty::decide::reversal::RecordReversal;
use crate::penalty::decide::review_proposal::ReviewProposal;
use crate::penalty::decide::serve::{ServeDecision, ServeNotice};
use crate::penalty::decide::waive_defence::WaiveDefence;
use crate::penalty::events::{
    CollectiveDiscussion, DefenceChannel, DisposalKind, DisputeKind, Instalment, PaymentChannel, PenaltyWithholdGround,
    PreservedItem, ReversalKind, ReviewerQualification,
};

/// What the form rests on beside its fields.
pub(super) struct Given<'a> {
    pub today: Date,
    /// Name of the officer who serves papers.
    pub server: &'a str,
    pub files: Vec<FileRef>,
    pub benchmark: Option<&'a Benchmark>,
    /// How many points of defence there are to answer.
    pub points: usize,
}

/// The command, or `None` with the errors noted in the fields.
pub(super) fn command(act: PenaltyAct, fields: &mut Fields, given: Given<'_>) -> Option<PenaltyCommand> {
    let factors = given
        .benchmark
        .map(|benchmark| answers(benchmark, fields))
        .unwrap_or_default();
    let mut form = Reader::of(fields);
    let form = &mut form;
    let file = given.files.first().cloned();
    Some(match act {
        PenaltyAct::RegisterLead => return None,
        PenaltyAct::ProposeOpening => PenaltyCommand::ProposeOpening(opening(form)?),
        PenaltyAct::ReviewOpening => {
            let (stance, opinion, reasons) = opinion(form)?;
            PenaltyCommand::ReviewOpening(ReviewOpening {
                stance,
                opinion,
                reasons,
            })
        }
        PenaltyAct::ApproveOpening => {
            let decision = form.choice::<String>("decision", "审批结论");
            let opinion = form.text("opinion", "审批意见", LONGEST_TEXT);
            let reasons = maybe(form, "reasons", "理由");
            PenaltyCommand::ApproveOpening(ApproveOpening {
                decision: match decision?.as_str() {
                    "open" => OpeningDecision::Open,
                    "return" => OpeningDecision::Return,
                    _ => OpeningDecision::NotOpen,
                },
                opinion: opinion?,
                reasons: reasons?,
            })
        }
        PenaltyAct::RecordEvidence => PenaltyCommand::RecordEvidence(evidence(form, file)?),
        PenaltyAct::HandOverEvidence => {
            let evidence_id = form.choice::<String>("evidence_id", "移交的证据");
            let to = form.choice::<String>("to", "接收人");
            let on = form.date("on", "移交日期");
            let kept_at = form.text("kept_at", "存放地点", 300);
            let reason = form.text("reason", "移交的原因", LONGEST_TEXT);
            PenaltyCommand::HandOverEvidence(HandOverEvidence {
                evidence_id: evidence_id?,
                to: to?,
                on: on?,
                kept_at: kept_at?,
                reason: reason?,
            })
        }
        PenaltyAct::EndInvestigation => {
            let report = end_of_investigation(form)?;
            PenaltyCommand::EndInvestigation(EndInvestigation { factors, ..report })
        }
        PenaltyAct::ReviewProposal => {
            let (stance, opinion, reasons) = opinion(form)?;
            PenaltyCommand::ReviewProposal(ReviewProposal {
                stance,
                opinion,
                reasons,
            })
        }
        PenaltyAct::Notify => {
            let days = form.optional("defence_working_days", "陈述、申辩的期限", 3);
            let contact = form.text("contact", "联系人", 100);
            let phone = form.text("phone", "联系电话", 50);
            let days = match days? {
                Some(days) => match days.parse() {
                    Ok(days) => Some(days),
                    Err(_) => form.refuse("defence_working_days", "请填写数字。")?,
                },
                None => None,
            };
            PenaltyCommand::Notify(Notify {
                defence_working_days: days,
                contact: contact?,
                phone: phone?,
            })
        }
        PenaltyAct::ServeNotice => {
            let by = way(form);
            let served_on = form.optional_date("served_on", "送达日期");
            PenaltyCommand::ServeNotice(ServeNotice {
                by: by?,
                served_on: served_on?.unwrap_or(given.today),
                server: given.server.to_owned(),
            })
        }
        PenaltyAct::ServeDecision => {
            let by = way(form);
            let served_on = form.optional_date("served_on", "送达日期");
            PenaltyCommand::ServeDecision(ServeDecision {
                by: by?,
                served_on: served_on?.unwrap_or(given.today),
                server: given.server.to_owned(),
            })
        }
        PenaltyAct::MakeDefence => {
            let channel = form.choice::<String>("channel", "提出的方式");
            let made_on = form.date("made_on", "提出的日期");
            let points = form.text("points", "陈述、申辩的内容", LONGEST_TEXT);
            PenaltyCommand::MakeDefence(MakeDefence {
                points: lines(&points?),
                files: given.files,
                made_on: made_on?,
                channel: DefenceChannel::from_key(&channel?)?,
            })
        }
        PenaltyAct::WaiveDefence => PenaltyCommand::WaiveDefence(WaiveDefence {
            made_on: form.date("made_on", "放弃的日期")?,
            signed: file,
        }),
        PenaltyAct::ConfirmElectronicService => {
            PenaltyCommand::ConfirmElectronicService(ConfirmElectronicService { signed: file })
        }
        PenaltyAct::CheckDefence => PenaltyCommand::CheckDefence(check_of_defence(form, given.points)?),
        PenaltyAct::LegalReview => PenaltyCommand::LegalReview(legal_review(form)?),
        PenaltyAct::Decide => PenaltyCommand::Decide(decision(form)?),
        PenaltyAct::RecordPayment => {
            let receipt_no = form.text("receipt_no", "缴款凭证号", 100);
            let amount = form.text("amount", "金额", 20);
            let paid_on = form.date("paid_on", "缴款日期");
            let channel = form.choice::<String>("channel", "缴款方式");
            PenaltyCommand::RecordPayment(RecordPayment {
                receipt_no: receipt_no?,
                amount: sum(form, "amount", &amount?)?,
                paid_on: paid_on?,
                channel: PaymentChannel::from_key(&channel?)?,
            })
        }
        PenaltyAct::ProposeClosing => {
            let summary = form.text("summary", "案件摘要", LONGEST_TEXT);
            let result = form.text("result", "执行情况", LONGEST_TEXT);
            let opinion = form.text("opinion", "结案意见", LONGEST_TEXT);
            PenaltyCommand::ProposeClosing(ProposeClosing {
                summary: summary?,
                result: result?,
                opinion: opinion?,
            })
        }
        PenaltyAct::ApproveClosing => {
            let (stance, opinion, reasons) = opinion(form)?;
            PenaltyCommand::ApproveClosing(ApproveClosing {
                stance,
                opinion,
                reasons,
            })
        }
        PenaltyAct::ReviewRelease => PenaltyCommand::ReviewRelease(release(form)?),
        PenaltyAct::PreserveEvidence => {
            let items = form.text("items", "保存的物品", LONGEST_TEXT);
            let place = form.text("place", "保存地点", 300);
            let reasons = form.text("reasons", "理由", LONGEST_TEXT);
            let officers = form.choices::<String>("officers", "执行人员");
            PenaltyCommand::PreserveEvidence(PreserveEvidence {
                items: lines(&items?).iter().map(|line| preserved(line)).collect(),
                place: place?,
                reasons: reasons?,
                officers: officers?,
            })
        }
        PenaltyAct::DisposePreserved => {
            let preservation_id = form.choice::<String>("preservation_id", "哪一次保存");
            let kind = form.choice::<String>("kind", "处理方式");
            let reasons = form.text("reasons", "理由", LONGEST_TEXT);
            PenaltyCommand::DisposePreserved(DisposePreserved {
                preservation_id: preservation_id?,
                kind: DisposalKind::from_key(&kind?)?,
                reasons: reasons?,
            })
        }
        PenaltyAct::ExtendDecision => {
            let days = form.number("days", "延长的天数", 1, 365);
            let reasons = form.text("reasons", "理由", LONGEST_TEXT);
            PenaltyCommand::ExtendDecision(ExtendPenaltyDecision {
                days: u32::try_from(days?).ok()?,
                reasons: reasons?,
            })
        }
        PenaltyAct::RequestRecusal => {
            let officer = form.choice::<String>("officer", "申请谁回避");
            let reasons = form.text("reasons", "理由", LONGEST_TEXT);
            PenaltyCommand::RequestRecusal(RequestRecusal {
                officer: officer?,
                reasons: reasons?,
            })
        }
        PenaltyAct::DecideRecusal => {
            let request_id = form.choice::<String>("request_id", "哪一项申请");
            let granted = form.choice::<String>("granted", "决定");
            let reasons = form.text("reasons", "理由", LONGEST_TEXT);
            let replacement = form.optional("replacement", "接替的办案人员", 100);
            PenaltyCommand::DecideRecusal(DecideRecusal {
                request_id: request_id?,
                granted: granted? == "yes",
                reasons: reasons?,
                replacement: replacement?,
            })
        }
        PenaltyAct::GrantDeferral => {
            let applied_on = form.date("applied_on", "申请的日期");
            let reasons = form.text("reasons", "理由", LONGEST_TEXT);
            let plan = form.text("instalments", "缴款安排", 1000);
            PenaltyCommand::GrantDeferral(GrantDeferral {
                applied_on: applied_on?,
                application: file,
                reasons: reasons?,
                instalments: instalments(form, &plan?)?,
            })
        }
        PenaltyAct::ImposeAdditionalFine => PenaltyCommand::ImposeAdditionalFine(ImposeAdditionalFine {
            reasons: form.text("reasons", "理由", LONGEST_TEXT)?,
        }),
        PenaltyAct::RecordDispute => {
            let kind = form.choice::<String>("kind", "复议还是诉讼");
            let organ = form.text("organ", "受理机关", 200);
            let document_no = form.text("document_no", "文书号", 100);
            let from = form.date("from", "申请或者起诉的日期");
            let to = form.optional_date("to", "终结的日期");
            PenaltyCommand::RecordDispute(RecordDispute {
                kind: DisputeKind::from_key(&kind?)?,
                organ: organ?,
                document_no: document_no?,
                from: from?,
                to: to?,
            })
        }
        PenaltyAct::RecordReversal => PenaltyCommand::RecordReversal(reversal(form)?),
        PenaltyAct::WithdrawRelease => PenaltyCommand::WithdrawRelease(WithdrawRelease {
            reasons: form.text("reasons", "理由", LONGEST_TEXT)?,
        }),
        act => operations::command(act.operation()?, form)?.into(),
    })
}

/// Text that may stay away, as an empty one.
pub(super) fn maybe(form: &mut Reader<'_>, name: &'static str, label: &str) -> Option<String> {
    Some(form.optional(name, label, LONGEST_TEXT)?.unwrap_or_default())
}

pub(super) fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

pub(super) fn sum(form: &mut Reader<'_>, name: &'static str, text: &str) -> Option<Fen> {
    Fen::parse(text).or_else(|| form.refuse(name, "请填写金额，单位为元，例如 5000 或者 5000.50。"))
}

pub(super) fn opinion(form: &mut Reader<'_>) -> Option<(Stance, String, String)> {
    let stance = form.choice::<String>("stance", "意见");
    let opinion = form.text("opinion", "意见内容", LONGEST_TEXT);
    let reasons = maybe(form, "reasons", "理由");
    let stance = match stance?.as_str() {
        "positive" => Stance::Positive,
        "return" => Stance::Return,
        _ => Stance::Negative,
    };
    Some((stance, opinion?, reasons?))
}

fn check_of_defence(form: &mut Reader<'_>, points: usize) -> Option<CheckDefence> {
    let mut replies = Vec::new();
    for (adopted, reply) in REPLIES.into_iter().take(points) {
        let adopted = form.choice::<String>(adopted, "是否采纳");
        let reasons = form.text(reply, "理由", LONGEST_TEXT);
        replies.push(adopted.zip(reasons));
    }
    let fine = form.optional("fine", "复核后的罚款", 20);
    let opinion = form.text("opinion", "复核意见", LONGEST_TEXT);
    let replies: Option<Vec<_>> = replies.into_iter().collect();
    Some(CheckDefence {
        replies: replies?
            .into_iter()
            .map(|(adopted, reasons)| ReplyGiven {
                adopted: adopted == "yes",
                reasons,
            })
            .collect(),
        fine: match fine? {
            Some(fine) => Some(sum(form, "fine", &fine)?),
            None => None,
        },
        opinion: opinion?,
    })
}

fn legal_review(form: &mut Reader<'_>) -> Option<LegalReview> {
    let passed = form.choice::<String>("passed", "审核结论");
    let qualified = form.choice::<String>("qualified", "审核人员的资格");
    let proof = form.text("qualification", "证书编号或者开始的年份", 100);
    let opinion = form.text("opinion", "审核意见", LONGEST_TEXT);
    let reasons = maybe(form, "reasons", "不同意的理由");
    let qualification = match (qualified?.as_str(), proof?) {
        ("reviewing_since", year) => ReviewerQualification::ReviewingSince {
            year: match year.parse() {
                Ok(year) => year,
                Err(_) => return form.refuse("qualification", "请填写年份，例如 2018。"),
            },
        },
        (_, certificate_no) => ReviewerQualification::LegalProfession { certificate_no },
    };
    Some(LegalReview {
        passed: passed? == "yes",
        qualification,
        opinion: opinion?,
        reasons: reasons?,
    })
}

fn decision(form: &mut Reader<'_>) -> Option<DecidePenalty> {
    let outcome = outcome(form);
    let opinion = form.text("opinion", "审批意见", LONGEST_TEXT);
    let reasons = maybe(form, "reasons", "理由");
    let held_on = form.optional_date("held_on", "讨论的日期");
    let members = maybe(form, "members", "参加的负责人");
    let summary = maybe(form, "discussion", "讨论的情况和结果");
    let different_act = maybe(form, "different_act", "不是同一违法行为的理由");
    Some(DecidePenalty {
        outcome: outcome?,
        opinion: opinion?,
        reasons: reasons?,
        discussion: held_on?.map(|held_on| CollectiveDiscussion {
            held_on,
            members: lines(members.as_deref().unwrap_or_default()),
            summary: summary.unwrap_or_default(),
            record: None,
        }),
        different_act: different_act?,
    })
}

fn release(form: &mut Reader<'_>) -> Option<ReviewPenaltyRelease> {
    let result = form.choice::<String>("result", "公开审查结论");
    let opinion = maybe(form, "opinion", "审查意见");
    let ground = form.optional("ground", "不予公开的情形", 40);
    let reasons = maybe(form, "reasons", "不予公开的理由");
    if result? == "publish" {
        return Some(ReviewPenaltyRelease::Publish { opinion: opinion? });
    }
    let ground = PenaltyWithholdGround::from_key(&ground?.unwrap_or_default());
    Some(ReviewPenaltyRelease::Withhold {
        ground: ground.or_else(|| form.refuse("ground", "请选择不予公开的情形。"))?,
        reasons: reasons?,
    })
}

fn reversal(form: &mut Reader<'_>) -> Option<RecordReversal> {
    let kind = form.choice::<String>("kind", "结果");
    let organ = form.text("organ", "作出的机关", 200);
    let document_no = form.text("document_no", "文书号", 100);
    let on = form.date("on", "日期");
    let reasons = form.text("reasons", "理由", LONGEST_TEXT);
    let new_fine = form.optional("new_fine", "变更后的罚款", 20);
    Some(RecordReversal {
        kind: ReversalKind::from_key(&kind?)?,
        organ: organ?,
        document_no: document_no?,
        on: on?,
        reasons: reasons?,
        new_fine: match new_fine? {
            Some(fine) => Some(sum(form, "new_fine", &fine)?),
            None => None,
        },
    })
}

/// `饼干：12盒`.
fn preserved(line: &str) -> PreservedItem {
    let (name, quantity) = line.split_once(['：', ':']).unwrap_or((line, ""));
    PreservedItem {
        name: name.trim().to_owned(),
        quantity: quantity.trim().to_owned(),
    }
}

/// `2026-05-31：3000`, one a line.
fn instalments(form: &mut Reader<'_>, plan: &str) -> Option<Vec<Instalment>> {
    let mut all = Vec::new();
    for line in lines(plan) {
        let read = line
            .split_once(['：', ':'])
            .and_then(|(due, amount)| Some((due.trim().parse().ok()?, Fen::parse(amount)?)));
        let Some((due, amount)) = read else {
            return form.refuse("instalments", format!("“{line}”没有写成“2026-05-31：3000”。"));
        };
        all.push(Instalment { due, amount });
    }
    Some(all)
}
