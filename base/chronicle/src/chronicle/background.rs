//! Work after the commit: the sequencer, followers with their cursors, due jobs, and the sweeping.

use std::pin::{Pin, pin};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

use super::{Actor, Backend, Chronicle, Fault, Order, RecordedEvent, Sql, Stop, Tx};
use super::{follow, job, params, read_positions, view};

/// Followers that ran after every single act would cost a commit each for one event. Within this moment acts gather under
/// load, and nobody at a page notices it. Due jobs take none: each is work of its own.
const BREATH: Duration = Duration::from_millis(20);
/// Events that one transaction of a follower handles.
const MOST_EVENTS: i64 = 200;
/// Jobs claimed at once. They run one after the other, so all must end within one lease.
const MOST_JOBS: i64 = 4;
const DAY: i64 = 86_400_000_000;

const ERASED: &str = "SELECT value FROM deployment WHERE name = 'erased'";

/// Which erasure a node knows of.
#[derive(Default)]
pub(crate) struct Noticed {
    mark: Option<String>,
    once_more: bool,
}

impl Chronicle {
    /// Starts followers, sequencer and job workers in the background until all waiters of `stop` are notified.
    pub fn start(self: &Arc<Self>, stop: Arc<Notify>) -> Vec<tokio::task::JoinHandle<()>> {
        let following = {
            // Listening begins here, so that no stop is missed, however early or during whatever round.
            let (chronicle, stop) = (Arc::clone(self), Arc::clone(&stop).notified_owned());
            tokio::spawn(async move {
                let mut stopped = pin!(stop);
                loop {
                    let busy = chronicle.log_fault("follower", chronicle.follow_once().await);
                    if chronicle.rest(busy, BREATH, stopped.as_mut()).await {
                        return;
                    }
                }
            })
        };
        let working = {
            let (chronicle, stop) = (Arc::clone(self), stop.notified_owned());
            tokio::spawn(async move {
                let mut stopped = pin!(stop);
                let mut swept = 0;
                loop {
                    let now = chronicle.core.clock.now().as_microsecond();
                    if now - swept > DAY / 24 {
                        swept = now;
                        chronicle.log_fault("sweep", chronicle.sweep().await.map(|()| false));
                    }
                    let busy = chronicle.log_fault("job", chronicle.work_once().await);
                    if chronicle.rest(busy, Duration::ZERO, stopped.as_mut()).await {
                        return;
                    }
                }
            })
        };
        vec![following, working]
    }

    /// Rests between two rounds; after a busy one only to take `breath`. `true` = stop.
    async fn rest(&self, busy: bool, breath: Duration, stopped: Pin<&mut OwnedNotified>) -> bool {
        let rest = if busy { breath } else { Duration::from_millis(500) };
        tokio::select! {
            biased;
            () = stopped => true,
            () = self.core.grown.notified(), if !busy => false,
            () = tokio::time::sleep(rest) => false,
        }
    }

    fn log_fault(&self, what: &str, outcome: Result<bool, Stop>) -> bool {
        match outcome {
            Ok(busy) => busy,
            Err(Stop::Fault(fault)) => {
                tracing::error!(work.kind = what, error = %fault, "background work failed and will be tried again");
                false
            }
            Err(other) => {
                tracing::error!(work.kind = what, error = ?other, "background work was refused and will be tried again");
                false
            }
        }
    }

    /// One round of the sequencer and of every follower. `true` if something was done.
    ///
    /// # Errors
    /// The first [`Stop`]; one follower that fails does not hold up the others.
    pub async fn follow_once(self: &Arc<Self>) -> Result<bool, Stop> {
        let mut rounds = vec![self.forget_erased().await, self.sequence_once().await];
        for view in &self.core.views {
            if view.order() == Order::Follower {
                let view = Arc::clone(view);
                let name = view::cursor_name(&*view);
                let round = self.advance(name, move |tx, event| {
                    if view.wants(event.envelope.stream_kind()) {
                        view.project(tx.sql(), event)?;
                    }
                    Ok(())
                });
                rounds.push(round.await);
            }
        }
        for follower in &self.followers {
            let follower = Arc::clone(follower);
            let round = self.advance(follower.name().to_owned(), move |tx, event| {
                if follower.wants(event.envelope.stream_kind()) {
                    follower.handle(tx, event)?;
                }
                Ok(())
            });
            rounds.push(round.await);
        }
        let mut busy = false;
        for round in rounds {
            busy |= round?;
        }
        Ok(busy)
    }

    /// States in memory may hold what another node erased: they go when its mark changes, and once more in the next
    /// round, because a reader that began before the erasure may have put one back.
    async fn forget_erased(&self) -> Result<bool, Stop> {
        let mark = self
            .read(|reader| Ok(reader.query_one(ERASED, &[])?.map(|row| row.text(0).to_owned())))
            .await?;
        let mut noticed = self.core.erased.lock().unwrap_or_else(PoisonError::into_inner);
        let news = noticed.mark != mark;
        if news || noticed.once_more {
            self.core.cache.clear();
        }
        *noticed = Noticed { mark, once_more: news };
        Ok(false)
    }

    async fn advance<F>(&self, name: String, handle: F) -> Result<bool, Stop>
    where
        F: Fn(&mut Tx<'_>, &RecordedEvent) -> Result<(), Stop> + Send + Sync + 'static,
    {
        let cursor_name = name.clone();
        let (cursor, events) = self
            .read(move |reader| {
                let cursor = follow::cursor(reader.sql, &cursor_name)?;
                let events = read_positions(reader.sql, reader.core, cursor, MOST_EVENTS)?;
                Ok((cursor, events))
            })
            .await?;
        let Some(last) = events.last().map(|event| event.position) else {
            return Ok(false);
        };
        let events = Arc::new(events);
        self.inside(Actor::system(), move |tx| {
            // Another node was here first: then this round has nothing to do.
            if follow::lock_cursor(tx.sql(), &name)? != cursor {
                return Ok(());
            }
            for event in events.iter() {
                handle(tx, event)?;
            }
            follow::set_cursor(tx.sql(), &name, last)?;
            Ok(())
        })
        .await?;
        Ok(true)
    }

    /// Gives dense positions to events that wait for one. Only PostgreSQL has such events: identities
    /// become visible out of order there, so the order is fixed by one locked row.
    pub(crate) async fn sequence_once(&self) -> Result<bool, Stop> {
        if self.core.backend == Backend::Sqlite {
            return Ok(false);
        }
        let waiting = self
            .read(|reader| reader.query("SELECT seq FROM event_waiting LIMIT 1", &[]))
            .await?;
        if waiting.is_empty() {
            return Ok(false);
        }
        let jurisdiction = Arc::clone(&self.core.jurisdiction);
        self.inside(Actor::system(), move |tx| {
            sequence(tx.sql(), &jurisdiction).map_err(Stop::from)
        })
        .await
    }

    /// Runs due jobs once. `true` if there was one.
    ///
    /// # Errors
    /// [`Stop`] from claiming or finishing; the leases expire and the jobs run again.
    pub async fn work_once(self: &Arc<Self>) -> Result<bool, Stop> {
        // Looking first spares the single writer an empty transaction every half second.
        let now = self.core.clock.now();
        let due = self
            .read(move |reader| {
                reader.query(
                    "SELECT id FROM job WHERE (state = 'waiting' AND run_at <= $1)
                        OR (state = 'running' AND lease_until < $1) LIMIT 1",
                    &params![now],
                )
            })
            .await?;
        if due.is_empty() {
            return Ok(false);
        }
        let claimed = self
            .inside(Actor::system(), |tx| {
                Ok(job::claim(tx, MOST_JOBS)?
                    .into_iter()
                    .map(|job| (job.id, job.kind, job.payload, job.attempts))
                    .collect::<Vec<_>>())
            })
            .await?;
        for (id, kind, payload, attempts) in claimed {
            self.run_job(job::Job {
                id,
                kind,
                payload,
                attempts,
            })
            .await?;
        }
        Ok(true)
    }

    async fn run_job(self: &Arc<Self>, job: job::Job) -> Result<(), Stop> {
        let outcome = match self.jobs.get(job.kind.as_str()) {
            Some(handler) => {
                let (handler, chronicle, job) = (Arc::clone(handler), Arc::clone(self), job.clone());
                // A task of its own, so that a panic ends the job and not the worker.
                tokio::spawn(async move { handler.run(chronicle, job).await })
                    .await
                    .unwrap_or_else(|_| Err(job::JobError::Retry("the job panicked".into())))
            }
            None => Err(job::JobError::GiveUp("no handler for this kind of job".into())),
        };
        if let Err(error) = &outcome {
            tracing::warn!(job.id = %job.id, job.kind = %job.kind, error = ?error, "job failed");
        }
        self.inside(Actor::system(), move |tx| job::finish(tx, &job, &outcome))
            .await
    }

    /// Runs sequencer, followers and due jobs until nothing is left to do. For tests and commands of
    /// the command line; a server uses [`Chronicle::start`].
    ///
    /// # Errors
    /// The first [`Stop`].
    pub async fn settle(self: &Arc<Self>) -> Result<(), Stop> {
        for _ in 0..10_000 {
            let followed = self.follow_once().await?;
            let worked = self.work_once().await?;
            if !followed && !worked {
                return Ok(());
            }
        }
        Err(Fault::Internal("background work does not come to rest".into()).into())
    }

    /// Removes idempotency keys older than seven days and finished jobs older than thirty.
    ///
    /// # Errors
    /// [`Stop`] from the database.
    pub async fn sweep(&self) -> Result<(), Stop> {
        self.inside(Actor::system(), |tx| {
            let now = tx.context().at.as_microsecond();
            tx.execute("DELETE FROM idempotency WHERE created_at < $1", &params![now - 7 * DAY])?;
            tx.execute(
                "DELETE FROM job WHERE state = 'done' AND run_at < $1",
                &params![now - 30 * DAY],
            )?;
            Ok(())
        })
        .await
    }
}

/// Assigns positions; `true` if there was anything to assign.
pub(crate) fn sequence(sql: &mut dyn Sql, jurisdiction: &str) -> Result<bool, Fault> {
    let row = sql.query_one(
        "SELECT last FROM sequencer WHERE jurisdiction = $1 {for_update}",
        &params![jurisdiction],
    )?;
    let last = row
        .ok_or_else(|| Fault::Inconsistent("the sequencer's row is missing".into()))?
        .int(0);
    // Versions of one stream are inserted one after the other's commit, so their `seq` order is right.
    let assigned = sql.execute(
        "INSERT INTO event_position (jurisdiction, position, seq)
         SELECT $1, $2 + ROW_NUMBER() OVER (ORDER BY w.seq), w.seq
         FROM (SELECT seq FROM event_waiting ORDER BY seq LIMIT 2000) w",
        &params![jurisdiction, last],
    )?;
    if assigned == 0 {
        return Ok(false);
    }
    // Meanwhile more may have begun to wait: only what got its position leaves.
    sql.execute(
        "DELETE FROM event_waiting WHERE seq IN
            (SELECT seq FROM event_position WHERE jurisdiction = $1 AND position > $2)",
        &params![jurisdiction, last],
    )?;
    sql.execute(
        "UPDATE sequencer SET last = $2 WHERE jurisdiction = $1",
        &params![jurisdiction, last + assigned as i64],
    )?;
    Ok(true)
}
