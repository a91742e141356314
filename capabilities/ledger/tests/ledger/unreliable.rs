//! Witnesses that are slow or lie, and clocks that jump: the log goes on, and nothing that it showed becomes untrue.

use std::net::SocketAddr;
use std::sync::Arc;

use mingjing_ledger::{Board, Place, Proved, Signer, Status, prove, reconcile, verify};
use mingjing_testkit::{TestOffice, for_each_engine};
use mingjing_tlog::{KeyKind, KeyName, Policy, SignerKey, VerifierKey};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::deeds::{begun, blueprint, checked, events, grants, signer};

const LOG: &str = "log.example/330303/2026";

fn key(name: &str) -> SignerKey {
    SignerKey::from_seed(KeyName::parse(name).unwrap(), KeyKind::Witness, &[name.len() as u8; 32])
}

/// Says this to whoever asks, however often; `None`: nothing, and keeps the line.
async fn witness_that_says(answer: Option<String>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 64 << 10];
            let _ = stream.read(&mut asked).await;
            match &answer {
                Some(answer) => drop(stream.write_all(answer.as_bytes()).await),
                None => held.push(stream),
            }
        }
    });
    address
}

fn answered(status: &str, body: &str) -> Option<String> {
    Some(format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

/// A policy that wants nobody's cosignature, but asks for it.
fn ask_without_need(place: &mut Place, log: &VerifierKey, witness: SocketAddr, quorum: &str) {
    let text = format!(
        "log {log}\nwitness north {} http://{witness}\nquorum {quorum}\n",
        key("north").verifier()
    );
    let path = place.files.with_file_name("policy");
    std::fs::write(&path, text).unwrap();
    place.policy = Some(path);
}

async fn after_asking(answer: Option<String>, quorum: &str) -> (Status, Option<u64>) {
    let office = TestOffice::sqlite(blueprint).await;
    let mut place = begun(&office).await;
    let log = place.signer_key("2026", LOG).unwrap().verifier().clone();
    let address = witness_that_says(answer).await;
    ask_without_need(&mut place, &log, address, quorum);
    grants(&office, "early", 5).await;
    let mut signing = Signer::new(Arc::clone(&office.chronicle), place.clone(), Board::default()).unwrap();
    signing.round().await.unwrap();
    office.does(|tx| crate::deeds::grant(tx, "later", "fire")).await;
    office.settle().await;
    signing.round().await.unwrap();
    let status = signing.board().read().unwrap().clone();
    assert_eq!(status.signed, 7, "acts are sealed whoever is silent");
    let published = place.shard("2026").published().unwrap();
    if let Some(published) = &published {
        // What a liar sent is in no note: every line of a known key must be good, or readers refuse the whole.
        let known = [log, key("north").verifier().clone()];
        assert_eq!(published.note().verify(&known).unwrap().len(), 1);
    }
    (status, published.map(|published| published.checkpoint().size))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_does_not_answer_or_lies_spoils_nothing() {
    let other = key("southern").sign("another text\n", 1_772_413_200).to_string();
    let own = key("north")
        .sign("log.example/330303/2026\n7\nanother tree\n", 1_772_413_200)
        .to_string();
    for (what, answer, why) in [
        ("slow", None, "no answer in time"),
        (
            "another's line",
            answered("200 OK", &format!("{other}\n")),
            "no good line",
        ),
        (
            "its own line of another tree",
            answered("200 OK", &format!("{own}\n")),
            "no good line",
        ),
        (
            "a size that changes nothing",
            answered("409 Conflict", "0\n"),
            "another size each time",
        ),
        ("no cosignature", answered("200 OK", "yes\n"), ""),
        ("an error", answered("500 Oops", ""), "500"),
    ] {
        let (status, published) = after_asking(answer.clone(), "none").await;
        assert_eq!(status.silent[0].0, "north", "{what}");
        assert!(status.silent[0].1.contains(why), "{what}: {:?}", status.silent);
        assert!(
            !status.unwitnessed && published.is_some(),
            "{what}: nobody's cosignature is needed"
        );
        if why != "no answer in time" {
            let (status, published) = after_asking(answer, "north").await;
            assert!(status.unwitnessed, "{what}");
            assert_eq!(published, None, "{what}: without its quorum nothing is shown");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_may_jump_back_and_forth() {
    for_each_engine(blueprint, async |office: TestOffice| {
        let place = begun(&office).await;
        let mut signing = signer(&office, &place);
        let mut acts = 0;
        for (round, hours) in [0, 30, -29, 400 * 24, -400 * 24, 1].into_iter().enumerate() {
            office.clock.advance_hours(hours);
            grants(&office, &format!("round{round}"), 10).await;
            acts += 10;
            // A year that begins by mistake is a new log; its last leaf comes before, and both stay true.
            while signing.round().await.unwrap() {}
            let _ = signing.close_days().await.unwrap();
        }
        office.settle().await;
        office.clock.advance_hours(1);
        while signing.round().await.unwrap() {}
        assert!(reconcile(&office.chronicle, &place, None).await.unwrap().sound());
        let policy = mingjing_ledger::own_policy(&office.chronicle, &place).await.unwrap();
        let policy = Policy::parse(policy.as_bytes()).unwrap();
        let mut proved = 0;
        for event in events(&office.chronicle).await {
            if let Proved::Proof(proof) = prove(&office.chronicle, &place, &event, |_| true).await.unwrap() {
                verify(proof.opening.unwrap().to_string().as_bytes(), None, &policy).unwrap();
                proved += 1;
            }
        }
        assert_eq!(proved, acts, "every act has its receipt");
        assert!(checked(&place) > 0);
    })
    .await;
}
