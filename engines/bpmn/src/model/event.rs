//! Events: where they stand, what triggers them or what they throw.

use super::activity::{self, Io};
use super::build::Build;
use super::timer::{TimerKind, TimerRule};
use super::work::extensions;
use super::{Expression, Id};
use crate::read::{BPMN, Element, MINGJING, ZEEBE};

#[derive(Debug, Clone, PartialEq)]
pub struct EventNode {
    pub place: Place,
    /// Of boundary events and starts of event sub-processes.
    pub interrupting: bool,
    /// All triggers must have come, in any order.
    pub parallel: bool,
    /// None: a none event. Several: a multiple event.
    pub triggers: Vec<Trigger>,
    pub io: Io,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Start,
    Catch,
    Throw,
    Boundary,
    End,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    Message {
        id: Option<Id>,
        name: String,
        /// Gives the value a message must bear to be meant for this instance.
        key: Option<Expression>,
    },
    Timer(TimerRule),
    Signal {
        id: Option<Id>,
        name: String,
    },
    /// Catching without a code catches every error.
    Error {
        id: Option<Id>,
        code: Option<String>,
    },
    Escalation {
        id: Option<Id>,
        code: Option<String>,
    },
    Conditional(Option<Expression>),
    Compensate {
        activity: Option<String>,
        wait: bool,
    },
    Cancel,
    Terminate,
    Link(String),
}

impl EventNode {
    pub fn link(&self) -> Option<&str> {
        self.triggers.iter().find_map(|trigger| match trigger {
            Trigger::Link(name) => Some(name.as_str()),
            _ => None,
        })
    }

    pub fn has(&self, test: impl Fn(&Trigger) -> bool) -> bool {
        self.triggers.iter().any(test)
    }
}

impl Trigger {
    pub fn local(&self) -> &'static str {
        match self {
            Trigger::Message { .. } => "messageEventDefinition",
            Trigger::Timer(_) => "timerEventDefinition",
            Trigger::Signal { .. } => "signalEventDefinition",
            Trigger::Error { .. } => "errorEventDefinition",
            Trigger::Escalation { .. } => "escalationEventDefinition",
            Trigger::Conditional(_) => "conditionalEventDefinition",
            Trigger::Compensate { .. } => "compensateEventDefinition",
            Trigger::Cancel => "cancelEventDefinition",
            Trigger::Terminate => "terminateEventDefinition",
            Trigger::Link(_) => "linkEventDefinition",
        }
    }
}

pub(super) fn read(element: &Element, place: Place, build: &mut Build<'_>) -> EventNode {
    let mut triggers = Vec::new();
    for child in element.elements().filter(|e| e.namespace == BPMN) {
        if child.local == "eventDefinitionRef" {
            match build.root(&child.text()) {
                Some(shared) => triggers.extend(trigger(shared, element, build)),
                None => build.dangling(element, &child.text()),
            }
        } else if child.local.ends_with("EventDefinition") {
            triggers.extend(trigger(child, element, build));
        }
    }
    let flag = if place == Place::Boundary {
        "cancelActivity"
    } else {
        "isInterrupting"
    };
    EventNode {
        place,
        interrupting: element.get(flag) != Some("false"),
        parallel: element.get("parallelMultiple") == Some("true"),
        triggers,
        io: activity::io(element, build),
    }
}

fn trigger(definition: &Element, event: &Element, build: &mut Build<'_>) -> Option<Trigger> {
    Some(match definition.local.as_str() {
        "messageEventDefinition" => message(definition.get("messageRef"), event, build),
        "timerEventDefinition" => Trigger::Timer(timer(definition, event, build)?),
        "signalEventDefinition" => {
            let (id, name) = named(definition.get("signalRef"), "name", event, build);
            Trigger::Signal {
                name: name.unwrap_or_else(|| own_name(event)),
                id,
            }
        }
        "errorEventDefinition" => {
            let (id, code) = named(definition.get("errorRef"), "errorCode", event, build);
            Trigger::Error { id, code }
        }
        "escalationEventDefinition" => {
            let (id, code) = named(definition.get("escalationRef"), "escalationCode", event, build);
            Trigger::Escalation { id, code }
        }
        "conditionalEventDefinition" => {
            let condition = definition.child(BPMN, "condition");
            Trigger::Conditional(condition.and_then(|c| build.expression(c)))
        }
        "compensateEventDefinition" => Trigger::Compensate {
            activity: definition.get("activityRef").map(|id| local(id).to_owned()),
            wait: definition.get("waitForCompletion") != Some("false"),
        },
        "cancelEventDefinition" => Trigger::Cancel,
        "terminateEventDefinition" => Trigger::Terminate,
        "linkEventDefinition" => {
            let name = definition.get("name").filter(|name| !name.trim().is_empty());
            Trigger::Link(name.map_or_else(|| own_name(event), |name| name.trim().to_owned()))
        }
        other => {
            let text = format!("不认识的事件定义“{other}”。");
            build.error(event.id(), "event_definition_unknown", text);
            return None;
        }
    })
}

/// The name of what a reference means is its `attribute`, else its name, else its id.
fn named(
    reference: Option<&str>,
    attribute: &str,
    event: &Element,
    build: &mut Build<'_>,
) -> (Option<Id>, Option<String>) {
    let Some(reference) = reference.map(local).filter(|reference| !reference.is_empty()) else {
        return (None, None);
    };
    let Some(root) = build.root(reference) else {
        build.dangling(event, reference);
        return (Some(reference.into()), Some(reference.to_owned()));
    };
    let text = |name: &str| root.get(name).map(str::trim).filter(|text| !text.is_empty());
    let name = text(attribute).or(text("name")).unwrap_or(reference);
    (Some(reference.into()), Some(name.to_owned()))
}

pub(super) fn message(reference: Option<&str>, element: &Element, build: &mut Build<'_>) -> Trigger {
    let (id, name) = named(reference, "name", element, build);
    let declared = id.as_ref().and_then(|id| build.root(id.as_str()));
    let subscription = declared.and_then(|message| extensions(message).find(|e| e.is(ZEEBE, "subscription")));
    let own = extensions(element).find(|e| e.is(MINGJING, "correlation"));
    let key = subscription
        .and_then(|e| e.get("correlationKey"))
        .or_else(|| own.and_then(|e| e.get("key")));
    Trigger::Message {
        key: key.map(|key| Expression::of(key, None, None)),
        name: name.unwrap_or_else(|| own_name(element)),
        id,
    }
}

/// Without a declared name an event goes by its own.
fn own_name(element: &Element) -> String {
    let name = element.get("name").map(str::trim).filter(|name| !name.is_empty());
    name.or(element.id()).unwrap_or_default().to_owned()
}

fn timer(definition: &Element, event: &Element, build: &mut Build<'_>) -> Option<TimerRule> {
    let forms = [
        ("timeDate", TimerKind::Date),
        ("timeDuration", TimerKind::Duration),
        ("timeCycle", TimerKind::Cycle),
    ];
    let mut rules: Vec<TimerRule> = Vec::new();
    for (local, kind) in forms {
        for child in definition.children_named(BPMN, local) {
            let Some(value) = build.expression(child) else {
                continue;
            };
            let literal = value.foreign() == Some("") && !looks_computed(&value.text);
            rules.push(TimerRule { kind, value, literal });
        }
    }
    for own in extensions(definition).filter(|e| e.is(MINGJING, "workingDays")) {
        let value = Expression::of(own.get("amount").unwrap_or_default(), None, None);
        let literal = value.foreign().is_some();
        let kind = TimerKind::WorkingDays;
        rules.push(TimerRule { kind, value, literal });
    }
    if rules.len() > 1 {
        let text = "定时事件只能写日期、时长、周期（或工作日数）中的一种。".to_owned();
        build.error(event.id(), "timer_ambiguous", text);
    }
    let rule = rules.into_iter().next();
    match &rule {
        None => {
            // It is a timer all the same: further rules should not speak of an event without a trigger.
            let text = "定时事件没有写明时间（timeDate、timeDuration或timeCycle）。".to_owned();
            build.error(event.id(), "timer_missing", text);
            return Some(TimerRule {
                kind: TimerKind::Duration,
                value: Expression::of("", None, None),
                literal: true,
            });
        }
        Some(rule) if !rule.readable() => {
            let text = format!("定时“{}”不是ISO 8601的日期、时长或周期。", rule.value.text);
            build.error(event.id(), "timer_unreadable", text);
        }
        Some(_) => {}
    }
    rule
}

/// Text like `"PT1H"` or `duration(x)`: an expression whose mark was left out.
fn looks_computed(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, 'P' | 'R' | '-' | '+')) || text.contains('(')
}

/// A reference is a QName; a prefix can only be that of the file's own target namespace.
pub(super) fn local(reference: &str) -> &str {
    let reference = reference.trim();
    reference.rsplit(':').next().unwrap_or(reference)
}
