//! Operations on kinds of values that they never take. The kinds of inputs and literals are known;
//! what an operation makes of two kinds is found by trying it on a value of each.

use crate::evaluate::{Evaluator, Scope};
use crate::feel::Type;
use crate::feel::ast::{Expr, Kind};
use crate::value::Value;
use std::sync::Arc;

/// Names in scope with their types.
pub(super) type Known = Vec<(Arc<str>, Type)>;

/// The type of an expression as far as it is known, and what is wrong in it.
pub(super) fn infer(expression: &Expr, known: &Known, wrong: &mut Vec<String>) -> Type {
    match &expression.kind {
        Kind::Boolean(_) | Kind::InstanceOf(..) => Type::Boolean,
        Kind::Number(_) => Type::Number,
        Kind::String(_) => Type::String,
        Kind::At(_, value) => kind_of(value),
        Kind::Name(name) => lookup(name, known),
        Kind::Path(inner, name) => match infer(inner, known, wrong) {
            Type::Context(entries) => entries
                .iter()
                .find(|(entry, _)| entry == name)
                .map_or(Type::Any, |(_, kind)| kind.clone()),
            _ => Type::Any,
        },
        Kind::Arithmetic(_, left, right) | Kind::Compare(_, left, right) => {
            let kinds = [infer(left, known, wrong), infer(right, known, wrong)];
            operation(expression, &kinds, wrong)
        }
        Kind::And(left, right) | Kind::Or(left, right) => {
            for side in [left, right] {
                let kind = infer(side, known, wrong);
                if !matches!(kind, Type::Any | Type::Boolean | Type::Null | Type::Named(_)) {
                    wrong.push(format!("“{side}”是{}，不是真假", in_words(&kind)));
                }
            }
            Type::Boolean
        }
        Kind::If(parts) => {
            infer(&parts[0], known, wrong);
            let yes = infer(&parts[1], known, wrong);
            let no = infer(&parts[2], known, wrong);
            if yes == no { yes } else { Type::Any }
        }
        Kind::Between(_) | Kind::In(..) | Kind::Quantified(..) => Type::Boolean,
        Kind::Negate(inner) => infer(inner, known, wrong),
        Kind::Call(function, _) => match &function.kind {
            Kind::Name(name) if lookup(name, known) == Type::Any => result_of(name),
            _ => Type::Any,
        },
        _ => Type::Any,
    }
}

fn lookup(name: &str, known: &Known) -> Type {
    let found = known.iter().rev().find(|(bound, _)| **bound == *name);
    found.map_or(Type::Any, |(_, kind)| kind.clone())
}

/// Tries the operation on one value of each kind.
fn operation(expression: &Expr, kinds: &[Type; 2], wrong: &mut Vec<String>) -> Type {
    let comparison = matches!(expression.kind, Kind::Compare(..));
    let [Some(left), Some(right)] = [sample(&kinds[0]), sample(&kinds[1])] else {
        return if comparison { Type::Boolean } else { Type::Any };
    };
    let scope = Scope::new().with("左", left).with("右", right);
    let operand = |name: &str| {
        Box::new(Expr {
            kind: Kind::Name(name.into()),
            span: expression.span,
        })
    };
    let tried = match &expression.kind {
        Kind::Arithmetic(op, ..) => Kind::Arithmetic(*op, operand("左"), operand("右")),
        Kind::Compare(op, ..) => Kind::Compare(*op, operand("左"), operand("右")),
        _ => return Type::Any,
    };
    let tried = Expr {
        kind: tried,
        span: expression.span,
    };
    match Evaluator::default().evaluate(&tried, &scope) {
        Value::Null => {
            let (left, right) = (in_words(&kinds[0]), in_words(&kinds[1]));
            wrong.push(format!("“{expression}”：{left}和{right}不能这样运算"));
            if comparison { Type::Boolean } else { Type::Any }
        }
        value => kind_of(&value),
    }
}

fn sample(kind: &Type) -> Option<Value> {
    Some(match kind {
        Type::Boolean => Value::Boolean(true),
        Type::Number => Value::from(2),
        Type::String => Value::from("a"),
        Type::Date => Value::from_temporal_text("2026-01-02"),
        Type::Time => Value::from_temporal_text("10:00:00"),
        Type::DateTime => Value::from_temporal_text("2026-01-02T10:00:00"),
        Type::MonthsDuration => Value::from_temporal_text("P1M"),
        Type::DaysDuration => Value::from_temporal_text("P1D"),
        _ => return None,
    })
}

pub(super) fn kind_of(value: &Value) -> Type {
    match value {
        Value::Boolean(_) => Type::Boolean,
        Value::Number(_) => Type::Number,
        Value::String(_) => Type::String,
        Value::Date(_) => Type::Date,
        Value::Time(_) => Type::Time,
        Value::DateTime(_) => Type::DateTime,
        Value::Months(_) => Type::MonthsDuration,
        Value::Days(_) => Type::DaysDuration,
        _ => Type::Any,
    }
}

/// What the commonest built-in functions return.
fn result_of(name: &str) -> Type {
    match name {
        "string" | "substring" | "upper case" | "lower case" | "string join" | "replace" => Type::String,
        "number" | "string length" | "count" | "sum" | "abs" | "floor" | "ceiling" | "decimal" | "modulo"
        | "round up" | "round down" | "round half up" | "round half down" => Type::Number,
        "date" | "today" => Type::Date,
        "date and time" | "now" => Type::DateTime,
        "contains" | "starts with" | "ends with" | "matches" | "not" | "list contains" => Type::Boolean,
        _ => Type::Any,
    }
}

/// Whether a value of one type can stand where another is declared.
pub(super) fn fits(found: &Type, declared: &Type) -> bool {
    let open = |kind: &Type| sample(kind).is_none();
    found == declared || open(found) || open(declared) || (*found == Type::Date && *declared == Type::DateTime)
}

pub(super) fn in_words(kind: &Type) -> String {
    match sample(kind) {
        Some(value) => value.kind().to_owned(),
        None => kind.to_string(),
    }
}
