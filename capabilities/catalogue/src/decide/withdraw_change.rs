//! The body takes a change back while it is not confirmed; and one that was confirmed and waits, once what was confirmed can
//! no longer be entered: otherwise a body could leave undone what the legal office confirmed (R29).

use mingjing_chronicle::{Context, Refusal};

use super::enter_change::entered;
use super::import_items::Facts;
use crate::change::{ChangeEvent, ChangeState, ItemChange};

/// # Errors
/// A refusal where it is over, where it waits and can be entered, and without a reason.
pub fn decide(change: &ItemChange, reason: &str, facts: &Facts, context: &Context) -> Result<ChangeEvent, Refusal> {
    if !matches!(
        change.state,
        ChangeState::Reviewing | ChangeState::Returned | ChangeState::Waiting
    ) {
        let refusal = Refusal::law("catalogue.change.over", "这次申报已经办完，不能撤回。");
        return Err(refusal.advice("需要另行调整的，请新建一次申报。"));
    }
    if let (ChangeState::Waiting, Some(filed), Some(confirmed)) = (change.state, &change.filed, change.confirmed())
        && entered(&filed.proposal, &confirmed.confirmation, facts, context).is_ok()
    {
        let refusal = Refusal::law(
            "catalogue.change.must_be_entered",
            "法制机构已经确认，现在可以按确认的内容更新权力库，不能撤回。",
        );
        return Err(refusal
            .article("需求R29（S3.8）")
            .advice("请先更新权力库；需要另行调整的，更新以后新建一次申报。"));
    }
    let reason = reason.trim();
    if reason.is_empty() {
        let refusal = Refusal::invalid("catalogue.change.needs_reason", "撤回申报应当写明理由。");
        return Err(refusal.field("reason", "请写明理由"));
    }
    Ok(ChangeEvent::Withdrawn {
        reason: reason.to_owned(),
    })
}
