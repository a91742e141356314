//! The demo's food permit: what lawyers expect of it.

use mingjing_bpmn::{Model, Visibility, check, read};

use crate::charts::FOOD_PERMIT;
use crate::run::Instance;

fn permit() -> Model {
    read(FOOD_PERMIT).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn it_is_sound_without_remarks() {
    let report = check::report(FOOD_PERMIT);
    assert_eq!(report.problems, []);
    assert!(report.is_sound());
}

#[test]
fn the_demo_city_runs_the_same_file() {
    assert_eq!(FOOD_PERMIT, include_str!("../../../../demo/flows/food-permit.bpmn"));
}

#[test]
fn every_way_through_ends_as_the_law_says() {
    let model = permit();
    let granted = "receive:accept site_check:done examine:agree review:agree decide:grant issue:issued serve:served complete:completed release:publish";
    let denied = "receive:accept site_check:done examine:disagree review:agree decide:deny serve:served complete:completed release:withhold";
    let returned = "receive:accept site_check:done examine:agree review:return examine:disagree review:disagree decide:deny serve:served complete:completed release:publish";
    let supplemented = format!("receive:supplement await_supplement:supplemented {granted}");
    let refused = "receive:refuse serve_nonacceptance:served complete_nonacceptance:completed";
    let not_required = "receive:not_required serve_nonacceptance:served complete_nonacceptance:completed";
    for acts in [granted, denied, returned, &supplemented, refused, not_required] {
        let mut run = Instance::started(&model);
        assert_eq!(run.open(), ["receive"]);
        for act in acts.split(' ') {
            assert!(!run.state.ended(), "{acts}");
            run.complete(act).unwrap();
        }
        assert!(run.state.ended(), "{acts}");
    }
}

#[test]
fn tasks_say_who_does_what_until_when() {
    let model = permit();
    let receive = model.task("receive").unwrap();
    assert_eq!(receive.posts, ["counter_clerk"]);
    assert_eq!(receive.act.as_deref(), Some("accept"));
    assert_eq!(receive.limit.as_ref().unwrap().in_words(), "2个工作日");
    assert_eq!(
        receive.papers_for(Some("supplement")).collect::<Vec<_>>(),
        ["supplement_notice"]
    );
    assert_eq!(receive.visibility, Visibility::Public);
    assert!(receive.outcome("refuse").unwrap().negative);
    assert_eq!(model.lane_of("decide").unwrap().name, "批准人");
    let order: Vec<&str> = model.steps_in_order().iter().map(|t| t.id.as_str()).collect();
    let place = |id| order.iter().position(|o| *o == id).unwrap();
    assert_eq!(order.len(), 12);
    assert!(place("receive") < place("site_check") && place("site_check") < place("examine"));
    assert!(place("issue") < place("serve") && place("complete") < place("release"));
}

#[test]
fn limits_from_acceptance_to_decision_fit_the_promise() {
    let model = permit();
    let inside = model.longest_path_between("site_check", "decide").unwrap();
    assert_eq!(inside.working_days, 13);
    assert_eq!(inside.tasks, ["site_check", "examine", "review", "decide"]);
    let whole = model.longest_path_working_days();
    assert_eq!(whole.working_days, 2 + 13 + 3 + 3 + 1 + 3);
    let loops: Vec<&str> = whole.loops.iter().map(|(from, _)| from.as_str()).collect();
    assert_eq!(loops, ["await_supplement", "gw_review"]);
}

#[test]
fn the_hash_is_of_the_meaning() {
    let model = permit();
    assert_eq!(model.hash().len(), 64);
    let moved = FOOD_PERMIT.replace("x=\"198\"", "x=\"199\"");
    assert!(moved != FOOD_PERMIT);
    assert_eq!(read(&moved).unwrap().hash(), model.hash());
    let longer = FOOD_PERMIT.replace("amount=\"5\"", "amount=\"6\"");
    assert_ne!(read(&longer).unwrap().hash(), model.hash());
}
