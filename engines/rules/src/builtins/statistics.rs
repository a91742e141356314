//! Sums, means and the like, of one list or of all the arguments.

use super::{BuiltIn, Call, Outcome, in_range};
use crate::number::Number;
use crate::value::{Value, compare};
use std::cmp::Ordering;

pub(super) static FUNCTIONS: &[BuiltIn] = &[
    of_list("min", |call| extreme(call, Ordering::Less)),
    of_list("max", |call| extreme(call, Ordering::Greater)),
    of_list("sum", sum),
    of_list("mean", mean),
    of_list("product", product),
    of_list("median", median),
    of_list("stddev", deviation),
    of_list("mode", mode),
    of_list("all", |call| quantified(call, false)),
    of_list("any", |call| quantified(call, true)),
];

const fn of_list(name: &'static str, run: fn(&mut Call<'_>) -> Outcome) -> BuiltIn {
    BuiltIn {
        name,
        signatures: &[&["list"]],
        variadic: true,
        run,
    }
}

fn extreme(call: &mut Call<'_>, wanted: Ordering) -> Outcome {
    let items = call.items()?;
    let Some(mut best) = items.first() else {
        return Err("列表是空的".to_owned());
    };
    if compare(best, best).is_none() {
        return Err(format!("{}不能比较大小", best.kind()));
    }
    for item in &items[1..] {
        match compare(item, best) {
            Some(order) if order == wanted => best = item,
            Some(_) => {}
            None => return Err(format!("{}和{}不能比较大小", item.kind(), best.kind())),
        }
    }
    Ok(best.clone())
}

fn numbers(call: &mut Call<'_>) -> Result<Vec<Number>, String> {
    let items = call.items()?;
    items
        .iter()
        .map(|item| {
            item.as_number()
                .ok_or_else(|| format!("列表中有{}，只能是数", item.kind()))
        })
        .collect()
}

/// At least one number.
fn some_numbers(call: &mut Call<'_>) -> Result<Vec<Number>, String> {
    let numbers = numbers(call)?;
    if numbers.is_empty() {
        Err("列表是空的".to_owned())
    } else {
        Ok(numbers)
    }
}

fn total(numbers: &[Number]) -> Result<Number, String> {
    numbers
        .iter()
        .try_fold(Number::ZERO, |sum, number| sum.add(*number))
        .ok_or_else(|| super::OUT_OF_RANGE.to_owned())
}

/// Durations of one kind can be added too.
fn sum(call: &mut Call<'_>) -> Outcome {
    Ok(Value::Number(total(&some_numbers(call)?)?))
}

fn mean(call: &mut Call<'_>) -> Outcome {
    let numbers = some_numbers(call)?;
    in_range(total(&numbers)?.div(Number::from(numbers.len())))
}

fn product(call: &mut Call<'_>) -> Outcome {
    let numbers = some_numbers(call)?;
    in_range(
        numbers
            .iter()
            .try_fold(Number::ONE, |product, number| product.mul(*number)),
    )
}

fn median(call: &mut Call<'_>) -> Outcome {
    let mut numbers = some_numbers(call)?;
    numbers.sort_unstable();
    let middle = numbers.len() / 2;
    if numbers.len() % 2 == 1 {
        return Ok(Value::Number(numbers[middle]));
    }
    let sum = numbers[middle - 1].add(numbers[middle]);
    in_range(sum.and_then(|sum| sum.div(Number::from(2))))
}

/// Of a sample: the squares are divided by one less than their count.
fn deviation(call: &mut Call<'_>) -> Outcome {
    let numbers = numbers(call)?;
    if numbers.len() < 2 {
        return Err("标准差至少要两个数".to_owned());
    }
    let count = Number::from(numbers.len());
    let squares = || {
        let mean = total(&numbers).ok()?.div(count)?;
        let mut sum = Number::ZERO;
        for number in &numbers {
            let distance = number.sub(mean)?;
            sum = sum.add(distance.mul(distance)?)?;
        }
        sum.div(count.sub(Number::ONE)?)?.sqrt()
    };
    in_range(squares())
}

fn mode(call: &mut Call<'_>) -> Outcome {
    let mut numbers = numbers(call)?;
    numbers.sort_unstable();
    let runs: Vec<(Number, usize)> = numbers.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).collect();
    let most = runs.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let modes = runs
        .iter()
        .filter(|(_, count)| *count == most)
        .map(|(n, _)| Value::Number(*n))
        .collect();
    Ok(Value::list(modes))
}

/// `deciding` anywhere decides; anything that is no boolean leaves the result open.
fn quantified(call: &mut Call<'_>, deciding: bool) -> Outcome {
    let items = call.items()?;
    let mut open = None;
    for item in items.iter() {
        match item {
            Value::Boolean(value) if *value == deciding => return Ok(Value::Boolean(deciding)),
            Value::Boolean(_) => {}
            other => open = Some(other.kind()),
        }
    }
    match open {
        Some(kind) => Err(format!("列表中有{kind}，不能判断真假")),
        None => Ok(Value::Boolean(!deciding)),
    }
}
