//! `erasure_list`: what was proposed to be erased, by whom, and what became of it. Nothing of the person stands here.

use mingjing_chronicle::{Aggregate, Fault, Payload, RecordedEvent, Row, Sql, View, params};

use crate::erasure::{Erasure, ErasureEvent, Ground};

pub struct ErasureList;

impl View for ErasureList {
    fn name(&self) -> &'static str {
        "people.erasures"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["erasure_list"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &["CREATE TABLE {erasure_list} (
            erasure TEXT PRIMARY KEY,
            stream TEXT NOT NULL,
            ground TEXT NOT NULL,
            reason TEXT NOT NULL,
            proposed_by TEXT NOT NULL,
            proposed_at BIGINT NOT NULL,
            confirmed_by TEXT NOT NULL,
            state TEXT NOT NULL,
            keys BIGINT NOT NULL,
            changed_at BIGINT NOT NULL)"]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == Erasure::STREAM
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let (id, at) = (event.envelope.stream_id(), event.envelope.recorded_at);
        let Payload::Known(known) = event.decode::<ErasureEvent>()? else {
            return Ok(());
        };
        let (state, by, keys) = match &*known {
            ErasureEvent::Proposed {
                stream,
                ground,
                reason,
                proposed_by,
                ..
            } => {
                sql.execute(
                    "INSERT INTO {erasure_list} (erasure, stream, ground, reason, proposed_by, proposed_at,
                        confirmed_by, state, keys, changed_at)
                     VALUES ($1, $2, $3, $4, $5, $6, '', 'proposed', 0, $6)",
                    &params![id, stream, ground.key(), reason, proposed_by, at],
                )?;
                return Ok(());
            }
            ErasureEvent::Dropped { .. } => ("dropped", None, 0),
            ErasureEvent::Confirmed { confirmed_by, keys } => ("confirmed", Some(confirmed_by), keys.len() as i64),
            ErasureEvent::Erased { keys } => ("erased", None, *keys as i64),
        };
        sql.execute(
            "UPDATE {erasure_list} SET state = $2, keys = $3, changed_at = $4,
                confirmed_by = CASE WHEN $5 = '' THEN confirmed_by ELSE $5 END
             WHERE erasure = $1",
            &params![id, state, keys, at, by.map_or("", String::as_str)],
        )?;
        Ok(())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureLine {
    pub erasure: String,
    pub stream: String,
    pub ground: Option<Ground>,
    pub reason: String,
    pub proposed_by: String,
    pub proposed_at: jiff::Timestamp,
    pub confirmed_by: String,
    /// `proposed`, `dropped`, `confirmed`, `erased`.
    pub state: String,
    pub keys: i64,
}

/// Newest first; at most 200.
///
/// # Errors
/// [`Fault`] from the database.
pub fn erasure_lines(sql: &mut dyn Sql) -> Result<Vec<ErasureLine>, Fault> {
    let rows = sql.query(
        "SELECT erasure, stream, ground, reason, proposed_by, proposed_at, confirmed_by, state, keys
         FROM {erasure_list} ORDER BY proposed_at DESC, erasure LIMIT 200",
        &[],
    )?;
    let line = |row: &Row| ErasureLine {
        erasure: row.text(0).to_owned(),
        stream: row.text(1).to_owned(),
        ground: Ground::of_key(row.text(2)),
        reason: row.text(3).to_owned(),
        proposed_by: row.text(4).to_owned(),
        proposed_at: row.timestamp(5),
        confirmed_by: row.text(6).to_owned(),
        state: row.text(7).to_owned(),
        keys: row.int(8),
    };
    Ok(rows.iter().map(line).collect())
}
