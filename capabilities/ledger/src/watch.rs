//! What was checked, when, and what was found: rows that outlive the process that looked, so that who watches over the
//! record sees them on any node. The process that signs checks; whoever watches may ask it to check now.

use std::sync::Arc;

use jiff::Timestamp;
use mingjing_chronicle::{Actor, Chronicle, Fault, Row, Sql, params};
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::follower::LEAVES;
use crate::fsck::fsck;
use crate::journal::Signed;
use crate::place::Place;
use crate::reconcile::reconcile;
use crate::sequence::halted;
use crate::signer::{Status, blocking};
use crate::stop::Stop;
use crate::tables::{self, Head};

/// Findings that one row keeps; how many there were stands beside them.
const MOST_FINDINGS: usize = 200;
/// Sound outcomes are forgotten after so many days; what was found is kept for ever.
const KEPT_DAYS: i64 = 400;

/// What a check looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Looked {
    /// All files of one shard, hashed anew from their entries.
    Files,
    /// The record, event by event, beside its leaves.
    Record,
    /// Nothing yet: somebody asks for it.
    Asked,
}

impl Looked {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Looked::Files => "files",
            Looked::Record => "record",
            Looked::Asked => "asked",
        }
    }
}

/// One outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub looked: Looked,
    /// Empty for the record, which is one.
    pub shard: String,
    pub begun_at: Timestamp,
    pub ended_at: Timestamp,
    /// Leaves, or events.
    pub seen: u64,
    pub findings: Vec<Finding>,
    /// How many there were; `findings` holds the first of them.
    pub found: u64,
}

impl Outcome {
    pub fn sound(&self) -> bool {
        self.found == 0
    }
}

/// Checks the files of every shard, then the record, and keeps each outcome.
///
/// # Errors
/// The outcome cannot be kept. What is wrong with the log or the record is no error: it is found.
pub async fn check(chronicle: &Arc<Chronicle>, place: &Place) -> Result<Vec<Outcome>, Stop> {
    let heads = chronicle.read(|reader| tables::heads(reader.sql())).await?;
    let mut outcomes = Vec::new();
    for head in heads {
        outcomes.push(check_files(chronicle, place, head).await);
    }
    outcomes.push(check_record(chronicle, place).await);
    keep(chronicle, outcomes.clone()).await?;
    Ok(outcomes)
}

async fn check_files(chronicle: &Arc<Chronicle>, place: &Place, head: Head) -> Outcome {
    let begun_at = chronicle.clock().now();
    let (place, shard) = (place.clone(), head.shard.clone());
    let checked = blocking(move || shard_is_whole(&place, &head)).await;
    let (seen, findings) = match checked {
        Ok(leaves) => (leaves, Vec::new()),
        Err(stop) => (0, vec![files_differ(&shard, &stop)]),
    };
    outcome(Looked::Files, shard, begun_at, chronicle.clock().now(), seen, findings)
}

fn files_differ(shard: &str, stop: &Stop) -> Finding {
    let why = stop.in_words();
    match stop {
        Stop::Fault(_) | Stop::Disk { .. } => Finding::Unfinished { why },
        _ => Finding::FilesDiffer {
            shard: shard.to_owned(),
            why,
        },
    }
}

/// What is published, signed by the log's own key and never more than the record has, is what the entries say.
fn shard_is_whole(place: &Place, head: &Head) -> Result<u64, Stop> {
    let shard = place.shard(&head.shard);
    let Some(published) = shard.published()? else {
        return Ok(0);
    };
    let own = [mingjing_tlog::VerifierKey::parse(&head.verifier)?];
    let checkpoint = published.checkpoint();
    let signed = published.note().verify(&own);
    if signed.is_err() || checkpoint.origin.as_str() != head.origin {
        return Err(Stop::Damaged {
            path: "checkpoint".to_owned(),
        });
    }
    let frozen = !head.open;
    if frozen && checkpoint.size < head.frontier.size() {
        return Err(Stop::Damaged {
            path: "checkpoint".to_owned(),
        });
    }
    if checkpoint.size > head.frontier.size() {
        return Err(Stop::RecordBehind {
            record: head.frontier.size(),
            signed: checkpoint.size,
        });
    }
    let signed = Signed {
        size: checkpoint.size,
        root: checkpoint.root,
    };
    Ok(fsck(&shard, signed)?.leaves)
}

async fn check_record(chronicle: &Arc<Chronicle>, place: &Place) -> Outcome {
    let begun_at = chronicle.clock().now();
    let compared = reconcile(chronicle, place, place.erasures.as_deref()).await;
    let (seen, findings) = match compared {
        Ok(report) => (report.events, report.findings),
        Err(stop) => (0, vec![Finding::Unfinished { why: stop.in_words() }]),
    };
    outcome(
        Looked::Record,
        String::new(),
        begun_at,
        chronicle.clock().now(),
        seen,
        findings,
    )
}

fn outcome(
    looked: Looked,
    shard: String,
    begun_at: Timestamp,
    ended_at: Timestamp,
    seen: u64,
    mut findings: Vec<Finding>,
) -> Outcome {
    let found = findings.len() as u64;
    findings.truncate(MOST_FINDINGS);
    Outcome {
        looked,
        shard,
        begun_at,
        ended_at,
        seen,
        findings,
        found,
    }
}

async fn keep(chronicle: &Chronicle, outcomes: Vec<Outcome>) -> Result<(), Stop> {
    chronicle
        .inside(Actor::system(), move |tx| {
            for outcome in &outcomes {
                insert(tx.sql(), outcome)?;
            }
            let before = tx.context().at.as_microsecond() - KEPT_DAYS * 86_400_000_000;
            tx.execute(
                "DELETE FROM ledger_check WHERE begun_at < $1 AND found = 0",
                &params![before],
            )?;
            Ok(())
        })
        .await
        .map_err(halted)
}

fn insert(sql: &mut dyn Sql, outcome: &Outcome) -> Result<(), Fault> {
    let findings = serde_json::to_string(&outcome.findings)
        .map_err(|_| Fault::Internal("findings of a check do not serialise".into()))?;
    sql.execute(
        "INSERT INTO ledger_check (looked, shard, begun_at, ended_at, seen, found, findings)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (looked, shard, begun_at) DO NOTHING",
        &params![
            outcome.looked.key(),
            &outcome.shard,
            outcome.begun_at,
            outcome.ended_at,
            outcome.seen as i64,
            outcome.found as i64,
            findings,
        ],
    )?;
    Ok(())
}

/// Somebody wants a check now. The process that signs does it within seconds.
///
/// # Errors
/// A fault of the database.
pub fn ask(sql: &mut dyn Sql, at: Timestamp) -> Result<(), Fault> {
    let nothing = outcome(Looked::Asked, String::new(), at, at, 0, Vec::new());
    insert(sql, &nothing)
}

/// Whether a check is due: never done, `hours` ago, or asked for since.
pub(crate) fn is_due(sql: &mut dyn Sql, now: Timestamp, hours: i64) -> Result<bool, Fault> {
    let last = last_begun(sql, Looked::Record)?;
    let asked = last_begun(sql, Looked::Asked)?;
    Ok(match last {
        None => true,
        Some(last) => asked.is_some_and(|asked| asked > last) || now.as_microsecond() - last >= hours * 3_600_000_000,
    })
}

fn last_begun(sql: &mut dyn Sql, looked: Looked) -> Result<Option<i64>, Fault> {
    let row = sql.query_one(
        "SELECT MAX(begun_at) FROM ledger_check WHERE looked = $1",
        &params![looked.key()],
    )?;
    Ok(row.and_then(|row| row.opt_int(0)))
}

/// What the signer does, as it last said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub at: Timestamp,
    pub status: Status,
}

/// The signer says how it stands.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn tell(chronicle: &Chronicle, status: Status) -> Result<(), Stop> {
    let text = serde_json::to_string(&status).map_err(|_| Fault::Internal("a status does not serialise".into()))?;
    chronicle
        .inside(Actor::system(), move |tx| {
            let at = tx.context().at;
            tx.execute(
                "INSERT INTO ledger_signer (name, told_at, status) VALUES ('signer', $1, $2)
                 ON CONFLICT (name) DO UPDATE SET told_at = $1, status = $2",
                &params![at, &text],
            )?;
            Ok(())
        })
        .await
        .map_err(halted)
}

/// How the log stands, for whoever watches over it.
#[derive(Debug, Clone)]
pub struct Standing {
    pub heads: Vec<Head>,
    pub told: Option<Told>,
    /// Acts with a leaf and no place, and events that the follower has not seen yet.
    pub waiting: u64,
    pub unfollowed: u64,
    /// The newest outcome for each shard, and for the record.
    pub files: Vec<Outcome>,
    pub record: Option<Outcome>,
    /// The newest outcomes that found something, newest first.
    pub alarms: Vec<Outcome>,
    /// Somebody asked for a check that is still to come.
    pub asked: bool,
}

/// # Errors
/// A fault of the database.
pub fn standing(reader: &mut mingjing_chronicle::Reader<'_>) -> Result<Standing, Fault> {
    let head = reader.head()?;
    let sql = reader.sql();
    let heads = tables::heads(sql)?;
    let waiting = count(sql, "SELECT COUNT(*) FROM ledger_waiting", &[])?;
    let followed = count(
        sql,
        "SELECT COALESCE(MAX(position), 0) FROM follower_cursor WHERE name = $1",
        &params![LEAVES],
    )?;
    let mut files = Vec::new();
    for head in &heads {
        files.extend(newest(sql, Looked::Files, &head.shard)?);
    }
    let record = newest(sql, Looked::Record, "")?;
    let asked = last_begun(sql, Looked::Asked)?;
    let last = record.as_ref().map(|record| record.begun_at.as_microsecond());
    Ok(Standing {
        waiting,
        unfollowed: (head as u64).saturating_sub(followed),
        told: told(sql)?,
        alarms: alarms(sql)?,
        asked: asked > last,
        heads,
        files,
        record,
    })
}

fn count(sql: &mut dyn Sql, text: &str, params: &[mingjing_chronicle::Value]) -> Result<u64, Fault> {
    let row = sql.query_one(text, params)?;
    Ok(row.map_or(0, |row| row.int(0) as u64))
}

fn told(sql: &mut dyn Sql) -> Result<Option<Told>, Fault> {
    let row = sql.query_one("SELECT told_at, status FROM ledger_signer WHERE name = 'signer'", &[])?;
    let Some(row) = row else { return Ok(None) };
    // A status that an older program wrote is as good as none.
    let status = serde_json::from_str(row.text(1)).ok();
    Ok(status.map(|status| Told {
        at: row.timestamp(0),
        status,
    }))
}

const OUTCOME: &str = "SELECT looked, shard, begun_at, ended_at, seen, found, findings FROM ledger_check";

fn newest(sql: &mut dyn Sql, looked: Looked, shard: &str) -> Result<Option<Outcome>, Fault> {
    let row = sql.query_one(
        &format!("{OUTCOME} WHERE looked = $1 AND shard = $2 ORDER BY begun_at DESC LIMIT 1"),
        &params![looked.key(), shard],
    )?;
    row.as_ref().map(read).transpose()
}

fn alarms(sql: &mut dyn Sql) -> Result<Vec<Outcome>, Fault> {
    let rows = sql.query(
        &format!("{OUTCOME} WHERE found > 0 ORDER BY begun_at DESC LIMIT 20"),
        &[],
    )?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Outcome, Fault> {
    let looked = [Looked::Files, Looked::Record, Looked::Asked]
        .into_iter()
        .find(|looked| looked.key() == row.text(0))
        .ok_or_else(|| Fault::Inconsistent("a check of the log is of no known kind".into()))?;
    Ok(Outcome {
        looked,
        shard: row.text(1).to_owned(),
        begun_at: row.timestamp(2),
        ended_at: row.timestamp(3),
        seen: row.int(4) as u64,
        found: row.int(5) as u64,
        findings: serde_json::from_str(row.text(6))
            .map_err(|_| Fault::Inconsistent("findings of a check cannot be read".into()))?,
    })
}
