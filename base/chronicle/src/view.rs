//! Read tables. A view declares name, version and schema; nothing writes it but its projection; a new
//! version is built beside the old one by replay and then switched. There are no migrations here.

use std::collections::HashMap;

use crate::chronicle::Core;
use crate::db::{Fault, Sql};
use crate::event::RecordedEvent;
use crate::params;
use crate::stream::{read_positions, read_waiting};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Projected in the command's own transaction; rows are keyed by the command's own streams.
    Sync,
    /// Projected by a follower, at most two seconds behind.
    Follower,
}

pub trait View: Send + Sync + 'static {
    fn name(&self) -> &'static str;
    /// Grows with every change of schema or projection.
    fn version(&self) -> i32;
    /// Logical table names, as texts write them in braces.
    fn tables(&self) -> &'static [&'static str];
    /// `CREATE TABLE {case_list} (…)`, `CREATE INDEX {case_list}_by_body ON {case_list} (…)`.
    fn schema(&self) -> &'static [&'static str];
    fn order(&self) -> Order {
        Order::Sync
    }
    /// Whether events of such streams are projected.
    fn wants(&self, stream_kind: &str) -> bool;
    /// # Errors
    /// [`Fault`] stops the command (sync) or the follower.
    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault>;
}

/// Name of a follower view's cursor; it carries the version, so that a new version starts anew.
pub(crate) fn cursor_name(view: &dyn View) -> String {
    cursor_of(view.name(), view.version().into())
}

pub(crate) fn cursor_of(name: &str, version: i64) -> String {
    format!("view:{name}:{version}")
}

pub(crate) fn physical(logical: &str, version: i64, generation: i64) -> String {
    format!("{logical}_v{version}_g{generation}")
}

pub(crate) fn names_of(view: &dyn View, generation: i64) -> HashMap<String, String> {
    view.tables()
        .iter()
        .map(|&logical| (logical.to_owned(), physical(logical, view.version().into(), generation)))
        .collect()
}

/// The generation that serves this version of the view, if it is ready.
pub(crate) fn serving(sql: &mut dyn Sql, view: &dyn View) -> Result<Option<i64>, Fault> {
    let row = sql.query_one(
        "SELECT generation FROM view_state WHERE name = $1 AND version = $2 AND state = 'ready'",
        &params![view.name(), view.version()],
    )?;
    Ok(row.map(|row| row.int(0)))
}

/// Creates the empty tables of a view; the connection resolves their names.
pub(crate) fn create(sql: &mut dyn Sql, view: &dyn View) -> Result<(), Fault> {
    for statement in view.schema() {
        sql.execute(statement, &[])?;
    }
    Ok(())
}

/// Events that one batch reads.
const BATCH: i64 = 2_000;

/// Projects all events of the source into the target, each view up to its position. Returns how many
/// events there were. On PostgreSQL the last may still wait for their position; only synchronous views
/// hold those already.
pub(crate) fn replay(
    source: &mut dyn Sql,
    target: &mut dyn Sql,
    core: &Core,
    views: &[(&dyn View, i64)],
) -> Result<i64, Fault> {
    let (mut after, mut count) = (0, 0);
    loop {
        let events = read_positions(source, core, after, BATCH)?;
        let Some(last) = events.last() else { break };
        after = last.position;
        count += events.len() as i64;
        for event in &events {
            project_to(target, views, event, event.position)?;
        }
    }
    let waiting = read_waiting(source, core)?;
    count += waiting.len() as i64;
    for event in &waiting {
        project_to(target, views, event, i64::MAX)?;
    }
    Ok(count)
}

fn project_to(
    target: &mut dyn Sql,
    views: &[(&dyn View, i64)],
    event: &RecordedEvent,
    position: i64,
) -> Result<(), Fault> {
    for (view, until) in views {
        if position <= *until && view.wants(event.envelope.stream_kind()) {
            view.project(target, event)?;
        }
    }
    Ok(())
}

/// Projects one batch of events after `after` where source and target are one connection; returns the
/// last position seen, `None` at the end.
pub(crate) fn replay_batch_in_place(
    sql: &mut dyn Sql,
    core: &Core,
    views: &[&dyn View],
    after: i64,
) -> Result<Option<i64>, Fault> {
    let events = read_positions(sql, core, after, BATCH)?;
    for event in &events {
        for view in views {
            if view.wants(event.envelope.stream_kind()) {
                view.project(sql, event)?;
            }
        }
    }
    Ok(events.last().map(|event| event.position))
}
