//! What the places do otherwise with a change, by their own profiles and on both engines: in Zhenjiang the body enters what
//! was confirmed within its limit (R29), in Wenzhou the approval-management body reviews approval items (R33).

use std::collections::BTreeMap;
use std::sync::Arc;

use mingjing_catalogue::change::{ChangeEvent, ChangeKind, ChangeState, ItemChange};
use mingjing_catalogue::{
    Answer, ApprovalAnswer, ChangeOrder, ReviewForApproval, change_rows, enter_change, file_change, jobs,
    reply_to_change, review_for_approval, views, withdraw_change,
};
use mingjing_chronicle::{Blueprint, Parameters, Request, Stop, params};
use mingjing_testkit::for_each_engine;

use crate::changes::{BODY, ITEM, clerk, code, confirm, day, office, officer, promise, reply, row, shorter};
use crate::world::{World, demo_file};

/// A confirmation by the body: no approval item.
pub const OTHER: &str = "33030300SJ-QR-0002";
const SECOND_PERMIT: &str = "33030300SJ-XK-0002";

/// As `profiles/<name>.toml` has them.
fn profile(name: &str) -> Parameters {
    let text = String::from_utf8(demo_file(&format!("../profiles/{name}.toml"))).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let values: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, value)| (key.trim_matches('"').to_owned(), value.trim_matches('"').to_owned()))
        .collect();
    Parameters {
        version: format!("{name}-{}", values["version"]),
        values,
    }
}

/// The city under a place's profile, on each engine; it is 2 March 2026.
pub async fn in_the_place(name: &'static str, test: impl AsyncFn(&World)) {
    let plan = move || {
        let blueprint = Blueprint::new("330303", "test")
            .parameters(profile(name))
            .views(views())
            .views(mingjing_people::views::all());
        jobs()
            .into_iter()
            .fold(blueprint, |blueprint, (kind, handler)| blueprint.job(kind, handler))
    };
    for_each_engine(plan, async |office| {
        let world = World {
            chronicle: Arc::clone(&office.chronicle),
            clock: office.clock.clone(),
        };
        world.furnish().await;
        for file in ["items/catalogue.csv", "items/food-permit.json"] {
            assert!(world.import(demo_file(file)).await.unwrap().applied, "{file}");
        }
        test(&world).await;
        office.assert_portable().await;
    })
    .await;
}

pub fn approver() -> Request {
    Request::by(officer("approver", "approval_manager", "33030300SG"))
}

fn agree() -> ReviewForApproval {
    say(ApprovalAnswer::Agree, "")
}

fn say(answer: ApprovalAnswer, text: &str) -> ReviewForApproval {
    ReviewForApproval {
        answer,
        text: text.into(),
    }
}

impl World {
    /// Files another phone number for an item, or what the edit makes of that.
    pub async fn filed(&self, item_code: &str, phone: &str, edit: impl Fn(&mut ChangeOrder)) -> Result<String, Stop> {
        let rows = row(self, item_code, &[("phone", phone.into())]).await;
        let mut order = shorter(&rows);
        order.effective_on = self.clock.today();
        edit(&mut order);
        file_change(&self.chronicle, clerk(), None, order).await
    }

    pub async fn replied(&self, change_no: &str) -> Result<(), Stop> {
        reply_to_change(&self.chronicle, office(), change_no.into(), None, confirm()).await
    }

    async fn entered(&self, by: Request, change_no: &str) -> Result<(), Stop> {
        let done = enter_change(&self.chronicle, by, change_no.into(), None).await;
        done.map(|done| done.value)
    }

    async fn reviewed(&self, by: Request, change_no: &str, command: ReviewForApproval) -> Result<(), Stop> {
        review_for_approval(&self.chronicle, by, change_no.into(), None, command).await
    }

    async fn withdrawn(&self, change_no: &str) -> Result<(), Stop> {
        withdraw_change(&self.chronicle, clerk(), change_no.into(), "情况有变化".into()).await
    }

    /// State, whether it waits for the approval-management body, until when it is to be entered: as it is listed.
    async fn listed_change(&self, change_no: &str) -> (String, bool, Option<String>) {
        let change_no = change_no.to_owned();
        let read = self.chronicle.read(move |reader| {
            let sql = "SELECT state, awaits_approval, entry_due FROM {item_change_list} WHERE change_no = $1";
            reader.query_one(sql, &params![&change_no])
        });
        let row = read.await.unwrap().unwrap();
        (
            row.text(0).to_owned(),
            row.int(1) == 1,
            row.date(2).map(|due| due.to_string()),
        )
    }

    async fn attempts(&self) -> i64 {
        let read = self.chronicle.read(|reader| {
            let sql = "SELECT COUNT(*) FROM event WHERE kind = 'catalogue.change_refused'";
            Ok(reader.query_one(sql, &[])?.map_or(0, |row| row.int(0)))
        });
        read.await.unwrap()
    }

    async fn version(&self, item_code: &str) -> i32 {
        self.item(item_code).await.latest().unwrap().version
    }
}

/// Whether what was entered last was late.
fn late(change: &ItemChange) -> Option<bool> {
    change.steps.iter().rev().find_map(|step| match &step.event {
        ChangeEvent::Entered(entered) => Some(entered.late),
        _ => None,
    })
}

#[tokio::test]
async fn given_zhenjiang_when_confirmed_then_the_body_enters_it_and_nobody_else() {
    in_the_place("zhenjiang", async |world| {
        let no = world.filed(OTHER, "0577-2", |_| {}).await.unwrap();
        let early = world.entered(clerk(), &no).await;
        assert_eq!(code(early), "catalogue.change.not_waiting", "not confirmed yet");
        world.replied(&no).await.unwrap();

        // Nothing is entered, in force or announced; ten days run from the confirmation.
        assert_eq!(world.change(&no).await.state, ChangeState::Waiting);
        assert_eq!(world.version(OTHER).await, 1);
        assert_eq!(world.announced().await, Vec::<String>::new());
        let listed = ("waiting".to_owned(), false, Some("2026-03-12".to_owned()));
        assert_eq!(world.listed_change(&no).await, listed);

        let by_office = world.entered(office(), &no).await;
        assert_eq!(code(by_office), "people.not_permitted");
        let handler = Request::by(officer("handler", "handler", BODY));
        assert_eq!(code(world.entered(handler, &no).await), "people.not_permitted");
        let other = Request::by(officer("other", "legal_reviewer", "33030300JT"));
        assert_eq!(code(world.entered(other, &no).await), "catalogue.change.unknown");
        assert_eq!(world.attempts().await, 3, "each of them is recorded (R22)");
        let nowhere = world.entered(clerk(), "330303-TZ20260302-NOWHERE").await;
        assert_eq!(code(nowhere), "catalogue.change.unknown");
        assert_eq!(world.attempts().await, 3, "there was nothing to attempt");

        assert_eq!(code(world.replied(&no).await), "catalogue.change.not_reviewing");
        assert_eq!(
            code(world.withdrawn(&no).await),
            "catalogue.change.must_be_entered",
            "a body does not leave undone what was confirmed"
        );

        world.clock.set("2026-03-05T02:00:00Z".parse().unwrap());
        world.entered(clerk(), &no).await.unwrap();
        let item = world.item(OTHER).await;
        let version = item.latest().unwrap();
        assert_eq!((version.version, version.phone.as_str()), (2, "0577-2"));
        assert_eq!(version.valid_from, day("2026-03-05"), "not before it is entered");
        assert_eq!(version.confirmation.document_no, "龙司法〔2026〕9号");
        let change = world.change(&no).await;
        assert_eq!((change.state, late(&change)), (ChangeState::Confirmed, Some(false)));
        assert_eq!(world.announced().await, [OTHER]);
        let again = world.entered(clerk(), &no).await;
        assert_eq!(code(again), "catalogue.change.not_waiting");
        assert_eq!(code(world.withdrawn(&no).await), "catalogue.change.over");
        let check = mingjing_chronicle::operate::rebuild_check(&world.chronicle)
            .await
            .unwrap();
        assert!(check.equal(), "{check:?}");
    })
    .await;
}

#[tokio::test]
async fn given_zhenjiang_when_the_limit_is_past_then_it_is_entered_and_late() {
    in_the_place("zhenjiang", async |world| {
        let later = |order: &mut ChangeOrder| order.effective_on = day("2026-04-01");
        let no = world.filed(OTHER, "0577-2", later).await.unwrap();
        world.replied(&no).await.unwrap();
        world.clock.set("2026-03-12T15:59:59Z".parse().unwrap());
        let in_time = world.filed(ITEM, "0577-3", |_| {}).await.unwrap();
        world.replied(&in_time).await.unwrap();
        world.entered(clerk(), &in_time).await.unwrap();
        assert_eq!(late(&world.change(&in_time).await), Some(false));

        world.clock.set("2026-03-12T16:00:00Z".parse().unwrap());
        world.entered(clerk(), &no).await.unwrap();
        assert_eq!(late(&world.change(&no).await), Some(true), "the 13th in China");
        let item = world.item(OTHER).await;
        assert_eq!(item.latest().unwrap().valid_from, day("2026-04-01"));
        assert_eq!(world.announced().await, [ITEM], "its day is still to come");
        world.clock.set("2026-03-31T16:00:00Z".parse().unwrap());
        assert_eq!(world.announced().await, [OTHER, ITEM]);
    })
    .await;
}

#[tokio::test]
async fn given_zhenjiang_when_another_change_came_first_then_it_is_withdrawn_and_filed_anew() {
    in_the_place("zhenjiang", async |world| {
        let first = world.filed(OTHER, "0577-2", |_| {}).await.unwrap();
        let second = world.filed(OTHER, "0577-3", |_| {}).await.unwrap();
        world.replied(&first).await.unwrap();
        world.replied(&second).await.unwrap();
        world.entered(clerk(), &second).await.unwrap();
        let Err(Stop::Refusal(refusal)) = world.entered(clerk(), &first).await else {
            panic!("it stands on a version that is no longer the last");
        };
        assert_eq!(refusal.code, "catalogue.change.moved_on");
        assert!(refusal.advice.unwrap().contains("撤回"), "it says what the body can do");
        assert_eq!(world.version(OTHER).await, 2);

        world.withdrawn(&first).await.unwrap();
        assert_eq!(world.change(&first).await.state, ChangeState::Withdrawn);
        assert_eq!(world.announced().await, [OTHER], "the second one alone");
        let anew = world.filed(OTHER, "0577-2", |_| {}).await.unwrap();
        world.replied(&anew).await.unwrap();
        world.entered(clerk(), &anew).await.unwrap();
        assert_eq!(world.version(OTHER).await, 3);
    })
    .await;
}

#[tokio::test]
async fn given_a_place_without_the_limit_or_whose_legal_office_adjusts_when_confirmed_then_it_is_entered_at_once() {
    for place in ["chengdu", "suqian"] {
        in_the_place(place, async |world| {
            let no = world.filed(ITEM, "0577-2", |_| {}).await.unwrap();
            world.replied(&no).await.unwrap();
            let change = world.change(&no).await;
            assert_eq!(change.state, ChangeState::Confirmed, "{place}");
            assert!(!change.filed.unwrap().approval_review, "{place} asks nobody else");
            assert_eq!(world.version(ITEM).await, 2, "{place}");
            assert_eq!(world.announced().await, [ITEM], "{place}");
            let entered = world.entered(clerk(), &no).await;
            assert_eq!(code(entered), "catalogue.change.not_waiting");
        })
        .await;
    }
}

#[test]
fn what_was_recorded_before_means_what_it_meant() {
    // As it was written in Zhenjiang when confirming still entered: with T3, and without a word on waiting.
    let confirmed = serde_json::json!({"confirmed": {
        "opinion": {"points": [], "text": ""},
        "confirmation": {"body": "演示司法局", "document_no": "演示1号"},
        "to_update": {
            "from": "2026-03-02", "amount": 10, "unit": "日", "due": "2026-03-12", "why": [], "parameters": "zhenjiang-2026-1"
        }
    }});
    let ChangeEvent::Confirmed(confirmed) = serde_json::from_value(confirmed).unwrap() else {
        panic!("another event");
    };
    assert!(!confirmed.waits, "its items were written with it");
    let clock = serde_json::to_value(confirmed.to_update).unwrap();
    let filed = serde_json::json!({"filed": {
        "body": BODY, "body_name": "演示单位", "area": "330303", "to_reply": clock,
        "proposal": {
            "kind": "cancel", "effective_on": "2026-03-02", "reasons": "演示", "endings": [ITEM],
            "trigger": {"kind": "functions", "on": "2026-03-01", "document": "演示通知"}
        }
    }});
    let ChangeEvent::Filed(filed) = serde_json::from_value(filed).unwrap() else {
        panic!("another event");
    };
    assert!(filed.proposal.touches_approval());
    assert!(!filed.approval_review, "nobody else was asked then");
}

#[tokio::test]
async fn given_wenzhou_when_a_permit_changes_then_the_approval_management_body_agrees_first() {
    in_the_place("wenzhou", async |world| {
        let no = world.filed(ITEM, "0577-2", |_| {}).await.unwrap();
        assert!(world.listed_change(&no).await.1, "it waits for that body");
        assert_eq!(code(world.replied(&no).await), "catalogue.change.approval_pending");

        let by_office = world.reviewed(office(), &no, agree()).await;
        assert_eq!(code(by_office), "people.not_permitted");
        assert_eq!(world.attempts().await, 1);
        let mut elsewhere = officer("far", "approval_manager", "33030400SG");
        elsewhere.posts[0].area = "330304".into();
        let far = world.reviewed(Request::by(elsewhere), &no, agree()).await;
        assert_eq!(code(far), "catalogue.change.unknown");
        let mut both = officer("clerk", "legal_reviewer", BODY);
        both.posts
            .extend(officer("clerk", "approval_manager", "33030300SG").posts);
        let own = world.reviewed(Request::by(both), &no, agree()).await;
        assert_eq!(code(own), "catalogue.change.own");
        let mute = world.reviewed(approver(), &no, say(ApprovalAnswer::Return, " ")).await;
        assert_eq!(code(mute), "catalogue.change.needs_reasons");

        world
            .reviewed(approver(), &no, say(ApprovalAnswer::Return, "窗口没有这部电话"))
            .await
            .unwrap();
        assert_eq!(world.change(&no).await.state, ChangeState::Returned);
        assert!(!world.listed_change(&no).await.1);
        let returned = world.reviewed(approver(), &no, agree()).await;
        assert_eq!(code(returned), "catalogue.change.not_reviewing");

        let rows = row(world, ITEM, &[("phone", "0577-4".into())]).await;
        file_change(&world.chronicle, clerk(), Some(no.clone()), shorter(&rows))
            .await
            .unwrap();
        world.reviewed(approver(), &no, agree()).await.unwrap();
        assert!(!world.listed_change(&no).await.1);
        assert_eq!(world.change(&no).await.state, ChangeState::Reviewing);
        let twice = world.reviewed(approver(), &no, agree()).await;
        assert_eq!(code(twice), "catalogue.change.approval_given");

        let mut both = officer("approver", "approval_manager", "33030300SG");
        both.posts
            .extend(officer("approver", "legal_officer", "33030300SF").posts);
        let alone = reply_to_change(&world.chronicle, Request::by(both), no.clone(), None, confirm()).await;
        assert_eq!(code(alone), "catalogue.change.one_reviewer");
        assert_eq!(world.version(ITEM).await, 1);
        // The page of the legal office was opened before the other body agreed: it had the same before it.
        reply_to_change(&world.chronicle, office(), no.clone(), Some(3), confirm())
            .await
            .unwrap();
        assert_eq!(world.change(&no).await.state, ChangeState::Confirmed);
        assert_eq!(world.version(ITEM).await, 2, "no limit is set here: entered at once");
    })
    .await;
}

#[tokio::test]
async fn given_wenzhou_when_filed_again_then_it_is_agreed_to_again_and_what_is_no_permit_is_not() {
    in_the_place("wenzhou", async |world| {
        let no = world.filed(ITEM, "0577-2", |_| {}).await.unwrap();
        world.reviewed(approver(), &no, agree()).await.unwrap();
        let back = reply(Answer::Return, None, "请补充", "");
        reply_to_change(&world.chronicle, office(), no.clone(), None, back)
            .await
            .unwrap();
        let rows = row(world, ITEM, &[("phone", "0577-4".into())]).await;
        file_change(&world.chronicle, clerk(), Some(no.clone()), shorter(&rows))
            .await
            .unwrap();
        assert!(world.change(&no).await.awaits_approval(), "it agreed to something else");
        assert_eq!(code(world.replied(&no).await), "catalogue.change.approval_pending");

        let cancel = |order: &mut ChangeOrder| {
            order.kind = ChangeKind::Cancel;
            order.rows = Vec::new();
            order.endings = vec![SECOND_PERMIT.into()];
        };
        let ended = world.filed(SECOND_PERMIT, "0577-2", cancel).await.unwrap();
        assert!(
            world.change(&ended).await.awaits_approval(),
            "a permit that ends is a change of it"
        );

        let other = world.filed(OTHER, "0577-2", |_| {}).await.unwrap();
        let asked = world.reviewed(approver(), &other, agree()).await;
        assert_eq!(code(asked), "catalogue.change.no_approval_item");
        world.replied(&other).await.unwrap();
        assert_eq!(world.version(OTHER).await, 2);
    })
    .await;
}

#[tokio::test]
async fn given_wenzhou_when_a_permit_is_merged_or_suspended_then_it_is_refused_and_says_which_kind_to_use() {
    in_the_place("wenzhou", async |world| {
        let check = async |item_code: &str, edit: &dyn Fn(&mut ChangeOrder), advice: &str| {
            let Err(Stop::Refusal(refusal)) = world.filed(item_code, "0577-2", edit).await else {
                panic!("five kinds of changes and no others");
            };
            assert_eq!(refusal.code, "catalogue.change.not_of_the_five");
            assert!(refusal.article.unwrap().contains("R33"));
            assert!(refusal.advice.unwrap().contains(advice));
        };
        let suspend = |order: &mut ChangeOrder| order.kind = ChangeKind::Suspend;
        check(ITEM, &suspend, "取消").await;
        let merge = |order: &mut ChangeOrder| {
            order.kind = ChangeKind::Merge;
            order.endings = vec![SECOND_PERMIT.into()];
        };
        check(ITEM, &merge, "修改").await;
        // Nor under another name.
        let suspended = row(world, ITEM, &[("status", "suspended".into())]).await;
        let hidden = |order: &mut ChangeOrder| order.rows = change_rows(suspended.as_bytes()).unwrap();
        check(ITEM, &hidden, "取消").await;

        let other = world.filed(OTHER, "0577-2", suspend).await.unwrap();
        assert_eq!(world.change(&other).await.state, ChangeState::Reviewing);
        let shorter_promise = row(world, ITEM, &[("promised_limit", promise(14))]).await;
        let change = |order: &mut ChangeOrder| order.rows = change_rows(shorter_promise.as_bytes()).unwrap();
        world.filed(ITEM, "0577-2", change).await.unwrap();
    })
    .await;
}
