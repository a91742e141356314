//! Views: live equals replayed, a new version beside the old, texts that both engines understand.

use mingjing_chronicle::{Row, params};
use mingjing_testkit::{TestOffice, for_each_engine};

use crate::ledger_of_pebbles::{HeapEvent, add, blueprint, blueprint_with, put};

async fn listed(office: &TestOffice) -> Vec<Row> {
    office
        .chronicle
        .read(|reader| {
            reader.query(
                "SELECT id, pebbles, sealed, last_note, changed_at FROM {heap_list} ORDER BY id",
                &[],
            )
        })
        .await
        .unwrap()
}

async fn some_history(office: &TestOffice) {
    for turn in 0..30 {
        office
            .does(move |tx| add(tx, &format!("heap-{}", turn % 7), turn))
            .await;
        office.clock.advance_hours(1);
    }
    office.does(|tx| put(tx, "heap-3", HeapEvent::Sealed)).await;
    office.does(|tx| put(tx, "heap-4", HeapEvent::Looked)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_is_built_beside_the_old_and_equals_the_living() {
    for_each_engine(blueprint, async |office| {
        some_history(&office).await;
        let living = listed(&office).await;
        let office = office.reopen_with(|| blueprint_with(2)).await;
        let doubled: Vec<i64> = listed(&office).await.iter().map(|row| row.int(1)).collect();
        assert_eq!(doubled, living.iter().map(|row| row.int(1) * 2).collect::<Vec<_>>());
        // Back to the first version: built anew by replay, it is what had grown event by event.
        let office = office.reopen_with(blueprint).await;
        assert_eq!(listed(&office).await, living);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_was_interrupted_is_taken_up_again() {
    for_each_engine(blueprint, async |office| {
        some_history(&office).await;
        let living = listed(&office).await;
        // What a crash in the middle of a build leaves: tables of the next generation, half filled.
        office
            .does(|tx| {
                tx.execute("CREATE TABLE heap_list_v2_g2 (id TEXT PRIMARY KEY)", &[])?;
                tx.execute("INSERT INTO heap_list_v2_g2 (id) VALUES ($1)", &params!["heap-1"])?;
                Ok(())
            })
            .await;
        let office = office.reopen_with(|| blueprint_with(2)).await;
        assert_eq!(listed(&office).await.len(), living.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_view_counts_each_event_once() {
    for_each_engine(blueprint, async |office| {
        some_history(&office).await;
        office.settle().await;
        let office = office.reopen().await;
        office.settle().await;
        office.does(|tx| add(tx, "heap-1", 1)).await;
        office.settle().await;
        let rows = office
            .chronicle
            .read(|reader| reader.query("SELECT kind, events FROM {heap_totals} ORDER BY kind", &[]))
            .await
            .unwrap();
        let counted: Vec<_> = rows.iter().map(|row| (row.text(0), row.int(1))).collect();
        assert_eq!(counted, [("heap.added", 31), ("heap.looked", 1), ("heap.sealed", 1)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_text_is_understood_by_both_engines() {
    for_each_engine(blueprint, async |office| {
        some_history(&office).await;
        office.settle().await;
        listed(&office).await;
        office.chronicle.sweep().await.unwrap();
        office.chronicle.put_blob(b"x").await.unwrap();
        assert!(office.switch.statements().len() > 15, "the probe hears nothing");
        office.assert_portable().await;
    })
    .await;
}
