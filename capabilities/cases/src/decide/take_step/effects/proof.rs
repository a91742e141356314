//! 送达回证 of what the body began by itself: the form is made with the act that records the service, where the chart asks
//! for it (强制法 38; 处罚法 52, 61: by the rules of the Civil Procedure Law, its articles 87 and 89).

use serde_json::json;

use crate::case::Case;
use crate::decide::Setting;
use crate::events::{PaperOrder, TakenStep, Template};
use crate::paper::{Draft, handed_over};

pub(super) fn of_service(state: &Case, taken: &TakenStep, setting: &Setting<'_>) -> Option<PaperOrder> {
    let outcome = taken.outcome.as_ref().map(|outcome| outcome.id.as_str());
    let task = setting.flow.model().work(&taken.task)?;
    let asked = taken.kind.starts_with("serve_");
    if !asked
        || !task
            .papers_for(outcome)
            .any(|paper| paper == Template::ProofOfService.key())
    {
        return None;
    }
    let served = state
        .papers
        .iter()
        .rev()
        .find(|paper| paper.order.template.for_party())?;
    let officers = state.taken.iter().rev().map(|done| &done.facts.officers);
    let names = officers.filter(|officers| !officers.is_empty()).map(|officers| {
        let names: Vec<&str> = officers.iter().map(|officer| officer.name.as_str()).collect();
        names.join("、")
    });
    let place = state
        .application
        .as_ref()
        .and_then(|application| application.opening.as_ref());
    let service = json!({
        "method": "in_person",
        "place": place.map_or("", |opening| opening.place.as_str()),
        "server": names.into_iter().next().unwrap_or_else(|| "本机关执法人员".to_owned()),
        "arrived_at": taken.on.to_string(),
        "note": taken.facts.record.clone().unwrap_or_default(),
    });
    let proof = Draft::of(Template::ProofOfService, state, setting)
        .with("served_papers", vec![handed_over(served)])
        .with("service", service);
    Some(proof.order())
}
