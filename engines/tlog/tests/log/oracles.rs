//! The same questions to `tlog_tiles` and `signed_note`, which others wrote.

use mingjing_tlog::{
    Frontier, Hash, KeyKind, KeyName, Note, Resource, SignerKey, Tile, VerifierKey, prove_consistency, prove_inclusion,
    verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use signed_note::{Note as OtherNote, StandardVerifier, VerifierList};
use tlog_tiles::tlog::{self, HashReader};

use crate::{Stored, config, leaf, vectors};

/// All hashes of a tree in the order in which the other implementation numbers them.
struct Hashes(Vec<tlog::Hash>);

impl HashReader for Hashes {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

impl Hashes {
    fn of(size: u64) -> Hashes {
        let mut hashes = Hashes(Vec::new());
        for index in 0..size {
            let new = tlog::stored_hashes(index, format!("act:{index}").as_bytes(), &hashes).unwrap();
            hashes.0.extend(new);
        }
        hashes
    }
}

fn ours(hashes: &[tlog::Hash]) -> Vec<Hash> {
    hashes.iter().map(|hash| Hash(hash.0)).collect()
}

fn theirs(hashes: &[Hash]) -> Vec<tlog::Hash> {
    hashes.iter().map(|hash| tlog::Hash(hash.0)).collect()
}

#[test]
fn roots_are_the_same_at_every_size() {
    let hashes = Hashes::of(600);
    let mut frontier = Frontier::new();
    for size in 0..=600 {
        assert_eq!(frontier.root().0, tlog::tree_hash(size, &hashes).unwrap().0, "{size}");
        frontier.append(leaf(size));
    }
}

#[test]
fn tiles_have_the_same_names() {
    for (old, new) in [
        (0, 1),
        (0, 257),
        (1, 256),
        (255, 70_000),
        (65_536, 65_537),
        (70_000, 70_000),
        (7, 17_000_000),
    ] {
        let ours: Vec<String> = Tile::grown(old, new).map(Tile::path).collect();
        let theirs = tlog_tiles::tile::Tile::new_tiles(8, old, new);
        let theirs: Vec<String> = theirs.iter().map(|tile| without_height(&tile.path())).collect();
        assert_eq!(ours, theirs, "{old} to {new}");
    }
}

/// The other implementation names the height, as Go's checksum database does: `tile/8/0/000`.
fn without_height(path: &str) -> String {
    path.replacen("tile/8/", "tile/", 1)
}

proptest! {
    #![proptest_config(config())]

    /// Levels beyond 63 and widths of 0 or beyond 256 are left out: there the other one panics.
    #[test]
    fn paths_are_read_alike(
        level in prop_oneof![Just("0".to_owned()), Just("entries".to_owned()), "[0-5]?[0-9]", "0[0-9]", "[a-z]{1,4}"],
        groups in prop::collection::vec(prop_oneof!["x[0-9]{3}", "[0-9]{3}", "[x0-9]{1,5}"], 1..4),
        width in prop_oneof![Just(String::new()), (1..=256).prop_map(|width| format!(".p/{width}")), "\\.p/0[1-9]", "\\.p/?"],
    ) {
        let path = format!("tile/{level}/{}{width}", groups.join("/"));
        let ours = Resource::parse(&path);
        let theirs = tlog_tiles::tile::Tile::from_path(&path.replacen("tile/", "tile/8/", 1).replacen("entries", "data", 1));
        if let Ok(Resource::Tile(tile) | Resource::Entries(tile)) = ours {
            let theirs = theirs.unwrap();
            prop_assert_eq!((tile.index(), u32::from(tile.width())), (theirs.level_index(), theirs.width()));
        } else {
            prop_assert!(theirs.is_err(), "{}", path);
        }
    }

    #[test]
    fn proofs_are_the_same_and_each_verifies_the_others(size in 1..600_u64, at in 0..600_u64, old in 0..600_u64, flip in any::<Option<(u8, u8)>>()) {
        let (at, old) = (at % size, old % size + 1);
        let log = Stored::grow(&[size]);
        let hashes = Hashes::of(size);
        let root = log.root();

        let mut proof = prove_inclusion(at, size, |tile| log.read(tile)).unwrap();
        prop_assert_eq!(&proof, &ours(&tlog::prove_record(size, at, &hashes).unwrap()));
        change(&mut proof, flip);
        let we_say = verify_inclusion(&leaf(at), at, size, &proof, &root).is_ok();
        let they_say = tlog::check_record(&theirs(&proof), size, tlog::Hash(root.0), at, tlog::Hash(leaf(at).0)).is_ok();
        prop_assert_eq!(we_say, they_say);

        let mut old_frontier = Frontier::new();
        (0..old).for_each(|index| old_frontier.append(leaf(index)));
        let old_root = old_frontier.root();
        let mut proof = prove_consistency(old, size, |tile| log.read(tile)).unwrap();
        prop_assert_eq!(&proof, &ours(&tlog::prove_tree(size, old, &hashes).unwrap()));
        change(&mut proof, flip);
        let we_say = verify_consistency(old, &old_root, size, &root, &proof).is_ok();
        let they_say = tlog::check_tree(&theirs(&proof), size, tlog::Hash(root.0), old, tlog::Hash(old_root.0)).is_ok();
        prop_assert_eq!(we_say, they_say);
    }

    #[test]
    fn notes_are_read_and_verified_alike(edits in prop::collection::vec((any::<prop::sample::Index>(), near_byte()), 0..4)) {
        let all = vectors("tlog-vectors.json");
        let mut bytes = all["checkpoint_7"].as_str().unwrap().as_bytes().to_vec();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let (ours, theirs) = (Note::parse(&bytes), OtherNote::from_bytes(&bytes));
        // Ours alone refuses control characters in names of signers; none can be told apart otherwise.
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?}", ours);
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            prop_assert_eq!(ours.to_string().into_bytes(), theirs.to_bytes());
            let vkey = all["log_key"]["vkey"].as_str().unwrap();
            let known = VerifierList::new(vec![Box::new(StandardVerifier::new(vkey).unwrap())]);
            let we_say = ours.verify(&[VerifierKey::parse(vkey).unwrap()]).is_ok();
            prop_assert_eq!(we_say, theirs.verify(&known).is_ok());
        }
    }

    #[test]
    fn keys_and_signatures_are_the_same(seed in any::<[u8; 32]>(), name in "[a-z./-]{1,40}", text in "[ -~\u{4e00}-\u{4eff}\n]{0,200}\n") {
        let ours = SignerKey::from_seed(KeyName::parse(&name).unwrap(), KeyKind::Log, &seed);
        let vkey = ours.verifier().to_string();
        let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey).unwrap())]);
        let note = Note::new(&text, vec![ours.sign(&text, 0)]).unwrap();
        let theirs = OtherNote::from_bytes(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(theirs.text(), text.as_bytes());
        prop_assert!(theirs.verify(&known).is_ok());
    }
}

/// Bytes that matter where a note is read, and any.
fn near_byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        prop::sample::select(b"\n + =Aa0/\xe2\x94\x00\t\x7f".to_vec()),
        any::<u8>()
    ]
}

/// One bit of one hash; nothing where there is none.
fn change(proof: &mut [Hash], flip: Option<(u8, u8)>) {
    if let Some((at, bit)) = flip
        && !proof.is_empty()
    {
        let at = usize::from(at) % proof.len();
        proof[at].0[usize::from(bit / 8)] ^= 1 << (bit % 8);
    }
}
