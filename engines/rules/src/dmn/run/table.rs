//! Decision tables at work: hit policies and aggregation (DMN 1.5, 8.2.10).

use super::super::compile::Table;
use super::super::compile::{TableOutput, TableRule};
use super::super::model::{Aggregation, HitPolicy};
use super::story::Story;
use crate::evaluate::{Evaluator, Scope};
use crate::number::Number;
use crate::value::{Context, Value, compare, equal};

/// The outputs of a rule that matched.
struct Hit {
    rule: usize,
    outputs: Vec<Value>,
}

impl Evaluator {
    pub(super) fn table(&mut self, table: &Table, scope: &Scope) -> Value {
        let mut inputs = Vec::with_capacity(table.inputs.len());
        for input in &table.inputs {
            let value = self.parsed(&input.expression, scope);
            let value = match self.coerced(&value, &input.declared) {
                Some(value) => value,
                None => {
                    let message = format!("“{}”应为 {}，值 {value} 不符", input.label, input.declared);
                    return self.null(Default::default(), message);
                }
            };
            if let Some(allowed) = &input.allowed
                && !value.is_null()
                && allowed.pass(self, &value, scope) == Some(false)
            {
                let message = format!("“{}”的值 {value} 不在允许的范围内", input.label);
                return self.null(Default::default(), message);
            }
            inputs.push(value);
        }
        let hits = self.hits(table, &inputs, scope);
        if self.stopped.is_some() {
            return Value::Null;
        }
        self.settle(table, hits, scope)
    }

    fn hits(&mut self, table: &Table, inputs: &[Value], scope: &Scope) -> Vec<Hit> {
        let listening = self.trace.as_ref().filter(|trace| trace.listens());
        let mut story = listening.map(|trace| Story::new(table, inputs, trace.left()));
        let mut hits = Vec::new();
        // An explanation tells of every rule; a result needs only those that may apply.
        let index = table.index.as_ref().filter(|_| story.is_none());
        let candidates = index.and_then(|index| index.candidates(inputs));
        let count = candidates.map_or(table.rules.len(), <[u32]>::len);
        for turn in 0..count {
            let at = candidates.map_or(turn, |rules| rules[turn] as usize);
            let rule = &table.rules[at];
            if !self.spend(1) {
                return hits;
            }
            let failed = self.failing(rule, inputs, scope);
            let mut outputs = Vec::new();
            if failed.is_none() {
                outputs = self.outputs(table, rule, scope);
            }
            if let Some(story) = &mut story {
                story.note(at, rule, failed, &outputs);
            }
            if failed.is_none() {
                hits.push(Hit { rule: at, outputs });
                if table.hit_policy == HitPolicy::First {
                    break;
                }
            }
        }
        if let (Some(trace), Some(story)) = (&mut self.trace, story) {
            story.tell(trace);
        }
        hits
    }

    /// The first column whose test does not hold, and whether it could not be told.
    fn failing(&mut self, rule: &TableRule, inputs: &[Value], scope: &Scope) -> Option<(usize, bool)> {
        for (column, (tests, input)) in rule.tests.iter().zip(inputs).enumerate() {
            let passed = tests.pass(self, input, scope);
            if passed != Some(true) {
                return Some((column, passed.is_none()));
            }
        }
        None
    }

    fn outputs(&mut self, table: &Table, rule: &TableRule, scope: &Scope) -> Vec<Value> {
        let mut outputs = Vec::with_capacity(rule.outputs.len());
        for (cell, output) in rule.outputs.iter().zip(&table.outputs) {
            let value = self.parsed(cell, scope);
            outputs.push(self.output(value, output, scope));
        }
        outputs
    }

    fn output(&mut self, value: Value, output: &TableOutput, scope: &Scope) -> Value {
        let value = self.returned(value, &output.declared);
        if let Some(allowed) = &output.allowed
            && !value.is_null()
            && allowed.pass(self, &value, scope) == Some(false)
        {
            let message = format!("“{}”的结果 {value} 不在允许的范围内", output.label);
            return self.null(Default::default(), message);
        }
        value
    }

    fn settle(&mut self, table: &Table, mut hits: Vec<Hit>, scope: &Scope) -> Value {
        if hits.is_empty() {
            return self.no_hit(table, scope);
        }
        match table.hit_policy {
            HitPolicy::Unique if hits.len() > 1 => {
                let rules: Vec<String> = hits.iter().map(|h| (h.rule + 1).to_string()).collect();
                let rules = rules.join("、");
                self.null(Default::default(), format!("唯一命中的表有多条规则同时成立：{rules}"))
            }
            HitPolicy::Any => {
                let first = &hits[0].outputs;
                let same = hits.iter().all(|hit| all_equal(first, &hit.outputs));
                if !same {
                    return self.null(Default::default(), "任一命中的表有结果不同的规则同时成立");
                }
                combined(table, hits.swap_remove(0).outputs)
            }
            HitPolicy::Unique | HitPolicy::First => combined(table, hits.swap_remove(0).outputs),
            HitPolicy::Priority => {
                self.prioritise(table, &mut hits, scope);
                combined(table, hits.swap_remove(0).outputs)
            }
            HitPolicy::OutputOrder => {
                self.prioritise(table, &mut hits, scope);
                self.all(table, hits)
            }
            HitPolicy::RuleOrder => self.all(table, hits),
            HitPolicy::Collect => match table.aggregation {
                None => self.all(table, hits),
                Some(aggregation) => self.aggregate(table, aggregation, hits),
            },
        }
    }

    fn all(&mut self, table: &Table, hits: Vec<Hit>) -> Value {
        let values = hits.into_iter().map(|hit| combined(table, hit.outputs)).collect();
        self.list(values)
    }

    fn no_hit(&mut self, table: &Table, scope: &Scope) -> Value {
        if table.outputs.iter().any(|output| output.default.is_some()) {
            let mut outputs = Vec::with_capacity(table.outputs.len());
            for output in &table.outputs {
                let value = match &output.default {
                    Some(default) => self.parsed(default, scope),
                    None => Value::Null,
                };
                outputs.push(self.output(value, output, scope));
            }
            return combined(table, outputs);
        }
        match (table.hit_policy, table.aggregation) {
            (HitPolicy::Collect, Some(Aggregation::Count)) => Value::Number(Number::ZERO),
            (HitPolicy::Collect | HitPolicy::RuleOrder | HitPolicy::OutputOrder, None) => Value::list(Vec::new()),
            _ => self.null(Default::default(), "没有一条规则成立"),
        }
    }

    /// Orders hits by the order of the allowed output values, the first output first.
    fn prioritise(&mut self, table: &Table, hits: &mut [Hit], scope: &Scope) {
        let priorities: Vec<Vec<Value>> = table
            .outputs
            .iter()
            .map(|output| self.priorities(output, scope))
            .collect();
        let rank = |hit: &Hit| -> Vec<usize> {
            let of = |(value, order): (&Value, &Vec<Value>)| {
                let found = order.iter().position(|known| equal(known, value) == Some(true));
                found.unwrap_or(usize::MAX)
            };
            hit.outputs.iter().zip(&priorities).map(of).collect()
        };
        hits.sort_by_key(rank);
    }

    fn priorities(&mut self, output: &TableOutput, scope: &Scope) -> Vec<Value> {
        use crate::feel::UnaryTests;
        match output.allowed.as_ref().map(|tests| &tests.parsed) {
            Some(Ok(UnaryTests::OneOf(tests))) => tests.iter().map(|test| self.evaluate(test, scope)).collect(),
            _ => Vec::new(),
        }
    }

    fn aggregate(&mut self, table: &Table, aggregation: Aggregation, hits: Vec<Hit>) -> Value {
        if aggregation == Aggregation::Count {
            return Value::Number(Number::from(hits.len()));
        }
        let columns = table.outputs.len();
        let mut results = Vec::with_capacity(columns);
        for column in 0..columns {
            let values: Vec<&Value> = hits.iter().map(|hit| &hit.outputs[column]).collect();
            match aggregated(aggregation, &values) {
                Some(value) => results.push(value),
                None => return self.null(Default::default(), "命中的结果不能汇总"),
            }
        }
        combined(table, results)
    }
}

fn aggregated(aggregation: Aggregation, values: &[&Value]) -> Option<Value> {
    let mut best = (*values.first()?).clone();
    if aggregation == Aggregation::Sum {
        let mut sum = Number::ZERO;
        for value in values {
            sum = sum.add(value.as_number()?)?;
        }
        return Some(Value::Number(sum));
    }
    for value in values {
        let order = compare(value, &best)?;
        let better = if aggregation == Aggregation::Min {
            order.is_lt()
        } else {
            order.is_gt()
        };
        if better {
            best = (*value).clone();
        }
    }
    Some(best)
}

/// One output is its value, several are a context.
fn combined(table: &Table, mut outputs: Vec<Value>) -> Value {
    if table.outputs.len() == 1 {
        return outputs.pop().unwrap_or_default();
    }
    let mut context = Context::new();
    for (output, value) in table.outputs.iter().zip(outputs) {
        let name = output.name.as_ref().unwrap_or(&output.label);
        context.set(name.clone(), value);
    }
    Value::context(context)
}

fn all_equal(a: &[Value], b: &[Value]) -> bool {
    a.iter().zip(b).all(|(a, b)| equal(a, b) == Some(true))
}
