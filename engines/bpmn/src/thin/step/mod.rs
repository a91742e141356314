//! One stimulus → the events it causes. Pure and total: every input gets events or a reason.
//!
//! Tokens come to rest on tasks and at joining gateways. Between two tasks a token carries the outcome of the task it left, which
//! gateways read; resting, it carries nothing, so the state stays small.

mod end;
mod event;
mod exclusive;
mod inclusive;
mod parallel;
mod state;
mod task;

use std::collections::VecDeque;

use thiserror::Error;

pub use event::{FlowEvent, TokenId};
pub(crate) use exclusive::ways_out;
pub use state::State;

use crate::thin::model::{FlowIx, Model, NodeIx, NodeKind};

/// What happens to a running flow from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stimulus {
    Start,
    /// A task was done; `outcome` is one of those it declares, none where it declares none.
    Complete {
        token: TokenId,
        outcome: Option<String>,
    },
    /// The law ended the case outside the chart (withdrawn, terminated): every token is cancelled.
    Terminate,
}

/// Why a stimulus cannot be taken. The state is unharmed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StepError {
    #[error("流程已经开始，不能重复开始。")]
    AlreadyStarted,
    #[error("流程还没有开始。")]
    NotStarted,
    #[error("流程已经结束。")]
    AlreadyEnded,
    #[error("这一环节已不在等待办理，可能已由他人办完。")]
    TokenNotWaiting { token: TokenId },
    #[error("办理“{task}”必须选择办理结果。")]
    OutcomeMissing { task: String },
    #[error("“{task}”没有“{outcome}”这一办理结果。")]
    OutcomeUnknown { task: String, outcome: String },
    #[error("“{task}”不分办理结果，不能填写“{outcome}”。")]
    OutcomeUnexpected { task: String, outcome: String },
    #[error("在网关“{element}”没有一条顺序流的条件成立，也没有默认流。")]
    NoFlowChosen { element: String },
    #[error("流程状态与流程图不符：图中没有可停留的“{element}”。")]
    ForeignState { element: String },
    #[error("流程在任务之间空转或分路过多，已停止。")]
    TooManyMoves,
}

impl StepError {
    /// Stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            StepError::AlreadyStarted => "already_started",
            StepError::NotStarted => "not_started",
            StepError::AlreadyEnded => "already_ended",
            StepError::TokenNotWaiting { .. } => "token_not_waiting",
            StepError::OutcomeMissing { .. } => "outcome_missing",
            StepError::OutcomeUnknown { .. } => "outcome_unknown",
            StepError::OutcomeUnexpected { .. } => "outcome_unexpected",
            StepError::NoFlowChosen { .. } => "no_flow_chosen",
            StepError::ForeignState { .. } => "foreign_state",
            StepError::TooManyMoves => "too_many_moves",
        }
    }
}

/// The events that `stimulus` causes. Applying them in order to `state` gives the next state.
///
/// # Errors
/// [`StepError`], with nothing changed.
pub fn step(model: &Model, state: &State, stimulus: &Stimulus) -> Result<Vec<FlowEvent>, StepError> {
    let mut run = Run {
        model,
        state: state.clone(),
        events: Vec::new(),
        moves: VecDeque::new(),
    };
    match stimulus {
        Stimulus::Start => run.start()?,
        Stimulus::Complete { token, outcome } => {
            run.must_be_running()?;
            task::complete(&mut run, *token, outcome.as_deref())?;
        }
        Stimulus::Terminate => {
            run.must_be_running()?;
            end::cancel_all(&mut run);
            run.emit(FlowEvent::ProcessEnded { end: None });
        }
    }
    run.settle()?;
    Ok(run.events)
}

/// A step under way: the state as the events so far have made it, and tokens that still move.
struct Run<'a> {
    model: &'a Model,
    state: State,
    events: Vec<FlowEvent>,
    moves: VecDeque<Move>,
}

/// A token about to enter a node.
struct Move {
    token: TokenId,
    to: NodeIx,
    /// The flow it comes by; none into the start.
    via: Option<FlowIx>,
    outcome: Option<String>,
}

impl Run<'_> {
    fn start(&mut self) -> Result<(), StepError> {
        if self.state.started() {
            return Err(StepError::AlreadyStarted);
        }
        let Some(start) = self.model.starts().next() else {
            return Err(StepError::ForeignState {
                element: self.model.process_id().to_owned(),
            });
        };
        self.moves.push_back(Move {
            token: self.state.next_token(),
            to: start,
            via: None,
            outcome: None,
        });
        Ok(())
    }

    fn must_be_running(&self) -> Result<(), StepError> {
        if self.state.ended() {
            return Err(StepError::AlreadyEnded);
        }
        if !self.state.started() {
            return Err(StepError::NotStarted);
        }
        Ok(())
    }

    /// Moves tokens until all rest. In a sound chart each flow is taken at most once between two tasks; the bound
    /// guards against one whose soundness could not be decided.
    fn settle(&mut self) -> Result<(), StepError> {
        let mut left = 2 * (self.model.nodes().len() + self.model.flows().len()) + 1;
        loop {
            while let Some(next) = self.moves.pop_front() {
                left = left.checked_sub(1).ok_or(StepError::TooManyMoves)?;
                self.enter(next)?;
            }
            // Whether an inclusive gateway must wait is only known once everything else has come to rest.
            if !inclusive::join_one(self)? {
                return Ok(());
            }
        }
    }

    fn enter(&mut self, entering: Move) -> Result<(), StepError> {
        let node = self.model.node(entering.to);
        self.emit(FlowEvent::TokenEntered {
            token: entering.token,
            element: node.id.clone(),
        });
        match &node.kind {
            NodeKind::Start => self.leave_by_only_flow(entering.token, entering.to, None),
            NodeKind::Task(_) => task::enter(self, &entering),
            NodeKind::Exclusive { .. } => exclusive::enter(self, entering)?,
            NodeKind::Parallel => parallel::enter(self, entering),
            NodeKind::Inclusive { .. } => inclusive::enter(self, entering)?,
            NodeKind::End { terminate } => end::enter(self, &entering, *terminate),
        }
        Ok(())
    }

    fn leave_by_only_flow(&mut self, token: TokenId, node: NodeIx, outcome: Option<String>) {
        if let Some(flow) = self.model.node(node).outgoing.first() {
            self.leave(token, *flow, outcome);
        }
    }

    fn leave(&mut self, token: TokenId, flow: FlowIx, outcome: Option<String>) {
        let taken = self.model.flow(flow);
        self.emit(FlowEvent::FlowTaken { flow: taken.id.clone() });
        self.moves.push_back(Move {
            token,
            to: taken.target,
            via: Some(flow),
            outcome,
        });
    }

    fn emit(&mut self, event: FlowEvent) {
        self.state.apply(&event);
        self.events.push(event);
    }
}
