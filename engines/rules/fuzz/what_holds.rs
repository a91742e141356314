//! What holds for every input: the bodies of the fuzz targets, and of the test that replays their
//! corpus with the stable compiler (`tests/corpus.rs`).
#![allow(dead_code, reason = "each target uses one of the two")]

use mingjing_rules::api::{self, Setting};
use mingjing_rules::dmn::{self, Boxed, BoxedKind, Definitions, Element, Model, Request, model};
use mingjing_rules::evaluate::Limits;
use mingjing_rules::extension::Extensions;
use mingjing_rules::feel::{Names, parse_expression, parse_unary_tests};
use mingjing_rules::time::DateTime;
use mingjing_rules::value::Value;
use std::sync::{Arc, LazyLock};

/// Small enough that one input takes milliseconds.
const LIMITS: Limits = Limits {
    steps: 20_000,
    depth: 200,
    list: 2_000,
    text: 20_000,
    weight: 10_000,
};

static SETTING: LazyLock<Setting> = LazyLock::new(|| Setting {
    now: DateTime::parse("2026-11-22T09:30:00+08:00"),
    extensions: Arc::new(Extensions::none().with_working_days(mingjing_calendar::Calendar::national())),
    limits: LIMITS,
});

/// Between the expression and its context, in an input.
const CONTEXT: &str = "\n---\n";

/// An expression, and after a line `---` its context as JSON: it is read or refused with a place in
/// it, means the same when printed, has one value and one explanation, and both are JSON.
pub fn of_an_expression(input: &str) {
    let (text, context) = match input.split_once(CONTEXT) {
        Some((text, context)) => (text, Some(context)),
        None => (input, None),
    };
    match api::feel(text, context, &SETTING) {
        Ok(outcome) => {
            let json = outcome.to_json();
            readable(&json);
            let again = api::feel(text, context, &SETTING).map(|outcome| outcome.to_json());
            assert_eq!(again, Ok(json));
        }
        Err(api::RulesError::Syntax(error)) => {
            assert!(error.offset <= text.len() && text.is_char_boundary(error.offset));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    prints_as_itself(text);
    explains_itself(text);
}

fn prints_as_itself(text: &str) {
    let names: Names = ["a", "b", "金额", "申请 日期", "x-y"].into_iter().collect();
    if let Ok(tree) = parse_expression(text, &names, &names) {
        let printed = tree.to_string();
        assert_eq!(
            parse_expression(&printed, &names, &names).as_ref(),
            Ok(&tree),
            "{printed}"
        );
    }
    if let Ok(tests) = parse_unary_tests(text, &names, &names) {
        let printed = tests.to_string();
        assert_eq!(
            parse_unary_tests(&printed, &names, &names).as_ref(),
            Ok(&tests),
            "{printed}"
        );
    }
}

/// The text as a decision, and as a cell of a table.
fn explains_itself(text: &str) {
    let literal = BoxedKind::Literal(text.into());
    let table = BoxedKind::Table(Box::new(model::DecisionTable {
        hit_policy: model::HitPolicy::Collect,
        inputs: vec![model::InputClause {
            expression: "金额".into(),
            ..Default::default()
        }],
        outputs: vec![Default::default()],
        rules: vec![model::Rule {
            tests: vec![text.into()],
            outputs: vec!["\"甲\"".into()],
            ..Default::default()
        }],
        ..Default::default()
    }));
    for logic in [literal, table] {
        let definitions = one_decision(logic);
        let _ = mingjing_rules::check::check(vec![definitions.clone()], &SETTING.extensions);
        evaluates(Definitions::clone(&definitions));
    }
}

fn one_decision(kind: BoxedKind) -> Definitions {
    let variable = |name: &str| model::Variable {
        name: name.into(),
        type_ref: None,
    };
    Definitions {
        name: "一".into(),
        namespace: "一".into(),
        inputs: vec![model::InputData {
            id: "i".into(),
            variable: variable("金额"),
            description: None,
        }],
        decisions: vec![model::Decision {
            id: "d".into(),
            name: "决定".into(),
            variable: variable("决定"),
            requires: vec![model::Requirement {
                href: "#i".into(),
                is_input: true,
            }],
            logic: Some(Boxed {
                id: None,
                type_ref: None,
                kind,
            }),
            ..Default::default()
        }],
        ..Default::default()
    }
}

/// A DMN file: it is read or refused; what is read is written back as the same model, checked, and
/// each of its elements evaluated and explained.
pub fn of_a_file(text: &str) {
    let definitions = match dmn::read(text) {
        Ok(definitions) => definitions,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let written = dmn::write(&definitions);
    assert_eq!(dmn::read(&written).as_ref(), Ok(&definitions), "{written}");
    let findings = mingjing_rules::check::check(vec![definitions.clone()], &SETTING.extensions);
    readable(&api::findings_json(&findings));
    evaluates(definitions);
}

fn evaluates(definitions: Definitions) {
    let counts = [
        definitions.decisions.len(),
        definitions.knowledge.len(),
        definitions.services.len(),
    ];
    let Ok(compiled) = Model::with_extensions(vec![definitions.clone()], &SETTING.extensions) else {
        return;
    };
    let compiled = Arc::new(compiled);
    let elements: [fn(usize) -> Element; 3] = [Element::Decision, Element::Knowledge, Element::Service];
    for (count, element) in counts.into_iter().zip(elements) {
        for at in 0..count.min(20) {
            evaluates_at(
                &compiled,
                &definitions,
                dmn::Place {
                    file: 0,
                    element: element(at),
                },
            );
        }
    }
}

fn evaluates_at(compiled: &Arc<Model>, definitions: &Definitions, place: dmn::Place) {
    let value = |at: usize| match at % 4 {
        0 => Value::from(3),
        1 => Value::from("红"),
        2 => Value::Boolean(true),
        _ => Value::from_temporal_text("2026-02-28"),
    };
    let names = definitions.inputs.iter().enumerate();
    let request = Request {
        inputs: names.map(|(at, input)| (&*input.variable.name, value(at))).collect(),
        limits: SETTING.limits,
        now: SETTING.now.clone(),
        extensions: SETTING.extensions.clone(),
        explain: true,
    };
    let first = compiled.evaluate_at(place, &request);
    let record = mingjing_rules::explain::record(&first.explanation);
    readable(&record);
    let again = compiled.evaluate_at(place, &request);
    assert_eq!(mingjing_rules::explain::record(&again.explanation), record);
    let sentences = mingjing_rules::explain::sentences(&first.explanation);
    assert_eq!(mingjing_rules::explain::sentences(&again.explanation), sentences);
}

fn readable(json: &str) {
    assert!(mingjing_rules::json::read(json).is_ok(), "{json}");
}
