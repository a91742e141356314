//! Equality and order, three-valued: values of different kinds are neither equal nor unequal.

use super::{Range, Value};
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
        (Value::DateTime(a), Value::DateTime(b)) => {
            Some(a.compare(b).is_some_and(Ordering::is_eq))
        }
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
        && a.except == b.except
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

/// Whether `value` lies in the range; nothing where it cannot be compared with an end, or where the
/// range has no ends at all.
pub fn contains(range: &Range, value: &Value) -> Option<bool> {
    if range.except {
        return equal(&range.low, value).map(|same| !same);
    }
    if range.low.is_null() && range.high.is_null() {
        return None;
    }
    let above = match &range.low {
        Value::Null => true,
        low => match compare(low, value) {
            Some(Ordering::Less) => true,
            Some(Ordering::Equal) => range.low_included,
            Some(Ordering::Greater) => false,
            None => return single(range, value),
        },
    };
    let below = match &range.high {
        Value::Null => true,
        high => match compare(value, high)? {
            Ordering::Less => true,
            Ordering::Equal => range.high_included,
            Ordering::Greater => false,
        },
    };
    Some(above && below)
}

/// `(= value)` holds kinds that have no order, as lists and booleans.
fn single(range: &Range, value: &Value) -> Option<bool> {
    if range.low_included && range.high_included && range.low == range.high {
        return equal(&range.low, value);
    }
    None
}
