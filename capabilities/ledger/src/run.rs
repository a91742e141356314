//! The background work of the process that signs.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use mingjing_chronicle::Chronicle;
use tokio::sync::Notify;

use crate::finding::Finding;
use crate::place::Place;
use crate::reads::seal_reads;
use crate::signer::{Board, Fsck, Signer, Status};
use crate::stop::Stop;
use crate::watch::{self, Looked};

/// A round finds what waited in the meantime: at most so long passes before a leaf is signed.
const ROUND: Duration = Duration::from_millis(250);
/// Heads are signed at most once a second.
const SEAL: Duration = Duration::from_secs(1);
/// After a stop everything is opened anew, which checks everything: not too often.
const AFTER_STOP: Duration = Duration::from_secs(10);
const CLOSE_EVERY_SECONDS: i64 = 60;
/// Whether somebody asks for a check.
const LOOK_EVERY_SECONDS: i64 = 2;
const TELL_EVERY_SECONDS: i64 = 10;

/// Runs until `stop` is notified.
pub fn start(signer: Signer, stop: &Arc<Notify>) -> tokio::task::JoinHandle<()> {
    // Listening begins here, so that no stop is missed.
    let stopped = Arc::clone(stop).notified_owned();
    tokio::spawn(async move {
        let mut stopped = pin!(stopped);
        let mut work = Work::new(signer);
        loop {
            let rest = work.turn().await;
            tokio::select! {
                biased;
                () = stopped.as_mut() => return work.end().await,
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
    checking: Checking,
    /// What was last said, and when.
    told: Option<(Timestamp, Status)>,
}

/// Files and record are checked after every start, once a day, and when somebody asks.
#[derive(Default)]
struct Checking {
    looked_at: Option<Timestamp>,
    running: Option<tokio::task::JoinHandle<()>>,
    begun: bool,
}

impl Work {
    fn new(signer: Signer) -> Work {
        Work {
            signer,
            last_stop: None,
            closed_at: None,
            checking: Checking::default(),
            told: None,
        }
    }

    async fn turn(&mut self) -> Duration {
        let outcome = self.signer.round().await;
        let rest = match &outcome {
            Ok(true) => SEAL,
            Ok(false) => ROUND,
            Err(_) => AFTER_STOP,
        };
        self.log(outcome.map(|_| ()));
        let now = self.signer.now();
        self.tell(now).await;
        // What stopped the log is often what a check names.
        self.check(now).await;
        if self.last_stop.is_none() && is_due(self.closed_at, now, CLOSE_EVERY_SECONDS) {
            self.closed_at = Some(now);
            let sealed = seal_reads(self.signer.chronicle()).await.map(|_| ());
            let closed = self.signer.close_days().await.map(|_| ());
            self.log(sealed.and(closed));
        }
        rest
    }

    /// A check under way is given up, and says nothing: cut off by the end of the process it would say that it could not
    /// be made, and a false alarm would meet whoever starts next. The next start checks everything.
    async fn end(&mut self) {
        if let Some(running) = self.checking.running.take() {
            running.abort();
            let _ = running.await;
        }
    }

    /// A watcher on another node sees no more of this process than these rows.
    async fn tell(&mut self, now: Timestamp) {
        let status = self.signer.status();
        let news = |(at, last): &(Timestamp, Status)| {
            is_due(Some(*at), now, TELL_EVERY_SECONDS)
                || (&last.stopped, &last.silent, last.unwitnessed)
                    != (&status.stopped, &status.silent, status.unwitnessed)
        };
        if self.told.as_ref().is_none_or(news) && watch::tell(self.signer.chronicle(), status.clone()).await.is_ok() {
            self.told = Some((now, status));
        }
    }

    async fn check(&mut self, now: Timestamp) {
        let checking = &mut self.checking;
        let under_way = checking.running.as_ref().is_some_and(|running| !running.is_finished());
        if under_way || !is_due(checking.looked_at, now, LOOK_EVERY_SECONDS) {
            return;
        }
        checking.looked_at = Some(now);
        let chronicle = Arc::clone(self.signer.chronicle());
        let hours = chronicle.parameters().number("ledger.check_hours", 24).max(1);
        let due = chronicle
            .read(move |reader| watch::is_due(reader.sql(), now, hours))
            .await;
        if due.is_ok_and(|due| due || !checking.begun) {
            checking.begun = true;
            let (place, board) = (self.signer.place().clone(), Arc::clone(self.signer.board()));
            checking.running = Some(tokio::spawn(check_all(chronicle, place, board)));
        }
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

async fn check_all(chronicle: Arc<Chronicle>, place: Place, board: Board) {
    let outcomes = match watch::check(&chronicle, &place).await {
        Ok(outcomes) => outcomes,
        Err(stop) => return tracing::warn!(log.stop = %stop, "the outcome of a check of the public log was not kept"),
    };
    for found in outcomes.iter().flat_map(|outcome| &outcome.findings) {
        tracing::error!(log.found = %found.in_words(), "record or files are not what was signed");
    }
    let of_files = outcomes.iter().rfind(|outcome| outcome.looked == Looked::Files);
    if let Some(files) = of_files {
        let mut board = board.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        board.fsck = Some(Fsck {
            at: files.ended_at,
            leaves: files.seen,
            found: files.findings.first().map(Finding::in_words),
        });
    }
}

fn is_due(last: Option<Timestamp>, now: Timestamp, seconds: i64) -> bool {
    last.is_none_or(|last| now < last || now.as_second() - last.as_second() >= seconds)
}
