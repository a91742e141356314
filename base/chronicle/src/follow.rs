//! Followers read events by position from their own durable cursor: at least once, in order.

use crate::db::{Fault, Sql};
use crate::event::RecordedEvent;
use crate::params;
use crate::tx::{Stop, Tx};

/// Reacts to events after their commit. The reaction and the cursor move in one transaction, so local
/// effects happen exactly once; effects outside belong into a job.
pub trait Follower: Send + Sync + 'static {
    /// Durable name of the cursor.
    fn name(&self) -> &'static str;
    fn wants(&self, stream_kind: &str) -> bool;
    /// # Errors
    /// A [`Stop`] leaves the cursor where it was; the event is offered again.
    fn handle(&self, tx: &mut Tx<'_>, event: &RecordedEvent) -> Result<(), Stop>;
}

pub(crate) fn cursor(sql: &mut dyn Sql, name: &str) -> Result<i64, Fault> {
    let row = sql.query_one("SELECT position FROM follower_cursor WHERE name = $1", &params![name])?;
    Ok(row.map_or(0, |row| row.int(0)))
}

/// The cursor, locked until the commit: two nodes never handle the same event both.
pub(crate) fn lock_cursor(sql: &mut dyn Sql, name: &str) -> Result<i64, Fault> {
    sql.execute(
        "INSERT INTO follower_cursor (name, position) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING",
        &params![name],
    )?;
    let row = sql.query_one(
        "SELECT position FROM follower_cursor WHERE name = $1 {for_update}",
        &params![name],
    )?;
    Ok(row.map_or(0, |row| row.int(0)))
}

pub(crate) fn set_cursor(sql: &mut dyn Sql, name: &str, position: i64) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO follower_cursor (name, position) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET position = excluded.position",
        &params![name, position],
    )?;
    Ok(())
}
