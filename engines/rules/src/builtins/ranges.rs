//! Relations of points and ranges (DMN 1.5, 10.3.4.9, after Allen's interval algebra).

use super::{BuiltIn, Call, Outcome, truth};
use crate::feel::ast::CompareOp;
use crate::value::{Range, Value, compare, contains, equal};
use std::cmp::Ordering;

type Relation = fn(&Side, &Side) -> Option<bool>;

pub(super) static FUNCTIONS: &[BuiltIn] = &[
    relation("before", |call| related(call, before)),
    relation("after", |call| related(call, |a, b| before(b, a))),
    relation("meets", |call| ranges(call, meets)),
    relation("met by", |call| ranges(call, |a, b| meets(b, a))),
    relation("overlaps", |call| ranges(call, overlaps)),
    relation("overlaps before", |call| ranges(call, overlaps_before)),
    relation("overlaps after", |call| ranges(call, |a, b| overlaps_before(b, a))),
    relation("finishes", |call| related(call, finishes)),
    relation("finished by", |call| related(call, |a, b| finishes(b, a))),
    relation("includes", |call| related(call, includes)),
    relation("during", |call| related(call, |a, b| includes(b, a))),
    relation("starts", |call| related(call, starts)),
    relation("started by", |call| related(call, |a, b| starts(b, a))),
    relation("coincides", |call| related(call, coincides)),
];

const fn relation(name: &'static str, run: fn(&mut Call<'_>) -> Outcome) -> BuiltIn {
    BuiltIn {
        name,
        signatures: &[
            &["point1", "point2"],
            &["point", "range"],
            &["range", "point"],
            &["range1", "range2"],
            &["value", "range"],
            &["value1", "value2"],
            &["range", "value"],
        ],
        variadic: false,
        run,
    }
}

/// A point or a range.
enum Side {
    Point(Value),
    Range(Range),
}

fn side(call: &Call<'_>, at: usize) -> Result<Side, String> {
    match call.value(at).unwrapped() {
        Value::Range(range) if range.comparison != Some(CompareOp::NotEqual) => Ok(Side::Range((**range).clone())),
        value if compare(value, value).is_some() => Ok(Side::Point(value.clone())),
        _ => Err(call.unfit(at, "区间或可比较的值")),
    }
}

fn related(call: &mut Call<'_>, relation: Relation) -> Outcome {
    let (a, b) = (side(call, 0)?, side(call, 1)?);
    match relation(&a, &b) {
        Some(result) => truth(result),
        None => Err("这两个值没有这种关系可言".to_owned()),
    }
}

fn ranges(call: &mut Call<'_>, relation: fn(&Range, &Range) -> Option<bool>) -> Outcome {
    match (side(call, 0)?, side(call, 1)?) {
        (Side::Range(a), Side::Range(b)) => match relation(&a, &b) {
            Some(result) => truth(result),
            None => Err("两个区间的端点不能比较".to_owned()),
        },
        _ => Err("两个参数都应为区间".to_owned()),
    }
}

fn before(a: &Side, b: &Side) -> Option<bool> {
    Some(match (a, b) {
        (Side::Point(a), Side::Point(b)) => compare(a, b)?.is_lt(),
        (Side::Point(point), Side::Range(range)) => match compare(point, &range.low)? {
            Ordering::Less => true,
            Ordering::Equal => !range.low_included,
            Ordering::Greater => false,
        },
        (Side::Range(range), Side::Point(point)) => match compare(&range.high, point)? {
            Ordering::Less => true,
            Ordering::Equal => !range.high_included,
            Ordering::Greater => false,
        },
        (Side::Range(a), Side::Range(b)) => match compare(&a.high, &b.low)? {
            Ordering::Less => true,
            Ordering::Equal => !a.high_included || !b.low_included,
            Ordering::Greater => false,
        },
    })
}

fn meets(a: &Range, b: &Range) -> Option<bool> {
    Some(a.high_included && b.low_included && compare(&a.high, &b.low)?.is_eq())
}

/// Whether `a` begins at or below where `b` ends, so that they may share a value.
fn reaches(a: &Range, b: &Range) -> Option<bool> {
    Some(match compare(&a.low, &b.high)? {
        Ordering::Less => true,
        Ordering::Equal => a.low_included && b.high_included,
        Ordering::Greater => false,
    })
}

fn overlaps(a: &Range, b: &Range) -> Option<bool> {
    Some(reaches(a, b)? && reaches(b, a)?)
}

/// `a` begins first, they share values, and `a` ends first or with `b`.
fn overlaps_before(a: &Range, b: &Range) -> Option<bool> {
    let begins_first = match compare(&a.low, &b.low)? {
        Ordering::Less => true,
        Ordering::Equal => a.low_included && !b.low_included,
        Ordering::Greater => false,
    };
    let ends_first = match compare(&a.high, &b.high)? {
        Ordering::Less => true,
        Ordering::Equal => !a.high_included || b.high_included,
        Ordering::Greater => false,
    };
    Some(begins_first && ends_first && reaches(b, a)?)
}

fn finishes(a: &Side, b: &Side) -> Option<bool> {
    match (a, b) {
        (Side::Point(point), Side::Range(range)) => Some(range.high_included && compare(point, &range.high)?.is_eq()),
        (Side::Range(a), Side::Range(b)) => {
            Some(a.high_included == b.high_included && compare(&a.high, &b.high)?.is_eq() && begins_within(a, b)?)
        }
        _ => None,
    }
}

/// Whether `a` begins no earlier than `b`.
fn begins_within(a: &Range, b: &Range) -> Option<bool> {
    Some(match compare(&a.low, &b.low)? {
        Ordering::Greater => true,
        Ordering::Equal => b.low_included || !a.low_included,
        Ordering::Less => false,
    })
}

/// Whether `a` ends no later than `b`.
fn ends_within(a: &Range, b: &Range) -> Option<bool> {
    Some(match compare(&a.high, &b.high)? {
        Ordering::Less => true,
        Ordering::Equal => b.high_included || !a.high_included,
        Ordering::Greater => false,
    })
}

fn includes(a: &Side, b: &Side) -> Option<bool> {
    match (a, b) {
        (Side::Range(range), Side::Point(point)) => contains(range, point),
        (Side::Range(a), Side::Range(b)) => Some(begins_within(b, a)? && ends_within(b, a)?),
        _ => None,
    }
}

fn starts(a: &Side, b: &Side) -> Option<bool> {
    match (a, b) {
        (Side::Point(point), Side::Range(range)) => Some(range.low_included && compare(point, &range.low)?.is_eq()),
        (Side::Range(a), Side::Range(b)) => {
            Some(a.low_included == b.low_included && compare(&a.low, &b.low)?.is_eq() && ends_within(a, b)?)
        }
        _ => None,
    }
}

fn coincides(a: &Side, b: &Side) -> Option<bool> {
    match (a, b) {
        (Side::Point(a), Side::Point(b)) => equal(a, b),
        (Side::Range(a), Side::Range(b)) => Some(
            a.low_included == b.low_included
                && a.high_included == b.high_included
                && compare(&a.low, &b.low)?.is_eq()
                && compare(&a.high, &b.high)?.is_eq(),
        ),
        _ => None,
    }
}
