//! Drafts: what somebody has begun to fill in. A closed-list table, not part of the record: no events, no view.
//!
//! Owner: the account that began it. Retention: 90 days after the last change, then [`sweep`] deletes it. A draft is
//! gone in the transaction that submits it.

use jiff::{Timestamp, ToSpan};
use mingjing_catalogue::public::Answers;
use mingjing_chronicle::chronicle::Migration;
use mingjing_chronicle::{Chronicle, Fault, Reader, Refusal, Request, Row, Stop, Tx, params};
use serde::{Deserialize, Serialize};

use crate::events::SubmittedMaterial;
use crate::submission::Behalf;

pub const TABLES: [Migration; 1] = [Migration {
    id: "cases.draft.1",
    sql: &[
        "CREATE TABLE draft (
            id TEXT PRIMARY KEY,
            owner TEXT NOT NULL,
            item_code TEXT NOT NULL,
            content TEXT NOT NULL,
            updated_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL)",
        "CREATE INDEX draft_by_owner ON draft (owner, updated_at)",
        "CREATE INDEX draft_by_expiry ON draft (expires_at)",
    ],
}];

const KEPT_DAYS: i64 = 90;
/// Nobody fills in more applications at a time; a script would.
const MOST_PER_OWNER: i64 = 50;
const LARGEST: usize = 256 * 1024;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftContent {
    pub behalf: Behalf,
    pub contact: String,
    pub phone: String,
    pub address: String,
    pub electronic_service: bool,
    /// The way of service has been chosen.
    #[serde(default)]
    pub delivery_done: bool,
    /// The applicant's details have been gone through.
    pub party_done: bool,
    /// Sections of the form that were filled in without errors.
    pub sections_done: Vec<String>,
    pub form: Answers,
    pub materials: Vec<SubmittedMaterial>,
}

impl Default for DraftContent {
    fn default() -> Self {
        DraftContent {
            behalf: Behalf::Oneself,
            contact: String::new(),
            phone: String::new(),
            address: String::new(),
            electronic_service: false,
            delivery_done: false,
            party_done: false,
            sections_done: Vec::new(),
            form: Answers::new(),
            materials: Vec::new(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Draft {
    pub id: String,
    pub item_code: String,
    pub content: DraftContent,
    pub updated_at: Timestamp,
}

/// Begins a draft for the acting account; returns its id.
///
/// # Errors
/// `cases.draft.too_many`; a fault.
pub async fn begin(chronicle: &Chronicle, request: Request, item_code: String) -> Result<String, Stop> {
    begin_with(chronicle, request, item_code, DraftContent::default()).await
}

/// As [`begin`], with what is known from the start.
///
/// # Errors
/// As [`begin`].
pub async fn begin_with(
    chronicle: &Chronicle,
    request: Request,
    item_code: String,
    content: DraftContent,
) -> Result<String, Stop> {
    let done = chronicle
        .perform(request, move |tx| {
            let owner = tx.context().actor.account.clone();
            let count = tx.query("SELECT COUNT(*) FROM draft WHERE owner = $1", &params![&owner])?;
            if count.first().is_some_and(|row| row.int(0) >= MOST_PER_OWNER) {
                return Err(Refusal::too_many("cases.draft.too_many", "您的草稿太多了。")
                    .advice("请先提交或者删除不需要的草稿。")
                    .into());
            }
            let id = tx.context().id("draft");
            let now = tx.context().at;
            let content = encode(&content)?;
            tx.execute(
                "INSERT INTO draft (id, owner, item_code, content, updated_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
                &params![&id, &owner, &item_code, content, now, expiry(now)],
            )?;
            Ok(id)
        })
        .await?;
    Ok(done.value)
}

/// Replaces the content of one's own draft.
///
/// # Errors
/// As [`alter`].
pub async fn save(chronicle: &Chronicle, request: Request, id: String, content: DraftContent) -> Result<(), Stop> {
    alter(chronicle, request, id, move |kept| {
        *kept = content.clone();
        Ok(())
    })
    .await
}

/// Changes one's own draft. Read and written in one transaction, so that two windows do not undo each other's parts.
///
/// # Errors
/// `cases.draft.gone` where it is not there or not one's own; what `change` refuses; a fault.
pub async fn alter<F>(chronicle: &Chronicle, request: Request, id: String, change: F) -> Result<(), Stop>
where
    F: Fn(&mut DraftContent) -> Result<(), Refusal> + Send + 'static,
{
    chronicle
        .perform(request, move |tx| {
            let (owner, now) = (tx.context().actor.account.clone(), tx.context().at);
            let rows = tx.query(
                "SELECT id, item_code, content, updated_at FROM draft WHERE id = $1 AND owner = $2 {for_update}",
                &params![&id, &owner],
            )?;
            let mut draft = decode(rows.first().ok_or_else(gone)?)?;
            change(&mut draft.content)?;
            let text = encode(&draft.content)?;
            tx.execute(
                "UPDATE draft SET content = $3, updated_at = $4, expires_at = $5 WHERE id = $1 AND owner = $2",
                &params![&id, &owner, text, now, expiry(now)],
            )?;
            Ok(())
        })
        .await?;
    Ok(())
}

/// # Errors
/// A fault. A draft that is already gone is gone.
pub async fn discard(chronicle: &Chronicle, request: Request, id: String) -> Result<(), Stop> {
    chronicle
        .perform(request, move |tx| {
            let owner = tx.context().actor.account.clone();
            tx.execute("DELETE FROM draft WHERE id = $1 AND owner = $2", &params![&id, &owner])?;
            Ok(())
        })
        .await?;
    Ok(())
}

/// One's own draft.
///
/// # Errors
/// [`Fault`] from the database or where the stored content does not parse.
pub fn one(reader: &mut Reader<'_>, owner: &str, id: &str) -> Result<Option<Draft>, Fault> {
    reader
        .query_one(
            "SELECT id, item_code, content, updated_at FROM draft WHERE id = $1 AND owner = $2",
            &params![id, owner],
        )?
        .map(|row| decode(&row))
        .transpose()
}

/// One's own drafts, the last changed first.
///
/// # Errors
/// As [`one`].
pub fn of_owner(reader: &mut Reader<'_>, owner: &str) -> Result<Vec<Draft>, Fault> {
    reader
        .query(
            "SELECT id, item_code, content, updated_at FROM draft WHERE owner = $1 ORDER BY updated_at DESC, id",
            &params![owner],
        )?
        .iter()
        .map(decode)
        .collect()
}

/// Takes the draft away with its submission, so that it cannot be submitted twice.
pub(crate) fn consume(tx: &mut Tx<'_>, id: &str) -> Result<(), Stop> {
    let owner = tx.context().actor.account.clone();
    let gone_now = tx.execute("DELETE FROM draft WHERE id = $1 AND owner = $2", &params![id, &owner])?;
    if gone_now == 1 {
        return Ok(());
    }
    Err(
        Refusal::law("cases.submit.already_submitted", "这份草稿已经提交或者删除。")
            .advice("请在“我的办件”中查看。")
            .into(),
    )
}

/// Deletes drafts whose time is over.
///
/// # Errors
/// A fault.
pub async fn sweep(chronicle: &Chronicle) -> Result<(), Stop> {
    chronicle
        .perform(Request::by(mingjing_chronicle::Actor::system()), |tx| {
            let now = tx.context().at;
            tx.execute("DELETE FROM draft WHERE expires_at < $1", &params![now])?;
            Ok(())
        })
        .await?;
    Ok(())
}

fn expiry(now: Timestamp) -> Timestamp {
    now.checked_add((KEPT_DAYS * 24).hours()).unwrap_or(Timestamp::MAX)
}

fn encode(content: &DraftContent) -> Result<String, Stop> {
    let text = serde_json::to_string(content).map_err(|error| Fault::Internal(error.to_string()))?;
    if text.len() > LARGEST {
        return Err(Refusal::invalid("cases.draft.too_large", "填写的内容太长，无法保存。").into());
    }
    Ok(text)
}

fn decode(row: &Row) -> Result<Draft, Fault> {
    Ok(Draft {
        id: row.text(0).to_owned(),
        item_code: row.text(1).to_owned(),
        content: serde_json::from_str(row.text(2))
            .map_err(|error| Fault::Inconsistent(format!("a draft does not parse at column {}", error.column())))?,
        updated_at: row.timestamp(3),
    })
}

pub(crate) fn gone() -> Refusal {
    Refusal::not_found("cases.draft.gone", "这份草稿已经提交、删除或者过期。")
        .advice("请重新开始申请，或者在“我的办件”中查看。")
}
