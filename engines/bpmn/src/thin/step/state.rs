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
    /// Waits at a joining gateway, having come by this flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    via: Option<String>,
}

impl State {
    /// Total: an event about an unknown token changes no token.
    pub fn apply(&mut self, event: &FlowEvent) {
        match event {
            FlowEvent::TokenEntered { token, element } | FlowEvent::TokenCreated { token, element } => {
                self.enter(*token, element)
            }
            FlowEvent::TokenWaiting { token, flow, .. } => {
                if let Some(token) = self.token(*token) {
                    token.via = Some(flow.clone());
                }
            }
            FlowEvent::TokensJoined { tokens, into, .. } => {
                self.tokens.retain(|t| t.id == *into || !tokens.contains(&t.id));
                if let Some(token) = self.token(*into) {
                    token.via = None;
                }
            }
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

    /// Tokens that wait at joining gateways: token, gateway, flow it came by.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (TokenId, &str, &str)> {
        let waiting = |token: &'_ Token| token.via.is_some();
        let tokens = self.tokens.iter().filter(move |token| waiting(token));
        tokens.map(|t| (t.id, t.at.as_str(), t.via.as_deref().unwrap_or_default()))
    }

    /// Where the tokens are, whichever they are: equal places have equal futures.
    pub(crate) fn places(&self) -> Vec<(String, Option<String>)> {
        let tokens = self.tokens.iter();
        let mut places: Vec<_> = tokens.map(|t| (t.at.clone(), t.via.clone())).collect();
        places.sort_unstable();
        places
    }

    pub(crate) fn forget_visited(&mut self) {
        self.visited.clear();
    }

    pub(super) fn next_token(&self) -> TokenId {
        TokenId(self.next)
    }

    fn enter(&mut self, id: TokenId, element: &str) {
        self.next = self.next.max(id.0.saturating_add(1));
        self.visit(element);
        match self.token(id) {
            Some(token) => {
                token.at = element.to_owned();
                token.open = false;
                token.via = None;
            }
            None => self.tokens.push(Token {
                id,
                at: element.to_owned(),
                open: false,
                via: None,
            }),
        }
    }

    fn visit(&mut self, id: &str) {
        if !self.visited.contains(id) {
            self.visited.insert(id.to_owned());
        }
    }

    fn set_open(&mut self, id: TokenId, open: bool) {
        if let Some(token) = self.token(id) {
            token.open = open;
        }
    }

    fn token(&mut self, id: TokenId) -> Option<&mut Token> {
        self.tokens.iter_mut().find(|token| token.id == id)
    }
}
