//! From text and parts to values, and back.

use super::{BuiltIn, Call, Outcome, truth};
use crate::feel::Kind;
use crate::feel::ast::{Arguments, CompareOp};
use crate::number::Number;
use crate::time::{Date, DateTime, DaysDuration, NANOS_PER_SECOND, Time, Zone};
use crate::value::{Range, Value, compare};

pub(super) static FUNCTIONS: &[BuiltIn] = &[
    BuiltIn {
        name: "date",
        signatures: &[&["from"], &["year", "month", "day"]],
        variadic: false,
        run: date,
    },
    BuiltIn {
        name: "time",
        signatures: &[
            &["from"],
            &["hour", "minute", "second"],
            &["hour", "minute", "second", "offset"],
        ],
        variadic: false,
        run: time,
    },
    BuiltIn {
        name: "date and time",
        signatures: &[&["from"], &["date", "time"], &["date", "timezone"]],
        variadic: false,
        run: date_and_time,
    },
    BuiltIn {
        name: "duration",
        signatures: &[&["from"]],
        variadic: false,
        run: |call| match Value::from_duration_text(call.text(0)?) {
            Value::Null => Err(format!("“{}”不是时长", call.text(0)?)),
            value => Ok(value),
        },
    },
    BuiltIn {
        name: "number",
        signatures: &[
            &["from"],
            &["from", "grouping separator"],
            &["from", "grouping separator", "decimal separator"],
        ],
        variadic: false,
        run: number,
    },
    BuiltIn {
        name: "string",
        signatures: &[&["from"]],
        variadic: false,
        run: |call| match call.value(0) {
            Value::Null => Ok(Value::Null),
            value => {
                let text = value.to_string();
                Ok(call.evaluator.text(text))
            }
        },
    },
    BuiltIn {
        name: "range",
        signatures: &[&["from"]],
        variadic: false,
        run: range,
    },
    BuiltIn {
        name: "is",
        signatures: &[&["value1", "value2"]],
        variadic: false,
        run: |call| truth(call.value(0) == call.value(1)),
    },
];

fn date(call: &mut Call<'_>) -> Outcome {
    if call.count() == 3 {
        let (year, month, day) = (call.integer(0)?, call.integer(1)?, call.integer(2)?);
        let date = Date::new(year, month, day).map(Value::Date);
        return date.ok_or_else(|| "没有这一天".to_owned());
    }
    match call.value(0).unwrapped() {
        Value::String(text) => Date::parse(text)
            .map(Value::Date)
            .ok_or_else(|| format!("“{text}”不是日期")),
        Value::Date(date) => Ok(Value::Date(*date)),
        Value::DateTime(value) => Ok(Value::Date(value.date)),
        _ => Err(call.unfit(0, "文字或日期")),
    }
}

fn time(call: &mut Call<'_>) -> Outcome {
    if call.count() >= 3 {
        let zone = match call.value(3) {
            Value::Null => Zone::Local,
            Value::Days(offset) => whole_seconds(*offset)
                .and_then(Zone::offset)
                .ok_or_else(|| "时差超出范围".to_owned())?,
            _ => return Err(call.unfit(3, "日时时长")),
        };
        let nanos = call.number(2)?.mul(NANOS_PER_SECOND.into()).and_then(Number::trunc_i64);
        let nanos = nanos.ok_or_else(|| call.unfit(2, "秒数"))?;
        let (second, nano) = (nanos.div_euclid(NANOS_PER_SECOND), nanos.rem_euclid(NANOS_PER_SECOND));
        let time = Time::new(call.integer(0)?, call.integer(1)?, second, nano, zone);
        return time.map(Value::time).ok_or_else(|| "没有这个时刻".to_owned());
    }
    match call.value(0).unwrapped() {
        Value::String(text) => Time::parse(text)
            .map(Value::time)
            .ok_or_else(|| format!("“{text}”不是时刻")),
        Value::Time(time) => Ok(Value::Time(time.clone())),
        Value::DateTime(value) => Ok(Value::time(value.time.clone())),
        Value::Date(_) => Ok(Value::time(Time::midnight(Zone::Offset(0)))),
        _ => Err(call.unfit(0, "文字或时刻")),
    }
}

fn whole_seconds(duration: DaysDuration) -> Option<i64> {
    i64::try_from(duration.nanos() / i128::from(NANOS_PER_SECOND)).ok()
}

fn date_and_time(call: &mut Call<'_>) -> Outcome {
    if call.count() == 2 {
        let date = match call.value(0).unwrapped() {
            Value::Date(date) => *date,
            Value::DateTime(value) => value.date,
            _ => return Err(call.unfit(0, "日期")),
        };
        return match call.value(1).unwrapped() {
            Value::Time(time) => Ok(Value::date_time(DateTime {
                date,
                time: (**time).clone(),
            })),
            Value::String(zone) => in_zone(call, zone),
            _ => Err(call.unfit(1, "时刻")),
        };
    }
    match call.value(0).unwrapped() {
        Value::String(text) => DateTime::parse(text)
            .map(Value::date_time)
            .ok_or_else(|| format!("“{text}”不是日期时间")),
        Value::DateTime(value) => Ok(Value::DateTime(value.clone())),
        Value::Date(date) => Ok(Value::date_time(DateTime {
            date: *date,
            time: Time::midnight(Zone::Offset(0)),
        })),
        _ => Err(call.unfit(0, "文字或日期时间")),
    }
}

/// The same instant on the clocks of another zone.
fn in_zone(call: &Call<'_>, zone: &str) -> Outcome {
    let Value::DateTime(value) = call.value(0).unwrapped() else {
        return Err(call.unfit(0, "日期时间"));
    };
    let zone = Zone::named(zone).ok_or_else(|| format!("没有名为“{zone}”的时区"))?;
    let own = value.offset().ok_or("日期时间没有时区，不能换算")?;
    let moved = zone
        .offset_at(value.date, value.time.second_of_day())
        .and_then(|offset| value.plus(DaysDuration::from_seconds(offset - own)))
        .ok_or("换算后的时刻超出范围")?;
    let time = Time::new(
        moved.time.hour(),
        moved.time.minute(),
        moved.time.second(),
        moved.time.nanosecond(),
        zone,
    );
    let time = time.ok_or("换算后的时刻超出范围")?;
    Ok(Value::date_time(DateTime { date: moved.date, time }))
}

/// Grouping separators are removed, the decimal separator becomes a point.
fn number(call: &mut Call<'_>) -> Outcome {
    let separator = |at: usize, allowed: &[&str]| match call.value(at) {
        Value::Null => Ok(None),
        Value::String(text) if allowed.contains(&&**text) => Ok(Some(text.clone())),
        _ => Err(format!("第 {} 个参数只能是 {}", at + 1, allowed.join(" 或 "))),
    };
    let grouping = separator(1, &[" ", ",", "."])?;
    let decimal = separator(2, &[",", "."])?;
    if grouping.is_some() && grouping == decimal {
        return Err("分组符号和小数点不能相同".to_owned());
    }
    if let Value::Number(number) = call.value(0)
        && call.count() == 1
    {
        return Ok(Value::Number(*number));
    }
    let mut text = call.text(0)?.to_string();
    if let Some(grouping) = &grouping {
        text = text.replace(&**grouping, "");
    }
    if let Some(decimal) = &decimal {
        if **decimal != *"." && text.contains('.') {
            return Err(format!("“{text}”不是数"));
        }
        text = text.replace(&**decimal, ".");
    }
    match text.parse() {
        Ok(number) if !text.starts_with('+') => Ok(Value::Number(number)),
        _ => Err(format!("“{text}”不是数")),
    }
}

/// Text of a range with literal ends.
fn range(call: &mut Call<'_>) -> Outcome {
    let text = call.text(0)?;
    let wrong = || format!("“{text}”不是区间");
    let inner = text.trim();
    let low_included = match inner.chars().next() {
        Some('[') => true,
        Some('(' | ']') => false,
        _ => return Err(wrong()),
    };
    let high_included = match inner.chars().last() {
        Some(']') => true,
        Some(')' | '[') => false,
        _ => return Err(wrong()),
    };
    let inner = inner.get(1..inner.len().saturating_sub(1)).ok_or_else(wrong)?;
    let at = split_range(inner).ok_or_else(wrong)?;
    let low = end(&inner[..at], call).ok_or_else(wrong)?;
    let high = end(&inner[at + 2..], call).ok_or_else(wrong)?;
    let descending = compare(&low, &high).is_some_and(|order| order.is_gt());
    let open = low.is_null() && low_included || high.is_null() && high_included;
    if !are_ends(&low, &high) || descending || open || (low.is_null() && high.is_null()) {
        return Err(wrong());
    }
    // A missing end leaves the range open there.
    let comparison = match (low.is_null(), high.is_null()) {
        (false, true) if low_included => Some(CompareOp::GreaterOrEqual),
        (false, true) => Some(CompareOp::Greater),
        (true, false) if high_included => Some(CompareOp::LessOrEqual),
        (true, false) => Some(CompareOp::Less),
        _ => None,
    };
    Ok(Value::range(Range {
        low,
        low_included,
        high,
        high_included,
        comparison,
    }))
}

/// Where `..` stands outside strings.
fn split_range(text: &str) -> Option<usize> {
    let mut quoted = false;
    let bytes = text.as_bytes();
    for at in 0..bytes.len() {
        match bytes[at] {
            b'"' => quoted = !quoted,
            b'.' if !quoted && bytes.get(at + 1) == Some(&b'.') => return Some(at),
            _ => {}
        }
    }
    None
}

/// An end of a range in text: a literal, or a constructor of a date, time or duration on a literal.
fn end(text: &str, call: &Call<'_>) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() || text == "null" {
        return Some(Value::Null);
    }
    if let Ok(number) = text.parse::<Number>() {
        return Some(Value::Number(number));
    }
    if text.len() > 200 {
        return None;
    }
    let names = crate::feel::Names::new();
    let parsed = crate::feel::parse_expression(text, &names, &names).ok()?;
    let literal = match &parsed.kind {
        Kind::Call(name, Arguments::Positional(items)) => {
            matches!(name.kind, Kind::Name(_)) && matches!(&items[..], [item] if matches!(item.kind, Kind::String(_)))
        }
        Kind::String(_) | Kind::At(..) => true,
        _ => false,
    };
    if !literal {
        return None;
    }
    let mut inner = crate::evaluate::Evaluator::new(call.evaluator.limits);
    match inner.evaluate(&parsed, &crate::evaluate::Scope::new()) {
        Value::Null => None,
        value => Some(value),
    }
}

/// Whether two values can be the ends of one range: of one ordered kind, or one of them missing.
pub(crate) fn are_ends(low: &Value, high: &Value) -> bool {
    match (low, high) {
        (Value::Null, Value::Null) => true,
        (Value::Null, end) | (end, Value::Null) => compare(end, end).is_some(),
        _ => std::mem::discriminant(low) == std::mem::discriminant(high) && compare(low, low).is_some(),
    }
}
