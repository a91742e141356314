//! Item definitions as types: components, collections, allowed values and constraints.

use super::compile::{Quick, Tests};
use super::model::ItemDefinition;
use crate::evaluate::{Evaluator, NamedTypes, Scope};
use crate::feel::{Names, Type, parse_type, parse_unary_tests};
use crate::value::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Depth to which types may refer to each other.
const MAX_DEPTH: usize = 30;

/// The types of one file, and under a prefix those of the files it imports.
#[derive(Debug, Default)]
pub(crate) struct Types {
    own: HashMap<Arc<str>, Item>,
    imported: Vec<(Arc<str>, Arc<Types>)>,
}

#[derive(Debug)]
pub(crate) struct Item {
    pub declared: Type,
    pub components: Vec<(Arc<str>, Item)>,
    pub collection: bool,
    pub allowed: Option<Tests>,
    pub constraint: Option<Tests>,
}

impl Types {
    pub(crate) fn new(
        items: &[ItemDefinition],
        imported: Vec<(Arc<str>, Arc<Types>)>,
        variables: &Names,
        fields: &Names,
    ) -> Types {
        let made = |item: &ItemDefinition| (item.name.clone(), Item::new(item, variables, fields));
        Types {
            own: items.iter().map(made).collect(),
            imported,
        }
    }

    /// An item by its name, or by prefix, point and name.
    pub(crate) fn find(&self, name: &str) -> Option<&Item> {
        if let Some(item) = self.own.get(name) {
            return Some(item);
        }
        self.imported.iter().find_map(|(prefix, types)| {
            let rest = match prefix.is_empty() {
                true => name,
                false => name.strip_prefix(&**prefix)?.strip_prefix('.')?,
            };
            types.find(rest)
        })
    }

    /// What a `typeRef` says; names of no type come back as they are.
    pub(crate) fn reference(type_ref: Option<&Arc<str>>) -> Type {
        let Some(text) = type_ref else { return Type::Any };
        // Some tools qualify the standard's own types.
        let text = text.strip_prefix("feel:").unwrap_or(text);
        match Type::built_in(text) {
            Some(known) => known,
            None => parse_type(text).unwrap_or_else(|_| Type::Named(text.into())),
        }
    }

    /// The type behind aliases, as far as it is no structure, collection or restriction.
    pub(crate) fn resolved(&self, kind: &Type) -> Type {
        let mut kind = kind.clone();
        for _ in 0..MAX_DEPTH {
            let Type::Named(name) = &kind else { return kind };
            match self.find(name) {
                Some(item) if item.collection => {
                    let mut element = item.declared.clone();
                    if !item.components.is_empty() {
                        element = Type::Context(Vec::new());
                    }
                    return Type::List(Box::new(self.resolved(&element)));
                }
                Some(item) if !item.components.is_empty() => {
                    let entry = |(name, item): &(Arc<str>, Item)| {
                        let kind = match item.collection {
                            true => Type::List(Box::new(item.declared.clone())),
                            false => item.declared.clone(),
                        };
                        (name.clone(), kind)
                    };
                    return Type::Context(item.components.iter().map(entry).collect());
                }
                Some(item) => kind = item.declared.clone(),
                None => return kind,
            }
        }
        Type::Any
    }
}

impl Item {
    fn new(item: &ItemDefinition, variables: &Names, fields: &Names) -> Item {
        let tests = |text: &Option<Arc<str>>| text.as_ref().map(|text| Tests::new(text, variables, fields));
        let declared = match &item.function {
            Some(function) => Type::Function(
                function
                    .parameters
                    .iter()
                    .map(|p| Types::reference(p.type_ref.as_ref()))
                    .collect(),
                Box::new(Types::reference(function.output.as_ref())),
            ),
            None => Types::reference(item.type_ref.as_ref()),
        };
        let component = |part: &ItemDefinition| (part.name.clone(), Item::new(part, variables, fields));
        Item {
            declared,
            components: item.components.iter().map(component).collect(),
            collection: item.is_collection,
            allowed: tests(&item.allowed_values),
            constraint: tests(&item.type_constraint),
        }
    }
}

impl NamedTypes for Types {
    fn conforms(&self, evaluator: &mut Evaluator, value: &Value, name: &str, constraints: bool) -> Option<bool> {
        let item = self.find(name)?;
        Some(evaluator.within(&evaluator.place.clone(), |evaluator| {
            self.fits(evaluator, value, item, constraints)
        }))
    }
}

impl Types {
    fn fits(&self, evaluator: &mut Evaluator, value: &Value, item: &Item, constraints: bool) -> bool {
        let constraint = item.constraint.as_ref().filter(|_| constraints);
        if item.collection {
            let Value::List(items) = value else {
                return value.is_null();
            };
            return items
                .iter()
                .all(|element| self.fits_single(evaluator, element, item, constraints))
                && passes(evaluator, value, constraint);
        }
        self.fits_single(evaluator, value, item, constraints) && passes(evaluator, value, constraint)
    }

    fn fits_single(&self, evaluator: &mut Evaluator, value: &Value, item: &Item, constraints: bool) -> bool {
        if !evaluator.spend(1) {
            return false;
        }
        if value.is_null() {
            return true;
        }
        let shaped = match (item.components.is_empty(), value) {
            (true, _) => evaluator.belongs(value, &item.declared, constraints) != Some(false),
            (false, Value::Context(context)) => item.components.iter().all(|(name, part)| match context.get(name) {
                Some(value) => self.fits(evaluator, value, part, constraints),
                None => false,
            }),
            (false, _) => false,
        };
        shaped && passes(evaluator, value, item.allowed.as_ref().filter(|_| constraints))
    }
}

fn passes(evaluator: &mut Evaluator, value: &Value, tests: Option<&Tests>) -> bool {
    match tests {
        None => true,
        Some(tests) if value.is_null() => tests.parsed.is_ok(),
        Some(tests) => tests.pass(evaluator, value, &Scope::new()) != Some(false),
    }
}

impl Tests {
    pub(crate) fn new(text: &Arc<str>, variables: &Names, fields: &Names) -> Tests {
        let parsed = parse_unary_tests(text, variables, fields);
        Tests {
            text: text.clone(),
            quick: Quick::new(&parsed),
            parsed,
        }
    }

    /// Whether a value passes; nothing if it cannot be told.
    pub(crate) fn pass(&self, evaluator: &mut Evaluator, value: &Value, scope: &Scope) -> Option<bool> {
        if let Some(quick) = &self.quick {
            return quick.pass(value);
        }
        match &self.parsed {
            Ok(tests) => evaluator.passes_all(tests, value, &scope.with("?", value.clone())),
            Err(error) => {
                evaluator.null(Default::default(), format!("“{}”：{error}", self.text));
                None
            }
        }
    }
}
