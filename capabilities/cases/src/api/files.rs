//! Files that come within the JSON: inspected, kept, and named in the command in place of their content.

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mingjing_chronicle::{FieldError, Refusal};
use mingjing_web::api::Shape;
use mingjing_web::upload::take;
use mingjing_web::{Desk, Problem};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::attached::Attached;
use crate::events::FileRef;
use crate::pages::citizen::keep;

/// Files travel as base64 within the JSON: a third more than the pages' 30 MiB.
pub(super) const MOST_BYTES: usize = 41 * 1024 * 1024;

/// Inspects and keeps one file; its fault is told at its place.
///
/// # Errors
/// `cases.file.refused`; a fault.
pub(super) async fn keep_one(desk: &Desk, file: Attached, place: String, number: usize) -> Result<FileRef, Problem> {
    let fault = |message: String| {
        let refusal =
            Refusal::invalid("cases.file.refused", "有文件不能收下，没有提交。").advice("请换一个文件后重新提交。");
        Problem::Refusal(Refusal {
            fields: vec![FieldError {
                field: place.clone().into(),
                message,
            }],
            ..refusal
        })
    };
    let limits = desk.house.uploads;
    if number > limits.files {
        return Err(fault(format!("一次最多上传 {} 个文件", limits.files)));
    }
    let Ok(bytes) = STANDARD.decode(file.content.as_bytes()) else {
        return Err(fault("内容不是 base64".into()));
    };
    let uploaded = take(&place, &file.name, bytes, limits.file).map_err(|error| fault(error.to_string()))?;
    keep(desk, uploaded).await?.map_err(|error| fault(error.to_string()))
}

/// A command as it is sent: where the command names a kept file, what is sent carries the file itself ([`Attached`]).
/// Its schema is the command's, so that a field stands in one place only.
pub(super) struct Sent<C> {
    /// With [`nowhere`] in place of each file.
    command: Value,
    /// The files with pointers to their places.
    files: Vec<(String, Attached)>,
    is: PhantomData<fn() -> C>,
}

impl<C: JsonSchema> JsonSchema for Sent<C> {
    fn schema_name() -> Cow<'static, str> {
        C::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        C::schema_id()
    }

    fn inline_schema() -> bool {
        C::inline_schema()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        C::json_schema(generator)
    }
}

impl<'de, C: DeserializeOwned + JsonSchema + 'static> Deserialize<'de> for Sent<C> {
    /// What is no such command is told before any file is kept.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Sent<C>, D::Error> {
        let mut command = Value::deserialize(deserializer)?;
        let mut files = Vec::new();
        for place in places_in(&command, &places_of::<C>()) {
            let sent = put(&mut command, &place, &nowhere()).map_err(D::Error::custom)?;
            files.push((place, serde_json::from_value(sent).map_err(D::Error::custom)?));
        }
        serde_json::from_value::<C>(command.clone()).map_err(D::Error::custom)?;
        Ok(Sent {
            command,
            files,
            is: PhantomData,
        })
    }
}

impl<C: DeserializeOwned> Sent<C> {
    pub(super) fn carries_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// The command with its files kept.
    ///
    /// # Errors
    /// `cases.file.refused`; a fault.
    pub(super) async fn command(mut self, desk: &Desk) -> Result<C, Problem> {
        for (at, (place, file)) in self.files.into_iter().enumerate() {
            let named = place.trim_start_matches('/').replace('/', ".");
            let kept = keep_one(desk, file, named, at + 1).await?;
            put(&mut self.command, &place, &kept).map_err(Problem::fault)?;
        }
        serde_json::from_value(self.command).map_err(Problem::fault)
    }
}

fn nowhere() -> FileRef {
    FileRef {
        blob: String::new(),
        sha256: String::new(),
        bytes: 0,
        name: String::new(),
        media_type: String::new(),
    }
}

/// Puts what is kept in place of what is there, and gives that back.
fn put(value: &mut Value, place: &str, file: &FileRef) -> serde_json::Result<Value> {
    let mut file = serde_json::to_value(file)?;
    if let Some(at) = value.pointer_mut(place) {
        std::mem::swap(at, &mut file);
    }
    Ok(file)
}

/// Names of members down to a file; `*` is each entry of a list.
type Path = Vec<String>;

const EACH: &str = "*";

/// Where a command of this type may carry files, as its schema says: what a member is called tells nothing, because
/// names can be data. Worked out once a type.
fn places_of<C: JsonSchema + 'static>() -> Arc<Vec<Path>> {
    static KNOWN: Mutex<BTreeMap<TypeId, Arc<Vec<Path>>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let work_out = || {
        let shape = Shape::body::<C>();
        let mut found = Vec::new();
        look(&shape, &shape.schema, &mut Vec::new(), &mut found);
        found.sort();
        found.dedup();
        Arc::new(found)
    };
    Arc::clone(known.entry(TypeId::of::<C>()).or_insert_with(work_out))
}

pub(super) fn may_carry_files<C: JsonSchema + 'static>() -> bool {
    !places_of::<C>().is_empty()
}

fn look(shape: &Shape, schema: &Value, path: &mut Path, found: &mut Vec<Path>) {
    if schema["$ref"].as_str().is_some_and(|name| name.ends_with("/Attached")) {
        return found.push(path.clone());
    }
    let schema = shape.resolved(schema);
    let branches = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema[key].as_array());
    branches.flatten().for_each(|branch| look(shape, branch, path, found));
    let members = schema["properties"].as_object().into_iter().flatten();
    let members = members.map(|(name, member)| (name.as_str(), member));
    for (name, inner) in members.chain(schema.get("items").map(|items| (EACH, items))) {
        path.push(name.to_owned());
        look(shape, inner, path, found);
        path.pop();
    }
}

/// Pointers to the files that are there.
fn places_in(value: &Value, paths: &[Path]) -> Vec<String> {
    let mut found = Vec::new();
    for path in paths {
        expand(value, path, String::new(), &mut found);
    }
    found
}

fn expand(value: &Value, path: &[String], place: String, found: &mut Vec<String>) {
    match (path.split_first(), value) {
        (None, Value::Object(_)) => found.push(place),
        (Some((name, rest)), Value::Array(items)) if name == EACH => {
            for (at, item) in items.iter().enumerate() {
                expand(item, rest, format!("{place}/{at}"), found);
            }
        }
        (Some((name, rest)), Value::Object(members)) => {
            if let Some(member) = members.get(name) {
                expand(member, rest, format!("{place}/{name}"), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;
    use crate::penalty::decide::decide::DecidePenalty;
    use crate::penalty::decide::end_investigation::EndInvestigation;
    use crate::penalty::decide::make_defence::MakeDefence;
    use crate::penalty::decide::register_lead::RegisterLead;
    use crate::penalty::decide::serve::ServeNotice;

    #[test]
    fn files_are_found_where_the_schema_has_them() {
        let file = json!({"name": "a.pdf", "content": ""});
        let check = |paths: &[Path], value: Value, expect: &[&str]| {
            assert_eq!(places_in(&value, paths), expect, "{value}");
        };
        let defence = places_of::<MakeDefence>();
        check(
            &defence,
            json!({"files": [file, file], "points": [file]}),
            &["/files/0", "/files/1"],
        );
        check(&defence, json!({"files": "none"}), &[]);
        let serving = places_of::<ServeNotice>();
        check(
            &serving,
            json!({"by": {"way": "personal", "signature": file}}),
            &["/by/signature"],
        );
        check(&serving, json!({"by": {"way": "personal", "signature": null}}), &[]);
        // Names that are data are no files, whatever they are called.
        let report = places_of::<EndInvestigation>();
        check(&report, json!({"factors": {"name": "a", "content": "b"}}), &[]);
        assert_eq!(places_of::<DecidePenalty>().len(), 1, "the record of a discussion");
    }

    #[test]
    fn what_is_no_command_is_told_before_any_file_is_kept() {
        let good = json!({
            "points": ["一"], "made_on": "2026-02-02", "channel": "written",
            "files": [{"name": "a.pdf", "content": "AAAA"}],
        });
        let sent: Sent<MakeDefence> = serde_json::from_value(good.clone()).unwrap();
        assert!(sent.carries_files());
        let mut bad = good;
        bad["made_on"] = "yesterday".into();
        assert!(serde_json::from_value::<Sent<MakeDefence>>(bad).is_err());
        // What is kept of a file is the server's to say.
        let kept = json!({
            "points": ["一"], "made_on": "2026-02-02", "channel": "written",
            "files": [{"blob": "b", "sha256": "", "bytes": 1, "name": "a", "media_type": "application/pdf"}],
        });
        let shape = Shape::body::<Sent<MakeDefence>>();
        assert!(!mingjing_web::api::faults(&shape, &kept).is_empty());
        let lead = Shape::body::<Sent<RegisterLead>>();
        assert!(lead.definitions.contains_key("Attached"));
    }
}
