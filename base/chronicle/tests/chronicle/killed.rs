//! A process that works is killed at a random moment, again and again. After each kill every act it
//! acknowledged to a log outside is there, none is there twice, and the views are what the events say.
//!
//! The victim is this test binary itself, started anew for one ignored test. `make test` kills ten times
//! per engine; `MINGJING_KILLS=100` (or more) makes it the soak.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mingjing_chronicle::{BlobPlace, Chance, Chronicle, Clock, Location, Request, operate};
use mingjing_testkit::{Place, TestOffice, engines};

use crate::ledger_of_pebbles::{add, blueprint, clerk};

const CLIENTS: usize = 16;
const HEAPS: usize = 5;
const VICTIM: &str = "killed::victim";

async fn open(location: Location) -> Arc<Chronicle> {
    let clock = Clock::System;
    Chronicle::open(location, blueprint(), TestOffice::keys(), clock, Chance::System)
        .await
        .unwrap()
}

fn encode(location: &Location) -> String {
    match location {
        Location::Folder(folder) => format!("folder {}", folder.display()),
        Location::Postgres {
            url,
            blobs: BlobPlace::Folder(blobs),
        } => format!("{url} {}", blobs.display()),
        Location::Postgres { .. } => panic!("the victim's files lie in a folder"),
    }
}

fn decode(text: &str) -> Location {
    let (first, second) = text.split_once(' ').unwrap();
    match first {
        "folder" => Location::Folder(second.into()),
        url => Location::Postgres {
            url: url.into(),
            blobs: BlobPlace::Folder(second.into()),
        },
    }
}

/// Not a test: the process that is killed. It works until then.
#[test]
#[ignore = "started by the kill test"]
fn victim() {
    let Ok(place) = std::env::var("MINGJING_VICTIM_PLACE") else {
        return;
    };
    let log = std::env::var("MINGJING_VICTIM_LOG").unwrap();
    let round = std::env::var("MINGJING_VICTIM_ROUND").unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let chronicle = open(decode(&place)).await;
        let log = Arc::new(Mutex::new(OpenOptions::new().append(true).open(log).unwrap()));
        let background = chronicle.start(Arc::new(tokio::sync::Notify::new()));
        let clients = (0..CLIENTS).map(|client| {
            let (chronicle, log, round) = (Arc::clone(&chronicle), Arc::clone(&log), round.clone());
            tokio::spawn(async move {
                for turn in 0.. {
                    let key = format!("{round}-{client}-{turn}");
                    let heap = format!("heap-{round}-{}", (client + turn) % HEAPS);
                    let request = Request::by(clerk()).once(&key, "body");
                    if chronicle.perform(request, move |tx| add(tx, &heap, 1)).await.is_ok() {
                        // One write, so that a kill leaves whole lines; the log is no part of what is tested.
                        log.lock().unwrap().write_all(format!("{key}\n").as_bytes()).unwrap();
                    }
                }
            })
        });
        futures_util::future::join_all(clients).await;
        drop(background);
    });
}

fn run_and_kill(place: &Location, log: &Path, round: u32) {
    let before = std::fs::metadata(log).unwrap().len();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args([VICTIM, "--exact", "--ignored", "--nocapture"])
        .env("MINGJING_VICTIM_PLACE", encode(place))
        .env("MINGJING_VICTIM_LOG", log)
        .env("MINGJING_VICTIM_ROUND", round.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It is killed while it works, not while it starts.
    for _ in 0..1_500 {
        if std::fs::metadata(log).unwrap().len() > before {
            break;
        }
        assert!(victim.try_wait().unwrap().is_none(), "the victim ended by itself");
        std::thread::sleep(Duration::from_millis(10));
    }
    let random = u16::from_be_bytes(Chance::System.bytes::<2>());
    std::thread::sleep(Duration::from_micros(u64::from(random) * 8));
    // On Unix this is SIGKILL: no destructor runs.
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert!(
        std::fs::metadata(log).unwrap().len() > before,
        "nothing was acknowledged in round {round}"
    );
}

fn acknowledged(log: &Path) -> Vec<String> {
    let mut text = String::new();
    File::open(log).unwrap().read_to_string(&mut text).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "a torn line in the log");
    text.lines().map(str::to_owned).collect()
}

/// How often each key was done, by the commands of the events: one command, one event, one key.
async fn done(chronicle: &Chronicle) -> (BTreeMap<String, i64>, i64, i64) {
    chronicle
        .read(|reader| {
            let keys = reader.query("SELECT key, COUNT(*) FROM idempotency GROUP BY key", &[])?;
            let keys = keys.iter().map(|row| (row.text(0).to_owned(), row.int(1))).collect();
            let events = reader.query("SELECT COUNT(*), COUNT(DISTINCT command_id) FROM event", &[])?;
            Ok((keys, events[0].int(0), events[0].int(1)))
        })
        .await
        .unwrap()
}

async fn must_be_whole(chronicle: &Arc<Chronicle>, log: &Path, round: u32) {
    let (keys, events, commands) = done(chronicle).await;
    for key in acknowledged(log) {
        assert!(
            keys.contains_key(&key),
            "round {round}: {key} was acknowledged and is lost"
        );
    }
    assert_eq!(
        keys.len() as i64,
        events,
        "round {round}: an act without its key or twice"
    );
    assert_eq!(events, commands);
    let report = operate::rebuild_check(chronicle).await.unwrap();
    assert!(report.equal(), "round {round}: {report:?}");
    chronicle.settle().await.unwrap();
    let (echoes, twice, positions) = chronicle
        .read(|reader| {
            let echoes = reader.query("SELECT COUNT(*) FROM echo", &[])?[0].int(0);
            let twice = reader.query("SELECT COUNT(*) FROM echo WHERE times <> 1", &[])?[0].int(0);
            let positions = reader.query("SELECT COUNT(*), MAX(position) FROM event_position", &[])?;
            Ok((echoes, twice, (positions[0].int(0), positions[0].int(1))))
        })
        .await
        .unwrap();
    assert_eq!((echoes, twice), (events, 0), "round {round}: followers");
    assert_eq!(positions, (events, events), "round {round}: positions are not dense");
}

#[test]
fn whatever_the_moment_of_the_kill() {
    let kills = std::env::var("MINGJING_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok());
    let kills: u32 = kills.unwrap_or(10);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    for engine in engines() {
        let mut acts = 0;
        // A place lives through ten kills: each check reads all that ever happened there.
        for first in (0..kills).step_by(10) {
            let place = runtime.block_on(Place::new(engine));
            let log = place.folder().join("acknowledged.log");
            File::create(&log).unwrap();
            for round in first..kills.min(first + 10) {
                run_and_kill(&place.location(), &log, round);
                runtime.block_on(async {
                    let chronicle = open(place.location()).await;
                    must_be_whole(&chronicle, &log, round).await;
                });
            }
            acts += acknowledged(&log).len();
        }
        println!("{engine:?}: {kills} kills, {acts} acknowledged");
    }
}
