//! Runs `scenarios/penalty_*.txt`: a line is an act (`2026-03-02 09:00 方磊 登记线索`) or begins with 则 and says what must
//! hold afterwards. An act that no 则 拒绝 follows must succeed. `系统 准备 到=决定` plays all acts up to that stage.

use std::path::PathBuf;

use mingjing_cases::clock::ClockKind;
use mingjing_cases::views::{penalty_progress, public_record};
use mingjing_chronicle::{Actor, Refusal, Stop};
use mingjing_people::commands::revoke_certificate;
use mingjing_people::decide::revoke_certificate::RevokeCertificate;

use crate::bench::{Bench, Inputs};
use crate::world::china;

#[tokio::test]
async fn every_penalty_scenario_holds() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("penalty_"))
        })
        .collect();
    files.sort();
    let mut rows = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        rows += play(&name, &text).await;
    }
    assert!(rows >= 80, "only {rows} rows that permit or refuse");
}

async fn play(name: &str, text: &str) -> usize {
    let mut stage = Stage {
        bench: Bench::new().await,
        refusal: None,
        rows: 0,
    };
    for (number, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", number + 1);
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        match line.strip_prefix('则') {
            Some(expected) => stage.expect(&place, expected.trim()).await,
            None => {
                stage.no_refusal_left(&place);
                stage.act(&place, line).await;
            }
        }
    }
    stage.no_refusal_left(name);
    stage.rows
}

struct Stage {
    bench: Bench,
    refusal: Option<Refusal>,
    rows: usize,
}

impl Stage {
    fn no_refusal_left(&self, place: &str) {
        assert!(self.refusal.is_none(), "before {place}: refused: {:?}", self.refusal);
    }

    async fn act(&mut self, place: &str, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert!(words.len() >= 4, "{place}: day, time, person, act");
        self.bench.world.clock.set(china(&format!("{} {}", words[0], words[1])));
        let inputs = Inputs::of(&words[4..]);
        let done = match words[3] {
            "准备" => {
                let stage = inputs.get("到", "").to_owned();
                self.bench.prepare(&stage, &inputs).await
            }
            "登记线索" => self.bench.register(words[2], &inputs).await,
            "吊销执法证" => self.revoke(&inputs).await,
            "到期处理" => self.bench.world.chronicle.settle().await,
            act => self.bench.act(words[2], act, &inputs).await,
        };
        self.rows += 1;
        match done {
            Ok(()) => {}
            Err(Stop::Refusal(refusal)) => self.refusal = Some(refusal),
            Err(other) => panic!("{place}: {other:?}"),
        }
    }

    async fn revoke(&self, inputs: &Inputs) -> Result<(), Stop> {
        let account = self.bench.world.account(inputs.get("人员", "夏雨"));
        let on = self.bench.world.clock.today();
        let no = inputs.get("证号", "演示执法证330303-0007").to_owned();
        let chronicle = &self.bench.world.chronicle;
        let revoke = chronicle.inside(Actor::system(), move |tx| {
            let command = RevokeCertificate {
                account: account.clone(),
                no: no.clone(),
                authority: "浙江省人民政府（演示）".into(),
                revoked_on: on,
                reason: "不再从事执法工作".into(),
            };
            revoke_certificate(tx, &command, None)
        });
        revoke.await
    }

    async fn expect(&mut self, place: &str, expected: &str) {
        let words: Vec<&str> = expected.split_whitespace().collect();
        if words[0] == "拒绝" {
            let refusal = self
                .refusal
                .take()
                .unwrap_or_else(|| panic!("{place}: it was not refused"));
            assert_eq!(refusal.code, words[1], "{place}: {}", refusal.message);
            assert!(words.len() > 2, "{place}: which article?");
            assert_eq!(refusal.article.as_deref(), Some(words[2]), "{place}");
            return;
        }
        let case = self.bench.case().await;
        match words[0] {
            "状态" => assert_eq!(case.state.name(), words[1..].join(" "), "{place}"),
            "环节" => {
                let mut open: Vec<&str> = case.steps.iter().map(|step| step.kind.as_str()).collect();
                open.sort_unstable();
                assert_eq!(open.join("、"), *words.get(1).unwrap_or(&""), "{place}");
            }
            "期限" => {
                let kind = ClockKind::ALL.into_iter().find(|kind| kind.name() == words[1]).unwrap();
                let clock = case.clock(kind).unwrap_or_else(|| panic!("{place}: no such clock"));
                assert_eq!(clock.due.on.to_string(), words[2], "{place}: {:?}", clock.due.why);
                assert!(!clock.due.why.is_empty(), "{place}: a date has its reasons");
            }
            "记录" => {
                let kinds = self.bench.kinds().await;
                let last = kinds.iter().rfind(|kind| !kind.starts_with("penalty.paper_")).unwrap();
                assert_eq!(last, words[1], "{place}: {kinds:?}");
            }
            "文书" => self.paper(place, &words).await,
            "欠款" | "加处" => {
                let owed = case.owed_on(self.bench.world.clock.today()).unwrap();
                let amount = if words[0] == "欠款" {
                    owed.left
                } else {
                    owed.additional
                };
                assert_eq!(amount.to_string(), words[1], "{place}: {owed:?}");
            }
            "决定迟延" => {
                let late = case
                    .facts
                    .decided
                    .as_ref()
                    .is_some_and(|decided| decided.late.statutory);
                assert_eq!(if late { "法定" } else { "无" }, words[1], "{place}");
            }
            "公开记录" => self.public(place, words[1]).await,
            "公开状态" => {
                let chronicle = &self.bench.world.chronicle;
                let rows = chronicle
                    .read(|reader| penalty_progress::rows(reader, None, 0))
                    .await
                    .unwrap();
                let state = rows.first().map_or("无", |row| row.state.name());
                assert_eq!(state, words[1..].join(" "), "{place}");
            }
            other => panic!("{place}: no such expectation: {other}"),
        }
    }

    async fn paper(&self, place: &str, words: &[&str]) {
        self.bench.world.chronicle.settle().await.unwrap();
        let case = self.bench.case().await;
        let papers = case.papers.iter().rev();
        let paper = papers.clone().find(|paper| paper.order.template.name() == words[1]);
        let paper = paper.unwrap_or_else(|| panic!("{place}: no such paper: {:?}", case.papers));
        assert!(paper.rendered.is_some(), "{place}: not rendered");
        if let Some(number) = words.get(2) {
            assert_eq!(paper.paper_no.as_deref(), Some(*number), "{place}");
        }
    }

    async fn public(&self, place: &str, expected: &str) {
        let no = self.bench.case_no.clone();
        let chronicle = &self.bench.world.chronicle;
        let (record, withdrawn) = chronicle
            .read(move |reader| {
                Ok((
                    public_record::record(reader, &no)?,
                    public_record::withdrawn(reader, &no)?,
                ))
            })
            .await
            .unwrap();
        let found = match (record, withdrawn) {
            (Some(_), _) => "有",
            (None, Some(_)) => "已撤回",
            (None, None) => "无",
        };
        assert_eq!(found, expected, "{place}");
    }
}
