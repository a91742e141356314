//! The same questions to ours and to metamorphic-log. `cargo test` in this folder; not part of `make test`.

use metamorphic_log::merkle::MerkleTree;
use metamorphic_log::note::{self, SignedNote};
use metamorphic_log::{checkpoint, proof, tile};
use mingjing_tlog::{
    Checkpoint, Edge, Hash, KeyKind, KeyName, Note, Resource, SignerKey, Tile, VerifierKey, print_tile,
    prove_consistency, prove_inclusion, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn leaf(index: u64) -> Hash {
    Hash::of_leaf(format!("act:{index}").as_bytes())
}

/// Root and tiles of ours, and the tree of theirs.
fn both(size: u64) -> (Edge, BTreeMap<Tile, Vec<u8>>, MerkleTree) {
    let (mut edge, mut tiles, mut theirs) = (Edge::new(), BTreeMap::new(), MerkleTree::new());
    for index in 0..size {
        theirs.push(format!("act:{index}").as_bytes());
        edge.append(leaf(index), |tile, hashes| {
            tiles.insert(tile, print_tile(hashes));
        });
    }
    tiles.extend(edge.partial().map(|(tile, hashes)| (tile, print_tile(hashes))));
    (edge, tiles, theirs)
}

fn lists(hashes: &[Hash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.0.to_vec()).collect()
}

#[test]
fn roots_and_tiles_are_the_same() {
    for size in [0, 1, 2, 3, 7, 255, 256, 257, 600] {
        let (edge, tiles, theirs) = both(size);
        assert_eq!(edge.root().0, theirs.root(), "{size}");
        let mut named: Vec<String> = tile::tiles_for_size(size).iter().map(tile::Tile::path).collect();
        named.sort();
        let mut ours: Vec<String> = tiles.keys().map(|tile| tile.path()).collect();
        ours.sort();
        assert_eq!(ours, named, "{size}");
    }
}

/// Theirs takes 1 to 63 as ours does, and wants full tiles without a width.
#[test]
fn paths_are_the_same() {
    for (level, index, width) in [
        (0, 0, 256),
        (0, 0, 1),
        (5, 999_999, 255),
        (63, 1_234_067, 8),
        (1, 1000, 256),
    ] {
        let ours = Tile::new(level, index, width).unwrap();
        let theirs = tile::Tile::new(level, index, width).unwrap();
        assert_eq!(ours.path(), theirs.path());
        assert_eq!(Resource::parse(&theirs.path()), Ok(Resource::Tile(ours)));
        assert_eq!(ours.entries_path(), theirs.entries_path());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn proofs_are_the_same_and_judged_alike(
        size in 1..600_u64, at in any::<u64>(), old in any::<u64>(), flip in any::<Option<(usize, u8)>>(), cut in any::<bool>(),
    ) {
        let (at, old) = (at % size, old % size + 1);
        let (edge, tiles, theirs) = both(size);
        let root = edge.root();
        let fetch = |tile: Tile| Ok::<_, ()>(tiles[&tile].clone());
        let spoil = |proof: &mut Vec<Hash>| {
            if let (Some((place, bit)), false) = (flip, proof.is_empty()) {
                let place = place % proof.len();
                proof[place].0[usize::from(bit / 8)] ^= 1 << (bit % 8);
            }
            if cut {
                proof.pop();
            }
        };

        let mut path = prove_inclusion(at, size, fetch).unwrap();
        prop_assert_eq!(lists(&path), lists(&theirs.inclusion_proof(at, size).into_iter().map(Hash).collect::<Vec<_>>()));
        spoil(&mut path);
        prop_assert_eq!(
            verify_inclusion(&leaf(at), at, size, &path, &root).is_ok(),
            proof::verify_inclusion(at, size, &leaf(at).0, &lists(&path), &root.0).is_ok()
        );

        let old_root = Hash(theirs.root_at(old));
        let mut path = prove_consistency(old, size, fetch).unwrap();
        prop_assert_eq!(lists(&path), lists(&theirs.consistency_proof(old, size).into_iter().map(Hash).collect::<Vec<_>>()));
        spoil(&mut path);
        prop_assert_eq!(
            verify_consistency(old, &old_root, size, &root, &path).is_ok(),
            proof::verify_consistency(old, size, &lists(&path), &old_root.0, &root.0).is_ok()
        );
    }

    #[test]
    fn signatures_and_cosignatures_are_the_same(seed in any::<[u8; 32]>(), size in 0..1000_u64, time in 0..4_000_000_000_u64) {
        let origin = KeyName::parse("log.example/gov/alpha").unwrap();
        let head = Checkpoint { origin: origin.clone(), size, root: leaf(size) }.to_string();
        prop_assert_eq!(checkpoint::Checkpoint::parse(&head).unwrap().marshal(), head.clone());

        let log = SignerKey::from_seed(origin, KeyKind::Log, &seed);
        let theirs = note::sign_ed25519(&head, "log.example/gov/alpha", &seed).unwrap();
        let line = log.sign(&head, 0);
        prop_assert_eq!(line.to_string().trim_end().to_owned(), theirs.marshal_line());

        let witness = SignerKey::from_seed(KeyName::parse("witness.example/beta").unwrap(), KeyKind::Witness, &seed);
        let theirs = note::sign_cosignature_ed25519(&head, "witness.example/beta", &seed, time).unwrap();
        let cosignature = witness.sign(&head, time);
        prop_assert_eq!(cosignature.to_string().trim_end().to_owned(), theirs.marshal_line());

        let keys = [log.verifier().to_string(), witness.verifier().to_string()];
        let note = Note::new(&head, vec![line, cosignature]).unwrap().to_string();
        let known: Vec<_> = keys.iter().map(|key| note::VerifierKey::parse(key).unwrap()).collect();
        prop_assert_eq!(SignedNote::parse(&note).unwrap().verify(&known).unwrap().len(), 2);
        let known: Vec<_> = keys.iter().map(|key| VerifierKey::parse(key).unwrap()).collect();
        let note = Note::parse(note.as_bytes()).unwrap();
        let times: Vec<_> = note.verify(&known).unwrap().iter().map(|signed| signed.time).collect();
        prop_assert_eq!(times, vec![None, Some(time)]);
    }
}
