//! One chart, acts on it, another chart, and what comes of taking the instance there: `fixtures/migrations/*.txt`.
//!
//! A case begins with `== name`. `power:`, `script:` (acts by `;`: an element, `element=outcome`, `element=>back`,
//! `+PT1H`, `?message`), `plan:` (`old>new`, `flow:old>new`, `end:old`), the charts after `-- before` and `-- after`, then
//! `moves:` (what is open then) or `stays:` (the findings), `remarks:`, `then:` (a script) with `open:`.
//! Whatever moves must be able to end.

use std::collections::BTreeSet;
use std::path::Path;

use mingjing_bpmn::migrate::{Answer, Change, History, Lawful, Plan, migrate};
use mingjing_bpmn::model::{self, Model};
use mingjing_bpmn::step::{Doer, Event, OutcomesOnly, Role, State, Stimulus, Target, When, step};
use mingjing_bpmn::{Problem, Severity};
use proptest::prelude::*;
use serde_json::Map;

use crate::flow_random::{block, written};
use crate::shorthand;

const HOUR: i64 = 3_600_000_000;

#[derive(Default)]
pub struct Case {
    pub name: String,
    pub before: String,
    pub after: String,
    lines: Vec<(String, String)>,
}

pub fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut part = 0;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("== ") {
            cases.push(Case {
                name: name.to_owned(),
                ..Case::default()
            });
            part = 0;
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        match line {
            "-- before" => part = 1,
            "-- after" => part = 2,
            "-- expect" => part = 3,
            _ if line.trim().is_empty() => {}
            _ if part == 1 => case.before += &format!("{line}\n"),
            _ if part == 2 => case.after += &format!("{line}\n"),
            _ => {
                let (key, value) = line.split_once(':').unwrap();
                case.lines.push((key.to_owned(), value.trim().to_owned()));
            }
        }
    }
    cases
}

impl Case {
    pub fn get(&self, key: &str) -> Option<&str> {
        let found = self.lines.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }

    pub fn plan(&self) -> Plan {
        let mut plan = Plan::default();
        for word in self.get("plan").unwrap_or_default().split_whitespace() {
            if let Some(id) = word.strip_prefix("end:") {
                plan.ended.insert(id.to_owned());
            } else if let Some((from, to)) = word.strip_prefix("flow:").and_then(|word| word.split_once('>')) {
                plan.flows.insert(from.to_owned(), to.to_owned());
            } else {
                let (from, to) = word.split_once('>').unwrap();
                plan.elements.insert(from.to_owned(), to.to_owned());
            }
        }
        plan
    }
}

pub struct Run {
    pub state: State,
    pub history: History,
    pub events: Vec<Event>,
    pub at: i64,
}

impl Run {
    pub fn begun(model: &Model) -> Run {
        let mut run = Run {
            state: State::default(),
            history: History::default(),
            events: Vec::new(),
            at: 0,
        };
        let vars = Map::new();
        run.take(
            model,
            &Stimulus::Start {
                process: "p".to_owned(),
                vars,
            },
        )
        .unwrap();
        run
    }

    fn take(&mut self, model: &Model, stimulus: &Stimulus) -> Result<(), String> {
        let events = step(model, &self.state, stimulus, self.at, &OutcomesOnly).map_err(|no| no.message)?;
        for event in events {
            self.history.apply(model, &event);
            self.state.apply(&event);
            self.events.push(event);
        }
        assert_eq!(State::from_json(&self.state.to_json()).unwrap(), self.state);
        Ok(())
    }

    pub fn script(&mut self, model: &Model, script: &str) {
        for act in script.split(';').map(str::trim).filter(|act| !act.is_empty()) {
            let stimulus = if let Some(hours) = act.strip_prefix("+PT") {
                self.at += hours.trim_end_matches('H').parse::<i64>().unwrap() * HOUR;
                Stimulus::Tick
            } else if let Some(name) = act.strip_prefix('?') {
                Stimulus::Message {
                    name: name.to_owned(),
                    key: None,
                    vars: Map::new(),
                }
            } else if let Some((element, to)) = act.split_once("=>") {
                Stimulus::Return {
                    target: Target::element(element),
                    to: to.to_owned(),
                    doer: Doer::default(),
                }
            } else {
                let (element, outcome) = act.split_once('=').unwrap_or((act, ""));
                completion(
                    Target::element(element),
                    Some(outcome).filter(|outcome| !outcome.is_empty()),
                )
            };
            self.take(model, &stimulus).unwrap_or_else(|no| panic!("{act}: {no}"));
        }
    }

    /// Whatever is open is done, until nothing is.
    pub fn finishes(&mut self, model: &Model) {
        for round in 0..600 {
            if self.state.end().is_some() {
                return;
            }
            let open: Vec<(u32, String)> = (self.state.instances().iter().rev())
                .filter(|open| open.role != Role::Whole)
                .map(|open| (open.id, open.element.to_string()))
                .collect();
            let done = open.iter().any(|(id, element)| {
                let outcomes = model.work(element).map_or(&[][..], |work| &work.outcomes);
                let outcome = (!outcomes.is_empty()).then(|| outcomes[round % outcomes.len()].id.as_str());
                self.take(model, &completion(Target::Instance(*id), outcome)).is_ok()
            });
            if !done {
                self.at += 1_000 * 24 * HOUR;
                let before = self.events.len();
                self.take(model, &Stimulus::Tick).unwrap();
                if before == self.events.len() {
                    let sub = self
                        .state
                        .subscriptions()
                        .iter()
                        .find(|sub| !sub.hit)
                        .expect("something is listened for")
                        .id;
                    self.take(model, &Stimulus::Fire { sub }).unwrap();
                }
            }
        }
        panic!("it does not end: {:?}", self.state);
    }
}

fn completion(target: Target, outcome: Option<&str>) -> Stimulus {
    let vars = outcome.map(|outcome| ("outcome".to_owned(), outcome.into()));
    Stimulus::Complete {
        target,
        vars: vars.into_iter().collect(),
    }
}

pub fn open(state: &State) -> String {
    let places = state
        .instances()
        .iter()
        .filter(|open| open.parent != 0 && open.role != Role::Whole);
    let mut places: Vec<String> = places.map(|open| open.element.to_string()).collect();
    places.extend(state.waits().iter().map(|wait| format!("~{}", wait.element)));
    places.sort();
    places.join(" ")
}

fn told(findings: &[Problem], severity: Severity) -> String {
    let found = findings.iter().filter(|found| found.severity == severity);
    let found: BTreeSet<String> = found
        .map(|found| format!("{}@{}", found.code, found.element.as_deref().unwrap_or_default()))
        .collect();
    Vec::from_iter(found).join(" ")
}

fn read(shorthand: &str) -> Model {
    model::read(&shorthand::xml(shorthand)).unwrap_or_else(|problems| panic!("{problems:?}\n{shorthand}"))
}

fn check(case: &Case) {
    let (old, new) = (read(&case.before), read(&case.after));
    let mut run = Run::begun(&old);
    run.script(&old, case.get("script").unwrap_or_default());
    let plan = case.plan();
    let change = Change::of(&old, &new, &plan);
    let law = Lawful {
        power: case.get("power").unwrap_or_default(),
        local: &[],
    };
    let answer = migrate(&change, &run.state, &run.history, law, run.at, &OutcomesOnly);
    let all = &answer.findings;
    assert_eq!(
        told(all, Severity::Error),
        case.get("stays").unwrap_or_default(),
        "{}: {all:?}",
        case.name
    );
    assert_eq!(
        told(all, Severity::Warning),
        case.get("remarks").unwrap_or_default(),
        "{}: {all:?}",
        case.name
    );
    assert_eq!(answer.moves(), case.get("stays").is_none(), "{}", case.name);
    if !answer.moves() {
        assert_eq!(answer.after, run.state, "{}: refused, nothing changed", case.name);
        return;
    }
    for event in &answer.events {
        let text = serde_json::to_string(event).unwrap();
        let event: Event = serde_json::from_str(&text).unwrap();
        run.state.apply(&event);
        run.events.push(event);
    }
    assert_eq!(run.state, answer.after, "{}: the fold of the events", case.name);
    assert_eq!(open(&run.state), case.get("moves").unwrap_or_default(), "{}", case.name);
    if let Some(script) = case.get("then") {
        run.script(&new, script);
        assert_eq!(open(&run.state), case.get("open").unwrap_or_default(), "{}", case.name);
    }
    run.finishes(&new);
    let mut replayed = State::default();
    run.events.iter().for_each(|event| replayed.apply(event));
    assert_eq!(replayed, run.state, "{}: replayed", case.name);
}

#[test]
fn charts_change_under_what_runs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/migrations");
    let (mut seen, mut failed) = (0, 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for case in cases(&text) {
            // All that fail are told, not the first alone.
            failed += usize::from(std::panic::catch_unwind(|| check(&case)).is_err());
            seen += 1;
        }
    }
    assert_eq!(failed, 0, "of {seen}");
    assert!(seen > 25, "{seen}");
}

/// Acts by chance on a chart whose tasks are called t1, t2, …
fn by_chance(model: &Model, choices: &[u16]) -> Run {
    let mut run = Run::begun(model);
    let mut done: Vec<String> = Vec::new();
    for choice in choices {
        let open = run.state.instances().iter();
        let tasks: Vec<(u32, String)> = open
            .filter(|open| open.element.as_str().starts_with('t'))
            .map(|open| (open.id, open.element.to_string()))
            .collect();
        if tasks.is_empty() {
            break;
        }
        let (id, element) = tasks[usize::from(choice >> 3) % tasks.len()].clone();
        let target = Target::Instance(id);
        let doer = Doer::default();
        let who = vec!["李四".to_owned()];
        let stimulus = match choice % 8 {
            0 if !done.is_empty() => Stimulus::Return {
                target,
                to: done[usize::from(choice >> 6) % done.len()].clone(),
                doer,
            },
            1 => Stimulus::AddSigners {
                target,
                who,
                when: When::Before,
                doer,
            },
            2 => Stimulus::AddSigners {
                target,
                who,
                when: When::After,
                doer,
            },
            3 => Stimulus::Delegate {
                target,
                to: "王五".to_owned(),
                doer,
            },
            4 => Stimulus::HandBack { target, doer },
            _ => completion(target, None),
        };
        if run.take(model, &stimulus).is_ok() && matches!(stimulus, Stimulus::Complete { .. }) {
            done.push(element);
        }
    }
    run
}

fn judged(old: &Model, new: &Model, run: &Run) -> Answer {
    let plan = Plan::default();
    let change = Change::of(old, new, &plan);
    let law = Lawful { power: "", local: &[] };
    migrate(&change, &run.state, &run.history, law, run.at, &OutcomesOnly)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn to_the_same_chart_nothing_changes(block in block(), choices in prop::collection::vec(any::<u16>(), 0..30)) {
        let model = written(&block);
        let run = by_chance(&model, &choices);
        let answer = judged(&model, &model, &run);
        if run.state.end().is_some() {
            prop_assert!(!answer.moves());
            return Ok(());
        }
        let undecided = answer.findings.iter().any(|found| found.code.ends_with("_not_decided"));
        prop_assert!(answer.moves() || undecided, "{:?}", answer.findings);
        prop_assert_eq!(&answer.after, &run.state);
    }

    #[test]
    fn to_another_chart_it_stays_or_finishes(
        from in block(),
        to in block(),
        choices in prop::collection::vec(any::<u16>(), 0..30),
    ) {
        let (old, new) = (written(&from), written(&to));
        let mut run = by_chance(&old, &choices);
        let answer = judged(&old, &new, &run);
        if !answer.moves() {
            prop_assert_eq!(&answer.after, &run.state);
            return Ok(());
        }
        for event in answer.events {
            run.state.apply(&event);
        }
        // Who was asked hands back; the rest is done.
        let open: Vec<u32> = run.state.instances().iter().map(|open| open.id).collect();
        for id in open {
            let _ = run.take(&new, &Stimulus::HandBack { target: Target::Instance(id), doer: Doer::default() });
        }
        run.finishes(&new);
    }
}
