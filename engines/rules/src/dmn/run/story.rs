//! What an explanation tells of a decision table at work, as long as there is room for it.

use super::super::compile::{Table, TableRule, Tests};
use super::super::model::HitPolicy;
use crate::explain::{MAX_TRIED, RuleStep, TableStep, Trace, condition};
use crate::value::Value;
use std::sync::Arc;

pub(super) struct Story {
    step: TableStep,
    /// Rules listed that did not match.
    missed: usize,
    weight: usize,
    /// Rules and weight that the explanation still has room for.
    room: (usize, usize),
}

impl Story {
    pub fn new(table: &Table, inputs: &[Value], room: (usize, usize)) -> Story {
        let policy = HitPolicy::ALL.iter().find(|(policy, _)| *policy == table.hit_policy);
        let labels = table.inputs.iter().map(|input| input.label.clone());
        let step = TableStep {
            policy: policy.map_or("", |(_, name)| name),
            inputs: labels.zip(inputs.iter().cloned()).collect(),
            outputs: table.outputs.iter().map(|output| output.label.clone()).collect(),
            annotations: table.annotations.clone(),
            rules: table.rules.len(),
            tried: Vec::new(),
            unlisted: 0,
            unlisted_hits: 0,
        };
        Story {
            step,
            missed: 0,
            weight: weight_of(inputs),
            room,
        }
    }

    pub fn note(&mut self, at: usize, rule: &TableRule, failed: Option<(usize, bool)>, outputs: &[Value]) {
        let full = self.step.tried.len() >= self.room.0 || self.weight >= self.room.1;
        if failed.is_some() && (full || self.missed >= MAX_TRIED) {
            self.step.unlisted += 1;
            return;
        }
        if full {
            self.step.unlisted_hits += 1;
            return;
        }
        let annotations: Vec<Arc<str>> = match failed {
            None => rule.annotations.clone(),
            Some(_) => Vec::new(),
        };
        let texts = rule.tests.iter().map(|tests| &tests.text).chain(&annotations);
        let cells = texts.fold(0, |sum, text| sum + 1 + text.len() / 64);
        self.weight = self.weight.saturating_add(cells).saturating_add(weight_of(outputs));
        self.missed += usize::from(failed.is_some());
        self.step.tried.push(RuleStep {
            number: at + 1,
            id: rule.id.clone(),
            tests: rule.tests.iter().map(|tests| tests.text.clone()).collect(),
            failed: failed.map(|(column, _)| column),
            condition: failed.map_or(String::new(), |(column, _)| in_words(&rule.tests[column])),
            unknown: failed.is_some_and(|(_, unknown)| unknown),
            outputs: outputs.to_vec(),
            annotations,
        });
    }

    pub fn tell(self, trace: &mut Trace) {
        trace.table(self.step, self.weight);
    }
}

fn weight_of(values: &[Value]) -> usize {
    let weights = values.iter().map(Value::weight);
    weights.fold(0, |sum: usize, weight| sum.saturating_add(weight))
}

fn in_words(tests: &Tests) -> String {
    match &tests.parsed {
        Ok(parsed) => condition(parsed),
        Err(_) => tests.text.to_string(),
    }
}
