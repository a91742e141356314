//! Running cases go on on a newer chart: tried, filed, confirmed by somebody else, moved one by one with a trace; what may
//! not move stays and says why; nothing is done twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use mingjing_bpmn::migrate::Plan;
use mingjing_cases::migration::commands::{confirm_plan, decline_plan, file_plan, try_plan, withdraw_plan};
use mingjing_cases::migration::decide::MigrationOrder;
use mingjing_cases::migration::plan::{Chosen, Counted, MigrationPlan, Outcome, PlanState, Tried};
use mingjing_cases::replay::replay;
use mingjing_chronicle::db::probe::Failure;
use mingjing_chronicle::{Chronicle, Request, Stop};
use mingjing_testkit::{Target, TestOffice, for_each_engine};
use serde_json::Value as Json;

use crate::lifecycle::{accepted, examine, review, site_check};
use crate::world::{ITEM, World, blueprint, demo_file};

pub const CLERK: &str = "彭程";
pub const OFFICE: &str = "唐薇";

const THREE_MOVE: Tried = Tried {
    moves: 3,
    stays: 1,
    untried: 0,
};
const THREE_MOVED: Counted = Counted { moved: 3, stayed: 1 };

/// The review has another name and id and twice the time; the site check has another id; while the review is open,
/// somebody is reminded after ten days.
pub fn newer(promised: u32) -> Vec<u8> {
    let xml = String::from_utf8(demo_file("flows/food-permit.bpmn")).unwrap();
    let renamed = |xml: String, from: &str, to: &str| {
        let places = [
            "id=\"#\"",
            "targetRef=\"#\"",
            "sourceRef=\"#\"",
            "bpmnElement=\"#\"",
            ">#<",
        ];
        places.into_iter().fold(xml, |xml, place| {
            xml.replace(&place.replace('#', from), &place.replace('#', to))
        })
    };
    let xml = renamed(renamed(xml, "review", "second_review"), "site_check", "on_site");
    let xml = xml.replace("name=\"审核\"", "name=\"复审\"");
    let (before, review) = xml.split_once("<bpmn:userTask id=\"second_review\"").unwrap();
    let review = review.replacen("amount=\"2\"", "amount=\"4\"", 1);
    let timer = r#"<bpmn:boundaryEvent id="remind" attachedToRef="second_review" cancelActivity="false"><bpmn:outgoing>flow_reminded</bpmn:outgoing><bpmn:timerEventDefinition id="ten_days"><bpmn:timeDuration>P10D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
        <bpmn:endEvent id="reminded"><bpmn:incoming>flow_reminded</bpmn:incoming></bpmn:endEvent>
        <bpmn:sequenceFlow id="flow_reminded" sourceRef="remind" targetRef="reminded" /></bpmn:process>"#;
    let xml = format!("{before}<bpmn:userTask id=\"second_review\"{review}").replace("</bpmn:process>", timer);
    let mut item: Json = serde_json::from_slice(&World::changed_item(promised, "2026-02-03")).unwrap();
    item[0]["flow"] = serde_json::json!({"bpmn_xml": xml, "hash": ""});
    serde_json::to_vec(&item).unwrap()
}

pub fn order(chosen: Chosen) -> MigrationOrder {
    let elements = [("review", "second_review")].map(|(from, to)| (from.to_owned(), to.to_owned()));
    MigrationOrder {
        item_code: ITEM.to_owned(),
        from_version: 1,
        to_version: 2,
        plan: Plan {
            elements: elements.into(),
            ..Plan::default()
        },
        chosen,
        reasons: "审核改为复审，在办的一并适用".to_owned(),
    }
}

/// A case before acceptance, one at the site check, one at the examination, one at the review.
pub async fn running(world: &World) -> [String; 4] {
    let submitted = world.submitted().await.case_no;
    let at_check = accepted(world).await.case_no;
    let at_examination = accepted(world).await.case_no;
    world.act("陈立", &at_examination, site_check(world)).await.unwrap();
    let at_review = accepted(world).await.case_no;
    for command in [site_check(world), examine()] {
        world.act("陈立", &at_review, command).await.unwrap();
    }
    [submitted, at_check, at_examination, at_review]
}

pub async fn by(world: &World, name: &str) -> Request {
    Request::by(world.actor(name).await)
}

pub async fn filed(world: &World, chosen: Chosen) -> String {
    file_plan(&world.chronicle, by(world, CLERK).await, order(chosen))
        .await
        .unwrap()
        .value
        .plan_no
}

pub async fn confirmed(world: &World, plan_no: &str) {
    let opinion = "已核对对应关系".to_owned();
    let request = by(world, OFFICE).await;
    confirm_plan(&world.chronicle, request, plan_no.to_owned(), None, opinion)
        .await
        .unwrap();
}

pub async fn plan(chronicle: &Chronicle, plan_no: &str) -> MigrationPlan {
    let no = plan_no.to_owned();
    let read = chronicle.read(move |reader| Ok((*reader.load::<MigrationPlan>(&no)?.state).clone()));
    read.await.unwrap()
}

/// Task, name, holder's role and due day of the open steps.
pub async fn stands(world: &World, no: &str) -> Vec<(String, String, String)> {
    let case = world.case(no).await;
    let steps = case.steps.iter();
    steps
        .map(|step| (step.task.clone(), step.name.clone(), step.since.to_string()))
        .collect()
}

fn refused<T: std::fmt::Debug>(result: Result<T, Stop>) -> String {
    match result {
        Err(Stop::Refusal(refusal)) => refusal.code.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn cases_move_once_with_a_trace_and_the_rest_stays_on_each_database() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        let [submitted, at_check, at_examination, at_review] = running(&world).await;
        world.clock.advance_hours(24);
        world.import_item(newer(15)).await;
        office.settle().await;
        let before = world.case(&at_review).await;
        assert_eq!(
            stands(&world, &at_review).await[0].0,
            "review",
            "a new version moves nobody"
        );

        let tried = try_plan(&world.chronicle, &world.actor(CLERK).await, &order(Chosen::All))
            .await
            .unwrap();
        assert_eq!(tried.counted(), THREE_MOVE);
        let stays = tried.cases.iter().find(|case| case.case_no == at_check).unwrap();
        assert_eq!(stays.why[0].rule, "place_gone");
        assert!(stays.why[0].text.contains("现场核查"), "{:?}", stays.why);
        assert_eq!(
            world.case(&at_review).await.steps,
            before.steps,
            "a trial changes nothing"
        );

        let plan_no = filed(&world, Chosen::All).await;
        confirmed(&world, &plan_no).await;
        // Somebody acted between the trial and now: judged again where it stands.
        world.act("陈立", &at_examination, examine()).await.unwrap();
        office.settle().await;

        let done = plan(&office.chronicle, &plan_no).await;
        assert_eq!((done.state, done.counted()), (PlanState::Finished, THREE_MOVED));
        assert!(matches!(&done.outcomes[&at_check], Outcome::Stayed(why) if why[0].rule == "place_gone"));
        for no in [&submitted, &at_examination, &at_review] {
            let kinds = world.kinds(no).await;
            let moved = kinds.iter().filter(|kind| *kind == "case.flow_moved").count();
            assert_eq!(moved, 1, "{kinds:?}");
        }
        let after = world.case(&at_review).await;
        let step = &after.steps[0];
        assert_eq!((step.task.as_str(), step.name.as_str()), ("second_review", "复审"));
        assert_eq!(step.since, before.steps[0].since, "it began when it began");
        assert!(
            step.due > before.steps[0].due,
            "the limit of the step is the new chart's"
        );
        assert_eq!(after.clocks, before.clocks, "limits of the law stay as they are");
        assert_eq!(after.item(), before.item(), "all else is of the version it began under");
        let moved = &after.moves[0];
        assert_eq!((moved.from_version, moved.to_version), (1, 2));
        assert_eq!(
            (moved.filed_by.name.as_str(), moved.confirmed_by.name.as_str()),
            (CLERK, OFFICE)
        );
        assert_eq!(moved.in_words(), ["“审核”对应到“复审”"]);
        assert_eq!(stands(&world, &at_check).await[0].0, "site_check");

        // Both kinds go on to their end on their own charts; the reminder of the new chart comes.
        world.clock.advance_hours(24 * 10);
        office.settle().await;
        let kinds = world.kinds(&at_review).await;
        assert!(kinds.contains(&"case.timer_fired".to_owned()), "{kinds:?}");
        for no in [&at_review, &at_examination] {
            world.act("吴敏", no, review()).await.unwrap();
            assert_eq!(stands(&world, no).await[0].0, "decide");
        }
        world.act("陈立", &at_check, site_check(&world)).await.unwrap();
        world.act("陈立", &at_check, examine()).await.unwrap();
        assert_eq!(stands(&world, &at_check).await[0].0, "review");

        for no in [submitted, at_check, at_examination, at_review] {
            let replayed = office
                .chronicle
                .read(move |reader| replay(reader, &no, None))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(replayed.differences, Vec::<String>::new());
        }
        office.assert_portable().await;
    })
    .await;
}

#[tokio::test]
async fn a_run_that_fails_or_fails_when_done_goes_on_where_it_was() {
    for failure in [Failure::Failed, Failure::FailedButDone] {
        let office = TestOffice::sqlite(blueprint).await;
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        let cases = running(&world).await;
        world.clock.advance_hours(24);
        world.import_item(newer(15)).await;
        office.settle().await;
        let plan_no = filed(&world, Chosen::All).await;
        confirmed(&world, &plan_no).await;
        // After the commit that takes the cases up: the second case's commit is lost, or its answer is.
        office.switch.arm(Target::Commit, 4, failure);
        for _ in 0..6 {
            let _ = office.chronicle.settle().await;
            world.clock.advance_hours(1);
        }
        let (office, world) = world.reopened(office).await;
        for _ in 0..6 {
            let _ = office.chronicle.settle().await;
            world.clock.advance_hours(1);
        }
        let done = plan(&office.chronicle, &plan_no).await;
        assert_eq!(
            (done.state, done.counted()),
            (PlanState::Finished, THREE_MOVED),
            "{failure:?}"
        );
        for no in &cases {
            let moved = world
                .kinds(no)
                .await
                .iter()
                .filter(|kind| *kind == "case.flow_moved")
                .count();
            assert!(moved <= 1, "{no} moved {moved} times");
        }
    }
}

#[tokio::test]
async fn a_plan_is_refused_where_it_may_not_be() {
    let world = World::new().await;
    let [_, _, _, at_review] = running(&world).await;
    let clerk = world.actor(CLERK).await;
    let tries = async |order: MigrationOrder| refused(try_plan(&world.chronicle, &clerk, &order).await.map(|_| ()));
    assert_eq!(tries(order(Chosen::All)).await, "cases.migration.no_version");
    world.clock.advance_hours(24);
    world.import_item(newer(15)).await;
    let of = |from: i32, to: i32| MigrationOrder {
        from_version: from,
        to_version: to,
        ..order(Chosen::All)
    };
    assert_eq!(tries(of(2, 1)).await, "cases.migration.not_in_force");
    assert_eq!(tries(of(1, 1)).await, "cases.migration.same_chart");
    let mapped = |from: &str, to: &str| {
        let elements = BTreeMap::from([(from.to_owned(), to.to_owned())]);
        MigrationOrder {
            plan: Plan {
                elements,
                ..Plan::default()
            },
            ..order(Chosen::All)
        }
    };
    assert_eq!(tries(mapped("review", "decide")).await, "cases.migration.mapping");
    assert_eq!(tries(mapped("review", "nowhere")).await, "cases.migration.mapping");
    assert_eq!(tries(order(Chosen::Some(Vec::new()))).await, "cases.migration.cases");
    let other = try_plan(&world.chronicle, &world.actor("薛静").await, &order(Chosen::All)).await;
    assert_eq!(
        refused(other.map(|_| ())),
        "cases.migration.no_item",
        "another body's cases are not there"
    );
    let nobody = try_plan(&world.chronicle, &world.actor("陈立").await, &order(Chosen::All)).await;
    assert_eq!(refused(nobody.map(|_| ())), "people.not_permitted");

    let nothing = MigrationOrder {
        plan: Plan::default(),
        ..order(Chosen::Some(vec![at_review.clone()]))
    };
    let nothing = file_plan(&world.chronicle, by(&world, CLERK).await, nothing).await;
    assert_eq!(refused(nothing), "cases.migration.nothing_moves");
    let silent = MigrationOrder {
        reasons: " ".to_owned(),
        ..order(Chosen::All)
    };
    let silent = file_plan(&world.chronicle, by(&world, CLERK).await, silent).await;
    assert_eq!(refused(silent), "cases.migration.missing");

    let plan_no = filed(&world, Chosen::Some(vec![at_review.clone()])).await;
    let own = confirm_plan(
        &world.chronicle,
        by(&world, CLERK).await,
        plan_no.clone(),
        None,
        "好".into(),
    )
    .await;
    assert_eq!(
        refused(own),
        "people.not_permitted",
        "a clerk of the body confirms nothing"
    );
    let declined = decline_plan(
        &world.chronicle,
        by(&world, OFFICE).await,
        plan_no.clone(),
        None,
        String::new(),
    )
    .await;
    assert_eq!(refused(declined), "cases.migration.missing");
    let request = by(&world, OFFICE).await;
    decline_plan(&world.chronicle, request, plan_no.clone(), None, "理由不足".into())
        .await
        .unwrap();
    let late = withdraw_plan(
        &world.chronicle,
        by(&world, CLERK).await,
        plan_no.clone(),
        None,
        "撤".into(),
    )
    .await;
    assert_eq!(refused(late), "cases.migration.not_waiting");
    let plan_no = filed(&world, Chosen::Some(vec![at_review.clone()])).await;
    let request = by(&world, CLERK).await;
    withdraw_plan(&world.chronicle, request, plan_no.clone(), None, "改天再报".into())
        .await
        .unwrap();
    assert_eq!(plan(&world.chronicle, &plan_no).await.state, PlanState::Withdrawn);
    world.chronicle.settle().await.unwrap();
    let kinds = world.kinds(&at_review).await;
    assert!(
        !kinds.contains(&"case.flow_moved".to_owned()),
        "nobody moves tokens without a confirmed plan"
    );
}

/// Only what was chosen moves.
#[tokio::test]
async fn what_was_not_chosen_stays() {
    let world = World::new().await;
    let [submitted, _, at_examination, at_review] = running(&world).await;
    world.clock.advance_hours(24);
    world.import_item(newer(15)).await;
    let plan_no = filed(&world, Chosen::Some(vec![at_review.clone()])).await;
    confirmed(&world, &plan_no).await;
    world.chronicle.settle().await.unwrap();
    assert_eq!(world.case(&at_review).await.steps[0].task, "second_review");
    for no in [submitted, at_examination] {
        assert!(world.case(&no).await.moves.is_empty());
    }
    let events = Arc::new(plan(&world.chronicle, &plan_no).await);
    assert_eq!(events.outcomes.len(), 1);
}
