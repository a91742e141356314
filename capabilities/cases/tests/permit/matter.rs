//! One matter in the demo city, handled along the chart of its item: applied for, acted upon, asked what stands; and the
//! acts of its course with sensible inputs.

use jiff::ToSpan;
use jiff::civil::{Date, time};
use mingjing_cases::commands::Command;
use mingjing_cases::decide::decide::Decide;
use mingjing_cases::decide::examine::Examine;
use mingjing_cases::decide::review::Review;
use mingjing_cases::decide::serve::{Serve, Way};
use mingjing_cases::decide::site_check::RecordSiteCheck;
use mingjing_cases::decide::take_step::TakeStep;
use mingjing_cases::events::{Decision, Stance};
use mingjing_cases::submission::{Behalf, OnlineApplication, submit_online};
use mingjing_catalogue::public::Item;
use mingjing_chronicle::{Request, Stop};

use crate::world::{World, material};

/// What the forms of general permits ask.
pub const PERMIT: &[(&str, &str)] = &[
    ("operator_name", "王明"),
    ("contact_phone", "13800000001"),
    ("place", "演示路9号"),
    ("content", "规模见附件。"),
];

pub struct Matter<'a> {
    pub world: &'a World,
    pub case_no: String,
}

impl Matter<'_> {
    pub async fn applied<'a>(world: &'a World, code: &str, answers: &[(&str, &str)]) -> Matter<'a> {
        let item = code.to_owned();
        let read = world
            .chronicle
            .read(move |reader| Ok(reader.load::<Item>(&item)?.latest().cloned()));
        let version = read.await.unwrap().unwrap();
        let answers = answers
            .iter()
            .map(|(field, value)| ((*field).to_owned(), vec![(*value).to_owned()]));
        let application = OnlineApplication {
            item_code: code.to_owned(),
            behalf: Behalf::Oneself,
            contact: String::new(),
            phone: "13800000001".into(),
            address: "演示路9号".into(),
            electronic_service: true,
            form: answers.collect(),
            materials: version
                .materials
                .iter()
                .map(|one| material(&one.id, &one.name))
                .collect(),
            draft: None,
        };
        let request = Request::by(world.actor("王明").await);
        let submitted = submit_online(&world.chronicle, request, application).await.unwrap();
        Matter {
            world,
            case_no: submitted.value.case_no,
        }
    }

    pub async fn does(&self, who: &str, command: Command) {
        self.world.act(who, &self.case_no, command).await.unwrap();
    }

    pub async fn refused(&self, who: &str, command: Command) -> (String, String) {
        match self.world.act(who, &self.case_no, command).await {
            Err(Stop::Refusal(refusal)) => (refusal.code.to_string(), refusal.article.unwrap_or_default()),
            other => panic!("not refused: {other:?}"),
        }
    }

    pub async fn case(&self) -> mingjing_cases::case::Case {
        self.world.case(&self.case_no).await
    }

    pub async fn open(&self) -> Vec<String> {
        let mut open: Vec<String> = self.case().await.steps.iter().map(|step| step.task.clone()).collect();
        open.dedup();
        open
    }

    pub fn today(&self) -> Date {
        self.world.clock.today()
    }

    pub fn days_pass(&self, days: i64) {
        let later = self.world.clock.now().checked_add((24 * days).hours()).unwrap();
        self.world.clock.set(later);
    }
}

pub fn step(task: &str, outcome: &str) -> TakeStep {
    TakeStep {
        task: task.into(),
        outcome: outcome.into(),
        opinion: "情况属实。".into(),
        record: "已经记录。".into(),
        ..TakeStep::default()
    }
}

pub fn take(task: &str, outcome: &str) -> Command {
    Command::TakeStep(step(task, outcome))
}

pub fn serve() -> Command {
    Command::Serve(Serve {
        by: Way::Electronic,
        served_on: Date::MIN,
        server: "窗口".into(),
    })
}

pub fn examine() -> Command {
    Command::Examine(Examine {
        stance: Stance::Positive,
        text: "符合条件。".into(),
        reasons: String::new(),
    })
}

pub fn review() -> Command {
    Command::Review(Review {
        stance: Stance::Positive,
        text: "同意。".into(),
        reasons: String::new(),
    })
}

pub fn site_check(today: Date, officers: [&str; 2]) -> Command {
    let check = RecordSiteCheck {
        place: "演示路9号".into(),
        checked_on: today,
        from: time(8, 0, 0, 0),
        to: time(8, 30, 0, 0),
        facts: "与申报一致。".into(),
        conforms: true,
        files: Vec::new(),
    };
    Command::RecordSiteCheck(check, officers.map(str::to_owned).to_vec())
}

pub fn grant(today: Date, hearing_record: &str) -> Command {
    Command::Decide(Decide {
        decision: Decision::Grant {
            conditions: Vec::new(),
            valid_from: today,
            valid_to: None,
        },
        opinion: "准予。".into(),
        reasons: String::new(),
        basis: None,
        hearing_record: hearing_record.into(),
    })
}
