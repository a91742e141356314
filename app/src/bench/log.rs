//! `mingjing bench --log`: the public log. How many leaves get their places, what that costs the cases, how soon after an
//! act its receipt is there, and how long checking and proving take on a large log.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mingjing_cases::number::Procedure;
use mingjing_chronicle::{Actor, Chance, Chronicle, Clock, params};
use mingjing_ledger::{Board, LEAVES, Place, Sequenced, Signed, Signer, keep, open_head, place_of, sequence};
use mingjing_tlog::{Fields, Leaf, LeafKind};
use mingjing_web::reads::{Read, Reads};
use serde_json::{Value as Json, json};
use tokio::sync::Notify;

use super::figures::{self, Samples, machine, process_milliseconds};
use super::{Bench, fill, round};
use crate::city;
use crate::city::lives::Lives;
use crate::commands::demo;
use crate::house;
use crate::outcome::complain;
use crate::settings::{Settings, read_key};

mod large;

/// Leaves that wait at first, for the pure speed of giving places.
const WAITING: usize = 100_000;
/// Rounds of cases with and without the log, by turns, so that a busy machine is busy for both. The first of each is not
/// counted: it runs on an empty record with nothing warm.
const TURNS: usize = 5;

pub async fn measure(bench: &Bench, folder: &Path) -> Result<Json, String> {
    let own = folder.join("city");
    std::fs::create_dir_all(&own).map_err(|error| error.to_string())?;
    let filled = fill(&own, bench.database.clone(), 0).await?;
    let place = begin(&own, bench.database.clone()).await?;
    // Before the leaves that no event stands behind: checking those would be paid by the cases.
    complain("== bench: cases with and without the log");
    let cost = cost(bench, &own, &place).await?;
    complain("== bench: from an act to its receipt");
    let receipts = receipts(bench, &own, &place).await?;
    complain("== bench: places for leaves that wait");
    let alone = places(bench, &own, &place, None).await?;
    complain("== bench: places beside running cases");
    let beside = places(bench, &own, &place, Some(bench.clients.min(16))).await?;
    complain("== bench: who looked at what");
    let reads = looks(bench, &own).await?;
    complain(&format!("== bench: a log of {} leaves", bench.log_leaves));
    let large = large::measure(&folder.join("large"), bench.log_leaves)?;
    Ok(json!({
        "machine": machine(),
        "load_after": figures::load(),
        "software": house::SOFTWARE,
        "engine": if bench.database.is_some() { "postgresql" } else { "sqlite" },
        "fill": filled,
        "sequence": { "alone": alone, "beside_cases": beside },
        "cost_to_cases": cost,
        "receipts": receipts,
        "looks": reads,
        "large": large,
    }))
}

fn settings(folder: &Path, database: Option<String>) -> Settings {
    let mut settings = demo::settings(folder, ([127, 0, 0, 1], 0).into(), database);
    settings
        .parameters
        .insert("ledger.cadence_seconds".to_owned(), "1".to_owned());
    settings
}

/// With the log's follower, or without: what the log costs is what differs.
async fn open(folder: &Path, database: Option<String>, sealed: bool) -> Result<Arc<Chronicle>, String> {
    let settings = settings(folder, database);
    let keys = read_key(&settings.keys)?;
    let parameters = settings.parameters()?;
    let mut blueprint = house::blueprint(&settings.jurisdiction, parameters);
    if !sealed {
        blueprint.followers.retain(|follower| follower.name() != LEAVES);
    }
    house::open_as(&settings, folder, keys, Clock::System, Chance::System, blueprint)
        .await
        .map_err(|fault| fault.to_string())
}

async fn begin(folder: &Path, database: Option<String>) -> Result<Place, String> {
    let chronicle = open(folder, database.clone(), true).await?;
    let settings = settings(folder, database);
    let place = settings.log(folder)?.ok_or("the demo has a log")?;
    let year = Clock::System.today().year();
    mingjing_ledger::create(&chronicle, &place, &settings.new_log(year))
        .await
        .map_err(|stop| stop.to_string())?;
    Ok(place)
}

/// Leaves a second. `cases`: so many clients act meanwhile.
async fn places(bench: &Bench, folder: &Path, place: &Place, cases: Option<usize>) -> Result<Json, String> {
    let chronicle = open(folder, bench.database.clone(), true).await?;
    let prefix = if cases.is_some() { "beside" } else { "alone" };
    wait_for_places(&chronicle, prefix, WAITING).await?;
    let running = Arc::new(AtomicBool::new(true));
    let acting = match cases {
        Some(clients) => Some(keep_acting(&chronicle, clients, &running).await?),
        None => None,
    };
    let (begun, processor, mut given) = (Instant::now(), process_milliseconds("self"), 0);
    loop {
        match sequence(&chronicle, Signed::NOTHING)
            .await
            .map_err(|stop| stop.to_string())?
        {
            Sequenced::Grown { leaves, .. } => given += leaves,
            _ => break,
        }
        if given >= WAITING as u64 {
            break;
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let processor = process_milliseconds("self") - processor;
    running.store(false, Ordering::Relaxed);
    let acts = match acting {
        Some(acting) => acting.await.map_err(|error| error.to_string())??,
        None => 0,
    };
    let begun = Instant::now();
    let files = seal(&chronicle, place).await?;
    Ok(json!({
        "leaves": given,
        "leaves_per_second": (given as f64 / seconds).round(),
        "cpu_ms": processor,
        "commands_per_second_meanwhile": (acts as f64 / seconds).round(),
        "then_sealed": { "leaves": files, "leaves_per_second": (files as f64 / begun.elapsed().as_secs_f64()).round() },
    }))
}

async fn wait_for_places(chronicle: &Chronicle, prefix: &'static str, count: usize) -> Result<(), String> {
    for first in (0..count).step_by(5_000) {
        let insert = chronicle.inside(Actor::system(), move |tx| {
            for number in first..count.min(first + 5_000) {
                let text = format!("{prefix}-{number}");
                let fields = Fields::new(vec![("number", text.as_str())]);
                let commitment = fields.map_err(|_| internal())?.commit(&[7; 32]);
                let leaf = Leaf::new("permit", "2026-01-01", "33030300SJ", LeafKind::Act, commitment);
                let leaf = leaf.map_err(|_| internal())?.to_string();
                tx.execute(
                    "INSERT INTO ledger_waiting (event_id, day, leaf) VALUES ($1, '2026-01-01', $2)",
                    &params![format!("{prefix}-{number}"), leaf],
                )?;
            }
            Ok(())
        });
        insert.await.map_err(|stop| city::in_words(&stop))?;
    }
    Ok(())
}

fn internal() -> mingjing_chronicle::Fault {
    mingjing_chronicle::Fault::Internal("a leaf of the bench cannot be made".to_owned())
}

/// Penalties until it is told to stop; how many acts there were.
async fn keep_acting(
    chronicle: &Arc<Chronicle>,
    clients: usize,
    running: &Arc<AtomicBool>,
) -> Result<tokio::task::JoinHandle<Result<usize, String>>, String> {
    let lives = Lives::begin(Arc::clone(chronicle), &Chance::System.id()).await;
    let lives = Arc::new(lives.map_err(|stop| city::in_words(&stop))?);
    let first = first_number();
    let running = Arc::clone(running);
    Ok(tokio::spawn(async move {
        let mut tasks = Vec::new();
        for client in 0..clients {
            let (lives, running) = (Arc::clone(&lives), Arc::clone(&running));
            tasks.push(tokio::spawn(async move {
                let (mut acts, mut number) = (0, first + client);
                while running.load(Ordering::Relaxed) {
                    let lived = lives.live(Procedure::Penalty, number, |_| acts += 1).await;
                    lived.map_err(|stop| city::in_words(&stop))?;
                    number += clients;
                }
                Ok::<usize, String>(acts)
            }));
        }
        let mut acts = 0;
        for task in tasks {
            acts += task.await.map_err(|error| error.to_string())??;
        }
        Ok(acts)
    }))
}

/// A bank's receipt is recorded once: lives of different rounds have different numbers.
fn first_number() -> usize {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    NEXT.fetch_add(1_000_000, Ordering::Relaxed)
}

/// Files, journal, signature for all that has a place. Leaves.
async fn seal(chronicle: &Arc<Chronicle>, place: &Place) -> Result<u64, String> {
    let mut signer = Signer::new(Arc::clone(chronicle), place.clone(), Board::default());
    let signer = signer.as_mut().map_err(|stop| stop.to_string())?;
    while signer.round().await.map_err(|stop| stop.to_string())? {}
    let head = chronicle.read(|reader| open_head(reader.sql())).await;
    let head = head.map_err(|fault| fault.to_string())?.ok_or("there is a log")?;
    Ok(head.frontier.size())
}

/// Rounds of cases with all background work, by turns without the log and with follower, sequencer and signer.
async fn cost(bench: &Bench, folder: &Path, place: &Place) -> Result<Json, String> {
    let mut rates = [Vec::new(), Vec::new()];
    let mut processor = [Vec::new(), Vec::new()];
    for turn in 0..=TURNS {
        // Who comes second finds a larger record: that is each one's lot in turn.
        let pair = [(0, false), (1, true)];
        let pair = if turn % 2 == 0 { pair } else { [pair[1], pair[0]] };
        for (at, sealed) in pair {
            // What the turn before left is not to be paid by this one.
            let chronicle = open(folder, bench.database.clone(), true).await?;
            chronicle.settle().await.map_err(|stop| city::in_words(&stop))?;
            seal(&chronicle, place).await?;
            drop(chronicle);
            let chronicle = open(folder, bench.database.clone(), sealed).await?;
            let told = one_turn(bench, &chronicle, sealed.then_some(place)).await?;
            if turn > 0 {
                rates[at].push(told["commands_per_second"].as_f64().unwrap_or_default());
                processor[at].push(told["cpu_ms_per_lifecycle"].as_f64().unwrap_or_default());
            }
        }
    }
    let percent = |part: f64| (part * 1000.0).round() / 10.0;
    let (rate, cpu) = (rates.clone().map(median), processor.clone().map(median));
    Ok(json!({
        "commands_per_second_without": rates[0],
        "commands_per_second_with": rates[1],
        "cpu_ms_per_lifecycle_without": processor[0],
        "cpu_ms_per_lifecycle_with": processor[1],
        "of_medians": { "percent_slower": percent(1.0 - rate[1] / rate[0]), "percent_more_cpu": percent(cpu[1] / cpu[0] - 1.0) },
    }))
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or_default()
}

async fn one_turn(bench: &Bench, chronicle: &Arc<Chronicle>, place: Option<&Place>) -> Result<Json, String> {
    let lives = Lives::begin(Arc::clone(chronicle), &Chance::System.id()).await;
    let lives = Arc::new(lives.map_err(|stop| city::in_words(&stop))?);
    let stop = Arc::new(Notify::new());
    let mut background = chronicle.start(Arc::clone(&stop));
    if let Some(place) = place {
        let board = Board::default();
        let signer = Signer::new(Arc::clone(chronicle), place.clone(), Arc::clone(&board));
        background.push(mingjing_ledger::start(signer.map_err(|stop| stop.to_string())?, &stop));
        first_check(&board).await;
    }
    let cases = (bench.cases / TURNS).max(50);
    let told = round(&lives, Procedure::Penalty, bench.clients, first_number(), cases).await;
    stop.notify_waiters();
    for task in background {
        let _ = task.await;
    }
    told
}

/// A start checks all files and the whole record once, then a day passes: what is measured is the day.
async fn first_check(board: &Board) {
    let checked = || board.read().is_ok_and(|board| board.fsck.is_some());
    while !checked() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What noting a look costs the page that shows something, and how many a second are kept beside it.
async fn looks(bench: &Bench, folder: &Path) -> Result<Json, String> {
    const LOOKS: usize = 10_000;
    let chronicle = open(folder, bench.database.clone(), true).await?;
    let reads = Reads::kept();
    let begun = Instant::now();
    for number in 0..LOOKS {
        let noted = reads.note(Read {
            at: Clock::System.now(),
            account: format!("acc-{}", number % 200),
            post: "handler".to_owned(),
            body: format!("3303030{}SJ", number % 10),
            stream: format!("case/330303-20260506-{number:08}"),
            part: "page".to_owned(),
            by: "cases.board",
        });
        if !noted {
            return Err("there is room for these".to_owned());
        }
    }
    let noting = begun.elapsed();
    let (begun, processor) = (Instant::now(), process_milliseconds("self"));
    let kept = keep(&chronicle, &reads).await.map_err(|stop| stop.to_string())?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(json!({
        "looks": kept,
        "page_us_each": (noting.as_secs_f64() * 1e8 / LOOKS as f64).round() / 100.0,
        "kept_per_second": (kept as f64 / seconds).round(),
        "kept_cpu_us_each": (process_milliseconds("self") - processor) as f64 * 1_000.0 / LOOKS as f64,
    }))
}

/// Every act of a steady stream of cases: how long after it was recorded its receipt can be taken, at a cadence of 1 s.
async fn receipts(bench: &Bench, folder: &Path, place: &Place) -> Result<Json, String> {
    let chronicle = open(folder, bench.database.clone(), true).await?;
    chronicle.settle().await.map_err(|stop| city::in_words(&stop))?;
    seal(&chronicle, place).await?;
    let stop = Arc::new(Notify::new());
    let mut background = chronicle.start(Arc::clone(&stop));
    let signer = Signer::new(Arc::clone(&chronicle), place.clone(), Board::default());
    background.push(mingjing_ledger::start(signer.map_err(|stop| stop.to_string())?, &stop));
    let running = Arc::new(AtomicBool::new(true));
    let position = chronicle
        .read(|reader| reader.head())
        .await
        .map_err(|fault| fault.to_string())?;
    let acting = keep_acting(&chronicle, 1, &running).await?;
    let watched = watch(
        &chronicle,
        place,
        position,
        &running,
        Duration::from_secs(bench.page_seconds.max(5)),
    )
    .await;
    running.store(false, Ordering::Relaxed);
    let acts = acting.await.map_err(|error| error.to_string())??;
    stop.notify_waiters();
    for task in background {
        let _ = task.await;
    }
    let samples = watched?;
    Ok(
        json!({ "acts": acts, "sealed": samples.count(), "cadence_seconds": 1, "act_to_receipt_ms": samples.quantiles() }),
    )
}

/// Looks every few milliseconds what can be proved now.
async fn watch(
    chronicle: &Arc<Chronicle>,
    place: &Place,
    mut position: i64,
    running: &AtomicBool,
    lasting: Duration,
) -> Result<Samples, String> {
    let mut waiting: HashMap<String, i64> = HashMap::new();
    let (mut samples, begun) = (Samples::default(), Instant::now());
    // After the last act the log is given time for what waits still.
    while begun.elapsed() < lasting + Duration::from_secs(5) {
        if begun.elapsed() > lasting {
            running.store(false, Ordering::Relaxed);
        }
        let after = position;
        let news = chronicle.read(move |reader| reader.events_after(after, 5_000)).await;
        for event in news.map_err(|fault| fault.to_string())? {
            position = event.position;
            if !event.envelope.class.is_empty() {
                waiting.insert(
                    event.envelope.event_id.clone(),
                    event.envelope.recorded_at.as_microsecond(),
                );
            }
        }
        for id in published(chronicle, place, waiting.keys().cloned().collect()).await? {
            let now = Clock::System.now().as_microsecond();
            if let Some(recorded) = waiting.remove(&id) {
                let took = u64::try_from(now - recorded).unwrap_or(0);
                samples.add("receipt", Duration::from_micros(took));
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    match waiting.len() {
        0 => Ok(samples),
        left => Err(format!("{left} acts have no receipt five seconds after the last one")),
    }
}

/// Those of these events whose places are below the published size.
async fn published(chronicle: &Chronicle, place: &Place, ids: Vec<String>) -> Result<Vec<String>, String> {
    let head = chronicle.read(|reader| open_head(reader.sql())).await;
    let head = head.map_err(|fault| fault.to_string())?.ok_or("there is a log")?;
    let shown = place.shard(&head.shard).published().map_err(|stop| stop.to_string())?;
    let size = shown.map_or(0, |shown| shown.checkpoint().size);
    let found = chronicle.read(move |reader| {
        let mut found = Vec::new();
        for id in ids {
            if place_of(reader.sql(), &id)?.is_some_and(|(_, index)| index < size) {
                found.push(id);
            }
        }
        Ok(found)
    });
    found
        .await
        .map_err(|fault: mingjing_chronicle::Fault| fault.to_string())
}
