//! Append, load, conflicts, consulting, time.

use mingjing_chronicle::{About, Actor, Fault, Request, Stop, params};
use mingjing_testkit::{TestOffice, for_each_engine};

use crate::ledger_of_pebbles::{Heap, HeapEvent, OldHeap, OldHeapEvent, add, added, blueprint, clerk, put};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_appended_is_loaded_and_listed() {
    for_each_engine(blueprint, async |office| {
        let total = office
            .does(|tx| {
                let mut heap = tx.load::<Heap>("a")?;
                assert!(!heap.exists());
                let about = About::new(tx.context());
                tx.append(&mut heap, vec![added(2), added(3)], &about)?;
                assert_eq!((heap.version, heap.pebbles), (2, 5));
                Ok(heap.pebbles)
            })
            .await;
        assert_eq!(total, 5);
        assert_eq!(office.does(|tx| add(tx, "a", 4)).await, 9);
        let (loaded, events, listed) = office
            .chronicle
            .read(|reader| {
                let loaded = reader.load::<Heap>("a")?;
                let events = reader.events("heap", "a")?;
                let listed = reader.query("SELECT id, pebbles, last_note FROM {heap_list}", &[])?;
                Ok(((loaded.version, loaded.state), events, listed))
            })
            .await
            .unwrap();
        assert_eq!((loaded.0, loaded.1.pebbles), (3, 9));
        let versions: Vec<_> = events.iter().map(|event| event.envelope.version).collect();
        assert_eq!(versions, [1, 2, 3]);
        assert_eq!(events[0].envelope.command_id, events[1].envelope.command_id);
        assert_ne!(events[0].envelope.command_id, events[2].envelope.command_id);
        assert_eq!(listed.len(), 1);
        assert_eq!(
            (listed[0].text(0), listed[0].int(1), listed[0].text(2)),
            ("a", 9, "河滩")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_on_an_old_version_passes_harmless_events_only() {
    for_each_engine(blueprint, async |office| {
        office.does(|tx| add(tx, "a", 1)).await;
        office.does(|tx| put(tx, "a", HeapEvent::Looked)).await;
        let version = office.does(|tx| Ok(tx.load_seen::<Heap>("a", 1)?.version)).await;
        assert_eq!(version, 2, "looking harms nobody");

        let by_clerk = Request::by(clerk());
        office.chronicle.perform(by_clerk, |tx| add(tx, "a", 1)).await.unwrap();
        let stop = office
            .chronicle
            .inside(Actor::system(), |tx| Ok(tx.load_seen::<Heap>("a", 1)?.version))
            .await;
        let Err(Stop::Conflict(conflict)) = stop else {
            panic!("{stop:?}");
        };
        assert_eq!(conflict.stream, "heap/a");
        let since: Vec<_> = conflict
            .since
            .iter()
            .map(|change| (&*change.kind, &*change.actor))
            .collect();
        assert_eq!(since, [("heap.added", "clerk-1")]);

        // A version that never was is no licence.
        let stop = office
            .chronicle
            .inside(Actor::system(), |tx| Ok(tx.load_seen::<Heap>("a", 99)?.version))
            .await;
        assert!(matches!(stop, Err(Stop::Conflict(_))), "{stop:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consulted_stream_is_not_written() {
    for_each_engine(blueprint, async |office| {
        let stop = office
            .chronicle
            .inside(Actor::system(), |tx| {
                let mut heap = tx.consult::<Heap>("a")?;
                let about = About::new(tx.context());
                tx.append(&mut heap, vec![added(1)], &about)?;
                Ok(())
            })
            .await;
        assert!(matches!(stop, Err(Stop::Fault(Fault::Internal(_)))), "{stop:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_or_panicking_command_leaves_nothing_behind() {
    for_each_engine(blueprint, async |office| {
        let refused = office
            .chronicle
            .inside(Actor::system(), |tx| {
                add(tx, "a", 1)?;
                put(tx, "b", HeapEvent::Sealed)?;
                add(tx, "b", 1)
            })
            .await;
        assert!(matches!(refused, Err(Stop::Refusal(_))), "{refused:?}");
        let panicked = office
            .chronicle
            .inside(Actor::system(), |tx| {
                add(tx, "a", 1)?;
                assert!(tx.context().software.is_empty(), "by order of the test");
                Ok(())
            })
            .await;
        assert!(matches!(panicked, Err(Stop::Fault(Fault::Internal(_)))), "{panicked:?}");
        assert_eq!(office.does(|tx| add(tx, "a", 7)).await, 7);
        let rows = office
            .chronicle
            .read(|reader| reader.query("SELECT id FROM {heap_list}", &[]))
            .await
            .unwrap();
        assert_eq!(rows.len(), 1, "{rows:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panicking_reader_harms_nobody() {
    for_each_engine(blueprint, async |office| {
        for _ in 0..40 {
            let read: Result<(), Fault> = office
                .chronicle
                .read(|reader| {
                    reader.head()?;
                    panic!("by order of the test")
                })
                .await;
            assert!(matches!(read, Err(Fault::Internal(_))), "{read:?}");
        }
        // On PostgreSQL a connection given back within its reading transaction could not write.
        assert_eq!(office.does(|tx| add(tx, "a", 1)).await, 1);
    })
    .await;
}

async fn times(office: &TestOffice) -> Vec<i64> {
    office.settle().await;
    let events = office
        .chronicle
        .read(|reader| reader.events_after(0, 100))
        .await
        .unwrap();
    events
        .iter()
        .map(|event| event.envelope.recorded_at.as_microsecond())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_at_never_goes_back() {
    for_each_engine(blueprint, async |office| {
        office.does(|tx| add(tx, "a", 1)).await;
        office.clock.set("2020-01-01T00:00:00Z".parse().unwrap());
        office.does(|tx| add(tx, "a", 1)).await;
        let office = office.reopen().await;
        office.does(|tx| add(tx, "b", 1)).await;
        office.clock.set("2026-03-03T00:00:00Z".parse().unwrap());
        office.does(|tx| add(tx, "b", 1)).await;
        let times = times(&office).await;
        assert_eq!(times.len(), 4);
        assert_eq!(times[0], times[1]);
        assert_eq!(times[1], times[2], "nor over a restart");
        assert!(times[2] < times[3]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_shape_is_lifted() {
    for_each_engine(blueprint, async |office| {
        // As the program of old wrote it: a bare number, no note.
        office
            .does(|tx| {
                let mut heap = tx.load::<OldHeap>("a")?;
                let about = About::new(tx.context());
                tx.append(&mut heap, vec![OldHeapEvent::Added(5)], &about)?;
                Ok(())
            })
            .await;
        let total = office.does(|tx| add(tx, "a", 2)).await;
        assert_eq!(total, 7);
        let (written, lifted) = office
            .chronicle
            .read(|reader| {
                let event = reader.events("heap", "a")?.remove(0);
                assert_eq!(event.envelope.schema, 1);
                Ok((event.json().map(<[u8]>::to_vec), event.decode::<HeapEvent>()?))
            })
            .await
            .unwrap();
        assert_eq!(written.unwrap(), br#"{"added":5}"#, "what was written stays as it was");
        let lifted = lifted.known().unwrap();
        let note = String::new();
        assert_eq!(*lifted, HeapEvent::Added { pebbles: 5, note });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_belongs_to_one_jurisdiction() {
    for_each_engine(blueprint, async |office| {
        let mut other = office.blueprint();
        other.jurisdiction = "330300".into();
        let opened = mingjing_chronicle::Chronicle::open(
            office.location(),
            other,
            TestOffice::keys(),
            office.clock.clone(),
            mingjing_chronicle::Chance::seeded(9),
        )
        .await;
        assert!(matches!(opened.err(), Some(Fault::Inconsistent(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_come_back_as_they_went() {
    for_each_engine(blueprint, async |office| {
        office
            .does(|tx| {
                tx.execute(
                    "INSERT INTO echo (event_id, times, extra) VALUES ($1, $2, $3)",
                    &params!["石'{}$1", i64::MIN, vec![0_u8, 255]],
                )?;
                tx.execute(
                    "INSERT INTO echo (event_id, times, extra) VALUES ($1, $2, $3)",
                    &params!["空", true, None::<Vec<u8>>],
                )?;
                Ok(())
            })
            .await;
        let rows = office
            .chronicle
            .read(|reader| reader.query("SELECT event_id, times, extra FROM echo ORDER BY times", &[]))
            .await
            .unwrap();
        assert_eq!(
            (rows[0].text(0), rows[0].int(1), rows[0].blob(2)),
            ("石'{}$1", i64::MIN, &[0, 255][..])
        );
        assert_eq!((rows[1].text(0), rows[1].int(1), rows[1].blob(2)), ("空", 1, &[][..]));
    })
    .await;
}
