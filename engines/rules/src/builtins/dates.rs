//! Dates and times.

use super::{BuiltIn, Call};
use crate::time::Date;
use crate::value::Value;

pub(super) static FUNCTIONS: &[BuiltIn] = &[
    BuiltIn {
        name: "day of year",
        signatures: &[&["date"]],
        variadic: false,
        run: |call| Ok(Value::from(call.day(0)?.day_of_year())),
    },
    BuiltIn {
        name: "day of week",
        signatures: &[&["date"]],
        variadic: false,
        run: |call| Ok(Value::from(call.day(0)?.weekday().name())),
    },
    BuiltIn {
        name: "month of year",
        signatures: &[&["date"]],
        variadic: false,
        run: |call| Ok(Value::from(call.day(0)?.month_name())),
    },
    BuiltIn {
        name: "week of year",
        signatures: &[&["date"]],
        variadic: false,
        run: |call| Ok(Value::from(call.day(0)?.week_of_year())),
    },
    BuiltIn {
        name: "years and months duration",
        signatures: &[&["from", "to"]],
        variadic: false,
        run: |call| Ok(Value::Months(call.day(1)?.months_since(call.day(0)?))),
    },
    BuiltIn {
        name: "now",
        signatures: &[&[]],
        variadic: false,
        run: |call| match &call.evaluator.now {
            Some(now) => Ok(Value::date_time(now.clone())),
            None => Err("没有给出当前时间".to_owned()),
        },
    },
    BuiltIn {
        name: "today",
        signatures: &[&[]],
        variadic: false,
        run: |call| match &call.evaluator.now {
            Some(now) => Ok(Value::Date(now.date)),
            None => Err("没有给出当前时间".to_owned()),
        },
    },
];

impl Call<'_> {
    /// A date, or the date of a date and time.
    pub fn day(&self, at: usize) -> Result<Date, String> {
        match self.value(at).unwrapped() {
            Value::Date(date) => Ok(*date),
            Value::DateTime(value) => Ok(value.date),
            _ => Err(self.unfit(at, "日期")),
        }
    }
}
