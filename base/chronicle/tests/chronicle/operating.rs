//! Check, rebuild, back up, restore, erase, examine.

use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt;
use mingjing_chronicle::operate::{self, Level};
use mingjing_chronicle::{Actor, BlobPlace, Chance, Chronicle, Clock, Fault, Location, NewJob, params};
use mingjing_testkit::{Engine, TestOffice, engines, for_each_engine};
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::ledger_of_pebbles::{Heap, HeapEvent, add, blueprint, put};

async fn some_history(office: &TestOffice) {
    for turn in 0..20 {
        office
            .does(move |tx| add(tx, &format!("heap-{}", turn % 6), turn))
            .await;
        office.clock.advance_hours(1);
    }
    office.does(|tx| put(tx, "heap-3", HeapEvent::Sealed)).await;
    office.settle().await;
    // One more that no follower has seen; on PostgreSQL it has no position yet.
    office.does(|tx| add(tx, "heap-1", 100)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_finds_what_was_changed_and_rebuild_heals_it() {
    for_each_engine(blueprint, async |office| {
        some_history(&office).await;
        let report = operate::rebuild_check(&office.chronicle).await.unwrap();
        assert!(report.equal(), "{report:?}");
        assert_eq!(report.events, 22);
        assert_eq!(report.tables.iter().map(|table| table.rows).collect::<Vec<_>>(), [6, 2]);

        office
            .does(|tx| {
                tx.execute("UPDATE {heap_list} SET pebbles = pebbles + 1 WHERE id = 'heap-1'", &[])?;
                tx.execute("DELETE FROM {heap_list} WHERE id = 'heap-2'", &[])?;
                tx.execute(
                    "INSERT INTO {heap_totals} (kind, events) VALUES ('heap.invented', 1)",
                    &[],
                )?;
                Ok(())
            })
            .await;
        let report = operate::rebuild_check(&office.chronicle).await.unwrap();
        assert!(!report.equal());
        let found: Vec<_> = report
            .tables
            .iter()
            .map(|table| (&*table.table, table.rows, table.missing, table.unexpected))
            .collect();
        assert_eq!(found, [("heap_list", 5, 2, 1), ("heap_totals", 3, 0, 1)]);

        assert_eq!(operate::rebuild(&office.chronicle).await.unwrap(), 22);
        assert!(operate::rebuild_check(&office.chronicle).await.unwrap().equal());
        let office = office.reopen().await;
        office.does(|tx| add(tx, "heap-9", 1)).await;
        office.settle().await;
        assert!(operate::rebuild_check(&office.chronicle).await.unwrap().equal());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_is_right_while_the_house_works() {
    for_each_engine(blueprint, async |office| {
        let chronicle = office.chronicle.clone();
        let writing = tokio::spawn(async move {
            for turn in 0..150 {
                let heap = format!("heap-{}", turn % 9);
                chronicle
                    .inside(Actor::system(), move |tx| add(tx, &heap, 1))
                    .await
                    .unwrap();
                if turn % 10 == 0 {
                    chronicle.follow_once().await.unwrap();
                }
            }
        });
        let mut checks = 0;
        while !writing.is_finished() {
            let report = operate::rebuild_check(&office.chronicle).await.unwrap();
            assert!(report.equal(), "{report:?}");
            checks += 1;
        }
        writing.await.unwrap();
        assert!(checks > 1);
    })
    .await;
}

async fn restored(office: &TestOffice, backup: &Path, location: Location, journal: Option<&Path>) -> operate::Restored {
    operate::restore(
        backup,
        location,
        office.blueprint(),
        TestOffice::keys(),
        office.clock.clone(),
        Chance::seeded(77),
        journal,
    )
    .await
    .unwrap()
}

/// Everything a reader can see, apart from what erasure took.
async fn seen(chronicle: &Chronicle) -> Vec<String> {
    chronicle
        .read(|reader| {
            let mut lines = Vec::new();
            for event in reader.events_after(0, 1_000)? {
                lines.push(format!("{:?} {:?} {}", event.envelope, event.json(), event.position));
            }
            for text in [
                "SELECT id, pebbles, sealed, last_note, changed_at FROM {heap_list} ORDER BY id",
                "SELECT kind, events FROM {heap_totals} ORDER BY kind",
                "SELECT event_id, times, extra FROM echo ORDER BY event_id",
                "SELECT id, kind, payload, run_at, state FROM job ORDER BY id",
                "SELECT name, version FROM stream ORDER BY name",
                "SELECT name, position FROM follower_cursor ORDER BY name",
            ] {
                lines.extend(reader.query(text, &[])?.iter().map(|row| format!("{row:?}")));
            }
            Ok(lines)
        })
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_restored_into_either_engine() {
    for_each_engine(blueprint, async |office| {
        some_history(&office).await;
        office
            .does(|tx| {
                let run_at = tx.context().at;
                tx.enqueue(NewJob {
                    id: "later".into(),
                    kind: "test.work",
                    payload: serde_json::json!({"引号": "\"\n"}),
                    run_at: run_at.checked_add(jiff::ToSpan::hours(99)).unwrap(),
                })?;
                tx.execute(
                    "INSERT INTO echo (event_id, times, extra) VALUES ($1, $2, $3)",
                    &params!["bytes", 7, vec![0_u8, 255, 10]],
                )?;
                Ok(())
            })
            .await;
        let file = office.chronicle.put_blob(b"paper").await.unwrap();
        office.settle().await;
        let folder = office.folder().join("backup");
        let manifest = operate::backup(&office.chronicle, &folder).await.unwrap();
        assert_eq!((manifest.events, manifest.blobs), (22, 1));
        let before = seen(&office.chronicle).await;
        for target in engines() {
            // A second office only lends its empty place.
            let place = TestOffice::empty_place(target).await;
            let restored = restored(&office, &folder, place.location(), None).await;
            assert!(restored.report.equal());
            let again = Chronicle::open(
                place.location(),
                office.blueprint(),
                TestOffice::keys(),
                office.clock.clone(),
                Chance::seeded(78),
            )
            .await
            .unwrap();
            assert_eq!(seen(&again).await, before, "{:?} → {target:?}", office.engine);
            assert_eq!(again.get_blob(&file).await.unwrap().as_deref(), Some(&b"paper"[..]));
            // It lives on.
            again.inside(Actor::system(), |tx| add(tx, "heap-1", 1)).await.unwrap();
            again.settle().await.unwrap();
            assert!(operate::rebuild_check(&again).await.unwrap().equal());
            let twice = operate::restore(
                &folder,
                place.location(),
                office.blueprint(),
                TestOffice::keys(),
                office.clock.clone(),
                Chance::seeded(79),
                None,
            )
            .await;
            assert!(
                matches!(twice, Err(Fault::Inconsistent(_))),
                "a place in use is not written over"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_is_refused() {
    for_each_engine(blueprint, async |office| {
        some_history(&office).await;
        let file = office.chronicle.put_blob(b"paper").await.unwrap();
        let folder = office.folder().join("backup");
        operate::backup(&office.chronicle, &folder).await.unwrap();
        assert!(
            operate::backup(&office.chronicle, &folder).await.is_err(),
            "never over an old one"
        );
        let damaged = [
            folder.join("event.ndjson"),
            folder.join("event_key.ndjson"),
            folder.join("blob.ndjson"),
            folder.join("blobs").join(&file.id[..2]).join(&file.id),
            folder.join("MANIFEST.json"),
        ];
        for path in damaged {
            let whole = std::fs::read(&path).unwrap();
            let mut bytes = whole.clone();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            let place = TestOffice::empty_place(Engine::Sqlite).await;
            let outcome = operate::restore(
                &folder,
                place.location(),
                office.blueprint(),
                TestOffice::keys(),
                office.clock.clone(),
                Chance::seeded(77),
                None,
            )
            .await;
            assert!(outcome.is_err(), "{}", path.display());
            std::fs::write(&path, whole).unwrap();
        }
        let place = TestOffice::empty_place(Engine::Sqlite).await;
        let other_key = operate::restore(
            &folder,
            place.location(),
            office.blueprint(),
            mingjing_chronicle::KeyRing::new(&[1; 32]),
            office.clock.clone(),
            Chance::seeded(77),
            None,
        )
        .await;
        assert!(matches!(other_key, Err(Fault::Seal(_))), "{other_key:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_stays_erased_over_a_restore() {
    for_each_engine(blueprint, async |office| {
        some_history(&office).await;
        let file = office.chronicle.put_blob(b"paper").await.unwrap();
        let folder = office.folder().join("backup");
        operate::backup(&office.chronicle, &folder).await.unwrap();

        let first = office
            .chronicle
            .read(|reader| Ok(reader.events("heap", "heap-1")?.remove(0).envelope.event_id))
            .await
            .unwrap();
        let ids = [first, format!("blob/{}", file.id)];
        let journal = office.folder().join("erased.ndjson");
        // What a crash in the middle of an earlier line leaves.
        std::fs::write(&journal, "{\"key_id\":\"ab").unwrap();
        assert_eq!(operate::erase(&office.chronicle, &ids, &journal).await.unwrap(), 2);
        let heap = office
            .chronicle
            .read(|reader| Ok(reader.load::<Heap>("heap-1")?.state))
            .await
            .unwrap();
        assert_eq!((heap.pebbles, heap.forgotten), (7 + 13 + 19 + 100, 1));
        assert_eq!(office.chronicle.get_blob(&file).await.unwrap(), None);
        assert!(operate::rebuild_check(&office.chronicle).await.unwrap().equal());
        assert_eq!(
            operate::erase(&office.chronicle, &ids, &journal).await.unwrap(),
            0,
            "twice is once"
        );

        for target in engines() {
            let place = TestOffice::empty_place(target).await;
            let restored = restored(&office, &folder, place.location(), Some(&journal)).await;
            assert_eq!(restored.erased, 2);
            assert!(restored.report.equal());
        }
        std::fs::write(&journal, "no journal\n").unwrap();
        let broken = operate::apply_journal(&office.chronicle, &journal).await;
        assert!(matches!(broken, Err(Fault::Inconsistent(_))), "{broken:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_what_is_wrong() {
    for_each_engine(blueprint, async |office| {
        some_history(&office).await;
        let keys = office.folder().join("keys");
        std::fs::create_dir_all(&keys).unwrap();
        let key = keys.join("wrapping.key");
        std::fs::write(&key, "00").unwrap();
        let rights = |mode| {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        rights(0o644);
        let find = async |code: &str| {
            let findings = operate::doctor(&office.location(), Some(&keys), None).await;
            let found = findings.iter().find(|finding| finding.code == code);
            found.unwrap_or_else(|| panic!("no {code} in {findings:?}")).level
        };
        assert_eq!(find("keys.rights").await, Level::Refuse);
        rights(0o600);
        assert_eq!(find("keys.rights").await, Level::Ok);
        assert_eq!(find("keys.volume").await, Level::Warn);
        assert_eq!(find("folder.writable").await, Level::Ok);
        assert_eq!(find("work.dead_jobs").await, Level::Ok);
        office
            .does(|tx| {
                let run_at = tx.context().at;
                tx.enqueue(NewJob {
                    id: "x".into(),
                    kind: "of.nobody",
                    payload: serde_json::Value::Null,
                    run_at,
                })?;
                Ok(())
            })
            .await;
        office.settle().await;
        assert_eq!(find("work.dead_jobs").await, Level::Warn);
        match office.engine {
            Engine::Sqlite => {
                assert_eq!(find("sqlite.durable").await, Level::Ok);
                assert_eq!(find("disk.ballast").await, Level::Warn);
                operate::lay_ballast(office.folder()).unwrap();
                assert_eq!(find("disk.ballast").await, Level::Ok);
                let leftover = std::fs::read_dir(office.folder()).unwrap().flatten();
                let leftover = leftover.filter(|file| file.file_name().to_string_lossy().starts_with(".doctor"));
                assert_eq!(leftover.count(), 0);
            }
            // The test cluster runs without fsync, which is just what must be refused.
            Engine::Postgres => assert_eq!(find("postgres.fsync").await, Level::Refuse),
        }
        let nowhere = Location::Postgres {
            url: "postgres://nobody@127.0.0.1:1/nothing".into(),
            blobs: office.folder().join("blobs").into(),
        };
        let findings = operate::doctor(&nowhere, None, None).await;
        assert!(
            findings.iter().any(|finding| finding.code == "database.unreachable"),
            "{findings:?}"
        );
    })
    .await;
}

/// Several nodes share their files through an object store: sealed, backed up and restored like those of a folder, and a
/// store that holds something already is not restored into.
#[tokio::test(flavor = "multi_thread")]
async fn files_lie_in_an_object_store_as_in_a_folder() {
    if !engines().contains(&Engine::Postgres) {
        println!("skipped: object stores go with PostgreSQL, and there is none");
        return;
    }
    let place = TestOffice::empty_place(Engine::Postgres).await;
    let Location::Postgres { url, .. } = place.location() else {
        panic!("a place of PostgreSQL");
    };
    let bucket: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let location = Location::Postgres {
        url,
        blobs: BlobPlace::Store(Arc::clone(&bucket)),
    };
    let open = Chronicle::open(
        location.clone(),
        blueprint(),
        TestOffice::keys(),
        Clock::System,
        Chance::seeded(5),
    );
    let chronicle = open.await.unwrap();
    let file = chronicle.put_blob(b"paper").await.unwrap();
    assert_eq!(chronicle.get_blob(&file).await.unwrap().as_deref(), Some(&b"paper"[..]));
    let stored: Vec<_> = bucket.list(None).collect().await;
    let stored = bucket.get(&stored[0].as_ref().unwrap().location).await.unwrap();
    let stored = stored.bytes().await.unwrap();
    assert!(
        !stored.windows(5).any(|bytes| bytes == b"paper"),
        "the store sees no content"
    );
    let findings = operate::doctor(&location, None, None).await;
    let found = findings.iter().find(|finding| finding.code == "blobs.store").unwrap();
    assert_eq!(found.level, Level::Ok, "{found:?}");

    let folder = place.folder().join("backup");
    assert_eq!(operate::backup(&chronicle, &folder).await.unwrap().blobs, 1);
    let empty = TestOffice::empty_place(Engine::Postgres).await;
    let Location::Postgres { url, .. } = empty.location() else {
        panic!("a place of PostgreSQL");
    };
    let into = |store: Arc<dyn ObjectStore>| Location::Postgres {
        url: url.clone(),
        blobs: BlobPlace::Store(store),
    };
    let restore = async |target: Location| {
        let keys = TestOffice::keys();
        operate::restore(
            &folder,
            target,
            blueprint(),
            keys,
            Clock::System,
            Chance::seeded(6),
            None,
        )
        .await
    };
    assert!(restore(into(bucket)).await.is_err(), "there are files already");
    let fresh: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    restore(into(Arc::clone(&fresh))).await.unwrap();
    let again = Chronicle::open(
        into(fresh),
        blueprint(),
        TestOffice::keys(),
        Clock::System,
        Chance::seeded(7),
    );
    let again = again.await.unwrap();
    assert_eq!(again.get_blob(&file).await.unwrap().as_deref(), Some(&b"paper"[..]));
}
