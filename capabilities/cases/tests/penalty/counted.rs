//! Penalties in the statistics: counted from the opening on, by outcome, apart from permits.

use mingjing_cases::number::Procedure;
use mingjing_cases::views::fines;
use mingjing_cases::views::list::ScopeCondition;
use mingjing_cases::views::statistics::{Asked, Statistics, statistics};
use mingjing_testkit::for_each_engine;

use crate::bench::{Bench, Inputs};
use crate::world::{World, blueprint};

async fn counted(bench: &Bench, procedure: Procedure) -> Statistics {
    bench.world.chronicle.settle().await.unwrap();
    let today = bench.world.clock.today();
    let read = bench.world.chronicle.read(move |reader| {
        let all = ScopeCondition {
            text: "1 = 1".into(),
            parameters: Vec::new(),
        };
        let asked = Asked {
            procedure,
            year: None,
            body: String::new(),
            item: String::new(),
        };
        statistics(reader, &all, &asked, today)
    });
    read.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn penalties_are_counted_from_the_opening_on_and_by_outcome() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        let mut bench = Bench::in_world(world).await;
        bench.prepare("线索", &Inputs::none()).await.unwrap();
        assert_eq!(
            counted(&bench, Procedure::Penalty).await.total.received,
            0,
            "a lead is no case"
        );
        bench.prepare("立案", &Inputs::none()).await.unwrap();
        let opened = counted(&bench, Procedure::Penalty).await;
        assert_eq!((opened.total.received, opened.total.undecided), (1, 1));
        bench.prepare("决定", &Inputs::of(&["行为=2026-01-10"])).await.unwrap();
        let decided = counted(&bench, Procedure::Penalty).await;
        assert_eq!(
            (decided.total.received, decided.total.fined, decided.total.in_time),
            (2, 1, 1)
        );
        assert_eq!(decided.total.median_tenths, Some(0));
        let states: Vec<_> = decided
            .by_state
            .iter()
            .map(|(state, count)| (state.key(), *count))
            .collect();
        assert_eq!(states, [("investigating", 1), ("decided", 1)]);
        // Ninety days and one later the open one is overdue; permits are counted apart.
        bench.world.clock.advance_hours(24 * 92);
        assert_eq!(counted(&bench, Procedure::Penalty).await.total.overdue, 1);
        assert_eq!(counted(&bench, Procedure::Permit).await.total.received, 0);
        office.assert_portable().await;
    })
    .await;
}

/// Fines beside their benchmarks: a tier benchmark from 18 500 to 36 500, usually 27 500.
#[tokio::test(flavor = "multi_thread")]
async fn fines_alike_and_unlike() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        let mut bench = Bench::in_world(world).await;
        let mut numbers = Vec::new();
        for (fine, acted) in [
            ("20000", "2026-01-20"),
            ("26000", "2026-01-21"),
            ("20000", "2026-01-22"),
        ] {
            let inputs = Inputs::of(&[&format!("罚款={fine}"), &format!("行为={acted}")]);
            bench.prepare("送达", &inputs).await.unwrap();
            numbers.push(bench.case_no.clone());
        }
        bench.prepare("终结", &Inputs::none()).await.unwrap();
        let scope = |body: &str| ScopeCondition {
            text: "body = $1".into(),
            parameters: vec![body.into()],
        };
        let (own, foreign) = (scope("33030300SJ"), scope("33030300JT"));
        let read = bench.world.chronicle.read(move |reader| {
            Ok((
                fines::fines(reader, &own, "", 10)?,
                fines::fines(reader, &foreign, "", 10)?,
                fines::fines(reader, &own, "33030300SJ-CF-9999", 10)?,
            ))
        });
        let (rows, elsewhere, other_item) = read.await.unwrap();
        assert_eq!(rows.len(), 3, "what is not decided is not there: {rows:?}");
        assert!(elsewhere.is_empty() && other_item.is_empty());
        assert!(
            rows.iter().all(|row| row.facts == "没有法定情节" && !row.departs()),
            "{rows:?}"
        );
        let unlike = fines::unlike(&rows);
        assert_eq!(unlike.len(), 1);
        assert_eq!(unlike[0].1.last().unwrap().case_no, numbers[1], "the highest last");
        let (own, item) = (scope("33030300SJ"), rows[0].item_code.clone());
        let read = bench
            .world
            .chronicle
            .read(move |reader| fines::alike(reader, &own, &item, "没有法定情节"));
        assert_eq!(read.await.unwrap().len(), 3);
    })
    .await;
}
