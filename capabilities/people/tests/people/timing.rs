//! Known, unknown and locked names cannot be told apart by time. Compared by ranks (Mann–Whitney), interleaved so that
//! noise of the machine falls on all alike; a planted difference shows that the test can see one.

use std::time::{Duration, Instant};

use mingjing_people::hashing::{Cost, Hasher};
use mingjing_people::sign_in;
use mingjing_testkit::TestOffice;

use crate::city::{found, plan, secret};

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

#[tokio::test(flavor = "multi_thread")]
async fn time_does_not_tell_who_has_an_account() {
    let office = TestOffice::sqlite(plan).await;
    found(&office.chronicle).await;
    let cost = Cost {
        memory_kib: 256,
        passes: 1,
    };
    let hasher = Hasher::new(cost, mingjing_chronicle::Chance::seeded(3));
    // The known account's hash must cost what the dummy costs.
    let hash = hasher.hash(secret("穿过田野的那条小路开满了紫色的花")).await.unwrap();
    office
        .does(move |tx| Ok(sign_in::set_hash(tx, crate::city::CITIZEN, &hash, false)?))
        .await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for round in 0..SAMPLES * 2 {
        office.clock.advance_hours(24);
        for turn in 0..2 {
            let first_known = (round + turn) % 2 == 0;
            let login_name = if first_known { "zhang.san" } else { "zhang.sun" };
            let begun = Instant::now();
            let entry = sign_in::sign_in(&office.chronicle, &hasher, login_name, secret("错的密码"))
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
    let z = z_of(&known, &unknown);
    assert!(z.abs() < 3.9, "known and unknown names differ in time: z = {z:.2}");
}
