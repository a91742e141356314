//! Kill loops at the server: the real binary serves and lives, is killed at a random moment, again and again. After each
//! kill every act that it acknowledged is there, none is there twice, and the views are what the events say. The next
//! round lives the broken-off lives again with the same keys, as people do who got no answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mingjing_cases::number::Procedure;
use mingjing_chronicle::{Chronicle, operate};
use serde_json::{Value as Json, json};

use super::{Bench, fill, open};
use crate::city;
use crate::city::dice::Dice;
use crate::city::lives::{Lives, MEASURED, Told, acts_of};
use crate::outcome::complain;

const CLIENTS: usize = 16;
const PREFIX: &str = "kills";
/// A busy machine takes its time to start a debug build.
const LONGEST_START: Duration = Duration::from_secs(60);

/// Kills as often as asked and tells what was found.
///
/// # Errors
/// The first act lost or doubled, the first view that is not what its events say, in words.
pub async fn kill_again_and_again(bench: &Bench, folder: &Path, kills: usize) -> Result<Json, String> {
    fill(folder, bench.database.clone(), 0).await?;
    let log = folder.join("acknowledged.log");
    File::create(&log).map_err(|error| error.to_string())?;
    let begun = Instant::now();
    for round in 0..kills {
        let mut dice = Dice::of(bench.seed, "kill", round as u64);
        let pause = Duration::from_millis(dice.below(1_200) as u64);
        run_and_kill(bench, folder, &log, pause).await?;
        let chronicle = open(folder, bench.database.clone()).await?;
        must_be_whole(&chronicle, &log)
            .await
            .map_err(|why| format!("after kill {round}: {why}"))?;
    }
    let acts = acknowledged(&log)?;
    Ok(json!({
        "kills": kills,
        "seed": bench.seed,
        "acknowledged": acts.len(),
        "whole_lives": whole_lives(&acts).len(),
        "seconds": begun.elapsed().as_secs(),
    }))
}

async fn run_and_kill(bench: &Bench, folder: &Path, log: &Path, pause: Duration) -> Result<(), String> {
    let length = || std::fs::metadata(log).map_or(0, |file| file.len());
    let before = length();
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = tokio::process::Command::new(program);
    command.arg("bench").arg("--serve").arg(folder).arg("--lives").arg(log);
    if let Some(url) = &bench.database {
        command.arg("--database").arg(url);
    }
    let child = command.stdout(Stdio::null()).kill_on_drop(true).spawn();
    let mut child = child.map_err(|error| error.to_string())?;
    // It is killed while it works, not while it starts.
    let begun = Instant::now();
    while length() == before {
        let ended = child.try_wait().map_err(|error| error.to_string())?;
        if ended.is_some() || begun.elapsed() > LONGEST_START {
            return Err(format!("the server did not begin to work: {ended:?}"));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(pause).await;
    // On Unix this is SIGKILL: no destructor runs, no request is answered to its end.
    child.kill().await.map_err(|error| error.to_string())
}

/// The victim's side: lives until it is killed. What was acknowledged before is not lived again, but for the life that
/// was broken off.
///
/// # Errors
/// The log cannot be read or written; an act that no rule should refuse was refused.
pub async fn live_until_killed(chronicle: Arc<Chronicle>, log: &Path) -> Result<(), String> {
    let done = Arc::new(whole_lives(&acknowledged(log)?));
    let file = OpenOptions::new().append(true).open(log);
    let file = Arc::new(Mutex::new(file.map_err(|error| error.to_string())?));
    let lives = Lives::begin(chronicle, PREFIX)
        .await
        .map_err(|stop| city::in_words(&stop))?;
    let lives = Arc::new(lives);
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let (lives, done, file) = (Arc::clone(&lives), Arc::clone(&done), Arc::clone(&file));
        clients.push(tokio::spawn(async move {
            for number in (client..).step_by(CLIENTS) {
                let procedure = MEASURED[number / CLIENTS % 2];
                if done.contains(&life_of(procedure, number)) {
                    continue;
                }
                let told = |told: Told<'_>| {
                    let line = format!("{} {} {}\n", told.key, told.case_no, told.version);
                    // One write, so that a kill leaves whole lines; the log is no part of what is tested.
                    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                    let _ = file.write_all(line.as_bytes());
                };
                lives
                    .live(procedure, number, told)
                    .await
                    .map_err(|stop| city::in_words(&stop))?;
            }
            Ok::<(), String>(())
        }));
    }
    for client in clients {
        client.await.map_err(|error| error.to_string())??;
    }
    Ok(())
}

fn life_of(procedure: Procedure, number: usize) -> String {
    format!("{PREFIX}-{}-{number}", procedure.key())
}

/// An acknowledged act; the same again where a life was lived again.
struct Acknowledged {
    key: String,
    case_no: String,
    version: i64,
}

fn acknowledged(log: &Path) -> Result<Vec<Acknowledged>, String> {
    let text = std::fs::read_to_string(log).map_err(|error| error.to_string())?;
    text.lines()
        .map(|line| {
            let mut parts = line.split(' ');
            let (key, case_no, version) = (parts.next(), parts.next(), parts.next());
            let version = version.and_then(|version| version.parse().ok());
            match (key, case_no, version) {
                (Some(key), Some(case_no), Some(version)) => Ok(Acknowledged {
                    key: key.to_owned(),
                    case_no: case_no.to_owned(),
                    version,
                }),
                _ => Err(format!("a torn line in the log: {line}")),
            }
        })
        .collect()
}

fn whole_lives(acts: &[Acknowledged]) -> BTreeSet<String> {
    let last = |procedure: Procedure| format!("-{}", acts_of(procedure) - 1);
    let ends: Vec<(String, String)> = MEASURED
        .into_iter()
        .map(|procedure| (format!("{PREFIX}-{}-", procedure.key()), last(procedure)))
        .collect();
    acts.iter()
        .filter_map(|act| {
            let (_, last) = ends.iter().find(|(begins, _)| act.key.starts_with(begins))?;
            act.key.strip_suffix(last.as_str()).map(str::to_owned)
        })
        .collect()
}

async fn must_be_whole(chronicle: &Arc<Chronicle>, log: &Path) -> Result<(), String> {
    let acts = acknowledged(log)?;
    each_is_there_once(chronicle, &acts).await?;
    let report = operate::rebuild_check(chronicle).await;
    let report = report.map_err(|fault| fault.to_string())?;
    complain(&format!("== kills: {} acts acknowledged, all there", acts.len()));
    match report.equal() {
        true => Ok(()),
        false => Err(format!("the views are not what the events say: {report:?}")),
    }
}

/// What is recorded of streams and keys.
struct Recorded {
    keys: BTreeSet<String>,
    heads: BTreeMap<String, i64>,
    /// Acts of these lives happen once in each of them.
    twice: Vec<String>,
}

async fn recorded(chronicle: &Chronicle) -> Result<Recorded, String> {
    let read = chronicle.read(|reader| {
        let keys = reader.query("SELECT key FROM idempotency", &[])?;
        let heads = reader.query(
            "SELECT stream, MAX(version) FROM event WHERE class IN ('permit', 'penalty') GROUP BY stream",
            &[],
        )?;
        let twice = reader.query(
            "SELECT stream, kind, COUNT(*) FROM event
             WHERE class IN ('permit', 'penalty') AND kind NOT LIKE '%.paper_%'
             GROUP BY stream, kind HAVING COUNT(*) > 1",
            &[],
        )?;
        Ok(Recorded {
            keys: keys.iter().map(|row| row.text(0).to_owned()).collect(),
            heads: heads.iter().map(|row| (row.text(0).to_owned(), row.int(1))).collect(),
            twice: twice
                .iter()
                .map(|row| format!("{} {} ({})", row.text(0), row.text(1), row.int(2)))
                .collect(),
        })
    });
    read.await.map_err(|fault| fault.to_string())
}

async fn each_is_there_once(chronicle: &Chronicle, acts: &[Acknowledged]) -> Result<(), String> {
    let recorded = recorded(chronicle).await?;
    if !recorded.twice.is_empty() {
        return Err(format!("done twice: {:?}", recorded.twice));
    }
    let (mut answers, mut versions) = (BTreeMap::new(), BTreeMap::new());
    for act in acts {
        if !recorded.keys.contains(&act.key) {
            return Err(format!("{} was acknowledged and is lost", act.key));
        }
        // Asked again with the same key the answer is the same.
        let answer = (act.case_no.as_str(), act.version);
        if *answers.entry(act.key.as_str()).or_insert(answer) != answer {
            return Err(format!("{} was answered in two ways", act.key));
        }
        if act.case_no.is_empty() {
            continue;
        }
        let stream = match Procedure::of(&act.case_no) {
            Some(Procedure::Penalty) => format!("penalty/{}", act.case_no),
            _ => format!("case/{}", act.case_no),
        };
        if recorded.heads.get(&stream).is_none_or(|head| *head < act.version) {
            return Err(format!("{} was acknowledged and {stream} does not have it", act.key));
        }
        let first = versions.entry(answer).or_insert(act.key.as_str());
        if *first != act.key {
            return Err(format!("{first} and {} are one event of {stream}", act.key));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use mingjing_testkit::{Engine, TestOffice};

    use super::*;
    use crate::city::lives;
    use crate::commands::demo;
    use crate::house;

    fn act(key: &str, case_no: &str, version: i64) -> Acknowledged {
        Acknowledged {
            key: key.to_owned(),
            case_no: case_no.to_owned(),
            version,
        }
    }

    #[test]
    fn a_life_is_whole_with_its_last_act() {
        let acts = [
            act("kills-permit-3-11", "a", 9),
            act("kills-permit-4-10", "b", 8),
            act("kills-penalty-5-17", "c", 18),
            act("kills-penalty-6-11", "d", 12),
        ];
        let whole: Vec<String> = whole_lives(&acts).into_iter().collect();
        assert_eq!(whole, ["kills-penalty-5", "kills-permit-3"]);
    }

    /// The look after a kill is worth something only if it finds what is wrong.
    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_lost_or_doubled_is_found() {
        let settings = demo::settings(Path::new("nowhere"), ([127, 0, 0, 1], 0).into(), None);
        let plan = move || house::blueprint("330303", settings.parameters().unwrap());
        let office = TestOffice::open(Engine::Sqlite, plan).await;
        city::settle_in(&office.chronicle).await.unwrap();
        lives::settle_applicants(&office.chronicle).await.unwrap();
        let lives = Lives::begin(Arc::clone(&office.chronicle), PREFIX).await.unwrap();
        let mut lived = Vec::new();
        // Each twice: the second time every act is answered from its first outcome.
        for procedure in [Procedure::Permit, Procedure::Penalty].repeat(2) {
            let told = |told: Told<'_>| lived.push((told.key.to_owned(), told.case_no.to_owned(), told.version));
            lives.live(procedure, 0, told).await.unwrap();
        }
        assert_eq!(
            lived.len(),
            2 * (acts_of(Procedure::Permit) + acts_of(Procedure::Penalty))
        );
        let as_lived =
            || -> Vec<Acknowledged> { lived.iter().map(|(key, no, version)| act(key, no, *version)).collect() };
        each_is_there_once(&office.chronicle, &as_lived()).await.unwrap();
        let (key, case_no, version) = lived[5].clone();
        for (wrong, said) in [
            (act("kills-permit-1-0", "", 0), "is lost"),
            (act(&key, &case_no, version + 1), "in two ways"),
            (act(&lived[0].0, &case_no, 99), "in two ways"),
            (act(&lived[6].0, "330303-20260101-00000000", 1), "in two ways"),
        ] {
            let mut acts = as_lived();
            acts.push(wrong);
            let why = each_is_there_once(&office.chronicle, &acts).await.unwrap_err();
            assert!(why.contains(said), "{why}");
        }
        for (only, said) in [
            (vec![act(&key, &case_no, 99)], "does not have it"),
            (
                vec![act(&key, &case_no, 3), act(&lived[6].0, &case_no, 3)],
                "are one event",
            ),
        ] {
            let why = each_is_there_once(&office.chronicle, &only).await.unwrap_err();
            assert!(why.contains(said), "{why}");
        }
    }
}
