//! `/api/openapi.json`: OpenAPI 3.1 put together from the operations of all capabilities.

use std::collections::BTreeSet;

use mingjing_chronicle::Actor;
use serde_json::{Map, Value, json};

use super::check::unknown_keywords;
use super::{Kind, Operation, Shape};
use crate::house::{Authority, Site};
use crate::problem::Told;
use crate::routes::{Access, Routes};

/// The document. `authority` tells which operations need no credentials: those that everybody may.
///
/// # Panics
/// Two types of different shape have one name, an operation id stands twice, a path parameter is not described, or a
/// schema uses a keyword that is not checked: faults of the program that its tests meet first.
pub fn document(routes: &Routes, site: &Site, authority: &dyn Authority) -> Value {
    let mut book = Book::default();
    let problem = book.take(&Shape::answer::<Told>());
    // Answers first: a type that is read otherwise than it is written gets a second name for reading.
    for answer in routes
        .operations
        .iter()
        .filter_map(|operation| operation.answer.as_ref())
    {
        book.take(answer);
    }
    let mut ids = BTreeSet::new();
    let mut paths = Map::new();
    let mut tags: Vec<&str> = Vec::new();
    for operation in &routes.operations {
        assert!(ids.insert(operation.op.id), "{} stands twice", operation.op.id);
        if !tags.contains(&operation.tag) {
            tags.push(operation.tag);
        }
        let told = tell(operation, &mut book, authority);
        let path = paths
            .entry(operation.path)
            .or_insert_with(|| json!({}))
            .as_object_mut()
            .expect("made as an object");
        path.insert(operation.method.to_lowercase(), told);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("{} 接口", site.name),
            "version": "1",
            "description": "明镜平台的接口：与网页相同的命令、相同的规则、相同的权限。说明见 docs/api.md，拒绝代码见 docs/refusals.md。",
        },
        "servers": [{"url": "/"}],
        "tags": tags.iter().map(|tag| json!({"name": tag})).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": book.schemas,
            "responses": {
                "Problem": {
                    "description": "拒绝或者出错（RFC 9457）",
                    "content": {"application/problem+json": {"schema": problem}},
                },
                "Wait": {
                    "description": "请求太多或者系统繁忙",
                    "headers": {"Retry-After": {
                        "description": "几秒后再试",
                        "required": true,
                        "schema": {"type": "integer", "minimum": 0},
                    }},
                    "content": {"application/problem+json": {"schema": problem}},
                },
            },
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "部门业务系统的接口凭证"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": if site.secure { "__Host-mingjing" } else { "mingjing" },
                    "description": "在网页登录后的会话",
                },
            },
        },
    })
}

/// The named schemas of all operations.
#[derive(Default)]
struct Book {
    schemas: Map<String, Value>,
}

impl Book {
    /// What is read: as [`Book::take`], under other names where an answer has the name in another shape.
    fn take_input(&mut self, shape: &Shape) -> Value {
        let differs = |name: &String, schema: &Value| self.schemas.get(name).is_some_and(|known| known != schema);
        let second: Vec<String> = shape
            .definitions
            .iter()
            .filter(|(name, schema)| differs(name, schema))
            .map(|(name, _)| name.clone())
            .collect();
        let renamed = |value: &Value| {
            let mut value = value.clone();
            rename(&mut value, &second);
            value
        };
        let definitions = shape.definitions.iter().map(|(name, schema)| {
            let name = if second.contains(name) {
                input_name(name)
            } else {
                name.clone()
            };
            (name, renamed(schema))
        });
        self.take(&Shape {
            schema: renamed(&shape.schema),
            definitions: definitions.collect(),
        })
    }

    fn take(&mut self, shape: &Shape) -> Value {
        for (name, schema) in &shape.definitions {
            let unknown = unknown_keywords(schema);
            assert!(unknown.is_empty(), "{name} uses {unknown:?}, which is not checked");
            let known = self.schemas.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(known, schema, "two types are called {name}");
        }
        shape.schema.clone()
    }
}

fn input_name(name: &str) -> String {
    format!("{name}Input")
}

/// References to these names lead to those for reading.
fn rename(value: &mut Value, names: &[String]) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let name = member
                    .as_str()
                    .and_then(|path| path.strip_prefix("#/components/schemas/"));
                match name.filter(|name| key == "$ref" && names.iter().any(|known| known == name)) {
                    Some(name) => *member = format!("#/components/schemas/{}", input_name(name)).into(),
                    None => rename(member, names),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| rename(one, names)),
        _ => {}
    }
}

fn tell(operation: &Operation, book: &mut Book, authority: &dyn Authority) -> Value {
    let mut told = json!({
        "operationId": operation.op.id,
        "summary": operation.op.summary,
        "tags": [operation.tag],
        "parameters": parameters(operation, book),
        "responses": responses(operation, book),
        "security": security(operation, authority),
        "x-mingjing-access": operation.access.key(),
    });
    let members = told.as_object_mut().expect("made as an object");
    if !operation.op.note.is_empty() {
        members.insert("description".into(), operation.op.note.into());
    }
    if let Some(shape) = &operation.body_shape {
        let schema = book.take_input(shape);
        members.insert(
            "requestBody".into(),
            json!({"required": true, "content": {"application/json": {"schema": schema}}}),
        );
    }
    told
}

fn security(operation: &Operation, authority: &dyn Authority) -> Value {
    let open = match operation.access {
        Access::Public => true,
        Access::SignedIn => false,
        Access::May(permission) => authority.scope(&Actor::public(), permission).is_some(),
    };
    if open {
        json!([{}, {"token": []}, {"session": []}])
    } else {
        json!([{"token": []}, {"session": []}])
    }
}

fn parameters(operation: &Operation, book: &mut Book) -> Vec<Value> {
    let mut all = Vec::new();
    let in_path: Vec<&str> = operation
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .collect();
    let described: Vec<&str> = operation.path_shape.members().iter().map(|(name, ..)| *name).collect();
    assert_eq!(
        in_path.iter().collect::<BTreeSet<_>>(),
        described.iter().collect::<BTreeSet<_>>(),
        "path parameters of {}",
        operation.op.id
    );
    for (place, shape) in [("path", &operation.path_shape), ("query", &operation.query_shape)] {
        book.take_input(&Shape {
            schema: Value::Null,
            definitions: used_by(shape),
        });
        for (name, schema, required) in shape.members() {
            all.push(json!({
                "name": name,
                "in": place,
                "required": required || place == "path",
                "schema": without_null(schema),
            }));
        }
    }
    if matches!(operation.kind, Kind::Command | Kind::Create) {
        all.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": true,
            "description": "每个新操作一个新的；重发时用同一个，不会办两次。保留7天。",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9-]{16,64}$"},
        }));
        if operation.op.seen {
            all.push(json!({
                "name": "Seen-Version",
                "in": "header",
                "required": true,
                "description": "您看到的版本号；此后有了变化就不办理，回答409。",
                "schema": {"type": "integer", "minimum": 1, "maximum": i64::MAX},
            }));
        }
    }
    all
}

/// The named schemas of parameters without the object of parameters itself.
fn used_by(shape: &Shape) -> Map<String, Value> {
    shape
        .definitions
        .iter()
        .filter(|(_, schema)| **schema != shape.schema)
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect()
}

/// A parameter is absent, not null.
fn without_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let Some(members) = schema.as_object_mut() else {
        return schema;
    };
    if let Some(Value::Array(kinds)) = members.get("type") {
        let left: Vec<Value> = kinds.iter().filter(|kind| **kind != "null").cloned().collect();
        if let [one] = left.as_slice() {
            members.insert("type".into(), one.clone());
        }
    }
    if let Some(Value::Array(branches)) = members.get("anyOf") {
        let left: Vec<Value> = branches
            .iter()
            .filter(|branch| branch.get("type").is_none_or(|kind| kind != "null"))
            .cloned()
            .collect();
        if let [one] = left.as_slice() {
            return one.clone();
        }
    }
    members.remove("default");
    schema
}

fn responses(operation: &Operation, book: &mut Book) -> Value {
    let mut all = Map::new();
    let (status, words) = match operation.kind {
        Kind::Create => ("201", "已完成"),
        Kind::Command => ("200", "已完成"),
        Kind::Read | Kind::Question | Kind::File => ("200", "结果"),
    };
    let mut success = json!({"description": words});
    match &operation.answer {
        Some(shape) => success["content"] = json!({"application/json": {"schema": book.take(shape)}}),
        None => {
            let file = json!({"schema": {"type": "string", "contentMediaType": "application/octet-stream"}});
            success["content"] = json!({"application/pdf": file, "image/jpeg": file, "image/png": file});
        }
    }
    if matches!(operation.kind, Kind::Command | Kind::Create) {
        success["headers"] = json!({"Idempotency-Replayed": {
            "description": "有这一项，表示这是同一编号第一次请求的回答",
            "schema": {"type": "string", "enum": ["true"]},
        }});
    }
    all.insert(status.into(), success);
    let body = ["408", "409", "413", "415", "422"];
    let always = ["400", "401", "403", "404", "500"];
    for status in always
        .into_iter()
        .chain(body.into_iter().filter(|_| operation.body_shape.is_some()))
    {
        all.insert(status.into(), json!({"$ref": "#/components/responses/Problem"}));
    }
    for status in ["429", "503"] {
        all.insert(status.into(), json!({"$ref": "#/components/responses/Wait"}));
    }
    Value::Object(all)
}
