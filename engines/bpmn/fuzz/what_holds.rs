//! What holds for every input: the bodies of the fuzz targets, and of the test that replays their corpus with the stable
//! compiler (`tests/corpus.rs`).
#![allow(dead_code, reason = "each target uses one of them")]

#[path = "by_chance.rs"]
mod by_chance;

use by_chance::Bytes;
use mingjing_bpmn::check::{self, Inventory, NotAsked};
use mingjing_bpmn::draw::{Overlay, svg};
use mingjing_bpmn::migrate::{Change, History, Lawful, Plan, migrate};
use mingjing_bpmn::model::{self, Model};
use mingjing_bpmn::step::{NoValue, Rules, State, Stimulus, Variables, step};
use serde_json::Value;

/// The prover's time grows with the chart; whole charts are proven elsewhere.
const MOST_PROVEN: usize = 12;
const MOST_ACTS: usize = 60;

/// Read or refused, written back as read, drawn, proven: never a panic, and the same answer every time.
pub fn of_a_file(text: &str) {
    let (Some(model), problems) = model::read_all(text) else {
        return;
    };
    let (again, as_before) = model::read_all(&model::write(&model));
    assert_eq!(again.as_ref(), Some(&model), "written back as read");
    assert_eq!(as_before.len(), problems.len(), "with the same problems");
    svg(&model, &Overlay::default());
    if model.nodes().len() <= MOST_PROVEN {
        let proof = check::prove(text, &Inventory::default(), &NotAsked);
        assert_eq!(proof, check::prove(text, &Inventory::default(), &NotAsked));
    }
}

/// A chart and acts made of the bytes: each act is taken or refused, the fold of its events is the next state, and that
/// loads as it was saved.
pub fn of_a_run(bytes: &[u8]) {
    let mut bytes = Bytes::of(bytes);
    let xml = by_chance::chart(&mut bytes);
    let Ok(model) = model::read(&xml) else { return };
    let rules = Chance::default();
    let mut state = State::default();
    for act in 0..MOST_ACTS {
        let stimulus = match act {
            0 => by_chance::start(),
            _ if bytes.is_empty() => return,
            _ => by_chance::stimulus(&state, &mut bytes),
        };
        state = taken(&model, state, &stimulus, act as i64 * 3_600_000_000, &rules);
    }
}

/// Two charts made of the bytes, acts on the first, and the way to the second: refused with nothing changed, or taken; then the
/// fold of its events is the state that was told, it loads as it was saved, and acts on the new chart hold what acts hold.
pub fn of_a_migration(bytes: &[u8]) {
    let mut bytes = Bytes::of(bytes);
    let (one, two) = (by_chance::chart(&mut bytes), by_chance::chart(&mut bytes));
    let (Ok(old), Ok(new)) = (model::read(&one), model::read(&two)) else {
        return;
    };
    let rules = Chance::default();
    let mut state = State::default();
    for act in 0..MOST_ACTS / 2 {
        let stimulus = match act {
            0 => by_chance::start(),
            _ if bytes.is_empty() => break,
            _ => by_chance::stimulus(&state, &mut bytes),
        };
        state = taken(&old, state, &stimulus, act as i64 * 3_600_000_000, &rules);
    }
    // The prover's time grows with both charts.
    if old.nodes().len() + new.nodes().len() > 2 * MOST_PROVEN {
        return;
    }
    let at = MOST_ACTS as i64 * 3_600_000_000;
    let plan = Plan::default();
    let law = Lawful { power: "", local: &[] };
    for after in [&old, &new] {
        let change = Change::of(&old, after, &plan);
        let answer = migrate(&change, &state, &History::default(), law, at, &rules);
        let mut next = state.clone();
        answer.events.iter().for_each(|event| next.apply(event));
        assert_eq!(next, answer.after, "the events tell where it stands");
        if answer.moves() {
            taken(after, next, &Stimulus::Tick, at + 3_600_000_000, &rules);
        }
    }
}

fn taken(model: &Model, state: State, stimulus: &Stimulus, at: i64, rules: &Chance) -> State {
    let Ok(events) = step(model, &state, stimulus, at, rules) else {
        return state;
    };
    let mut next = state;
    for event in &events {
        let saved = serde_json::to_vec(event).expect("events can be written");
        assert_eq!(
            serde_json::from_slice::<mingjing_bpmn::step::Event>(&saved)
                .as_ref()
                .ok(),
            Some(event)
        );
        next.apply(event);
    }
    let loaded = State::from_json(&next.to_json());
    assert_eq!(loaded.as_ref().ok(), Some(&next), "a state loads as it was saved");
    for instance in next.instances() {
        let parent = instance.parent == 0 || next.instance(instance.parent).is_some();
        assert!(parent, "an instance's parent is open as long as it is");
    }
    next
}

/// Every other condition holds; other expressions give small numbers.
#[derive(Default)]
struct Chance {
    asked: std::cell::Cell<u32>,
}

impl Rules for Chance {
    fn evaluate(&self, text: &str, _: &Variables<'_>) -> Result<Value, NoValue> {
        let asked = self.asked.get() + 1;
        self.asked.set(asked);
        match text {
            "n" => Ok(Value::from(asked % 4)),
            "null" => Err(NoValue {
                null: true,
                why: "无".to_owned(),
            }),
            _ => Ok(Value::Bool(!asked.is_multiple_of(3))),
        }
    }
}
