//! `case_list` and `task`: one row a case, one row an open task. Dues in the list are those of running clocks only: an
//! empty due cannot be missed.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Row, Sql, Value, View, params};

use crate::clock::ClockChange;
use crate::events::{CaseEvent, CaseState, Effects, Release, Submitted};

pub struct CaseList;

impl View for CaseList {
    fn name(&self) -> &'static str {
        "cases.list"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["case_list", "task"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {case_list} (
                case_no TEXT PRIMARY KEY,
                item_code TEXT NOT NULL,
                item_version BIGINT NOT NULL,
                item_name TEXT NOT NULL,
                body TEXT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                agent_account TEXT NOT NULL,
                party_kind TEXT NOT NULL,
                party_name TEXT NOT NULL,
                channel TEXT NOT NULL,
                received_on TEXT NOT NULL,
                accepted_on TEXT,
                decided_on TEXT,
                completed_on TEXT,
                state TEXT NOT NULL,
                open BIGINT NOT NULL,
                suspended BIGINT NOT NULL,
                published BIGINT NOT NULL,
                step TEXT NOT NULL,
                telling_due TEXT,
                decision_due TEXT,
                promised_due TEXT,
                serving_due TEXT,
                publication_due TEXT,
                late_statutory BIGINT NOT NULL,
                late_promised BIGINT NOT NULL,
                updated_at BIGINT NOT NULL)",
            "CREATE INDEX {case_list}_by_body ON {case_list} (body, open, received_on)",
            "CREATE INDEX {case_list}_by_state ON {case_list} (body, state)",
            "CREATE INDEX {case_list}_by_party ON {case_list} (party_account, updated_at)",
            "CREATE INDEX {case_list}_by_agent ON {case_list} (agent_account, updated_at)",
            "CREATE INDEX {case_list}_by_area ON {case_list} (area, open, received_on)",
            "CREATE TABLE {task} (
                case_no TEXT NOT NULL,
                task TEXT NOT NULL,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                role TEXT NOT NULL,
                body TEXT NOT NULL,
                area TEXT NOT NULL,
                since TEXT NOT NULL,
                due_on TEXT,
                PRIMARY KEY (case_no, task))",
            "CREATE INDEX {task}_by_post ON {task} (body, role, due_on)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "case"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let case_no = event.envelope.stream_id();
        let Payload::Known(known) = event.decode::<CaseEvent>()? else {
            // Without its payload nothing waits for anybody any more.
            sql.execute("DELETE FROM {task} WHERE case_no = $1", &params![case_no])?;
            return Ok(());
        };
        if let CaseEvent::Submitted(submitted) = &*known {
            insert(sql, submitted, event)?;
        }
        let Some(effects) = known.effects() else {
            return Ok(());
        };
        update(sql, case_no, &known, effects, event)?;
        tasks(sql, case_no, effects)
    }
}

fn insert(sql: &mut dyn Sql, submitted: &Submitted, event: &RecordedEvent) -> Result<(), Fault> {
    let applicant = &submitted.applicant;
    let agent = applicant.agent.as_ref().and_then(|agent| agent.account.as_deref());
    sql.execute(
        "INSERT INTO {case_list} (case_no, item_code, item_version, item_name, body, area, party_account,
            agent_account, party_kind, party_name, channel, received_on, state, open, suspended, published, step,
            late_statutory, late_promised, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, 0, 0, '', 0, 0, $14)",
        &params![
            &submitted.case_no,
            &submitted.item.item_code,
            submitted.item.version,
            &submitted.item.name,
            &submitted.item.body,
            &submitted.item.area,
            applicant.account.as_deref().unwrap_or_default(),
            agent.unwrap_or_default(),
            applicant.party.kind(),
            applicant.party.name(),
            submitted.channel.key(),
            submitted.received_on,
            CaseState::Submitted.key(),
            event.envelope.recorded_at,
        ],
    )?;
    Ok(())
}

fn update(
    sql: &mut dyn Sql,
    case_no: &str,
    event: &CaseEvent,
    effects: &Effects,
    recorded: &RecordedEvent,
) -> Result<(), Fault> {
    let steps: Vec<&str> = effects.steps.iter().map(|step| step.name.as_str()).collect();
    let mut set = Columns::default();
    set.put("state", effects.state.key());
    set.put("open", effects.state.open());
    set.put("step", steps.join("、"));
    set.put("updated_at", recorded.envelope.recorded_at);
    for change in &effects.clocks {
        clock(&mut set, change);
    }
    facts(&mut set, event, recorded.envelope.happened_on);
    set.values.push(Value::from(case_no));
    let sql_text = format!(
        "UPDATE {{case_list}} SET {} WHERE case_no = ${}",
        set.names.join(", "),
        set.values.len()
    );
    sql.execute(&sql_text, &set.values)?;
    Ok(())
}

/// Assignments of an update; names are literals of this file.
#[derive(Default)]
struct Columns {
    names: Vec<String>,
    values: Vec<Value>,
}

impl Columns {
    fn put(&mut self, name: &'static str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.names.push(format!("{name} = ${}", self.values.len()));
    }
}

fn clock(set: &mut Columns, change: &ClockChange) {
    use crate::clock::ClockKind;
    let column = match change.kind() {
        ClockKind::Telling => "telling_due",
        ClockKind::Decision => "decision_due",
        ClockKind::Promised => "promised_due",
        ClockKind::Serving => "serving_due",
        ClockKind::Publication => "publication_due",
    };
    set.put(column, change.due().map(|due| due.on));
    match change {
        ClockChange::Suspended { kind, .. } if *kind == ClockKind::Decision => set.put("suspended", true),
        ClockChange::Resumed { kind, .. } if *kind == ClockKind::Decision => set.put("suspended", false),
        _ => {}
    }
}

fn facts(set: &mut Columns, event: &CaseEvent, happened_on: Date) {
    match event {
        CaseEvent::Accepted(event) => set.put("accepted_on", event.accepted_on),
        CaseEvent::AcceptanceDeemed(event) => set.put("accepted_on", event.accepted_on),
        CaseEvent::Decided(event) => {
            set.put("decided_on", event.decided_on);
            set.put("late_statutory", event.late.statutory);
            set.put("late_promised", event.late.promised);
        }
        CaseEvent::Completed(_) => set.put("completed_on", happened_on),
        CaseEvent::Released(event) => set.put("published", matches!(event.release, Release::Publish { .. })),
        _ => {}
    }
}

fn tasks(sql: &mut dyn Sql, case_no: &str, effects: &Effects) -> Result<(), Fault> {
    sql.execute("DELETE FROM {task} WHERE case_no = $1", &params![case_no])?;
    for step in &effects.steps {
        sql.execute(
            "INSERT INTO {task} (case_no, task, name, kind, role, body, area, since, due_on)
             SELECT case_no, $2, $3, $4, $5, body, area, $6, $7 FROM {case_list} WHERE case_no = $1",
            &params![
                case_no, &step.task, &step.name, &step.kind, &step.role, step.since, step.due
            ],
        )?;
    }
    Ok(())
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    pub case_no: String,
    pub item_code: String,
    pub item_name: String,
    pub body: String,
    pub party_name: String,
    pub received_on: String,
    pub state: CaseState,
    pub suspended: bool,
    pub step: String,
    pub telling_due: Option<Date>,
    pub decision_due: Option<Date>,
    pub promised_due: Option<Date>,
    pub serving_due: Option<Date>,
}

pub(super) const COLUMNS: &str = "case_no, item_code, item_name, body, party_name, received_on, state, suspended, step,
    telling_due, decision_due, promised_due, serving_due";

impl CaseRow {
    pub(super) fn read(row: &Row) -> CaseRow {
        CaseRow {
            case_no: row.text(0).to_owned(),
            item_code: row.text(1).to_owned(),
            item_name: row.text(2).to_owned(),
            body: row.text(3).to_owned(),
            party_name: row.text(4).to_owned(),
            received_on: row.text(5).to_owned(),
            state: CaseState::from_key(row.text(6)).unwrap_or_default(),
            suspended: row.int(7) == 1,
            step: row.text(8).to_owned(),
            telling_due: row.date(9),
            decision_due: row.date(10),
            promised_due: row.date(11),
            serving_due: row.date(12),
        }
    }

    /// The nearest running due date.
    pub fn next_due(&self) -> Option<Date> {
        [self.telling_due, self.promised_due, self.decision_due, self.serving_due]
            .into_iter()
            .flatten()
            .min()
    }
}

/// The cases of a citizen: as party or as agent, the last changed first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn of_party(reader: &mut Reader<'_>, account: &str) -> Result<Vec<CaseRow>, Fault> {
    if account.is_empty() {
        return Ok(Vec::new());
    }
    let rows = reader.query(
        &format!(
            "SELECT {COLUMNS} FROM {{case_list}} WHERE party_account = $1 OR agent_account = $1
             ORDER BY updated_at DESC, case_no LIMIT 200"
        ),
        &params![account],
    )?;
    Ok(rows.iter().map(CaseRow::read).collect())
}

/// What a list is narrowed to. Texts of conditions are fixed; values are parameters.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    pub state: Option<CaseState>,
    pub item_code: Option<String>,
    /// A case number or its beginning.
    pub number: Option<String>,
    pub open_only: bool,
    /// Overdue on this day: any running limit before it.
    pub overdue_on: Option<Date>,
}

/// A condition over the scope columns with its parameters, numbered from 1.
#[derive(Debug, Clone)]
pub struct ScopeCondition {
    pub text: String,
    pub parameters: Vec<Value>,
}

pub(super) fn condition(scope: &ScopeCondition, filter: &CaseFilter) -> (String, Vec<Value>) {
    let mut text = format!("({})", scope.text);
    let mut values = scope.parameters.clone();
    let mut and = |piece: &str, value: Value| {
        values.push(value);
        text.push_str(" AND ");
        text.push_str(&piece.replace('#', &format!("${}", values.len())));
    };
    if let Some(state) = filter.state {
        and("state = #", state.key().into());
    }
    if let Some(item) = &filter.item_code {
        and("item_code = #", item.into());
    }
    if let Some(number) = &filter.number {
        // A prefix as a range: an index serves it, and no wildcard of the input counts.
        and("case_no >= #", number.into());
        and("case_no < #", format!("{number}\u{7f}").into());
    }
    if filter.open_only {
        and("open = #", 1i64.into());
    }
    if let Some(day) = filter.overdue_on {
        and(
            "(telling_due < # OR decision_due < # OR promised_due < # OR serving_due < # OR publication_due < #)",
            day.into(),
        );
    }
    (text, values)
}

/// # Errors
/// [`Fault`] from the database.
pub fn cases(
    reader: &mut Reader<'_>,
    scope: &ScopeCondition,
    filter: &CaseFilter,
    offset: i64,
) -> Result<Vec<CaseRow>, Fault> {
    let (text, mut values) = condition(scope, filter);
    values.push(super::PAGE.into());
    values.push(offset.max(0).into());
    let rows = reader.query(
        &format!(
            "SELECT {COLUMNS} FROM {{case_list}} WHERE {text} ORDER BY received_on DESC, case_no LIMIT ${} OFFSET ${}",
            values.len() - 1,
            values.len()
        ),
        &values,
    )?;
    Ok(rows.iter().map(CaseRow::read).collect())
}

/// # Errors
/// [`Fault`] from the database.
pub fn count(reader: &mut Reader<'_>, scope: &ScopeCondition, filter: &CaseFilter) -> Result<i64, Fault> {
    let (text, values) = condition(scope, filter);
    let row = reader.query_one(&format!("SELECT COUNT(*) FROM {{case_list}} WHERE {text}"), &values)?;
    Ok(row.map_or(0, |row| row.int(0)))
}

/// A task waiting for a post.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRow {
    pub case_no: String,
    pub task: String,
    pub name: String,
    pub role: String,
    pub body: String,
    pub since: String,
    pub due_on: Option<Date>,
    pub item_name: String,
    pub party_name: String,
    pub statutory_due: Option<Date>,
    pub suspended: bool,
}

/// Open tasks of the posts held, the most urgent first; and how many there are in all.
///
/// # Errors
/// [`Fault`] from the database.
pub fn tasks_of(
    reader: &mut Reader<'_>,
    posts: &[(String, String)],
    offset: i64,
) -> Result<(Vec<TaskRow>, i64), Fault> {
    if posts.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let mut values: Vec<Value> = Vec::new();
    let mut pairs = Vec::new();
    for (body, role) in posts {
        values.push(body.into());
        values.push(role.into());
        pairs.push(format!(
            "(t.body = ${} AND t.role = ${})",
            values.len() - 1,
            values.len()
        ));
    }
    let held = pairs.join(" OR ");
    let count = reader.query_one(&format!("SELECT COUNT(*) FROM {{task}} t WHERE {held}"), &values)?;
    values.push(super::PAGE.into());
    values.push(offset.max(0).into());
    let rows = reader.query(
        &format!(
            "SELECT t.case_no, t.task, t.name, t.role, t.body, t.since, t.due_on, c.item_name, c.party_name,
                COALESCE(c.decision_due, c.telling_due, c.serving_due), c.suspended
             FROM {{task}} t JOIN {{case_list}} c ON c.case_no = t.case_no
             WHERE {held}
             ORDER BY CASE WHEN t.due_on IS NULL THEN 1 ELSE 0 END, t.due_on, t.case_no
             LIMIT ${} OFFSET ${}",
            values.len() - 1,
            values.len()
        ),
        &values,
    )?;
    let tasks = rows.iter().map(TaskRow::read).collect();
    Ok((tasks, count.map_or(0, |row| row.int(0))))
}

impl TaskRow {
    pub(super) fn read(row: &Row) -> TaskRow {
        TaskRow {
            case_no: row.text(0).to_owned(),
            task: row.text(1).to_owned(),
            name: row.text(2).to_owned(),
            role: row.text(3).to_owned(),
            body: row.text(4).to_owned(),
            since: row.text(5).to_owned(),
            due_on: row.date(6),
            item_name: row.text(7).to_owned(),
            party_name: row.text(8).to_owned(),
            statutory_due: row.date(9),
            suspended: row.int(10) == 1,
        }
    }
}
