//! A small world to test in: heaps of pebbles. A heap may be sealed; a sealed heap takes no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use mingjing_chronicle::job::{Job, JobFuture};
use mingjing_chronicle::{
    About, Actor, Aggregate, Blueprint, Chronicle, Event, Fault, Follower, JobError, JobHandler, Order, Payload,
    Recorded, RecordedEvent, Refusal, Sql, Stop, Tx, View, chronicle::Migration, params,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeapEvent {
    Added { pebbles: i64, note: String },
    Looked,
    Sealed,
}

impl Event for HeapEvent {
    const SCHEMA: i32 = 2;

    fn kind(&self) -> &'static str {
        match self {
            HeapEvent::Added { .. } => "heap.added",
            HeapEvent::Looked => "heap.looked",
            HeapEvent::Sealed => "heap.sealed",
        }
    }

    fn harmless(&self) -> bool {
        matches!(self, HeapEvent::Looked)
    }

    fn lift(_kind: &str, schema: i32, payload: Json) -> Json {
        assert_eq!(schema, 1, "only one old shape exists");
        // Shape 1 had the bare number and no note.
        serde_json::json!({"added": {"pebbles": payload["added"], "note": ""}})
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heap {
    pub pebbles: i64,
    pub sealed: bool,
    pub forgotten: i64,
}

impl Aggregate for Heap {
    type Event = HeapEvent;
    const STREAM: &'static str = "heap";

    fn evolve(&mut self, recorded: &Recorded<'_, HeapEvent>) {
        match recorded.payload {
            Payload::Known(HeapEvent::Added { pebbles, .. }) => self.pebbles += pebbles,
            Payload::Known(HeapEvent::Looked) => {}
            Payload::Known(HeapEvent::Sealed) => self.sealed = true,
            Payload::Erased => self.forgotten += 1,
        }
    }
}

/// The same heaps as the program of old wrote them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OldHeapEvent {
    Added(i64),
}

impl Event for OldHeapEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        "heap.added"
    }
}

#[derive(Debug, Clone, Default)]
pub struct OldHeap;

impl Aggregate for OldHeap {
    type Event = OldHeapEvent;
    const STREAM: &'static str = "heap";

    fn evolve(&mut self, _: &Recorded<'_, OldHeapEvent>) {}
}

pub fn added(pebbles: i64) -> HeapEvent {
    HeapEvent::Added {
        pebbles,
        note: "河滩".into(),
    }
}

/// The command of this world: add to a heap that is not sealed.
pub fn add(tx: &mut Tx<'_>, heap: &str, pebbles: i64) -> Result<i64, Stop> {
    let mut loaded = tx.load::<Heap>(heap)?;
    if loaded.sealed {
        return Err(Refusal::law("heap.sealed", "封存的石堆不能再加。").into());
    }
    let about = About::new(tx.context());
    tx.append(&mut loaded, vec![added(pebbles)], &about)?;
    Ok(loaded.pebbles)
}

pub fn put(tx: &mut Tx<'_>, heap: &str, event: HeapEvent) -> Result<i64, Stop> {
    let mut loaded = tx.load::<Heap>(heap)?;
    let about = About::new(tx.context());
    tx.append(&mut loaded, vec![event], &about)?;
    Ok(loaded.version)
}

/// One row per heap, in the command's transaction.
pub struct HeapList {
    pub version: i32,
}

impl View for HeapList {
    fn name(&self) -> &'static str {
        "heap.list"
    }
    fn version(&self) -> i32 {
        self.version
    }
    fn tables(&self) -> &'static [&'static str] {
        &["heap_list"]
    }
    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {heap_list} (id TEXT PRIMARY KEY, pebbles BIGINT NOT NULL, sealed BIGINT NOT NULL,
                last_note TEXT, changed_at BIGINT NOT NULL)",
            "CREATE INDEX {heap_list}_by_pebbles ON {heap_list} (pebbles)",
        ]
    }
    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "heap"
    }
    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let id = event.envelope.stream_id();
        let at = event.envelope.recorded_at;
        // Version 2 counts double, so that it cannot be taken for version 1.
        let weight = i64::from(self.version);
        let (pebbles, sealed, note) = match event.decode::<HeapEvent>()? {
            Payload::Known(event) => match &*event {
                HeapEvent::Added { pebbles, note } => (pebbles * weight, 0, Some(note.clone())),
                HeapEvent::Looked => (0, 0, None),
                HeapEvent::Sealed => (0, 1, None),
            },
            Payload::Erased => (0, 0, None),
        };
        sql.execute(
            "INSERT INTO {heap_list} (id, pebbles, sealed, last_note, changed_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET pebbles = {heap_list}.pebbles + excluded.pebbles,
                sealed = CASE WHEN excluded.sealed = 1 THEN 1 ELSE {heap_list}.sealed END,
                last_note = COALESCE(excluded.last_note, {heap_list}.last_note), changed_at = excluded.changed_at",
            &params![id, pebbles, sealed, note, at],
        )?;
        Ok(())
    }
}

/// Counted across heaps, so it follows.
pub struct HeapTotals;

impl View for HeapTotals {
    fn name(&self) -> &'static str {
        "heap.totals"
    }
    fn version(&self) -> i32 {
        1
    }
    fn tables(&self) -> &'static [&'static str] {
        &["heap_totals"]
    }
    fn schema(&self) -> &'static [&'static str] {
        &["CREATE TABLE {heap_totals} (kind TEXT PRIMARY KEY, events BIGINT NOT NULL)"]
    }
    fn order(&self) -> Order {
        Order::Follower
    }
    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "heap"
    }
    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        sql.execute(
            "INSERT INTO {heap_totals} (kind, events) VALUES ($1, 1)
             ON CONFLICT (kind) DO UPDATE SET events = {heap_totals}.events + 1",
            &params![&event.envelope.kind],
        )?;
        Ok(())
    }
}

/// Counts what it is given in a table of the closed list, and asks for a job for each sealed heap.
pub struct Echo;

impl Follower for Echo {
    fn name(&self) -> &'static str {
        "echo"
    }
    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "heap"
    }
    fn handle(&self, tx: &mut Tx<'_>, event: &RecordedEvent) -> Result<(), Stop> {
        tx.execute(
            "INSERT INTO echo (event_id, times) VALUES ($1, 1)
             ON CONFLICT (event_id) DO UPDATE SET times = echo.times + 1",
            &params![&event.envelope.event_id],
        )?;
        Ok(())
    }
}

pub const ECHO: Migration = Migration {
    id: "test.echo.1",
    sql: &["CREATE TABLE echo (event_id TEXT PRIMARY KEY, times BIGINT NOT NULL, extra {blob})"],
};

/// Refuses everything it is offered.
pub struct Stubborn;

impl Follower for Stubborn {
    fn name(&self) -> &'static str {
        "a.stubborn"
    }
    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "heap"
    }
    fn handle(&self, _: &mut Tx<'_>, _: &RecordedEvent) -> Result<(), Stop> {
        Err(Refusal::law("stubborn", "不行。").into())
    }
}

pub fn blueprint() -> Blueprint {
    blueprint_with(1)
}

pub fn blueprint_with(list_version: i32) -> Blueprint {
    Blueprint::new("510100", "test")
        .views([
            Arc::new(HeapList { version: list_version }) as Arc<dyn View>,
            Arc::new(HeapTotals) as Arc<dyn View>,
        ])
        .tables([ECHO])
        .followers([Arc::new(Echo) as Arc<dyn Follower>])
}

/// What the job does, run by run.
#[derive(Debug, Clone, Copy)]
pub enum Run {
    Works,
    Retries,
    GivesUp,
    Panics,
    Hangs,
}

pub struct Worker {
    pub plan: Vec<Run>,
    pub runs: Arc<AtomicI64>,
}

impl JobHandler for Worker {
    fn run(&self, _: Arc<Chronicle>, _: Job) -> JobFuture {
        let turn = self.runs.fetch_add(1, Ordering::SeqCst) as usize;
        let run = self.plan.get(turn).or(self.plan.last()).copied().unwrap_or(Run::Works);
        Box::pin(async move {
            match run {
                Run::Works => Ok(()),
                Run::Retries => Err(JobError::Retry("not yet".into())),
                Run::GivesUp => Err(JobError::GiveUp("never".into())),
                Run::Panics => panic!("a job that panics"),
                Run::Hangs => {
                    tokio::time::sleep(Duration::from_secs(3600)).await;
                    Ok(())
                }
            }
        })
    }
}

pub fn clerk() -> Actor {
    Actor {
        account: "clerk-1".into(),
        ..Actor::system()
    }
}
