//! Our engine.

use crate::rules::{AREA, BASE, DECISION, EXPRESSION, TRADE};
use mingjing_rules::dmn::{Definitions, Model, Place, Request, read};
use mingjing_rules::evaluate::{Evaluator, Scope};
use mingjing_rules::feel::{Expr, Names, parse_expression};
use mingjing_rules::value::Value;
use std::hint::black_box;
use std::sync::Arc;

pub struct Expression {
    names: Names,
    tree: Expr,
    scope: Scope,
}

pub fn expression() -> Expression {
    let names: Names = ["面积", "业态", "基数"].into_iter().collect();
    let tree = parse_expression(EXPRESSION, &names, &names).expect("the expression is FEEL");
    let scope = Scope::new()
        .with("面积", Value::from(AREA))
        .with("业态", Value::from(TRADE))
        .with("基数", Value::from(BASE));
    Expression { names, tree, scope }
}

impl Expression {
    pub fn parse(&self) {
        black_box(parse_expression(black_box(EXPRESSION), &self.names, &self.names).is_ok());
    }

    pub fn run(&self) {
        black_box(Evaluator::default().evaluate(black_box(&self.tree), &self.scope));
    }

    pub fn evaluate(&self) -> String {
        Evaluator::default().evaluate(&self.tree, &self.scope).to_string()
    }
}

pub struct Table<'x> {
    xml: &'x str,
    definitions: Definitions,
    model: Arc<Model>,
    place: Place,
    request: Request,
}

pub fn table(xml: &str, area: usize) -> Table<'_> {
    let definitions = read(xml).expect("the table is DMN");
    let model = Arc::new(Model::new(vec![definitions.clone()]).expect("the model is whole"));
    let place = model.find(DECISION).expect("the decision is there");
    let inputs = [("面积", Value::from(area as i64)), ("业态", Value::from(TRADE))];
    let request = Request {
        inputs: inputs.into_iter().collect(),
        ..Request::default()
    };
    Table {
        xml,
        definitions,
        model,
        place,
        request,
    }
}

impl Table<'_> {
    pub fn parse(&self) {
        black_box(read(black_box(self.xml)).is_ok());
    }

    /// Of a copy: a model keeps what it was made of.
    pub fn compile(&self) {
        black_box(Model::new(vec![self.definitions.clone()]).is_ok());
    }

    pub fn run(&self) {
        black_box(self.model.evaluate_at(self.place, black_box(&self.request)));
    }

    pub fn evaluate(&self) -> String {
        self.model.evaluate_at(self.place, &self.request).value.to_string()
    }
}
