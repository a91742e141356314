//! `public_record`: what passed release review, masked. Nothing else of a case is in this table, so that no query of the
//! public pages can reach more.

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Row, Sql, Value, View, params};

use super::public_count;
use crate::events::{CaseEvent, MaskedRecord, Release};
use crate::penalty::events::{PenaltyEvent, PenaltyFact, PenaltyRelease};

pub struct PublicRecord;

impl View for PublicRecord {
    fn name(&self) -> &'static str {
        "cases.public_record"
    }

    fn version(&self) -> i32 {
        2
    }

    fn tables(&self) -> &'static [&'static str] {
        &["public_record", "withdrawn_record"]
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
            "CREATE TABLE {withdrawn_record} (
                case_no TEXT PRIMARY KEY,
                withdrawn_on TEXT NOT NULL,
                reasons TEXT NOT NULL)",
            "CREATE INDEX {public_record}_by_date ON {public_record} (decided_on, case_no)",
            "CREATE INDEX {public_record}_by_item ON {public_record} (item_code, decided_on, case_no)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        matches!(stream_kind, "case" | "penalty")
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        match event.envelope.kind.as_str() {
            "case.released" => permit(sql, event),
            "penalty.released" => penalty(sql, event),
            "penalty.release_withdrawn" => withdraw(sql, event),
            _ => Ok(()),
        }
    }
}

fn permit(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
    let Payload::Known(known) = event.decode::<CaseEvent>()? else {
        return Ok(());
    };
    match &*known {
        CaseEvent::Released(released) => match &released.release {
            Release::Publish { record } => publish(sql, record, event),
            Release::Withhold { .. } => Ok(()),
        },
        _ => Ok(()),
    }
}

fn penalty(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
    let Payload::Known(known) = event.decode::<PenaltyEvent>()? else {
        return Ok(());
    };
    match &known.fact {
        PenaltyFact::Released(released) => match &released.release {
            PenaltyRelease::Publish { record } => publish(sql, record, event),
            PenaltyRelease::Withhold { .. } => Ok(()),
        },
        _ => Ok(()),
    }
}

/// 处罚法 48(2): the decision goes, the reasons of the withdrawal stay.
fn withdraw(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
    let case_no = event.envelope.stream_id();
    sql.execute("DELETE FROM {public_record} WHERE case_no = $1", &params![case_no])?;
    let Payload::Known(known) = event.decode::<PenaltyEvent>()? else {
        return Ok(());
    };
    let PenaltyFact::ReleaseWithdrawn(withdrawn) = &known.fact else {
        return Ok(());
    };
    sql.execute(
        "INSERT INTO {withdrawn_record} (case_no, withdrawn_on, reasons) VALUES ($1, $2, $3)
         ON CONFLICT (case_no) DO NOTHING",
        &params![case_no, event.envelope.happened_on, &withdrawn.reasons],
    )?;
    Ok(())
}

fn publish(sql: &mut dyn Sql, record: &MaskedRecord, event: &RecordedEvent) -> Result<(), Fault> {
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

/// Why a published decision is no longer there: day and reasons.
///
/// # Errors
/// [`Fault`] from the database.
pub fn withdrawn(reader: &mut Reader<'_>, case_no: &str) -> Result<Option<(String, String)>, Fault> {
    let row = reader.query_one(
        "SELECT withdrawn_on, reasons FROM {withdrawn_record} WHERE case_no = $1",
        &params![case_no],
    )?;
    Ok(row.map(|row| (row.text(0).to_owned(), row.text(1).to_owned())))
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
    /// The body that decided.
    pub body: String,
}

/// What published records are narrowed to; empty is everything.
#[derive(Debug, Clone, Default)]
pub struct PublicFilter {
    /// Words that party, item or document number contain.
    pub words: String,
    pub body: String,
    pub item: String,
    pub result: String,
    /// Year of the decision.
    pub year: Option<i16>,
}

/// Conditions as fixed texts, numbered in order; values as parameters.
#[derive(Default)]
pub(crate) struct Where {
    texts: Vec<String>,
    pub(crate) values: Vec<Value>,
}

impl Where {
    fn and(&mut self, text: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.texts.push(text.replace('#', &format!("${}", self.values.len())));
    }

    pub(crate) fn text(&self) -> String {
        if self.texts.is_empty() {
            "1 = 1".to_owned()
        } else {
            self.texts.join(" AND ")
        }
    }
}

impl PublicFilter {
    pub fn of_words(words: impl Into<String>) -> PublicFilter {
        PublicFilter {
            words: words.into(),
            ..PublicFilter::default()
        }
    }

    pub(crate) fn condition(&self) -> Where {
        let mut all = Where::default();
        if !self.words.is_empty() {
            let columns = ["party_name", "item_name", "document_no", "case_no"];
            let either: Vec<String> = columns
                .iter()
                .map(|column| format!("{column} LIKE # ESCAPE '!'"))
                .collect();
            all.and(&format!("({})", either.join(" OR ")), Value::containing(&self.words));
        }
        for (column, value) in [
            ("body", &self.body),
            ("item_code", &self.item),
            ("result", &self.result),
        ] {
            if !value.is_empty() {
                all.and(&format!("{column} = #"), value.as_str());
            }
        }
        if let Some(year) = self.year {
            // Dates are ISO texts, so a year is a range that the index serves.
            all.and("decided_on >= #", format!("{year:04}-01-01"));
            all.and("decided_on <= #", format!("{year:04}-12-31"));
        }
        all
    }
}

/// Published records, newest decision first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn newest(reader: &mut Reader<'_>, filter: &PublicFilter, offset: u32, size: u32) -> Result<Vec<PublicRow>, Fault> {
    let mut all = filter.condition();
    let condition = all.text();
    all.values.push(i64::from(size).into());
    all.values.push(i64::from(offset).into());
    let rows = reader.query(
        &format!(
            "SELECT case_no, item_name, party_name, document_no, result, decided_on, released_on, body
             FROM {{public_record}} WHERE {condition} ORDER BY decided_on DESC, case_no DESC LIMIT ${} OFFSET ${}",
            all.values.len() - 1,
            all.values.len()
        ),
        &all.values,
    )?;
    Ok(rows.iter().map(PublicRow::read).collect())
}

/// How many there are. Without words the numbers were counted already.
///
/// # Errors
/// [`Fault`] from the database.
pub fn number(reader: &mut Reader<'_>, filter: &PublicFilter) -> Result<u64, Fault> {
    if filter.words.is_empty() {
        let number = public_count::published(reader, &filter.body, &filter.item, &filter.result, filter.year)?;
        return Ok(u64::try_from(number).unwrap_or(0));
    }
    let all = filter.condition();
    let row = reader.query_one(
        &format!("SELECT COUNT(*) FROM {{public_record}} WHERE {}", all.text()),
        &all.values,
    )?;
    Ok(row.map_or(0, |row| u64::try_from(row.int(0)).unwrap_or(0)))
}

impl PublicRow {
    pub(crate) fn read(row: &Row) -> PublicRow {
        PublicRow {
            case_no: row.text(0).to_owned(),
            item_name: row.text(1).to_owned(),
            party_name: row.text(2).to_owned(),
            document_no: row.text(3).to_owned(),
            result: row.text(4).to_owned(),
            decided_on: row.text(5).to_owned(),
            released_on: row.text(6).to_owned(),
            body: row.text(7).to_owned(),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_parameters_in_order() {
        let filter = PublicFilter {
            words: "50%_".into(),
            body: "b'; --".into(),
            year: Some(2026),
            ..PublicFilter::default()
        };
        let condition = filter.condition();
        assert_eq!(
            condition.text(),
            "(party_name LIKE $1 ESCAPE '!' OR item_name LIKE $1 ESCAPE '!' OR document_no LIKE $1 ESCAPE '!' OR \
             case_no LIKE $1 ESCAPE '!') AND body = $2 AND decided_on >= $3 AND decided_on <= $4"
        );
        assert_eq!(condition.values.len(), 4);
        assert_eq!(condition.values[0], Value::Text("%50!%!_%".into()));
        assert_eq!(PublicFilter::default().condition().text(), "1 = 1");
    }
}
