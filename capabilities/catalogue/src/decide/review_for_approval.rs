//! The approval-management body says what it thinks of a change that touches approval items (R33): only what it agreed to
//! is confirmed and reaches the approval business (S2 二(二)2 “由审批管理机构审核通过后，才能进入审批业务系统”). One opinion as a
//! whole: the four standards are the legal office's.

use mingjing_chronicle::{Context, Parameters, Refusal};
use mingjing_people::public::BodyFacts;

use super::reply_to_change::under_review;
use crate::change::{ApprovalOpinion, ChangeEvent, ItemChange};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalAnswer {
    Agree,
    Return,
}

impl std::str::FromStr for ApprovalAnswer {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        match key {
            "agree" => Ok(ApprovalAnswer::Agree),
            "return" => Ok(ApprovalAnswer::Return),
            _ => Err(()),
        }
    }
}

#[derive(Debug, Clone)]
pub struct ReviewForApproval {
    pub answer: ApprovalAnswer,
    pub text: String,
}

/// Whether the place has its approval-management body review changes of approval items.
pub fn is_asked(parameters: &Parameters) -> bool {
    parameters.text("adjustment.approval_items.review_by") == Some("approval_management")
}

/// # Errors
/// A refusal where there is nothing for this body to review or it has said so already, for who filed, and for a return
/// without reasons.
pub fn decide(
    change: &ItemChange,
    command: &ReviewForApproval,
    office: &BodyFacts,
    context: &Context,
) -> Result<ChangeEvent, Refusal> {
    let filed = under_review(change)?;
    if !filed.approval_review {
        let refusal = Refusal::law("catalogue.change.no_approval_item", "这次调整不需要审批管理机构审核。");
        return Err(refusal.article("需求R33").advice("由法制机构审核确认。"));
    }
    if change.agreed_by.is_some() {
        let refusal = Refusal::law("catalogue.change.approval_given", "审批管理机构已经同意这次调整。");
        return Err(refusal.advice("请刷新页面查看最新状态。"));
    }
    if change.filed_by == context.actor.account {
        let refusal = Refusal::law("catalogue.change.own", "申报的人不能审核自己的申报。");
        return Err(refusal
            .article("需求R33：由审批管理机构审核")
            .advice("请由没有申报这次调整的工作人员审核。"));
    }
    let opinion = ApprovalOpinion {
        body: office.name.clone(),
        text: command.text.trim().to_owned(),
    };
    match command.answer {
        ApprovalAnswer::Agree => Ok(ChangeEvent::ApprovalAgreed(opinion)),
        ApprovalAnswer::Return if opinion.text.is_empty() => {
            let refusal = Refusal::invalid("catalogue.change.needs_reasons", "退回应当写明理由。");
            Err(refusal.article("需求R33").field("approval_text", "请写明理由"))
        }
        ApprovalAnswer::Return => Ok(ChangeEvent::ApprovalReturned(opinion)),
    }
}
