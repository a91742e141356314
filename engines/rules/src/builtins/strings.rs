//! Strings. Positions count characters (Unicode scalar values), from 1.

use super::{BuiltIn, Call, Outcome, truth};
use crate::value::Value;

pub(super) static FUNCTIONS: &[BuiltIn] = &[
    BuiltIn {
        name: "substring",
        signatures: &[&["string", "start position"], &["string", "start position", "length"]],
        variadic: false,
        run: substring,
    },
    BuiltIn {
        name: "string length",
        signatures: &[&["string"]],
        variadic: false,
        run: |call| Ok(Value::from(call.text(0)?.chars().count() as i64)),
    },
    BuiltIn {
        name: "upper case",
        signatures: &[&["string"]],
        variadic: false,
        run: |call| Ok(Value::from(call.text(0)?.to_uppercase())),
    },
    BuiltIn {
        name: "lower case",
        signatures: &[&["string"]],
        variadic: false,
        run: |call| Ok(Value::from(call.text(0)?.to_lowercase())),
    },
    BuiltIn {
        name: "substring before",
        signatures: &[&["string", "match"]],
        variadic: false,
        run: |call| {
            let (text, found) = (call.text(0)?, call.text(1)?);
            Ok(Value::from(text.find(&**found).map_or("", |at| &text[..at])))
        },
    },
    BuiltIn {
        name: "substring after",
        signatures: &[&["string", "match"]],
        variadic: false,
        run: |call| {
            let (text, found) = (call.text(0)?, call.text(1)?);
            Ok(Value::from(
                text.find(&**found).map_or("", |at| &text[at + found.len()..]),
            ))
        },
    },
    BuiltIn {
        name: "contains",
        signatures: &[&["string", "match"]],
        variadic: false,
        run: |call| truth(call.text(0)?.contains(&**call.text(1)?)),
    },
    BuiltIn {
        name: "starts with",
        signatures: &[&["string", "match"]],
        variadic: false,
        run: |call| truth(call.text(0)?.starts_with(&**call.text(1)?)),
    },
    BuiltIn {
        name: "ends with",
        signatures: &[&["string", "match"]],
        variadic: false,
        run: |call| truth(call.text(0)?.ends_with(&**call.text(1)?)),
    },
    BuiltIn {
        name: "string join",
        signatures: &[
            &["list"],
            &["list", "delimiter"],
            &["list", "delimiter", "prefix", "suffix"],
        ],
        variadic: false,
        run: join,
    },
];

fn substring(call: &mut Call<'_>) -> Outcome {
    let text = call.text(0)?.clone();
    let start = call.integer_part(1)?;
    let count = text.chars().count() as i64;
    let from = match start {
        0 => return Err("起始位置从 1 算起".to_owned()),
        1.. => start - 1,
        _ => count + start,
    };
    if from < 0 || from >= count {
        return Err(format!("文字有 {count} 个字符，没有第 {start} 个"));
    }
    let wanted = if call.count() > 2 {
        call.integer_part(2)?
    } else {
        i64::MAX
    };
    if wanted < 1 {
        return Err("长度至少为 1".to_owned());
    }
    let part: String = text.chars().skip(from as usize).take(wanted as usize).collect();
    Ok(Value::from(part))
}

impl Call<'_> {
    /// The whole part of a number.
    fn integer_part(&self, at: usize) -> Result<i64, String> {
        self.number(at)?.trunc_i64().ok_or_else(|| self.unfit(at, "整数"))
    }
}

/// Null elements are left out; any other kind than string is refused.
fn join(call: &mut Call<'_>) -> Outcome {
    let items = call.list(0)?;
    let delimiter = call.optional_text(1)?.cloned().unwrap_or_else(|| "".into());
    let prefix = call.optional_text(2)?.cloned().unwrap_or_else(|| "".into());
    let suffix = call.optional_text(3)?.cloned().unwrap_or_else(|| "".into());
    let mut joined = prefix.to_string();
    let mut first = true;
    for item in items.iter() {
        let text = match item {
            Value::String(text) => text,
            Value::Null => continue,
            other => return Err(format!("列表中有{}，只能连接文字", other.kind())),
        };
        if !first {
            joined.push_str(&delimiter);
        }
        first = false;
        joined.push_str(text);
        if joined.len() > call.evaluator.limits.text {
            break;
        }
    }
    joined.push_str(&suffix);
    Ok(call.evaluator.text(joined))
}
