//! `mingjing simulate`: a city lives on a virtual clock. The same seed tells the same story, but for ids and secrets.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use mingjing_chronicle::context::shanghai;
use mingjing_chronicle::{Chance, Clock, operate};
use serde_json::{Value as Json, json};

use crate::city::{self, Extent, Pace};
use crate::commands::demo;
use crate::commands::serve::runtime;
use crate::house;
use crate::outcome::{Outcome, complain, print_json};
use crate::settings::{create_key, read_key};

#[derive(Args)]
pub struct Simulate {
    /// 办件数
    #[arg(long)]
    cases: usize,
    /// 模拟的天数
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    days: u32,
    /// 种子：相同的种子得到相同的经过（编号和密钥除外）
    #[arg(long)]
    seed: u64,
    /// 最后一天；不写则为昨天
    #[arg(long)]
    until: Option<Date>,
    /// postgres://…（空库）；不写则用 SQLite
    #[arg(long)]
    database: Option<String>,
    /// 数据目录（须为空）；不写则用临时目录，用后删除
    #[arg(long)]
    data: Option<PathBuf>,
    /// 成批装入：每一千个操作提交一次，不制作文书
    #[arg(long)]
    bulk: bool,
    /// 不以重建核对（百万件时核对需要数倍于数据的内存）
    #[arg(long)]
    no_check: bool,
}

/// The items of the city are in force from this day.
const ITEMS_IN_FORCE: Date = date(2026, 1, 1);

pub fn run(simulate: Simulate) -> Outcome {
    let (folder, passing) = match &simulate.data {
        Some(folder) => (folder.clone(), false),
        None => {
            let name = format!("mingjing-simulate-{}", Chance::System.id());
            (std::env::temp_dir().join(name), true)
        }
    };
    let lived = live(&simulate, &folder);
    if passing {
        let _ = std::fs::remove_dir_all(&folder);
    }
    match lived {
        Ok(story) => {
            print_json(&story);
            Outcome::Done
        }
        Err(why) => Outcome::refused(&why),
    }
}

fn live(simulate: &Simulate, folder: &Path) -> Result<Json, String> {
    let last = match simulate.until {
        Some(last) => last,
        None => Clock::System.today().yesterday().map_err(|error| error.to_string())?,
    };
    let extent = Extent {
        seed: simulate.seed,
        cases: simulate.cases,
        days: simulate.days,
        last,
    };
    if last.saturating_sub(i64::from(simulate.days).days()) < ITEMS_IN_FORCE {
        return Err(format!(
            "演示事项自{ITEMS_IN_FORCE}起有效，{last}之前的{}天超出了这个范围。请减少天数，或者改用较晚的最后一天。",
            simulate.days
        ));
    }
    std::fs::create_dir_all(folder).map_err(|error| format!("建不了目录 {}：{error}", folder.display()))?;
    runtime()?.block_on(live_in(simulate, folder, extent))
}

async fn live_in(simulate: &Simulate, folder: &Path, extent: Extent) -> Result<Json, String> {
    let settings = demo::settings(folder, ([127, 0, 0, 1], 0).into(), simulate.database.clone());
    if !settings.keys.exists() {
        create_key(&settings.keys, &Chance::System)?;
    }
    let keys = read_key(&settings.keys)?;
    let clock = Clock::at(city::begins(&extent));
    let papers = city::papers();
    let parameters = settings.parameters()?;
    let blueprint = city::with_papers(house::blueprint(&settings.jurisdiction, parameters), &papers);
    let chronicle = house::open_as(&settings, folder, keys, clock.clone(), Chance::System, blueprint)
        .await
        .map_err(|fault| format!("打不开数据：{fault}"))?;
    if !city::is_empty(&chronicle).await? {
        return Err("这里已经有数据，没有改动。请给一个空的数据目录（数据库）。".to_owned());
    }
    city::settle_in(&chronicle).await?;
    let pace = if simulate.bulk {
        Pace::InBulk { sealed: true }
    } else {
        Pace::ActByAct(papers)
    };
    let begun = Instant::now();
    let (tally, unfinished) = city::live(&chronicle, &clock, extent, end_of(extent.last), pace).await?;
    let seconds = begun.elapsed().as_secs_f64();
    city::flag(&chronicle).await?;
    complain("== 模拟：计算摘要并核对");
    let (digest, events) = city::digest(&chronicle).await.map_err(|fault| fault.to_string())?;
    let check = if simulate.no_check {
        Json::Null
    } else {
        let report = operate::rebuild_check(&chronicle)
            .await
            .map_err(|fault| fault.to_string())?;
        if !report.equal() {
            return Err(format!("重建核对不一致：{report:?}"));
        }
        json!("equal")
    };
    Ok(json!({
        "seed": extent.seed,
        "days": extent.days,
        "last": extent.last.to_string(),
        "cases": tally.cases,
        "procedures": tally.procedures,
        "unfinished": unfinished,
        "acts": tally.acts,
        "refused": tally.refused,
        "events": events,
        "seconds": (seconds * 10.0).round() / 10.0,
        "cases_per_second": (tally.cases as f64 / seconds * 10.0).round() / 10.0,
        "rebuild_check": check,
        "digest": digest,
    }))
}

fn end_of(day: Date) -> Timestamp {
    let next = day.tomorrow().unwrap_or(day);
    next.to_zoned(shanghai())
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}
