//! Working days by the calendar that the evaluation was given.

use crate::builtins::{BuiltIn, Call, Outcome};
use crate::time::Date;
use crate::value::Value;
use jiff::civil;
use mingjing_calendar::{Calendar, Period};

pub(super) static FUNCTIONS: &[BuiltIn] = &[
    BuiltIn {
        name: "add working days",
        signatures: &[&["date", "days"]],
        variadic: false,
        run: add,
    },
    BuiltIn {
        name: "working days between",
        signatures: &[&["from", "to"]],
        variadic: false,
        run: |call| {
            let (from, to) = (civil_day(call, 0)?, civil_day(call, 1)?);
            Ok(Value::from(calendar(call)?.working_days_between(from, to)))
        },
    },
    BuiltIn {
        name: "is working day",
        signatures: &[&["date"]],
        variadic: false,
        run: |call| {
            let day = civil_day(call, 0)?;
            Ok(Value::Boolean(calendar(call)?.is_working_day(day)))
        },
    },
];

/// Most days that may be added; no limit in law comes near.
const MAX_DAYS: i64 = 10_000;

fn add(call: &mut Call<'_>) -> Outcome {
    let from = civil_day(call, 0)?;
    let days = call.integer(1)?;
    if days.abs() > MAX_DAYS {
        return Err(format!("工作日数超过 {MAX_DAYS}"));
    }
    let calendar = calendar(call)?;
    let due = match u32::try_from(days) {
        Ok(0) => from,
        Ok(days) => {
            calendar
                .due(from, Period::working_days(days))
                .map_err(|error| error.to_string())?
                .due
        }
        Err(_) => before(calendar, from, days.unsigned_abs()).ok_or("日期超出范围")?,
    };
    let due = Date::new(due.year().into(), due.month().into(), due.day().into());
    due.map(Value::Date).ok_or_else(|| "日期超出范围".to_owned())
}

/// The working day that lies `days` working days before.
fn before(calendar: &Calendar, from: civil::Date, days: u64) -> Option<civil::Date> {
    let mut day = from;
    let mut left = days;
    while left > 0 {
        day = day.yesterday().ok()?;
        left -= u64::from(calendar.is_working_day(day));
    }
    Some(day)
}

fn calendar<'c>(call: &'c Call<'_>) -> Result<&'c Calendar, String> {
    call.evaluator
        .extensions
        .calendar
        .as_ref()
        .ok_or_else(|| "没有给出工作日历".to_owned())
}

fn civil_day(call: &Call<'_>, at: usize) -> Result<civil::Date, String> {
    let day = call.day(at)?;
    let year = i16::try_from(day.year()).map_err(|_| "日期超出范围")?;
    civil::Date::new(year, day.month() as i8, day.day() as i8).map_err(|_| "日期超出范围".to_owned())
}
