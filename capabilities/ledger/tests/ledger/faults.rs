//! Every call fails once, in every way; then chance decides.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::model::{Failure, Model};
use crate::world::World;

/// Sizes at which something is signed: within a tile, over its edge, and again.
const STOPS: [u64; 3] = [3, 255, 260];

/// Which of the two disks.
type Which = fn(&World) -> &Model;

#[test]
fn every_call_of_sealing_fails_once_in_every_way() {
    let disks: [Which; 2] = [|world| &world.disk, |world| &world.volume];
    let mut fired = 0;
    for which in disks {
        for failure in Failure::ALL {
            for nth in 1.. {
                if !one_failure(which, nth, failure) {
                    break;
                }
                fired += 1;
            }
        }
    }
    assert!(fired > 500, "only {fired} failures fired");
}

/// `false` when the failure never came.
fn one_failure(which: Which, nth: u64, failure: Failure) -> bool {
    let mut chance = ChaCha8Rng::seed_from_u64(nth);
    let mut world = World::new();
    which(&world).arm(nth, failure);
    let mut failed = false;
    for stop in STOPS {
        let more = stop - world.record.entries.len() as u64;
        world.record.add(more);
        if world.round().is_err() {
            failed = true;
            let to_come = which(&world).restart();
            assert!(!to_come, "{failure:?} at call {nth}: an error without a failure");
            if matches!(failure, Failure::DiesBefore | Failure::DiesAfter) {
                world.check(&mut chance);
            }
            world
                .round()
                .unwrap_or_else(|stop| panic!("{failure:?} at call {nth}: {stop}"));
        }
    }
    let to_come = which(&world).restart();
    assert!(failed || to_come, "{failure:?} at call {nth} was swallowed");
    world.check(&mut chance);
    assert_eq!(world.published().unwrap().checkpoint().size, 260);
    failed
}

/// A short form here; `MINGJING_LEDGER_RUNS=20000` for the soak. Each run is its seed.
#[test]
fn random_failures_and_power_cuts_never_make_a_signed_head_untrue() {
    let runs = std::env::var("MINGJING_LEDGER_RUNS")
        .ok()
        .and_then(|runs| runs.parse().ok())
        .unwrap_or(100);
    for seed in 0..runs {
        let outcome = std::panic::catch_unwind(|| random_run(seed));
        assert!(outcome.is_ok(), "seed {seed}");
    }
}

fn random_run(seed: u64) {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut world = World::new();
    for _ in 0..6 {
        let more = [0, 1, 5, 60, 251, 256, 300][chance.next_u32() as usize % 7];
        world.record.add(more);
        let disk = if chance.next_u32() & 1 == 0 {
            &world.disk
        } else {
            &world.volume
        };
        let failure = Failure::ALL[chance.next_u32() as usize % 5];
        disk.arm(1 + u64::from(chance.next_u32() % 60), failure);
        let outcome = world.round();
        world.disk.restart();
        world.volume.restart();
        if outcome.is_err() && chance.next_u32() & 1 == 0 {
            world.check(&mut chance);
        }
    }
    // The faults have stopped: it goes on.
    world.round().unwrap();
    world.check(&mut chance);
    assert_eq!(world.published().unwrap().checkpoint().size, world.record.head().size);
}
