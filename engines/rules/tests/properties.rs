//! What holds for every input: printing and reading are inverse, evaluation and reading are total,
//! the table check agrees with trying everything, arithmetic agrees with exact integers.
#![allow(clippy::unwrap_used, reason = "tests")]

use mingjing_rules::dmn::{Model, Request, read, write};
use mingjing_rules::evaluate::{Evaluator, Limits, Scope};
use mingjing_rules::feel::{Names, parse_expression, parse_unary_tests};
use mingjing_rules::number::Number;
use mingjing_rules::value::Value;
use proptest::prelude::*;
use std::sync::Arc;

/// Text of expressions of every kind, nested.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (-1000i64..1000).prop_map(|n| n.to_string()),
        "[a-e]".prop_map(|name| name),
        Just("金额".to_owned()),
        Just("申请 日期".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("0.25".to_owned()),
        "\"[a-z\\u4e00-\\u4e10 ]{0,4}\"",
        Just("@\"2026-11-22\"".to_owned()),
        Just("@\"P1DT2H\"".to_owned()),
        Just("[1..10)".to_owned()),
        Just("(> 5)".to_owned()),
        Just("function(x: number, y) x + y".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let pair = (inner.clone(), inner.clone());
        let three = (inner.clone(), inner.clone(), inner.clone());
        let operators = prop_oneof![
            Just("+"),
            Just("-"),
            Just("*"),
            Just("/"),
            Just("**"),
            Just("="),
            Just("!="),
            Just("<"),
            Just(">="),
            Just("and"),
            Just("or"),
        ];
        prop_oneof![
            (pair.clone(), operators).prop_map(|((a, b), op)| format!("({a}) {op} ({b})")),
            inner.clone().prop_map(|a| format!("-({a})")),
            three.clone().prop_map(|(a, b, c)| format!("if {a} then {b} else {c}")),
            three
                .clone()
                .prop_map(|(a, b, c)| format!("({a}) between ({b}) and ({c})")),
            pair.clone().prop_map(|(a, b)| format!("({a}) in ({b}, < 3)")),
            pair.clone().prop_map(|(a, b)| format!("for x in {a} return {b}")),
            pair.clone()
                .prop_map(|(a, b)| format!("some x in {a}, y in [1, 2] satisfies {b}")),
            pair.clone().prop_map(|(a, b)| format!("({a})[{b}]")),
            pair.clone().prop_map(|(a, b)| format!("[{a}, {b}]")),
            pair.clone().prop_map(|(a, b)| format!("{{k: {a}, 键 名: {b}}}.键 名")),
            inner.clone().prop_map(|a| format!("({a}).k instance of list<number>")),
            pair.clone().prop_map(|(a, b)| format!("substring({a}, {b})")),
            inner.clone().prop_map(|a| format!("sort(list: {a})")),
            pair.clone().prop_map(|(a, b)| format!("concatenate({a}, {b})")),
            inner.prop_map(|a| format!("(function(x) {a})(1)")),
        ]
    })
}

fn names() -> Names {
    ["a", "b", "c", "d", "e", "金额", "申请 日期"].into_iter().collect()
}

fn small_limits() -> Limits {
    Limits {
        steps: 20_000,
        ..Limits::default()
    }
}

fn scope() -> Scope {
    Scope::new()
        .with("a", Value::from(3))
        .with("b", Value::from("文字"))
        .with("c", Value::list(vec![Value::from(1), Value::Null, Value::from("x")]))
        .with("d", Value::from_temporal_text("2026-02-28"))
        .with("金额", Value::Number("1500.50".parse().unwrap()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn printing_and_reading_are_inverse(text in expression()) {
        let names = names();
        let tree = parse_expression(&text, &names, &names).unwrap();
        let printed = tree.to_string();
        let again = parse_expression(&printed, &names, &names);
        prop_assert_eq!(again.as_ref(), Ok(&tree), "{} printed as {}", text, printed);
    }

    #[test]
    fn evaluation_is_total(text in expression()) {
        let names = names();
        let tree = parse_expression(&text, &names, &names).unwrap();
        let mut evaluator = Evaluator::new(small_limits());
        let first = evaluator.evaluate(&tree, &scope());
        let again = Evaluator::new(small_limits()).evaluate(&tree, &scope());
        // Functions are equal only to themselves.
        prop_assert_eq!(first.to_string(), again.to_string());
    }

    #[test]
    fn reading_any_text_is_total(text in "[a-c0-9 .,:+*/()\\[\\]{}<>=\"@\\\\?金额!'-]{0,60}") {
        let names = names();
        if let Ok(tree) = parse_expression(&text, &names, &names) {
            Evaluator::new(small_limits()).evaluate(&tree, &scope());
        }
        let _ = parse_unary_tests(&text, &names, &names);
        let _ = mingjing_rules::json::read(&text);
        let _ = read(&text);
    }

    #[test]
    fn json_comes_back(text in expression()) {
        let names = names();
        let tree = parse_expression(&text, &names, &names).unwrap();
        let value = Evaluator::new(small_limits()).evaluate(&tree, &scope());
        let json = mingjing_rules::json::write(&value);
        let again = mingjing_rules::json::read(&json).unwrap();
        prop_assert_eq!(mingjing_rules::json::write(&again), json);
    }

    #[test]
    fn numbers_come_back(digits in -(10i128.pow(34) - 1)..10i128.pow(34), places in 0usize..40) {
        let text = format!("{digits}e-{places}");
        let number: Number = text.parse().unwrap();
        prop_assert_eq!(number.to_string().parse::<Number>().unwrap(), number);
        prop_assert_eq!(number.add(number.neg()).unwrap(), Number::ZERO);
        prop_assert_eq!(number.sub(number).unwrap(), Number::ZERO);
    }

    #[test]
    fn arithmetic_is_exact(a in -10i64.pow(15)..10i64.pow(15), b in -10i64.pow(15)..10i64.pow(15)) {
        let (x, y) = (Number::from(a), Number::from(b));
        let exact = |value: i128| value.to_string().parse::<Number>().unwrap();
        prop_assert_eq!(x.add(y).unwrap(), exact(i128::from(a) + i128::from(b)));
        prop_assert_eq!(x.mul(y).unwrap(), exact(i128::from(a) * i128::from(b)));
        if b != 0 {
            let quotient = x.div(y).unwrap();
            let back = quotient.mul(y).unwrap().sub(x).unwrap().abs();
            // Half a unit in the 34th digit of the quotient, times the divisor, and once more.
            let allowed = Number::from(a.abs().max(1)).mul("1e-33".parse().unwrap()).unwrap();
            prop_assert!(back <= allowed, "{quotient} × {b} misses {a} by {back}");
        }
    }

    /// Sums that leave machine integers agree with big integers of one scale.
    #[test]
    fn wide_sums_round_half_even(a in 1i128..10i128.pow(34), b in 1i128..10i128.pow(34), by in 0u32..6) {
        let x: Number = format!("{a}").parse().unwrap();
        let y: Number = format!("{b}e-{by}").parse().unwrap();
        let (whole, part) = (b / 10i128.pow(by), b % 10i128.pow(by));
        let sum = x.add(y).unwrap();
        let low = Number::from(0).add(format!("{}", a + whole).parse().unwrap()).unwrap();
        let distance = sum.sub(low).unwrap().abs();
        prop_assert!(distance <= Number::from(10), "{a} + {b}e-{by} = {sum}, {part}");
    }

    #[test]
    fn dates_come_back(days in -1_000_000i64..4_000_000, more in -100_000i64..100_000) {
        use mingjing_rules::time::Date;
        let date = Date::from_epoch_day(days).unwrap();
        prop_assert_eq!(Date::parse(&date.to_string()), Some(date));
        prop_assert_eq!(date.epoch_day(), days);
        prop_assert_eq!(date.plus_days(more).unwrap().plus_days(-more), Some(date));
        prop_assert_eq!(date.plus_days(7).unwrap().weekday(), date.weekday());
    }
}

/// A table over two small numbers and a word, as DMN.
fn table(policy: &str, rules: &[(String, String, String)]) -> String {
    let mut rows = String::new();
    for (at, (a, b, c)) in rules.iter().enumerate() {
        let cells = [a, b, c].map(|cell| {
            let cell = cell.replace('<', "&lt;").replace('>', "&gt;");
            format!("<inputEntry><text>{cell}</text></inputEntry>")
        });
        let cells = cells.concat();
        rows += &format!("<rule>{cells}<outputEntry><text>{at}</text></outputEntry></rule>");
    }
    let clause = |name: &str, kind: &str| {
        format!("<input><inputExpression typeRef=\"{kind}\"><text>{name}</text></inputExpression></input>")
    };
    let input = |name: &str, kind: &str| {
        format!("<inputData id=\"i{name}\" name=\"{name}\"><variable name=\"{name}\" typeRef=\"{kind}\"/></inputData>")
    };
    let require =
        |name: &str| format!("<informationRequirement><requiredInput href=\"#i{name}\"/></informationRequirement>");
    format!(
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"t\" namespace=\"t\">\
         {}{}{}<decision id=\"d\" name=\"d\"><variable name=\"d\"/>{}{}{}\
         <decisionTable hitPolicy=\"{policy}\">{}{}{}<output/>{rows}</decisionTable></decision></definitions>",
        input("甲", "number"),
        input("乙", "number"),
        input("丙", "string"),
        require("甲"),
        require("乙"),
        require("丙"),
        clause("甲", "number"),
        clause("乙", "number"),
        clause("丙", "string"),
    )
}

fn number_cell() -> impl Strategy<Value = String> {
    let end = || 0i64..5;
    prop_oneof![
        2 => Just("-".to_owned()),
        2 => end().prop_map(|n| n.to_string()),
        2 => end().prop_map(|n| format!("< {n}")),
        2 => end().prop_map(|n| format!(">= {n}")),
        2 => (end(), 0i64..3).prop_map(|(n, w)| format!("[{n}..{})", n + w + 1)),
        1 => end().prop_map(|n| format!("not({n})")),
        1 => (end(), end()).prop_map(|(a, b)| format!("{a}, {b}")),
    ]
}

fn word_cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("-".to_owned()),
        Just("\"红\"".to_owned()),
        Just("\"绿\", \"蓝\"".to_owned()),
        Just("not(\"红\")".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    /// A file with bytes changed is read or refused, and what is read can be evaluated and checked.
    #[test]
    fn changed_files_do_no_harm(
        rules in proptest::collection::vec((number_cell(), number_cell(), word_cell()), 1..4),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), "[ -~甲]"), 1..4),
    ) {
        let mut xml: Vec<char> = table("UNIQUE", &rules).chars().collect();
        for (at, c) in changes {
            let at = at.index(xml.len());
            xml[at] = c.chars().next().unwrap();
        }
        let xml: String = xml.into_iter().collect();
        if let Ok(definitions) = read(&xml) {
            let _ = mingjing_rules::check::check(vec![definitions.clone()], &Default::default());
            if let Ok(model) = Model::new(vec![definitions]) {
                let _ = Arc::new(model).evaluate("d", &Request::default());
            }
        }
    }

    /// An explanation tries every rule, a bare evaluation only those its index leaves.
    #[test]
    fn the_index_leaves_out_nothing(
        rules in proptest::collection::vec((number_cell(), number_cell(), word_cell()), 24..60),
        tried in proptest::collection::vec((-2i64..16, -2i64..16, 0usize..5), 20),
    ) {
        let xml = table("RULE ORDER", &rules);
        let model = Arc::new(Model::new(vec![read(&xml).unwrap()]).unwrap());
        for (a, b, c) in tried {
            let half = |n: i64| Value::Number(Number::from(n).div(2.into()).unwrap());
            let words = [Value::from("红"), Value::from("绿"), Value::from("蓝"), Value::from("黑"), Value::Null];
            let inputs = [("甲", half(a)), ("乙", half(b)), ("丙", words[c].clone())];
            let mut request = Request { inputs: inputs.into_iter().collect(), ..Request::default() };
            let indexed = model.evaluate("d", &request).unwrap().value;
            request.explain = true;
            prop_assert_eq!(model.evaluate("d", &request).unwrap().value, indexed);
        }
    }

    /// Half steps from below the least to above the greatest end, and all words and one more, reach
    /// every region of these tables.
    #[test]
    fn the_table_check_agrees_with_trying_everything(
        rules in proptest::collection::vec((number_cell(), number_cell(), word_cell()), 1..5),
        first in any::<bool>(),
    ) {
        use mingjing_rules::check::FindingKind;
        let xml = table(if first { "FIRST" } else { "RULE ORDER" }, &rules);
        let unique = table(if first { "FIRST" } else { "UNIQUE" }, &rules);
        let model = Arc::new(Model::new(vec![read(&xml).unwrap()]).unwrap());
        let (mut gap, mut overlap) = (false, false);
        let mut reached = vec![false; rules.len()];
        for a in -2..=16 {
            for b in -2..=16 {
                for c in ["红", "绿", "蓝", "黑"] {
                    let half = |n: i64| Value::Number(Number::from(n).div(2.into()).unwrap());
                    let inputs = [("甲", half(a)), ("乙", half(b)), ("丙", Value::from(c))];
                    let request = Request { inputs: inputs.into_iter().collect(), ..Request::default() };
                    let hits = match model.evaluate("d", &request).unwrap().value {
                        Value::List(hits) => hits.to_vec(),
                        Value::Null => Vec::new(),
                        single => vec![single],
                    };
                    gap |= hits.is_empty();
                    overlap |= hits.len() > 1;
                    for hit in hits {
                        reached[hit.as_number().unwrap().to_i64().unwrap() as usize] = true;
                    }
                }
            }
        }
        let findings = mingjing_rules::api::check_files(&[&unique], &Default::default()).unwrap();
        let has = |kind| findings.iter().any(|finding| finding.kind == kind);
        prop_assert_eq!(has(FindingKind::Gap), gap, "{:#?}", findings);
        if !first {
            prop_assert_eq!(has(FindingKind::Overlap), overlap, "{:#?}", findings);
        }
        for (at, reached) in reached.iter().enumerate() {
            let unreachable = findings
                .iter()
                .any(|f| f.kind == FindingKind::Unreachable && f.rules == [at + 1]);
            prop_assert_eq!(unreachable, !reached, "rule {} {:#?}", at + 1, findings);
        }
        // Writing and reading gives the same model.
        let definitions = read(&unique).unwrap();
        prop_assert_eq!(read(&write(&definitions)).unwrap(), definitions);
    }
}
