//! Who looked at which matter: each body's day is a stream of its own, written in batches, and sealed by one act whose
//! leaf stands in the public log. The leaf says that a body's officers looked at something that day; how many, whose and
//! at what stays in the record.
//!
//! Invariants: a sealed day takes no more reads; what a day's seal commits to is computed from its events alone, so that
//! `reconcile` finds whatever was changed, removed or added afterwards.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use mingjing_chronicle::{
    About, Actor, Aggregate, Chronicle, Event, Fault, Payload, Reader, Recorded, RecordedEvent, Sql, Tx, View, params,
};
use mingjing_tlog::{Frontier, Hash};
use mingjing_web::reads::{Read, Reads};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::close::REST_MINUTES;
use crate::leaf::utc_day;
use crate::sequence::halted;
use crate::stop::Stop;

/// Class of the public leaf.
const CLASS: &str = "reads";
/// Kind of the act that seals a day.
pub(crate) const SEALED: &str = "reads.sealed";
/// A crash loses no more than this of who looked; a page is shown before its note is on disk.
const EVERY: Duration = Duration::from_secs(1);
/// Notes in one event: what a reader of the record holds in memory at once.
const MOST_IN_ONE: usize = 500;

/// Somebody in office saw a matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    pub at: Timestamp,
    pub account: String,
    pub post: String,
    /// `<kind>/<id>`
    pub stream: String,
    /// `page`, `papers`, `files` …
    pub part: String,
    /// The permission by which it was shown.
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadsEvent {
    Noted {
        day: String,
        organ: String,
        reads: Vec<Noted>,
    },
    Sealed(SealedDay),
}

/// What a day's leaf commits to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedDay {
    pub day: String,
    pub organ: String,
    pub reads: u64,
    /// Events of the stream before this one.
    pub events: u64,
    /// RFC 6962 root, base64, over `<event id> 0 <payload as written>` of each of them.
    pub list: String,
}

impl Event for ReadsEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            ReadsEvent::Noted { .. } => "reads.noted",
            ReadsEvent::Sealed(_) => SEALED,
        }
    }
}

/// One body's day.
#[derive(Debug, Clone, Default)]
pub struct DayOfReads {
    sealed: bool,
}

impl Aggregate for DayOfReads {
    type Event = ReadsEvent;
    const STREAM: &'static str = "reads";

    fn evolve(&mut self, recorded: &Recorded<'_, ReadsEvent>) {
        // By its kind, so that a day whose seal was erased stays closed.
        self.sealed |= recorded.envelope.kind == SEALED;
    }
}

/// Keeps what the desk notes, each second and once more at the end.
pub fn keep_reads(chronicle: &Arc<Chronicle>, reads: &Reads, stop: &Arc<Notify>) -> JoinHandle<()> {
    let (chronicle, reads, stop) = (Arc::clone(chronicle), reads.clone(), Arc::clone(stop));
    // Listening begins here, so that no stop is missed.
    let stopped = stop.notified_owned();
    tokio::spawn(async move {
        let mut stopped = pin!(stopped);
        loop {
            let stopped = tokio::select! {
                () = stopped.as_mut() => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            if let Err(why) = keep(&chronicle, &reads).await {
                tracing::error!(log.stop = %why, "who looked at what was not kept and will be tried again");
            }
            if stopped {
                return;
            }
        }
    })
}

/// Writes what waits; how many. What cannot be written waits again.
///
/// # Errors
/// A fault of the database.
pub async fn keep(chronicle: &Chronicle, reads: &Reads) -> Result<u64, Stop> {
    let taken = reads.take();
    if taken.is_empty() {
        return Ok(0);
    }
    let (again, count) = (taken.clone(), taken.len() as u64);
    match chronicle.inside(Actor::system(), move |tx| write(tx, &taken)).await {
        Ok(()) => Ok(count),
        Err(stop) => {
            reads.put_back(again);
            Err(halted(stop))
        }
    }
}

fn write(tx: &mut Tx<'_>, reads: &[Read]) -> Result<(), mingjing_chronicle::Stop> {
    let cell = tx.context().jurisdiction.to_string();
    let mut by_body: BTreeMap<&str, Vec<Noted>> = BTreeMap::new();
    for read in reads {
        let organ = if read.body.is_empty() {
            cell.as_str()
        } else {
            read.body.as_str()
        };
        by_body.entry(organ).or_default().push(Noted {
            at: read.at,
            account: read.account.clone(),
            post: read.post.clone(),
            stream: read.stream.clone(),
            part: read.part.clone(),
            by: read.by.to_owned(),
        });
    }
    for (organ, noted) in by_body {
        let day = open_day(tx, organ)?;
        let mut loaded = tx.load::<DayOfReads>(&id(&day, organ))?;
        let events = noted.chunks(MOST_IN_ONE).map(|reads| ReadsEvent::Noted {
            day: day.clone(),
            organ: organ.to_owned(),
            reads: reads.to_vec(),
        });
        let events = events.collect();
        let about = about(tx, organ, "");
        tx.append(&mut loaded, events, &about)?;
    }
    Ok(())
}

fn about(tx: &Tx<'_>, organ: &str, class: &'static str) -> About {
    About {
        class,
        body: organ.to_owned(),
        ..About::new(tx.context())
    }
}

fn id(day: &str, organ: &str) -> String {
    format!("{day}-{organ}")
}

/// Today, or the first later day that is not sealed: a clock that went back opens no day again.
fn open_day(tx: &mut Tx<'_>, organ: &str) -> Result<String, Fault> {
    let mut at = tx.context().at;
    loop {
        let day = utc_day(at);
        if !tx.load::<DayOfReads>(&id(&day, organ))?.sealed {
            return Ok(day);
        }
        at = at
            .checked_add(24.hours())
            .map_err(|_| Fault::Inconsistent("every day to come is sealed".into()))?;
    }
}

/// Seals every body's day that is over. How many.
///
/// # Errors
/// A fault of the database.
pub async fn seal_reads(chronicle: &Chronicle) -> Result<u64, Stop> {
    let now = chronicle.clock().now();
    let before = utc_day(now.checked_sub(REST_MINUTES.minutes()).unwrap_or(now));
    let open = chronicle
        .read(move |reader| {
            let rows = reader.query(
                "SELECT day, organ FROM {read_day} WHERE sealed = 0 AND day < $1 ORDER BY day, organ LIMIT 1000",
                &params![&before],
            )?;
            let named = |row: &mingjing_chronicle::Row| (row.text(0).to_owned(), row.text(1).to_owned());
            Ok(rows.iter().map(named).collect::<Vec<_>>())
        })
        .await?;
    let mut sealed = 0;
    for (day, organ) in open {
        let done = chronicle
            .inside(Actor::system(), move |tx| seal(tx, &day, &organ))
            .await
            .map_err(halted)?;
        sealed += u64::from(done);
    }
    Ok(sealed)
}

fn seal(tx: &mut Tx<'_>, day: &str, organ: &str) -> Result<bool, mingjing_chronicle::Stop> {
    let id = id(day, organ);
    let mut loaded = tx.load::<DayOfReads>(&id)?;
    if loaded.sealed {
        return Ok(false);
    }
    let events = tx.events(DayOfReads::STREAM, &id)?;
    let Some(sealed) = sealed_day(day, organ, &events)? else {
        let broken = format!("reads of {day} by {organ} cannot be read");
        return Err(Fault::Inconsistent(broken).into());
    };
    let about = about(tx, organ, CLASS);
    tx.append(&mut loaded, vec![ReadsEvent::Sealed(sealed)], &about)?;
    Ok(true)
}

/// `None` where an event's content is gone.
fn sealed_day(day: &str, organ: &str, events: &[RecordedEvent]) -> Result<Option<SealedDay>, Fault> {
    let (mut frontier, mut reads) = (Frontier::new(), 0);
    for event in events {
        let (Some(json), Payload::Known(known)) = (event.json(), event.decode::<ReadsEvent>()?) else {
            return Ok(None);
        };
        if let ReadsEvent::Noted { reads: noted, .. } = &*known {
            reads += noted.len() as u64;
        }
        let mut bytes = event.envelope.event_id.clone().into_bytes();
        bytes.push(0);
        bytes.extend_from_slice(json);
        frontier.append(Hash::of_leaf(&bytes));
    }
    Ok(Some(SealedDay {
        day: day.to_owned(),
        organ: organ.to_owned(),
        reads,
        events: events.len() as u64,
        list: frontier.root().to_base64(),
    }))
}

/// Whether a sealed day is still what its seal says. `None`: this event seals none.
pub(crate) fn still_holds(reader: &mut Reader<'_>, seal: &RecordedEvent) -> Result<Option<bool>, Fault> {
    if seal.envelope.kind != SEALED {
        return Ok(None);
    }
    let Payload::Known(known) = seal.decode::<ReadsEvent>()? else {
        return Ok(None);
    };
    let ReadsEvent::Sealed(sealed) = &*known else {
        return Ok(Some(false));
    };
    let events = match reader.events(DayOfReads::STREAM, seal.envelope.stream_id()) {
        Ok(events) => events,
        // A row that does not open is named by itself; the day does not hold either way.
        Err(Fault::Inconsistent(_)) => return Ok(Some(false)),
        Err(fault) => return Err(fault),
    };
    let others: Vec<RecordedEvent> = events
        .into_iter()
        .filter(|event| event.envelope.event_id != seal.envelope.event_id)
        .collect();
    Ok(Some(
        sealed_day(&sealed.day, &sealed.organ, &others)?.as_ref() == Some(sealed),
    ))
}

/// `read_day`, `matter_read`: which days are open, and who looked at a matter.
pub struct WhoLooked;

impl View for WhoLooked {
    fn name(&self) -> &'static str {
        "ledger.who_looked"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["read_day", "matter_read"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {read_day} (
                day TEXT NOT NULL,
                organ TEXT NOT NULL,
                sealed BIGINT NOT NULL,
                PRIMARY KEY (day, organ))",
            "CREATE TABLE {matter_read} (
                event_id TEXT NOT NULL,
                nr BIGINT NOT NULL,
                stream TEXT NOT NULL,
                at BIGINT NOT NULL,
                account TEXT NOT NULL,
                post TEXT NOT NULL,
                organ TEXT NOT NULL,
                part TEXT NOT NULL,
                by_right TEXT NOT NULL,
                PRIMARY KEY (event_id, nr))",
            "CREATE INDEX {matter_read}_by_stream ON {matter_read} (stream, at)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == DayOfReads::STREAM
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<ReadsEvent>()? else {
            return Ok(());
        };
        match &*known {
            ReadsEvent::Noted { day, organ, reads } => {
                sql.execute(
                    "INSERT INTO {read_day} (day, organ, sealed) VALUES ($1, $2, 0) ON CONFLICT (day, organ) DO NOTHING",
                    &params![day, organ],
                )?;
                for (nr, read) in (0i64..).zip(reads) {
                    insert(sql, &event.envelope.event_id, nr, organ, read)?;
                }
            }
            ReadsEvent::Sealed(sealed) => {
                sql.execute(
                    "UPDATE {read_day} SET sealed = 1 WHERE day = $1 AND organ = $2",
                    &params![&sealed.day, &sealed.organ],
                )?;
            }
        }
        Ok(())
    }
}

fn insert(sql: &mut dyn Sql, event_id: &str, nr: i64, organ: &str, read: &Noted) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {matter_read} (event_id, nr, stream, at, account, post, organ, part, by_right)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (event_id, nr) DO NOTHING",
        &params![
            event_id,
            nr,
            &read.stream,
            read.at.as_microsecond(),
            &read.account,
            &read.post,
            organ,
            &read.part,
            &read.by
        ],
    )?;
    Ok(())
}

/// Who looked, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looker {
    pub at: Timestamp,
    pub account: String,
    pub post: String,
    pub organ: String,
    pub part: String,
    pub by: String,
}

/// Reads of a matter (`<kind>/<id>`), the newest first.
///
/// # Errors
/// A fault of the database.
pub fn who_looked(reader: &mut Reader<'_>, stream: &str, most: u32) -> Result<Vec<Looker>, Fault> {
    let rows = reader.query(
        "SELECT at, account, post, organ, part, by_right FROM {matter_read}
         WHERE stream = $1 ORDER BY at DESC, event_id, nr LIMIT $2",
        &params![stream, i64::from(most)],
    )?;
    let looker = |row: &mingjing_chronicle::Row| Looker {
        at: Timestamp::from_microsecond(row.int(0)).unwrap_or(Timestamp::UNIX_EPOCH),
        account: row.text(1).to_owned(),
        post: row.text(2).to_owned(),
        organ: row.text(3).to_owned(),
        part: row.text(4).to_owned(),
        by: row.text(5).to_owned(),
    };
    Ok(rows.iter().map(looker).collect())
}
