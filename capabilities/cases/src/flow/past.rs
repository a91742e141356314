//! What a drawing shows of a case: where it is, which way it came, what was given back, what is late.

use jiff::civil::Date;
use mingjing_bpmn::draw::Overlay;
use mingjing_bpmn::step::Walked;
use mingjing_chronicle::{Payload, RecordedEvent};

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
        ..Overlay::default()
    }
}
