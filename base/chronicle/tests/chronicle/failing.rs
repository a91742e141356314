//! Every single write fails once, in both ways: not done, and done but not told. Nothing acknowledged may
//! be lost, nothing may be there twice, and the views must be what the events say.

use mingjing_chronicle::db::probe::Failure;
use mingjing_chronicle::{Actor, NewJob, Refusal, Request, Stop, Tx, operate};
use mingjing_testkit::{Engine, Target, TestOffice, engines};

use crate::ledger_of_pebbles::{Heap, add, added, blueprint, clerk};

/// A command that touches all tables: two streams, a consulted third, a job, a key.
fn move_pebbles(tx: &mut Tx<'_>) -> Result<i64, Stop> {
    tx.consult::<Heap>("river")?;
    let left = add(tx, "left", -1)?;
    add(tx, "right", 1)?;
    let run_at = tx.context().at;
    tx.enqueue(NewJob {
        id: tx.context().id("job"),
        kind: "of.nobody",
        payload: serde_json::Value::Null,
        run_at,
    })?;
    Ok(left)
}

fn request(turn: u32) -> Request {
    Request::by(clerk()).once(format!("key-{turn}"), "body")
}

async fn one_round(engine: Engine, nth: u32, failure: Failure, target: Target) -> bool {
    let office = TestOffice::open(engine, blueprint).await;
    office
        .does(|tx| {
            let mut heap = tx.load::<Heap>("left")?;
            let about = mingjing_chronicle::About::new(tx.context());
            tx.append(&mut heap, vec![added(100)], &about)?;
            Ok(())
        })
        .await;
    office.switch.arm(target, nth, failure);
    let mut acknowledged = Vec::new();
    // One that writes and is refused: taking it back may fail, too.
    let refused = office.chronicle.inside(Actor::system(), |tx| {
        add(tx, "left", 1000)?;
        Err::<i64, _>(Refusal::law("changed.my.mind", "不加了。").into())
    });
    assert!(refused.await.is_err());
    for turn in 0..2 {
        acknowledged.push(office.chronicle.perform(request(turn), move_pebbles).await.is_ok());
    }
    let fired = !office.switch.disarm();
    // As a client does that got no answer: the same again, after the restart.
    let office = office.reopen().await;
    for turn in 0..2 {
        let again = office.chronicle.perform(request(turn), move_pebbles).await;
        let again = again.unwrap_or_else(|stop| panic!("{engine:?} {nth} {failure:?}: {stop:?}"));
        assert!(
            again.repeated || !acknowledged[turn as usize],
            "{engine:?} write {nth} {failure:?}: an acknowledged command was lost"
        );
    }
    let heaps = office
        .chronicle
        .read(|reader| {
            Ok((
                reader.load::<Heap>("left")?.pebbles,
                reader.load::<Heap>("right")?.pebbles,
            ))
        })
        .await
        .unwrap();
    assert_eq!(
        heaps,
        (98, 2),
        "{engine:?} write {nth} {failure:?}: something is there twice or half"
    );
    let jobs = office
        .chronicle
        .read(|reader| reader.query("SELECT id FROM job", &[]))
        .await
        .unwrap();
    assert_eq!(jobs.len(), 2);
    // Followers need positions; their round must also stand after a failure.
    office.settle().await;
    let report = operate::rebuild_check(&office.chronicle).await.unwrap();
    assert!(report.equal(), "{engine:?} write {nth} {failure:?}: {report:?}");
    fired
}

#[tokio::test(flavor = "multi_thread")]
async fn each_write_fails_once() {
    for engine in engines() {
        for failure in [Failure::Failed, Failure::FailedButDone] {
            // On PostgreSQL each round costs a database, so only every third write fails there, and not
            // the same ones in both ways.
            let (mut nth, step) = match (engine, failure) {
                (Engine::Sqlite, _) => (1, 1),
                (Engine::Postgres, Failure::Failed) => (1, 3),
                (Engine::Postgres, Failure::FailedButDone) => (2, 3),
            };
            while one_round(engine, nth, failure, Target::Write).await {
                nth += step;
            }
            assert!(nth > 20, "{engine:?}: only {nth} writes were seen");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_commit_fails_once() {
    for engine in engines() {
        for failure in [Failure::Failed, Failure::FailedButDone] {
            assert!(one_round(engine, 1, failure, Target::Commit).await);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_whose_commit_fails_handles_each_event_once() {
    for engine in engines() {
        for failure in [Failure::Failed, Failure::FailedButDone] {
            // On PostgreSQL each office costs a database, so only every third write fails there.
            let step = if engine == Engine::Postgres { 3 } else { 1 };
            for nth in (1..).step_by(step) {
                let office = TestOffice::open(engine, blueprint).await;
                for turn in 0..3 {
                    office.does(move |tx| add(tx, &format!("{turn}"), 1)).await;
                }
                office.switch.arm(Target::Write, nth, failure);
                let outcome = office.chronicle.settle().await;
                let fired = !office.switch.disarm();
                assert!(outcome.is_ok() || fired, "{outcome:?}");
                let office = office.reopen().await;
                office.settle().await;
                let rows = office
                    .chronicle
                    .read(|reader| reader.query("SELECT times FROM echo", &[]))
                    .await
                    .unwrap();
                assert_eq!(
                    rows.iter().map(|row| row.int(0)).collect::<Vec<_>>(),
                    [1; 3],
                    "{engine:?} {nth} {failure:?}"
                );
                assert!(operate::rebuild_check(&office.chronicle).await.unwrap().equal());
                if !fired {
                    assert!(nth > 5);
                    break;
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_passes() {
    // The engine's own limit on pages stands in for a full disk.
    let office = TestOffice::open(Engine::Sqlite, blueprint).await;
    office.does(|tx| add(tx, "a", 1)).await;
    office
        .does(|tx| {
            let pages = tx.query("PRAGMA page_count", &[])?[0].int(0);
            tx.query(&format!("PRAGMA max_page_count = {}", pages + 2), &[])?;
            Ok(())
        })
        .await;
    let mut done = 0;
    let fault = loop {
        match office.chronicle.inside(Actor::system(), |tx| add(tx, "a", 1)).await {
            Ok(_) => done += 1,
            Err(stop) => break stop,
        }
        assert!(done < 1_000, "the disk never fills");
    };
    assert!(
        matches!(fault, Stop::Fault(mingjing_chronicle::Fault::Full)),
        "{fault:?}"
    );
    office
        .does(|tx| {
            tx.query("PRAGMA max_page_count = 1000000", &[])?;
            Ok(())
        })
        .await;
    assert_eq!(
        office.does(|tx| add(tx, "a", 1)).await,
        done + 2,
        "what was told is kept, and life goes on"
    );
    assert!(operate::rebuild_check(&office.chronicle).await.unwrap().equal());
}
