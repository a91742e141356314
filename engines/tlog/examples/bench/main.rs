//! `cargo run --release -p mingjing-tlog --example bench`: trees, proofs and signatures beside `tlog_tiles` and
//! `signed_note`, as JSON. Both answer the same question in one run; the answers are compared.
#![expect(clippy::print_stdout, reason = "the measurement is the output")]

mod ours;

use mingjing_tlog::{Frontier, Hash};
use ours::{LEAVES, Leaves, Sealed, Tree, best, round, spread};
use serde_json::{Value, json};
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::tlog::{self, HashReader};

const PROOFS: u64 = 2_000;

/// All hashes of a tree, in the order in which `tlog_tiles` numbers them.
struct Hashes(Vec<tlog::Hash>);

impl HashReader for Hashes {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

impl Hashes {
    fn build(leaves: &Leaves) -> Hashes {
        let mut hashes = Hashes(Vec::new());
        for (index, leaf) in (0..).zip(leaves.iter()) {
            let new = tlog::stored_hashes(index, leaf, &hashes).expect("the hashes are there");
            hashes.0.extend(new);
        }
        hashes
    }
}

fn main() {
    let leaves = Leaves::make();
    let (tree, hashes) = (Tree::build(&leaves), Hashes::build(&leaves));
    let their_root = tlog::tree_hash(LEAVES, &hashes).expect("the hashes are there");
    assert_eq!(tree.root.0, their_root.0, "the implementations disagree");
    let sealed = Sealed::make(&leaves, &tree);
    println!(
        "{}",
        json!({
            "leaves": LEAVES,
            "build": build(&leaves),
            "inclusion": inclusion(&leaves, &tree, &hashes),
            "consistency": consistency(&leaves, &tree, &hashes),
            "signatures": signatures(&sealed),
            "theirs": "tlog_tiles 0.2.0, signed_note 0.2.0",
            "machine": ours::machine(),
        })
    );
}

/// Ours makes the tiles' bytes, theirs the list of hashes from which tiles would be cut.
fn build(leaves: &Leaves) -> Value {
    let per_second = |seconds: f64| (LEAVES as f64 / seconds).round();
    let ours = per_second(best(|| drop(Tree::build(leaves))));
    let theirs = per_second(best(|| drop(Hashes::build(leaves))));
    let frontier = per_second(best(|| {
        let mut frontier = Frontier::new();
        leaves.iter().for_each(|leaf| frontier.append(Hash::of_leaf(leaf)));
        assert_eq!(frontier.size(), LEAVES);
    }));
    json!({
        "leaves_per_second": ours,
        "theirs_leaves_per_second": theirs,
        "ratio": round(ours / theirs),
        "leaves_per_second_without_tiles": frontier,
    })
}

/// Ours proves from tiles of 256, hashing within them; theirs has every inner hash at hand.
fn inclusion(leaves: &Leaves, tree: &Tree, hashes: &Hashes) -> Value {
    let us = |seconds: f64| round(seconds * 1e6 / PROOFS as f64);
    let prove = us(best(|| spread(PROOFS).for_each(|index| drop(tree.inclusion(index)))));
    let their_prove = us(best(|| {
        for index in spread(PROOFS) {
            drop(tlog::prove_record(LEAVES, index, hashes).expect("the hashes are there"));
        }
    }));
    let proofs: Vec<(u64, Hash, Vec<Hash>)> = spread(PROOFS)
        .map(|index| (index, Hash::of_leaf(leaves.at(index)), tree.inclusion(index)))
        .collect();
    let their_proofs: Vec<Vec<tlog::Hash>> = proofs
        .iter()
        .map(|(_, _, proof)| proof.iter().map(|hash| tlog::Hash(hash.0)).collect())
        .collect();
    let verify = us(best(|| {
        for (index, leaf, proof) in &proofs {
            ours::check_inclusion(leaf, *index, proof, &tree.root);
        }
    }));
    let their_verify = us(best(|| {
        for ((index, leaf, _), proof) in proofs.iter().zip(&their_proofs) {
            let (root, leaf) = (tlog::Hash(tree.root.0), tlog::Hash(leaf.0));
            tlog::check_record(proof, LEAVES, root, *index, leaf).expect("the proof is right");
        }
    }));
    json!({
        "prove_us": prove,
        "theirs_prove_us": their_prove,
        "verify_us": verify,
        "theirs_verify_us": their_verify,
        "verify_ratio": round(their_verify / verify),
        "hashes": proofs[0].2.len(),
    })
}

fn consistency(leaves: &Leaves, tree: &Tree, hashes: &Hashes) -> Value {
    let old = LEAVES / 3;
    let old_root = ours::root_of(leaves, old);
    let us = |seconds: f64| round(seconds * 1e6 / PROOFS as f64);
    let many = |work: &dyn Fn()| us(best(|| (0..PROOFS).for_each(|_| work())));
    let proof = tree.consistency(old);
    let their_proof = tlog::prove_tree(LEAVES, old, hashes).expect("the hashes are there");
    assert!(
        proof
            .iter()
            .map(|hash| hash.0)
            .eq(their_proof.iter().map(|hash| hash.0))
    );
    let (root, their_old_root) = (tlog::Hash(tree.root.0), tlog::Hash(old_root.0));
    let verify = many(&|| ours::check_consistency(old, &old_root, &tree.root, &proof));
    let their_verify = many(&|| {
        tlog::check_tree(&their_proof, LEAVES, root, old, their_old_root).expect("the proof is right");
    });
    json!({
        "prove_us": many(&|| drop(tree.consistency(old))),
        "theirs_prove_us": many(&|| drop(tlog::prove_tree(LEAVES, old, hashes))),
        "verify_us": verify,
        "theirs_verify_us": their_verify,
        "verify_ratio": round(their_verify / verify),
    })
}

fn signatures(sealed: &Sealed) -> Value {
    const ROUNDS: u32 = 500;
    let many = |work: &dyn Fn()| round(best(|| (0..ROUNDS).for_each(|_| work())) * 1e6 / f64::from(ROUNDS));
    let vkey = sealed.log.verifier().to_string();
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey).expect("the key reads"))]);
    let verify = many(&|| sealed.check_note());
    let their_verify = many(&|| {
        let note = Note::from_bytes(sealed.note.as_bytes()).expect("the note reads");
        assert_eq!(note.verify(&known).expect("the note is signed").0.len(), 1);
    });
    json!({
        "sign_us": many(&|| drop(sealed.log.sign(&sealed.head, 0))),
        "verify_note_us": verify,
        "theirs_verify_note_us": their_verify,
        "verify_ratio": round(their_verify / verify),
        "verify_receipt_of_four_signatures_us": many(&|| sealed.check_receipt()),
        "receipt_bytes": sealed.receipt.len(),
    })
}
