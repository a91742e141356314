//! Counts over `case_list` for the board: open cases by state, overdue ones by limit.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader, Value};

use super::list::{LIMITS, RUNNING, ScopeCondition, Standing, due_column};
use crate::clock::ClockKind;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Board {
    pub open: Vec<(Standing, i64)>,
    pub suspended: i64,
    /// Cases past each of the limits.
    pub overdue: Vec<(ClockKind, i64)>,
    pub due_soon: i64,
}

/// `soon`: the last day that counts as soon.
///
/// # Errors
/// [`Fault`] from the database.
pub fn board(reader: &mut Reader<'_>, scope: &ScopeCondition, today: Date, soon: Date) -> Result<Board, Fault> {
    let rows = reader.query(
        &format!(
            "SELECT procedure, state, COUNT(*) FROM {{case_list}} WHERE ({}) AND open = 1 AND {RUNNING}
             GROUP BY procedure, state ORDER BY procedure, state",
            scope.text
        ),
        &scope.parameters,
    )?;
    let open = rows
        .iter()
        .filter_map(|row| Some((Standing::read(row.text(0), row.text(1))?, row.int(2))))
        .collect();
    let first = scope.parameters.len() + 1;
    let mut values = scope.parameters.clone();
    values.push(Value::from(today));
    values.push(Value::from(soon));
    let (day, later) = (format!("${first}"), format!("${}", first + 1));
    let late = LIMITS.map(|kind| sum_where(&format!("{} < {day}", due_column(kind))));
    // Paying and publishing are not the office's next step.
    let near = LIMITS
        .into_iter()
        .filter(|kind| !matches!(kind, ClockKind::Payment | ClockKind::Publication));
    let near: Vec<String> = near
        .map(due_column)
        .map(|column| format!("({column} >= {day} AND {column} <= {later})"))
        .collect();
    let row = reader.query_one(
        &format!(
            "SELECT {}, {}, {} FROM {{case_list}} WHERE ({}) AND {RUNNING}",
            sum_where("suspended = 1"),
            sum_where(&near.join(" OR ")),
            late.join(", "),
            scope.text
        ),
        &values,
    )?;
    let number = |column: usize| row.as_ref().map_or(0, |row| row.int(column));
    Ok(Board {
        open,
        suspended: number(0),
        due_soon: number(1),
        overdue: (2..).zip(LIMITS).map(|(column, kind)| (kind, number(column))).collect(),
    })
}

fn sum_where(condition: &str) -> String {
    format!("COALESCE(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)")
}
