//! The text of a value: what `string()` gives, and what an expression would have to say.

use super::{Function, Range, Value};
use std::fmt::{self, Display, Formatter};

/// As in `string()`: a string stands for itself.
impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::String(text) => f.write_str(text),
            other => write_inner(f, other, false),
        }
    }
}

/// The value as an expression: strings quoted, dates and durations as `@"…"`.
pub fn feel_text(value: &Value) -> String {
    struct Literal<'a>(&'a Value);
    impl Display for Literal<'_> {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            write_inner(f, self.0, true)
        }
    }
    Literal(value).to_string()
}

fn write_inner(f: &mut Formatter<'_>, value: &Value, literal: bool) -> fmt::Result {
    let (open, close) = if literal { ("@\"", "\"") } else { ("", "") };
    match value {
        Value::Null => f.write_str("null"),
        Value::Boolean(value) => write!(f, "{value}"),
        Value::Number(value) => write!(f, "{value}"),
        Value::String(text) => write_quoted(f, text),
        Value::Date(value) => write!(f, "{open}{value}{close}"),
        Value::Time(value) => write!(f, "{open}{value}{close}"),
        Value::DateTime(value) => write!(f, "{open}{value}{close}"),
        Value::Months(value) => write!(f, "{open}{value}{close}"),
        Value::Days(value) => write!(f, "{open}{value}{close}"),
        Value::List(items) => {
            f.write_str("[")?;
            for (index, item) in items.iter().enumerate() {
                f.write_str(if index > 0 { ", " } else { "" })?;
                write_inner(f, item, literal)?;
            }
            f.write_str("]")
        }
        Value::Context(context) => {
            f.write_str("{")?;
            for (index, (name, value)) in context.iter().enumerate() {
                f.write_str(if index > 0 { ", " } else { "" })?;
                write_key(f, name)?;
                f.write_str(": ")?;
                write_inner(f, value, literal)?;
            }
            f.write_str("}")
        }
        Value::Range(range) => write_range(f, range, literal),
        Value::Function(Function::BuiltIn(built_in)) => f.write_str(built_in.name),
        Value::Function(Function::Literal(function, _)) => {
            let parameters: Vec<&str> = function.parameters.iter().map(|parameter| &*parameter.name).collect();
            write!(f, "function({}) {}", parameters.join(", "), function.body)
        }
        Value::Function(Function::Model(callable)) => f.write_str(callable.name()),
    }
}

fn write_range(f: &mut Formatter<'_>, range: &Range, literal: bool) -> fmt::Result {
    if let Some(op) = range.comparison {
        let end = if range.low.is_null() { &range.high } else { &range.low };
        write!(f, "({op} ")?;
        write_inner(f, end, literal)?;
        return f.write_str(")");
    }
    f.write_str(if range.low_included { "[" } else { "(" })?;
    write_inner(f, &range.low, literal)?;
    f.write_str("..")?;
    write_inner(f, &range.high, literal)?;
    f.write_str(if range.high_included { "]" } else { ")" })
}

fn write_key(f: &mut Formatter<'_>, key: &str) -> fmt::Result {
    let bare = !key.is_empty()
        && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ' ')
        && !key.starts_with(|c: char| c.is_ascii_digit() || c == ' ')
        && !key.ends_with(' ');
    if bare { f.write_str(key) } else { write_quoted(f, key) }
}

fn write_quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str(&crate::feel::quoted(text))
}
