//! Can it always finish, does it leave nothing behind, is nothing dead?
//!
//! Decided by walking every state that the step function itself can reach: each choice of a gateway, each outcome, each
//! event that may come. A multi-instance is looked at with one and with two instances. Values do not count, so a proof
//! holds for all; a counter-example may need values that never occur, and says by which way it came about.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::{Precedence, Soundness};
use crate::model::{Called, Kind, Model, NodeIx, Place, Trigger};
use crate::problem::Problem;
use crate::step::{Event, NoValue, Role, Rules, State, Stimulus, Target, Variables, caught_codes, step};

/// Beyond any of these the answer is "not decided".
const MOST_STATES: usize = 8_000;
const MOST_CHOICES: usize = 4_096;
const MOST_WORK: usize = 8_000_000;
const MOST_TOKENS: usize = 60;

pub(super) fn check(model: &Model, process: NodeIx, problems: &mut Vec<Problem>) -> Soundness {
    let mut search = Search::new(model, process);
    let before = problems.len();
    match search.run() {
        Ok(()) => {
            search.can_finish(problems);
            search.nothing_dead(problems);
        }
        Err(Stop::Problem(problem)) => problems.push(*problem),
        Err(Stop::TooMuch) => {
            let id = Some(model.node(process).id.as_str());
            let text = "情形太多，未能证明流程总能办完；请减少并行分支，或请人复核。".to_owned();
            problems.push(Problem::warning(id, "soundness_not_decided", text));
            return Soundness::NotDecided;
        }
    }
    if problems.len() > before {
        Soundness::Refuted
    } else {
        Soundness::Proven
    }
}

enum Stop {
    Problem(Box<Problem>),
    TooMuch,
}

/// Equal places have equal futures.
type Places = Vec<String>;

struct Search<'a> {
    model: &'a Model,
    process: NodeIx,
    /// Asked for an order of acts, the search does not do those that should come before.
    rule: Option<&'a Precedence>,
    found: Vec<Found>,
    index: HashMap<Places, usize>,
    entered: HashSet<String>,
    work: usize,
}

struct Found {
    state: State,
    /// The state before, and what happened there.
    from: Option<(usize, String)>,
    /// States before this one, for walking back from the ends.
    before: Vec<usize>,
}

/// Answers every question by a list of choices; asked beyond its end, it takes the first and remembers how many there were.
#[derive(Default)]
struct Choices {
    made: RefCell<Vec<(u32, u32)>>,
    next: RefCell<usize>,
}

impl Rules for Choices {
    fn evaluate(&self, _: &str, _: &Variables<'_>) -> Result<Value, NoValue> {
        Ok(Value::Null)
    }

    fn guess(&self, ways: u32) -> Option<u32> {
        let mut made = self.made.borrow_mut();
        let mut next = self.next.borrow_mut();
        if *next == made.len() {
            made.push((0, ways));
        }
        let (choice, _) = made[*next];
        *next += 1;
        Some(choice)
    }

    fn proving(&self) -> bool {
        true
    }

    fn foreign_work_is_done(&self) -> bool {
        false
    }
}

impl Choices {
    /// The next list of choices in order; false after the last.
    fn advance(&self) -> bool {
        *self.next.borrow_mut() = 0;
        let mut made = self.made.borrow_mut();
        while let Some((choice, ways)) = made.pop() {
            if choice + 1 < ways {
                made.push((choice + 1, ways));
                return true;
            }
        }
        false
    }
}

/// Whether a task with the act `rule.act` can be reached though none of the acts before it was done.
pub(super) fn precedes(model: &Model, process: NodeIx, rule: &Precedence, problems: &mut Vec<Problem>) {
    let mut search = Search::new(model, process);
    search.rule = Some(rule);
    match search.run() {
        Ok(()) => {}
        Err(Stop::Problem(problem)) => problems.push(*problem),
        Err(Stop::TooMuch) => {
            let id = Some(model.node(process).id.as_str());
            let text = format!("情形太多，未能证明“{}”之前必有“{}”。", rule.act, rule.needs.join("、"));
            problems.push(Problem::warning(id, "precedence_not_decided", text));
        }
    }
}

impl<'a> Search<'a> {
    fn new(model: &'a Model, process: NodeIx) -> Search<'a> {
        Search {
            model,
            process,
            rule: None,
            found: Vec::new(),
            index: HashMap::new(),
            entered: HashSet::new(),
            work: 0,
        }
    }

    fn run(&mut self) -> Result<(), Stop> {
        let start = Stimulus::Start {
            process: self.model.node(self.process).id.to_string(),
            vars: serde_json::Map::new(),
        };
        self.follow(&State::default(), &start, None)?;
        let mut next = 0;
        while next < self.found.len() {
            self.expand(next)?;
            next += 1;
        }
        Ok(())
    }

    fn expand(&mut self, at: usize) -> Result<(), Stop> {
        let state = self.found[at].state.clone();
        if state.end().is_some() {
            return Ok(());
        }
        let stimuli = self.stimuli(&state);
        if stimuli.is_empty() && self.rule.is_none() {
            return Err(Stop::Problem(Box::new(self.stuck(at, &state))));
        }
        for (stimulus, what) in stimuli {
            self.follow(&state, &stimulus, Some((at, what)))?;
        }
        Ok(())
    }

    /// Everything that may happen next.
    fn stimuli(&self, state: &State) -> Vec<(Stimulus, String)> {
        let mut stimuli = Vec::new();
        for instance in state.instances() {
            let Some(ix) = self.model.find(instance.element.as_str()) else {
                continue;
            };
            let node = self.model.node(ix);
            let task = matches!(node.kind, Kind::Task(_) | Kind::Call(Called::Global(..)));
            if !task || instance.role == Role::Whole || self.comes_before(ix) {
                continue;
            }
            let listens = state
                .subscriptions()
                .iter()
                .any(|sub| sub.owner == instance.id && sub.element == node.id);
            let id = node.id.to_string();
            if !listens {
                let target = Target::Instance(instance.id);
                let vars = serde_json::Map::new();
                stimuli.push((Stimulus::Complete { target, vars }, id.clone()));
            }
            for error in caught_codes(self.model, ix) {
                let target = Target::Instance(instance.id);
                let vars = serde_json::Map::new();
                stimuli.push((Stimulus::Fail { target, error, vars }, id.clone()));
            }
        }
        for sub in state.subscriptions().iter().filter(|sub| !sub.hit) {
            let node = self.model.find(sub.element.as_str()).map(|ix| self.model.node(ix));
            let endless = node
                .and_then(|node| node.event())
                .is_some_and(|event| !event.interrupting && matches!(event.place, Place::Boundary | Place::Start));
            // An event that may come again and again is looked at once at a time.
            let runs = || {
                state
                    .instances()
                    .iter()
                    .any(|i| self.comes_from(i.element.as_str(), sub.element.as_str()))
            };
            if sub.owner == 0 && !state.instances().is_empty() || (endless && runs()) {
                continue;
            }
            stimuli.push((Stimulus::Fire { sub: sub.id }, sub.element.to_string()));
        }
        stimuli
    }

    fn act(&self, ix: NodeIx) -> Option<&str> {
        self.model.node(ix).activity.as_ref()?.work.as_ref()?.act.as_deref()
    }

    fn comes_before(&self, ix: NodeIx) -> bool {
        let act = self.act(ix);
        self.rule
            .is_some_and(|rule| rule.needs.iter().any(|need| Some(need.as_str()) == act))
    }

    fn too_early(&self, element: &str, from: Option<&(usize, String)>) -> Option<Stop> {
        let rule = self.rule?;
        let ix = self.model.find(element)?;
        if self.act(ix) != Some(rule.act.as_str()) {
            return None;
        }
        let text = format!(
            "“{}”之前可能没有办过“{}”{}。",
            self.label(element),
            rule.needs.join("”或“"),
            rule.basis()
        );
        let problem = Problem::error(Some(element), "precedence", text);
        Some(Stop::Problem(Box::new(problem.with_path(self.way(from)))))
    }

    /// Whether an open element lies behind a not interrupting event.
    fn comes_from(&self, open: &str, event: &str) -> bool {
        let (Some(open), Some(event)) = (self.model.find(open), self.model.find(event)) else {
            return false;
        };
        if self.model.node(event).is_start() {
            return self.model.node(event).parent == Some(open);
        }
        let mut seen = HashSet::new();
        let mut next: Vec<NodeIx> = self.model.successors(event).collect();
        while let Some(at) = next.pop() {
            if at == open {
                return true;
            }
            if seen.insert(at) {
                next.extend(self.model.successors(at));
            }
        }
        false
    }

    fn follow(&mut self, state: &State, stimulus: &Stimulus, from: Option<(usize, String)>) -> Result<(), Stop> {
        let choices = Choices::default();
        for _ in 0..MOST_CHOICES {
            self.work += 1 + self.model.nodes().len();
            if self.work > MOST_WORK {
                return Err(Stop::TooMuch);
            }
            match step(self.model, state, stimulus, 0, &choices) {
                Ok(events) => self.arrive(state, &events, from.clone())?,
                Err(refusal) if refusal.code == "not_listening" || self.rule.is_some() => {}
                Err(refusal) => {
                    let problem = Problem::error(refusal.element.as_deref(), refusal.code, refusal.message);
                    return Err(Stop::Problem(Box::new(problem.with_path(self.way(from.as_ref())))));
                }
            }
            if !choices.advance() {
                return Ok(());
            }
        }
        Err(Stop::TooMuch)
    }

    fn arrive(&mut self, state: &State, events: &[Event], from: Option<(usize, String)>) -> Result<(), Stop> {
        let mut after = state.clone();
        for event in events {
            after.apply(event);
            match event {
                Event::Started(instance) => {
                    if let Some(stop) = self.too_early(instance.element.as_str(), from.as_ref()) {
                        return Err(stop);
                    }
                    self.entered.insert(instance.element.to_string());
                }
                Event::Passed { element, .. } | Event::Fired { element, .. } => {
                    self.entered.insert(element.to_string());
                }
                _ => {}
            }
        }
        let places = after.places();
        if after.instances().len() + after.waits().len() > MOST_TOKENS {
            if self.rule.is_some() {
                return Err(Stop::TooMuch);
            }
            return Err(Stop::Problem(Box::new(self.flood(&after, from.as_ref()))));
        }
        let before = from.as_ref().map(|(at, _)| *at);
        if let Some(known) = self.index.get(&places) {
            self.found[*known].before.extend(before);
            return Ok(());
        }
        if self.found.len() == MOST_STATES {
            return Err(Stop::TooMuch);
        }
        self.index.insert(places, self.found.len());
        self.found.push(Found {
            state: after,
            from,
            before: before.into_iter().collect(),
        });
        Ok(())
    }

    fn flood(&self, state: &State, from: Option<&(usize, String)>) -> Problem {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let open = state.instances().iter().map(|i| i.element.as_str());
        for element in open.chain(state.waits().iter().map(|wait| wait.element.as_str())) {
            *counts.entry(element).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(element, count)| (*count, *element));
        let element = most.map_or("", |(element, _)| element);
        let text = format!("“{}”会越积越多：前面分开的几路没有汇合。", self.label(element));
        Problem::error(Some(element), "tokens_pile_up", text).with_path(self.way(from))
    }

    fn label<'s>(&'s self, element: &'s str) -> &'s str {
        self.model
            .find(element)
            .map_or(element, |ix| self.model.node(ix).label())
    }

    fn stuck(&self, at: usize, state: &State) -> Problem {
        let waiting = state.waits().first().map(|wait| wait.element.to_string());
        let element = waiting.unwrap_or_else(|| self.model.node(self.process).id.to_string());
        let text = format!("案件会卡在“{}”：它等的另一路不会再来。", self.label(&element));
        Problem::error(Some(&element), "deadlock", text).with_path(self.way_to(at))
    }

    /// Every state found must lead to one that has ended.
    fn can_finish(&self, problems: &mut Vec<Problem>) {
        let mut finishes = vec![false; self.found.len()];
        let ended = (0..self.found.len()).filter(|at| self.found[*at].state.end().is_some());
        let mut open: VecDeque<usize> = ended.collect();
        while let Some(at) = open.pop_front() {
            if !std::mem::replace(&mut finishes[at], true) {
                open.extend(&self.found[at].before);
            }
        }
        let Some(lost) = finishes.iter().position(|finishes| !finishes) else {
            return;
        };
        let state = &self.found[lost].state;
        let element = state
            .instances()
            .last()
            .map_or("", |instance| instance.element.as_str());
        let text = "走到这里以后，无论怎样办理，流程都不能结束。".to_owned();
        problems.push(Problem::error(Some(element), "cannot_finish", text).with_path(self.way_to(lost)));
    }

    fn nothing_dead(&self, problems: &mut Vec<Problem>) {
        for ix in self
            .model
            .indices()
            .filter(|ix| self.model.process_of(*ix) == self.process)
        {
            let node = self.model.node(ix);
            let on_demand = match &node.kind {
                Kind::Process { .. } | Kind::Sub(crate::model::SubKind::Event) => true,
                // What is thrown by others' work or undone on demand is not known to come.
                Kind::Event(event) => {
                    matches!(event.place, Place::Boundary | Place::Start) && event.triggers.iter().any(rarely)
                }
                _ => node.activity.as_ref().is_some_and(|a| a.for_compensation),
            };
            if on_demand || self.entered.contains(node.id.as_str()) || self.behind_rare(ix) {
                continue;
            }
            let text = format!("“{}”在任何情形下都走不到。", node.label());
            problems.push(Problem::error(Some(node.id.as_str()), "dead", text));
        }
    }

    /// Reached only by what is not known to come.
    fn behind_rare(&self, ix: NodeIx) -> bool {
        let mut seen = HashSet::new();
        let mut open = vec![ix];
        while let Some(at) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            let node = self.model.node(at);
            if node
                .event()
                .is_some_and(|event| event.triggers.iter().any(rarely) && node.incoming.is_empty())
            {
                return true;
            }
            if node.kind == Kind::Sub(crate::model::SubKind::Event) {
                return true;
            }
            open.extend(node.incoming.iter().map(|flow| self.model.flow(*flow).source));
            open.extend(node.parent.filter(|parent| self.model.node(*parent).parent.is_some()));
        }
        false
    }

    fn way(&self, from: Option<&(usize, String)>) -> Vec<String> {
        let Some((at, what)) = from else {
            return Vec::new();
        };
        let mut way = self.way_to(*at);
        way.push(what.clone());
        way
    }

    /// What happened on a shortest way to a state.
    fn way_to(&self, at: usize) -> Vec<String> {
        let mut way = Vec::new();
        let mut at = at;
        while let Some((before, what)) = &self.found[at].from {
            way.push(what.clone());
            at = *before;
        }
        way.reverse();
        way
    }
}

fn rarely(trigger: &Trigger) -> bool {
    matches!(
        trigger,
        Trigger::Error { .. } | Trigger::Escalation { .. } | Trigger::Compensate { .. } | Trigger::Cancel
    )
}
