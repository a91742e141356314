//! How the house says no: one text for page, fragment and JSON (RFC 9457). Faults are logged once, here,
//! under an incident number; their details are never shown.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::http::header::{ACCEPT, ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use mingjing_chronicle::context::shanghai;
use mingjing_chronicle::{Change, Fault, FieldError, Refusal, RefusalKind, Stop};
use schemars::JsonSchema;
use serde::Serialize;

use crate::desk::Desk;
use crate::link::Link;
use crate::page::Frame;
use crate::visit::Visit;

/// Anything that keeps a handler from doing what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The law, a permission or the input says no.
    #[error("refused: {}", .0.code)]
    Refusal(Refusal),
    /// The matter changed since the person saw it; nothing was done. One line per change, without personal data.
    #[error("changed since it was seen")]
    Conflict { changed: Vec<String> },
    #[error("not found")]
    NotFound,
    #[error("method not allowed")]
    MethodNotAllowed,
    /// Sign in first, then come back.
    #[error("not signed in")]
    SignIn { return_to: Link },
    #[error("too many tries")]
    TooMany { wait: Duration },
    /// What is wrong with the request, in Chinese.
    #[error("bad request")]
    BadRequest(String),
    /// What is too large and how large it may be, in Chinese.
    #[error("too large")]
    TooLarge(String),
    /// A request to the API that is not what its description allows.
    #[error("unreadable: {code}")]
    Unreadable {
        code: &'static str,
        detail: &'static str,
        fields: Vec<FieldError>,
    },
    /// The body is of a kind that is not taken.
    #[error("unsupported media type")]
    UnsupportedMediaType,
    /// The access token is unknown, revoked or over.
    #[error("bad token")]
    BadToken,
    /// The form's token is missing or of another session.
    #[error("stale form")]
    StaleForm,
    /// A page of another site sent this.
    #[error("sent by another site")]
    Foreign,
    /// The body came too slowly.
    #[error("too slow")]
    TooSlow,
    /// For a while nothing can be done (e.g. all password hashing slots are taken).
    #[error("busy")]
    Busy,
    #[error("fault")]
    Fault(#[source] Box<dyn Error + Send + Sync>),
}

impl Problem {
    pub fn fault(source: impl Into<Box<dyn Error + Send + Sync>>) -> Problem {
        Problem::Fault(source.into())
    }

    /// When to come again.
    fn add_wait(&self, headers: &mut HeaderMap) {
        let seconds = match self {
            Problem::TooMany { wait } => wait.as_secs() + 1,
            Problem::Busy => 2,
            _ => return,
        };
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }

    fn status(&self) -> StatusCode {
        match self {
            Problem::Refusal(refusal) => match refusal.kind {
                RefusalKind::Law => StatusCode::CONFLICT,
                RefusalKind::Invalid | RefusalKind::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
                RefusalKind::Forbidden => StatusCode::FORBIDDEN,
                RefusalKind::NotFound => StatusCode::NOT_FOUND,
                RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            },
            Problem::Conflict { .. } => StatusCode::CONFLICT,
            Problem::NotFound => StatusCode::NOT_FOUND,
            Problem::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Problem::SignIn { .. } => StatusCode::UNAUTHORIZED,
            Problem::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Problem::BadRequest(_) | Problem::Unreadable { .. } => StatusCode::BAD_REQUEST,
            Problem::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Problem::BadToken => StatusCode::UNAUTHORIZED,
            Problem::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::StaleForm | Problem::Foreign => StatusCode::FORBIDDEN,
            Problem::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Problem::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Problem::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> String {
        match self {
            Problem::Refusal(refusal) => refusal.code.to_string(),
            Problem::Conflict { .. } => "web.changed_since_seen".into(),
            Problem::NotFound => "web.not_found".into(),
            Problem::MethodNotAllowed => "web.method_not_allowed".into(),
            Problem::SignIn { .. } => "web.sign_in_first".into(),
            Problem::TooMany { .. } => "web.too_many".into(),
            Problem::BadRequest(_) => "web.bad_request".into(),
            Problem::Unreadable { code, .. } => (*code).into(),
            Problem::UnsupportedMediaType => "web.unsupported_media_type".into(),
            Problem::BadToken => "web.bad_token".into(),
            Problem::TooLarge(_) => "web.too_large".into(),
            Problem::StaleForm => "web.stale_form".into(),
            Problem::Foreign => "web.foreign_request".into(),
            Problem::TooSlow => "web.too_slow".into(),
            Problem::Busy => "web.busy".into(),
            Problem::Fault(_) => "web.fault".into(),
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Problem::Refusal(refusal) => match refusal.kind {
                RefusalKind::Law => "现在不能这样办理",
                RefusalKind::Invalid => "填写的内容有问题",
                RefusalKind::KeyReused => "这次提交没有处理",
                RefusalKind::Forbidden => "您没有办理这件事的权限",
                RefusalKind::NotFound => "没有找到您要的内容",
                RefusalKind::TooMany => "尝试次数过多",
            },
            Problem::Conflict { .. } => "这件事在您查看之后有了变化",
            Problem::NotFound => "没有找到您要的页面",
            Problem::MethodNotAllowed => "这个地址不能这样使用",
            Problem::SignIn { .. } => "请先登录",
            Problem::TooMany { .. } => "尝试次数过多",
            Problem::BadRequest(_) | Problem::Unreadable { .. } => "没有看懂这次请求",
            Problem::UnsupportedMediaType => "不接受这种格式的内容",
            Problem::BadToken => "接口凭证无效",
            Problem::TooLarge(_) => "提交的内容太大",
            Problem::StaleForm => "这张表单已经失效",
            Problem::Foreign => "这次提交来自其他网站",
            Problem::TooSlow => "提交没有完成",
            Problem::Busy => "现在办理的人较多",
            Problem::Fault(_) => "系统出了问题",
        }
    }

    /// What happened and what to do now.
    fn words(&self) -> (String, Option<String>) {
        let (detail, advice): (&str, &str) = match self {
            Problem::Refusal(refusal) => return (refusal.message.clone(), refusal.advice.clone()),
            Problem::BadRequest(words) | Problem::TooLarge(words) => {
                return (words.clone(), Some("请返回上一页，改正后重新提交。".into()));
            }
            Problem::Unreadable { detail, .. } => (detail, "请对照接口文档（/api/openapi.json）改正后重新发送。"),
            Problem::UnsupportedMediaType => (
                "接口只接受 JSON。",
                "请以 Content-Type: application/json 发送 UTF-8 编码的 JSON。",
            ),
            Problem::BadToken => (
                "接口凭证不存在、已经撤销或者已经到期。",
                "请核对凭证；需要新凭证的，请联系安全管理员。",
            ),
            Problem::TooMany { wait } => {
                let seconds = wait.as_secs() + 1;
                return (
                    "短时间内尝试的次数太多，为保护账户和办件信息，暂时停止受理。".into(),
                    Some(format!("请等待 {seconds} 秒后再试。")),
                );
            }
            Problem::Conflict { .. } => (
                "有人在您查看之后办理了这件事，您的操作没有执行。",
                "请重新打开页面，看过最新情况后再决定。",
            ),
            Problem::NotFound => (
                "地址可能输错了，或者内容已经移走，或者它只对办理人和当事人开放。",
                "请检查地址，或者从首页查找。",
            ),
            Problem::MethodNotAllowed => ("页面不接受这种方式的请求。", "请从首页重新进入。"),
            Problem::SignIn { .. } => ("办理这件事需要先确认您的身份。", "登录后会回到这一页。"),
            Problem::StaleForm => (
                "表单打开的时间太长，或者期间登录、退出过，为防止他人冒用，没有处理。",
                "请返回上一页，刷新后重新提交。",
            ),
            Problem::Foreign => (
                "为防止他人冒用您的身份，来自其他网站的提交一律不处理。",
                "请从本网站的页面重新提交。",
            ),
            Problem::TooSlow => (
                "网络太慢，内容没有在规定时间内传完，没有处理。",
                "请检查网络后重新提交。",
            ),
            Problem::Busy => ("请求没有处理，数据没有改变。", "请稍等片刻再试。"),
            Problem::Fault(_) => (
                "不是您的操作有误。您的请求没有完成。",
                "请稍后再试；仍然不行，请把事件编号告诉我们。",
            ),
        };
        (detail.into(), Some(advice.into()))
    }

    /// Every problem of the door itself as it is told, for the page that lists all codes.
    pub fn all_of_the_door() -> Vec<Told> {
        let unreadable = crate::api::UNREADABLE.iter().map(|(code, detail)| Problem::Unreadable {
            code,
            detail,
            fields: Vec::new(),
        });
        let door = [
            Problem::Conflict { changed: Vec::new() },
            Problem::NotFound,
            Problem::MethodNotAllowed,
            Problem::SignIn {
                return_to: Link::to("/"),
            },
            Problem::TooMany { wait: Duration::ZERO },
            Problem::BadRequest("请求不完整或者不是要求的格式。".into()),
            Problem::TooLarge("内容超过了允许的大小。".into()),
            Problem::UnsupportedMediaType,
            Problem::BadToken,
            Problem::StaleForm,
            Problem::Foreign,
            Problem::TooSlow,
            Problem::Busy,
            Problem::fault("shown as an incident number only"),
        ];
        let mut all: Vec<Told> = door
            .into_iter()
            .chain(unreadable)
            .map(|problem| problem.told(None))
            .collect();
        all.sort_by(|one, other| one.code.cmp(&other.code));
        all
    }

    fn told(&self, incident: Option<String>) -> Told {
        let (detail, advice) = self.words();
        let code = self.code();
        Told {
            kind: format!("urn:mingjing:problem:{code}"),
            title: self.title(),
            status: self.status().as_u16(),
            detail,
            code,
            article: match self {
                Problem::Refusal(refusal) => refusal.article.clone(),
                _ => None,
            },
            advice,
            fields: match self {
                Problem::Refusal(refusal) => refusal.fields.clone(),
                Problem::Unreadable { fields, .. } => fields.clone(),
                _ => Vec::new(),
            },
            changed: match self {
                Problem::Conflict { changed } => changed.clone(),
                _ => Vec::new(),
            },
            incident,
        }
    }

    /// Replaces an answer that carries a problem by the page, fragment or JSON that this visit wants.
    pub(crate) fn render_into(visit: &Arc<Visit>, mut response: Response) -> Response {
        let Some(problem) = response.extensions_mut().remove::<Arc<Problem>>() else {
            return response;
        };
        if let Problem::SignIn { return_to } = problem.as_ref()
            && let Some(redirect) = to_sign_in(visit, return_to)
        {
            return redirect;
        }
        let told = problem.told(problem.report(visit));
        // Which methods an address takes was said by the router (RFC 9110, 15.5.6).
        let allow = response.headers_mut().remove(ALLOW);
        let mut rendered = told.render(visit);
        *rendered.status_mut() = problem.status();
        if let Some(allow) = allow {
            rendered.headers_mut().insert(ALLOW, allow);
        }
        if rendered.status() == StatusCode::UNAUTHORIZED {
            rendered
                .headers_mut()
                .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        problem.add_wait(rendered.headers_mut());
        rendered
    }

    /// Logs a fault and returns its incident number.
    fn report(&self, visit: &Visit) -> Option<String> {
        let Problem::Fault(source) = self else { return None };
        let incident = visit.house.chance.id()[..10].to_uppercase();
        // The path may name a case, not a person; query strings are left out.
        tracing::error!(web.incident = %incident, web.path = %visit.here.path(), error = %chain(source.as_ref()), "fault");
        Some(incident)
    }
}

/// A page or fragment goes to the sign-in page; a program is told 401.
fn to_sign_in(visit: &Visit, return_to: &Link) -> Option<Response> {
    let link = visit.house.nav.sign_in.clone().query("return", return_to);
    let location = HeaderValue::from_str(&link.to_string()).ok()?;
    match visit.wants {
        Wants::Page => Some((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()),
        Wants::Fragment => Some((StatusCode::OK, [(HeaderName::from_static("hx-redirect"), location)]).into_response()),
        Wants::Json | Wants::Api => None,
    }
}

/// The error and its causes in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause: &&dyn Error| (*cause).source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

impl IntoResponse for Problem {
    /// Carries the problem to the front, which knows the visit. The plain text is for answers without front.
    fn into_response(self) -> Response {
        let (detail, _) = self.words();
        let mut response = (self.status(), format!("{}\n{detail}\n", self.title())).into_response();
        self.add_wait(response.headers_mut());
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        Problem::Refusal(refusal)
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        match fault {
            Fault::Busy => Problem::Busy,
            other => Problem::fault(other),
        }
    }
}

impl From<Stop> for Problem {
    fn from(stop: Stop) -> Problem {
        match stop {
            Stop::Refusal(refusal) => Problem::Refusal(refusal),
            Stop::Conflict(conflict) => Problem::Conflict {
                changed: conflict.since.iter().map(what_happened).collect(),
            },
            Stop::Fault(fault) => fault.into(),
        }
    }
}

/// When it was, and its stable name; never who.
fn what_happened(change: &Change) -> String {
    let at = change.recorded_at.to_zoned(shanghai());
    format!("{} 新增一条办理记录（{}）", at.strftime("%Y-%m-%d %H:%M"), change.kind)
}

/// What form of answer the client can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    Page,
    /// htmx swaps it into a page.
    Fragment,
    Json,
    /// A path of the API: JSON both ways. Instead of a form token its changes need the content type JSON,
    /// which no page of another site can send without asking first (CORS), and we never agree.
    Api,
}

impl Wants {
    pub fn of(path: &str, headers: &HeaderMap) -> Wants {
        let accept = headers
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .unwrap_or("");
        let names = |kind: &str| accept.contains(kind);
        if path == "/api" || path.starts_with("/api/") {
            Wants::Api
        } else if (names("application/json") || names("application/problem+json")) && !names("text/html") {
            Wants::Json
        } else if headers.get("hx-request").is_some_and(|value| value == "true")
            && headers.get("hx-request-type").is_none_or(|value| value != "full")
            && headers.get("hx-boosted").is_none()
        {
            Wants::Fragment
        } else {
            Wants::Page
        }
    }
}

/// A problem as it is told: the members of RFC 9457 and ours.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct Told {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: &'static str,
    pub status: u16,
    pub detail: String,
    /// Stable and documented.
    pub code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<FieldFault>")]
    pub fields: Vec<FieldError>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
}

/// How a [`FieldError`] is told.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "describes another crate's type")]
struct FieldFault {
    /// Name of the member, joined by dots where it lies deeper; empty for the whole.
    field: String,
    message: String,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    frame: Frame,
    told: Told,
    article_link: Option<Link>,
    again: Option<Link>,
}

#[derive(Template)]
#[template(path = "problem_fragment.html")]
struct ProblemFragment {
    told: Told,
    article_link: Option<Link>,
}

impl Told {
    fn render(self, visit: &Arc<Visit>) -> Response {
        let rendered = match visit.wants {
            Wants::Json | Wants::Api => return self.json(),
            Wants::Fragment => ProblemFragment {
                article_link: self.article_link(visit),
                told: self.clone(),
            }
            .render(),
            Wants::Page => ProblemPage {
                frame: Desk::at(Arc::clone(visit)).frame(self.title),
                again: (visit.method.is_safe() && self.status != 404).then(|| visit.here.clone()),
                article_link: self.article_link(visit),
                told: self.clone(),
            }
            .render(),
        };
        match rendered {
            Ok(html) => Html(html).into_response(),
            Err(error) => {
                tracing::error!(%error, "the problem page does not render");
                self.json()
            }
        }
    }

    /// Only what names an article leads anywhere; some refusals rest on a requirement of the seeds.
    fn article_link(&self, visit: &Visit) -> Option<Link> {
        let article = self
            .article
            .as_ref()
            .filter(|words| words.contains('第') && words.contains('条'))?;
        Some(visit.house.nav.cite.clone().query("text", article))
    }

    fn json(&self) -> Response {
        let body = serde_json::to_vec(self).unwrap_or_default();
        ([(CONTENT_TYPE, "application/problem+json; charset=utf-8")], body).into_response()
    }
}
