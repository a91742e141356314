//! `public_record`: what passed release review, masked. Nothing else of a case is in this table, so that no query of the
//! public pages can reach more.

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, Value, View, params};

use crate::events::{CaseEvent, MaskedRecord, Release};

pub struct PublicRecord;

impl View for PublicRecord {
    fn name(&self) -> &'static str {
        "cases.public_record"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["public_record"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {public_record} (
                case_no TEXT PRIMARY KEY,
                item_code TEXT NOT NULL,
                item_name TEXT NOT NULL,
                body TEXT NOT NULL,
                party_name TEXT NOT NULL,
                document_no TEXT NOT NULL,
                result TEXT NOT NULL,
                decided_on TEXT NOT NULL,
                released_on TEXT NOT NULL,
                record TEXT NOT NULL)",
            "CREATE INDEX {public_record}_by_date ON {public_record} (decided_on, case_no)",
            "CREATE INDEX {public_record}_by_item ON {public_record} (item_code, decided_on)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "case"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        if event.envelope.kind != "case.released" {
            return Ok(());
        }
        let Payload::Known(known) = event.decode::<CaseEvent>()? else {
            return Ok(());
        };
        let CaseEvent::Released(released) = &*known else {
            return Ok(());
        };
        let Release::Publish { record } = &released.release else {
            return Ok(());
        };
        let json = serde_json::to_string(record).map_err(|error| Fault::Internal(error.to_string()))?;
        sql.execute(
            "INSERT INTO {public_record} (case_no, item_code, item_name, body, party_name, document_no, result,
                decided_on, released_on, record)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (case_no) DO NOTHING",
            &params![
                &record.case_no,
                &record.item_code,
                &record.item_name,
                &record.body,
                &record.party_name,
                &record.document_no,
                &record.result,
                record.decided_on,
                event.envelope.happened_on,
                json,
            ],
        )?;
        Ok(())
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct PublicRow {
    pub case_no: String,
    pub item_name: String,
    pub party_name: String,
    pub document_no: String,
    pub result: String,
    pub decided_on: String,
    pub released_on: String,
}

/// Published records, newest decision first, narrowed by words that party, item or document number contain.
///
/// # Errors
/// [`Fault`] from the database.
pub fn records(reader: &mut Reader<'_>, words: &str, offset: i64) -> Result<(Vec<PublicRow>, i64), Fault> {
    let words = words.trim();
    let (condition, mut values): (&str, Vec<Value>) = if words.is_empty() {
        ("1 = 1", Vec::new())
    } else {
        (
            "(party_name LIKE $1 ESCAPE '!' OR item_name LIKE $1 ESCAPE '!' OR document_no LIKE $1 ESCAPE '!')",
            params![format!("%{}%", escaped(words))],
        )
    };
    let count = reader.query_one(
        &format!("SELECT COUNT(*) FROM {{public_record}} WHERE {condition}"),
        &values,
    )?;
    values.push(super::PAGE.into());
    values.push(offset.max(0).into());
    let rows = reader.query(
        &format!(
            "SELECT case_no, item_name, party_name, document_no, result, decided_on, released_on FROM {{public_record}}
             WHERE {condition} ORDER BY decided_on DESC, case_no LIMIT ${} OFFSET ${}",
            values.len() - 1,
            values.len()
        ),
        &values,
    )?;
    let rows = rows
        .iter()
        .map(|row| PublicRow {
            case_no: row.text(0).to_owned(),
            item_name: row.text(1).to_owned(),
            party_name: row.text(2).to_owned(),
            document_no: row.text(3).to_owned(),
            result: row.text(4).to_owned(),
            decided_on: row.text(5).to_owned(),
            released_on: row.text(6).to_owned(),
        })
        .collect();
    Ok((rows, count.map_or(0, |row| row.int(0))))
}

fn escaped(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for c in words.chars().take(60) {
        if matches!(c, '%' | '_' | '!') {
            text.push('!');
        }
        text.push(c);
    }
    text
}

/// One published record with the day it was released.
///
/// # Errors
/// [`Fault`] from the database, or where the stored record does not parse.
pub fn record(reader: &mut Reader<'_>, case_no: &str) -> Result<Option<(MaskedRecord, String)>, Fault> {
    let row = reader.query_one(
        "SELECT record, released_on FROM {public_record} WHERE case_no = $1",
        &params![case_no],
    )?;
    row.map(|row| {
        let record = serde_json::from_str(row.text(0)).map_err(|error| {
            Fault::Inconsistent(format!("a public record does not parse at column {}", error.column()))
        })?;
        Ok((record, row.text(1).to_owned()))
    })
    .transpose()
}
