//! A log as large as a province's year, made without waiting for the disk: how fast its files are checked, and how long
//! a proof takes from files.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use mingjing_ledger::{Disk, Folder, Journal, Sealer, Shard, fsck};
use mingjing_tlog::{
    Fields, Hash, KeyKind, KeyName, Leaf, LeafKind, SignerKey, Tile, prove_inclusion, verify_inclusion,
};
use serde_json::{Value as Json, json};

use super::super::figures::{Samples, process_milliseconds};

/// Leaves sealed at once.
const PIECE: u64 = 65_536;
const PROOFS: u64 = 2_000;

/// A folder whose files need not survive a power cut.
struct Unsynced(Folder);

impl Disk for Unsynced {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.0.read(path)
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        self.0.list(folder)
    }

    fn create_folder(&self, folder: &str) -> io::Result<()> {
        self.0.create_folder(folder)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.write(path, bytes)
    }

    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.append(path, bytes)
    }

    fn sync(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(from, to)
    }

    fn sync_folder(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

pub fn measure(folder: &Path, leaves: u64) -> Result<Json, String> {
    let (files, journal) = (folder.join("files"), folder.join("journal"));
    for folder in [&files, &journal] {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    let unsynced = |path: &Path| Unsynced(Folder::new(path));
    let name = KeyName::parse("bench.example/330303/2026").map_err(|error| error.to_string())?;
    let key = SignerKey::from_seed(name, KeyKind::Log, &[7; 32]);
    let journal = Journal::create(unsynced(&journal)).map_err(|stop| stop.to_string())?;
    let sealer = Sealer::open(Shard::new(unsynced(&files)), journal, key);
    let mut sealer = sealer.map_err(|stop| stop.to_string())?;
    let begun = Instant::now();
    while sealer.signed().size < leaves {
        let from = sealer.signed().size;
        let entries: Vec<Vec<u8>> = (from..leaves.min(from + PIECE)).map(entry).collect::<Result<_, _>>()?;
        let head = sealer.signed_after(&entries);
        let (next, _) = sealer.seal(head, &entries).map_err(|stop| stop.to_string())?;
        sealer = next;
    }
    let made = begun.elapsed().as_secs_f64();
    let head = sealer.signed();
    let (begun, processor) = (Instant::now(), process_milliseconds("self"));
    let checked = fsck(sealer.shard(), head).map_err(|stop| stop.to_string())?;
    let seconds = begun.elapsed().as_secs_f64();
    let processor = process_milliseconds("self") - processor;
    let mut proofs = Samples::default();
    for number in 0..PROOFS {
        // Spread over the whole tree, in no order that a disk would like.
        let index = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % leaves;
        let begun = Instant::now();
        let proof = prove_inclusion(index, leaves, |tile| sealer.shard().tile(tile)).map_err(|_| "no proof")?;
        proofs.add("prove", begun.elapsed());
        let tile = Tile::holding(0, index, leaves).ok_or("no tile")?;
        let there = sealer.shard().entries(tile).map_err(|stop| stop.to_string())?;
        let hash = Hash::of_leaf(&there[(index % u64::from(Tile::FULL_WIDTH)) as usize]);
        let begun = Instant::now();
        verify_inclusion(&hash, index, leaves, &proof, &head.root).map_err(|_| "a proof is wrong")?;
        proofs.add("verify", begun.elapsed());
    }
    Ok(json!({
        "leaves": checked.leaves,
        "made_leaves_per_second": (leaves as f64 / made).round(),
        "fsck": {
            "seconds": (seconds * 100.0).round() / 100.0,
            "leaves_per_second": (leaves as f64 / seconds).round(),
            "leaves_per_cpu_second": (leaves as f64 / Duration::from_millis(processor.max(1)).as_secs_f64()).round(),
        },
        "proofs_ms": proofs.quantiles(),
    }))
}

fn entry(number: u64) -> Result<Vec<u8>, String> {
    let text = number.to_string();
    let fields = Fields::new(vec![("number", text.as_str())]).map_err(|error| error.to_string())?;
    let leaf = Leaf::new(
        "permit",
        "2026-01-01",
        "33030300SJ",
        LeafKind::Act,
        fields.commit(&[7; 32]),
    );
    Ok(leaf.map_err(|error| error.to_string())?.to_string().into_bytes())
}
