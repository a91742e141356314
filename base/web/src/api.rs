//! The JSON door. A capability lists its operations as it lists its pages; the types of a handler are what is read, what
//! is answered and what `/api/openapi.json` tells, so that the three cannot part.
//!
//! ```ignore
//! Api::new("办件")
//!     .read(Op::new("list_cases", "办件列表"), "/api/v1/cases", Access::May(BOARD), list_cases)
//!     .command(Op::new("accept_case", "受理").seen(), "/api/v1/cases/{case_no}/acts/accept", Access::May(ACCEPT), accept)
//! async fn list_cases(desk: Desk, _: Nothing, query: CaseQuery) -> Result<Paged<CaseLine>, Problem>
//! async fn accept(desk: Desk, path: CasePath, order: Order<AcceptBody>) -> Result<Done<Acted>, Problem>
//! ```
//!
//! Invariants:
//! - Nothing reaches a handler that its description does not allow ([`check`]), whatever serde would have taken.
//! - Every command has an `Idempotency-Key`; one that changes what somebody looked at says which version that was.
//! - Personal data and secrets stand in bodies, never in addresses.

mod asked;
mod check;
mod document;
mod json;
mod paging;
mod shape;

use std::future::Future;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use mingjing_chronicle::{Done, FieldError};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::form::FormMeta;
use crate::house::{Authority, Pending, Site};
use crate::problem::Problem;
use crate::routes::{Access, Routes};

pub use self::check::faults;
pub use self::document::document;
pub use self::paging::{Cursor, MOST_ROWS, Paged, Paging};
pub use self::shape::Shape;

/// What may be unreadable in a request, by code, in words.
pub(crate) const UNREADABLE: [(&str, &str); 6] = [
    ("api.cursor", "cursor 不是这个列表给出的，或者已经损坏。"),
    ("api.header", "请求头缺少必填项或者不符合要求。"),
    ("api.member_twice", "JSON 对象里有重复的项。"),
    ("api.not_json", "请求内容不是完整的 JSON（UTF-8）。"),
    ("api.query", "地址中的参数不符合接口文档。"),
    ("api.too_deep", "JSON 嵌套太深，最多 32 层。"),
];

/// The problem of this code; a code that is not listed is a fault of the program.
pub(crate) fn unreadable(code: &'static str, fields: Vec<FieldError>) -> Problem {
    let known = UNREADABLE.iter().find(|(known, _)| *known == code);
    let detail = known.map_or("", |(_, detail)| detail);
    debug_assert!(!detail.is_empty(), "{code} is not listed");
    Problem::Unreadable { code, detail, fields }
}

/// A body that carries no file.
pub const MOST_BODY_BYTES: usize = 256 * 1024;

/// Parts of a request or answer that has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// What a command came with.
#[derive(Debug, Clone)]
pub struct Order<B> {
    pub body: B,
    /// For [`Desk::request`]: key, seen version and digest.
    pub meta: FormMeta,
}

/// An operation as the document tells it.
#[derive(Debug, Clone)]
pub struct Op {
    /// `verb_resource`, unique in the whole API.
    pub id: &'static str,
    /// In a few words.
    pub summary: &'static str,
    /// What must be known beside it; may be empty.
    pub note: &'static str,
    seen: bool,
    most_bytes: usize,
}

impl Op {
    pub fn new(id: &'static str, summary: &'static str) -> Op {
        Op {
            id,
            summary,
            note: "",
            seen: false,
            most_bytes: MOST_BODY_BYTES,
        }
    }

    #[must_use]
    pub fn note(mut self, note: &'static str) -> Op {
        self.note = note;
        self
    }

    /// The command acts on something that was looked at: `Seen-Version` says in which version.
    #[must_use]
    pub fn seen(mut self) -> Op {
        self.seen = true;
        self
    }

    /// Bytes of the body at most, for those that carry files.
    #[must_use]
    pub fn most_bytes(mut self, bytes: usize) -> Op {
        self.most_bytes = bytes;
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    /// A reading whose question holds a secret or personal data: posted, so that no address and no log shows it.
    Question,
    Command,
    /// Makes something new: 201.
    Create,
    File,
}

/// All that the door and the document know of an operation.
#[derive(Debug)]
pub struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) tag: &'static str,
    pub(crate) op: Op,
    pub(crate) kind: Kind,
    pub(crate) path_shape: Shape,
    pub(crate) query_shape: Shape,
    pub(crate) body_shape: Option<Shape>,
    /// `None` for files.
    pub(crate) answer: Option<Shape>,
}

/// The operations of one capability under one heading.
pub struct Api {
    tag: &'static str,
    routes: Routes,
}

impl Api {
    pub fn new(tag: &'static str) -> Api {
        Api {
            tag,
            routes: Routes::new(),
        }
    }

    /// Something that is read; `Q` is its query.
    #[must_use]
    pub fn read<P, Q, T, F, Fut>(self, op: Op, path: &'static str, access: Access, handler: F) -> Api
    where
        P: DeserializeOwned + JsonSchema + Send + 'static,
        Q: DeserializeOwned + JsonSchema + Send + 'static,
        T: Serialize + JsonSchema + 'static,
        F: Fn(Desk, P, Q) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<T, Problem>> + Send + 'static,
    {
        let operation = self.operation::<P, Q>(op, Kind::Read, path, access, None, Some(Shape::answer::<T>()));
        self.add(operation, move |asked| {
            let handler = handler.clone();
            Box::pin(async move {
                let (path, query) = (asked.path::<P>()?, asked.query::<Q>()?);
                json(StatusCode::OK, &handler(asked.desk, path, query).await?)
            })
        })
    }

    /// A reading whose question holds a secret: it comes in the body and changes nothing.
    #[must_use]
    pub fn question<P, B, T, F, Fut>(self, op: Op, path: &'static str, access: Access, handler: F) -> Api
    where
        P: DeserializeOwned + JsonSchema + Send + 'static,
        B: DeserializeOwned + JsonSchema + Send + 'static,
        T: Serialize + JsonSchema + 'static,
        F: Fn(Desk, P, B) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<T, Problem>> + Send + 'static,
    {
        let shapes = (Some(Shape::body::<B>()), Some(Shape::answer::<T>()));
        let operation = self.operation::<P, Nothing>(op, Kind::Question, path, access, shapes.0, shapes.1);
        self.add(operation, move |asked| {
            let handler = handler.clone();
            Box::pin(async move {
                let (path, body) = (asked.path::<P>()?, asked.body::<B>()?);
                json(StatusCode::OK, &handler(asked.desk, path, body).await?)
            })
        })
    }

    /// A file of the kinds we keep.
    #[must_use]
    pub fn file<P, F, Fut>(self, op: Op, path: &'static str, access: Access, handler: F) -> Api
    where
        P: DeserializeOwned + JsonSchema + Send + 'static,
        F: Fn(Desk, P) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        let operation = self.operation::<P, Nothing>(op, Kind::File, path, access, None, None);
        self.add(operation, move |asked| {
            let handler = handler.clone();
            Box::pin(async move {
                let path = asked.path::<P>()?;
                handler(asked.desk, path).await
            })
        })
    }

    /// A command: the same that a page gives.
    #[must_use]
    pub fn command<P, B, T, F, Fut>(self, op: Op, path: &'static str, access: Access, handler: F) -> Api
    where
        P: DeserializeOwned + JsonSchema + Send + 'static,
        B: DeserializeOwned + JsonSchema + Send + 'static,
        T: Serialize + JsonSchema + 'static,
        F: Fn(Desk, P, Order<B>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Done<T>, Problem>> + Send + 'static,
    {
        self.order(Kind::Command, op, path, access, handler)
    }

    /// A command that makes something new (201).
    #[must_use]
    pub fn create<P, B, T, F, Fut>(self, op: Op, path: &'static str, access: Access, handler: F) -> Api
    where
        P: DeserializeOwned + JsonSchema + Send + 'static,
        B: DeserializeOwned + JsonSchema + Send + 'static,
        T: Serialize + JsonSchema + 'static,
        F: Fn(Desk, P, Order<B>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Done<T>, Problem>> + Send + 'static,
    {
        self.order(Kind::Create, op, path, access, handler)
    }

    fn order<P, B, T, F, Fut>(self, kind: Kind, op: Op, path: &'static str, access: Access, handler: F) -> Api
    where
        P: DeserializeOwned + JsonSchema + Send + 'static,
        B: DeserializeOwned + JsonSchema + Send + 'static,
        T: Serialize + JsonSchema + 'static,
        F: Fn(Desk, P, Order<B>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Done<T>, Problem>> + Send + 'static,
    {
        let shapes = (Some(Shape::body::<B>()), Some(Shape::answer::<T>()));
        let operation = self.operation::<P, Nothing>(op, kind, path, access, shapes.0, shapes.1);
        let status = if kind == Kind::Create {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        self.add(operation, move |asked| {
            let handler = handler.clone();
            Box::pin(async move {
                let path = asked.path::<P>()?;
                let order = Order {
                    body: asked.body::<B>()?,
                    meta: asked.meta.clone(),
                };
                let done = handler(asked.desk, path, order).await?;
                let mut response = json(status, &done.value)?;
                if done.repeated {
                    response
                        .headers_mut()
                        .insert(REPLAYED, HeaderValue::from_static("true"));
                }
                Ok(response)
            })
        })
    }

    fn operation<P: JsonSchema, Q: JsonSchema>(
        &self,
        op: Op,
        kind: Kind,
        path: &'static str,
        access: Access,
        body_shape: Option<Shape>,
        answer: Option<Shape>,
    ) -> Operation {
        Operation {
            method: if matches!(kind, Kind::Read | Kind::File) {
                "GET"
            } else {
                "POST"
            },
            path,
            access,
            tag: self.tag,
            op,
            kind,
            path_shape: Shape::parameters::<P>(),
            query_shape: Shape::parameters::<Q>(),
            body_shape,
            answer,
        }
    }

    fn add<F>(mut self, operation: Operation, answer: F) -> Api
    where
        F: Fn(asked::Asked) -> Pending<'static, Result<Response, Problem>> + Clone + Send + Sync + 'static,
    {
        let operation = Arc::new(operation);
        let (path, access, known) = (operation.path, operation.access, Arc::clone(&operation));
        let handler = move |desk: Desk, request: Request| {
            let (answer, operation) = (answer.clone(), Arc::clone(&known));
            async move { answer(asked::read(desk, request, &operation).await?).await }
        };
        self.routes = match operation.method {
            "GET" => self.routes.get(path, access, handler),
            _ => self.routes.post(path, access, handler),
        };
        self.routes.operations.push(operation);
        self
    }

    pub fn into_routes(self) -> Routes {
        self.routes
    }
}

/// Adds `/api/openapi.json`, which tells all operations of these routes.
pub fn with_document(routes: Routes, site: &Site, authority: &dyn Authority) -> Routes {
    let text: Arc<str> = document(&routes, site, authority).to_string().into();
    routes.get("/api/openapi.json", Access::Public, move || {
        let body = String::from(&*text);
        async move { ([(CONTENT_TYPE, "application/json; charset=utf-8")], body) }
    })
}

/// Says that the answer is that of the first request with this key.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

fn json<T: Serialize>(status: StatusCode, value: &T) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(value).map_err(Problem::fault)?;
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    Ok((status, [(CONTENT_TYPE, kind)], bytes).into_response())
}
