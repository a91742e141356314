//! Calls: built-in functions, function literals, knowledge models and decision services.

use super::{Evaluator, Scope};
use crate::builtins::{BuiltIn, Call};
use crate::feel::ast::{Arguments, Expr, FunctionExpr, Kind, Parameter, Span};
use crate::value::{Function, Value};
use std::fmt::Debug;
use std::sync::Arc;

/// A function that a model defines.
pub trait Callable: Debug + Send + Sync {
    fn name(&self) -> &str;
    fn parameters(&self) -> &[Parameter];
    /// Arguments are as many as the parameters and conform to their types.
    fn call(&self, evaluator: &mut Evaluator, arguments: Vec<Value>) -> Value;
    fn result(&self) -> crate::feel::Type {
        crate::feel::Type::Any
    }
}

/// Arguments as given, evaluated.
enum Given<'a> {
    InOrder(Vec<Value>),
    ByName(Vec<(&'a Arc<str>, Value)>),
}

impl Evaluator {
    pub(super) fn call(&mut self, expression: &Expr, function: &Expr, arguments: &Arguments, scope: &Scope) -> Value {
        let called = self.evaluate(function, scope);
        let given = match arguments {
            Arguments::Positional(items) => {
                Given::InOrder(items.iter().map(|item| self.evaluate(item, scope)).collect())
            }
            Arguments::Named(items) => Given::ByName(
                items
                    .iter()
                    .map(|(name, item)| (name, self.evaluate(item, scope)))
                    .collect(),
            ),
        };
        let Value::Function(function) = called else {
            let message = match &function.kind {
                Kind::Name(name) if crate::builtins::find(name).is_some() => {
                    format!(
                        "“{name}”在这里是给出的{}，遮住了同名的内置函数，不能调用",
                        called.kind()
                    )
                }
                _ => format!("{}不是函数，不能调用", called.kind()),
            };
            return self.null(expression.span, message);
        };
        if self.stopped.is_some() {
            return Value::Null;
        }
        self.invoke_given(&function, given, expression.span)
    }

    pub(crate) fn invoke_named(&mut self, function: &Function, named: Vec<(&Arc<str>, Value)>, span: Span) -> Value {
        self.invoke_given(function, Given::ByName(named), span)
    }

    fn invoke_given(&mut self, function: &Function, given: Given<'_>, span: Span) -> Value {
        let parameters = match function {
            Function::BuiltIn(built_in) => return self.built_in(built_in, given, span),
            Function::Literal(literal, _) => &literal.parameters[..],
            Function::Model(callable) => callable.parameters(),
        };
        match self.in_order(parameters, given, span) {
            Some(values) => self.invoke(function, values, span),
            None => Value::Null,
        }
    }

    fn built_in(&mut self, built_in: &'static BuiltIn, given: Given<'_>, span: Span) -> Value {
        let values = match given {
            Given::InOrder(values) => values,
            Given::ByName(named) => match built_in.in_order(named) {
                Ok(values) => values,
                Err(message) => return self.null(span, message),
            },
        };
        self.run_built_in(built_in, values, span)
    }

    fn run_built_in(&mut self, built_in: &BuiltIn, values: Vec<Value>, span: Span) -> Value {
        if !built_in.takes(values.len()) {
            let message = format!("{}() 不接受 {} 个参数", built_in.name, values.len());
            return self.null(span, message);
        }
        let weight = values
            .iter()
            .fold(0, |sum: usize, value| sum.saturating_add(value.weight()));
        if !self.spend(weight / super::WALK) {
            return Value::Null;
        }
        match (built_in.run)(&mut Call {
            evaluator: self,
            values: &values,
            span,
        }) {
            Ok(value) => value,
            Err(reason) => self.null(span, format!("{}()：{reason}", built_in.name)),
        }
    }

    fn in_order(&mut self, parameters: &[Parameter], given: Given<'_>, span: Span) -> Option<Vec<Value>> {
        match given {
            Given::InOrder(values) => Some(values),
            Given::ByName(mut named) => {
                let mut values = Vec::with_capacity(parameters.len());
                for parameter in parameters {
                    let at = named.iter().position(|(name, _)| **name == parameter.name);
                    values.push(at.map_or(Value::Null, |at| named.swap_remove(at).1));
                }
                if let Some((name, _)) = named.first() {
                    self.null(span, format!("函数没有名为“{name}”的参数"));
                    return None;
                }
                Some(values)
            }
        }
    }

    /// Calls any function value with arguments in order.
    pub(crate) fn invoke(&mut self, function: &Function, values: Vec<Value>, span: Span) -> Value {
        let (parameters, count) = match function {
            Function::BuiltIn(built_in) => return self.run_built_in(built_in, values, span),
            Function::Literal(literal, _) => (&literal.parameters[..], literal.parameters.len()),
            Function::Model(callable) => (callable.parameters(), callable.parameters().len()),
        };
        if values.len() != count {
            let message = format!("函数要 {count} 个参数，给了 {} 个", values.len());
            return self.null(span, message);
        }
        let Some(values) = self.conforming(parameters, values, span) else {
            return Value::Null;
        };
        match function {
            Function::Literal(literal, scope) => self.literal(literal, scope, values, span),
            Function::Model(callable) => callable.call(self, values),
            Function::BuiltIn(_) => Value::Null,
        }
    }

    fn conforming(&mut self, parameters: &[Parameter], values: Vec<Value>, span: Span) -> Option<Vec<Value>> {
        let mut conforming = Vec::with_capacity(values.len());
        for (parameter, value) in parameters.iter().zip(values) {
            match self.coerced(&value, &parameter.declared) {
                Some(value) => conforming.push(value),
                None => {
                    let (name, kind) = (&parameter.name, value.kind());
                    let declared = &parameter.declared;
                    self.null(span, format!("参数“{name}”应为 {declared}，给的是{kind}"));
                    return None;
                }
            }
        }
        Some(conforming)
    }

    fn literal(&mut self, literal: &FunctionExpr, scope: &Scope, values: Vec<Value>, span: Span) -> Value {
        if literal.external {
            return self.null(span, "外部函数不在本系统内执行");
        }
        let names = literal.parameters.iter().map(|parameter| parameter.name.clone());
        let inner = scope.with_all(names.zip(values).collect());
        self.evaluate(&literal.body, &inner)
    }
}
