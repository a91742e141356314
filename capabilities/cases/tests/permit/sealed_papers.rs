//! A paper alone proves that it was sealed: found by its digest or its mark, believed of nobody.

use std::path::Path;
use std::sync::Arc;

use mingjing_cases::pages::sealed_papers::{FoundPaper, sealed_paper};
use mingjing_cases::paper_code::{self, Asked};
use mingjing_cases::paper_proof::{NotThisPaper, SealedPaper, prove_paper, read_seal};
use mingjing_chronicle::{BlobRef, Blueprint};
use mingjing_ledger::{Board, NewLog, Place, Signer, create, own_policy};
use mingjing_testkit::{TestOffice, engines};
use mingjing_tlog::Policy;
use sha2::{Digest, Sha256};

use crate::world::{self, World, china};

fn blueprint() -> Blueprint {
    let mut blueprint = world::blueprint()
        .tables(mingjing_ledger::tables())
        .views(mingjing_ledger::views())
        .followers(mingjing_ledger::followers());
    let site = "https://demo.example".to_owned();
    blueprint.parameters.values.insert("site.address".to_owned(), site);
    blueprint
}

fn place(folder: &Path) -> Place {
    Place {
        files: folder.join("ledger"),
        journal: folder.join("journal"),
        key: folder.join("ledger.key"),
        policy: None,
        erasures: None,
    }
}

fn sealed(found: FoundPaper) -> SealedPaper {
    match found {
        FoundPaper::Sealed(sealed) => *sealed,
        other => panic!("{other:?}"),
    }
}

fn code_of(outcome: Result<mingjing_cases::paper_proof::ProvenPaper, NotThisPaper>) -> String {
    outcome.map_or_else(|why| why.code(), |_| "ok".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_alone_is_found_and_proved_and_a_changed_one_is_not() {
    for engine in engines() {
        let office = TestOffice::open(engine, blueprint).await;
        office.clock.set(china("2026-02-02 09:00"));
        let world = World::filled(Arc::clone(&office.chronicle), office.clock.clone()).await;
        let place = place(office.folder());
        let log = NewLog {
            origin: "demo.example/330303/2026".to_owned(),
            shard: "2026".to_owned(),
        };
        create(&office.chronicle, &place, &log).await.unwrap();
        let mut papers = Vec::new();
        for _ in 0..2 {
            let case_no = world.submitted().await.case_no;
            office.settle().await;
            let case = world.case(&case_no).await;
            let paper = case.papers.first().expect("an application has its receipt").clone();
            let rendered = paper.rendered.clone().expect("it was printed");
            let blob = BlobRef {
                id: rendered.blob,
                sha256: rendered.sha256.clone(),
                bytes: rendered.bytes,
            };
            let bytes = office.chronicle.get_blob(&blob).await.unwrap().unwrap();
            assert_eq!(hex::encode(Sha256::digest(&bytes)), rendered.sha256);
            papers.push((paper.order.paper_id.clone(), rendered.sha256, paper.paper_no));
        }
        let ask = async |asked: Asked| sealed_paper(&office.chronicle, &place, &asked).await.unwrap();
        let (id, digest, number) = papers[0].clone();
        assert_eq!(
            ask(Asked::Digest(digest.clone())).await,
            FoundPaper::Pending,
            "nothing is shown yet"
        );
        office.clock.advance_hours(1);
        let mut signer = Signer::new(Arc::clone(&office.chronicle), place.clone(), Board::default()).unwrap();
        while signer.round().await.unwrap() {}

        let policy = own_policy(&office.chronicle, &place).await.unwrap();
        let policy = Policy::parse(policy.as_bytes()).unwrap();
        let by_digest = sealed(ask(Asked::Digest(digest.clone())).await);
        let mark = mark_of(&id);
        let by_mark = sealed(ask(Asked::Code(mark.clone())).await);
        assert_eq!(by_digest, by_mark);
        let proven = prove_paper(&by_digest, &digest, &policy).unwrap();
        assert_eq!(proven.paper_no, number.filter(|_| by_digest.numbered.is_some()));
        let shown: Vec<&str> = proven.sealed.fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            shown,
            [
                "body",
                "happened_on",
                "kind",
                "payload.bytes",
                "payload.paper_id",
                "payload.sha256"
            ],
            "and nothing else of the case"
        );

        let other = sealed(ask(Asked::Digest(papers[1].1.clone())).await);
        assert_eq!(code_of(prove_paper(&other, &digest, &policy)), "paper.other_bytes");
        let mixed = SealedPaper {
            numbered: other.numbered.clone().or(Some(other.rendered.clone())),
            ..by_digest.clone()
        };
        let refused = code_of(prove_paper(&mixed, &digest, &policy));
        assert!(
            ["paper.other_number", "paper.no_seal"].contains(&refused.as_str()),
            "{refused}"
        );
        let lying = SealedPaper {
            rendered: other.rendered.replace(&papers[1].1, &digest),
            numbered: None,
        };
        assert_eq!(code_of(prove_paper(&lying, &digest, &policy)), "unproven.commitment");
        let stranger =
            Policy::parse(b"log example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\nquorum none\n")
                .unwrap();
        assert_eq!(
            code_of(prove_paper(&by_digest, &digest, &stranger)),
            "unproven.unknown-origin"
        );
        assert_eq!(ask(Asked::Digest("0".repeat(64))).await, FoundPaper::Nothing);
        assert_eq!(
            ask(Asked::Code("0000-0000-0000-0000".to_owned())).await,
            FoundPaper::Nothing
        );

        let kept = serde_json::to_vec(&by_digest).unwrap();
        assert_eq!(read_seal(&kept).unwrap(), by_digest);
        assert_eq!(read_seal(by_digest.rendered.as_bytes()).unwrap().numbered, None);
        assert!(matches!(read_seal(b"\xff"), Err(NotThisPaper::NoSeal)));
        assert!(matches!(read_seal(b"{\"rendered\":1}"), Err(NotThisPaper::NoSeal)));
        assert_eq!(paper_code::read(&mark.to_lowercase()), Some(Asked::Code(mark)));
        office.assert_portable().await;
    }
}

/// As the paper bears it.
fn mark_of(paper_id: &str) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let hash = Sha256::digest(format!("mingjing/paper-code/v1\0{paper_id}").as_bytes());
    let text: String = hash[..16]
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect();
    [&text[..4], &text[4..8], &text[8..12], &text[12..]].join("-")
}
