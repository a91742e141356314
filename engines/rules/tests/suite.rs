//! Rows `expression | context | result` in `tests/rules/*.txt`.
#![allow(clippy::unwrap_used, reason = "tests")]

use mingjing_rules::evaluate::{Evaluator, Scope};
use mingjing_rules::feel::{Names, parse_expression};
use mingjing_rules::time::DateTime;
use mingjing_rules::value::{Value, feel_text};
use std::sync::Arc;

fn value(text: &str) -> Value {
    let names = Names::new();
    let expression = parse_expression(text, &names, &names).unwrap();
    Evaluator::default().evaluate(&expression, &Scope::new())
}

fn add_names(value: &Value, names: &mut Names) {
    match value {
        Value::Context(context) => context.iter().for_each(|(name, value)| {
            names.add(name);
            add_names(value, names);
        }),
        Value::List(items) => items.iter().for_each(|item| add_names(item, names)),
        _ => {}
    }
}

/// The result, and the expression printed and read again gives the same tree.
fn evaluated(expression: &str, context: &str) -> Result<Value, String> {
    let context = match context {
        "" => Value::context(Default::default()),
        text => value(text),
    };
    let mut names = Names::new();
    add_names(&context, &mut names);
    let parsed = parse_expression(expression, &names, &names).map_err(|e| e.to_string())?;
    let printed = parsed.to_string();
    let again = parse_expression(&printed, &names, &names).map_err(|e| format!("{printed}: {e}"))?;
    if again != parsed {
        return Err(format!("printed as {printed}, which reads as {again:?}"));
    }
    let mut evaluator = Evaluator::default().at(DateTime::parse("2026-11-22T09:30:00+08:00").unwrap());
    let scope = Scope::new().with_entries(&context.as_context().unwrap().clone());
    Ok(evaluator.evaluate(&parsed, &scope))
}

#[test]
fn rows() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let mut rows = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for (at, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            rows += 1;
            // A context may be empty; the result never holds the separator.
            let (rest, wanted) = line.rsplit_once(" | ").unwrap();
            let (expression, context) = rest.rsplit_once(" |").unwrap();
            let found = match evaluated(expression.trim(), context.trim()) {
                Ok(found) if found == value(wanted) => continue,
                // A syntax error is null where the row says so.
                Err(_) if wanted == "null" => continue,
                Ok(found) => feel_text(&found),
                Err(error) => error,
            };
            wrong.push(format!("{name}:{} {line}\n    got {found}", at + 1));
        }
    }
    assert!(wrong.is_empty(), "{} of {rows} rows\n{}", wrong.len(), wrong.join("\n"));
    assert!(rows >= 300, "{rows} rows");
}

#[test]
fn shared_contexts_are_not_copied() {
    let context = Arc::new([("a", Value::from(1))].into_iter().collect());
    let scope = Scope::new().with_entries(&context);
    assert_eq!(scope.get("a"), Some(&Value::from(1)));
}
