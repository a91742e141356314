//! What a witness answers to whom.

use mingjing_tlog::{AddCheckpoint, Hash, Judgement, KeyKind, KeyName, SignerKey, Unproven, VerifierKey, judge};

use crate::{Stored, leaf, vectors};

/// The request of the vectors, 3 → 7 or 0 → 7, with one text replaced.
fn request(name: &str, edit: (&str, &str)) -> AddCheckpoint {
    let all = vectors("tlog-vectors.json");
    let text = all[name].as_str().unwrap();
    assert!(text.contains(edit.0));
    AddCheckpoint::parse(text.replacen(edit.0, edit.1, 1).as_bytes()).unwrap()
}

fn known() -> Vec<VerifierKey> {
    let all = vectors("tlog-vectors.json");
    vec![VerifierKey::parse(all["log_key"]["vkey"].as_str().unwrap()).unwrap()]
}

fn tree(size: u64) -> (u64, Hash) {
    (size, Stored::grow(&[size]).root())
}

#[test]
fn a_witness_answers_by_the_protocol() {
    fn check(request: &AddCheckpoint, held: Option<(u64, Hash)>, expect: Judgement, status: u16) {
        let answer = judge(request, &known(), held);
        assert_eq!(answer.status(), status, "{answer:?}");
        assert_eq!(answer, expect);
    }
    let (grow, first) = ("add_checkpoint_3_to_7", "add_checkpoint_0_to_7");
    let as_it_is = ("old", "old");
    check(&request(grow, as_it_is), Some(tree(3)), Judgement::Cosign, 200);
    check(&request(first, as_it_is), None, Judgement::Cosign, 200);

    check(
        &request(grow, ("old 3", "old 8")),
        Some(tree(3)),
        Judgement::OldTooLarge,
        400,
    );
    let name = || KeyName::parse("log.example/gov/alpha").unwrap();
    let wrong = Judgement::NotSigned(Unproven::Signature(name()));
    check(&request(grow, ("4tSvOc", "4tSvOd")), Some(tree(3)), wrong, 403);
    let unsigned = Judgement::NotSigned(Unproven::NoSignature);
    check(&request(grow, ("4tSvO", "4tSvP")), Some(tree(3)), unsigned, 403);

    check(
        &request(first, as_it_is),
        Some(tree(3)),
        Judgement::Conflict { held: 3 },
        409,
    );
    check(&request(grow, as_it_is), None, Judgement::Conflict { held: 0 }, 409);
    check(
        &request(grow, as_it_is),
        Some(tree(7)),
        Judgement::Conflict { held: 7 },
        409,
    );

    let not = Judgement::NotConsistent;
    check(
        &request(grow, ("2Eu5", "2Eu6")),
        Some(tree(3)),
        not(Unproven::OldRoot),
        422,
    );
    check(
        &request(grow, as_it_is),
        Some((3, leaf(0))),
        not(Unproven::OldRoot),
        422,
    );
    check(
        &request(grow, ("old 3", "old 0")),
        None,
        not(Unproven::ProofLength),
        422,
    );
    check(
        &request(first, ("old 0", "old 7")),
        Some(tree(7)),
        Judgement::Cosign,
        200,
    );
    check(
        &request(first, ("old 0", "old 7")),
        Some((7, leaf(0))),
        not(Unproven::Equivocation),
        422,
    );
}

#[test]
fn a_log_that_nobody_knows_is_not_found() {
    let other = SignerKey::from_seed(KeyName::parse("log.example/other").unwrap(), KeyKind::Log, &[1; 32]);
    // A witness's key under the log's name does not make the log known.
    let name = KeyName::parse("log.example/gov/alpha").unwrap();
    let witness = SignerKey::from_seed(name, KeyKind::Witness, &[1; 32]);
    let known = [other.verifier().clone(), witness.verifier().clone()];
    let request = request("add_checkpoint_3_to_7", ("old", "old"));
    assert_eq!(judge(&request, &known, None), Judgement::UnknownOrigin);
    assert_eq!(judge(&request, &[], None).status(), 404);
}

/// Size 0 with another root than that of nothing.
#[test]
fn an_empty_tree_has_one_root() {
    let log = SignerKey::from_seed(KeyName::parse("log.example/1").unwrap(), KeyKind::Log, &[1; 32]);
    let ask = |root: Hash| {
        let text = format!("log.example/1\n0\n{}\n", root.to_base64());
        let body = format!("old 0\n\n{text}\n{}", log.sign(&text, 0));
        judge(
            &AddCheckpoint::parse(body.as_bytes()).unwrap(),
            &[log.verifier().clone()],
            None,
        )
    };
    assert_eq!(ask(Hash::EMPTY_ROOT), Judgement::Cosign);
    assert_eq!(ask(leaf(0)).status(), 422);
}
