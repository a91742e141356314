//! What a drawing shows of a case: where it is, which way it came, what was given back, what is late.

use std::collections::HashMap;

use jiff::civil::Date;
use mingjing_bpmn::draw::Overlay;
use mingjing_bpmn::step::Walked;
use mingjing_chronicle::{Payload, RecordedEvent};

use crate::events::OpenStep;
use crate::matter::Matter;

/// Of the recorded events of one case, oldest first. What was erased left no trace on the chart.
pub(crate) fn overlay<M: Matter>(case: &M, events: &[RecordedEvent], today: Date) -> Overlay {
    let mut walked = Walked::default();
    for event in events {
        let Ok(Payload::Known(known)) = event.decode::<M::Event>() else {
            continue;
        };
        let Some(effects) = M::effects(&known) else {
            continue;
        };
        effects.earlier.iter().for_each(|event| walked.apply_earlier(event));
        effects.flow.iter().for_each(|event| walked.apply(event));
    }
    let open = |late: bool| {
        let steps = case.steps().iter();
        let steps = steps.filter(move |step| !late || step.due.is_some_and(|due| due < today));
        steps.map(|step| step.task.clone()).collect()
    };
    Overlay {
        open: open(false),
        overdue: open(true),
        done: walked.done(),
        returned: walked.returned(),
        notes: notes(case.steps()),
        ..Overlay::default()
    }
}

/// Beside a step on the chart: who else has it, who waits, who was reminded. In the words of the case page, shorter.
fn notes(steps: &[OpenStep]) -> HashMap<String, String> {
    let mut notes: HashMap<String, Vec<String>> = HashMap::new();
    for step in steps {
        let by = step.held_by.as_deref().unwrap_or_default();
        let mut words = Vec::new();
        if step.signer {
            words.push(format!("加签{by}"));
        } else if step.lent.is_some() {
            words.push(format!("委托{by}"));
        } else if step.holder.is_some() {
            words.push(format!("转办{by}"));
        }
        if step.suspended {
            words.push("挂起".to_owned());
        }
        if let Some(urged) = &step.urged {
            words.push(format!("催办{}次", urged.times));
        }
        let known = notes.entry(step.task.clone()).or_default();
        words.retain(|word| !known.contains(word));
        known.append(&mut words);
    }
    let notes = notes.into_iter().filter(|(_, words)| !words.is_empty());
    notes.map(|(task, words)| (task, words.join("、"))).collect()
}
