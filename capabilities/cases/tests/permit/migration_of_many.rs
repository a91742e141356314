//! Plans about more cases than are done at once or tried, and posts that nobody holds any more.

use std::sync::Arc;

use mingjing_cases::migration::commands::{MOST_TRIED, confirm_plan, file_plan, try_plan};
use mingjing_cases::migration::plan::{Chosen, Counted, Outcome, PlanState};
use mingjing_cases::migration::{MIGRATE, Migrate};
use mingjing_chronicle::Blueprint;
use mingjing_chronicle::db::probe::Failure;
use mingjing_people::bootstrap::deactivate_officer;
use mingjing_people::decide::deactivate_account::DeactivateAccount;
use mingjing_testkit::{Target, TestOffice, for_each_engine};

use crate::lifecycle::accepted;
use crate::migration::{CLERK, OFFICE, by, confirmed, filed, newer, order, plan, running, stands};
use crate::world::{World, blueprint};

/// As everywhere, with two cases in one run.
fn two_at_once() -> Blueprint {
    blueprint().job(MIGRATE, Arc::new(Migrate::of_at_once(2)))
}

async fn taken_up(world: &World, plan_no: &str) -> usize {
    let no = plan_no.to_owned();
    let events = world.chronicle.read(move |reader| reader.events("migration_plan", &no));
    let kinds = events.await.unwrap().into_iter().map(|event| event.envelope.kind);
    kinds.filter(|kind| kind == "migration_plan.taken_up").count()
}

#[tokio::test]
async fn a_plan_about_all_goes_on_until_none_is_left_on_each_database() {
    for_each_engine(two_at_once, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        let [_, at_check, ..] = running(&world).await;
        let fifth = world.submitted().await.case_no;
        world.clock.advance_hours(24);
        world.import_item(newer(15)).await;
        let plan_no = filed(&world, Chosen::All).await;
        confirmed(&world, &plan_no).await;
        let done = plan(&office.chronicle, &plan_no).await;
        assert!(done.cases.is_empty(), "the work takes them up");
        assert!(done.said.last().unwrap().2.contains("共5件"), "{:?}", done.said);
        office.settle().await;
        let done = plan(&office.chronicle, &plan_no).await;
        assert_eq!(
            (done.state, done.counted()),
            (PlanState::Finished, Counted { moved: 4, stayed: 1 })
        );
        assert_eq!(taken_up(&world, &plan_no).await, 3, "two, two and one");
        assert!(matches!(done.outcomes[&at_check], Outcome::Stayed(_)));
        assert_eq!(world.case(&fifth).await.moves.len(), 1);
        office.assert_portable().await;
    })
    .await;
}

#[tokio::test]
async fn a_piece_that_is_lost_is_taken_up_again() {
    for nth in 1..=6 {
        let office = TestOffice::sqlite(two_at_once).await;
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        let cases = running(&world).await;
        world.clock.advance_hours(24);
        world.import_item(newer(15)).await;
        office.settle().await;
        let plan_no = filed(&world, Chosen::All).await;
        confirmed(&world, &plan_no).await;
        office.switch.arm(Target::Commit, nth, Failure::FailedButDone);
        for _ in 0..8 {
            let _ = office.chronicle.settle().await;
            world.clock.advance_hours(1);
        }
        let (office, world) = world.reopened(office).await;
        for _ in 0..4 {
            let _ = office.chronicle.settle().await;
            world.clock.advance_hours(1);
        }
        let done = plan(&office.chronicle, &plan_no).await;
        assert_eq!(
            (done.state, done.counted(), done.cases.len()),
            (PlanState::Finished, Counted { moved: 3, stayed: 1 }, 4),
            "commit {nth}"
        );
        for no in &cases {
            assert!(world.case(no).await.moves.len() <= 1, "{no}");
        }
    }
}

#[tokio::test]
async fn a_trial_says_how_many_it_did_not_look_at() {
    let world = World::new().await;
    for _ in 0..MOST_TRIED + 2 {
        world.submitted().await;
    }
    world.clock.advance_hours(24);
    world.import_item(newer(15)).await;
    let clerk = world.actor(CLERK).await;
    let trial = try_plan(&world.chronicle, &clerk, &order(Chosen::All)).await.unwrap();
    assert_eq!((trial.cases.len() as i64, trial.running), (MOST_TRIED, MOST_TRIED + 2));
    assert_eq!(trial.counted().untried, 2);
    let plan_no = file_plan(&world.chronicle, by(&world, CLERK).await, order(Chosen::All))
        .await
        .unwrap()
        .value
        .plan_no;
    let filed = plan(&world.chronicle, &plan_no).await.filed.unwrap();
    assert_eq!((filed.tried.moves, filed.tried.untried), (MOST_TRIED as u32, 2));
}

/// The chart was confirmed when its posts had holders; a case is not taken to one that nobody can go on with.
#[tokio::test]
async fn a_case_stays_where_a_post_of_the_new_chart_lost_its_holder() {
    let world = World::new().await;
    let no = accepted(&world).await.case_no;
    world.clock.advance_hours(24);
    world.import_item(newer(15)).await;
    let mut order = order(Chosen::All);
    let there = ("site_check".to_owned(), "on_site".to_owned());
    order.plan.elements.extend([there]);
    let clerk = world.actor(CLERK).await;
    let trial = try_plan(&world.chronicle, &clerk, &order).await.unwrap();
    assert!(trial.cases[0].moves(), "{:?}", trial.cases[0].why);
    let plan_no = file_plan(&world.chronicle, by(&world, CLERK).await, order.clone())
        .await
        .unwrap()
        .value
        .plan_no;
    let opinion = "已核对对应关系".to_owned();
    confirm_plan(
        &world.chronicle,
        by(&world, OFFICE).await,
        plan_no.clone(),
        None,
        opinion,
    )
    .await
    .unwrap();
    // Between the confirmation and the work everybody who reviews is gone.
    let reviewers = ["吴敏", "叶欣"].map(|name| world.account(name));
    world
        .does(move |tx| {
            for account in &reviewers {
                let gone = DeactivateAccount {
                    account: account.clone(),
                    reason: "调离".into(),
                };
                deactivate_officer(tx, &gone, None)?;
            }
            Ok(())
        })
        .await;
    world.chronicle.settle().await.unwrap();
    let done = plan(&world.chronicle, &plan_no).await;
    let Outcome::Stayed(why) = &done.outcomes[&no] else {
        panic!("{:?}", done.outcomes);
    };
    assert_eq!(why[0].rule, "post_without_holder");
    assert_eq!(why[0].text, "“复审”的岗位“审核人”没有人担任。");
    assert_eq!(stands(&world, &no).await[0].0, "site_check", "it goes on where it was");
    let trial = try_plan(&world.chronicle, &clerk, &order).await.unwrap();
    assert_eq!(trial.cases[0].why, *why, "a trial says the same");
}
