//! The catalogue at size: a county entered through the same commands, a workbook of a hundred thousand rows read and judged,
//! and searching among a hundred thousand items in an open loop.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mingjing_catalogue::exchange::filing::{self, Incoming};
use mingjing_catalogue::exchange::judge::Purpose;
use mingjing_catalogue::public::queries::{ItemFilter, laws_named, rows_of, search};
use mingjing_catalogue::{ImportOrder, import, import_laws};
use mingjing_chronicle::{Actor, ActorKind, Chronicle, HeldPost, Request, Stop};
use mingjing_people::bootstrap;
use mingjing_people::public::BodyFacts;
use mingjing_web::sheet::xlsx;
use mingjing_web::{Cell, Scope, Sheet, TableKind};
use serde_json::{Value as Json, json};
use tokio::task::JoinSet;

use super::county;
use super::figures::{Samples, load, machine, resident_bytes};
use crate::city;
use crate::house;
use crate::outcome::complain;

const SEED: u64 = 7;

/// How large.
pub struct Size {
    pub counties: usize,
    pub laws: usize,
    pub rows: usize,
    pub rate: u64,
    pub seconds: u64,
}

pub async fn measure(folder: &Path, database: Option<String>, size: &Size) -> Result<Json, String> {
    let chronicle = super::open(folder, database).await?;
    city::settle_in(&chronicle).await?;
    settle(&chronicle, size.laws)
        .await
        .map_err(|stop| city::in_words(&stop))?;
    complain("== bench: a workbook is read and judged");
    let workbook = workbook(&chronicle, size.rows)
        .await
        .map_err(|stop| city::in_words(&stop))?;
    complain("== bench: a county is entered");
    let begun = Instant::now();
    let items = enter(&chronicle, 1).await?;
    let county = json!({"items": items, "bodies": county::BODIES, "seconds": seconds(begun)});
    complain(&format!("== bench: {} counties are entered", size.counties));
    let begun = Instant::now();
    let items = enter(&chronicle, size.counties).await?;
    let larger = json!({"items": items, "seconds": seconds(begun)});
    complain("== bench: searching");
    let searching = searching(&chronicle, size).await;
    Ok(json!({
        "machine": machine(), "load_after": load(), "software": house::SOFTWARE, "seed": SEED,
        "workbook": workbook, "county": county, "larger": larger, "search": searching,
    }))
}

fn seconds(begun: Instant) -> f64 {
    (begun.elapsed().as_secs_f64() * 100.0).round() / 100.0
}

async fn settle(chronicle: &Arc<Chronicle>, laws: usize) -> Result<(), Stop> {
    let divisions = &mingjing_people::division::DEMO;
    chronicle
        .inside(Actor::system(), move |tx| {
            for body in county::bodies() {
                bootstrap::register_body(tx, &body, divisions)?;
            }
            Ok::<(), Stop>(())
        })
        .await?;
    let named = |number: usize| {
        json!({"name": format!("演示管理办法{number}"), "full_name": format!("演示县第{number}号管理办法"), "rank": "rule",
            "edition": null, "note": null, "articles": {}})
    };
    let laws: Vec<Json> = (0..laws).map(named).collect();
    let bytes = serde_json::to_vec(&laws).unwrap_or_default();
    import_laws(chronicle, Actor::system(), &bytes).await.map(|_| ())
}

/// `times` counties through the import, in files that it takes. What is entered already changes nothing.
async fn enter(chronicle: &Chronicle, times: usize) -> Result<u32, String> {
    let parts = (times * 3_211).div_ceil(15_000);
    let mut entered = 0;
    for part in 0..parts {
        let order = ImportOrder {
            bytes: serde_json::to_vec(&county::rows(SEED, times, part, parts)).map_err(|error| error.to_string())?,
            confirmed_by: Some("演示县司法局，演司〔2026〕1号".to_owned()),
            ..ImportOrder::default()
        };
        let report = import(chronicle, Actor::system(), order)
            .await
            .map_err(|stop| city::in_words(&stop))?;
        if report.is_refused() {
            let problem = report.rows.iter().flat_map(|row| &row.problems).next();
            return Err(format!("the county was refused: {problem:?}"));
        }
        entered += report.accepted;
    }
    Ok(entered)
}

/// A workbook of new items, each row in order: received, read whole and judged, with the memory that it took.
async fn workbook(chronicle: &Chronicle, rows: usize) -> Result<Json, Stop> {
    let begun = Instant::now();
    let bytes = xlsx(&[sheet(rows)]);
    let made = seconds(begun);
    let size = bytes.len();
    let office: Option<BodyFacts> = chronicle
        .read(|reader| {
            Ok(mingjing_people::public::queries::bodies(reader.sql())?
                .into_iter()
                .next())
        })
        .await?;
    let held = HeldPost {
        post: "bench".to_owned(),
        role: "legal_officer".to_owned(),
        body: office.map(|facts| facts.body).unwrap_or_default(),
        area: "330303".to_owned(),
    };
    let actor = Actor {
        account: "bench".to_owned(),
        kind: ActorKind::Official,
        posts: vec![held],
        roles: Vec::new(),
    };
    let process = std::process::id().to_string();
    let before = resident_bytes(&process);
    let begun = Instant::now();
    let incoming = Incoming {
        file_name: "bench.xlsx".to_owned(),
        kind: TableKind::Xlsx,
        bytes,
    };
    let number = filing::receive(chronicle, Request::by(actor.clone()), incoming)
        .await?
        .value;
    let received = seconds(begun);
    let handed_in = chronicle
        .read(move |reader| Ok((*reader.load::<mingjing_catalogue::exchange::HandedIn>(&number)?).clone()))
        .await?;
    let begun = Instant::now();
    let judging = filing::judged(chronicle, actor, Scope::All, &handed_in, Purpose::CleanUp, false);
    let (report, _) = judging.await?;
    Ok(json!({
        "rows": rows, "megabytes": size / 1_000_000, "made_seconds": made, "received_seconds": received,
        "judged_seconds": seconds(begun), "items": report.items, "added": report.counts.added, "refused": report.refused,
        "grown_mb": resident_bytes(&process).saturating_sub(before) / 1_000_000, "peak_mb": peak_megabytes(),
    }))
}

fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1_000
}

fn sheet(rows: usize) -> Sheet {
    let columns = [
        "序号",
        "事项编码",
        "事项名称",
        "实施主体",
        "行使依据",
        "受理条件",
        "申报资料",
        "法定期限",
        "承诺期限",
        "收费",
        "办理部门",
        "办理地点",
        "联系电话",
        "办理流程",
        "监督电话",
    ];
    let mut made = Vec::with_capacity(rows);
    for row in 0..rows {
        let body = &county::bodies()[row % county::BODIES];
        let text = |text: &str| Cell::Text(text.to_owned());
        made.push(vec![
            Cell::Number(i64::try_from(row).unwrap_or(0) + 1),
            Cell::Text(format!("{}-XK-{:04}", body.body, row / county::BODIES + 1)),
            Cell::Text(format!("演示许可第{row}号")),
            Cell::Text(format!("{}（法定行政机关）", body.name)),
            text("《中华人民共和国行政许可法》第十二条第一款第（一）项"),
            text("1.符合规划；\n2.有固定场所；\n3.有合格人员"),
            text("申请书；\n场所证明；\n人员证明"),
            text("20个工作日"),
            text("10个工作日"),
            text("不收费"),
            text("业务科"),
            text("演示路1号政务服务中心"),
            text("0577-00000000"),
            text("受理\n审查\n决定\n送达"),
            text("0577-00000001"),
        ]);
    }
    Sheet {
        name: "行政许可".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: made,
    }
}

const ASKED: [&str; 14] = [
    "食品经营许可",
    "食品",
    "许可",
    "电梯维修",
    "医疗器械销售",
    "对未经批准挖掘道路的处罚",
    "spjy",
    "shipinjingying",
    "处罚",
    "危险化学品储存",
    "开饭店",
    "苗木",
    "演示管理办法77",
    "没有这样的词语",
];

/// Searches leave at their rate whether or not answers come; a late answer counts from when it was asked for.
async fn searching(chronicle: &Arc<Chronicle>, size: &Size) -> Json {
    let all = size.rate * size.seconds;
    let mut asking = JoinSet::new();
    let begun = tokio::time::Instant::now() + Duration::from_millis(200);
    for number in 0..all {
        let at = begun + Duration::from_micros(number * 1_000_000 / size.rate);
        tokio::time::sleep_until(at).await;
        let chronicle = Arc::clone(chronicle);
        let words = ASKED[usize::try_from(number).unwrap_or(0) % ASKED.len()];
        asking.spawn(async move {
            let found = chronicle
                .read(move |reader| {
                    let hits = search(reader, "330303", words)?;
                    let codes: Vec<String> = hits.iter().take(20).map(|hit| hit.item_code.clone()).collect();
                    let shown = rows_of(reader, &codes, &ItemFilter::default())?.len();
                    laws_named(reader, words, 5)?;
                    Ok(shown)
                })
                .await;
            (words, at.elapsed(), found.is_ok())
        });
    }
    let mut samples = Samples::default();
    let mut failed = 0;
    while let Some(answered) = asking.join_next().await {
        match answered {
            Ok((words, took, true)) => samples.add(words, took),
            _ => failed += 1,
        }
    }
    json!({
        "asked": all, "rate": size.rate, "failed": failed,
        "p50_ms": samples.at(0.5).as_millis() as u64, "p99_ms": samples.at(0.99).as_millis() as u64,
        "by_words": samples.quantiles(),
    })
}
