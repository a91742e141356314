//! Lists as sets.

use super::{BuiltIn, Call, Outcome};
use crate::evaluate::WALK;
use crate::value::{Value, equal};

pub(super) static FUNCTIONS: &[BuiltIn] = &[
    BuiltIn {
        name: "union",
        signatures: &[&["list"]],
        variadic: true,
        run: union,
    },
    BuiltIn {
        name: "distinct values",
        signatures: &[&["list"]],
        variadic: false,
        run: |call| {
            let mut distinct = Vec::new();
            for item in call.list(0)?.iter() {
                add_new(call, &mut distinct, item);
            }
            Ok(Value::list(distinct))
        },
    },
    BuiltIn {
        name: "flatten",
        signatures: &[&["list"]],
        variadic: false,
        run: |call| {
            let mut flat = Vec::new();
            flatten(&call.list(0)?, &mut flat);
            Ok(call.evaluator.list(flat))
        },
    },
];

fn union(call: &mut Call<'_>) -> Outcome {
    let mut distinct = Vec::new();
    for at in 0..call.count() {
        for item in call.list(at)?.iter() {
            add_new(call, &mut distinct, item);
        }
    }
    Ok(call.evaluator.list(distinct))
}

fn add_new(call: &mut Call<'_>, distinct: &mut Vec<Value>, item: &Value) {
    // The search makes this quadratic; its work is accounted for.
    let work = distinct.len().saturating_mul(1 + item.weight() / WALK);
    if call.evaluator.spend(work) && !distinct.iter().any(|known| equal(known, item) == Some(true)) {
        distinct.push(item.clone());
    }
}

fn flatten(items: &[Value], flat: &mut Vec<Value>) {
    for item in items {
        match item {
            Value::List(inner) => flatten(inner, flat),
            other => flat.push(other.clone()),
        }
    }
}
