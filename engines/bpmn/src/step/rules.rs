//! What the engine asks others: values of expressions, decisions, working days.
//!
//! A trait keeps this engine alone, as engines must be: FEEL and DMN live in the rules engine, and whoever runs a flow
//! brings both together.

use serde_json::{Map, Value};

use crate::model::Moment;

/// Names and values seen from one place, innermost first.
#[derive(Debug, Default)]
pub struct Variables<'a> {
    pub(super) layers: Vec<&'a Map<String, Value>>,
    pub(super) extras: Map<String, Value>,
}

impl Variables<'_> {
    pub fn get(&self, name: &str) -> Option<&Value> {
        let outer = || self.layers.iter().find_map(|layer| layer.get(name));
        self.extras.get(name).or_else(outer)
    }

    /// Every visible name once.
    pub fn visible(&self) -> Map<String, Value> {
        let mut all = Map::new();
        for layer in self.layers.iter().rev() {
            all.extend(layer.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        all.extend(self.extras.iter().map(|(name, value)| (name.clone(), value.clone())));
        all
    }
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoValue {
    /// It is readable, but came to nothing: a name has no value yet, or kinds do not fit.
    pub null: bool,
    /// Chinese sentence.
    pub why: String,
}

/// What a decision came to, and how: for the record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ruling {
    pub value: Value,
    /// What it went by, by name.
    pub inputs: Map<String, Value>,
    /// How the value came about, sentence by sentence.
    pub because: Vec<String>,
    /// Hash of the rules that were asked.
    pub rules: String,
}

impl From<Value> for Ruling {
    fn from(value: Value) -> Ruling {
        Ruling {
            value,
            ..Ruling::default()
        }
    }
}

pub trait Rules {
    /// The value of a FEEL expression.
    ///
    /// # Errors
    /// Why it has none.
    fn evaluate(&self, text: &str, variables: &Variables<'_>) -> Result<Value, NoValue>;

    /// The result of a DMN decision.
    ///
    /// # Errors
    /// A Chinese sentence: why there is none.
    fn decide(&self, decision: &str, variables: &Variables<'_>) -> Result<Ruling, String> {
        let _ = variables;
        Err(format!("没有接入决策“{decision}”"))
    }

    /// The end of the period of that many working days from a moment.
    fn working_days(&self, from: Moment, days: u32) -> Option<Moment> {
        let _ = (from, days);
        None
    }

    /// The answer to a condition in another language; none: it cannot be answered.
    fn foreign_condition(&self, element: &str, language: &str, text: &str) -> Option<bool> {
        let _ = (element, language, text);
        None
    }

    /// Scripts and services in other languages count as done.
    fn foreign_work_is_done(&self) -> bool {
        false
    }

    /// Calls that another body answers run there, not here; they wait until its opinion completes them.
    fn hands_over(&self) -> bool {
        false
    }

    /// For a prover: which of `ways` a choice takes, instead of asking the data. None: ask.
    fn guess(&self, ways: u32) -> Option<u32> {
        let _ = ways;
        None
    }

    /// Times, values and cardinalities do not count; every choice is guessed.
    fn proving(&self) -> bool {
        false
    }
}

/// Knows no expression but the closed form on outcomes: enough for flows that branch on nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct OutcomesOnly;

impl Rules for OutcomesOnly {
    fn evaluate(&self, text: &str, _: &Variables<'_>) -> Result<Value, NoValue> {
        Err(NoValue {
            null: false,
            why: format!("没有接入规则引擎，不能计算“{text}”"),
        })
    }
}
