//! Contexts.

use super::{BuiltIn, Call, Outcome};
use crate::value::{Context, Value};
use std::sync::Arc;

pub(super) static FUNCTIONS: &[BuiltIn] = &[
    BuiltIn {
        name: "get value",
        signatures: &[&["m", "key"], &["context", "key"]],
        variadic: false,
        run: |call| {
            let key = call.text(1)?;
            match call.context(0)?.get(key) {
                Some(value) => Ok(value.clone()),
                None => Err(format!("上下文中没有“{key}”")),
            }
        },
    },
    BuiltIn {
        name: "get entries",
        signatures: &[&["m"], &["context"]],
        variadic: false,
        run: |call| {
            let entry = |(name, value): (&Arc<str>, &Value)| {
                let pair = [("key", Value::String(name.clone())), ("value", value.clone())];
                Value::context(pair.into_iter().collect())
            };
            Ok(Value::list(call.context(0)?.iter().map(entry).collect()))
        },
    },
    BuiltIn {
        name: "context",
        signatures: &[&["entries"]],
        variadic: false,
        run: context,
    },
    BuiltIn {
        name: "context put",
        signatures: &[&["context", "key", "value"], &["context", "keys", "value"]],
        variadic: false,
        run: put,
    },
    BuiltIn {
        name: "context merge",
        signatures: &[&["contexts"]],
        variadic: false,
        run: |call| {
            let mut merged = Context::new();
            for item in call.list(0)?.iter() {
                let Value::Context(context) = item else {
                    return Err(format!("列表中有{}，只能合并上下文", item.kind()));
                };
                context
                    .iter()
                    .for_each(|(name, value)| merged.set(name.clone(), value.clone()));
            }
            Ok(Value::context(merged))
        },
    },
];

fn context(call: &mut Call<'_>) -> Outcome {
    let mut made = Context::new();
    for entry in call.list(0)?.iter() {
        let parts = entry
            .as_context()
            .and_then(|entry| Some((entry.get("key")?.as_text()?.clone(), entry.get("value")?.clone())));
        let Some((key, value)) = parts else {
            return Err("每一项都要有文字 key 和 value".to_owned());
        };
        if made.get(&key).is_some() {
            return Err(format!("名称“{key}”重复"));
        }
        made.set(key, value);
    }
    Ok(Value::context(made))
}

fn put(call: &mut Call<'_>) -> Outcome {
    let context = call.context(0)?.clone();
    let value = call.value(2).clone();
    if let Value::List(keys) = call.value(1) {
        let keys: Option<Vec<&Arc<str>>> = keys.iter().map(Value::as_text).collect();
        let keys = keys.filter(|keys| !keys.is_empty()).ok_or("路径应为一列文字")?;
        return put_deep(&context, &keys, value);
    }
    let mut changed = (*context).clone();
    changed.set(call.text(1)?.clone(), value);
    Ok(Value::context(changed))
}

fn put_deep(context: &Context, keys: &[&Arc<str>], value: Value) -> Outcome {
    let mut changed = context.clone();
    let (first, rest) = (keys[0], &keys[1..]);
    let new = match (rest.is_empty(), context.get(first)) {
        (true, _) => value,
        (false, Some(Value::Context(inner))) => put_deep(inner, rest, value)?,
        (false, _) => return Err(format!("“{first}”之下没有上下文")),
    };
    changed.set(first.clone(), new);
    Ok(Value::context(changed))
}
