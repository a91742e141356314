//! Editions of laws: imported, read, found and compared, on pages and as JSON. The texts are made up.

use axum::http::StatusCode;
use jiff::civil::Date;
use mingjing_catalogue::public::queries::search_articles;
use mingjing_catalogue::{LawImport, LawOrder, Outcome, import_editions, routes};
use mingjing_chronicle::{Actor, Blueprint, Chronicle, Stop};
use mingjing_testkit::for_each_engine;

use crate::world::World;

pub const FIRST: &str = "# 中华人民共和国演示管理法\n\n2019年12月1日 第十三届全国人民代表大会常务委员会第九次会议通过\n\n\
    ## 第一章 总　则\n\n第一条 为了演示法规库，制定本法。\n\n第二条 申请演示许可，应当符合下列条件：\n\n（一）有固定的演示场所；\n\n\
    （二）有必要的设备：\n\n1.灯具；\n\n2.讲台。\n\n前款规定的设备由主管部门公布目录。\n\n## 第二章 法律责任\n\n\
    第三条 擅自演示的，处一万元以上五万元以下罚款。\n\n第四条 本法自2020年3月1日起施行。\n";

/// Article 3 becomes 4 and dearer, a new 3 comes in.
pub fn second() -> String {
    FIRST
        .replace(
            "2019年12月1日 第十三届",
            "2019年12月1日 第十三届全国人民代表大会常务委员会第九次会议通过\n\n2026年1月20日 第十四届",
        )
        .replace("第九次会议通过\n\n##", "第三十次会议修订\n\n##")
        .replace("第四条 本法自2020年3月1日", "第五条 本法自2026年5月1日")
        .replace(
            "第三条 擅自演示的，处一万元",
            "第三条 主管部门应当每季度抽查演示场所，并向社会公布结果。\n\n第四条 擅自演示的，处二万元",
        )
}

pub fn order(text: &str) -> LawOrder {
    LawOrder {
        files: vec![("演示管理法.md".into(), text.as_bytes().to_vec())],
        ..LawOrder::default()
    }
}

pub async fn imported(chronicle: &Chronicle, text: &str) -> LawImport {
    let report = import_editions(chronicle, Actor::system(), order(text)).await.unwrap();
    assert!(report.applied, "{report:?}");
    report
}

fn blueprint() -> Blueprint {
    Blueprint::new("330303", "test")
        .views(mingjing_catalogue::views())
        .views(mingjing_people::views::all())
}

fn outcome(report: &LawImport) -> (Outcome, usize, Vec<String>) {
    let file = &report.files[0];
    let codes = file.problems.iter().map(|problem| problem.code.clone()).collect();
    (file.outcome, file.changed, codes)
}

#[tokio::test]
async fn editions_follow_one_another_on_both_engines() {
    for_each_engine(blueprint, async |office| {
        let chronicle = &office.chronicle;
        assert_eq!(
            outcome(&imported(chronicle, FIRST).await),
            (Outcome::Accepted, 0, vec![])
        );
        assert_eq!(
            outcome(&imported(chronicle, &second()).await),
            (Outcome::Accepted, 3, vec![])
        );
        let head = chronicle.read(|reader| reader.head()).await.unwrap();
        // The same file again changes nothing.
        assert_eq!(
            outcome(&imported(chronicle, &second()).await),
            (Outcome::Unchanged, 0, vec![])
        );
        assert_eq!(chronicle.read(|reader| reader.head()).await.unwrap(), head);
        // An older edition after a newer one: refused, told, recorded.
        let older = FIRST.replace("2020年3月1日", "2021年3月1日");
        let report = import_editions(chronicle, Actor::system(), order(&older))
            .await
            .unwrap();
        assert_eq!(outcome(&report), (Outcome::Refused, 0, vec!["edition_older".into()]));
        assert!(!report.applied);
        let search = async |query: &'static str, day: &str| {
            let day: Date = day.parse().unwrap();
            let hits = chronicle
                .read(move |reader| search_articles(reader, query, day, 50))
                .await
                .unwrap();
            hits.iter()
                .map(|hit| format!("{} {}", hit.edition, hit.article.number))
                .collect::<Vec<_>>()
        };
        assert_eq!(search("擅自演示", "2026-03-02").await, ["2020-03-01 3"]);
        assert_eq!(search("擅自演示", "2026-05-01").await, ["2026-05-01 4"]);
        assert_eq!(search("罚款 万元", "2026-05-01").await, ["2026-05-01 4"]);
        assert_eq!(search("灯具", "2026-05-01").await, ["2026-05-01 2"]);
        for nothing in ["款罚", "演", "", "';--", "没有 演示"] {
            assert!(search(nothing, "2026-05-01").await.is_empty(), "{nothing}");
        }
        office.assert_portable().await;
        let rows = chronicle
            .read(|reader| reader.query("SELECT COUNT(*) FROM {law_article}", &[]))
            .await
            .unwrap();
        assert_eq!(rows[0].int(0), 4 + 5);
        let check = mingjing_chronicle::operate::rebuild_check(chronicle).await.unwrap();
        assert!(check.equal(), "{check:?}");
    })
    .await;
}

#[tokio::test]
async fn an_order_is_entered_whole_or_not_at_all() {
    let world = World::empty().await;
    let files = vec![
        ("二.md".to_owned(), second().into_bytes()),
        ("坏.md".to_owned(), "# 坏\n\n没有条文".as_bytes().to_vec()),
        ("一.md".to_owned(), FIRST.as_bytes().to_vec()),
    ];
    let order = LawOrder {
        files: files.clone(),
        ..LawOrder::default()
    };
    let report = import_editions(&world.chronicle, Actor::system(), order).await.unwrap();
    let told: Vec<_> = report
        .files
        .iter()
        .map(|file| (file.file.as_str(), file.problems[0].code.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("坏.md", "unreadable"),
            ("一.md", "batch_refused"),
            ("二.md", "batch_refused")
        ]
    );
    let order = LawOrder {
        files: vec![files[0].clone(), files[2].clone()],
        ..LawOrder::default()
    };
    // A dry run tells the same and writes nothing; in any order the older one comes first.
    let head = world.chronicle.read(|reader| reader.head()).await.unwrap();
    let dry = LawOrder {
        dry_run: true,
        ..order.clone()
    };
    let judged = import_editions(&world.chronicle, Actor::system(), dry).await.unwrap();
    assert_eq!(world.chronicle.read(|reader| reader.head()).await.unwrap(), head);
    let report = import_editions(&world.chronicle, Actor::system(), order).await.unwrap();
    assert_eq!((judged.files, true), (report.files.clone(), report.applied));
    assert_eq!(report.files.iter().map(|file| file.changed).collect::<Vec<_>>(), [0, 3]);
}

#[tokio::test]
async fn who_may_not_import_is_told_so() {
    let world = World::empty().await;
    let stop = import_editions(&world.chronicle, Actor::public(), order(FIRST))
        .await
        .unwrap_err();
    assert!(matches!(stop, Stop::Refusal(_)), "{stop:?}");
    let none = import_editions(&world.chronicle, Actor::system(), LawOrder::default())
        .await
        .unwrap_err();
    assert!(
        matches!(&none, Stop::Refusal(refusal) if refusal.code == "catalogue.laws.files"),
        "{none:?}"
    );
}

fn encoded(path: &str) -> String {
    let encode = |b: u8| match b {
        b'/' | b'?' | b'=' | b'&' | b'-' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
            (b as char).to_string()
        }
        other => format!("%{other:02X}"),
    };
    path.bytes().map(encode).collect()
}

async fn page(world: &World, path: &str) -> String {
    let (status, body) = world.get(routes(), &encoded(path)).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}

fn has(body: &str, words: &[&str]) {
    for word in words {
        assert!(body.contains(word), "missing: {word} in {body}");
    }
}

#[tokio::test]
async fn a_law_is_read_edition_by_edition() {
    let world = World::empty().await;
    imported(&world.chronicle, FIRST).await;
    imported(&world.chronicle, &second()).await;
    has(&page(&world, "/laws").await, &["中华人民共和国演示管理法", "有全文"]);
    has(
        &page(&world, "/laws?q=擅自演示").await,
        &["《演示管理法》第三条", "<mark>擅自演示</mark>", "/2020-03-01/3\""],
    );
    has(&page(&world, "/laws?q=演示管理").await, &["名称相符的（1）"]);
    has(
        &page(&world, "/laws?q=<script>").await,
        &["没有找到", "&#60;script&#62;"],
    );
    has(
        &page(&world, "/laws/演示管理法").await,
        &[
            "现行有效",
            "尚未施行",
            "至 2026-04-30 止",
            "逐条对照",
            "第一章 总则",
            "第一条至第二条",
            "3 处变动",
        ],
    );
    let whole = page(&world, "/laws/演示管理法/2020-03-01").await;
    has(
        &whole,
        &[
            "第二章 法律责任",
            "id=\"a2-p1-2-1\"",
            "id=\"a2-p2\"",
            "处一万元以上",
            "mj-print-address",
        ],
    );
    // The article as it reads today, and for good.
    has(
        &page(&world, "/laws/演示管理法/3").await,
        &["处一万元以上", "第二章 法律责任", "其他版本的同一条号"],
    );
    has(
        &page(&world, "/laws/演示管理法/2026-05-01/4").await,
        &["处二万元以上", "前一条", "第三条", "id=\"p1\"", "尚未施行"],
    );
    has(
        &page(&world, "/laws/演示管理法/compare?from=2020-03-01&to=2026-05-01").await,
        &[
            "第三条 → 第四条",
            "<del>一</del>",
            "<ins>二</ins>",
            "旧版没有这一条",
            "修改 2 条",
            "新增 1 条",
            "没有变动的 2 条",
        ],
    );
    has(&page(&world, "/laws/演示管理法/compare").await, &["第三条 → 第四条"]);
    world.clock.advance_hours(24 * 70);
    has(&page(&world, "/laws/演示管理法/4").await, &["处二万元以上"]);
    for unknown in [
        "/laws/演示管理法/9",
        "/laws/演示管理法/2020-03-02",
        "/laws/演示管理法/2020-03-01/9",
        "/laws/演示管理法/x/1",
        "/laws/演示管理法/compare?from=2020-03-01&to=1999-01-01",
        "/laws/没有这部法/2020-03-01",
        "/api/v1/laws/没有这部法",
        "/api/v1/laws/演示管理法/editions/2020-03-02",
        "/api/v1/laws/演示管理法/editions/2020-03-01/articles/77",
    ] {
        let (status, _) = world.get(routes(), &encoded(unknown)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[tokio::test]
async fn machines_read_the_same() {
    let world = World::empty().await;
    imported(&world.chronicle, FIRST).await;
    imported(&world.chronicle, &second()).await;
    let json = async |path: &str| -> serde_json::Value { serde_json::from_str(&page(&world, path).await).unwrap() };
    let law = json("/api/v1/laws/演示管理法").await;
    assert_eq!(law["editions"][0]["in_force_to"], "2026-04-30");
    assert_eq!(law["editions"][1]["changes"][0]["kind"], "added");
    let edition = json("/api/v1/laws/演示管理法/editions/2026-05-01").await;
    assert_eq!(edition["articles"].as_array().unwrap().len(), 5);
    assert_eq!(edition["divisions"][0]["heading"], "第一章 总则");
    let article = json("/api/v1/laws/演示管理法/editions/2020-03-01/articles/2").await;
    assert_eq!(article["paragraphs"][0]["items"][1]["subitems"][0]["text"], "灯具；");
    let found = json("/api/v1/laws/search?q=擅自演示").await;
    assert_eq!(found["rows"][0]["number"], "3", "{found}");
    let first = json("/api/v1/laws?size=2").await;
    assert!(first["rows"].as_array().unwrap().len() == 2, "{first}");
}

#[tokio::test]
async fn a_basis_leads_to_the_edition_of_its_day() {
    let Some(texts) = crate::texts::texts() else { return };
    let world = World::demo().await;
    let order = LawOrder {
        files: vec![("食品安全法.md".into(), texts["食品安全法"].clone())],
        in_force_from: Some("2021-04-29".parse().unwrap()),
        ..LawOrder::default()
    };
    let report = import_editions(&world.chronicle, Actor::system(), order).await.unwrap();
    assert!(report.applied, "{report:?}");
    let link = format!("href=\"{}#p1\"", encoded("/laws/食品安全法/2021-04-29/35"));
    has(&page(&world, "/items/33030300SJ-XK-0001").await, &[&link]);
    has(
        &page(&world, "/laws/食品安全法/35").await,
        &["先取得许可", "引用这一条的事项", "第四章 食品生产经营"],
    );
}

#[tokio::test]
async fn nineteen_laws_are_imported_at_once() {
    let Some(texts) = crate::texts::texts() else { return };
    let world = World::empty().await;
    let files: Vec<(String, Vec<u8>)> = texts.into_iter().collect();
    let mut order = LawOrder {
        files,
        ..LawOrder::default()
    };
    let report = import_editions(&world.chronicle, Actor::system(), order.clone())
        .await
        .unwrap();
    let unknown = |code: &str| {
        let with = |file: &&mingjing_catalogue::FileReport| file.problems.iter().any(|problem| problem.code == code);
        report.files.iter().filter(with).count()
    };
    // Seven amended laws tell only the first day of their first text; one was made by a party organ.
    assert_eq!(
        (unknown("in_force_unknown"), unknown("rank_unclear"), report.applied),
        (7, 1, false)
    );
    order.in_force_from = Some("2025-01-01".parse().unwrap());
    order.files.retain(|(name, _)| name != "信访工作条例");
    let report = import_editions(&world.chronicle, Actor::system(), order).await.unwrap();
    let problems: Vec<_> = report.files.iter().flat_map(|file| &file.problems).collect();
    assert!(report.applied, "{problems:?}");
    assert_eq!(report.files.iter().map(|file| file.articles).sum::<usize>(), 1309 - 50);
}
