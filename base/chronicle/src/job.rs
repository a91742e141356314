//! Slow work: durable, retried, and safe to run twice.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::{Timestamp, ToSpan};
use serde_json::Value as Json;

use crate::chronicle::Chronicle;
use crate::db::{Fault, Sql};
use crate::params;
use crate::tx::{Stop, Tx};

/// Work to do at or after `run_at`. The id names the work: enqueuing it twice does it once.
/// The payload holds ids only, never personal data.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub id: String,
    pub kind: &'static str,
    pub payload: Json,
    pub run_at: Timestamp,
}

#[derive(Debug, Clone)]
pub struct Job {
    pub id: String,
    pub kind: String,
    pub payload: Json,
    /// How often it was tried before this run.
    pub attempts: i64,
}

#[derive(Debug, Clone)]
pub enum JobError {
    /// Try again later.
    Retry(String),
    /// It can never succeed; a person must look.
    GiveUp(String),
}

impl From<Stop> for JobError {
    /// A fault may pass; a refusal or conflict of a job's own command is a matter for a person.
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Fault(fault) => JobError::Retry(fault.to_string()),
            Stop::Conflict(_) => JobError::Retry("the stream moved on".into()),
            Stop::Refusal(refusal) => JobError::GiveUp(format!("refused: {}", refusal.code)),
        }
    }
}

impl From<Fault> for JobError {
    fn from(fault: Fault) -> Self {
        JobError::Retry(fault.to_string())
    }
}

pub type JobFuture = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;

pub trait JobHandler: Send + Sync + 'static {
    fn run(&self, chronicle: Arc<Chronicle>, job: Job) -> JobFuture;
}

/// A job that failed this often is laid aside for a person.
const MOST_ATTEMPTS: i64 = 12;
/// Longer than any job may take; after it another worker may take the job over.
const LEASE_MINUTES: i64 = 10;

pub(crate) fn insert(sql: &mut dyn Sql, job: &NewJob) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO job (id, kind, payload, run_at, attempts, state, lease_until, last_error)
         VALUES ($1, $2, $3, $4, 0, 'waiting', 0, NULL) ON CONFLICT (id) DO NOTHING",
        &params![&job.id, job.kind, job.payload.to_string(), job.run_at],
    )?;
    Ok(())
}

/// Takes due jobs under a lease.
pub(crate) fn claim(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Job>, Stop> {
    let now = tx.context().at;
    let lease = now.checked_add(LEASE_MINUTES.minutes()).unwrap_or(now);
    let rows = tx.query(
        "SELECT id, kind, payload, attempts, state FROM job
         WHERE (state = 'waiting' AND run_at <= $1) OR (state = 'running' AND lease_until < $1)
         ORDER BY run_at LIMIT $2 {skip_locked}",
        &params![now, most],
    )?;
    let mut jobs = Vec::with_capacity(rows.len());
    for row in rows {
        // Its runs ended without a word, so it may be what ended them.
        if row.text(4) == "running" && row.int(3) >= MOST_ATTEMPTS {
            tx.execute(
                "UPDATE job SET state = 'dead', last_error = 'it never came back' WHERE id = $1",
                &params![row.text(0)],
            )?;
            continue;
        }
        tx.execute(
            "UPDATE job SET state = 'running', lease_until = $2, attempts = attempts + 1 WHERE id = $1",
            &params![row.text(0), lease],
        )?;
        jobs.push(Job {
            id: row.text(0).to_owned(),
            kind: row.text(1).to_owned(),
            payload: serde_json::from_str(row.text(2)).unwrap_or(Json::Null),
            attempts: row.int(3),
        });
    }
    Ok(jobs)
}

/// Records how a run ended. A crash before this leaves the lease to expire and the job runs again; a run
/// that outlived its lease has no say any more (`attempts` tells the runs apart).
pub(crate) fn finish(tx: &mut Tx<'_>, job: &Job, outcome: &Result<(), JobError>) -> Result<(), Stop> {
    let now = tx.context().at;
    match outcome {
        Ok(()) => tx.execute(
            "UPDATE job SET state = 'done', last_error = NULL WHERE id = $1 AND attempts = $2",
            &params![&job.id, job.attempts + 1],
        )?,
        Err(JobError::Retry(why)) if job.attempts + 1 < MOST_ATTEMPTS => {
            // 1 s, 2 s, 4 s … at most about half an hour.
            let wait = 1_i64 << job.attempts.clamp(0, 11);
            let again = now.checked_add(wait.seconds()).unwrap_or(now);
            tx.execute(
                "UPDATE job SET state = 'waiting', run_at = $2, last_error = $3 WHERE id = $1 AND attempts = $4",
                &params![&job.id, again, why, job.attempts + 1],
            )?
        }
        Err(JobError::Retry(why) | JobError::GiveUp(why)) => tx.execute(
            "UPDATE job SET state = 'dead', last_error = $2 WHERE id = $1 AND attempts = $3",
            &params![&job.id, why, job.attempts + 1],
        )?,
    };
    Ok(())
}
