//! An old backup is restored under a log that went on: nothing is signed before the record has again what was signed.

use mingjing_chronicle::{Chance, operate};
use mingjing_ledger::{Finding, Stop, reconcile, refill};
use mingjing_testkit::{Engine, TestOffice, engines};

use crate::deeds::{begun, blueprint, checked, grants, new_log, signer};

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_record_is_refilled_before_anything_is_signed() {
    for engine in engines() {
        restored(engine).await;
    }
}

async fn restored(engine: Engine) {
    let office = TestOffice::open(engine, blueprint).await;
    let place = begun(&office).await;
    grants(&office, "kept", 5).await;
    let mut first = signer(&office, &place);
    first.round().await.unwrap();
    // One act has its leaf in the backup, but no place yet.
    grants(&office, "half", 1).await;
    let backup = office.folder().join("backup");
    operate::backup(&office.chronicle, &backup).await.unwrap();
    grants(&office, "lost", 300).await;
    office.clock.advance_hours(1);
    first.round().await.unwrap();
    assert_eq!(checked(&place), 307);
    drop(first);

    let anew = TestOffice::empty_place(engine).await;
    operate::restore(
        &backup,
        anew.location(),
        blueprint(),
        TestOffice::keys(),
        office.clock.clone(),
        Chance::seeded(9),
        None,
    )
    .await
    .unwrap();
    let chronicle = mingjing_chronicle::Chronicle::open(
        anew.location(),
        blueprint(),
        TestOffice::keys(),
        office.clock.clone(),
        Chance::seeded(10),
    )
    .await
    .unwrap();
    let mut signer = mingjing_ledger::Signer::new(chronicle.clone(), place.clone(), Default::default()).unwrap();
    assert!(matches!(signer.round().await, Err(Stop::RecordBehind { .. })));
    assert!(matches!(
        refill(&chronicle, &place, &new_log(), None).await,
        Err(Stop::TwoSigners)
    ));
    drop(signer);
    let done = refill(&chronicle, &place, &new_log(), None).await.unwrap();
    assert_eq!((done.kept, done.read_back, done.moved), (6, 301, 0));
    let again = refill(&chronicle, &place, &new_log(), None).await.unwrap();
    assert_eq!((again.kept, again.read_back), (307, 0));

    office.clock.advance_hours(1);
    let mut signer = mingjing_ledger::Signer::new(chronicle.clone(), place.clone(), Default::default()).unwrap();
    chronicle.settle().await.unwrap();
    signer.round().await.unwrap();
    assert_eq!(checked(&place), 307, "the act that waited has its place already");
    let report = reconcile(&chronicle, &place, None).await.unwrap();
    assert_eq!(report.findings.len(), 300, "acts that the restore lost");
    assert!(
        report
            .findings
            .iter()
            .all(|finding| matches!(finding, Finding::EventMissing { event_id: None, .. }))
    );
}
