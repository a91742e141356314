//! Repeats, sealing, the guard on events, files, erasure.

use mingjing_chronicle::{Actor, Fault, Refusal, RefusalKind, Request, Stop, params};
use mingjing_testkit::{Engine, for_each_engine};

use crate::ledger_of_pebbles::{Heap, HeapEvent, add, blueprint, clerk, put};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_is_done_once() {
    for_each_engine(blueprint, async |office| {
        let request = || Request::by(clerk()).once("key-1", "body-1");
        let first = office.chronicle.perform(request(), |tx| add(tx, "a", 3)).await.unwrap();
        assert_eq!((first.value, first.repeated), (3, false));
        let office = office.reopen().await;
        let again = office.chronicle.perform(request(), |tx| add(tx, "a", 3)).await.unwrap();
        assert_eq!((again.value, again.repeated), (3, true));

        let other = Request::by(clerk()).once("key-1", "body-2");
        let stop = office.chronicle.perform(other, |tx| add(tx, "a", 4)).await;
        assert!(
            matches!(&stop, Err(Stop::Refusal(refusal)) if refusal.kind == RefusalKind::KeyReused),
            "{stop:?}"
        );
        // Another person's key of the same name is another key.
        let by_other = Request::by(Actor::system()).once("key-1", "body-2");
        assert_eq!(
            office
                .chronicle
                .perform(by_other, |tx| add(tx, "a", 4))
                .await
                .unwrap()
                .value,
            7
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_not_remembered() {
    for_each_engine(blueprint, async |office| {
        let request = || Request::by(clerk()).once("key-1", "body-1");
        let stop = office
            .chronicle
            .perform(request(), |_| {
                Err::<i64, _>(Refusal::invalid("not.yet", "还不行。").into())
            })
            .await;
        assert!(matches!(stop, Err(Stop::Refusal(_))));
        let done = office.chronicle.perform(request(), |tx| add(tx, "a", 3)).await.unwrap();
        assert!(!done.repeated);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_kept_seven_days() {
    for_each_engine(blueprint, async |office| {
        let request = || Request::by(clerk()).once("key-1", "body-1");
        office.chronicle.perform(request(), |tx| add(tx, "a", 3)).await.unwrap();
        office.clock.advance_hours(7 * 24 - 1);
        office.chronicle.sweep().await.unwrap();
        assert!(
            office
                .chronicle
                .perform(request(), |tx| add(tx, "a", 3))
                .await
                .unwrap()
                .repeated
        );
        office.clock.advance_hours(2);
        office.chronicle.sweep().await.unwrap();
        assert!(
            !office
                .chronicle
                .perform(request(), |tx| add(tx, "a", 3))
                .await
                .unwrap()
                .repeated
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_never_changed() {
    for_each_engine(blueprint, async |office| {
        office.does(|tx| add(tx, "a", 1)).await;
        let mut tries = vec![
            "UPDATE event SET actor = 'somebody else'",
            "DELETE FROM event",
            "DELETE FROM event WHERE version = 1",
        ];
        match office.engine {
            Engine::Sqlite => tries.push(
                "INSERT OR REPLACE INTO event SELECT seq, event_id, jurisdiction, stream, version, kind, schema_no,
                    recorded_at, happened_on, class, body, 'somebody else', post, command_id, cause, made_with,
                    payload FROM event",
            ),
            Engine::Postgres => tries.push("TRUNCATE event"),
        }
        for text in tries {
            let stop = office
                .chronicle
                .inside(Actor::system(), move |tx| {
                    tx.execute(text, &[])?;
                    Ok(())
                })
                .await;
            assert!(matches!(stop, Err(Stop::Fault(Fault::Database(_)))), "{text}: {stop:?}");
        }
        let events = office
            .chronicle
            .read(|reader| reader.events("heap", "a"))
            .await
            .unwrap();
        assert_eq!((events.len(), &*events[0].envelope.actor), (1, "system"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tampering_is_found() {
    for_each_engine(blueprint, async |office| {
        office.does(|tx| add(tx, "a", 1)).await;
        office.does(|tx| put(tx, "b", HeapEvent::Sealed)).await;
        // Somebody with all rights takes the guard away and moves a payload to another place.
        let (off, swap): (&[&str], &str) = match office.engine {
            Engine::Sqlite => (
                &["DROP TRIGGER event_never_updated"],
                "UPDATE event SET payload = (SELECT payload FROM event WHERE stream = 'heap/b') WHERE stream = 'heap/a'",
            ),
            Engine::Postgres => (
                &["DROP TRIGGER event_never_changed ON event", "GRANT UPDATE ON event TO CURRENT_USER"],
                "UPDATE event SET payload = (SELECT payload FROM event WHERE stream = 'heap/b') WHERE stream = 'heap/a'",
            ),
        };
        office
            .does(move |tx| {
                for text in off {
                    tx.execute(text, &[])?;
                }
                tx.execute(swap, &[])?;
                Ok(())
            })
            .await;
        let office = office.reopen().await;
        let read = office.chronicle.read(|reader| Ok(reader.load::<Heap>("a")?.version)).await;
        assert!(matches!(read, Err(Fault::Seal(_))), "{read:?}");
        let read = office.chronicle.read(|reader| Ok(reader.load::<Heap>("b")?.version)).await;
        assert!(read.is_ok(), "{read:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_readable_lies_on_the_disk() {
    for_each_engine(blueprint, async |office| {
        if office.engine == Engine::Postgres {
            return;
        }
        office
            .does(|tx| {
                let mut heap = tx.load::<Heap>("a")?;
                let about = mingjing_chronicle::About::new(tx.context());
                let event = HeapEvent::Added {
                    pebbles: 1,
                    note: "张三丰的住址".into(),
                };
                tx.append(&mut heap, vec![event], &about)?;
                // The list view of this test shows the note; only the record is looked at here.
                tx.execute("UPDATE {heap_list} SET last_note = NULL", &[])?;
                Ok(())
            })
            .await;
        let blob = office.chronicle.put_blob("张三丰的住址".as_bytes()).await.unwrap();
        assert_eq!(blob.bytes, 18);
        let mut files = vec![office.folder().to_owned()];
        while let Some(path) = files.pop() {
            if path.is_dir() {
                files.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else {
                let bytes = std::fs::read(&path).unwrap();
                let planted = "张三丰".as_bytes();
                assert!(
                    !bytes.windows(planted.len()).any(|window| window == planted),
                    "{}",
                    path.display()
                );
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_back_until_it_is_erased() {
    for_each_engine(blueprint, async |office| {
        let content = vec![7_u8; 100_000];
        let blob = office.chronicle.put_blob(&content).await.unwrap();
        let office = office.reopen().await;
        assert_eq!(office.chronicle.get_blob(&blob).await.unwrap(), Some(content));

        let path = office.folder().join("blobs").join(&blob.id[..2]).join(&blob.id);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[50] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let read = office.chronicle.get_blob(&blob).await;
        assert!(matches!(read, Err(Fault::Seal(_))), "{read:?}");
        bytes[50] ^= 1;
        std::fs::write(&path, &bytes).unwrap();

        let mut other = blob.clone();
        other.sha256 = "0".repeat(64);
        assert!(matches!(
            office.chronicle.get_blob(&other).await,
            Err(Fault::Inconsistent(_))
        ));
        for hostile in ["", "é", "../../etc/passwd", "0123456789abcdef0123456789abcdeg"] {
            let mut other = blob.clone();
            other.id = hostile.into();
            assert!(
                !matches!(office.chronicle.get_blob(&other).await, Ok(Some(_))),
                "{hostile}"
            );
        }

        let key = format!("blob/{}", blob.id);
        office
            .does(move |tx| {
                tx.execute("DELETE FROM event_key WHERE key_id = $1", &params![&key])?;
                Ok(())
            })
            .await;
        assert_eq!(office.chronicle.get_blob(&blob).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_event_is_known_as_erased() {
    for_each_engine(blueprint, async |office| {
        office.does(|tx| add(tx, "a", 1)).await;
        office.does(|tx| add(tx, "a", 2)).await;
        let first = office
            .chronicle
            .read(|reader| Ok(reader.events("heap", "a")?.remove(0).envelope.event_id))
            .await
            .unwrap();
        office
            .does(move |tx| {
                tx.execute("DELETE FROM event_key WHERE key_id = $1", &params![&first])?;
                Ok(())
            })
            .await;
        let office = office.reopen().await;
        let heap = office
            .chronicle
            .read(|reader| Ok(reader.load::<Heap>("a")?.state))
            .await
            .unwrap();
        assert_eq!((heap.pebbles, heap.forgotten), (2, 1));
        let erased = office
            .chronicle
            .read(|reader| {
                Ok(reader
                    .events("heap", "a")?
                    .iter()
                    .map(|event| event.json().is_none())
                    .collect::<Vec<_>>())
            })
            .await
            .unwrap();
        assert_eq!(erased, [true, false]);
    })
    .await;
}
