//! `public_count` and `record_count`: how many matters there are of each sort, for everybody. Written by `cases.tally` as
//! the cases move: a scan over all cases on each view of a public page would grow with the years.

use mingjing_chronicle::{Fault, Reader, Sql, params};

use super::tally::Counted;
use crate::events::{MaskedRecord, Release, Released};
use crate::number::Procedure;
use crate::penalty::events::{PenaltyFact, PenaltyRelease};

pub(super) const COUNTS: &str = "CREATE TABLE {public_count} (
    body TEXT NOT NULL,
    item_code TEXT NOT NULL,
    received BIGINT NOT NULL,
    undecided BIGINT NOT NULL,
    decided BIGINT NOT NULL,
    published BIGINT NOT NULL,
    PRIMARY KEY (body, item_code))";

pub(super) const RECORDS: &str = "CREATE TABLE {record_count} (
    body TEXT NOT NULL,
    item_code TEXT NOT NULL,
    item_name TEXT NOT NULL,
    result TEXT NOT NULL,
    year BIGINT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (body, item_code, result, year))";

/// Received, undecided, decided, published.
fn sorts(case: &Counted) -> [bool; 4] {
    [true, case.result.is_empty(), case.has_decision(), case.published]
}

/// A permit moves from one sort to another. Penalties are counted by state in `penalty_progress`.
pub(super) fn moved(sql: &mut dyn Sql, after: &Counted, before: Option<&Counted>) -> Result<(), Fault> {
    if after.procedure != Procedure::Permit {
        return Ok(());
    }
    let (was, is) = (before.map_or([false; 4], sorts), sorts(after));
    if was == is {
        return Ok(());
    }
    let step = |sort: usize| i64::from(is[sort]) - i64::from(was[sort]);
    sql.execute(
        "INSERT INTO {public_count} (body, item_code, received, undecided, decided, published)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (body, item_code) DO UPDATE SET received = {public_count}.received + excluded.received,
            undecided = {public_count}.undecided + excluded.undecided,
            decided = {public_count}.decided + excluded.decided,
            published = {public_count}.published + excluded.published",
        &params![&after.body, &after.item_code, step(0), step(1), step(2), step(3)],
    )
    .map(drop)
}

pub(super) fn permit_released(sql: &mut dyn Sql, released: &Released, before: bool) -> Result<(), Fault> {
    match &released.release {
        Release::Publish { record } if !before => record_published(sql, record),
        _ => Ok(()),
    }
}

pub(super) fn penalty_record(sql: &mut dyn Sql, fact: &PenaltyFact) -> Result<(), Fault> {
    match fact {
        PenaltyFact::Released(released) => match &released.release {
            PenaltyRelease::Publish { record } => record_published(sql, record),
            PenaltyRelease::Withhold { .. } => Ok(()),
        },
        PenaltyFact::ReleaseWithdrawn(withdrawn) => sql
            .execute(
                "UPDATE {record_count} SET number = number - 1
                 WHERE body = $1 AND item_code = $2 AND result = $3 AND year = $4 AND number > 0",
                &params![
                    &withdrawn.body,
                    &withdrawn.item_code,
                    &withdrawn.result,
                    i64::from(withdrawn.decided_on.year()),
                ],
            )
            .map(drop),
        _ => Ok(()),
    }
}

fn record_published(sql: &mut dyn Sql, record: &MaskedRecord) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {record_count} (body, item_code, item_name, result, year, number) VALUES ($1, $2, $3, $4, $5, 1)
         ON CONFLICT (body, item_code, result, year) DO UPDATE SET number = {record_count}.number + 1",
        &params![
            &record.body,
            &record.item_code,
            &record.item_name,
            &record.result,
            i64::from(record.decided_on.year()),
        ],
    )?;
    Ok(())
}

/// How many matters there are of each sort. Sums are cast: PostgreSQL widens a sum of BIGINT to NUMERIC. What is not published shows up here and nowhere else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub received: i64,
    /// Not decided, not withdrawn, not turned down.
    pub undecided: i64,
    pub decided: i64,
    pub published: i64,
}

impl Totals {
    /// Decided, but withheld or not yet through release review.
    pub fn unpublished(&self) -> i64 {
        self.decided - self.published
    }
}

/// Of one body and item; empty is all.
///
/// # Errors
/// [`Fault`] from the database.
pub fn totals(reader: &mut Reader<'_>, body: &str, item_code: &str) -> Result<Totals, Fault> {
    let row = reader.query_one(
        "SELECT CAST(COALESCE(SUM(received), 0) AS BIGINT), CAST(COALESCE(SUM(undecided), 0) AS BIGINT), CAST(COALESCE(SUM(decided), 0) AS BIGINT),
            CAST(COALESCE(SUM(published), 0) AS BIGINT)
         FROM {public_count} WHERE ($1 = '' OR body = $1) AND ($2 = '' OR item_code = $2)",
        &params![body, item_code],
    )?;
    Ok(row.map_or(Totals::default(), |row| Totals {
        received: row.int(0),
        undecided: row.int(1),
        decided: row.int(2),
        published: row.int(3),
    }))
}

/// Published records by what the public list can be narrowed to; empty or `None` is all.
///
/// # Errors
/// [`Fault`] from the database.
pub fn published(
    reader: &mut Reader<'_>,
    body: &str,
    item_code: &str,
    result: &str,
    year: Option<i16>,
) -> Result<i64, Fault> {
    let row = reader.query_one(
        "SELECT CAST(COALESCE(SUM(number), 0) AS BIGINT) FROM {record_count}
         WHERE ($1 = '' OR body = $1) AND ($2 = '' OR item_code = $2) AND ($3 = '' OR result = $3)
            AND (year = $4 OR $4 = 0)",
        &params![body, item_code, result, i64::from(year.unwrap_or(0))],
    )?;
    Ok(row.map_or(0, |row| row.int(0)))
}

/// Values that the public list can be narrowed by, with the number of records.
pub struct Facets {
    pub bodies: Vec<(String, i64)>,
    /// Code, name, number.
    pub items: Vec<(String, String, i64)>,
    pub results: Vec<(String, i64)>,
    pub years: Vec<(i64, i64)>,
}

/// # Errors
/// [`Fault`] from the database.
pub fn facets(reader: &mut Reader<'_>) -> Result<Facets, Fault> {
    let mut named = |column: &str| -> Result<Vec<(String, i64)>, Fault> {
        let rows = reader.query(
            &format!("SELECT {column}, CAST(SUM(number) AS BIGINT) FROM {{record_count}} GROUP BY {column} ORDER BY {column} LIMIT 50"),
            &[],
        )?;
        Ok(rows.iter().map(|row| (row.text(0).to_owned(), row.int(1))).collect())
    };
    let bodies = named("body")?;
    let results = named("result")?;
    let years = reader.query(
        "SELECT year, CAST(SUM(number) AS BIGINT) FROM {record_count} GROUP BY year ORDER BY year DESC LIMIT 50",
        &[],
    )?;
    let items = reader.query(
        "SELECT item_code, MAX(item_name), CAST(SUM(number) AS BIGINT) FROM {record_count} GROUP BY item_code
         ORDER BY SUM(number) DESC, item_code LIMIT 50",
        &[],
    )?;
    Ok(Facets {
        bodies,
        results,
        years: years.iter().map(|row| (row.int(0), row.int(1))).collect(),
        items: items
            .iter()
            .map(|row| (row.text(0).to_owned(), row.text(1).to_owned(), row.int(2)))
            .collect(),
    })
}
