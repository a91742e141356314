//! Exclusive gateway: passes a token on by the first flow, in document order, whose condition holds, else by the
//! default flow. Joining, it lets every token through (BPMN 2.0 §13.4.2).

use super::{Move, Run, StepError};
use crate::thin::model::{FlowIx, Model, NodeIx, NodeKind};

pub(super) fn enter(run: &mut Run<'_>, entering: Move) -> Result<(), StepError> {
    let ways = ways_out(run.model, entering.to, entering.outcome.as_deref());
    let Some(flow) = ways.first() else {
        return Err(StepError::NoFlowChosen {
            element: run.model.node(entering.to).id.clone(),
        });
    };
    run.leave(entering.token, *flow, entering.outcome);
    Ok(())
}

/// Flows by which a token may leave a node: of a choosing gateway those whose condition holds, else the default;
/// of other nodes all. A flow without a condition that is not the default always holds; the checker allows it only
/// where it is the only way.
pub(crate) fn ways_out(model: &Model, ix: NodeIx, outcome: Option<&str>) -> Vec<FlowIx> {
    let node = model.node(ix);
    let (NodeKind::Exclusive { default } | NodeKind::Inclusive { default }) = node.kind else {
        return node.outgoing.clone();
    };
    let others = (node.outgoing.iter().copied()).filter(|flow| default != Some(*flow));
    let holds = |flow: &FlowIx| {
        let condition = model.flow(*flow).condition.as_ref();
        condition.is_none_or(|condition| condition.holds(outcome))
    };
    let holding: Vec<FlowIx> = others.filter(holds).collect();
    match default {
        Some(default) if holding.is_empty() => vec![default],
        _ => holding,
    }
}
