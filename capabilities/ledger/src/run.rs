//! The background work of the process that signs.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::signer::Signer;
use crate::stop::Stop;

/// A round finds what waited in the meantime: at most so long passes before a leaf is signed.
const ROUND: Duration = Duration::from_millis(250);
/// Heads are signed at most once a second.
const SEAL: Duration = Duration::from_secs(1);
/// After a stop everything is opened anew, which checks everything: not too often.
const AFTER_STOP: Duration = Duration::from_secs(10);
const CLOSE_EVERY_SECONDS: i64 = 60;
const CHECK_EVERY_SECONDS: i64 = 24 * 3600;

/// Runs until `stop` is notified.
pub fn start(signer: Signer, stop: &Arc<Notify>) -> tokio::task::JoinHandle<()> {
    // Listening begins here, so that no stop is missed.
    let stopped = Arc::clone(stop).notified_owned();
    tokio::spawn(async move {
        let mut stopped = pin!(stopped);
        let mut work = Work {
            signer,
            last_stop: None,
            closed_at: None,
            checked_at: None,
        };
        loop {
            let rest = work.turn().await;
            tokio::select! {
                biased;
                () = stopped.as_mut() => return,
                () = tokio::time::sleep(rest) => {}
            }
        }
    })
}

struct Work {
    signer: Signer,
    /// Told once, not every ten seconds.
    last_stop: Option<String>,
    closed_at: Option<Timestamp>,
    checked_at: Option<Timestamp>,
}

impl Work {
    async fn turn(&mut self) -> Duration {
        let outcome = self.signer.round().await;
        let rest = match &outcome {
            Ok(true) => SEAL,
            Ok(false) => ROUND,
            Err(_) => AFTER_STOP,
        };
        self.log(outcome.map(|_| ()));
        if self.last_stop.is_some() {
            return rest;
        }
        let now = self.signer.now();
        if is_due(self.checked_at, now, CHECK_EVERY_SECONDS) {
            self.checked_at = Some(now);
            if let Some(check) = self.signer.check() {
                tokio::spawn(async move {
                    if let Err(found) = check.await {
                        tracing::error!(log.found = %found, "a file of the public log is not what was signed");
                    }
                });
            }
        }
        if is_due(self.closed_at, now, CLOSE_EVERY_SECONDS) {
            self.closed_at = Some(now);
            let closed = self.signer.close_days().await.map(|_| ());
            self.log(closed);
        }
        rest
    }

    fn log(&mut self, outcome: Result<(), Stop>) {
        let stop = outcome.err().map(|stop| stop.to_string());
        if stop == self.last_stop {
            return;
        }
        match &stop {
            Some(why) => {
                tracing::error!(log.stop = %why, "the public log stands still; acts go on and wait for their leaf")
            }
            None => tracing::info!("the public log goes on"),
        }
        self.last_stop = stop;
    }
}

fn is_due(last: Option<Timestamp>, now: Timestamp, seconds: i64) -> bool {
    last.is_none_or(|last| now < last || now.as_second() - last.as_second() >= seconds)
}
