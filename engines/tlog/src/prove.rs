//! Proofs made from stored tiles (RFC 6962 §2.1.1, §2.1.2): about two tiles a row. What the tiles say is not checked
//! here; a proof from a damaged tile does not verify, and whoever hands one out verifies it first.

use crate::edge::read;
use crate::refusal::Unproven;
use crate::{Hash, MOST_NUMBER, Tile, Unread};

/// Why no proof was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoProof<E> {
    #[error(transparent)]
    Unread(#[from] Unread<E>),
    #[error(transparent)]
    Unproven(#[from] Unproven),
}

/// The leaf's sibling first, the child of the root last.
pub fn prove_inclusion<E>(
    index: u64,
    size: u64,
    fetch: impl FnMut(Tile) -> Result<Vec<u8>, E>,
) -> Result<Vec<Hash>, NoProof<E>> {
    if index >= size || size > MOST_NUMBER {
        return Err(Unproven::Index.into());
    }
    let mut tiles = Tiles::new(size, fetch);
    let (mut low, mut high) = (0, size);
    let mut proof = Vec::new();
    while high - low > 1 {
        let middle = low + left_of(high - low);
        if index < middle {
            proof.push(tiles.root_of(middle, high)?);
            high = middle;
        } else {
            proof.push(tiles.root_of(low, middle)?);
            low = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// That the tree of `new` leaves begins with the tree of `old` leaves. Empty for `old` = 0 and `old` = `new`.
pub fn prove_consistency<E>(
    old: u64,
    new: u64,
    fetch: impl FnMut(Tile) -> Result<Vec<u8>, E>,
) -> Result<Vec<Hash>, NoProof<E>> {
    if old > new || new > MOST_NUMBER {
        return Err(Unproven::Size.into());
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let mut tiles = Tiles::new(new, fetch);
    let (mut low, mut high) = (0, new);
    let mut proof = Vec::new();
    while old < high {
        let middle = low + left_of(high - low);
        if old <= middle {
            proof.push(tiles.root_of(middle, high)?);
            high = middle;
        } else {
            proof.push(tiles.root_of(low, middle)?);
            low = middle;
        }
    }
    // From 0 the subtree is the old tree itself, whose root the verifier has.
    if low > 0 {
        proof.push(tiles.root_of(low, high)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The root of a stored tree, from its partial tiles alone.
pub fn stored_root<E>(size: u64, fetch: impl FnMut(Tile) -> Result<Vec<u8>, E>) -> Result<Hash, Unread<E>> {
    Ok(crate::Edge::load(size, fetch)?.root())
}

/// The largest power of two below `leaves`, which are at least two.
fn left_of(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// Reads each tile once; a proof needs at most about two of each of eight rows.
struct Tiles<F> {
    size: u64,
    fetch: F,
    read: Vec<(Tile, Vec<Hash>)>,
}

impl<E, F: FnMut(Tile) -> Result<Vec<u8>, E>> Tiles<F> {
    fn new(size: u64, fetch: F) -> Self {
        Tiles {
            size,
            fetch,
            read: Vec::new(),
        }
    }

    /// Root over the leaves `low..high`, where `low` is a multiple of the largest power of two within.
    fn root_of(&mut self, low: u64, high: u64) -> Result<Hash, Unread<E>> {
        let leaves = high - low;
        if leaves.is_power_of_two() {
            return self.subtree(leaves.ilog2(), low);
        }
        let middle = low + left_of(leaves);
        let left = self.root_of(low, middle)?;
        Ok(Hash::of_node(&left, &self.root_of(middle, high)?))
    }

    /// Root of the complete subtree of 2^height leaves from `low` on.
    fn subtree(&mut self, height: u32, low: u64) -> Result<Hash, Unread<E>> {
        let level = (height / Tile::HEIGHT) as u8;
        let first = low >> (u32::from(level) * Tile::HEIGHT);
        let wanted = 1_usize << (height % Tile::HEIGHT);
        let tile = Tile::holding(level, first, self.size).expect("a complete subtree lies within the tree");
        let at = (first % u64::from(Tile::FULL_WIDTH)) as usize;
        let hashes = self.hashes(tile)?;
        Ok(Hash::of_subtree(&hashes[at..at + wanted]))
    }

    fn hashes(&mut self, tile: Tile) -> Result<&[Hash], Unread<E>> {
        let at = match self.read.iter().position(|(known, _)| *known == tile) {
            Some(at) => at,
            None => {
                let hashes = read(tile, &mut self.fetch)?;
                self.read.push((tile, hashes));
                self.read.len() - 1
            }
        };
        Ok(&self.read[at].1)
    }
}
