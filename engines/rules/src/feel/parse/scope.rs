//! Putting names together from tokens.

use super::super::lexer::TokenKind;
use super::super::names::spelled;
use super::super::{Names, SyntaxError};
use super::{KEYWORDS, Parser};
use std::sync::{Arc, LazyLock};

/// Names of built-in functions and components that hold more than one word.
static BUILT_IN: LazyLock<Names> = LazyLock::new(|| crate::builtins::names().collect());
static BUILT_IN_FIELDS: LazyLock<Names> =
    LazyLock::new(|| ["time offset", "start included", "end included"].into_iter().collect());

impl Parser<'_> {
    pub(super) fn bind(&mut self, name: &str) {
        if let Some(innermost) = self.locals.last_mut() {
            innermost.add(name);
        }
    }

    /// The longest name in scope at this place.
    pub(super) fn known_name(&mut self) -> Option<Arc<str>> {
        let rest = &self.tokens[self.at..];
        let mut best: Option<(Arc<str>, usize)> = None;
        let mut offer = |found: Option<(Arc<str>, usize)>| {
            if let Some((name, length)) = found
                && best.as_ref().is_none_or(|(_, longest)| length > *longest)
            {
                best = Some((name, length));
            }
        };
        self.locals.iter().rev().for_each(|names| offer(names.longest(rest)));
        offer(self.variables.longest(rest));
        offer(BUILT_IN.longest(rest));
        if self.filters > 0 {
            offer(self.fields.longest(rest));
            offer(self.keys.longest(rest));
        } else {
            offer(self.fields.longest(rest).filter(|found| self.words_only(found.1)));
        }
        // A literal or keyword is no name unless it begins a longer one.
        let (name, length) = best?;
        let reserved = ["null", "true", "false", "if", "for", "some", "every", "function"];
        if length == 1 && reserved.contains(&&*name) {
            return None;
        }
        self.at += length;
        Some(name)
    }

    /// Outside filters a field is only taken for a name if it could be nothing else.
    fn words_only(&self, length: usize) -> bool {
        self.tokens[self.at..self.at + length]
            .iter()
            .all(|token| token.kind == TokenKind::Word)
    }

    /// A name nobody announced: all the words in a row.
    pub(super) fn unknown_name(&mut self) -> Arc<str> {
        let start = self.at;
        self.at += 1;
        while self.peek().kind == TokenKind::Word && !KEYWORDS.contains(&self.peek().text) && self.peek().text != "?" {
            self.at += 1;
        }
        self.slice(start)
    }

    /// The component after a point.
    pub(super) fn field_name(&mut self) -> Result<Arc<str>, SyntaxError> {
        if self.peek().kind != TokenKind::Word {
            return self.error("点号之后应为名称");
        }
        let rest = &self.tokens[self.at..];
        let found = [&self.keys, self.fields, self.variables, &BUILT_IN_FIELDS]
            .into_iter()
            .filter_map(|names| names.longest(rest))
            .max_by_key(|(_, length)| *length);
        match found {
            Some((name, length)) => {
                self.at += length;
                Ok(name)
            }
            None => Ok(self.unknown_name()),
        }
    }

    /// A new name, up to (and without) one of the given tokens.
    pub(super) fn name_until(&mut self, ends: &[&str]) -> Result<Arc<str>, SyntaxError> {
        let start = self.at;
        loop {
            let token = self.peek();
            if token.kind == TokenKind::End {
                return self.error(format!("名称之后缺少 {}", ends[0]));
            }
            if self.at > start && ends.contains(&token.text) {
                return Ok(self.slice(start));
            }
            let odd = token.kind == TokenKind::String || "()[]{},:<>=!@".contains(token.text);
            if odd || (self.at == start && token.kind != TokenKind::Word) {
                return self.error(format!("“{}”不能用在名称中", token.text));
            }
            self.at += 1;
        }
    }

    fn slice(&self, start: usize) -> Arc<str> {
        spelled(&self.tokens[start..self.at]).into()
    }
}
