//! Gives waiting leaves their places. Any process may: one transaction locks the head's row, and who moves it from the
//! size at which it was read is the one that gave these places. A second sequencer is useless, never harmful.

use mingjing_chronicle::{Actor, Chronicle, Sql, Stop as Halt, params};
use mingjing_tlog::Hash;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::journal::Signed;
use crate::stop::Stop;
use crate::tables::{self, Entry, Head};

/// Leaves that one transaction takes.
const MOST_LEAVES: i64 = 4096;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sequenced {
    /// Nothing waits.
    Nothing,
    /// So many got their places; with them the log has `size`.
    Grown { leaves: u64, size: u64 },
    /// No shard is open yet: `mingjing ledger create` was not run.
    NoShard,
    /// The record is shorter than what was signed, or another one: it is to be refilled first.
    Behind { record: u64 },
}

/// One batch. `signed`: what must be a beginning of the log, so that a restored database gives no place twice.
///
/// # Errors
/// [`Stop::RecordBehind`], or a fault of the database; then nothing was given.
pub async fn sequence(chronicle: &Chronicle, signed: Signed) -> Result<Sequenced, Stop> {
    // Looking first spares the single writer an empty transaction.
    let waiting = chronicle
        .read(|reader| reader.query_one("SELECT 1 FROM ledger_waiting LIMIT 1", &[]))
        .await?;
    if waiting.is_none() {
        return Ok(Sequenced::Nothing);
    }
    let root = signed.root.to_base64();
    let outcome = chronicle
        .inside(Actor::system(), move |tx| {
            let seed = tx.context().derive("ledger.shuffle");
            Ok(batch(tx.sql(), signed.size, &root, &seed)?)
        })
        .await
        .map_err(halted)?;
    match outcome {
        Sequenced::Behind { record } => Err(Stop::RecordBehind {
            record,
            signed: signed.size,
        }),
        other => Ok(other),
    }
}

fn batch(sql: &mut dyn Sql, signed: u64, root: &str, seed: &[u8; 32]) -> Result<Sequenced, mingjing_chronicle::Fault> {
    let Some(head) = tables::locked_head(sql)? else {
        return Ok(Sequenced::NoShard);
    };
    let Signed { size, root: own } = head.signed();
    if size < signed || (size == signed && own.to_base64() != root) {
        return Ok(Sequenced::Behind { record: size });
    }
    let rows = sql.query(
        "SELECT event_id, day, leaf FROM ledger_waiting LIMIT $1 {skip_locked}",
        &params![MOST_LEAVES],
    )?;
    let mut waiting: Vec<Entry> = rows
        .iter()
        .map(|row| Entry {
            place: 0,
            event_id: Some(row.text(0).to_owned()),
            day: row.text(1).to_owned(),
            leaf: row.text(2).to_owned(),
        })
        .collect();
    let taken: Vec<String> = waiting.iter().filter_map(|entry| entry.event_id.clone()).collect();
    adopt(sql, &mut waiting)?;
    // Within a batch the places tell nothing about the order of the acts.
    waiting.sort_by_cached_key(|entry| shuffled(seed, &entry.leaf));
    let size = extend(sql, head, &mut waiting)?;
    tables::delete_waiting(sql, &taken)?;
    Ok(match taken.len() {
        0 => Sequenced::Nothing,
        _ => Sequenced::Grown {
            leaves: waiting.len() as u64,
            size,
        },
    })
}

fn shuffled(seed: &[u8; 32], leaf: &str) -> [u8; 32] {
    Sha256::new().chain_update(seed).chain_update(leaf).finalize().into()
}

/// Appends these leaves in their order; gives the new size.
pub(crate) fn extend(sql: &mut dyn Sql, head: Head, entries: &mut [Entry]) -> Result<u64, mingjing_chronicle::Fault> {
    let from = head.frontier.size();
    let mut frontier = head.frontier;
    for entry in entries.iter_mut() {
        entry.place = frontier.size();
        frontier.append(Hash::of_leaf(entry.leaf.as_bytes()));
    }
    tables::insert_entries(sql, &head.shard, entries)?;
    if !entries.is_empty() {
        tables::move_head(sql, &head.shard, from, &frontier)?;
    }
    Ok(frontier.size())
}

/// After a refill there are leaves in the log whose acts the restored record did not know. Where the follower makes such
/// a leaf again it has its place already.
fn adopt(sql: &mut dyn Sql, waiting: &mut Vec<Entry>) -> Result<(), mingjing_chronicle::Fault> {
    let orphan = sql.query_one("SELECT 1 FROM ledger_entry WHERE event_id IS NULL LIMIT 1", &[])?;
    if orphan.is_none() {
        return Ok(());
    }
    let mut without_place = Vec::new();
    for entry in waiting.drain(..) {
        let adopted = sql.execute(
            "UPDATE ledger_entry SET event_id = $1 WHERE leaf_hash = $2 AND event_id IS NULL",
            &params![entry.event_id.clone(), entry.hash().to_base64()],
        )?;
        if adopted == 0 {
            without_place.push(entry);
        }
    }
    *waiting = without_place;
    Ok(())
}

/// What ended a transaction of ours: it is no command, so nobody refuses it.
pub(crate) fn halted(halt: Halt) -> Stop {
    match halt {
        Halt::Fault(fault) => Stop::Fault(fault),
        Halt::Refusal(refusal) => Stop::Fault(mingjing_chronicle::Fault::Internal(refusal.code.to_string())),
        Halt::Conflict(_) => Stop::Fault(mingjing_chronicle::Fault::Race("the stream moved on".into())),
    }
}
