//! Every statement of the way from act to signature fails once, done or not; then the house restarts. Whatever had been
//! shown stays true, and every act ends with one leaf.

use mingjing_chronicle::db::probe::Failure;
use mingjing_ledger::{Signed, Stop, prove, reconcile, verify};
use mingjing_testkit::{Engine, Target, TestOffice, engines};
use mingjing_tlog::Policy;

use crate::deeds::{begun, blueprint, checked, events, grants, signer};

#[tokio::test(flavor = "multi_thread")]
async fn whichever_statement_fails_each_act_ends_with_one_leaf() {
    for engine in engines() {
        for failure in [Failure::Failed, Failure::FailedButDone] {
            for target in [Target::Write, Target::Commit] {
                let stride = stride(engine, target);
                let mut nth = 1;
                while stumbles(engine, target, nth, failure).await {
                    nth += stride;
                }
                assert!(nth > 1, "{engine:?} {target:?}: only {nth} statements were met");
            }
        }
    }
}

/// Each try is an office of its own: all are tried where `MINGJING_LEDGER_RUNS` asks for the soak.
fn stride(engine: Engine, target: Target) -> u32 {
    match (std::env::var_os("MINGJING_LEDGER_RUNS"), engine, target) {
        (Some(_), _, _) | (None, Engine::Sqlite, Target::Commit) => 1,
        (None, Engine::Postgres, Target::Commit) => 2,
        (None, Engine::Sqlite, Target::Write) => 5,
        (None, Engine::Postgres, Target::Write) => 11,
    }
}

/// `false` where the way has fewer statements than `nth`.
async fn stumbles(engine: Engine, target: Target, nth: u32, failure: Failure) -> bool {
    let office = TestOffice::open(engine, blueprint).await;
    let place = begun(&office).await;
    grants(&office, "before", 3).await;
    signer(&office, &place).round().await.unwrap();
    let shown = place.shard("2026").published().unwrap().unwrap();
    let early = events(&office.chronicle).await.remove(0);

    office.does(|tx| crate::deeds::grant(tx, "during", "fire")).await;
    office.switch.arm(target, nth, failure);
    let _ = way(&office, &place).await;
    let fired = !office.switch.disarm();

    let office = office.reopen().await;
    office.settle().await;
    office.clock.advance_hours(1);
    let mut again = signer(&office, &place);
    while again.round().await.unwrap() {}
    let told = format!("{engine:?} {target:?} {nth} {failure:?}");
    assert_eq!(checked(&place), 5, "{told}");
    let report = reconcile(&office.chronicle, &place, None).await.unwrap();
    assert_eq!(
        (report.findings, report.leaves, report.waiting),
        (vec![], 5, 0),
        "{told}"
    );
    still_proves(&office, &place, &early, shown.checkpoint().size).await;
    fired
}

/// As in life: the follower, a place, files and signature.
async fn way(office: &TestOffice, place: &mingjing_ledger::Place) -> Result<(), Stop> {
    let _ = office.chronicle.follow_once().await;
    let _ = mingjing_ledger::sequence(&office.chronicle, Signed::NOTHING).await;
    signer(office, place).round().await.map(|_| ())
}

async fn still_proves(
    office: &TestOffice,
    place: &mingjing_ledger::Place,
    event: &mingjing_chronicle::RecordedEvent,
    before: u64,
) {
    let policy = mingjing_ledger::own_policy(&office.chronicle, place).await.unwrap();
    let policy = Policy::parse(policy.as_bytes()).unwrap();
    let mingjing_ledger::Proved::Proof(proof) = prove(&office.chronicle, place, event, |_| true).await.unwrap() else {
        panic!("it was published before");
    };
    assert!(proof.receipt.checkpoint().checkpoint().size >= before);
    verify(proof.receipt.to_string().as_bytes(), None, &policy).unwrap();
}
