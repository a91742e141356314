//! What the log keeps in the database. The files are what was signed; these rows say which act stands where.

use mingjing_chronicle::chronicle::Migration;
use mingjing_chronicle::{Fault, Row, Sql, Value, params};
use mingjing_tlog::{Frontier, Hash, Leaf};

use crate::journal::Signed;
use crate::place::NewLog;

pub const TABLES: &[Migration] = &[LOG, CHECKS];

const LOG: Migration = Migration {
    id: "ledger.log.1",
    sql: &[
        // Leaves without a place yet.
        "CREATE TABLE ledger_waiting (
            event_id TEXT PRIMARY KEY,
            day TEXT NOT NULL,
            leaf TEXT NOT NULL
        )",
        "CREATE INDEX ledger_waiting_by_day ON ledger_waiting (day)",
        // `event_id` is NULL for a leaf whose act a restored database does not know (any more).
        "CREATE TABLE ledger_entry (
            shard TEXT NOT NULL,
            place BIGINT NOT NULL,
            event_id TEXT UNIQUE,
            day TEXT NOT NULL,
            leaf_hash TEXT NOT NULL UNIQUE,
            leaf TEXT NOT NULL,
            PRIMARY KEY (shard, place)
        )",
        "CREATE INDEX ledger_entry_by_day ON ledger_entry (day)",
        // One row is open: the shard that grows (1), or that has its last leaf and no successor yet (2). `closed_day`: the last day whose acts were counted in `close` leaves.
        "CREATE TABLE ledger_head (
            shard TEXT PRIMARY KEY,
            origin TEXT NOT NULL UNIQUE,
            verifier TEXT NOT NULL,
            open BIGINT NOT NULL,
            size BIGINT NOT NULL,
            root TEXT NOT NULL,
            frontier {blob} NOT NULL,
            closed_day TEXT NOT NULL
        )",
    ],
};

const CHECKS: Migration = Migration {
    id: "ledger.check.1",
    sql: &[
        // `looked`: files | record | asked. `findings`: JSON, ids and kinds only.
        "CREATE TABLE ledger_check (
            looked TEXT NOT NULL,
            shard TEXT NOT NULL,
            begun_at BIGINT NOT NULL,
            ended_at BIGINT NOT NULL,
            seen BIGINT NOT NULL,
            found BIGINT NOT NULL,
            findings TEXT NOT NULL,
            PRIMARY KEY (looked, shard, begun_at)
        )",
        "CREATE INDEX ledger_check_by_found ON ledger_check (found, begun_at)",
        // One row: what the process that signs last said of itself.
        "CREATE TABLE ledger_signer (
            name TEXT PRIMARY KEY,
            told_at BIGINT NOT NULL,
            status TEXT NOT NULL
        )",
    ],
};

/// The head of one shard as the database has it.
#[derive(Debug, Clone)]
pub struct Head {
    pub shard: String,
    pub origin: String,
    /// The key that verifies it, as texts have it: every node can tell, also those without the private one.
    pub verifier: String,
    pub frontier: Frontier,
    pub closed_day: String,
    /// It has its last leaf and grows no more; its successor begins when that is shown.
    pub ending: bool,
    /// Growing or ending; a log of an earlier year is frozen.
    pub open: bool,
}

impl Head {
    pub fn signed(&self) -> Signed {
        Signed {
            size: self.frontier.size(),
            root: self.frontier.root(),
        }
    }

    fn of(row: &Row) -> Result<Head, Fault> {
        let shard = row.text(0).to_owned();
        let broken = || Fault::Inconsistent(format!("the head of the log {shard} cannot be read"));
        let size = u64::try_from(row.int(2)).map_err(|_| broken())?;
        let frontier = Frontier::from_bytes(size, row.blob(4)).map_err(|_| broken())?;
        if frontier.root().to_base64() != row.text(3) {
            return Err(broken());
        }
        Ok(Head {
            origin: row.text(1).to_owned(),
            frontier,
            closed_day: row.text(5).to_owned(),
            verifier: row.text(6).to_owned(),
            ending: row.int(7) == 2,
            open: row.int(7) > 0,
            shard,
        })
    }
}

const HEAD: &str = "SELECT shard, origin, size, root, frontier, closed_day, verifier, open FROM ledger_head";

/// The shard that grows, or that just ended and has no successor yet.
pub fn open_head(sql: &mut dyn Sql) -> Result<Option<Head>, Fault> {
    let row = sql.query_one(&format!("{HEAD} WHERE open > 0"), &[])?;
    row.as_ref().map(Head::of).transpose()
}

/// The shard that grows, locked until the commit: who holds it is the only one that gives places.
pub(crate) fn locked_head(sql: &mut dyn Sql) -> Result<Option<Head>, Fault> {
    let row = sql.query_one(&format!("{HEAD} WHERE open = 1 {{for_update}}"), &[])?;
    row.as_ref().map(Head::of).transpose()
}

/// All shards, the oldest first.
pub fn heads(sql: &mut dyn Sql) -> Result<Vec<Head>, Fault> {
    let rows = sql.query(&format!("{HEAD} ORDER BY shard"), &[])?;
    rows.iter().map(Head::of).collect()
}

/// A new shard, which is the open one.
pub(crate) fn insert_head(sql: &mut dyn Sql, log: &NewLog, verifier: &str, closed_day: &str) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO ledger_head (shard, origin, open, size, root, frontier, closed_day, verifier)
         VALUES ($1, $2, 1, 0, $3, $4, $5, $6)",
        &params![
            &log.shard,
            &log.origin,
            Hash::EMPTY_ROOT.to_base64(),
            Vec::<u8>::new(),
            closed_day,
            verifier
        ],
    )?;
    Ok(())
}

/// From the size at which it was read, which must hit one row: the row decides, not who believes to lead.
pub(crate) fn move_head(sql: &mut dyn Sql, shard: &str, from: u64, to: &Frontier) -> Result<(), Fault> {
    let moved = sql.execute(
        "UPDATE ledger_head SET size = $2, root = $3, frontier = $4 WHERE shard = $1 AND size = $5 AND open = 1",
        &params![
            shard,
            to.size() as i64,
            to.root().to_base64(),
            to.to_bytes(),
            from as i64
        ],
    )?;
    match moved {
        1 => Ok(()),
        _ => Err(Fault::Race("the log was extended by another node".into())),
    }
}

/// One leaf with its place.
pub(crate) struct Entry {
    pub place: u64,
    pub event_id: Option<String>,
    pub day: String,
    pub leaf: String,
}

impl Entry {
    pub fn hash(&self) -> Hash {
        Hash::of_leaf(self.leaf.as_bytes())
    }
}

/// Rows written at once: a statement of a fixed shape, so that engines keep it prepared.
const ROWS: usize = 64;

pub(crate) fn insert_entries(sql: &mut dyn Sql, shard: &str, entries: &[Entry]) -> Result<(), Fault> {
    for chunk in chunks(entries) {
        let text = format!(
            "INSERT INTO ledger_entry (shard, place, event_id, day, leaf_hash, leaf) VALUES {}",
            places(chunk.len(), 6)
        );
        let mut params = Vec::with_capacity(chunk.len() * 6);
        for entry in chunk {
            params.extend(params![
                shard,
                entry.place as i64,
                entry.event_id.clone(),
                &entry.day,
                entry.hash().to_base64(),
                &entry.leaf,
            ]);
        }
        sql.execute(&text, &params)?;
    }
    Ok(())
}

pub(crate) fn delete_waiting(sql: &mut dyn Sql, event_ids: &[String]) -> Result<(), Fault> {
    for chunk in chunks(event_ids) {
        let text = format!(
            "DELETE FROM ledger_waiting WHERE event_id IN {}",
            places(1, chunk.len())
        );
        let params: Vec<Value> = chunk.iter().map(Value::from).collect();
        sql.execute(&text, &params)?;
    }
    Ok(())
}

/// A leaf that waits for its place, unless the act has one already.
pub(crate) fn insert_waiting(sql: &mut dyn Sql, event_id: &str, leaf: &Leaf) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO ledger_waiting (event_id, day, leaf) SELECT $1, $2, $3
         WHERE NOT EXISTS (SELECT 1 FROM ledger_entry WHERE event_id = $1)
         ON CONFLICT (event_id) DO NOTHING",
        &params![event_id, leaf.day(), leaf.to_string()],
    )?;
    Ok(())
}

/// Leaves of a shard from a place on, in order.
pub(crate) fn leaves(sql: &mut dyn Sql, shard: &str, from: u64, to: u64) -> Result<Vec<Vec<u8>>, Fault> {
    let rows = sql.query(
        "SELECT leaf FROM ledger_entry WHERE shard = $1 AND place >= $2 AND place < $3 ORDER BY place",
        &params![shard, from as i64, to as i64],
    )?;
    Ok(rows.iter().map(|row| row.text(0).as_bytes().to_vec()).collect())
}

/// Where an event's leaf stands.
pub fn place_of(sql: &mut dyn Sql, event_id: &str) -> Result<Option<(String, u64)>, Fault> {
    let row = sql.query_one(
        "SELECT shard, place FROM ledger_entry WHERE event_id = $1",
        &params![event_id],
    )?;
    Ok(row.map(|row| (row.text(0).to_owned(), row.int(1) as u64)))
}

/// Full chunks, then what is left one by one: two shapes of each statement.
fn chunks<T>(all: &[T]) -> impl Iterator<Item = &[T]> {
    let (full, rest) = all.split_at(all.len() / ROWS * ROWS);
    full.chunks(ROWS).chain(rest.chunks(1))
}

/// `($1, $2), ($3, $4)`
fn places(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let numbers: Vec<String> = (1..=columns).map(|at| format!("${}", row * columns + at)).collect();
        format!("({})", numbers.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}
