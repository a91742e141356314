//! A permit begun while flows ran on the earlier core loads, shows, and goes on.

use mingjing_cases::commands::Command;
use mingjing_cases::decide::extend::Extend;
use mingjing_cases::decide::withdraw::Withdraw;
use mingjing_cases::events::CaseState;

use super::earlier_records::carried_over;
use crate::lifecycle::{accepted, examine, grant, review, site_check};
use crate::world::World;

const FLOWS: &str = include_str!("../fixtures/earlier-permit.txt");

/// Accepted, checked on the spot, examined; the reviewer is next.
async fn begun_then() -> (World, String) {
    let (before, now) = (World::new().await, World::new().await);
    let no = accepted(&before).await.case_no;
    for (person, command) in [("陈立", site_check(&before)), ("陈立", examine())] {
        before.act(person, &no, command).await.unwrap();
    }
    carried_over::<false>(&before, &no, FLOWS, &now).await;
    (now, no)
}

#[tokio::test]
async fn a_permit_begun_on_the_earlier_core_goes_on() {
    let (world, no) = begun_then().await;
    let case = world.case(&no).await;
    assert_eq!(case.state, CaseState::Reviewing);
    assert_eq!(case.steps.len(), 1);
    assert_eq!(case.steps[0].task, "review");
    // A standing act in between moves nothing.
    let extend = Command::Extend(Extend {
        working_days: 5,
        reasons: "案情复杂".into(),
        government_approval: String::new(),
    });
    world.act("黄志远", &no, extend).await.unwrap();
    assert_eq!(world.case(&no).await.steps, case.steps);
    world.act("吴敏", &no, review()).await.unwrap();
    world.act("黄志远", &no, grant(&world)).await.unwrap();
    assert_eq!(world.case(&no).await.state, CaseState::Granted);
    let read = world.chronicle.read(move |reader| reader.events("case", &no));
    let events = read.await.unwrap();
    let begun = |json: &[u8]| String::from_utf8_lossy(json).contains("\"type\":\"begun\"");
    let taken_over = events.iter().filter(|event| event.json().is_some_and(begun)).count();
    assert_eq!(taken_over, 1, "by the first act, and by no other");
}

#[tokio::test]
async fn an_application_from_before_can_be_withdrawn() {
    let (world, no) = begun_then().await;
    let withdraw = Withdraw {
        reasons: "不办了".into(),
        paper_request: false,
    };
    world.act("李琴", &no, Command::Withdraw(withdraw)).await.unwrap();
    let case = world.case(&no).await;
    assert_eq!((case.state, case.steps.len()), (CaseState::Withdrawn, 0));
}
