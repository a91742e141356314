//! Loading in bulk: many commands in one commit, for simulated cities and benchmarks. The same `decide`, the same
//! `append`, the same synchronous views; what differs is only when things reach the disk and who projects what.
//!
//! Invariants:
//! - The load has the database to itself: on SQLite the writer's connection, on PostgreSQL the table of heads. Other
//!   commands wait; none is lost.
//! - It begins at rest (no event waits for a follower's view) and keeps every follower's view at the head, in the same
//!   commit as the events, in their order.
//! - A refused command leaves nothing behind (a savepoint each). A fault takes back the whole open commit and ends the
//!   load; what was committed before it stays and is consistent.
//! - On SQLite nothing is forced to disk meanwhile, so a power cut may damage the file: it carries a mark from before
//!   the first commit until everything is on disk, and a marked database is refused at the next opening.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::{
    Actor, Backend, Backing, Chronicle, Core, Fault, Order, RecordedEvent, Sql, StateCache, Stop, Tx, View, blocking,
    follow, head, params, sequence, view,
};
use crate::db::postgres::PostgresSql;
use crate::db::sqlite::SqliteSql;
use crate::job::NewJob;
use crate::tx::Loading;

/// How a load goes.
#[derive(Debug, Clone)]
pub struct BulkOrder {
    /// Commands in one commit.
    pub commands_per_commit: usize,
    /// States remembered between commands: the streams that live at the same time.
    pub remembered: usize,
    /// Jobs due before this are not stored; the load itself does what they would have done.
    pub jobs_from: Option<Timestamp>,
    /// Followers (not views) whose cursors move on without their handling the loaded events.
    pub passed_over: Vec<&'static str>,
}

/// A load under way.
pub struct Bulk<'a> {
    sql: &'a mut dyn Sql,
    core: &'a Core,
    order: BulkOrder,
    views: Vec<Arc<dyn View>>,
    events: Vec<RecordedEvent>,
    jobs: Vec<NewJob>,
    /// Commands in the open commit; `None` where none is open.
    open: Option<usize>,
    /// After a fault nothing more is done.
    failed: Option<Fault>,
}

const MARK: &str = "bulk_load";

impl Chronicle {
    /// Runs `work` with the database to itself. Whatever it performed is committed when it returns, also when it
    /// returns an error that is no fault.
    ///
    /// # Errors
    /// What `work` says; [`Fault::Internal`] when followers are behind (call [`Chronicle::settle`] first) or `work`
    /// panicked; a [`Fault`] from the database.
    pub async fn load_in_bulk<T, F>(self: &Arc<Self>, order: BulkOrder, work: F) -> Result<T, Stop>
    where
        T: Send + 'static,
        F: FnOnce(&mut Bulk<'_>) -> Result<T, Stop> + Send + 'static,
    {
        let core = Arc::clone(&self.core);
        core.cache.limit(order.remembered.max(StateCache::MOST));
        let loaded = match &self.backing {
            Backing::Sqlite { writer, path, .. } => {
                let (reply, answer) = oneshot::channel();
                let path = path.clone();
                let task_core = Arc::clone(&core);
                writer.submit_alone(Box::new(move |sql| {
                    let _ = reply.send(on_sqlite(sql, &path, &task_core, order, work));
                }))?;
                answer
                    .await
                    .unwrap_or_else(|_| Err(Fault::Stopped("the writer is gone".into()).into()))
            }
            Backing::Postgres { pool } => {
                let (pool, handle, task_core) = (pool.clone(), Handle::current(), Arc::clone(&core));
                blocking(move || {
                    let mut sql = PostgresSql::take(&pool, &handle, Arc::clone(&task_core.names))?;
                    Ok(run(&mut sql, &task_core, order, work))
                })
                .await?
            }
        };
        core.cache.limit(StateCache::MOST);
        core.cache.clear();
        core.grown.notify_waiters();
        loaded
    }

    /// From here on nothing is forced to disk until [`Chronicle::sync_again`]: for a demo city, which is built act by act
    /// and thrown away where its building is cut off. As in a load the file carries the mark meanwhile, so that a cut-off
    /// one is refused at the next opening. On PostgreSQL nothing changes.
    ///
    /// # Errors
    /// [`Fault`] from the database.
    pub async fn stop_syncing(&self) -> Result<(), Fault> {
        self.on_writer(|sql, _| {
            mark(sql)?;
            sql.stop_syncing()
        })
        .await
    }

    /// Everything that was written is on disk when this returns, and from here on each commit is again.
    ///
    /// # Errors
    /// [`Fault`] from the database; then the mark stays.
    pub async fn sync_again(&self) -> Result<(), Fault> {
        self.on_writer(|sql, path| {
            sql.sync_again(path)?;
            unmark(sql)
        })
        .await
    }

    async fn on_writer(
        &self,
        work: impl FnOnce(&mut SqliteSql, &std::path::Path) -> Result<(), Fault> + Send + 'static,
    ) -> Result<(), Fault> {
        let Backing::Sqlite { writer, path, .. } = &self.backing else {
            return Ok(());
        };
        let (reply, answer) = oneshot::channel();
        let path = path.clone();
        writer.submit_alone(Box::new(move |sql| {
            let _ = reply.send(work(sql, &path));
        }))?;
        let gone = |_| Err(Fault::Stopped("the writer is gone".into()));
        answer.await.unwrap_or_else(gone)
    }
}

fn on_sqlite<T>(
    sql: &mut SqliteSql,
    path: &std::path::Path,
    core: &Core,
    order: BulkOrder,
    work: impl FnOnce(&mut Bulk<'_>) -> Result<T, Stop>,
) -> Result<T, Stop> {
    mark(sql)?;
    sql.stop_syncing()?;
    let loaded = run(sql, core, order, work);
    sql.sync_again(path)?;
    unmark(sql)?;
    loaded
}

fn mark(sql: &mut SqliteSql) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO deployment (name, value) VALUES ($1, 'begun')",
        &params![MARK],
    )
    .map(drop)
}

fn unmark(sql: &mut SqliteSql) -> Result<(), Fault> {
    sql.execute("DELETE FROM deployment WHERE name = $1", &params![MARK])
        .map(drop)
}

/// # Errors
/// [`Fault::Inconsistent`] where a load was cut off.
pub(super) fn refuse_half_loaded(sql: &mut dyn Sql) -> Result<(), Fault> {
    let mark = sql.query_one("SELECT value FROM deployment WHERE name = $1", &params![MARK])?;
    match mark {
        None => Ok(()),
        Some(_) => Err(Fault::Inconsistent(
            "a bulk load into this database was cut off; what lies there cannot be trusted".into(),
        )),
    }
}

fn run<T>(
    sql: &mut dyn Sql,
    core: &Core,
    order: BulkOrder,
    work: impl FnOnce(&mut Bulk<'_>) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let followed = |view: &&Arc<dyn View>| view.order() == Order::Follower;
    let mut bulk = Bulk {
        views: core.views.iter().filter(followed).cloned().collect(),
        sql,
        core,
        order,
        events: Vec::new(),
        jobs: Vec::new(),
        open: None,
        failed: None,
    };
    bulk.begins_at_rest()?;
    let loaded = catch_unwind(AssertUnwindSafe(|| work(&mut bulk)));
    let Ok(loaded) = loaded else {
        bulk.take_back();
        return Err(Fault::Internal("a bulk load panicked".into()).into());
    };
    bulk.commit()?;
    loaded
}

impl Bulk<'_> {
    /// One command. Its answer is provisional until the load has ended: a later fault takes back the open commit.
    ///
    /// # Errors
    /// As a command alone; after a fault every further command fails with it.
    pub fn perform<T>(
        &mut self,
        actor: Actor,
        operation: impl FnOnce(&mut Tx<'_>) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        if let Some(fault) = &self.failed {
            return Err(fault.clone().into());
        }
        match self.in_savepoint(actor, operation) {
            Ok(done) => Ok(done),
            Err(Stop::Fault(fault)) => {
                self.take_back();
                self.failed = Some(fault.clone());
                Err(fault.into())
            }
            Err(stop) => Err(stop),
        }
    }

    fn in_savepoint<T>(
        &mut self,
        actor: Actor,
        operation: impl FnOnce(&mut Tx<'_>) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let commands = self.opened()?;
        self.sql.execute("SAVEPOINT command", &[])?;
        let context = self.core.context(actor);
        let command_id = context.id("command");
        let mut tx = Tx::new(self.sql, self.core, context, command_id);
        tx.loading = Some(Loading {
            jobs_from: self.order.jobs_from,
            ..Loading::default()
        });
        let outcome = operation(&mut tx);
        let published = std::mem::take(&mut tx.published);
        let loading = tx.loading.take().unwrap_or_default();
        if let Err(stop) = outcome {
            if !matches!(stop, Stop::Fault(_)) {
                self.sql.execute("ROLLBACK TO SAVEPOINT command", &[])?;
                self.sql.execute("RELEASE SAVEPOINT command", &[])?;
            }
            return Err(stop);
        }
        self.sql.execute("RELEASE SAVEPOINT command", &[])?;
        // Before the commit: the next command of this load must see it. `take_back` forgets everything.
        self.core.cache.publish(published);
        self.events.extend(loading.events);
        self.jobs.extend(loading.jobs);
        self.open = Some(commands + 1);
        if commands + 1 >= self.order.commands_per_commit {
            self.commit()?;
        }
        outcome
    }

    /// The jobs that were not stored since this was last asked: their work is the load's own.
    pub fn take_jobs(&mut self) -> Vec<NewJob> {
        std::mem::take(&mut self.jobs)
    }

    /// Opens a commit where none is open; how many commands it holds.
    fn opened(&mut self) -> Result<usize, Fault> {
        if let Some(commands) = self.open {
            return Ok(commands);
        }
        self.sql.execute("BEGIN", &[])?;
        self.open = Some(0);
        if self.sql.backend() == Backend::Postgres {
            // A crash loses the last commits, never the order or a half of one.
            self.sql.execute("SET LOCAL synchronous_commit TO OFF", &[])?;
            self.sql.execute("LOCK TABLE stream IN EXCLUSIVE MODE", &[])?;
        }
        Ok(0)
    }

    fn commit(&mut self) -> Result<(), Fault> {
        if self.open.is_none() || self.failed.is_some() {
            return Ok(());
        }
        let committed = self.complete().and_then(|()| self.sql.execute("COMMIT", &[]));
        match committed {
            Ok(_) => {
                self.open = None;
                Ok(())
            }
            Err(fault) => {
                self.take_back();
                self.failed = Some(fault.clone());
                Err(fault)
            }
        }
    }

    /// What would come after the commit comes into it: positions, followers' views, cursors.
    fn complete(&mut self) -> Result<(), Fault> {
        if self.sql.backend() == Backend::Postgres {
            while sequence(self.sql, &self.core.jurisdiction)? {}
        }
        for event in std::mem::take(&mut self.events) {
            for view in &self.views {
                if view.wants(event.envelope.stream_kind()) {
                    view.project(self.sql, &event)?;
                }
            }
        }
        let head = head(self.sql, self.core)?;
        for cursor in self.cursors() {
            follow::set_cursor(self.sql, &cursor, head)?;
        }
        Ok(())
    }

    /// Cursors that the load itself moves.
    fn cursors(&self) -> Vec<String> {
        let views = self.views.iter().map(|view| view::cursor_name(&**view));
        let passed_over = self.order.passed_over.iter().map(|&name| name.to_owned());
        views.chain(passed_over).collect()
    }

    fn begins_at_rest(&mut self) -> Result<(), Fault> {
        let head = head(self.sql, self.core)?;
        let waiting = self.sql.query_one("SELECT COUNT(*) FROM event_waiting", &[])?;
        let mut at_rest = waiting.is_none_or(|row| row.int(0) == 0);
        for cursor in self.cursors() {
            at_rest &= follow::cursor(self.sql, &cursor)? == head;
        }
        if at_rest {
            return Ok(());
        }
        Err(Fault::Internal(
            "followers are behind: settle before a bulk load".into(),
        ))
    }

    fn take_back(&mut self) {
        if self.open.take().is_some() {
            // Where even this fails the connection is not used again, which takes back the same.
            let _ = self.sql.execute("ROLLBACK", &[]);
        }
        self.events.clear();
        self.core.cache.clear();
    }
}
