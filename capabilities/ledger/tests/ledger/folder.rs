//! On a real folder, as it is served.

use std::path::PathBuf;

use mingjing_ledger::{Folder, Journal, Sealer, Shard, Stop, fsck};

use crate::world::{Record, key};

fn empty(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_log_on_a_real_folder_has_the_files_that_others_look_for() {
    let (files, volume) = (empty("files"), empty("journal"));
    let mut record = Record::default();
    drop(Journal::create(Folder::new(&volume)).unwrap());
    for stop in [3, 257] {
        let journal = Journal::open(Folder::new(&volume));
        let before = record.entries.len() as u64;
        record.add(stop - before);
        let sealer = Sealer::open(Shard::new(Folder::new(&files)), journal.unwrap(), key()).unwrap();
        let (sealer, checkpoint) = sealer.seal(record.head(), record.beyond(before)).unwrap();
        sealer.shard().publish(&checkpoint).unwrap();
    }
    for path in [
        "checkpoint",
        "tile/0/000.p/3",
        "tile/entries/000.p/3",
        "tile/0/000",
        "tile/0/001.p/1",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/1",
    ] {
        assert!(files.join(path).is_file(), "{path}");
    }
    let shard = Shard::new(Folder::new(&files));
    let checked = fsck(&shard, record.head()).unwrap();
    assert_eq!((checked.leaves, checked.tiles), (257, 3));
    assert_eq!(shard.published().unwrap().unwrap().checkpoint().size, 257);
    assert!(matches!(
        Journal::open(Folder::new(empty("none"))),
        Err(Stop::JournalLost)
    ));
}
