//! `task`, read: whose turn it is, the most urgent first. The rows are written with the list of cases.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader, Row, Value};

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
    /// How often it was urged.
    pub urged: i64,
}

/// Open tasks of the posts held, the most urgent first; and how many there are in all.
///
/// # Errors
/// [`Fault`] from the database.
pub fn tasks_of(
    reader: &mut Reader<'_>,
    posts: &[(String, String)],
    account: &str,
    offset: i64,
) -> Result<(Vec<TaskRow>, i64), Fault> {
    let mut values: Vec<Value> = Vec::new();
    let Some(held) = whose(posts, account, &mut values) else {
        return Ok((Vec::new(), 0));
    };
    let count = reader.query_one(&format!("SELECT COUNT(*) FROM {{task}} t WHERE {held}"), &values)?;
    values.push(super::PAGE.into());
    values.push(offset.max(0).into());
    let rows = reader.query(
        &format!(
            "SELECT t.case_no, t.task, t.name, t.role, t.body, t.since, t.due_on, c.item_name, c.party_name,
                COALESCE(c.decision_due, c.telling_due, c.serving_due, c.payment_due), c.suspended, t.urged
             FROM (SELECT * FROM {{task}} t WHERE {held}
                ORDER BY CASE WHEN t.due_on IS NULL THEN 1 ELSE 0 END, t.due_on, t.case_no, t.task
                LIMIT ${} OFFSET ${}) t
             JOIN {{case_list}} c ON c.case_no = t.case_no
             ORDER BY CASE WHEN t.due_on IS NULL THEN 1 ELSE 0 END, t.due_on, t.case_no, t.task",
            values.len() - 1,
            values.len()
        ),
        &values,
    )?;
    Ok((
        rows.iter().map(TaskRow::read).collect(),
        count.map_or(0, |row| row.int(0)),
    ))
}

/// The tasks that are this person's: of a post held and for nobody in particular, or for this person alone. What is for
/// somebody is for nobody else; signers are asked whatever their post. Each part names its columns by itself, so that an
/// index serves it. None: nothing can be anybody's who holds no post.
pub(super) fn whose(posts: &[(String, String)], account: &str, values: &mut Vec<Value>) -> Option<String> {
    if posts.is_empty() {
        return None;
    }
    let mut parts = Vec::new();
    for (body, role) in posts {
        values.extend([body.into(), role.into()]);
        let role = values.len();
        parts.push(format!(
            "(t.body = ${} AND t.role = ${role} AND t.holder IS NULL)",
            role - 1
        ));
    }
    values.push(account.into());
    parts.push(format!("t.holder = ${}", values.len()));
    Some(format!("({})", parts.join(" OR ")))
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
            urged: row.int(11),
        }
    }
}
