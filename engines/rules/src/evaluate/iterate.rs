//! `for`, `some` and `every`.

use super::{Evaluator, Scope, WALK};
use crate::feel::ast::{Expr, Iteration, Quantifier, Span};
use crate::time::Date;
use crate::value::{List, Range, Value};
use std::ops::ControlFlow;
use std::sync::Arc;

impl Evaluator {
    /// The results of the body over every combination; `partial` holds those so far.
    pub(super) fn iterate(&mut self, iterations: &[Iteration], body: &Expr, scope: &Scope) -> Value {
        let mut results: Vec<Value> = Vec::new();
        let partial = uses_partial(body);
        let whole = self.combine(iterations, scope, &mut |evaluator, scope| {
            if results.len() >= evaluator.limits.list {
                evaluator.stop(super::Stopped::List);
                return ControlFlow::Break(());
            }
            if !partial {
                results.push(evaluator.evaluate(body, scope));
                return ControlFlow::Continue(());
            }
            let scope = evaluator.with_partial(&results, scope);
            let result = evaluator.evaluate(body, &scope);
            results.push(evaluator.shallow(result));
            ControlFlow::Continue(())
        });
        if whole { Value::list(results) } else { Value::Null }
    }

    /// Copying the results so far is work that grows with them.
    pub(crate) fn with_partial(&mut self, results: &[Value], scope: &Scope) -> Scope {
        self.spend(results.len());
        scope.with("partial", Value::list(results.to_vec()))
    }

    /// A result made of earlier ones nests one deeper each time; values nested without bound would
    /// take the stack of whoever walks them.
    pub(crate) fn shallow(&mut self, result: Value) -> Value {
        if !self.spend(result.weight() / WALK) || is_deeper(&result, MAX_NESTING) {
            self.stop(super::Stopped::Depth)
        } else {
            result
        }
    }

    pub(super) fn quantify(
        &mut self,
        quantifier: Quantifier,
        iterations: &[Iteration],
        body: &Expr,
        scope: &Scope,
    ) -> Value {
        let deciding = quantifier == Quantifier::Some;
        let mut result = Some(!deciding);
        let whole = self.combine(iterations, scope, &mut |evaluator, scope| {
            match evaluator.evaluate(body, scope) {
                Value::Boolean(value) if value == deciding => {
                    result = Some(deciding);
                    return ControlFlow::Break(());
                }
                Value::Boolean(_) => {}
                _ => result = None,
            }
            ControlFlow::Continue(())
        });
        if whole { result.into() } else { Value::Null }
    }

    /// Visits every combination, the last name changing fastest. False if a domain is no list.
    fn combine(
        &mut self,
        iterations: &[Iteration],
        scope: &Scope,
        visit: &mut dyn FnMut(&mut Evaluator, &Scope) -> ControlFlow<()>,
    ) -> bool {
        let mut known = true;
        let _ = self.combine_rest(iterations, scope, visit, &mut known);
        known && self.stopped.is_none()
    }

    fn combine_rest(
        &mut self,
        iterations: &[Iteration],
        scope: &Scope,
        visit: &mut dyn FnMut(&mut Evaluator, &Scope) -> ControlFlow<()>,
        known: &mut bool,
    ) -> ControlFlow<()> {
        let Some((iteration, rest)) = iterations.split_first() else {
            return visit(self, scope);
        };
        let Some(domain) = self.domain(iteration, scope) else {
            *known = false;
            return ControlFlow::Break(());
        };
        for value in domain.iter() {
            if self.stopped.is_some() {
                return ControlFlow::Break(());
            }
            let inner = scope.with(iteration.name.clone(), value.clone());
            self.combine_rest(rest, &inner, visit, known)?;
        }
        ControlFlow::Continue(())
    }

    fn domain(&mut self, iteration: &Iteration, scope: &Scope) -> Option<Arc<List>> {
        let low = self.evaluate(&iteration.domain, scope);
        let Some(high) = &iteration.high else {
            return self.elements(low, iteration.domain.span);
        };
        let high = self.evaluate(high, scope);
        self.counted(&low, &high, iteration.domain.span)
            .map(|items| Arc::new(items.into()))
    }

    /// What an iteration runs over: a list, the whole numbers or days of a range, or one value.
    pub(crate) fn elements(&mut self, value: Value, span: Span) -> Option<Arc<List>> {
        match value {
            Value::List(items) => Some(items),
            Value::Null => {
                self.null(span, "没有可以逐一处理的列表");
                None
            }
            Value::Range(range) => self.range_elements(&range, span).map(|items| Arc::new(items.into())),
            single => Some(Arc::new(vec![single].into())),
        }
    }

    fn range_elements(&mut self, range: &Range, span: Span) -> Option<Vec<Value>> {
        let mut items = self.counted(&range.low, &range.high, span)?;
        if !range.low_included && !items.is_empty() {
            items.remove(0);
        }
        if !range.high_included && items.last() == Some(&range.high) {
            items.pop();
        }
        Some(items)
    }

    /// `low..high`, upwards or downwards, by one or by one day.
    fn counted(&mut self, low: &Value, high: &Value, span: Span) -> Option<Vec<Value>> {
        let ends = match (low, high) {
            (Value::Number(low), Value::Number(high)) => low.to_i64().zip(high.to_i64()),
            (Value::Date(low), Value::Date(high)) => Some((low.epoch_day(), high.epoch_day())),
            _ => None,
        };
        let Some((from, to)) = ends else {
            self.null(span, format!("不能从{}数到{}", low.kind(), high.kind()));
            return None;
        };
        let count = usize::try_from(from.abs_diff(to))
            .unwrap_or(usize::MAX)
            .saturating_add(1);
        if count > self.limits.list || !self.spend(count) {
            self.stop(super::Stopped::List);
            return None;
        }
        let step = if from <= to { 1 } else { -1 };
        (0..count as i64).map(|n| at(low, from + n * step)).collect()
    }
}

fn at(low: &Value, position: i64) -> Option<Value> {
    match low {
        Value::Number(_) => Some(position.into()),
        Value::Date(_) => Date::from_epoch_day(position).map(Value::Date),
        _ => None,
    }
}

/// Deepest nesting of a value that an iteration may build on its earlier results.
const MAX_NESTING: usize = 100;

fn is_deeper(value: &Value, limit: usize) -> bool {
    let deeper = |inner: &Value| limit == 0 || is_deeper(inner, limit - 1);
    match value {
        Value::List(items) => items.iter().any(deeper),
        Value::Context(context) => context.iter().any(|(_, inner)| deeper(inner)),
        _ => false,
    }
}

/// Whether an iteration's body speaks of its results so far.
pub(crate) fn uses_partial(body: &Expr) -> bool {
    if let crate::feel::Kind::Name(name) = &body.kind {
        return &**name == "partial";
    }
    let mut found = false;
    body.kind.each_part(&mut |part| found = found || uses_partial(part));
    found
}
