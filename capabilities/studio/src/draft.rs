//! Drafts of flows: what somebody is drawing. A closed-list table, not part of the record: no events, no view. A draft is in
//! force for nobody; a change of the catalogue takes it up by [`one`].
//!
//! Owner: the account that began it, one draft an item. Retention: 180 days after the last save, then [`sweep`] deletes it.
//! Whoever may draw flows of the item's body may read it; its author alone writes it.

use jiff::{Timestamp, ToSpan};
use mingjing_chronicle::chronicle::Migration;
use mingjing_chronicle::{Chronicle, Fault, Reader, Refusal, Request, Row, Stop, Value, params};
use mingjing_web::Scope;
use serde::{Deserialize, Serialize};

pub const TABLES: [Migration; 1] = [Migration {
    id: "studio.flow_draft.1",
    sql: &[
        "CREATE TABLE flow_draft (
            id TEXT PRIMARY KEY,
            item_code TEXT NOT NULL,
            item_name TEXT NOT NULL,
            body TEXT NOT NULL,
            area TEXT NOT NULL,
            author TEXT NOT NULL,
            version BIGINT NOT NULL,
            base_version BIGINT NOT NULL,
            base_hash TEXT NOT NULL,
            content TEXT NOT NULL,
            updated_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            UNIQUE (author, item_code))",
        "CREATE INDEX flow_draft_by_body ON flow_draft (body, updated_at)",
        "CREATE INDEX flow_draft_by_expiry ON flow_draft (expires_at)",
    ],
}];

const KEPT_DAYS: i64 = 180;
/// A legal clerk draws a handful at a time; a script would draw more.
const MOST_PER_AUTHOR: i64 = 100;
/// Drafts in a list; beyond it nobody reads.
const MOST_LISTED: i64 = 200;

/// A draft in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLine {
    pub id: String,
    pub item_code: String,
    pub item_name: String,
    /// Body of the item.
    pub body: String,
    /// Division code of that body.
    pub area: String,
    /// Account.
    pub author: String,
    /// Grows with each save, from 1: what a page has seen.
    pub version: i64,
    /// Version of the item from which it was begun, and the identity of that version's flow.
    pub base_version: i32,
    pub base_hash: String,
    pub updated_at: Timestamp,
}

/// A draft with its chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub line: DraftLine,
    /// BPMN 2.0 XML as the editor wrote it; it may have findings.
    pub bpmn_xml: String,
}

/// Which item is being drawn, from which of its versions.
#[derive(Debug, Clone)]
pub struct Basis {
    pub item_code: String,
    pub item_name: String,
    pub body: String,
    pub area: String,
    pub version: i32,
    pub hash: String,
}

/// What became of a save.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Saved {
    As {
        id: String,
        version: i64,
    },
    /// Another window saved in between; nothing was written.
    Crossed,
}

/// Saves the acting account's draft of an item. `seen`: the version that the page shows, 0 where it shows none.
///
/// # Errors
/// `studio.draft.too_many`; a fault.
pub async fn save(
    chronicle: &Chronicle,
    request: Request,
    basis: Basis,
    bpmn_xml: String,
    seen: i64,
) -> Result<Saved, Stop> {
    let done = chronicle
        .perform(request, move |tx| {
            let (author, now) = (tx.context().actor.account.clone(), tx.context().at);
            let rows = tx.query(
                "SELECT id, version FROM flow_draft WHERE author = $1 AND item_code = $2 {for_update}",
                &params![&author, &basis.item_code],
            )?;
            let Some(row) = rows.first() else {
                return insert(tx, &author, &basis, &bpmn_xml, now);
            };
            let (id, version) = (row.text(0).to_owned(), row.int(1));
            if version != seen {
                return Ok(Saved::Crossed);
            }
            let version = version + 1;
            tx.execute(
                "UPDATE flow_draft SET version = $2, content = $3, updated_at = $4, expires_at = $5 WHERE id = $1",
                &params![&id, version, &bpmn_xml, now, expiry(now)],
            )?;
            Ok(Saved::As { id, version })
        })
        .await?;
    Ok(done.value)
}

/// A page that shows a draft which is gone by now saves it as a new one: nothing drawn is lost.
fn insert(
    tx: &mut mingjing_chronicle::Tx<'_>,
    author: &str,
    basis: &Basis,
    bpmn_xml: &str,
    now: Timestamp,
) -> Result<Saved, Stop> {
    let count = tx.query("SELECT COUNT(*) FROM flow_draft WHERE author = $1", &params![author])?;
    if count.first().is_some_and(|row| row.int(0) >= MOST_PER_AUTHOR) {
        return Err(Refusal::too_many("studio.draft.too_many", "您的流程草稿太多了。")
            .advice("请先删除不再需要的草稿。")
            .into());
    }
    let id = tx.context().id("flow_draft");
    tx.execute(
        "INSERT INTO flow_draft (id, item_code, item_name, body, area, author, version, base_version, base_hash, content,
            updated_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11)",
        &params![
            &id,
            &basis.item_code,
            &basis.item_name,
            &basis.body,
            &basis.area,
            author,
            basis.version,
            &basis.hash,
            bpmn_xml,
            now,
            expiry(now)
        ],
    )?;
    Ok(Saved::As { id, version: 1 })
}

/// Deletes one's own draft of an item.
///
/// # Errors
/// A fault. A draft that is already gone is gone.
pub async fn discard(chronicle: &Chronicle, request: Request, item_code: String) -> Result<(), Stop> {
    chronicle
        .perform(request, move |tx| {
            let author = tx.context().actor.account.clone();
            tx.execute(
                "DELETE FROM flow_draft WHERE author = $1 AND item_code = $2",
                &params![&author, &item_code],
            )?;
            Ok(())
        })
        .await?;
    Ok(())
}

const LINE: &str = "id, item_code, item_name, body, area, author, version, base_version, base_hash, updated_at";

/// The account's own draft of an item.
///
/// # Errors
/// [`Fault`] from the database.
pub fn own(reader: &mut Reader<'_>, author: &str, item_code: &str) -> Result<Option<Draft>, Fault> {
    let sql = format!("SELECT {LINE}, content FROM flow_draft WHERE author = $1 AND item_code = $2");
    let row = reader.query_one(&sql, &params![author, item_code])?;
    Ok(row.map(|row| whole(&row)))
}

/// A draft by its id. The caller asks whether the reader may see it.
///
/// # Errors
/// [`Fault`] from the database.
pub fn one(reader: &mut Reader<'_>, id: &str) -> Result<Option<Draft>, Fault> {
    let sql = format!("SELECT {LINE}, content FROM flow_draft WHERE id = $1");
    let row = reader.query_one(&sql, &params![id])?;
    Ok(row.map(|row| whole(&row)))
}

/// Drafts of items of the bodies within a scope, the last saved first, at most 200; of one item where one is named.
///
/// # Errors
/// [`Fault`] from the database.
pub fn drafts_within(reader: &mut Reader<'_>, scope: &Scope, item_code: Option<&str>) -> Result<Vec<DraftLine>, Fault> {
    let condition = scope.sql(2);
    // Scopes speak of columns that a draft has no use for.
    let sql = format!(
        "SELECT {LINE} FROM (SELECT {LINE}, '' AS party_account, 0 AS published FROM flow_draft) d
         WHERE ($1 = '' OR item_code = $1) AND ({}) ORDER BY updated_at DESC, id LIMIT {MOST_LISTED}",
        condition.text
    );
    let mut values = params![item_code.unwrap_or_default()];
    values.extend(condition.parameters.into_iter().map(Value::from));
    Ok(reader.query(&sql, &values)?.iter().map(line).collect())
}

/// Deletes drafts whose time is over.
///
/// # Errors
/// A fault.
pub async fn sweep(chronicle: &Chronicle) -> Result<(), Stop> {
    chronicle
        .perform(Request::by(mingjing_chronicle::Actor::system()), |tx| {
            let now = tx.context().at;
            tx.execute("DELETE FROM flow_draft WHERE expires_at < $1", &params![now])?;
            Ok(())
        })
        .await?;
    Ok(())
}

fn expiry(now: Timestamp) -> Timestamp {
    now.checked_add((KEPT_DAYS * 24).hours()).unwrap_or(Timestamp::MAX)
}

fn line(row: &Row) -> DraftLine {
    DraftLine {
        id: row.text(0).to_owned(),
        item_code: row.text(1).to_owned(),
        item_name: row.text(2).to_owned(),
        body: row.text(3).to_owned(),
        area: row.text(4).to_owned(),
        author: row.text(5).to_owned(),
        version: row.int(6),
        base_version: i32::try_from(row.int(7)).unwrap_or_default(),
        base_hash: row.text(8).to_owned(),
        updated_at: row.timestamp(9),
    }
}

fn whole(row: &Row) -> Draft {
    Draft {
        line: line(row),
        bpmn_xml: row.text(10).to_owned(),
    }
}
