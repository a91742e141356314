//! Three-valued logic, comparison, membership and the tests of decision tables.

use super::{Evaluator, Scope, WALK};
use crate::feel::UnaryTests;
use crate::feel::ast::{CompareOp, Expr, Kind};
use crate::value::{Value, compared, contains, equal};

impl Evaluator {
    pub(super) fn compare(
        &mut self,
        expression: &Expr,
        op: CompareOp,
        left: &Expr,
        right: &Expr,
        scope: &Scope,
    ) -> Value {
        let left = self.evaluate(left, scope);
        let right = self.evaluate(right, scope);
        self.spend(left.weight().min(right.weight()) / WALK);
        match compared(op, &left, &right) {
            Some(result) => Value::Boolean(result),
            None => {
                let message = format!("{}和{}不能比较（{op}）", left.kind(), right.kind());
                self.null(expression.span, message)
            }
        }
    }

    pub(super) fn and(&mut self, left: &Expr, right: &Expr, scope: &Scope) -> Value {
        let left = self.truth(left, scope);
        if left == Some(false) {
            return Value::Boolean(false);
        }
        match (left, self.truth(right, scope)) {
            (_, Some(false)) => Value::Boolean(false),
            (Some(true), Some(true)) => Value::Boolean(true),
            _ => Value::Null,
        }
    }

    pub(super) fn or(&mut self, left: &Expr, right: &Expr, scope: &Scope) -> Value {
        let left = self.truth(left, scope);
        if left == Some(true) {
            return Value::Boolean(true);
        }
        match (left, self.truth(right, scope)) {
            (_, Some(true)) => Value::Boolean(true),
            (Some(false), Some(false)) => Value::Boolean(false),
            _ => Value::Null,
        }
    }

    fn truth(&mut self, expression: &Expr, scope: &Scope) -> Option<bool> {
        match self.evaluate(expression, scope) {
            Value::Boolean(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn between(&mut self, parts: &[Expr; 3], scope: &Scope) -> Value {
        let value = self.evaluate(&parts[0], scope);
        let low = self.evaluate(&parts[1], scope);
        let high = self.evaluate(&parts[2], scope);
        let above = compared(CompareOp::LessOrEqual, &low, &value);
        let below = compared(CompareOp::LessOrEqual, &value, &high);
        match (above, below) {
            (Some(above), Some(below)) => Value::Boolean(above && below),
            _ => self.null(parts[0].span, "between 的三个值不能相互比较"),
        }
    }

    pub(super) fn is_in(&mut self, value: &Expr, tests: &[Expr], scope: &Scope) -> Value {
        let value = self.evaluate(value, scope);
        let inner = scope.with("?", value.clone());
        let mut unknown = false;
        for test in tests {
            match self.passes(test, &value, &inner) {
                Some(true) => return Value::Boolean(true),
                Some(false) => {}
                None => unknown = true,
            }
        }
        if unknown { Value::Null } else { Value::Boolean(false) }
    }

    /// Whether the input passes a cell. The scope must bind `?` to the input.
    pub(crate) fn passes_all(&mut self, tests: &UnaryTests, input: &Value, scope: &Scope) -> Option<bool> {
        let (tests, wanted) = match tests {
            UnaryTests::Any => return Some(true),
            UnaryTests::OneOf(tests) => (tests, true),
            UnaryTests::NoneOf(tests) => (tests, false),
        };
        let mut unknown = false;
        for test in tests {
            match self.passes(test, input, scope) {
                Some(true) => return Some(wanted),
                Some(false) => {}
                None => unknown = true,
            }
        }
        if unknown { None } else { Some(!wanted) }
    }

    /// Whether the input passes one test: it lies in a range, is in a list, equals a value, or the
    /// test speaks of `?` and is true.
    fn passes(&mut self, test: &Expr, input: &Value, scope: &Scope) -> Option<bool> {
        if let Kind::Comparison(op, end) = &test.kind {
            let end = self.evaluate(end, scope);
            return compared(*op, input, &end);
        }
        let result = self.evaluate(test, scope);
        if let Value::Boolean(result) = result
            && (test.mentions_input() || !matches!(input, Value::Boolean(_) | Value::Null))
        {
            return Some(result);
        }
        if result.is_null() && test.kind != Kind::Null && self.is_unknown(test) {
            return None;
        }
        self.spend(1 + result.weight() / WALK);
        matches(&result, input)
    }

    /// A test that came out null because something in it has no value, rather than one that asks
    /// for null by name.
    fn is_unknown(&self, test: &Expr) -> bool {
        !matches!(test.kind, Kind::Name(_) | Kind::Path(..))
    }
}

/// Whether `input` belongs to what a test came to.
pub(crate) fn matches(result: &Value, input: &Value) -> Option<bool> {
    match result {
        Value::Range(range) => match input {
            Value::Range(_) => equal(result, input),
            _ => contains(range, input),
        },
        Value::List(items) => {
            if equal(result, input) == Some(true) {
                return Some(true);
            }
            let among = |item: &Value| match item {
                Value::Range(range) if !matches!(input, Value::Range(_)) => contains(range, input) == Some(true),
                _ => equal(item, input) == Some(true),
            };
            Some(items.iter().any(among))
        }
        _ => equal(result, input),
    }
}
