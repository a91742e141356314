//! What was done in a case, as the law names it: acts with their outcomes, in order, on whichever chart they were done.

use crate::check::Done;
use crate::model::Model;
use crate::step::{EarlierEvent, Event};

/// The fold of all events of an instance, each with the chart that held then.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// With its number on the trail; 0: of the earlier core, which numbered none.
    done: Vec<(u32, Done)>,
    /// Given by whoever did the task, before it is known to be done.
    outcome: Option<String>,
}

impl History {
    /// `model`: the chart that held when the event happened; of a migration the one before.
    pub fn apply(&mut self, model: &Model, event: &Event) {
        match event {
            Event::Assigned { vars, .. } => {
                let outcome = vars.get("outcome").and_then(serde_json::Value::as_str);
                if let Some(outcome) = outcome {
                    self.outcome = Some(outcome.to_owned());
                }
            }
            Event::Trailed(step) if !step.join => {
                let outcome = self.outcome.take();
                self.add(model, step.n, step.element.as_str(), outcome);
            }
            // What is taken back was not done in law: it is done again.
            Event::Undone { steps } => self.done.retain(|(n, _)| *n == 0 || !steps.contains(n)),
            _ => {}
        }
    }

    pub fn apply_earlier(&mut self, model: &Model, event: &EarlierEvent) {
        if let EarlierEvent::TaskCompleted { task, outcome, .. } = event {
            self.add(model, 0, task.as_str(), outcome.clone());
        }
    }

    fn add(&mut self, model: &Model, n: u32, element: &str, outcome: Option<String>) {
        if let Some(act) = model.work(element).and_then(|work| work.act.clone()) {
            self.done.push((n, Done { act, outcome }));
        }
    }

    /// Acts that stand, oldest first.
    pub fn done(&self) -> Vec<Done> {
        self.done.iter().map(|(_, done)| done.clone()).collect()
    }
}
