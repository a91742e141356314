//! Tables that were handed in, one row each, with the columns by which a scope is asked.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, Value, View, params};
use mingjing_web::Scope;

use crate::exchange::handed_in::{Counted, HandedEvent, HandedState};

pub struct ItemTableList;

impl View for ItemTableList {
    fn name(&self) -> &'static str {
        "item_table_list"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["item_table_list"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &["CREATE TABLE {item_table_list} (
            number TEXT PRIMARY KEY,
            body TEXT NOT NULL,
            area TEXT NOT NULL,
            party_account TEXT NOT NULL,
            published BIGINT NOT NULL,
            body_name TEXT NOT NULL,
            file_name TEXT NOT NULL,
            received_on TEXT NOT NULL,
            state TEXT NOT NULL,
            added BIGINT NOT NULL,
            changed BIGINT NOT NULL
        )"]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "item_table"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<HandedEvent>()? else {
            return Ok(());
        };
        let number = event.envelope.stream_id();
        match &*known {
            HandedEvent::Received(handed) => {
                sql.execute(
                    "INSERT INTO {item_table_list} (number, body, area, party_account, published, body_name, file_name,
                        received_on, state, added, changed) VALUES ($1, $2, $3, '', 0, $4, $5, $6, 'received', 0, 0)",
                    &params![
                        number,
                        &handed.body,
                        &handed.area,
                        &handed.body_name,
                        &handed.file_name,
                        event.envelope.happened_on
                    ],
                )?;
                Ok(())
            }
            HandedEvent::Mapped { .. } => Ok(()),
            HandedEvent::Filed { counts, .. } => end(sql, number, HandedState::Filed, counts),
            HandedEvent::Registered { counts, .. } => end(sql, number, HandedState::Registered, counts),
            HandedEvent::GivenUp => end(sql, number, HandedState::GivenUp, &Counted::default()),
        }
    }
}

fn end(sql: &mut dyn Sql, number: &str, state: HandedState, counts: &Counted) -> Result<(), Fault> {
    let changed = counts.changed + counts.suspended + counts.ended;
    sql.execute(
        "UPDATE {item_table_list} SET state = $2, added = $3, changed = $4 WHERE number = $1",
        &params![number, state.key(), i64::from(counts.added), i64::from(changed)],
    )?;
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemTableRow {
    pub number: String,
    pub body_name: String,
    pub file_name: String,
    pub received_on: Date,
    pub state: HandedState,
    pub added: i64,
    pub changed: i64,
}

/// Within a scope, the newest first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn item_tables(reader: &mut Reader<'_>, scope: &Scope, most: i64) -> Result<Vec<ItemTableRow>, Fault> {
    let within = scope.sql(1);
    let mut params: Vec<Value> = within.parameters.into_iter().map(Value::from).collect();
    params.push(Value::Int(most));
    let sql = format!(
        "SELECT number, body_name, file_name, received_on, state, added, changed FROM {{item_table_list}}
         WHERE {} ORDER BY received_on DESC, number DESC LIMIT ${}",
        within.text,
        params.len()
    );
    let rows = reader.query(&sql, &params)?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            Some(ItemTableRow {
                number: row.text(0).to_owned(),
                body_name: row.text(1).to_owned(),
                file_name: row.text(2).to_owned(),
                received_on: row.text(3).parse().ok()?,
                state: HandedState::of_key(row.text(4)),
                added: row.int(5),
                changed: row.int(6),
            })
        })
        .collect())
}
