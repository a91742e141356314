//! A record, its log, and whoever watches: what was ever signed must stay true.

use mingjing_ledger::{Disk, Journal, Sealer, Shard, Signed, Stop, fsck};
use mingjing_tlog::{Frontier, Hash, KeyKind, KeyName, SignedCheckpoint, SignerKey, prove_inclusion, verify_inclusion};
use rand_chacha::ChaCha8Rng;

use crate::model::Model;

pub fn key() -> SignerKey {
    SignerKey::from_seed(
        KeyName::parse("log.example/alpha/2026").unwrap(),
        KeyKind::Log,
        &[7; 32],
    )
}

/// The database: entries, and the head after each.
#[derive(Default, Clone)]
pub struct Record {
    pub entries: Vec<Vec<u8>>,
    frontier: Frontier,
    roots: Vec<Hash>,
}

impl Record {
    pub fn add(&mut self, count: u64) {
        for _ in 0..count {
            let entry = format!("act:{}", self.entries.len()).into_bytes();
            self.push(entry);
        }
    }

    pub fn push(&mut self, entry: Vec<u8>) {
        if self.roots.is_empty() {
            self.roots.push(self.frontier.root());
        }
        self.frontier.append(Hash::of_leaf(&entry));
        self.entries.push(entry);
        self.roots.push(self.frontier.root());
    }

    pub fn head(&self) -> Signed {
        self.at(self.entries.len() as u64)
    }

    pub fn at(&self, size: u64) -> Signed {
        let root = self.roots.get(size as usize).copied().unwrap_or(Hash::EMPTY_ROOT);
        Signed { size, root }
    }

    pub fn beyond(&self, size: u64) -> &[Vec<u8>] {
        &self.entries[size as usize..]
    }
}

pub struct World {
    pub disk: Model,
    pub volume: Model,
    pub record: Record,
    /// Everything that ever left the signer, or was seen in the checkpoint file.
    pub seen: Vec<SignedCheckpoint>,
}

pub type Open<'w> = Sealer<&'w Model, &'w Model>;

impl World {
    pub fn new() -> World {
        World {
            disk: Model::new(),
            volume: Model::new(),
            record: Record::default(),
            seen: Vec::new(),
        }
    }

    pub fn open(&self) -> Result<Open<'_>, Stop> {
        let journal = match Journal::open(&self.volume) {
            // Who sets up a log and is interrupted does it again; nothing was signed yet.
            Err(Stop::JournalLost) if self.seen.is_empty() => Journal::create(&self.volume)?,
            other => other?,
        };
        Sealer::open(Shard::new(&self.disk), journal, key())
    }

    /// Opens, seals what the record has, and publishes it.
    pub fn round(&mut self) -> Result<(), Stop> {
        let mut signed = Vec::new();
        let outcome = self.seal_and_publish(&mut signed);
        self.seen.extend(signed);
        outcome
    }

    fn seal_and_publish(&self, signed: &mut Vec<SignedCheckpoint>) -> Result<(), Stop> {
        let sealer = self.open()?;
        let size = sealer.signed().size;
        let (sealer, checkpoint) = sealer.seal(
            self.record.head(),
            self.record.beyond(size.min(self.record.head().size)),
        )?;
        signed.push(checkpoint.clone());
        sealer.shard().publish(&checkpoint)
    }

    pub fn published(&self) -> Option<SignedCheckpoint> {
        Shard::new(&self.disk).published().unwrap()
    }

    /// After faults have stopped and power may have gone: the log can be read, and nothing signed was untrue.
    pub fn check(&mut self, chance: &mut ChaCha8Rng) {
        self.disk.power_cut(chance);
        self.volume.power_cut(chance);
        let published = self.published();
        self.seen.extend(published.clone());
        for checkpoint in &self.seen {
            let head = checkpoint.checkpoint();
            assert_eq!(
                self.record.at(head.size).root,
                head.root,
                "a head of {} that never was",
                head.size
            );
        }
        if let Some(published) = published {
            let known = [key().verifier().clone()];
            assert_eq!(published.note().verify(&known).unwrap().len(), 1);
            let head = published.checkpoint();
            let shard = Shard::new(&self.disk);
            let signed = Signed {
                size: head.size,
                root: head.root,
            };
            assert_eq!(fsck(&shard, signed).unwrap().leaves, head.size);
            for index in (0..head.size).step_by(101) {
                let proof = prove_inclusion(index, head.size, |tile| shard.tile(tile)).unwrap();
                let leaf = Hash::of_leaf(&self.record.entries[index as usize]);
                assert_eq!(verify_inclusion(&leaf, index, head.size, &proof, &head.root), Ok(()));
            }
        }
    }
}

/// The files of one disk under another: what a backup holds.
pub fn copy(from: &Model, to: &Model) {
    for path in from.paths() {
        let mut folder = path.as_str();
        if let Some((parent, _)) = folder.rsplit_once('/') {
            folder = parent;
            (&to).create_folder(folder).unwrap();
        }
        (&to).write(&path, &from.bytes(&path)).unwrap();
    }
}
