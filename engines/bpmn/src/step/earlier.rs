//! Records of the core that flows of cases ran on before this one: its events, and how a case goes on from them.
//!
//! Old records load for ever, so these shapes never change. The old core knew starts, ends, tasks of people, exclusive,
//! parallel and inclusive gateways in one process, and nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::event::End;
use super::state::{Instance, Role, TrailStep, Variables, Wait};
use super::{Event, Refusal};
use crate::model::{Id, Kind, Model, Moment, NodeIx};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EarlierEvent {
    TokenEntered {
        token: u32,
        element: Id,
    },
    TaskOffered {
        token: u32,
        task: Id,
    },
    TaskCompleted {
        token: u32,
        task: Id,
        outcome: Option<String>,
    },
    FlowTaken {
        flow: Id,
    },
    /// A gateway that forks made a further token.
    TokenCreated {
        token: u32,
        element: Id,
    },
    /// The token came by `flow` and waits at a joining gateway for others.
    TokenWaiting {
        token: u32,
        element: Id,
        flow: Id,
    },
    /// The gateway joined the waiting `tokens` into one of them, `into`.
    TokensJoined {
        element: Id,
        tokens: Vec<u32>,
        into: u32,
    },
    /// The token reached an end.
    TokenConsumed {
        token: u32,
        element: Id,
    },
    TokensCancelled {
        tokens: Vec<u32>,
    },
    /// `end`: the end event reached; none if the instance was terminated from outside.
    ProcessEnded {
        end: Option<Id>,
    },
}

/// Where an instance of the old core stands: the fold of its events, with the trail that the old core did not keep.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Earlier {
    tokens: BTreeMap<u32, Token>,
    /// Acts and joins in order; numbers are places in this list, from 1.
    trail: Vec<Step>,
    last_entered: u32,
    /// Some: it has ended; true: from outside.
    ended: Option<bool>,
}

#[derive(Debug, Clone, PartialEq)]
struct Token {
    at: Id,
    open: bool,
    via: Option<Id>,
    after: u32,
}

#[derive(Debug, Clone, PartialEq)]
struct Step {
    element: Id,
    from: Vec<(u32, Option<Id>)>,
    join: bool,
}

impl Earlier {
    pub fn ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Total: an event about an unknown token changes no token.
    pub fn apply(&mut self, event: &EarlierEvent) {
        match event {
            EarlierEvent::TokenEntered { token, element } => self.enter(*token, element),
            EarlierEvent::TokenCreated { token, element } => {
                // A fork follows at once on the token that entered it.
                let after = self.tokens.get(&self.last_entered).map_or(0, |from| from.after);
                self.tokens.insert(*token, Token::at(element, after));
            }
            EarlierEvent::TaskOffered { token, .. } => {
                if let Some(token) = self.tokens.get_mut(token) {
                    token.open = true;
                }
            }
            EarlierEvent::TaskCompleted { token, task, .. } => self.done(*token, task),
            EarlierEvent::TokenWaiting { token, flow, .. } => {
                if let Some(token) = self.tokens.get_mut(token) {
                    token.via = Some(flow.clone());
                }
            }
            EarlierEvent::TokensJoined { element, tokens, into } => self.join(element, tokens, *into),
            EarlierEvent::TokenConsumed { token, .. } => drop(self.tokens.remove(token)),
            EarlierEvent::TokensCancelled { tokens } => self.tokens.retain(|id, _| !tokens.contains(id)),
            EarlierEvent::ProcessEnded { end } => {
                self.tokens.clear();
                self.ended = Some(end.is_none());
            }
            EarlierEvent::FlowTaken { .. } => {}
        }
    }

    fn enter(&mut self, id: u32, element: &Id) {
        let after = self.tokens.get(&id).map_or(0, |token| token.after);
        self.tokens.insert(id, Token::at(element, after));
        self.last_entered = id;
    }

    fn done(&mut self, id: u32, task: &Id) {
        let Some(token) = self.tokens.get_mut(&id) else {
            return;
        };
        self.trail.push(Step {
            element: task.clone(),
            from: vec![(token.after, None)],
            join: false,
        });
        token.open = false;
        token.after = self.trail.len() as u32;
    }

    fn join(&mut self, element: &Id, tokens: &[u32], into: u32) {
        let joined: Vec<Token> = tokens.iter().filter_map(|id| self.tokens.remove(id)).collect();
        let from: Vec<(u32, Option<Id>)> = joined.iter().map(|token| (token.after, token.via.clone())).collect();
        let mut after = from.first().map_or(0, |(after, _)| *after);
        // As the joins of today: where nothing that could be returned to lies in between, there is no step.
        if from.iter().any(|(other, _)| *other != after) {
            self.trail.push(Step {
                element: element.clone(),
                from,
                join: true,
            });
            after = self.trail.len() as u32;
        }
        self.tokens.insert(into, Token::at(element, after));
        self.last_entered = into;
    }

    /// Events that bring a state of today to where the old core stood.
    ///
    /// # Errors
    /// If the chart does not have what the tokens stand on.
    pub fn taken_over(&self, model: &Model, at: Moment) -> Result<Vec<Event>, Refusal> {
        let process = self.process(model)?;
        let element = model.node(process).id.clone();
        let mut events = vec![Event::Begun {
            process: element.clone(),
            vars: Variables::new(),
        }];
        if let Some(from_outside) = self.ended {
            let end = if from_outside { End::Terminated } else { End::Completed };
            events.push(Event::Ended {
                element,
                end,
                vars: Variables::new(),
            });
            return Ok(events);
        }
        events.push(started(ROOT, element, 0, 0, at));
        let number = |n: u32| if n == 0 { 0 } else { n + ROOT };
        for (index, step) in self.trail.iter().enumerate() {
            let from = step.from.iter().map(|(n, flow)| (number(*n), flow.clone()));
            events.push(Event::Trailed(TrailStep {
                n: number(index as u32 + 1),
                scope: ROOT,
                element: step.element.clone(),
                from: from.collect(),
                join: step.join,
            }));
        }
        let mut next = number(self.trail.len() as u32).max(ROOT) + 1;
        for token in self.tokens.values() {
            match &token.via {
                Some(flow) => events.push(Event::Waits(Wait {
                    scope: ROOT,
                    element: token.at.clone(),
                    flow: Some(flow.clone()),
                    after: number(token.after),
                })),
                None if token.open => {
                    events.push(started(next, token.at.clone(), ROOT, number(token.after), at));
                    next += 1;
                }
                None => {}
            }
        }
        Ok(events)
    }

    fn process(&self, model: &Model) -> Result<NodeIx, Refusal> {
        for token in self.tokens.values() {
            let known = model.find(token.at.as_str());
            let task = |ix: NodeIx| matches!(model.node(ix).kind, Kind::Task(_));
            if !known.is_some_and(|ix| !token.open || task(ix)) {
                let text = format!("流程状态与流程图不符：图中没有可停留的“{}”。", token.at);
                return Err(Refusal::named("foreign_state", token.at.as_str(), text));
            }
        }
        let of_token = self
            .tokens
            .values()
            .find_map(|token| model.find(token.at.as_str()))
            .map(|ix| model.process_of(ix));
        of_token
            .or_else(|| model.processes().next())
            .ok_or_else(|| Refusal::plain("unknown_process", "文件中没有流程。"))
    }
}

/// Number of the process itself.
const ROOT: u32 = 1;

fn started(id: u32, element: Id, parent: u32, after: u32, at: Moment) -> Event {
    Event::Started(Box::new(Instance {
        id,
        element,
        parent,
        role: Role::Plain,
        number: 0,
        index: 0,
        since: at,
        after,
        vars: Variables::new(),
        count: None,
        undoing: None,
        hold: None,
        given: Variables::new(),
    }))
}

impl Token {
    fn at(element: &Id, after: u32) -> Token {
        Token {
            at: element.clone(),
            open: false,
            via: None,
            after,
        }
    }
}
