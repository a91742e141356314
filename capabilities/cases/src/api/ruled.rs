//! How the flow's rules decided, as JSON.

use mingjing_chronicle::RecordedEvent;
use schemars::JsonSchema;
use serde::Serialize;

use crate::flow::Flow;
use crate::matter::Matter;
use crate::pages::ruled::ruled;

/// 规则的一次结果
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RuleResult")]
pub(super) struct RuledShown {
    /// 流程图上的环节
    step: String,
    on: String,
    decision: String,
    /// 文字写出的结果
    value: String,
    inputs: Vec<RuleInput>,
    /// 怎样得出，逐句
    because: Vec<String>,
    /// 规则文本校验码的开头
    rules: String,
}

#[derive(Serialize, JsonSchema)]
struct RuleInput {
    name: String,
    value: String,
}

impl RuledShown {
    pub(super) fn of<M: Matter>(events: &[RecordedEvent], flow: &Flow) -> Vec<RuledShown> {
        let shown = ruled::<M>(events, flow).into_iter().map(|one| RuledShown {
            step: one.step,
            on: one.on,
            decision: one.decision,
            value: one.value,
            inputs: one
                .inputs
                .into_iter()
                .map(|(name, value)| RuleInput { name, value })
                .collect(),
            because: one.because,
            rules: one.rules,
        });
        shown.collect()
    }
}
