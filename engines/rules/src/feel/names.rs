//! Names in scope. FEEL names hold spaces and signs (`食品经营 面积`, `date and time`, `a-b`), so
//! what is one name depends on which names exist: the longest known one wins.

use super::lexer::{self, Token, TokenKind};
use std::collections::HashMap;
use std::sync::Arc;

/// A set of names, kept by their first token.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_first: HashMap<Box<str>, Vec<Known>>,
}

#[derive(Clone, Debug)]
struct Known {
    tokens: Box<[Box<str>]>,
    name: Arc<str>,
}

impl Names {
    pub fn new() -> Names {
        Names::default()
    }

    /// Adds a name; one that no expression could spell is left out.
    pub fn add(&mut self, name: &str) {
        let name = normal(name);
        let Ok(tokens) = lexer::tokens(&name) else { return };
        let tokens: Box<[Box<str>]> = tokens
            .iter()
            .filter(|token| token.kind != TokenKind::End)
            .map(|token| token.text.into())
            .collect();
        let Some(first) = tokens.first() else { return };
        let known = self.by_first.entry(first.clone()).or_default();
        if known.iter().any(|other| other.tokens == tokens) {
            return;
        }
        known.push(Known {
            tokens,
            name: name.into(),
        });
        known.sort_by_key(|known| std::cmp::Reverse(known.tokens.len()));
    }

    pub fn extend(&mut self, other: &Names) {
        for known in other.by_first.values().flatten() {
            self.add(&known.name);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<str>> {
        self.by_first.values().flatten().map(|known| &known.name)
    }

    /// The longest known name at the front of `tokens`, and its length in tokens.
    pub(super) fn longest(&self, tokens: &[Token<'_>]) -> Option<(Arc<str>, usize)> {
        let known = self.by_first.get(tokens.first()?.text)?;
        let found = known.iter().find(|known| {
            tokens.len() > known.tokens.len() && known.tokens.iter().zip(tokens).all(|(a, b)| **a == *b.text)
        })?;
        Some((found.name.clone(), found.tokens.len()))
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Names {
        let mut set = Names::new();
        names.into_iter().for_each(|name| set.add(name));
        set
    }
}

/// The one spelling of the name these tokens are: a space where anything stood between two. Not the text as it stood,
/// in which a comment may hide that would end the line when it is read again.
pub(super) fn spelled(tokens: &[Token<'_>]) -> String {
    let mut out = String::new();
    let mut end = None;
    for token in tokens {
        if end.is_some_and(|end| end < token.start) {
            out.push(' ');
        }
        out.push_str(token.text);
        end = Some(token.end());
    }
    out
}

/// The one spelling of a name: trimmed, each run of white space one space.
pub(crate) fn normal(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}
