//! Many at once: group commit, several nodes, write skew, dense positions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use mingjing_chronicle::{Actor, Chronicle, Fault, Refusal, Request, Stop, operate, params};
use mingjing_testkit::{Engine, TestOffice, engines, for_each_engine};

use crate::ledger_of_pebbles::{Heap, HeapEvent, add, blueprint, clerk, put};

async fn all_add(nodes: &[Arc<Chronicle>], heap: impl Fn(usize) -> String, clients: usize, rounds: usize) {
    let mut tasks = Vec::new();
    for client in 0..clients {
        let chronicle = Arc::clone(&nodes[client % nodes.len()]);
        let heap = heap(client);
        tasks.push(tokio::spawn(async move {
            for _ in 0..rounds {
                let heap = heap.clone();
                // A race that was lost too often is told to the caller, who may try again.
                loop {
                    let heap = heap.clone();
                    match chronicle.inside(Actor::system(), move |tx| add(tx, &heap, 1)).await {
                        Ok(_) => break,
                        Err(Stop::Fault(Fault::Race(_))) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

async fn assert_dense(office: &TestOffice, events: i64) {
    office.settle().await;
    let (positions, streams) = office
        .chronicle
        .read(|reader| {
            let positions = reader.query("SELECT position FROM event_position ORDER BY position", &[])?;
            // Within a stream the dense order is the order of versions.
            let wrong = reader.query(
                "SELECT a.stream FROM event a
                 JOIN event b ON a.stream = b.stream AND b.version = a.version + 1
                 JOIN event_position p ON p.seq = a.seq JOIN event_position q ON q.seq = b.seq
                 WHERE p.position >= q.position",
                &[],
            )?;
            Ok((positions.iter().map(|row| row.int(0)).collect::<Vec<_>>(), wrong.len()))
        })
        .await
        .unwrap();
    assert_eq!(positions, (1..=events).collect::<Vec<_>>());
    assert_eq!(streams, 0);
}

async fn pebbles(office: &TestOffice) -> Vec<i64> {
    let rows = office
        .chronicle
        .read(|reader| reader.query("SELECT pebbles FROM {heap_list} ORDER BY id", &[]))
        .await
        .unwrap();
    rows.iter().map(|row| row.int(0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_clients_lose_nothing() {
    for_each_engine(blueprint, async |office| {
        let nodes = [Arc::clone(&office.chronicle)];
        all_add(&nodes, |_| "one".into(), 64, 5).await;
        assert_eq!(pebbles(&office).await, [320]);
        all_add(&nodes, |client| format!("own-{client:02}"), 64, 5).await;
        let mut expected = vec![320];
        expected.extend([5; 64]);
        // "one" sorts before "own-…".
        assert_eq!(pebbles(&office).await, expected);
        assert_dense(&office, 640).await;
    })
    .await;
}

/// Whichever command begins a commit, stands behind others in it or wants one of its own: what is refused takes back
/// its own writes and nobody else's.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_takes_back_its_own_writes_only() {
    for_each_engine(blueprint, async |office| {
        for wave in 0..2 {
            let mut tasks = Vec::new();
            for client in 0..48 {
                let chronicle = Arc::clone(&office.chronicle);
                tasks.push(tokio::spawn(async move {
                    let mut request = Request::by(clerk());
                    if client % 4 == 0 {
                        request = request.writing_much();
                    }
                    let heap = format!("heap-{wave}-{client:02}");
                    let done = chronicle.perform(request, move |tx| {
                        add(tx, &heap, 1)?;
                        if client % 3 == 0 {
                            return Err(Refusal::invalid("pebbles.unwanted", "不要这一颗。").into());
                        }
                        Ok(())
                    });
                    (client, done.await)
                }));
            }
            for task in tasks {
                let (client, done) = task.await.unwrap();
                match done {
                    Ok(_) => assert_ne!(client % 3, 0),
                    Err(Stop::Refusal(_)) => assert_eq!(client % 3, 0),
                    Err(stop) => panic!("{stop:?}"),
                }
            }
        }
        assert_eq!(pebbles(&office).await, [1; 64]);
        assert_dense(&office, 64).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_write_and_follow_together() {
    for_each_engine(blueprint, async |office| {
        if office.engine == Engine::Sqlite {
            return;
        }
        let nodes = [Arc::clone(&office.chronicle), office.another_node().await];
        let stop = Arc::new(tokio::sync::Notify::new());
        let mut background = nodes[0].start(Arc::clone(&stop));
        background.extend(nodes[1].start(Arc::clone(&stop)));
        all_add(&nodes, |client| format!("heap-{}", client % 4), 16, 20).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop.notify_waiters();
        for task in background {
            task.await.unwrap();
        }
        assert_eq!(pebbles(&office).await, [80; 4]);
        assert_dense(&office, 320).await;
        let (echoes, total) = office
            .chronicle
            .read(|reader| {
                let echoes = reader.query("SELECT times FROM echo", &[])?;
                let total = reader.query_one("SELECT events FROM {heap_totals}", &[])?;
                Ok((
                    echoes.iter().map(|row| row.int(0)).collect::<Vec<_>>(),
                    total.map(|row| row.int(0)),
                ))
            })
            .await
            .unwrap();
        assert_eq!(
            echoes, [1; 320],
            "each follower handles each event once, whichever node it is"
        );
        assert_eq!(total, Some(320));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_sent_by_many_is_done_once() {
    for_each_engine(blueprint, async |office| {
        let mut tasks = Vec::new();
        for _ in 0..16 {
            let chronicle = Arc::clone(&office.chronicle);
            tasks.push(tokio::spawn(async move {
                let request = Request::by(clerk()).once("key", "body");
                chronicle.perform(request, |tx| add(tx, "a", 1)).await.unwrap()
            }));
        }
        let mut first = 0;
        for task in tasks {
            let done = task.await.unwrap();
            assert_eq!(done.value, 1);
            first += i64::from(!done.repeated);
        }
        assert_eq!(first, 1);
        assert_eq!(pebbles(&office).await, [1]);
    })
    .await;
}

/// Seals `own` unless `other` is sealed: of two that do it crosswise, one must be refused.
fn seal_unless(tx: &mut mingjing_chronicle::Tx<'_>, own: &str, other: &str) -> Result<i64, Stop> {
    if tx.consult::<Heap>(other)?.sealed {
        return Err(Refusal::law("other.sealed", "另一堆已封存。").into());
    }
    // Room for the other to come in between.
    std::thread::sleep(Duration::from_millis(20));
    put(tx, own, HeapEvent::Sealed)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_decision_rests_on_cannot_change_under_it() {
    for_each_engine(blueprint, async |office| {
        for round in 0..6 {
            // In the even rounds both streams exist, in the odd ones neither.
            let (left, right) = (format!("left-{round}"), format!("right-{round}"));
            if round % 2 == 0 {
                let (left, right) = (left.clone(), right.clone());
                office
                    .does(move |tx| add(tx, &left, 1).and_then(|_| add(tx, &right, 1)))
                    .await;
            }
            let (a, b) = (left.clone(), right.clone());
            let first = office
                .chronicle
                .inside(Actor::system(), move |tx| seal_unless(tx, &a, &b));
            let second = office
                .chronicle
                .inside(Actor::system(), move |tx| seal_unless(tx, &right, &left));
            let (first, second) = tokio::join!(first, second);
            assert!(
                first.is_ok() != second.is_ok(),
                "round {round}: exactly one may be done: {first:?} {second:?}"
            );
        }
    })
    .await;
}

/// Begins the heap, if it was not begun: looked at and written by two loads, as where a rule and a consequence meet.
fn begin_once(tx: &mut mingjing_chronicle::Tx<'_>, heap: &str) -> Result<i64, Stop> {
    if tx.load::<Heap>(heap)?.exists() {
        return Err(Refusal::law("heap.begun", "石堆已经有了。").into());
    }
    std::thread::sleep(Duration::from_millis(20));
    add(tx, heap, 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_on_an_empty_stream_holds_at_the_append() {
    for_each_engine(blueprint, async |office| {
        for round in 0..4 {
            let heap = format!("new-{round}");
            let again = heap.clone();
            let (first, second) = tokio::join!(
                office
                    .chronicle
                    .inside(Actor::system(), move |tx| begin_once(tx, &heap)),
                office
                    .chronicle
                    .inside(Actor::system(), move |tx| begin_once(tx, &again))
            );
            assert!(
                first.is_ok() != second.is_ok(),
                "round {round}: begun once: {first:?} {second:?}"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_may_open_at_once() {
    for_each_engine(blueprint, async |office| {
        if office.engine == Engine::Sqlite {
            return;
        }
        office.does(|tx| add(tx, "a", 1)).await;
        office
            .does(|tx| {
                // As if both came with a new version of the view.
                tx.execute(
                    "UPDATE view_state SET version = 0 WHERE name = $1",
                    &params!["heap.list"],
                )?;
                Ok(())
            })
            .await;
        let (one, two) = tokio::join!(office.another_node(), office.another_node());
        for node in [one, two] {
            let rows = node
                .read(|reader| reader.query("SELECT pebbles FROM {heap_list}", &[]))
                .await
                .unwrap();
            assert_eq!(rows[0].int(0), 1);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_readers_is_told_that_the_house_is_busy() {
    for_each_engine(blueprint, async |office| {
        let open = Arc::new(AtomicBool::new(false));
        let refused = Arc::new(AtomicUsize::new(0));
        let until_open = |_| {
            let (chronicle, open, refused) = (Arc::clone(&office.chronicle), Arc::clone(&open), Arc::clone(&refused));
            tokio::spawn(async move {
                let answer = chronicle.read(move |_| {
                    while !open.load(Ordering::Relaxed) {
                        std::thread::sleep(Duration::from_millis(2));
                    }
                    Ok(())
                });
                match answer.await {
                    Ok(()) => {}
                    Err(Fault::Busy) => drop(refused.fetch_add(1, Ordering::Relaxed)),
                    Err(other) => panic!("{other:?}"),
                }
            })
        };
        // Sixteen read, 256 wait, and a hundred come beyond.
        let crowd: Vec<_> = (0..16 + 256 + 100).map(until_open).collect();
        while refused.load(Ordering::Relaxed) < 100 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        open.store(true, Ordering::Relaxed);
        for reader in crowd {
            reader.await.unwrap();
        }
        assert_eq!(refused.load(Ordering::Relaxed), 100, "whoever was let in is answered");
        office.chronicle.read(|_| Ok(())).await.unwrap();
    })
    .await;
}

/// Whatever another node of the deployment erased is forgotten here within two rounds of the followers.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_erases_the_others_forget() {
    let Some(engine) = engines().into_iter().find(|engine| *engine == Engine::Postgres) else {
        eprintln!("skipped: only PostgreSQL has several nodes");
        return;
    };
    let office = TestOffice::open(engine, blueprint).await;
    let other = office.another_node().await;
    office.does(|tx| add(tx, "heap-1", 7)).await;
    while office.chronicle.follow_once().await.unwrap() || other.follow_once().await.unwrap() {}
    let forgotten = async |node: &Arc<Chronicle>| {
        let read = node.read(|reader| Ok(reader.load::<Heap>("heap-1")?.state.forgotten));
        read.await.unwrap()
    };
    assert_eq!(forgotten(&other).await, 0, "it holds the state now");
    let first = office
        .chronicle
        .read(|reader| Ok(reader.events("heap", "heap-1")?.remove(0).envelope.event_id))
        .await
        .unwrap();
    let journal = office.folder().join("erased.ndjson");
    assert_eq!(operate::erase(&office.chronicle, &[first], &journal).await.unwrap(), 1);
    assert_eq!(forgotten(&office.chronicle).await, 1);
    for _ in 0..2 {
        other.follow_once().await.unwrap();
    }
    assert_eq!(forgotten(&other).await, 1);
}
