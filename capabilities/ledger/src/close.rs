//! A day is closed: one leaf for each body that acted, with the number of its acts and a hash of their list. Both can be
//! computed from the log alone, by anybody; `reconcile` computes them from the record.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use mingjing_chronicle::{Actor, Chronicle, Fault, Sql, params};
use mingjing_tlog::{Frontier, Hash, Leaf, LeafKind};

use crate::follower::LEAVES;
use crate::leaf::{open_leaf, utc_day};
use crate::sequence::halted;
use crate::stop::Stop;
use crate::tables;

/// Nodes' clocks may differ: a day rests so long before it is counted.
pub(crate) const REST_MINUTES: i64 = 15;

/// Closes the oldest day that can be. `true` if there was one.
///
/// # Errors
/// A fault of the database.
pub async fn close_day(chronicle: &Chronicle) -> Result<bool, Stop> {
    let now = chronicle.clock().now();
    let before = utc_day(now.checked_sub(REST_MINUTES.minutes()).unwrap_or(now));
    let jurisdiction = chronicle.jurisdiction().to_owned();
    let closable = {
        let (before, jurisdiction) = (before.clone(), jurisdiction.clone());
        chronicle
            .read(move |reader| next_day(reader.sql(), &before, &jurisdiction))
            .await?
    };
    if closable.is_none() {
        return Ok(false);
    }
    let closed = chronicle
        .inside(Actor::system(), move |tx| {
            // Two processes at once: the row decides here as well.
            let Some(head) = tables::locked_head(tx.sql())? else {
                return Ok(false);
            };
            let Some(day) = next_day(tx.sql(), &before, &jurisdiction)? else {
                return Ok(false);
            };
            for (organ, list) in acts_of(tx.sql(), &day)? {
                let leaf = close_leaf(&day, &organ, &list)?;
                tables::insert_waiting(tx.sql(), &name(&day, &organ), &leaf)?;
            }
            tx.execute(
                "UPDATE ledger_head SET closed_day = $2 WHERE shard = $1",
                &params![&head.shard, &day],
            )?;
            Ok(true)
        })
        .await
        .map_err(halted)?;
    Ok(closed)
}

/// What stands in the place of an event's id.
pub(crate) fn name(day: &str, organ: &str) -> String {
    format!("close/{day}/{organ}")
}

/// The oldest day before `before` that has leaves, is not closed, and to which no act can come any more.
fn next_day(sql: &mut dyn Sql, before: &str, jurisdiction: &str) -> Result<Option<String>, Fault> {
    let Some(head) = tables::open_head(sql)? else {
        return Ok(None);
    };
    let oldest = sql.query_one(
        "SELECT MIN(day) FROM ledger_entry WHERE day > $1 AND day < $2",
        &params![&head.closed_day, before],
    )?;
    let Some(day) = oldest.and_then(|row| row.opt_text(0).map(str::to_owned)) else {
        return Ok(None);
    };
    let waiting = sql.query_one(
        "SELECT 1 FROM ledger_waiting WHERE day <= $1 AND event_id NOT LIKE 'close/%' LIMIT 1",
        &params![&day],
    )?;
    if waiting.is_some() || !followed(sql, &day, jurisdiction)? {
        return Ok(None);
    }
    Ok(Some(day))
}

/// Whether the follower has seen every event of the day.
fn followed(sql: &mut dyn Sql, day: &str, jurisdiction: &str) -> Result<bool, Fault> {
    let end: Timestamp = format!("{day}T23:59:59.999999Z")
        .parse()
        .map_err(|_| Fault::Inconsistent("a leaf has a day that is none".into()))?;
    let next = sql.query_one(
        "SELECT e.recorded_at FROM event_position p JOIN event e ON e.seq = p.seq
         WHERE p.jurisdiction = $1
           AND p.position > COALESCE((SELECT position FROM follower_cursor WHERE name = $2), 0)
         ORDER BY p.position LIMIT 1",
        &params![jurisdiction, LEAVES],
    )?;
    let unnumbered = sql.query_one(
        "SELECT MIN(e.recorded_at) FROM event_waiting w JOIN event e ON e.seq = w.seq",
        &[],
    )?;
    let after = |row: Option<mingjing_chronicle::Row>| {
        let at = row.and_then(|row| row.opt_int(0));
        at.is_none_or(|at| at > end.as_microsecond())
    };
    Ok(after(next) && after(unnumbered))
}

/// Leaf hashes of each body's acts of a day, sorted: the order of the log says nothing, so it is none.
pub(crate) fn acts_of(sql: &mut dyn Sql, day: &str) -> Result<BTreeMap<String, Vec<Hash>>, Fault> {
    let mut lists: BTreeMap<String, Vec<Hash>> = BTreeMap::new();
    sql.each(
        "SELECT leaf FROM ledger_entry WHERE day = $1",
        &params![day],
        &mut |row| {
            let leaf = Leaf::parse(row.text(0).as_bytes())
                .map_err(|_| Fault::Inconsistent("a row of the log holds no leaf".into()))?;
            if matches!(leaf.kind(), LeafKind::Act | LeafKind::Erase) {
                lists.entry(leaf.organ().to_owned()).or_default().push(leaf.hash());
            }
            Ok(())
        },
    )?;
    lists.values_mut().for_each(|list| list.sort());
    Ok(lists)
}

/// Commits to `acts` (a number) and `list` (RFC 6962 root over the sorted leaf hashes, base64), under public salts.
pub(crate) fn close_leaf(day: &str, organ: &str, sorted: &[Hash]) -> Result<Leaf, Fault> {
    let mut frontier = Frontier::new();
    sorted.iter().for_each(|leaf| frontier.append(Hash::of_leaf(&leaf.0)));
    let (acts, list) = (sorted.len().to_string(), frontier.root().to_base64());
    let fields = vec![("acts", acts.as_str()), ("list", list.as_str())];
    open_leaf(LeafKind::Close, day, organ, &name(day, organ), fields)
}
