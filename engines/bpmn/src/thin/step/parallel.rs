//! Parallel gateway: waits until a token has come by every incoming flow, takes one from each and sends one by
//! every outgoing flow (BPMN 2.0 §13.4.1).

use super::{FlowEvent, Move, Run, TokenId};
use crate::thin::model::{FlowIx, NodeIx};

pub(super) fn enter(run: &mut Run<'_>, entering: Move) {
    let node = run.model.node(entering.to);
    if !node.joins() {
        fork(run, entering.token, &node.outgoing, entering.to, entering.outcome);
        return;
    }
    wait(run, &entering);
    let joined: Option<Vec<TokenId>> = (node.incoming.iter())
        .map(|flow| waiting_by(run, entering.to, *flow))
        .collect();
    if let Some(tokens) = joined {
        let into = join(run, entering.to, tokens);
        fork(run, into, &node.outgoing, entering.to, None);
    }
}

/// A token rests at a joining gateway.
pub(super) fn wait(run: &mut Run<'_>, entering: &Move) {
    let flow = entering.via.map(|flow| run.model.flow(flow).id.clone());
    run.emit(FlowEvent::TokenWaiting {
        token: entering.token,
        element: run.model.node(entering.to).id.clone(),
        flow: flow.unwrap_or_default(),
    });
}

/// The token that has waited longest of those that came to `gateway` by `flow`.
pub(super) fn waiting_by(run: &Run<'_>, gateway: NodeIx, flow: FlowIx) -> Option<TokenId> {
    let (gateway, flow) = (&run.model.node(gateway).id, &run.model.flow(flow).id);
    let mut waiting = run.state.waiting();
    let found = waiting.find(|(_, at, via)| at == gateway && via == flow);
    found.map(|(token, ..)| token)
}

/// The oldest token goes on for all.
pub(super) fn join(run: &mut Run<'_>, gateway: NodeIx, tokens: Vec<TokenId>) -> TokenId {
    let into = tokens.iter().min().copied().unwrap_or_default();
    run.emit(FlowEvent::TokensJoined {
        element: run.model.node(gateway).id.clone(),
        tokens,
        into,
    });
    into
}

/// The token takes the first flow, a new one each of the others.
pub(super) fn fork(run: &mut Run<'_>, token: TokenId, flows: &[FlowIx], gateway: NodeIx, outcome: Option<String>) {
    let element = &run.model.node(gateway).id;
    let mut leaving = vec![token];
    for _ in flows.iter().skip(1) {
        let token = run.state.next_token();
        run.emit(FlowEvent::TokenCreated {
            token,
            element: element.clone(),
        });
        leaving.push(token);
    }
    for (token, flow) in leaving.into_iter().zip(flows) {
        run.leave(token, *flow, outcome.clone());
    }
}
