//! The condition of a cell in words, for people.

use crate::feel::ast::{CompareOp, Expr, Kind, RangeExpr};
use crate::feel::{UnaryTests, normal};

/// As in “大于 5”, “不小于 50 且小于 200”, “甲类”或“乙类”.
pub(crate) fn condition(tests: &UnaryTests) -> String {
    let joined = |tests: &[Expr]| tests.iter().map(test).collect::<Vec<_>>().join("或");
    match tests {
        UnaryTests::Any => "任何值".to_owned(),
        UnaryTests::OneOf(tests) => joined(tests),
        UnaryTests::NoneOf(tests) => format!("{}以外", joined(tests)),
    }
}

fn test(expression: &Expr) -> String {
    match &expression.kind {
        Kind::Comparison(op, end) => compared(*op, end),
        Kind::Compare(op, left, right) if is_input(left) => compared(*op, right),
        Kind::Range(range) => span(range),
        Kind::And(left, right) => format!("{}且{}", test(left), test(right)),
        Kind::Or(left, right) => format!("{}或{}", test(left), test(right)),
        Kind::List(items) => items.iter().map(test).collect::<Vec<_>>().join("或"),
        Kind::Null => "未填写".to_owned(),
        Kind::Boolean(true) => "是".to_owned(),
        Kind::Boolean(false) => "否".to_owned(),
        Kind::String(text) => format!("“{text}”"),
        Kind::At(text, _) => text.to_string(),
        _ => normal(&expression.to_string()),
    }
}

fn is_input(expression: &Expr) -> bool {
    matches!(&expression.kind, Kind::Name(name) if &**name == "?")
}

fn compared(op: CompareOp, end: &Expr) -> String {
    let word = match op {
        CompareOp::Equal => "等于",
        CompareOp::NotEqual => "不等于",
        CompareOp::Less => "小于",
        CompareOp::LessOrEqual => "不大于",
        CompareOp::Greater => "大于",
        CompareOp::GreaterOrEqual => "不小于",
    };
    format!("{word} {}", test(end))
}

fn span(range: &RangeExpr) -> String {
    let low = if range.low_included { "不小于" } else { "大于" };
    let high = if range.high_included { "不大于" } else { "小于" };
    format!("{low} {} 且{high} {}", test(&range.low), test(&range.high))
}
