//! Runs `scenarios/*.txt`: given / when / then in words a lawyer reads.

use std::path::PathBuf;

use mingjing_catalogue::public::Item;
use mingjing_catalogue::{CancelItem, ImportOrder, cancel_item, confirmation, import};
use mingjing_chronicle::{Actor, Request, Stop};

use crate::world::{CONFIRMED, World};

#[tokio::test]
async fn scenarios_hold() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut run = 0;
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for scenario in text.split("\n情景：").skip(1) {
            Scenario::read(scenario).run().await;
            run += 1;
        }
    }
    assert!(run >= 8, "only {run} scenarios were found");
}

/// 情景 title, then lines 已有 (given), 当 (when), 则 (then).
struct Scenario<'a> {
    title: &'a str,
    steps: Vec<(&'a str, &'a str)>,
}

impl<'a> Scenario<'a> {
    fn read(text: &'a str) -> Scenario<'a> {
        let mut lines = text.lines();
        let title = lines.next().unwrap();
        let steps = lines
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| line.split_once('：').unwrap_or_else(|| panic!("{title}: {line}")))
            .collect();
        Scenario { title, steps }
    }

    async fn run(&self) {
        let world = World::empty().await;
        let mut outcome = String::new();
        for (word, rest) in &self.steps {
            match *word {
                "已有" => {
                    let entered = enter(&world, rest, Some(CONFIRMED)).await;
                    assert_eq!(entered, "接受", "{}: {rest}", self.title);
                }
                "当录入" => outcome = enter(&world, rest, Some(CONFIRMED)).await,
                "当未经确认录入" => outcome = enter(&world, rest, None).await,
                "当取消" => outcome = cancel(&world, rest).await,
                "过了" => world
                    .clock
                    .advance_hours(24 * rest.trim_end_matches('天').parse::<i64>().unwrap()),
                "则" => assert_eq!(&outcome, rest, "{}", self.title),
                "则有效版本" => assert_eq!(&current(&world, rest).await, rest, "{}", self.title),
                other => panic!("{}: {other}", self.title),
            }
        }
    }
}

/// `编码｜列=值｜列=值`: a permit in order but for what is said.
async fn enter(world: &World, words: &str, confirmed_by: Option<&str>) -> String {
    let mut item = serde_json::json!({
        "name": "测试许可", "legal_bases": "食品安全法35(1)", "conditions": "条件", "materials": "申请书",
        "statutory_limit": 20, "limit_unit": "工作日", "limit_start": "受理", "promised_limit": 10, "fee": "否",
        "handling_office": "科室", "place": "地点", "phone": "0577-00001", "supervision_phone": "0577-00002",
        "flow_steps": "申请; 决定",
    });
    let mut parts = words.split('｜');
    item["item_code"] = parts.next().unwrap().into();
    for part in parts {
        let (column, value) = part.split_once('=').unwrap();
        item[column] = value.into();
    }
    let order = ImportOrder {
        bytes: serde_json::to_vec(&[item]).unwrap(),
        confirmed_by: confirmed_by.map(str::to_owned),
        ..ImportOrder::default()
    };
    match import(&world.chronicle, Actor::system(), order).await {
        Ok(report) => {
            let row = &report.rows[0];
            let codes: Vec<&str> = row.problems.iter().map(|problem| problem.code.as_ref()).collect();
            match codes.is_empty() {
                true => row.outcome.name().to_owned(),
                false => format!("{} {}", row.outcome.name(), codes.join(" ")),
            }
        }
        Err(Stop::Refusal(refusal)) => format!("拒绝 {}", refusal.code),
        Err(other) => panic!("{other:?}"),
    }
}

/// `编码｜日期｜理由`.
async fn cancel(world: &World, words: &str) -> String {
    let parts: Vec<&str> = words.split('｜').collect();
    let command = CancelItem {
        on: parts[1].parse().unwrap(),
        reason: parts[2].to_owned(),
        confirmation: confirmation(Some(CONFIRMED)).unwrap(),
    };
    let request = Request::by(Actor::system());
    match cancel_item(&world.chronicle, request, parts[0].to_owned(), command).await {
        Ok(()) => "取消".to_owned(),
        Err(Stop::Refusal(refusal)) => format!("拒绝 {}", refusal.code),
        Err(other) => panic!("{other:?}"),
    }
}

/// `编码｜日期｜版本`, with 无 where no version holds.
async fn current(world: &World, words: &str) -> String {
    let parts: Vec<String> = words.split('｜').map(str::to_owned).collect();
    let (code, day) = (parts[0].clone(), parts[1].clone());
    let item = world
        .chronicle
        .read(move |reader| Ok((*reader.load::<Item>(&code)?).clone()))
        .await
        .unwrap();
    let found = item.current(day.parse().unwrap()).map(|version| version.version);
    let shown = found.map_or("无".to_owned(), |version| version.to_string());
    format!("{}｜{}｜{shown}", parts[0], parts[1])
}
