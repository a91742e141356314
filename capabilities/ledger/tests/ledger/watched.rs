//! What a check finds is kept, by act and matter, until the next one finds it mended.

use std::sync::Arc;
use std::time::Duration;

use mingjing_ledger::{Finding, Looked, check, standing, start};
use mingjing_testkit::{TestOffice, for_each_engine};
use tokio::sync::Notify;

use crate::deeds::{begun, blueprint, grants, put, signer};
use crate::pipeline::tamper;

async fn stands(office: &TestOffice) -> mingjing_ledger::Standing {
    office.chronicle.read(standing).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_leaves_rows_and_what_it_found_is_named() {
    for_each_engine(blueprint, async |office: TestOffice| {
        let place = begun(&office).await;
        grants(&office, "row", 5).await;
        signer(&office, &place).round().await.unwrap();
        assert!(stands(&office).await.record.is_none());
        let outcomes = check(&office.chronicle, &place).await.unwrap();
        let looked: Vec<_> = outcomes
            .iter()
            .map(|outcome| (outcome.looked, outcome.shard.as_str(), outcome.seen, outcome.found))
            .collect();
        assert_eq!(looked, [(Looked::Files, "2026", 6, 0), (Looked::Record, "", 6, 0)]);
        let calm = stands(&office).await;
        assert_eq!(
            (calm.record, calm.files.len(), calm.alarms.len()),
            (outcomes.last().cloned(), 1, 0)
        );
        assert_eq!((calm.waiting, calm.unfollowed), (0, 0));

        tamper(
            &office,
            &["UPDATE event SET actor = 'somebody' WHERE stream = 'deed/row-3'"],
        )
        .await;
        office.clock.advance_hours(1);
        check(&office.chronicle, &place).await.unwrap();
        let alarmed = stands(&office).await;
        let record = alarmed.record.unwrap();
        assert_eq!(record.found, 1);
        let finding = &record.findings[0];
        assert_eq!(
            (finding.place(), finding.kind()),
            (Some(("deed", "row-3", 1)), Some("deed.granted"))
        );
        assert!(finding.in_words().contains("被改动"), "{}", finding.in_words());
        assert_eq!(alarmed.alarms.len(), 1);

        tamper(
            &office,
            &["UPDATE event SET actor = 'system' WHERE stream = 'deed/row-3'"],
        )
        .await;
        office.clock.advance_hours(1);
        check(&office.chronicle, &place).await.unwrap();
        let mended = stands(&office).await;
        assert!(mended.record.unwrap().sound());
        assert_eq!(mended.alarms.len(), 1, "an alarm that was is not forgotten");
        office.clock.advance_hours(24 * 500);
        check(&office.chronicle, &place).await.unwrap();
        assert_eq!(stands(&office).await.alarms.len(), 1);
        office.assert_portable().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_newest_event_names_its_stream() {
    for_each_engine(blueprint, async |office: TestOffice| {
        let place = begun(&office).await;
        grants(&office, "row", 3).await;
        office.does(|tx| put(tx, "twice", "market", "permit", "甲")).await;
        office.does(|tx| put(tx, "twice", "market", "permit", "乙")).await;
        office.settle().await;
        signer(&office, &place).round().await.unwrap();
        tamper(
            &office,
            &["DELETE FROM event WHERE stream = 'deed/twice' AND version = 2"],
        )
        .await;
        let outcomes = check(&office.chronicle, &place).await.unwrap();
        let findings = &outcomes.last().unwrap().findings;
        let missing = |finding: &Finding| finding.place() == Some(("deed", "twice", 2));
        assert!(findings.iter().any(missing), "{findings:?}");
        assert!(
            findings
                .iter()
                .any(|finding| matches!(finding, Finding::EventMissing { .. }))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_a_forged_head_and_a_lost_file_are_alarms() {
    let office = TestOffice::sqlite(blueprint).await;
    let place = begun(&office).await;
    grants(&office, "row", 300).await;
    signer(&office, &place).round().await.unwrap();
    let folder = place.files.join("2026");
    let found = async |hour: i64| {
        office.clock.advance_hours(hour);
        let outcomes = check(&office.chronicle, &place).await.unwrap();
        outcomes[0]
            .findings
            .iter()
            .map(Finding::in_words)
            .collect::<Vec<_>>()
            .join("；")
    };
    assert_eq!(found(1).await, "");
    for (name, at) in [("tile/0/000", 700), ("tile/entries/000", 9_000), ("tile/1/000.p/1", 3)] {
        let path = folder.join(name);
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        std::fs::write(&path, bytes).unwrap();
        assert!(found(1).await.contains("缺失，或者与签名时不同"), "{name}");
        std::fs::write(&path, whole).unwrap();
    }
    let checkpoint = folder.join("checkpoint");
    let signed = std::fs::read_to_string(&checkpoint).unwrap();
    // The same head under a signature of nobody.
    let (text, line) = signed.split_once("\n\n").unwrap();
    let turned = line.replace(char::is_numeric, "0");
    std::fs::write(&checkpoint, format!("{text}\n\n{turned}")).unwrap();
    assert!(found(1).await.contains("checkpoint"), "{turned}");
    std::fs::write(&checkpoint, signed).unwrap();
    std::fs::remove_file(folder.join("tile/0/000")).unwrap();
    assert!(found(1).await.contains("tile/0/000"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_the_end_of_the_process_cuts_off_is_no_alarm() {
    let office = TestOffice::sqlite(blueprint).await;
    let place = begun(&office).await;
    grants(&office, "row", 60).await;
    let stop = Arc::new(Notify::new());
    let signing = start(signer(&office, &place), &stop);
    // Heard after the first turn, which begins the check.
    stop.notify_waiters();
    signing.await.unwrap();
    let left = stands(&office).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let later = stands(&office).await;
    assert_eq!((left.record, left.alarms.len()), (None, 0), "the check was not over");
    assert_eq!((later.record, later.alarms.len()), (None, 0), "nobody goes on with it");
}
