//! The smallest state that can grow a tree: the roots of its complete subtrees, largest first.

use crate::refusal::{Fault, Form, Malformed};
use crate::{Hash, MOST_NUMBER};

/// Invariants: as many roots as `size` has 1-bits, in the order of the bits from the highest; `size` < 2^63.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    pub fn new() -> Frontier {
        Frontier::default()
    }

    pub(crate) fn of(size: u64, roots: Vec<Hash>) -> Frontier {
        debug_assert_eq!(roots.len(), size.count_ones() as usize);
        Frontier { size, roots }
    }

    /// `bytes`: the roots one after the other, as `to_bytes` gives them.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Frontier, Malformed> {
        if size > MOST_NUMBER {
            return Err(Fault::Number.in_whole(Form::Frontier));
        }
        if bytes.len() != size.count_ones() as usize * Hash::LENGTH {
            return Err(Fault::Width.in_whole(Form::Frontier));
        }
        let roots = bytes.chunks_exact(Hash::LENGTH).filter_map(Hash::from_slice).collect();
        Ok(Frontier { size, roots })
    }

    /// 32 bytes for each 1-bit of the size: at most 2016.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.roots.iter().flat_map(|root| root.0).collect()
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds one leaf by its hash; its index was `size()`.
    ///
    /// # Panics
    /// Beyond 2^63 − 1 leaves.
    pub fn append(&mut self, leaf: Hash) {
        assert!(self.size < MOST_NUMBER, "a log has fewer than 2^63 leaves");
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.roots.pop().expect("one root for each 1-bit of the size");
            hash = Hash::of_node(&left, &hash);
        }
        self.roots.push(hash);
        self.size += 1;
    }

    pub fn root(&self) -> Hash {
        let smaller = self.roots.iter().rev().copied();
        smaller
            .reduce(|right, left| Hash::of_node(&left, &right))
            .unwrap_or(Hash::EMPTY_ROOT)
    }
}
