//! Boxed expressions at work.

use super::super::compile::Logic;
use super::super::compile::{Entry, Parsed};
use super::function::BoxedFunction;
use crate::evaluate::{Evaluator, Scope, uses_partial};
use crate::explain::StepKind;
use crate::feel::Type;
use crate::feel::ast::Parameter;
use crate::value::{Context, Function, Value};
use std::sync::Arc;

impl Logic {
    /// The text, where the logic is one expression.
    pub fn text(&self) -> Option<&Arc<str>> {
        match self {
            Logic::Expression(parsed) => Some(&parsed.text),
            Logic::Typed(_, inner) => inner.text(),
            _ => None,
        }
    }
}

impl Evaluator {
    pub(crate) fn logic(&mut self, logic: &Logic, scope: &Scope) -> Value {
        if self.stopped.is_some() {
            return Value::Null;
        }
        let value = match logic {
            Logic::Missing => self.null(Default::default(), "没有写明表达式"),
            Logic::Expression(parsed) => self.parsed(parsed, scope),
            Logic::Typed(declared, inner) => {
                let value = self.logic(inner, scope);
                self.returned(value, declared)
            }
            Logic::Context(entries) => self.boxed_context(entries, scope),
            Logic::Relation(columns, rows) => self.relation(columns, rows, scope),
            Logic::List(items) => {
                let items = items.iter().map(|item| self.logic(item, scope)).collect();
                self.list(items)
            }
            Logic::Invocation(function, bindings) => self.invocation(function, bindings, scope),
            Logic::Function(function) => {
                let function = BoxedFunction {
                    function: function.clone(),
                    scope: scope.clone(),
                };
                Value::Function(Function::Model(Arc::new(function)))
            }
            Logic::Table(table) => self.table(table, scope),
            Logic::Conditional(parts) => match self.logic(&parts[0], scope) {
                Value::Boolean(true) => self.logic(&parts[1], scope),
                Value::Boolean(false) | Value::Null => self.logic(&parts[2], scope),
                other => self.null(Default::default(), format!("{}不能作为条件", other.kind())),
            },
            Logic::Filter(parts) => self.boxed_filter(&parts[0], &parts[1], scope),
            Logic::For(variable, parts) => self.boxed_for(variable, &parts[0], &parts[1], scope),
            Logic::Some(variable, parts) => self.boxed_quantified(true, variable, &parts[0], &parts[1], scope),
            Logic::Every(variable, parts) => self.boxed_quantified(false, variable, &parts[0], &parts[1], scope),
        };
        self.bounded(value)
    }

    pub(super) fn parsed(&mut self, parsed: &Parsed, scope: &Scope) -> Value {
        match &parsed.parsed {
            Ok(expression) => self.evaluate(expression, scope),
            Err(error) => self.null(Default::default(), format!("“{}”：{error}", parsed.text)),
        }
    }

    /// A result as its declared type wants it, or null and why.
    pub(super) fn returned(&mut self, value: Value, declared: &Type) -> Value {
        if *declared == Type::Any {
            return value;
        }
        match self.coerced(&value, declared) {
            Some(value) => value,
            None => self.null(Default::default(), format!("结果应为 {declared}，值 {value} 不符")),
        }
    }

    /// Each entry sees those before it; an entry without a name is the result.
    fn boxed_context(&mut self, entries: &[Entry], scope: &Scope) -> Value {
        let mut context = Context::new();
        let mut inner = scope.clone();
        for entry in entries {
            let Some(variable) = &entry.variable else {
                return self.logic(&entry.value, &inner);
            };
            if let Some(trace) = &mut self.trace {
                trace.open(StepKind::Entry, &variable.name, entry.value.text());
            }
            let value = self.logic(&entry.value, &inner);
            let value = self.declared(value, variable);
            if let Some(trace) = &mut self.trace {
                trace.close(&value);
            }
            inner = inner.with(variable.name.clone(), value.clone());
            context.set(variable.name.clone(), value);
        }
        Value::context(context)
    }

    fn relation(&mut self, columns: &[Parameter], rows: &[Vec<Logic>], scope: &Scope) -> Value {
        let mut made = Vec::with_capacity(rows.len());
        for row in rows {
            let mut context = Context::new();
            for (column, cell) in columns.iter().zip(row) {
                let value = self.logic(cell, scope);
                context.set(column.name.clone(), self.declared(value, column));
            }
            made.push(Value::context(context));
        }
        self.list(made)
    }

    fn invocation(&mut self, function: &Logic, bindings: &[(Arc<str>, Logic)], scope: &Scope) -> Value {
        let called = match function {
            Logic::Typed(_, inner) => self.logic(inner, scope),
            other => self.logic(other, scope),
        };
        let given: Vec<(&Arc<str>, Value)> = bindings
            .iter()
            .map(|(name, logic)| (name, self.logic(logic, scope)))
            .collect();
        match called {
            Value::Function(function) => self.invoke_named(&function, given, Default::default()),
            other => {
                let message = format!("{}不是函数，不能调用", other.kind());
                self.null(Default::default(), message)
            }
        }
    }

    fn boxed_filter(&mut self, list: &Logic, condition: &Logic, scope: &Scope) -> Value {
        let list = self.logic(list, scope);
        if let Logic::Expression(Parsed {
            parsed: Ok(condition), ..
        }) = condition
        {
            return self.filtered(condition, &list, condition, scope);
        }
        let Some(items) = self.elements(list, Default::default()) else {
            return Value::Null;
        };
        let mut kept = Vec::new();
        for item in items.iter() {
            let inner = scope.with("item", item.clone());
            let inner = match item {
                Value::Context(context) => inner.with_entries(context),
                _ => inner,
            };
            match self.logic(condition, &inner) {
                Value::Boolean(true) => kept.push(item.clone()),
                Value::Boolean(false) | Value::Null => {}
                other => {
                    let message = format!("{}不能作为筛选条件", other.kind());
                    return self.null(Default::default(), message);
                }
            }
        }
        Value::list(kept)
    }

    fn boxed_for(&mut self, variable: &Arc<str>, domain: &Logic, body: &Logic, scope: &Scope) -> Value {
        let domain = self.logic(domain, scope);
        let Some(items) = self.elements(domain, Default::default()) else {
            return Value::Null;
        };
        let mut results: Vec<Value> = Vec::with_capacity(items.len());
        let partial = match body {
            Logic::Expression(Parsed { parsed: Ok(body), .. }) => uses_partial(body),
            _ => true,
        };
        for item in items.iter() {
            if self.stopped.is_some() {
                return Value::Null;
            }
            let mut inner = scope.with(variable.clone(), item.clone());
            if partial {
                inner = self.with_partial(&results, &inner);
            }
            let result = self.logic(body, &inner);
            results.push(if partial { self.shallow(result) } else { result });
        }
        self.list(results)
    }

    fn boxed_quantified(
        &mut self,
        deciding: bool,
        variable: &Arc<str>,
        domain: &Logic,
        body: &Logic,
        scope: &Scope,
    ) -> Value {
        let domain = self.logic(domain, scope);
        let Some(items) = self.elements(domain, Default::default()) else {
            return Value::Null;
        };
        let mut result = Some(!deciding);
        for item in items.iter() {
            match self.logic(body, &scope.with(variable.clone(), item.clone())) {
                Value::Boolean(value) if value == deciding => {
                    result = result.map(|_| deciding);
                }
                Value::Boolean(_) => {}
                _ => result = None,
            }
        }
        result.into()
    }
}
