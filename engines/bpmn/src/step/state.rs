//! The state of an instance: the fold of its events. It never calls the model, so that replay asks nobody.
//!
//! Invariants: token ids are unique and below `next`; an ended instance has no token.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::event::{FlowEvent, TokenId};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    tokens: Vec<Token>,
    /// The next token's number; 0 before the start.
    next: u32,
    /// Ids of elements entered and flows taken, for drawings.
    visited: BTreeSet<String>,
    ended: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Token {
    id: TokenId,
    at: String,
    /// Rests on a task that is offered to people.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    open: bool,
}

impl State {
    /// Total: an event about an unknown token changes no token.
    pub fn apply(&mut self, event: &FlowEvent) {
        match event {
            FlowEvent::TokenEntered { token, element } => self.enter(*token, element),
            FlowEvent::TaskOffered { token, .. } => self.set_open(*token, true),
            FlowEvent::TaskCompleted { token, .. } => self.set_open(*token, false),
            FlowEvent::FlowTaken { flow } => self.visit(flow),
            FlowEvent::TokenConsumed { token, .. } => self.tokens.retain(|t| t.id != *token),
            FlowEvent::TokensCancelled { tokens } => {
                self.tokens.retain(|t| !tokens.contains(&t.id));
            }
            FlowEvent::ProcessEnded { end } => {
                if let Some(end) = end {
                    self.visit(end);
                }
                self.tokens.clear();
                self.ended = true;
            }
        }
    }

    /// Tasks waiting for people, oldest token first.
    pub fn open_tasks(&self) -> impl Iterator<Item = (TokenId, &str)> {
        let open = self.tokens.iter().filter(|token| token.open);
        open.map(|token| (token.id, token.at.as_str()))
    }

    pub fn started(&self) -> bool {
        self.next > 0
    }

    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Ids of elements entered and flows taken so far, sorted.
    pub fn visited(&self) -> impl Iterator<Item = &str> {
        self.visited.iter().map(String::as_str)
    }

    /// All tokens with the element each is at.
    pub fn tokens(&self) -> impl Iterator<Item = (TokenId, &str)> {
        self.tokens.iter().map(|token| (token.id, token.at.as_str()))
    }

    pub(super) fn next_token(&self) -> TokenId {
        TokenId(self.next)
    }

    fn enter(&mut self, id: TokenId, element: &str) {
        self.next = self.next.max(id.0.saturating_add(1));
        self.visit(element);
        match self.tokens.iter_mut().find(|token| token.id == id) {
            Some(token) => {
                token.at = element.to_owned();
                token.open = false;
            }
            None => self.tokens.push(Token {
                id,
                at: element.to_owned(),
                open: false,
            }),
        }
    }

    fn visit(&mut self, id: &str) {
        if !self.visited.contains(id) {
            self.visited.insert(id.to_owned());
        }
    }

    fn set_open(&mut self, id: TokenId, open: bool) {
        if let Some(token) = self.tokens.iter_mut().find(|token| token.id == id) {
            token.open = open;
        }
    }
}
