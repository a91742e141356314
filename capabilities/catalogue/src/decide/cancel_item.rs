//! Cancelling an item (R25, R33): it keeps its history and its code (R191).

use jiff::civil::Date;
use mingjing_chronicle::{Context, Refusal};

use crate::events::{Cancellation, ItemEvent};
use crate::item::Item;
use crate::version::Confirmation;

#[derive(Debug, Clone)]
pub struct CancelItem {
    /// First day on which the item no longer exists; not before today.
    pub on: Date,
    pub reason: String,
    pub confirmation: Confirmation,
}

/// # Errors
/// A refusal for an item that does not exist or is cancelled, without a reason, or for a past day.
pub fn decide(item: &Item, command: &CancelItem, context: &Context) -> Result<Vec<ItemEvent>, Refusal> {
    if !item.exists() {
        return Err(Refusal::not_found("catalogue.item.unknown", "没有这个事项编码。"));
    }
    if let Some(cancelled) = item.cancelled() {
        let message = format!("该事项已于{}取消，不必再次取消。", cancelled.on);
        return Err(Refusal::law("catalogue.item.cancelled", message));
    }
    let reason = command.reason.trim();
    if reason.is_empty() {
        let refusal = Refusal::invalid("catalogue.cancel.needs_reason", "取消事项应当写明理由。");
        return Err(refusal.field("reason", "请填写取消的理由和依据"));
    }
    if command.on < context.today {
        let refusal = Refusal::invalid("catalogue.cancel.in_the_past", "取消日期不能早于今天。");
        return Err(refusal.field("on", "请填写今天或以后的日期"));
    }
    Ok(vec![ItemEvent::Cancelled(Cancellation {
        on: command.on,
        reason: reason.to_owned(),
        confirmation: command.confirmation.clone(),
    })])
}
