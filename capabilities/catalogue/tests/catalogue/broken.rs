//! Files that must not be entered, and what is said about them.

use mingjing_catalogue::public::Item;
use mingjing_catalogue::public::queries::{ItemFilter, count};
use mingjing_catalogue::{ImportOrder, Report, import};
use mingjing_chronicle::{Actor, ActorKind, Refusal, Stop};

use crate::world::{CONFIRMED, World, demo_file, refused};

const HEADING: &str = "item_code,name,body,legal_bases,conditions,materials,statutory_limit,limit_unit,limit_start,\
                       promised_limit,fee,handling_office,place,phone,supervision_phone,flow_steps,status,cancelled_on";

/// A permit in order, with some cells replaced.
fn row(changes: &[(&str, &str)]) -> String {
    let whole = "33030300SJ-XK-0101,测试许可,龙湾区市场监督管理局,食品安全法35(1),条件,申请书,20,工作日,受理,\
                 10,否,科室,地点,0577-00001,0577-00002,申请; 受理; 决定,在用,";
    let mut cells: Vec<&str> = whole.split(',').collect();
    for (column, value) in changes {
        let at = HEADING.split(',').position(|name| name == *column).unwrap();
        cells[at] = value;
    }
    cells.join(",")
}

fn file(rows: &[String]) -> Vec<u8> {
    format!("{HEADING}\n{}\n", rows.join("\n")).into_bytes()
}

async fn report(world: &World, rows: &[String]) -> Report {
    world.import(file(rows)).await.unwrap()
}

fn refusal(stop: Stop) -> Refusal {
    match stop {
        Stop::Refusal(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn number_of_items(world: &World) -> i64 {
    world
        .chronicle
        .read(|reader| count(reader, &ItemFilter::default()))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_row_is_refused_with_its_field_and_reason() {
    let world = World::empty().await;
    let check = async |changes: &[(&str, &str)], field: &str, code: &str| {
        let report = report(&world, &[row(changes)]).await;
        let expected = (2, field.to_owned(), code.to_owned());
        assert!(
            refused(&report).contains(&expected),
            "{changes:?}: {:?}",
            refused(&report)
        );
        assert!(!report.applied);
    };
    check(&[("item_code", "33030300SJ-XX-0001")], "item_code", "item_code").await;
    check(&[("item_code", "33030300sj-XK-0001")], "item_code", "item_code").await;
    check(&[("item_code", "33030300SJ-XK-3")], "item_code", "item_code").await;
    check(&[("item_code", "33030300SJ-XK-0003 ")], "item_code", "item_code").await;
    check(&[("item_code", "33030300SJ-XK-0000")], "item_code", "item_code").await;
    check(&[("item_code", "")], "item_code", "missing").await;
    check(
        &[("item_code", "33030300ZZ-XK-0001"), ("body", "")],
        "item_code",
        "body_unregistered",
    )
    .await;
    check(&[("body", "龙湾区卫生健康局")], "body", "body_differs").await;
    check(&[("name", "")], "name", "missing").await;
    check(&[("legal_bases", "")], "legal_bases", "no_basis").await;
    check(&[("conditions", "")], "conditions", "missing").await;
    check(&[("materials", "")], "materials", "missing").await;
    check(
        &[("statutory_limit", ""), ("promised_limit", "")],
        "statutory_limit",
        "missing",
    )
    .await;
    check(&[("statutory_limit", "-1")], "statutory_limit", "malformed").await;
    check(&[("statutory_limit", "=20")], "statutory_limit", "malformed").await;
    check(&[("limit_unit", "工作天")], "limit_unit", "malformed").await;
    check(&[("promised_limit", "21")], "promised_limit", "promise_too_long").await;
    check(&[("fee", "也许")], "fee", "malformed").await;
    check(&[("fee", "是")], "fee", "missing").await;
    check(&[("phone", "")], "phone", "missing").await;
    check(&[("flow_steps", "")], "flow_steps", "missing").await;
    check(&[("status", "停用")], "status", "malformed").await;
    check(&[("status", "已取消")], "cancelled_on", "missing").await;
    let sp = [("item_code", "33030300SJ-SP-0001")];
    check(&sp, "item_code", "type_abolished").await;
    assert_eq!(number_of_items(&world).await, 0);
}

#[tokio::test]
async fn one_bad_row_keeps_the_whole_file_out() {
    let world = World::empty().await;
    let rows = [
        row(&[]),
        row(&[("item_code", "33030300SJ-XK-0102"), ("name", "")]),
        row(&[("item_code", "33030300SJ-XK-0101"), ("name", "另一许可")]),
    ];
    let report = report(&world, &rows).await;
    let row = |line: u64, field: &str, code: &str| (line, field.to_owned(), code.to_owned());
    assert_eq!(
        refused(&report),
        [
            row(2, "", "batch_refused"),
            row(3, "name", "missing"),
            row(4, "item_code", "duplicate_code")
        ]
    );
    assert_eq!((report.accepted, report.refused, report.applied), (0, 3, false));
    assert_eq!(number_of_items(&world).await, 0);
    let good = super::broken::report(&world, &rows[..1]).await;
    assert_eq!((good.accepted, good.applied), (1, true));
    assert_eq!(number_of_items(&world).await, 1);
}

#[tokio::test]
async fn without_confirmation_nothing_is_entered_and_the_attempt_is_recorded() {
    let world = World::empty().await;
    for confirmed_by in [None, Some(""), Some("龙湾区司法局"), Some("，1号"), Some("局,")] {
        let order = ImportOrder {
            bytes: file(&[row(&[])]),
            confirmed_by: confirmed_by.map(str::to_owned),
            ..ImportOrder::default()
        };
        let stop = import(&world.chronicle, Actor::system(), order).await.unwrap_err();
        let refusal = refusal(stop);
        assert_eq!(refusal.code, "catalogue.import.unconfirmed");
        assert!(refusal.article.unwrap().contains("R20、R22"));
    }
    assert_eq!(number_of_items(&world).await, 0);
    let events = world
        .chronicle
        .read(|reader| reader.events("catalogue", "330303"))
        .await
        .unwrap();
    let attempts = events
        .iter()
        .filter(|event| event.envelope.kind == "catalogue.import_refused");
    assert_eq!(attempts.count(), 5);
}

#[tokio::test]
async fn only_the_system_administrator_may_import() {
    let world = World::empty().await;
    let clerk = Actor {
        account: "acc-clerk".into(),
        kind: ActorKind::Official,
        ..Actor::public()
    };
    let order = ImportOrder {
        bytes: file(&[row(&[])]),
        confirmed_by: Some(CONFIRMED.into()),
        ..ImportOrder::default()
    };
    let stop = import(&world.chronicle, clerk, order.clone()).await.unwrap_err();
    assert_eq!(refusal(stop).code, "people.not_permitted");
    let administrator = Actor {
        account: "acc-admin".into(),
        kind: ActorKind::Administrator,
        roles: vec!["system_admin".into()],
        ..Actor::public()
    };
    let report = import(&world.chronicle, administrator, order).await.unwrap();
    assert!(report.applied);
}

#[tokio::test]
async fn a_dry_run_judges_and_writes_nothing() {
    let world = World::empty().await;
    let before = world.chronicle.read(|reader| reader.head()).await.unwrap();
    for confirmed_by in [Some(CONFIRMED.to_owned()), None] {
        let order = ImportOrder {
            bytes: file(&[row(&[])]),
            dry_run: true,
            confirmed_by: confirmed_by.clone(),
            ..ImportOrder::default()
        };
        let judged = import(&world.chronicle, Actor::system(), order).await;
        match confirmed_by {
            Some(_) => assert_eq!(
                judged.map(|report| (report.accepted, report.applied)).unwrap(),
                (1, false)
            ),
            None => assert!(judged.is_err()),
        }
    }
    assert_eq!(world.chronicle.read(|reader| reader.head()).await.unwrap(), before);
}

#[tokio::test]
async fn a_code_is_never_used_again() {
    let world = World::empty().await;
    report(&world, &[row(&[])]).await;
    let over = [("status", "已取消"), ("cancelled_on", "2026-03-01")];
    assert!(report(&world, &[row(&over)]).await.applied);
    assert_eq!(report(&world, &[row(&over)]).await.unchanged, 1);
    let again = report(&world, &[row(&[("name", "新的许可")])]).await;
    assert_eq!(refused(&again), [(2, "item_code".into(), "code_taken".into())]);
}

#[tokio::test]
async fn a_confirmed_change_is_another_version() {
    let world = World::empty().await;
    report(&world, &[row(&[])]).await;
    world.clock.advance_hours(48);
    let changed = report(&world, &[row(&[("promised_limit", "8")])]).await;
    assert_eq!(changed.accepted, 1);
    let item = world
        .chronicle
        .read(|reader| Ok((*reader.load::<Item>("33030300SJ-XK-0101")?).clone()))
        .await
        .unwrap();
    assert_eq!(item.versions().len(), 2);
    let promised = |day: &str| {
        let version = item.current(day.parse().unwrap()).unwrap();
        (version.version, version.promised_limit.as_ref().unwrap().amount)
    };
    assert_eq!(promised("2026-03-02"), (1, 10));
    assert_eq!(promised("2026-03-04"), (2, 8));
}

#[tokio::test]
async fn two_items_of_a_body_do_not_share_a_name() {
    let world = World::empty().await;
    let twin = row(&[("item_code", "33030300SJ-XK-0102")]);
    let together = report(&world, &[row(&[]), twin.clone()]).await;
    assert!(refused(&together).contains(&(3, "name".into(), "duplicate_name".into())));
    report(&world, &[row(&[])]).await;
    let later = report(&world, &[twin]).await;
    assert_eq!(refused(&later), [(2, "name".into(), "duplicate_name".into())]);
}

#[tokio::test]
async fn flows_and_forms_are_read_before_they_are_entered() {
    let world = World::empty().await;
    let text = String::from_utf8(demo_file("items/food-permit.json")).unwrap();
    let import_with = async |flow: Option<&[u8]>, form: Option<&[u8]>| {
        let mut order = ImportOrder {
            bytes: text.clone().into_bytes(),
            confirmed_by: Some(CONFIRMED.into()),
            ..ImportOrder::default()
        };
        let files = [("flows/food-permit.bpmn", flow), ("forms/food-permit.json", form)];
        for (name, content) in files {
            if let Some(content) = content {
                order.attachments.insert(name.into(), content.to_vec());
            }
        }
        let report = import(&world.chronicle, Actor::system(), order).await.unwrap();
        let codes: Vec<String> = refused(&report).into_iter().map(|(.., code)| code).collect();
        codes
    };
    let (flow, form) = (demo_file("flows/food-permit.bpmn"), demo_file("forms/food-permit.json"));
    let has = |codes: &[String], code: &str| assert!(codes.iter().any(|found| found == code), "{code}: {codes:?}");
    has(&import_with(None, Some(&form)).await, "attachment_missing");
    has(&import_with(Some(b"<xml/>"), Some(&form)).await, "flow_invalid");
    has(&import_with(Some(&flow), Some(b"{}")).await, "form_invalid");
    has(&import_with(Some(&flow), Some(b"\xFF")).await, "encoding");
    assert_eq!(import_with(Some(&flow), Some(&form)).await, Vec::<String>::new());
}
