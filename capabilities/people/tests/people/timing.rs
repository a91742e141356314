//! Known, unknown and stopped names cannot be told apart by the work they cause, nor (`make soak`) by time. Times are
//! compared by ranks (Mann–Whitney), interleaved so that noise of the machine falls on all alike; a planted difference
//! shows that the comparison can see one.

use std::time::{Duration, Instant};

use mingjing_chronicle::Chance;
use mingjing_people::decide::deactivate_account::DeactivateAccount;
use mingjing_people::hashing::{Cost, Hasher};
use mingjing_people::sign_in;
use mingjing_testkit::TestOffice;

use crate::city::{CITIZEN, LIGHT, OFFICER, PASSWORD, found, plan, secret};

const SAMPLES: usize = 120;

/// Of the difference between the two; beyond about 3.9 it is none by chance (p < 0.0001).
fn z_of(one: &[Duration], other: &[Duration]) -> f64 {
    let mut all: Vec<(Duration, bool)> = one
        .iter()
        .map(|d| (*d, true))
        .chain(other.iter().map(|d| (*d, false)))
        .collect();
    all.sort();
    let rank_sum: f64 = all
        .iter()
        .enumerate()
        .filter(|(_, (_, first))| *first)
        .map(|(rank, _)| rank as f64 + 1.0)
        .sum();
    let (n, m) = (one.len() as f64, other.len() as f64);
    let u = rank_sum - n * (n + 1.0) / 2.0;
    (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

#[test]
fn the_comparison_sees_a_planted_difference() {
    let base = |i: usize| Duration::from_micros(900 + (i as u64 * 7919) % 200);
    let one: Vec<Duration> = (0..SAMPLES).map(base).collect();
    let same: Vec<Duration> = (0..SAMPLES).map(|i| base(i + 13)).collect();
    let slower: Vec<Duration> = one.iter().map(|d| *d + Duration::from_micros(60)).collect();
    assert!(z_of(&one, &same).abs() < 3.9, "{}", z_of(&one, &same));
    assert!(z_of(&one, &slower).abs() > 3.9, "{}", z_of(&one, &slower));
}

#[tokio::test]
async fn each_try_costs_the_same_work() {
    let office = TestOffice::sqlite(plan).await;
    found(&office.chronicle).await;
    let hasher = Hasher::new(LIGHT, Chance::seeded(3));
    let hash = hasher.hash(secret(PASSWORD)).await.unwrap();
    office
        .does(move |tx| Ok(sign_in::set_hash(tx, CITIZEN, &hash, false)?))
        .await;
    office
        .does(move |tx| {
            let command = DeactivateAccount {
                account: OFFICER.into(),
                reason: "调离".into(),
            };
            mingjing_people::commands::deactivate_officer(tx, &command, None)
        })
        .await;
    // A known name, one that nobody has, none at all, one that was stopped; wrong, right, and at once again: too early.
    let one_try = u64::from(LIGHT.memory_kib) * u64::from(LIGHT.passes);
    for login_name in ["zhang.san", "zhang.sun", "", "li.si"] {
        for password in ["错的密码", "又是错的密码", PASSWORD] {
            let before = hasher.verified();
            sign_in::sign_in(&office.chronicle, &hasher, login_name, secret(password))
                .await
                .unwrap();
            assert_eq!(hasher.verified() - before, one_try, "{login_name} by {password}");
        }
    }
}

/// Two samples of a busy machine differ now and then: only what three runs in a row see counts.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures time: make soak"]
async fn time_does_not_tell_who_has_an_account() {
    let office = TestOffice::sqlite(plan).await;
    found(&office.chronicle).await;
    let hasher = Hasher::new(Cost::USUAL, Chance::seeded(3));
    // The known account's hash must cost what the dummy costs.
    let hash = hasher.hash(secret(PASSWORD)).await.unwrap();
    office
        .does(move |tx| Ok(sign_in::set_hash(tx, CITIZEN, &hash, false)?))
        .await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let z = known_against_unknown(&office, &hasher).await;
        if z.abs() < 2.58 {
            return;
        }
        seen.push(z);
    }
    panic!("known and unknown names differ in time: z = {seen:.2?}");
}

async fn known_against_unknown(office: &TestOffice, hasher: &Hasher) -> f64 {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for round in 0..2_000 {
        office.clock.advance_hours(24);
        for turn in 0..2 {
            let first_known = (round + turn) % 2 == 0;
            let login_name = if first_known { "zhang.san" } else { "zhang.sun" };
            let begun = Instant::now();
            let entry = sign_in::sign_in(&office.chronicle, hasher, login_name, secret("错的密码"))
                .await
                .unwrap();
            let took = begun.elapsed();
            assert_eq!(entry, sign_in::Entry::Closed);
            if first_known {
                known.push(took)
            } else {
                unknown.push(took)
            }
        }
    }
    z_of(&known, &unknown)
}
