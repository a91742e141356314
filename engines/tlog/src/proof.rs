//! Verifying inclusion (RFC 9162 §2.1.3.2) and consistency (§2.1.4.2). Linear in the proof, which is at most 63 hashes.

use crate::Hash;
use crate::lines::MOST_PROOF_HASHES;
use crate::refusal::Unproven;

/// The leaf stands at `index` of the tree of `size` leaves with this root.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), Unproven> {
    if inclusion_root(leaf, index, size, proof)? == *root {
        return Ok(());
    }
    Err(Unproven::Root)
}

/// The root that the proof leads to.
pub fn inclusion_root(leaf: &Hash, index: u64, size: u64, proof: &[Hash]) -> Result<Hash, Unproven> {
    if index >= size {
        return Err(Unproven::Index);
    }
    let mut climb = Climb::new(index, size);
    let mut root = *leaf;
    for hash in proof {
        root = if climb.hash_is_left()? {
            Hash::of_node(hash, &root)
        } else {
            Hash::of_node(&root, hash)
        };
    }
    climb.at_the_top()?;
    Ok(root)
}

/// The tree of `new_size` leaves begins with the tree of `old_size` leaves.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), Unproven> {
    if old_size > new_size {
        return Err(Unproven::Size);
    }
    if old_size == 0 || old_size == new_size {
        return without_a_proof(old_size, old_root, new_size, new_root, proof);
    }
    // A complete subtree is its own first hash: the proof leaves it out.
    let (first, rest) = if old_size.is_power_of_two() {
        (*old_root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(Unproven::ProofLength)?;
        (*first, rest)
    };
    let mut climb = Climb::new(old_size - 1, new_size);
    climb.skip_right_children();
    let (mut old, mut new) = (first, first);
    for hash in rest {
        if climb.hash_is_left()? {
            old = Hash::of_node(hash, &old);
            new = Hash::of_node(hash, &new);
        } else {
            new = Hash::of_node(&new, hash);
        }
    }
    climb.at_the_top()?;
    if old != *old_root {
        return Err(Unproven::OldRoot);
    }
    if new != *new_root {
        return Err(Unproven::Root);
    }
    Ok(())
}

fn without_a_proof(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), Unproven> {
    if !proof.is_empty() {
        return Err(Unproven::ProofLength);
    }
    if old_size == new_size && old_root != new_root {
        return Err(Unproven::Equivocation);
    }
    if old_size == 0 && *old_root != Hash::EMPTY_ROOT {
        return Err(Unproven::OldRoot);
    }
    Ok(())
}

/// The way from a node up to the root: fn and sn of the RFC.
struct Climb {
    node: u64,
    last: u64,
    steps: usize,
}

impl Climb {
    fn new(index: u64, size: u64) -> Climb {
        Climb {
            node: index,
            last: size - 1,
            steps: 0,
        }
    }

    fn skip_right_children(&mut self) {
        while self.node & 1 == 1 {
            self.up();
        }
    }

    fn up(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    /// One step; tells on which side the proof's hash stands.
    fn hash_is_left(&mut self) -> Result<bool, Unproven> {
        if self.last == 0 || self.steps == MOST_PROOF_HASHES {
            return Err(Unproven::ProofLength);
        }
        self.steps += 1;
        let left = self.node & 1 == 1 || self.node == self.last;
        if left {
            // The last node of a row without a sibling rises unchanged.
            while self.node & 1 == 0 && self.node != 0 {
                self.up();
            }
        }
        self.up();
        Ok(left)
    }

    fn at_the_top(&self) -> Result<(), Unproven> {
        if self.last == 0 {
            return Ok(());
        }
        Err(Unproven::ProofLength)
    }
}
