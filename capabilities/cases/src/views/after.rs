//! The same lists as the pages', by place instead of by page: what is added meanwhile moves no row. One row more than
//! shown is asked for, which tells whether there are more.

use mingjing_chronicle::{Fault, Reader, Value, params};

use super::inbox::Message;
use super::list::{COLUMNS, CaseFilter, CaseRow, ScopeCondition, TaskRow, condition};
use super::public_record::{PublicFilter, PublicRow};
use super::tasks::whose;
use crate::number::Procedure;

/// Cases by day of receipt, newest first, then by number; `after` is a row's day and number.
///
/// # Errors
/// [`Fault`] from the database.
pub fn cases(
    reader: &mut Reader<'_>,
    scope: &ScopeCondition,
    filter: &CaseFilter,
    after: Option<[String; 2]>,
    most: i64,
) -> Result<Vec<CaseRow>, Fault> {
    let (mut text, mut values) = condition(scope, filter);
    if let Some([day, number]) = after {
        values.extend([day.into(), number.into()]);
        let (day, number) = (values.len() - 1, values.len());
        text.push_str(&format!(
            " AND (received_on < ${day} OR (received_on = ${day} AND case_no > ${number}))"
        ));
    }
    values.push(most.into());
    let sql = format!(
        "SELECT {COLUMNS} FROM {{case_list}} WHERE {text} ORDER BY received_on DESC, case_no LIMIT ${}",
        values.len()
    );
    Ok(reader.query(&sql, &values)?.iter().map(CaseRow::read).collect())
}

/// A case of a citizen in one procedure, with the microsecond of its last change, which is its place.
///
/// # Errors
/// [`Fault`] from the database.
pub fn of_party(
    reader: &mut Reader<'_>,
    account: &str,
    procedure: Procedure,
    after: Option<(i64, String)>,
    most: i64,
) -> Result<Vec<(CaseRow, i64)>, Fault> {
    if account.is_empty() {
        return Ok(Vec::new());
    }
    let (at, number) = after.unwrap_or((i64::MAX, String::new()));
    // Permits and the other matters are one list of applications.
    let others = match procedure {
        Procedure::Permit => Procedure::Matter,
        other => other,
    };
    let rows = reader.query(
        &format!(
            "SELECT {COLUMNS}, updated_at FROM {{case_list}} WHERE procedure IN ($5, $6) AND (party_account = $1 OR agent_account = $1)
             AND (updated_at < $2 OR (updated_at = $2 AND case_no > $3))
             ORDER BY updated_at DESC, case_no LIMIT $4"
        ),
        &params![account, at, number, most, procedure.key(), others.key()],
    )?;
    Ok(rows.iter().map(|row| (CaseRow::read(row), row.int(19))).collect())
}

/// The day on which a task without a due date sorts.
const NO_DUE: &str = "9999-12-31";

/// Where a task stands: its due date, case and task.
pub fn place_of(task: &TaskRow) -> [String; 3] {
    let due = task.due_on.map_or_else(|| NO_DUE.to_owned(), |due| due.to_string());
    [due, task.case_no.clone(), task.task.clone()]
}

/// Open tasks of the posts held and of the person, the most urgent first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn tasks(
    reader: &mut Reader<'_>,
    posts: &[(String, String)],
    account: &str,
    after: Option<[String; 3]>,
    most: i64,
) -> Result<Vec<TaskRow>, Fault> {
    let mut values: Vec<Value> = vec![NO_DUE.into()];
    let Some(mut text) = whose(posts, account, &mut values) else {
        return Ok(Vec::new());
    };
    if let Some([due, number, task]) = after {
        values.extend([due.into(), number.into(), task.into()]);
        let (due, number, task) = (values.len() - 2, values.len() - 1, values.len());
        text.push_str(&format!(
            " AND (COALESCE(t.due_on, $1) > ${due} OR (COALESCE(t.due_on, $1) = ${due}
                AND (t.case_no > ${number} OR (t.case_no = ${number} AND t.task > ${task}))))"
        ));
    }
    values.push(most.into());
    let sql = format!(
        "SELECT t.case_no, t.task, t.name, t.role, t.body, t.since, t.due_on, c.item_name, c.party_name,
            COALESCE(c.decision_due, c.telling_due, c.serving_due), c.suspended, t.urged
         FROM {{task}} t JOIN {{case_list}} c ON c.case_no = t.case_no
         WHERE {text} ORDER BY COALESCE(t.due_on, $1), t.case_no, t.task LIMIT ${}",
        values.len()
    );
    Ok(reader.query(&sql, &values)?.iter().map(TaskRow::read).collect())
}

/// Published records, newest decision first; `after` is a row's day and number.
///
/// # Errors
/// [`Fault`] from the database.
pub fn records(
    reader: &mut Reader<'_>,
    filter: &PublicFilter,
    after: Option<[String; 2]>,
    most: i64,
) -> Result<Vec<PublicRow>, Fault> {
    let wanted = filter.condition();
    let (mut text, mut values) = (wanted.text(), wanted.values);
    if let Some([day, number]) = after {
        values.extend([day.into(), number.into()]);
        let (day, number) = (values.len() - 1, values.len());
        text.push_str(&format!(
            " AND (decided_on < ${day} OR (decided_on = ${day} AND case_no < ${number}))"
        ));
    }
    values.push(most.into());
    let sql = format!(
        "SELECT case_no, item_name, party_name, document_no, result, decided_on, released_on, body
         FROM {{public_record}} WHERE {text} ORDER BY decided_on DESC, case_no DESC LIMIT ${}",
        values.len()
    );
    Ok(reader.query(&sql, &values)?.iter().map(PublicRow::read).collect())
}

/// Where a message stands: microsecond of arrival, case, version of the case, number within it.
pub type MessagePlace = (i64, String, i64, i64);

/// Messages of an account, newest first, each with its place.
///
/// # Errors
/// [`Fault`] from the database.
pub fn messages(
    reader: &mut Reader<'_>,
    account: &str,
    after: Option<MessagePlace>,
    most: i64,
) -> Result<Vec<(Message, MessagePlace)>, Fault> {
    if account.is_empty() {
        return Ok(Vec::new());
    }
    let (at, case_no, version, number) = after.unwrap_or((i64::MAX, String::new(), 0, 0));
    let rows = reader.query(
        "SELECT case_no, title, body_text, action, service, paper_id, arrived_at, version, number FROM {inbox}
         WHERE (account = $1 OR agent = $1)
            AND (arrived_at < $2 OR (arrived_at = $2 AND (case_no > $3 OR (case_no = $3
                AND (version < $4 OR (version = $4 AND number > $5))))))
         ORDER BY arrived_at DESC, case_no, version DESC, number LIMIT $6",
        &params![account, at, case_no, version, number, most],
    )?;
    Ok(rows
        .iter()
        .map(|row| {
            let message = Message {
                case_no: row.text(0).to_owned(),
                title: row.text(1).to_owned(),
                text: row.text(2).to_owned(),
                action: row.int(3) == 1,
                service: row.int(4) == 1,
                paper_id: row.opt_text(5).map(str::to_owned),
                arrived_at: row.timestamp(6),
            };
            let place = (row.int(6), row.text(0).to_owned(), row.int(7), row.int(8));
            (message, place)
        })
        .collect())
}
