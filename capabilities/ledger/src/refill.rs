//! After a restore of an old backup: what the record forgot is read back from the log's own files, or from a mirror of
//! them. Nothing is signed before the record has again what was signed.

use std::collections::BTreeSet;
use std::sync::Arc;

use mingjing_chronicle::{Actor, Chronicle, Fault, Sql, params};
use mingjing_tlog::{Frontier, Hash, Leaf, LeafKind, Tile};
use serde::{Deserialize, Serialize};

use crate::disk::Disk;
use crate::journal::Signed;
use crate::place::Place;
use crate::sequence::halted;
use crate::shard::Shard;
use crate::signer::blocking;
use crate::stop::Stop;
use crate::tables::{self, Entry, Head};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refilled {
    /// Leaves that the record had right.
    pub kept: u64,
    /// Leaves read back from the files. Their acts are unknown until the follower makes them again, or lost.
    pub read_back: u64,
    /// Leaves that had a place which another one was signed at; they wait for a new one.
    pub moved: u64,
}

/// Makes the list of leaves what was signed. `source`: a folder with the shard's files; the shard's own where `None`.
/// The signer must not run meanwhile (it holds the lock on the journal).
///
/// # Errors
/// Files that do not lead to the root that was signed last: then nothing is changed.
pub async fn refill(
    chronicle: &Arc<Chronicle>,
    place: &Place,
    log: &crate::NewLog,
    source: Option<std::path::PathBuf>,
) -> Result<Refilled, Stop> {
    let _lock = place.lock()?;
    let (here, shard) = (place.clone(), log.shard.clone());
    let (signed, leaves) = blocking(move || {
        let signed = here.open_journal(&shard)?.last();
        let files = match source {
            Some(folder) => Shard::new(crate::Folder::new(folder)),
            None => here.shard(&shard),
        };
        Ok((signed, signed_leaves(&files, signed)?))
    })
    .await?;
    let (log, verifier) = (
        log.clone(),
        place.signer_key(&log.shard, &log.origin)?.verifier().to_string(),
    );
    chronicle
        .inside(Actor::system(), move |tx| {
            Ok(rewrite(tx.sql(), &log, &verifier, signed.size, &leaves)?)
        })
        .await
        .map_err(halted)
}

fn signed_leaves<D: Disk>(files: &Shard<D>, signed: Signed) -> Result<Vec<String>, Stop> {
    let mut leaves = Vec::new();
    let mut frontier = Frontier::new();
    for tile in Tile::grown(0, signed.size).take_while(|tile| tile.level() == 0) {
        for entry in files.entries(tile)? {
            frontier.append(Hash::of_leaf(&entry));
            let text = String::from_utf8(entry).map_err(|_| Stop::Damaged {
                path: tile.entries_path(),
            })?;
            leaves.push(text);
        }
    }
    if frontier.root() != signed.root {
        return Err(Stop::OtherRoot {
            size: signed.size,
            record: signed.root,
            files: frontier.root(),
        });
    }
    Ok(leaves)
}

fn rewrite(
    sql: &mut dyn Sql,
    log: &crate::NewLog,
    verifier: &str,
    size: u64,
    leaves: &[String],
) -> Result<Refilled, Fault> {
    let head = reopened(sql, log, verifier)?;
    let same = same_beginning(sql, &head, leaves)?;
    let mut done = Refilled {
        kept: same,
        ..Refilled::default()
    };
    if same == size {
        end_if_ended(sql, &log.shard, leaves)?;
        return Ok(done);
    }
    let known: BTreeSet<&str> = leaves.iter().map(String::as_str).collect();
    let misplaced = take_out(sql, &head, same)?;
    let mut owners = std::collections::HashMap::new();
    for (event_id, leaf) in misplaced {
        if known.contains(leaf.as_str()) {
            owners.insert(leaf, event_id);
        } else if let Some(event_id) = event_id {
            let parsed = Leaf::parse(leaf.as_bytes())
                .map_err(|_| Fault::Inconsistent("a row of the log holds no leaf".into()))?;
            tables::insert_waiting(sql, &event_id, &parsed)?;
            done.moved += 1;
        }
    }
    put_in(sql, head, same, leaves, &mut owners)?;
    end_if_ended(sql, &log.shard, leaves)?;
    done.read_back = size - same;
    Ok(done)
}

/// How many leaves from the beginning are what was signed.
fn same_beginning(sql: &mut dyn Sql, head: &Head, leaves: &[String]) -> Result<u64, Fault> {
    let mut same = 0;
    let mut differs = false;
    sql.each(
        "SELECT place, leaf FROM ledger_entry WHERE shard = $1 ORDER BY place",
        &params![&head.shard],
        &mut |row| {
            let expected = leaves.get(same as usize).map(String::as_str);
            differs |= row.int(0) as u64 != same || expected != Some(row.text(1));
            same += u64::from(!differs);
            Ok(())
        },
    )?;
    Ok(same)
}

/// The head of this log, open: a restored database may know it as ended, or not at all, since a later year's log was the
/// open one when it was lost.
fn reopened(sql: &mut dyn Sql, log: &crate::NewLog, verifier: &str) -> Result<Head, Fault> {
    let known = tables::heads(sql)?.into_iter().any(|head| head.shard == log.shard);
    let closed_day = tables::open_head(sql)?.map_or(String::new(), |head| head.closed_day);
    sql.execute(
        "UPDATE ledger_head SET open = 0 WHERE shard <> $1",
        &params![&log.shard],
    )?;
    match known {
        true => {
            sql.execute("UPDATE ledger_head SET open = 1 WHERE shard = $1", &params![&log.shard])?;
        }
        false => tables::insert_head(sql, log, verifier, &closed_day)?,
    }
    tables::locked_head(sql)?.ok_or_else(|| Fault::Internal("a head was just opened".into()))
}

/// A log whose last leaf names a successor grows no more.
fn end_if_ended(sql: &mut dyn Sql, shard: &str, leaves: &[String]) -> Result<(), Fault> {
    let last = leaves.last().filter(|_| leaves.len() > 1);
    let ended = last.and_then(|leaf| Leaf::parse(leaf.as_bytes()).ok());
    if ended.is_some_and(|leaf| leaf.kind() == LeafKind::Shard) {
        sql.execute("UPDATE ledger_head SET open = 2 WHERE shard = $1", &params![shard])?;
    }
    Ok(())
}

/// Removes the rows from a place on.
fn take_out(sql: &mut dyn Sql, head: &Head, from: u64) -> Result<Vec<(Option<String>, String)>, Fault> {
    let rows = sql.query(
        "SELECT event_id, leaf FROM ledger_entry WHERE shard = $1 AND place >= $2",
        &params![&head.shard, from as i64],
    )?;
    sql.execute(
        "DELETE FROM ledger_entry WHERE shard = $1 AND place >= $2",
        &params![&head.shard, from as i64],
    )?;
    Ok(rows
        .iter()
        .map(|row| (row.opt_text(0).map(str::to_owned), row.text(1).to_owned()))
        .collect())
}

fn put_in(
    sql: &mut dyn Sql,
    head: Head,
    from: u64,
    leaves: &[String],
    owners: &mut std::collections::HashMap<String, Option<String>>,
) -> Result<(), Fault> {
    let mut frontier = Frontier::new();
    let mut entries = Vec::new();
    for (place, leaf) in (0u64..).zip(leaves) {
        frontier.append(Hash::of_leaf(leaf.as_bytes()));
        if place < from {
            continue;
        }
        let parsed =
            Leaf::parse(leaf.as_bytes()).map_err(|_| Fault::Inconsistent("a file of the log holds no leaf".into()))?;
        entries.push(Entry {
            place,
            event_id: owners.remove(leaf).flatten(),
            day: parsed.day().to_owned(),
            leaf: leaf.clone(),
        });
    }
    tables::insert_entries(sql, &head.shard, &entries)?;
    tables::move_head(sql, &head.shard, head.frontier.size(), &frontier)
}
