//! Events as lines that a person follows.

use std::collections::HashMap;

use serde::Serialize;

use super::iso;
use crate::model::{Id, Kind, Model, Moment};
use crate::step::{Closing, Event, How, Role, Sending};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TraceLine {
    /// ISO duration since the start.
    pub at: String,
    /// `started`, `completed`, `cancelled`, `failed`, `compensated`, `taken`, `fired`, `sent`, or an operation.
    pub what: &'static str,
    pub element: String,
    pub instance: u32,
    /// Of what was sent, its name; of an operation, to whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Trace {
    pub lines: Vec<TraceLine>,
    start: Moment,
    /// Instances that are shown, by id.
    shown: HashMap<u32, (Id, u32)>,
}

impl Trace {
    pub fn from(start: Moment) -> Trace {
        Trace {
            start,
            ..Trace::default()
        }
    }

    pub fn add(&mut self, model: &Model, at: Moment, events: &[Event]) {
        for event in events {
            self.event(model, at, event);
        }
    }

    fn event(&mut self, model: &Model, at: Moment, event: &Event) {
        match event {
            Event::Started(instance) => {
                let process = model
                    .find(instance.element.as_str())
                    .is_some_and(|ix| matches!(model.node(ix).kind, Kind::Process { .. }));
                if !process && instance.role != Role::Whole {
                    self.shown
                        .insert(instance.id, (instance.element.clone(), instance.number));
                    self.line(at, "started", &instance.element, instance.number);
                }
            }
            Event::Closed { id, how } => {
                if let Some((element, number)) = self.shown.remove(id) {
                    let what = match how {
                        Closing::Completed => "completed",
                        Closing::Cancelled | Closing::Returned => "cancelled",
                        Closing::Failed => "failed",
                    };
                    self.line(at, what, &element, number);
                }
            }
            Event::Passed { element, .. } => {
                self.line(at, "started", element, 0);
                self.line(at, "completed", element, 0);
            }
            Event::Taken { flow, .. } => {
                self.line(at, "taken", flow, 0);
            }
            Event::Fired { element, .. } => {
                self.line(at, "fired", element, 0);
            }
            Event::Compensated { element, .. } => {
                self.line(at, "compensated", element, 0);
            }
            Event::Sent {
                element, kind, name, ..
            } => {
                let what = match kind {
                    Sending::Message => "sent",
                    Sending::Signal => "signalled",
                    Sending::Escalation => "escalated",
                };
                self.line(at, what, element, 0).to = Some(name.clone());
            }
            Event::Noted(note) => {
                let number = self.shown.get(&note.instance).map_or(0, |(_, number)| *number);
                let line = self.line(at, operation(note.how), &note.element, number);
                line.to = (!note.to.is_empty()).then(|| note.to.join("、"));
                line.by = note.by.clone();
                line.reason = note.reason.clone();
            }
            _ => {}
        }
    }

    fn line(&mut self, at: Moment, what: &'static str, element: &Id, instance: u32) -> &mut TraceLine {
        self.lines.push(TraceLine {
            at: iso(at - self.start),
            what,
            element: element.to_string(),
            instance,
            to: None,
            by: None,
            reason: None,
        });
        let last = self.lines.len() - 1;
        &mut self.lines[last]
    }
}

fn operation(how: How) -> &'static str {
    match how {
        How::Returned => "returned",
        How::Withdrawn => "withdrawn",
        How::Transferred => "transferred",
        How::Delegated => "delegated",
        How::HandedBack => "handed_back",
        How::Released => "released",
        How::Copied => "copied",
        How::Urged => "urged",
        How::Suspended => "suspended",
        How::Resumed => "resumed",
        How::SignBefore | How::SignAfter | How::SignBeside => "signers_added",
        How::SignerTaken => "signer_taken",
        How::SignerRemoved => "signers_removed",
        How::Signed => "signed",
        How::Terminated => "terminated",
    }
}
