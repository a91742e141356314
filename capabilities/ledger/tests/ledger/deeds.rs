//! A small office to seal: deeds, which are acts, and notes, which are none.

use std::path::Path;
use std::sync::Arc;

use mingjing_chronicle::{About, Aggregate, Blueprint, Chronicle, Event, Payload, Recorded, RecordedEvent, Stop, Tx};
use mingjing_ledger::{Board, NewLog, Place, Shard, Signed, Signer, fsck};
use mingjing_testkit::TestOffice;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum DeedEvent {
    Granted { to: String, until: String },
    Noted { text: String },
}

impl Event for DeedEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            DeedEvent::Granted { .. } => "deed.granted",
            DeedEvent::Noted { .. } => "deed.noted",
        }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Deeds(pub i64);

impl Aggregate for Deeds {
    type Event = DeedEvent;
    const STREAM: &'static str = "deed";

    fn evolve(&mut self, recorded: &Recorded<'_, DeedEvent>) {
        if let Payload::Known(DeedEvent::Granted { .. }) = recorded.payload {
            self.0 += 1;
        }
    }
}

pub fn blueprint() -> Blueprint {
    Blueprint::new("330303", "test")
        .tables(mingjing_ledger::tables())
        .views(mingjing_ledger::views())
        .followers(mingjing_ledger::followers())
}

pub fn grant(tx: &mut Tx<'_>, id: &str, body: &str) -> Result<i64, Stop> {
    put(tx, id, body, "permit", "石小满")
}

pub fn put(tx: &mut Tx<'_>, id: &str, body: &str, class: &'static str, to: &str) -> Result<i64, Stop> {
    let mut loaded = tx.load::<Deeds>(id)?;
    let event = match class {
        "" => DeedEvent::Noted { text: to.to_owned() },
        _ => DeedEvent::Granted {
            to: to.to_owned(),
            until: "2031-03-01".to_owned(),
        },
    };
    let about = About {
        class,
        body: body.to_owned(),
        ..About::new(tx.context())
    };
    tx.append(&mut loaded, vec![event], &about)?;
    Ok(loaded.version)
}

pub fn place(folder: &Path) -> Place {
    Place {
        files: folder.join("ledger"),
        journal: folder.join("journal"),
        key: folder.join("ledger.key"),
        policy: None,
        erasures: None,
    }
}

pub fn new_log() -> NewLog {
    NewLog {
        origin: "log.example/330303/2026".to_owned(),
        shard: "2026".to_owned(),
    }
}

/// An office whose log was begun.
pub async fn begun(office: &TestOffice) -> Place {
    let place = place(office.folder());
    mingjing_ledger::create(&office.chronicle, &place, &new_log())
        .await
        .unwrap();
    place
}

pub fn signer(office: &TestOffice, place: &Place) -> Signer {
    Signer::new(Arc::clone(&office.chronicle), place.clone(), Board::default()).unwrap()
}

/// So many grants by two bodies, and a note.
pub async fn grants(office: &TestOffice, name: &str, count: usize) {
    let name = name.to_owned();
    office
        .does(move |tx| {
            for number in 0..count {
                grant(tx, &format!("{name}-{number}"), ["market", "fire"][number % 2])?;
            }
            put(tx, &name, "market", "", "便条").map(|_| ())
        })
        .await;
    office.settle().await;
}

pub async fn events(chronicle: &Chronicle) -> Vec<RecordedEvent> {
    chronicle.read(|reader| reader.events_after(0, 100_000)).await.unwrap()
}

/// Every published file is what its entries say; gives the published size.
pub fn checked(place: &Place) -> u64 {
    let shard: Shard<_> = place.shard("2026");
    let published = shard.published().unwrap().unwrap();
    let head = Signed {
        size: published.checkpoint().size,
        root: published.checkpoint().root,
    };
    fsck(&shard, head).unwrap().leaves
}
