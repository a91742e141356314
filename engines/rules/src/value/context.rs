//! Contexts: entries in the order in which they were written.

use super::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// From this many entries on, an index finds them.
const INDEXED: usize = 12;

#[derive(Clone, Debug, Default)]
pub struct Context {
    entries: Vec<(Arc<str>, Value)>,
    index: HashMap<Arc<str>, usize>,
    /// Of all entries.
    weight: usize,
}

impl Context {
    pub fn new() -> Context {
        Context::default()
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.position(name).map(|at| &self.entries[at].1)
    }

    fn position(&self, name: &str) -> Option<usize> {
        if self.index.is_empty() {
            return self.entries.iter().position(|(key, _)| **key == *name);
        }
        self.index.get(name).copied()
    }

    /// Sets an entry, in its old place if it exists.
    pub fn set(&mut self, name: impl Into<Arc<str>>, value: Value) {
        let name = name.into();
        match self.position(&name) {
            Some(at) => {
                let old = std::mem::replace(&mut self.entries[at].1, value);
                let new = self.entries[at].1.weight();
                // What saturated once stays at its bound: too heavy anyway.
                self.weight = self.weight.saturating_add(new).saturating_sub(old.weight());
            }
            None => {
                let added = super::text_weight(&name).saturating_add(value.weight());
                self.weight = self.weight.saturating_add(added);
                self.entries.push((name, value));
                self.reindex();
            }
        }
    }

    fn reindex(&mut self) {
        if self.entries.len() < INDEXED {
            return;
        }
        let known = self.index.len();
        for (at, (name, _)) in self.entries.iter().enumerate().skip(known) {
            self.index.insert(name.clone(), at);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        self.entries.iter().map(|(name, value)| (name, value))
    }

    pub(super) fn weight(&self) -> usize {
        self.weight.saturating_add(1)
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The same entries, in any order.
impl PartialEq for Context {
    fn eq(&self, other: &Context) -> bool {
        self.len() == other.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}

impl<N: Into<Arc<str>>> FromIterator<(N, Value)> for Context {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(entries: I) -> Context {
        let mut context = Context::new();
        entries.into_iter().for_each(|(name, value)| context.set(name, value));
        context
    }
}
