//! Random structured models always finish, also with returns and added signers; replaying gives the same state.

use mingjing_bpmn::check::{Soundness, verdict};
use mingjing_bpmn::model::{self, Model};
use mingjing_bpmn::step::{Doer, End, Event, OutcomesOnly, State, Stimulus, Target, When, step};
use proptest::prelude::*;

use crate::shorthand;

/// A piece with one way in and one way out.
#[derive(Debug, Clone)]
pub enum Block {
    Task,
    Countersign(u8),
    Sequence(Vec<Block>),
    Parallel(Vec<Block>),
    Sub(Box<Block>),
}

pub fn block() -> impl Strategy<Value = Block> {
    let leaf = prop_oneof![Just(Block::Task), (2u8..4).prop_map(Block::Countersign)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Block::Sequence),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Block::Parallel),
            inner.prop_map(|block| Block::Sub(Box::new(block))),
        ]
    })
}

/// Writes a piece that leads to `next`; gives the id it begins with.
fn write(block: &Block, next: &str, count: &mut u32, out: &mut String) -> String {
    *count += 1;
    let n = *count;
    match block {
        Block::Task => {
            out.push_str(&format!("user t{n} > {next}\n"));
            format!("t{n}")
        }
        Block::Countersign(many) => {
            out.push_str(&format!("user t{n} multi={many} > {next}\n"));
            format!("t{n}")
        }
        Block::Sequence(blocks) => {
            let mut next = next.to_owned();
            for block in blocks.iter().rev() {
                next = write(block, &next, count, out);
            }
            next
        }
        Block::Parallel(blocks) => {
            let join = format!("j{n}");
            let starts: Vec<String> = blocks.iter().map(|block| write(block, &join, count, out)).collect();
            out.push_str(&format!(
                "parallel {join} > {next}\nparallel g{n} > {}\n",
                starts.join(" ")
            ));
            format!("g{n}")
        }
        Block::Sub(block) => {
            let mut inner = String::new();
            let first = write(block, &format!("e{n}"), count, &mut inner);
            out.push_str(&format!(
                "sub p{n} > {next} {{\nstart s{n} > {first}\n{inner}end e{n}\n}}\n"
            ));
            format!("p{n}")
        }
    }
}

pub fn written(block: &Block) -> Model {
    let mut out = String::new();
    let first = write(block, "e", &mut 0, &mut out);
    model::read(&shorthand::xml(&format!("start s > {first}\n{out}end e\n"))).unwrap()
}

struct Run<'a> {
    model: &'a Model,
    state: State,
    events: Vec<Event>,
    at: i64,
}

impl Run<'_> {
    fn take(&mut self, stimulus: &Stimulus) -> bool {
        self.at += 1;
        let Ok(events) = step(self.model, &self.state, stimulus, self.at, &OutcomesOnly) else {
            return false;
        };
        for event in &events {
            self.state.apply(event);
        }
        self.events.extend(events);
        // What is saved is what goes on.
        let saved = self.state.to_json();
        assert_eq!(State::from_json(&saved).unwrap(), self.state);
        true
    }

    fn tasks(&self) -> Vec<(u32, String)> {
        let open = self.state.instances().iter();
        let tasks = open.filter(|i| i.element.as_str().starts_with('t'));
        tasks.map(|i| (i.id, i.element.to_string())).collect()
    }
}

fn doer() -> Doer {
    Doer {
        by: Some("张三".to_owned()),
        reason: Some("理由".to_owned()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn structured_flows_finish_whatever_is_given_back(block in block(), choices in prop::collection::vec(any::<u16>(), 0..60)) {
        let model = written(&block);
        let mut run = Run { model: &model, state: State::default(), events: Vec::new(), at: 0 };
        assert!(run.take(&Stimulus::Start { process: "p".to_owned(), vars: serde_json::Map::new() }));
        let mut done: Vec<String> = Vec::new();
        for choice in choices {
            let tasks = run.tasks();
            if tasks.is_empty() { break; }
            let (id, element) = tasks[usize::from(choice >> 3) % tasks.len()].clone();
            let target = Target::Instance(id);
            match choice % 8 {
                0 | 1 if !done.is_empty() => {
                    let to = done[usize::from(choice >> 6) % done.len()].clone();
                    run.take(&Stimulus::Return { target, to, doer: doer() });
                }
                2 => { run.take(&Stimulus::AddSigners { target, who: vec!["李四".to_owned()], when: When::Before, doer: doer() }); }
                3 => { run.take(&Stimulus::AddSigners { target, who: vec!["王五".to_owned()], when: When::After, doer: doer() }); }
                4 => { run.take(&Stimulus::AddSigners { target, who: vec!["赵六".to_owned()], when: When::Beside, doer: doer() }); }
                5 if !done.is_empty() => { run.take(&Stimulus::Withdraw { element: done[done.len() - 1].clone(), doer: doer() }); }
                _ => if run.take(&Stimulus::Complete { target, vars: serde_json::Map::new() }) { done.push(element); },
            }
        }
        // From wherever it stands, completing what is open leads to the end.
        for _ in 0..2_000 {
            let tasks = run.tasks();
            if tasks.is_empty() { break; }
            let vars = serde_json::Map::new;
            let done = tasks.iter().rev().any(|(id, _)| run.take(&Stimulus::Complete { target: Target::Instance(*id), vars: vars() }));
            prop_assert!(done, "nothing can be completed: {:?}", run.state);
        }
        prop_assert_eq!(run.state.end(), Some(&End::Completed), "{:?}", run.state);
        let mut replayed = State::default();
        for event in &run.events {
            let text = serde_json::to_string(event).unwrap();
            replayed.apply(&serde_json::from_str(&text).unwrap());
        }
        prop_assert_eq!(replayed, run.state);
    }

    #[test]
    fn structured_flows_are_proven_and_a_wrong_join_is_found(block in block()) {
        let mut out = String::new();
        let first = write(&block, "e", &mut 0, &mut out);
        let text = format!("start s > {first}\n{out}end e\n");
        let found = verdict(&shorthand::xml(&text));
        prop_assert!(found.is_fit(), "{:?}\n{}", found.problems, text);
        prop_assert!(matches!(found.soundness, Soundness::Proven | Soundness::NotDecided));
        if let Some(at) = text.find("parallel g") {
            // One of the branches is chosen, and the join waits for all.
            let wrong = format!("{}exclusive{}", &text[..at], &text[at + "parallel".len()..]);
            let found = verdict(&shorthand::xml(&wrong));
            prop_assert!(found.soundness != Soundness::Proven, "{wrong}");
        }
    }
}
