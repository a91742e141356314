//! Everything in `vectors/tlog-vectors.json`, which was computed elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mingjing_tlog::{
    AddCheckpoint, Checkpoint, Frontier, Hash, KeyKind, KeyName, Policy, Receipt, Resource, SignedCheckpoint,
    SignerKey, Tile, VerifierKey, prove_consistency, prove_inclusion, stored_root, verify_consistency,
    verify_inclusion,
};
use serde_json::Value;

use crate::{Stored, leaf, vectors};

const SIZES: [u64; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 256, 257];

fn hash(base64: &Value) -> Hash {
    Hash::from_slice(&STANDARD.decode(base64.as_str().unwrap()).unwrap()).unwrap()
}

fn hashes(list: &Value) -> Vec<Hash> {
    list.as_array().unwrap().iter().map(hash).collect()
}

fn text<'a>(all: &'a Value, name: &str) -> &'a str {
    all[name].as_str().unwrap()
}

fn seed(key: &Value) -> [u8; 32] {
    bytes(text(key, "seed")).try_into().unwrap()
}

pub fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}

#[test]
fn leaves_have_the_hashes_of_rfc_6962() {
    let all = vectors("tlog-vectors.json");
    for (index, expected) in all["leaf_hashes"].as_object().unwrap() {
        assert_eq!(leaf(index.parse().unwrap()).to_string(), expected.as_str().unwrap());
    }
    assert_eq!(Hash::of_leaf(b"").to_string(), text(&all, "leaf_hash_of_empty_entry"));
}

#[test]
fn trees_have_their_roots_however_they_are_built() {
    let all = vectors("tlog-vectors.json");
    let log = Stored::grow(&SIZES);
    let mut frontier = Frontier::new();
    let mut seen = 0;
    for size in 0..=257 {
        if let Some(root) = all["roots"].get(size.to_string()) {
            let expected = hash(&root["base64"]);
            assert_eq!(expected.to_string(), root["hex"].as_str().unwrap());
            assert_eq!(frontier.root(), expected, "frontier of {size}");
            assert_eq!(
                stored_root(size, |tile| log.read(tile)),
                Ok(expected),
                "tiles of {size}"
            );
            seen += 1;
        }
        frontier.append(leaf(size));
    }
    assert_eq!(seen, SIZES.len());
}

#[test]
fn proofs_are_made_from_tiles_as_given_and_verify() {
    let all = vectors("tlog-vectors.json");
    let log = Stored::grow(&SIZES);
    let root = |size: &Value| hash(&all["roots"][size.to_string()]["base64"]);
    for case in all["inclusion"].as_array().unwrap() {
        let (index, size) = (case["index"].as_u64().unwrap(), case["size"].as_u64().unwrap());
        let proof = hashes(&case["proof"]);
        assert_eq!(
            prove_inclusion(index, size, |tile| log.read(tile)),
            Ok(proof.clone()),
            "{index} of {size}"
        );
        assert_eq!(
            verify_inclusion(&leaf(index), index, size, &proof, &root(&case["size"])),
            Ok(())
        );
    }
    for case in all["consistency"].as_array().unwrap() {
        let (old, new) = (case["old"].as_u64().unwrap(), case["new"].as_u64().unwrap());
        let proof = hashes(&case["proof"]);
        assert_eq!(
            prove_consistency(old, new, |tile| log.read(tile)),
            Ok(proof.clone()),
            "{old} to {new}"
        );
        assert_eq!(
            verify_consistency(old, &root(&case["old"]), new, &root(&case["new"]), &proof),
            Ok(())
        );
    }
}

#[test]
fn tiles_and_bundles_lie_where_others_look_for_them() {
    let all = vectors("tlog-vectors.json");
    for case in all["tile_paths"].as_array().unwrap() {
        let (index, width) = (case["n"].as_u64().unwrap(), case["w"].as_u64().unwrap() as u16);
        let resource = match case["level"].as_u64() {
            Some(level) => Resource::Tile(Tile::new(level as u8, index, width).unwrap()),
            None => Resource::Entries(Tile::new(0, index, width).unwrap()),
        };
        assert_eq!(resource.path(), text(case, "path"));
        assert_eq!(Resource::parse(text(case, "path")), Ok(resource));
    }
    let at_3 = Stored::grow(&[3]);
    for (path, content) in all["size_3"].as_object().unwrap() {
        assert_eq!(at_3.files[path], bytes(content.as_str().unwrap()), "{path}");
    }
    let at_257 = Stored::grow(&[257]);
    let paths: Vec<&str> = all["size_257_paths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|path| path.as_str().unwrap())
        .collect();
    assert_eq!(at_257.files.keys().map(String::as_str).collect::<Vec<_>>(), paths);
    for (path, sha256) in all["size_257_sha256"].as_object().unwrap() {
        assert_eq!(
            Hash::of_bytes(&at_257.files[path]).to_string(),
            sha256.as_str().unwrap(),
            "{path}"
        );
    }
    assert_eq!(at_257.files["tile/1/000.p/1"], bytes(text(&all, "size_257_tile_1")));
}

/// A tree of 70 000: 273 full tiles and a partial one of 112, one and 17, and 1.
#[test]
fn a_tree_of_seventy_thousand_has_these_tiles() {
    let tiles: Vec<Tile> = Tile::grown(0, 70_000).collect();
    let of_row = |level: u8| tiles.iter().filter(|tile| tile.level() == level).collect::<Vec<_>>();
    let widths = |level: u8| (of_row(level).len(), of_row(level).last().unwrap().width());
    assert_eq!((widths(0), widths(1), widths(2)), ((274, 112), (2, 17), (1, 1)));
    assert_eq!(tiles.len(), 277);
    let partial: Vec<String> = Tile::partial(70_000).map(Tile::path).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
}

#[test]
fn keys_sign_what_others_signed() {
    let all = vectors("tlog-vectors.json");
    let log = SignerKey::from_seed(name(&all["log_key"]), KeyKind::Log, &seed(&all["log_key"]));
    check_key(&all["log_key"], log.verifier());
    let body = text(&all, "checkpoint_7_body");
    let mut note = mingjing_tlog::Note::new(body, vec![log.sign(body, 0)]).unwrap();
    assert_eq!(note.to_string(), text(&all, "checkpoint_7_log_only"));

    let witnesses = all["witness_keys"].as_array().unwrap();
    for (key, time) in witnesses.iter().zip([1_767_225_601, 1_767_225_602]) {
        let witness = SignerKey::from_seed(name(key), KeyKind::Witness, &seed(key));
        check_key(key, witness.verifier());
        note = note.with(witness.sign(body, time)).unwrap();
    }
    assert_eq!(note.to_string(), text(&all, "checkpoint_7"));

    let empty = Checkpoint {
        origin: name(&all["log_key"]),
        size: 0,
        root: Hash::EMPTY_ROOT,
    };
    let line = log.sign(&empty.to_string(), 0);
    let note = mingjing_tlog::Note::new(&empty.to_string(), vec![line]).unwrap();
    assert_eq!(note.to_string(), text(&all, "checkpoint_0"));
}

fn name(key: &Value) -> KeyName {
    KeyName::parse(text(key, "name")).unwrap()
}

fn check_key(given: &Value, key: &VerifierKey) {
    assert_eq!(key.public().to_vec(), bytes(text(given, "public")));
    assert_eq!(key.id().to_string(), text(given, "key_id"));
    assert_eq!(key.to_string(), text(given, "vkey"));
    assert_eq!(VerifierKey::parse(text(given, "vkey")).as_ref(), Ok(key));
}

#[test]
fn a_foreign_key_reads() {
    let key = VerifierKey::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").unwrap();
    assert_eq!(
        (key.name().as_str(), key.id().to_string().as_str()),
        ("example.com/foo", "530d903a")
    );
}

#[test]
fn the_receipt_verifies_under_the_policy_and_says_who_saw_it_when() {
    let all = vectors("tlog-vectors.json");
    let policy = Policy::parse(text(&all, "policy").as_bytes()).unwrap();
    let receipt = Receipt::parse(text(&all, "tlog_proof_4_of_7").as_bytes()).unwrap();
    assert_eq!(receipt.to_string().len(), 617);
    let accepted = receipt.verify(&leaf(4), &policy).unwrap();
    assert_eq!(accepted.log.as_str(), "log.example/gov/alpha");
    assert_eq!(accepted.witnesses, [("beta", 1_767_225_601), ("gamma", 1_767_225_602)]);
}

#[test]
fn a_witness_is_asked_as_others_ask() {
    let all = vectors("tlog-vectors.json");
    let log = Stored::grow(&[7]);
    let checkpoint = SignedCheckpoint::parse(text(&all, "checkpoint_7_log_only").as_bytes()).unwrap();
    let proof = prove_consistency(3, 7, |tile| log.read(tile)).unwrap();
    let request = AddCheckpoint::new(3, proof, checkpoint.clone()).unwrap();
    assert_eq!(request.to_string(), text(&all, "add_checkpoint_3_to_7"));
    let first = AddCheckpoint::new(0, Vec::new(), checkpoint.clone()).unwrap();
    assert_eq!(first.to_string(), text(&all, "add_checkpoint_0_to_7"));
    assert_eq!(
        Checkpoint::origin_hash(&checkpoint.checkpoint().origin),
        text(&all, "origin_hash")
    );
}
