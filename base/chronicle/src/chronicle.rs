//! Opening the chronicle, performing commands, reading, and driving followers and jobs.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use deadpool_postgres::Pool;
use jiff::Timestamp;
use mingjing_calendar::Calendar;
use object_store::local::LocalFileSystem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};

use crate::blob::Blobs;
use crate::context::{Actor, Chance, Clock, Context, Parameters, shanghai_date};
use crate::db::postgres::PostgresSql;
use crate::db::sqlite::SqliteSql;
use crate::db::{Backend, Fault, Row, Sql, TableNames, Value};
use crate::event::{Aggregate, RecordedEvent};
use crate::follow::{self, Follower};
use crate::job::{self, JobHandler};
use crate::params;
use crate::refusal::Refusal;
pub use crate::schema::Migration;
use crate::seal::KeyRing;
use crate::tx::{Loaded, StateCache, Stop, Tx, fold_to, read_positions, read_stream, stream_name};
use crate::view::{self, Order, View};

mod open;
mod write;

use write::{Operation, Writer};

/// Where the shared parts lie.
#[derive(Clone)]
pub enum Location {
    /// A folder with `mingjing.db` and `blobs/`.
    Folder(PathBuf),
    /// A PostgreSQL address, and the folder (shared by the nodes) of the blobs.
    Postgres { url: String, blobs: PathBuf },
}

/// What the capabilities export, collected before opening.
pub struct Blueprint {
    pub jurisdiction: String,
    pub software: &'static str,
    pub calendar: Calendar,
    pub parameters: Parameters,
    pub views: Vec<Arc<dyn View>>,
    pub tables: Vec<Migration>,
    pub followers: Vec<Arc<dyn Follower>>,
    pub jobs: HashMap<&'static str, Arc<dyn JobHandler>>,
}

impl Blueprint {
    pub fn new(jurisdiction: impl Into<String>, software: &'static str) -> Blueprint {
        Blueprint {
            jurisdiction: jurisdiction.into(),
            software,
            calendar: Calendar::national(),
            parameters: Parameters::default(),
            views: Vec::new(),
            tables: Vec::new(),
            followers: Vec::new(),
            jobs: HashMap::new(),
        }
    }

    #[must_use]
    pub fn parameters(mut self, parameters: Parameters) -> Self {
        self.parameters = parameters;
        self
    }

    #[must_use]
    pub fn calendar(mut self, calendar: Calendar) -> Self {
        self.calendar = calendar;
        self
    }

    #[must_use]
    pub fn views(mut self, views: impl IntoIterator<Item = Arc<dyn View>>) -> Self {
        self.views.extend(views);
        self
    }

    #[must_use]
    pub fn tables(mut self, tables: impl IntoIterator<Item = Migration>) -> Self {
        self.tables.extend(tables);
        self
    }

    #[must_use]
    pub fn followers(mut self, followers: impl IntoIterator<Item = Arc<dyn Follower>>) -> Self {
        self.followers.extend(followers);
        self
    }

    #[must_use]
    pub fn job(mut self, kind: &'static str, handler: Arc<dyn JobHandler>) -> Self {
        self.jobs.insert(kind, handler);
        self
    }
}

/// Shared by all connections of the process.
pub struct Core {
    pub(crate) jurisdiction: Arc<str>,
    pub(crate) software: &'static str,
    pub(crate) backend: Backend,
    pub(crate) names: Arc<TableNames>,
    pub(crate) views: Vec<Arc<dyn View>>,
    pub(crate) keys: KeyRing,
    pub(crate) chance: Chance,
    pub(crate) clock: Clock,
    pub(crate) calendar: RwLock<Arc<Calendar>>,
    pub(crate) parameters: RwLock<Arc<Parameters>>,
    pub(crate) cache: StateCache,
    pub(crate) blobs: Blobs,
    /// Last recording time of this node: a clock that jumps back does not reorder the record.
    last_at: AtomicI64,
    /// Wakes followers and workers after a commit.
    pub(crate) grown: Notify,
}

impl Core {
    pub(crate) fn context(&self, actor: Actor) -> Context {
        let now = self.clock.now().as_microsecond();
        let at = self.last_at.fetch_max(now, Ordering::SeqCst).max(now);
        let at = Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
        Context {
            at,
            today: shanghai_date(at),
            jurisdiction: Arc::clone(&self.jurisdiction),
            actor,
            calendar: read_lock(&self.calendar),
            parameters: read_lock(&self.parameters),
            software: self.software,
            seed: self.chance.bytes::<32>(),
        }
    }
}

fn read_lock<T>(lock: &RwLock<Arc<T>>) -> Arc<T> {
    Arc::clone(&lock.read().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// Repeats of the same key by the same actor are answered from the first outcome for seven days.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    pub key: String,
    /// SHA-256 of the request's body in hex: the same key with another body is refused.
    pub body_sha256: String,
}

#[derive(Debug, Clone)]
pub struct Request {
    pub actor: Actor,
    pub key: Option<IdempotencyKey>,
}

impl Request {
    pub fn by(actor: Actor) -> Request {
        Request { actor, key: None }
    }

    #[must_use]
    pub fn once(mut self, key: impl Into<String>, body_sha256: impl Into<String>) -> Request {
        self.key = Some(IdempotencyKey {
            key: key.into(),
            body_sha256: body_sha256.into(),
        });
        self
    }
}

/// A command that was done, now or by the first of its repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done<T> {
    pub value: T,
    pub repeated: bool,
}

enum Backing {
    Sqlite {
        path: PathBuf,
        writer: Writer,
        readers: Mutex<Vec<SqliteSql>>,
    },
    Postgres {
        pool: Pool,
    },
}

pub struct Chronicle {
    core: Arc<Core>,
    backing: Backing,
    followers: Vec<Arc<dyn Follower>>,
    jobs: HashMap<&'static str, Arc<dyn JobHandler>>,
    /// Keeps a test's folder alive.
    pub(crate) scratch: Option<Scratch>,
}

/// A folder that goes away with its owner.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Reads one consistent state.
pub struct Reader<'a> {
    sql: &'a mut dyn Sql,
    core: &'a Core,
}

impl Reader<'_> {
    /// # Errors
    /// [`Fault`] from the database.
    pub fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Fault> {
        self.sql.query(sql, params)
    }

    /// # Errors
    /// [`Fault`] from the database.
    pub fn query_one(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>, Fault> {
        self.sql.query_one(sql, params)
    }

    /// # Errors
    /// [`Fault`] from the database or from broken data.
    pub fn load<A: Aggregate>(&mut self, id: &str) -> Result<Loaded<A>, Fault> {
        let name = stream_name::<A>(id);
        let head = self.sql.query_one(
            "SELECT version FROM stream WHERE jurisdiction = $1 AND name = $2",
            &params![&*self.core.jurisdiction, &name],
        )?;
        let version = head.map_or(0, |row| row.int(0));
        let (state, _) = fold_to::<A>(self.sql, self.core, &name, version)?;
        Ok(Loaded::read_only(id, version, state))
    }

    /// All events of one stream, oldest first.
    ///
    /// # Errors
    /// [`Fault`] from the database or from broken data.
    pub fn events(&mut self, stream_kind: &str, id: &str) -> Result<Vec<RecordedEvent>, Fault> {
        read_stream(self.sql, self.core, &format!("{stream_kind}/{id}"), 0)
    }

    /// Events after a position in the dense order.
    ///
    /// # Errors
    /// [`Fault`] from the database or from broken data.
    pub fn events_after(&mut self, position: i64, most: i64) -> Result<Vec<RecordedEvent>, Fault> {
        read_positions(self.sql, self.core, position, most)
    }

    /// The last assigned position.
    ///
    /// # Errors
    /// [`Fault`] from the database.
    pub fn head(&mut self) -> Result<i64, Fault> {
        head(self.sql, self.core)
    }

    pub fn sql(&mut self) -> &mut dyn Sql {
        self.sql
    }

    pub(crate) fn core(&self) -> &Core {
        self.core
    }
}

pub(crate) fn head(sql: &mut dyn Sql, core: &Core) -> Result<i64, Fault> {
    let row = sql.query_one(
        "SELECT COALESCE(MAX(position), 0) FROM event_position WHERE jurisdiction = $1",
        &params![&*core.jurisdiction],
    )?;
    Ok(row.map_or(0, |row| row.int(0)))
}

impl Chronicle {
    pub fn core(&self) -> &Core {
        &self.core
    }

    pub fn clock(&self) -> &Clock {
        &self.core.clock
    }

    pub fn chance(&self) -> &Chance {
        &self.core.chance
    }

    pub fn backend(&self) -> Backend {
        self.core.backend
    }

    pub fn jurisdiction(&self) -> &str {
        &self.core.jurisdiction
    }

    pub fn calendar(&self) -> Arc<Calendar> {
        read_lock(&self.core.calendar)
    }

    pub fn parameters(&self) -> Arc<Parameters> {
        read_lock(&self.core.parameters)
    }

    /// A context as a command by this actor would get now, for pages that ask "what may be done next?".
    pub fn context(&self, actor: Actor) -> Context {
        self.core.context(actor)
    }

    /// Performs one command: everything in one transaction, the answer after the commit is durable.
    /// The closure runs again after a lost race, so it clones what it gives away.
    ///
    /// # Errors
    /// [`Stop`]: refusal, conflict with what the person saw, or fault. Then nothing was kept, except
    /// that [`Fault::Stopped`] leaves the outcome to the restart.
    pub async fn perform<T, F>(&self, request: Request, mut operation: F) -> Result<Done<T>, Stop>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
    {
        let operation: Operation = Box::new(move |tx| {
            let value = operation(tx)?;
            serde_json::to_string(&value)
                .map_err(|error| Stop::Fault(Fault::Internal(format!("an outcome does not serialise: {error}"))))
        });
        let (outcome, repeated) = self.write(request, operation).await?;
        let value = serde_json::from_str(&outcome)
            .map_err(|error| Fault::Inconsistent(format!("a stored outcome does not parse: {error}")))?;
        Ok(Done { value, repeated })
    }

    /// A transaction of the program itself, without idempotency key.
    ///
    /// # Errors
    /// As [`Chronicle::perform`].
    pub async fn inside<T, F>(&self, actor: Actor, operation: F) -> Result<T, Stop>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
    {
        Ok(self.perform(Request::by(actor), operation).await?.value)
    }

    async fn write(&self, request: Request, operation: Operation) -> Result<(String, bool), Stop> {
        let written = match &self.backing {
            Backing::Sqlite { writer, .. } => {
                let (reply, answer) = oneshot::channel();
                writer.submit(request, operation, reply)?;
                answer
                    .await
                    .map_err(|_| Stop::Fault(Fault::Stopped("the writer is gone".into())))?
            }
            Backing::Postgres { pool } => write::postgres(pool, &self.core, request, operation).await,
        }?;
        if written.grew {
            self.core.grown.notify_waiters();
        }
        Ok((written.outcome, written.repeated))
    }

    /// Reads one consistent state. On PostgreSQL the primary answers.
    ///
    /// # Errors
    /// [`Fault`] from the closure or the database.
    pub async fn read<T, F>(&self, read: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&mut Reader<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let core = Arc::clone(&self.core);
        match &self.backing {
            Backing::Sqlite { path, readers, .. } => {
                let waiting = lock(readers).pop();
                let path = path.clone();
                let (result, connection) = blocking(move || {
                    let mut sql = match waiting {
                        Some(sql) => sql,
                        None => SqliteSql::reader(&path, Arc::clone(&core.names))?,
                    };
                    sql.execute("BEGIN", &[])?;
                    let result = read(&mut Reader {
                        sql: &mut sql,
                        core: &core,
                    });
                    sql.execute("COMMIT", &[])?;
                    Ok((result, sql))
                })
                .await?;
                let mut readers = lock(readers);
                if readers.len() < 32 {
                    readers.push(connection);
                }
                result
            }
            Backing::Postgres { pool } => {
                let pool = pool.clone();
                let handle = Handle::current();
                blocking(move || {
                    let mut sql = PostgresSql::take(&pool, &handle, Arc::clone(&core.names))?;
                    sql.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
                    let result = read(&mut Reader {
                        sql: &mut sql,
                        core: &core,
                    });
                    sql.batch("COMMIT")?;
                    result
                })
                .await
            }
        }
    }

    /// Starts followers, sequencer and job workers in the background until `stop` is notified.
    pub fn start(self: &Arc<Self>, stop: Arc<Notify>) -> Vec<tokio::task::JoinHandle<()>> {
        let following = {
            let (chronicle, stop) = (Arc::clone(self), Arc::clone(&stop));
            tokio::spawn(async move {
                loop {
                    let busy = chronicle.log_fault("follower", chronicle.follow_once().await);
                    if !busy && wait_or_stop(&chronicle.core.grown, &stop, Duration::from_millis(500)).await {
                        return;
                    }
                }
            })
        };
        let working = {
            let chronicle = Arc::clone(self);
            tokio::spawn(async move {
                loop {
                    let busy = chronicle.log_fault("job", chronicle.work_once().await);
                    if !busy && wait_or_stop(&chronicle.core.grown, &stop, Duration::from_millis(500)).await {
                        return;
                    }
                }
            })
        };
        vec![following, working]
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
    /// The first [`Stop`]; cursors of the others have moved.
    pub async fn follow_once(self: &Arc<Self>) -> Result<bool, Stop> {
        let mut busy = self.sequence_once().await?;
        for view in &self.core.views {
            if view.order() == Order::Follower {
                let view = Arc::clone(view);
                let name = view::cursor_name(&*view);
                busy |= self
                    .advance(name, move |tx, event| {
                        if view.wants(event.envelope.stream_kind()) {
                            view.project(tx.sql(), event)?;
                        }
                        Ok(())
                    })
                    .await?;
            }
        }
        for follower in &self.followers {
            let follower = Arc::clone(follower);
            busy |= self
                .advance(follower.name().to_owned(), move |tx, event| {
                    if follower.wants(event.envelope.stream_kind()) {
                        follower.handle(tx, event)?;
                    }
                    Ok(())
                })
                .await?;
        }
        Ok(busy)
    }

    async fn advance<F>(&self, name: String, handle: F) -> Result<bool, Stop>
    where
        F: Fn(&mut Tx<'_>, &RecordedEvent) -> Result<(), Stop> + Send + Sync + 'static,
    {
        let cursor_name = name.clone();
        let events = self
            .read(move |reader| {
                let cursor = follow::cursor(reader.sql, &cursor_name)?;
                read_positions(reader.sql, reader.core, cursor, 200)
            })
            .await?;
        let Some(last) = events.last().map(|event| event.position) else {
            return Ok(false);
        };
        let first = events.first().map_or(0, |event| event.position);
        let events = Arc::new(events);
        self.inside(Actor::system(), move |tx| {
            // Another node may have been here first: then this round has nothing to do.
            if follow::cursor(tx.sql(), &name)? >= first {
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
    /// become visible out of order there, so the order is fixed by this one locked row.
    async fn sequence_once(&self) -> Result<bool, Stop> {
        if self.core.backend == Backend::Sqlite {
            return Ok(false);
        }
        let jurisdiction = Arc::clone(&self.core.jurisdiction);
        self.inside(Actor::system(), move |tx| sequence(tx.sql(), &jurisdiction).map_err(Stop::from))
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
                Ok(job::claim(tx, 8)?
                    .into_iter()
                    .map(|job| (job.id, job.kind, job.payload, job.attempts))
                    .collect::<Vec<_>>())
            })
            .await?;
        let busy = !claimed.is_empty();
        for (id, kind, payload, attempts) in claimed {
            let job = job::Job {
                id,
                kind,
                payload,
                attempts,
            };
            let outcome = match self.jobs.get(job.kind.as_str()) {
                Some(handler) => handler.run(Arc::clone(self), job.clone()).await,
                None => Err(job::JobError::GiveUp("no handler for this kind of job".into())),
            };
            if let Err(error) = &outcome {
                tracing::warn!(job.id = %job.id, job.kind = %job.kind, error = ?error, "job failed");
            }
            self.inside(Actor::system(), move |tx| job::finish(tx, &job, &outcome))
                .await?;
        }
        Ok(busy)
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
        const DAY: i64 = 86_400_000_000;
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
    let mut position = row
        .ok_or_else(|| Fault::Inconsistent("the sequencer's row is missing".into()))?
        .int(0);
    // Versions of one stream are inserted one after the other's commit, so their `seq` order is right.
    let waiting = sql.query("SELECT seq FROM event_waiting ORDER BY seq LIMIT 1000", &[])?;
    if waiting.is_empty() {
        return Ok(false);
    }
    for row in &waiting {
        position += 1;
        sql.execute(
            "INSERT INTO event_position (jurisdiction, position, seq) VALUES ($1, $2, $3)",
            &params![jurisdiction, position, row.int(0)],
        )?;
        sql.execute("DELETE FROM event_waiting WHERE seq = $1", &params![row.int(0)])?;
    }
    sql.execute(
        "UPDATE sequencer SET last = $2 WHERE jurisdiction = $1",
        &params![jurisdiction, position],
    )?;
    Ok(true)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Fault::Internal("a database task ended early".into()))?
}

async fn wait_or_stop(grown: &Notify, stop: &Notify, at_most: Duration) -> bool {
    tokio::select! {
        () = grown.notified() => false,
        () = tokio::time::sleep(at_most) => false,
        () = stop.notified() => true,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl From<Refusal> for Box<Stop> {
    fn from(refusal: Refusal) -> Self {
        Box::new(Stop::Refusal(refusal))
    }
}
