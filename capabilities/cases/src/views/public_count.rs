//! `public_count` and `record_count`: how many matters there are of each sort, for everybody. Counted as the cases move,
//! by a follower: a scan over all cases on each view of a public page would grow with the years.

use mingjing_chronicle::{Fault, Order, Payload, Reader, RecordedEvent, Sql, View, params};

use crate::events::{CaseEvent, CaseState, MaskedRecord, Release};
use crate::penalty::events::{PenaltyEvent, PenaltyFact, PenaltyRelease};

pub struct PublicCount;

impl View for PublicCount {
    fn name(&self) -> &'static str {
        "cases.public_count"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["counted_case", "public_count", "record_count"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            // What a case is counted as now, so that a move takes it out of one number and into another.
            "CREATE TABLE {counted_case} (
                case_no TEXT PRIMARY KEY,
                body TEXT NOT NULL,
                item_code TEXT NOT NULL,
                undecided BIGINT NOT NULL,
                decided BIGINT NOT NULL,
                published BIGINT NOT NULL)",
            "CREATE TABLE {public_count} (
                body TEXT NOT NULL,
                item_code TEXT NOT NULL,
                received BIGINT NOT NULL,
                undecided BIGINT NOT NULL,
                decided BIGINT NOT NULL,
                published BIGINT NOT NULL,
                PRIMARY KEY (body, item_code))",
            "CREATE TABLE {record_count} (
                body TEXT NOT NULL,
                item_code TEXT NOT NULL,
                item_name TEXT NOT NULL,
                result TEXT NOT NULL,
                year BIGINT NOT NULL,
                number BIGINT NOT NULL,
                PRIMARY KEY (body, item_code, result, year))",
        ]
    }

    fn order(&self) -> Order {
        Order::Follower
    }

    fn wants(&self, stream_kind: &str) -> bool {
        matches!(stream_kind, "case" | "penalty")
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let case_no = event.envelope.stream_id();
        if event.envelope.stream_kind() == "penalty" {
            return penalty(sql, event);
        }
        // What was counted of an erased event stays counted: numbers name nobody.
        let Payload::Known(known) = event.decode::<CaseEvent>()? else {
            return Ok(());
        };
        if let CaseEvent::Submitted(submitted) = &*known {
            receive(sql, case_no, &submitted.item.body, &submitted.item.item_code)?;
        }
        let Some(before) = counted(sql, case_no)? else {
            return Ok(());
        };
        let mut now = before.counted;
        if let Some(effects) = known.effects() {
            let turned_down = matches!(
                effects.state,
                CaseState::Refused | CaseState::NotRequired | CaseState::Served
            );
            now.undecided = !now.decided && effects.state.open() && !turned_down;
        }
        match &*known {
            CaseEvent::Decided(_) => {
                now.decided = true;
                now.undecided = false;
            }
            CaseEvent::Released(released) => {
                if let Release::Publish { record } = &released.release {
                    if !now.published {
                        record_published(sql, record)?;
                    }
                    now.published = true;
                }
            }
            _ => {}
        }
        before.becomes(sql, case_no, now)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Counted {
    undecided: bool,
    decided: bool,
    published: bool,
}

struct CountedCase {
    body: String,
    item_code: String,
    counted: Counted,
}

fn receive(sql: &mut dyn Sql, case_no: &str, body: &str, item_code: &str) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {counted_case} (case_no, body, item_code, undecided, decided, published)
         VALUES ($1, $2, $3, 0, 0, 0)",
        &params![case_no, body, item_code],
    )?;
    sql.execute(
        "INSERT INTO {public_count} (body, item_code, received, undecided, decided, published)
         VALUES ($1, $2, 1, 0, 0, 0)
         ON CONFLICT (body, item_code) DO UPDATE SET received = {public_count}.received + 1",
        &params![body, item_code],
    )?;
    Ok(())
}

fn counted(sql: &mut dyn Sql, case_no: &str) -> Result<Option<CountedCase>, Fault> {
    let row = sql.query_one(
        "SELECT body, item_code, undecided, decided, published FROM {counted_case} WHERE case_no = $1",
        &params![case_no],
    )?;
    Ok(row.map(|row| CountedCase {
        body: row.text(0).to_owned(),
        item_code: row.text(1).to_owned(),
        counted: Counted {
            undecided: row.int(2) == 1,
            decided: row.int(3) == 1,
            published: row.int(4) == 1,
        },
    }))
}

impl CountedCase {
    fn becomes(&self, sql: &mut dyn Sql, case_no: &str, now: Counted) -> Result<(), Fault> {
        if now == self.counted {
            return Ok(());
        }
        sql.execute(
            "UPDATE {counted_case} SET undecided = $2, decided = $3, published = $4 WHERE case_no = $1",
            &params![case_no, now.undecided, now.decided, now.published],
        )?;
        let step = |before: bool, now: bool| i64::from(now) - i64::from(before);
        sql.execute(
            "UPDATE {public_count} SET undecided = undecided + $3, decided = decided + $4, published = published + $5
             WHERE body = $1 AND item_code = $2",
            &params![
                &self.body,
                &self.item_code,
                step(self.counted.undecided, now.undecided),
                step(self.counted.decided, now.decided),
                step(self.counted.published, now.published),
            ],
        )?;
        Ok(())
    }
}

/// Penalties are counted among the records; as cases they are counted in `penalty_progress`.
fn penalty(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
    let Payload::Known(known) = event.decode::<PenaltyEvent>()? else {
        return Ok(());
    };
    match &known.fact {
        PenaltyFact::Released(released) => match &released.release {
            PenaltyRelease::Publish { record } => record_published(sql, record),
            PenaltyRelease::Withhold { .. } => Ok(()),
        },
        PenaltyFact::ReleaseWithdrawn(withdrawn) => {
            sql.execute(
                "UPDATE {record_count} SET number = number - 1
                 WHERE body = $1 AND item_code = $2 AND result = $3 AND year = $4 AND number > 0",
                &params![
                    &withdrawn.body,
                    &withdrawn.item_code,
                    &withdrawn.result,
                    i64::from(withdrawn.decided_on.year()),
                ],
            )?;
            Ok(())
        }
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
