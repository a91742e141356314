//! Values in test files.

use super::LocalName;
use crate::number::Number;
use crate::time::{Date, DateTime, Time};
use crate::value::{Context, Value, equal};
use roxmltree::Node;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What an element of type `valueType` holds: a value, components, or a list.
pub(super) fn value(node: Node<'_, '_>) -> Value {
    let children = || node.children().filter(Node::is_element);
    if let Some(list) = children().find(|child| child.has_tag_name_local("list")) {
        if is_nil(list) {
            return Value::Null;
        }
        let items = list.children().filter(|child| child.has_tag_name_local("item"));
        return Value::list(items.map(value).collect());
    }
    let components: Vec<_> = children()
        .filter(|child| child.has_tag_name_local("component"))
        .collect();
    if !components.is_empty() {
        let context: Context = components
            .into_iter()
            .map(|component| {
                let name = component.attribute("name").unwrap_or_default();
                (
                    name,
                    if is_nil(component) {
                        Value::Null
                    } else {
                        value(component)
                    },
                )
            })
            .collect();
        return Value::context(context);
    }
    children()
        .find(|child| child.has_tag_name_local("value"))
        .map_or(Value::Null, simple)
}

fn is_nil(node: Node<'_, '_>) -> bool {
    node.attribute((XSI, "nil")) == Some("true")
}

fn simple(node: Node<'_, '_>) -> Value {
    if is_nil(node) {
        return Value::Null;
    }
    let text = node.text().unwrap_or_default();
    let kind = node.attribute((XSI, "type")).unwrap_or_default();
    match kind.rsplit(':').next().unwrap_or_default() {
        "boolean" => match text.trim() {
            "true" | "1" => Value::Boolean(true),
            "false" | "0" => Value::Boolean(false),
            _ => Value::Null,
        },
        "decimal" | "double" | "integer" | "int" | "float" | "long" => {
            text.trim().parse::<Number>().map_or(Value::Null, Value::Number)
        }
        "date" => Date::parse(text.trim()).map_or(Value::Null, Value::Date),
        "time" => Time::parse(text.trim()).map_or(Value::Null, Value::time),
        "dateTime" => DateTime::parse(text.trim()).map_or(Value::Null, Value::date_time),
        "duration" => Value::from_duration_text(text.trim()),
        _ => Value::from(text),
    }
}

/// Whether a result is the expected one. Where the suite gives eight digits and more, they come from
/// binary floats, and its own runner allows for their error.
pub(super) fn same(wanted: &Value, got: &Value) -> bool {
    match (wanted, got) {
        (Value::Number(a), Value::Number(b)) => a == b || close(*a, *b),
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b)),
        (Value::Context(a), Value::Context(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, value)| b.get(name).is_some_and(|b| same(value, b)))
        }
        _ => wanted == got || equal(wanted, got) == Some(true),
    }
}

/// 10⁻⁸, as in the suite's own runner.
fn tolerance() -> Option<Number> {
    Number::canonical(1, -8)
}

fn close(wanted: Number, got: Number) -> bool {
    let text = wanted.to_string();
    let digits = text.trim_start_matches(['-', '0', '.']).replace('.', "").len();
    let distance = wanted.sub(got).map(Number::abs);
    digits >= 8 && distance.is_some_and(|distance| Some(distance) < tolerance())
}
