//! Tree → value. Evaluation is total: what has no value is null, and a diagnostic says where and
//! why. Steps, depth and sizes are bounded; past a bound everything is null and
//! [`Evaluator::stopped`] says which.

mod arithmetic;
mod expression;
mod filter;
mod instance;
mod invoke;
mod iterate;
mod logic;
mod path;
mod scope;

pub use invoke::Callable;
pub(crate) use iterate::uses_partial;
pub(crate) use logic::matches;
pub use scope::Scope;

use crate::explain::Trace;
use crate::extension::Extensions;
use crate::feel::ast::{Expr, Span};
use crate::time::DateTime;
use crate::value::Value;
use std::fmt::Debug;
use std::sync::{Arc, LazyLock};

/// How much one evaluation may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Parts of expressions visited, plus elements looked at by built-in functions.
    pub steps: u64,
    /// Nested evaluations, counted over function calls.
    pub depth: u32,
    /// Elements of a list, entries of a context.
    pub list: usize,
    /// Bytes of a string.
    pub text: usize,
    /// Weight of one value with all its parts ([`Value::weight`]).
    pub weight: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            steps: 5_000_000,
            depth: 450,
            list: 200_000,
            text: 2_000_000,
            weight: 1_000_000,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    #[error("求值步数超过上限")]
    Steps,
    #[error("求值嵌套过深")]
    Depth,
    #[error("列表过长")]
    List,
    #[error("文字过长")]
    Text,
    #[error("值所含的内容过多")]
    Weight,
}

/// Weight that is walked through (printed, compared, copied) in one step.
pub(crate) const WALK: usize = 8;

/// Why something became null.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// The decision, knowledge model or service in whose logic it happened; empty for a bare
    /// expression.
    pub place: Arc<str>,
    pub span: Span,
    pub message: String,
}

impl Diagnostic {
    /// The message with where it happened: in the named logic, or, for a bare expression, at a line
    /// and column of its text.
    pub fn sentence(&self, text: &str) -> String {
        if self.place.is_empty() {
            crate::feel::SyntaxError::at(text, self.span.start as usize, &self.message).to_string()
        } else {
            format!("“{}”：{}", self.place, self.message)
        }
    }
}

/// Item definitions as `instance of` and function parameters see them.
pub trait NamedTypes: Debug + Send + Sync {
    /// Whether the value belongs to the type, with or without its allowed values and constraints;
    /// nothing if there is no such type.
    fn conforms(&self, evaluator: &mut Evaluator, value: &Value, name: &str, constraints: bool) -> Option<bool>;
}

static NOWHERE: LazyLock<Arc<str>> = LazyLock::new(|| "".into());
static NO_EXTENSIONS: LazyLock<Arc<Extensions>> = LazyLock::new(Arc::default);

/// Diagnostics kept; the rest is only counted by their absence.
const MAX_DIAGNOSTICS: usize = 200;

/// One evaluation: its limits, what it has used, and what it has to say.
#[derive(Debug)]
pub struct Evaluator {
    pub limits: Limits,
    /// The moment that `now()` and `today()` mean; without one they are null.
    pub now: Option<DateTime>,
    pub diagnostics: Vec<Diagnostic>,
    pub stopped: Option<Stopped>,
    /// Where a diagnostic happens.
    pub(crate) place: Arc<str>,
    pub(crate) types: Option<Arc<dyn NamedTypes>>,
    pub(crate) extensions: Arc<Extensions>,
    /// Records how results come about, if wanted.
    pub(crate) trace: Option<Trace>,
    steps: u64,
    depth: u32,
}

impl Default for Evaluator {
    fn default() -> Evaluator {
        Evaluator::new(Limits::default())
    }
}

impl Evaluator {
    pub fn new(limits: Limits) -> Evaluator {
        Evaluator {
            limits,
            now: None,
            diagnostics: Vec::new(),
            stopped: None,
            place: NOWHERE.clone(),
            types: None,
            extensions: NO_EXTENSIONS.clone(),
            trace: None,
            steps: 0,
            depth: 0,
        }
    }

    pub fn at(mut self, now: DateTime) -> Evaluator {
        self.now = Some(now);
        self
    }

    /// With functions beyond the standard. A name of the standard or of the context wins over them.
    pub fn with_extensions(mut self, extensions: Arc<Extensions>) -> Evaluator {
        self.extensions = extensions;
        self
    }

    pub fn evaluate(&mut self, expression: &Expr, scope: &Scope) -> Value {
        if self.stopped.is_some() {
            return Value::Null;
        }
        self.steps += 1;
        if self.steps > self.limits.steps {
            return self.stop(Stopped::Steps);
        }
        if self.depth >= self.limits.depth {
            return self.stop(Stopped::Depth);
        }
        self.depth += 1;
        let value = self.expression(expression, scope);
        self.depth -= 1;
        self.bounded(value)
    }

    /// The value, unless it is too heavy for whoever walks through it.
    #[inline]
    pub(crate) fn bounded(&mut self, value: Value) -> Value {
        if value.weight() > self.limits.weight {
            self.stop(Stopped::Weight)
        } else {
            value
        }
    }

    /// Steps used so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Accounts for work on `count` elements.
    pub(crate) fn spend(&mut self, count: usize) -> bool {
        self.steps = self.steps.saturating_add(count as u64);
        if self.steps > self.limits.steps {
            self.stop(Stopped::Steps);
        }
        self.stopped.is_none()
    }

    pub(crate) fn stop(&mut self, reason: Stopped) -> Value {
        self.stopped.get_or_insert(reason);
        Value::Null
    }

    /// A list, unless it is too long.
    pub(crate) fn list(&mut self, items: Vec<Value>) -> Value {
        if items.len() > self.limits.list {
            self.stop(Stopped::List)
        } else {
            Value::list(items)
        }
    }

    /// A string, unless it is too long.
    pub(crate) fn text(&mut self, text: String) -> Value {
        if text.len() > self.limits.text {
            self.stop(Stopped::Text)
        } else if !self.spend(text.len() / 512) {
            Value::Null
        } else {
            Value::string(text)
        }
    }

    /// Null, and why.
    pub(crate) fn null(&mut self, span: Span, message: impl Into<String>) -> Value {
        if self.diagnostics.len() < MAX_DIAGNOSTICS && self.stopped.is_none() {
            let place = self.place.clone();
            self.diagnostics.push(Diagnostic {
                place,
                span,
                message: message.into(),
            });
        }
        Value::Null
    }

    /// Runs `inner` with diagnostics placed at `place`, one level deeper.
    pub(crate) fn within<T: Default>(&mut self, place: &Arc<str>, inner: impl FnOnce(&mut Evaluator) -> T) -> T {
        if self.depth >= self.limits.depth {
            self.stop(Stopped::Depth);
            return T::default();
        }
        let outer = std::mem::replace(&mut self.place, place.clone());
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        self.place = outer;
        result
    }
}
