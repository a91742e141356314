//! From a filled-in form to the command of the act. What a rule must judge goes on as it is; here only shapes are read.

use jiff::civil::{Date, Time};
use mingjing_web::{Fields, Reader};

use crate::clock::ExcludedFor;
use crate::commands::Command;
use crate::decide::accept::Accept;
use crate::decide::ask_supplement::AskSupplement;
use crate::decide::complete::Complete;
use crate::decide::correct::CorrectOnTheSpot;
use crate::decide::decide::{BasisChoice, Decide};
use crate::decide::examine::Examine;
use crate::decide::exclude_time::ExcludeTime;
use crate::decide::extend::Extend;
use crate::decide::issue::Issue;
use crate::decide::release::ReviewRelease;
use crate::decide::resume_time::ResumeTime;
use crate::decide::review::Review;
use crate::decide::serve::{Serve, Way};
use crate::decide::site_check::RecordSiteCheck;
use crate::decide::turn_down::{NotRequired, RefuseAcceptance};
use crate::decide::withdraw::Withdraw;
use crate::decide::{Act, LONGEST_TEXT};
use crate::events::{Decision, RefusalGround, Stance, SupplementItem, WithholdGround};

/// The command, or `None` with the errors noted in the fields.
pub fn command(act: Act, fields: &mut Fields, today: Date, server: &str) -> Option<Command> {
    let mut form = Reader::of(fields);
    let form = &mut form;
    Some(match act {
        Act::CorrectOnTheSpot => {
            let field = form.choice::<String>("field", "更正哪一项");
            let to = form.text("to", "更正后的内容", LONGEST_TEXT);
            Command::CorrectOnTheSpot(CorrectOnTheSpot {
                corrections: vec![(field?, to?)],
            })
        }
        Act::AskSupplement => {
            let text = form.text("supplements", "需要补正的全部内容", LONGEST_TEXT)?;
            Command::AskSupplement(AskSupplement {
                items: supplements(form, &text)?,
            })
        }
        Act::Accept => Command::Accept(Accept::default()),
        Act::RefuseAcceptance => refusal(form)?,
        Act::NotRequired => Command::NotRequired(NotRequired {
            reasons: form.text("reasons", "不需要取得许可的理由", LONGEST_TEXT)?,
        }),
        Act::RecordSiteCheck => site_check(form)?,
        Act::Examine => {
            let (stance, text, reasons) = opinion(form)?;
            Command::Examine(Examine { stance, text, reasons })
        }
        Act::Review => {
            let (stance, text, reasons) = opinion(form)?;
            Command::Review(Review { stance, text, reasons })
        }
        Act::Decide => decision(form, today)?,
        Act::Issue => Command::Issue(Issue {
            certificate_no: form.text("certificate_no", "证件编号", 64)?,
        }),
        Act::Serve => Command::Serve(Serve {
            by: way(form)?,
            served_on: form.optional_date("served_on", "送达日期")?.unwrap_or(today),
            server: server.to_owned(),
        }),
        Act::Complete => {
            let summary = form.text("case_summary", "办件摘要", LONGEST_TEXT);
            let status = form.text("completion_status", "办结状态", 200);
            Command::Complete(Complete {
                case_summary: summary?,
                completion_status: status?,
            })
        }
        Act::ReleaseReview => release(form)?,
        Act::Extend => {
            let days = form.number("working_days", "延长的工作日", 1, 20);
            let reasons = form.text("reasons", "延长的理由", LONGEST_TEXT);
            Command::Extend(Extend {
                working_days: u32::try_from(days?).ok()?,
                reasons: reasons?,
                government_approval: form
                    .optional("government_approval", "批准人和批准文号", 300)?
                    .unwrap_or_default(),
            })
        }
        Act::Suspend => {
            let kind = form.choice::<String>("kind", "需要的程序");
            let reason = form.text("reason", "需要该程序的理由", LONGEST_TEXT);
            let expected_to = form.date("expected_to", "预计结束日期");
            let kind = ExcludedFor::from_key(&kind?);
            Command::Suspend(ExcludeTime {
                kind: kind.or_else(|| form.refuse("kind", "没有这个程序，请重新选择。"))?,
                reason: reason?,
                expected_to: expected_to?,
            })
        }
        Act::Resume => {
            let ended_on = form.date("ended_on", "程序结束的日期");
            let result = form.text("result", "程序的结果", LONGEST_TEXT);
            Command::Resume(ResumeTime {
                ended_on: ended_on?,
                result: result?,
            })
        }
        Act::Withdraw => Command::Withdraw(Withdraw {
            reasons: form
                .optional("reasons", "撤回的理由", LONGEST_TEXT)?
                .unwrap_or_default(),
            paper_request: form.ticked("paper_request"),
        }),
        Act::Submit | Act::Open | Act::SupplySupplement | Act::TakeStep | Act::Operate(_) => return None,
    })
}

/// One item a line, name and requirement divided by the first colon.
fn supplements(form: &mut Reader<'_>, text: &str) -> Option<Vec<SupplementItem>> {
    let mut items = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some((name, requirement)) = line.split_once(['：', ':']) else {
            return form.refuse("supplements", format!("“{line}”没有用冒号分开材料名称和补正要求。"));
        };
        items.push(SupplementItem {
            material: None,
            name: name.trim().to_owned(),
            requirement: requirement.trim().to_owned(),
        });
    }
    Some(items)
}

fn refusal(form: &mut Reader<'_>) -> Option<Command> {
    let ground = form.choice::<String>("ground", "不予受理的情形");
    let body = form.optional("competent_body", "有权受理的行政机关", 200);
    let missing = form.choices::<String>("missing", "仍然缺少的内容");
    let reasons = form.text("reasons", "不予受理的理由", LONGEST_TEXT);
    let ground = match ground?.as_str() {
        "still_incomplete" => RefusalGround::StillIncomplete { missing: missing? },
        _ => RefusalGround::NotThisBody {
            competent_body: body?.unwrap_or_default(),
        },
    };
    Some(Command::RefuseAcceptance(RefuseAcceptance {
        ground,
        reasons: reasons?,
    }))
}

fn site_check(form: &mut Reader<'_>) -> Option<Command> {
    let officers = form.choices::<String>("officers", "核查人员");
    let place = form.text("place", "核查地点", 300);
    let checked_on = form.date("checked_on", "核查日期");
    let from = time(form, "from_time", "开始时间");
    let to = time(form, "to_time", "结束时间");
    let facts = form.text("facts", "核查情况", LONGEST_TEXT);
    let conforms = form.choice::<String>("conforms", "核查结论");
    Some(Command::RecordSiteCheck(
        RecordSiteCheck {
            place: place?,
            checked_on: checked_on?,
            from: from?,
            to: to?,
            facts: facts?,
            conforms: conforms? == "yes",
            files: Vec::new(),
        },
        officers?,
    ))
}

fn time(form: &mut Reader<'_>, name: &'static str, label: &str) -> Option<Time> {
    let text = form.text(name, label, 8)?.replace('：', ":");
    // 9:30 is what people write.
    let padded = if text.find(':') == Some(1) {
        format!("0{text}")
    } else {
        text
    };
    match padded.parse::<Time>() {
        Ok(time) => Some(time),
        Err(_) => form.refuse(name, format!("{label}应为时间，例如 09:30。")),
    }
}

fn opinion(form: &mut Reader<'_>) -> Option<(Stance, String, String)> {
    let stance = form.choice::<String>("stance", "意见");
    let text = form.text("opinion", "意见内容", LONGEST_TEXT);
    let reasons = form.optional("reasons", "理由", LONGEST_TEXT);
    let stance = match stance?.as_str() {
        "positive" => Stance::Positive,
        "return" => Stance::Return,
        _ => Stance::Negative,
    };
    Some((stance, text?, reasons?.unwrap_or_default()))
}

fn decision(form: &mut Reader<'_>, today: Date) -> Option<Command> {
    let result = form.choice::<String>("result", "决定");
    let opinion = form.text("opinion", "批准意见", LONGEST_TEXT);
    let reasons = form.optional("reasons", "理由", LONGEST_TEXT);
    let conditions = form.optional("conditions", "要求", LONGEST_TEXT);
    let valid_to = form.optional_date("valid_to", "有效期至");
    let standards = form.optional("technical_standards", "技术标准、技术规范", LONGEST_TEXT);
    let hearing = form.optional("hearing_record", "听证笔录", 300);
    let version = form.optional("basis_version", "依据的版本", 10);
    let basis_reasons = form.optional("basis_reasons", "选择版本的理由", LONGEST_TEXT);
    let decision = match result?.as_str() {
        "grant" => Decision::Grant {
            conditions: conditions?
                .unwrap_or_default()
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
            valid_from: today,
            valid_to: valid_to?,
        },
        _ => Decision::Deny {
            reasons: String::new(),
            technical_standards: standards?,
        },
    };
    let basis = match version? {
        Some(version) => Some(BasisChoice {
            version: version.parse().unwrap_or_default(),
            reasons: basis_reasons?.unwrap_or_default(),
        }),
        None => None,
    };
    Some(Command::Decide(Decide {
        decision,
        opinion: opinion?,
        reasons: reasons?.unwrap_or_default(),
        basis,
        hearing_record: hearing?.unwrap_or_default(),
    }))
}

pub(super) fn way(form: &mut Reader<'_>) -> Option<Way> {
    let way = form.choice::<String>("way", "送达方式");
    let mut line = |name, label| Some(form.optional(name, label, 300)?.unwrap_or_default());
    let recipient = line("recipient", "签收人");
    let relation = line("relation", "签收人与申请人的关系");
    let place = line("place", "送达地点");
    let tracking_no = line("tracking_no", "邮件号码");
    let reason = line("refusal", "拒收事由");
    let witness = line("witness", "见证人");
    Some(match way?.as_str() {
        "electronic" => Way::Electronic,
        "postal" => Way::Postal {
            tracking_no: tracking_no?,
            recipient: recipient?,
            place: place?,
        },
        "left_in_place" => Way::LeftInPlace {
            place: place?,
            reason: reason?,
            witness: witness?,
            evidence: None,
        },
        _ => Way::Personal {
            recipient: recipient?,
            relation: relation?,
            place: place?,
            signed: form.ticked("signed"),
            signature: None,
        },
    })
}

fn release(form: &mut Reader<'_>) -> Option<Command> {
    let result = form.choice::<String>("result", "公开审查结论");
    let opinion = form.optional("opinion", "审查意见", LONGEST_TEXT);
    let ground = form.optional("ground", "不予公开的情形", 40);
    let reasons = form.optional("reasons", "不予公开的理由", LONGEST_TEXT);
    if result? == "publish" {
        return Some(Command::ReleaseReview(ReviewRelease::Publish {
            opinion: opinion?.unwrap_or_default(),
        }));
    }
    let ground = WithholdGround::from_key(&ground?.unwrap_or_default());
    Some(Command::ReleaseReview(ReviewRelease::Withhold {
        ground: ground.or_else(|| form.refuse("ground", "请选择不予公开的情形。"))?,
        reasons: reasons?.unwrap_or_default(),
    }))
}
