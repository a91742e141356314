//! From the act to the receipt, on both engines.

use std::collections::BTreeSet;
use std::sync::Arc;

use mingjing_chronicle::params;
use mingjing_ledger::{Board, Finding, Proved, Sequenced, Signed, Signer, Stop, prove, reconcile, sequence, verify};
use mingjing_testkit::{Engine, TestOffice, for_each_engine};
use mingjing_tlog::Policy;

use crate::deeds::{begun, blueprint, checked, events, grant, grants, place, put, signer};

async fn placed(office: &TestOffice) -> Vec<(i64, String, String)> {
    office
        .chronicle
        .read(|reader| {
            let rows = reader.query("SELECT place, event_id, leaf FROM ledger_entry ORDER BY place", &[])?;
            Ok(rows
                .iter()
                .map(|row| (row.int(0), row.text(1).to_owned(), row.text(2).to_owned()))
                .collect())
        })
        .await
        .unwrap()
}

/// Every act one leaf, every leaf an act, places dense from 0.
async fn assert_one_leaf_each(office: &TestOffice) {
    let acts: BTreeSet<String> = events(&office.chronicle)
        .await
        .into_iter()
        .filter(|event| !event.envelope.class.is_empty())
        .map(|event| event.envelope.event_id)
        .collect();
    let rows = placed(office).await;
    let leaves: Vec<&String> = rows
        .iter()
        .map(|(_, id, _)| id)
        .filter(|id| !id.contains('/'))
        .collect();
    assert_eq!(leaves.len(), acts.len(), "as many leaves as acts");
    assert!(leaves.iter().all(|id| acts.contains(*id)));
    assert!(rows.iter().enumerate().all(|(at, (place, _, _))| *place == at as i64));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_gets_one_leaf_and_a_receipt_that_verifies() {
    for_each_engine(blueprint, async |office: TestOffice| {
        let place = begun(&office).await;
        grants(&office, "first", 9).await;
        let mut signer = signer(&office, &place);
        assert!(signer.round().await.unwrap());
        grants(&office, "second", 300).await;
        office.clock.advance_hours(1);
        assert!(signer.round().await.unwrap());
        assert!(!signer.round().await.unwrap());
        assert_one_leaf_each(&office).await;
        assert_eq!(checked(&place), 310);
        signer.check().unwrap().await.unwrap();

        let policy = mingjing_ledger::own_policy(&office.chronicle, &place).await.unwrap();
        assert!(policy.starts_with("log log.example/330303/2026+"));
        let policy = Policy::parse(policy.as_bytes()).unwrap();
        for event in events(&office.chronicle).await.iter().step_by(29) {
            let proved = prove(&office.chronicle, &place, event, |name| name == "payload.to")
                .await
                .unwrap();
            let Proved::Proof(proof) = proved else {
                assert!(
                    event.envelope.class.is_empty(),
                    "{} has no proof",
                    event.envelope.event_id
                );
                continue;
            };
            let opening = proof.opening.unwrap().to_string();
            let verified = verify(opening.as_bytes(), None, &policy).unwrap();
            assert_eq!(verified.fields, [("payload.to".to_owned(), "\"石小满\"".to_owned())]);
            assert_eq!(
                (verified.class.as_str(), verified.day.as_str()),
                ("permit", "2026-03-02")
            );
            let receipt = proof.receipt.to_string();
            assert!(verify(receipt.as_bytes(), None, &policy).unwrap().fields.is_empty());
            assert!(!receipt.contains("石小满"));
        }
        let report = reconcile(&office.chronicle, &place, None).await.unwrap();
        assert_eq!((report.findings, report.acts, report.leaves), (vec![], 309, 310));
        office.assert_portable().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sequencers_at_once_give_each_leaf_one_place() {
    for_each_engine(blueprint, async |office: TestOffice| {
        begun(&office).await;
        let other = match office.engine {
            Engine::Postgres => office.another_node().await,
            Engine::Sqlite => Arc::clone(&office.chronicle),
        };
        for round in 0..4 {
            grants(&office, &format!("round{round}"), 60).await;
            let tasks: Vec<_> = [Arc::clone(&office.chronicle), Arc::clone(&other)]
                .into_iter()
                .cycle()
                .take(6)
                .map(|node| tokio::spawn(async move { sequence(&node, Signed::NOTHING).await }))
                .collect();
            for task in tasks {
                task.await.unwrap().unwrap();
            }
        }
        assert_one_leaf_each(&office).await;
        assert_eq!(placed(&office).await.len(), 241);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn within_a_batch_places_do_not_tell_the_order_of_acts() {
    for_each_engine(blueprint, async |office: TestOffice| {
        begun(&office).await;
        grants(&office, "row", 40).await;
        sequence(&office.chronicle, Signed::NOTHING).await.unwrap();
        let acted: Vec<String> = events(&office.chronicle)
            .await
            .into_iter()
            .filter(|event| !event.envelope.class.is_empty())
            .map(|event| event.envelope.event_id)
            .collect();
        let sealed: Vec<String> = placed(&office).await.into_iter().skip(1).map(|(_, id, _)| id).collect();
        assert_eq!(sealed.len(), acted.len());
        assert_ne!(sealed, acted);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_after_any_step_goes_on_with_the_same_log() {
    for_each_engine(blueprint, async |office: TestOffice| {
        let place = begun(&office).await;
        let mut office = office;
        for step in 0..4 {
            grants(&office, &format!("step{step}"), 7).await;
            // Stops after nothing, after the leaf, after the place, after signature and publication.
            if step >= 2 {
                sequence(&office.chronicle, Signed::NOTHING).await.unwrap();
            }
            if step >= 3 {
                signer(&office, &place).round().await.unwrap();
            }
            office = office.reopen().await;
        }
        signer(&office, &place).round().await.unwrap();
        assert_one_leaf_each(&office).await;
        assert_eq!(checked(&place), 29);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_process_signs() {
    let office = TestOffice::sqlite(blueprint).await;
    let place = begun(&office).await;
    let first = signer(&office, &place);
    let second = Signer::new(Arc::clone(&office.chronicle), place.clone(), Board::default());
    assert!(matches!(second, Err(Stop::TwoSigners)));
    drop(first);
    signer(&office, &place);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_waits_for_the_cadence() {
    let office = TestOffice::sqlite(blueprint).await;
    let place = begun(&office).await;
    let mut signer = signer(&office, &place);
    signer.round().await.unwrap();
    assert_eq!(checked(&place), 1);
    grants(&office, "soon", 3).await;
    signer.round().await.unwrap();
    assert_eq!(checked(&place), 1, "a minute has not passed");
    let event = events(&office.chronicle).await.remove(0);
    let pending = prove(&office.chronicle, &place, &event, |_| true).await.unwrap();
    assert!(matches!(pending, Proved::Pending));
    office.clock.advance_hours(1);
    signer.round().await.unwrap();
    assert_eq!(checked(&place), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_over_is_closed_once_and_counts_what_was_done() {
    for_each_engine(blueprint, async |office: TestOffice| {
        let place = begun(&office).await;
        grants(&office, "monday", 5).await;
        let mut signer = signer(&office, &place);
        signer.round().await.unwrap();
        assert_eq!(signer.close_days().await.unwrap(), 0, "the day is not over");
        office.clock.advance_hours(24);
        office.does(|tx| grant(tx, "tuesday", "fire")).await;
        assert_eq!(signer.close_days().await.unwrap(), 1);
        assert_eq!(signer.close_days().await.unwrap(), 0);
        office.settle().await;
        signer.round().await.unwrap();
        let closed: Vec<String> = placed(&office)
            .await
            .into_iter()
            .map(|(_, id, _)| id)
            .filter(|id| id.starts_with("close/"))
            .collect();
        let closed: BTreeSet<&str> = closed.iter().map(String::as_str).collect();
        assert_eq!(
            closed,
            BTreeSet::from(["close/2026-03-02/fire", "close/2026-03-02/market"])
        );
        let report = reconcile(&office.chronicle, &place, None).await.unwrap();
        assert!(report.sound(), "{:?}", report.findings);
    })
    .await;
}

/// Somebody with the database's own tools.
pub async fn tamper(office: &TestOffice, statements: &'static [&'static str]) {
    let drop_guard: &[&str] = match office.engine {
        Engine::Sqlite => &[
            "DROP TRIGGER IF EXISTS event_never_updated",
            "DROP TRIGGER IF EXISTS event_never_deleted",
        ],
        Engine::Postgres => &[
            "DROP TRIGGER IF EXISTS event_never_changed ON event",
            "GRANT ALL ON event TO CURRENT_USER",
        ],
    };
    office
        .does(move |tx| {
            for text in drop_guard.iter().chain(statements) {
                tx.execute(text, &params![])?;
            }
            Ok(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_changed_by_hand_is_found_and_named() {
    async fn check(statements: &'static [&'static str], expect: impl Fn(&Finding) -> bool + Send + Sync + 'static) {
        let expect = Arc::new(expect);
        for_each_engine(blueprint, async |office: TestOffice| {
            let place = begun(&office).await;
            grants(&office, "row", 6).await;
            office.does(|tx| put(tx, "twice", "market", "permit", "甲")).await;
            office.does(|tx| put(tx, "twice", "market", "permit", "乙")).await;
            office.settle().await;
            signer(&office, &place).round().await.unwrap();
            assert!(reconcile(&office.chronicle, &place, None).await.unwrap().sound());
            tamper(&office, statements).await;
            let report = reconcile(&office.chronicle, &place, Some(&office.folder().join("none")))
                .await
                .unwrap();
            assert!(
                report.findings.iter().any(|finding| expect(finding)),
                "{statements:?}: {:?}",
                report.findings
            );
        })
        .await;
    }
    let of = |stream: &'static str| move |event: &mingjing_ledger::Named| event.stream == stream;
    let altered = of("deed/row-3#1");
    check(
        &["UPDATE event SET actor = 'somebody' WHERE stream = 'deed/row-3'"],
        move |finding| matches!(finding, Finding::Altered { event, .. } if altered(event)),
    )
    .await;
    let dated = of("deed/row-3#1");
    check(
        &["UPDATE event SET recorded_at = recorded_at - 1 WHERE stream = 'deed/row-3'"],
        move |finding| matches!(finding, Finding::Altered { event, .. } if dated(event)),
    )
    .await;
    let unreadable = of("deed/row-2#1");
    check(
        &["UPDATE event SET payload = (SELECT payload FROM event WHERE stream = 'deed/row-1') WHERE stream = 'deed/row-2'"],
        move |finding| matches!(finding, Finding::Unreadable { event } if unreadable(event)),
    )
    .await;
    let no_act = of("deed/row-4#1");
    check(
        &["UPDATE event SET class = '' WHERE stream = 'deed/row-4'"],
        move |finding| matches!(finding, Finding::Altered { event, .. } if no_act(event)),
    )
    .await;
    check(&["DELETE FROM event WHERE stream = 'deed/row-5'"], |finding| {
        matches!(finding, Finding::EventMissing { event_id: Some(_), .. })
    })
    .await;
    let gap = of("deed/twice#2");
    check(
        &["DELETE FROM event WHERE stream = 'deed/twice' AND version = 1"],
        move |finding| matches!(finding, Finding::Gap { event, expected: 1 } if gap(event)),
    )
    .await;
    check(&["DELETE FROM ledger_entry WHERE place = 3"], |finding| {
        matches!(finding, Finding::ListAltered { place: 3, .. })
    })
    .await;
    check(
        &["UPDATE ledger_entry SET leaf = replace(leaf, 'permit', 'permis') WHERE place = 4"],
        |finding| matches!(finding, Finding::ListAltered { place: 4, .. }),
    )
    .await;
    let erased = of("deed/row-0#1");
    check(
        &["DELETE FROM event_key WHERE key_id IN (SELECT event_id FROM event WHERE stream = 'deed/row-0')"],
        move |finding| matches!(finding, Finding::ErasedWithoutJournal { event } if erased(event)),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_act_keeps_its_receipt_and_shows_nothing() {
    let office = TestOffice::sqlite(blueprint).await;
    let place = begun(&office).await;
    grants(&office, "row", 4).await;
    signer(&office, &place).round().await.unwrap();
    let event = events(&office.chronicle).await.remove(2);
    let journal = office.folder().join("erasure.journal");
    let key = [event.envelope.event_id.clone()];
    mingjing_chronicle::operate::erase(&office.chronicle, &key, &journal)
        .await
        .unwrap();
    let event = events(&office.chronicle).await.remove(2);
    let Proved::Proof(proof) = prove(&office.chronicle, &place, &event, |_| true).await.unwrap() else {
        panic!("an erased act keeps its place");
    };
    assert!(proof.opening.is_none());
    let report = reconcile(&office.chronicle, &place, Some(&journal)).await.unwrap();
    assert_eq!((report.findings, report.erased), (vec![], 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_log_or_journal_nothing_is_signed_and_acts_go_on() {
    let office = TestOffice::sqlite(blueprint).await;
    let place = place(office.folder());
    std::fs::create_dir_all(&place.journal).unwrap();
    let mut early = signer(&office, &place);
    grants(&office, "early", 3).await;
    assert!(matches!(early.round().await, Err(Stop::NoLog)));
    assert_eq!(
        sequence(&office.chronicle, Signed::NOTHING).await.unwrap(),
        Sequenced::NoShard
    );
    begun(&office).await;
    assert!(early.round().await.unwrap());
    assert_eq!(checked(&place), 4);
    drop(early);
    std::fs::remove_dir_all(place.journal.join("2026")).unwrap();
    std::fs::create_dir_all(place.journal.join("2026")).unwrap();
    grants(&office, "late", 3).await;
    assert!(matches!(signer(&office, &place).round().await, Err(Stop::JournalLost)));
    assert_eq!(checked(&place), 4);
}
