//! The JSON Schema of a serde type, as the document shows it and as requests are checked against it.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

/// A schema with the named ones it refers to (`#/components/schemas/…`).
#[derive(Debug, Clone)]
pub struct Shape {
    pub schema: Value,
    pub definitions: Map<String, Value>,
}

impl Shape {
    /// What is read from a body.
    pub fn body<T: JsonSchema>() -> Shape {
        Shape::of::<T>(SchemaSettings::draft2020_12().for_deserialize())
    }

    /// What is answered.
    pub fn answer<T: JsonSchema>() -> Shape {
        Shape::of::<T>(SchemaSettings::draft2020_12().for_serialize())
    }

    /// An object whose members are parameters: the object itself, not a reference to it.
    pub fn parameters<T: JsonSchema>() -> Shape {
        let shape = Shape::body::<T>();
        let schema = shape.resolved(&shape.schema).clone();
        Shape { schema, ..shape }
    }

    fn of<T: JsonSchema>(settings: SchemaSettings) -> Shape {
        let settings = settings.with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        let mut generator = settings.into_generator();
        let mut schema = Schema::to_value(generator.subschema_for::<T>());
        let mut definitions = generator.take_definitions(true);
        for schema in definitions.values_mut().chain([&mut schema]) {
            bound(schema);
            in_chinese(schema);
        }
        Shape { schema, definitions }
    }

    /// Follows a reference; anything else is itself.
    pub fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        resolved(schema, &self.definitions)
    }

    /// Members of an object with whether each is required.
    pub fn members(&self) -> Vec<(&str, &Value, bool)> {
        let Some(members) = self.schema.get("properties").and_then(Value::as_object) else {
            return Vec::new();
        };
        let required = |name: &str| {
            self.schema
                .get("required")
                .and_then(Value::as_array)
                .is_some_and(|required| required.iter().any(|known| known == name))
        };
        members
            .iter()
            .map(|(name, schema)| (name.as_str(), schema, required(name)))
            .collect()
    }
}

pub(super) fn resolved<'a>(schema: &'a Value, definitions: &'a Map<String, Value>) -> &'a Value {
    let name = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|path| path.strip_prefix("#/components/schemas/"));
    name.and_then(|name| definitions.get(name)).unwrap_or(schema)
}

/// Comments of the code are English and for who reads code; the document says what is said in Chinese.
fn in_chinese(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            if members
                .get("description")
                .and_then(Value::as_str)
                .is_some_and(|text| !chinese(text))
            {
                members.remove("description");
            }
            members.values_mut().for_each(in_chinese);
        }
        Value::Array(all) => all.iter_mut().for_each(in_chinese),
        _ => {}
    }
}

/// What a Rust number cannot hold is not promised: `uint32` says no upper bound by itself.
fn bound(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let range = match members.get("format").and_then(Value::as_str) {
                Some("int32") => Some((json!(i32::MIN), json!(i32::MAX))),
                Some("int64") => Some((json!(i64::MIN), json!(i64::MAX))),
                Some("uint8") => Some((json!(0), json!(u8::MAX))),
                Some("uint16") => Some((json!(0), json!(u16::MAX))),
                Some("uint32") => Some((json!(0), json!(u32::MAX))),
                Some("uint64" | "uint") => Some((json!(0), json!(i64::MAX))),
                _ => None,
            };
            if let Some((least, most)) = range {
                // Names of Rust's numbers are no formats of JSON Schema.
                members.remove("format");
                members.entry("minimum").or_insert(least);
                members.entry("maximum").or_insert(most);
            }
            members.values_mut().for_each(bound);
        }
        Value::Array(all) => all.iter_mut().for_each(bound),
        _ => {}
    }
}
