//! `mingjing bench`: figures as JSON, with the machine they were measured on. Never a timed test.
//!
//! One lifecycle = the acts of a granted permit with its draft, or of a fine with defence, each its own durable command
//! under an idempotency key, as doors send them. Ratios and processor time count; wall time on a shared machine is only a
//! hint. `--kills` measures nothing: it kills the server while it works and looks at what is left.

mod catalogue;
mod county;
mod figures;
mod kills;
mod log;
mod pages;
mod visitor;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use mingjing_cases::number::Procedure;
use mingjing_chronicle::{Chance, Chronicle, Clock, params};
use serde_json::{Value as Json, json};
use tokio::sync::Mutex;

use crate::city::lives::{self, Lives, MEASURED, Told};
use crate::city::{self, Extent, Pace};
use crate::commands::demo;
use crate::commands::serve::runtime;
use crate::house;
use crate::outcome::{Outcome, complain, print_json};
use crate::settings::{create_key, read_key};

use figures::{Samples, machine, process_milliseconds};

#[derive(Args)]
pub struct Bench {
    /// postgres://…（空库）；不写则在临时目录用 SQLite
    #[arg(long)]
    database: Option<String>,
    /// 同时办理的客户端数
    #[arg(long, default_value_t = 128)]
    clients: usize,
    /// 每轮测量的办件数（许可一轮，处罚一轮）
    #[arg(long, default_value_t = 2_000)]
    cases: usize,
    /// 各轮之前先成批装入的办件数，如 0,100000,1000000；每种规模各用一个新库（PostgreSQL 只能写一种）
    #[arg(long, value_delimiter = ',', default_values_t = [0, 10_000])]
    sizes: Vec<usize>,
    /// 页面测量的秒数；0 表示不测
    #[arg(long, default_value_t = 20)]
    page_seconds: u64,
    /// 页面请求的频率（次/秒）
    #[arg(long, default_value_t = 200)]
    page_rate: u64,
    /// 五倍频率冲击的秒数；0 表示不测
    #[arg(long, default_value_t = 0)]
    spike_seconds: u64,
    /// 办件数超过它时不做重建核对（核对在内存里重放全部记录）
    #[arg(long, default_value_t = 100_000)]
    rebuild_up_to: usize,
    /// 临时目录的位置
    #[arg(long)]
    folder: Option<PathBuf>,
    /// 不测量：在办理中随机杀死服务进程这么多次，每次都核对已答复的操作一件不少、一件不重
    #[arg(long, default_value_t = 0)]
    kills: usize,
    /// 杀死时刻的种子
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// 只测权力目录：演示县录入、十万行表格核对、十万事项中的搜索
    #[arg(long)]
    catalogue: bool,
    /// 目录测量装入的演示县个数（每个 3211 项）
    #[arg(long, default_value_t = 32)]
    counties: usize,
    /// 目录测量的表格行数
    #[arg(long, default_value_t = 100_000)]
    table_rows: usize,
    /// 只测公开日志：排号、封存、回执、核对
    #[arg(long)]
    log: bool,
    /// 公开日志核对所用的条目数
    #[arg(long, default_value_t = 1_000_000)]
    log_leaves: u64,
    #[arg(long, hide = true)]
    serve: Option<PathBuf>,
    /// With `serve`: lives meanwhile, and says here what was acknowledged.
    #[arg(long, hide = true)]
    lives: Option<PathBuf>,
}

pub fn run(bench: Bench) -> Outcome {
    let outcome = match &bench.serve {
        Some(folder) => pages::serve_for_bench(folder, bench.database.clone(), bench.lives.as_deref()).map(|()| None),
        None => measure(&bench).map(Some),
    };
    match outcome {
        Ok(figures) => {
            if let Some(figures) = figures {
                print_json(&figures);
            }
            Outcome::Done
        }
        Err(why) => Outcome::refused(&why),
    }
}

fn measure(bench: &Bench) -> Result<Json, String> {
    let parent = bench.folder.clone().unwrap_or_else(std::env::temp_dir);
    let folder = parent.join(format!("mingjing-bench-{}", Chance::System.id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let measured = runtime()?.block_on(measure_in(bench, &folder));
    let _ = std::fs::remove_dir_all(&folder);
    measured
}

async fn measure_in(bench: &Bench, folder: &Path) -> Result<Json, String> {
    if bench.kills > 0 {
        return kills::kill_again_and_again(bench, folder, bench.kills).await;
    }
    if bench.catalogue {
        let size = catalogue::Size {
            counties: bench.counties,
            laws: 1_000,
            rows: bench.table_rows,
            rate: bench.page_rate,
            seconds: bench.page_seconds,
        };
        return catalogue::measure(folder, bench.database.clone(), &size).await;
    }
    if bench.log {
        return log::measure(bench, folder).await;
    }
    if bench.database.is_some() && bench.sizes.len() != 1 {
        return Err("PostgreSQL 上一次只能测一种规模：--sizes 只写一个数，并给一个空库。".to_owned());
    }
    let mut sizes = Vec::new();
    for &size in &bench.sizes {
        let own = folder.join(size.to_string());
        std::fs::create_dir_all(&own).map_err(|error| error.to_string())?;
        sizes.push(measure_size(bench, &own, size).await?);
        let _ = std::fs::remove_dir_all(&own);
    }
    Ok(json!({
        "machine": machine(),
        "load_after": figures::load(),
        "software": house::SOFTWARE,
        "engine": if bench.database.is_some() { "postgresql" } else { "sqlite" },
        "clients": bench.clients,
        "sizes": sizes,
    }))
}

/// Everything at one size of the record.
async fn measure_size(bench: &Bench, folder: &Path, size: usize) -> Result<Json, String> {
    complain(&format!("== bench: {size} cases are loaded"));
    let filled = fill(folder, bench.database.clone(), size).await?;
    let begun = Instant::now();
    let chronicle = open(folder, bench.database.clone()).await?;
    let start = begun.elapsed();
    let lives = Lives::begin(Arc::clone(&chronicle), "bench").await;
    let lives = Arc::new(lives.map_err(|stop| city::in_words(&stop))?);
    let mut rounds = serde_json::Map::new();
    for procedure in MEASURED {
        complain(&format!(
            "== bench: {} lifecycles ({}) beside {size} cases",
            bench.cases,
            procedure.key()
        ));
        let figures = round(&lives, procedure, bench.clients, 0, bench.cases).await?;
        rounds.insert(procedure.key().to_owned(), figures);
    }
    let own = lives.owners_permit().await.map_err(|stop| city::in_words(&stop))?;
    let looked_at = pages::LookedAt {
        permit: any_case(&chronicle, Procedure::Permit).await?,
        penalty: any_case(&chronicle, Procedure::Penalty).await?,
        own,
    };
    drop(lives);
    // What followers still owe the views is not to be paid by the pages.
    chronicle.settle().await.map_err(|stop| city::in_words(&stop))?;
    let rebuild = if size <= bench.rebuild_up_to {
        rebuild(&chronicle).await?
    } else {
        Json::Null
    };
    drop(chronicle);
    let pages = if bench.page_seconds == 0 {
        Json::Null
    } else {
        complain(&format!("== bench: pages beside {size} cases"));
        let load = pages::Load {
            seconds: bench.page_seconds,
            rate: bench.page_rate,
            spike_seconds: bench.spike_seconds,
        };
        pages::measure(folder, bench.database.as_deref(), looked_at, &load).await?
    };
    Ok(json!({
        "cases": size,
        "fill": filled,
        "start_ms": start.as_millis() as u64,
        "rounds": rounds,
        "rebuild": rebuild,
        "pages": pages,
    }))
}

/// The city and its past, in bulk on a virtual clock that ends yesterday.
async fn fill(folder: &Path, database: Option<String>, size: usize) -> Result<Json, String> {
    let last = Clock::System.today().yesterday().map_err(|error| error.to_string())?;
    let extent = Extent {
        seed: 1,
        cases: size,
        days: 300,
        last,
    };
    let clock = Clock::at(city::begins(&extent));
    let chronicle = open_at(folder, database, clock.clone()).await?;
    city::settle_in(&chronicle).await?;
    lives::settle_applicants(&chronicle)
        .await
        .map_err(|stop| city::in_words(&stop))?;
    let begun = Instant::now();
    let processor = process_milliseconds("self");
    if size > 0 {
        let until = city::begins(&Extent { days: 0, ..extent });
        // The leaves of what lies there already are not to be paid by what is measured.
        let pace = Pace::InBulk { sealed: false };
        city::live(&chronicle, &clock, extent, until, pace).await?;
    }
    city::flag(&chronicle).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let events = chronicle
        .read(|reader| reader.head())
        .await
        .map_err(|fault| fault.to_string())?;
    Ok(json!({
        "seconds": (seconds * 10.0).round() / 10.0,
        "events": events,
        "events_per_second": (events as f64 / seconds).round(),
        "cpu_ms": process_milliseconds("self") - processor,
    }))
}

async fn any_case(chronicle: &Chronicle, procedure: Procedure) -> Result<String, String> {
    let found = chronicle
        .read(move |reader| {
            let row = reader.query_one(
                "SELECT case_no FROM {case_list} WHERE body = '33030300SJ' AND procedure = $1 ORDER BY case_no LIMIT 1",
                &params![procedure.key()],
            )?;
            Ok(row.map(|row| row.text(0).to_owned()))
        })
        .await
        .map_err(|fault| fault.to_string())?;
    found.ok_or_else(|| "there is no case to look at".to_owned())
}

pub(super) async fn open(folder: &Path, database: Option<String>) -> Result<Arc<Chronicle>, String> {
    open_at(folder, database, Clock::System).await
}

async fn open_at(folder: &Path, database: Option<String>, clock: Clock) -> Result<Arc<Chronicle>, String> {
    let settings = demo::settings(folder, ([127, 0, 0, 1], 0).into(), database);
    if !settings.keys.exists() {
        create_key(&settings.keys, &Chance::System)?;
    }
    let keys = read_key(&settings.keys)?;
    house::open(&settings, folder, keys, clock, Chance::System)
        .await
        .map_err(|fault| fault.to_string())
}

/// `first`: number of the first life; no two rounds of one city share a number.
async fn round(
    lives: &Arc<Lives>,
    procedure: Procedure,
    clients: usize,
    first: usize,
    cases: usize,
) -> Result<Json, String> {
    let samples = Arc::new(Mutex::new(Samples::default()));
    let last = first + cases;
    let counter = Arc::new(std::sync::atomic::AtomicUsize::new(first));
    let processor = process_milliseconds("self");
    let begun = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let lives = Arc::clone(lives);
        let (counter, samples) = (Arc::clone(&counter), Arc::clone(&samples));
        tasks.push(tokio::spawn(async move {
            let mut own = Samples::default();
            loop {
                let number = counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if number >= last {
                    break;
                }
                let told = |told: Told<'_>| own.add(told.act, told.took);
                lives
                    .live(procedure, number, told)
                    .await
                    .map_err(|stop| city::in_words(&stop))?;
            }
            samples.lock().await.merge(own);
            Ok::<(), String>(())
        }));
    }
    for task in tasks {
        task.await.map_err(|error| error.to_string())??;
    }
    let wall = begun.elapsed();
    let processor = process_milliseconds("self") - processor;
    let acts = samples.lock().await.count();
    Ok(json!({
        "lifecycles": cases,
        "commands": acts,
        "commands_per_second": (acts as f64 / wall.as_secs_f64()).round(),
        "lifecycles_per_second": (cases as f64 / wall.as_secs_f64() * 10.0).round() / 10.0,
        "cpu_ms_per_lifecycle": (processor as f64 / cases as f64 * 100.0).round() / 100.0,
        "commands_ms": samples.lock().await.quantiles(),
    }))
}

async fn rebuild(chronicle: &Arc<Chronicle>) -> Result<Json, String> {
    let events = chronicle
        .read(|reader| reader.head())
        .await
        .map_err(|fault| fault.to_string())?;
    let processor = process_milliseconds("self");
    let begun = Instant::now();
    let report = mingjing_chronicle::operate::rebuild_check(chronicle)
        .await
        .map_err(|fault| fault.to_string())?;
    let wall = begun.elapsed().as_secs_f64();
    Ok(json!({
        "events": events,
        "events_per_second": (events as f64 / wall).round(),
        "cpu_ms": process_milliseconds("self") - processor,
        "equal": report.equal(),
    }))
}
