//! A refusal: the law, a permission or the form of the input says no. It is a value, not a fault.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Why something was refused, as the person who asked may read it. Never holds personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Stable, documented, e.g. `cases.decide.needs_reasons`.
    pub code: Cow<'static, str>,
    pub kind: RefusalKind,
    /// What happened and why, in plain Chinese.
    pub message: String,
    /// The article that says so, e.g. `行政许可法第三十八条第二款`.
    pub article: Option<String>,
    /// What the person can do now.
    pub advice: Option<String>,
    /// Errors that belong to single fields of the input.
    pub fields: Vec<FieldError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// The law or the state of the matter forbids it (HTTP 409).
    Law,
    /// The input is incomplete or malformed (422).
    Invalid,
    /// This person may not (403).
    Forbidden,
    /// There is no such thing, or not for this person (404).
    NotFound,
    /// Too many tries (429).
    TooMany,
    /// The idempotency key was used with another body (422).
    KeyReused,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    pub field: Cow<'static, str>,
    pub message: String,
}

impl Refusal {
    fn new(kind: RefusalKind, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Refusal {
            code: code.into(),
            kind,
            message: message.into(),
            article: None,
            advice: None,
            fields: Vec::new(),
        }
    }

    pub fn law(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Law, code, message)
    }

    pub fn invalid(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Invalid, code, message)
    }

    pub fn forbidden(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Forbidden, code, message)
    }

    pub fn not_found(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::NotFound, code, message)
    }

    pub fn too_many(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::TooMany, code, message)
    }

    pub fn key_reused() -> Self {
        Self::new(
            RefusalKind::KeyReused,
            "idempotency.key_reused",
            "这次提交的编号已经用于另一份内容，本次未处理。",
        )
        .advice("请返回表单，刷新页面后重新提交。")
    }

    #[must_use]
    pub fn article(mut self, article: impl Into<String>) -> Self {
        self.article = Some(article.into());
        self
    }

    #[must_use]
    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    #[must_use]
    pub fn field(mut self, field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        self.fields.push(FieldError {
            field: field.into(),
            message: message.into(),
        });
        self
    }
}
