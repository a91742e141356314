//! JSON read strictly: bounded depth, no member twice (two readers could take different ones).

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Lists and objects within each other; no body of ours needs ten.
pub const DEEPEST: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// No JSON (RFC 8259), or not whole.
    NotJson,
    TooDeep,
    /// A member stands twice.
    Twice,
}

/// # Errors
/// [`Broken`]; the input itself is never quoted.
pub fn parse(bytes: &[u8]) -> Result<Value, Broken> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Level(DEEPEST).deserialize(&mut reader).map_err(|error| why(&error))?;
    reader.end().map_err(|_| Broken::NotJson)?;
    Ok(value)
}

const DEEP: &str = "too deep";
const TWICE: &str = "a member twice";

fn why(error: &serde_json::Error) -> Broken {
    let text = error.to_string();
    if text.starts_with(DEEP) {
        Broken::TooDeep
    } else if text.starts_with(TWICE) {
        Broken::Twice
    } else {
        Broken::NotJson
    }
}

/// How many levels may still be opened.
#[derive(Clone, Copy)]
struct Level(usize);

impl Level {
    fn deeper<E: serde::de::Error>(self) -> Result<Level, E> {
        self.0.checked_sub(1).map(Level).ok_or_else(|| E::custom(DEEP))
    }
}

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let level = self.deeper()?;
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(level)? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let level = self.deeper()?;
        let mut all = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(level)?;
            if all.insert(name, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_taken_and_what_is_not() {
        let check = |text: &str, expect: Result<(), Broken>| {
            assert_eq!(parse(text.as_bytes()).map(drop), expect, "{text:.60}");
        };
        check(r#"{"a": [1, -2, 1.5, "x", null, true]}"#, Ok(()));
        check("", Err(Broken::NotJson));
        check("{} {}", Err(Broken::NotJson));
        check(r#"{"a": 1"#, Err(Broken::NotJson));
        check(r#""\ud800""#, Err(Broken::NotJson));
        check("1e999", Err(Broken::NotJson));
        check(r#"{"a": 1, "a": 2}"#, Err(Broken::Twice));
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        check(&nested(DEEPEST), Ok(()));
        check(&nested(DEEPEST + 1), Err(Broken::TooDeep));
        check(&"[".repeat(100_000), Err(Broken::TooDeep));
        check(&r#"{"a":"#.repeat(100_000), Err(Broken::TooDeep));
        assert_eq!(parse(b"\"\xff\""), Err(Broken::NotJson));
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let strict = parse(&bytes);
            if let Ok(value) = &strict {
                prop_assert_eq!(value, &serde_json::from_slice::<Value>(&bytes).unwrap_or_default());
            }
        }

        #[test]
        fn what_serde_json_writes_is_read(text in "\\PC{0,20}", number: i64) {
            let value = serde_json::json!({"t": [text, number, {"n": null}]});
            prop_assert_eq!(parse(value.to_string().as_bytes()), Ok(value));
        }
    }
}
