//! The legal office replies to a change: it confirms, returns with reasons, or refuses (R20, R27, R28, R30, R32). The
//! opinion goes standard by standard (R17), and the confirmation carries its document number.

use std::collections::BTreeSet;

use mingjing_chronicle::{Context, Refusal};
use mingjing_people::public::BodyFacts;

use super::import_items::{self, Facts};
use super::limits_of_change::to_update;
use crate::change::{ChangeEvent, ChangeState, Confirmed, ItemChange, Opinion, Point, Standard};
use crate::entry::Draft;
use crate::events::{Cancellation, ItemEvent};
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
pub type Reply = (ChangeEvent, Vec<(String, Vec<ItemEvent>)>);

/// # Errors
/// A refusal where there is nothing to reply to, for a reply by who filed, without an opinion on each standard, without
/// reasons or document number, and where what was filed can no longer be entered as it stands.
pub fn decide(
    change: &ItemChange,
    command: &ReplyToChange,
    office: &BodyFacts,
    facts: &Facts,
    context: &Context,
) -> Result<Reply, Refusal> {
    let (ChangeState::Reviewing, Some(filed)) = (change.state, &change.filed) else {
        let message = match change.state {
            ChangeState::None => "没有这次申报。".to_owned(),
            state => format!("这次申报{}，现在没有需要答复的内容。", state.name()),
        };
        return Err(Refusal::law("catalogue.change.not_reviewing", message).advice("请刷新页面查看最新状态。"));
    };
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
            let confirmation = confirmation(command, office)?;
            let writes = entered(change, &confirmation, facts, context)?;
            let confirmed = Confirmed {
                opinion,
                confirmation,
                to_update: to_update(context.today, context),
            };
            Ok((ChangeEvent::Confirmed(Box::new(confirmed)), writes))
        }
    }
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

/// What was filed, judged again by what is recorded now: another change may have come first.
fn entered(
    change: &ItemChange,
    confirmation: &Confirmation,
    facts: &Facts,
    context: &Context,
) -> Result<Vec<(String, Vec<ItemEvent>)>, Refusal> {
    let Some(filed) = &change.filed else {
        return Ok(Vec::new());
    };
    let proposal = &filed.proposal;
    let moved = |why: String| {
        Refusal::law(
            "catalogue.change.moved_on",
            format!("申报以后情况有变化，不能按申报的内容录入：{why}"),
        )
        .article("需求R21")
        .advice("请退回申报单位，按现在的情况重新申报。")
    };
    // A confirmation that comes after the day asked for makes it hold from today: nothing takes effect unreviewed.
    let from = proposal.effective_on.max(context.today);
    let mut drafts = Vec::with_capacity(proposal.versions.len());
    for version in &proposal.versions {
        let latest = facts.items.get(&version.item_code).and_then(|item| item.latest());
        let expected = latest.map_or(1, |latest| latest.version + 1);
        if version.version != expected {
            let why = format!("{}已经有第{}版", version.item_code, expected - 1);
            return Err(moved(why));
        }
        let mut version = version.clone();
        version.valid_from = from;
        version.confirmation = confirmation.clone();
        drafts.push(Draft::of(version));
    }
    let (mut writes, report) = import_items::decide(drafts, confirmation, facts, context);
    if let Some(problem) = report.rows.iter().flat_map(|row| &row.problems).next() {
        return Err(moved(problem.reason.clone()));
    }
    for code in &proposal.endings {
        let item = facts.items.get(code);
        if item.is_none_or(|item| !item.exists() || item.cancelled().is_some()) {
            return Err(moved(format!("{code}已经取消")));
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
