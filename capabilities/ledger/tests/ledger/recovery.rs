//! What must stop the signer, and how it goes on.

use mingjing_ledger::{Journal, Shard, Signed, Stop, fsck};
use mingjing_tlog::{Hash, Tile};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::model::Model;
use crate::world::{Record, World, copy};

fn sealed(sizes: &[u64]) -> World {
    let mut world = World::new();
    for size in sizes {
        let more = size - world.record.entries.len() as u64;
        world.record.add(more);
        world.round().unwrap();
    }
    world
}

#[test]
fn the_same_head_again_is_the_same_signature() {
    let mut world = sealed(&[300]);
    world.round().unwrap();
    assert_eq!(world.seen[0], world.seen[1]);
}

#[test]
fn a_database_from_yesterday_is_not_signed_until_it_is_refilled_from_the_files() {
    let mut world = sealed(&[100, 300]);
    let mut yesterday = Record::default();
    yesterday.add(100);
    let today = std::mem::replace(&mut world.record, yesterday);
    assert!(matches!(
        world.round(),
        Err(Stop::RecordBehind {
            record: 100,
            signed: 300
        })
    ));
    // It grew otherwise meanwhile, beyond what was signed.
    world.record.push(b"another act".to_vec());
    world.record.add(250);
    assert!(matches!(
        world.round(),
        Err(Stop::Entries { .. } | Stop::OtherRoot { .. })
    ));

    world.record = Record::default();
    let shard = Shard::new(&world.disk);
    let rows = Tile::grown(0, 300).take_while(|tile| tile.level() == 0);
    let entries: Vec<Vec<u8>> = rows.flat_map(|tile| shard.entries(tile).unwrap()).collect();
    entries.into_iter().for_each(|entry| world.record.push(entry));
    assert_eq!(world.record.head(), today.head());
    world.record.add(20);
    world.round().unwrap();
    assert_eq!(world.published().unwrap().checkpoint().size, 320);
    world.check(&mut ChaCha8Rng::seed_from_u64(1));
}

#[test]
fn another_history_of_the_same_length_is_not_signed() {
    let mut world = sealed(&[100]);
    let mut other = Record::default();
    other.add(99);
    other.push(b"another act".to_vec());
    world.record = other;
    assert!(matches!(world.round(), Err(Stop::OtherRoot { size: 100, .. })));
    world.record.add(50);
    let files = world.disk.paths();
    assert!(matches!(world.round(), Err(Stop::OtherRoot { size: 150, .. })));
    assert_eq!(world.disk.paths(), files, "what is not signed leaves no file");
}

/// Written by a signer that died before it signed; then the database lost the entry in a failover.
#[test]
fn a_file_with_other_bytes_is_never_overwritten() {
    let mut world = sealed(&[100]);
    let before = world.record.clone();
    world.record.add(10);
    // The first call on the journal's volume that is not for opening it: the line before the signature.
    let opening = world.volume.calls();
    world.open().map(drop).unwrap();
    world
        .volume
        .arm(world.volume.calls() - opening + 1, crate::model::Failure::Refused);
    assert!(world.round().is_err());
    world.record = before;
    (0..10).for_each(|number| world.record.push(format!("other:{number}").into_bytes()));
    assert!(matches!(world.round(), Err(Stop::Differs { .. })));
    assert_eq!(world.published().unwrap().checkpoint().size, 100);
}

#[test]
fn without_its_journal_the_signer_stops() {
    let mut world = sealed(&[100]);
    world.volume = Model::new();
    assert!(matches!(world.round(), Err(Stop::JournalLost)));
    // Somebody makes a new one nevertheless: the published checkpoint shows it.
    Journal::create(&world.volume).unwrap();
    assert!(matches!(
        world.round(),
        Err(Stop::JournalBehind {
            published: 100,
            journal: 0
        })
    ));
}

#[test]
fn a_journal_from_yesterday_is_noticed() {
    let mut world = sealed(&[100]);
    let yesterday = Model::new();
    copy(&world.volume, &yesterday);
    world.record.add(5);
    world.round().unwrap();
    world.volume = yesterday;
    assert!(matches!(
        world.round(),
        Err(Stop::JournalBehind {
            published: 105,
            journal: 100
        })
    ));
}

#[test]
fn a_journal_is_made_once() {
    let world = sealed(&[1]);
    assert!(matches!(Journal::create(&world.volume), Err(Stop::Differs { .. })));
}

#[test]
fn any_flipped_bit_of_the_newest_segment_is_noticed_or_changes_nothing() {
    let world = sealed(&[3, 7]);
    let last = world.record.head();
    let newest = world.volume.paths().pop().unwrap();
    let good = world.volume.bytes(&newest);
    assert_eq!(good.iter().filter(|byte| **byte == b'\n').count(), 2);
    for bit in 0..good.len() * 8 {
        let volume = Model::new();
        copy(&world.volume, &volume);
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        volume.put(&newest, bytes);
        match Journal::open(&volume) {
            Err(Stop::JournalDamaged { .. }) => {}
            Ok(journal) => assert_eq!(journal.last(), last, "bit {bit}"),
            Err(other) => panic!("{other}"),
        }
    }
}

/// Also where the flip is in the unfinished tile that the next head is built on: nothing is signed over it.
#[test]
fn a_flipped_bit_in_any_file_is_found() {
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    let world = sealed(&[600]);
    let head = world.record.head();
    for path in world.disk.paths().into_iter().filter(|path| path != "checkpoint") {
        for _ in 0..8 {
            let good = world.disk.bytes(&path);
            let mut bytes = good.clone();
            let bit = chance.next_u32() as usize % (bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            world.disk.put(&path, bytes);
            assert!(fsck(&Shard::new(&world.disk), head).is_err(), "{path}, bit {bit}");
            let mut grown = world.record.clone();
            grown.add(1);
            if path.contains(".p/") {
                let sealed = world
                    .open()
                    .and_then(|sealer| sealer.seal(grown.head(), grown.beyond(600)));
                assert!(sealed.is_err(), "{path}, bit {bit}");
            }
            world.disk.put(&path, good);
        }
    }
    assert_eq!(fsck(&Shard::new(&world.disk), head).unwrap().leaves, 600);
}

#[test]
fn fsck_names_what_is_missing() {
    let world = sealed(&[600]);
    for path in world.disk.paths().into_iter().filter(|path| path != "checkpoint") {
        let good = world.disk.bytes(&path);
        let one = Model::new();
        copy(&world.disk, &one);
        one.remove(&path);
        match fsck(&Shard::new(&one), world.record.head()) {
            Err(Stop::Damaged { path: named }) => assert_eq!(named, path),
            other => panic!("{path} of {} bytes: {other:?}", good.len()),
        }
    }
    let other = Signed {
        root: Hash::EMPTY_ROOT,
        ..world.record.head()
    };
    assert!(matches!(
        fsck(&Shard::new(&world.disk), other),
        Err(Stop::OtherRoot { .. })
    ));
}
