//! The log against vectors, against other implementations, against chance, and against what must be refused.
#![allow(clippy::unwrap_used, reason = "tests")]

mod corpus;
mod grown;
mod openings;
mod oracles;
mod properties;
mod refusals;
mod vectors;
mod witness;

use mingjing_tlog::{Edge, Frontier, Hash, Tile, print_bundle, print_tile};
use std::collections::BTreeMap;

/// A log in memory: its files by path, as they would be served.
pub struct Stored {
    pub files: BTreeMap<String, Vec<u8>>,
    pub edge: Edge,
    pub frontier: Frontier,
    entries: Vec<String>,
}

impl Stored {
    /// Entry i is `act:<i>`; each size of `stops` on the way is published.
    pub fn grow(stops: &[u64]) -> Stored {
        let mut log = Stored {
            files: BTreeMap::new(),
            edge: Edge::new(),
            frontier: Frontier::new(),
            entries: Vec::new(),
        };
        for stop in stops {
            log.grow_to(*stop);
        }
        log
    }

    pub fn grow_to(&mut self, size: u64) {
        let old = self.edge.size();
        for index in old..size {
            let entry = format!("act:{index}");
            let leaf = Hash::of_leaf(entry.as_bytes());
            self.entries.push(entry);
            self.frontier.append(leaf);
            self.edge.append(leaf, |tile, hashes| {
                self.files.insert(tile.path(), print_tile(hashes));
            });
        }
        let partial: Vec<_> = self
            .edge
            .partial()
            .map(|(tile, hashes)| (tile, print_tile(hashes)))
            .collect();
        for (tile, bytes) in partial {
            self.files.insert(tile.path(), bytes);
        }
        for tile in Tile::grown(old, size).filter(|tile| tile.level() == 0) {
            let first = tile.index() as usize * 256;
            let bundle = print_bundle(&self.entries[first..first + usize::from(tile.width())]).unwrap();
            self.files.insert(tile.entries_path(), bundle);
        }
    }

    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    pub fn read(&self, tile: Tile) -> Result<Vec<u8>, String> {
        self.files.get(&tile.path()).cloned().ok_or_else(|| tile.path())
    }
}

pub fn leaf(index: u64) -> Hash {
    Hash::of_leaf(format!("act:{index}").as_bytes())
}

/// A file beside the crate's sources, as JSON.
pub fn vectors(name: &str) -> serde_json::Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("vectors")
        .join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Unoptimised, a case takes milliseconds: 64 of them unless `PROPTEST_CASES` wants more.
pub fn config() -> proptest::prelude::ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    proptest::prelude::ProptestConfig::with_cases(cases.unwrap_or(64))
}
