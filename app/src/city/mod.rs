//! The simulated city: invented people in real bodies, the 132 items, and their cases. Everything is done by the
//! same commands as everybody's; a demo is a flag of its database.
//!
//! Reading order: `people`, `population`, `story` (who and what there is) → `cast` (looked up once) → `plan`, `seasons`
//! (how a case will go, when people come) → `script` (what they enter) → `penalties` (the same for penalties) →
//! `simulation` (whose turn it is) → `drivers` (act by act, or in bulk) → `digest` (is it the same story?). `lives`
//! measures one life at a time.

mod cast;
mod changes;
mod charted;
pub mod dice;
mod digest;
mod drivers;
#[cfg(test)]
mod erased;
pub mod lives;
mod penalties;
mod people;
mod plan;
mod population;
mod script;
#[cfg(test)]
mod sealed;
mod seasons;
mod simulation;
mod story;
#[cfg(test)]
mod told_again;

use std::path::Path;
use std::sync::Arc;

use jiff::{Timestamp, ToSpan};
use mingjing_cases::{PapersLater, RENDER_PAPER};
use mingjing_catalogue::ImportOrder;
use mingjing_chronicle::{Actor, Blueprint, Chance, Chronicle, Clock, KeyRing, Stop, params, shanghai_date};

pub use digest::digest;
pub use simulation::{Extent, Tally};

use crate::house;
use crate::outcome::complain;
use crate::settings::Settings;
use cast::Cast;
use simulation::Simulation;

/// The demo city's life: always the same seed, so that everybody sees the same city.
const DEMO_DAYS: u32 = 90;
const DEMO_CASES: usize = 300;
const DEMO_SEED: u64 = 20_260_101;

/// Fills an empty database; returns at once when the city stands already.
///
/// # Errors
/// What went wrong, in words.
pub async fn build(settings: &Settings, data: &Path, keys: KeyRing) -> Result<(), String> {
    let now = Clock::System.now();
    let extent = Extent {
        seed: DEMO_SEED,
        cases: DEMO_CASES,
        days: DEMO_DAYS,
        last: shanghai_date(now),
    };
    let clock = Clock::at(begins(&extent));
    let papers = papers();
    let parameters = settings.parameters()?;
    let blueprint = with_papers(house::blueprint(&settings.jurisdiction, parameters), &papers);
    let chronicle = house::open_as(settings, data, keys, clock.clone(), Chance::System, blueprint)
        .await
        .map_err(|fault| format!("打不开演示数据：{fault}。如果上次没有建完就中断了，请删除数据目录后重新启动。"))?;
    if flagged(&chronicle).await? {
        return Ok(());
    }
    // The flag is set last: a city that was interrupted half-way is refused with advice, not shown half.
    if !is_empty(&chronicle).await? {
        return Err("数据目录里有一座没有建完的演示城，请删除该目录后重新启动。".to_owned());
    }
    // Nothing of it is worth a flush of the disk before it is whole: a city cut off is built anew.
    let in_disk_words = |fault: mingjing_chronicle::Fault| fault.to_string();
    chronicle.stop_syncing().await.map_err(in_disk_words)?;
    settle_in(&chronicle).await?;
    live(&chronicle, &clock, extent, now, Pace::ActByAct(papers)).await?;
    changes::file(&chronicle).await.map_err(|stop| in_words(&stop))?;
    chronicle.sync_again().await.map_err(in_disk_words)?;
    flag(&chronicle).await
}

/// A day before the first arrival: bodies, people and items stand by then.
pub fn begins(extent: &Extent) -> Timestamp {
    let first = extent.last.saturating_sub(i64::from(extent.days).days());
    first
        .to_zoned(mingjing_chronicle::context::shanghai())
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// Where the papers of a city go that lives act by act.
pub fn papers() -> PapersLater {
    PapersLater::new(crate::commands::paper::press())
}

/// The house in which a city lives act by act.
pub fn with_papers(blueprint: Blueprint, papers: &PapersLater) -> Blueprint {
    blueprint.job(RENDER_PAPER, Arc::new(papers.clone()))
}

pub enum Pace {
    /// With papers and everything that belongs to an act, in a house [`with_papers`].
    ActByAct(PapersLater),
    /// A thousand acts in a commit, without papers. `sealed`: the follower makes their leaves afterwards.
    InBulk { sealed: bool },
}

/// Lives a story in a city that stands.
///
/// # Errors
/// What went wrong, in words.
pub async fn live(
    chronicle: &Arc<Chronicle>,
    clock: &Clock,
    extent: Extent,
    until: Timestamp,
    pace: Pace,
) -> Result<(Tally, usize), String> {
    complain(&format!("== 模拟：{} 天，{} 件", extent.days, extent.cases));
    let residents = (extent.cases / 8).clamp(5, 20_000);
    let simulation = prepare(chronicle, extent, residents)
        .await
        .map_err(|stop| in_words(&stop))?;
    let mut told = 0;
    let progress = move |tally: &Tally| {
        let tenth = tally.cases * 10 / extent.cases.max(1);
        if tenth > told {
            told = tenth;
            complain(&format!("== 模拟：已收件 {} 件（{}%）", tally.cases, tenth * 10));
        }
    };
    let lived = match pace {
        Pace::ActByAct(papers) => drivers::live(chronicle, clock, simulation, until, &papers, progress).await,
        Pace::InBulk { sealed } => drivers::bulk(chronicle, clock, simulation, until, sealed, progress).await,
    };
    let lived = lived.map_err(|stop| in_words(&stop))?;
    let unfinished = lived.unfinished();
    Ok((lived.tally, unfinished))
}

async fn prepare(chronicle: &Arc<Chronicle>, extent: Extent, residents: usize) -> Result<Simulation, Stop> {
    settle_residents(chronicle, residents).await?;
    let cast = Cast::with_residents(chronicle, extent.seed, residents).await?;
    let sample = lives::store_sample(chronicle).await?;
    Ok(Simulation::new(extent, chronicle.calendar(), cast, sample))
}

/// One event in a record, for tests elsewhere.
///
/// # Errors
/// A fault.
#[cfg(test)]
pub fn register_first_resident(tx: &mut mingjing_chronicle::Tx<'_>) -> Result<(), Stop> {
    population::register(tx, &population::resident(0))
}

async fn settle_residents(chronicle: &Chronicle, residents: usize) -> Result<(), Stop> {
    const AT_ONCE: usize = 500;
    for first in (0..residents).step_by(AT_ONCE) {
        chronicle
            .inside(Actor::system(), move |tx| {
                for number in first..residents.min(first + AT_ONCE) {
                    population::register(tx, &population::resident(number))?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}

/// From here on this is a demo: its sign-in page lets everybody in.
///
/// # Errors
/// What went wrong, in words.
pub async fn flag(chronicle: &Chronicle) -> Result<(), String> {
    chronicle
        .inside(Actor::system(), |tx| {
            tx.execute("INSERT INTO deployment (name, value) VALUES ('demo', 'yes')", &[])?;
            Ok(())
        })
        .await
        .map_err(|stop| in_words(&stop))
}

/// Bodies, people and items, without any case.
///
/// # Errors
/// What went wrong, in words.
pub async fn settle_in(chronicle: &Arc<Chronicle>) -> Result<(), String> {
    complain("== 演示城：机构与人员");
    people::settle(chronicle).await.map_err(|stop| in_words(&stop))?;
    complain("== 演示城：事项目录（132 项）");
    catalogue(chronicle).await
}

async fn flagged(chronicle: &Chronicle) -> Result<bool, String> {
    chronicle
        .read(|reader| {
            let row = reader.query_one("SELECT value FROM deployment WHERE name = 'demo'", &params![])?;
            Ok(row.is_some_and(|row| row.text(0) == "yes"))
        })
        .await
        .map_err(|fault| fault.to_string())
}

pub async fn is_empty(chronicle: &Chronicle) -> Result<bool, String> {
    let head = chronicle.read(|reader| reader.head()).await;
    Ok(head.map_err(|fault| fault.to_string())? == 0)
}

async fn catalogue(chronicle: &Arc<Chronicle>) -> Result<(), String> {
    // The ranks of the norms are known before anything rests on them; editions come when there is something that cites them.
    story::laws(chronicle).await.map_err(|stop| in_words(&stop))?;
    for bytes in [
        story::CATALOGUE,
        story::SIX_BODIES,
        story::JOINT,
        story::PENALTIES,
        story::PROCEDURES,
        story::FOOD_PERMIT,
    ] {
        let order = ImportOrder {
            bytes: bytes.to_vec(),
            attachments: story::attachments(),
            confirmed_by: Some("龙湾区司法局（演示）, 龙司演〔2026〕1号".to_owned()),
            dry_run: false,
        };
        let report = mingjing_catalogue::import(chronicle, Actor::system(), order)
            .await
            .map_err(|stop| in_words(&stop))?;
        if report.refused > 0 {
            return Err(format!("演示事项有 {} 行被拒绝：{report:?}", report.refused));
        }
    }
    story::references(chronicle).await.map_err(|stop| in_words(&stop))
}

pub fn in_words(stop: &Stop) -> String {
    match stop {
        Stop::Refusal(refusal) => {
            let fields: Vec<&str> = refusal.fields.iter().map(|field| field.message.as_str()).collect();
            format!("{}：{} {}", refusal.code, refusal.message, fields.join("；"))
        }
        Stop::Conflict(_) => "记录在此期间有了变化".to_owned(),
        Stop::Fault(fault) => fault.to_string(),
    }
}
