//! Forms: what came in, what is wrong with it in words, and the same form again.
//!
//! A page's input type implements [`Input`] by reading its fields from a [`Reader`]; every getter notes an
//! error in Chinese and goes on, so that the person sees all of them at once.

mod reader;

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use mingjing_chronicle::{FieldError, Refusal};
use sha2::{Digest, Sha256};

use crate::house::House;
use crate::problem::Problem;
use crate::server::BodyError;
use crate::visit::Visit;

pub(crate) use self::reader::is_bidi;
pub use self::reader::{Input, Reader};

/// A form body never needs more; files go by [`crate::Upload`].
pub const MOST_BYTES: usize = 256 * 1024;
const MOST_FIELDS: usize = 1000;
/// Names of fields with secrets start so; they stay out of [`FormMeta::digest`].
pub(crate) const SECRET: &str = "password";

/// What a form carries beside its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormMeta {
    /// Idempotency key: random for each rendered form, so that a double click is one act.
    pub key: String,
    /// Version of the stream that the person saw.
    pub seen: Option<i64>,
    /// SHA-256 (hex) over all fields but token and key: the same key with another digest is refused.
    pub digest: String,
}

/// A form's values, errors and hidden fields: what its template needs to show it, empty or again.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    values: BTreeMap<String, Vec<String>>,
    errors: Vec<FieldError>,
    token: String,
    key: String,
    seen: Option<i64>,
}

impl Fields {
    pub(crate) fn blank(token: String, key: String) -> Fields {
        Fields {
            token,
            key,
            ..Fields::default()
        }
    }

    /// Fills a field before the form is shown first.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Fields {
        self.values.entry(name.to_owned()).or_default().push(value.into());
        self
    }

    /// The version that the page shows; comes back as [`FormMeta::seen`].
    #[must_use]
    pub fn seen(mut self, version: i64) -> Fields {
        self.seen = Some(version);
        self
    }

    /// The field's value as typed; empty when there is none.
    pub fn value(&self, name: &str) -> &str {
        self.values
            .get(name)
            .and_then(|values| values.first())
            .map_or("", String::as_str)
    }

    pub fn values(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether this option of a group was chosen.
    pub fn chose(&self, name: &str, option: &str) -> bool {
        self.values(name).iter().any(|value| value == option)
    }

    /// The error beside this field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors
            .iter()
            .find(|error| error.field == name)
            .map(|error| error.message.as_str())
    }

    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    pub fn complain(&mut self, field: impl Into<std::borrow::Cow<'static, str>>, message: impl Into<String>) {
        self.errors.push(FieldError {
            field: field.into(),
            message: message.into(),
        });
    }

    /// Takes over the errors of a refused command, so that the same form can be shown with them.
    /// A refusal without field errors stands in the summary alone; what the person can do stands there in any case.
    #[must_use]
    pub fn refused(mut self, refusal: &Refusal) -> Fields {
        if refusal.fields.is_empty() {
            self.complain("", refusal.message.clone());
        }
        self.errors.extend(refusal.fields.iter().cloned());
        if let Some(advice) = &refusal.advice {
            self.complain("", advice.clone());
        }
        self
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    /// The seen version as text; empty when the page shows none.
    pub fn seen_text(&self) -> String {
        self.seen.map(|version| version.to_string()).unwrap_or_default()
    }

    /// Splits what came in into meta and fields. Repeated hidden fields would be ambiguous: the first counts.
    pub(crate) fn sort_out(pairs: Vec<(String, String)>) -> (String, FormMeta, Fields) {
        let mut fields = Fields::default();
        let (mut token, mut key, mut seen) = (None, None, None);
        let mut digest = Sha256::new();
        for (name, value) in pairs {
            match name.as_str() {
                "_csrf" => _ = token.get_or_insert(value),
                "_key" => _ = key.get_or_insert(value),
                // A stored hash of a password would be an invitation to guess it.
                name if name.starts_with(SECRET) => fields.values.entry(name.to_owned()).or_default().push(value),
                _ => {
                    for part in [&name, &value] {
                        digest.update((part.len() as u64).to_be_bytes());
                        digest.update(part.as_bytes());
                    }
                    if name == "_seen" {
                        seen.get_or_insert(value);
                    } else {
                        fields.values.entry(name).or_default().push(value);
                    }
                }
            }
        }
        fields.seen = seen.and_then(|seen| seen.parse().ok()).filter(|seen| *seen >= 0);
        let meta = FormMeta {
            key: key.filter(|key| is_key(key)).unwrap_or_default(),
            seen: fields.seen,
            digest: hex::encode(digest.finalize()),
        };
        (token.unwrap_or_default(), meta, fields)
    }

    /// Makes the form ready to be shown again: with a fresh key, because the old one may stand for a refused try.
    pub(crate) fn renew(&mut self, visit: &Visit) {
        self.token = visit.form_token();
        self.key = visit.house.chance.id();
    }

    /// Names of all fields that came in.
    pub fn names(&self) -> BTreeSet<&str> {
        self.values.keys().map(String::as_str).collect()
    }
}

pub(crate) fn is_key(key: &str) -> bool {
    (16..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A form that came in. Its token is checked; its key is there; `value` is the input or, with errors noted in
/// `fields`, nothing.
pub struct Form<T> {
    pub meta: FormMeta,
    pub value: Option<T>,
    pub fields: Fields,
}

impl<T> Form<T> {
    /// The input with its meta, or the fields with errors for showing the same form again.
    ///
    /// # Errors
    /// The fields, when something is missing or malformed.
    pub fn check(self) -> Result<(T, FormMeta, Fields), Fields> {
        match self.value {
            Some(value) if self.fields.is_clean() => Ok((value, self.meta, self.fields)),
            _ => Err(self.fields),
        }
    }
}

impl<T: Input> FromRequest<House> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, house: &House) -> Result<Form<T>, Problem> {
        let visit = Visit::of(request.extensions()).ok_or_else(|| Problem::fault("a form came without the front"))?;
        let pairs = read_urlencoded(request, house).await?;
        let (token, meta, mut fields) = Fields::sort_out(pairs);
        visit.check_form_token(&token)?;
        if meta.key.is_empty() {
            return Err(Problem::StaleForm);
        }
        fields.renew(&visit);
        let value = T::read(&mut Reader::of(&mut fields));
        Ok(Form { meta, value, fields })
    }
}

async fn read_urlencoded(mut request: Request, house: &House) -> Result<Vec<(String, String)>, Problem> {
    let kind = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("");
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Problem::BadRequest("提交的内容不是网页表单的格式。".into()));
    }
    axum::extract::DefaultBodyLimit::max(MOST_BYTES).apply(&mut request);
    let body = Bytes::from_request(request, house).await.map_err(body_problem)?;
    let pairs: Vec<(String, String)> = form_urlencoded::parse(&body)
        .into_owned()
        .take(MOST_FIELDS + 1)
        .collect();
    if pairs.len() > MOST_FIELDS {
        return Err(Problem::TooLarge(format!("一张表单最多 {MOST_FIELDS} 个栏目。")));
    }
    Ok(pairs)
}

fn body_problem(rejection: BytesRejection) -> Problem {
    if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::TooLarge(format!("表单内容超过了 {} KB。", MOST_BYTES / 1024));
    }
    broken_body(&rejection)
}

/// Finds out whether a body ended because it was too slow.
pub(crate) fn broken_body(error: &(dyn std::error::Error + 'static)) -> Problem {
    let mut causes = std::iter::successors(Some(error), |cause: &&(dyn std::error::Error + 'static)| {
        (*cause).source()
    });
    if causes.any(|cause| matches!(cause.downcast_ref::<BodyError>(), Some(BodyError::TooSlow))) {
        return Problem::TooSlow;
    }
    Problem::BadRequest("提交的内容不完整，可能是网络中断了。".into())
}
