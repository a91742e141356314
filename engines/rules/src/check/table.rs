//! Gaps, overlaps and unreachable rules of a decision table. Each column is cut into pieces (see
//! `samples`); a rule is a box of pieces; the questions are about unions of boxes.

use super::samples::{literals, samples};
use super::{Finding, FindingKind};
use crate::dmn::{HitPolicy, Table, Tests};
use crate::evaluate::{Evaluator, Scope};
use crate::feel::{Kind, Type, UnaryTests};
use crate::value::{Context, Value, feel_text};
use std::collections::HashMap;
use std::sync::Arc;

/// Work that one question may cost before it is given up.
const BUDGET: usize = 20_000_000;
/// Findings of one kind that are listed for one table.
const LISTED: usize = 20;

/// A table in pieces.
pub(super) struct Pieces {
    columns: Vec<Column>,
    rules: usize,
}

struct Column {
    name: Arc<str>,
    samples: Vec<Value>,
    /// For each rule, the pieces its cell lets through.
    passes: Vec<Set>,
}

/// A set of pieces, a bit each.
#[derive(Clone, PartialEq)]
struct Set(Vec<u64>);

impl Set {
    fn new(length: usize) -> Set {
        Set(vec![0; length.div_ceil(64)])
    }

    fn add(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    fn has(&self, at: usize) -> bool {
        self.0[at / 64] & (1 << (at % 64)) != 0
    }

    fn first_common(&self, other: &Set) -> Option<usize> {
        let words = self.0.iter().zip(&other.0).enumerate();
        words
            .map(|(at, (a, b))| (at, a & b))
            .find(|(_, both)| *both != 0)
            .map(|(at, both)| at * 64 + both.trailing_zeros() as usize)
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }
}

/// Checks one table. `allowed` gives, for each column, the tests that its type or clause imposes.
pub(super) fn check_table(place: &Arc<str>, table: &Table, allowed: &[Vec<&Tests>], declared: &[Type]) -> Vec<Finding> {
    let undecided = |message: String| Finding {
        kind: FindingKind::Undecided,
        place: place.clone(),
        rules: Vec::new(),
        message,
        example: None,
    };
    let pieces = match Pieces::new(table, allowed, declared) {
        Ok(pieces) => pieces,
        Err(column) => {
            return vec![undecided(format!(
                "“{column}”一列的条件不全是常量，无法证明规则之间有无遗漏和重叠"
            ))];
        }
    };
    let mut budget = BUDGET;
    let mut findings = pieces.impossible(place);
    findings.extend(pieces.hidden(place, table, &mut budget));
    findings.extend(pieces.overlaps(place, table, &mut budget));
    if table.hit_policy.is_single() && table.outputs.iter().all(|output| output.default.is_none()) {
        findings.extend(pieces.gap(place, &mut budget));
    }
    if budget == 0 {
        findings.push(undecided("决策表过大，未能查完遗漏和重叠".to_owned()));
    }
    findings
}

impl Pieces {
    /// The name of a column that cannot be cut is the error.
    fn new(table: &Table, allowed: &[Vec<&Tests>], declared: &[Type]) -> Result<Pieces, Arc<str>> {
        let mut columns = Vec::with_capacity(table.inputs.len());
        for (at, input) in table.inputs.iter().enumerate() {
            let cells: Vec<&Tests> = table.rules.iter().map(|rule| &rule.tests[at]).collect();
            let column = column(&input.label, &cells, &allowed[at], &declared[at]);
            columns.push(column.ok_or_else(|| input.label.clone())?);
        }
        Ok(Pieces {
            columns,
            rules: table.rules.len(),
        })
    }

    /// Rules with a cell that no allowed value passes.
    fn impossible(&self, place: &Arc<str>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for rule in 0..self.rules {
            if let Some(column) = self.columns.iter().find(|c| c.passes[rule].is_empty()) {
                findings.push(Finding {
                    kind: FindingKind::Unreachable,
                    place: place.clone(),
                    rules: vec![rule + 1],
                    message: format!("第 {} 条规则永远不会成立：“{}”没有符合条件的值", rule + 1, column.name),
                    example: None,
                });
            }
        }
        findings
    }

    fn is_possible(&self, rule: usize) -> bool {
        self.columns.iter().all(|column| !column.passes[rule].is_empty())
    }

    /// Rules of a FIRST table that earlier ones cover whole.
    fn hidden(&self, place: &Arc<str>, table: &Table, budget: &mut usize) -> Vec<Finding> {
        if table.hit_policy != HitPolicy::First {
            return Vec::new();
        }
        let mut findings = Vec::new();
        for rule in 1..self.rules {
            if !self.is_possible(rule) || findings.len() >= LISTED {
                continue;
            }
            let earlier: Vec<usize> = (0..rule).filter(|other| self.meet(*other, rule)).collect();
            if self.uncovered(&earlier, Some(rule), budget).is_none() && *budget > 0 {
                findings.push(Finding {
                    kind: FindingKind::Unreachable,
                    place: place.clone(),
                    rules: vec![rule + 1],
                    message: format!("第 {} 条规则永远轮不到：前面的规则已经全部覆盖", rule + 1),
                    example: None,
                });
            }
        }
        findings
    }

    fn meet(&self, a: usize, b: usize) -> bool {
        self.columns
            .iter()
            .all(|c| c.passes[a].first_common(&c.passes[b]).is_some())
    }

    /// Pairs of rules that apply together where only one may (or where both must say the same).
    fn overlaps(&self, place: &Arc<str>, table: &Table, budget: &mut usize) -> Vec<Finding> {
        if !matches!(table.hit_policy, HitPolicy::Unique | HitPolicy::Any) {
            return Vec::new();
        }
        let mut findings = Vec::new();
        for a in 0..self.rules {
            for b in a + 1..self.rules {
                if findings.len() >= LISTED || !spend(budget, self.columns.len().max(1)) {
                    return findings;
                }
                if table.hit_policy == HitPolicy::Any && same_outputs(table, a, b) {
                    continue;
                }
                let common: Option<Vec<usize>> = self
                    .columns
                    .iter()
                    .map(|column| column.passes[a].first_common(&column.passes[b]))
                    .collect();
                let Some(common) = common else { continue };
                let example = self.example(&common);
                findings.push(Finding {
                    kind: FindingKind::Overlap,
                    place: place.clone(),
                    rules: vec![a + 1, b + 1],
                    message: format!(
                        "第 {} 条和第 {} 条规则会同时成立，例如{}",
                        a + 1,
                        b + 1,
                        in_words(&example)
                    ),
                    example: Some(example),
                });
            }
        }
        findings
    }

    fn gap(&self, place: &Arc<str>, budget: &mut usize) -> Option<Finding> {
        let all: Vec<usize> = (0..self.rules).filter(|rule| self.is_possible(*rule)).collect();
        let gap = self.uncovered(&all, None, budget)?;
        let example = self.example(&gap);
        Some(Finding {
            kind: FindingKind::Gap,
            place: place.clone(),
            rules: Vec::new(),
            message: format!("有输入不符合任何一条规则，例如{}", in_words(&example)),
            example: Some(example),
        })
    }

    /// Pieces, one a column, that none of the rules covers (within a rule's box, if given).
    fn uncovered(&self, rules: &[usize], within: Option<usize>, budget: &mut usize) -> Option<Vec<usize>> {
        let mut chosen = Vec::with_capacity(self.columns.len());
        let found = self.search(rules, within, &mut chosen, budget, &mut HashMap::new());
        found.then_some(chosen)
    }

    /// Depth-first over columns. Pieces that leave the same rules are one case; cases that turned
    /// out covered are remembered by column and rules left.
    fn search(
        &self,
        rules: &[usize],
        within: Option<usize>,
        chosen: &mut Vec<usize>,
        budget: &mut usize,
        covered: &mut HashMap<(usize, Vec<usize>), ()>,
    ) -> bool {
        let at = chosen.len();
        let Some(column) = self.columns.get(at) else {
            return rules.is_empty();
        };
        if covered.contains_key(&(at, rules.to_vec())) {
            return false;
        }
        let mut seen: Vec<Vec<usize>> = Vec::new();
        for piece in 0..column.samples.len() {
            if within.is_some_and(|rule| !column.passes[rule].has(piece)) {
                continue;
            }
            if !spend(budget, rules.len() + 1) {
                return false;
            }
            let left: Vec<usize> = rules
                .iter()
                .copied()
                .filter(|rule| column.passes[*rule].has(piece))
                .collect();
            if seen.contains(&left) {
                continue;
            }
            chosen.push(piece);
            if self.search(&left, within, chosen, budget, covered) {
                return true;
            }
            chosen.pop();
            if seen.len() < 1000 {
                seen.push(left);
            }
        }
        if *budget > 0 && covered.len() < 100_000 {
            covered.insert((at, rules.to_vec()), ());
        }
        false
    }

    fn example(&self, pieces: &[usize]) -> Context {
        self.columns
            .iter()
            .zip(pieces)
            .map(|(column, piece)| (column.name.clone(), column.samples[*piece].clone()))
            .collect()
    }
}

fn spend(budget: &mut usize, cost: usize) -> bool {
    *budget = budget.saturating_sub(cost);
    *budget > 0
}

fn column(name: &Arc<str>, cells: &[&Tests], allowed: &[&Tests], declared: &Type) -> Option<Column> {
    let mut found = Vec::new();
    for tests in cells.iter().chain(allowed) {
        found.extend(literals(tests.parsed.as_ref().ok()?)?);
    }
    let orders_strings = cells
        .iter()
        .chain(allowed)
        .any(|tests| tests.parsed.as_ref().is_ok_and(orders) && found.iter().any(is_text));
    if orders_strings {
        return None;
    }
    let mut evaluator = Evaluator::new(crate::evaluate::Limits {
        steps: BUDGET as u64,
        ..Default::default()
    });
    let mut samples = samples(&found, declared)?;
    for tests in allowed {
        samples.retain(|sample| tests.pass(&mut evaluator, sample, &Scope::new()) == Some(true));
    }
    let mut passes = Vec::with_capacity(cells.len());
    for tests in cells {
        let mut set = Set::new(samples.len());
        for (at, sample) in samples.iter().enumerate() {
            if tests.pass(&mut evaluator, sample, &Scope::new()) == Some(true) {
                set.add(at);
            }
        }
        passes.push(set);
    }
    evaluator.stopped.is_none().then(|| Column {
        name: name.clone(),
        samples,
        passes,
    })
}

fn is_text(value: &Value) -> bool {
    matches!(value, Value::String(_))
}

/// Whether a test asks for an order rather than equality.
fn orders(tests: &UnaryTests) -> bool {
    use crate::feel::ast::CompareOp;
    let tests = match tests {
        UnaryTests::Any => return false,
        UnaryTests::OneOf(tests) | UnaryTests::NoneOf(tests) => tests,
    };
    tests.iter().any(|test| match &test.kind {
        Kind::Comparison(op, _) | Kind::Compare(op, ..) => !matches!(op, CompareOp::Equal | CompareOp::NotEqual),
        Kind::Range(_) | Kind::Between(_) | Kind::And(..) | Kind::Or(..) => true,
        _ => false,
    })
}

fn same_outputs(table: &Table, a: usize, b: usize) -> bool {
    let cells = table.rules[a].outputs.iter().zip(&table.rules[b].outputs);
    cells.into_iter().all(|(a, b)| match (&a.parsed, &b.parsed) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    })
}

pub(super) fn in_words(example: &Context) -> String {
    let parts: Vec<String> = example
        .iter()
        .map(|(name, value)| format!("{name} = {}", feel_text(value)))
        .collect();
    parts.join("，")
}
