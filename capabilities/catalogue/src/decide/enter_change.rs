//! The body makes in the database what the legal office confirmed (R29; S3.8: within 10 days in Zhenjiang). What was
//! confirmed is entered and nothing else; past the limit T3 it is still made, and that it was late is recorded.

use mingjing_chronicle::{Context, Refusal};

use super::import_items::{self, Facts};
use crate::change::{ChangeEvent, ChangeState, Entered, ItemChange, Proposal};
use crate::entry::Draft;
use crate::events::{Cancellation, ItemEvent};
use crate::version::Confirmation;

/// What is written on the items that a change touches.
pub type Writes = Vec<(String, Vec<ItemEvent>)>;

/// # Errors
/// A refusal where nothing waits to be entered, and where what was confirmed can no longer be entered as it stands.
pub fn decide(change: &ItemChange, facts: &Facts, context: &Context) -> Result<(ChangeEvent, Writes), Refusal> {
    let (ChangeState::Waiting, Some(filed), Some(confirmed)) = (change.state, &change.filed, change.confirmed()) else {
        let message = match change.state {
            ChangeState::None => "没有这次申报。".to_owned(),
            state => format!("这次申报{}，没有等待更新的内容。", state.name()),
        };
        return Err(Refusal::law("catalogue.change.not_waiting", message).advice("请刷新页面查看最新状态。"));
    };
    let writes = entered(&filed.proposal, &confirmed.confirmation, facts, context).map_err(|why| {
        Refusal::law(
            "catalogue.change.moved_on",
            format!("确认以后情况有变化，不能按确认的内容更新权力库：{why}"),
        )
        .article("需求R21、R29")
        .advice("请撤回这次调整，按现在的情况重新申报，由法制机构重新确认。")
    })?;
    let due = confirmed.to_update.as_ref().and_then(|clock| clock.due);
    let event = ChangeEvent::Entered(Entered {
        late: due.is_some_and(|due| due < context.today),
    });
    Ok((event, writes))
}

/// What was filed, judged again by what is recorded now: another change may have come first. Else why not.
pub(super) fn entered(
    proposal: &Proposal,
    confirmation: &Confirmation,
    facts: &Facts,
    context: &Context,
) -> Result<Writes, String> {
    // What is entered after the day asked for holds from today: nothing takes effect before it is entered.
    let from = proposal.effective_on.max(context.today);
    let mut drafts = Vec::with_capacity(proposal.versions.len());
    for version in &proposal.versions {
        let latest = facts.items.get(&version.item_code).and_then(|item| item.latest());
        let expected = latest.map_or(1, |latest| latest.version + 1);
        if version.version != expected {
            return Err(format!("{}已经有第{}版", version.item_code, expected - 1));
        }
        let mut version = version.clone();
        version.valid_from = from;
        version.confirmation = confirmation.clone();
        drafts.push(Draft::of(version));
    }
    let (mut writes, report) = import_items::decide(drafts, confirmation, facts, context);
    if let Some(problem) = report.rows.iter().flat_map(|row| &row.problems).next() {
        return Err(problem.reason.clone());
    }
    for code in &proposal.endings {
        let item = facts.items.get(code);
        if item.is_none_or(|item| !item.exists() || item.cancelled().is_some()) {
            return Err(format!("{code}已经取消"));
        }
        let cancellation = Cancellation {
            on: from,
            reason: proposal.reasons.clone(),
            confirmation: confirmation.clone(),
        };
        writes.push((code.clone(), vec![ItemEvent::Cancelled(cancellation)]));
    }
    Ok(writes)
}
