//! Tree → text. Reading the text again gives the same tree, if the same names are in scope.

use super::ast::{Arguments, ArithmeticOp, CompareOp, Expr, Kind, Quantifier, UnaryTests};
use std::fmt::{self, Display, Formatter};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Null => f.write_str("null"),
            Kind::Boolean(value) => write!(f, "{value}"),
            Kind::Number(value) => write!(f, "{value}"),
            Kind::String(value) => f.write_str(&quoted(value)),
            Kind::At(text, _) => write!(f, "@{}", quoted(text)),
            Kind::Name(name) => f.write_str(name),
            Kind::List(items) => {
                f.write_str("[")?;
                separated(f, items)?;
                f.write_str("]")
            }
            Kind::Context(entries) => {
                f.write_str("{")?;
                for (index, entry) in entries.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{}: {}", key(&entry.key), entry.value)?;
                }
                f.write_str("}")
            }
            Kind::Range(range) => {
                let open = if range.low_included { '[' } else { '(' };
                let close = if range.high_included { ']' } else { ')' };
                write!(f, "{open}{}..{}{close}", range.low, At(&range.high, 4))
            }
            Kind::Comparison(op, value) => write!(f, "({} {})", op.symbol(), At(value, 4)),
            Kind::If(parts) => {
                write!(f, "if {} then {} else {}", parts[0], parts[1], parts[2])
            }
            Kind::For(..) | Kind::Quantified(..) | Kind::Function(_) => self.binding(f),
            _ => self.operation(f),
        }
    }
}

impl Expr {
    fn binding(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (word, iterations, then, body) = match &self.kind {
            Kind::For(iterations, body) => ("for", iterations, "return", body),
            Kind::Quantified(Quantifier::Some, iterations, body) => ("some", iterations, "satisfies", body),
            Kind::Quantified(Quantifier::Every, iterations, body) => ("every", iterations, "satisfies", body),
            Kind::Function(function) => {
                f.write_str("function(")?;
                for (index, parameter) in function.parameters.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{}", parameter.name)?;
                    if parameter.declared != super::Type::Any {
                        write!(f, ": {}", parameter.declared)?;
                    }
                }
                let external = if function.external { "external " } else { "" };
                return write!(f, ") {external}{}", function.body);
            }
            _ => return Ok(()),
        };
        write!(f, "{word} ")?;
        for (index, iteration) in iterations.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{} in {}", iteration.name, iteration.domain)?;
            if let Some(high) = &iteration.high {
                write!(f, "..{high}")?;
            }
        }
        write!(f, " {then} {body}")
    }

    fn operation(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let level = binds(&self.kind);
        match &self.kind {
            Kind::Negate(value) => write!(f, "-{}", At(value, 7)),
            Kind::Arithmetic(op, left, right) => {
                write!(f, "{} {} {}", At(left, level), op.symbol(), At(right, level + 1))
            }
            Kind::Compare(op, left, right) => {
                write!(f, "{} {} {}", At(left, level), op.symbol(), At(right, level + 1))
            }
            Kind::And(left, right) => write!(f, "{} and {}", At(left, level), At(right, level + 1)),
            Kind::Or(left, right) => write!(f, "{} or {}", At(left, level), At(right, level + 1)),
            Kind::Between(parts) => {
                let [value, low, high] = &**parts;
                write!(f, "{} between {} and {}", At(value, level), At(low, 4), At(high, 4))
            }
            Kind::In(value, tests) => {
                write!(f, "{} in (", At(value, level))?;
                tests_text(f, tests)?;
                f.write_str(")")
            }
            Kind::InstanceOf(value, kind) => write!(f, "{} instance of {kind}", At(value, 8)),
            Kind::Path(value, name) => write!(f, "{}.{name}", At(value, 8)),
            Kind::Filter(value, condition) => write!(f, "{}[{condition}]", At(value, 8)),
            Kind::Call(function, arguments) => {
                write!(f, "{}(", At(function, 8))?;
                match arguments {
                    Arguments::Positional(items) => separated(f, items)?,
                    Arguments::Named(items) => {
                        for (index, (name, item)) in items.iter().enumerate() {
                            let comma = if index > 0 { ", " } else { "" };
                            write!(f, "{comma}{name}: {item}")?;
                        }
                    }
                }
                f.write_str(")")
            }
            _ => Ok(()),
        }
    }
}

/// An expression where only operators that bind at least so tightly may stand bare.
struct At<'a>(&'a Expr, u8);

impl Display for At<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if binds(&self.0.kind) < self.1 {
            write!(f, "({})", self.0)
        } else {
            write!(f, "{}", self.0)
        }
    }
}

fn binds(kind: &Kind) -> u8 {
    match kind {
        Kind::If(_) | Kind::For(..) | Kind::Quantified(..) | Kind::Function(_) => 0,
        Kind::Or(..) => 1,
        Kind::And(..) => 2,
        Kind::Compare(..) | Kind::Between(_) | Kind::In(..) => 3,
        Kind::Arithmetic(ArithmeticOp::Add | ArithmeticOp::Subtract, ..) => 4,
        Kind::Arithmetic(ArithmeticOp::Multiply | ArithmeticOp::Divide, ..) => 5,
        Kind::Arithmetic(ArithmeticOp::Power, ..) => 6,
        Kind::Negate(_) => 7,
        Kind::Number(value) if value.is_negative() => 7,
        _ => 8,
    }
}

fn separated(f: &mut Formatter<'_>, items: &[Expr]) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        write!(f, "{comma}{item}")?;
    }
    Ok(())
}

fn tests_text(f: &mut Formatter<'_>, tests: &[Expr]) -> fmt::Result {
    for (index, test) in tests.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        match &test.kind {
            Kind::Comparison(op, value) => write!(f, "{comma}{} {}", op.symbol(), At(value, 4))?,
            _ => write!(f, "{comma}{test}")?,
        }
    }
    Ok(())
}

/// A key that reads as a name stands bare.
fn key(key: &str) -> String {
    let bare = key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ' ')
        && key.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && super::normal(key) == key;
    if bare { key.to_owned() } else { quoted(key) }
}

/// A string literal.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

impl Display for UnaryTests {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            UnaryTests::Any => f.write_str("-"),
            UnaryTests::OneOf(tests) => tests_text(f, tests),
            UnaryTests::NoneOf(tests) => {
                f.write_str("not(")?;
                tests_text(f, tests)?;
                f.write_str(")")
            }
        }
    }
}

impl Display for CompareOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}
