//! End events. A none end consumes its token, and the process ends with the last one; a terminate end cancels
//! every other token at once (BPMN 2.0 §13.5.6).

use super::{FlowEvent, Move, Run};

pub(super) fn enter(run: &mut Run<'_>, entering: &Move, terminate: bool) {
    let end = run.model.node(entering.to).id.clone();
    run.emit(FlowEvent::TokenConsumed {
        token: entering.token,
        element: end.clone(),
    });
    if terminate {
        cancel_all(run);
    }
    if run.state.tokens().next().is_none() {
        run.emit(FlowEvent::ProcessEnded { end: Some(end) });
    }
}

/// Cancels every token, resting or moving.
pub(super) fn cancel_all(run: &mut Run<'_>) {
    run.moves.clear();
    let tokens: Vec<_> = run.state.tokens().map(|(id, _)| id).collect();
    if !tokens.is_empty() {
        run.emit(FlowEvent::TokensCancelled { tokens });
    }
}
