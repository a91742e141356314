//! `value.name`: entries of contexts, components of dates, durations and ranges.

use super::{Evaluator, Scope};
use crate::feel::ast::{Expr, Span};
use crate::number::Number;
use crate::time::{DaysDuration, NANOS_PER_SECOND, Time, Zone};
use crate::value::Value;

impl Evaluator {
    pub(super) fn path(&mut self, expression: &Expr, value: &Expr, name: &str, scope: &Scope) -> Value {
        let value = self.evaluate(value, scope);
        self.component(&value, name, expression.span)
    }

    pub(crate) fn component(&mut self, value: &Value, name: &str, span: Span) -> Value {
        if let Value::List(items) = value {
            if !self.spend(items.len()) {
                return Value::Null;
            }
            let components = items
                .iter()
                .map(|item| self.single_component(item, name, span))
                .collect();
            return Value::list(components);
        }
        self.single_component(value, name, span)
    }

    fn single_component(&mut self, value: &Value, name: &str, span: Span) -> Value {
        if let Value::Context(context) = value {
            return match context.get(name) {
                Some(value) => value.clone(),
                None => self.null(span, format!("上下文中没有“{name}”")),
            };
        }
        match component(value, name) {
            Some(value) => value,
            None => self.null(span, format!("{}没有“{name}”这一项", value.kind())),
        }
    }
}

fn component(value: &Value, name: &str) -> Option<Value> {
    match value {
        Value::Date(date) => match name {
            "year" => Some(date.year().into()),
            "month" => Some(date.month().into()),
            "day" => Some(date.day().into()),
            "weekday" => Some(i64::from(date.weekday().0).into()),
            // A date is a date and time at midnight in UTC.
            _ => time_component(&Time::midnight(Zone::Offset(0)), Some(0), name),
        },
        Value::DateTime(value) => match name {
            "year" | "month" | "day" | "weekday" => component(&Value::Date(value.date), name),
            _ => time_component(&value.time, value.offset(), name),
        },
        Value::Time(time) => time_component(time, time.offset(), name),
        Value::Months(duration) => match name {
            "years" => Some((duration.months() / 12).into()),
            "months" => Some((duration.months() % 12).into()),
            _ => None,
        },
        Value::Days(duration) => days_component(*duration, name),
        Value::Range(range) => match name {
            "start" => Some(range.low.clone()),
            "end" => Some(range.high.clone()),
            "start included" => Some(range.low_included.into()),
            "end included" => Some(range.high_included.into()),
            _ => None,
        },
        _ => None,
    }
}

fn time_component(time: &Time, offset: Option<i64>, name: &str) -> Option<Value> {
    match name {
        "hour" => Some(time.hour().into()),
        "minute" => Some(time.minute().into()),
        "second" => seconds(time).map(Value::Number),
        "time offset" => Some(offset.map_or(Value::Null, |s| Value::Days(DaysDuration::from_seconds(s)))),
        "timezone" => match time.zone() {
            Zone::Named(name) => Some(Value::String(name.clone())),
            _ => Some(Value::Null),
        },
        _ => None,
    }
}

fn seconds(time: &Time) -> Option<Number> {
    let nanos = i128::from(time.second() * NANOS_PER_SECOND + time.nanosecond());
    Number::canonical(nanos, -9)
}

fn days_component(duration: DaysDuration, name: &str) -> Option<Value> {
    let nanos = duration.nanos();
    let seconds = nanos / i128::from(NANOS_PER_SECOND);
    let part = match name {
        "days" => seconds / 86_400,
        "hours" => seconds / 3600 % 24,
        "minutes" => seconds / 60 % 60,
        "seconds" => {
            let within = nanos % (60 * i128::from(NANOS_PER_SECOND));
            return Number::canonical(within, -9).map(Value::Number);
        }
        _ => return None,
    };
    Number::canonical(part, 0).map(Value::Number)
}
