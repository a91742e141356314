//! One stimulus → the events it causes. Pure and total: every input gets events or a reason.
//!
//! Tokens rest on activities, events and joins; between two stimuli none moves. State is the fold of the events and is
//! never consulted about law. Where the standard is silent, docs/quirks.md says what was chosen.

mod activity;
mod ad_hoc;
mod boundary;
mod carry;
mod catch;
mod compensate;
mod correlate;
mod earlier;
mod error;
mod event;
mod gateway;
mod join;
mod operations;
mod refusal;
mod renamed;
mod repeat;
mod returns;
mod rules;
mod scope;
mod signers;
mod state;
mod stimulus;
mod throw;
mod timers;
mod variables;
mod walked;

use std::collections::VecDeque;

pub use ad_hoc::{enabled, not_performed};
pub(crate) use carry::{Listening, carry};
pub use earlier::{Earlier, EarlierEvent};
pub(crate) use error::caught_codes;
pub use event::{Closing, Decided, End, Event, How, Migrated, Note, Sending};
pub use refusal::Refusal;
pub use returns::earlier_acts;
pub use rules::{NoValue, OutcomesOnly, Rules, Ruling, Variables};
pub use state::{Instance, Role, State, Sub, Wait};
pub(crate) use state::{Record, Undo};
pub use stimulus::{Doer, Stimulus, Target, When};
pub use walked::Walked;

use crate::model::{FlowIx, Id, Kind, Model, Moment, Node, NodeIx, Place};
use serde_json::Value;

/// Tokens that may move within one step: more is taken for a circle that never waits.
const MOST_MOVES: u32 = 20_000;
/// For a prover tasks rest, so that no token passes a node more than a few times in one step.
const MOST_PROVING_MOVES: u32 = 64;
const PROVING_MOVES_A_NODE: u32 = 8;
/// Open instances, waiting tokens and subscriptions together: more is taken for a flood.
const MOST_OPEN: usize = 20_000;

/// The events that `stimulus` causes at the moment `at`. Applying them in order to `state` gives the next state.
///
/// # Errors
/// [`Refusal`], with nothing changed.
pub fn step(
    model: &Model,
    state: &State,
    stimulus: &Stimulus,
    at: Moment,
    rules: &dyn Rules,
) -> Result<Vec<Event>, Refusal> {
    let mut run = Run {
        model,
        rules,
        at,
        state: state.clone(),
        events: Vec::new(),
        queue: VecDeque::new(),
        left: match rules.proving() {
            true => MOST_PROVING_MOVES + PROVING_MOVES_A_NODE * model.nodes().len() as u32,
            false => MOST_MOVES,
        },
        stirred: true,
    };
    run.take(stimulus)?;
    run.settle()?;
    Ok(run.events)
}

/// A step under way: the state as the events so far have made it, and tokens that still move.
struct Run<'a> {
    model: &'a Model,
    rules: &'a dyn Rules,
    at: Moment,
    state: State,
    events: Vec<Event>,
    queue: VecDeque<Move>,
    left: u32,
    /// Variables changed, or conditions were newly listened for.
    stirred: bool,
}

#[derive(Debug, Clone)]
enum Move {
    Token(Token),
    /// Begins the next repetition.
    Iterate {
        whole: u32,
        index: u32,
    },
    /// Is the scope done?
    Check(u32),
}

/// A token about to enter a node.
#[derive(Debug, Clone)]
struct Token {
    scope: u32,
    to: NodeIx,
    /// None where it begins.
    via: Option<FlowIx>,
    /// Last step of the trail.
    after: u32,
    outcome: Option<Value>,
}

/// Where a token leaves from, and what it carries.
#[derive(Debug, Clone)]
struct Leaving {
    scope: u32,
    after: u32,
    outcome: Option<Value>,
}

impl<'a> Run<'a> {
    /// Moves tokens until all rest.
    fn settle(&mut self) -> Result<(), Refusal> {
        loop {
            while let Some(next) = self.queue.pop_front() {
                self.one_move(next)?;
            }
            // Whether a join must wait is only known once everything else has come to rest.
            if !self.join_one()? && !self.one_condition()? {
                return Ok(());
            }
        }
    }

    fn one_move(&mut self, next: Move) -> Result<(), Refusal> {
        match next {
            Move::Token(token) => {
                self.spend(token.to)?;
                self.enter(token)
            }
            Move::Iterate { whole, index } => {
                if let Some(instance) = self.state.instance(whole) {
                    self.spend(self.ix(&instance.element)?)?;
                    self.iterate(whole, index)?;
                }
                Ok(())
            }
            Move::Check(scope) => self.check_scope(scope),
        }
    }

    fn spend(&mut self, at: NodeIx) -> Result<(), Refusal> {
        let open = self.state.instances.len() + self.state.waits.len() + self.state.subs.len() + self.queue.len();
        let Some(left) = self.left.checked_sub(1).filter(|_| open <= MOST_OPEN) else {
            let text = "一带：流程在没有等待的情况下空转或分路过多，已停止。";
            return Err(Refusal::at(self.model.node(at), "too_many_moves", text));
        };
        self.left = left;
        Ok(())
    }

    fn enter(&mut self, token: Token) -> Result<(), Refusal> {
        let node = self.model.node(token.to);
        match &node.kind {
            Kind::Gateway(gateway) => self.enter_gateway(&token, gateway),
            Kind::Event(event) => match event.place {
                Place::Catch => self.enter_catch(&token, event),
                Place::Throw | Place::End => self.enter_throw(&token, event),
                Place::Start | Place::Boundary => {
                    self.pass(token.scope, token.to);
                    self.leave(token.to, Leaving::of(&token))
                }
            },
            Kind::Task(_) | Kind::Sub(_) | Kind::Call(_) => self.enter_activity(token),
            Kind::Process { .. } => Ok(()),
        }
    }

    /// Sends tokens by the flows that leave a node; without any the token ends here.
    fn leave(&mut self, ix: NodeIx, leaving: Leaving) -> Result<(), Refusal> {
        let ways = self.ways(ix, &leaving)?;
        if ways.is_empty() {
            if let Some(target) = self.model.link_target(ix) {
                self.token(target, None, &leaving);
            }
            self.queue.push_back(Move::Check(leaving.scope));
            return Ok(());
        }
        let times = self
            .model
            .node(ix)
            .activity
            .as_ref()
            .map_or(1, |a| a.completion_quantity);
        for _ in 0..times {
            for flow in &ways {
                self.take_flow(*flow, &leaving);
            }
        }
        Ok(())
    }

    fn take_flow(&mut self, flow: FlowIx, leaving: &Leaving) {
        let taken = self.model.flow(flow);
        self.emit(Event::Taken {
            scope: leaving.scope,
            flow: taken.id.clone(),
        });
        self.token(taken.target, Some(flow), leaving);
    }

    fn token(&mut self, to: NodeIx, via: Option<FlowIx>, leaving: &Leaving) {
        self.queue.push_back(Move::Token(Token {
            scope: leaving.scope,
            to,
            via,
            after: leaving.after,
            outcome: leaving.outcome.clone(),
        }));
    }

    fn pass(&mut self, scope: u32, ix: NodeIx) {
        let element = self.model.node(ix).id.clone();
        self.emit(Event::Passed { scope, element });
    }

    fn emit(&mut self, event: Event) {
        self.state.apply(&event);
        self.events.push(event);
    }

    fn next_id(&self) -> u32 {
        self.state.last + 1
    }

    fn ix(&self, element: &Id) -> Result<NodeIx, Refusal> {
        self.model.find(element.as_str()).ok_or_else(|| {
            let text = format!("流程状态与流程图不符：图中没有“{element}”。");
            Refusal::named("foreign_state", element.as_str(), text)
        })
    }

    fn node_of(&self, instance: u32) -> Result<(NodeIx, &'a Node), Refusal> {
        let Some(open) = self.state.instance(instance) else {
            return Err(Refusal::plain("not_open", "这一环节已不在办理中。"));
        };
        let ix = self.ix(&open.element)?;
        Ok((ix, self.model.node(ix)))
    }
}

impl Leaving {
    fn of(token: &Token) -> Leaving {
        Leaving {
            scope: token.scope,
            after: token.after,
            outcome: token.outcome.clone(),
        }
    }

    fn at(scope: u32, after: u32) -> Leaving {
        Leaving {
            scope,
            after,
            outcome: None,
        }
    }
}
