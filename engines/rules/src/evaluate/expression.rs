//! One arm for each kind of expression.

use super::{Evaluator, Scope};
use crate::builtins;
use crate::feel::ast::{CompareOp, Entry, Expr, Kind, RangeExpr};
use crate::value::{Context, Function, Range, Value};
use std::sync::Arc;

impl Evaluator {
    pub(super) fn expression(&mut self, expression: &Expr, scope: &Scope) -> Value {
        match &expression.kind {
            Kind::Null => Value::Null,
            Kind::Boolean(value) => Value::Boolean(*value),
            Kind::Number(value) => Value::Number(*value),
            Kind::String(value) => Value::String(value.clone()),
            Kind::At(text, Value::Null) => self.null(expression.span, format!("“{text}”不是日期、时间或时长")),
            Kind::At(_, value) => value.clone(),
            Kind::Name(name) => self.name(name, expression, scope),
            Kind::List(items) => self.items(items, scope),
            Kind::Context(entries) => self.entries(entries, scope),
            Kind::Range(range) => self.range(expression, range, scope),
            Kind::Comparison(op, value) => self.half_range(expression, *op, value, scope),
            Kind::Negate(value) => self.negate(expression, value, scope),
            Kind::Arithmetic(op, left, right) => self.arithmetic(expression, *op, left, right, scope),
            Kind::Compare(op, left, right) => self.compare(expression, *op, left, right, scope),
            Kind::And(left, right) => self.and(left, right, scope),
            Kind::Or(left, right) => self.or(left, right, scope),
            Kind::Between(parts) => self.between(parts, scope),
            Kind::In(value, tests) => self.is_in(value, tests, scope),
            Kind::InstanceOf(value, kind) => self.instance_of(value, kind, scope),
            Kind::If(parts) => self.condition(parts, scope),
            Kind::For(iterations, body) => self.iterate(iterations, body, scope),
            Kind::Quantified(quantifier, iterations, body) => self.quantify(*quantifier, iterations, body, scope),
            Kind::Path(value, name) => self.path(expression, value, name, scope),
            Kind::Filter(value, condition) => self.filter(expression, value, condition, scope),
            Kind::Call(function, arguments) => self.call(expression, function, arguments, scope),
            Kind::Function(function) => Value::Function(Function::Literal(function.clone(), scope.clone())),
        }
    }

    fn name(&mut self, name: &Arc<str>, expression: &Expr, scope: &Scope) -> Value {
        if let Some(value) = scope.get(name) {
            return value.clone();
        }
        if let Some(built_in) = builtins::find(name).or_else(|| self.extensions.find(name)) {
            return Value::Function(Function::BuiltIn(built_in));
        }
        self.null(expression.span, format!("没有名为“{name}”的值"))
    }

    fn items(&mut self, items: &[Expr], scope: &Scope) -> Value {
        let values = items.iter().map(|item| self.evaluate(item, scope)).collect();
        self.list(values)
    }

    /// Each entry sees the ones before it. A name given twice makes the whole null.
    fn entries(&mut self, entries: &[Entry], scope: &Scope) -> Value {
        let mut context = Context::new();
        let mut inner = scope.clone();
        for entry in entries {
            let value = self.evaluate(&entry.value, &inner);
            if context.get(&entry.key).is_some() {
                return self.null(entry.value.span, format!("名称“{}”重复", entry.key));
            }
            inner = inner.with(entry.key.clone(), value.clone());
            context.set(entry.key.clone(), value);
        }
        Value::context(context)
    }

    fn range(&mut self, expression: &Expr, range: &RangeExpr, scope: &Scope) -> Value {
        let low = self.evaluate(&range.low, scope);
        let high = self.evaluate(&range.high, scope);
        if !builtins::are_ends(&low, &high) {
            let message = format!("{}和{}不能作为一个区间的两端", low.kind(), high.kind());
            return self.null(expression.span, message);
        }
        if crate::value::compare(&low, &high).is_some_and(std::cmp::Ordering::is_gt) {
            return self.null(expression.span, format!("区间的下限 {low} 大于上限 {high}"));
        }
        Value::range(Range {
            low_included: range.low_included,
            high_included: range.high_included,
            low,
            high,
            comparison: None,
        })
    }

    fn half_range(&mut self, expression: &Expr, op: CompareOp, value: &Expr, scope: &Scope) -> Value {
        let end = self.evaluate(value, scope);
        let ordered = crate::value::compare(&end, &end).is_some();
        if !ordered && !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
            return self.null(expression.span, format!("{}不能比较大小", end.kind()));
        }
        let included = !matches!(op, CompareOp::Less | CompareOp::Greater);
        let (low, high) = match op {
            CompareOp::Less | CompareOp::LessOrEqual => (Value::Null, end),
            CompareOp::Greater | CompareOp::GreaterOrEqual => (end, Value::Null),
            CompareOp::Equal | CompareOp::NotEqual => (end.clone(), end),
        };
        let single = matches!(op, CompareOp::Equal | CompareOp::NotEqual);
        Value::range(Range {
            low_included: included && (single || !low.is_null()),
            high_included: included && (single || !high.is_null()),
            low,
            high,
            comparison: Some(op),
        })
    }

    fn condition(&mut self, parts: &[Expr; 3], scope: &Scope) -> Value {
        let chosen = if self.evaluate(&parts[0], scope).is_true() {
            1
        } else {
            2
        };
        self.evaluate(&parts[chosen], scope)
    }
}
