//! The legal office finds that a change of the law leaves something as it is, and says why.

use mingjing_chronicle::Refusal;

use crate::adjustment::{Adjustment, AdjustmentEvent, CitingKind, Settled};

#[derive(Debug, Clone)]
pub struct SettleAdjustment {
    pub kind: CitingKind,
    pub id: String,
    pub reason: String,
}

/// # Errors
/// A refusal without a reason, for a task that there is not, and for one that is settled.
pub fn decide(adjustment: &Adjustment, command: &SettleAdjustment) -> Result<Vec<AdjustmentEvent>, Refusal> {
    let reason = command.reason.trim();
    if reason.is_empty() {
        let refusal = Refusal::invalid("catalogue.adjustment.needs_reason", "不需要调整的，应当写明理由。");
        return Err(refusal.field("reason", "请写明为什么不需要调整"));
    }
    if adjustment.task(command.kind, &command.id).is_none() {
        let refusal = Refusal::not_found("catalogue.adjustment.unknown", "清单里没有这一项。");
        return Err(refusal.advice("请刷新页面，从清单中选择。"));
    }
    let key = (command.kind, command.id.clone());
    if adjustment.settled.contains_key(&key) {
        let refusal = Refusal::law("catalogue.adjustment.settled", "这一项已经写明不需要调整，不必再写。");
        return Err(refusal);
    }
    Ok(vec![AdjustmentEvent::Settled(Settled {
        kind: command.kind,
        id: command.id.clone(),
        reason: reason.to_owned(),
    })])
}
