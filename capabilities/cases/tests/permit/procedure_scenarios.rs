//! Runs `scenarios/procedure_*.txt`: procedures that follow their chart, in the words of the chart. A line names day, time,
//! person, the chart's step and its outcome; 则 says what must hold afterwards.

use std::path::PathBuf;

use mingjing_bpmn::model;
use mingjing_cases::commands::Command;
use mingjing_cases::decide::serve::{Serve, Way};
use mingjing_cases::decide::take_step::TakeStep;
use mingjing_cases::money::Fen;
use mingjing_cases::opening::{OpenMatter, open};
use mingjing_cases::party::{DocumentKind, Party};
use mingjing_catalogue::public::Item;
use mingjing_chronicle::{Refusal, Request, Stop};

use crate::matter::Matter;
use crate::world::{World, china, demo_file};

#[tokio::test]
async fn every_scenario_of_a_chart_holds() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("procedure_")
    };
    let mut files: Vec<PathBuf> = entries.filter(is_ours).collect();
    files.sort();
    assert!(files.len() >= 4, "the scenarios are there");
    for file in files {
        let world = World::new().await;
        world.import_item(demo_file("items/procedures.csv")).await;
        let mut stage = Stage {
            world,
            case_no: String::new(),
            xml: String::new(),
            refusal: None,
        };
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for (number, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            stage.line(&format!("{name}:{}", number + 1), line).await;
        }
        assert!(stage.refusal.is_none(), "{name}: {:?}", stage.refusal);
    }
}

struct Stage {
    world: World,
    case_no: String,
    /// The chart of the item.
    xml: String,
    refusal: Option<Refusal>,
}

impl Stage {
    async fn line(&mut self, place: &str, line: &str) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(expected) = line.strip_prefix('则') {
            return self.expect(place, expected.trim()).await;
        }
        if line.is_empty() {
            return;
        }
        assert!(self.refusal.is_none(), "before {place}: refused: {:?}", self.refusal);
        let words: Vec<&str> = line.split_whitespace().collect();
        self.world.clock.set(china(&format!("{} {}", words[0], words[1])));
        match self.act(place, words[2], words[3], &words[4..]).await {
            Ok(()) => {}
            Err(Stop::Refusal(refusal)) => self.refusal = Some(refusal),
            Err(other) => panic!("{place}: {other:?}"),
        }
    }

    async fn act(&mut self, place: &str, person: &str, act: &str, inputs: &[&str]) -> Result<(), Stop> {
        let given = |key: &str| {
            let mut pairs = inputs.iter().filter_map(|word| word.split_once('='));
            pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
        };
        let text = |key: &str| given(key).unwrap_or_default().to_owned();
        match act {
            "启动" => return self.open(person, given("事项").unwrap(), given("当事人")).await,
            "网上提交" => {
                let item = given("事项").unwrap();
                let answers = [
                    ("applicant_name", "王明"),
                    ("contact_phone", "13800000001"),
                    ("information", "抽检结果"),
                    ("description", "2025年的抽检结果"),
                    ("wanted_form", "电子文本"),
                ];
                self.case_no = Matter::applied(&self.world, item, &answers).await.case_no;
                self.xml = self.chart(item).await;
                return Ok(());
            }
            "电子送达" => {
                let serve = Serve {
                    by: Way::Electronic,
                    served_on: self.world.clock.today(),
                    server: person.to_owned(),
                };
                return self.does(person, Command::Serve(serve)).await;
            }
            _ => {}
        }
        let model = model::read(&self.xml).unwrap();
        // The step as the chart calls it, open or not: the rule says which.
        let case = self.world.case(&self.case_no).await;
        let open = case.steps.iter().find(|step| step.name == act);
        let mut nodes = model.indices().filter(|ix| model.node(*ix).name == act);
        let task = open.map(|step| step.task.clone()).or_else(|| {
            let node = nodes.next()?;
            Some(model.node(node).id.as_str().to_owned())
        });
        let task = task.unwrap_or_else(|| panic!("{place}: the chart has no step {act}"));
        let work = model.work(&task).unwrap();
        let outcome = given("结果").map(|name| {
            let outcome = work.outcomes.iter().find(|outcome| outcome.name == name);
            outcome
                .unwrap_or_else(|| panic!("{place}: no outcome {name}"))
                .id
                .clone()
        });
        let names = text("执法人员");
        let officers = names.split('、').filter(|name| !name.is_empty());
        let step = TakeStep {
            task,
            outcome: outcome.unwrap_or_default(),
            opinion: "情况属实。".into(),
            reasons: text("理由"),
            record: given("记录").unwrap_or("已经记录。").to_owned(),
            told_day: given("告知日期").map(|day| day.parse().unwrap()),
            place: text("地点"),
            amount: given("金额").map(|yuan| Fen::yuan(yuan.parse().unwrap())),
            officers: officers.map(|name| self.world.account(name)).collect(),
            witness: text("见证人"),
            goods: text("清单").replace('；', "\n"),
            time: text("时间"),
            remedy_over_on: given("期满日期").map(|day| day.parse().unwrap()),
            manner: text("方式"),
            utilities_kept: given("未停水电气热") == Some("是"),
            ..TakeStep::default()
        };
        self.does(person, Command::TakeStep(step)).await
    }

    async fn does(&self, person: &str, command: Command) -> Result<(), Stop> {
        self.world.act(person, &self.case_no, command).await.map(drop)
    }

    async fn open(&mut self, person: &str, item: &str, party: Option<&str>) -> Result<(), Stop> {
        let party = match party {
            Some(name) => Party::Organisation {
                name: name.to_owned(),
                uscc: "91330303MA2000000E".into(),
                legal_representative: "李琴".into(),
                contact: "李琴".into(),
                phone: "13800000002".into(),
                address: "演示路9号".into(),
            },
            None => Party::Individual {
                name: "赵六".into(),
                document: DocumentKind::CitizenId,
                document_no: "440524188001010014".into(),
                phone: "13800000009".into(),
                address: "演示路19号".into(),
            },
        };
        let matter = OpenMatter {
            item_code: item.to_owned(),
            party,
            found_on: self.world.clock.today(),
            facts: "巡查时发现。".into(),
            place: "演示路9号".into(),
        };
        let request = Request::by(self.world.actor(person).await);
        let opened = open(&self.world.chronicle, request, matter).await?;
        self.case_no = opened.value.case_no;
        self.xml = self.chart(item).await;
        Ok(())
    }

    async fn chart(&self, item: &str) -> String {
        let code = item.to_owned();
        let read = self
            .world
            .chronicle
            .read(move |reader| Ok(reader.load::<Item>(&code)?.latest().cloned()));
        let version = read.await.unwrap().unwrap();
        version.flow.as_ref().unwrap().bpmn_xml.to_string()
    }

    async fn expect(&mut self, place: &str, expected: &str) {
        let words: Vec<&str> = expected.split_whitespace().collect();
        let case = self.world.case(&self.case_no).await;
        match words[..] {
            ["拒绝", code, article] => {
                let refusal = self.refusal.take().unwrap_or_else(|| panic!("{place}: not refused"));
                assert_eq!(refusal.code, code, "{place}: {refusal:?}");
                let said = refusal.article.unwrap_or_default();
                assert!(said.contains(article), "{place}: {said}");
            }
            ["状态", state] => assert_eq!(case.state.name(), state, "{place}"),
            ["环节", step] => {
                let open: Vec<&str> = case.steps.iter().map(|open| open.name.as_str()).collect();
                assert!(open.contains(&step), "{place}: {open:?}");
            }
            ["期限", due] => {
                let clock = case.clocks.first().unwrap_or_else(|| panic!("{place}: no limit runs"));
                assert_eq!(clock.due.on.to_string(), due, "{place}: {:?}", clock.due.why);
            }
            ["文书", name] => {
                let names: Vec<_> = case.papers.iter().map(|paper| paper.order.name()).collect();
                assert!(names.iter().any(|known| known == name), "{place}: {names:?}");
            }
            _ => panic!("{place}: 则 {expected}"),
        }
    }
}
