//! Tasks that editions of laws brought, one row each, with the columns by which a scope is asked.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Row, Sql, Value, View, params};
use mingjing_web::Scope;

use crate::adjustment::{AdjustmentClock, AdjustmentEvent, CitingKind, Opened};
use crate::edition::ArticleChange;
use crate::events::ItemEvent;

pub struct AdjustmentTasks;

impl View for AdjustmentTasks {
    fn name(&self) -> &'static str {
        "adjustment_task"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["adjustment", "adjustment_task"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {adjustment} (
                law TEXT NOT NULL,
                edition TEXT NOT NULL,
                due TEXT,
                clock TEXT NOT NULL,
                PRIMARY KEY (law, edition)
            )",
            "CREATE TABLE {adjustment_task} (
                law TEXT NOT NULL,
                edition TEXT NOT NULL,
                kind TEXT NOT NULL,
                id TEXT NOT NULL,
                name TEXT NOT NULL,
                body TEXT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                published BIGINT NOT NULL,
                changes TEXT NOT NULL,
                state TEXT NOT NULL,
                reason TEXT NOT NULL,
                PRIMARY KEY (law, edition, kind, id)
            )",
            "CREATE INDEX {adjustment_task}_by_id ON {adjustment_task} (id)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        matches!(stream_kind, "law_change" | "item")
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        if event.envelope.stream_kind() == "item" {
            return item(sql, event);
        }
        let Payload::Known(known) = event.decode::<AdjustmentEvent>()? else {
            return Ok(());
        };
        match &*known {
            AdjustmentEvent::Opened(opened) => open(sql, opened),
            AdjustmentEvent::Settled(settled) => {
                let Some((law, edition)) = event.envelope.stream_id().rsplit_once('@') else {
                    return Ok(());
                };
                sql.execute(
                    "UPDATE {adjustment_task} SET state = 'settled', reason = $5
                     WHERE law = $1 AND edition = $2 AND kind = $3 AND id = $4",
                    &params![law, edition, settled.kind.key(), &settled.id, &settled.reason],
                )?;
                Ok(())
            }
        }
    }
}

/// A newer version of the item, or its end, answers what the law asked of it.
fn item(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
    let Payload::Known(known) = event.decode::<ItemEvent>()? else {
        return Ok(());
    };
    let reason = match &*known {
        ItemEvent::Entered(version) => format!("第{}版", version.version),
        ItemEvent::Cancelled(_) => "事项已取消".to_owned(),
        // The change itself answered already when it was entered.
        ItemEvent::TookEffect(_) => return Ok(()),
    };
    sql.execute(
        "UPDATE {adjustment_task} SET state = 'renewed', reason = $2 WHERE id = $1 AND state = 'open'",
        &params![event.envelope.stream_id(), reason],
    )?;
    Ok(())
}

fn open(sql: &mut dyn Sql, opened: &Opened) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {adjustment} (law, edition, due, clock) VALUES ($1, $2, $3, $4)",
        &params![&opened.law, opened.edition, opened.clock.due, json(&opened.clock)?],
    )?;
    for task in &opened.tasks {
        sql.execute(
            "INSERT INTO {adjustment_task} (law, edition, kind, id, name, body, area, party_account, published,
                changes, state, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, '', 0, $8, 'open', '')",
            &params![
                &opened.law,
                opened.edition,
                task.kind.key(),
                &task.id,
                &task.name,
                &task.body,
                &task.area,
                json(&task.changes)?
            ],
        )?;
    }
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|cause| Fault::Internal(format!("a task does not serialise: {cause}")))
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(|cause| Fault::Inconsistent(format!("a task does not parse: {cause}")))
}

/// An edition with its tasks within a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdjustmentRow {
    pub law: String,
    pub edition: Date,
    pub due: Option<Date>,
    pub tasks: i64,
    pub open: i64,
}

/// The newest first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn adjustments(reader: &mut Reader<'_>, scope: &Scope, most: i64) -> Result<Vec<AdjustmentRow>, Fault> {
    let within = scope.sql(1);
    let sql = format!(
        "SELECT a.law, a.edition, a.due, COUNT(*), SUM(CASE WHEN t.state = 'open' THEN 1 ELSE 0 END)
         FROM {{adjustment}} a JOIN (SELECT * FROM {{adjustment_task}} WHERE {}) t
           ON t.law = a.law AND t.edition = a.edition
         GROUP BY a.law, a.edition, a.due ORDER BY a.edition DESC, a.law LIMIT ${}",
        within.text,
        within.parameters.len() + 1
    );
    let mut params: Vec<Value> = within.parameters.into_iter().map(Value::from).collect();
    params.push(Value::Int(most));
    let rows = reader.query(&sql, &params)?;
    let read = rows.iter().filter_map(|row| {
        Some(AdjustmentRow {
            law: row.text(0).to_owned(),
            edition: row.date(1)?,
            due: row.date(2),
            tasks: row.int(3),
            open: row.int(4),
        })
    });
    Ok(read.collect())
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    pub kind: CitingKind,
    pub id: String,
    pub name: String,
    pub body: String,
    pub area: String,
    pub changes: Vec<ArticleChange>,
    /// `open`, `renewed`, `settled`.
    pub state: String,
    pub reason: String,
}

/// The clock and the tasks of one edition within a scope, by body and id.
///
/// # Errors
/// [`Fault`] from the database.
pub fn adjustment(
    reader: &mut Reader<'_>,
    law: &str,
    edition: Date,
    scope: &Scope,
) -> Result<Option<(AdjustmentClock, Vec<TaskRow>)>, Fault> {
    let clock = reader.query_one(
        "SELECT clock FROM {adjustment} WHERE law = $1 AND edition = $2",
        &params![law, edition],
    )?;
    let Some(clock) = clock else {
        return Ok(None);
    };
    let within = scope.sql(3);
    let sql = format!(
        "SELECT kind, id, name, body, area, changes, state, reason FROM {{adjustment_task}}
         WHERE law = $1 AND edition = $2 AND ({}) ORDER BY body, id, kind",
        within.text
    );
    let mut params = params![law, edition];
    params.extend(within.parameters.into_iter().map(Value::from));
    let tasks: Vec<TaskRow> = reader
        .query(&sql, &params)?
        .iter()
        .map(task)
        .collect::<Result<_, _>>()?;
    Ok((!tasks.is_empty()).then_some((parse(clock.text(0))?, tasks)))
}

fn task(row: &Row) -> Result<TaskRow, Fault> {
    let unknown = || Fault::Inconsistent(format!("a task of an unknown kind: {}", row.text(0)));
    Ok(TaskRow {
        kind: CitingKind::from_key(row.text(0)).ok_or_else(unknown)?,
        id: row.text(1).to_owned(),
        name: row.text(2).to_owned(),
        body: row.text(3).to_owned(),
        area: row.text(4).to_owned(),
        changes: parse(row.text(5))?,
        state: row.text(6).to_owned(),
        reason: row.text(7).to_owned(),
    })
}
