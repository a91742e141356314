//! Names and their values, innermost first. Scopes are shared, never changed: a function literal
//! keeps the one it was written in.

use crate::value::{Context, Value};
use std::sync::Arc;

#[derive(Clone, Debug, Default)]
pub struct Scope(Option<Arc<Frame>>);

#[derive(Debug)]
struct Frame {
    bound: Bound,
    outer: Scope,
}

#[derive(Debug)]
enum Bound {
    Name(Arc<str>, Value),
    Names(Vec<(Arc<str>, Value)>),
    Entries(Arc<Context>),
}

/// Frames are let go one by one: a long chain of them must not take the stack.
impl Drop for Frame {
    fn drop(&mut self) {
        let mut outer = self.outer.0.take();
        while let Some(mut frame) = outer.and_then(Arc::into_inner) {
            outer = frame.outer.0.take();
        }
    }
}

impl Scope {
    pub fn new() -> Scope {
        Scope::default()
    }

    pub fn with(&self, name: impl Into<Arc<str>>, value: Value) -> Scope {
        self.push(Bound::Name(name.into(), value))
    }

    pub fn with_all(&self, names: Vec<(Arc<str>, Value)>) -> Scope {
        self.push(Bound::Names(names))
    }

    /// The entries of a context as names.
    pub fn with_entries(&self, context: &Arc<Context>) -> Scope {
        self.push(Bound::Entries(context.clone()))
    }

    fn push(&self, bound: Bound) -> Scope {
        Scope(Some(Arc::new(Frame {
            bound,
            outer: self.clone(),
        })))
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut scope = self;
        while let Some(frame) = &scope.0 {
            let found = match &frame.bound {
                Bound::Name(bound, value) => (**bound == *name).then_some(value),
                Bound::Names(names) => names.iter().find(|(bound, _)| **bound == *name).map(|(_, value)| value),
                Bound::Entries(context) => context.get(name),
            };
            if found.is_some() {
                return found;
            }
            scope = &frame.outer;
        }
        None
    }
}
