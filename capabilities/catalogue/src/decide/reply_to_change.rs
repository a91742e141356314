//! The legal office replies to a change: it confirms, returns with reasons, or refuses (R20, R27, R28, R30, R32). The
//! opinion goes standard by standard (R17), and the confirmation carries its document number. Approval items come after the
//! approval-management body agreed, and by somebody else (R33). Where the body updates the database itself, what is
//! confirmed waits for it (R29).

use std::collections::BTreeSet;

use mingjing_chronicle::{Context, Refusal};
use mingjing_people::public::BodyFacts;

use super::enter_change::{Writes, entered};
use super::import_items::Facts;
use super::limits_of_change::{body_enters, to_update};
use crate::change::{ChangeEvent, ChangeState, Confirmed, Filed, ItemChange, Opinion, Point, Standard};
use crate::version::Confirmation;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Confirm,
    Return,
    Refuse,
}

impl std::str::FromStr for Answer {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        match key {
            "confirm" => Ok(Answer::Confirm),
            "return" => Ok(Answer::Return),
            "refuse" => Ok(Answer::Refuse),
            _ => Err(()),
        }
    }
}

#[derive(Debug, Clone)]
pub struct ReplyToChange {
    pub answer: Answer,
    pub points: Vec<Point>,
    pub text: String,
    /// Of the written reply; only where it confirms.
    pub document_no: String,
}

/// What the reply writes: on the change, and on the items it touches.
pub type Reply = (ChangeEvent, Writes);

/// # Errors
/// A refusal where there is nothing to reply to, for a reply by who filed, without an opinion on each standard, without
/// reasons or document number, before the approval-management body agreed or by who agreed for it, and where what was filed
/// can no longer be entered as it stands.
pub fn decide(
    change: &ItemChange,
    command: &ReplyToChange,
    office: &BodyFacts,
    facts: &Facts,
    context: &Context,
) -> Result<Reply, Refusal> {
    let filed = under_review(change)?;
    if change.filed_by == context.actor.account {
        let refusal = Refusal::law("catalogue.change.own", "申报的人不能审核自己的申报。");
        return Err(refusal
            .article("需求R20：由同级政府法制机构审核确认")
            .advice("请由法制机构的其他工作人员审核。"));
    }
    let late = filed.to_reply.due.is_some_and(|due| due < context.today);
    let opinion = opinion(command, late)?;
    match command.answer {
        Answer::Return => Ok((ChangeEvent::Returned(opinion), Vec::new())),
        Answer::Refuse => Ok((ChangeEvent::Refused(opinion), Vec::new())),
        Answer::Confirm => {
            check_agreement(change, context)?;
            let confirmation = confirmation(command, office)?;
            let writes = entered(&filed.proposal, &confirmation, facts, context).map_err(|why| moved_on(&why))?;
            let waits = body_enters(&context.parameters);
            let confirmed = Confirmed {
                opinion,
                confirmation,
                to_update: to_update(context.today, context),
                waits,
            };
            let writes = if waits { Writes::new() } else { writes };
            Ok((ChangeEvent::Confirmed(Box::new(confirmed)), writes))
        }
    }
}

/// What lies before those who review.
pub(super) fn under_review(change: &ItemChange) -> Result<&Filed, Refusal> {
    match (change.state, &change.filed) {
        (ChangeState::Reviewing, Some(filed)) => Ok(filed),
        (state, _) => {
            let message = match state {
                ChangeState::None => "没有这次申报。".to_owned(),
                state => format!("这次申报{}，现在没有需要答复的内容。", state.name()),
            };
            Err(Refusal::law("catalogue.change.not_reviewing", message).advice("请刷新页面查看最新状态。"))
        }
    }
}

/// R33: the approval-management body first, and another person than who confirms.
fn check_agreement(change: &ItemChange, context: &Context) -> Result<(), Refusal> {
    if change.awaits_approval() {
        let refusal = Refusal::law(
            "catalogue.change.approval_pending",
            "这次调整涉及审批事项，审批管理机构还没有审核同意，不能确认。",
        );
        return Err(refusal
            .article("需求R33（S2 二(二)2）")
            .advice("请等审批管理机构审核同意后再确认；需要修改的，现在就可以退回申报单位。"));
    }
    if change.agreed_by.as_ref() == Some(&context.actor.account) {
        let refusal = Refusal::law(
            "catalogue.change.one_reviewer",
            "审批管理机构的审核和法制机构的确认不能是同一人。",
        );
        return Err(refusal
            .article("需求R20、R33")
            .advice("请由法制机构的其他工作人员确认。"));
    }
    Ok(())
}

fn moved_on(why: &str) -> Refusal {
    Refusal::law(
        "catalogue.change.moved_on",
        format!("申报以后情况有变化，不能按申报的内容录入：{why}"),
    )
    .article("需求R21")
    .advice("请退回申报单位，按现在的情况重新申报。")
}

fn opinion(command: &ReplyToChange, late: bool) -> Result<Opinion, Refusal> {
    let answered: BTreeSet<Standard> = command.points.iter().map(|point| point.standard).collect();
    if answered.len() != Standard::ALL.len() || command.points.len() != Standard::ALL.len() {
        let refusal = Refusal::invalid("catalogue.change.points", "四项标准应当逐项写明意见。");
        return Err(refusal.article("需求R17").field("points", "请逐项选择"));
    }
    let failing = command.points.iter().filter(|point| !point.holds);
    if let Some(mute) = failing.clone().find(|point| point.remark.trim().is_empty()) {
        let refusal = Refusal::invalid("catalogue.change.needs_remark", "不符合的标准应当写明哪里不符合。");
        return Err(refusal.field(remark_field(mute.standard), "请写明哪里不符合"));
    }
    let failing = failing.count();
    if command.answer == Answer::Confirm && failing > 0 {
        let refusal = Refusal::law("catalogue.change.does_not_hold", "有标准不符合的，不能确认。");
        return Err(refusal
            .article("需求R17、R20")
            .advice("请退回申报单位修改，或者不予确认。"));
    }
    if command.answer != Answer::Confirm && command.text.trim().is_empty() {
        let refusal = Refusal::invalid("catalogue.change.needs_reasons", "退回或者不予确认，应当写明理由。");
        return Err(refusal.article("需求R28（S3.7）").field("text", "请写明理由"));
    }
    Ok(Opinion {
        points: command.points.clone(),
        text: command.text.trim().to_owned(),
        late,
    })
}

/// Name of the field in which a standard's remark stands.
pub fn remark_field(standard: Standard) -> &'static str {
    match standard {
        Standard::Competence => "competence_remark",
        Standard::Procedure => "procedure_remark",
        Standard::Reasonable => "reasonable_remark",
        Standard::Convenient => "convenient_remark",
    }
}

fn confirmation(command: &ReplyToChange, office: &BodyFacts) -> Result<Confirmation, Refusal> {
    let document_no = command.document_no.trim();
    if document_no.is_empty() {
        let refusal = Refusal::invalid("catalogue.change.needs_document", "确认应当有书面答复的文号。");
        return Err(refusal.article("需求R28（S3.7）").field("document_no", "请填写文号"));
    }
    Ok(Confirmation {
        body: office.name.clone(),
        document_no: document_no.to_owned(),
    })
}
