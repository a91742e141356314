//! Time of parsing, compiling and evaluating; `cargo bench -p mingjing-rules`. A plain program: its
//! figures are means over many runs after a warm-up.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program that measures time and prints it"
)]

use mingjing_rules::dmn::{Model, Request, read};
use mingjing_rules::evaluate::{Evaluator, Scope};
use mingjing_rules::feel::{Names, parse_expression};
use mingjing_rules::value::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};

const STEPS: &str = "if 面积 > 60 and 业态 = \"小餐饮\" then 基数 * 0.05 + 10 else 基数 * 0.1";

fn main() {
    let names: Names = ["面积", "业态", "基数"].into_iter().collect();
    measure("parse 5-step expression", || {
        parse_expression(STEPS, &names, &names).unwrap();
    });
    let tree = parse_expression(STEPS, &names, &names).unwrap();
    let scope = Scope::new()
        .with("面积", Value::from(55))
        .with("业态", Value::from("小餐饮"))
        .with("基数", Value::from(1000));
    measure("evaluate 5-step expression", || {
        Evaluator::default().evaluate(&tree, &scope);
    });
    for rules in [20, 1000, 10_000] {
        let xml = table(rules);
        measure(&format!("read and compile table of {rules}"), || {
            Model::new(vec![read(&xml).unwrap()]).unwrap();
        });
        let model = Arc::new(Model::new(vec![read(&xml).unwrap()]).unwrap());
        let place = model.find("结果").unwrap();
        let inputs = [
            ("面积", Value::from(rules * 10 / 2 + 3)),
            ("业态", Value::from("小餐饮")),
        ];
        let request = Request {
            inputs: inputs.into_iter().collect(),
            ..Request::default()
        };
        assert!(!model.evaluate_at(place, &request).value.is_null());
        measure(&format!("evaluate table of {rules}"), || {
            model.evaluate_at(place, &request);
        });
    }
}

/// A table of spans of ten, with a second column.
fn table(rules: i64) -> String {
    let rule = |at: i64| {
        format!(
            "<rule><inputEntry><text>[{}..{})</text></inputEntry><inputEntry><text>\"小餐饮\", \"超市\"</text>\
             </inputEntry><outputEntry><text>{at}</text></outputEntry></rule>",
            at * 10,
            at * 10 + 10
        )
    };
    let rows: String = (0..rules).map(rule).collect();
    format!(
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"t\" namespace=\"t\">\
         <inputData id=\"a\" name=\"面积\"><variable name=\"面积\" typeRef=\"number\"/></inputData>\
         <inputData id=\"b\" name=\"业态\"><variable name=\"业态\" typeRef=\"string\"/></inputData>\
         <decision id=\"d\" name=\"结果\"><variable name=\"结果\" typeRef=\"number\"/>\
         <informationRequirement><requiredInput href=\"#a\"/></informationRequirement>\
         <informationRequirement><requiredInput href=\"#b\"/></informationRequirement>\
         <decisionTable><input><inputExpression typeRef=\"number\"><text>面积</text></inputExpression></input>\
         <input><inputExpression typeRef=\"string\"><text>业态</text></inputExpression></input>\
         <output typeRef=\"number\"/>{rows}</decisionTable></decision></definitions>"
    )
}

fn measure(name: &str, mut run: impl FnMut()) {
    run();
    let start = Instant::now();
    let mut runs = 0u32;
    while start.elapsed() < Duration::from_millis(500) {
        run();
        runs += 1;
    }
    let each = start.elapsed() / runs;
    println!("{name:40} {:>12.3} µs", each.as_nanos() as f64 / 1000.0);
}
