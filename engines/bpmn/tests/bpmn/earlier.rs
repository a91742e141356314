//! Records of the core before this one: a state of today goes on from where they lead.

use mingjing_bpmn::model::{Model, read};
use mingjing_bpmn::step::{Doer, Earlier, EarlierEvent, End, Event, OutcomesOnly, State, Stimulus, Target, step};

use crate::charts::*;

/// s → A → fork → B and C → join → D → e.
fn chart() -> Model {
    let parallel = |id: &str| format!(r#"<bpmn:parallelGateway id="{id}"/>"#);
    let parts = [
        START.into(),
        task("A", &[]),
        parallel("f"),
        task("B", &[]),
        task("C", &[]),
        parallel("j"),
        task("D", &[]),
        END.into(),
        flow("s", "A"),
        flow("A", "f"),
        flow("f", "B"),
        flow("f", "C"),
        flow("B", "j"),
        flow("C", "j"),
        flow("j", "D"),
        flow("D", "e"),
    ];
    read(&file(&parts.concat())).unwrap()
}

/// As the earlier core wrote it: A and B are done, B's token waits before the join, C is open.
const RECORDED: &str = r#"[
{"type":"token_entered","token":0,"element":"s"},{"type":"flow_taken","flow":"s_A"},
{"type":"token_entered","token":0,"element":"A"},{"type":"task_offered","token":0,"task":"A"},
{"type":"task_completed","token":0,"task":"A","outcome":null},{"type":"flow_taken","flow":"A_f"},
{"type":"token_entered","token":0,"element":"f"},{"type":"token_created","token":1,"element":"f"},
{"type":"flow_taken","flow":"f_B"},{"type":"flow_taken","flow":"f_C"},
{"type":"token_entered","token":0,"element":"B"},{"type":"task_offered","token":0,"task":"B"},
{"type":"token_entered","token":1,"element":"C"},{"type":"task_offered","token":1,"task":"C"},
{"type":"task_completed","token":0,"task":"B","outcome":null},{"type":"flow_taken","flow":"B_j"},
{"type":"token_entered","token":0,"element":"j"},{"type":"token_waiting","token":0,"element":"j","flow":"B_j"}]"#;
/// C is done as well: both are joined, D is open.
const JOINED: &str = r#"[
{"type":"task_completed","token":1,"task":"C","outcome":null},{"type":"flow_taken","flow":"C_j"},
{"type":"token_entered","token":1,"element":"j"},{"type":"token_waiting","token":1,"element":"j","flow":"C_j"},
{"type":"tokens_joined","element":"j","tokens":[0,1],"into":0},{"type":"flow_taken","flow":"j_D"},
{"type":"token_entered","token":0,"element":"D"},{"type":"task_offered","token":0,"task":"D"}]"#;

fn folded(records: &[&str]) -> Earlier {
    let mut earlier = Earlier::default();
    for text in records {
        let events: Vec<EarlierEvent> = serde_json::from_str(text).unwrap();
        events.iter().for_each(|event| earlier.apply(event));
    }
    earlier
}

fn taken_over(model: &Model, records: &[&str]) -> State {
    state_of(&folded(records).taken_over(model, 7).unwrap())
}

fn state_of(events: &[Event]) -> State {
    let mut state = State::default();
    events.iter().for_each(|event| state.apply(event));
    state
}

fn then(model: &Model, state: &mut State, stimulus: &Stimulus) {
    for event in step(model, state, stimulus, 8, &OutcomesOnly).unwrap() {
        state.apply(&event);
    }
}

fn complete(task: &str) -> Stimulus {
    Stimulus::Complete {
        target: Target::element(task),
        vars: serde_json::Map::new(),
    }
}

fn open(state: &State) -> Vec<&str> {
    let instances = state.instances().iter().filter(|instance| instance.parent != 0);
    instances.map(|instance| instance.element.as_str()).collect()
}

#[test]
fn open_tasks_and_waiting_tokens_stay_where_they_were() {
    let model = chart();
    let mut state = taken_over(&model, &[RECORDED]);
    assert_eq!(open(&state), ["C"]);
    assert_eq!(state.waits().len(), 1);
    then(&model, &mut state, &complete("C"));
    assert_eq!((open(&state), state.waits().len()), (vec!["D"], 0));
    then(&model, &mut state, &complete("D"));
    assert_eq!(state.end(), Some(&End::Completed));
}

#[test]
fn what_was_done_before_can_be_returned_to() {
    let model = chart();
    let mut state = taken_over(&model, &[RECORDED, JOINED]);
    assert_eq!(open(&state), ["D"]);
    let give_back = |to: &str| Stimulus::Return {
        target: Target::element("D"),
        to: to.to_owned(),
        doer: Doer::default(),
    };
    then(&model, &mut state, &give_back("C"));
    assert_eq!(
        (open(&state), state.waits().len()),
        (vec!["C"], 1),
        "the other branch is not done twice"
    );
    let mut state = taken_over(&model, &[RECORDED, JOINED]);
    then(&model, &mut state, &give_back("A"));
    assert_eq!((open(&state), state.waits().len()), (vec!["A"], 0));
}

#[test]
fn what_had_ended_has_ended() {
    let model = chart();
    for (end, expect) in [("\"e\"", End::Completed), ("null", End::Terminated)] {
        let ended = format!(r#"[{{"type":"process_ended","end":{end}}}]"#);
        let earlier = folded(&[RECORDED, &ended]);
        assert!(earlier.ended());
        let state = state_of(&earlier.taken_over(&model, 7).unwrap());
        assert_eq!(state.end(), Some(&expect));
        let refusal = step(&model, &state, &complete("C"), 8, &OutcomesOnly).unwrap_err();
        assert_eq!(refusal.code, "already_ended");
    }
}

#[test]
fn a_chart_without_what_the_tokens_stand_on_is_refused() {
    let other = read(&file(&[START.to_owned(), END.to_owned(), flow("s", "e")].concat())).unwrap();
    let refusal = folded(&[RECORDED]).taken_over(&other, 7).unwrap_err();
    assert_eq!((refusal.code, refusal.element.as_deref()), ("foreign_state", Some("j")));
}
