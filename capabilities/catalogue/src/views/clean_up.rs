//! Tasks of clean-ups, one row each: where they are, and the plan with what is done.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, Value, View, params};
use mingjing_web::Scope;

use crate::clean_up::task::{Planned, Stage, TaskEvent};

pub struct CleanUpTasks;

impl View for CleanUpTasks {
    fn name(&self) -> &'static str {
        "clean_up_task_list"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["clean_up_task_list", "clean_up_stage"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {clean_up_task_list} (
                task TEXT PRIMARY KEY,
                clean_up TEXT NOT NULL,
                name TEXT NOT NULL,
                body TEXT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                published BIGINT NOT NULL,
                body_name TEXT NOT NULL,
                stage TEXT NOT NULL,
                items BIGINT NOT NULL
            )",
            "CREATE INDEX {clean_up_task_list}_by_body ON {clean_up_task_list} (body, stage)",
            "CREATE TABLE {clean_up_stage} (
                task TEXT NOT NULL,
                stage TEXT NOT NULL,
                seq BIGINT NOT NULL,
                due TEXT NOT NULL,
                person TEXT NOT NULL,
                done_on TEXT,
                PRIMARY KEY (task, stage)
            )",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "clean_up_task"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<TaskEvent>()? else {
            return Ok(());
        };
        let task = event.envelope.stream_id();
        let day = event.envelope.happened_on;
        match &*known {
            TaskEvent::Assigned(assigned) => {
                sql.execute(
                    "INSERT INTO {clean_up_task_list} (task, clean_up, name, body, area, party_account, published, body_name,
                        stage, items) VALUES ($1, $2, $3, $4, $5, '', 0, $6, 'register', 0)",
                    &params![
                        task,
                        &assigned.clean_up,
                        &assigned.name,
                        &assigned.body,
                        &assigned.area,
                        &assigned.body_name
                    ],
                )?;
                for planned in &assigned.plan {
                    plan(sql, task, planned)?;
                }
                Ok(())
            }
            TaskEvent::Registered { counts, .. } => {
                let items = i64::from(counts.added + counts.changed + counts.ended + counts.unchanged);
                sql.execute(
                    "UPDATE {clean_up_task_list} SET items = $2 WHERE task = $1",
                    &params![task, items],
                )?;
                done(sql, task, Stage::Register, day)
            }
            TaskEvent::Returned { .. } => again(sql, task, Stage::Register),
            TaskEvent::Reviewed { .. } => done(sql, task, Stage::Review, day),
            TaskEvent::Approved { .. } => done(sql, task, Stage::Approve, day),
            TaskEvent::Published { .. } => done(sql, task, Stage::Publish, day),
            TaskEvent::Drawn { .. } => done(sql, task, Stage::Draw, day),
            TaskEvent::RedrawAsked { .. } => again(sql, task, Stage::Draw),
            TaskEvent::Confirmed { .. } => done(sql, task, Stage::Confirm, day),
        }
    }
}

fn place(stage: Stage) -> i64 {
    let place = Stage::ALL.iter().position(|known| *known == stage);
    place.and_then(|place| i64::try_from(place).ok()).unwrap_or(0)
}

fn plan(sql: &mut dyn Sql, task: &str, planned: &Planned) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {clean_up_stage} (task, stage, seq, due, person, done_on) VALUES ($1, $2, $3, $4, $5, NULL)",
        &params![
            task,
            planned.stage.key(),
            place(planned.stage),
            planned.due,
            &planned.person
        ],
    )?;
    Ok(())
}

fn at(sql: &mut dyn Sql, task: &str, stage: &str) -> Result<(), Fault> {
    sql.execute(
        "UPDATE {clean_up_task_list} SET stage = $2 WHERE task = $1",
        &params![task, stage],
    )?;
    Ok(())
}

fn done(sql: &mut dyn Sql, task: &str, stage: Stage, day: Date) -> Result<(), Fault> {
    sql.execute(
        "UPDATE {clean_up_stage} SET done_on = $3 WHERE task = $1 AND stage = $2",
        &params![task, stage.key(), day],
    )?;
    let next = Stage::ALL.into_iter().find(|later| *later > stage);
    at(sql, task, next.map_or("done", Stage::key))
}

fn again(sql: &mut dyn Sql, task: &str, from: Stage) -> Result<(), Fault> {
    sql.execute(
        "UPDATE {clean_up_stage} SET done_on = NULL WHERE task = $1 AND seq >= $2",
        &params![task, place(from)],
    )?;
    at(sql, task, from.key())
}

/// A task with its stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanUpRow {
    pub task: String,
    pub clean_up: String,
    pub name: String,
    pub body: String,
    pub body_name: String,
    /// `None` once all is done.
    pub stage: Option<Stage>,
    pub items: i64,
    pub plan: Vec<Planned>,
}

/// Within a scope: the newest clean-up first, its bodies by code.
///
/// # Errors
/// [`Fault`] from the database.
pub fn clean_up_tasks(reader: &mut Reader<'_>, scope: &Scope, most: i64) -> Result<Vec<CleanUpRow>, Fault> {
    let within = scope.sql(1);
    let mut params: Vec<Value> = within.parameters.into_iter().map(Value::from).collect();
    params.push(Value::Int(most));
    let sql = format!(
        "SELECT task, clean_up, name, body, body_name, stage, items FROM {{clean_up_task_list}} WHERE {}
         ORDER BY clean_up DESC, body LIMIT ${}",
        within.text,
        params.len()
    );
    let mut tasks = Vec::new();
    for row in reader.query(&sql, &params)? {
        let stages = reader.query(
            "SELECT stage, due, person, done_on FROM {clean_up_stage} WHERE task = $1 ORDER BY seq",
            &params![row.text(0)],
        )?;
        let plan = stages.iter().filter_map(|stage| {
            Some(Planned {
                stage: Stage::of_key(stage.text(0))?,
                due: stage.text(1).parse().ok()?,
                person: stage.text(2).to_owned(),
                done_on: stage.opt_text(3).and_then(|day| day.parse().ok()),
            })
        });
        tasks.push(CleanUpRow {
            task: row.text(0).to_owned(),
            clean_up: row.text(1).to_owned(),
            name: row.text(2).to_owned(),
            body: row.text(3).to_owned(),
            body_name: row.text(4).to_owned(),
            stage: Stage::of_key(row.text(5)),
            items: row.int(6),
            plan: plan.collect(),
        });
    }
    Ok(tasks)
}

/// The body's task that waits for its register.
///
/// # Errors
/// [`Fault`] from the database.
pub fn task_at_register(reader: &mut Reader<'_>, body: &str) -> Result<Option<String>, Fault> {
    let sql = "SELECT task FROM {clean_up_task_list} WHERE body = $1 AND stage = 'register'";
    let row = reader.query_one(sql, &params![body])?;
    Ok(row.map(|row| row.text(0).to_owned()))
}
