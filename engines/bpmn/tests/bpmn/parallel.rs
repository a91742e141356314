//! Several tokens at once: forks, joins, and charts that would get stuck or pile up.

use mingjing_bpmn::{FlowEvent, Model, State, TokenId, check};

use crate::charts::*;
use crate::run::Instance;

fn fork(id: &str) -> String {
    format!(r#"<bpmn:parallelGateway id="{id}"/>"#)
}

fn inclusive(id: &str) -> String {
    format!(r#"<bpmn:inclusiveGateway id="{id}"/>"#)
}

/// Two reviews side by side, then a decision.
fn two_reviews() -> Vec<String> {
    vec![
        START.into(),
        fork("f"),
        task("a", &["ok", "bad"]),
        task("b", &[]),
        fork("j"),
        task("d", &[]),
        END.into(),
        flow("s", "f"),
        flow("f", "a"),
        flow("f", "b"),
        flow("a", "j"),
        flow("b", "j"),
        flow("j", "d"),
        flow("d", "e"),
    ]
}

/// Task `q` asks; ways to `a`, `b`, or both; then `d`.
fn some_reviews() -> Model {
    model(&[
        START.into(),
        task("q", &["a", "b", "both"]),
        inclusive("f"),
        task("a", &[]),
        task("b", &[]),
        inclusive("j"),
        task("d", &[]),
        END.into(),
        flow("s", "q"),
        flow("q", "f"),
        flow_if("f", "a", "=outcome in (\"a\",\"both\")"),
        flow_if("f", "b", "=outcome in (\"b\",\"both\")"),
        flow("a", "j"),
        flow("b", "j"),
        flow("j", "d"),
        flow("d", "e"),
    ])
}

fn play(model: &Model, acts: &[&str], open: &[&str]) {
    let mut run = Instance::started(model);
    for act in acts {
        run.complete(act).unwrap();
    }
    assert_eq!(run.open(), open, "{acts:?}");
    assert_eq!(run.state.ended(), open.is_empty(), "{acts:?}");
}

#[test]
fn a_join_waits_for_every_branch() {
    let model = model(&two_reviews());
    play(&model, &[], &["a", "b"]);
    play(&model, &["a:ok"], &["b"]);
    play(&model, &["b"], &["a"]);
    play(&model, &["a:ok", "b"], &["d"]);
    play(&model, &["b", "a:bad"], &["d"]);
    play(&model, &["b", "a:bad", "d"], &[]);
}

#[test]
fn forks_and_joins_are_recorded() {
    let model = model(&two_reviews());
    let mut run = Instance::started(&model);
    let created = FlowEvent::TokenCreated {
        token: TokenId(1),
        element: "f".into(),
    };
    assert!(run.events.contains(&created), "{:?}", run.events);
    run.complete("b").unwrap();
    let waiting = r#"{"type":"token_waiting","token":1,"element":"j","flow":"b_j"}"#;
    assert_eq!(serde_json::to_string(run.events.last().unwrap()).unwrap(), waiting);
    run.complete("a:ok").unwrap();
    let joined = r#"{"type":"tokens_joined","element":"j","tokens":[0,1],"into":0}"#;
    assert!(
        run.events.iter().any(|e| serde_json::to_string(e).unwrap() == joined),
        "{:?}",
        run.events
    );
}

#[test]
fn an_inclusive_join_waits_only_for_what_can_come() {
    let model = some_reviews();
    play(&model, &["q:a"], &["a"]);
    play(&model, &["q:a", "a"], &["d"]);
    play(&model, &["q:both"], &["a", "b"]);
    play(&model, &["q:both", "a"], &["b"]);
    play(&model, &["q:both", "a", "b"], &["d"]);
    play(&model, &["q:both", "b", "a", "d"], &[]);
}

#[test]
fn an_end_in_one_branch_leaves_the_other_open_and_a_terminate_end_does_not() {
    let chart = |end: &str| {
        model(&[
            START.into(),
            fork("f"),
            task("a", &[]),
            task("b", &[]),
            END.into(),
            end.into(),
            flow("s", "f"),
            flow("f", "a"),
            flow("f", "b"),
            flow("a", "x"),
            flow("b", "e"),
        ])
    };
    let plain = chart(r#"<bpmn:endEvent id="x"/>"#);
    play(&plain, &["a"], &["b"]);
    play(&plain, &["a", "b"], &[]);
    let terminate = chart(r#"<bpmn:endEvent id="x"><bpmn:terminateEventDefinition/></bpmn:endEvent>"#);
    play(&terminate, &["a"], &[]);
    play(&terminate, &["b"], &["a"]);
}

fn unsound(parts: &[String], code: &str, path: &[&str]) {
    let report = check::report(&file(&parts.concat()));
    assert_eq!(codes(&report.problems), [code]);
    assert_eq!(report.problems[0].path, path);
}

#[test]
fn a_choice_joined_as_if_parallel_gets_stuck() {
    let parts = [
        START.into(),
        task("q", &["a", "b"]),
        gateway("x"),
        task("a", &[]),
        task("b", &[]),
        fork("j"),
        END.into(),
        flow("s", "q"),
        flow("q", "x"),
        flow_if("x", "a", "=outcome = \"a\""),
        flow_if("x", "b", "=outcome = \"b\""),
        flow("a", "j"),
        flow("b", "j"),
        flow("j", "e"),
    ];
    unsound(&parts, "deadlock@j", &["q", "a"]);
}

#[test]
fn branches_joined_as_if_a_choice_pile_up() {
    let mut parts = two_reviews();
    parts[4] = gateway("j");
    unsound(&parts, "tokens_pile_up@d", &["a", "b"]);
}

#[test]
fn a_way_back_out_of_a_parallel_branch_piles_up_or_gets_stuck() {
    let parts = [
        START.into(),
        task("w", &[]),
        fork("f"),
        task("a", &["on", "back"]),
        gateway("x"),
        task("b", &[]),
        fork("j"),
        END.into(),
        flow("s", "w"),
        flow("w", "f"),
        flow("f", "a"),
        flow("f", "b"),
        flow("a", "x"),
        flow_if("x", "j", "=outcome = \"on\""),
        flow_if("x", "w", "=outcome = \"back\""),
        flow("b", "j"),
        flow("j", "e"),
    ];
    unsound(&parts, "tokens_pile_up@b", &["w", "a", "w"]);
}

#[test]
fn an_outcome_ends_at_a_join() {
    let mut parts = two_reviews();
    parts.push(gateway("x"));
    parts.retain(|part| part != &flow("j", "d"));
    parts.extend([
        flow("j", "x"),
        flow_if("x", "d", "=outcome = \"ok\""),
        flow_if("x", "e", "=outcome = \"bad\""),
    ]);
    let report = check::report(&file(&parts.concat()));
    let codes = codes(&report.problems);
    assert!(codes.contains(&"outcome_leads_nowhere@x".to_owned()), "{codes:?}");
    assert!(codes.contains(&"condition_outcome_unknown@x_d".to_owned()), "{codes:?}");
}

#[test]
fn too_many_branches_are_an_honest_i_do_not_know() {
    let branches = 14;
    let mut parts = vec![
        START.into(),
        fork("f"),
        fork("j"),
        END.into(),
        flow("s", "f"),
        flow("j", "e"),
    ];
    for branch in 0..branches {
        let name = format!("t{branch}");
        parts.extend([task(&name, &[]), flow("f", &name), flow(&name, "j")]);
    }
    let report = check::report(&file(&parts.concat()));
    assert_eq!(codes(&report.problems), ["soundness_not_decided@p"]);
    assert!(
        report.is_sound(),
        "a warning refuses nothing; who confirms a flow decides"
    );
}

#[test]
fn gateways_keep_their_rules() {
    let line = |gateway: &str, more: String| {
        let parts = [
            START.into(),
            gateway.to_owned(),
            task("a", &["x", "y"]),
            END.into(),
            flow("s", "a"),
            flow("a", "g"),
            more,
        ];
        let problems = check::report(&file(&parts.concat())).problems;
        codes(&problems)
    };
    let conditional = flow_if("g", "e", "=outcome = \"x\"");
    assert_eq!(line(&fork("g"), conditional), ["condition_off_gateway@g_e"]);
    let default = r#"<bpmn:parallelGateway id="g" default="g_e"/>"#;
    assert_eq!(line(default, flow("g", "e")), ["default_off_gateway@g"]);
    let partial = flow_if("g", "e", "=outcome = \"x\"");
    assert_eq!(line(&inclusive("g"), partial), ["outcome_leads_nowhere@g"]);
}

#[test]
fn the_longest_path_takes_the_longer_branch() {
    let limit = |days: u32| format!(r#"<mingjing:limit amount="{days}" unit="working_day"/>"#);
    let mut parts = two_reviews();
    parts[2] = task_with("a", &[], &limit(3));
    parts[3] = task_with("b", &[], &limit(5));
    parts[5] = task_with("d", &[], &limit(2));
    let longest = model(&parts).longest_path_working_days();
    assert_eq!(
        (longest.working_days, longest.tasks),
        (7, vec!["b".to_owned(), "d".to_owned()])
    );
}

/// Pinned: states of running cases are saved in this shape and must load for ever.
#[test]
fn a_saved_state_still_loads() {
    let model = model(&two_reviews());
    let mut run = Instance::started(&model);
    run.complete("b").unwrap();
    let saved = r#"{"tokens":[{"id":0,"at":"a","open":true},{"id":1,"at":"j","via":"b_j"}],"next":2,"visited":["a","b","b_j","f","f_a","f_b","j","s","s_f"],"ended":false}"#;
    assert_eq!(serde_json::to_string(&run.state).unwrap(), saved);
    assert_eq!(serde_json::from_str::<State>(saved).unwrap(), run.state);
}
