//! The same seed tells the same story, on either database, and the story holds.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use jiff::civil::date;
use jiff::{Timestamp, ToSpan};
use mingjing_cases::case::Case;
use mingjing_cases::decide::Act;
use mingjing_cases::penalty::{PenaltyAct, PenaltyCase};
use mingjing_chronicle::operate;
use mingjing_testkit::{Engine, TestOffice, engines};

use super::{Extent, Pace, Tally, begins, digest, live, papers, settle_in, with_papers};
use crate::commands::demo;
use crate::house;

pub(super) fn extent(seed: u64, cases: usize, days: u32) -> Extent {
    Extent {
        seed,
        cases,
        days,
        last: date(2026, 5, 29),
    }
}

pub(super) async fn told(engine: Engine, extent: Extent, bulk: bool) -> (String, i64, Tally, TestOffice) {
    let settings = demo::settings(Path::new("nowhere"), ([127, 0, 0, 1], 0).into(), None);
    let papers = papers();
    let house = papers.clone();
    let plan = move || with_papers(house::blueprint("330303", settings.parameters().unwrap()), &house);
    let office = TestOffice::open(engine, plan).await;
    let begin = begins(&extent);
    office.clock.set(begin);
    settle_in(&office.chronicle).await.unwrap();
    let until: Timestamp = begin.checked_add((24 * i64::from(extent.days + 1)).hours()).unwrap();
    let pace = match bulk {
        true => Pace::InBulk { sealed: true },
        false => Pace::ActByAct(papers),
    };
    let (tally, _) = live(&office.chronicle, &office.clock, extent, until, pace)
        .await
        .unwrap();
    let (digest, events) = digest(&office.chronicle).await.unwrap();
    (digest, events, tally, office)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_seed_one_story_on_every_database() {
    let mut first: Option<(String, Tally)> = None;
    for engine in engines() {
        for _ in 0..2 {
            let (digest, events, tally, office) = told(engine, extent(7, 80, 40), true).await;
            assert!(events > 400, "{events}");
            assert!(operate::rebuild_check(&office.chronicle).await.unwrap().equal());
            let known = first.get_or_insert_with(|| (digest.clone(), tally.clone()));
            assert_eq!(*known, (digest, tally), "{engine:?}");
        }
    }
    let (other, ..) = told(Engine::Sqlite, extent(8, 80, 40), true).await;
    assert_ne!(first.unwrap().0, other);
}

/// What a rule may refuse in a simulated life, and nothing else: anything more is an error of the story.
const REFUSALS: [&str; 15] = [
    "cases.accept.deemed_accepted",
    "cases.ask_supplement.deemed_accepted",
    "cases.examine.needs_reasons",
    "cases.record_site_check.two_officers",
    "cases.extend.no_running_limit",
    "cases.extend.too_late",
    "cases.extend.time_excluded",
    "penalty.propose_opening.two_officers",
    "penalty.record_evidence.certificates_not_shown",
    "penalty.make_defence.too_late",
    "penalty.legal_review.missing",
    "penalty.decide.not_as_told",
    "penalty.decide.heavier",
    "penalty.record_payment.recorded_before",
    // Where a holiday puts the last day off.
    "penalty.impose_additional_fine.not_overdue",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_story_has_everything_in_it_and_only_the_foreseen_is_refused() {
    // Long enough for cases that are laid aside to pass their ninety days and end.
    let long = Extent {
        last: date(2026, 9, 24),
        ..extent(3, 900, 259)
    };
    let (_, _, tally, office) = told(Engine::Sqlite, long, true).await;
    assert_eq!(tally.cases, 900, "{tally:?}");
    let permit = Act::ALL.into_iter().map(Act::key);
    let told = PenaltyAct::ALL.iter().filter(|act| act.operation().is_none());
    let penalty = told.map(|act| match act {
        PenaltyAct::Decide => "decide_penalty",
        act => act.key(),
    });
    for act in ["submit", "record_receipt"].into_iter().chain(permit).chain(penalty) {
        assert!(tally.acts.contains_key(act), "nobody did {act}: {tally:?}");
    }
    let unforeseen: Vec<_> = tally
        .refused
        .keys()
        .filter(|code| !REFUSALS.contains(&code.as_str()))
        .collect();
    assert!(unforeseen.is_empty(), "{tally:?}");
    for (kind, least, why) in [
        ("case.acceptance_deemed", 3, "the law accepts what is forgotten"),
        ("penalty.defence_period_ended", 20, "the time to answer ends by itself"),
        ("penalty.not_opened", 30, "leads come to nothing"),
        ("penalty.closed", 100, "cases end"),
    ] {
        let count = format!("SELECT COUNT(*) FROM event WHERE kind = '{kind}'");
        let read = office.chronicle.read(move |reader| reader.query(&count, &[]));
        let found = read.await.unwrap()[0].int(0);
        assert!(found > least, "{why}: {found} {kind}");
    }
    let late = "SELECT COUNT(*) FROM {case_list}
        WHERE procedure = 'penalty' AND late_statutory = 1";
    let read = office.chronicle.read(move |reader| reader.query(late, &[]));
    assert!(
        read.await.unwrap()[0].int(0) > 0,
        "some cases end past their ninety days"
    );
    assert!(discussed(&office).await > 2, "some decisions are the heads' together");
}

/// Decisions that the heads discussed (57(2)).
async fn discussed(office: &TestOffice) -> usize {
    let read = office.chronicle.read(|reader| {
        let rows = reader.query("SELECT case_no FROM {case_list} WHERE procedure = 'penalty'", &[])?;
        let mut discussed = 0;
        for row in &rows {
            let case = reader.load::<PenaltyCase>(row.text(0))?;
            let decided = case.facts.decided.as_ref();
            discussed += usize::from(decided.is_some_and(|decided| decided.discussion.is_some()));
        }
        Ok(discussed)
    });
    read.await.unwrap()
}

/// Papers that were ordered and could not be made.
async fn unmade(office: &TestOffice) -> Vec<String> {
    let read = office.chronicle.read(|reader| {
        let rows = reader.query("SELECT case_no, procedure FROM {case_list}", &[])?;
        let mut unmade = Vec::new();
        for row in &rows {
            let papers = match row.text(1) {
                "penalty" => reader.load::<PenaltyCase>(row.text(0))?.papers.clone(),
                _ => reader.load::<Case>(row.text(0))?.papers.clone(),
            };
            let waiting = papers.iter().filter(|paper| paper.rendered.is_none());
            unmade.extend(waiting.map(|paper| format!("{} {:?}", row.text(0), paper.order.template)));
        }
        Ok(unmade)
    });
    read.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn act_by_act_the_story_is_the_same_again() {
    let mut first = None;
    for engine in engines() {
        let (digest, _, tally, office) = told(engine, extent(7, 10, 40), false).await;
        assert_eq!(unmade(&office).await, Vec::<String>::new(), "{engine:?}");
        let known = first.get_or_insert_with(|| (digest.clone(), tally.clone()));
        assert_eq!(*known, (digest, tally), "{engine:?}");
    }
}
