//! Drafts of what an item asks for and how it is weighed: form, situations, materials, benchmark. A closed-list table, not
//! part of the record: no events, no view. A draft is in force for nobody; a change of the catalogue takes it up, and the
//! legal office confirms that.
//!
//! Owner: the account that began it, one draft an item. Retention: 180 days after the last save, then [`sweep`] deletes it.
//! Its author alone reads and writes it.

use jiff::{Timestamp, ToSpan};
use mingjing_chronicle::chronicle::Migration;
use mingjing_chronicle::{Chronicle, Fault, Reader, Refusal, Request, Stop, params};
use serde::{Deserialize, Serialize};

use crate::form::FormDef;
use crate::situation::SituationQuestion;
use crate::version::{ItemVersion, Material};

pub const TABLES: [Migration; 1] = [Migration {
    id: "catalogue.item_draft.1",
    sql: &[
        "CREATE TABLE item_draft (
            item_code TEXT NOT NULL,
            author TEXT NOT NULL,
            version BIGINT NOT NULL,
            base_version BIGINT NOT NULL,
            content TEXT NOT NULL,
            updated_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            PRIMARY KEY (author, item_code))",
        "CREATE INDEX item_draft_by_expiry ON item_draft (expires_at)",
    ],
}];

const KEPT_DAYS: i64 = 180;
/// A legal clerk drafts a handful at a time; a script would draft more.
const MOST_PER_AUTHOR: i64 = 100;
/// Bytes of a draft.
const LARGEST: usize = 512 * 1024;

/// The parts that were taken in hand; what was not stays as the item has it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Content {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormDef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub situations: Option<Vec<SituationQuestion>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub materials: Option<Vec<Material>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benchmark: Option<String>,
    /// What the benchmark should come to, to be tried with every save.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expectations: Vec<Expectation>,
}

/// A test of a benchmark: made-up facts and the interval that they should come to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Expectation {
    /// A line each, `因素=值`.
    pub facts: String,
    /// `5000 至 10000`, one amount, or `不予处罚`.
    pub interval: String,
}

impl Content {
    /// The item as it would be.
    pub fn over(&self, version: &ItemVersion) -> ItemVersion {
        let mut drafted = version.clone();
        if let Some(form) = &self.form {
            drafted.form = Some(form.clone());
        }
        if let Some(situations) = &self.situations {
            drafted.situations.clone_from(situations);
        }
        if let Some(materials) = &self.materials {
            drafted.materials.clone_from(materials);
        }
        if let Some(benchmark) = &self.benchmark {
            drafted.discretion_benchmark = (!benchmark.trim().is_empty()).then(|| benchmark.trim().to_owned());
        }
        drafted
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct ItemDraft {
    pub item_code: String,
    /// Grows with each save, from 1: what a page has seen.
    pub version: i64,
    /// Version of the item from which it was begun.
    pub base_version: i32,
    pub content: Content,
    pub updated_at: Timestamp,
}

/// What becomes of a save.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Saved {
    As(i64),
    /// Another window saved in between; nothing was written.
    Crossed(i64),
}

/// Writes the acting account's draft of an item. `seen`: the version that the page shows, 0 where it shows none.
///
/// # Errors
/// `catalogue.draft.*`; a fault.
pub async fn save(
    chronicle: &Chronicle,
    request: Request,
    item_code: String,
    base_version: i32,
    content: Content,
    seen: i64,
) -> Result<Saved, Stop> {
    let text = serde_json::to_string(&content).map_err(|error| Fault::Internal(error.to_string()))?;
    if text.len() > LARGEST {
        let refusal = Refusal::invalid("catalogue.draft.too_large", "草稿太大，没有保存。");
        return Err(refusal.advice("请减少栏目、选项或者材料。").into());
    }
    let done = chronicle
        .perform(request, move |tx| {
            let (author, now) = (tx.context().actor.account.clone(), tx.context().at);
            let rows = tx.query(
                "SELECT version FROM item_draft WHERE author = $1 AND item_code = $2 {for_update}",
                &params![&author, &item_code],
            )?;
            if let Some(version) = rows.first().map(|row| row.int(0)) {
                if version != seen {
                    return Ok(Saved::Crossed(version));
                }
                tx.execute(
                    "UPDATE item_draft SET version = $3, content = $4, updated_at = $5, expires_at = $6
                     WHERE author = $1 AND item_code = $2",
                    &params![&author, &item_code, version + 1, &text, now, expiry(now)],
                )?;
                return Ok(Saved::As(version + 1));
            }
            let count = tx.query("SELECT COUNT(*) FROM item_draft WHERE author = $1", &params![&author])?;
            if count.first().is_some_and(|row| row.int(0) >= MOST_PER_AUTHOR) {
                return Err(Refusal::too_many("catalogue.draft.too_many", "您的事项草稿太多了。")
                    .advice("请先删除不再需要的草稿。")
                    .into());
            }
            // A page that shows a draft which is gone by now saves it as a new one: nothing typed is lost.
            tx.execute(
                "INSERT INTO item_draft (item_code, author, version, base_version, content, updated_at, expires_at)
                 VALUES ($1, $2, 1, $3, $4, $5, $6)",
                &params![&item_code, &author, base_version, &text, now, expiry(now)],
            )?;
            Ok(Saved::As(1))
        })
        .await?;
    Ok(done.value)
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
                "DELETE FROM item_draft WHERE author = $1 AND item_code = $2",
                &params![&author, &item_code],
            )?;
            Ok(())
        })
        .await?;
    Ok(())
}

const COLUMNS: &str = "item_code, version, base_version, content, updated_at";

/// The account's own draft of an item.
///
/// # Errors
/// [`Fault`] from the database or where the stored content does not parse.
pub fn own(reader: &mut Reader<'_>, author: &str, item_code: &str) -> Result<Option<ItemDraft>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM item_draft WHERE author = $1 AND item_code = $2");
    let row = reader.query_one(&sql, &params![author, item_code])?;
    row.map(|row| decode(&row)).transpose()
}

/// The account's drafts, the last saved first.
///
/// # Errors
/// As [`own`].
pub fn all_own(reader: &mut Reader<'_>, author: &str) -> Result<Vec<ItemDraft>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM item_draft WHERE author = $1 ORDER BY updated_at DESC, item_code");
    reader.query(&sql, &params![author])?.iter().map(decode).collect()
}

/// Deletes drafts whose time is over.
///
/// # Errors
/// A fault.
pub async fn sweep(chronicle: &Chronicle) -> Result<(), Stop> {
    chronicle
        .perform(Request::by(mingjing_chronicle::Actor::system()), |tx| {
            let now = tx.context().at;
            tx.execute("DELETE FROM item_draft WHERE expires_at < $1", &params![now])?;
            Ok(())
        })
        .await?;
    Ok(())
}

fn expiry(now: Timestamp) -> Timestamp {
    now.checked_add((KEPT_DAYS * 24).hours()).unwrap_or(Timestamp::MAX)
}

fn decode(row: &mingjing_chronicle::Row) -> Result<ItemDraft, Fault> {
    Ok(ItemDraft {
        item_code: row.text(0).to_owned(),
        version: row.int(1),
        base_version: i32::try_from(row.int(2)).unwrap_or_default(),
        content: serde_json::from_str(row.text(3)).map_err(|error| {
            Fault::Inconsistent(format!("an item's draft does not parse at column {}", error.column()))
        })?,
        updated_at: row.timestamp(4),
    })
}
