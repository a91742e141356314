//! Charts with several tokens at once: can always finish, leave nothing behind, never pile up, nothing is dead.
//!
//! Decided by walking every state the step function itself can reach, every outcome of every open task taken as
//! possible. Charts where only one token runs need no search: reach and routes decide them exactly.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::problem::Problem;
use crate::thin::model::{Model, NodeKind};
use crate::thin::step::{FlowEvent, State, StepError, Stimulus, step};

/// Beyond either of these the answer is "not decided". A step costs about the size of the chart.
const MAX_STATES: usize = 5_000;
const MAX_WORK: usize = 20_000_000;

pub(super) fn check(model: &Model, problems: &mut Vec<Problem>) {
    let several = |kind: &NodeKind| matches!(kind, NodeKind::Parallel | NodeKind::Inclusive { .. });
    if !model.nodes().iter().any(|node| several(&node.kind)) {
        return;
    }
    let mut search = Search::new(model);
    match search.run() {
        Ok(()) => {
            search.can_finish(problems);
            search.nothing_dead(problems);
        }
        Err(Stop::Problem(problem)) => problems.push(problem),
        Err(Stop::TooManyStates) => problems.push(Problem::warning(
            Some(model.process_id()),
            "soundness_not_decided",
            "并行的情形太多，未能证明流程总能办完；请减少并行分支，或请人复核。".to_owned(),
        )),
    }
}

enum Stop {
    Problem(Problem),
    TooManyStates,
}

/// Where tokens are: equal places have equal futures.
type Places = Vec<(String, Option<String>)>;

struct Search<'a> {
    model: &'a Model,
    found: Vec<Found>,
    index: HashMap<Places, usize>,
    entered: HashSet<String>,
    work: usize,
}

struct Found {
    state: State,
    /// The state before, and the task whose completion led here.
    from: Option<(usize, String)>,
    /// States before this one, for walking back from the ends.
    before: Vec<usize>,
}

impl<'a> Search<'a> {
    fn new(model: &'a Model) -> Search<'a> {
        Search {
            model,
            found: Vec::new(),
            index: HashMap::new(),
            entered: HashSet::new(),
            work: 0,
        }
    }

    fn run(&mut self) -> Result<(), Stop> {
        self.follow(&State::default(), &Stimulus::Start, None)?;
        let mut next = 0;
        while next < self.found.len() {
            self.expand(next)?;
            next += 1;
        }
        Ok(())
    }

    fn expand(&mut self, at: usize) -> Result<(), Stop> {
        let state = self.found[at].state.clone();
        if state.ended() {
            return Ok(());
        }
        let mut moved = false;
        for (token, task) in state.open_tasks() {
            let declared = self.model.task(task).map_or(&[][..], |t| &t.outcomes);
            let outcomes: Vec<Option<String>> = match declared {
                [] => vec![None],
                outcomes => outcomes.iter().map(|o| Some(o.id.clone())).collect(),
            };
            for outcome in outcomes {
                let done = Stimulus::Complete { token, outcome };
                self.follow(&state, &done, Some((at, task.to_owned())))?;
                moved = true;
            }
        }
        if moved {
            return Ok(());
        }
        Err(Stop::Problem(self.stuck(at, &state)))
    }

    fn follow(&mut self, state: &State, stimulus: &Stimulus, from: Option<(usize, String)>) -> Result<(), Stop> {
        self.work += self.model.nodes().len() + self.model.flows().len();
        if self.work > MAX_WORK {
            return Err(Stop::TooManyStates);
        }
        let way = || self.way(from.as_ref());
        let events = match step(self.model, state, stimulus) {
            Ok(events) => events,
            Err(StepError::TooManyMoves) => {
                let process = self.model.process_id().to_owned();
                return Err(Stop::Problem(piled_up(&process, &process, way())));
            }
            Err(error) => {
                let process = Some(self.model.process_id());
                let problem = Problem::error(process, error.code(), error.to_string());
                return Err(Stop::Problem(problem.with_path(way())));
            }
        };
        let mut after = state.clone();
        for event in &events {
            after.apply(event);
            if let FlowEvent::TokenEntered { element, .. } = event {
                self.entered.insert(element.clone());
            }
        }
        after.forget_visited();
        self.remember(after, from)
    }

    fn remember(&mut self, state: State, from: Option<(usize, String)>) -> Result<(), Stop> {
        let places = state.places();
        if let Some(pair) = places.windows(2).find(|pair| pair[0] == pair[1]) {
            let node = self.model.node_by_id(&pair[0].0);
            let label = node.map_or("", |ix| self.model.node(ix).label());
            let way = self.way(from.as_ref());
            return Err(Stop::Problem(piled_up(&pair[0].0, label, way)));
        }
        let before = from.as_ref().map(|(at, _)| *at);
        if let Some(known) = self.index.get(&places) {
            self.found[*known].before.extend(before);
            return Ok(());
        }
        if self.found.len() == MAX_STATES {
            return Err(Stop::TooManyStates);
        }
        self.index.insert(places, self.found.len());
        self.found.push(Found {
            state,
            from,
            before: before.into_iter().collect(),
        });
        Ok(())
    }

    fn stuck(&self, at: usize, state: &State) -> Problem {
        let waiting = state.waiting().next().map(|(_, gateway, _)| gateway.to_owned());
        let element = waiting.unwrap_or_else(|| self.model.process_id().to_owned());
        let node = self.model.node_by_id(&element);
        let label = node.map_or(element.as_str(), |ix| self.model.node(ix).label());
        let text = format!("案件会卡在“{label}”：它等的另一路不会再来。");
        Problem::error(Some(&element), "deadlock", text).with_path(self.way_to(at))
    }

    /// Every state found must lead to one that has ended.
    fn can_finish(&self, problems: &mut Vec<Problem>) {
        let mut finishes = vec![false; self.found.len()];
        let ended = (0..self.found.len()).filter(|at| self.found[*at].state.ended());
        let mut open: VecDeque<usize> = ended.collect();
        while let Some(at) = open.pop_front() {
            if !std::mem::replace(&mut finishes[at], true) {
                open.extend(&self.found[at].before);
            }
        }
        let Some(lost) = finishes.iter().position(|finishes| !finishes) else {
            return;
        };
        let task = self.found[lost].state.open_tasks().next();
        let element = task.map_or(self.model.process_id(), |(_, task)| task);
        let text = "走到这里以后，无论怎样办理，流程都不能结束。".to_owned();
        let problem = Problem::error(Some(element), "cannot_finish", text);
        problems.push(problem.with_path(self.way_to(lost)));
    }

    fn nothing_dead(&self, problems: &mut Vec<Problem>) {
        let nodes = self.model.nodes().iter();
        for node in nodes.filter(|node| !self.entered.contains(&node.id)) {
            let text = format!("“{}”在任何情形下都走不到。", node.label());
            problems.push(Problem::error(Some(&node.id), "dead", text));
        }
    }

    fn way(&self, from: Option<&(usize, String)>) -> Vec<String> {
        let Some((at, task)) = from else {
            return Vec::new();
        };
        let mut way = self.way_to(*at);
        way.push(task.clone());
        way
    }

    /// Tasks completed on a shortest way to a state.
    fn way_to(&self, at: usize) -> Vec<String> {
        let mut way = Vec::new();
        let mut at = at;
        while let Some((before, task)) = &self.found[at].from {
            way.push(task.clone());
            at = *before;
        }
        way.reverse();
        way
    }
}

fn piled_up(element: &str, label: &str, way: Vec<String>) -> Problem {
    let text = format!("“{label}”会同时来两次：前面分开的几路没有用并行网关或包容网关汇合。");
    Problem::error(Some(element), "tokens_pile_up", text).with_path(way)
}
