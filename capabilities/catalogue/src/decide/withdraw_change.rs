//! The body takes a change back while it is not confirmed.

use mingjing_chronicle::Refusal;

use crate::change::{ChangeEvent, ChangeState, ItemChange};

/// # Errors
/// A refusal where it is over, and without a reason.
pub fn decide(change: &ItemChange, reason: &str) -> Result<ChangeEvent, Refusal> {
    if !matches!(change.state, ChangeState::Reviewing | ChangeState::Returned) {
        let refusal = Refusal::law("catalogue.change.over", "这次申报已经办完，不能撤回。");
        return Err(refusal.advice("需要另行调整的，请新建一次申报。"));
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
