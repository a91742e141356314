//! `case_list` and `task`: one row a case, one row an open task, whatever the procedure. Dues in the list are those of
//! running clocks only: an empty due cannot be missed.

use jiff::civil::Date;
use mingjing_bpmn::casework::GIVE_OPINION;
use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Row, Sql, Value, View, params};

use crate::clock::{ClockChange, ClockKind};
use crate::events::{CaseEvent, CaseState, OpenStep, Release, Submitted};
use crate::number::Procedure;
pub use crate::views::state_of::Standing;
pub use crate::views::tasks::{TaskRow, tasks_of};

pub struct CaseList;

/// What still runs is a small part of all there ever was. A partial index serves only a query that holds its condition
/// word for word: both have it from here.
macro_rules! running {
    () => {
        "(open = 1 OR telling_due IS NOT NULL OR decision_due IS NOT NULL OR promised_due IS NOT NULL OR serving_due IS NOT NULL OR publication_due IS NOT NULL OR payment_due IS NOT NULL OR preservation_due IS NOT NULL OR withdrawal_due IS NOT NULL OR opinion_due IS NOT NULL)"
    };
}

/// A case that is open or has a limit running.
pub(super) const RUNNING: &str = running!();

impl View for CaseList {
    fn name(&self) -> &'static str {
        "cases.list"
    }

    fn version(&self) -> i32 {
        7
    }

    fn tables(&self) -> &'static [&'static str] {
        &["case_list", "task"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {case_list} (
                case_no TEXT PRIMARY KEY,
                procedure TEXT NOT NULL,
                item_code TEXT NOT NULL,
                item_version BIGINT NOT NULL,
                item_name TEXT NOT NULL,
                body TEXT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                agent_account TEXT NOT NULL,
                proposed_account TEXT,
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
                defence_due TEXT,
                payment_due TEXT,
                preservation_due TEXT,
                withdrawal_due TEXT,
                opinion_due TEXT,
                late_statutory BIGINT NOT NULL,
                late_promised BIGINT NOT NULL,
                updated_at BIGINT NOT NULL)",
            // The orders of the lists. Both also serve the narrower scope of one area.
            "CREATE INDEX {case_list}_by_body ON {case_list} (body, received_on DESC, case_no)",
            "CREATE INDEX {case_list}_by_area ON {case_list} (area, received_on DESC, case_no)",
            "CREATE INDEX {case_list}_by_day ON {case_list} (received_on DESC, case_no)",
            concat!(
                "CREATE INDEX {case_list}_running ON {case_list} (body) WHERE ",
                running!()
            ),
            // Begins with the state: beginning with the body it would cost as much as the partial index, and be taken instead.
            "CREATE INDEX {case_list}_by_state ON {case_list} (state, body)",
            "CREATE INDEX {case_list}_by_party ON {case_list} (party_account, procedure, updated_at DESC, case_no)",
            "CREATE INDEX {case_list}_by_agent ON {case_list} (agent_account, procedure, updated_at DESC, case_no)",
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
                holder TEXT,
                urged BIGINT NOT NULL,
                PRIMARY KEY (case_no, task))",
            "CREATE INDEX {task}_by_post ON {task} (body, role, due_on)",
            "CREATE INDEX {task}_by_holder ON {task} (holder) WHERE holder IS NOT NULL",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        matches!(stream_kind, "case" | "penalty")
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        if event.envelope.stream_kind() == "penalty" {
            return super::penalty_rows::project(sql, event);
        }
        let case_no = event.envelope.stream_id();
        let Payload::Known(known) = event.decode::<CaseEvent>()? else {
            // Without its payload nothing waits for anybody any more.
            sql.execute("DELETE FROM {task} WHERE case_no = $1", &params![case_no])?;
            return Ok(());
        };
        if let CaseEvent::Submitted(submitted) = &*known {
            insert(sql, submitted, event)?;
        }
        if let CaseEvent::AssistanceAsked(asked) = &*known {
            super::assistance::insert(sql, asked, event)?;
        }
        let Some(effects) = known.effects() else {
            return Ok(());
        };
        let mut set = Columns::default();
        followed(
            &mut set,
            standing(case_no, effects.state),
            &effects.steps,
            &effects.clocks,
            event,
        );
        facts(&mut set, &known, event.envelope.happened_on);
        set.update(sql, case_no)?;
        tasks(sql, case_no, &effects.steps)
    }
}

fn standing(case_no: &str, state: CaseState) -> Standing {
    match Procedure::of(case_no) {
        Some(Procedure::Assistance) => Standing::Assistance(state),
        _ => state.into(),
    }
}

fn insert(sql: &mut dyn Sql, submitted: &Submitted, event: &RecordedEvent) -> Result<(), Fault> {
    let applicant = &submitted.applicant;
    let agent = applicant.agent.as_ref().and_then(|agent| agent.account.as_deref());
    sql.execute(
        "INSERT INTO {case_list} (case_no, procedure, item_code, item_version, item_name, body, area, party_account,
            agent_account, party_kind, party_name, channel, received_on, state, open, suspended, published, step,
            late_statutory, late_promised, updated_at)
         VALUES ($1, $15, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, 0, 0, '', 0, 0, $14)",
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
            Procedure::of(&submitted.case_no).unwrap_or(Procedure::Permit).key(),
        ],
    )?;
    Ok(())
}

/// What every act changes: state, step, clocks.
pub(super) fn followed(
    set: &mut Columns,
    state: Standing,
    steps: &[OpenStep],
    clocks: &[ClockChange],
    recorded: &RecordedEvent,
) {
    let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
    set.put("state", state.key());
    set.put("open", state.open());
    set.put("step", names.join("、"));
    set.put("updated_at", recorded.envelope.recorded_at);
    for change in clocks {
        clock(set, change);
    }
}

/// Assignments of an update; names are literals of the views.
#[derive(Default)]
pub(super) struct Columns {
    names: Vec<String>,
    values: Vec<Value>,
}

impl Columns {
    pub(super) fn put(&mut self, name: &'static str, value: impl Into<Value>) {
        // The last word of one act on a column counts: a clock may be stopped and started again.
        self.values.push(value.into());
        let assignment = format!("{name} = ${}", self.values.len());
        match self
            .names
            .iter_mut()
            .find(|known| known.starts_with(&format!("{name} = ")))
        {
            Some(known) => *known = assignment,
            None => self.names.push(assignment),
        }
    }

    pub(super) fn update(mut self, sql: &mut dyn Sql, case_no: &str) -> Result<(), Fault> {
        self.values.push(Value::from(case_no));
        let text = format!(
            "UPDATE {{case_list}} SET {} WHERE case_no = ${}",
            self.names.join(", "),
            self.values.len()
        );
        sql.execute(&text, &self.values)?;
        Ok(())
    }
}

pub(super) fn due_column(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::Telling => "telling_due",
        ClockKind::Decision => "decision_due",
        ClockKind::Promised => "promised_due",
        ClockKind::Serving => "serving_due",
        ClockKind::Publication => "publication_due",
        ClockKind::Defence => "defence_due",
        ClockKind::Payment => "payment_due",
        ClockKind::Preservation => "preservation_due",
        ClockKind::Withdrawal => "withdrawal_due",
        ClockKind::Assistance => "opinion_due",
    }
}

fn clock(set: &mut Columns, change: &ClockChange) {
    set.put(due_column(change.kind()), change.due().map(|due| due.on));
    match change {
        ClockChange::Suspended {
            kind: ClockKind::Decision | ClockKind::Assistance,
            ..
        } => {
            set.put("suspended", true);
        }
        ClockChange::Resumed {
            kind: ClockKind::Decision | ClockKind::Assistance,
            ..
        } => {
            set.put("suspended", false);
        }
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
        CaseEvent::StepTaken(event) if event.taken.kind == "decide" => {
            let late = event.taken.late.unwrap_or_default();
            set.put("decided_on", event.taken.on);
            set.put("late_statutory", late.statutory);
            set.put("late_promised", late.promised);
        }
        CaseEvent::StepTaken(event) if event.taken.kind == GIVE_OPINION => {
            let late = event.taken.late.unwrap_or_default();
            set.put("decided_on", event.taken.on);
            set.put("completed_on", event.taken.on);
            set.put("late_promised", late.promised);
        }
        CaseEvent::StepTaken(event) if event.taken.kind == "archive" => set.put("completed_on", happened_on),
        CaseEvent::Completed(_) => set.put("completed_on", happened_on),
        CaseEvent::Released(event) => set.put("published", matches!(event.release, Release::Publish { .. })),
        _ => {}
    }
}

pub(super) fn tasks(sql: &mut dyn Sql, case_no: &str, steps: &[OpenStep]) -> Result<(), Fault> {
    sql.execute("DELETE FROM {task} WHERE case_no = $1", &params![case_no])?;
    // What another body answers is nobody's task here: that body has its own.
    for step in steps.iter().filter(|step| step.asked.is_none()) {
        let task = step
            .instance
            .map_or_else(|| step.task.clone(), |number| format!("{}#{number}", step.task));
        sql.execute(
            "INSERT INTO {task} (case_no, task, name, kind, role, body, area, since, due_on, holder, urged)
             SELECT case_no, $2, $3, $4, $5, body, area, $6, $7, $8, $9 FROM {case_list} WHERE case_no = $1",
            &params![
                case_no,
                &task,
                &step.name,
                &step.kind,
                &step.role,
                step.since,
                step.due,
                step.holder.as_deref(),
                step.urged.as_ref().map_or(0, |urged| i64::from(urged.times)),
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
    pub state: Standing,
    pub suspended: bool,
    pub step: String,
    pub telling_due: Option<Date>,
    pub decision_due: Option<Date>,
    pub promised_due: Option<Date>,
    pub serving_due: Option<Date>,
    pub defence_due: Option<Date>,
    pub payment_due: Option<Date>,
    pub preservation_due: Option<Date>,
    pub withdrawal_due: Option<Date>,
    pub opinion_due: Option<Date>,
}

pub(super) const COLUMNS: &str = "case_no, item_code, item_name, body, party_name, received_on, state, suspended, step,
    telling_due, decision_due, promised_due, serving_due, procedure, defence_due, payment_due, preservation_due,
    withdrawal_due, opinion_due";

impl CaseRow {
    pub(super) fn read(row: &Row) -> CaseRow {
        CaseRow {
            case_no: row.text(0).to_owned(),
            item_code: row.text(1).to_owned(),
            item_name: row.text(2).to_owned(),
            body: row.text(3).to_owned(),
            party_name: row.text(4).to_owned(),
            received_on: row.text(5).to_owned(),
            state: Standing::read(row.text(13), row.text(6)).unwrap_or(Standing::Permit(CaseState::Submitted)),
            suspended: row.int(7) == 1,
            step: row.text(8).to_owned(),
            telling_due: row.date(9),
            decision_due: row.date(10),
            promised_due: row.date(11),
            serving_due: row.date(12),
            defence_due: row.date(14),
            payment_due: row.date(15),
            preservation_due: row.date(16),
            withdrawal_due: row.date(17),
            opinion_due: row.date(18),
        }
    }

    /// The nearest running due date.
    pub fn next_due(&self) -> Option<Date> {
        [
            self.telling_due,
            self.promised_due,
            self.decision_due,
            self.serving_due,
            self.defence_due,
            self.payment_due,
            self.preservation_due,
            self.withdrawal_due,
            self.opinion_due,
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

/// The applications of a citizen: as party or as agent, the last changed first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn of_party(reader: &mut Reader<'_>, account: &str) -> Result<Vec<CaseRow>, Fault> {
    of_account(reader, account, Procedure::Permit)
}

/// The penalty cases against a citizen or the organisation a citizen represents, from their opening on.
///
/// # Errors
/// [`Fault`] from the database.
pub fn penalties_of(reader: &mut Reader<'_>, account: &str) -> Result<Vec<CaseRow>, Fault> {
    of_account(reader, account, Procedure::Penalty)
}

fn of_account(reader: &mut Reader<'_>, account: &str, procedure: Procedure) -> Result<Vec<CaseRow>, Fault> {
    if account.is_empty() {
        return Ok(Vec::new());
    }
    // An agent may have thousands: each side gives its last ones in the order of an index.
    let last_of = |account: &str, procedure: &str| {
        format!(
            "SELECT case_no FROM {{case_list}} WHERE {account} = $1 AND procedure = {procedure}
             ORDER BY updated_at DESC, case_no LIMIT 200"
        )
    };
    // Permits and the other matters are one list of applications.
    let others = match procedure {
        Procedure::Permit => Procedure::Matter,
        other => other,
    };
    let rows = reader.query(
        &format!(
            "SELECT {COLUMNS} FROM {{case_list}} WHERE case_no IN (
                SELECT case_no FROM ({}) a UNION SELECT case_no FROM ({}) b
                UNION SELECT case_no FROM ({}) c UNION SELECT case_no FROM ({}) d)
             ORDER BY updated_at DESC, case_no LIMIT 200",
            last_of("party_account", "$2"),
            last_of("agent_account", "$2"),
            last_of("party_account", "$3"),
            last_of("agent_account", "$3"),
        ),
        &params![account, procedure.key(), others.key()],
    )?;
    Ok(rows.iter().map(CaseRow::read).collect())
}

/// What a list is narrowed to. Texts of conditions are fixed; values are parameters.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    pub state: Option<Standing>,
    pub procedure: Option<Procedure>,
    /// Permits and the other matters: all but penalties. The state is then of whichever.
    pub applications: bool,
    pub item_code: Option<String>,
    /// A case number or its beginning.
    pub number: Option<String>,
    pub open_only: bool,
    /// Overdue on this day: a running limit before it.
    pub overdue_on: Option<Date>,
    /// Which limit that is; none: any.
    pub overdue_limit: Option<ClockKind>,
}

/// The limits by which a case can be late. Nobody is late with a defence: the right is lost, and that is all.
pub(crate) const LIMITS: [ClockKind; 9] = [
    ClockKind::Telling,
    ClockKind::Decision,
    ClockKind::Promised,
    ClockKind::Serving,
    ClockKind::Publication,
    ClockKind::Payment,
    ClockKind::Preservation,
    ClockKind::Withdrawal,
    ClockKind::Assistance,
];

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
    if filter.applications {
        and("procedure <> #", Procedure::Penalty.key().into());
    }
    if let Some(state) = filter.state {
        if !filter.applications {
            and("procedure = #", state.procedure().key().into());
        }
        and("state = #", state.key().into());
    }
    if let Some(procedure) = filter.procedure {
        and("procedure = #", procedure.key().into());
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
        let limits = filter.overdue_limit.map_or(LIMITS.to_vec(), |limit| vec![limit]);
        let late: Vec<String> = limits
            .into_iter()
            .map(|kind| format!("{} < #", due_column(kind)))
            .collect();
        and(&format!("({})", late.join(" OR ")), day.into());
    }
    if filter.open_only || filter.overdue_on.is_some() {
        text.push_str(" AND ");
        text.push_str(RUNNING);
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
