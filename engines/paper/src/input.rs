//! Data on their way to a template: bounded in size and depth, free of characters that print nothing or deceive.
//!
//! Numbers become text and nulls vanish, so that a template meets only text, yes/no, lists and groups.

use serde_json::{Map, Value};

use crate::{Fonts, PaperError};

const DEEPEST: usize = 8;
const MOST_VALUES: usize = 10_000;
const MOST_CHARACTERS: usize = 200_000;

/// The cleaned copy of `data`.
///
/// # Errors
/// Not an object, too deep, too many values, too much text, a control or direction-changing character.
pub(crate) fn clean(data: &Value) -> Result<Map<String, Value>, PaperError> {
    let mut cleaner = Cleaner {
        values: 0,
        characters: 0,
    };
    match cleaner.value(data, "", 0)? {
        Value::Object(map) => Ok(map),
        _ => Err(refuse("", "文书数据应当是一组字段")),
    }
}

/// Every character of every text must be in some font.
///
/// # Errors
/// [`PaperError::NoGlyph`] with the first that is in none.
pub(crate) fn check_printable(data: &Map<String, Value>, fonts: &Fonts) -> Result<(), PaperError> {
    data.iter().try_for_each(|(key, value)| printable(value, key, fonts))
}

fn printable(value: &Value, at: &str, fonts: &Fonts) -> Result<(), PaperError> {
    match value {
        Value::String(text) => match text.chars().find(|&c| c != '\n' && !fonts.can_print(c)) {
            Some(character) => Err(PaperError::NoGlyph {
                character,
                field: at.to_owned(),
            }),
            None => Ok(()),
        },
        Value::Array(list) => list
            .iter()
            .enumerate()
            .try_for_each(|(index, entry)| printable(entry, &nth(at, index), fonts)),
        Value::Object(map) => map
            .iter()
            .try_for_each(|(key, entry)| printable(entry, &join(at, key), fonts)),
        _ => Ok(()),
    }
}

struct Cleaner {
    values: usize,
    characters: usize,
}

impl Cleaner {
    fn value(&mut self, value: &Value, at: &str, depth: usize) -> Result<Value, PaperError> {
        self.values += 1;
        if depth > DEEPEST {
            return Err(refuse(at, "层次太深"));
        }
        if self.values > MOST_VALUES {
            return Err(refuse(at, "条目太多"));
        }
        Ok(match value {
            Value::Null => Value::Null,
            Value::Bool(yes) => Value::Bool(*yes),
            Value::Number(number) => Value::String(number.to_string()),
            Value::String(text) => Value::String(self.text(text, at)?),
            Value::Array(list) => self.list(list, at, depth)?,
            Value::Object(map) => self.group(map, at, depth)?,
        })
    }

    fn list(&mut self, list: &[Value], at: &str, depth: usize) -> Result<Value, PaperError> {
        let mut kept = Vec::new();
        for (index, entry) in list.iter().enumerate() {
            match self.value(entry, &nth(at, index), depth + 1)? {
                Value::Null => {}
                entry => kept.push(entry),
            }
        }
        Ok(Value::Array(kept))
    }

    fn group(&mut self, map: &Map<String, Value>, at: &str, depth: usize) -> Result<Value, PaperError> {
        let mut kept = Map::new();
        for (key, entry) in map {
            if !is_field_name(key) {
                return Err(refuse(at, "字段名只能用小写字母、数字和下划线"));
            }
            match self.value(entry, &join(at, key), depth + 1)? {
                Value::Null => {}
                entry => {
                    kept.insert(key.clone(), entry);
                }
            }
        }
        Ok(Value::Object(kept))
    }

    fn text(&mut self, text: &str, at: &str) -> Result<String, PaperError> {
        let mut kept = String::with_capacity(text.len());
        for character in text.replace("\r\n", "\n").chars() {
            self.characters += 1;
            match character {
                '\n' | '\r' | '\u{2028}' | '\u{2029}' => kept.push('\n'),
                '\t' | '\u{a0}' => kept.push(' '),
                // They print nothing and come along when text is copied from web pages.
                '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
                // They could make a paper read otherwise than its text says.
                '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                    return Err(refuse(at, "含有改变文字方向的控制符"));
                }
                control if control.is_control() => return Err(refuse(at, "含有控制字符")),
                other => kept.push(other),
            }
        }
        if self.characters > MOST_CHARACTERS {
            return Err(refuse(at, "文字太长"));
        }
        Ok(kept)
    }
}

fn is_field_name(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= 64
        && key
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// `materials` and 0 → `materials[1]`: people count from one.
pub(crate) fn nth(at: &str, index: usize) -> String {
    format!("{at}[{}]", index + 1)
}

fn join(at: &str, key: &str) -> String {
    if at.is_empty() {
        key.to_owned()
    } else {
        format!("{at}.{key}")
    }
}

fn refuse(at: &str, problem: &'static str) -> PaperError {
    PaperError::Data {
        field: if at.is_empty() { "（全部）" } else { at }.to_owned(),
        problem,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn texts_are_cleaned_or_refused() {
        fn check(given: Value, expect: Result<Value, &str>) {
            let found = clean(&json!({"reasons": given})).map(|map| map["reasons"].clone());
            match expect {
                Ok(value) => assert_eq!(found.unwrap(), value),
                Err(problem) => {
                    let said = found.unwrap_err().to_string();
                    assert!(said.contains(problem) && said.contains("reasons"), "{said}");
                }
            }
        }
        check(json!("甲\r\n乙\t丙"), Ok(json!("甲\n乙 丙")));
        check(json!("零\u{200b}宽\u{feff}"), Ok(json!("零宽")));
        check(json!(3), Ok(json!("3")));
        check(json!(["甲", null, "乙"]), Ok(json!(["甲", "乙"])));
        check(json!("响\u{7}铃"), Err("控制字符"));
        check(json!("\u{202e}倒写"), Err("文字方向"));
        check(json!("长".repeat(MOST_CHARACTERS + 1)), Err("太长"));
        check(json!(vec!["一"; MOST_VALUES]), Err("太多"));
        check(json!([[[[[[[["深"]]]]]]]]), Err("太深"));
        check(json!({"a\"]": "x"}), Err("字段名"));
    }

    #[test]
    fn data_must_be_fields() {
        for given in [json!(null), json!("text"), json!([1]), json!(true)] {
            assert!(clean(&given).is_err(), "{given}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(10, 64, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z_\"]{1,6}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn cleaning_never_panics_and_twice_is_once(data in any_json()) {
            if let Ok(once) = clean(&data) {
                let twice = clean(&Value::Object(once.clone())).unwrap();
                prop_assert_eq!(once, twice);
            }
        }
    }
}
