//! Boxed expressions with every text in them read.

use super::super::item_definitions::Types;
use super::super::model::{Aggregation, Boxed, BoxedKind, DecisionTable, FunctionDefinition, FunctionKind, HitPolicy};
use super::parameter;
use super::quick::{Quick, RuleIndex};
use crate::feel::ast::Parameter;
use crate::feel::{Expr, Names, SyntaxError, Type, UnaryTests, parse_expression};
use std::sync::Arc;

/// An expression, or why its text is none.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub text: Arc<str>,
    pub parsed: Result<Expr, SyntaxError>,
}

/// The tests of a cell, or why its text is none.
#[derive(Debug)]
pub(crate) struct Tests {
    pub text: Arc<str>,
    pub parsed: Result<UnaryTests, SyntaxError>,
    /// The same without a tree, where the cell is made of literals.
    pub quick: Option<Quick>,
}

#[derive(Debug)]
pub(crate) enum Logic {
    Expression(Parsed),
    Context(Vec<Entry>),
    Relation(Vec<Parameter>, Vec<Vec<Logic>>),
    List(Vec<Logic>),
    Invocation(Box<Logic>, Vec<(Arc<str>, Logic)>),
    Function(Arc<FunctionLogic>),
    Table(Box<Table>),
    Conditional(Box<[Logic; 3]>),
    Filter(Box<[Logic; 2]>),
    For(Arc<str>, Box<[Logic; 2]>),
    Some(Arc<str>, Box<[Logic; 2]>),
    Every(Arc<str>, Box<[Logic; 2]>),
    /// A type that the value must be of.
    Typed(Type, Box<Logic>),
    Missing,
}

#[derive(Debug)]
pub(crate) struct Entry {
    /// The result entry of a context has no name.
    pub variable: Option<Parameter>,
    pub value: Logic,
}

#[derive(Debug)]
pub(crate) struct FunctionLogic {
    pub parameters: Vec<Parameter>,
    pub result: Type,
    pub external: bool,
    pub body: Arc<Logic>,
}

#[derive(Debug)]
pub(crate) struct Table {
    pub hit_policy: HitPolicy,
    pub aggregation: Option<Aggregation>,
    pub inputs: Vec<TableInput>,
    pub outputs: Vec<TableOutput>,
    pub annotations: Vec<Arc<str>>,
    pub rules: Vec<TableRule>,
    pub index: Option<RuleIndex>,
}

#[derive(Debug)]
pub(crate) struct TableInput {
    pub label: Arc<str>,
    pub expression: Parsed,
    pub declared: Type,
    pub allowed: Option<Tests>,
}

#[derive(Debug)]
pub(crate) struct TableOutput {
    pub name: Option<Arc<str>>,
    pub label: Arc<str>,
    pub declared: Type,
    pub allowed: Option<Tests>,
    pub default: Option<Parsed>,
}

#[derive(Debug)]
pub(crate) struct TableRule {
    pub id: Option<Arc<str>>,
    pub tests: Vec<Tests>,
    pub outputs: Vec<Parsed>,
    pub annotations: Vec<Arc<str>>,
}

/// Reads the texts of one file, with the names in scope where each stands.
pub(crate) struct Compiler {
    variables: Names,
    fields: Names,
}

impl Compiler {
    pub(super) fn new(variables: Names, fields: Names) -> Compiler {
        Compiler { variables, fields }
    }

    pub(super) fn variables(&self) -> &Names {
        &self.variables
    }

    pub(super) fn fields(&self) -> &Names {
        &self.fields
    }

    pub(super) fn boxed(&mut self, boxed: &Boxed) -> Logic {
        let logic = self.kind(&boxed.kind);
        match &boxed.type_ref {
            // A decision table's and function's own type is that of the element around it.
            Some(type_ref) if !matches!(boxed.kind, BoxedKind::Function(_)) => {
                Logic::Typed(Types::reference(Some(type_ref)), Box::new(logic))
            }
            _ => logic,
        }
    }

    fn kind(&mut self, kind: &BoxedKind) -> Logic {
        match kind {
            BoxedKind::Literal(text) if text.is_empty() => Logic::Missing,
            BoxedKind::Literal(text) => Logic::Expression(self.expression(text)),
            BoxedKind::Context(entries) => self.within(|compiler| {
                let mut made = Vec::with_capacity(entries.len());
                for entry in entries {
                    let variable = entry.variable.as_ref().map(parameter);
                    let value = compiler.optional(entry.value.as_ref());
                    variable.iter().for_each(|v| compiler.variables.add(&v.name));
                    made.push(Entry { variable, value });
                }
                Logic::Context(made)
            }),
            BoxedKind::Relation { columns, rows } => Logic::Relation(
                columns.iter().map(parameter).collect(),
                rows.iter()
                    .map(|row| row.iter().map(|cell| self.boxed(cell)).collect())
                    .collect(),
            ),
            BoxedKind::List(items) => Logic::List(items.iter().map(|item| self.boxed(item)).collect()),
            BoxedKind::Invocation { function, bindings } => Logic::Invocation(
                Box::new(self.boxed(function)),
                bindings
                    .iter()
                    .map(|binding| (binding.parameter.name.clone(), self.optional(binding.value.as_ref())))
                    .collect(),
            ),
            BoxedKind::Function(function) => Logic::Function(Arc::new(self.function(function))),
            BoxedKind::Table(table) => Logic::Table(Box::new(self.table(table))),
            BoxedKind::Conditional(parts) => {
                let [test, yes, no] = &**parts;
                let parts = [self.boxed(test), self.boxed(yes), self.boxed(no)];
                Logic::Conditional(Box::new(parts))
            }
            BoxedKind::Filter { list, condition } => {
                let list = self.boxed(list);
                let fields = self.fields.clone();
                let condition = self.within(|compiler| {
                    compiler.variables.extend(&fields);
                    compiler.boxed(condition)
                });
                Logic::Filter(Box::new([list, condition]))
            }
            BoxedKind::For { variable, domain, body } => {
                Logic::For(variable.clone(), self.iterator(variable, domain, body))
            }
            BoxedKind::Some { variable, domain, body } => {
                Logic::Some(variable.clone(), self.iterator(variable, domain, body))
            }
            BoxedKind::Every { variable, domain, body } => {
                Logic::Every(variable.clone(), self.iterator(variable, domain, body))
            }
        }
    }

    fn optional(&mut self, boxed: Option<&Boxed>) -> Logic {
        boxed.map_or(Logic::Missing, |boxed| self.boxed(boxed))
    }

    fn iterator(&mut self, variable: &str, domain: &Boxed, body: &Boxed) -> Box<[Logic; 2]> {
        let domain = self.boxed(domain);
        let body = self.within(|compiler| {
            compiler.variables.add(variable);
            compiler.boxed(body)
        });
        Box::new([domain, body])
    }

    /// Runs `read` with names of its own.
    fn within<T>(&mut self, read: impl FnOnce(&mut Compiler) -> T) -> T {
        let outer = self.variables.clone();
        let result = read(self);
        self.variables = outer;
        result
    }

    fn function(&mut self, function: &FunctionDefinition) -> FunctionLogic {
        FunctionLogic {
            parameters: function.parameters.iter().map(parameter).collect(),
            result: Types::reference(function.type_ref.as_ref()),
            external: function.kind != FunctionKind::Feel,
            body: function
                .body
                .as_ref()
                .map_or(Arc::new(Logic::Missing), |body| self.function_body(function, body)),
        }
    }

    pub(super) fn function_body(&mut self, function: &FunctionDefinition, body: &Boxed) -> Arc<Logic> {
        self.within(|compiler| {
            function.parameters.iter().for_each(|p| compiler.variables.add(&p.name));
            Arc::new(compiler.boxed(body))
        })
    }

    fn table(&mut self, table: &DecisionTable) -> Table {
        let input = |input: &super::super::model::InputClause| TableInput {
            label: input.label.clone().unwrap_or_else(|| input.expression.clone()),
            expression: self.expression(&input.expression),
            declared: Types::reference(input.type_ref.as_ref()),
            allowed: input.allowed_values.as_ref().map(|text| self.tests(text)),
        };
        let inputs = table.inputs.iter().map(input).collect();
        let output = |output: &super::super::model::OutputClause| TableOutput {
            name: output.name.clone(),
            label: output
                .label
                .clone()
                .or_else(|| output.name.clone())
                .or_else(|| table.output_label.clone())
                .unwrap_or_default(),
            declared: Types::reference(output.type_ref.as_ref()),
            allowed: output.allowed_values.as_ref().map(|text| self.tests(text)),
            default: output.default.as_ref().map(|text| self.expression(text)),
        };
        let outputs = table.outputs.iter().map(output).collect();
        let rule = |rule: &super::super::model::Rule| TableRule {
            id: rule.id.as_deref().map(Arc::from),
            tests: rule
                .tests
                .iter()
                .map(|text| self.tests(&text.as_str().into()))
                .collect(),
            outputs: rule
                .outputs
                .iter()
                .map(|text| self.expression(&text.as_str().into()))
                .collect(),
            annotations: rule.annotations.iter().map(|text| text.as_str().into()).collect(),
        };
        let rules: Vec<TableRule> = table.rules.iter().map(rule).collect();
        Table {
            hit_policy: table.hit_policy,
            aggregation: table.aggregation,
            inputs,
            outputs,
            annotations: table.annotations.clone(),
            index: RuleIndex::new(&rules, table.inputs.len()),
            rules,
        }
    }

    fn expression(&self, text: &Arc<str>) -> Parsed {
        let parsed = parse_expression(text, &self.variables, &self.fields);
        Parsed {
            text: text.clone(),
            parsed,
        }
    }

    fn tests(&self, text: &Arc<str>) -> Tests {
        Tests::new(text, &self.variables, &self.fields)
    }
}
