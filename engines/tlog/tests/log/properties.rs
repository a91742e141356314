//! What holds of every tree, text and byte.

use mingjing_tlog::{
    Checkpoint, Fields, Hash, KeyKind, KeyName, Leaf, LeafKind, Note, Opening, Policy, Receipt, Resource,
    SignedCheckpoint, SignerKey, Tile, prove_consistency, prove_inclusion, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

use crate::{Stored, config, leaf};

#[path = "../../fuzz/what_holds.rs"]
pub mod what_holds;

fn name(text: &str) -> KeyName {
    KeyName::parse(text).unwrap()
}

/// A log's and two witnesses' keys, the policy that wants all three, and a receipt for one leaf.
struct Sealed {
    policy: Policy,
    receipt: Receipt,
    leaf: Hash,
}

fn seal(size: u64, at: u64, seed: [u8; 32]) -> Sealed {
    let log = Stored::grow(&[size]);
    let signer = SignerKey::from_seed(name("log.example/1"), KeyKind::Log, &seed);
    let witnesses = [1, 2].map(|number: u8| {
        let seed = seed.map(|byte| byte ^ number);
        SignerKey::from_seed(name(&format!("witness.example/{number}")), KeyKind::Witness, &seed)
    });
    let checkpoint = Checkpoint {
        origin: name("log.example/1"),
        size,
        root: log.root(),
    };
    let text = checkpoint.to_string();
    let mut lines = vec![signer.sign(&text, 0)];
    lines.extend(
        witnesses
            .iter()
            .map(|witness| witness.sign(&text, 1_767_225_600 + size)),
    );
    let policy = format!(
        "log {}\nwitness a {}\nwitness b {}\ngroup both all a b\nquorum both\n",
        signer.verifier(),
        witnesses[0].verifier(),
        witnesses[1].verifier()
    );
    let proof = prove_inclusion(at, size, |tile| log.read(tile)).unwrap();
    let checkpoint = SignedCheckpoint::new(Note::new(&text, lines).unwrap()).unwrap();
    Sealed {
        policy: Policy::parse(policy.as_bytes()).unwrap(),
        receipt: Receipt::new(None, at, proof, checkpoint).unwrap(),
        leaf: leaf(at),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn proofs_of_any_tree_verify_and_no_changed_bit_does(
        size in 1..900_u64, at in any::<u64>(), old in any::<u64>(), hash in any::<u64>(), bit in 0..256_usize,
    ) {
        let (at, old) = (at % size, old % size + 1);
        let log = Stored::grow(&[old, size]);
        let root = log.root();
        let flipped = |proof: &[Hash]| {
            let mut proof = proof.to_vec();
            let at = hash as usize % proof.len();
            proof[at].0[bit / 8] ^= 1 << (bit % 8);
            proof
        };

        let proof = prove_inclusion(at, size, |tile| log.read(tile)).unwrap();
        prop_assert_eq!(verify_inclusion(&leaf(at), at, size, &proof, &root), Ok(()));
        prop_assert!(verify_inclusion(&leaf(at + 1), at, size, &proof, &root).is_err());
        prop_assert!(verify_inclusion(&leaf(at), (at + 1) % size.max(2), size, &proof, &root).is_err());
        if !proof.is_empty() {
            prop_assert!(verify_inclusion(&leaf(at), at, size, &flipped(&proof), &root).is_err());
            prop_assert!(verify_inclusion(&leaf(at), at, size, &proof[1..], &root).is_err());
        }

        let old_root = Stored::grow(&[old]).root();
        let proof = prove_consistency(old, size, |tile| log.read(tile)).unwrap();
        prop_assert_eq!(verify_consistency(old, &old_root, size, &root, &proof), Ok(()));
        if !proof.is_empty() {
            prop_assert!(verify_consistency(old, &old_root, size, &root, &flipped(&proof)).is_err());
            prop_assert!(verify_consistency(old, &root, size, &root, &proof).is_err());
            prop_assert!(verify_consistency(old, &old_root, size, &old_root, &proof).is_err());
        }
    }

    /// A bit of a tile: the proof made from it does not verify, if it read the hash at all.
    #[test]
    fn a_flipped_bit_in_a_tile_never_proves_anything_false(size in 1..900_u64, at in any::<u64>(), bit in any::<u64>()) {
        let at = at % size;
        let mut log = Stored::grow(&[size]);
        let root = log.root();
        let tile = Tile::holding(0, at, size).unwrap();
        let bytes = log.files.get_mut(&tile.path()).unwrap();
        let bit = bit as usize % (bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let changed = tile.hashes(bytes).unwrap();
        let here = (at % 256) as usize;
        let proof = prove_inclusion(at, size, |tile| log.read(tile)).unwrap();
        let outcome = verify_inclusion(&changed[here], at, size, &proof, &root);
        prop_assert!(outcome.is_err() || changed[here] == leaf(at));
    }

    #[test]
    fn receipts_verify_and_no_changed_byte_does(
        size in 1..300_u64, at in any::<u64>(), seed in any::<[u8; 32]>(), place in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let sealed = seal(size, at % size, seed);
        let text = sealed.receipt.to_string();
        let read = Receipt::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(&read, &sealed.receipt);
        prop_assert_eq!(read.verify(&sealed.leaf, &sealed.policy).unwrap().witnesses.len(), 2);

        let mut bytes = text.into_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        if let Ok(read) = Receipt::parse(&bytes) {
            prop_assert!(read.verify(&sealed.leaf, &sealed.policy).is_err());
        }
    }

    #[test]
    fn openings_verify_and_no_changed_byte_does(
        fields in prop::collection::btree_map("[a-z准予]{1,9}", ".{0,20}", 1..12), secret in any::<[u8; 32]>(),
        hide in any::<u16>(), place in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let shown: Vec<&str> = fields
            .iter()
            .enumerate()
            .filter(|(at, _)| *at == 0 || hide >> at & 1 == 0)
            .map(|(_, (name, _))| *name)
            .collect();
        let fields = Fields::new(fields.clone()).unwrap();
        let commitment = fields.commit(&secret);
        let opening = fields.open(&secret, |name| shown.contains(&name));
        prop_assert_eq!(opening.fields().len(), shown.len());
        let mut bytes = opening.to_string().into_bytes();
        let read = Opening::parse(&bytes).unwrap();
        prop_assert_eq!(&read, &opening);
        prop_assert_eq!(read.verify(&commitment), Ok(()));

        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        if let Ok(read) = Opening::parse(&bytes) {
            prop_assert!(read.verify(&commitment).is_err());
        }
    }

    #[test]
    fn leaves_print_as_they_read(
        class in "[a-z0-9-]{1,32}", day in (0..10_000_u32, 1..=12_u32, 1..=28_u32), organ in "[A-Za-z0-9._-]{1,64}",
        kind in prop::sample::select(LeafKind::ALL.to_vec()), secret in any::<[u8; 32]>(),
    ) {
        let day = format!("{:04}-{:02}-{:02}", day.0, day.1, day.2);
        let commitment = Fields::new(vec![("a", "b")]).unwrap().commit(&secret);
        let leaf = Leaf::new(&class, &day, &organ, kind, commitment).unwrap();
        let text = leaf.to_string();
        prop_assert!(text.len() < 256);
        prop_assert_eq!(Leaf::parse(text.as_bytes()).unwrap(), leaf);
    }

    #[test]
    fn tiles_print_as_they_read(level in 0..=63_u8, index in 0..=i64::MAX as u64, width in 1..=256_u16) {
        let tile = Tile::new(level, index, width).unwrap();
        prop_assert_eq!(Resource::parse(&tile.path()), Ok(Resource::Tile(tile)));
        let entries = Tile::new(0, index, width).unwrap();
        prop_assert_eq!(Resource::parse(&entries.entries_path()), Ok(Resource::Entries(entries)));
    }

    /// No byte string panics, and what is read prints as it was.
    #[test]
    fn every_reader_is_total(form in any::<u8>(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        what_holds::of_bytes(&[&[form], bytes.as_slice()].concat());
    }
}
