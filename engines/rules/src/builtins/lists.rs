//! Lists. Positions count from 1, or from the end if negative.

use super::{BuiltIn, Call, Outcome, truth};
use crate::value::{Function, Value, compare, equal};
use std::cmp::Ordering;

pub(super) static FUNCTIONS: &[BuiltIn] = &[
    BuiltIn {
        name: "list contains",
        signatures: &[&["list", "element"]],
        variadic: false,
        run: |call| {
            let items = call.list(0)?;
            truth(items.iter().any(|item| equal(item, call.value(1)) == Some(true)))
        },
    },
    BuiltIn {
        name: "count",
        signatures: &[&["list"]],
        variadic: true,
        run: |call| Ok(Value::from(call.items()?.len() as i64)),
    },
    BuiltIn {
        name: "sublist",
        signatures: &[&["list", "start position"], &["list", "start position", "length"]],
        variadic: false,
        run: sublist,
    },
    BuiltIn {
        name: "append",
        signatures: &[&["list", "item"]],
        variadic: true,
        run: |call| {
            let mut items = call.list_or_null(0)?;
            items.extend_from_slice(&call.values[1..]);
            Ok(call.evaluator.list(items))
        },
    },
    BuiltIn {
        name: "concatenate",
        signatures: &[&["list"]],
        variadic: true,
        run: |call| {
            let mut all = Vec::new();
            for at in 0..call.count() {
                all.extend(call.list(at)?.iter().cloned());
            }
            Ok(call.evaluator.list(all))
        },
    },
    BuiltIn {
        name: "insert before",
        signatures: &[&["list", "position", "newItem"]],
        variadic: false,
        run: |call| {
            let mut items = call.list(0)?.to_vec();
            let at = place(call, 1, items.len())?;
            items.insert(at, call.value(2).clone());
            Ok(call.evaluator.list(items))
        },
    },
    BuiltIn {
        name: "remove",
        signatures: &[&["list", "position"]],
        variadic: false,
        run: |call| {
            let mut items = call.list(0)?.to_vec();
            let at = place(call, 1, items.len())?;
            items.remove(at);
            Ok(Value::list(items))
        },
    },
    BuiltIn {
        name: "list replace",
        signatures: &[&["list", "position", "newItem"], &["list", "match", "newItem"]],
        variadic: false,
        run: list_replace,
    },
    BuiltIn {
        name: "reverse",
        signatures: &[&["list"]],
        variadic: false,
        run: |call| Ok(Value::list(call.list(0)?.iter().rev().cloned().collect())),
    },
    BuiltIn {
        name: "index of",
        signatures: &[&["list", "match"]],
        variadic: false,
        run: |call| {
            let items = call.list(0)?;
            let found = (1i64..).zip(items.iter());
            let found = found.filter(|(_, item)| equal(item, call.value(1)) == Some(true));
            Ok(Value::list(found.map(|(at, _)| Value::from(at)).collect()))
        },
    },
    BuiltIn {
        name: "sort",
        signatures: &[&["list"], &["list", "precedes"]],
        variadic: false,
        run: sort,
    },
];

impl Call<'_> {
    fn list_or_null(&mut self, at: usize) -> Result<Vec<Value>, String> {
        if self.value(at).is_null() {
            Ok(vec![Value::Null])
        } else {
            Ok(self.list(at)?.to_vec())
        }
    }
}

/// A position as an index into a list of `length`.
fn place(call: &Call<'_>, at: usize, length: usize) -> Result<usize, String> {
    let position = call.number(at)?.trunc_i64().unwrap_or(0);
    let index = match position {
        1.. => usize::try_from(position - 1).ok(),
        0 => None,
        _ => usize::try_from(position.unsigned_abs())
            .ok()
            .and_then(|back| length.checked_sub(back)),
    };
    index
        .filter(|index| *index < length)
        .ok_or_else(|| format!("列表有 {length} 个元素，没有第 {position} 个"))
}

fn sublist(call: &mut Call<'_>) -> Outcome {
    let items = call.list(0)?;
    let from = place(call, 1, items.len())?;
    let rest = &items[from..];
    if call.count() < 3 {
        return Ok(Value::list(rest.to_vec()));
    }
    let wanted = usize::try_from(call.integer(2)?).ok().filter(|wanted| *wanted > 0);
    match wanted.and_then(|wanted| rest.get(..wanted)) {
        Some(part) => Ok(Value::list(part.to_vec())),
        None => Err("要取的元素比列表剩下的多".to_owned()),
    }
}

/// By position, or wherever a function of (element, new) is true.
fn list_replace(call: &mut Call<'_>) -> Outcome {
    let mut items = call.list(0)?.to_vec();
    let new = call.value(2).clone();
    if let Value::Function(function) = call.value(1) {
        for item in &mut items {
            let arguments = vec![item.clone(), new.clone()];
            match call.evaluator.invoke(function, arguments, call.span) {
                Value::Boolean(true) => *item = new.clone(),
                Value::Boolean(false) => {}
                _ => return Err("匹配函数应返回真或假".to_owned()),
            }
        }
        return Ok(Value::list(items));
    }
    let at = place(call, 1, items.len())?;
    items[at] = new;
    Ok(Value::list(items))
}

/// Stable. The function says whether its first argument comes before its second.
fn sort(call: &mut Call<'_>) -> Outcome {
    let items = call.list(0)?.to_vec();
    let precedes = match call.value(1) {
        Value::Null => None,
        _ => Some(call.function(1)?.clone()),
    };
    merge_sorted(call, items, precedes.as_ref()).map(Value::list)
}

/// A merge sort of our own: the order is the user's function, which may contradict itself, and the
/// standard library may panic on that.
fn merge_sorted(call: &mut Call<'_>, items: Vec<Value>, precedes: Option<&Function>) -> Result<Vec<Value>, String> {
    if items.len() < 2 {
        return Ok(items);
    }
    let mut left = items;
    let right = left.split_off(left.len() / 2);
    let left = merge_sorted(call, left, precedes)?;
    let right = merge_sorted(call, right, precedes)?;
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if comes_before(call, b, a, precedes)? {
            right.next()
        } else {
            left.next()
        };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

fn comes_before(call: &mut Call<'_>, a: &Value, b: &Value, precedes: Option<&Function>) -> Result<bool, String> {
    if call.evaluator.stopped.is_some() {
        return Err("求值步数超过上限".to_owned());
    }
    match precedes {
        Some(function) => {
            let arguments = vec![a.clone(), b.clone()];
            match call.evaluator.invoke(function, arguments, call.span) {
                Value::Boolean(before) => Ok(before),
                _ => Err("排序函数应返回真或假".to_owned()),
            }
        }
        None => match compare(a, b) {
            Some(order) => Ok(order == Ordering::Less),
            None => Err(format!("{}和{}不能比较大小", a.kind(), b.kind())),
        },
    }
}
