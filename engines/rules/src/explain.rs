//! How a result came about: a tree of steps, recorded while a model is evaluated.

mod record;
mod sentences;
mod words;

pub use record::{FORM, record};
pub use sentences::{Line, LineKind, lines, sentences};
pub(crate) use words::condition;

use crate::value::Value;
use std::sync::Arc;

/// What was evaluated, from what, to what.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub kind: StepKind,
    pub name: Arc<str>,
    /// The text of the expression, where the logic is one.
    pub text: Option<Arc<str>>,
    pub table: Option<TableStep>,
    pub steps: Vec<Step>,
    /// Steps below this one that are not listed, past [`MAX_STEPS`] or [`MAX_NESTED`].
    pub omitted: usize,
    pub value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    Input,
    Decision,
    Knowledge,
    Service,
    /// An entry of a boxed context.
    Entry,
}

/// A decision table at work.
#[derive(Clone, Debug, PartialEq)]
pub struct TableStep {
    /// Hit policy, in the words of the standard.
    pub policy: &'static str,
    pub inputs: Vec<(Arc<str>, Value)>,
    pub outputs: Vec<Arc<str>>,
    pub annotations: Vec<Arc<str>>,
    /// Rules in the table; those after the first match of a FIRST table are not tried.
    pub rules: usize,
    /// The rules tried, at most [`MAX_TRIED`] that did not match and all that did.
    pub tried: Vec<RuleStep>,
    /// Rules tried that did not match and are not listed.
    pub unlisted: usize,
    /// Rules that matched and are not listed, past [`MAX_RULES`].
    pub unlisted_hits: usize,
}

/// Rules that did not match and are listed nonetheless.
pub const MAX_TRIED: usize = 50;
/// Steps of one explanation, and how deep they stand in each other: nobody reads more, and a
/// knowledge model called in a loop must not fill the memory with its story.
pub const MAX_STEPS: usize = 5_000;
pub const MAX_NESTED: usize = 40;
/// Rules listed in one explanation, over all its tables.
pub const MAX_RULES: usize = 20_000;
/// Weight ([`Value::weight`]) of the values and cells told in one explanation; what is open when it
/// is reached is still told.
pub const MAX_WEIGHT: usize = 1_000_000;

#[derive(Clone, Debug, PartialEq)]
pub struct RuleStep {
    /// From 1.
    pub number: usize,
    pub id: Option<Arc<str>>,
    /// The texts of its input cells.
    pub tests: Vec<Arc<str>>,
    /// The first column (from 0) that did not hold; nothing if all did.
    pub failed: Option<usize>,
    /// The test of that column in words.
    pub condition: String,
    /// Whether the column failed because it could not be told.
    pub unknown: bool,
    pub outputs: Vec<Value>,
    pub annotations: Vec<Arc<str>>,
}

/// The recorder: the steps that are open, outermost first.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    open: Vec<Step>,
    pub(crate) done: Vec<Step>,
    steps: usize,
    rules: usize,
    weight: usize,
    /// Open steps within the innermost listed one that are themselves not listed.
    skipping: usize,
}

impl Trace {
    pub(crate) fn open(&mut self, kind: StepKind, name: &Arc<str>, text: Option<&Arc<str>>) {
        let full = self.steps >= MAX_STEPS || self.weight >= MAX_WEIGHT;
        if self.skipping > 0 || full || self.open.len() >= MAX_NESTED {
            self.skipping += 1;
            if let Some(step) = self.open.last_mut() {
                step.omitted += 1;
            }
            return;
        }
        self.steps += 1;
        self.open.push(Step {
            kind,
            name: name.clone(),
            text: text.cloned(),
            table: None,
            steps: Vec::new(),
            omitted: 0,
            value: Value::Null,
        });
    }

    pub(crate) fn close(&mut self, value: &Value) {
        if self.skipping > 0 {
            self.skipping -= 1;
        } else if let Some(mut step) = self.open.pop() {
            self.weight = self.weight.saturating_add(value.weight());
            step.value = value.clone();
            self.add(step);
        }
    }

    pub(crate) fn leaf(&mut self, kind: StepKind, name: &Arc<str>, value: &Value) {
        self.open(kind, name, None);
        self.close(value);
    }

    /// Whether what happens now is told.
    pub(crate) fn listens(&self) -> bool {
        self.skipping == 0
    }

    /// How many more rules a table may list, and their weight.
    pub(crate) fn left(&self) -> (usize, usize) {
        (
            MAX_RULES.saturating_sub(self.rules),
            MAX_WEIGHT.saturating_sub(self.weight),
        )
    }

    pub(crate) fn table(&mut self, table: TableStep, weight: usize) {
        self.rules += table.tried.len();
        self.weight = self.weight.saturating_add(weight);
        if let Some(step) = self.open.last_mut() {
            step.table = Some(table);
        }
    }

    fn add(&mut self, step: Step) {
        match self.open.last_mut() {
            Some(outer) => outer.steps.push(step),
            None => self.done.push(step),
        }
    }
}
