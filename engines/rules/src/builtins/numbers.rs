//! Numbers and booleans.

use super::{BuiltIn, Call, Outcome, in_range, truth};
use crate::number::{Number, Rounding};
use crate::value::Value;

/// Scales that `decimal` and the roundings accept (DMN 1.5, table 72).
const SCALES: std::ops::RangeInclusive<i64> = -6111..=6176;

const SCALED: &[&[&str]] = &[&["n", "scale"]];
const MAYBE_SCALED: &[&[&str]] = &[&["n"], &["n", "scale"]];

pub(super) static FUNCTIONS: &[BuiltIn] = &[
    rounding("decimal", SCALED, |call| rounded(call, Rounding::HalfEven)),
    rounding("floor", MAYBE_SCALED, |call| rounded(call, Rounding::Floor)),
    rounding("ceiling", MAYBE_SCALED, |call| rounded(call, Rounding::Ceiling)),
    rounding("round up", SCALED, |call| rounded(call, Rounding::Up)),
    rounding("round down", SCALED, |call| rounded(call, Rounding::Down)),
    rounding("round half up", SCALED, |call| rounded(call, Rounding::HalfUp)),
    rounding("round half down", SCALED, |call| rounded(call, Rounding::HalfDown)),
    BuiltIn {
        name: "abs",
        signatures: &[&["n"]],
        variadic: false,
        run: abs,
    },
    BuiltIn {
        name: "modulo",
        signatures: &[&["dividend", "divisor"]],
        variadic: false,
        run: |call| {
            let (dividend, divisor) = (call.number(0)?, call.number(1)?);
            dividend
                .modulo(divisor)
                .map(Value::Number)
                .ok_or_else(|| "除数为零".to_owned())
        },
    },
    BuiltIn {
        name: "sqrt",
        signatures: &[&["number"]],
        variadic: false,
        run: |call| {
            call.number(0)?
                .sqrt()
                .map(Value::Number)
                .ok_or_else(|| "负数没有平方根".to_owned())
        },
    },
    BuiltIn {
        name: "log",
        signatures: &[&["number"]],
        variadic: false,
        run: |call| {
            let number = call.number(0)?;
            number
                .ln()
                .map(Value::Number)
                .ok_or_else(|| "零和负数没有对数".to_owned())
        },
    },
    BuiltIn {
        name: "exp",
        signatures: &[&["number"]],
        variadic: false,
        run: |call| in_range(call.number(0)?.exp()),
    },
    BuiltIn {
        name: "odd",
        signatures: &[&["number"]],
        variadic: false,
        run: |call| parity(call, Number::ONE),
    },
    BuiltIn {
        name: "even",
        signatures: &[&["number"]],
        variadic: false,
        run: |call| parity(call, Number::ZERO),
    },
    BuiltIn {
        name: "not",
        signatures: &[&["negand"]],
        variadic: false,
        run: |call| truth(!call.boolean(0)?),
    },
];

const fn rounding(
    name: &'static str,
    signatures: &'static [&'static [&'static str]],
    run: fn(&mut Call<'_>) -> Outcome,
) -> BuiltIn {
    BuiltIn {
        name,
        signatures,
        variadic: false,
        run,
    }
}

fn rounded(call: &mut Call<'_>, mode: Rounding) -> Outcome {
    let number = call.number(0)?;
    let scale = if call.count() > 1 {
        let scale = call.number(1)?;
        scale.trunc_i64().ok_or_else(|| call.unfit(1, "整数"))?
    } else {
        0
    };
    if !SCALES.contains(&scale) {
        return Err("小数位数超出范围".to_owned());
    }
    in_range(number.round(scale, mode))
}

fn abs(call: &mut Call<'_>) -> Outcome {
    use crate::time::{DaysDuration, MonthsDuration};
    match call.value(0).unwrapped() {
        Value::Number(number) => Ok(Value::Number(number.abs())),
        Value::Months(months) => Ok(Value::Months(MonthsDuration::from_months(months.months().abs()))),
        Value::Days(days) => Ok(Value::Days(DaysDuration::from_nanos(days.nanos().abs()))),
        _ => Err(call.unfit(0, "数或时长")),
    }
}

fn parity(call: &mut Call<'_>, rest: Number) -> Outcome {
    let number = call.number(0)?;
    truth(number.modulo(Number::from(2)) == Some(rest))
}
