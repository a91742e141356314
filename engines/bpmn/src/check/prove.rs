//! The whole proof of an item's flow: the standard, soundness, the law, and what the chart names.

use serde::Serialize;

use super::conditions::{self, Conditions};
use super::inventory::Inventory;
use super::law::{self, LawOfPower};
use super::{MAX_PROBLEMS, Soundness, duration, operations, order, own_processes, references, soundness};
use crate::model::{self, Model, NodeIx};
use crate::problem::{Problem, Severity};

/// What is known of an item's flow. Each finding names element, rule, sentence and, where there is one, a way that shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proof {
    /// Errors first; at most [`MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
    pub soundness: Soundness,
    /// Whether 退回 and 加签 keep it sound.
    pub operations: Soundness,
    /// A model could be made out.
    pub readable: bool,
    /// States that the search has found, in all processes.
    pub states: usize,
}

impl Proof {
    /// The flow may be confirmed: everything was looked at, nothing was found.
    pub fn holds(&self) -> bool {
        let decided = self.soundness == Soundness::Proven && self.operations == Soundness::Proven;
        let errors = self.problems.iter().any(|problem| problem.severity == Severity::Error);
        self.readable && decided && !errors
    }
}

/// Proves a flow against the law and what a place has.
pub fn prove(xml: &str, inventory: &Inventory, ask: &dyn Conditions) -> Proof {
    let (model, problems) = model::read_all(xml);
    let mut proof = Proof {
        readable: model.as_ref().is_some_and(|model| !model.nodes().is_empty()),
        problems,
        soundness: Soundness::NotAsked,
        operations: Soundness::NotAsked,
        states: 0,
    };
    let fit = !proof.problems.iter().any(|problem| problem.severity == Severity::Error);
    if let Some(model) = model.filter(|_| fit) {
        proof.of_model(&model, inventory, ask);
    }
    proof.problems.sort_by_key(|problem| problem.severity);
    proof.problems.truncate(MAX_PROBLEMS);
    proof
}

impl Proof {
    fn of_model(&mut self, model: &Model, inventory: &Inventory, ask: &dyn Conditions) {
        references::check(model, inventory, &mut self.problems);
        conditions::check(model, ask, &mut self.problems);
        let built_in = law::law();
        let law: Vec<&LawOfPower> = built_in.iter().chain(&inventory.local_rules).collect();
        (self.soundness, self.operations) = (Soundness::Proven, Soundness::Proven);
        for process in own_processes(model) {
            self.of_process(model, process, inventory, &law);
        }
    }

    fn of_process(&mut self, model: &Model, process: NodeIx, inventory: &Inventory, law: &[&LawOfPower]) {
        let purpose = inventory.purpose(model.node(process).id.as_str());
        let applying: Vec<&LawOfPower> = purpose.map_or_else(Vec::new, |purpose| {
            law::that_apply(law.iter().copied(), &purpose.power).collect()
        });
        if let Some(purpose) = purpose {
            let clock = applying.iter().rev().find_map(|entry| entry.clock.as_ref());
            duration::check(model, process, purpose, clock, inventory, &mut self.problems);
        }
        let (sound, search) = soundness::check(model, process, &mut self.problems);
        self.soundness = self.soundness.and(sound);
        let Some(mut search) = search else {
            self.operations = self.operations.and(Soundness::NotAsked);
            return;
        };
        self.states += search.found.len();
        let ways = order::Ways::of(&search);
        for rule in applying.iter().flat_map(|entry| &entry.rules) {
            order::check(rule, &ways, &mut self.problems);
        }
        let kept = match sound {
            Soundness::Proven => operations::check(&mut search, &mut self.problems),
            _ => Soundness::NotAsked,
        };
        self.operations = self.operations.and(kept);
    }
}
