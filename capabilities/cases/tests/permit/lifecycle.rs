//! What a text cannot say: stale pages, crossing and repeated submits, erased payloads, the public record's content.

use mingjing_cases::case::Case;
use mingjing_cases::clock::ClockKind;
use mingjing_cases::commands::{self, Command};
use mingjing_cases::decide::accept::Accept;
use mingjing_cases::decide::ask_supplement::AskSupplement;
use mingjing_cases::decide::decide::Decide;
use mingjing_cases::decide::examine::Examine;
use mingjing_cases::decide::review::Review;
use mingjing_cases::decide::serve::{Serve, Way};
use mingjing_cases::decide::site_check::RecordSiteCheck;
use mingjing_cases::decide::{complete::Complete, issue::Issue, release::ReviewRelease};
use mingjing_cases::drafts::{self, DraftContent};
use mingjing_cases::events::{CaseState, Decision, Release, Stance, SupplementItem};
use mingjing_cases::standing::next_steps;
use mingjing_cases::submission::{SubmittedCase, submit_online};
use mingjing_cases::views::public_record::{self, PublicFilter};
use mingjing_cases::views::{board, inbox, list};
use mingjing_chronicle::{Request, Stop, Value};

use crate::world::{World, application, china, demo_file};

pub async fn accepted(world: &World) -> SubmittedCase {
    let case = world.submitted().await;
    world
        .act("林晓岚", &case.case_no, Command::Accept(Accept::default()))
        .await
        .unwrap();
    case
}

pub fn site_check(world: &World) -> Command {
    Command::RecordSiteCheck(
        RecordSiteCheck {
            place: "温州市龙湾区永中街道演示路8号".into(),
            checked_on: world.clock.today(),
            from: "09:00".parse().unwrap(),
            to: "10:00".parse().unwrap(),
            facts: "符合".into(),
            conforms: true,
            files: Vec::new(),
        },
        vec![world.account("陈立"), world.account("周宁")],
    )
}

pub fn examine() -> Command {
    Command::Examine(Examine {
        stance: Stance::Positive,
        text: "符合条件".into(),
        reasons: String::new(),
    })
}

pub fn review() -> Command {
    Command::Review(Review {
        stance: Stance::Positive,
        text: "同意".into(),
        reasons: String::new(),
    })
}

pub fn grant(world: &World) -> Command {
    Command::Decide(Decide {
        decision: Decision::Grant {
            conditions: vec!["经营者李琴（电话13800000002）应当在店内公示".into()],
            valid_from: world.clock.today(),
            valid_to: None,
        },
        opinion: "准予".into(),
        reasons: String::new(),
        basis: None,
        hearing_record: String::new(),
    })
}

async fn granted(world: &World) -> SubmittedCase {
    let case = accepted(world).await;
    for (person, command) in [
        ("陈立", site_check(world)),
        ("陈立", examine()),
        ("吴敏", review()),
        ("黄志远", grant(world)),
    ] {
        world.act(person, &case.case_no, command).await.unwrap();
    }
    case
}

async fn completed(world: &World) -> SubmittedCase {
    let case = granted(world).await;
    // Papers get their numbers in the background, so that the record names the decision's number.
    world.chronicle.settle().await.unwrap();
    for (person, command) in [
        (
            "林晓岚",
            Command::Issue(Issue {
                certificate_no: "JY23303030000001".into(),
            }),
        ),
        (
            "林晓岚",
            Command::Serve(Serve {
                by: Way::Electronic,
                served_on: world.clock.today(),
                server: "林晓岚".into(),
            }),
        ),
        (
            "林晓岚",
            Command::Complete(Complete {
                case_summary: "食品经营许可".into(),
                completion_status: "准予".into(),
            }),
        ),
    ] {
        world.act(person, &case.case_no, command).await.unwrap();
    }
    case
}

pub async fn published(world: &World) -> SubmittedCase {
    let case = completed(world).await;
    let release = Command::ReleaseReview(ReviewRelease::Publish {
        opinion: "可以公开".into(),
    });
    world.act("郑洁", &case.case_no, release).await.unwrap();
    case
}

fn code(result: Result<impl std::fmt::Debug, Stop>) -> String {
    match result {
        Err(Stop::Refusal(refusal)) => refusal.code.into_owned(),
        Err(Stop::Conflict(_)) => "conflict".into(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn who_saw_an_older_page_is_told_what_changed() {
    let world = World::new().await;
    let case = world.submitted().await;
    let clerk = || world.actor("林晓岚");
    let ask = Command::AskSupplement(AskSupplement {
        items: vec![SupplementItem {
            material: None,
            name: "平面图".into(),
            requirement: "补交".into(),
        }],
    });
    let accept = Command::Accept(Accept::default());
    commands::perform(
        &world.chronicle,
        Request::by(clerk().await),
        &case.case_no,
        Some(1),
        accept,
    )
    .await
    .unwrap();
    let stale = commands::perform(
        &world.chronicle,
        Request::by(clerk().await),
        &case.case_no,
        Some(1),
        ask,
    )
    .await;
    match stale {
        Err(Stop::Conflict(conflict)) => assert_eq!(conflict.since[0].kind, "case.accepted"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_paper_that_was_made_meanwhile_does_not_stop_anybody() {
    let world = World::new().await;
    let case = world.submitted().await;
    world.chronicle.settle().await.unwrap();
    assert!(world.kinds(&case.case_no).await.len() > 1, "the receipt was rendered");
    let accept = Command::Accept(Accept::default());
    commands::perform(
        &world.chronicle,
        Request::by(world.actor("林晓岚").await),
        &case.case_no,
        Some(1),
        accept,
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn two_who_decide_at_once_make_one_decision() {
    let world = World::new().await;
    let case = accepted(&world).await;
    for (person, command) in [("陈立", site_check(&world)), ("陈立", examine()), ("吴敏", review())] {
        world.act(person, &case.case_no, command).await.unwrap();
    }
    let (first, second) = tokio::join!(
        world.act("黄志远", &case.case_no, grant(&world)),
        world.act("黄志远", &case.case_no, grant(&world))
    );
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
    let refused = if first.is_ok() { second } else { first };
    assert_eq!(code(refused), "cases.decide.not_at_step");
    let kinds = world.kinds(&case.case_no).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "case.decided").count(), 1);
}

#[tokio::test]
async fn a_repeated_submission_is_one_case() {
    let world = World::new().await;
    let request = || async { Request::by(world.actor("李琴").await).once("k1", "body") };
    let first = submit_online(&world.chronicle, request().await, application(true))
        .await
        .unwrap();
    let again = submit_online(&world.chronicle, request().await, application(true))
        .await
        .unwrap();
    assert!(again.repeated && !first.repeated);
    assert_eq!(first.value.case_no, again.value.case_no);
    let account = world.account("李琴");
    let rows = world
        .chronicle
        .read(move |reader| list::of_party(reader, &account))
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
}

#[tokio::test]
async fn a_draft_is_submitted_once_though_two_windows_send_it() {
    let world = World::new().await;
    let owner = || async { Request::by(world.actor("李琴").await) };
    let draft = drafts::begin(&world.chronicle, owner().await, crate::world::ITEM.into())
        .await
        .unwrap();
    drafts::save(&world.chronicle, owner().await, draft.clone(), DraftContent::default())
        .await
        .unwrap();
    let stranger = Request::by(world.actor("王明").await);
    let taken = drafts::save(&world.chronicle, stranger, draft.clone(), DraftContent::default()).await;
    assert_eq!(code(taken), "cases.draft.gone");
    let with_draft = || {
        let mut online = application(true);
        online.draft = Some(draft.clone());
        online
    };
    let (first, second) = tokio::join!(
        submit_online(&world.chronicle, owner().await, with_draft()),
        submit_online(&world.chronicle, owner().await, with_draft())
    );
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
    let refused = if first.is_ok() { second } else { first };
    assert_eq!(code(refused), "cases.submit.already_submitted");
}

#[tokio::test]
async fn the_public_record_names_no_person() {
    let world = World::new().await;
    let case = published(&world).await;
    let folded = world.case(&case.case_no).await;
    let Some((_, Release::Publish { record })) = &folded.facts.released else {
        panic!("published");
    };
    let text = serde_json::to_string(record).unwrap();
    for hidden in ["李琴", "13800000002", "510100198506150025"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    assert_eq!(record.document_no, "龙市监许准〔2026〕1号");
    let no = case.case_no.clone();
    let (public, found) = world
        .chronicle
        .read(move |reader| {
            Ok((
                public_record::record(reader, &no)?,
                public_record::number(reader, &PublicFilter::of_words("小餐馆"))?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(public.unwrap().0, *record);
    assert_eq!(found, 1);
    let nothing = world
        .chronicle
        .read(|reader| public_record::number(reader, &PublicFilter::of_words("%")))
        .await
        .unwrap();
    assert_eq!(nothing, 0, "a wildcard in the search is a character");
}

#[tokio::test]
async fn electronic_service_arrives_when_it_stands_in_the_inbox() {
    let world = World::new().await;
    let case = completed(&world).await;
    let account = world.account("李琴");
    let messages = world
        .chronicle
        .read(move |reader| inbox::of_account(reader, &account, 0))
        .await
        .unwrap();
    let served: Vec<_> = messages.iter().filter(|message| message.service).collect();
    assert_eq!(served.len(), 2, "decision and certificate: {messages:?}");
    let folded = world.case(&case.case_no).await;
    let Some((_, mingjing_cases::events::Service::Electronic { arrived_at })) = folded.facts.served else {
        panic!("served electronically");
    };
    assert!(served.iter().all(|message| message.arrived_at == arrived_at));
    let other = world.account("王明");
    let nothing = world
        .chronicle
        .read(move |reader| inbox::of_account(reader, &other, 0))
        .await
        .unwrap();
    assert!(nothing.is_empty());
}

#[tokio::test]
async fn a_disabled_button_gives_the_rule_of_the_act_itself() {
    let world = World::new().await;
    let case = accepted(&world).await;
    let folded = world.case(&case.case_no).await;
    for person in ["林晓岚", "陈立", "黄志远", "李琴", "王明"] {
        let context = world.chronicle.context(world.actor(person).await);
        for step in next_steps(&folded, &context) {
            assert_eq!(step.allowed, step.why_not.is_none(), "{person}: {:?}", step.act);
            assert!(step.article.contains("法"), "{person}: {:?}", step.act);
        }
    }
    let context = world.chronicle.context(world.actor("林晓岚").await);
    let steps = next_steps(&folded, &context);
    let ask = steps.iter().find(|step| step.act.key() == "ask_supplement").unwrap();
    let asked = world
        .act(
            "林晓岚",
            &case.case_no,
            Command::AskSupplement(AskSupplement { items: Vec::new() }),
        )
        .await;
    let Err(Stop::Refusal(refusal)) = asked else {
        panic!("refused");
    };
    assert_eq!(ask.why_not.as_deref(), Some(refusal.message.as_str()));
    let nobody = world.chronicle.context(world.actor("王明").await);
    assert!(next_steps(&folded, &nobody).is_empty());
}

#[tokio::test]
async fn the_board_counts_what_the_lists_show() {
    let world = World::new().await;
    world.clock.set(china("2026-03-02 09:00"));
    accepted(&world).await;
    world.submitted().await;
    granted(&world).await;
    world.clock.set(china("2026-04-20 09:00"));
    let all = || list::ScopeCondition {
        text: "body = $1".into(),
        parameters: vec![Value::from("33030300SJ")],
    };
    let today = world.clock.today();
    let (board, open, overdue, strange) = world
        .chronicle
        .read(move |reader| {
            let open = list::CaseFilter {
                open_only: true,
                ..list::CaseFilter::default()
            };
            let overdue = list::CaseFilter {
                overdue_on: Some(today),
                ..open.clone()
            };
            let other = list::ScopeCondition {
                text: "body = $1".into(),
                parameters: vec![Value::from("33030300WJ")],
            };
            Ok((
                board::board(reader, &all(), today, today)?,
                list::count(reader, &all(), &open)?,
                list::cases(reader, &all(), &overdue, 0)?,
                list::count(reader, &other, &open)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(board.open.iter().map(|(_, count)| count).sum::<i64>(), open);
    assert_eq!((open, strange), (3, 0));
    assert_eq!(overdue.len(), 3);
    let late = |limit| board.overdue.iter().find(|(kind, _)| *kind == limit).unwrap().1;
    for limit in [ClockKind::Telling, ClockKind::Decision, ClockKind::Serving] {
        assert_eq!(late(limit), 1, "{limit:?}");
    }
    // Each number is that of the list behind it.
    for (limit, count) in board.overdue {
        let filter = list::CaseFilter {
            overdue_on: Some(today),
            overdue_limit: Some(limit),
            ..list::CaseFilter::default()
        };
        let listed = world.chronicle.read(move |reader| list::count(reader, &all(), &filter));
        assert_eq!(listed.await.unwrap(), count, "{limit:?}");
    }
}

#[tokio::test]
async fn an_erased_case_can_be_read_and_not_acted_upon() {
    let world = World::new().await;
    let case = accepted(&world).await;
    let no = case.case_no.clone();
    let events = world
        .chronicle
        .read(move |reader| reader.events("case", &no))
        .await
        .unwrap();
    let mut folded = Case::default();
    for event in &events {
        use mingjing_chronicle::{Aggregate, Payload, Recorded};
        folded.evolve(&Recorded {
            envelope: &event.envelope,
            payload: Payload::Erased,
        });
    }
    assert!(folded.erased && folded.exists());
    assert_eq!(folded.case_no, case.case_no);
    assert_eq!(folded.facts.accepted.unwrap().on, world.clock.today());
    let context = world.chronicle.context(world.actor("林晓岚").await);
    assert!(next_steps(&folded, &context).iter().all(|step| !step.allowed));
    assert_eq!(folded.state, CaseState::Submitted);
}

#[tokio::test]
async fn the_same_orders_make_the_same_papers_and_numbers_have_no_gap() {
    let world = World::new().await;
    for _ in 0..3 {
        accepted(&world).await;
    }
    world.chronicle.settle().await.unwrap();
    // Running everything once more changes nothing.
    world.chronicle.settle().await.unwrap();
    let account = world.account("李琴");
    let rows = world
        .chronicle
        .read(move |reader| list::of_party(reader, &account))
        .await
        .unwrap();
    let mut numbers = Vec::new();
    for row in &rows {
        let case = world.case(&row.case_no).await;
        assert!(case.papers.iter().all(|paper| paper.rendered.is_some()));
        numbers.extend(case.papers.iter().filter_map(|paper| paper.paper_no.clone()));
    }
    numbers.sort();
    let expected: Vec<String> = (1..=3).map(|n| format!("龙市监许受〔2026〕{n}号")).collect();
    assert_eq!(numbers, expected);
}

/// Another type of power has another procedure: its item never runs on a permit's flow.
#[tokio::test]
async fn an_item_that_is_no_permit_is_not_applied_for_as_one() {
    let world = World::new().await;
    let mut file: serde_json::Value = serde_json::from_slice(&demo_file("items/food-permit.json")).unwrap();
    file[0]["item_code"] = "33030300SJ-QR-0900".into();
    file[0]["type_code"] = "QR".into();
    file[0]["type_name"] = "行政确认".into();
    world.import_item(serde_json::to_vec(&file).unwrap()).await;
    let mut asked = application(false);
    asked.item_code = "33030300SJ-QR-0900".into();
    let request = Request::by(world.actor("李琴").await);
    let Err(Stop::Refusal(refusal)) = submit_online(&world.chronicle, request, asked).await else {
        panic!("a confirmation was taken for a permit");
    };
    assert_eq!(refusal.code, "cases.submit.chart_not_covered");
    assert!(
        refusal.message.contains("现场核查") && refusal.message.contains("行政确认"),
        "{refusal:?}"
    );
}

/// One rule tells what is missing: the notice comes with it, and what is then handed in is counted as it (许可法 32(1)(四)).
#[tokio::test]
async fn the_situation_decides_what_the_notice_must_list() {
    let world = World::new().await;
    let apply = |circumstances: &[&str], more: &[(&str, &str)]| {
        let mut application = crate::world::application(true);
        let chosen = circumstances.iter().map(|one| (*one).to_owned()).collect();
        application.form.insert("situation.circumstances".into(), chosen);
        for (field, value) in more {
            application.form.insert((*field).into(), vec![(*value).into()]);
        }
        application
    };
    let fields = async |application: mingjing_cases::submission::OnlineApplication| {
        let request = Request::by(world.actor("李琴").await);
        match submit_online(&world.chronicle, request, application).await {
            Ok(_) => Vec::new(),
            Err(Stop::Refusal(refusal)) => refusal.fields.iter().map(|error| error.field.to_string()).collect(),
            Err(stop) => panic!("{stop:?}"),
        }
    };
    assert_eq!(fields(apply(&[], &[])).await, [""; 0]);
    assert_eq!(fields(apply(&["agent"], &[])).await, ["material_authority"]);
    assert_eq!(fields(apply(&["shared"], &[])).await, ["material_agreement"]);
    // The second question is asked for by the first, and the field by both.
    let raw = ["situation.room", "raw_room"];
    assert_eq!(fields(apply(&["raw"], &[])).await, raw);
    let planned = [("situation.room", "planned"), ("raw_room", "在后厨东侧")];
    assert_eq!(fields(apply(&["raw"], &planned)).await, ["material_raw_plan"]);
    // An answer to a question that was not asked is not kept.
    let mut quiet = apply(&[], &[("situation.room", "built"), ("raw_room", "在后厨")]);
    quiet.draft = None;
    let request = Request::by(world.actor("李琴").await);
    let case = submit_online(&world.chronicle, request, quiet).await.unwrap().value;
    let kept = world.case(&case.case_no).await.form;
    assert!(
        !kept.contains_key("situation.room") && !kept.contains_key("raw_room"),
        "{kept:?}"
    );
}
