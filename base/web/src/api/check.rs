//! Whether a value is what a schema allows. It knows exactly the keywords that our types produce; one it does not know
//! is a fault of the description and fails the test of the document.

use mingjing_chronicle::FieldError;
use serde_json::{Map, Value};

use super::shape::{Shape, resolved};
use crate::form::is_bidi;

/// Faults told at once; more help nobody.
const MOST_FAULTS: usize = 20;

/// Keywords that are checked here.
const CHECKED: [&str; 17] = [
    "$ref",
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "format",
    "oneOf",
    "anyOf",
];
/// Keywords that say something to people only.
const TOLD: [&str; 6] = [
    "title",
    "description",
    "default",
    "examples",
    "contentEncoding",
    "maxProperties",
];

/// Every way in which the value is not what the schema allows: path of members joined by dots, and what is wrong.
/// The value itself is never quoted.
pub fn faults(shape: &Shape, value: &Value) -> Vec<FieldError> {
    let mut checker = Checker {
        definitions: &shape.definitions,
        faults: Vec::new(),
    };
    checker.check(&shape.schema, value, "");
    checker.faults.truncate(MOST_FAULTS);
    checker.faults
}

/// Keywords of a schema that [`faults`] would pass over.
pub(super) fn unknown_keywords(schema: &Value) -> Vec<String> {
    let Value::Object(members) = schema else {
        return Vec::new();
    };
    let mut unknown: Vec<String> = members
        .keys()
        .filter(|key| !CHECKED.contains(&key.as_str()) && !TOLD.contains(&key.as_str()))
        .cloned()
        .collect();
    if let Some(Value::Object(properties)) = members.get("properties") {
        unknown.extend(properties.values().flat_map(unknown_keywords));
    }
    for key in ["items", "additionalProperties"] {
        unknown.extend(members.get(key).into_iter().flat_map(unknown_keywords));
    }
    for key in ["oneOf", "anyOf"] {
        let branches = members.get(key).and_then(Value::as_array).into_iter().flatten();
        unknown.extend(branches.flat_map(unknown_keywords));
    }
    unknown
}

struct Checker<'a> {
    definitions: &'a Map<String, Value>,
    faults: Vec<FieldError>,
}

impl Checker<'_> {
    fn fault(&mut self, path: &str, message: impl Into<String>) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(FieldError {
                field: path.to_owned().into(),
                message: message.into(),
            });
        }
    }

    fn check(&mut self, schema: &Value, value: &Value, path: &str) {
        let schema = resolved(schema, self.definitions);
        let Value::Object(rules) = schema else {
            if schema == &Value::Bool(false) {
                self.fault(path, "没有这一项");
            }
            return;
        };
        if let Some(kind) = rules.get("type")
            && !is_of(kind, value)
        {
            return self.fault(path, format!("应为{}", kind_words(kind)));
        }
        if let Some(only) = rules.get("const")
            && only != value
        {
            return self.fault(path, "不是允许的值");
        }
        if let Some(Value::Array(allowed)) = rules.get("enum")
            && !allowed.contains(value)
        {
            return self.fault(path, format!("应为{}之一", list_of(allowed)));
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(Value::Array(branches)) = rules.get(key) {
                self.any_of(branches, value, path);
            }
        }
        match value {
            Value::String(text) => self.text(rules, text, path),
            Value::Number(number) => self.number(rules, number, path),
            Value::Array(items) => self.items(rules, items, path),
            Value::Object(members) => self.members(rules, members, path),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// The faults of the branch that was meant: the one whose constants fit, else the one that is not "nothing" with the
    /// fewest faults.
    fn any_of(&mut self, branches: &[Value], value: &Value, path: &str) {
        let mut tried: Vec<(bool, bool, Vec<FieldError>)> = Vec::new();
        for branch in branches {
            let mut inner = Checker {
                definitions: self.definitions,
                faults: Vec::new(),
            };
            inner.check(branch, value, path);
            if inner.faults.is_empty() {
                return;
            }
            // "Or nothing" is not what somebody meant who sent something.
            let nothing = branch.get("type").is_some_and(|kind| kind == "null");
            tried.push((!self.meant(branch, value), nothing, inner.faults));
        }
        let meant = tried.iter().any(|(not_meant, ..)| !not_meant);
        // The values of an enumeration stand apart where some of them are described: those without words in one branch,
        // each of the others in its own.
        let allowed: Option<Vec<&[Value]>> = branches.iter().map(allowed_of).collect();
        if let (false, Some(allowed)) = (meant, allowed) {
            return self.fault(path, format!("应为{}之一", list_of(&allowed.concat())));
        }
        tried.sort_by_key(|(not_meant, nothing, faults)| (*not_meant, *nothing, faults.len()));
        if let Some((.., faults)) = tried.into_iter().next() {
            self.faults.extend(faults);
        }
    }

    fn meant(&self, branch: &Value, value: &Value) -> bool {
        let branch = resolved(branch, self.definitions);
        let (Some(Value::Object(properties)), Value::Object(members)) = (branch.get("properties"), value) else {
            return false;
        };
        properties
            .iter()
            .any(|(name, schema)| schema.get("const").is_some_and(|only| members.get(name) == Some(only)))
    }

    fn text(&mut self, rules: &Map<String, Value>, text: &str, path: &str) {
        let length = text.chars().count() as u64;
        if let Some(least) = bound(rules, "minLength").filter(|least| length < *least) {
            return self.fault(path, format!("至少{least}个字符"));
        }
        if let Some(most) = bound(rules, "maxLength").filter(|most| length > *most) {
            return self.fault(path, format!("最多{most}个字符，现在有{length}个"));
        }
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t') || is_bidi(c))
        {
            return self.fault(path, "含有看不见的控制字符");
        }
        let format = rules.get("format").and_then(Value::as_str);
        let right = match format {
            Some("date") => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
            Some("partial-time") => text.parse::<jiff::civil::Time>().is_ok(),
            _ => true,
        };
        if !right {
            let words = match format {
                Some("date") => "应为日期，例如 2026-02-10",
                _ => "应为时间，例如 09:30:00",
            };
            self.fault(path, words);
        }
    }

    fn number(&mut self, rules: &Map<String, Value>, number: &serde_json::Number, path: &str) {
        let value = number.as_f64().unwrap_or(f64::NAN);
        let limit = |key: &str| rules.get(key).and_then(Value::as_f64);
        if let Some(least) = limit("minimum").filter(|least| value < *least) {
            return self.fault(path, format!("不能小于{least}"));
        }
        if let Some(most) = limit("maximum").filter(|most| value > *most) {
            self.fault(path, format!("不能大于{most}"));
        }
    }

    fn items(&mut self, rules: &Map<String, Value>, items: &[Value], path: &str) {
        let number = items.len() as u64;
        if let Some(least) = bound(rules, "minItems").filter(|least| number < *least) {
            return self.fault(path, format!("至少{least}项"));
        }
        if let Some(most) = bound(rules, "maxItems").filter(|most| number > *most) {
            return self.fault(path, format!("最多{most}项，现在有{number}项"));
        }
        if let Some(schema) = rules.get("items") {
            for (at, item) in items.iter().enumerate() {
                self.check(schema, item, &below(path, &at.to_string()));
            }
        }
    }

    fn members(&mut self, rules: &Map<String, Value>, members: &Map<String, Value>, path: &str) {
        let none = Map::new();
        let known = rules.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let required = rules.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            if !members.contains_key(name) {
                self.fault(&below(path, name), "缺少这一项");
            }
        }
        if let Some(most) = bound(rules, "maxProperties").filter(|most| members.len() as u64 > *most) {
            return self.fault(path, format!("最多{most}项"));
        }
        for (name, value) in members {
            match (known.get(name), rules.get("additionalProperties")) {
                (Some(schema), _) => self.check(schema, value, &below(path, name)),
                // An unknown name is the sender's text: its place is told, not itself.
                (None, Some(Value::Bool(false))) => self.fault(path, "含有接口没有的项"),
                (None, Some(schema)) => {
                    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
                        self.fault(path, "项的名称过长或者含有控制字符");
                    } else {
                        self.check(schema, value, &below(path, name));
                    }
                }
                (None, None) => {}
            }
        }
    }
}

/// Names of members that are data (ids of form fields).
const LONGEST_NAME: usize = 64;

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn bound(rules: &Map<String, Value>, key: &str) -> Option<u64> {
    rules.get(key).and_then(Value::as_u64)
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind {
        Value::String(kind) => match kind.as_str() {
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            "null" => value.is_null(),
            _ => false,
        },
        Value::Array(kinds) => kinds.iter().any(|kind| is_of(kind, value)),
        _ => true,
    }
}

fn kind_words(kind: &Value) -> String {
    let word = |kind: &Value| match kind.as_str().unwrap_or("") {
        "string" => "字符串",
        "integer" => "整数",
        "number" => "数字",
        "boolean" => "true 或者 false",
        "array" => "数组",
        "object" => "对象",
        _ => "空值",
    };
    match kind {
        Value::Array(kinds) => kinds.iter().map(word).collect::<Vec<_>>().join("或者"),
        kind => word(kind).to_owned(),
    }
}

fn list_of(allowed: &[Value]) -> String {
    let words: Vec<String> = allowed
        .iter()
        .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        .collect();
    words.join("、")
}

/// The values that a branch allows by name.
fn allowed_of(branch: &Value) -> Option<&[Value]> {
    match (branch.get("const"), branch.get("enum")) {
        (Some(only), _) => Some(std::slice::from_ref(only)),
        (None, Some(Value::Array(several))) => Some(several),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    #![allow(dead_code, reason = "the types below are only described")]
    use super::*;
    use schemars::JsonSchema;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[schemars(length(min = 1, max = 4))]
        name: String,
        #[schemars(range(min = 1, max = 10))]
        days: u32,
        on: Option<jiff::civil::Date>,
        #[serde(default)]
        #[schemars(length(max = 2))]
        ways: Vec<Way>,
        kind: Option<Kind>,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "way", rename_all = "snake_case", deny_unknown_fields)]
    enum Way {
        Postal { number: String },
        Electronic,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        /// With words.
        One,
        Two,
    }

    #[test]
    fn each_fault_is_told_at_its_place() {
        let shape = Shape::body::<Sample>();
        let check = |value: Value, expect: &[(&str, &str)]| {
            let faults = faults(&shape, &value);
            let told: Vec<(&str, &str)> = faults
                .iter()
                .map(|fault| (fault.field.as_ref(), fault.message.as_str()))
                .collect();
            assert_eq!(told, expect, "{value}");
            assert_eq!(faults.is_empty(), serde_json::from_value::<Sample>(value).is_ok());
        };
        check(json!({"name": "张三", "days": 3}), &[]);
        check(json!({"name": "张三", "days": 3, "on": null, "kind": "one"}), &[]);
        check(
            json!({"name": "张三", "days": 3, "ways": [{"way": "electronic"}, {"way": "postal", "number": "E1"}]}),
            &[],
        );
        check(json!([]), &[("", "应为对象")]);
        check(json!({"days": 3}), &[("name", "缺少这一项")]);
        check(
            json!({"name": 5, "days": "x"}),
            &[("days", "应为整数"), ("name", "应为字符串")],
        );
        check(
            json!({"name": "张三", "days": 3, "given": 1}),
            &[("", "含有接口没有的项")],
        );
        check(
            json!({"name": "张三", "days": 3, "on": "2026-2-3"}),
            &[("on", "应为日期，例如 2026-02-10")],
        );
        check(
            json!({"name": "张三", "days": 3, "kind": "three"}),
            &[("kind", "应为two、one之一")],
        );
        check(
            json!({"name": "张三", "days": 3, "ways": [{"way": "postal"}]}),
            &[("ways.0.number", "缺少这一项")],
        );
        assert_eq!(unknown_keywords(&shape.schema), Vec::<String>::new());
    }

    #[test]
    fn limits_hold_that_serde_does_not_know() {
        let shape = Shape::body::<Sample>();
        let check = |value: Value, field: &str, expect: &str| {
            let faults = faults(&shape, &value);
            assert_eq!((faults[0].field.as_ref(), faults[0].message.as_str()), (field, expect));
        };
        check(json!({"name": "", "days": 3}), "name", "至少1个字符");
        check(
            json!({"name": "一二三四五", "days": 3}),
            "name",
            "最多4个字符，现在有5个",
        );
        check(json!({"name": "a\u{202e}b", "days": 3}), "name", "含有看不见的控制字符");
        check(json!({"name": "a\u{0}", "days": 3}), "name", "含有看不见的控制字符");
        check(json!({"name": "a", "days": 0}), "days", "不能小于1");
        check(json!({"name": "a", "days": 99999999999u64}), "days", "不能大于10");
        let three = json!([{"way": "electronic"}, {"way": "electronic"}, {"way": "electronic"}]);
        check(
            json!({"name": "a", "days": 1, "ways": three}),
            "ways",
            "最多2项，现在有3项",
        );
    }
}
