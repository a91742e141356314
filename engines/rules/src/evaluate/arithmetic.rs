//! Operators on numbers, strings, dates and durations (DMN 1.5, tables 54–59).

use super::{Evaluator, Scope};
use crate::feel::ast::{ArithmeticOp, Expr};
use crate::number::{Number, Rounding};
use crate::time::{DateTime, DaysDuration, MonthsDuration, Zone};
use crate::value::Value;

impl Evaluator {
    pub(super) fn negate(&mut self, expression: &Expr, value: &Expr, scope: &Scope) -> Value {
        match self.evaluate(value, scope) {
            Value::Number(value) => Value::Number(value.neg()),
            Value::Months(value) => Value::Months(MonthsDuration::from_months(-value.months())),
            Value::Days(value) => Value::Days(DaysDuration::from_nanos(-value.nanos())),
            other => self.null(expression.span, format!("{}没有相反数", other.kind())),
        }
    }

    pub(super) fn arithmetic(
        &mut self,
        expression: &Expr,
        op: ArithmeticOp,
        left: &Expr,
        right: &Expr,
        scope: &Scope,
    ) -> Value {
        let left = self.evaluate(left, scope);
        let right = self.evaluate(right, scope);
        if let (Value::String(a), Value::String(b), ArithmeticOp::Add) = (&left, &right, op) {
            let joined = format!("{a}{b}");
            return self.text(joined);
        }
        let result = match op {
            ArithmeticOp::Add => add(&left, &right),
            ArithmeticOp::Subtract => subtract(&left, &right),
            ArithmeticOp::Multiply => multiply(&left, &right),
            ArithmeticOp::Divide => divide(&left, &right),
            ArithmeticOp::Power => numbers(&left, &right, Number::pow),
        };
        match result {
            Some(value) => value,
            None => {
                let symbol = op.symbol();
                let message = match (&left, &right, op) {
                    (_, Value::Number(zero), ArithmeticOp::Divide) if zero.is_zero() => "除数为零".to_owned(),
                    _ => format!("{} {symbol} {} 没有结果", left.kind(), right.kind()),
                };
                self.null(expression.span, message)
            }
        }
    }
}

fn numbers(left: &Value, right: &Value, run: impl Fn(Number, Number) -> Option<Number>) -> Option<Value> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => run(*a, *b).map(Value::Number),
        _ => None,
    }
}

fn add(left: &Value, right: &Value) -> Option<Value> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.add(*b).map(Value::Number),
        (Value::Months(a), Value::Months(b)) => {
            let sum = a.months().checked_add(b.months())?;
            MonthsDuration::checked(sum).map(Value::Months)
        }
        (Value::Days(a), Value::Days(b)) => {
            let sum = a.nanos().checked_add(b.nanos())?;
            DaysDuration::checked(sum).map(Value::Days)
        }
        (Value::Months(_) | Value::Days(_), _) => shifted(right, left, false),
        _ => shifted(left, right, false),
    }
}

fn subtract(left: &Value, right: &Value) -> Option<Value> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.sub(*b).map(Value::Number),
        (Value::Months(a), Value::Months(b)) => {
            let rest = a.months().checked_sub(b.months())?;
            MonthsDuration::checked(rest).map(Value::Months)
        }
        (Value::Days(a), Value::Days(b)) => {
            let rest = a.nanos().checked_sub(b.nanos())?;
            DaysDuration::checked(rest).map(Value::Days)
        }
        (Value::Time(a), Value::Time(b)) => a.since(b).map(Value::Days),
        (Value::Date(_) | Value::DateTime(_), Value::Date(_) | Value::DateTime(_)) => {
            moment(left)?.since(&moment(right)?).map(Value::Days)
        }
        _ => shifted(left, right, true),
    }
}

/// A date counts as its midnight in UTC where it meets a date and time (DMN 1.5, 10.3.2.3.6).
fn moment(value: &Value) -> Option<DateTime> {
    match value {
        Value::Date(date) => {
            let time = crate::time::Time::midnight(Zone::Offset(0));
            Some(DateTime { date: *date, time })
        }
        Value::DateTime(value) => Some((**value).clone()),
        _ => None,
    }
}

/// A date, date and time or time moved by a duration.
fn shifted(start: &Value, by: &Value, back: bool) -> Option<Value> {
    let by = match by {
        Value::Months(months) if back => Value::Months(MonthsDuration::from_months(-months.months())),
        Value::Days(days) if back => Value::Days(DaysDuration::from_nanos(-days.nanos())),
        other => other.clone(),
    };
    match (start, by) {
        (Value::Date(date), Value::Months(months)) => date.plus_months(months).map(Value::Date),
        (Value::Date(date), Value::Days(days)) => DateTime::midnight(*date)
            .plus(days)
            .map(|moved| Value::Date(moved.date)),
        (Value::DateTime(value), Value::Months(months)) => value.plus_months(months).map(Value::date_time),
        (Value::DateTime(value), Value::Days(days)) => value.plus(days).map(Value::date_time),
        (Value::Time(time), Value::Days(days)) => Some(Value::time(time.plus(days))),
        _ => None,
    }
}

fn multiply(left: &Value, right: &Value) -> Option<Value> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.mul(*b).map(Value::Number),
        (duration, Value::Number(by)) | (Value::Number(by), duration) => scaled(duration, |size| size.mul(*by)),
        _ => None,
    }
}

fn divide(left: &Value, right: &Value) -> Option<Value> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.div(*b).map(Value::Number),
        (Value::Months(a), Value::Months(b)) => Number::from(a.months()).div(b.months().into()).map(Value::Number),
        (Value::Days(a), Value::Days(b)) => nanos(*a)?.div(nanos(*b)?).map(Value::Number),
        (duration, Value::Number(by)) => scaled(duration, |size| size.div(*by)),
        _ => None,
    }
}

/// A duration times or through a number; what is left of a month or nanosecond is cut off.
fn scaled(duration: &Value, scale: impl Fn(Number) -> Option<Number>) -> Option<Value> {
    match duration {
        Value::Months(months) => {
            let months = scale(months.months().into())?.trunc_i64()?;
            MonthsDuration::checked(months).map(Value::Months)
        }
        Value::Days(days) => {
            let nanos = scale(nanos(*days)?)?.round(0, Rounding::Down)?.to_i128()?;
            Some(Value::Days(DaysDuration::from_nanos(nanos)))
        }
        _ => None,
    }
}

fn nanos(days: DaysDuration) -> Option<Number> {
    (days.nanos().abs() < crate::number::LIMIT)
        .then(|| Number::canonical(days.nanos(), 0))
        .flatten()
}
