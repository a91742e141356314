//! Names that nothing in scope has, and names that are used.

use crate::dmn::{Logic, Parsed, Table, Tests};
use crate::feel::ast::{Arguments, Expr, Kind};
use crate::feel::{SyntaxError, UnaryTests};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a walk through logic finds.
#[derive(Default)]
pub(super) struct Walk {
    bound: Vec<Arc<str>>,
    filters: usize,
    pub used: BTreeSet<Arc<str>>,
    pub missing: BTreeSet<Arc<str>>,
    pub broken: Vec<(Arc<str>, SyntaxError)>,
}

impl Walk {
    pub fn new(bound: Vec<Arc<str>>) -> Walk {
        Walk {
            bound,
            ..Walk::default()
        }
    }

    pub fn logic(&mut self, logic: &Logic) {
        match logic {
            Logic::Missing => {}
            Logic::Expression(parsed) => self.parsed(parsed),
            Logic::Typed(_, inner) => self.logic(inner),
            Logic::Context(entries) => self.scoped(|walk| {
                for entry in entries {
                    walk.logic(&entry.value);
                    walk.bound.extend(entry.variable.iter().map(|v| v.name.clone()));
                }
            }),
            Logic::Relation(_, rows) => rows.iter().flatten().for_each(|cell| self.logic(cell)),
            Logic::List(items) => items.iter().for_each(|item| self.logic(item)),
            Logic::Invocation(function, bindings) => {
                self.logic(function);
                bindings.iter().for_each(|(_, value)| self.logic(value));
            }
            Logic::Function(function) => self.scoped(|walk| {
                walk.bound.extend(function.parameters.iter().map(|p| p.name.clone()));
                if !function.external {
                    walk.logic(&function.body);
                }
            }),
            Logic::Table(table) => self.table(table),
            Logic::Conditional(parts) => parts.iter().for_each(|part| self.logic(part)),
            Logic::Filter(parts) => {
                self.logic(&parts[0]);
                self.filters += 1;
                self.logic(&parts[1]);
                self.filters -= 1;
            }
            Logic::For(variable, parts) | Logic::Some(variable, parts) | Logic::Every(variable, parts) => {
                self.logic(&parts[0]);
                self.scoped(|walk| {
                    walk.bound.extend([variable.clone(), "partial".into()]);
                    walk.logic(&parts[1]);
                });
            }
        }
    }

    fn table(&mut self, table: &Table) {
        for input in &table.inputs {
            self.parsed(&input.expression);
            input.allowed.iter().for_each(|tests| self.tests(tests));
        }
        for output in &table.outputs {
            output.allowed.iter().for_each(|tests| self.tests(tests));
            output.default.iter().for_each(|default| self.parsed(default));
        }
        for rule in &table.rules {
            rule.tests.iter().for_each(|tests| self.tests(tests));
            rule.outputs.iter().for_each(|output| self.parsed(output));
        }
    }

    pub fn tests(&mut self, tests: &Tests) {
        match &tests.parsed {
            Ok(UnaryTests::Any) => {}
            Ok(UnaryTests::OneOf(parts) | UnaryTests::NoneOf(parts)) => self.scoped(|walk| {
                walk.bound.push("?".into());
                parts.iter().for_each(|part| walk.expression(part));
            }),
            Err(error) => self.broken.push((tests.text.clone(), error.clone())),
        }
    }

    pub fn parsed(&mut self, parsed: &Parsed) {
        match &parsed.parsed {
            Ok(expression) => self.expression(expression),
            Err(error) => self.broken.push((parsed.text.clone(), error.clone())),
        }
    }

    pub fn expression(&mut self, expression: &Expr) {
        match &expression.kind {
            Kind::Name(name) => self.name(name),
            Kind::Context(entries) => self.scoped(|walk| {
                for entry in entries {
                    walk.expression(&entry.value);
                    walk.bound.push(entry.key.clone());
                }
            }),
            Kind::For(iterations, body) | Kind::Quantified(_, iterations, body) => {
                self.scoped(|walk| {
                    for iteration in iterations {
                        walk.expression(&iteration.domain);
                        iteration.high.iter().for_each(|high| walk.expression(high));
                        walk.bound.push(iteration.name.clone());
                    }
                    walk.bound.push("partial".into());
                    walk.expression(body);
                });
            }
            Kind::Function(function) => self.scoped(|walk| {
                walk.bound.extend(function.parameters.iter().map(|p| p.name.clone()));
                if !function.external {
                    walk.expression(&function.body);
                }
            }),
            Kind::In(value, tests) => {
                self.expression(value);
                self.scoped(|walk| {
                    walk.bound.push("?".into());
                    tests.iter().for_each(|test| walk.expression(test));
                });
            }
            Kind::Filter(value, condition) => {
                self.expression(value);
                self.filters += 1;
                self.expression(condition);
                self.filters -= 1;
            }
            Kind::Call(function, Arguments::Named(items)) => {
                self.expression(function);
                items.iter().for_each(|(_, item)| self.expression(item));
            }
            other => {
                let mut parts = Vec::new();
                other.each_part(&mut |part| parts.push(part));
                parts.into_iter().for_each(|part| self.expression(part));
            }
        }
    }

    /// Inside a filter a name may be an entry of the elements, which nobody announced.
    fn name(&mut self, name: &Arc<str>) {
        if self.bound.contains(name) {
            self.used.insert(name.clone());
        } else if self.filters == 0 && crate::builtins::find(name).is_none() {
            self.missing.insert(name.clone());
        }
    }

    fn scoped(&mut self, inner: impl FnOnce(&mut Walk)) {
        let outer = self.bound.len();
        inner(self);
        self.bound.truncate(outer);
    }
}
