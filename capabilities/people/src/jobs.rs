//! Daily: stop officers' accounts that nobody has used for long (GB/T 22239-2019 8.1.4.2), forget ended sessions and
//! yesterday's counts of tries.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan};
use mingjing_chronicle::job::{Job, JobFuture};
use mingjing_chronicle::{Actor, Chronicle, JobError, JobHandler, NewJob, Stop, Tx, params};
use serde_json::json;

use crate::commands;
use crate::credential;
use crate::decide::deactivate_account::DeactivateAccount;
use crate::session;

pub const DAILY: &str = "people.daily";
/// Days without sign-in after which an officer's account stops; parameter `people.stale_days`.
const STALE_DAYS: i64 = 90;

pub struct Daily;

impl JobHandler for Daily {
    fn run(&self, chronicle: Arc<Chronicle>, _job: Job) -> JobFuture {
        Box::pin(async move {
            let days = chronicle.parameters().number("people.stale_days", STALE_DAYS);
            for account in stale(&chronicle, days).await? {
                stop(&chronicle, account, days).await?;
            }
            chronicle
                .inside(Actor::system(), |tx| {
                    let (now, today) = (tx.context().at, tx.context().today);
                    session::sweep(tx.sql(), now)?;
                    credential::sweep_tries(tx.sql(), today)?;
                    Ok(schedule(tx)?)
                })
                .await?;
            Ok(())
        })
    }
}

/// Enqueues the next run, at 02:00 in China; once per day however often it is called.
///
/// # Errors
/// [`mingjing_chronicle::Fault`] from the database.
pub fn schedule(tx: &mut Tx<'_>) -> Result<(), mingjing_chronicle::Fault> {
    let day = tx.context().today.tomorrow().unwrap_or(tx.context().today);
    let midnight = day
        .to_zoned(mingjing_chronicle::context::shanghai())
        .map_or(tx.context().at, |midnight| midnight.timestamp());
    tx.enqueue(NewJob {
        id: format!("{DAILY}/{day}"),
        kind: DAILY,
        payload: json!({}),
        run_at: midnight + 2.hours(),
    })
}

/// Active officers who have a password and have not used it for long. A new password counts as use, so that an account
/// that was restored with a fresh one-time password is not stopped the same night.
async fn stale(chronicle: &Chronicle, days: i64) -> Result<Vec<String>, JobError> {
    let before: Timestamp = chronicle.clock().now() - (days * 24).hours();
    let rows = chronicle
        .read(move |reader| {
            reader.query(
                "SELECT o.account FROM {officer_list} o JOIN credential c ON c.account = o.account
                 WHERE o.active = 1 AND c.set_at < $1 AND COALESCE(c.last_sign_in, 0) < $1 ORDER BY o.account",
                &params![before],
            )
        })
        .await?;
    Ok(rows.iter().map(|row| row.text(0).to_owned()).collect())
}

/// Runs again harmlessly: who is stopped already is left as it is.
async fn stop(chronicle: &Chronicle, account: String, days: i64) -> Result<(), JobError> {
    let command = DeactivateAccount {
        account,
        reason: format!("连续 {days} 天没有登录，自动停用"),
    };
    let stopped = chronicle
        .inside(Actor::system(), move |tx| {
            commands::deactivate_officer(tx, &command, None)
        })
        .await;
    match stopped {
        Err(Stop::Refusal(refusal)) if refusal.code == "people.account.inactive_already" => Ok(()),
        other => Ok(other?),
    }
}
