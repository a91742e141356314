//! Growing: state, tiles, bundles, and what damaged or missing files lead to.

use mingjing_tlog::{
    Edge, Frontier, Hash, NoProof, Tile, Unproven, Unread, parse_bundle, print_bundle, prove_consistency,
    prove_inclusion, stored_root, verify_consistency, verify_inclusion,
};

use crate::{Stored, leaf};

/// The definition of RFC 6962 §2.1, as it stands there.
pub fn root_by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::EMPTY_ROOT,
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
            Hash::of_node(&root_by_definition(left), &root_by_definition(right))
        }
    }
}

#[test]
fn state_and_files_agree_at_every_size() {
    let mut log = Stored::grow(&[0]);
    let mut leaves = Vec::new();
    for size in 1..=600 {
        leaves.push(leaf(size - 1));
        log.grow_to(size);
        let root = root_by_definition(&leaves);
        assert_eq!(log.root(), root);
        assert_eq!(log.edge.root(), root);
        assert_eq!(log.edge.frontier(), log.frontier);
        assert_eq!(Edge::load(size, |tile| log.read(tile)).as_ref(), Ok(&log.edge));
        assert_eq!(
            Frontier::from_bytes(size, &log.frontier.to_bytes()).as_ref(),
            Ok(&log.frontier)
        );
    }
}

#[test]
fn a_log_grown_in_steps_has_the_tiles_of_one_grown_at_once() {
    let steps = Stored::grow(&[1, 255, 256, 300, 511, 66_000, 70_000]);
    let once = Stored::grow(&[70_000]);
    for (path, bytes) in &once.files {
        assert_eq!(steps.files[path], *bytes, "{path}");
    }
    let announced: Vec<String> = Tile::grown(0, 70_000).map(Tile::path).collect();
    assert!(announced.iter().all(|path| once.files.contains_key(path)));
    let rows = once.files.keys().filter(|path| !path.contains("entries")).count();
    assert_eq!(rows, announced.len());
}

#[test]
fn proofs_over_three_rows_of_tiles_verify() {
    let log = Stored::grow(&[65_535, 65_536, 65_537, 70_000]);
    let root = log.root();
    for index in [0, 1, 255, 256, 65_535, 65_536, 65_791, 65_792, 69_887, 69_888, 69_999] {
        let mut read = Vec::new();
        let proof = prove_inclusion(index, 70_000, |tile| {
            read.push(tile);
            log.read(tile)
        });
        assert_eq!(
            verify_inclusion(&leaf(index), index, 70_000, &proof.unwrap(), &root),
            Ok(())
        );
        assert!(read.len() <= 6, "{} tiles read for one proof", read.len());
    }
    for old in [1, 2, 256, 257, 65_535, 65_536, 65_537, 69_999] {
        let old_root = stored_root_grown(old);
        let proof = prove_consistency(old, 70_000, |tile| log.read(tile)).unwrap();
        assert_eq!(
            verify_consistency(old, &old_root, 70_000, &root, &proof),
            Ok(()),
            "from {old}"
        );
    }
}

fn stored_root_grown(size: u64) -> Hash {
    let mut frontier = Frontier::new();
    (0..size).for_each(|index| frontier.append(leaf(index)));
    frontier.root()
}

#[test]
fn a_full_tile_stands_for_the_partial_one_it_grew_from() {
    let log = Stored::grow(&[256]);
    let fallback = |tile: Tile| log.read(tile).or_else(|_| log.read(tile.grown_full()));
    let proof = prove_inclusion(3, 7, fallback).unwrap();
    assert_eq!(
        verify_inclusion(&leaf(3), 3, 7, &proof, &Stored::grow(&[7]).root()),
        Ok(())
    );
    let bundle = &log.files["tile/entries/000"];
    assert_eq!(parse_bundle(bundle, 7).unwrap()[6], b"act:6");
}

#[test]
fn a_missing_or_cut_tile_is_named() {
    let log = Stored::grow(&[300]);
    let missing = prove_inclusion(3, 300, |_| Err::<Vec<u8>, _>("gone"));
    let Err(NoProof::Unread(Unread::Fetch { tile, reason })) = missing else {
        panic!("{missing:?}");
    };
    assert_eq!((tile.path().as_str(), reason), ("tile/0/001.p/44", "gone"));
    let cut = stored_root(300, |tile| log.read(tile).map(|bytes| bytes[1..].to_vec()));
    let Err(Unread::Tile { tile, reason }) = cut else {
        panic!("{cut:?}");
    };
    assert_eq!(
        (tile.path().as_str(), reason.code().as_str()),
        ("tile/0/001.p/44", "tile.width")
    );
}

#[test]
fn nothing_is_proved_of_what_is_not_in_the_log() {
    let log = Stored::grow(&[7]);
    let refused = |outcome: Result<Vec<Hash>, NoProof<String>>| match outcome {
        Err(NoProof::Unproven(unproven)) => unproven,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(prove_inclusion(7, 7, |tile| log.read(tile))), Unproven::Index);
    assert_eq!(
        refused(prove_inclusion(0, u64::MAX, |tile| log.read(tile))),
        Unproven::Index
    );
    assert_eq!(refused(prove_consistency(8, 7, |tile| log.read(tile))), Unproven::Size);
    assert_eq!(
        refused(prove_consistency(0, u64::MAX, |tile| log.read(tile))),
        Unproven::Size
    );
    assert_eq!(prove_consistency(0, 7, |tile| log.read(tile)), Ok(Vec::new()));
    assert_eq!(prove_consistency(7, 7, |tile| log.read(tile)), Ok(Vec::new()));
}

#[test]
fn consistency_without_a_proof_is_decided_by_the_roots() {
    fn check(old: (u64, Hash), new: (u64, Hash), proof: &[Hash], expect: Result<(), Unproven>) {
        assert_eq!(verify_consistency(old.0, &old.1, new.0, &new.1, proof), expect);
    }
    let (empty, seven, other) = (Hash::EMPTY_ROOT, Stored::grow(&[7]).root(), leaf(0));
    check((0, empty), (7, seven), &[], Ok(()));
    check((0, empty), (0, empty), &[], Ok(()));
    check((7, seven), (7, seven), &[], Ok(()));
    check((0, other), (7, seven), &[], Err(Unproven::OldRoot));
    check((0, other), (0, other), &[], Err(Unproven::OldRoot));
    check((0, empty), (0, other), &[], Err(Unproven::Equivocation));
    check((7, seven), (7, other), &[], Err(Unproven::Equivocation));
    check((0, empty), (7, seven), &[other], Err(Unproven::ProofLength));
    check((7, seven), (7, seven), &[other], Err(Unproven::ProofLength));
    check((8, seven), (7, seven), &[], Err(Unproven::Size));
    check((3, other), (7, seven), &[], Err(Unproven::ProofLength));
    check((4, other), (7, seven), &[other; 2], Err(Unproven::ProofLength));
    check(
        (u64::MAX - 1, other),
        (u64::MAX, other),
        &[other; 66],
        Err(Unproven::ProofLength),
    );
}

#[test]
fn state_of_another_length_is_refused() {
    fn check(size: u64, length: usize, expect: Option<&str>) {
        let read = Frontier::from_bytes(size, &vec![0; length]);
        assert_eq!(read.err().map(|malformed| malformed.code()).as_deref(), expect);
    }
    check(0, 0, None);
    check(7, 96, None);
    check(8, 32, None);
    check(7, 64, Some("frontier.width"));
    check(7, 97, Some("frontier.width"));
    check(0, 32, Some("frontier.width"));
    check(u64::MAX, 64 * 32, Some("frontier.number"));
}

#[test]
fn bundles_say_where_they_are_broken() {
    fn check(bytes: &[u8], width: u16, expect: Result<&[&[u8]], (&str, usize)>) {
        use mingjing_tlog::Place::Byte;
        let read = parse_bundle(bytes, width).map_err(|malformed| (malformed.code(), malformed.place));
        let expect = expect
            .map(<[_]>::to_vec)
            .map_err(|(code, at)| (code.to_owned(), Byte(at)));
        assert_eq!(read, expect);
    }
    check(b"", 0, Ok(&[]));
    check(b"\0\x01a\0\0", 2, Ok(&[b"a", b""]));
    check(b"\0\x01a\0\0", 1, Ok(&[b"a"]));
    check(b"", 1, Err(("bundle.missing", 0)));
    check(b"\0\x01a", 2, Err(("bundle.missing", 3)));
    check(b"\0\x01a\0", 1, Err(("bundle.missing", 3)));
    check(b"\0\x02a", 1, Err(("bundle.missing", 0)));
    check(&[0; 514], 256, Err(("bundle.surplus", 512)));
    assert_eq!(parse_bundle(&[0; 512], 256).unwrap().len(), 256);
    assert_eq!(print_bundle(&[vec![0; 65_536]]).unwrap_err().code(), "bundle.too-long");
    assert_eq!(print_bundle(&[b""; 257]).unwrap_err().code(), "bundle.too-many");
}

#[test]
fn tiles_exist_within_bounds_only() {
    assert!(Tile::new(63, i64::MAX as u64, 256).is_some());
    assert_eq!(Tile::new(64, 0, 1), None);
    assert_eq!(Tile::new(0, 0, 0), None);
    assert_eq!(Tile::new(0, 0, 257), None);
    assert_eq!(Tile::new(0, u64::MAX, 1), None);
    assert_eq!(Tile::holding(0, 7, 7), None);
    assert_eq!(Tile::holding(1, 0, 255), None);
    assert_eq!(Tile::row_length(63, u64::MAX), 0);
}
