//! Reading streams: events from rows, states from events, and the states remembered between commands.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::chronicle::Core;
use crate::db::{Fault, Row, Sql};
use crate::event::{Aggregate, Envelope, EventId, Payload, Recorded, RecordedEvent};
use crate::seal;

/// States by stream and version. An entry is published only after its commit, so that a rolled-back
/// version can never be mistaken for a later real one with the same number. (A bulk load publishes
/// within its commit and clears everything when it rolls back.)
#[derive(Default)]
pub(crate) struct StateCache {
    entries: Mutex<Generations>,
}

pub(crate) type CachedState = (i64, Arc<dyn Any + Send + Sync>);
pub(crate) type Published = ((TypeId, String), CachedState);

/// Two generations: what is used stays, what rested for a whole generation goes, and no entry needs a
/// place in a list of its own.
struct Generations {
    young: HashMap<(TypeId, String), CachedState>,
    old: HashMap<(TypeId, String), CachedState>,
    most: usize,
}

impl Default for Generations {
    fn default() -> Self {
        Generations {
            young: HashMap::new(),
            old: HashMap::new(),
            most: StateCache::MOST,
        }
    }
}

impl StateCache {
    pub(crate) const MOST: usize = 20_000;

    pub(crate) fn get<A: Aggregate>(&self, stream: &str) -> Option<(i64, Arc<A>)> {
        let mut entries = self.lock();
        let key = (TypeId::of::<A>(), stream.to_owned());
        if !entries.young.contains_key(&key) {
            let rested = entries.old.remove(&key)?;
            entries.keep(key.clone(), rested);
        }
        let (version, state) = entries.young.get(&key)?;
        Some((*version, Arc::clone(state).downcast::<A>().ok()?))
    }

    /// Lets go of a state that is about to move on, so that it moves without being copied. If its transaction is rolled
    /// back, the next to load it folds it again.
    pub(crate) fn forget(&self, key: &(TypeId, String)) {
        let mut entries = self.lock();
        entries.young.remove(key);
        entries.old.remove(key);
    }

    pub(crate) fn publish(&self, published: Vec<Published>) {
        let mut entries = self.lock();
        for (key, value) in published {
            entries.keep(key, value);
        }
    }

    pub(crate) fn clear(&self) {
        let mut entries = self.lock();
        entries.young.clear();
        entries.old.clear();
    }

    /// How many states are remembered at most.
    pub(crate) fn limit(&self, most: usize) {
        self.lock().most = most;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Generations> {
        self.entries.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Generations {
    fn keep(&mut self, key: (TypeId, String), state: CachedState) {
        if self.young.len() >= self.most / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, state);
    }
}

pub(crate) fn stream_name<A: Aggregate>(id: &str) -> String {
    format!("{}/{id}", A::STREAM)
}

/// What a sealed payload is bound to: moved to another place it does not open.
pub(crate) fn bound_to(envelope: &Envelope) -> String {
    format!(
        "{}|{}|{}|{}|{}",
        envelope.event_id, envelope.jurisdiction, envelope.stream, envelope.version, envelope.kind
    )
}

/// State at `version`, from the cache and the events after it. `true` = the cache does not hold it yet.
pub(crate) fn fold_to<A: Aggregate>(
    sql: &mut dyn Sql,
    core: &Core,
    name: &str,
    version: i64,
) -> Result<(Arc<A>, bool), Fault> {
    if version == 0 {
        return Ok((Arc::new(A::default()), false));
    }
    let (known, mut state) = match core.cache.get::<A>(name) {
        Some((known, state)) if known == version => return Ok((state, false)),
        Some((known, state)) if known < version => (known, state),
        _ => (0, Arc::new(A::default())),
    };
    let folded = Arc::make_mut(&mut state);
    let mut at = known;
    for event in read_stream(sql, core, name, known)? {
        at += 1;
        if event.envelope.version != at {
            return Err(Fault::Inconsistent(format!(
                "{name} has version {} where {at} belongs",
                event.envelope.version
            )));
        }
        let payload = event.decode::<A::Event>()?;
        folded.evolve(&Recorded {
            envelope: &event.envelope,
            payload: match &payload {
                Payload::Known(event) => Payload::Known(&**event),
                Payload::Erased => Payload::Erased,
            },
        });
        if at == version {
            break;
        }
    }
    if at != version {
        return Err(Fault::Inconsistent(format!(
            "{name} ends at {at}, its head says {version}"
        )));
    }
    Ok((state, true))
}

const EVENT_COLUMNS: &str = "e.event_id, e.jurisdiction, e.stream, e.version, e.kind, e.schema_no, e.recorded_at,
    e.happened_on, e.class, e.body, e.actor, e.post, e.command_id, e.cause, e.made_with, e.payload, k.secret";

/// Events of a stream after `version`, oldest first.
pub(crate) fn read_stream(
    sql: &mut dyn Sql,
    core: &Core,
    name: &str,
    version: i64,
) -> Result<Vec<RecordedEvent>, Fault> {
    let text = format!(
        "SELECT {EVENT_COLUMNS}, 0 FROM event e LEFT JOIN event_key k ON k.key_id = e.event_id
         WHERE e.jurisdiction = $1 AND e.stream = $2 AND e.version > $3 ORDER BY e.version"
    );
    sql.query(&text, &crate::params![&*core.jurisdiction, name, version])?
        .iter()
        .map(|row| open_event(core, row))
        .collect()
}

/// Events after a position, in the dense order that followers and rebuilds read.
pub(crate) fn read_positions(
    sql: &mut dyn Sql,
    core: &Core,
    after: i64,
    most: i64,
) -> Result<Vec<RecordedEvent>, Fault> {
    let text = format!(
        "SELECT {EVENT_COLUMNS}, p.position FROM event_position p
         JOIN event e ON e.seq = p.seq
         LEFT JOIN event_key k ON k.key_id = e.event_id
         WHERE p.jurisdiction = $1 AND p.position > $2 ORDER BY p.position LIMIT $3"
    );
    sql.query(&text, &crate::params![&*core.jurisdiction, after, most])?
        .iter()
        .map(|row| open_event(core, row))
        .collect()
}

/// Events that still wait for the sequencer, in the order in which it takes them.
pub(crate) fn read_waiting(sql: &mut dyn Sql, core: &Core) -> Result<Vec<RecordedEvent>, Fault> {
    let text = format!(
        "SELECT {EVENT_COLUMNS}, 0 FROM event_waiting w
         JOIN event e ON e.seq = w.seq
         LEFT JOIN event_key k ON k.key_id = e.event_id
         ORDER BY e.seq"
    );
    sql.query(&text, &[])?.iter().map(|row| open_event(core, row)).collect()
}

/// The event with this id. Nothing is indexed by it: this reads them all.
pub(crate) fn read_event(sql: &mut dyn Sql, core: &Core, event_id: &str) -> Result<Option<RecordedEvent>, Fault> {
    let text = format!(
        "SELECT {EVENT_COLUMNS}, 0 FROM event e LEFT JOIN event_key k ON k.key_id = e.event_id
         WHERE e.jurisdiction = $1 AND e.event_id = $2"
    );
    let row = sql.query_one(&text, &crate::params![&*core.jurisdiction, event_id])?;
    row.map(|row| open_event(core, &row)).transpose()
}

/// One row of the record as an auditor reads it, sound or not.
pub struct Audited {
    /// In the order of insertion.
    pub seq: i64,
    /// What the row calls itself; not to be relied on where it does not open.
    pub event_id: EventId,
    pub stream: String,
    pub version: i64,
    pub kind: String,
    /// Why it does not open: altered, moved, of another deployment key.
    pub event: Result<RecordedEvent, Fault>,
}

/// Rows of the record after `seq`, also those without a position and those that do not open.
pub(crate) fn read_audited(sql: &mut dyn Sql, core: &Core, after: i64, most: i64) -> Result<Vec<Audited>, Fault> {
    let text = format!(
        "SELECT {EVENT_COLUMNS}, e.seq FROM event e LEFT JOIN event_key k ON k.key_id = e.event_id
         WHERE e.seq > $1 ORDER BY e.seq LIMIT $2"
    );
    let rows = sql.query(&text, &crate::params![after, most])?;
    Ok(rows.iter().map(|row| audited(core, row)).collect())
}

/// Rows of one stream in their order, also those that do not open.
pub(crate) fn read_audited_stream(sql: &mut dyn Sql, core: &Core, name: &str) -> Result<Vec<Audited>, Fault> {
    let text = format!(
        "SELECT {EVENT_COLUMNS}, e.seq FROM event e LEFT JOIN event_key k ON k.key_id = e.event_id
         WHERE e.jurisdiction = $1 AND e.stream = $2 ORDER BY e.version"
    );
    let rows = sql.query(&text, &crate::params![&*core.jurisdiction, name])?;
    Ok(rows.iter().map(|row| audited(core, row)).collect())
}

fn audited(core: &Core, row: &Row) -> Audited {
    Audited {
        seq: row.int(17),
        event_id: row.text(0).to_owned(),
        stream: row.text(2).to_owned(),
        version: row.int(3),
        kind: row.text(4).to_owned(),
        event: open_event(core, row),
    }
}

fn open_event(core: &Core, row: &Row) -> Result<RecordedEvent, Fault> {
    let envelope = Envelope {
        event_id: row.text(0).to_owned(),
        jurisdiction: row.text(1).to_owned(),
        stream: row.text(2).to_owned(),
        version: row.int(3),
        kind: row.text(4).to_owned(),
        schema: i32::try_from(row.int(5)).unwrap_or_default(),
        recorded_at: row.timestamp(6),
        happened_on: row
            .date(7)
            .ok_or_else(|| Fault::Inconsistent(format!("event {} has no date", row.text(0))))?,
        class: row.text(8).to_owned(),
        body: row.text(9).to_owned(),
        actor: row.text(10).to_owned(),
        post: row.text(11).to_owned(),
        command_id: row.text(12).to_owned(),
        cause: row.opt_text(13).map(str::to_owned),
        made_with: serde_json::from_str(row.text(14))
            .map_err(|_| Fault::Inconsistent(format!("event {} has a broken envelope", row.text(0))))?,
    };
    let wrapped = row.blob(16);
    if wrapped.is_empty() {
        return Ok(RecordedEvent::from_json(envelope, row.int(17), None));
    }
    let secret = core.keys.unwrap(&envelope.event_id, wrapped)?;
    let json = seal::open(&secret, &bound_to(&envelope), row.blob(15))?.into();
    Ok(RecordedEvent::from_json(envelope, row.int(17), Some(json)).with_secret(secret))
}
