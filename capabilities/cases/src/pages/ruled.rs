//! How the flow's rules decided, in plain words: what they were asked, what they said, why. Nothing is worked out here.

use mingjing_chronicle::{Payload, RecordedEvent};
use serde_json::Value as Json;

use crate::flow::{Flow, FlowEvent};
use crate::matter::Matter;

pub(crate) struct Ruled {
    /// As the chart calls the task.
    pub(crate) step: String,
    pub(crate) on: String,
    pub(crate) decision: String,
    pub(crate) value: String,
    pub(crate) inputs: Vec<(String, String)>,
    pub(crate) because: Vec<String>,
    /// Beginning of the hash of the rules.
    pub(crate) rules: String,
}

/// Every time rules were asked in this case, oldest first.
pub(crate) fn ruled<M: Matter>(events: &[RecordedEvent], flow: &Flow) -> Vec<Ruled> {
    let mut all = Vec::new();
    for event in events {
        let Ok(Payload::Known(known)) = event.decode::<M::Event>() else {
            continue;
        };
        let moved = M::effects(&known).map_or(&[][..], |effects| &effects.flow);
        for moved in moved {
            let FlowEvent::Decided(decided) = moved else { continue };
            let node = flow
                .model()
                .find(decided.element.as_str())
                .map(|ix| flow.model().node(ix));
            all.push(Ruled {
                // A chart that the case left since may have had the task.
                step: node.map_or_else(|| decided.decision.clone(), |node| node.label().to_owned()),
                on: event.envelope.happened_on.to_string(),
                decision: decided.decision.clone(),
                value: words(&decided.value),
                inputs: decided
                    .inputs
                    .iter()
                    .map(|(name, value)| (name.clone(), words(value)))
                    .collect(),
                because: decided.because.clone(),
                rules: decided.rules.chars().take(12).collect(),
            });
        }
    }
    all
}

fn words(value: &Json) -> String {
    match value {
        Json::Null => "没有填写".to_owned(),
        Json::Bool(true) => "是".to_owned(),
        Json::Bool(false) => "否".to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(values) => values.iter().map(words).collect::<Vec<_>>().join("、"),
        Json::Object(fields) => {
            let field = |(name, value): (&String, &Json)| format!("{name}：{}", words(value));
            fields.iter().map(field).collect::<Vec<_>>().join("；")
        }
        other => other.to_string(),
    }
}
