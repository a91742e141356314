//! The explanation as JSON, for the record. Keys stand in a fixed order and numbers keep every
//! digit, so the same inputs give the same bytes; the form has a version.

use super::{RuleStep, Step, StepKind, TableStep};
use crate::json::{Object, string, write_to};

/// Version of the JSON form.
pub const FORM: usize = 1;

/// `{"form":1,"steps":[…]}`
pub fn record(steps: &[Step]) -> String {
    let mut out = String::new();
    Object::new(&mut out)
        .number("form", FORM)
        .array("steps", steps, step)
        .end();
    out
}

fn step(out: &mut String, step: &Step) {
    let mut object = Object::new(out);
    object.text("kind", kind(step.kind)).text("name", &step.name);
    if let Some(text) = &step.text {
        object.text("text", text);
    }
    if let Some(found) = &step.table {
        object.part("table", |out| table(out, found));
    }
    if !step.steps.is_empty() {
        object.array("steps", &step.steps, self::step);
    }
    if step.omitted > 0 {
        object.number("omitted", step.omitted);
    }
    object.value("value", &step.value).end();
}

fn kind(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Input => "input",
        StepKind::Decision => "decision",
        StepKind::Knowledge => "knowledge",
        StepKind::Service => "service",
        StepKind::Entry => "entry",
    }
}

fn table(out: &mut String, table: &TableStep) {
    let mut object = Object::new(out);
    object
        .text("policy", table.policy)
        .array("inputs", &table.inputs, |out, (name, value)| {
            Object::new(out).text("name", name).value("value", value).end();
        })
        .array("outputs", &table.outputs, |out, name| string(out, name))
        .array("annotations", &table.annotations, |out, name| string(out, name))
        .number("rules", table.rules)
        .array("tried", &table.tried, rule)
        .number("unlisted", table.unlisted);
    if table.unlisted_hits > 0 {
        object.number("unlisted_hits", table.unlisted_hits);
    }
    object.end();
}

fn rule(out: &mut String, rule: &RuleStep) {
    let mut object = Object::new(out);
    object.number("number", rule.number);
    if let Some(id) = &rule.id {
        object.text("id", id);
    }
    object.array("tests", &rule.tests, |out, text| string(out, text));
    match rule.failed {
        Some(column) => {
            object.number("failed", column + 1).truth("unknown", rule.unknown);
        }
        None => {
            object
                .array("outputs", &rule.outputs, write_to)
                .array("annotations", &rule.annotations, |out, text| string(out, text));
        }
    }
    object.end();
}
