//! Opening the chronicle, performing commands, reading, and driving followers and jobs.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use deadpool_postgres::Pool;
use jiff::Timestamp;
use mingjing_calendar::Calendar;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};

use crate::blob::{BlobPlace, Blobs};
use crate::context::{Actor, Chance, Clock, Context, Parameters, shanghai_date};
use crate::db::postgres::PostgresSql;
use crate::db::probe::Probe;
use crate::db::sqlite::SqliteSql;
use crate::db::{Backend, Fault, Row, Sql, TableNames, Value};
use crate::event::{Aggregate, RecordedEvent};
use crate::follow::{self, Follower};
use crate::job::{self, JobHandler};
use crate::params;
use crate::refusal::Refusal;
pub use crate::schema::Migration;
use crate::seal::KeyRing;
pub use crate::stream::Audited;
use crate::stream::{
    StateCache, fold_to, read_audited, read_audited_stream, read_event, read_positions, read_stream, stream_name,
};
use crate::tx::{Loaded, Stop, Tx};
use crate::view::{self, Order, View};

mod background;
mod bulk;
mod gate;
mod open;
mod write;

use background::Noticed;
pub(crate) use background::sequence;
pub use bulk::{Bulk, BulkOrder};
use write::{Operation, Writer};

/// Where the shared parts lie.
#[derive(Clone)]
pub enum Location {
    /// A folder with `mingjing.db` and `blobs/`.
    Folder(PathBuf),
    /// A PostgreSQL address, and the place of the blobs that all nodes see.
    Postgres { url: String, blobs: BlobPlace },
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
    /// For tests: sees every text and can make statements fail.
    pub probe: Option<Arc<dyn Probe>>,
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
            probe: None,
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
    pub fn probe(mut self, probe: Arc<dyn Probe>) -> Self {
        self.probe = Some(probe);
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
    /// The erasure that this node has noticed last.
    erased: Mutex<Noticed>,
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
    writes_much: bool,
}

impl Request {
    pub fn by(actor: Actor) -> Request {
        Request {
            actor,
            key: None,
            writes_much: false,
        }
    }

    /// The command begins a commit of its own on SQLite: for imports of thousands of rows. Behind another command it
    /// would run inside a savepoint, whose journal SQLite walks from its beginning after every statement, so that the
    /// time grows with the square of what is written.
    #[must_use]
    pub fn writing_much(mut self) -> Request {
        self.writes_much = true;
        self
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
    reads: gate::ReadGate,
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

impl<'a> Reader<'a> {
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

    /// The event with this id. Nothing is indexed by it: this reads them all, for an auditor's question.
    ///
    /// # Errors
    /// [`Fault`] from the database or from broken data.
    pub fn event(&mut self, event_id: &str) -> Result<Option<RecordedEvent>, Fault> {
        read_event(self.sql, self.core, event_id)
    }

    /// Rows of the record after `seq` in the order of insertion, also those that do not open: for an auditor.
    ///
    /// # Errors
    /// [`Fault`] from the database.
    pub fn audit_after(&mut self, seq: i64, most: i64) -> Result<Vec<Audited>, Fault> {
        read_audited(self.sql, self.core, seq, most)
    }

    /// Rows of one stream in their order, also those that do not open: for an auditor.
    ///
    /// # Errors
    /// [`Fault`] from the database.
    pub fn audit_stream(&mut self, stream_kind: &str, id: &str) -> Result<Vec<Audited>, Fault> {
        read_audited_stream(self.sql, self.core, &format!("{stream_kind}/{id}"))
    }

    /// The version at which a stream ends, as its head says; 0 where there is none.
    ///
    /// # Errors
    /// [`Fault`] from the database.
    pub fn version_of(&mut self, stream_kind: &str, id: &str) -> Result<i64, Fault> {
        let head = self.sql.query_one(
            "SELECT version FROM stream WHERE jurisdiction = $1 AND name = $2",
            &params![&*self.core.jurisdiction, format!("{stream_kind}/{id}")],
        )?;
        Ok(head.map_or(0, |row| row.int(0)))
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

    pub(crate) fn core(&self) -> &'a Core {
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
    /// [`Fault`] from the closure or the database; [`Fault::Busy`] where too many read and wait already.
    pub async fn read<T, F>(&self, read: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&mut Reader<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let core = Arc::clone(&self.core);
        let place = self.reads.enter().await?;
        match &self.backing {
            Backing::Sqlite { path, readers, .. } => {
                let waiting = lock(readers).pop();
                let path = path.clone();
                let (result, connection) = blocking(move || {
                    let _place = place;
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
                if readers.len() < gate::AT_ONCE {
                    readers.push(connection);
                }
                result
            }
            Backing::Postgres { pool } => {
                let pool = pool.clone();
                let handle = Handle::current();
                blocking(move || {
                    let _place = place;
                    let mut sql = PostgresSql::take(&pool, &handle, Arc::clone(&core.names))?;
                    sql.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
                    let result = read(&mut Reader {
                        sql: &mut sql,
                        core: &core,
                    });
                    sql.commit()?;
                    result
                })
                .await
            }
        }
    }
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Fault::Internal("a database task ended early".into()))?
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl From<Refusal> for Box<Stop> {
    fn from(refusal: Refusal) -> Self {
        Box::new(Stop::Refusal(refusal))
    }
}
