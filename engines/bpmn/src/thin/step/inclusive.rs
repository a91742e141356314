//! Inclusive gateway: sends a token by every flow whose condition holds, else by the default flow. Joining, it
//! waits as long as a token elsewhere could still come by an incoming flow that has none, unless that token could as
//! well come by one that has (BPMN 2.0 §13.4.3).

use std::collections::BTreeSet;

use super::{Move, Run, StepError, TokenId, parallel, ways_out};
use crate::thin::model::{FlowIx, Model, NodeIx, NodeKind};

pub(super) fn enter(run: &mut Run<'_>, entering: Move) -> Result<(), StepError> {
    if run.model.node(entering.to).joins() {
        parallel::wait(run, &entering);
        return Ok(());
    }
    split(run, entering.token, entering.to, entering.outcome)
}

/// Joins at one gateway that need wait no longer; false if there is none.
pub(super) fn join_one(run: &mut Run<'_>) -> Result<bool, StepError> {
    let gateways: BTreeSet<NodeIx> = run
        .state
        .waiting()
        .filter_map(|(_, at, _)| run.model.node_by_id(at))
        .filter(|ix| matches!(run.model.node(*ix).kind, NodeKind::Inclusive { .. }))
        .collect();
    for gateway in gateways {
        let incoming = run.model.node(gateway).incoming.iter();
        let (flows, tokens): (BTreeSet<FlowIx>, Vec<TokenId>) = incoming
            .filter_map(|flow| Some((*flow, parallel::waiting_by(run, gateway, *flow)?)))
            .unzip();
        if nobody_else_comes(run, gateway, &flows) {
            let into = parallel::join(run, gateway, tokens);
            split(run, into, gateway, None)?;
            return Ok(true);
        }
    }
    Ok(false)
}

fn nobody_else_comes(run: &Run<'_>, gateway: NodeIx, present: &BTreeSet<FlowIx>) -> bool {
    let elsewhere = run.state.tokens().filter_map(|(_, at)| run.model.node_by_id(at));
    let mut elsewhere = elsewhere.filter(|ix| *ix != gateway);
    elsewhere.all(|ix| {
        let reached = arrivals(run.model, ix, gateway);
        reached.is_empty() || reached.iter().any(|flow| present.contains(flow))
    })
}

/// Incoming flows of `gateway` that can be reached from `from` without passing it.
fn arrivals(model: &Model, from: NodeIx, gateway: NodeIx) -> BTreeSet<FlowIx> {
    let mut seen = vec![false; model.nodes().len()];
    let mut arrivals = BTreeSet::new();
    let mut open = vec![from];
    while let Some(ix) = open.pop() {
        if std::mem::replace(&mut seen[ix.0], true) {
            continue;
        }
        for flow in &model.node(ix).outgoing {
            match model.flow(*flow).target {
                target if target == gateway => {
                    arrivals.insert(*flow);
                }
                target => open.push(target),
            }
        }
    }
    arrivals
}

fn split(run: &mut Run<'_>, token: TokenId, gateway: NodeIx, outcome: Option<String>) -> Result<(), StepError> {
    let ways = ways_out(run.model, gateway, outcome.as_deref());
    if ways.is_empty() {
        return Err(StepError::NoFlowChosen {
            element: run.model.node(gateway).id.clone(),
        });
    }
    parallel::fork(run, token, &ways, gateway, outcome);
    Ok(())
}
