//! Exclusive gateway: passes a token on by the first flow, in document order, whose condition holds, else by the
//! default flow. Joining, it lets every token through (BPMN 2.0 §13.4.2).

use super::{Move, Run, StepError};
use crate::model::{FlowIx, Model, NodeIx, NodeKind};

pub(super) fn enter(run: &mut Run<'_>, entering: Move, default: Option<FlowIx>) -> Result<(), StepError> {
    let holding = holding(run.model, entering.to, entering.outcome.as_deref());
    let Some(flow) = holding.first().copied().or(default) else {
        return Err(StepError::NoFlowChosen {
            element: run.model.node(entering.to).id.clone(),
        });
    };
    run.leave(entering.token, flow, entering.outcome);
    Ok(())
}

/// Flows out of a gateway whose condition holds. A flow without a condition that is not the default always holds;
/// the checker allows it only where it is the only way.
pub(crate) fn holding(model: &Model, gateway: NodeIx, outcome: Option<&str>) -> Vec<FlowIx> {
    let node = model.node(gateway);
    let NodeKind::Exclusive { default } = node.kind else {
        return Vec::new();
    };
    let others = node.outgoing.iter().copied().filter(|flow| default != Some(*flow));
    let holds = |flow: &FlowIx| {
        let condition = model.flow(*flow).condition.as_ref();
        condition.is_none_or(|condition| condition.holds(outcome))
    };
    others.filter(holds).collect()
}
