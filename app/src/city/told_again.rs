//! The same seed tells the same story, on either database, and the story holds.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use jiff::civil::date;
use jiff::{Timestamp, ToSpan};
use mingjing_chronicle::operate;
use mingjing_testkit::{Engine, TestOffice, engines};

use super::{Extent, Pace, Tally, begins, digest, live, settle_in};
use crate::commands::demo;
use crate::house;

fn extent(seed: u64, cases: usize) -> Extent {
    Extent {
        seed,
        cases,
        days: 40,
        last: date(2026, 5, 29),
    }
}

async fn told(engine: Engine, extent: Extent, pace: Pace) -> (String, i64, Tally, TestOffice) {
    let settings = demo::settings(Path::new("nowhere"), ([127, 0, 0, 1], 0).into(), None);
    let plan = move || house::blueprint("330303", settings.parameters().unwrap());
    let office = TestOffice::open(engine, plan).await;
    let begin = begins(&extent);
    office.clock.set(begin);
    settle_in(&office.chronicle).await.unwrap();
    let until: Timestamp = begin.checked_add((24 * i64::from(extent.days + 1)).hours()).unwrap();
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
            let (digest, events, tally, office) = told(engine, extent(7, 60), Pace::InBulk).await;
            assert!(events > 400, "{events}");
            assert!(operate::rebuild_check(&office.chronicle).await.unwrap().equal());
            let known = first.get_or_insert_with(|| (digest.clone(), tally.clone()));
            assert_eq!(*known, (digest, tally), "{engine:?}");
        }
    }
    let (other, ..) = told(Engine::Sqlite, extent(8, 60), Pace::InBulk).await;
    assert_ne!(first.unwrap().0, other);
}

/// What a rule may refuse in a simulated life, and nothing else: anything more is an error of the story.
const REFUSALS: [&str; 7] = [
    "cases.accept.deemed_accepted",
    "cases.ask_supplement.deemed_accepted",
    "cases.examine.needs_reasons",
    "cases.record_site_check.two_officers",
    "cases.extend.no_running_limit",
    "cases.extend.too_late",
    "cases.extend.time_excluded",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_story_has_everything_in_it_and_only_the_foreseen_is_refused() {
    let (_, _, tally, office) = told(Engine::Sqlite, extent(3, 400), Pace::InBulk).await;
    assert_eq!(tally.cases, 400, "{tally:?}");
    for act in [
        "submit",
        "record_receipt",
        "correct_on_the_spot",
        "ask_supplement",
        "supply_supplement",
        "refuse_acceptance",
        "not_required",
        "accept",
        "record_site_check",
        "examine",
        "review",
        "decide",
        "issue",
        "serve",
        "complete",
        "release_review",
        "withdraw",
        "suspend",
        "resume",
        "extend",
    ] {
        assert!(tally.acts.contains_key(act), "nobody did {act}: {tally:?}");
    }
    let unforeseen: Vec<_> = tally
        .refused
        .keys()
        .filter(|code| !REFUSALS.contains(&code.as_str()))
        .collect();
    assert!(unforeseen.is_empty(), "{tally:?}");
    let deemed = office
        .chronicle
        .read(|reader| reader.query("SELECT COUNT(*) FROM event WHERE kind = 'case.acceptance_deemed'", &[]))
        .await
        .unwrap();
    assert!(deemed[0].int(0) > 3, "the law accepts what is forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn act_by_act_the_story_is_the_same_again() {
    let mut first = None;
    for engine in engines() {
        let (digest, _, tally, _office) = told(engine, extent(7, 8), Pace::ActByAct).await;
        let known = first.get_or_insert_with(|| (digest.clone(), tally.clone()));
        assert_eq!(*known, (digest, tally), "{engine:?}");
    }
}
