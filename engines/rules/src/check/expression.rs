//! Checks of one expression, as it stands in a flow or a form.

use super::names::Walk;
use super::typing::{Known, fits, in_words, infer};
use super::{Finding, FindingKind};
use crate::extension::Extensions;
use crate::feel::{Names, Type, parse_expression};
use std::sync::Arc;

/// Checks an expression over known names with their types ([`Type::Any`] where unknown), which must
/// come to the wanted type.
pub fn expression(text: &str, known: &[(&str, Type)], wanted: &Type, extensions: &Extensions) -> Vec<Finding> {
    let mut bound: Vec<&str> = extensions.names().collect();
    bound.extend(known.iter().map(|(name, _)| *name));
    let names: Names = bound.iter().copied().collect();
    let found = |kind, message| Finding {
        kind,
        place: "".into(),
        rules: Vec::new(),
        message,
        example: None,
    };
    let parsed = match parse_expression(text, &names, &names) {
        Ok(parsed) => parsed,
        Err(error) => return vec![found(FindingKind::Syntax, error.to_string())],
    };
    let mut walk = Walk::new(bound.into_iter().map(Arc::from).collect());
    walk.expression(&parsed);
    let missing = walk
        .missing
        .iter()
        .map(|name| found(FindingKind::MissingName, format!("没有名为“{name}”的值")));
    let mut findings: Vec<Finding> = missing.collect();
    let known: Known = known
        .iter()
        .map(|(name, kind)| (Arc::from(*name), kind.clone()))
        .collect();
    let mut wrong = Vec::new();
    let kind = infer(&parsed, &known, &mut wrong);
    if !fits(&kind, wanted) {
        let (wanted, kind) = (in_words(wanted), in_words(&kind));
        wrong.push(format!("“{text}”应为{wanted}，却是{kind}"));
    }
    findings.extend(wrong.into_iter().map(|message| found(FindingKind::Type, message)));
    findings
}
