//! Inputs from JSON: dates, times and durations come as text and become what the model declares.

use super::super::compile::{Element, Model, Place};
use super::super::item_definitions::Types;
use super::Inputs;
use crate::feel::Type;
use crate::time::{Date, DateTime, Time};
use crate::value::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How deep types may be nested.
const MAX_DEPTH: usize = 20;

impl Model {
    /// The same inputs with texts turned into dates, times and durations where the model says so.
    /// A text that is none stays text, which its type then refuses.
    pub fn typed_inputs(&self, given: &Inputs) -> Inputs {
        let mut typed = given.clone();
        for file in &self.files {
            for input in &file.inputs {
                if let Some(value) = given.get(&input.name) {
                    typed.set(
                        input.name.clone(),
                        typed_value(value, &input.declared, &file.types, MAX_DEPTH),
                    );
                }
            }
            let knowledge = file.knowledge.iter().map(|k| &k.parameters);
            let services = file.services.iter().map(|s| &s.parameters);
            for parameter in knowledge.chain(services).flatten() {
                if let Some(value) = typed.get(&parameter.name) {
                    let value = typed_value(value, &parameter.declared, &file.types, MAX_DEPTH);
                    typed.set(parameter.name.clone(), value);
                }
            }
        }
        typed
    }

    /// The input data that a decision, knowledge model or service needs, directly or not.
    pub fn needed_inputs(&self, place: Place) -> Vec<Arc<str>> {
        let mut seen = BTreeSet::new();
        let mut names = Vec::new();
        let mut stack = vec![place];
        while let Some(place) = stack.pop() {
            let key = (place.file, format!("{:?}", place.element));
            if !seen.insert(key) {
                continue;
            }
            let file = &self.files[place.file];
            match place.element {
                Element::Input(at) => names.push(file.inputs[at].name.clone()),
                Element::Decision(at) => {
                    stack.extend(file.decisions[at].requires.iter().rev().map(|r| r.place));
                }
                Element::Knowledge(at) => {
                    names.extend(file.knowledge[at].parameters.iter().map(|p| p.name.clone()));
                }
                Element::Service(at) => {
                    names.extend(file.services[at].parameters.iter().map(|p| p.name.clone()));
                }
            }
            // A decision that calls a knowledge model fills its parameters itself.
            stack.retain(|next| !matches!(next.element, Element::Knowledge(_) | Element::Service(_)));
        }
        names
    }
}

fn typed_value(value: &Value, declared: &Type, types: &Types, depth: usize) -> Value {
    if depth == 0 {
        return value.clone();
    }
    match (types.resolved(declared), value) {
        (Type::List(inner), Value::List(items)) => {
            let items = items.iter().map(|item| typed_value(item, &inner, types, depth - 1));
            Value::list(items.collect())
        }
        (Type::Context(entries), Value::Context(context)) => {
            let mut typed = (**context).clone();
            for (name, kind) in &entries {
                if let Some(value) = context.get(name) {
                    typed.set(name.clone(), typed_value(value, kind, types, depth - 1));
                }
            }
            Value::context(typed)
        }
        (kind, Value::String(text)) => from_text(text, &kind).unwrap_or_else(|| value.clone()),
        _ => value.clone(),
    }
}

fn from_text(text: &str, kind: &Type) -> Option<Value> {
    match kind {
        Type::Date => Date::parse(text).map(Value::Date),
        Type::Time => Time::parse(text).map(Value::time),
        Type::DateTime => DateTime::parse(text).map(Value::date_time),
        Type::MonthsDuration | Type::DaysDuration => {
            Some(Value::from_duration_text(text)).filter(|value| !value.is_null())
        }
        _ => None,
    }
}
