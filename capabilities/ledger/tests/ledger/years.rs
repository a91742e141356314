//! From one year to the next: the old log ends with a leaf that names its successor, the new one begins with a leaf that
//! commits to the old one's last head, and receipts of both verify.

use mingjing_chronicle::db::probe::Failure;
use mingjing_chronicle::{Chance, Chronicle, operate};
use mingjing_ledger::{Finding, NewLog, Proved, Signer, Stop, check, own_policy, prove, reconcile, refill, verify};
use mingjing_testkit::{Target, TestOffice, engines, for_each_engine};
use mingjing_tlog::Policy;

use crate::deeds::{begun, blueprint, events, grants, signer};
use crate::pipeline::tamper;

/// 1 January 2027, 00:30 in China: still the old year in UTC.
const NEW_YEAR: &str = "2026-12-31T16:30:00Z";

async fn shards(office: &TestOffice) -> Vec<(String, i64, i64)> {
    office
        .chronicle
        .read(|reader| {
            let rows = reader.query("SELECT shard, open, size FROM ledger_head ORDER BY shard", &[])?;
            Ok(rows
                .iter()
                .map(|row| (row.text(0).to_owned(), row.int(1), row.int(2)))
                .collect())
        })
        .await
        .unwrap()
}

fn named(shards: &[(String, i64, i64)]) -> Vec<(&str, i64, i64)> {
    shards
        .iter()
        .map(|(name, open, size)| (name.as_str(), *open, *size))
        .collect()
}

async fn receipts_verify(office: &TestOffice, place: &mingjing_ledger::Place) -> Vec<String> {
    let policy = own_policy(&office.chronicle, place).await.unwrap();
    let policy = Policy::parse(policy.as_bytes()).unwrap();
    let mut logs = Vec::new();
    for event in events(&office.chronicle).await {
        if let Proved::Proof(proof) = prove(&office.chronicle, place, &event, |_| true).await.unwrap() {
            let opening = proof.opening.unwrap().to_string();
            logs.push(verify(opening.as_bytes(), None, &policy).unwrap().log);
        }
    }
    logs
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_ends_and_the_next_log_begins_where_it_ended() {
    for_each_engine(blueprint, async |office: TestOffice| {
        let place = begun(&office).await;
        grants(&office, "old", 5).await;
        let mut signing = signer(&office, &place);
        signing.round().await.unwrap();
        let before = events(&office.chronicle).await.remove(1);
        let Proved::Proof(old) = prove(&office.chronicle, &place, &before, |_| true).await.unwrap() else {
            panic!("it is published");
        };
        office.clock.set(NEW_YEAR.parse().unwrap());
        grants(&office, "turn", 4).await;
        for _ in 0..4 {
            signing.round().await.unwrap();
        }
        assert_eq!(named(&shards(&office).await), [("2026", 0, 7), ("2027", 1, 5)]);
        grants(&office, "new", 3).await;
        office.clock.advance_hours(1);
        signing.round().await.unwrap();

        let logs = receipts_verify(&office, &place).await;
        let of = |year: &str| logs.iter().filter(|log| log.ends_with(year)).count();
        assert_eq!((of("/2026"), of("/2027"), logs.len()), (5, 7, 12));
        let policy = own_policy(&office.chronicle, &place).await.unwrap();
        assert_eq!(policy.lines().filter(|line| line.starts_with("log ")).count(), 2);
        // A receipt that was taken in the old year needs nothing of the new one.
        let first = policy.lines().next().unwrap();
        let then = Policy::parse(format!("{first}\nquorum none\n").as_bytes()).unwrap();
        let opening = old.opening.unwrap().to_string();
        assert!(verify(opening.as_bytes(), None, &then).is_ok());
        let keys: Vec<_> = policy.lines().filter_map(|line| line.rsplit_once('+')).collect();
        assert_ne!(keys[0].1, keys[1].1, "a new year has a new key");

        let outcomes = check(&office.chronicle, &place).await.unwrap();
        assert!(outcomes.iter().all(mingjing_ledger::Outcome::sound), "{outcomes:?}");
        assert_eq!(outcomes.len(), 3);
        // Days of the old year are closed in the new one's log.
        office.clock.advance_hours(48);
        assert!(signing.close_days().await.unwrap() >= 2);
        signing.round().await.unwrap();
        assert!(reconcile(&office.chronicle, &place, None).await.unwrap().sound());
        assert_eq!(shards(&office).await[0].2, 7, "the old log grows no more");
        office.assert_portable().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_after_any_step_of_the_hand_over_ends_in_the_same_logs() {
    for_each_engine(blueprint, async |office: TestOffice| {
        let place = begun(&office).await;
        grants(&office, "old", 5).await;
        signer(&office, &place).round().await.unwrap();
        office.clock.set(NEW_YEAR.parse().unwrap());
        let mut office = office;
        // Each write of the hand-over is lost once, then everything is opened anew.
        for turn in 0..105 {
            let failure = [Failure::Failed, Failure::FailedButDone][(turn / 35 % 2) as usize];
            office.switch.arm(Target::Write, turn % 35 + 1, failure);
            let _ = signer(&office, &place).round().await;
            office.switch.disarm();
            office = office.reopen().await;
            if turn == 3 {
                grants(&office, "meanwhile", 2).await;
            }
        }
        office.clock.advance_hours(1);
        signer(&office, &place).round().await.unwrap();
        let shards = shards(&office).await;
        assert_eq!(named(&shards), [("2026", 0, 7), ("2027", 1, 3)]);
        assert_eq!(receipts_verify(&office, &place).await.len(), 7);
        let outcomes = check(&office.chronicle, &place).await.unwrap();
        assert!(outcomes.iter().all(mingjing_ledger::Outcome::sound), "{outcomes:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_log_that_does_not_follow_the_old_one_is_found() {
    let office = TestOffice::sqlite(blueprint).await;
    let place = begun(&office).await;
    grants(&office, "old", 2).await;
    let mut signing = signer(&office, &place);
    signing.round().await.unwrap();
    office.clock.set(NEW_YEAR.parse().unwrap());
    for _ in 0..4 {
        signing.round().await.unwrap();
    }
    tamper(
        &office,
        &["UPDATE ledger_head SET origin = 'log.example/330303/1926' WHERE shard = '2026'"],
    )
    .await;
    let report = reconcile(&office.chronicle, &place, None).await.unwrap();
    assert!(
        report
            .findings
            .iter()
            .any(|finding| matches!(finding, Finding::Unlinked { .. })),
        "{:?}",
        report.findings
    );
}

/// A backup of the old year is restored in the new one: both logs are read back, oldest first, and go on.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_from_before_the_turn_is_refilled_year_by_year() {
    for engine in engines() {
        let office = TestOffice::open(engine, blueprint).await;
        let place = begun(&office).await;
        grants(&office, "old", 5).await;
        let mut signing = signer(&office, &place);
        signing.round().await.unwrap();
        let backup = office.folder().join("backup");
        operate::backup(&office.chronicle, &backup).await.unwrap();
        office.clock.set(NEW_YEAR.parse().unwrap());
        grants(&office, "lost", 4).await;
        for _ in 0..4 {
            signing.round().await.unwrap();
        }
        office.clock.advance_hours(1);
        signing.round().await.unwrap();
        drop(signing);

        let anew = TestOffice::empty_place(engine).await;
        let (clock, keys) = (office.clock.clone(), TestOffice::keys());
        operate::restore(
            &backup,
            anew.location(),
            blueprint(),
            keys,
            clock.clone(),
            Chance::seeded(9),
            None,
        )
        .await
        .unwrap();
        let (keys, chance) = (TestOffice::keys(), Chance::seeded(10));
        let chronicle = Chronicle::open(anew.location(), blueprint(), keys, clock, chance)
            .await
            .unwrap();
        let sign = || Signer::new(chronicle.clone(), place.clone(), Default::default()).unwrap();
        assert!(matches!(sign().round().await, Err(Stop::RecordBehind { .. })));
        let log = |year: &str| NewLog {
            origin: format!("log.example/330303/{year}"),
            shard: year.to_owned(),
        };
        assert_eq!(
            refill(&chronicle, &place, &log("2026"), None).await.unwrap().read_back,
            1
        );
        // The old log ended; its successor was signed already and is none that begins.
        assert!(matches!(
            sign().round().await,
            Err(Stop::RecordBehind { record: 0, .. })
        ));
        assert_eq!(
            refill(&chronicle, &place, &log("2027"), None).await.unwrap().read_back,
            5
        );
        office.clock.advance_hours(1);
        chronicle.settle().await.unwrap();
        sign().round().await.unwrap();
        let report = reconcile(&chronicle, &place, None).await.unwrap();
        assert_eq!(
            report.findings.len(),
            4,
            "acts that the restore lost: {:?}",
            report.findings
        );
        let lost = |finding: &Finding| matches!(finding, Finding::EventMissing { shard, .. } if shard == "2027");
        assert!(report.findings.iter().all(lost), "{:?}", report.findings);
    }
}
