//! One transaction: load the streams a command writes, consult those it rests on, append.

use std::any::TypeId;
use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::chronicle::Core;
use crate::context::Context;
use crate::db::{Backend, Fault, Row, Sql};
use crate::event::{Aggregate, Envelope, Event, EventId, MadeWith, Payload, Recorded, RecordedEvent};
use crate::job::NewJob;
use crate::refusal::Refusal;
use crate::seal;
use crate::stream::{Published, bound_to, fold_to, read_stream, stream_name};
use crate::view::Order;

/// Why a command did not happen.
#[derive(Debug, Clone)]
pub enum Stop {
    Refusal(Refusal),
    /// The stream moved on since the person looked at it.
    Conflict(Conflict),
    Fault(Fault),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Stop::Refusal(refusal)
    }
}
impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Stop::Fault(fault)
    }
}

/// What happened since `seen_version`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub stream: String,
    pub since: Vec<Change>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub kind: String,
    pub recorded_at: Timestamp,
    pub actor: String,
}

/// A stream's state at a version.
#[derive(Clone)]
pub struct Loaded<A> {
    pub id: String,
    /// 0 when the stream does not exist yet.
    pub version: i64,
    pub state: Arc<A>,
    /// Whether it was loaded to be written, not only consulted.
    writable: bool,
}

impl<A> Loaded<A> {
    pub fn exists(&self) -> bool {
        self.version > 0
    }
}

impl<A> Deref for Loaded<A> {
    type Target = A;
    fn deref(&self) -> &A {
        &self.state
    }
}

/// The envelope facts that the command gives beside its events.
#[derive(Debug, Clone)]
pub struct About {
    pub happened_on: Date,
    /// Coarse public class; empty = not an act.
    pub class: &'static str,
    pub body: String,
    pub post: String,
    pub item: Option<String>,
    pub flow: Option<String>,
    pub cause: Option<EventId>,
}

impl About {
    pub fn new(context: &Context) -> About {
        About {
            happened_on: context.today,
            class: "",
            body: String::new(),
            post: String::new(),
            item: None,
            flow: None,
            cause: None,
        }
    }
}

pub struct Tx<'a> {
    sql: &'a mut dyn Sql,
    core: &'a Core,
    context: Context,
    command_id: String,
    pub(crate) published: Vec<Published>,
    pub(crate) appended: usize,
    pub(crate) enqueued: bool,
    /// Set while a bulk load performs this command.
    pub(crate) loading: Option<Loading>,
}

/// What a bulk load wants of a command beside its commit.
#[derive(Default)]
pub(crate) struct Loading {
    /// Jobs due before this moment are not stored: the load does their work itself.
    pub jobs_from: Option<Timestamp>,
    /// Those jobs.
    pub jobs: Vec<NewJob>,
    /// What was appended, for the views that a follower would project later.
    pub events: Vec<RecordedEvent>,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(sql: &'a mut dyn Sql, core: &'a Core, context: Context, command_id: String) -> Self {
        Tx {
            sql,
            core,
            context,
            command_id,
            published: Vec::new(),
            appended: 0,
            enqueued: false,
            loading: None,
        }
    }

    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Statements on the tables a capability owns. Events and views are not to be written this way.
    pub fn sql(&mut self) -> &mut dyn Sql {
        self.sql
    }

    /// # Errors
    /// [`Fault`] from the database.
    pub fn query(&mut self, sql: &str, params: &[crate::Value]) -> Result<Vec<Row>, Fault> {
        self.sql.query(sql, params)
    }

    /// # Errors
    /// [`Fault`] from the database.
    pub fn execute(&mut self, sql: &str, params: &[crate::Value]) -> Result<u64, Fault> {
        self.sql.execute(sql, params)
    }

    /// A stream that this command may write. Its head is locked until the commit, also that of a stream that does not
    /// exist yet: what was decided on its emptiness still holds at the append.
    ///
    /// # Errors
    /// [`Fault`] from the database or from broken data.
    pub fn load<A: Aggregate>(&mut self, id: &str) -> Result<Loaded<A>, Fault> {
        let name = stream_name::<A>(id);
        let head = self.locked_head(&name, "{for_update}", "pg_advisory_xact_lock")?;
        self.at_head(id, name, head, true)
    }

    /// As [`Tx::load`], for a person who decided on version `seen`.
    ///
    /// # Errors
    /// [`Stop::Conflict`] when something that matters happened since.
    pub fn load_seen<A: Aggregate>(&mut self, id: &str, seen: i64) -> Result<Loaded<A>, Stop> {
        let loaded = self.load::<A>(id)?;
        if loaded.version == seen {
            return Ok(loaded);
        }
        let name = stream_name::<A>(id);
        let mut since = Vec::new();
        for event in read_stream(self.sql, self.core, &name, seen)? {
            let harmless = match event.decode::<A::Event>()? {
                Payload::Known(known) => known.harmless(),
                Payload::Erased => true,
            };
            if !harmless {
                since.push(Change {
                    kind: event.envelope.kind,
                    recorded_at: event.envelope.recorded_at,
                    actor: event.envelope.actor,
                });
            }
        }
        // A version from the future was never shown to anybody.
        if since.is_empty() && seen <= loaded.version {
            return Ok(loaded);
        }
        Err(Stop::Conflict(Conflict { stream: name, since }))
    }

    /// A fact of another stream that the decision rests on. Its head is locked shared, so that it
    /// cannot change between the decision and the commit (no write skew).
    ///
    /// # Errors
    /// [`Fault`] from the database or from broken data.
    pub fn consult<A: Aggregate>(&mut self, id: &str) -> Result<Loaded<A>, Fault> {
        let name = stream_name::<A>(id);
        let head = self.locked_head(&name, "{for_share}", "pg_advisory_xact_lock_shared")?;
        self.at_head(id, name, head, false)
    }

    /// The stream's head, locked. A row that does not exist cannot be locked: on PostgreSQL a lock on the
    /// stream's name keeps others from beginning it. SQLite's single writer needs none.
    fn locked_head(&mut self, name: &str, row_lock: &str, name_lock: &str) -> Result<Option<Row>, Fault> {
        let head = format!("SELECT version FROM stream WHERE jurisdiction = $1 AND name = $2 {row_lock}");
        let place = crate::params![&*self.core.jurisdiction, name];
        let found = self.sql.query_one(&head, &place)?;
        if found.is_some() || self.sql.backend() != Backend::Postgres {
            return Ok(found);
        }
        let lock = format!("SELECT {name_lock}(hashtextextended($1, 0))::text");
        self.sql.query(&lock, &crate::params![name])?;
        // Waiting for the lock may have meant waiting for its first event.
        self.sql.query_one(&head, &place)
    }

    /// All events of one stream, oldest first, as this transaction sees them.
    ///
    /// # Errors
    /// [`Fault`] from the database or from broken data.
    pub fn events(&mut self, stream_kind: &str, id: &str) -> Result<Vec<RecordedEvent>, Fault> {
        read_stream(self.sql, self.core, &format!("{stream_kind}/{id}"), 0)
    }

    pub(crate) fn core(&self) -> &'a Core {
        self.core
    }

    fn at_head<A: Aggregate>(
        &mut self,
        id: &str,
        name: String,
        head: Option<Row>,
        writable: bool,
    ) -> Result<Loaded<A>, Fault> {
        let version = head.map_or(0, |row| row.int(0));
        let (state, fresh) = fold_to::<A>(self.sql, self.core, &name, version)?;
        // What was appended in this very transaction is not committed yet, so it is not offered to others.
        if fresh && self.appended == 0 {
            self.published
                .push(((TypeId::of::<A>(), name), (version, Arc::clone(&state) as _)));
        }
        Ok(Loaded {
            id: id.to_owned(),
            version,
            state,
            writable,
        })
    }

    /// Appends events to a loaded stream: sealed, numbered, projected to the synchronous views.
    ///
    /// # Errors
    /// [`Fault::Race`] when another command extended the stream first; [`Fault::Internal`] when the
    /// stream was only consulted.
    pub fn append<A: Aggregate>(
        &mut self,
        loaded: &mut Loaded<A>,
        events: Vec<A::Event>,
        about: &About,
    ) -> Result<(), Fault> {
        if events.is_empty() {
            return Ok(());
        }
        if !loaded.writable {
            return Err(Fault::Internal("a consulted stream is not to be written".into()));
        }
        let name = stream_name::<A>(&loaded.id);
        let key = (TypeId::of::<A>(), name.clone());
        self.core.cache.forget(&key);
        self.published.retain(|(other, _)| *other != key);
        self.move_head(&name, loaded.version, events.len() as i64)?;
        for event in events {
            let envelope = self.envelope::<A>(&name, loaded.version + 1, &event, about);
            let json: Arc<[u8]> = serde_json::to_vec(&event)
                .map_err(|error| Fault::Internal(format!("an event does not serialise: {error}")))?
                .into();
            let seq = self.insert_event(&envelope, &json)?;
            self.take_position(seq)?;
            Arc::make_mut(&mut loaded.state).evolve(&Recorded {
                envelope: &envelope,
                payload: Payload::Known(&event),
            });
            loaded.version += 1;
            let recorded = RecordedEvent::from_typed(envelope, Arc::new(event), json);
            for view in &self.core.views {
                if view.order() == Order::Sync && view.wants(A::STREAM) {
                    view.project(self.sql, &recorded)?;
                }
            }
            self.appended += 1;
            if let Some(loading) = &mut self.loading {
                loading.events.push(recorded);
            }
        }
        self.published
            .push((key, (loaded.version, Arc::clone(&loaded.state) as _)));
        Ok(())
    }

    /// Work for later, in the same commit. An id that exists already is left as it is.
    ///
    /// # Errors
    /// [`Fault`] from the database.
    pub fn enqueue(&mut self, job: NewJob) -> Result<(), Fault> {
        if let Some(loading) = &mut self.loading
            && loading.jobs_from.is_some_and(|from| job.run_at < from)
        {
            loading.jobs.push(job);
            return Ok(());
        }
        self.enqueued = true;
        crate::job::insert(self.sql, &job)
    }

    fn move_head(&mut self, name: &str, version: i64, by: i64) -> Result<(), Fault> {
        let moved = if version == 0 {
            self.sql.execute(
                "INSERT INTO stream (jurisdiction, name, version) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                &crate::params![&*self.core.jurisdiction, name, by],
            )?
        } else {
            self.sql.execute(
                "UPDATE stream SET version = $3 WHERE jurisdiction = $1 AND name = $2 AND version = $4",
                &crate::params![&*self.core.jurisdiction, name, version + by, version],
            )?
        };
        if moved == 1 {
            Ok(())
        } else {
            Err(Fault::Race("the stream was extended by another command".into()))
        }
    }

    /// On SQLite the writer is the sequencer; on PostgreSQL identities become visible out of order, so
    /// positions are assigned after the commit.
    fn take_position(&mut self, seq: i64) -> Result<(), Fault> {
        match self.sql.backend() {
            Backend::Sqlite => self.sql.execute(
                "INSERT INTO event_position (jurisdiction, position, seq)
                 SELECT $1, COALESCE(MAX(position), 0) + 1, $2 FROM event_position WHERE jurisdiction = $1",
                &crate::params![&*self.core.jurisdiction, seq],
            )?,
            Backend::Postgres => self
                .sql
                .execute("INSERT INTO event_waiting (seq) VALUES ($1)", &crate::params![seq])?,
        };
        Ok(())
    }

    fn envelope<A: Aggregate>(&self, name: &str, version: i64, event: &A::Event, about: &About) -> Envelope {
        Envelope {
            event_id: self.core.chance.id(),
            jurisdiction: self.core.jurisdiction.to_string(),
            stream: name.to_owned(),
            version,
            kind: event.kind().to_owned(),
            schema: A::Event::SCHEMA,
            recorded_at: self.context.at,
            happened_on: about.happened_on,
            class: about.class.to_owned(),
            body: about.body.clone(),
            actor: self.context.actor.account.clone(),
            post: about.post.clone(),
            command_id: self.command_id.clone(),
            cause: about.cause.clone(),
            made_with: MadeWith {
                software: self.context.software.to_owned(),
                calendar: self.context.calendar.version().to_owned(),
                parameters: self.context.parameters.version.clone(),
                item: about.item.clone(),
                flow: about.flow.clone(),
            },
        }
    }

    fn insert_event(&mut self, envelope: &Envelope, json: &[u8]) -> Result<i64, Fault> {
        let secret = Zeroizing::new(self.core.chance.bytes::<32>());
        let sealed = seal::seal(&secret, &bound_to(envelope), json)?;
        let wrapped = self.core.keys.wrap(&envelope.event_id, &secret, &self.core.chance)?;
        let made_with = serde_json::to_string(&envelope.made_with)
            .map_err(|error| Fault::Internal(format!("an envelope does not serialise: {error}")))?;
        let row = self.sql.query_one(
            "INSERT INTO event (event_id, jurisdiction, stream, version, kind, schema_no, recorded_at,
                happened_on, class, body, actor, post, command_id, cause, made_with, payload)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             RETURNING seq",
            &crate::params![
                &envelope.event_id,
                &envelope.jurisdiction,
                &envelope.stream,
                envelope.version,
                &envelope.kind,
                envelope.schema,
                envelope.recorded_at,
                envelope.happened_on,
                &envelope.class,
                &envelope.body,
                &envelope.actor,
                &envelope.post,
                &envelope.command_id,
                envelope.cause.clone(),
                made_with,
                sealed,
            ],
        )?;
        self.sql.execute(
            "INSERT INTO event_key (key_id, secret) VALUES ($1, $2)",
            &crate::params![&envelope.event_id, wrapped],
        )?;
        row.map(|row| row.int(0))
            .ok_or_else(|| Fault::Internal("an insert returned nothing".into()))
    }
}

impl<A> Loaded<A> {
    pub(crate) fn read_only(id: &str, version: i64, state: Arc<A>) -> Loaded<A> {
        Loaded {
            id: id.to_owned(),
            version,
            state,
            writable: false,
        }
    }
}
