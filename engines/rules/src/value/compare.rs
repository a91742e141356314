//! Equality and order, three-valued: values of different kinds are neither equal nor unequal.

use super::{Range, Value};
use crate::feel::ast::CompareOp;
use std::cmp::Ordering;

/// `a = b`; nothing where the two cannot be compared.
pub fn equal(a: &Value, b: &Value) -> Option<bool> {
    match (a, b) {
        (Value::Null, Value::Null) => Some(true),
        (Value::Null, _) | (_, Value::Null) => Some(false),
        (Value::Boolean(a), Value::Boolean(b)) => Some(a == b),
        (Value::Number(a), Value::Number(b)) => Some(a == b),
        (Value::String(a), Value::String(b)) => Some(a == b),
        (Value::Date(a), Value::Date(b)) => Some(a == b),
        (Value::Time(a), Value::Time(b)) => Some(a.compare(b).is_some_and(Ordering::is_eq)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.compare(b).is_some_and(Ordering::is_eq)),
        (Value::Months(a), Value::Months(b)) => Some(a == b),
        (Value::Days(a), Value::Days(b)) => Some(a == b),
        (Value::List(a), Value::List(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            all_equal(a.iter().zip(b.iter()))
        }
        (Value::Context(a), Value::Context(b)) => {
            if a.len() != b.len() || a.iter().any(|(name, _)| b.get(name).is_none()) {
                return Some(false);
            }
            all_equal(a.iter().filter_map(|(name, value)| Some((value, b.get(name)?))))
        }
        (Value::Range(a), Value::Range(b)) => Some(equal_ranges(a, b)),
        _ => None,
    }
}

fn all_equal<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Option<bool> {
    let mut known = Some(true);
    for (a, b) in pairs {
        match equal(a, b) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => known = None,
        }
    }
    known
}

fn equal_ranges(a: &Range, b: &Range) -> bool {
    a.low_included == b.low_included
        && a.high_included == b.high_included
        && a.comparison == b.comparison
        && equal(&a.low, &b.low) == Some(true)
        && equal(&a.high, &b.high) == Some(true)
}

/// The order of two values of one ordered kind.
pub fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => a.compare(b),
        (Value::DateTime(a), Value::DateTime(b)) => a.compare(b),
        (Value::Months(a), Value::Months(b)) => Some(a.cmp(b)),
        (Value::Days(a), Value::Days(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Whether `value` lies in the range; nothing where it cannot be compared with an end.
pub fn contains(range: &Range, value: &Value) -> Option<bool> {
    if let Some(op) = range.comparison {
        let end = if range.low.is_null() { &range.high } else { &range.low };
        return compared(op, value, end);
    }
    let above = match compare(&range.low, value)? {
        Ordering::Less => true,
        Ordering::Equal => range.low_included,
        Ordering::Greater => false,
    };
    let below = match compare(value, &range.high)? {
        Ordering::Less => true,
        Ordering::Equal => range.high_included,
        Ordering::Greater => false,
    };
    Some(above && below)
}

/// `left op right`; nothing where the two cannot be compared.
pub(crate) fn compared(op: CompareOp, left: &Value, right: &Value) -> Option<bool> {
    match op {
        CompareOp::Equal => equal(left, right),
        CompareOp::NotEqual => equal(left, right).map(|same| !same),
        CompareOp::Less => compare(left, right).map(Ordering::is_lt),
        CompareOp::LessOrEqual => compare(left, right).map(Ordering::is_le),
        CompareOp::Greater => compare(left, right).map(Ordering::is_gt),
        CompareOp::GreaterOrEqual => compare(left, right).map(Ordering::is_ge),
    }
}
