//! Leaf and commitment as LEDGER 3.2 has them, and showing some fields of an act.

use mingjing_tlog::{COMMITMENT_LABEL, Fields, Leaf, LeafKind, Opening, Receipt, Unproven};
use serde_json::json;

use crate::vectors;

/// 80 … 9f
fn secret() -> [u8; 32] {
    std::array::from_fn(|at| 0x80 + at as u8)
}

fn fields() -> Fields<'static> {
    let fields = vec![
        ("decision", "granted"),
        ("subject", "P-0001"),
        ("valid_until", "2027-01-01"),
    ];
    Fields::new(fields).unwrap()
}

fn act() -> Leaf {
    Leaf::new(
        "permit",
        "2026-01-01",
        "alpha-07",
        LeafKind::Act,
        fields().commit(&secret()),
    )
    .unwrap()
}

#[test]
fn the_commitment_is_the_one_that_was_computed_elsewhere() {
    assert_eq!(COMMITMENT_LABEL, "mingjing/act-commitment/v1");
    let commitment = fields().commit(&secret());
    assert_eq!(
        commitment.0.to_string(),
        "a3ccb8fa73259af8b1eba9994e6db6e8f0740143e9a1c5f39766a55fe8892035"
    );
    let leaf = act();
    assert_eq!(
        leaf.to_string(),
        r#"{"c":"permit","d":"2026-01-01","h":"o8y4-nMlmvix66mZTm226PB0AUPpocXzl2alX-iJIDU","o":"alpha-07","t":"act","v":1}"#
    );
    assert_eq!(leaf.to_string().len(), 112);
    assert_eq!(
        leaf.hash().to_string(),
        "ccd862385d841d367402e8dd9b48fe5451151a5cb419a33217a8dcb640dae400"
    );
    let opening = fields().open(&secret(), |name| name == "decision");
    let shown = &opening.fields()[0];
    assert_eq!(
        shown.salt.to_string(),
        "8a626b94c01079c6a1bdcdf8c0aef3a1f0caf5b5e6ffdf43c28dbf4b773283bf"
    );
    let path: Vec<String> = shown.path.iter().map(ToString::to_string).collect();
    assert_eq!(path.len(), 2);
    assert!(path[0].starts_with("8dd2295c"));
    assert!(path[1].starts_with("9f6fd91c") && path[1].ends_with("06b4b3"));
}

/// `UPDATE_GOLDEN=1` writes them anew; the browser's verifier reads them, too.
#[test]
fn openings_look_as_they_always_did() {
    let tlog = vectors("tlog-vectors.json");
    let receipt = Receipt::parse(tlog["tlog_proof_4_of_7"].as_str().unwrap().as_bytes()).unwrap();
    let decision = fields().open(&secret(), |name| name == "decision");
    let golden = json!({
        "secret": "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        "leaf": act().to_string(),
        "opening_all": fields().open(&secret(), |_| true).to_string(),
        "opening_decision": decision.to_string(),
        "opening_with_receipt": decision.with_receipt(&receipt).unwrap().to_string(),
    });
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/opening.json");
        std::fs::write(path, format!("{golden:#}\n")).unwrap();
    }
    assert_eq!(vectors("opening.json"), golden);
}

#[test]
fn what_is_not_shown_does_not_stand_in_the_opening() {
    let opening = fields().open(&secret(), |name| name == "decision");
    assert_eq!(opening.verify(act().commitment()), Ok(()));
    assert_eq!((opening.fields().len(), opening.count()), (1, 3));
    let text = opening.to_string();
    for hidden in ["P-0001", "subject", "2027-01-01", "valid_until"] {
        assert!(!text.contains(hidden));
    }
}

#[test]
fn another_secret_is_another_commitment() {
    let other = [7; 32];
    assert_ne!(fields().commit(&secret()), fields().commit(&other));
    let opening = fields().open(&other, |_| true);
    assert_eq!(opening.verify(act().commitment()), Err(Unproven::Commitment));
}

#[test]
fn fields_that_could_say_two_things_are_not_committed_to() {
    fn check(fields: Vec<(&str, &str)>, expect: Option<&str>) {
        assert_eq!(
            Fields::new(fields).err().map(|malformed| malformed.code()).as_deref(),
            expect
        );
    }
    check(vec![], None);
    check(vec![("a", ""), ("b", "")], None);
    check(vec![("a", "granted"), ("a", "refused")], Some("opening.order"));
    check(vec![("b", ""), ("a", "")], Some("opening.order"));
    check(vec![("", "")], Some("opening.field"));
    let long = "n".repeat(256);
    check(vec![(&long, "")], Some("opening.field"));
    let long = "v".repeat(1 << 19);
    check(vec![("a", &long)], Some("opening.too-long"));
    let names: Vec<String> = (0..257).map(|at| format!("{at:03}")).collect();
    check(
        names.iter().map(|name| (name.as_str(), "")).collect(),
        Some("opening.too-many"),
    );
    check(names[..256].iter().map(|name| (name.as_str(), "")).collect(), None);
}

#[test]
fn the_most_fields_open_and_verify() {
    let names: Vec<String> = (0..256).map(|at| format!("{at:03}")).collect();
    let fields = Fields::new(names.iter().map(|name| (name.as_str(), "值")).collect()).unwrap();
    let opening = fields.open(&secret(), |_| true);
    let read = Opening::parse(opening.to_string().as_bytes()).unwrap();
    assert_eq!(read, opening);
    assert_eq!(read.verify(&fields.commit(&secret())), Ok(()));
}
