//! `cases.tally`: counts of cases of both procedures across bodies and items, kept up to date event by event, so that
//! statistics and public numbers cost the same whether there are a hundred cases or a million. It follows; nothing
//! personal is in it.
//!
//! Invariants:
//! - A case counts in exactly one row of `tally`: that of what `tally_case` says of it. Leads count in none.
//! - `tally_days` holds the decided cases by the days they took; `tally_due` the undecided ones by their due date.
//! - `public_count` is the sum of `tally` by body and item, for pages that everybody asks for; `record_count` holds the
//!   published records (see `public_count.rs`).
//! - The scope columns are those of every list, so that the same condition narrows lists and counts.

mod counted;

use mingjing_chronicle::{Fault, Order, Payload, RecordedEvent, Sql, View, params};

use super::public_count;
use crate::events::{CaseEvent, PinnedItem};
use crate::number::Procedure;
use crate::penalty::events::{PenaltyEvent, PenaltyFact};
pub(super) use counted::Counted;
use counted::{LATE, RESULTS};

pub struct CaseTally;

impl View for CaseTally {
    fn name(&self) -> &'static str {
        "cases.tally"
    }

    fn version(&self) -> i32 {
        2
    }

    fn tables(&self) -> &'static [&'static str] {
        &[
            "tally_case",
            "tally",
            "tally_days",
            "tally_due",
            "tally_item",
            "public_count",
            "record_count",
        ]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {tally_case} (
                case_no TEXT PRIMARY KEY,
                procedure TEXT NOT NULL,
                body TEXT NOT NULL,
                area TEXT NOT NULL,
                item_code TEXT NOT NULL,
                month TEXT NOT NULL,
                state TEXT NOT NULL,
                result TEXT NOT NULL,
                late TEXT NOT NULL,
                begun_on TEXT,
                due_on TEXT,
                days BIGINT,
                published BIGINT NOT NULL)",
            "CREATE TABLE {tally} (
                procedure TEXT NOT NULL,
                month TEXT NOT NULL,
                body TEXT NOT NULL,
                item_code TEXT NOT NULL,
                state TEXT NOT NULL,
                result TEXT NOT NULL,
                late TEXT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                published BIGINT NOT NULL,
                cases BIGINT NOT NULL,
                PRIMARY KEY (procedure, month, body, item_code, state, result, late))",
            "CREATE TABLE {tally_days} (
                procedure TEXT NOT NULL,
                month TEXT NOT NULL,
                body TEXT NOT NULL,
                item_code TEXT NOT NULL,
                days BIGINT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                published BIGINT NOT NULL,
                cases BIGINT NOT NULL,
                PRIMARY KEY (procedure, month, body, item_code, days))",
            "CREATE TABLE {tally_due} (
                procedure TEXT NOT NULL,
                due_on TEXT NOT NULL,
                month TEXT NOT NULL,
                body TEXT NOT NULL,
                item_code TEXT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                published BIGINT NOT NULL,
                cases BIGINT NOT NULL,
                PRIMARY KEY (procedure, due_on, month, body, item_code))",
            "CREATE TABLE {tally_item} (item_code TEXT PRIMARY KEY, item_name TEXT NOT NULL)",
            public_count::COUNTS,
            public_count::RECORDS,
        ]
    }

    fn order(&self) -> Order {
        Order::Follower
    }

    fn wants(&self, stream_kind: &str) -> bool {
        matches!(stream_kind, "case" | "penalty")
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        match event.envelope.stream_kind() {
            "penalty" => penalty(sql, event),
            _ => permit(sql, event),
        }
    }
}

/// What an erased event changed is not known any more; the case stays counted as it was: numbers name nobody.
fn permit(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
    let Payload::Known(known) = event.decode::<CaseEvent>()? else {
        return Ok(());
    };
    let case_no = event.envelope.stream_id();
    if let CaseEvent::Submitted(submitted) = &*known {
        name_item(sql, &submitted.item)?;
        let counted = Counted::application(case_no, &submitted.item, submitted.received_on);
        return keep(sql, case_no, None, &counted);
    }
    if let CaseEvent::AssistanceAsked(asked) = &*known {
        name_item(sql, &asked.item)?;
        let counted = Counted::application(case_no, &asked.item, asked.asked_on);
        return keep(sql, case_no, None, &counted.assisting(asked));
    }
    if known.effects().is_none() {
        return Ok(());
    }
    let Some(before) = find(sql, case_no)? else {
        return Ok(());
    };
    let mut after = before.clone();
    after.learn_permit(&known);
    if let CaseEvent::Released(released) = &*known {
        public_count::permit_released(sql, released, before.published)?;
    }
    moved(sql, case_no, &before, &after)
}

fn penalty(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
    let Payload::Known(known) = event.decode::<PenaltyEvent>()? else {
        return Ok(());
    };
    let case_no = event.envelope.stream_id();
    if let PenaltyFact::LeadRegistered(lead) = &known.fact {
        name_item(sql, &lead.item)?;
        return keep(sql, case_no, None, &Counted::lead(&lead.item));
    }
    public_count::penalty_record(sql, &known.fact)?;
    if known.effects.is_none() {
        return Ok(());
    }
    let Some(before) = find(sql, case_no)? else {
        return Ok(());
    };
    let mut after = before.clone();
    after.learn_penalty(&known, event.envelope.happened_on);
    moved(sql, case_no, &before, &after)
}

fn name_item(sql: &mut dyn Sql, item: &PinnedItem) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {tally_item} (item_code, item_name) VALUES ($1, $2)
         ON CONFLICT (item_code) DO UPDATE SET item_name = excluded.item_name",
        &params![&item.item_code, &item.name],
    )
    .map(drop)
}

fn moved(sql: &mut dyn Sql, case_no: &str, before: &Counted, after: &Counted) -> Result<(), Fault> {
    if after == before {
        return Ok(());
    }
    keep(sql, case_no, Some(before), after)
}

fn find(sql: &mut dyn Sql, case_no: &str) -> Result<Option<Counted>, Fault> {
    let row = sql.query_one(
        "SELECT procedure, body, area, item_code, month, state, result, late, begun_on, due_on, days, published
         FROM {tally_case} WHERE case_no = $1",
        &params![case_no],
    )?;
    Ok(row.map(|row| Counted {
        procedure: Procedure::from_key(row.text(0)).unwrap_or(Procedure::Permit),
        body: row.text(1).to_owned(),
        area: row.text(2).to_owned(),
        item_code: row.text(3).to_owned(),
        month: row.text(4).to_owned(),
        state: row.text(5).to_owned(),
        result: known(&RESULTS, row.text(6)),
        late: known(&LATE, row.text(7)),
        begun_on: row.date(8),
        due_on: row.date(9),
        days: row.opt_int(10),
        published: row.int(11) != 0,
    }))
}

fn known(words: &'static [&'static str], word: &str) -> &'static str {
    words.iter().copied().find(|known| *known == word).unwrap_or("")
}

fn keep(sql: &mut dyn Sql, case_no: &str, before: Option<&Counted>, after: &Counted) -> Result<(), Fault> {
    let before = before.filter(|before| before.counts());
    if let Some(before) = before {
        count(sql, before, -1)?;
    }
    if after.counts() {
        count(sql, after, 1)?;
        public_count::moved(sql, after, before)?;
    }
    sql.execute(
        "INSERT INTO {tally_case} (case_no, procedure, body, area, item_code, month, state, result, late, begun_on, due_on,
            days, published)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (case_no) DO UPDATE SET month = excluded.month, state = excluded.state, result = excluded.result,
            late = excluded.late, begun_on = excluded.begun_on, due_on = excluded.due_on, days = excluded.days,
            published = excluded.published",
        &params![
            case_no,
            after.procedure.key(),
            &after.body,
            &after.area,
            &after.item_code,
            &after.month,
            &after.state,
            after.result,
            after.late,
            after.begun_on,
            after.due_on,
            after.days,
            after.published,
        ],
    )?;
    Ok(())
}

fn count(sql: &mut dyn Sql, case: &Counted, by: i64) -> Result<(), Fault> {
    let procedure = case.procedure.key();
    sql.execute(
        "INSERT INTO {tally} (procedure, month, body, item_code, state, result, late, area, party_account, published, cases)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, $9)
         ON CONFLICT (procedure, month, body, item_code, state, result, late)
         DO UPDATE SET cases = {tally}.cases + excluded.cases",
        &params![
            procedure,
            &case.month,
            &case.body,
            &case.item_code,
            &case.state,
            case.result,
            case.late,
            &case.area,
            by
        ],
    )?;
    if let Some(days) = case.days {
        sql.execute(
            "INSERT INTO {tally_days} (procedure, month, body, item_code, days, area, party_account, published, cases)
             VALUES ($1, $2, $3, $4, $5, $6, '', 0, $7)
             ON CONFLICT (procedure, month, body, item_code, days)
             DO UPDATE SET cases = {tally_days}.cases + excluded.cases",
            &params![
                procedure,
                &case.month,
                &case.body,
                &case.item_code,
                days,
                &case.area,
                by
            ],
        )?;
    }
    if let Some(due_on) = case.due_on {
        sql.execute(
            "INSERT INTO {tally_due} (procedure, due_on, month, body, item_code, area, party_account, published, cases)
             VALUES ($1, $2, $3, $4, $5, $6, '', 0, $7)
             ON CONFLICT (procedure, due_on, month, body, item_code)
             DO UPDATE SET cases = {tally_due}.cases + excluded.cases",
            &params![
                procedure,
                due_on,
                &case.month,
                &case.body,
                &case.item_code,
                &case.area,
                by
            ],
        )?;
        // Days pass and their rows would stay behind empty.
        if by < 0 {
            sql.execute(
                "DELETE FROM {tally_due} WHERE procedure = $1 AND due_on = $2 AND month = $3 AND body = $4
                    AND item_code = $5 AND cases = 0",
                &params![procedure, due_on, &case.month, &case.body, &case.item_code],
            )?;
        }
    }
    Ok(())
}
