//! `list[condition]` and `list[index]`.

use super::{Evaluator, Scope};
use crate::feel::ast::{Expr, Kind};
use crate::value::Value;

impl Evaluator {
    /// A number picks an element (from the end if negative); a condition keeps the elements for
    /// which it is true, seeing each as `item` and its entries by their names.
    pub(super) fn filter(&mut self, expression: &Expr, value: &Expr, condition: &Expr, scope: &Scope) -> Value {
        let value = self.evaluate(value, scope);
        self.filtered(expression, &value, condition, scope)
    }

    pub(crate) fn filtered(&mut self, expression: &Expr, value: &Value, condition: &Expr, scope: &Scope) -> Value {
        let single;
        let items: &[Value] = match value {
            Value::List(items) => items,
            Value::Null => &[],
            other => {
                single = [other.clone()];
                &single
            }
        };
        if let Kind::Number(index) = &condition.kind {
            return self.picked(expression, items, Value::Number(*index));
        }
        let Some(first) = items.first() else {
            let index = self.evaluate(condition, scope);
            return match index {
                Value::Number(_) => self.picked(expression, items, index),
                _ => Value::list(Vec::new()),
            };
        };
        let decided = self.evaluate(condition, &item_scope(first, scope));
        if matches!(decided, Value::Number(_)) {
            return self.picked(expression, items, decided);
        }
        let mut kept = Vec::new();
        let mut decided = Some(decided);
        for item in items {
            let passed = match decided.take() {
                Some(first) => first,
                None => self.evaluate(condition, &item_scope(item, scope)),
            };
            match passed {
                Value::Boolean(true) => kept.push(item.clone()),
                Value::Boolean(false) | Value::Null => {}
                other => {
                    return self.null(condition.span, format!("{}不能作为筛选条件", other.kind()));
                }
            }
            if self.stopped.is_some() {
                return Value::Null;
            }
        }
        Value::list(kept)
    }

    fn picked(&mut self, expression: &Expr, items: &[Value], index: Value) -> Value {
        let at = index.as_number().and_then(|index| index.to_i64()).unwrap_or(0);
        let found = match at {
            1.. => usize::try_from(at - 1).ok().and_then(|at| items.get(at)),
            0 => None,
            back => {
                let back = usize::try_from(back.unsigned_abs()).ok();
                back.and_then(|back| items.len().checked_sub(back))
                    .and_then(|at| items.get(at))
            }
        };
        match found {
            Some(value) => value.clone(),
            None => {
                let message = format!("列表有 {} 个元素，没有第 {index} 个", items.len());
                self.null(expression.span, message)
            }
        }
    }
}

/// `item` is the element; an entry of the same name hides it.
fn item_scope(item: &Value, scope: &Scope) -> Scope {
    let inner = scope.with("item", item.clone());
    match item {
        Value::Context(context) => inner.with_entries(context),
        _ => inner,
    }
}
