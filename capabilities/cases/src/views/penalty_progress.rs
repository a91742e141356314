//! `penalty_progress`: what everybody may see of every penalty case while it runs (R156; DOMAIN 2.15): item, body, state
//! and days. No party, no number, no cause: identity is public only by a release review, in `public_record`.

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Row, Sql, View, params};

use crate::number::Procedure;
use crate::penalty::PenaltyState;
use crate::penalty::events::{PenaltyEvent, PenaltyFact};

pub struct PenaltyProgress;

impl View for PenaltyProgress {
    fn name(&self) -> &'static str {
        "cases.penalty_progress"
    }

    fn version(&self) -> i32 {
        3
    }

    fn tables(&self) -> &'static [&'static str] {
        &["penalty_progress"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {penalty_progress} (
                case_no TEXT PRIMARY KEY,
                item_code TEXT NOT NULL,
                item_name TEXT NOT NULL,
                body TEXT NOT NULL,
                state TEXT NOT NULL,
                opened_on TEXT,
                opened_at BIGINT,
                decided_on TEXT,
                served_on TEXT,
                closed_on TEXT)",
            // In the orders in which they are shown; leads are nobody's case and in none of them.
            "CREATE INDEX {penalty_progress}_by_opening ON {penalty_progress} (opened_at DESC, case_no)
                WHERE opened_at IS NOT NULL",
            "CREATE INDEX {penalty_progress}_by_body ON {penalty_progress} (body, opened_at DESC, case_no)
                WHERE opened_at IS NOT NULL",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "penalty"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<PenaltyEvent>()? else {
            return Ok(());
        };
        let (case_no, on) = (event.envelope.stream_id(), event.envelope.happened_on);
        if let PenaltyFact::LeadRegistered(lead) = &known.fact {
            sql.execute(
                "INSERT INTO {penalty_progress} (case_no, item_code, item_name, body, state)
                 VALUES ($1, $2, $3, $4, $5)",
                &params![
                    case_no,
                    &lead.item.item_code,
                    &lead.item.name,
                    &lead.item.body,
                    PenaltyState::Lead.key(),
                ],
            )?;
        }
        if let Some(effects) = &known.effects {
            sql.execute(
                "UPDATE {penalty_progress} SET state = $2 WHERE case_no = $1",
                &params![case_no, effects.state.key()],
            )?;
        }
        if let PenaltyFact::Opened(_) = &known.fact {
            sql.execute(
                "UPDATE {penalty_progress} SET opened_at = $2 WHERE case_no = $1",
                &params![case_no, event.envelope.recorded_at],
            )?;
        }
        let column = match &known.fact {
            PenaltyFact::Opened(_) => "opened_on",
            PenaltyFact::Decided(_) => "decided_on",
            PenaltyFact::DecisionServed(_) => "served_on",
            PenaltyFact::Closed(_) => "closed_on",
            _ => return Ok(()),
        };
        sql.execute(
            &format!("UPDATE {{penalty_progress}} SET {column} = $2 WHERE case_no = $1"),
            &params![case_no, on],
        )?;
        Ok(())
    }
}

/// A penalty case as everybody sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgressRow {
    pub item_name: String,
    pub body: String,
    pub state: PenaltyState,
    pub opened_on: String,
    pub decided_on: Option<String>,
    pub served_on: Option<String>,
    pub closed_on: Option<String>,
}

/// Opened cases, the latest first. Leads are nobody's case.
///
/// # Errors
/// [`Fault`] from the database.
pub fn rows(reader: &mut Reader<'_>, body: Option<&str>, offset: i64) -> Result<Vec<ProgressRow>, Fault> {
    // Two texts and not `$1 = '' OR …`: for each there is an index.
    let scope = match body {
        Some(_) => "opened_at IS NOT NULL AND body = $1",
        None => "opened_at IS NOT NULL AND $1 = ''",
    };
    let rows = reader.query(
        &format!(
            "SELECT item_name, body, state, opened_on, decided_on, served_on, closed_on FROM {{penalty_progress}}
             WHERE {scope} ORDER BY opened_at DESC, case_no LIMIT $2 OFFSET $3"
        ),
        &params![body.unwrap_or_default(), super::PAGE, offset.max(0)],
    )?;
    Ok(rows.iter().map(ProgressRow::read).collect())
}

impl ProgressRow {
    fn read(row: &Row) -> ProgressRow {
        ProgressRow {
            item_name: row.text(0).to_owned(),
            body: row.text(1).to_owned(),
            state: PenaltyState::from_key(row.text(2)).unwrap_or_default(),
            opened_on: row.text(3).to_owned(),
            decided_on: row.opt_text(4).map(str::to_owned),
            served_on: row.opt_text(5).map(str::to_owned),
            closed_on: row.opt_text(6).map(str::to_owned),
        }
    }
}

/// The microsecond of the opening, and how many of that same microsecond were shown up to here. A number would make a
/// better place, but a place stands in addresses and nobody is to learn a number from it.
pub type ProgressPlace = (i64, i64);

/// The same list by place.
///
/// # Errors
/// [`Fault`] from the database.
pub fn after(
    reader: &mut Reader<'_>,
    body: &str,
    place: Option<ProgressPlace>,
    most: i64,
) -> Result<Vec<(ProgressRow, ProgressPlace)>, Fault> {
    let (at, shown) = place.unwrap_or((i64::MAX, 0));
    let rows = reader.query(
        "SELECT item_name, body, state, opened_on, decided_on, served_on, closed_on, opened_at FROM {penalty_progress}
         WHERE opened_at <= $2 AND ($1 = '' OR body = $1) ORDER BY opened_at DESC, case_no LIMIT $3 OFFSET $4",
        &params![body, at, most, shown.clamp(0, SAME_MICROSECOND)],
    )?;
    let (mut last, mut nth) = (at, shown);
    let placed = rows.iter().map(|row| {
        let opened_at = row.int(7);
        nth = if opened_at == last { nth + 1 } else { 1 };
        last = opened_at;
        (ProgressRow::read(row), (opened_at, nth))
    });
    Ok(placed.collect())
}

/// Only a simulated clock lets several openings fall into one microsecond.
const SAME_MICROSECOND: i64 = 1_000_000;

/// Opened cases by state, as `cases.tally` counts them: counting them here would cost more with every year.
///
/// # Errors
/// [`Fault`] from the database.
pub fn counts(reader: &mut Reader<'_>) -> Result<Vec<(PenaltyState, i64)>, Fault> {
    let rows = reader.query(
        "SELECT state, CAST(SUM(cases) AS BIGINT) FROM {tally} WHERE procedure = $1
         GROUP BY state HAVING SUM(cases) > 0 ORDER BY state",
        &params![Procedure::Penalty.key()],
    )?;
    Ok(rows
        .iter()
        .filter_map(|row| Some((PenaltyState::from_key(row.text(0))?, row.int(1))))
        .collect())
}
