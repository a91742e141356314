//! `studio.pace`: how many cases wait at each step of a flow, and how long those that are through it took. It follows, event
//! by event, so that a page costs the same whether there are a hundred cases or a million. Nothing personal is in it.
//!
//! Invariants:
//! - A case has a row in `pace_open` for each step that is open for it, and no other.
//! - `pace_done` holds each step that was left, in the row of the days it took.
//! - A flow is known by its identity: cases of an older version are not counted on the drawing of a newer. A case that
//!   was migrated waits on the newer one, since the day on which the waiting began; nothing of it counts as left.

use jiff::civil::Date;
use mingjing_cases::events::{CaseEvent, FlowMoved, OpenStep, PinnedItem};
use mingjing_cases::penalty::events::{PenaltyEvent, PenaltyFact};
use mingjing_chronicle::{Fault, Order, Payload, Reader, RecordedEvent, Sql, View, params};

pub struct Pace;

impl View for Pace {
    fn name(&self) -> &'static str {
        "studio.pace"
    }

    fn version(&self) -> i32 {
        2
    }

    fn tables(&self) -> &'static [&'static str] {
        &["pace_case", "pace_open", "pace_done"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {pace_case} (case_no TEXT PRIMARY KEY, item_code TEXT NOT NULL, flow TEXT NOT NULL)",
            "CREATE TABLE {pace_open} (
                case_no TEXT NOT NULL,
                element TEXT NOT NULL,
                instance BIGINT NOT NULL,
                item_code TEXT NOT NULL,
                flow TEXT NOT NULL,
                since TEXT NOT NULL,
                due TEXT,
                PRIMARY KEY (case_no, element, instance))",
            "CREATE INDEX {pace_open}_by_flow ON {pace_open} (item_code, flow, element, due, since)",
            "CREATE TABLE {pace_done} (
                item_code TEXT NOT NULL,
                flow TEXT NOT NULL,
                element TEXT NOT NULL,
                days BIGINT NOT NULL,
                steps BIGINT NOT NULL,
                late BIGINT NOT NULL,
                PRIMARY KEY (item_code, flow, element, days))",
        ]
    }

    fn order(&self) -> Order {
        Order::Follower
    }

    fn wants(&self, stream_kind: &str) -> bool {
        matches!(stream_kind, "case" | "penalty")
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let (case_no, on) = (event.envelope.stream_id(), event.envelope.happened_on);
        match event.envelope.stream_kind() {
            "penalty" => {
                let Payload::Known(known) = event.decode::<PenaltyEvent>()? else {
                    return forget(sql, case_no);
                };
                if let PenaltyFact::LeadRegistered(lead) = &known.fact {
                    begin(sql, case_no, &lead.item)?;
                }
                if let PenaltyFact::FlowMoved(to) = &known.fact {
                    elsewhere(sql, case_no, to)?;
                }
                match &known.effects {
                    Some(effects) => moved(sql, case_no, &effects.steps, on),
                    None => Ok(()),
                }
            }
            _ => {
                let Payload::Known(known) = event.decode::<CaseEvent>()? else {
                    return forget(sql, case_no);
                };
                if let CaseEvent::Submitted(submitted) = &*known {
                    begin(sql, case_no, &submitted.item)?;
                }
                if let CaseEvent::FlowMoved(to) = &*known {
                    elsewhere(sql, case_no, &to.moved)?;
                }
                match known.effects() {
                    Some(effects) => moved(sql, case_no, &effects.steps, on),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Without its payload nothing waits for anybody any more; what was counted stays: numbers name nobody.
fn forget(sql: &mut dyn Sql, case_no: &str) -> Result<(), Fault> {
    sql.execute("DELETE FROM {pace_open} WHERE case_no = $1", &params![case_no])?;
    Ok(())
}

fn begin(sql: &mut dyn Sql, case_no: &str, item: &PinnedItem) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {pace_case} (case_no, item_code, flow) VALUES ($1, $2, $3) ON CONFLICT (case_no) DO NOTHING",
        &params![case_no, &item.item_code, &item.flow_hash],
    )?;
    Ok(())
}

/// On another chart; what is open there is entered next, with the day on which it began.
fn elsewhere(sql: &mut dyn Sql, case_no: &str, to: &FlowMoved) -> Result<(), Fault> {
    forget(sql, case_no)?;
    sql.execute(
        "UPDATE {pace_case} SET flow = $2 WHERE case_no = $1",
        &params![case_no, &to.to_flow],
    )?;
    Ok(())
}

struct Resting {
    element: String,
    instance: i64,
    since: String,
    due: Option<String>,
}

/// What was open and is not any more was left on this day; what is open again since another day was left and entered.
fn moved(sql: &mut dyn Sql, case_no: &str, steps: &[OpenStep], on: Date) -> Result<(), Fault> {
    let rows = sql.query(
        "SELECT element, instance, since, due FROM {pace_open} WHERE case_no = $1 ORDER BY element, instance",
        &params![case_no],
    )?;
    let before: Vec<Resting> = rows
        .iter()
        .map(|row| Resting {
            element: row.text(0).to_owned(),
            instance: row.int(1),
            since: row.text(2).to_owned(),
            due: row.opt_text(3).map(str::to_owned),
        })
        .collect();
    let same = |was: &Resting, is: &OpenStep| {
        was.element == is.task && was.instance == instance(is) && was.since == is.since.to_string()
    };
    for was in before.iter().filter(|was| !steps.iter().any(|is| same(was, is))) {
        left(sql, case_no, was, on)?;
    }
    for is in steps.iter().filter(|is| !before.iter().any(|was| same(was, is))) {
        sql.execute(
            "INSERT INTO {pace_open} (case_no, element, instance, item_code, flow, since, due)
             SELECT case_no, $2, $3, item_code, flow, $4, $5 FROM {pace_case} WHERE case_no = $1
             ON CONFLICT (case_no, element, instance) DO NOTHING",
            &params![case_no, &is.task, instance(is), is.since, is.due],
        )?;
    }
    Ok(())
}

fn instance(step: &OpenStep) -> i64 {
    step.instance.map_or(0, i64::from)
}

fn left(sql: &mut dyn Sql, case_no: &str, was: &Resting, on: Date) -> Result<(), Fault> {
    sql.execute(
        "DELETE FROM {pace_open} WHERE case_no = $1 AND element = $2 AND instance = $3",
        &params![case_no, &was.element, was.instance],
    )?;
    let since: Option<Date> = was.since.parse().ok();
    let days = since
        .and_then(|since| on.since(since).ok())
        .map_or(0, |span| i64::from(span.get_days()));
    let late = was.due.as_deref().is_some_and(|due| due < on.to_string().as_str());
    sql.execute(
        "INSERT INTO {pace_done} (item_code, flow, element, days, steps, late)
         SELECT item_code, flow, $2, $3, 1, $4 FROM {pace_case} WHERE case_no = $1
         ON CONFLICT (item_code, flow, element, days) DO UPDATE SET
             steps = {pace_done}.steps + 1, late = {pace_done}.late + excluded.late",
        &params![case_no, &was.element, days.max(0), late],
    )?;
    Ok(())
}

/// How it goes at one step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepPace {
    pub element: String,
    /// Open now, and of these past the body's own limit for the step.
    pub waiting: i64,
    pub overdue: i64,
    /// Steps that were left, and of these late.
    pub done: i64,
    pub late: i64,
    /// Calendar days from entering to leaving, of the one in the middle.
    pub median_days: Option<i64>,
}

impl StepPace {
    /// Of all that were or are here, how many were or are late; in percent.
    pub fn late_share(&self) -> Option<i64> {
        let all = self.waiting + self.done;
        (all > 0).then(|| (self.overdue + self.late) * 100 / all)
    }
}

/// Pace by element of an item's cases on one flow.
///
/// # Errors
/// [`Fault`] from the database.
pub fn of_flow(reader: &mut Reader<'_>, item_code: &str, flow: &str, today: Date) -> Result<Vec<StepPace>, Fault> {
    let mut steps: Vec<StepPace> = Vec::new();
    let open = reader.query(
        "SELECT element, COUNT(*), CAST(SUM(CASE WHEN due < $3 THEN 1 ELSE 0 END) AS BIGINT) FROM {pace_open}
         WHERE item_code = $1 AND flow = $2 GROUP BY element ORDER BY element",
        &params![item_code, flow, today.to_string()],
    )?;
    for row in &open {
        steps.push(StepPace {
            element: row.text(0).to_owned(),
            waiting: row.int(1),
            overdue: row.int(2),
            ..StepPace::default()
        });
    }
    let done = reader.query(
        "SELECT element, days, steps, late FROM {pace_done} WHERE item_code = $1 AND flow = $2 ORDER BY element, days",
        &params![item_code, flow],
    )?;
    let rows: Vec<(&str, i64, i64, i64)> = done
        .iter()
        .map(|row| (row.text(0), row.int(1), row.int(2), row.int(3)))
        .collect();
    for of_one in rows.chunk_by(|a, b| a.0 == b.0) {
        let element = of_one[0].0;
        let at = match steps.iter().position(|step| step.element == element) {
            Some(at) => at,
            None => {
                steps.push(StepPace {
                    element: element.to_owned(),
                    ..StepPace::default()
                });
                steps.len() - 1
            }
        };
        let step = &mut steps[at];
        step.done = of_one.iter().map(|row| row.2).sum();
        step.late = of_one.iter().map(|row| row.3).sum();
        step.median_days = median(of_one.iter().map(|row| (row.1, row.2)), step.done);
    }
    Ok(steps)
}

/// The day in the middle of a histogram in the order of days; of an even number the lower one.
fn median(days: impl Iterator<Item = (i64, i64)>, all: i64) -> Option<i64> {
    let middle = (all + 1) / 2;
    let mut seen = 0;
    for (day, number) in days {
        seen += number;
        if seen >= middle {
            return (all > 0).then_some(day);
        }
    }
    None
}

/// Cases' open steps by flow of these items, for a list.
///
/// # Errors
/// [`Fault`] from the database.
pub fn waiting(reader: &mut Reader<'_>, item_code: &str, flow: &str) -> Result<i64, Fault> {
    let row = reader.query_one(
        "SELECT COUNT(*) FROM {pace_open} WHERE item_code = $1 AND flow = $2",
        &params![item_code, flow],
    )?;
    Ok(row.map_or(0, |row| row.int(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let check = |days: &[(i64, i64)], expect: Option<i64>| {
            let all = days.iter().map(|(_, number)| number).sum();
            assert_eq!(median(days.iter().copied(), all), expect, "{days:?}");
        };
        check(&[], None);
        check(&[(3, 1)], Some(3));
        check(&[(1, 1), (9, 1)], Some(1));
        check(&[(0, 2), (2, 2), (30, 1)], Some(2));
        check(&[(0, 1), (5, 10)], Some(5));
    }
}
