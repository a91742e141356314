//! Witnesses and the log that asks them, over real sockets.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use mingjing_chronicle::Clock;
use mingjing_ledger::{Board, Folder, Place, Proved, Signer, Stop, WitnessDesk, prove, verify, witness_routes};
use mingjing_testkit::TestOffice;
use mingjing_tlog::{
    AddCheckpoint, Checkpoint, Hash, KeyKind, KeyName, Note, Policy, SignedCheckpoint, SignerKey, VerifierKey,
};

use crate::deeds::{begun, blueprint, checked, events, grants};

const LOG: &str = "log.example/330303/2026";

fn witness_key(name: &str) -> SignerKey {
    SignerKey::from_seed(KeyName::parse(name).unwrap(), KeyKind::Witness, &[name.len() as u8; 32])
}

fn desk(name: &str, log: &VerifierKey, clock: &Clock, folder: &Path) -> WitnessDesk<Folder> {
    std::fs::create_dir_all(folder).unwrap();
    WitnessDesk::new(
        witness_key(name),
        vec![log.clone()],
        clock.clone(),
        Folder::new(folder),
        None,
    )
}

/// Answers until the test ends.
async fn open(desk: WitnessDesk<Folder>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = witness_routes(Arc::new(desk));
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    address
}

fn policy_file(place: &mut Place, log: &VerifierKey, witnesses: &[(&str, String)], quorum: &str) -> Policy {
    let mut text = format!("log {log}\n");
    for (name, url) in witnesses {
        text.push_str(&format!("witness {name} {} {url}\n", witness_key(name).verifier()));
    }
    text.push_str(quorum);
    let path = place.files.with_file_name("policy");
    std::fs::write(&path, &text).unwrap();
    place.policy = Some(path);
    Policy::parse(text.as_bytes()).unwrap()
}

fn signed(key: &SignerKey, size: u64, root: Hash) -> SignedCheckpoint {
    let text = Checkpoint {
        origin: key.verifier().name().clone(),
        size,
        root,
    }
    .to_string();
    SignedCheckpoint::new(Note::new(&text, vec![key.sign(&text, 0)]).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_wait_for_the_quorum_and_acts_for_nobody() {
    let office = TestOffice::sqlite(blueprint).await;
    let mut place = begun(&office).await;
    let log = place.signer_key("2026", LOG).unwrap().verifier().clone();
    let first = open(desk("north", &log, &office.clock, &office.folder().join("north"))).await;
    let gone = "http://127.0.0.1:9".to_owned();
    let witnesses = [("north", format!("http://{first}")), ("southern", gone)];
    let both = policy_file(
        &mut place,
        &log,
        &witnesses,
        "group all all north southern\nquorum all\n",
    );
    grants(&office, "early", 5).await;
    let mut signer = Signer::new(Arc::clone(&office.chronicle), place.clone(), Board::default()).unwrap();
    signer.round().await.unwrap();
    assert!(
        place.shard("2026").published().unwrap().is_none(),
        "one of two is no quorum"
    );
    {
        let status = signer.board().read().unwrap();
        assert!(status.unwitnessed && status.signed == 6, "{status:?}");
        assert_eq!(status.silent[0].0, "southern");
    }
    let event = events(&office.chronicle).await.remove(0);
    assert!(matches!(
        prove(&office.chronicle, &place, &event, |_| true).await.unwrap(),
        Proved::Pending
    ));
    drop(signer);

    let second = open(desk("southern", &log, &office.clock, &office.folder().join("south"))).await;
    let witnesses = [
        ("north", format!("http://{first}/")),
        ("southern", format!("http://{second}")),
    ];
    policy_file(
        &mut place,
        &log,
        &witnesses,
        "group all all north southern\nquorum all\n",
    );
    let mut signer = Signer::new(Arc::clone(&office.chronicle), place.clone(), Board::default()).unwrap();
    signer.round().await.unwrap();
    assert_eq!(checked(&place), 6);
    for number in 0..3 {
        grants(&office, &format!("later{number}"), 100).await;
        office.clock.advance_hours(1);
        signer.round().await.unwrap();
    }
    assert_eq!(checked(&place), 306);
    let Proved::Proof(proof) = prove(&office.chronicle, &place, &event, |_| true).await.unwrap() else {
        panic!("the quorum is there");
    };
    let verified = verify(proof.opening.unwrap().to_string().as_bytes(), None, &both).unwrap();
    let seen: Vec<&str> = verified.witnesses.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(seen, ["north", "southern"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_has_seen_more_stops_the_log() {
    let office = TestOffice::sqlite(blueprint).await;
    let mut place = begun(&office).await;
    let key = place.signer_key("2026", LOG).unwrap();
    let witness = desk("north", key.verifier(), &office.clock, &office.folder().join("north"));
    let more = AddCheckpoint::new(0, Vec::new(), signed(&key, 900, Hash([7; 32]))).unwrap();
    assert_eq!(witness.add_checkpoint(more.to_string().as_bytes()).unwrap().status, 200);
    let address = open(witness).await;
    policy_file(
        &mut place,
        key.verifier(),
        &[("north", format!("http://{address}"))],
        "quorum north\n",
    );
    let mut signer = Signer::new(Arc::clone(&office.chronicle), place.clone(), Board::default()).unwrap();
    assert!(matches!(
        signer.round().await,
        Err(Stop::WitnessAhead { held: 900, .. })
    ));
}

#[test]
fn a_witness_cosigns_one_history_and_remembers_it_over_restarts() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("witness");
    let _ = std::fs::remove_dir_all(&folder);
    let clock = Clock::at("2026-03-02T01:00:00Z".parse().unwrap());
    let key = SignerKey::from_seed(KeyName::parse(LOG).unwrap(), KeyKind::Log, &[3; 32]);
    let stranger = SignerKey::from_seed(KeyName::parse("other.example/2026").unwrap(), KeyKind::Log, &[4; 32]);
    let (one, two) = (Hash::of_leaf(b"one"), Hash::of_leaf(b"two"));
    let both = Hash::of_node(&one, &two);
    let ask = |old: u64, proof: Vec<Hash>, checkpoint: SignedCheckpoint| {
        // Anew each time: a restart.
        let witness = desk("north", key.verifier(), &clock, &folder);
        let body = AddCheckpoint::new(old, proof, checkpoint).unwrap().to_string();
        let answer = witness.add_checkpoint(body.as_bytes()).unwrap();
        (answer.status, answer.body)
    };
    assert_eq!(ask(0, vec![], signed(&stranger, 1, one)).0, 404);
    assert_eq!(ask(0, vec![], signed(&key, 1, one)).0, 200);
    assert_eq!(ask(0, vec![], signed(&key, 1, one)), (409, "1\n".to_owned()));
    assert_eq!(ask(1, vec![], signed(&key, 1, one)).0, 200, "again, with a fresh time");
    assert_eq!(ask(1, vec![], signed(&key, 1, two)).0, 422, "two trees of one size");
    assert_eq!(ask(1, vec![one], signed(&key, 2, both)).0, 422);
    assert_eq!(ask(3, vec![], signed(&key, 2, both)).0, 400);
    let (status, line) = ask(1, vec![two], signed(&key, 2, both));
    assert_eq!(status, 200);
    let cosigned = signed(&key, 2, both).note().clone();
    let held = desk("north", key.verifier(), &clock, &folder)
        .held(&Checkpoint::origin_hash(key.verifier().name()))
        .unwrap()
        .unwrap();
    assert_eq!(held.to_string(), format!("{cosigned}{line}"));
    let witness = witness_key("north");
    let seen = held.note().verify(std::slice::from_ref(witness.verifier())).unwrap();
    assert_eq!(seen[0].time, Some(1_772_413_200));
    assert_eq!(
        desk("north", key.verifier(), &clock, &folder)
            .add_checkpoint(b"old")
            .unwrap()
            .status,
        400
    );
}
