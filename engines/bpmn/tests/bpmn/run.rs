//! What a stimulus causes.

use mingjing_bpmn::{FlowEvent, Model, State, Stimulus, TokenId, step};

use crate::charts::*;

/// An instance driven by task ids and outcomes.
pub struct Instance<'a> {
    model: &'a Model,
    pub state: State,
    pub events: Vec<FlowEvent>,
}

impl<'a> Instance<'a> {
    pub fn started(model: &'a Model) -> Instance<'a> {
        let mut instance = Instance {
            model,
            state: State::default(),
            events: Vec::new(),
        };
        instance.take(&Stimulus::Start).unwrap();
        instance
    }

    pub fn take(&mut self, stimulus: &Stimulus) -> Result<(), &'static str> {
        let events = step(self.model, &self.state, stimulus).map_err(|e| e.code())?;
        for event in &events {
            self.state.apply(event);
        }
        self.events.extend(events);
        Ok(())
    }

    /// `task` or `task:outcome`.
    pub fn complete(&mut self, what: &str) -> Result<(), &'static str> {
        let (task, outcome) = match what.split_once(':') {
            Some((task, outcome)) => (task, Some(outcome.to_owned())),
            None => (what, None),
        };
        let token = self.token_at(task);
        self.take(&Stimulus::Complete { token, outcome })
    }

    pub fn open(&self) -> Vec<String> {
        self.state.open_tasks().map(|(_, t)| t.to_owned()).collect()
    }

    fn token_at(&self, task: &str) -> TokenId {
        let found = self.state.open_tasks().find(|(_, t)| *t == task);
        found
            .unwrap_or_else(|| panic!("{task} is not open: {:?}", self.open()))
            .0
    }
}

fn choice() -> Model {
    model(&[
        START.into(),
        task("a", &["yes", "no", "back"]),
        gateway_default("g", "g_x"),
        task("x", &[]),
        END.into(),
        flow("s", "a"),
        flow("a", "g"),
        flow("g", "x"),
        flow_if("g", "e", "=outcome = \"no\""),
        flow_if("g", "a", "=outcome in (\"back\")"),
        flow("x", "e"),
    ])
}

#[test]
fn each_step_is_recorded_as_events() {
    let model = choice();
    let mut run = Instance::started(&model);
    run.complete("a:no").unwrap();
    let json: Vec<String> = run.events.iter().map(|e| serde_json::to_string(e).unwrap()).collect();
    // Pinned: recorded cases hold this JSON.
    assert_eq!(
        json,
        [
            r#"{"type":"token_entered","token":0,"element":"s"}"#,
            r#"{"type":"flow_taken","flow":"s_a"}"#,
            r#"{"type":"token_entered","token":0,"element":"a"}"#,
            r#"{"type":"task_offered","token":0,"task":"a"}"#,
            r#"{"type":"task_completed","token":0,"task":"a","outcome":"no"}"#,
            r#"{"type":"flow_taken","flow":"a_g"}"#,
            r#"{"type":"token_entered","token":0,"element":"g"}"#,
            r#"{"type":"flow_taken","flow":"g_e"}"#,
            r#"{"type":"token_entered","token":0,"element":"e"}"#,
            r#"{"type":"token_consumed","token":0,"element":"e"}"#,
            r#"{"type":"process_ended","end":"e"}"#,
        ]
    );
}

#[test]
fn the_outcome_chooses_the_way() {
    let model = choice();
    for (acts, open, ended) in [
        (&["a:yes"][..], &["x"][..], false),
        (&["a:yes", "x"], &[], true),
        (&["a:no"], &[], true),
        (&["a:back"], &["a"], false),
        (&["a:back", "a:back", "a:no"], &[], true),
    ] {
        let mut run = Instance::started(&model);
        for act in acts {
            run.complete(act).unwrap();
        }
        assert_eq!(run.open(), open, "{acts:?}");
        assert_eq!(run.state.ended(), ended, "{acts:?}");
    }
}

#[test]
fn wrong_stimuli_are_refused_and_change_nothing() {
    let model = choice();
    let done = |outcome: Option<&str>, token| Stimulus::Complete {
        token: TokenId(token),
        outcome: outcome.map(str::to_owned),
    };
    let mut run = Instance::started(&model);
    let before = run.state.clone();
    for (stimulus, code) in [
        (Stimulus::Start, "already_started"),
        (done(None, 0), "outcome_missing"),
        (done(Some("maybe"), 0), "outcome_unknown"),
        (done(Some("yes"), 7), "token_not_waiting"),
    ] {
        assert_eq!(run.take(&stimulus), Err(code));
        assert_eq!(run.state, before);
    }
    run.complete("a:yes").unwrap();
    assert_eq!(run.take(&done(Some("yes"), 0)), Err("outcome_unexpected"));
    run.complete("x").unwrap();
    assert_eq!(run.take(&done(None, 0)), Err("already_ended"));
    assert_eq!(run.take(&Stimulus::Terminate), Err("already_ended"));
    let fresh = step(&model, &State::default(), &Stimulus::Terminate);
    assert_eq!(fresh.unwrap_err().code(), "not_started");
}

#[test]
fn a_state_of_another_chart_is_refused() {
    let model = choice();
    let mut state = State::default();
    for event in [
        FlowEvent::TokenEntered {
            token: TokenId(0),
            element: "elsewhere".into(),
        },
        FlowEvent::TaskOffered {
            token: TokenId(0),
            task: "elsewhere".into(),
        },
    ] {
        state.apply(&event);
    }
    let done = Stimulus::Complete {
        token: TokenId(0),
        outcome: None,
    };
    assert_eq!(step(&model, &state, &done).unwrap_err().code(), "foreign_state");
}

#[test]
fn terminating_from_outside_cancels_every_token() {
    let model = choice();
    let mut run = Instance::started(&model);
    run.take(&Stimulus::Terminate).unwrap();
    assert!(run.state.ended());
    assert_eq!(run.open(), Vec::<String>::new());
    let last_two = &run.events[run.events.len() - 2..];
    assert_eq!(
        last_two,
        [
            FlowEvent::TokensCancelled {
                tokens: vec![TokenId(0)]
            },
            FlowEvent::ProcessEnded { end: None },
        ]
    );
}
