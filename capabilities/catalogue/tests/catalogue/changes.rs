//! A change from its filing to its day: who may, what is refused, what is written, and what everyone reads when.

use jiff::civil::Date;
use mingjing_catalogue::change::{ChangeKind, ChangeState, ItemChange, Point, Standard, Trigger, TriggerKind};
use mingjing_catalogue::public::Item;
use mingjing_catalogue::public::queries::{announcements, one, search};
use mingjing_catalogue::{
    Answer, ChangeOrder, ReplyToChange, change_rows, file_change, jobs, reply_to_change, withdraw_change,
};
use mingjing_chronicle::{Actor, ActorKind, Blueprint, HeldPost, Request, Stop};

use crate::world::World;

pub const ITEM: &str = "33030300SJ-XK-0001";
pub const BODY: &str = "33030300SJ";

pub fn officer(account: &str, role: &str, body: &str) -> Actor {
    Actor {
        account: account.into(),
        kind: ActorKind::Official,
        posts: vec![HeldPost {
            post: format!("{account}-post"),
            role: role.into(),
            body: body.into(),
            area: "330303".into(),
        }],
        roles: Vec::new(),
    }
}

/// The body's legal clerk.
pub fn clerk() -> Request {
    Request::by(officer("clerk", "legal_reviewer", BODY))
}

/// Of the legal office of the same level.
pub fn office() -> Request {
    Request::by(officer("office", "legal_officer", "33030300SF"))
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Shortens the promise of the food permit, from 1 April; it is 2 March.
pub fn shorter(rows: &str) -> ChangeOrder {
    ChangeOrder {
        body: BODY.into(),
        kind: ChangeKind::Change,
        trigger: Trigger {
            kind: TriggerKind::NormAmended,
            on: day("2026-02-26"),
            document: "《演示法》2026年修改".into(),
        },
        effective_on: day("2026-04-01"),
        reasons: "缩短办理时间".into(),
        rows: change_rows(rows.as_bytes()).unwrap(),
        endings: Vec::new(),
    }
}

async fn world() -> World {
    let blueprint = jobs()
        .into_iter()
        .fold(Blueprint::new("330303", "test"), |blueprint, (kind, handler)| {
            blueprint.job(kind, handler)
        });
    World::demo_with(blueprint).await
}

/// The food permit as it stands, with some cells replaced.
pub async fn row(world: &World, item_code: &str, cells: &[(&str, serde_json::Value)]) -> String {
    let all = mingjing_catalogue::export(&world.chronicle, mingjing_catalogue::Format::Json)
        .await
        .unwrap();
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&all).unwrap();
    let mut row = rows.into_iter().find(|row| row["item_code"] == item_code).unwrap();
    let object = row.as_object_mut().unwrap();
    object.remove("valid_from");
    for (key, value) in cells {
        object.insert((*key).to_owned(), value.clone());
    }
    serde_json::to_string(&[row]).unwrap()
}

pub fn promise(days: u32) -> serde_json::Value {
    serde_json::json!({"amount": days, "unit": "working_day", "start": "acceptance", "basis": "演示承诺"})
}

fn points(failing: Option<(Standard, &str)>) -> Vec<Point> {
    let point = |standard| match failing {
        Some((one, remark)) if one == standard => Point {
            standard,
            holds: false,
            remark: remark.to_owned(),
        },
        _ => Point {
            standard,
            holds: true,
            remark: String::new(),
        },
    };
    Standard::ALL.into_iter().map(point).collect()
}

pub fn reply(answer: Answer, failing: Option<(Standard, &str)>, text: &str, document_no: &str) -> ReplyToChange {
    ReplyToChange {
        answer,
        points: points(failing),
        text: text.into(),
        document_no: document_no.into(),
    }
}

pub fn confirm() -> ReplyToChange {
    reply(Answer::Confirm, None, "", "龙司法〔2026〕9号")
}

pub fn code<T: std::fmt::Debug>(stopped: Result<T, Stop>) -> String {
    match stopped.unwrap_err() {
        Stop::Refusal(refusal) => refusal.code.to_string(),
        other => panic!("{other:?}"),
    }
}

impl World {
    pub async fn item(&self, item_code: &str) -> Item {
        let id = item_code.to_owned();
        let read = self
            .chronicle
            .read(move |reader| Ok((*reader.load::<Item>(&id)?.state).clone()));
        read.await.unwrap()
    }

    pub async fn change(&self, change_no: &str) -> ItemChange {
        let id = change_no.to_owned();
        let read = self
            .chronicle
            .read(move |reader| Ok((*reader.load::<ItemChange>(&id)?.state).clone()));
        read.await.unwrap()
    }

    /// The promise as the list of items shows it.
    async fn listed(&self, item_code: &str) -> Option<String> {
        let id = item_code.to_owned();
        let read = self.chronicle.read(move |reader| one(reader, &id)).await.unwrap();
        read.map(|row| format!("{} {}", if row.active { "在用" } else { "不在用" }, row.promised))
    }

    pub async fn announced(&self) -> Vec<String> {
        let today = self.clock.today();
        let rows = self
            .chronicle
            .read(move |reader| announcements(reader, today, 10))
            .await
            .unwrap();
        rows.into_iter()
            .flat_map(|row| row.items)
            .map(|item| item.item_code)
            .collect()
    }
}

#[tokio::test]
async fn a_change_is_filed_returned_filed_again_confirmed_and_holds_from_its_day() {
    let world = world().await;
    let before = world.item(ITEM).await.latest().unwrap().clone();
    let days = before.promised_limit.as_ref().unwrap().amount;
    let rows = row(&world, ITEM, &[("promised_limit", promise(days - 1))]).await;
    let no = file_change(&world.chronicle, clerk(), None, shorter(&rows))
        .await
        .unwrap();
    let filed = world.change(&no).await.filed.unwrap();
    // T1: 10 working days from 26 February, the make-up Saturday of 28 February among them; T2: 5 working days from today, 2 March.
    assert_eq!(filed.to_apply.unwrap().due, Some(day("2026-03-11")));
    assert_eq!(filed.to_reply.due, Some(day("2026-03-09")));
    assert!(!filed.late);

    let back = reply(Answer::Return, Some((Standard::Procedure, "缺内部时限")), "请补充", "");
    reply_to_change(&world.chronicle, office(), no.clone(), None, back)
        .await
        .unwrap();
    assert_eq!(world.change(&no).await.state, ChangeState::Returned);
    let rows = row(&world, ITEM, &[("promised_limit", promise(days - 2))]).await;
    file_change(&world.chronicle, clerk(), Some(no.clone()), shorter(&rows))
        .await
        .unwrap();
    reply_to_change(&world.chronicle, office(), no.clone(), None, confirm())
        .await
        .unwrap();

    // Entered, and not yet in force: nobody sees it but who looks for the version that comes.
    let item = world.item(ITEM).await;
    assert_eq!(item.latest().unwrap().version, before.version + 1);
    assert_eq!(item.latest().unwrap().confirmation.document_no, "龙司法〔2026〕9号");
    let promised = |item: &Item, on: &str| item.current(day(on)).unwrap().promised_limit.as_ref().unwrap().amount;
    assert_eq!(
        (promised(&item, "2026-03-31"), promised(&item, "2026-04-01")),
        (days, days - 2)
    );
    assert_eq!(world.listed(ITEM).await, Some(format!("在用 {days}个工作日")));
    assert_eq!(world.announced().await, Vec::<String>::new());

    // The first moment of its day in China; the job may come late and may come twice.
    world.clock.set("2026-03-31T16:00:05Z".parse().unwrap());
    for _ in 0..2 {
        world.chronicle.settle().await.unwrap();
    }
    assert_eq!(world.listed(ITEM).await, Some(format!("在用 {}个工作日", days - 2)));
    assert_eq!(world.announced().await, [ITEM]);
    let events = world.chronicle.read(|reader| {
        let sql = "SELECT COUNT(*) FROM event WHERE kind = 'item.took_effect'";
        Ok(reader.query_one(sql, &[])?.map(|row| row.int(0)))
    });
    assert_eq!(events.await.unwrap(), Some(1));
}

#[tokio::test]
async fn a_confirmation_after_the_day_holds_from_the_confirmation() {
    let world = world().await;
    let rows = row(&world, ITEM, &[("phone", "0577-2".into())]).await;
    let no = file_change(&world.chronicle, clerk(), None, shorter(&rows))
        .await
        .unwrap();
    world.clock.set("2026-04-10T02:00:00Z".parse().unwrap());
    reply_to_change(&world.chronicle, office(), no.clone(), None, confirm())
        .await
        .unwrap();
    let item = world.item(ITEM).await;
    assert_eq!(item.latest().unwrap().valid_from, day("2026-04-10"));
    assert!(
        world.change(&no).await.confirmed().unwrap().opinion.late,
        "T2 ran out on 9 March"
    );
    assert_eq!(world.announced().await, [ITEM]);
}

#[tokio::test]
async fn who_may_not_is_refused_and_the_attempt_is_recorded() {
    let world = world().await;
    let rows = row(&world, ITEM, &[("phone", "0577-2".into())]).await;
    let handler = Request::by(officer("handler", "handler", BODY));
    let filed = file_change(&world.chronicle, handler, None, shorter(&rows)).await;
    assert_eq!(code(filed), "people.not_permitted");
    let other = Request::by(officer("other", "legal_reviewer", "33030300JT"));
    let foreign = file_change(&world.chronicle, other, None, shorter(&rows)).await;
    assert_eq!(code(foreign), "catalogue.change.unknown");

    let no = file_change(&world.chronicle, clerk(), None, shorter(&rows))
        .await
        .unwrap();
    let by_clerk = reply_to_change(&world.chronicle, clerk(), no.clone(), None, confirm()).await;
    assert_eq!(code(by_clerk), "people.not_permitted");
    let mut elsewhere = officer("elsewhere", "legal_officer", "33030400SF");
    elsewhere.posts[0].area = "330304".into();
    let far = reply_to_change(&world.chronicle, Request::by(elsewhere), no.clone(), None, confirm()).await;
    assert_eq!(code(far), "catalogue.change.unknown");
    // One person with both posts may file and may not confirm it.
    let mut both = officer("clerk", "legal_reviewer", BODY);
    both.posts.extend(officer("clerk", "legal_officer", "33030300SF").posts);
    let own = reply_to_change(&world.chronicle, Request::by(both), no.clone(), None, confirm()).await;
    assert_eq!(code(own), "catalogue.change.own");

    assert_eq!(world.item(ITEM).await.latest().unwrap().version, 1);
    let attempts = world.chronicle.read(|reader| {
        let sql = "SELECT COUNT(*) FROM event WHERE kind = 'catalogue.change_refused'";
        Ok(reader.query_one(sql, &[])?.map(|row| row.int(0)))
    });
    assert_eq!(
        attempts.await.unwrap(),
        Some(1),
        "the one without any right to reply (R22)"
    );
}

#[tokio::test]
async fn an_opinion_goes_standard_by_standard() {
    let world = world().await;
    let rows = row(&world, ITEM, &[("phone", "0577-2".into())]).await;
    let no = file_change(&world.chronicle, clerk(), None, shorter(&rows))
        .await
        .unwrap();
    let check = async |command: ReplyToChange, expected: &str| {
        let replied = reply_to_change(&world.chronicle, office(), no.clone(), None, command).await;
        assert_eq!(code(replied), expected);
    };
    let doubt = Some((Standard::Competence, "依据已经废止"));
    let mut short = confirm();
    short.points.pop();
    check(short, "catalogue.change.points").await;
    let mute = Some((Standard::Competence, " "));
    check(reply(Answer::Return, mute, "理由", ""), "catalogue.change.needs_remark").await;
    check(
        reply(Answer::Confirm, doubt, "", "1号"),
        "catalogue.change.does_not_hold",
    )
    .await;
    check(reply(Answer::Return, doubt, " ", ""), "catalogue.change.needs_reasons").await;
    check(reply(Answer::Refuse, None, "", ""), "catalogue.change.needs_reasons").await;
    check(reply(Answer::Confirm, None, "", " "), "catalogue.change.needs_document").await;
    let refuse = reply(Answer::Refuse, doubt, "没有依据", "");
    reply_to_change(&world.chronicle, office(), no.clone(), None, refuse)
        .await
        .unwrap();
    check(confirm(), "catalogue.change.not_reviewing").await;
    let withdrawn = withdraw_change(&world.chronicle, clerk(), no.clone(), "不报了".into()).await;
    assert_eq!(code(withdrawn), "catalogue.change.over");
    let again = file_change(&world.chronicle, clerk(), Some(no.clone()), shorter(&rows)).await;
    assert_eq!(code(again), "catalogue.change.not_open");
}

#[tokio::test]
async fn what_could_not_be_entered_is_not_filed() {
    let world = world().await;
    let as_it_is = row(&world, ITEM, &[]).await;
    let check = async |order: ChangeOrder, expected: &str, field: &str| match file_change(
        &world.chronicle,
        clerk(),
        None,
        order,
    )
    .await
    .unwrap_err()
    {
        Stop::Refusal(refusal) => {
            assert_eq!(refusal.code, expected);
            let fields: Vec<&str> = refusal.fields.iter().map(|error| error.field.as_ref()).collect();
            assert!(field.is_empty() || fields.contains(&field), "{expected}: {fields:?}");
        }
        other => panic!("{other:?}"),
    };
    check(shorter(&as_it_is), "catalogue.change.nothing", "").await;
    let too_long = row(&world, ITEM, &[("promised_limit", promise(99))]).await;
    check(shorter(&too_long), "catalogue.change.not_in_order", "promised_limit").await;
    // The chart's own steps take 13 working days from acceptance to decision: its proof is asked for at this door, too.
    let too_short = row(&world, ITEM, &[("promised_limit", promise(12))]).await;
    check(shorter(&too_short), "catalogue.change.not_in_order", "flow").await;
    let baseless = row(&world, ITEM, &[("legal_bases", serde_json::json!([]))]).await;
    check(shorter(&baseless), "catalogue.change.not_in_order", "legal_bases").await;
    // A permit cannot rest on a normative document alone (许可法 17).
    let low = serde_json::json!([{"law": "演示通知", "rank": "normative_document"}]);
    let low = row(&world, ITEM, &[("legal_bases", low)]).await;
    check(shorter(&low), "catalogue.change.not_in_order", "legal_bases").await;

    let phone = row(&world, ITEM, &[("phone", "0577-2".into())]).await;
    let with = |edit: &dyn Fn(&mut ChangeOrder)| {
        let mut order = shorter(&phone);
        edit(&mut order);
        order
    };
    check(
        with(&|order| order.reasons = " ".into()),
        "catalogue.change.needs_reasons",
        "",
    )
    .await;
    let past = with(&|order| order.effective_on = day("2026-03-01"));
    check(past, "catalogue.change.effective_on", "effective_on").await;
    let future = with(&|order| order.trigger.on = day("2026-03-03"));
    check(future, "catalogue.change.trigger", "trigger_on").await;
    for kind in [
        ChangeKind::Add,
        ChangeKind::Split,
        ChangeKind::Merge,
        ChangeKind::Cancel,
    ] {
        check(with(&|order| order.kind = kind), "catalogue.change.items", "").await;
    }
    check(
        with(&|order| order.kind = ChangeKind::Delegate),
        "catalogue.change.items",
        "",
    )
    .await;
    let foreign = row(&world, "33030300JT-CF-0001", &[("phone", "0577-2".into())]).await;
    check(shorter(&foreign), "catalogue.change.items", "").await;
}

#[tokio::test]
async fn two_changes_of_one_item_do_not_overwrite_one_another() {
    let world = world().await;
    let phone = row(&world, ITEM, &[("phone", "0577-2".into())]).await;
    let place = row(&world, ITEM, &[("place", "新址".into())]).await;
    let first = file_change(&world.chronicle, clerk(), None, shorter(&phone))
        .await
        .unwrap();
    let second = file_change(&world.chronicle, clerk(), None, shorter(&place))
        .await
        .unwrap();
    reply_to_change(&world.chronicle, office(), second, None, confirm())
        .await
        .unwrap();
    let stale = reply_to_change(&world.chronicle, office(), first, None, confirm()).await;
    assert_eq!(code(stale), "catalogue.change.moved_on");
    assert_eq!(world.item(ITEM).await.latest().unwrap().place, "新址");
}

#[tokio::test]
async fn a_stale_page_is_a_conflict() {
    let world = world().await;
    let phone = row(&world, ITEM, &[("phone", "0577-2".into())]).await;
    let no = file_change(&world.chronicle, clerk(), None, shorter(&phone))
        .await
        .unwrap();
    withdraw_change(&world.chronicle, clerk(), no.clone(), "改一处".into())
        .await
        .unwrap();
    let replied = reply_to_change(&world.chronicle, office(), no, Some(1), confirm()).await;
    assert!(matches!(replied, Err(Stop::Conflict(_))), "{replied:?}");
}

#[tokio::test]
async fn suspending_splitting_and_cancelling() {
    let world = world().await;
    let as_it_is = row(&world, ITEM, &[]).await;
    let mut suspend = shorter(&as_it_is);
    suspend.kind = ChangeKind::Suspend;
    suspend.effective_on = day("2026-03-02");
    let no = file_change(&world.chronicle, clerk(), None, suspend).await.unwrap();
    reply_to_change(&world.chronicle, office(), no, None, confirm())
        .await
        .unwrap();
    let item = world.item(ITEM).await;
    assert!(item.current(day("2026-03-02")).is_none(), "nothing new may be begun");
    assert!(item.current(day("2026-03-01")).is_some());
    assert!(world.listed(ITEM).await.unwrap().starts_with("不在用"));
    // A later version that is active again ends the suspension.
    let resume = row(&world, ITEM, &[("status", "active".into())]).await;
    let mut resumed = shorter(&resume);
    resumed.effective_on = day("2026-03-02");
    let no = file_change(&world.chronicle, clerk(), None, resumed).await.unwrap();
    reply_to_change(&world.chronicle, office(), no, None, confirm())
        .await
        .unwrap();
    assert!(world.item(ITEM).await.current(day("2026-03-02")).is_some());

    // One becomes two: the old code ends, and is never used again (R191).
    let one = row(
        &world,
        ITEM,
        &[("item_code", "33030300SJ-XK-0091".into()), ("name", "甲类许可".into())],
    )
    .await;
    let two = row(
        &world,
        ITEM,
        &[("item_code", "33030300SJ-XK-0092".into()), ("name", "乙类许可".into())],
    )
    .await;
    let both = format!("[{},{}]", one.trim_matches(['[', ']']), two.trim_matches(['[', ']']));
    let mut split = shorter(&both);
    split.kind = ChangeKind::Split;
    split.endings = vec![ITEM.into()];
    let no = file_change(&world.chronicle, clerk(), None, split).await.unwrap();
    reply_to_change(&world.chronicle, office(), no, None, confirm())
        .await
        .unwrap();
    assert!(
        world.item(ITEM).await.current(day("2026-03-31")).is_some(),
        "until the day"
    );
    assert!(world.item(ITEM).await.current(day("2026-04-01")).is_none());
    let found = async |world: &World| {
        let hits = world
            .chronicle
            .read(|reader| search(reader, "330303", "乙类许可"))
            .await
            .unwrap();
        hits.iter().any(|hit| hit.item_code == "33030300SJ-XK-0092")
    };
    assert!(!found(&world).await, "what comes is not found yet");
    world.clock.set("2026-03-31T16:00:01Z".parse().unwrap());
    world.chronicle.settle().await.unwrap();
    assert!(found(&world).await);
    assert!(world.listed(ITEM).await.unwrap().starts_with("不在用"));
    let reused = row(&world, "33030300SJ-XK-0091", &[("item_code", ITEM.into())]).await;
    let mut add = shorter(&reused);
    add.kind = ChangeKind::Add;
    let taken = file_change(&world.chronicle, clerk(), None, add).await;
    assert_eq!(code(taken), "catalogue.change.not_in_order");
}
