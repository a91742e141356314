//! Conditions at one gateway: does at most one hold, does always one hold? Outcomes are compared here; whether data can
//! make conditions overlap or leave a gap is asked of whoever understands expressions.

use std::collections::BTreeMap;

use crate::model::{Expression, FlowIx, Gateway, Kind, Language, Model, Node};
use crate::problem::Problem;

/// An answer about conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Proven,
    /// Not so: an example in words.
    Refuted(String),
    /// Why it cannot be said.
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// At most one holds at a time.
    pub exclusive: Answer,
    /// One holds always.
    pub complete: Answer,
}

/// Understands FEEL conditions: the rules engine, for whoever brings both together.
pub trait Conditions {
    /// FEEL texts without the leading `=`.
    fn judge(&self, conditions: &[&str]) -> Judgement;
}

/// Understands none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NotAsked;

impl Conditions for NotAsked {
    fn judge(&self, _: &[&str]) -> Judgement {
        let unknown = || Answer::Unknown("没有接入规则引擎".to_owned());
        Judgement {
            exclusive: unknown(),
            complete: unknown(),
        }
    }
}

pub(super) fn check(model: &Model, ask: &dyn Conditions, problems: &mut Vec<Problem>) {
    for node in model.nodes() {
        let exclusive = node.kind == Kind::Gateway(Gateway::Exclusive);
        if !exclusive && node.kind != Kind::Gateway(Gateway::Inclusive) || node.outgoing.len() < 2 {
            continue;
        }
        let conditions: Vec<(FlowIx, &Expression)> = (node.outgoing.iter())
            .filter(|flow| node.default != Some(**flow))
            .filter_map(|flow| Some((*flow, model.flow(*flow).condition.as_ref()?)))
            .collect();
        if conditions.iter().all(|(_, condition)| condition.outcomes.is_some()) {
            if exclusive {
                outcomes_overlap(model, node, &conditions, problems);
            }
            continue;
        }
        by_data(node, exclusive, &conditions, ask, problems);
    }
}

fn outcomes_overlap(model: &Model, node: &Node, conditions: &[(FlowIx, &Expression)], problems: &mut Vec<Problem>) {
    let mut by_outcome: BTreeMap<&str, FlowIx> = BTreeMap::new();
    for (flow, condition) in conditions {
        for outcome in condition.outcomes.iter().flat_map(|condition| &condition.outcomes) {
            if let Some(first) = by_outcome.insert(outcome, *flow) {
                let text = format!(
                    "办理结果“{outcome}”在“{}”同时满足两条顺序流（{}、{}）的条件，应只满足一条。",
                    node.label(),
                    model.flow(first).id,
                    model.flow(*flow).id
                );
                problems.push(Problem::error(Some(node.id.as_str()), "conditions_overlap", text));
            }
        }
    }
}

fn by_data(
    node: &Node,
    exclusive: bool,
    conditions: &[(FlowIx, &Expression)],
    ask: &dyn Conditions,
    problems: &mut Vec<Problem>,
) {
    let id = Some(node.id.as_str());
    if let Some((_, foreign)) = conditions
        .iter()
        .find(|(_, c)| matches!(c.language, Language::Other(_)))
    {
        let text = format!("“{}”的条件“{}”不是FEEL，无法判定。", node.label(), foreign.text);
        problems.push(Problem::warning(id, "conditions_not_decided", text));
        return;
    }
    let texts: Vec<&str> = conditions.iter().map(|(_, condition)| &*condition.text).collect();
    let judged = ask.judge(&texts);
    if exclusive {
        match judged.exclusive {
            Answer::Proven => {}
            Answer::Refuted(example) => {
                let text = format!("“{}”的条件会同时成立，例如{example}。", node.label());
                problems.push(Problem::error(id, "conditions_overlap", text));
            }
            Answer::Unknown(why) => {
                let text = format!("未能判定“{}”的条件是否互斥：{why}。", node.label());
                problems.push(Problem::warning(id, "conditions_not_decided", text));
            }
        }
    }
    if node.default.is_some() || conditions.len() < node.outgoing.len() {
        return;
    }
    match judged.complete {
        Answer::Proven => {}
        Answer::Refuted(example) => {
            let text = format!("“{}”有情形不符合任何条件，也没有默认流，例如{example}。", node.label());
            problems.push(Problem::error(id, "conditions_leave_gap", text));
        }
        Answer::Unknown(why) => {
            let text = format!("“{}”没有默认流，又未能判定条件是否完整：{why}。", node.label());
            problems.push(Problem::warning(id, "conditions_not_decided", text));
        }
    }
}
