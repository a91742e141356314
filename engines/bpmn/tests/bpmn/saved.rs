//! What a version of this engine wrote is read by every later one: `fixtures/saved/<version>.jsonl`, an instance a line, each
//! taken to another chart in the middle of its way.
//!
//! `UPDATE=1` writes the file of this version, until it is released. Files of released versions stay as they are.

use std::path::{Path, PathBuf};

use mingjing_bpmn::migrate::{Change, History, Lawful, migrate};
use mingjing_bpmn::model::read;
use mingjing_bpmn::step::{Event, OutcomesOnly, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::migrate::{Case, Run, cases, open};
use crate::shorthand;

/// Of the cases in `fixtures/migrations`: a plan's mapping, signatures, joins, scopes, a trail that is forgotten, timers,
/// what fired, what is waited for.
const SAVED: [&str; 9] = [
    "the step is gone, and the plan says what it becomes",
    "a countersigned step keeps its signatures",
    "inside a sub-process of the same name",
    "a join that waits keeps its tokens",
    "what was returned to before can be returned to afterwards, joins and all",
    "a return that would not end is given up",
    "a timer is counted anew from when the waiting began",
    "what fired already does not fire again",
    "first of several events: each has its place behind the gateway",
];

#[derive(Serialize, Deserialize)]
struct Saved {
    name: String,
    /// The charts as files.
    before: String,
    after: String,
    /// All of the instance, those of the migration last.
    events: Vec<Value>,
    state: Value,
    /// When it was saved.
    at: i64,
    open: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/saved")
}

fn migrated(case: &Case) -> Saved {
    let (before, after) = (shorthand::xml(&case.before), shorthand::xml(&case.after));
    let (old, new) = (read(&before).unwrap(), read(&after).unwrap());
    let mut run = Run::begun(&old);
    run.script(&old, case.get("script").unwrap_or_default());
    let plan = case.plan();
    let law = Lawful { power: "", local: &[] };
    let answer = migrate(
        &Change::of(&old, &new, &plan),
        &run.state,
        &run.history,
        law,
        run.at,
        &OutcomesOnly,
    );
    assert!(answer.moves(), "{}: {:?}", case.name, answer.findings);
    run.events.extend(answer.events);
    let events = run.events.iter().map(|event| serde_json::to_value(event).unwrap());
    Saved {
        name: case.name.clone(),
        before,
        after,
        events: events.collect(),
        state: serde_json::from_slice(&answer.after.to_json()).unwrap(),
        at: run.at,
        open: open(&answer.after),
    }
}

fn written() -> String {
    let files = std::fs::read_dir(folder().with_file_name("migrations")).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let all: Vec<Case> = texts.flat_map(|text| cases(&text)).collect();
    let line = |name: &&str| {
        let case = all.iter().find(|case| case.name == **name);
        let case = case.unwrap_or_else(|| panic!("no case is called {name}"));
        serde_json::to_string(&migrated(case)).unwrap() + "\n"
    };
    SAVED.iter().map(line).collect()
}

fn goes_on(file: &str, saved: Saved) {
    let name = format!("{file}: {}", saved.name);
    let read = |xml: &str| read(xml).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
    let (before, after) = (read(&saved.before), read(&saved.after));
    let events: Vec<Event> = saved
        .events
        .into_iter()
        .map(|event| serde_json::from_value(event).unwrap_or_else(|cause| panic!("{name}: {cause}")))
        .collect();
    let mut folded = State::default();
    events.iter().for_each(|event| folded.apply(event));
    let state = State::from_json(saved.state.to_string().as_bytes()).unwrap_or_else(|cause| panic!("{name}: {cause}"));
    assert_eq!(
        folded, state,
        "{name}: the fold of the events is the state that was saved"
    );
    assert_eq!(open(&state), saved.open, "{name}");
    let mut history = History::default();
    events.iter().for_each(|event| history.apply(&before, event));
    let mut run = Run {
        state,
        history,
        events,
        at: saved.at,
    };
    run.finishes(&after);
}

#[test]
fn what_every_version_saved_after_a_migration_goes_on() {
    let own = folder().join(format!("{}.jsonl", env!("CARGO_PKG_VERSION")));
    if std::env::var("UPDATE").is_ok() {
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(&own, written()).unwrap();
    }
    assert!(own.exists(), "this version saved nothing yet: UPDATE=1");
    for file in std::fs::read_dir(folder()).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<Saved> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.len() >= 9, "{name}");
        for saved in lines {
            goes_on(&name, saved);
        }
    }
}
