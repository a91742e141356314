//! `case_chart`: on which version's chart each case runs, and whether it still does. `migration_plan_list`: plans, one row
//! each. Nothing personal is in either.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Row, Sql, Value, View, params};
use mingjing_web::Scope;

use crate::events::{CaseEvent, Effects, FlowMoved, PinnedItem};
use crate::flow::{EarlierEvent, FlowEvent};
use crate::migration::plan::{MigrationPlan, PlanEvent, PlanFiled, PlanState};
use crate::penalty::events::{PenaltyEvent, PenaltyFact};

pub struct CaseCharts;

impl View for CaseCharts {
    fn name(&self) -> &'static str {
        "cases.charts"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["case_chart", "migration_plan_list"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {case_chart} (
                case_no TEXT PRIMARY KEY,
                item_code TEXT NOT NULL,
                version BIGINT NOT NULL,
                body TEXT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                published BIGINT NOT NULL,
                running BIGINT NOT NULL)",
            "CREATE INDEX {case_chart}_by_item ON {case_chart} (item_code, running, version, case_no)",
            "CREATE INDEX {case_chart}_by_body ON {case_chart} (body, running, item_code, version)",
            "CREATE TABLE {migration_plan_list} (
                plan_no TEXT PRIMARY KEY,
                body TEXT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                published BIGINT NOT NULL,
                item_code TEXT NOT NULL,
                item_name TEXT NOT NULL,
                from_version BIGINT NOT NULL,
                to_version BIGINT NOT NULL,
                state TEXT NOT NULL,
                filed_on TEXT NOT NULL,
                filed_by TEXT NOT NULL,
                moved BIGINT NOT NULL,
                stayed BIGINT NOT NULL)",
            "CREATE INDEX {migration_plan_list}_by_body ON {migration_plan_list} (body, filed_on, plan_no)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        matches!(stream_kind, "case" | "penalty" | "migration_plan")
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let id = event.envelope.stream_id();
        match event.envelope.stream_kind() {
            "migration_plan" => match event.decode::<PlanEvent>()? {
                Payload::Known(known) => planned(sql, id, event.envelope.happened_on, &known),
                Payload::Erased => Ok(()),
            },
            "penalty" => match event.decode::<PenaltyEvent>()? {
                Payload::Known(known) => {
                    let begun = match &known.fact {
                        PenaltyFact::LeadRegistered(lead) => Some(&lead.item),
                        _ => None,
                    };
                    let moved = match &known.fact {
                        PenaltyFact::FlowMoved(moved) => Some(&**moved),
                        _ => None,
                    };
                    followed(sql, id, begun, moved, known.effects.as_ref())
                }
                Payload::Erased => ended(sql, id),
            },
            _ => match event.decode::<CaseEvent>()? {
                Payload::Known(known) => {
                    let begun = match &*known {
                        CaseEvent::Submitted(submitted) => Some(&submitted.item),
                        _ => None,
                    };
                    let moved = match &*known {
                        CaseEvent::FlowMoved(moved) => Some(&moved.moved),
                        _ => None,
                    };
                    followed(sql, id, begun, moved, known.effects())
                }
                Payload::Erased => ended(sql, id),
            },
        }
    }
}

fn followed<S>(
    sql: &mut dyn Sql,
    case_no: &str,
    begun: Option<&PinnedItem>,
    moved: Option<&FlowMoved>,
    effects: Option<&Effects<S>>,
) -> Result<(), Fault> {
    if let Some(item) = begun {
        sql.execute(
            "INSERT INTO {case_chart} (case_no, item_code, version, body, area, party_account, published, running)
             VALUES ($1, $2, $3, $4, $5, '', 0, 1) ON CONFLICT (case_no) DO NOTHING",
            &params![
                case_no,
                &item.item_code,
                i64::from(item.version),
                &item.body,
                &item.area
            ],
        )?;
    }
    if let Some(moved) = moved {
        sql.execute(
            "UPDATE {case_chart} SET version = $2 WHERE case_no = $1",
            &params![case_no, i64::from(moved.to_version)],
        )?;
    }
    let over = |effects: &Effects<S>| {
        let now = effects
            .flow
            .iter()
            .any(|event| matches!(event, FlowEvent::Ended { .. }));
        let before = effects.earlier.iter();
        now || before
            .into_iter()
            .any(|event| matches!(event, EarlierEvent::ProcessEnded { .. }))
    };
    match effects.is_some_and(over) {
        true => ended(sql, case_no),
        false => Ok(()),
    }
}

/// What was erased is not moved any more.
fn ended(sql: &mut dyn Sql, case_no: &str) -> Result<(), Fault> {
    sql.execute(
        "UPDATE {case_chart} SET running = 0 WHERE case_no = $1",
        &params![case_no],
    )?;
    Ok(())
}

fn planned(sql: &mut dyn Sql, plan_no: &str, on: Date, event: &PlanEvent) -> Result<(), Fault> {
    let set = |sql: &mut dyn Sql, state: PlanState| {
        sql.execute(
            "UPDATE {migration_plan_list} SET state = $2 WHERE plan_no = $1",
            &params![plan_no, state.key()],
        )
    };
    match event {
        PlanEvent::Filed(filed) => return file(sql, plan_no, on, filed),
        PlanEvent::Confirmed { .. } => set(sql, PlanState::Confirmed)?,
        // Which they are is the plan's alone.
        PlanEvent::TakenUp { .. } => 0,
        PlanEvent::Declined { .. } => set(sql, PlanState::Declined)?,
        PlanEvent::Withdrawn { .. } => set(sql, PlanState::Withdrawn)?,
        PlanEvent::Finished { .. } => set(sql, PlanState::Finished)?,
        PlanEvent::CaseMoved { .. } => sql.execute(
            "UPDATE {migration_plan_list} SET moved = moved + 1 WHERE plan_no = $1",
            &params![plan_no],
        )?,
        PlanEvent::CaseStayed { .. } => sql.execute(
            "UPDATE {migration_plan_list} SET stayed = stayed + 1 WHERE plan_no = $1",
            &params![plan_no],
        )?,
    };
    Ok(())
}

fn file(sql: &mut dyn Sql, plan_no: &str, on: Date, filed: &PlanFiled) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {migration_plan_list} (plan_no, body, area, party_account, published, item_code, item_name,
            from_version, to_version, state, filed_on, filed_by, moved, stayed)
         VALUES ($1, $2, $3, '', 0, $4, $5, $6, $7, $8, $9, $10, 0, 0) ON CONFLICT (plan_no) DO NOTHING",
        &params![
            plan_no,
            &filed.body,
            &filed.area,
            &filed.item_code,
            &filed.item_name,
            i64::from(filed.from_version),
            i64::from(filed.to_version),
            PlanState::Filed.key(),
            on,
            &filed.by.name
        ],
    )?;
    Ok(())
}

/// Cases that run on a version's chart, in the order of their numbers, after one of them; empty: from the first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn running(
    sql: &mut dyn Sql,
    (item_code, version): (&str, i32),
    after: &str,
    most: i64,
) -> Result<Vec<String>, Fault> {
    let rows = sql.query(
        "SELECT case_no FROM {case_chart} WHERE item_code = $1 AND running = 1 AND version = $2 AND case_no > $3
         ORDER BY case_no LIMIT $4",
        &params![item_code, i64::from(version), after, most],
    )?;
    Ok(rows.iter().map(|row| row.text(0).to_owned()).collect())
}

/// Cases that a plan has still to take up; none of one that is not about all, or not under way.
///
/// # Errors
/// [`Fault`] from the database.
pub(crate) fn left(sql: &mut dyn Sql, plan: &MigrationPlan, most: i64) -> Result<Vec<String>, Fault> {
    let (Some(filed), Some(after)) = (&plan.filed, plan.goes_on_after()) else {
        return Ok(Vec::new());
    };
    running(sql, (&filed.item_code, filed.from_version), after, most)
}

/// Of these, the cases that run on a version's chart.
///
/// # Errors
/// [`Fault`] from the database.
pub fn still_running(
    sql: &mut dyn Sql,
    (item_code, version): (&str, i32),
    cases: &[String],
) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    for case_no in cases {
        let row = sql.query_one(
            "SELECT case_no FROM {case_chart} WHERE case_no = $1 AND item_code = $2 AND running = 1 AND version = $3",
            &params![case_no, item_code, i64::from(version)],
        )?;
        found.extend(row.map(|row| row.text(0).to_owned()));
    }
    Ok(found)
}

/// Of these, the cases of the item; what is another's is not there.
///
/// # Errors
/// [`Fault`] from the database.
pub fn among(reader: &mut Reader<'_>, item_code: &str, cases: &[String]) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    for case_no in cases {
        let row = reader.query_one(
            "SELECT case_no FROM {case_chart} WHERE case_no = $1 AND item_code = $2",
            &params![case_no, item_code],
        )?;
        found.extend(row.map(|row| row.text(0).to_owned()));
    }
    Ok(found)
}

/// How many run on a version's chart after one of them; empty: all.
///
/// # Errors
/// [`Fault`] from the database.
pub fn count(sql: &mut dyn Sql, (item_code, version): (&str, i32), after: &str) -> Result<i64, Fault> {
    let row = sql.query_one(
        "SELECT COUNT(*) FROM {case_chart} WHERE item_code = $1 AND running = 1 AND version = $2 AND case_no > $3",
        &params![item_code, i64::from(version), after],
    )?;
    Ok(row.map_or(0, |row| row.int(0)))
}

/// Body and division of the cases of an item.
///
/// # Errors
/// [`Fault`] from the database.
pub fn place_of(sql: &mut dyn Sql, item_code: &str) -> Result<Option<(String, String)>, Fault> {
    let rows = sql.query(
        "SELECT body, area FROM {case_chart} WHERE item_code = $1 ORDER BY case_no LIMIT 1",
        &params![item_code],
    )?;
    Ok(rows.first().map(|row| (row.text(0).to_owned(), row.text(1).to_owned())))
}

/// Whether cases of this item lie within a scope.
///
/// # Errors
/// [`Fault`] from the database.
pub fn item_within(reader: &mut Reader<'_>, scope: &Scope, item_code: &str) -> Result<bool, Fault> {
    let within = scope.sql(2);
    let text = format!(
        "SELECT case_no FROM {{case_chart}} WHERE item_code = $1 AND ({}) LIMIT 1",
        within.text
    );
    let mut values: Vec<Value> = vec![item_code.into()];
    values.extend(within.parameters.into_iter().map(Value::from));
    Ok(reader.query_one(&text, &values)?.is_some())
}

/// How many cases run on which version's chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    pub item_code: String,
    pub version: i32,
    pub cases: i64,
}

/// Within a scope, by item and version.
///
/// # Errors
/// [`Fault`] from the database.
pub fn by_version(reader: &mut Reader<'_>, scope: &Scope) -> Result<Vec<Running>, Fault> {
    let within = scope.sql(1);
    let text = format!(
        "SELECT item_code, version, COUNT(*) FROM {{case_chart}} WHERE running = 1 AND ({})
         GROUP BY item_code, version ORDER BY item_code, version",
        within.text
    );
    let values: Vec<Value> = within.parameters.into_iter().map(Value::from).collect();
    let rows = reader.query(&text, &values)?;
    let read = rows.iter().map(|row| Running {
        item_code: row.text(0).to_owned(),
        version: row.int(1) as i32,
        cases: row.int(2),
    });
    Ok(read.collect())
}

/// A plan in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    pub plan_no: String,
    pub item_code: String,
    pub item_name: String,
    pub from_version: i32,
    pub to_version: i32,
    pub state: PlanState,
    pub filed_on: String,
    pub filed_by: String,
    pub moved: i64,
    pub stayed: i64,
}

/// Within a scope, the newest first, after a place in that order.
///
/// # Errors
/// [`Fault`] from the database.
pub fn plans(
    reader: &mut Reader<'_>,
    scope: &Scope,
    after: Option<&[String; 2]>,
    most: i64,
) -> Result<Vec<PlanRow>, Fault> {
    let within = scope.sql(1);
    let mut values: Vec<Value> = within.parameters.into_iter().map(Value::from).collect();
    let mut condition = format!("({})", within.text);
    if let Some([day, plan_no]) = after {
        values.extend([day.as_str().into(), plan_no.as_str().into()]);
        let n = values.len();
        condition.push_str(&format!(
            " AND (filed_on < ${0} OR (filed_on = ${0} AND plan_no > ${n}))",
            n - 1
        ));
    }
    values.push(most.into());
    let rows = reader.query(
        &format!(
            "SELECT plan_no, item_code, item_name, from_version, to_version, state, filed_on, filed_by, moved, stayed
             FROM {{migration_plan_list}} WHERE {condition} ORDER BY filed_on DESC, plan_no LIMIT ${}",
            values.len()
        ),
        &values,
    )?;
    Ok(rows.iter().map(row).collect())
}

fn row(row: &Row) -> PlanRow {
    PlanRow {
        plan_no: row.text(0).to_owned(),
        item_code: row.text(1).to_owned(),
        item_name: row.text(2).to_owned(),
        from_version: row.int(3) as i32,
        to_version: row.int(4) as i32,
        state: PlanState::of(row.text(5)),
        filed_on: row.text(6).to_owned(),
        filed_by: row.text(7).to_owned(),
        moved: row.int(8),
        stayed: row.int(9),
    }
}
