//! Types of values: `instance of`, and the conversions that a declared type allows (DMN 1.5,
//! 10.3.2.9.4).

use super::{Evaluator, Scope};
use crate::feel::Type;
use crate::feel::ast::Expr;
use crate::time::{DateTime, Time, Zone};
use crate::value::{Function, Value};

impl Evaluator {
    pub(super) fn instance_of(&mut self, value: &Expr, kind: &Type, scope: &Scope) -> Value {
        let tested = self.evaluate(value, scope);
        if tested.is_null() {
            // Null is of its own type only.
            return Value::Boolean(*kind == Type::Null);
        }
        match self.belongs(&tested, kind, false) {
            Some(result) => Value::Boolean(result),
            None => self.null(value.span, format!("没有名为“{kind}”的类型")),
        }
    }

    /// Whether a value belongs to a type and meets its constraints.
    pub(crate) fn conforms(&mut self, value: &Value, kind: &Type) -> Option<bool> {
        self.belongs(value, kind, true)
    }

    /// Null belongs to every type.
    pub(crate) fn belongs(&mut self, value: &Value, kind: &Type, constraints: bool) -> Option<bool> {
        if let Type::Named(name) = kind {
            let types = self.types.clone()?;
            return types.conforms(self, value, name, constraints);
        }
        Some(match (kind, value) {
            (Type::Any, _) | (_, Value::Null) => true,
            (Type::Boolean, Value::Boolean(_))
            | (Type::Number, Value::Number(_))
            | (Type::String, Value::String(_))
            | (Type::Date, Value::Date(_))
            | (Type::Time, Value::Time(_))
            | (Type::DateTime, Value::DateTime(_))
            | (Type::MonthsDuration, Value::Months(_))
            | (Type::DaysDuration, Value::Days(_)) => true,
            (Type::List(inner), Value::List(items)) => {
                return self.all_belong(items.iter().map(|item| (item, &**inner)), constraints);
            }
            (Type::Range(inner), Value::Range(range)) => {
                return self.all_belong([(&range.low, &**inner), (&range.high, &**inner)], constraints);
            }
            (Type::Context(entries), Value::Context(context)) => {
                let mut pairs = Vec::with_capacity(entries.len());
                for (name, kind) in entries {
                    match context.get(name) {
                        Some(value) => pairs.push((value, kind)),
                        None => return Some(false),
                    }
                }
                return self.all_belong(pairs, constraints);
            }
            (Type::Function(parameters, result), Value::Function(function)) => {
                is_function_of(function, parameters, result)
            }
            _ => false,
        })
    }

    fn all_belong<'v>(
        &mut self,
        pairs: impl IntoIterator<Item = (&'v Value, &'v Type)>,
        constraints: bool,
    ) -> Option<bool> {
        for (value, kind) in pairs {
            if !self.spend(1) || !self.belongs(value, kind, constraints)? {
                return Some(false);
            }
        }
        Some(true)
    }

    /// The value as the declared type wants it: itself, the one element of a list, a list around
    /// it, or a date as its midnight. Nothing if it cannot be had.
    pub(crate) fn coerced(&mut self, value: &Value, kind: &Type) -> Option<Value> {
        if self.conforms(value, kind) != Some(false) {
            return Some(value.clone());
        }
        if let Value::List(items) = value
            && items.len() == 1
            && self.conforms(&items[0], kind) == Some(true)
        {
            return Some(items[0].clone());
        }
        match (kind, value) {
            (Type::List(inner), single) if self.conforms(single, inner) == Some(true) => {
                Some(Value::list(vec![single.clone()]))
            }
            (Type::DateTime, Value::Date(date)) => Some(Value::date_time(DateTime {
                date: *date,
                time: Time::midnight(Zone::Offset(0)),
            })),
            _ => None,
        }
    }
}

/// Function types: parameters may be asked for more narrowly, results given more narrowly.
fn is_function_of(function: &Function, parameters: &[Type], result: &Type) -> bool {
    let own: Vec<&Type> = match function {
        // Built-in functions take many shapes; the count is all that can be said.
        Function::BuiltIn(built_in) => return built_in.takes(parameters.len()),
        Function::Literal(literal, _) => literal.parameters.iter().map(|p| &p.declared).collect(),
        Function::Model(callable) => callable.parameters().iter().map(|p| &p.declared).collect(),
    };
    let returned = match function {
        Function::Model(callable) => callable.result(),
        _ => Type::Any,
    };
    own.len() == parameters.len()
        && own.iter().zip(parameters).all(|(own, asked)| subsumes(own, asked))
        && (returned == Type::Any || subsumes(result, &returned))
}

fn subsumes(wide: &Type, narrow: &Type) -> bool {
    *wide == Type::Any || wide == narrow || *narrow == Type::Null
}
