//! What is measured of ours; `bench/tlog` measures the same beside a third implementation.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Instant;

use mingjing_tlog::{
    Checkpoint, Edge, Frontier, Hash, KeyKind, KeyName, Note, Policy, Receipt, SignedCheckpoint, SignerKey, Tile,
    print_tile, prove_consistency, prove_inclusion, verify_consistency, verify_inclusion,
};

pub const LEAVES: u64 = 200_000;
/// As long as an act's leaf.
const LEAF_BYTES: usize = 112;
const BATCHES: u32 = 3;

/// Seconds of the fastest of some batches, of processor time where the system tells it: what others do on the machine
/// adds to every other clock.
pub fn best(mut batch: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..BATCHES {
        let (before, wall) = (processor_seconds(), Instant::now());
        batch();
        let spent = match (before, processor_seconds()) {
            (Some(before), Some(after)) => after - before,
            _ => wall.elapsed().as_secs_f64(),
        };
        best = best.min(spent);
    }
    best
}

/// Of this thread; Linux alone tells it without asking the system by unsafe code.
fn processor_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// Different leaves, made before any measuring.
pub struct Leaves(Vec<u8>);

impl Leaves {
    pub fn make() -> Leaves {
        let mut bytes = vec![b'x'; LEAF_BYTES * LEAVES as usize];
        for (index, leaf) in bytes.chunks_exact_mut(LEAF_BYTES).enumerate() {
            leaf[..8].copy_from_slice(&index.to_be_bytes());
        }
        Leaves(bytes)
    }

    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.0.chunks_exact(LEAF_BYTES)
    }

    pub fn at(&self, index: u64) -> &[u8] {
        &self.0[index as usize * LEAF_BYTES..][..LEAF_BYTES]
    }
}

/// Indexes spread over the tree.
pub fn spread(count: u64) -> impl Iterator<Item = u64> {
    (0..count).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % LEAVES)
}

/// A tree with its tiles in memory.
pub struct Tree {
    tiles: HashMap<Tile, Vec<u8>>,
    pub root: Hash,
}

impl Tree {
    pub fn build(leaves: &Leaves) -> Tree {
        let mut tiles = HashMap::new();
        let mut edge = Edge::new();
        for leaf in leaves.iter() {
            edge.append(Hash::of_leaf(leaf), |tile, hashes| {
                tiles.insert(tile, print_tile(hashes));
            });
        }
        tiles.extend(edge.partial().map(|(tile, hashes)| (tile, print_tile(hashes))));
        Tree {
            tiles,
            root: edge.root(),
        }
    }

    pub fn inclusion(&self, index: u64) -> Vec<Hash> {
        prove_inclusion(index, LEAVES, |tile| self.read(tile)).expect("the tree has its tiles")
    }

    /// From a smaller tree, whose tiles are the first hashes of these.
    pub fn consistency(&self, old: u64) -> Vec<Hash> {
        prove_consistency(old, LEAVES, |tile| self.read(tile)).expect("the tree has its tiles")
    }

    fn read(&self, tile: Tile) -> Result<Vec<u8>, Infallible> {
        Ok(self.tiles[&tile].clone())
    }
}

pub fn root_of(leaves: &Leaves, size: u64) -> Hash {
    let mut frontier = Frontier::new();
    for leaf in leaves.iter().take(size as usize) {
        frontier.append(Hash::of_leaf(leaf));
    }
    frontier.root()
}

pub fn check_inclusion(leaf: &Hash, index: u64, proof: &[Hash], root: &Hash) {
    verify_inclusion(leaf, index, LEAVES, proof, root).expect("the proof is right");
}

pub fn check_consistency(old: u64, old_root: &Hash, root: &Hash, proof: &[Hash]) {
    verify_consistency(old, old_root, LEAVES, root, proof).expect("the proof is right");
}

/// A log's key, three witnesses, their policy, and a receipt.
pub struct Sealed {
    pub log: SignerKey,
    pub head: String,
    pub note: String,
    pub policy: Policy,
    pub receipt: String,
    pub leaf: Hash,
}

impl Sealed {
    pub fn make(leaves: &Leaves, tree: &Tree) -> Sealed {
        let name = |text: &str| KeyName::parse(text).expect("the name is good");
        let log = SignerKey::from_seed(name("log.example/2026"), KeyKind::Log, &[1; 32]);
        let checkpoint = Checkpoint {
            origin: name("log.example/2026"),
            size: LEAVES,
            root: tree.root,
        };
        let head = checkpoint.to_string();
        let mut lines = vec![log.sign(&head, 0)];
        let mut policy = format!("log {}\n", log.verifier());
        for number in 1..=3_u8 {
            let witness = name(&format!("witness.example/{number}"));
            let witness = SignerKey::from_seed(witness, KeyKind::Witness, &[9 + number; 32]);
            lines.push(witness.sign(&head, 1_767_225_600));
            policy.push_str(&format!("witness {number} {}\n", witness.verifier()));
        }
        policy.push_str("group all all 1 2 3\nquorum all\n");
        let note = Note::new(&head, lines).expect("the note is good");
        let index = LEAVES / 3;
        let signed = SignedCheckpoint::new(note.clone()).expect("the checkpoint is good");
        let receipt = Receipt::new(None, index, tree.inclusion(index), signed).expect("the receipt is good");
        Sealed {
            head,
            note: note.to_string(),
            policy: Policy::parse(policy.as_bytes()).expect("the policy is good"),
            receipt: receipt.to_string(),
            leaf: Hash::of_leaf(leaves.at(index)),
            log,
        }
    }

    /// From bytes to who saw it when: four signatures and an inclusion.
    pub fn check_receipt(&self) {
        let receipt = Receipt::parse(self.receipt.as_bytes()).expect("the receipt reads");
        let accepted = receipt.verify(&self.leaf, &self.policy).expect("the receipt is right");
        assert_eq!(accepted.witnesses.len(), 3);
    }

    /// From bytes: the log's signature alone.
    pub fn check_note(&self) {
        let note = Note::parse(self.note.as_bytes()).expect("the note reads");
        let known = std::slice::from_ref(self.log.verifier());
        assert_eq!(note.verify(known).expect("the note is signed").len(), 1);
    }
}

pub fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    let model = model.map_or("unknown", |(_, name)| name);
    let clock = processor_seconds().map_or("wall time", |_| "processor time");
    format!("{model}, {cores} cores, load {load}, {clock}")
}

pub fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
