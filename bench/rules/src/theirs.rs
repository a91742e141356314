//! dsntk.

use crate::rules::{AREA, BASE, DECISION, EXPRESSION, MODEL, NAMESPACE, TRADE};
use dsntk_feel::FeelScope;
use dsntk_feel::context::FeelContext;
use dsntk_feel_parser::AstNode;
use dsntk_model::Definitions;
use dsntk_model_evaluator::ModelEvaluator;
use std::hint::black_box;
use std::sync::Arc;

fn context(text: &str) -> FeelContext {
    dsntk_feel_evaluator::evaluate_context(&FeelScope::default(), text).expect("the context is FEEL")
}

pub struct Expression {
    scope: FeelScope,
    prepared: dsntk_feel::Evaluator,
}

pub fn expression() -> Expression {
    let scope = context(&format!("{{面积: {AREA}, 业态: \"{TRADE}\", 基数: {BASE}}}")).into();
    let prepared = dsntk_feel_evaluator::prepare(&parsed(&scope));
    Expression { scope, prepared }
}

fn parsed(scope: &FeelScope) -> AstNode {
    dsntk_feel_parser::parse_expression(scope, black_box(EXPRESSION), false).expect("the expression is FEEL")
}

impl Expression {
    pub fn parse(&self) {
        black_box(parsed(&self.scope));
    }

    pub fn compile(&self) {
        let _ = black_box(dsntk_feel_evaluator::prepare(&parsed(&self.scope)));
    }

    pub fn run(&self) {
        black_box((self.prepared)(black_box(&self.scope)));
    }

    pub fn evaluate(&self) -> String {
        (self.prepared)(&self.scope).to_string()
    }
}

pub struct Table<'x> {
    xml: &'x str,
    definitions: Vec<Definitions>,
    model: Arc<ModelEvaluator>,
    input: FeelContext,
}

pub fn table(xml: &str, area: usize) -> Table<'_> {
    let definitions = vec![dsntk_model::parse(xml).expect("the table is DMN")];
    let model = ModelEvaluator::new(&definitions).expect("the model is whole");
    let input = context(&format!("{{面积: {area}, 业态: \"{TRADE}\"}}"));
    Table {
        xml,
        definitions,
        model,
        input,
    }
}

impl Table<'_> {
    pub fn parse(&self) {
        black_box(dsntk_model::parse(black_box(self.xml)).is_ok());
    }

    pub fn compile(&self) {
        black_box(ModelEvaluator::new(&self.definitions).is_ok());
    }

    fn value(&self) -> dsntk_feel::values::Value {
        self.model
            .evaluate_invocable(NAMESPACE, MODEL, DECISION, black_box(&self.input))
    }

    pub fn run(&self) {
        black_box(self.value());
    }

    pub fn evaluate(&self) -> String {
        self.value().to_string()
    }
}
