//! Counts over `case_list` for the board: open cases by state, overdue ones by limit.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader, Value};

use super::list::{RUNNING, ScopeCondition, Standing};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Board {
    pub open: Vec<(Standing, i64)>,
    pub suspended: i64,
    pub overdue_telling: i64,
    pub overdue_statutory: i64,
    pub overdue_promised: i64,
    pub overdue_serving: i64,
    pub overdue_publication: i64,
    pub overdue_payment: i64,
    pub overdue_preservation: i64,
    pub overdue_withdrawal: i64,
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
    let row = reader.query_one(
        &format!(
            "SELECT
                COALESCE(SUM(CASE WHEN suspended = 1 THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(CASE WHEN telling_due < {day} THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(CASE WHEN decision_due < {day} THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(CASE WHEN promised_due < {day} THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(CASE WHEN serving_due < {day} THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(CASE WHEN publication_due < {day} THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(CASE WHEN (telling_due >= {day} AND telling_due <= {later})
                    OR (decision_due >= {day} AND decision_due <= {later})
                    OR (promised_due >= {day} AND promised_due <= {later})
                    OR (serving_due >= {day} AND serving_due <= {later})
                    OR (preservation_due >= {day} AND preservation_due <= {later})
                    OR (withdrawal_due >= {day} AND withdrawal_due <= {later}) THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(CASE WHEN payment_due < {day} THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(CASE WHEN preservation_due < {day} THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(CASE WHEN withdrawal_due < {day} THEN 1 ELSE 0 END), 0)
             FROM {{case_list}} WHERE ({}) AND {RUNNING}",
            scope.text
        ),
        &values,
    )?;
    let number = |column: usize| row.as_ref().map_or(0, |row| row.int(column));
    Ok(Board {
        open,
        suspended: number(0),
        overdue_telling: number(1),
        overdue_statutory: number(2),
        overdue_promised: number(3),
        overdue_serving: number(4),
        overdue_publication: number(5),
        due_soon: number(6),
        overdue_payment: number(7),
        overdue_preservation: number(8),
        overdue_withdrawal: number(9),
    })
}
