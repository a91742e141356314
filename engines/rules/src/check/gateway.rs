//! Conditions at one gateway: is at most one of them true, and is always one of them true?

use super::samples::{literal, samples};
use super::table::in_words;
use crate::evaluate::{Evaluator, Limits, Scope};
use crate::feel::ast::{Arguments, Expr, Kind};
use crate::feel::{Names, SyntaxError, Type, parse_expression};
use crate::value::{Context, Value};
use std::sync::Arc;

/// What is known of one question.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Proven,
    /// Not so, as these values show.
    Refuted(Context),
    /// Neither could be shown; why.
    Unknown(String),
}

/// Whether conditions exclude each other and leave nothing out, for all inputs that are filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewayReport {
    pub exclusive: Verdict,
    pub complete: Verdict,
    /// The conditions (from 0) that the counter-example to `exclusive` makes true together.
    pub together: Vec<usize>,
}

impl GatewayReport {
    pub fn sentences(&self) -> Vec<String> {
        let exclusive = match &self.exclusive {
            Verdict::Proven => "各条件互斥：任何时候至多一个成立。".to_owned(),
            Verdict::Refuted(example) => {
                let together: Vec<String> = self.together.iter().map(|at| format!("第 {} 个", at + 1)).collect();
                format!("{}条件会同时成立，例如{}。", together.join("和"), in_words(example))
            }
            Verdict::Unknown(why) => format!("不能证明各条件互斥：{why}。"),
        };
        let complete = match &self.complete {
            Verdict::Proven => "各条件完整：任何时候至少一个成立。".to_owned(),
            Verdict::Refuted(example) => format!("有情形不符合任何条件，例如{}。", in_words(example)),
            Verdict::Unknown(why) => format!("不能证明各条件完整：{why}。"),
        };
        vec![exclusive, complete]
    }
}

/// Combinations of sample values tried before giving up.
const MAX_CASES: usize = 200_000;

/// Checks FEEL conditions (without the leading `=`). `variables` gives the types of names that are
/// known, as `表单.金额` → number; it helps where a condition is a bare boolean name.
pub fn gateway(conditions: &[&str], variables: &[(&str, Type)]) -> Result<GatewayReport, SyntaxError> {
    let names: Names = variables.iter().map(|(name, _)| *name).collect();
    let parsed = conditions
        .iter()
        .map(|text| parse_expression(text, &names, &names))
        .collect::<Result<Vec<_>, _>>()?;
    let mut subjects = Subjects::default();
    for condition in &parsed {
        if let Err(why) = subjects.read(condition) {
            return Ok(unknown(why));
        }
    }
    Ok(subjects.judge(&parsed, variables))
}

fn unknown(why: String) -> GatewayReport {
    let verdict = Verdict::Unknown(why);
    GatewayReport {
        exclusive: verdict.clone(),
        complete: verdict,
        together: Vec::new(),
    }
}

/// The names that conditions compare with literals.
#[derive(Default)]
struct Subjects {
    found: Vec<(Vec<Arc<str>>, Vec<Value>)>,
}

impl Subjects {
    /// Takes in a condition; the error says which part is more than comparisons with literals.
    fn read(&mut self, condition: &Expr) -> Result<(), String> {
        match &condition.kind {
            Kind::Boolean(_) => Ok(()),
            Kind::And(left, right) | Kind::Or(left, right) => {
                self.read(left)?;
                self.read(right)
            }
            Kind::Call(function, Arguments::Positional(items)) if matches!(&function.kind, Kind::Name(name) if &**name == "not") => {
                items.iter().try_for_each(|item| self.read(item))
            }
            Kind::Compare(op, left, right) => {
                use crate::feel::ast::CompareOp;
                let (subject, value) = if literal(right).is_some() {
                    (left, right)
                } else {
                    (right, left)
                };
                let value = literal(value).ok_or_else(|| beyond(condition))?;
                let ordered = !matches!(op, CompareOp::Equal | CompareOp::NotEqual);
                if ordered && matches!(value, Value::String(_)) {
                    return Err(beyond(condition));
                }
                self.note(subject, vec![value], condition)
            }
            Kind::Between(parts) => {
                let ends = [&parts[1], &parts[2]].map(literal);
                let [Some(low), Some(high)] = ends else {
                    return Err(beyond(condition));
                };
                self.note(&parts[0], vec![low, high], condition)
            }
            Kind::In(subject, tests) => {
                let mut values = Vec::new();
                for test in tests {
                    super::samples::test_literals(test, &mut values).ok_or_else(|| beyond(condition))?;
                }
                let spans = tests
                    .iter()
                    .any(|test| !matches!(test.kind, Kind::String(_) | Kind::List(_)));
                if spans && values.iter().any(|value| matches!(value, Value::String(_))) {
                    return Err(beyond(condition));
                }
                self.note(subject, values, condition)
            }
            Kind::Name(_) | Kind::Path(..) => self.note(condition, vec![Value::Boolean(true)], condition),
            _ => Err(beyond(condition)),
        }
    }

    fn note(&mut self, subject: &Expr, values: Vec<Value>, whole: &Expr) -> Result<(), String> {
        let path = path_of(subject).ok_or_else(|| beyond(whole))?;
        match self.found.iter_mut().find(|(known, _)| *known == path) {
            Some((_, known)) => known.extend(values),
            None => self.found.push((path, values)),
        }
        Ok(())
    }

    fn judge(&self, conditions: &[Expr], variables: &[(&str, Type)]) -> GatewayReport {
        let mut domains: Vec<(&[Arc<str>], Vec<Value>)> = Vec::new();
        for (path, literals) in &self.found {
            let name = path.join(".");
            let declared = variables.iter().find(|(known, _)| *known == name);
            let declared = declared.map_or(Type::Any, |(_, kind)| kind.clone());
            // A value that is missing is another question; a form asks for what it needs.
            let literals: Vec<Value> = literals.iter().filter(|v| !v.is_null()).cloned().collect();
            match samples(&literals, &declared) {
                Some(samples) => domains.push((path, samples)),
                None => return unknown(format!("“{name}”与不同种类的值相比较")),
            }
        }
        let cases = domains.iter().try_fold(1usize, |all, (_, samples)| {
            all.checked_mul(samples.len()).filter(|all| *all <= MAX_CASES)
        });
        let Some(cases) = cases else {
            return unknown("条件的组合过多".to_owned());
        };
        let mut report = GatewayReport {
            exclusive: Verdict::Proven,
            complete: Verdict::Proven,
            together: Vec::new(),
        };
        for case in 0..cases {
            let (scope, example) = case_scope(&domains, case);
            let mut holding = Vec::new();
            for (at, condition) in conditions.iter().enumerate() {
                let mut evaluator = Evaluator::new(Limits::default());
                if evaluator.evaluate(condition, &scope).is_true() {
                    holding.push(at);
                }
            }
            if holding.len() > 1 && report.exclusive == Verdict::Proven {
                report.exclusive = Verdict::Refuted(example.clone());
                report.together = holding;
            } else if holding.is_empty() && report.complete == Verdict::Proven {
                report.complete = Verdict::Refuted(example);
            }
        }
        report
    }
}

fn beyond(condition: &Expr) -> String {
    format!("“{condition}”不只是与常量比较")
}

fn path_of(expression: &Expr) -> Option<Vec<Arc<str>>> {
    match &expression.kind {
        Kind::Name(name) => Some(vec![name.clone()]),
        Kind::Path(inner, name) => {
            let mut path = path_of(inner)?;
            path.push(name.clone());
            Some(path)
        }
        _ => None,
    }
}

/// The names bound to the samples of one combination.
fn case_scope(domains: &[(&[Arc<str>], Vec<Value>)], mut case: usize) -> (Scope, Context) {
    let mut root = Context::new();
    let mut example = Context::new();
    for (path, samples) in domains {
        let value = &samples[case % samples.len()];
        case /= samples.len();
        set_path(&mut root, path, value);
        example.set(path.join("."), value.clone());
    }
    (Scope::new().with_entries(&Arc::new(root)), example)
}

fn set_path(context: &mut Context, path: &[Arc<str>], value: &Value) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        return context.set(first.clone(), value.clone());
    }
    let mut inner = match context.get(first) {
        Some(Value::Context(inner)) => (**inner).clone(),
        _ => Context::new(),
    };
    set_path(&mut inner, rest, value);
    context.set(first.clone(), Value::context(inner));
}
