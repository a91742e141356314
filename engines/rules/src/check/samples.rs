//! Values that stand for all. A test made of literals cuts the values of its input into points and
//! the spans between them; on each piece it says the same for every value, so one value of each
//! piece is enough to know it everywhere.

use crate::evaluate::{Evaluator, Scope};
use crate::feel::ast::{Arguments, Expr, Kind};
use crate::feel::{Type, UnaryTests};
use crate::number::Number;
use crate::time::{DateTime, DaysDuration, MonthsDuration, NANOS_PER_DAY, NANOS_PER_SECOND};
use crate::value::{Value, compare};
use std::cmp::Ordering;

/// The literals of a cell, or nothing if it is made of anything else.
pub(super) fn literals(tests: &UnaryTests) -> Option<Vec<Value>> {
    let mut found = Vec::new();
    match tests {
        UnaryTests::Any => {}
        UnaryTests::OneOf(tests) | UnaryTests::NoneOf(tests) => {
            for test in tests {
                test_literals(test, &mut found)?;
            }
        }
    }
    Some(found)
}

/// Those of one test of the input `?`.
pub(super) fn test_literals(test: &Expr, found: &mut Vec<Value>) -> Option<()> {
    match &test.kind {
        Kind::Comparison(_, end) => found.push(literal(end)?),
        Kind::Range(range) => {
            found.push(literal(&range.low)?);
            found.push(literal(&range.high)?);
        }
        Kind::List(items) => {
            for item in items {
                test_literals(item, found)?;
            }
        }
        Kind::Compare(_, left, right) => {
            let other = if is_input(left) { right } else { left };
            if !is_input(left) && !is_input(right) {
                return None;
            }
            found.push(literal(other)?);
        }
        Kind::Between(parts) if is_input(&parts[0]) => {
            found.push(literal(&parts[1])?);
            found.push(literal(&parts[2])?);
        }
        Kind::In(value, tests) if is_input(value) => {
            for test in tests {
                test_literals(test, found)?;
            }
        }
        Kind::And(left, right) | Kind::Or(left, right) => {
            test_literals(left, found)?;
            test_literals(right, found)?;
        }
        _ => found.push(literal(test)?),
    }
    Some(())
}

fn is_input(expression: &Expr) -> bool {
    matches!(&expression.kind, Kind::Name(name) if &**name == "?")
}

/// The value of an expression that needs nothing from outside.
pub(super) fn literal(expression: &Expr) -> Option<Value> {
    let constant = match &expression.kind {
        Kind::Null | Kind::Boolean(_) | Kind::Number(_) | Kind::String(_) | Kind::At(..) => true,
        Kind::Negate(inner) => literal(inner).is_some(),
        Kind::Call(function, Arguments::Positional(items)) => {
            matches!(&function.kind, Kind::Name(name) if CONSTRUCTORS.contains(&&**name))
                && items.iter().all(|item| literal(item).is_some())
        }
        _ => false,
    };
    if !constant {
        return None;
    }
    let value = Evaluator::default().evaluate(expression, &Scope::new());
    (!value.is_null() || expression.kind == Kind::Null).then_some(value)
}

const CONSTRUCTORS: [&str; 4] = ["date", "time", "date and time", "duration"];

/// Most pieces that one input is cut into.
const MAX_PIECES: usize = 25_000;

/// One value of each piece; nothing if the literals are of several kinds, or order strings.
pub(super) fn samples(literals: &[Value], declared: &Type) -> Option<Vec<Value>> {
    let nulls = literals.iter().any(Value::is_null);
    let mut points: Vec<Value> = literals.iter().filter(|v| !v.is_null()).cloned().collect();
    let mut samples = match points.first() {
        None => unbounded(declared),
        Some(Value::Boolean(_)) => vec![Value::Boolean(false), Value::Boolean(true)],
        Some(Value::String(_)) => strings(&points)?,
        Some(first) => {
            let kind = std::mem::discriminant(first);
            if points.iter().any(|point| std::mem::discriminant(point) != kind) {
                return None;
            }
            // Moments with and without a zone have no order.
            if points.iter().any(|point| compare(point, first).is_none()) {
                return None;
            }
            points.sort_by(|a, b| compare(a, b).unwrap_or(Ordering::Equal));
            points.dedup_by(|a, b| compare(a, b) == Some(Ordering::Equal));
            spans(&points)?
        }
    };
    if nulls {
        samples.push(Value::Null);
    }
    (samples.len() <= MAX_PIECES).then_some(samples)
}

fn unbounded(declared: &Type) -> Vec<Value> {
    match declared {
        Type::Boolean => vec![Value::Boolean(false), Value::Boolean(true)],
        Type::String => vec![Value::from("任意")],
        Type::Date => vec![Value::from_temporal_text("2026-01-01")],
        _ => vec![Value::Number(Number::ONE)],
    }
}

/// Each string that is named, and one that is not.
fn strings(points: &[Value]) -> Option<Vec<Value>> {
    let mut samples: Vec<Value> = Vec::new();
    for point in points {
        if !matches!(point, Value::String(_)) {
            return None;
        }
        if !samples.contains(point) {
            samples.push(point.clone());
        }
    }
    let mut other = "其他".to_owned();
    while samples
        .iter()
        .any(|known| known.as_text().is_some_and(|text| **text == *other))
    {
        other.push('…');
    }
    samples.push(Value::from(other));
    Some(samples)
}

/// Each point, and a value between each two neighbours and beyond both ends, where there is one.
fn spans(points: &[Value]) -> Option<Vec<Value>> {
    let mut samples = Vec::with_capacity(2 * points.len() + 1);
    samples.extend(beyond(points.first()?, false));
    for (at, point) in points.iter().enumerate() {
        samples.push(point.clone());
        match points.get(at + 1) {
            Some(next) => samples.extend(between(point, next)),
            None => samples.extend(beyond(point, true)),
        }
    }
    Some(samples)
}

fn beyond(point: &Value, above: bool) -> Option<Value> {
    let step: i64 = if above { 1 } else { -1 };
    let day = DaysDuration::from_nanos(i128::from(step) * i128::from(NANOS_PER_DAY));
    match point {
        Value::Number(number) => number.add(step.into()).map(Value::Number),
        Value::Date(date) => date.plus_days(step).map(Value::Date),
        Value::DateTime(value) => value.plus(day).map(Value::date_time),
        Value::Months(months) => Some(Value::Months(MonthsDuration::from_months(months.months() + step))),
        Value::Days(days) => Some(Value::Days(DaysDuration::from_nanos(days.nanos() + day.nanos()))),
        // Times of day end at midnight.
        Value::Time(time) => {
            let second = DaysDuration::from_seconds(step);
            let moved = time.plus(second);
            let order = moved.compare(time)?;
            (order.is_gt() == above).then(|| Value::time(moved))
        }
        _ => None,
    }
}

fn between(low: &Value, high: &Value) -> Option<Value> {
    match (low, high) {
        (Value::Number(a), Value::Number(b)) => {
            let whole = a.add(Number::ONE)?;
            // A whole number reads better in an example than a half.
            if whole < *b && a.is_integer() {
                return Some(Value::Number(whole));
            }
            a.add(*b)?.div(2.into()).map(Value::Number)
        }
        (Value::Date(a), Value::Date(b)) => a.plus_days(1).filter(|middle| middle < b).map(Value::Date),
        (Value::DateTime(a), Value::DateTime(b)) => {
            let apart = b.since(a)?.nanos();
            let second = i128::from(NANOS_PER_SECOND);
            let middle: DateTime = a.plus(DaysDuration::from_nanos(apart / 2 / second * second))?;
            (middle.compare(a)?.is_gt()).then(|| Value::date_time(middle))
        }
        (Value::Time(a), Value::Time(b)) => {
            let middle = a.plus(DaysDuration::from_seconds(1));
            (middle.compare(b)?.is_lt()).then(|| Value::time(middle))
        }
        (Value::Months(a), Value::Months(b)) => {
            (a.months() + 1 < b.months()).then(|| Value::Months(MonthsDuration::from_months(a.months() + 1)))
        }
        (Value::Days(a), Value::Days(b)) => {
            let middle = a.nanos() + (b.nanos() - a.nanos()) / 2;
            (middle > a.nanos()).then(|| Value::Days(DaysDuration::from_nanos(middle)))
        }
        _ => None,
    }
}
