//! The demo city's own files.

use std::collections::BTreeSet;

use mingjing_catalogue::public::queries::{ItemFilter, Page, Sort, citing, count, counts, items, search};
use mingjing_catalogue::public::{Item, LimitUnit, NormRank};
use mingjing_catalogue::{Format, check, export};
use mingjing_chronicle::Fault;

use crate::world::{World, demo_file, refused};

#[tokio::test]
async fn every_item_of_the_demo_city_is_entered() {
    let world = World::demo().await;
    let numbers = world.chronicle.read(|reader| counts(reader, None)).await.unwrap();
    assert_eq!((numbers.active, numbers.online, numbers.cancelled), (130, 11, 1));
    assert_eq!(numbers.by_body.len(), 24);
    // All types but the abolished one.
    assert_eq!(numbers.by_type.len(), 13);
}

#[tokio::test]
async fn the_food_permit_is_complete() {
    let world = World::demo().await;
    let item = load(&world, "33030300SJ-XK-0001").await;
    let today = world.clock.today();
    let version = item.current(today).unwrap();
    assert_eq!(version.legal_bases[0].citation(), "《食品安全法》第35条第1款");
    assert!(version.legal_bases[0].summary.as_deref().unwrap().contains("餐饮服务"));
    assert_eq!(version.legal_bases.last().unwrap().rank, NormRank::AdminRegulation);
    let limit = |limit: &Option<mingjing_catalogue::public::Limit>| {
        let limit = limit.as_ref().unwrap();
        (limit.amount, limit.unit)
    };
    assert_eq!(limit(&version.statutory_limit), (20, LimitUnit::WorkingDay));
    assert_eq!(limit(&version.promised_limit), (15, LimitUnit::WorkingDay));
    assert_eq!(version.form.as_ref().unwrap().sections.len(), 4);
    assert!(version.flow.as_ref().unwrap().bpmn_xml.contains("gw_receive"));
    assert!(version.online);
}

async fn load(world: &World, code: &'static str) -> Item {
    let read = move |reader: &mut mingjing_chronicle::Reader<'_>| Ok::<_, Fault>((*reader.load::<Item>(code)?).clone());
    world.chronicle.read(read).await.unwrap()
}

#[tokio::test]
async fn the_abolished_type_is_history() {
    let world = World::demo().await;
    let item = load(&world, "33030300FG-SP-0001").await;
    assert!(item.current(world.clock.today()).is_none());
    assert_eq!(item.cancelled().unwrap().on.to_string(), "2015-05-10");
    assert!(item.latest().is_some());
}

#[tokio::test]
async fn repeating_an_import_changes_nothing() {
    let world = World::demo().await;
    let before = world.chronicle.read(|reader| reader.head()).await.unwrap();
    world.clock.advance_hours(24 * 40);
    for file in [
        "items/catalogue.csv",
        "items/six-bodies.csv",
        "items/penalties.csv",
        "items/procedures.csv",
        "items/food-permit.json",
    ] {
        let report = world.import(demo_file(file)).await.unwrap();
        assert_eq!(
            (report.accepted, report.refused),
            (0, 0),
            "{file}: {:?}",
            refused(&report)
        );
        assert_eq!(report.unchanged as usize, report.rows.len());
    }
    let after = world.chronicle.read(|reader| reader.head()).await.unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn an_export_is_taken_back_unchanged() {
    let world = World::demo().await;
    for format in [Format::Csv, Format::Json] {
        let bytes = export(&world.chronicle, format).await.unwrap();
        let report = world.import(bytes.clone()).await.unwrap();
        assert_eq!(refused(&report), [], "{format:?}");
        assert_eq!((report.unchanged, report.accepted), (131, 0), "{format:?}");
        let elsewhere = World::empty().await;
        let report = elsewhere.import(bytes).await.unwrap();
        assert_eq!(refused(&report), [], "{format:?} elsewhere");
        assert_eq!(report.accepted, 131);
    }
}

#[tokio::test]
async fn words_of_people_find_the_items() {
    let world = World::demo().await;
    let check = async |query: &'static str, expected: &str| {
        let hits = world
            .chronicle
            .read(move |reader| search(reader, "330303", query))
            .await
            .unwrap();
        let codes: Vec<&str> = hits.iter().take(5).map(|hit| hit.item_code.as_str()).collect();
        assert!(codes.contains(&expected), "{query}: {codes:?}");
    };
    check("食品经营", "33030300SJ-XK-0001").await;
    check("食品", "33030300SJ-XK-0001").await;
    check("餐饮", "33030300SJ-XK-0001").await;
    check("开饭店", "33030300SJ-XK-0001").await;
    check("低保", "33030300MZ-GF-0001").await;
    check("身份证", "33030300GA-QR-0002").await;
    check("营业执照", "33030300SJ-QR-0001").await;
    check("网吧", "33030300WG-XK-0003").await;
    check("宠物医院", "33030300NY-XK-0002").await;
    let hits = world
        .chronicle
        .read(|reader| search(reader, "330303", "食品经营"))
        .await
        .unwrap();
    assert_eq!(hits[0].item_code, "33030300SJ-XK-0001");
    for nothing in ["", "，。", "量子计算机", "'; DROP TABLE item_search; --"] {
        let hits = world
            .chronicle
            .read(move |reader| search(reader, "330303", nothing))
            .await
            .unwrap();
        assert_eq!(hits, [], "{nothing}");
    }
}

#[tokio::test]
async fn filters_and_pages_agree_with_counts() {
    let world = World::demo().await;
    let filter = ItemFilter {
        body: Some("33030300SJ".into()),
        ..ItemFilter::default()
    };
    let all = Page { offset: 0, size: 1000 };
    let (rows, number) = world
        .chronicle
        .read(move |reader| Ok((items(reader, &filter, Sort::Name, all)?, count(reader, &filter)?)))
        .await
        .unwrap();
    assert_eq!(rows.len() as i64, number);
    assert!(rows.iter().all(|row| row.body == "33030300SJ" && row.active));
    assert!(rows.iter().any(|row| row.online));
    let mut paged = BTreeSet::new();
    for offset in (0..number).step_by(7) {
        let page = Page { offset, size: 7 };
        let filter = ItemFilter {
            body: Some("33030300SJ".into()),
            ..ItemFilter::default()
        };
        let rows = world
            .chronicle
            .read(move |reader| items(reader, &filter, Sort::Code, page))
            .await
            .unwrap();
        paged.extend(rows.into_iter().map(|row| row.item_code));
    }
    assert_eq!(paged.len() as i64, number);
}

#[tokio::test]
async fn an_article_knows_its_items() {
    let world = World::demo().await;
    let found = world
        .chronicle
        .read(|reader| citing(reader, "食品安全法"))
        .await
        .unwrap();
    let of = |article: u32| {
        found
            .iter()
            .filter(|one| one.article == Some(article))
            .map(|one| one.item_code.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of(35),
        ["33030300SJ-CF-0001", "33030300SJ-QT-0001", "33030300SJ-XK-0001"]
    );
    assert_eq!(of(122), ["33030300SJ-CF-0001"]);
}

#[tokio::test]
async fn the_check_names_what_is_not_verified() {
    let world = World::demo().await;
    let findings = check(&world.chronicle).await.unwrap();
    assert!(
        findings.iter().all(|finding| finding.problem.code == "to_verify"),
        "{findings:?}"
    );
    assert!(findings.iter().any(|finding| finding.item_code == "33030300YJ-XK-0002"));
}

#[tokio::test]
async fn penalties_of_the_demo_city_can_be_run() {
    let world = World::demo().await;
    for (code, benchmark) in [
        ("33030300SJ-CF-0004", "权重累加 起点 10% 基数 50000"),
        ("33030300SJ-CF-0003", "阶次 30% 70%"),
    ] {
        let item = load(&world, code).await;
        let version = item.current(world.clock.today()).unwrap();
        assert!(version.flow.as_ref().unwrap().bpmn_xml.contains("serve_decision"));
        let said = version.discretion_benchmark.as_deref().unwrap();
        assert!(said.contains("\n基准 演示SJ-") && said.contains(benchmark), "{said}");
        assert!(version.is_demo("discretion_benchmark"));
    }
}
