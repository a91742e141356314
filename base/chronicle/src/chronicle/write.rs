//! Writing: SQLite's single writer with group commit, PostgreSQL's optimistic transactions.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use deadpool_postgres::Pool;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::{Core, Request};
use crate::db::postgres::PostgresSql;
use crate::db::sqlite::SqliteSql;
use crate::db::{Fault, Sql};
use crate::params;
use crate::refusal::Refusal;
use crate::stream::Published;
use crate::tx::{Stop, Tx};

/// A command with its type erased: it yields the outcome as JSON.
pub(super) type Operation = Box<dyn FnMut(&mut Tx<'_>) -> Result<String, Stop> + Send>;

pub(super) struct Written {
    pub outcome: String,
    pub repeated: bool,
    /// Whether events or jobs were added.
    pub grew: bool,
    published: Vec<Published>,
}

/// What waits for the writer.
enum Task {
    Command(Waiting),
    Alone(Alone),
}

/// Work that has the connection to itself while it lasts: a bulk load.
pub(super) type Alone = Box<dyn FnOnce(&mut SqliteSql) + Send>;

type Reply = oneshot::Sender<Result<Written, Stop>>;

struct Waiting {
    request: Request,
    operation: Operation,
    reply: Reply,
}

/// Runs the command inside the open transaction: idempotency first, then decide and append.
fn run(sql: &mut dyn Sql, core: &Core, request: &Request, operation: &mut Operation) -> Result<Written, Stop> {
    if let Some(key) = &request.key {
        let row = sql.query_one(
            "SELECT body_sha256, outcome FROM idempotency WHERE jurisdiction = $1 AND actor = $2 AND key = $3",
            &params![&*core.jurisdiction, &request.actor.account, &key.key],
        )?;
        if let Some(row) = row {
            if row.text(0) != key.body_sha256 {
                return Err(Refusal::key_reused().into());
            }
            return Ok(Written {
                outcome: open_outcome(core, request, row.text(1))?,
                repeated: true,
                grew: false,
                published: Vec::new(),
            });
        }
    }
    let context = core.context(request.actor.clone());
    let at = context.at;
    let command_id = context.id("command");
    let mut tx = Tx::new(sql, core, context, command_id);
    let outcome = operation(&mut tx)?;
    let published = std::mem::take(&mut tx.published);
    let grew = tx.appended > 0 || tx.enqueued;
    if let Some(key) = &request.key {
        let sealed = seal_outcome(core, request, &outcome)?;
        sql.execute(
            "INSERT INTO idempotency (jurisdiction, actor, key, body_sha256, outcome, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &params![
                &*core.jurisdiction,
                &request.actor.account,
                &key.key,
                &key.body_sha256,
                &sealed,
                at,
            ],
        )?;
    }
    Ok(Written {
        outcome,
        repeated: false,
        grew,
        published,
    })
}

/// An outcome may hold what is shown once (a query secret), so it does not lie in the table in clear.
fn seal_outcome(core: &Core, request: &Request, outcome: &str) -> Result<String, Fault> {
    let sealed = core
        .keys
        .seal_under(&outcome_place(request), outcome.as_bytes(), &core.chance)?;
    Ok(hex::encode(sealed))
}

fn open_outcome(core: &Core, request: &Request, sealed: &str) -> Result<String, Fault> {
    let broken = || Fault::Inconsistent("a stored outcome cannot be read".into());
    let sealed = hex::decode(sealed).map_err(|_| broken())?;
    let outcome = core.keys.open_under(&outcome_place(request), &sealed)?;
    String::from_utf8(outcome).map_err(|_| broken())
}

fn outcome_place(request: &Request) -> String {
    let key = request.key.as_ref().map_or("", |key| key.key.as_str());
    format!("outcome|{}|{key}", request.actor.account)
}

fn run_caught(sql: &mut dyn Sql, core: &Core, request: &Request, operation: &mut Operation) -> Result<Written, Stop> {
    catch_unwind(AssertUnwindSafe(|| run(sql, core, request, operation)))
        .unwrap_or_else(|_| Err(Stop::Fault(Fault::Internal("a command panicked".into()))))
}

/// The one thread that writes a SQLite database. It loads, decides and appends all waiting commands in
/// one commit, each but the first in a savepoint; answers go out after the fsync.
pub(super) struct Writer {
    /// Both are `Some` until the end.
    queue: Option<SyncSender<Task>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Writer {
    /// Waits until the last group is on disk, so that whoever opens next finds the file at rest.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

/// Commands that may wait; beyond it the house is too busy and says so.
const MOST_WAITING: usize = 4096;
/// Commands in one commit: bounds how long the first of them waits.
const MOST_IN_COMMIT: usize = 256;

impl Writer {
    pub(super) fn start(sql: SqliteSql, core: Arc<Core>) -> Result<Writer, Fault> {
        let (queue, commands) = sync_channel(MOST_WAITING);
        let thread = std::thread::Builder::new()
            .name("chronicle-writer".into())
            .spawn(move || write_until_closed(sql, &core, &commands))
            .map_err(|error| Fault::Internal(format!("the writer does not start: {error}")))?;
        Ok(Writer {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    pub(super) fn submit(&self, request: Request, operation: Operation, reply: Reply) -> Result<(), Fault> {
        self.send(Task::Command(Waiting {
            request,
            operation,
            reply,
        }))
    }

    pub(super) fn submit_alone(&self, work: Alone) -> Result<(), Fault> {
        self.send(Task::Alone(work))
    }

    fn send(&self, task: Task) -> Result<(), Fault> {
        let queue = self
            .queue
            .as_ref()
            .ok_or_else(|| Fault::Stopped("the writer is gone".into()))?;
        queue.try_send(task).map_err(|error| match error {
            TrySendError::Full(_) => Fault::Busy,
            TrySendError::Disconnected(_) => Fault::Stopped("the writer is gone".into()),
        })
    }
}

fn write_until_closed(mut sql: SqliteSql, core: &Core, tasks: &Receiver<Task>) {
    let mut left_over = None;
    while let Some(task) = left_over.take().or_else(|| tasks.recv().ok()) {
        let first = match task {
            Task::Command(first) => first,
            Task::Alone(work) => {
                work(&mut sql);
                continue;
            }
        };
        match write_group(&mut sql, core, first, tasks) {
            Ok(task) => left_over = task,
            Err(fault) => return refuse_from_here(tasks, &fault),
        }
    }
}

/// After a failed write to disk nobody knows what is there; only a restart, which recovers and checks, may
/// go on.
fn refuse_from_here(tasks: &Receiver<Task>, fault: &Fault) {
    tracing::error!(error = %fault, "the writer stops");
    while let Ok(task) = tasks.recv() {
        // Work that wants the connection to itself hears of it by its own dropped answer.
        if let Task::Command(waiting) = task {
            let _ = waiting.reply.send(Err(Stop::Fault(fault.clone())));
        }
    }
}

/// Answers of a group that wait for its commit.
type Answers = Vec<(Reply, Result<Written, Stop>)>;

/// One commit. Gives back what waited but has no place in it: work that wants the connection to itself, and a command
/// that writes much behind others.
///
/// # Errors
/// A fault after which the writer must not go on.
fn write_group(
    sql: &mut SqliteSql,
    core: &Core,
    first: Waiting,
    tasks: &Receiver<Task>,
) -> Result<Option<Task>, Fault> {
    let mut answers: Answers = Vec::new();
    let mut left_over = None;
    if let Err(fault) = sql.execute("BEGIN IMMEDIATE", &[]) {
        let _ = first.reply.send(Err(Stop::Fault(fault.clone())));
        return abandon(sql, answers, fault).map(|()| None);
    }
    let mut next = Some(first);
    let mut untouched = true;
    while let Some(mut waiting) = next {
        let performed = if untouched {
            in_transaction(sql, core, &mut waiting)
        } else {
            in_savepoint(sql, core, &mut waiting)
        };
        match performed {
            Ok(result) => {
                untouched &= result.is_err();
                answers.push((waiting.reply, result));
            }
            Err(fault) => {
                let _ = waiting.reply.send(Err(Stop::Fault(fault.clone())));
                return abandon(sql, answers, fault).map(|()| None);
            }
        }
        next = None;
        if answers.len() < MOST_IN_COMMIT {
            match tasks.try_recv() {
                Ok(Task::Command(waiting)) if untouched || !waiting.request.writes_much => next = Some(waiting),
                Ok(task) => left_over = Some(task),
                Err(_) => {}
            }
        }
    }
    match sql.execute("COMMIT", &[]) {
        Ok(_) => {
            for (reply, result) in answers {
                let result = result.map(|mut written| {
                    core.cache.publish(std::mem::take(&mut written.published));
                    written
                });
                let _ = reply.send(result);
            }
            Ok(left_over)
        }
        Err(Fault::Full) => abandon(sql, answers, Fault::Full).map(|()| left_over),
        Err(fault) => abandon(sql, answers, Fault::Stopped(fault.to_string())).map(|()| left_over),
    }
}

/// Runs a command to whose transaction nothing else belongs yet, without a savepoint: a refused one takes the whole
/// transaction back and opens it anew. Most commits hold one command, and it need not copy its pages into the
/// savepoint's journal.
///
/// # Errors
/// As [`in_savepoint`].
fn in_transaction(sql: &mut SqliteSql, core: &Core, waiting: &mut Waiting) -> Result<Result<Written, Stop>, Fault> {
    let result = unless_lost(sql, core, waiting)?;
    if result.is_err() {
        sql.execute("ROLLBACK", &[])?;
        sql.execute("BEGIN IMMEDIATE", &[])?;
    }
    Ok(result)
}

/// Runs one command behind others so that a refused one leaves nothing behind.
///
/// # Errors
/// A fault when the group cannot be trusted any more: the engine rolled it back by itself (full disk,
/// failed read), or what a failed command wrote could not be taken back alone.
fn in_savepoint(sql: &mut SqliteSql, core: &Core, waiting: &mut Waiting) -> Result<Result<Written, Stop>, Fault> {
    sql.execute("SAVEPOINT command", &[])?;
    let result = unless_lost(sql, core, waiting)?;
    if result.is_err() {
        sql.execute("ROLLBACK TO command", &[])?;
    }
    sql.execute("RELEASE command", &[])?;
    Ok(result)
}

fn unless_lost(sql: &mut SqliteSql, core: &Core, waiting: &mut Waiting) -> Result<Result<Written, Stop>, Fault> {
    let result = run_caught(sql, core, &waiting.request, &mut waiting.operation);
    if sql.lost_transaction() {
        return Err(match result {
            Err(Stop::Fault(fault)) => fault,
            _ => Fault::Database("the transaction was rolled back".into()),
        });
    }
    Ok(result)
}

/// Nothing of the group is kept, and everybody is told. Refusals stand as they are.
fn abandon(sql: &mut SqliteSql, answers: Answers, fault: Fault) -> Result<(), Fault> {
    for (reply, result) in answers {
        let _ = reply.send(match result {
            Ok(_) => Err(Stop::Fault(fault.clone())),
            Err(stop) => Err(stop),
        });
    }
    if matches!(fault, Fault::Stopped(_)) {
        return Err(fault);
    }
    if !sql.lost_transaction() {
        sql.execute("ROLLBACK", &[])
            .map_err(|fault| Fault::Stopped(format!("a failed commit cannot be taken back: {fault}")))?;
    }
    Ok(())
}

const MOST_TRIES: u32 = 10;

/// One optimistic transaction, run again after a lost race with growing, jittered waits.
pub(super) async fn postgres(
    pool: &Pool,
    core: &Arc<Core>,
    request: Request,
    mut operation: Operation,
) -> Result<Written, Stop> {
    let mut attempt = 0;
    loop {
        let (pool, task_core, task_request) = (pool.clone(), Arc::clone(core), request.clone());
        let handle = Handle::current();
        let (result, returned) = tokio::task::spawn_blocking(move || {
            let mut operation = operation;
            let result = postgres_once(&pool, &handle, &task_core, &task_request, &mut operation);
            (result, operation)
        })
        .await
        .map_err(|_| Stop::Fault(Fault::Internal("a database task ended early".into())))?;
        operation = returned;
        match result {
            Err(Stop::Fault(Fault::Race(_))) if attempt < MOST_TRIES => {
                attempt += 1;
                let jitter = u64::from(core.chance.bytes::<1>()[0]) % 16;
                tokio::time::sleep(Duration::from_millis((1 << attempt.min(6)) + jitter)).await;
            }
            other => return other,
        }
    }
}

fn postgres_once(
    pool: &Pool,
    handle: &Handle,
    core: &Core,
    request: &Request,
    operation: &mut Operation,
) -> Result<Written, Stop> {
    let mut sql = PostgresSql::take(pool, handle, Arc::clone(&core.names))?;
    sql.begin("BEGIN")?;
    let result = run_caught(&mut sql, core, request, operation);
    match result {
        Ok(mut written) => {
            sql.commit()?;
            core.cache.publish(std::mem::take(&mut written.published));
            Ok(written)
        }
        Err(stop) => {
            // If even this fails the connection is not used again, which takes back the same.
            let _ = sql.rollback();
            Err(stop)
        }
    }
}
