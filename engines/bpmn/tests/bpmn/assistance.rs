//! Calls that another body answers: what a chart must say of them, and that they wait for the opinion.

use mingjing_bpmn::casework::examine;
use mingjing_bpmn::check::{Inventory, prove};
use mingjing_bpmn::model::read;
use mingjing_bpmn::step::{NoValue, OutcomesOnly, Rules, State, Stimulus, Target, Variables, step};
use mingjing_bpmn::{Problem, Severity};
use serde_json::{Map, Value, json};

use crate::charts::*;
use crate::flow_rules::FlowRules;

const ASKS: &str = r#"<mingjing:assistance body="33030300XF"/><mingjing:limit amount="5" unit="working_day"/>"#;
const OPINIONS: &str = r#"<mingjing:act kind="give_opinion"/><mingjing:limit amount="3" unit="working_day"/><mingjing:outcomes>
 <mingjing:outcome id="agree" name="同意"/><mingjing:outcome id="disagree" name="不同意" negative="true"/></mingjing:outcomes>"#;

/// s → ask → after → e, and the process that is called: t → opinion → f.
fn chart(asks: &str, opinions: &str) -> String {
    let call = format!(
        r#"<bpmn:callActivity id="ask" name="消防部门意见" calledElement="q"><bpmn:extensionElements>{asks}</bpmn:extensionElements></bpmn:callActivity>"#
    );
    let main = [
        START,
        &call,
        &task("after", &[]),
        END,
        &flow("s", "ask"),
        &flow("ask", "after"),
        &flow("after", "e"),
    ];
    let called = [
        r#"<bpmn:startEvent id="t"/>"#,
        &task_with("opinion", &[], opinions),
        r#"<bpmn:endEvent id="f"/>"#,
        &flow("t", "opinion"),
        &flow("opinion", "f"),
    ];
    around(&format!(
        r#"<bpmn:process id="p" name="主办" isExecutable="true">{}</bpmn:process><bpmn:process id="q" name="协办" isExecutable="true">{}</bpmn:process>"#,
        main.concat(),
        called.concat()
    ))
}

fn errors(problems: &[Problem]) -> Vec<&str> {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| problem.code).collect()
}

#[test]
fn what_a_chart_must_say_of_a_body_that_it_asks() {
    let check = |asks: &str, opinions: &str, expect: &[&str]| {
        let (_, problems) = examine(&chart(asks, opinions));
        assert_eq!(errors(&problems), expect, "{asks} {opinions}");
    };
    check(ASKS, OPINIONS, &[]);
    check(
        r#"<mingjing:assistance body="33030300XF"/>"#,
        OPINIONS,
        &["assistance_limit"],
    );
    check(
        r#"<mingjing:assistance/><mingjing:limit amount="5" unit="working_day"/>"#,
        OPINIONS,
        &["attribute_missing"],
    );
    check(
        ASKS,
        r#"<mingjing:act kind="give_opinion"/>"#,
        &["assistance_without_opinion"],
    );
    check(
        ASKS,
        r#"<mingjing:act kind="examine"/>"#,
        &["assistance_without_opinion"],
    );
    check(
        r#"<mingjing:limit amount="5" unit="working_day"/>"#,
        OPINIONS,
        &["extension_misplaced"],
    );
    let on_a_task = OPINIONS.to_owned() + r#"<mingjing:assistance body="33030300XF"/>"#;
    let (_, problems) = examine(&chart(ASKS, &on_a_task));
    assert!(errors(&problems).contains(&"extension_misplaced"), "{problems:?}");
}

#[test]
fn the_prover_knows_the_bodies_that_are_asked_and_their_posts() {
    let check = |asks: &str, assisting: Value, expect: &[&str]| {
        let inventory = json!({"posts": {"handler": {"name": "承办人"}}, "assisting": assisting});
        let inventory = Inventory::from_json(&inventory.to_string()).unwrap();
        let proof = prove(&chart(asks, OPINIONS), &inventory, &FlowRules::new());
        assert_eq!(errors(&proof.problems), expect, "{assisting}");
    };
    let held = |holders: u32| json!({"33030300XF": {"handler": {"name": "承办人", "holders": holders}}});
    check(ASKS, held(1), &[]);
    check(ASKS, held(0), &["assisting_post_without_holder"]);
    check(ASKS, json!({"33030300XF": {}}), &["assisting_post_without_holder"]);
    check(ASKS, json!({}), &["assisting_body_unknown"]);
    let itself = json!({"lead": "33030300XF", "assisting": held(1)}).to_string();
    let proof = prove(
        &chart(ASKS, OPINIONS),
        &Inventory::from_json(&itself).unwrap(),
        &FlowRules::new(),
    );
    assert_eq!(errors(&proof.problems), ["assisting_body_is_lead"]);
    let short = ASKS.replace("amount=\"5\"", "amount=\"2\"");
    check(&short, held(1), &["assistance_limit_short"]);
}

/// Runs of cases: what another body answers is handed over to it.
struct HandsOver;

impl Rules for HandsOver {
    fn evaluate(&self, text: &str, variables: &Variables<'_>) -> Result<Value, NoValue> {
        OutcomesOnly.evaluate(text, variables)
    }

    fn hands_over(&self) -> bool {
        true
    }
}

#[test]
fn a_call_that_was_handed_over_waits_for_the_opinion_and_runs_here_otherwise() {
    let model = read(&chart(ASKS, OPINIONS)).unwrap();
    let run = |rules: &dyn Rules, stimuli: &[Stimulus]| {
        let mut state = State::default();
        for stimulus in stimuli {
            let events = step(&model, &state, stimulus, 0, rules).unwrap();
            events.iter().for_each(|event| state.apply(event));
        }
        let open = state.instances().iter().map(|open| open.element.to_string());
        open.filter(|open| !["p", "q"].contains(&open.as_str()))
            .collect::<Vec<_>>()
    };
    let start = Stimulus::Start {
        process: "p".into(),
        vars: Map::new(),
    };
    let answer = Stimulus::Complete {
        target: Target::element("ask"),
        vars: Map::from_iter([("outcome".to_owned(), "disagree".into())]),
    };
    assert_eq!(run(&HandsOver, std::slice::from_ref(&start)), ["ask"]);
    assert_eq!(run(&HandsOver, &[start.clone(), answer]), ["after"]);
    assert_eq!(run(&OutcomesOnly, &[start]), ["ask", "opinion"]);
}
