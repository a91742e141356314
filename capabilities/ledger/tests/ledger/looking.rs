//! Who looked at what: kept in batches, sealed by the day, and not to be changed afterwards.

use mingjing_chronicle::{Actor, params};
use mingjing_ledger::{Finding, Looker, keep, reconcile, seal_reads, who_looked};
use mingjing_testkit::{Engine, TestOffice, for_each_engine};
use mingjing_tlog::Leaf;
use mingjing_web::reads::{Read, Reads};

use crate::deeds::{begun, blueprint, grants, signer};
use crate::pipeline::tamper;

fn look(office: &TestOffice, account: &str, body: &str, stream: &str, part: &str) -> Read {
    Read {
        at: office.clock.now(),
        account: account.to_owned(),
        post: format!("{body}-clerk"),
        body: body.to_owned(),
        stream: stream.to_owned(),
        part: part.to_owned(),
        by: "cases.board",
    }
}

async fn lookers(office: &TestOffice, stream: &str) -> Vec<Looker> {
    let stream = stream.to_owned();
    let read = office.chronicle.read(move |reader| who_looked(reader, &stream, 100));
    read.await.unwrap()
}

/// A day on which three looked, two bodies, and the next morning.
async fn a_day(office: &TestOffice) -> Reads {
    let reads = Reads::kept();
    assert!(reads.note(look(office, "acc-1", "market", "deed/row-1", "page")));
    assert!(reads.note(look(office, "acc-1", "market", "deed/row-1", "page")));
    assert!(reads.note(look(office, "acc-2", "fire", "deed/row-1", "papers")));
    assert_eq!(keep(&office.chronicle, &reads).await.unwrap(), 2);
    office.clock.advance_hours(1);
    assert!(reads.note(look(office, "acc-3", "", "deed/row-2", "page")));
    assert_eq!(keep(&office.chronicle, &reads).await.unwrap(), 1);
    assert_eq!(keep(&office.chronicle, &reads).await.unwrap(), 0);
    assert_eq!(seal_reads(&office.chronicle).await.unwrap(), 0, "the day is not over");
    office.clock.advance_hours(24);
    reads
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bodys_day_of_reads_is_one_leaf() {
    for_each_engine(blueprint, async |office: TestOffice| {
        let place = begun(&office).await;
        grants(&office, "row", 4).await;
        let reads = a_day(&office).await;
        let seen = lookers(&office, "deed/row-1").await;
        let told: Vec<(&str, &str, &str)> = seen
            .iter()
            .map(|one| (&*one.account, &*one.organ, &*one.part))
            .collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.contains(&("acc-1", "market", "page")) && told.contains(&("acc-2", "fire", "papers")));
        assert_eq!(
            lookers(&office, "deed/row-2").await[0].organ,
            "330303",
            "without a body it is the cell's"
        );
        assert_eq!(seal_reads(&office.chronicle).await.unwrap(), 3);
        assert_eq!(seal_reads(&office.chronicle).await.unwrap(), 0, "once");

        // A clock that went back opens no sealed day again.
        office.clock.advance_hours(-24);
        assert!(reads.note(look(&office, "acc-1", "market", "deed/row-1", "files")));
        keep(&office.chronicle, &reads).await.unwrap();
        assert_eq!(lookers(&office, "deed/row-1").await.len(), 3);
        office.clock.advance_hours(49);
        assert_eq!(seal_reads(&office.chronicle).await.unwrap(), 1);

        office.settle().await;
        let mut signing = signer(&office, &place);
        signing.round().await.unwrap();
        signing.close_days().await.unwrap();
        office.clock.advance_hours(1);
        signing.round().await.unwrap();
        let leaves: Vec<String> = office
            .chronicle
            .read(|reader| {
                let rows = reader.query("SELECT leaf FROM ledger_entry ORDER BY place", &[])?;
                Ok::<_, mingjing_chronicle::Fault>(rows.iter().map(|row| row.text(0).to_owned()).collect())
            })
            .await
            .unwrap();
        let of_reads: Vec<Leaf> = leaves
            .iter()
            .map(|leaf| Leaf::parse(leaf.as_bytes()).unwrap())
            .filter(|leaf| leaf.class() == "reads")
            .collect();
        assert_eq!(of_reads.len(), 4);
        assert!(
            leaves
                .iter()
                .all(|leaf| !leaf.contains("acc-") && !leaf.contains("row-"))
        );
        let report = reconcile(&office.chronicle, &place, None).await.unwrap();
        assert_eq!(report.findings, []);
        office.assert_portable().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_is_taken_out_of_a_sealed_day_is_found() {
    for_each_engine(blueprint, async |office: TestOffice| {
        let place = begun(&office).await;
        let reads = Reads::kept();
        for part in ["page", "papers"] {
            assert!(reads.note(look(&office, "acc-1", "market", "deed/row-1", part)));
            keep(&office.chronicle, &reads).await.unwrap();
        }
        office.clock.advance_hours(24);
        seal_reads(&office.chronicle).await.unwrap();
        office.settle().await;
        signer(&office, &place).round().await.unwrap();
        assert!(reconcile(&office.chronicle, &place, None).await.unwrap().sound());
        // Whoever has the database and covers the gap as well.
        let gap: &'static [&'static str] = match office.engine {
            Engine::Sqlite => &["DELETE FROM event_position WHERE seq = (SELECT seq FROM event WHERE stream = 'reads/2026-03-02-market' AND version = 2)"],
            Engine::Postgres => &["GRANT ALL ON event_position TO CURRENT_USER", "DELETE FROM event_position WHERE seq = (SELECT seq FROM event WHERE stream = 'reads/2026-03-02-market' AND version = 2)"],
        };
        tamper(&office, gap).await;
        tamper(&office, &["DELETE FROM event WHERE stream = 'reads/2026-03-02-market' AND version = 2"]).await;
        let found = reconcile(&office.chronicle, &place, None).await.unwrap().findings;
        let day = Finding::ReadsDiffer {
            day_of_organ: "2026-03-02-market".to_owned(),
        };
        assert!(found.contains(&day), "{found:?}");
        assert!(day.in_words().contains("2026-03-02-market"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_waits_and_is_kept_later() {
    let office = TestOffice::sqlite(blueprint).await;
    let reads = Reads::kept();
    assert!(reads.note(look(&office, "acc-1", "market", "deed/row-1", "page")));
    office
        .does(|tx| {
            tx.execute(
                "CREATE TRIGGER no_reads BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'full'); END",
                &params![],
            )
            .map(|_| ())
            .map_err(Into::into)
        })
        .await;
    assert!(keep(&office.chronicle, &reads).await.is_err());
    assert!(lookers(&office, "deed/row-1").await.is_empty());
    let allowed = office.chronicle.inside(Actor::system(), |tx| {
        Ok(tx.execute("DROP TRIGGER no_reads", &params![])?)
    });
    allowed.await.unwrap();
    assert_eq!(keep(&office.chronicle, &reads).await.unwrap(), 1);
    assert_eq!(lookers(&office, "deed/row-1").await.len(), 1);
}
