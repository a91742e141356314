//! Cells made of literals, ready to be compared without walking a tree, and an index over one
//! column that leaves few rules of a large table to be tried.

use super::logic::{TableRule, Tests};
use crate::evaluate::{Evaluator, Scope, matches};
use crate::feel::ast::{CompareOp, Expr, Kind};
use crate::feel::{SyntaxError, UnaryTests};
use crate::number::Number;
use crate::value::{Range, Value, compared};
use std::collections::HashMap;
use std::sync::Arc;

/// The tests of a cell as comparisons with known values.
#[derive(Debug)]
pub(crate) enum Quick {
    Any,
    OneOf(Vec<Test>),
    NoneOf(Vec<Test>),
}

#[derive(Debug)]
pub(crate) enum Test {
    Compare(CompareOp, Value),
    /// A boolean stands for itself to any input that is none.
    Boolean(bool),
    /// A string, number, date, range or list of such.
    Is(Value),
}

impl Quick {
    /// Nothing if the cell is more than literals.
    pub(crate) fn new(parsed: &Result<UnaryTests, SyntaxError>) -> Option<Quick> {
        let all = |tests: &[Expr]| tests.iter().map(Test::new).collect::<Option<Vec<_>>>();
        match parsed.as_ref().ok()? {
            UnaryTests::Any => Some(Quick::Any),
            UnaryTests::OneOf(tests) => all(tests).map(Quick::OneOf),
            UnaryTests::NoneOf(tests) => all(tests).map(Quick::NoneOf),
        }
    }

    /// As [`Evaluator::passes_all`].
    #[inline]
    pub(crate) fn pass(&self, input: &Value) -> Option<bool> {
        let (tests, wanted) = match self {
            Quick::Any => return Some(true),
            Quick::OneOf(tests) => (tests, true),
            Quick::NoneOf(tests) => (tests, false),
        };
        let mut unknown = false;
        for test in tests {
            match test.pass(input) {
                Some(true) => return Some(wanted),
                Some(false) => {}
                None => unknown = true,
            }
        }
        if unknown { None } else { Some(!wanted) }
    }
}

impl Test {
    fn new(test: &Expr) -> Option<Test> {
        match &test.kind {
            Kind::Comparison(op, end) => constant(end).map(|end| Test::Compare(*op, end)),
            Kind::Boolean(value) => Some(Test::Boolean(*value)),
            _ => constant(test).map(Test::Is),
        }
    }

    #[inline]
    fn pass(&self, input: &Value) -> Option<bool> {
        match self {
            Test::Compare(op, end) => compared(*op, input, end),
            Test::Boolean(wanted) => match input {
                Value::Boolean(value) => Some(value == wanted),
                Value::Null => Some(false),
                _ => Some(*wanted),
            },
            Test::Is(value) => matches(value, input),
        }
    }
}

/// The value of a literal, or of a list or range of literals.
fn constant(expression: &Expr) -> Option<Value> {
    fn is_constant(expression: &Expr) -> bool {
        match &expression.kind {
            Kind::Null | Kind::Number(_) | Kind::String(_) => true,
            Kind::At(_, value) => !value.is_null(),
            Kind::Negate(inner) => matches!(inner.kind, Kind::Number(_)),
            Kind::Range(range) => is_constant(&range.low) && is_constant(&range.high),
            Kind::List(items) => items.iter().all(is_constant),
            _ => false,
        }
    }
    if !is_constant(expression) {
        return None;
    }
    let value = Evaluator::default().evaluate(expression, &Scope::new());
    (!value.is_null() || expression.kind == Kind::Null).then_some(value)
}

/// Tables with fewer rules are tried rule by rule.
const MIN_RULES: usize = 8;
/// Most entries of an index, for each rule.
const MAX_ENTRIES: usize = 40;

/// For the values of one column, the rules (in order) that they may pass.
#[derive(Debug)]
pub(crate) struct RuleIndex {
    pub column: usize,
    kind: IndexKind,
    entries: usize,
}

#[derive(Debug)]
enum IndexKind {
    /// By the string; other strings get the rules that name none.
    Strings(HashMap<Arc<str>, Vec<u32>>, Vec<u32>),
    /// By the place among the ends: `2 i + 1` is end `i`, `2 i` lies before it.
    Numbers(Vec<Number>, Vec<Vec<u32>>),
}

impl RuleIndex {
    /// An index over the column that tells rules apart best, if one does.
    pub(crate) fn new(rules: &[TableRule], columns: usize) -> Option<RuleIndex> {
        if rules.len() < MIN_RULES {
            return None;
        }
        let over = |column: usize| {
            let cells: Vec<&Tests> = rules.iter().map(|rule| &rule.tests[column]).collect();
            strings(column, &cells).or_else(|| numbers(column, &cells))
        };
        (0..columns).filter_map(over).min_by_key(|index| {
            // Few rules in each list is what counts.
            index.entries / index.lists().max(1)
        })
    }

    fn lists(&self) -> usize {
        match &self.kind {
            IndexKind::Strings(lists, _) => lists.len() + 1,
            IndexKind::Numbers(_, lists) => lists.len(),
        }
    }

    /// The rules to try; nothing if the index knows no better than all of them.
    pub(crate) fn candidates(&self, inputs: &[Value]) -> Option<&[u32]> {
        match (&self.kind, &inputs[self.column]) {
            (IndexKind::Strings(lists, rest), Value::String(text)) => Some(lists.get(text).unwrap_or(rest)),
            (IndexKind::Numbers(ends, lists), Value::Number(number)) => {
                let place = match ends.binary_search(number) {
                    Ok(end) => 2 * end + 1,
                    Err(after) => 2 * after,
                };
                lists.get(place).map(Vec::as_slice)
            }
            _ => None,
        }
    }
}

/// Cells that are strings or lists of strings; the rest may be anything.
fn strings(column: usize, cells: &[&Tests]) -> Option<RuleIndex> {
    let named: Vec<Option<Vec<&Arc<str>>>> = cells.iter().map(|cell| named_strings(cell)).collect();
    let mut lists: HashMap<Arc<str>, Vec<u32>> = HashMap::new();
    for text in named.iter().flatten().flatten() {
        lists.entry((*text).clone()).or_default();
    }
    if lists.is_empty() {
        return None;
    }
    let mut rest = Vec::new();
    let mut entries = 0;
    for (rule, named) in named.iter().enumerate() {
        match named {
            Some(texts) => {
                for text in texts {
                    let list = lists.get_mut(*text)?;
                    if list.last() != Some(&(rule as u32)) {
                        list.push(rule as u32);
                        entries += 1;
                    }
                }
            }
            None => {
                rest.push(rule as u32);
                lists.values_mut().for_each(|list| list.push(rule as u32));
                entries += lists.len();
            }
        }
        if entries > MAX_ENTRIES * cells.len() {
            return None;
        }
    }
    Some(RuleIndex {
        column,
        kind: IndexKind::Strings(lists, rest),
        entries,
    })
}

fn named_strings(cell: &Tests) -> Option<Vec<&Arc<str>>> {
    let Some(Quick::OneOf(tests)) = &cell.quick else {
        return None;
    };
    let mut texts = Vec::new();
    for test in tests {
        match test {
            Test::Is(Value::String(text)) | Test::Compare(CompareOp::Equal, Value::String(text)) => {
                texts.push(text);
            }
            Test::Is(Value::List(items)) => {
                for item in items.iter() {
                    texts.push(item.as_text()?);
                }
            }
            _ => return None,
        }
    }
    Some(texts)
}

fn numbers(column: usize, cells: &[&Tests]) -> Option<RuleIndex> {
    let mut ends: Vec<Number> = Vec::new();
    for cell in cells {
        if let Some(Quick::OneOf(tests)) = &cell.quick {
            for test in tests {
                ends.extend(
                    spans(test)
                        .into_iter()
                        .flatten()
                        .flat_map(|(low, high)| [low.0, high.0])
                        .flatten(),
                );
            }
        }
    }
    ends.sort_unstable();
    ends.dedup();
    if ends.len() < 2 {
        return None;
    }
    let mut lists: Vec<Vec<u32>> = vec![Vec::new(); 2 * ends.len() + 1];
    let mut entries = 0;
    for (rule, cell) in cells.iter().enumerate() {
        for (first, last) in pieces(cell, &ends) {
            entries += last + 1 - first;
            if entries > MAX_ENTRIES * cells.len() {
                return None;
            }
            for list in &mut lists[first..=last] {
                if list.last() != Some(&(rule as u32)) {
                    list.push(rule as u32);
                }
            }
        }
    }
    Some(RuleIndex {
        column,
        kind: IndexKind::Numbers(ends, lists),
        entries,
    })
}

/// An end (none is open) and whether it belongs to the span.
type End = (Option<Number>, bool);

/// The numbers that a test lets through, as spans; nothing if that cannot be said.
fn spans(test: &Test) -> Option<Vec<(End, End)>> {
    const OPEN: End = (None, false);
    let single = |n: Number| ((Some(n), true), (Some(n), true));
    let compare = |op: CompareOp, n: Number| match op {
        CompareOp::Equal => Some(single(n)),
        CompareOp::NotEqual => None,
        CompareOp::Less => Some((OPEN, (Some(n), false))),
        CompareOp::LessOrEqual => Some((OPEN, (Some(n), true))),
        CompareOp::Greater => Some(((Some(n), false), OPEN)),
        CompareOp::GreaterOrEqual => Some(((Some(n), true), OPEN)),
    };
    match test {
        Test::Compare(op, Value::Number(n)) => Some(vec![compare(*op, *n)?]),
        Test::Is(Value::Number(n)) => Some(vec![single(*n)]),
        Test::Is(Value::Range(range)) => Some(vec![range_span(range)?]),
        Test::Is(Value::List(items)) => items.iter().map(|item| item.as_number().map(single)).collect(),
        _ => None,
    }
}

fn range_span(range: &Range) -> Option<(End, End)> {
    let (Value::Number(low), Value::Number(high)) = (&range.low, &range.high) else {
        return None;
    };
    Some(((Some(*low), range.low_included), (Some(*high), range.high_included)))
}

/// Places among the ends that the cell covers: a superset where it cannot be said exactly.
fn pieces(cell: &Tests, ends: &[Number]) -> Vec<(usize, usize)> {
    let all = vec![(0, 2 * ends.len())];
    let Some(Quick::OneOf(tests)) = &cell.quick else {
        return all;
    };
    let place = |n: &Number| ends.binary_search(n).map_or(0, |at| 2 * at + 1);
    let mut pieces = Vec::new();
    for test in tests {
        let Some(spans) = spans(test) else { return all };
        for ((low, low_included), (high, high_included)) in spans {
            let first = low.map_or(0, |n| place(&n) + usize::from(!low_included));
            let last = match high {
                Some(n) => (place(&n) + usize::from(high_included)).checked_sub(1),
                None => Some(2 * ends.len()),
            };
            if let Some(last) = last.filter(|last| *last >= first) {
                pieces.push((first, last));
            }
        }
    }
    pieces
}
