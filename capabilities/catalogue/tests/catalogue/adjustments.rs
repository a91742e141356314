//! A new edition of a law: who cites what changed, until when, and what answers it. The demo city's food law gets two
//! made-up editions under its own name.

use jiff::civil::Date;
use mingjing_catalogue::SettleAdjustment;
use mingjing_catalogue::adjustment::{Adjustment, CitingKind};
use mingjing_catalogue::public::queries::editions;
use mingjing_catalogue::{LawOrder, ProgramText, import_editions, settle};
use mingjing_chronicle::{Actor, Blueprint, Parameters, Request, Stop};
use mingjing_web::Scope;

use crate::world::World;

/// Articles 1 to 130 of a food law that never was; two are amended later.
fn edition(day: &str, changed: &[(u32, &str)]) -> Vec<u8> {
    let mut text =
        format!("# 中华人民共和国食品安全法\n\n{day} 第十四届全国人民代表大会常务委员会第九十九次会议修订\n");
    for number in 1..=130 {
        let words = changed.iter().find(|(one, _)| *one == number).map_or_else(
            || format!("演示条文之第{number}：食品生产经营者应当遵守第{number}项演示要求，接受监督。"),
            |(_, words)| (*words).to_owned(),
        );
        let number = mingjing_catalogue::statute::write_numeral(number);
        text.push_str(&format!("\n第{number}条 {words}\n"));
    }
    text.into_bytes()
}

fn order(bytes: Vec<u8>, from: &str) -> LawOrder {
    LawOrder {
        files: vec![("食品安全法.md".into(), bytes)],
        in_force_from: Some(from.parse().unwrap()),
        program: vec![
            ProgramText {
                kind: CitingKind::Rule,
                id: "cases.demo.rule".into(),
                name: "演示规则".into(),
                text: "食品安全法第三十五条第一款".into(),
            },
            ProgramText {
                kind: CitingKind::Template,
                id: "demo_notice".into(),
                name: "演示文书".into(),
                text: "依据《中华人民共和国食品安全法》第三十六条作出。".into(),
            },
        ],
        ..LawOrder::default()
    }
}

const SECOND: &str = "2026-06-01";

async fn after_two_editions(profile: &[(&str, &str)]) -> World {
    let values = profile
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let parameters = Parameters {
        version: "test-1".into(),
        values: values.collect(),
    };
    let world = World::demo_with(Blueprint::new("330303", "test").parameters(parameters)).await;
    let first = order(edition("2020年1月1日", &[]), "2020-03-01");
    assert!(
        import_editions(&world.chronicle, Actor::system(), first)
            .await
            .unwrap()
            .applied
    );
    let changed = [
        (
            35,
            "演示条文之第35：食品生产经营者应当先取得许可，遵守第35项演示要求，接受监督。",
        ),
        (
            100,
            "演示条文之第100：食品生产经营者应当遵守第100项新的演示要求，接受监督。",
        ),
    ];
    let second = order(edition("2026年2月10日", &changed), SECOND);
    let report = import_editions(&world.chronicle, Actor::system(), second)
        .await
        .unwrap();
    assert!(report.applied && report.files[0].changed == 2, "{report:?}");
    world
}

async fn adjustment(world: &World) -> Adjustment {
    let day: Date = SECOND.parse().unwrap();
    let id = Adjustment::id("食品安全法", day);
    world
        .chronicle
        .read(move |reader| Ok((*reader.load::<Adjustment>(&id)?.state).clone()))
        .await
        .unwrap()
}

#[tokio::test]
async fn what_cites_a_changed_article_becomes_a_task() {
    let world = after_two_editions(&[]).await;
    let opened = adjustment(&world).await.opened.unwrap();
    let items: Vec<&str> = opened
        .tasks
        .iter()
        .filter(|task| task.kind == CitingKind::Item)
        .map(|task| task.id.as_str())
        .collect();
    // Those that cite article 35; nobody cites 100, and nothing else changed.
    assert_eq!(
        items,
        ["33030300SJ-CF-0001", "33030300SJ-QT-0001", "33030300SJ-XK-0001"]
    );
    let rules: Vec<&str> = opened
        .tasks
        .iter()
        .filter(|task| task.kind.is_of_the_program())
        .map(|task| task.id.as_str())
        .collect();
    assert_eq!(rules, ["cases.demo.rule"], "the template cites an article that stayed");
    for task in &opened.tasks {
        assert!(task.area.starts_with("330303"), "{task:?}");
        assert_eq!(task.changes.len(), 1, "{task:?}");
    }
}

#[tokio::test]
async fn the_clock_is_the_place_s() {
    let check = async |profile: &[(&str, &str)], due: &str, unit: &str| {
        let world = after_two_editions(profile).await;
        let clock = adjustment(&world).await.opened.unwrap().clock;
        assert_eq!(
            (clock.due.unwrap().to_string().as_str(), clock.unit.as_str()),
            (due, unit)
        );
        assert_eq!(clock.from.to_string(), "2026-02-10");
        assert!(!clock.why.is_empty());
    };
    // Chengdu: 10 working days, around the Spring Festival.
    let chengdu = [
        ("adjustment.apply.amount", "10"),
        ("adjustment.apply.unit", "working_day"),
    ];
    check(&chengdu, "2026-03-02", "个工作日").await;
    // Zhenjiang and Suqian: 20 days.
    let zhenjiang = [
        ("adjustment.apply.amount", "20"),
        ("adjustment.apply.unit", "calendar_day"),
    ];
    check(&zhenjiang, "2026-03-02", "日").await;
}

#[tokio::test]
async fn a_task_is_answered_by_a_new_version_or_by_a_reason() {
    let world = after_two_editions(&[]).await;
    let day: Date = SECOND.parse().unwrap();
    let settle_it = async |id: &str, reason: &str, scope: Scope| {
        let command = SettleAdjustment {
            kind: CitingKind::Item,
            id: id.to_owned(),
            reason: reason.to_owned(),
        };
        let place = ("食品安全法".to_owned(), day);
        settle(&world.chronicle, Request::by(Actor::system()), place, command, scope).await
    };
    let code = |stopped: Result<(), Stop>| match stopped.unwrap_err() {
        Stop::Refusal(refusal) => refusal.code.to_string(),
        other => panic!("{other:?}"),
    };
    let item = "33030300SJ-XK-0001";
    assert_eq!(
        code(settle_it(item, "  ", Scope::All).await),
        "catalogue.adjustment.needs_reason"
    );
    assert_eq!(
        code(settle_it("没有", "理由", Scope::All).await),
        "catalogue.adjustment.unknown"
    );
    let elsewhere = Scope::OwnArea {
        areas: ["330304".to_owned()].into(),
    };
    assert_eq!(
        code(settle_it(item, "理由", elsewhere).await),
        "catalogue.adjustment.unknown"
    );
    settle_it(item, "只改了用语", Scope::All).await.unwrap();
    assert_eq!(
        code(settle_it(item, "再写一次", Scope::All).await),
        "catalogue.adjustment.settled"
    );
    let states = async || {
        let rows = world
            .chronicle
            .read(|reader| {
                reader.query(
                    "SELECT id, state, reason FROM {adjustment_task} WHERE kind = 'item' ORDER BY id",
                    &[],
                )
            })
            .await
            .unwrap();
        rows.iter()
            .map(|row| format!("{} {} {}", row.text(0), row.text(1), row.text(2)))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        states().await,
        [
            "33030300SJ-CF-0001 open ",
            "33030300SJ-QT-0001 open ",
            "33030300SJ-XK-0001 settled 只改了用语"
        ]
    );
    // Another version of an item answers its task.
    let csv = String::from_utf8(crate::world::demo_file("items/catalogue.csv")).unwrap();
    let head = csv.lines().next().unwrap();
    let line = csv.lines().find(|line| line.starts_with("33030300SJ-QT-0001")).unwrap();
    let name = line.split(',').nth(3).unwrap().to_owned();
    let changed = line.replacen(&name, &format!("{name}新"), 1);
    let report = world.import(format!("{head}\n{changed}\n").into_bytes()).await.unwrap();
    assert!(report.applied, "{report:?}");
    assert!(
        states().await[1].starts_with("33030300SJ-QT-0001 renewed 第2版"),
        "{:?}",
        states().await
    );
    let known = world
        .chronicle
        .read(|reader| editions(reader, "食品安全法"))
        .await
        .unwrap();
    assert_eq!(known.len(), 2);
    let check = mingjing_chronicle::operate::rebuild_check(&world.chronicle)
        .await
        .unwrap();
    assert!(check.equal(), "{check:?}");
}

#[tokio::test]
async fn the_same_city_on_both_engines() {
    let plan = || {
        Blueprint::new("330303", "test")
            .views(mingjing_catalogue::views())
            .views(mingjing_people::views::all())
    };
    mingjing_testkit::for_each_engine(plan, async |office| {
        let first = order(edition("2020年1月1日", &[]), "2020-03-01");
        import_editions(&office.chronicle, Actor::system(), first)
            .await
            .unwrap();
        let second = order(edition("2026年2月10日", &[(35, "演示条文之第35：改了。")]), SECOND);
        import_editions(&office.chronicle, Actor::system(), second)
            .await
            .unwrap();
        let everything = Scope::All;
        let rows = office
            .chronicle
            .read(move |reader| mingjing_catalogue::public::queries::adjustments(reader, &everything, 10))
            .await
            .unwrap();
        assert_eq!(
            (rows.len(), rows[0].tasks, rows[0].open),
            (1, 1, 1),
            "the rule alone: no items are here"
        );
        let day: Date = SECOND.parse().unwrap();
        let area = Scope::OwnArea {
            areas: ["330303".to_owned()].into(),
        };
        let found = office
            .chronicle
            .read(move |reader| mingjing_catalogue::public::queries::adjustment(reader, "食品安全法", day, &area))
            .await
            .unwrap();
        assert_eq!(found.unwrap().1[0].id, "cases.demo.rule");
        office.assert_portable().await;
    })
    .await;
}
