//! What holds for every input: the body of the fuzz target, of the test that replays its corpus with the stable
//! compiler (`tests/log/corpus.rs`), and of a property test.

use mingjing_tlog::{
    AddCheckpoint, Frontier, Hash, Leaf, Malformed, Note, Opening, Policy, Receipt, Resource, SignedCheckpoint, Tile,
    VerifierKey, parse_bundle, parse_cosignatures, parse_held_size, print_bundle, verify_consistency, verify_inclusion,
};

/// The first byte says what the rest is taken for.
pub const FORMS: u8 = 14;

/// The input is read or refused with a reason in words and a place within it; what is read prints as it was, byte for
/// byte, and can be asked to prove something.
pub fn of_bytes(input: &[u8]) {
    let Some((form, bytes)) = input.split_first() else {
        return;
    };
    match form % FORMS {
        0 => text(bytes, |text| VerifierKey::parse(text).map(|key| key.to_string())),
        1 => text(bytes, |text| Resource::parse(text).map(Resource::path)),
        2 => prints(bytes, Note::parse(bytes).map(|note| note.to_string())),
        3 => prints(
            bytes,
            SignedCheckpoint::parse(bytes).map(|checkpoint| checkpoint.to_string()),
        ),
        4 => prints(
            bytes,
            Receipt::parse(bytes).map(proves).map(|receipt| receipt.to_string()),
        ),
        5 => prints(bytes, AddCheckpoint::parse(bytes).map(|request| request.to_string())),
        6 => {
            let lines = parse_cosignatures(bytes);
            prints(
                bytes,
                lines.map(|lines| lines.iter().map(ToString::to_string).collect()),
            );
        }
        7 => prints(bytes, parse_held_size(bytes).map(|size| format!("{size}\n"))),
        8 => prints(bytes, Leaf::parse(bytes).map(|leaf| leaf.to_string())),
        9 => prints(
            bytes,
            Opening::parse(bytes).map(opens).map(|opening| opening.to_string()),
        ),
        10 => policy(bytes),
        11 => bundle(bytes),
        12 => proof(bytes),
        _ => files(bytes),
    }
}

fn text(bytes: &[u8], read: impl Fn(&str) -> Result<String, Malformed>) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        prints(bytes, read(text));
    }
}

fn prints(bytes: &[u8], printed: Result<String, Malformed>) {
    match printed {
        Ok(printed) => assert_eq!(printed.as_bytes(), bytes),
        Err(malformed) => says_where(&malformed, bytes),
    }
}

fn says_where(malformed: &Malformed, bytes: &[u8]) {
    use mingjing_tlog::Place;
    assert!(malformed.code().contains('.') && !malformed.to_string().is_empty());
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u32;
    match malformed.place {
        Place::Whole => {}
        // One beyond the last: where a line is missing.
        Place::Line(line) => assert!((1..=lines + 1).contains(&line)),
        Place::Byte(byte) => assert!(byte <= bytes.len()),
    }
}

fn proves(receipt: Receipt) -> Receipt {
    let head = receipt.checkpoint().checkpoint();
    let leaf = Hash::of_leaf(receipt.extra().unwrap_or_default());
    let _ = verify_inclusion(&leaf, receipt.index(), head.size, receipt.proof(), &head.root);
    receipt
}

fn opens(opening: Opening) -> Opening {
    let commitment = mingjing_tlog::Commitment(Hash::EMPTY_ROOT);
    assert!(opening.verify(&commitment).is_err());
    if let Some(receipt) = opening.receipt() {
        let _ = Receipt::parse(receipt.as_bytes());
    }
    opening
}

fn policy(bytes: &[u8]) {
    match Policy::parse(bytes) {
        Ok(policy) => assert!(policy.logs().len() + policy.witnesses().count() <= 1024),
        Err(malformed) => says_where(&malformed, bytes),
    }
}

fn bundle(bytes: &[u8]) {
    let whole = (0..=256).find_map(|width| {
        let entries = parse_bundle(bytes, width).ok()?;
        let printed = print_bundle(&entries).expect("what was read prints");
        assert!(bytes.starts_with(&printed));
        (printed.len() == bytes.len()).then_some(())
    });
    if let (None, Err(malformed)) = (whole, parse_bundle(bytes, 0)) {
        says_where(&malformed, bytes);
    }
}

/// Two numbers and hashes: the verifiers answer.
fn proof(bytes: &[u8]) {
    let Some((numbers, hashes)) = bytes.split_first_chunk::<16>() else {
        return;
    };
    let (low, high) = numbers.split_at(8);
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let hashes: Vec<Hash> = hashes.chunks_exact(32).filter_map(Hash::from_slice).collect();
    let root = Hash::of_bytes(bytes);
    assert!(verify_inclusion(&root, number(low), number(high), &hashes, &Hash::EMPTY_ROOT).is_err());
    let _ = verify_consistency(number(low), &root, number(high), &Hash::EMPTY_ROOT, &hashes);
}

/// A size and bytes: as a tile and as a state of that size.
fn files(bytes: &[u8]) {
    let Some((size, rest)) = bytes.split_first_chunk::<8>() else {
        return;
    };
    let size = u64::from_be_bytes(*size);
    if let Ok(frontier) = Frontier::from_bytes(size, rest) {
        assert_eq!(frontier.to_bytes(), rest);
        let _ = frontier.root();
    }
    if let Some(tile) = size.checked_sub(1).and_then(|last| Tile::holding(0, last, size)) {
        match tile.hashes(rest) {
            Ok(hashes) => assert_eq!(hashes.len(), usize::from(tile.width())),
            Err(malformed) => says_where(&malformed, rest),
        }
    }
}
