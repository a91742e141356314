//! Our log's formats beside metamorphic-log in one run: the same questions, the same answers (compared). Prints JSON.
//!
//! Its tree is a list of leaf hashes that is hashed anew for each root and proof, so only building and verifying stand
//! against ours.

#[path = "../../../engines/tlog/examples/bench/ours.rs"]
mod ours;

use metamorphic_log::merkle::MerkleTree;
use metamorphic_log::note::{SignedNote, VerifierKey};
use metamorphic_log::proof::{verify_consistency, verify_inclusion};
use mingjing_tlog::Hash;
use ours::{LEAVES, Leaves, Sealed, Tree, best, round, spread};
use serde_json::{Value, json};

const PROOFS: u64 = 2_000;

fn main() {
    let leaves = Leaves::make();
    let (tree, theirs) = (Tree::build(&leaves), build_theirs(&leaves));
    assert_eq!(tree.root.0, theirs.root(), "the implementations disagree");
    let sealed = Sealed::make(&leaves, &tree);
    println!(
        "{}",
        json!({
            "leaves": LEAVES,
            "build": build(&leaves),
            "inclusion": inclusion(&leaves, &tree),
            "consistency": consistency(&leaves, &tree),
            "signatures": signatures(&sealed),
            "theirs": "metamorphic-log 0.5.0",
            "machine": ours::machine(),
        })
    );
}

fn build_theirs(leaves: &Leaves) -> MerkleTree {
    let mut tree = MerkleTree::new();
    for leaf in leaves.iter() {
        tree.push(leaf);
    }
    tree
}

fn build(leaves: &Leaves) -> Value {
    let per_second = |seconds: f64| (LEAVES as f64 / seconds).round();
    let ours = per_second(best(|| drop(Tree::build(leaves))));
    let theirs = per_second(best(|| assert_eq!(build_theirs(leaves).root().len(), 32)));
    json!({ "leaves_per_second": ours, "theirs_leaves_per_second": theirs, "ratio": round(ours / theirs) })
}

fn inclusion(leaves: &Leaves, tree: &Tree) -> Value {
    let us = |seconds: f64| round(seconds * 1e6 / PROOFS as f64);
    let proofs: Vec<(u64, Hash, Vec<Hash>)> = spread(PROOFS)
        .map(|index| (index, Hash::of_leaf(leaves.at(index)), tree.inclusion(index)))
        .collect();
    let their_proofs: Vec<Vec<Vec<u8>>> = proofs.iter().map(|(_, _, proof)| theirs(proof)).collect();
    let verify = us(best(|| {
        for (index, leaf, proof) in &proofs {
            ours::check_inclusion(leaf, *index, proof, &tree.root);
        }
    }));
    let their_verify = us(best(|| {
        for ((index, leaf, _), proof) in proofs.iter().zip(&their_proofs) {
            verify_inclusion(*index, LEAVES, &leaf.0, proof, &tree.root.0).expect("the proof is right");
        }
    }));
    json!({ "verify_us": verify, "theirs_verify_us": their_verify, "verify_ratio": round(their_verify / verify) })
}

fn consistency(leaves: &Leaves, tree: &Tree) -> Value {
    let old = LEAVES / 3;
    let old_root = ours::root_of(leaves, old);
    let proof = tree.consistency(old);
    let their_proof = theirs(&proof);
    let many = |work: &dyn Fn()| round(best(|| (0..PROOFS).for_each(|_| work())) * 1e6 / PROOFS as f64);
    let verify = many(&|| ours::check_consistency(old, &old_root, &tree.root, &proof));
    let their_verify = many(&|| {
        verify_consistency(old, LEAVES, &their_proof, &old_root.0, &tree.root.0).expect("the proof is right");
    });
    json!({ "verify_us": verify, "theirs_verify_us": their_verify, "verify_ratio": round(their_verify / verify) })
}

fn signatures(sealed: &Sealed) -> Value {
    const ROUNDS: u32 = 500;
    let many = |work: &dyn Fn()| round(best(|| (0..ROUNDS).for_each(|_| work())) * 1e6 / f64::from(ROUNDS));
    let known = [VerifierKey::parse(&sealed.log.verifier().to_string()).expect("the key reads")];
    let verify = many(&|| sealed.check_note());
    let their_verify = many(&|| {
        let note = SignedNote::parse(&sealed.note).expect("the note reads");
        assert_eq!(note.verify(&known).expect("the note is signed").len(), 1);
    });
    json!({
        "sign_us": many(&|| drop(sealed.log.sign(&sealed.head, 0))),
        "verify_note_us": verify,
        "theirs_verify_note_us": their_verify,
        "verify_ratio": round(their_verify / verify),
        "verify_receipt_of_four_signatures_us": many(&|| sealed.check_receipt()),
    })
}

fn theirs(hashes: &[Hash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.0.to_vec()).collect()
}
