//! `cases.tally`: counts of cases across bodies and items, kept up to date event by event, so that statistics cost the
//! same whether there are a hundred cases or a million. It follows; nothing personal is in it.
//!
//! Invariants:
//! - A case counts in exactly one row of `tally`: that of what `tally_case` says of it.
//! - `tally_days` holds the decided cases by the days they took; `tally_due` the undecided ones by their due date.
//! - The scope columns are those of every list, so that the same condition narrows lists and counts.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Order, Payload, RecordedEvent, Sql, View, params};

use crate::clock::ClockKind;
use crate::events::{CaseEvent, CaseState};

pub struct CaseTally;

impl View for CaseTally {
    fn name(&self) -> &'static str {
        "cases.tally"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["tally_case", "tally", "tally_days", "tally_due", "tally_item"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {tally_case} (
                case_no TEXT PRIMARY KEY,
                body TEXT NOT NULL,
                area TEXT NOT NULL,
                item_code TEXT NOT NULL,
                month TEXT NOT NULL,
                state TEXT NOT NULL,
                result TEXT NOT NULL,
                late TEXT NOT NULL,
                accepted_on TEXT,
                due_on TEXT,
                days BIGINT)",
            "CREATE TABLE {tally} (
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
                PRIMARY KEY (month, body, item_code, state, result, late))",
            "CREATE TABLE {tally_days} (
                month TEXT NOT NULL,
                body TEXT NOT NULL,
                item_code TEXT NOT NULL,
                days BIGINT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                published BIGINT NOT NULL,
                cases BIGINT NOT NULL,
                PRIMARY KEY (month, body, item_code, days))",
            "CREATE TABLE {tally_due} (
                due_on TEXT NOT NULL,
                month TEXT NOT NULL,
                body TEXT NOT NULL,
                item_code TEXT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                published BIGINT NOT NULL,
                cases BIGINT NOT NULL,
                PRIMARY KEY (due_on, month, body, item_code))",
            "CREATE TABLE {tally_item} (item_code TEXT PRIMARY KEY, item_name TEXT NOT NULL)",
        ]
    }

    fn order(&self) -> Order {
        Order::Follower
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "case"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<CaseEvent>()? else {
            // What an erased event changed is not known any more; the case stays counted as it was.
            return Ok(());
        };
        let case_no = event.envelope.stream_id();
        if let CaseEvent::Submitted(submitted) = &*known {
            let counted = Counted::new(submitted);
            sql.execute(
                "INSERT INTO {tally_item} (item_code, item_name) VALUES ($1, $2)
                 ON CONFLICT (item_code) DO UPDATE SET item_name = excluded.item_name",
                &params![&submitted.item.item_code, &submitted.item.name],
            )?;
            return keep(sql, case_no, None, &counted);
        }
        if known.effects().is_none() {
            return Ok(());
        }
        let Some(before) = find(sql, case_no)? else {
            return Ok(());
        };
        let mut after = before.clone();
        after.learn(&known);
        if after == before {
            return Ok(());
        }
        keep(sql, case_no, Some(&before), &after)
    }
}

/// What statistics know of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Counted {
    body: String,
    area: String,
    item_code: String,
    /// Month of receipt, `2026-05`.
    month: String,
    state: String,
    /// `granted`, `denied`, `refused`, `not_required`, `withdrawn`; empty while there is none.
    result: &'static str,
    /// `in_time`, `promised` (past the promise), `statutory` (past the law); empty before the decision.
    late: &'static str,
    accepted_on: Option<Date>,
    /// The statutory day while the decision is owed and its clock runs.
    due_on: Option<Date>,
    /// Calendar days from acceptance to decision.
    days: Option<i64>,
}

const RESULTS: [&str; 6] = ["", "granted", "denied", "refused", "not_required", "withdrawn"];
const LATE: [&str; 4] = ["", "in_time", "promised", "statutory"];

impl Counted {
    fn new(submitted: &crate::events::Submitted) -> Counted {
        Counted {
            body: submitted.item.body.clone(),
            area: submitted.item.area.clone(),
            item_code: submitted.item.item_code.clone(),
            month: submitted.received_on.strftime("%Y-%m").to_string(),
            state: CaseState::Submitted.key().to_owned(),
            result: "",
            late: "",
            accepted_on: None,
            due_on: None,
            days: None,
        }
    }

    fn learn(&mut self, event: &CaseEvent) {
        match event {
            CaseEvent::Accepted(accepted) => self.accepted_on = Some(accepted.accepted_on),
            CaseEvent::AcceptanceDeemed(accepted) => self.accepted_on = Some(accepted.accepted_on),
            CaseEvent::AcceptanceRefused(_) => self.result = "refused",
            CaseEvent::PermitNotRequired(_) => self.result = "not_required",
            CaseEvent::Withdrawn(_) => self.result = "withdrawn",
            CaseEvent::Decided(decided) => {
                self.result = if decided.decision.granted() {
                    "granted"
                } else {
                    "denied"
                };
                self.late = match (decided.late.statutory, decided.late.promised) {
                    (true, _) => "statutory",
                    (false, true) => "promised",
                    (false, false) => "in_time",
                };
                self.days = self
                    .accepted_on
                    .and_then(|accepted| accepted.until(decided.decided_on).ok())
                    .map(|span| i64::from(span.get_days()));
            }
            _ => {}
        }
        let Some(effects) = event.effects() else { return };
        self.state = effects.state.key().to_owned();
        for change in &effects.clocks {
            if change.kind() == ClockKind::Decision {
                // While time is excluded there is no due date, and nothing can be overdue.
                self.due_on = change.due().map(|due| due.on);
            }
        }
    }
}

fn find(sql: &mut dyn Sql, case_no: &str) -> Result<Option<Counted>, Fault> {
    let row = sql.query_one(
        "SELECT body, area, item_code, month, state, result, late, accepted_on, due_on, days
         FROM {tally_case} WHERE case_no = $1",
        &params![case_no],
    )?;
    Ok(row.map(|row| Counted {
        body: row.text(0).to_owned(),
        area: row.text(1).to_owned(),
        item_code: row.text(2).to_owned(),
        month: row.text(3).to_owned(),
        state: row.text(4).to_owned(),
        result: known(&RESULTS, row.text(5)),
        late: known(&LATE, row.text(6)),
        accepted_on: row.date(7),
        due_on: row.date(8),
        days: row.opt_int(9),
    }))
}

fn known(words: &'static [&'static str], word: &str) -> &'static str {
    words.iter().copied().find(|known| *known == word).unwrap_or("")
}

fn keep(sql: &mut dyn Sql, case_no: &str, before: Option<&Counted>, after: &Counted) -> Result<(), Fault> {
    if let Some(before) = before {
        count(sql, before, -1)?;
    }
    count(sql, after, 1)?;
    sql.execute(
        "INSERT INTO {tally_case} (case_no, body, area, item_code, month, state, result, late, accepted_on, due_on, days)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (case_no) DO UPDATE SET state = excluded.state, result = excluded.result, late = excluded.late,
            accepted_on = excluded.accepted_on, due_on = excluded.due_on, days = excluded.days",
        &params![
            case_no,
            &after.body,
            &after.area,
            &after.item_code,
            &after.month,
            &after.state,
            after.result,
            after.late,
            after.accepted_on,
            after.due_on,
            after.days,
        ],
    )?;
    Ok(())
}

fn count(sql: &mut dyn Sql, case: &Counted, by: i64) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {tally} (month, body, item_code, state, result, late, area, party_account, published, cases)
         VALUES ($1, $2, $3, $4, $5, $6, $7, '', 0, $8)
         ON CONFLICT (month, body, item_code, state, result, late)
         DO UPDATE SET cases = {tally}.cases + excluded.cases",
        &params![
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
            "INSERT INTO {tally_days} (month, body, item_code, days, area, party_account, published, cases)
             VALUES ($1, $2, $3, $4, $5, '', 0, $6)
             ON CONFLICT (month, body, item_code, days) DO UPDATE SET cases = {tally_days}.cases + excluded.cases",
            &params![&case.month, &case.body, &case.item_code, days, &case.area, by],
        )?;
    }
    if let Some(due_on) = case.due_on {
        sql.execute(
            "INSERT INTO {tally_due} (due_on, month, body, item_code, area, party_account, published, cases)
             VALUES ($1, $2, $3, $4, $5, '', 0, $6)
             ON CONFLICT (due_on, month, body, item_code) DO UPDATE SET cases = {tally_due}.cases + excluded.cases",
            &params![due_on, &case.month, &case.body, &case.item_code, &case.area, by],
        )?;
        // Days pass and their rows would stay behind empty.
        if by < 0 {
            sql.execute(
                "DELETE FROM {tally_due} WHERE due_on = $1 AND month = $2 AND body = $3 AND item_code = $4 AND cases = 0",
                &params![due_on, &case.month, &case.body, &case.item_code],
            )?;
        }
    }
    Ok(())
}
