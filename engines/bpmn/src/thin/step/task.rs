//! User and manual tasks: the token rests until a person says the work is done, and with which outcome.

use super::{FlowEvent, Move, Run, StepError, TokenId};
use crate::thin::model::Task;

pub(super) fn enter(run: &mut Run<'_>, entering: &Move) {
    let task = run.model.node(entering.to).id.clone();
    run.emit(FlowEvent::TaskOffered {
        token: entering.token,
        task,
    });
}

pub(super) fn complete(run: &mut Run<'_>, token: TokenId, outcome: Option<&str>) -> Result<(), StepError> {
    let mut open = run.state.open_tasks();
    let waiting = open.find(|(id, _)| *id == token).map(|(_, task)| task.to_owned());
    drop(open);
    let id = waiting.ok_or(StepError::TokenNotWaiting { token })?;
    let node = run.model.node_by_id(&id);
    let found = node.and_then(|ix| Some((ix, run.model.node(ix).task()?)));
    let Some((ix, task)) = found else {
        return Err(StepError::ForeignState { element: id });
    };
    declared(task, outcome)?;
    let outcome = outcome.map(str::to_owned);
    run.emit(FlowEvent::TaskCompleted {
        token,
        task: id,
        outcome: outcome.clone(),
    });
    run.leave_by_only_flow(token, ix, outcome);
    Ok(())
}

fn declared(task: &Task, outcome: Option<&str>) -> Result<(), StepError> {
    let name = || task.name.clone();
    match outcome {
        None if task.outcomes.is_empty() => Ok(()),
        None => Err(StepError::OutcomeMissing { task: name() }),
        Some(outcome) if task.outcomes.is_empty() => Err(StepError::OutcomeUnexpected {
            task: name(),
            outcome: outcome.to_owned(),
        }),
        Some(outcome) if task.outcome(outcome).is_none() => Err(StepError::OutcomeUnknown {
            task: name(),
            outcome: outcome.to_owned(),
        }),
        Some(_) => Ok(()),
    }
}
