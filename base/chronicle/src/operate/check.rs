//! Replays all events into a fresh database and compares every table of every view, row for row.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::chronicle::{Chronicle, Reader};
use crate::db::sqlite::SqliteSql;
use crate::db::{Fault, Row, Sql, TableNames, Value};
use crate::follow;
use crate::view::{self, Order};

/// What the comparison found. Counts only: rows may hold personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Events replayed.
    pub events: i64,
    pub tables: Vec<TableReport>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableReport {
    pub view: String,
    /// As texts write it in braces.
    pub table: String,
    /// Rows that serve now.
    pub rows: u64,
    /// Rows that the events say and the table lacks. A changed row counts here and in `unexpected`.
    pub missing: u64,
    /// Rows that the table has and the events do not say.
    pub unexpected: u64,
}

impl Report {
    pub fn equal(&self) -> bool {
        self.tables
            .iter()
            .all(|table| table.missing == 0 && table.unexpected == 0)
    }
}

/// Works beside a serving chronicle: everything is read from one consistent state. The shadow lies in
/// memory, so that no second copy of personal data touches a disk.
///
/// # Errors
/// [`Fault`] from the database, or when an event does not open or a projection fails.
pub async fn rebuild_check(chronicle: &Chronicle) -> Result<Report, Fault> {
    chronicle.read(check).await
}

fn check(reader: &mut Reader<'_>) -> Result<Report, Fault> {
    let core = reader.core();
    let mut shadow = SqliteSql::in_memory(Arc::new(TableNames::default()))?;
    let mut names = HashMap::new();
    for view in &core.views {
        names.extend(view::names_of(&**view, 0));
    }
    shadow.set_own_names(names);
    shadow.execute("BEGIN", &[])?;
    let mut targets = Vec::new();
    for view in &core.views {
        view::create(&mut shadow, &**view)?;
        // A follower may be behind: its tables are compared as of its cursor.
        let until = match view.order() {
            Order::Sync => i64::MAX,
            Order::Follower => follow::cursor(reader.sql(), &view::cursor_name(&**view))?,
        };
        targets.push((&**view, until));
    }
    let events = view::replay(reader.sql(), &mut shadow, core, &targets)?;
    let mut tables = Vec::new();
    for view in &core.views {
        for table in view.tables() {
            tables.push(compare(reader.sql(), &mut shadow, view.name(), table)?);
        }
    }
    Ok(Report { events, tables })
}

fn compare(live: &mut dyn Sql, shadow: &mut SqliteSql, view: &str, table: &str) -> Result<TableReport, Fault> {
    let columns: Vec<_> = shadow
        .query(&format!("PRAGMA table_info({{{table}}})"), &[])?
        .iter()
        .map(|row| row.text(1).to_owned())
        .collect();
    let text = format!("SELECT {} FROM {{{table}}}", columns.join(", "));
    // The order of rows is no part of a table, so they are counted by content.
    let mut surplus: HashMap<[u8; 16], i64> = HashMap::new();
    let mut rows = 0;
    live.each(&text, &[], &mut |row| {
        rows += 1;
        *surplus.entry(digest(&row)).or_default() += 1;
        Ok(())
    })?;
    shadow.each(&text, &[], &mut |row| {
        let key = digest(&row);
        let count = surplus.entry(key).or_default();
        *count -= 1;
        if *count == 0 {
            surplus.remove(&key);
        }
        Ok(())
    })?;
    let count = |sign: i64| surplus.values().map(|count| (count * sign).max(0) as u64).sum();
    Ok(TableReport {
        view: view.to_owned(),
        table: table.to_owned(),
        rows,
        missing: count(-1),
        unexpected: count(1),
    })
}

fn digest(row: &Row) -> [u8; 16] {
    let mut hash = Sha256::new();
    for value in &row.0 {
        let (tag, bytes): (u8, &[u8]) = match value {
            Value::Null => (0, &[]),
            Value::Int(number) => (1, &number.to_be_bytes()),
            Value::Text(text) => (2, text.as_bytes()),
            Value::Blob(bytes) => (3, bytes),
        };
        hash.update([tag]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    }
    let full: [u8; 32] = hash.finalize().into();
    full[..16].try_into().expect("half of 32 bytes is 16")
}
