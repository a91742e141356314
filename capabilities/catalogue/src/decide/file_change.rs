//! A body files a change, or files it again after a return (R25, R26, R31–R33). What it proposes must be in order as it
//! would be on entry (R11, R12, R21): the legal office is not asked to find what a program finds. Where the
//! approval-management body reviews approval items, they change in the five ways of S2 二(二)2 only.

use std::collections::BTreeSet;

use jiff::civil::Date;
use mingjing_chronicle::{Context, Refusal};
use mingjing_codes::PowerType;
use mingjing_people::public::BodyFacts;

use super::import_items::{self, Facts};
use super::limits_of_change::{to_apply, to_reply};
use super::review_for_approval;
use crate::change::{ChangeEvent, ChangeKind, ChangeState, Filed, ItemChange, Proposal, Trigger, is_approval_item};
use crate::difference::differences;
use crate::entry::{Draft, Problem};
use crate::events::ItemEvent;
use crate::version::{Confirmation, ItemStatus, ItemVersion};

/// Items of one change at most: a split or a merger of more is several changes.
pub const MOST_ITEMS: usize = 50;

#[derive(Debug, Clone)]
pub struct FileChange {
    pub kind: ChangeKind,
    pub trigger: Trigger,
    pub effective_on: Date,
    pub reasons: String,
    /// Rows as they would be imported: new versions and new items.
    pub drafts: Vec<Draft>,
    pub endings: Vec<String>,
}

/// # Errors
/// A refusal for a change that is not with the body, without reasons or trigger, for a day that is past, for items that
/// do not fit the kind of change, and for rows that could not be entered; its fields name the columns.
pub fn decide(
    change: &ItemChange,
    command: FileChange,
    body: &BodyFacts,
    facts: &Facts,
    context: &Context,
) -> Result<Vec<ChangeEvent>, Refusal> {
    if !matches!(change.state, ChangeState::None | ChangeState::Returned) {
        let message = format!("这次调整{}，不能再申报。", change.state.name());
        return Err(Refusal::law("catalogue.change.not_open", message).advice("需要另行调整的，请新建一次申报。"));
    }
    check_words(&command, context.today)?;
    let proposal = propose(command, facts, context)?;
    let approval_review = review_for_approval::is_asked(&context.parameters) && proposal.touches_approval();
    if approval_review {
        check_five(&proposal, facts)?;
    }
    check_items(&proposal, body, facts, context.today)?;
    let apply = proposal
        .trigger
        .kind
        .starts_the_clock()
        .then(|| to_apply(proposal.trigger.on, context));
    let due = apply.as_ref().and_then(|clock| clock.due);
    Ok(vec![ChangeEvent::Filed(Box::new(Filed {
        body: body.body.clone(),
        body_name: body.name.clone(),
        area: body.division.clone(),
        late: change.filings == 0 && due.is_some_and(|due| due < context.today),
        to_apply: apply,
        to_reply: to_reply(context.today, context),
        approval_review,
        proposal,
    }))])
}

fn check_words(command: &FileChange, today: Date) -> Result<(), Refusal> {
    if command.reasons.trim().is_empty() || command.trigger.document.trim().is_empty() {
        let refusal = Refusal::invalid(
            "catalogue.change.needs_reasons",
            "申报调整应当写明调整的原因和触发调整的文件。",
        );
        return Err(refusal
            .article("需求R25（S0 二(一)2、S3.7）")
            .field("reasons", "请写明原因"));
    }
    if command.trigger.on > today {
        let refusal = Refusal::invalid("catalogue.change.trigger", "公布或者确定的日期不能晚于今天。");
        return Err(refusal.field("trigger_on", "请填写文件公布、职能确定的日期"));
    }
    if command.effective_on < today {
        let refusal = Refusal::invalid("catalogue.change.effective_on", "调整不能从过去的日期开始生效。");
        return Err(refusal.field("effective_on", "请填写今天或以后的日期"));
    }
    Ok(())
}

fn propose(command: FileChange, facts: &Facts, context: &Context) -> Result<Proposal, Refusal> {
    let mut drafts = command.drafts;
    for version in drafts.iter_mut().filter_map(|draft| draft.version.as_mut()) {
        version.valid_from = command.effective_on;
        if command.kind == ChangeKind::Suspend {
            version.status = ItemStatus::Suspended;
        }
    }
    drafts.iter_mut().for_each(|draft| draft.states_start = true);
    let (writes, report) = import_items::decide(drafts, &Confirmation::default(), facts, context);
    let problems: Vec<&Problem> = report
        .rows
        .iter()
        .flat_map(|row| &row.problems)
        .filter(|problem| problem.code != "batch_refused")
        .collect();
    if !problems.is_empty() {
        return Err(not_in_order(&problems));
    }
    let entered = writes
        .into_iter()
        .flat_map(|(_, events)| events)
        .filter_map(|event| match event {
            ItemEvent::Entered(version) => Some(*version),
            _ => None,
        });
    let versions: Vec<ItemVersion> = entered.collect();
    // Another first day alone is no change of the power.
    let says_nothing_new = |version: &ItemVersion| {
        let latest = facts.items.get(&version.item_code).and_then(|item| item.latest());
        latest.is_some_and(|latest| differences(Some(latest), version).is_empty())
    };
    if report.unchanged > 0 || versions.iter().any(says_nothing_new) {
        let message = "有的事项与现行版本完全一样，没有需要审核的变动。";
        return Err(Refusal::invalid("catalogue.change.nothing", message).advice("请修改要调整的栏目后再申报。"));
    }
    Ok(Proposal {
        kind: command.kind,
        trigger: Trigger {
            document: command.trigger.document.trim().to_owned(),
            ..command.trigger
        },
        effective_on: command.effective_on,
        reasons: command.reasons.trim().to_owned(),
        versions,
        endings: command.endings,
    })
}

fn not_in_order(problems: &[&Problem]) -> Refusal {
    let message = format!("申报的内容有{}处不符合录入要求，没有提交。", problems.len());
    let refusal = Refusal::invalid("catalogue.change.not_in_order", message).article("需求R11、R12、R21");
    problems.iter().take(40).fold(refusal, |refusal, problem| {
        refusal.field(problem.field.clone(), problem.reason.clone())
    })
}

/// S2 二(二)2: approval items are added, changed, delegated, split and cancelled. A version that suspends one is no change of
/// another name; one that is suspended already may be changed and stay so.
fn check_five(proposal: &Proposal, facts: &Facts) -> Result<(), Refusal> {
    let suspends = proposal.versions.iter().any(|version| {
        let latest = facts.items.get(&version.item_code).and_then(|item| item.latest());
        let was = latest.is_some_and(|latest| latest.status == ItemStatus::Suspended);
        is_approval_item(&version.item_code) && version.status == ItemStatus::Suspended && !was
    });
    let refused = match proposal.kind {
        kind if !kind.is_for_approval_items() => kind,
        _ if suspends => ChangeKind::Suspend,
        _ => return Ok(()),
    };
    let message = format!(
        "审批事项的调整只有新增、修改、下放、拆分、取消五种，不能{}。",
        refused.name()
    );
    let refusal = Refusal::law("catalogue.change.not_of_the_five", message).article("需求R33（S2 二(二)2）");
    Err(match refused {
        ChangeKind::Merge => refusal.advice("请分开申报：并到一起的内容用“修改”写进留下的事项，其余的事项用“取消”。"),
        _ => refusal.advice("不再办理的请用“取消”，条件或者办理方式变了的请用“修改”。"),
    })
}

fn unfit(message: &str) -> Refusal {
    Refusal::invalid("catalogue.change.items", message).article("需求R33")
}

/// Whether the items fit the kind of change.
fn check_items(proposal: &Proposal, body: &BodyFacts, facts: &Facts, today: Date) -> Result<(), Refusal> {
    let (versions, endings) = (&proposal.versions, &proposal.endings);
    if proposal.items().len() > MOST_ITEMS {
        return Err(unfit("一次申报的事项太多，请分成几次。"));
    }
    let twice: BTreeSet<&String> = endings.iter().collect();
    if twice.len() != endings.len() {
        return Err(unfit("同一个事项写了两次取消。"));
    }
    for code in endings {
        let item = facts.items.get(code).filter(|item| item.exists());
        if item.is_none_or(|item| item.cancelled().is_some()) {
            let message = format!("{code}不是在用的事项，不能取消。");
            return Err(unfit(&message).field("endings", "请核对事项编码"));
        }
        if versions.iter().any(|version| version.item_code == *code) {
            return Err(unfit("同一个事项不能既修改又取消。"));
        }
    }
    let is_new = |code: &str| !facts.items.get(code).is_some_and(|item| item.exists());
    let new = versions.iter().filter(|version| is_new(&version.item_code)).count();
    let old = versions.len() - new;
    let fits = match proposal.kind {
        ChangeKind::Add => new >= 1 && old == 0 && endings.is_empty(),
        ChangeKind::Change => old >= 1 && new == 0 && endings.is_empty(),
        ChangeKind::Suspend => old >= 1 && new == 0 && endings.is_empty(),
        ChangeKind::Cancel => versions.is_empty() && !endings.is_empty(),
        // The power goes down; the upper body's item ends or stays with what it keeps.
        ChangeKind::Delegate => new >= 1 && old + endings.len() <= 1,
        ChangeKind::Split => new + old >= 2 && old <= 1 && old + endings.len() == 1,
        ChangeKind::Merge => versions.len() == 1 && old + endings.len() >= 2,
    };
    if !fits {
        return Err(unfit(shape(proposal.kind)));
    }
    check_bodies(proposal, body)?;
    let suspended_twice = proposal.kind == ChangeKind::Suspend
        && versions.iter().any(|version| {
            facts
                .items
                .get(&version.item_code)
                .is_some_and(|item| item.current(today).is_none())
        });
    match suspended_twice {
        true => Err(unfit("该事项现在没有在办，不必暂停。")),
        false => Ok(()),
    }
}

fn shape(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Add => "新增应当用没有用过的编码，不同时修改或者取消其他事项。",
        ChangeKind::Change => "修改应当针对在用的事项；新编码请用“新增”，取消请用“取消”。",
        ChangeKind::Suspend => "暂停应当针对在用的事项。",
        ChangeKind::Cancel => "取消应当写明要取消的事项编码。",
        ChangeKind::Delegate => "下放应当写明下级单位的新事项，原事项可以取消，也可以修改后保留。",
        ChangeKind::Split => "拆分应当由一个事项变成至少两个：原事项取消或者修改后保留，其余用新编码。",
        ChangeKind::Merge => "合并应当由至少两个事项变成一个：留下一个事项，其余取消。",
    }
}

/// A body changes its own items; only what is delegated goes to another one.
fn check_bodies(proposal: &Proposal, body: &BodyFacts) -> Result<(), Refusal> {
    let own = |code: &str| code.starts_with(&body.body);
    let foreign = proposal.items().into_iter().find(|code| !own(code));
    if proposal.kind != ChangeKind::Delegate {
        return match foreign {
            Some(code) => Err(unfit(&format!("{code}不是本单位的事项。"))),
            None => Ok(()),
        };
    }
    if proposal.endings.iter().any(|code| !own(code)) || foreign.is_none() {
        return Err(unfit("下放应当把本单位的事项交给下级单位。"));
    }
    let entrusted = proposal
        .versions
        .iter()
        .find(|version| version.power_type == PowerType::Coercion && version.entrusting_body.is_some());
    match entrusted {
        Some(_) => Err(
            Refusal::law("catalogue.change.coercion_entrusted", "行政强制措施权不得委托。")
                .article("行政强制法第十七条第一款")
                .advice("请由有法定职权的机关自己实施。"),
        ),
        None => Ok(()),
    }
}
