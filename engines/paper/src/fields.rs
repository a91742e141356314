//! The mandatory contents of papers, and the check that refuses a paper with a gap (DOMAIN 5.1).

use serde_json::{Map, Value};

use crate::input::nth;
use crate::kinds::kind;
use crate::{Gap, PaperError};

/// A mandatory content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Path in the data: `reasons`, `service.place`, or `supplements[].name` for each entry of a list.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// The article that demands it, or 国家标准/实务 where no law does.
    pub article: &'static str,
    pub when: When,
}

/// On what a content is mandatory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Always,
    /// Where that field has that text (or is `true`, for "true").
    Is(&'static str, &'static str),
    /// Where that field has one of those texts.
    OneOf(&'static str, &'static [&'static str]),
    /// Where that field is absent, because it says the same in other words.
    Without(&'static str),
    /// Where that field is there and calls for it.
    With(&'static str),
}

/// What a paper of that kind must contain; `None` for a name that is not in [`crate::TEMPLATES`].
pub fn required_fields(template: &str) -> Option<Vec<&'static Field>> {
    Some(kind(template)?.fields().collect())
}

/// Refuses data with gaps, misshapen values or impossible dates. A body's own kinds have no mandatory contents here.
pub(crate) fn check(template: &str, data: &Map<String, Value>) -> Result<(), PaperError> {
    let Some(kind) = kind(template) else {
        return Ok(());
    };
    let gaps: Vec<Gap> = kind
        .fields()
        .filter(|field| applies(field.when, data))
        .flat_map(|field| gaps(field, data))
        .collect();
    if !gaps.is_empty() {
        return Err(PaperError::Missing {
            template: template.to_owned(),
            title: kind.title,
            fields: gaps,
        });
    }
    data.iter().try_for_each(|(name, value)| check_shape(name, value))
}

fn applies(when: When, data: &Map<String, Value>) -> bool {
    let says = |name: &str, text: &str| match find(data, name) {
        Some(Value::Bool(yes)) => text == if *yes { "true" } else { "false" },
        Some(Value::String(found)) => found == text,
        _ => false,
    };
    match when {
        When::Always => true,
        When::Is(name, text) => says(name, text),
        When::OneOf(name, texts) => texts.iter().any(|text| says(name, text)),
        When::Without(name) => find(data, name).is_none_or(is_blank),
        When::With(name) => !find(data, name).is_none_or(is_blank),
    }
}

/// The gaps under one field: itself, or one for each entry of a list that lacks it.
fn gaps(field: &Field, data: &Map<String, Value>) -> Vec<Gap> {
    let gap = |name: String| Gap {
        name,
        label: field.label,
        article: field.article,
    };
    let Some((list, key)) = field.name.split_once("[].") else {
        let absent = find(data, field.name).is_none_or(is_blank);
        return absent.then(|| gap(field.name.to_owned())).into_iter().collect();
    };
    let Some(Value::Array(entries)) = find(data, list) else {
        return Vec::new(); // the list itself is a field of its own
    };
    let lacks = |entry: &Value| entry.get(key).is_none_or(is_blank);
    let lacking = entries.iter().enumerate().filter(|(_, entry)| lacks(entry));
    lacking
        .map(|(index, _)| gap(format!("{}.{key}", nth(list, index))))
        .collect()
}

fn find<'a>(data: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut keys = path.split('.');
    let mut at = data.get(keys.next()?)?;
    for key in keys {
        at = at.get(key)?;
    }
    Some(at)
}

/// Spaces fill no gap, nor does a list of nothing.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.iter().all(is_blank),
        Value::Object(map) => map.values().all(is_blank),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

const FLAGS: &[&str] = &[
    "demo",
    "demo_seal",
    "served_online",
    "denied_by_testing",
    "reconsideration_first",
];
const TEXTS_OR_LISTS: &[&str] = &[
    "reasons",
    "basis",
    "remedies",
    "conditions",
    "scope",
    "business_items",
    "technical_standards",
    "facts",
    "evidence",
    "violated",
    "proposed",
    "penalty",
    "rights",
    "hearing",
    "defence",
    "ground",
    "performance",
    "additional_fine",
    "correction",
    "education",
    "benchmark_lines",
    "limitation",
    "due_why",
    "payee",
    "lead",
    "outcome",
    "summary",
    "result",
    "asked",
];
const TABLES: &[&str] = &[
    "materials",
    "supplements",
    "served_papers",
    "investigators",
    "opinions",
    "officers",
    "goods",
];
const AMOUNTS: &[&str] = &["fine"];
const DATES: &[&str] = &[
    "date",
    "received_on",
    "accepted_on",
    "withdrawn_on",
    "statutory_due",
    "promised_due",
    "extended_due",
    "supplement_by",
    "reply_by",
    "excluded_from",
    "excluded_to",
    "opened_on",
    "decided_on",
    "served_on",
    "due",
];

fn check_shape(name: &str, value: &Value) -> Result<(), PaperError> {
    let problem = if FLAGS.contains(&name) {
        (!value.is_boolean()).then_some("应当是 true 或 false")
    } else if TABLES.contains(&name) {
        let rows = value.as_array().is_some_and(|rows| rows.iter().all(is_row));
        (!rows).then_some("应当是一张表，每行一组字段")
    } else if TEXTS_OR_LISTS.contains(&name) {
        (!is_text_or_list(value)).then_some("应当是文字或者一列文字")
    } else if name == "service" {
        return check_service(value);
    } else if DATES.contains(&name) {
        (!is_date(value)).then_some("应当是存在的日期，写作 2026-05-06")
    } else if AMOUNTS.contains(&name) {
        (!is_amount(value)).then_some("应当是以元为单位的金额，写作 5000 或者 5000.50")
    } else if name.starts_with("validity_") {
        (!is_date_or_words(value)).then_some("应当是存在的日期，或者“长期”这样的文字")
    } else {
        (!value.is_string()).then_some("应当是文字")
    };
    refuse_if(name, problem)
}

fn check_service(service: &Value) -> Result<(), PaperError> {
    let Some(map) = service.as_object() else {
        return refuse_if("service", Some("应当是一组字段"));
    };
    for (key, value) in map {
        let problem = match key.as_str() {
            "arrived_at" => (!is_date(value)).then_some("应当是日期或者时间，写作 2026-05-06 或 2026-05-06T09:05"),
            "server" | "witness" => (!is_text_or_list(value)).then_some("应当是文字或者一列文字"),
            _ => (!value.is_string()).then_some("应当是文字"),
        };
        refuse_if(&format!("service.{key}"), problem)?;
    }
    Ok(())
}

fn refuse_if(name: &str, problem: Option<&'static str>) -> Result<(), PaperError> {
    problem.map_or(Ok(()), |problem| {
        Err(PaperError::Data {
            field: name.to_owned(),
            problem,
        })
    })
}

fn is_row(row: &Value) -> bool {
    row.as_object()
        .is_some_and(|cells| cells.values().all(Value::is_string))
}

fn is_text_or_list(value: &Value) -> bool {
    match value {
        Value::String(_) => true,
        Value::Array(list) => list.iter().all(Value::is_string),
        _ => false,
    }
}

fn is_date_or_words(value: &Value) -> bool {
    let starts_a_date = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    value.as_str().is_some_and(|text| !starts_a_date(text)) || is_date(value)
}

/// Yuan with at most two decimals, below a million million.
fn is_amount(value: &Value) -> bool {
    let digits = |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    value.as_str().is_some_and(|text| match text.split_once('.') {
        Some((yuan, cents)) => digits(yuan, 12) && digits(cents, 2),
        None => digits(text, 12),
    })
}

/// Blank passes: an optional date may be left empty, a mandatory one is caught as a gap.
fn is_date(value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return false;
    };
    let dashed = text.as_bytes().get(4) == Some(&b'-');
    text.trim().is_empty() || dashed && text.parse::<jiff::civil::Date>().is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    #[test]
    fn values_have_the_shape_their_field_wants() {
        fn check(name: &str, value: Value, expect: bool) {
            assert_eq!(check_shape(name, &value).is_ok(), expect, "{name} = {value}");
        }
        check("party_name", json!("王镕"), true);
        check("party_name", json!(["王镕"]), false);
        check("date", json!("2026-05-06"), true);
        check("date", json!("2026-02-30"), false);
        check("date", json!("20260506"), false);
        check("date", json!("二〇二六年"), false);
        check("promised_due", json!(""), true);
        check("validity_to", json!("长期"), true);
        check("validity_to", json!("2031-13-01"), false);
        check("reasons", json!("一条"), true);
        check("reasons", json!(["一条", "又一条"]), true);
        check("reasons", json!([{"text": "x"}]), false);
        check("materials", json!([{"name": "执照", "copies": "1"}]), true);
        check("materials", json!(["执照"]), false);
        check("demo", json!("yes"), false);
        check("service", json!({"arrived_at": "2026-05-06T09:05"}), true);
        check("service", json!({"arrived_at": "昨天"}), false);
        check("service", json!({"server": ["甲", "乙"], "place": "大厅"}), true);
        check("service", json!({"place": ["大厅"]}), false);
        check("service", json!("大厅"), false);
        check("fine", json!("5000"), true);
        check("fine", json!("0.50"), true);
        check("fine", json!("999999999999.99"), true);
        check("fine", json!("1000000000000"), false);
        check("fine", json!("5,000"), false);
        check("fine", json!("-1"), false);
        check("fine", json!("5."), false);
        check("fine", json!("1.005"), false);
        check("fine", json!("五千"), false);
        check("opinions", json!([{"role": "承办人意见", "text": "同意"}]), true);
        check("opinions", json!(["同意"]), false);
        check("due", json!("2026-02-29"), false);
    }

    #[test]
    fn a_condition_decides_whether_a_content_is_mandatory() {
        fn check(when: When, data: Value, expect: bool) {
            assert_eq!(applies(when, data.as_object().unwrap()), expect, "{when:?} {data}");
        }
        let online = When::Is("served_online", "true");
        check(online, json!({"served_online": true}), true);
        check(online, json!({"served_online": false}), false);
        check(online, json!({}), false);
        let by_hand = When::OneOf("service.method", &["in_person", "left"]);
        check(by_hand, json!({"service": {"method": "left"}}), true);
        check(by_hand, json!({"service": {"method": "post"}}), false);
        let no_other = When::Without("remedies");
        check(no_other, json!({"remedies": " "}), true);
        check(no_other, json!({"remedies": "见背面"}), false);
        let with_fine = When::With("fine");
        check(with_fine, json!({"fine": "5000"}), true);
        check(with_fine, json!({"fine": ""}), false);
        check(with_fine, json!({}), false);
        check(When::Always, json!({}), true);
    }
}
