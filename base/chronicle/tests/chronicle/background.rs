//! Followers and jobs.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::ToSpan;
use mingjing_chronicle::{Blueprint, Follower, NewJob};
use mingjing_testkit::{TestOffice, for_each_engine};

use crate::ledger_of_pebbles::{Run, Stubborn, Worker, add, blueprint};

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_handles_each_event_once() {
    for_each_engine(blueprint, async |office| {
        for turn in 0..450 {
            office.does(move |tx| add(tx, &format!("{}", turn % 5), 1)).await;
        }
        office.settle().await;
        let office = office.reopen().await;
        office.settle().await;
        let rows = office
            .chronicle
            .read(|reader| reader.query("SELECT times FROM echo", &[]))
            .await
            .unwrap();
        assert_eq!(rows.iter().map(|row| row.int(0)).collect::<Vec<_>>(), [1; 450]);
    })
    .await;
}

fn with_stubborn() -> Blueprint {
    let mut blueprint = blueprint();
    blueprint.followers.insert(0, Arc::new(Stubborn) as Arc<dyn Follower>);
    blueprint
}

#[tokio::test(flavor = "multi_thread")]
async fn one_follower_that_refuses_does_not_hold_up_the_others() {
    for_each_engine(with_stubborn, async |office| {
        office.does(|tx| add(tx, "a", 1)).await;
        let mut rounds = 0;
        while office.chronicle.follow_once().await.is_ok() {
            rounds += 1;
            assert!(rounds < 10, "the refusal must be told");
        }
        let rows = office
            .chronicle
            .read(|reader| reader.query("SELECT times FROM echo", &[]))
            .await
            .unwrap();
        assert_eq!(rows.len(), 1);
        let cursor = office
            .chronicle
            .read(|reader| reader.query("SELECT position FROM follower_cursor WHERE name = 'a.stubborn'", &[]))
            .await
            .unwrap();
        assert!(cursor.iter().all(|row| row.int(0) == 0), "{cursor:?}");
    })
    .await;
}

fn working(plan: Vec<Run>) -> (Arc<AtomicI64>, impl Fn() -> Blueprint) {
    let runs = Arc::new(AtomicI64::new(0));
    let counted = Arc::clone(&runs);
    let make = move || {
        blueprint().job(
            "test.work",
            Arc::new(Worker {
                plan: plan.clone(),
                runs: Arc::clone(&counted),
            }),
        )
    };
    (runs, make)
}

async fn enqueue(office: &TestOffice, id: &'static str, in_hours: i64) {
    office
        .does(move |tx| {
            let run_at = tx.context().at.checked_add(in_hours.hours()).unwrap();
            tx.enqueue(NewJob {
                id: id.into(),
                kind: "test.work",
                payload: serde_json::json!({"heap": "a"}),
                run_at,
            })?;
            Ok(())
        })
        .await;
}

/// State, attempts and last error of the job.
async fn job(office: &TestOffice) -> (String, i64, Option<String>) {
    let rows = office
        .chronicle
        .read(|reader| reader.query("SELECT state, attempts, last_error FROM job", &[]))
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    (
        rows[0].text(0).into(),
        rows[0].int(1),
        rows[0].opt_text(2).map(str::to_owned),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_runs_when_due_and_once() {
    let (runs, plan) = working(vec![Run::Works]);
    for_each_engine(plan, async |office| {
        runs.store(0, Ordering::SeqCst);
        enqueue(&office, "one", 2).await;
        enqueue(&office, "one", 0).await;
        office.settle().await;
        assert_eq!(runs.load(Ordering::SeqCst), 0, "the second did not replace the first");
        office.clock.advance_hours(2);
        office.settle().await;
        enqueue(&office, "one", 0).await;
        office.settle().await;
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        assert_eq!(job(&office).await, ("done".into(), 1, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_tried_again_after_failures_and_panics() {
    let (runs, plan) = working(vec![Run::Retries, Run::Panics, Run::Works]);
    for_each_engine(plan, async |office| {
        runs.store(0, Ordering::SeqCst);
        enqueue(&office, "one", 0).await;
        office.settle().await;
        assert_eq!(job(&office).await, ("waiting".into(), 1, Some("not yet".into())));
        office.clock.advance_hours(1);
        office.settle().await;
        assert_eq!(
            job(&office).await,
            ("waiting".into(), 2, Some("the job panicked".into()))
        );
        office.clock.advance_hours(1);
        office.settle().await;
        assert_eq!(job(&office).await, ("done".into(), 3, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cannot_succeed_is_laid_aside() {
    let (runs, plan) = working(vec![Run::GivesUp]);
    for_each_engine(plan, async |office| {
        runs.store(0, Ordering::SeqCst);
        enqueue(&office, "one", 0).await;
        office.settle().await;
        office.clock.advance_hours(100);
        office.settle().await;
        assert_eq!(job(&office).await, ("dead".into(), 1, Some("never".into())));
    })
    .await;
    let (runs, plan) = working(vec![Run::Retries]);
    for_each_engine(plan, async |office| {
        runs.store(0, Ordering::SeqCst);
        enqueue(&office, "one", 0).await;
        for _ in 0..20 {
            office.settle().await;
            office.clock.advance_hours(1);
        }
        assert_eq!(job(&office).await, ("dead".into(), 12, Some("not yet".into())));
        assert_eq!(runs.load(Ordering::SeqCst), 12);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_an_unknown_kind_waits_for_a_person() {
    for_each_engine(blueprint, async |office| {
        enqueue(&office, "one", 0).await;
        office.settle().await;
        assert_eq!(job(&office).await.0, "dead");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_run_is_taken_over_after_its_lease() {
    let (runs, plan) = working(vec![Run::Hangs, Run::Works]);
    for_each_engine(plan, async |office| {
        runs.store(0, Ordering::SeqCst);
        enqueue(&office, "one", 0).await;
        let lost = tokio::time::timeout(Duration::from_millis(300), office.chronicle.work_once()).await;
        assert!(lost.is_err(), "the first run hangs");
        office.settle().await;
        assert_eq!(job(&office).await, ("running".into(), 1, None), "its lease still holds");
        office.clock.advance_hours(1);
        office.settle().await;
        assert_eq!(job(&office).await, ("done".into(), 2, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn background_work_runs_until_it_is_stopped() {
    let (runs, plan) = working(vec![Run::Works]);
    for_each_engine(plan, async |office| {
        runs.store(0, Ordering::SeqCst);
        let stop = Arc::new(tokio::sync::Notify::new());
        let tasks = office.chronicle.start(Arc::clone(&stop));
        office.does(|tx| add(tx, "a", 1)).await;
        enqueue(&office, "one", 0).await;
        let mut echoed = 0;
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let rows = office
                .chronicle
                .read(|reader| reader.query("SELECT times FROM echo", &[]))
                .await
                .unwrap();
            echoed = rows.len();
            if echoed == 1 && runs.load(Ordering::SeqCst) == 1 {
                break;
            }
        }
        assert_eq!((echoed, runs.load(Ordering::SeqCst)), (1, 1));
        stop.notify_waiters();
        for task in tasks {
            tokio::time::timeout(Duration::from_secs(5), task)
                .await
                .unwrap()
                .unwrap();
        }
    })
    .await;
}
