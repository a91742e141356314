//! A city's record in the public log: whole, without anything personal, and whoever changes a row by hand is found.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use mingjing_ledger::{Board, Finding, NewLog, Place, Signer, create, reconcile};
use mingjing_testkit::{Engine, TestOffice, engines};
use mingjing_tlog::{Leaf, LeafKind, Resource, Tile};
use serde_json::Value as Json;

use super::told_again::{extent, told};

async fn sealed_city(engine: Engine) -> (TestOffice, Place) {
    let (_, _, _, office) = told(engine, extent(11, 30, 30), true).await;
    office.settle().await;
    let place = Place {
        files: office.folder().join("ledger"),
        journal: office.folder().join("journal"),
        key: office.folder().join("ledger.key"),
        policy: None,
        erasures: None,
    };
    let log = NewLog {
        origin: "127.0.0.1/330303/2026".to_owned(),
        shard: "2026".to_owned(),
    };
    create(&office.chronicle, &place, &log).await.unwrap();
    office.clock.advance_hours(48);
    let mut signer = Signer::new(Arc::clone(&office.chronicle), place.clone(), Board::default()).unwrap();
    while signer.round().await.unwrap() {}
    assert!(signer.close_days().await.unwrap() >= 10, "a month of days is closed");
    office.clock.advance_hours(1);
    while signer.round().await.unwrap() {}
    (office, place)
}

/// Whatever a payload says that could be somebody's: names, numbers, addresses, also of cases and accounts.
async fn said(office: &TestOffice) -> BTreeSet<String> {
    let events = office
        .chronicle
        .read(|reader| reader.events_after(0, 1_000_000))
        .await
        .unwrap();
    let mut said = BTreeSet::new();
    for event in &events {
        said.insert(event.envelope.event_id.clone());
        said.insert(event.envelope.actor.clone());
        said.insert(event.envelope.command_id.clone());
        said.insert(event.envelope.stream_id().to_owned());
        collect(&serde_json::from_slice(event.json().unwrap()).unwrap(), &mut said);
    }
    // The bodies' own ids and the days stand in every leaf.
    for event in &events {
        said.remove(&event.envelope.body);
        said.remove(&event.envelope.class);
        said.remove(&event.envelope.jurisdiction);
    }
    said.retain(|text| text.parse::<jiff::civil::Date>().is_err());
    said
}

fn collect(json: &Json, said: &mut BTreeSet<String>) {
    match json {
        Json::String(text) => {
            said.insert(text.clone());
        }
        Json::Array(values) => values.iter().for_each(|value| collect(value, said)),
        Json::Object(object) => object.values().for_each(|value| collect(value, said)),
        _ => {}
    }
}

fn files_below(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files_below(&path, found),
            false => found.push(path),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_of_the_city_stands_in_any_file_of_its_log() {
    let (office, place) = sealed_city(Engine::Sqlite).await;
    let said = said(&office).await;
    let is_phone = |text: &&String| text.len() == 11 && text.bytes().all(|byte| byte.is_ascii_digit());
    assert!(said.iter().any(|text| is_phone(&text)), "the search would find a phone");
    assert!(said.len() > 1_000, "{}", said.len());
    let folder = place.files.join("2026");
    let mut files = Vec::new();
    files_below(&folder, &mut files);
    let mut leaves = 0;
    for file in files {
        let name = file.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(&file).unwrap();
        if let Resource::Entries(tile) = Resource::parse(&name).unwrap() {
            leaves += only_leaves(&bytes, tile);
        }
        let text = String::from_utf8_lossy(&bytes);
        for word in said.iter().filter(|word| word.len() >= 8 && word.is_ascii()) {
            assert!(!text.contains(word.as_str()), "{name} holds {word}");
        }
    }
    assert!(leaves > 400, "{leaves}");
}

/// Entries are leaves and nothing else: class, day, hash, body, kind, version.
fn only_leaves(bytes: &[u8], tile: Tile) -> usize {
    let entries = mingjing_tlog::parse_bundle(bytes, tile.width()).unwrap();
    for entry in &entries {
        let leaf = Leaf::parse(entry).unwrap();
        let known = [
            "permit",
            "penalty",
            "matter",
            "assistance",
            "register",
            "erase",
            "close",
            "shard",
            "reads",
        ]
        .contains(&leaf.class());
        assert!(known, "{} is no class that everybody may know", leaf.class());
        assert!(matches!(leaf.kind(), LeafKind::Act | LeafKind::Close | LeafKind::Shard));
    }
    entries.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_row_changed_by_hand_in_the_citys_database_is_found_and_named() {
    for engine in engines() {
        let (office, place) = sealed_city(engine).await;
        let before = reconcile(&office.chronicle, &place, None).await.unwrap();
        assert_eq!(before.findings, []);
        assert!(before.acts > 400 && before.leaves > before.acts, "{before:?}");
        let guard = match engine {
            Engine::Sqlite => "DROP TRIGGER event_never_updated",
            Engine::Postgres => "DROP TRIGGER event_never_changed ON event",
        };
        let altered = office
            .does(move |tx| {
                let row = tx.query("SELECT MAX(stream) FROM event WHERE kind = 'case.decided'", &[])?;
                let stream = row[0].text(0).to_owned();
                tx.execute(guard, &[])?;
                if tx.sql().backend() == mingjing_chronicle::Backend::Postgres {
                    tx.execute("GRANT ALL ON event TO CURRENT_USER", &[])?;
                }
                let text = "UPDATE event SET post = 'another' WHERE kind = 'case.decided' AND stream = $1";
                assert_eq!(tx.execute(text, &mingjing_chronicle::params![&stream])?, 1);
                Ok(stream)
            })
            .await;
        let after = reconcile(&office.chronicle, &place, None).await.unwrap();
        let named: Vec<&str> = after
            .findings
            .iter()
            .map(|finding| match finding {
                Finding::Altered { event, .. } => event.stream.rsplit_once('#').unwrap().0,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(named, [altered.as_str()]);
    }
}
