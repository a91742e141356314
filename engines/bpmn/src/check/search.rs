//! Walks every state that the step function itself can reach: each choice of a gateway, each outcome of a task, each
//! event that may come. A multi-instance is looked at with one and with two instances. Values do not count, so what holds
//! of all states found holds for all data; a way to a state may need values that never occur.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::model::{Called, FlowIx, Kind, Model, NodeIx, Place};
use crate::problem::Problem;
use crate::step::{Event, NoValue, Role, Rules, State, Stimulus, Target, Variables, caught_codes, step};

/// Beyond any of these the answer is "not decided".
const MOST_STATES: usize = 8_000;
const MOST_CHOICES: usize = 4_096;
const MOST_WORK: usize = 8_000_000;
const MOST_TOKENS: usize = 60;

pub(super) enum Stop {
    Problem(Box<Problem>),
    TooMuch,
}

/// Equal places have equal futures.
type Places = Vec<String>;

pub(super) struct Search<'a> {
    pub model: &'a Model,
    pub process: NodeIx,
    pub found: Vec<Found>,
    pub passages: Vec<Passage>,
    pub entered: HashSet<NodeIx>,
    pub taken: HashSet<FlowIx>,
    index: HashMap<Places, usize>,
    work: usize,
}

pub(super) struct Found {
    pub state: State,
    /// The state before, and what happened there; none of a state that the start leads to.
    pub from: Option<(usize, String)>,
}

/// One thing that can happen in a state found.
#[derive(Clone, Copy)]
pub(super) struct Passage {
    /// None: the start.
    pub from: Option<usize>,
    pub to: usize,
    /// The task that was done by it.
    pub deed: Option<Deed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deed {
    pub task: NodeIx,
    /// Which of the task's outcomes, where it has any.
    pub outcome: Option<usize>,
}

/// What may happen: the stimulus, the element it concerns and the outcome it brings.
struct Chance {
    stimulus: Stimulus,
    what: String,
    outcome: Option<usize>,
}

/// Where a chance is taken, for ways and passages.
#[derive(Clone)]
struct From {
    at: usize,
    what: String,
    outcome: Option<usize>,
}

/// Answers every question by a list of choices; asked beyond its end, it takes the first and remembers how many there were.
#[derive(Default)]
pub(super) struct Choices {
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

impl<'a> Search<'a> {
    pub(super) fn new(model: &'a Model, process: NodeIx) -> Search<'a> {
        Search {
            model,
            process,
            found: Vec::new(),
            passages: Vec::new(),
            index: HashMap::new(),
            entered: HashSet::new(),
            taken: HashSet::new(),
            work: 0,
        }
    }

    /// From where an instance stands instead of from the start.
    pub(super) fn from(model: &'a Model, process: NodeIx, state: State) -> Search<'a> {
        let mut search = Search::new(model, process);
        search.index.insert(state.places(), 0);
        search.found.push(Found { state, from: None });
        search.passages.push(Passage {
            from: None,
            to: 0,
            deed: None,
        });
        search
    }

    pub(super) fn run(&mut self) -> Result<(), Stop> {
        let start = Stimulus::Start {
            process: self.model.node(self.process).id.to_string(),
            vars: Map::new(),
        };
        self.follow(&State::default(), &start, None)?;
        self.expand_from(0)
    }

    /// Looks at what can happen in every state from one on, also in those that are found meanwhile.
    pub(super) fn expand_from(&mut self, first: usize) -> Result<(), Stop> {
        let mut next = first;
        while next < self.found.len() {
            self.expand(next)?;
            next += 1;
        }
        Ok(())
    }

    /// Takes a step that is none of those a flow allows by itself: a return, an added signer.
    pub(super) fn also(&mut self, at: usize, stimulus: &Stimulus, what: &str) -> Result<(), Stop> {
        let state = self.found[at].state.clone();
        let from = From {
            at,
            what: what.to_owned(),
            outcome: None,
        };
        self.follow(&state, stimulus, Some(&from))
    }

    pub(super) fn knows(&self, state: &State) -> bool {
        self.index.contains_key(&state.places())
    }

    fn expand(&mut self, at: usize) -> Result<(), Stop> {
        let state = self.found[at].state.clone();
        if state.end().is_some() {
            return Ok(());
        }
        let chances = self.chances(&state);
        if chances.is_empty() {
            return Err(Stop::Problem(Box::new(self.stuck(at, &state))));
        }
        for chance in chances {
            let from = From {
                at,
                what: chance.what,
                outcome: chance.outcome,
            };
            self.follow(&state, &chance.stimulus, Some(&from))?;
        }
        Ok(())
    }

    /// Everything that may happen next.
    fn chances(&self, state: &State) -> Vec<Chance> {
        let mut chances = Vec::new();
        for instance in state.instances() {
            let Some(ix) = self.model.find(instance.element.as_str()) else {
                continue;
            };
            let node = self.model.node(ix);
            let task = matches!(node.kind, Kind::Task(_) | Kind::Call(Called::Global(..)));
            if !task || instance.role == Role::Whole {
                continue;
            }
            let listens = state
                .subscriptions()
                .iter()
                .any(|sub| sub.owner == instance.id && sub.element == node.id);
            if !listens {
                chances.extend(self.completions(ix, instance.id));
            }
            for error in caught_codes(self.model, ix) {
                let target = Target::Instance(instance.id);
                chances.push(Chance {
                    stimulus: Stimulus::Fail {
                        target,
                        error,
                        vars: Map::new(),
                    },
                    what: node.id.to_string(),
                    outcome: None,
                });
            }
        }
        self.firings(state, &mut chances);
        chances
    }

    /// A task is done with each of its outcomes.
    fn completions(&self, ix: NodeIx, instance: u32) -> Vec<Chance> {
        let outcomes = outcomes(self.model, ix);
        let complete = |outcome: Option<usize>| Chance {
            stimulus: completion(instance, outcome.map(|at| outcomes[at].as_str())),
            what: self.model.node(ix).id.to_string(),
            outcome,
        };
        match outcomes.len() {
            0 => vec![complete(None)],
            many => (0..many).map(|at| complete(Some(at))).collect(),
        }
    }

    fn firings(&self, state: &State, chances: &mut Vec<Chance>) {
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
            chances.push(Chance {
                stimulus: Stimulus::Fire { sub: sub.id },
                what: sub.element.to_string(),
                outcome: None,
            });
        }
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

    fn follow(&mut self, state: &State, stimulus: &Stimulus, from: Option<&From>) -> Result<(), Stop> {
        let choices = Choices::default();
        for _ in 0..MOST_CHOICES {
            self.work += 1 + self.model.nodes().len();
            if self.work > MOST_WORK {
                return Err(Stop::TooMuch);
            }
            match step(self.model, state, stimulus, 0, &choices) {
                Ok(events) => {
                    self.work += events.len() + state.instances().len();
                    self.arrive(state, &events, from)?;
                }
                Err(refusal) if refusal.code == "not_listening" => {}
                Err(refusal) => return Err(self.refused(refusal, from)),
            }
            if !choices.advance() {
                return Ok(());
            }
        }
        Err(Stop::TooMuch)
    }

    fn refused(&self, refusal: crate::step::Refusal, from: Option<&From>) -> Stop {
        let element = refusal.element.as_deref();
        let problem = match from.and_then(|from| self.said(from)) {
            Some(said) if refusal.code == "no_flow_chosen" => {
                let at = self.label(element.unwrap_or_default());
                let text = format!("{said}在“{at}”没有去处：请补一条条件，或设默认流。");
                Problem::error(element, "outcome_leads_nowhere", text)
            }
            _ => Problem::error(element, refusal.code, refusal.message),
        };
        Stop::Problem(Box::new(problem.with_path(self.way(from))))
    }

    /// “审核”的办理结果“退回”
    fn said(&self, from: &From) -> Option<String> {
        let ix = self.model.find(&from.what)?;
        let node = self.model.node(ix);
        let work = node.activity.as_ref()?.work.as_ref()?;
        let outcome = work.outcomes.get(from.outcome?)?;
        Some(format!("“{}”的办理结果“{}”", node.label(), outcome.name))
    }

    fn arrive(&mut self, state: &State, events: &[Event], from: Option<&From>) -> Result<(), Stop> {
        let mut after = state.clone();
        let mut deed = None;
        for event in events {
            after.apply(event);
            match event {
                Event::Started(instance) => self.enter(instance.element.as_str()),
                Event::Passed { element, .. } | Event::Fired { element, .. } => self.enter(element.as_str()),
                Event::Taken { flow, .. } => self.taken.extend(self.model.find_flow(flow.as_str())),
                Event::Trailed(step) if !step.join => {
                    let outcome = from.and_then(|from| from.outcome);
                    let task = self.model.find(step.element.as_str());
                    deed = task.map(|task| Deed { task, outcome });
                }
                _ => {}
            }
        }
        if after.instances().len() + after.waits().len() > MOST_TOKENS {
            return Err(Stop::Problem(Box::new(self.flood(&after, from))));
        }
        let places = after.places();
        let to = match self.index.get(&places) {
            Some(known) => *known,
            None if self.found.len() == MOST_STATES => return Err(Stop::TooMuch),
            None => {
                let to = self.found.len();
                self.index.insert(places, to);
                self.found.push(Found {
                    state: after,
                    from: from.map(|from| (from.at, from.what.clone())),
                });
                to
            }
        };
        let from = from.map(|from| from.at);
        self.passages.push(Passage { from, to, deed });
        Ok(())
    }

    fn enter(&mut self, element: &str) {
        self.entered.extend(self.model.find(element));
    }

    fn flood(&self, state: &State, from: Option<&From>) -> Problem {
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

    fn stuck(&self, at: usize, state: &State) -> Problem {
        let waiting = state.waits().first().map(|wait| wait.element.to_string());
        let element = waiting.unwrap_or_else(|| self.model.node(self.process).id.to_string());
        let text = format!("案件会卡在“{}”：它等的另一路不会再来。", self.label(&element));
        Problem::error(Some(&element), "deadlock", text).with_path(self.way_to(at))
    }

    pub(super) fn label<'s>(&'s self, element: &'s str) -> &'s str {
        self.model
            .find(element)
            .map_or(element, |ix| self.model.node(ix).label())
    }

    fn way(&self, from: Option<&From>) -> Vec<String> {
        let Some(from) = from else {
            return Vec::new();
        };
        let mut way = self.way_to(from.at);
        way.push(from.what.clone());
        way
    }

    /// What happened on a shortest way to a state.
    pub(super) fn way_to(&self, at: usize) -> Vec<String> {
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

/// Ids of the outcomes that a task declares.
pub(super) fn outcomes(model: &Model, ix: NodeIx) -> Vec<String> {
    let work = model.node(ix).activity.as_ref().and_then(|a| a.work.as_ref());
    work.map_or_else(Vec::new, |work| work.outcomes.iter().map(|o| o.id.clone()).collect())
}

pub(super) fn completion(instance: u32, outcome: Option<&str>) -> Stimulus {
    let entry = outcome.map(|outcome| ("outcome".to_owned(), Value::from(outcome)));
    Stimulus::Complete {
        target: Target::Instance(instance),
        vars: entry.into_iter().collect(),
    }
}
