//! Discretion benchmarks that can be executed, each under the item that carries it: the public list (行政处罚法 34).

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, View, params};

use crate::benchmark;
use crate::events::{ItemEvent, Shown};
use crate::version::{ItemStatus, ItemVersion};

pub struct BenchmarkList;

impl View for BenchmarkList {
    fn name(&self) -> &'static str {
        "item_benchmark"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["item_benchmark"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &["CREATE TABLE {item_benchmark} (
            item_code TEXT NOT NULL,
            place BIGINT NOT NULL,
            item_name TEXT NOT NULL,
            body TEXT NOT NULL,
            body_name TEXT NOT NULL,
            title TEXT NOT NULL,
            issuer TEXT NOT NULL,
            document TEXT NOT NULL,
            in_force TEXT NOT NULL,
            until TEXT,
            PRIMARY KEY (item_code, place)
        )"]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "item"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<ItemEvent>()? else {
            return Ok(());
        };
        let Some(shown) = known.shown(event.envelope.recorded_at) else {
            return Ok(());
        };
        sql.execute(
            "DELETE FROM {item_benchmark} WHERE item_code = $1",
            &params![event.envelope.stream_id()],
        )?;
        match shown {
            Shown::Version(version) if version.status != ItemStatus::Cancelled => put(sql, version),
            _ => Ok(()),
        }
    }
}

fn put(sql: &mut dyn Sql, version: &ItemVersion) -> Result<(), Fault> {
    let text = version.discretion_benchmark.as_deref().unwrap_or_default();
    // What cannot be read is not entered any more; items entered before stay without a line here.
    let benchmarks = benchmark::read(text).unwrap_or_default();
    for (place, benchmark) in (0_i64..).zip(benchmarks) {
        sql.execute(
            "INSERT INTO {item_benchmark} (item_code, place, item_name, body, body_name, title, issuer, document, in_force,
                 until)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &params![
                version.item_code.as_str(),
                place,
                version.name.as_str(),
                version.body.as_str(),
                version.body_name.as_str(),
                &*benchmark.title,
                &*benchmark.issuer,
                &*benchmark.document,
                benchmark.in_force.to_string(),
                benchmark.until.map(|last| last.to_string()),
            ],
        )?;
    }
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenchmarkRow {
    pub item_code: String,
    pub item_name: String,
    pub body_name: String,
    pub title: String,
    pub issuer: String,
    pub document: String,
    pub in_force: String,
    pub until: Option<String>,
}

/// Benchmarks that hold on this day or begin later, by body and item.
///
/// # Errors
/// [`Fault`] from the database.
pub fn benchmarks(reader: &mut Reader<'_>, today: Date, most: i64) -> Result<Vec<BenchmarkRow>, Fault> {
    let rows = reader.query(
        "SELECT item_code, item_name, body_name, title, issuer, document, in_force, until
         FROM {item_benchmark} WHERE until IS NULL OR until >= $1
         ORDER BY body, item_code, place LIMIT $2",
        &params![today.to_string(), most],
    )?;
    Ok(rows
        .iter()
        .map(|row| BenchmarkRow {
            item_code: row.text(0).to_owned(),
            item_name: row.text(1).to_owned(),
            body_name: row.text(2).to_owned(),
            title: row.text(3).to_owned(),
            issuer: row.text(4).to_owned(),
            document: row.text(5).to_owned(),
            in_force: row.text(6).to_owned(),
            until: row.opt_text(7).map(str::to_owned),
        })
        .collect())
}
