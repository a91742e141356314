//! Expressions and the languages they are in.

use std::sync::Arc;

use super::Condition;
use crate::read::Element;

#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// Without the leading `=`.
    pub text: Arc<str>,
    pub language: Language,
    /// The closed form `outcome = "…"`, decided without asking the rules engine.
    pub outcomes: Option<Condition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Language {
    Feel,
    /// Neither declared nor marked; taken as FEEL unless stubs are wanted.
    Unmarked,
    /// E.g. `juel`, `javascript`.
    Other(String),
}

impl Expression {
    /// `fallback` is the file's expression language.
    pub fn read(element: &Element, fallback: Option<&str>) -> Option<Expression> {
        let text = element.text();
        (!text.is_empty()).then(|| Expression::of(&text, element.get("language"), fallback))
    }

    pub fn of(text: &str, language: Option<&str>, fallback: Option<&str>) -> Expression {
        let text = text.trim();
        let declared = language.map(str::trim).filter(|language| !language.is_empty());
        let feel = |language: &str| language.to_ascii_lowercase().contains("feel") || language.contains("/DMN/");
        let marked = text.strip_prefix('=').filter(|rest| !rest.starts_with('='));
        let (body, language) = match (marked, declared) {
            (Some(rest), None) => (rest.trim(), Language::Feel),
            (Some(rest), Some(declared)) if feel(declared) => (rest.trim(), Language::Feel),
            (_, Some(declared)) if feel(declared) => (text, Language::Feel),
            (_, Some(declared)) => (text, Language::Other(declared.to_owned())),
            (None, None) if text.starts_with("${") || text.starts_with("#{") => {
                (text, Language::Other("juel".to_owned()))
            }
            (None, None) if fallback.is_some_and(feel) => (text, Language::Feel),
            (None, None) => (text, Language::Unmarked),
        };
        let outcomes = (language == Language::Feel)
            .then(|| Condition::parse(&format!("={body}")).ok())
            .flatten();
        Expression {
            text: body.into(),
            language,
            outcomes,
        }
    }

    pub fn feel(text: &str) -> Expression {
        Expression::of(&format!("={text}"), None, None)
    }

    /// Another language, or none that is marked: what stubs may stand in for.
    pub fn foreign(&self) -> Option<&str> {
        match &self.language {
            Language::Feel => None,
            Language::Unmarked => Some(""),
            Language::Other(language) => Some(language),
        }
    }
}
