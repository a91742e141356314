//! Loading in bulk: the same record as command by command, only faster.

use std::sync::Arc;

use jiff::ToSpan;
use mingjing_chronicle::{Actor, BulkOrder, Chronicle, Fault, NewJob, RecordedEvent, Stop, operate};
use mingjing_testkit::{TestOffice, for_each_engine};

use crate::ledger_of_pebbles::{HeapEvent, add, blueprint, clerk, put};

fn order(commands_per_commit: usize) -> BulkOrder {
    BulkOrder {
        commands_per_commit,
        remembered: 100,
        jobs_from: None,
        passed_over: Vec::new(),
    }
}

/// What is recorded, without ids and keys.
async fn told(chronicle: &Chronicle) -> Vec<(i64, String, i64, String, Option<Vec<u8>>)> {
    let told = |event: RecordedEvent| {
        let (json, envelope) = (event.json().map(<[u8]>::to_vec), event.envelope);
        (event.position, envelope.stream, envelope.version, envelope.actor, json)
    };
    chronicle
        .read(move |reader| Ok(reader.events_after(0, 10_000)?.into_iter().map(told).collect()))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_records_what_single_commands_record() {
    for_each_engine(blueprint, async |office| {
        office.does(|tx| add(tx, "before", 1)).await;
        office.settle().await;
        office
            .chronicle
            .load_in_bulk(order(7), |bulk| {
                for turn in 0..100_i64 {
                    bulk.perform(clerk(), |tx| add(tx, &format!("heap-{}", turn % 5), turn))?;
                }
                bulk.perform(clerk(), |tx| put(tx, "heap-3", HeapEvent::Sealed))
            })
            .await
            .unwrap();
        let alone = TestOffice::open(office.engine, blueprint).await;
        alone.does(|tx| add(tx, "before", 1)).await;
        for turn in 0..100_i64 {
            let heap = format!("heap-{}", turn % 5);
            alone
                .chronicle
                .inside(clerk(), move |tx| add(tx, &heap, turn))
                .await
                .unwrap();
        }
        let seal = |tx: &mut mingjing_chronicle::Tx<'_>| put(tx, "heap-3", HeapEvent::Sealed);
        alone.chronicle.inside(clerk(), seal).await.unwrap();
        alone.settle().await;
        assert_eq!(told(&office.chronicle).await, told(&alone.chronicle).await);
        // The views that follow are up to date without anybody having followed, and nothing is counted twice later.
        for _ in 0..2 {
            let report = operate::rebuild_check(&office.chronicle).await.unwrap();
            assert!(report.equal(), "{report:?}");
            assert!(report.tables.iter().all(|table| table.rows > 0), "{report:?}");
            office.settle().await;
        }
        let office = office.reopen().await;
        assert_eq!(
            office.does(|tx| add(tx, "heap-0", 0)).await,
            (0..100).step_by(5).sum::<i64>()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_command_leaves_nothing_and_the_load_goes_on() {
    for_each_engine(blueprint, async |office| {
        let refused = office
            .chronicle
            .load_in_bulk(order(50), |bulk| {
                bulk.perform(clerk(), |tx| put(tx, "a", HeapEvent::Sealed))?;
                let refused = bulk.perform(clerk(), |tx| {
                    add(tx, "b", 5)?;
                    add(tx, "a", 1)
                });
                bulk.perform(clerk(), |tx| add(tx, "b", 2))?;
                Ok(matches!(refused, Err(Stop::Refusal(_))))
            })
            .await
            .unwrap();
        assert!(refused);
        assert_eq!(office.does(|tx| add(tx, "b", 0)).await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_takes_back_the_open_commit_and_ends_the_load() {
    for_each_engine(blueprint, async |office| {
        let outcome = office
            .chronicle
            .load_in_bulk(order(2), |bulk| {
                for _ in 0..3 {
                    bulk.perform(clerk(), |tx| add(tx, "a", 1))?;
                }
                let broken: Result<i64, Stop> = bulk.perform(clerk(), |tx| {
                    tx.execute("INSERT INTO no_such_table (id) VALUES (1)", &[])?;
                    Ok(0)
                });
                assert!(matches!(broken, Err(Stop::Fault(_))));
                bulk.perform(clerk(), |tx| add(tx, "a", 1))
            })
            .await;
        assert!(matches!(outcome, Err(Stop::Fault(_))), "{outcome:?}");
        assert_eq!(office.does(|tx| add(tx, "a", 0)).await, 2, "the first commit stays");
        office.settle().await;
        assert!(operate::rebuild_check(&office.chronicle).await.unwrap().equal());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_panics_leaves_the_house_standing() {
    for_each_engine(blueprint, async |office| {
        let outcome: Result<(), Stop> = office
            .chronicle
            .load_in_bulk(order(10), |bulk| {
                bulk.perform(clerk(), |tx| add(tx, "a", 1))?;
                panic!("a load that panics");
            })
            .await;
        assert!(matches!(outcome, Err(Stop::Fault(Fault::Internal(_)))));
        assert_eq!(office.does(|tx| add(tx, "a", 7)).await, 7);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_begins_at_rest() {
    for_each_engine(blueprint, async |office| {
        office.does(|tx| add(tx, "a", 1)).await;
        let outcome: Result<(), Stop> = office.chronicle.load_in_bulk(order(10), |_| Ok(())).await;
        assert!(matches!(outcome, Err(Stop::Fault(Fault::Internal(_)))));
        office.settle().await;
        office.chronicle.load_in_bulk(order(10), |_| Ok(())).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_the_time_that_is_loaded_are_the_loads_own_work() {
    for_each_engine(blueprint, async |office| {
        let now = office.clock.now();
        let order = BulkOrder {
            jobs_from: Some(now),
            ..order(10)
        };
        office
            .chronicle
            .load_in_bulk(order, move |bulk| {
                bulk.perform(Actor::system(), |tx| {
                    for (id, hours) in [("past", -1), ("future", 1)] {
                        tx.enqueue(NewJob {
                            id: id.into(),
                            kind: "test.work",
                            payload: serde_json::Value::Null,
                            run_at: now.checked_add(i64::from(hours).hours()).unwrap_or(now),
                        })?;
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
        let jobs = office
            .chronicle
            .read(|reader| reader.query("SELECT id FROM job", &[]))
            .await
            .unwrap();
        assert_eq!(jobs.iter().map(|row| row.text(0)).collect::<Vec<_>>(), ["future"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_was_cut_off_is_refused_on_sqlite() {
    let office = TestOffice::sqlite(blueprint).await;
    office
        .does(|tx| {
            // What a power cut in the middle of a load leaves.
            tx.execute(
                "INSERT INTO deployment (name, value) VALUES ('bulk_load', 'begun')",
                &[],
            )?;
            Ok(())
        })
        .await;
    assert!(matches!(opened(&office).await.err(), Some(Fault::Inconsistent(_))));
}

async fn opened(office: &TestOffice) -> Result<Arc<Chronicle>, Fault> {
    Chronicle::open(
        office.location(),
        blueprint(),
        TestOffice::keys(),
        office.clock.clone(),
        mingjing_chronicle::Chance::seeded(3),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_forced_to_disk_is_refused_until_it_is() {
    let office = TestOffice::sqlite(blueprint).await;
    office.chronicle.stop_syncing().await.unwrap();
    office.does(|tx| add(tx, "red", 1)).await;
    assert!(matches!(opened(&office).await.err(), Some(Fault::Inconsistent(_))));
    office.chronicle.sync_again().await.unwrap();
    let again = opened(&office).await.unwrap();
    let head = again.read(|reader| reader.head()).await.unwrap();
    assert_eq!(head, office.chronicle.read(|reader| reader.head()).await.unwrap());
    assert!(head > 0);
}
