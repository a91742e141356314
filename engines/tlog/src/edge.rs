//! The right edge of a tiled tree: the unfinished tile of each row. All that growing a log needs to keep in memory.

use crate::refusal::Malformed;
use crate::{Frontier, Hash, MOST_NUMBER, Tile};

/// Invariant: row L holds the last `row_length(L) % 256` hashes of row L; the highest row is not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edge {
    size: u64,
    rows: Vec<Vec<Hash>>,
}

/// Why stored tiles did not answer: reading failed (the caller's reason), or a tile is not as long as it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread<E> {
    #[error("{}：读取失败：{reason}", tile.path())]
    Fetch { tile: Tile, reason: E },
    #[error("{}：{reason}", tile.path())]
    Tile { tile: Tile, reason: Malformed },
}

impl Edge {
    pub fn new() -> Edge {
        Edge::default()
    }

    /// From the partial tiles of a tree of `size` leaves. Nothing says yet that they are right: compare `root()`.
    pub fn load<E>(size: u64, mut fetch: impl FnMut(Tile) -> Result<Vec<u8>, E>) -> Result<Edge, Unread<E>> {
        let mut rows = Vec::new();
        for tile in Tile::partial(size) {
            rows.resize(usize::from(tile.level()), Vec::new());
            rows.push(read(tile, &mut fetch)?);
        }
        Ok(Edge { size, rows })
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds one leaf by its hash and hands over each tile that it fills, the leaves' row first.
    ///
    /// # Panics
    /// Beyond 2^63 − 1 leaves.
    pub fn append(&mut self, leaf: Hash, mut full: impl FnMut(Tile, &[Hash])) {
        assert!(self.size < MOST_NUMBER, "a log has fewer than 2^63 leaves");
        let mut hash = leaf;
        for level in 0..=Tile::MOST_LEVEL {
            let at = usize::from(level);
            if at == self.rows.len() {
                self.rows.push(Vec::with_capacity(usize::from(Tile::FULL_WIDTH)));
            }
            let row = &mut self.rows[at];
            row.push(hash);
            if row.len() < usize::from(Tile::FULL_WIDTH) {
                break;
            }
            let tile = Tile::holding(level, Tile::row_length(level, self.size + 1) - 1, self.size + 1)
                .expect("the row has the hash that was just pushed");
            full(tile, row);
            hash = Hash::of_subtree(row);
            row.clear();
        }
        self.size += 1;
    }

    /// The unfinished tiles as they are now, the leaves' row first.
    pub fn partial(&self) -> impl Iterator<Item = (Tile, &[Hash])> {
        Tile::partial(self.size).map(|tile| (tile, self.rows[usize::from(tile.level())].as_slice()))
    }

    pub fn frontier(&self) -> Frontier {
        let mut roots = Vec::new();
        for row in self.rows.iter().rev() {
            let mut rest = row.as_slice();
            while !rest.is_empty() {
                let (subtree, after) = rest.split_at(1 << rest.len().ilog2());
                roots.push(Hash::of_subtree(subtree));
                rest = after;
            }
        }
        Frontier::of(self.size, roots)
    }

    pub fn root(&self) -> Hash {
        self.frontier().root()
    }
}

pub(crate) fn read<E>(tile: Tile, fetch: &mut impl FnMut(Tile) -> Result<Vec<u8>, E>) -> Result<Vec<Hash>, Unread<E>> {
    let bytes = fetch(tile).map_err(|reason| Unread::Fetch { tile, reason })?;
    tile.hashes(&bytes).map_err(|reason| Unread::Tile { tile, reason })
}

/// A tile's file.
pub fn print_tile(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}
