//! Changes of the catalogue inside their transactions: filing, reviewing, replying, entering, withdrawing. What is entered,
//! with the confirmation or by the body after it (R29), is written with the change in one transaction: nothing is half
//! entered.

use jiff::civil::Date;
use mingjing_chronicle::{About, Actor, Chronicle, Context, Done, Fault, Loaded, Refusal, Request, Stop, Tx};
use mingjing_people::public::{Body, BodyFacts, permissions};
use mingjing_web::{Permission, Scope, Subject};

use crate::change::{ChangeKind, ChangeState, Filed, ItemChange, Trigger};
use crate::decide::file_change::{self, FileChange};
use crate::decide::import_items::Facts;
use crate::decide::reply_to_change::{self, ReplyToChange};
use crate::decide::review_for_approval::{self, ReviewForApproval};
use crate::decide::{enter_change, withdraw_change};
use crate::effect::append_item;
use crate::entry::{self, Draft, RawRow};
use crate::events::RegisterEvent;
use crate::import::{append_to_register, gather_with};
use crate::pages::{FILE_CHANGE, REVIEW_APPROVAL, REVIEW_CHANGE};
use crate::version::Confirmation;
use crate::views;

/// What a body hands in.
#[derive(Debug, Clone)]
pub struct ChangeOrder {
    pub body: String,
    pub kind: ChangeKind,
    pub trigger: Trigger,
    pub effective_on: Date,
    pub reasons: String,
    /// New versions and new items, as an import would have them.
    pub rows: Vec<RawRow>,
    pub endings: Vec<String>,
}

/// Rows in the form of a catalogue file.
///
/// # Errors
/// As an import's file.
pub fn change_rows(bytes: &[u8]) -> Result<Vec<RawRow>, Refusal> {
    entry::read_file(bytes)
}

/// Files a new change, or `again` one that was returned; gives its number.
///
/// # Errors
/// Refusals of [`file_change::decide`]; no right to file for this body; a fault of the database.
pub async fn file_change(
    chronicle: &Chronicle,
    request: Request,
    again: Option<String>,
    order: ChangeOrder,
) -> Result<String, Stop> {
    let scope = scope_of(&request.actor, FILE_CHANGE)?;
    let drafts = drafts(chronicle, &order.rows).await?;
    chronicle
        .perform(request, move |tx| {
            let body = registered(tx, &order.body)?;
            within(&scope, &body.body, &body.division)?;
            let change_no = again.clone().unwrap_or_else(|| change_no(tx.context(), &body, 0));
            let mut change = tx.load::<ItemChange>(&change_no)?;
            if again.is_some() {
                of_body(&change, &body.body)?;
            }
            let command = command(&order, &drafts);
            let facts = gather_with(tx, &command.drafts, &command.endings)?;
            let events = file_change::decide(&change, command, &body, &facts, tx.context())?;
            let about = about(tx.context(), &body.body);
            tx.append(&mut change, events, &about)?;
            Ok(change_no)
        })
        .await
        .map(|done| done.value)
}

/// The legal office replies. An attempt without the right to it is recorded (R22).
///
/// # Errors
/// Refusals of [`reply_to_change::decide`]; what lies outside one's area is not there; a conflict where the change moved
/// on since it was `seen`; a fault of the database.
pub async fn reply_to_change(
    chronicle: &Chronicle,
    request: Request,
    change_no: String,
    seen: Option<i64>,
    command: ReplyToChange,
) -> Result<(), Stop> {
    let scope = scope_or_attempt(chronicle, &request.actor, REVIEW_CHANGE, &change_no).await?;
    chronicle
        .perform(request, move |tx| {
            let mut change = as_seen(tx, &change_no, seen)?;
            let filed = filed(&change)?.clone();
            within(&scope, &filed.body, &filed.area)?;
            let office = office_of(tx, "legal_officer")?;
            let facts = facts_of(tx, &filed)?;
            let (event, writes) = reply_to_change::decide(&change, &command, &office, &facts, tx.context())?;
            let about = about(tx.context(), &office.body);
            tx.append(&mut change, vec![event], &about)?;
            for (item_code, events) in writes {
                append_item(tx, &item_code, events)?;
            }
            Ok(())
        })
        .await
        .map(|done| done.value)
}

/// The approval-management body reviews what touches approval items (R33). An attempt without the right to it is recorded.
///
/// # Errors
/// Refusals of [`review_for_approval::decide`]; what lies outside one's area is not there; a conflict where the change moved
/// on since it was `seen`; a fault of the database.
pub async fn review_for_approval(
    chronicle: &Chronicle,
    request: Request,
    change_no: String,
    seen: Option<i64>,
    command: ReviewForApproval,
) -> Result<(), Stop> {
    let scope = scope_or_attempt(chronicle, &request.actor, REVIEW_APPROVAL, &change_no).await?;
    chronicle
        .perform(request, move |tx| {
            let mut change = as_seen(tx, &change_no, seen)?;
            let filed = filed(&change)?.clone();
            within(&scope, &filed.body, &filed.area)?;
            let office = office_of(tx, "approval_manager")?;
            let event = review_for_approval::decide(&change, &command, &office, tx.context())?;
            let about = about(tx.context(), &office.body);
            tx.append(&mut change, vec![event], &about)?;
            Ok(())
        })
        .await
        .map(|done| done.value)
}

/// The body makes in the database what was confirmed (R29). An attempt without the right to it, also by who has it for
/// another body, is recorded (R22).
///
/// # Errors
/// Refusals of [`enter_change::decide`]; another body's change is not there; a conflict where the change moved on since it
/// was `seen`; a fault of the database.
pub async fn enter_change(
    chronicle: &Chronicle,
    request: Request,
    change_no: String,
    seen: Option<i64>,
) -> Result<Done<()>, Stop> {
    let scope = scope_or_attempt(chronicle, &request.actor, FILE_CHANGE, &change_no).await?;
    let (actor, wanted) = (request.actor.clone(), change_no.clone());
    let done = chronicle
        .perform(request, move |tx| {
            let mut change = as_seen(tx, &change_no, seen)?;
            let filed = filed(&change)?.clone();
            within(&scope, &filed.body, &filed.area)?;
            let facts = facts_of(tx, &filed)?;
            let (event, writes) = enter_change::decide(&change, &facts, tx.context())?;
            let about = about(tx.context(), &filed.body);
            tx.append(&mut change, vec![event], &about)?;
            for (item_code, events) in writes {
                append_item(tx, &item_code, events)?;
            }
            Ok(())
        })
        .await;
    if let Err(Stop::Refusal(refusal)) = &done
        && refusal.code == unknown().code
        && is_filed(chronicle, wanted.clone()).await?
    {
        record_attempt(chronicle, actor, wanted, refusal).await?;
    }
    done
}

/// # Errors
/// Refusals of [`withdraw_change::decide`]; another body's change is not there; a fault of the database.
pub async fn withdraw_change(
    chronicle: &Chronicle,
    request: Request,
    change_no: String,
    reason: String,
) -> Result<(), Stop> {
    let scope = scope_of(&request.actor, FILE_CHANGE)?;
    chronicle
        .perform(request, move |tx| {
            let mut change = tx.load::<ItemChange>(&change_no)?;
            let filed = filed(&change)?.clone();
            within(&scope, &filed.body, &filed.area)?;
            let facts = match change.state.state == ChangeState::Waiting {
                true => facts_of(tx, &filed)?,
                false => Facts::default(),
            };
            let event = withdraw_change::decide(&change, &reason, &facts, tx.context())?;
            let about = about(tx.context(), &filed.body);
            tx.append(&mut change, vec![event], &about)?;
            Ok(())
        })
        .await
        .map(|done| done.value)
}

/// How far the actor may do this; an attempt without any right to it is recorded (R22).
async fn scope_or_attempt(
    chronicle: &Chronicle,
    actor: &Actor,
    permission: Permission,
    change_no: &str,
) -> Result<Scope, Stop> {
    match scope_of(actor, permission) {
        Ok(scope) => Ok(scope),
        Err(refusal) => {
            record_attempt(chronicle, actor.clone(), change_no.to_owned(), &refusal).await?;
            Err(refusal.into())
        }
    }
}

async fn is_filed(chronicle: &Chronicle, change_no: String) -> Result<bool, Fault> {
    chronicle
        .read(move |reader| Ok(reader.load::<ItemChange>(&change_no)?.filed.is_some()))
        .await
}

async fn record_attempt(chronicle: &Chronicle, actor: Actor, change_no: String, refusal: &Refusal) -> Result<(), Stop> {
    let event = RegisterEvent::ChangeRefused {
        change_no,
        code: refusal.code.to_string(),
    };
    chronicle
        .inside(actor, move |tx| append_to_register(tx, event.clone()))
        .await
}

pub(crate) fn scope_of(actor: &Actor, permission: Permission) -> Result<Scope, Refusal> {
    permissions::require(actor, permission)?;
    Ok(permissions::scope(actor, permission).unwrap_or(Scope::All))
}

fn as_seen(tx: &mut Tx<'_>, change_no: &str, seen: Option<i64>) -> Result<Loaded<ItemChange>, Stop> {
    match seen {
        Some(seen) => tx.load_seen::<ItemChange>(change_no, seen),
        None => Ok(tx.load::<ItemChange>(change_no)?),
    }
}

/// What is recorded now about the items that were filed.
fn facts_of(tx: &mut Tx<'_>, filed: &Filed) -> Result<Facts, Fault> {
    let drafts: Vec<Draft> = filed.proposal.versions.iter().cloned().map(Draft::of).collect();
    gather_with(tx, &drafts, &filed.proposal.endings)
}

fn unknown() -> Refusal {
    Refusal::not_found("catalogue.change.unknown", "没有这次调整申报。").advice("请从清单中选择。")
}

/// What lies outside one's scope is not there.
fn within(scope: &Scope, body: &str, area: &str) -> Result<(), Refusal> {
    let subject = Subject {
        body,
        area,
        party_account: "",
        published: false,
    };
    scope.covers(&subject).then_some(()).ok_or_else(unknown)
}

fn filed(change: &ItemChange) -> Result<&Filed, Refusal> {
    change.filed.as_ref().ok_or_else(unknown)
}

fn of_body(change: &ItemChange, body: &str) -> Result<(), Refusal> {
    let filed = filed(change)?;
    (filed.body == body).then_some(()).ok_or_else(unknown)
}

pub(crate) fn registered(tx: &mut Tx<'_>, body: &str) -> Result<BodyFacts, Stop> {
    let facts = tx.consult::<Body>(body)?.facts().cloned();
    let refusal = || Refusal::invalid("catalogue.change.body", "申报单位没有登记。").field("body", "请选择单位");
    Ok(facts.ok_or_else(refusal)?)
}

/// The body in which the reviewer holds the post.
fn office_of(tx: &mut Tx<'_>, role: &str) -> Result<BodyFacts, Stop> {
    let posts = &tx.context().actor.posts;
    let held = posts.iter().find(|held| held.role == role);
    let body = held.map(|held| held.body.clone()).unwrap_or_default();
    registered(tx, &body)
}

/// Rows with ranks and summaries from the law library, before the transaction as an import does.
async fn drafts(chronicle: &Chronicle, rows: &[RawRow]) -> Result<Vec<Draft>, Fault> {
    let (rows, today) = (rows.to_vec(), chronicle.clock().today());
    chronicle
        .read(move |reader| {
            let laws = views::laws(reader)?;
            let (none, confirmation) = (entry::Attachments::new(), Confirmation::default());
            let draft = |row| entry::draft(row, &none, &laws, &confirmation, today);
            Ok(rows.iter().map(draft).collect())
        })
        .await
}

fn command(order: &ChangeOrder, drafts: &[Draft]) -> FileChange {
    FileChange {
        kind: order.kind,
        trigger: order.trigger.clone(),
        effective_on: order.effective_on,
        reasons: order.reasons.clone(),
        drafts: drafts.to_vec(),
        endings: order.endings.clone(),
    }
}

pub(crate) fn about(context: &Context, body: &str) -> About {
    About {
        class: "register",
        body: body.to_owned(),
        ..About::new(context)
    }
}

/// `TZ<day>-<8 characters>`: tells the day and nothing else, and cannot be counted through.
/// The number `nth` of several that one act files.
pub(crate) fn change_no(context: &Context, body: &BodyFacts, nth: usize) -> String {
    let chance = match nth {
        0 => context.id("change_no"),
        nth => context.id(&format!("change_no-{nth}")),
    };
    let day = context.today.strftime("%Y%m%d");
    let division: String = body.division.chars().take(6).collect();
    format!("{division}-TZ{day}-{}", chance[..8].to_ascii_uppercase())
}
