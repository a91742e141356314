//! One request to the API, read as its operation describes it: path, query, headers, body, each with its own code of
//! problem.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::{HeaderMap, StatusCode};
use mingjing_chronicle::{FieldError, Refusal};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::json::{self, Broken, DEEPEST};
use super::shape::Shape;
use super::{Kind, Operation, check, unreadable};
use crate::desk::Desk;
use crate::form::{FormMeta, broken_body, is_key};
use crate::problem::Problem;

/// A request whose parts are known to be what the operation describes.
pub struct Asked {
    pub desk: Desk,
    path: Value,
    query: Value,
    body: Value,
    pub meta: FormMeta,
}

impl Asked {
    pub fn path<P: DeserializeOwned>(&self) -> Result<P, Problem> {
        // A code that is not even shaped like one names nothing.
        serde_json::from_value(self.path.clone()).map_err(|_| Problem::NotFound)
    }

    pub fn query<Q: DeserializeOwned>(&self) -> Result<Q, Problem> {
        serde_json::from_value(self.query.clone()).map_err(|_| query_problem(Vec::new()))
    }

    pub fn body<B: DeserializeOwned>(&self) -> Result<B, Problem> {
        serde_json::from_value(self.body.clone()).map_err(|_| body_problem(Vec::new()))
    }
}

/// # Errors
/// `api.query`, `api.header`, `api.not_json`, `api.too_deep`, `api.member_twice`, `api.body`; 404 for a path that can
/// name nothing; too large, too slow.
pub async fn read(desk: Desk, request: Request, operation: &Operation) -> Result<Asked, Problem> {
    let (mut parts, body) = request.into_parts();
    let path = path(&mut parts, &operation.path_shape).await?;
    let query = query(parts.uri.query().unwrap_or(""), &operation.query_shape)?;
    let mut asked = Asked {
        desk,
        path,
        query,
        body: Value::Null,
        meta: FormMeta {
            key: String::new(),
            seen: None,
            digest: String::new(),
        },
    };
    let Some(shape) = &operation.body_shape else {
        return Ok(asked);
    };
    if operation.kind != Kind::Question {
        asked.meta = headers(&parts.headers, operation.op.seen)?;
    }
    let address = parts.uri.path().to_owned();
    let bytes = bytes(Request::from_parts(parts, body), operation.op.most_bytes).await?;
    asked.meta.digest = digest(&address, asked.meta.seen, &bytes);
    asked.body = json::parse(&bytes).map_err(not_json)?;
    let faults = check::faults(shape, &asked.body);
    if faults.is_empty() {
        Ok(asked)
    } else {
        Err(body_problem(faults))
    }
}

async fn path(parts: &mut axum::http::request::Parts, shape: &Shape) -> Result<Value, Problem> {
    let given = RawPathParams::from_request_parts(parts, &())
        .await
        .map_err(|_| Problem::NotFound)?;
    let pairs = given.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let value = gathered(pairs, shape).map_err(|_| Problem::NotFound)?;
    if check::faults(shape, &value).is_empty() {
        Ok(value)
    } else {
        Err(Problem::NotFound)
    }
}

fn query(text: &str, shape: &Shape) -> Result<Value, Problem> {
    let pairs = form_urlencoded::parse(text.as_bytes())
        .take(MOST_PAIRS + 1)
        .map(|(name, value)| (name.into_owned(), value.into_owned()));
    let value = gathered(pairs, shape).map_err(|fault| query_problem(vec![fault]))?;
    let faults = check::faults(shape, &value);
    if faults.is_empty() {
        Ok(value)
    } else {
        Err(query_problem(faults))
    }
}

const MOST_PAIRS: usize = 40;

/// Texts of an address as the values that the schema names: numbers, truth values, lists.
fn gathered(pairs: impl Iterator<Item = (String, String)>, shape: &Shape) -> Result<Value, FieldError> {
    let fault = |field: &str, message: &str| FieldError {
        field: field.to_owned().into(),
        message: message.to_owned(),
    };
    let members = shape.members();
    let mut all = Map::new();
    for (at, (name, text)) in pairs.enumerate() {
        if at >= MOST_PAIRS {
            return Err(fault("", "参数太多"));
        }
        let Some((_, schema, _)) = members.iter().find(|(known, ..)| *known == name) else {
            // An unknown name is the sender's text and is not repeated.
            return Err(fault("", "含有接口没有的参数"));
        };
        let value = typed(shape, schema, text).ok_or_else(|| fault(&name, "不是要求的形式"))?;
        if all.insert(name.clone(), value).is_some() {
            return Err(fault(&name, "只能出现一次"));
        }
    }
    Ok(Value::Object(all))
}

fn typed(shape: &Shape, schema: &Value, text: String) -> Option<Value> {
    let schema = shape.resolved(schema);
    let is = |kind: &str| match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(all)) => all.iter().any(|one| one == kind),
        _ => false,
    };
    if is("integer") {
        // Rust would also read "+5".
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        return plain.then(|| text.parse::<i64>().ok().map(Value::from))?;
    }
    if is("boolean") {
        return match text.as_str() {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        };
    }
    Some(Value::String(text))
}

fn headers(headers: &HeaderMap, needs_seen: bool) -> Result<FormMeta, Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let mut faults = Vec::new();
    let mut fault = |field: &'static str, message: &str| {
        faults.push(FieldError {
            field: field.into(),
            message: message.to_owned(),
        });
    };
    let key = text("idempotency-key").unwrap_or_default().to_owned();
    if !is_key(&key) {
        fault(
            "Idempotency-Key",
            "应为16到64个字母、数字或者连字符，每个新操作一个新的",
        );
    }
    let seen = text("seen-version").map(|seen| seen.parse::<i64>().ok().filter(|seen| *seen >= 1));
    let seen = match (seen, needs_seen) {
        (Some(Some(seen)), _) => Some(seen),
        (None, false) => None,
        _ => {
            fault("Seen-Version", "应为您看到的版本号（详情中的 version）");
            None
        }
    };
    if faults.is_empty() {
        Ok(FormMeta {
            key,
            seen,
            digest: String::new(),
        })
    } else {
        Err(unreadable("api.header", faults))
    }
}

async fn bytes(mut request: Request, most: usize) -> Result<Bytes, Problem> {
    axum::extract::DefaultBodyLimit::max(most).apply(&mut request);
    Bytes::from_request(request, &()).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::TooLarge(format!("请求内容超过了 {} KB。", most / 1024))
        } else {
            broken_body(&rejection)
        }
    })
}

/// The same key for another address, version or content is another command.
fn digest(address: &str, seen: Option<i64>, body: &[u8]) -> String {
    let seen = seen.map_or_else(String::new, |seen| seen.to_string());
    let digest = [address.as_bytes(), seen.as_bytes(), body]
        .iter()
        .fold(Sha256::new(), |digest, part| {
            digest
                .chain_update((part.len() as u64).to_be_bytes())
                .chain_update(part)
        });
    hex::encode(digest.finalize())
}

fn not_json(broken: Broken) -> Problem {
    let code = match broken {
        Broken::NotJson => "api.not_json",
        Broken::TooDeep => "api.too_deep",
        Broken::Twice => "api.member_twice",
    };
    debug_assert_eq!(DEEPEST, 32, "the text of the problem names it");
    unreadable(code, Vec::new())
}

fn query_problem(fields: Vec<FieldError>) -> Problem {
    unreadable("api.query", fields)
}

fn body_problem(fields: Vec<FieldError>) -> Problem {
    let refusal = Refusal::invalid("api.body", "请求内容不符合接口文档。")
        .advice("请对照接口文档（/api/openapi.json）改正后，换一个 Idempotency-Key 重新发送。");
    Problem::Refusal(Refusal { fields, ..refusal })
}
