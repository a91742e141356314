//! Input that is too deep, too large, or means harm.
#![allow(clippy::unwrap_used, reason = "tests")]

use mingjing_rules::api::{self, RulesError, Setting};
use mingjing_rules::dmn::{Model, ModelError, ReadError, read};
use mingjing_rules::evaluate::Stopped;
use mingjing_rules::value::Value;

fn feel(text: &str) -> Result<api::Outcome, RulesError> {
    api::feel(text, None, &Setting::default())
}

fn refused(text: &str) -> String {
    match feel(text) {
        Err(error) => error.to_string(),
        Ok(outcome) => panic!("{:?}", outcome.value),
    }
}

#[test]
fn deep_nesting_is_refused_with_its_place() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("-", ""),
        ("not(", ")"),
        ("if true then ", " else 1"),
    ] {
        let text = format!("{}1{}", open.repeat(1000), close.repeat(1000));
        assert!(refused(&text).contains("嵌套过深"), "{open}");
    }
    let text = format!("{}1{}", "1 in (".repeat(1000), ")".repeat(1000));
    assert!(refused(&text).contains("嵌套过深"));
    let text = format!("x instance of {}number{}", "list<".repeat(1000), ">".repeat(1000));
    assert!(refused(&text).contains("嵌套过深"));
    assert!(refused(&format!("1{}", " + 1".repeat(1000))).contains("运算过多"));
    assert!(refused(&format!("a{}", ".a".repeat(1000))).contains("路径过长"));
}

#[test]
fn the_deepest_allowed_expression_fits_the_stack() {
    let text = format!("{}1{}", "(1 + ".repeat(90), ")".repeat(90));
    assert_eq!(feel(&text).unwrap().value, Value::from(91));
    let chain = format!("1{}", " + 1".repeat(300));
    assert_eq!(feel(&chain).unwrap().value, Value::from(301));
}

#[test]
fn literals_are_exact_or_refused() {
    assert!(refused("12345678901234567890123456789012345").contains("34 位"));
    assert!(refused(&"9".repeat(20_000)).contains("超出"));
    assert!(refused("1e999999999999").contains("超出"));
    assert_eq!(feel("9e6000 * 9e6000").unwrap().value, Value::Null);
}

#[test]
fn the_place_of_an_error_is_line_and_column() {
    assert_eq!(refused("1 +\n  )"), "第 2 行第 3 列：“)”不能放在这里");
    assert_eq!(refused("金额 ≥ 3"), "第 1 行第 4 列：不认识的字符“≥”");
}

#[test]
fn work_is_bounded() {
    let stopped = |text: &str| feel(text).unwrap().stopped;
    assert_eq!(
        stopped("count(for a in 1..10000, b in 1..10000 return 1)"),
        Some(Stopped::List)
    );
    assert_eq!(
        stopped("some a in 1..9999, b in 1..9999 satisfies a + b < 0"),
        Some(Stopped::Steps)
    );
    assert_eq!(stopped("for x in 1..999999999999 return x"), Some(Stopped::List));
    let recursion = "{f: function(g, n) g(g, n + 1), r: f(f, 0)}.r";
    assert_eq!(stopped(recursion), Some(Stopped::Depth));
    let double = "for i in 1..60 return if i = 1 then \"xxxxxxxxxx\" else partial[-1] + partial[-1]";
    assert_eq!(stopped(double), Some(Stopped::Text));
}

#[test]
fn regular_expressions_cannot_run_away() {
    let bomb = "matches(string join(for i in 1..5000 return \"a\") + \"!\", \"^(a+)+$\")";
    assert_eq!(feel(bomb).unwrap().value, Value::Boolean(false));
    assert_eq!(
        feel("matches(\"a\", \"(((((a{1,500}){1,500}){1,500}){1,500}))\")")
            .unwrap()
            .value,
        Value::Null
    );
}

const HEAD: &str = "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"n\" namespace=\"n\">";

#[test]
fn hostile_xml_is_refused() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><x>&b;</x>";
    assert_eq!(read(bomb), Err(ReadError::Doctype));
    assert_eq!(read("<definitions/>"), Err(ReadError::NotDmn));
    assert!(matches!(read("<a>"), Err(ReadError::Xml { .. })));
    let deep = format!("{HEAD}{}{}</definitions>", "<a>".repeat(20_000), "</a>".repeat(20_000));
    assert!(matches!(read(&deep), Err(ReadError::Model { .. })));
    let lists = format!(
        "{HEAD}<decision id=\"d\" name=\"d\">{}{}</decision></definitions>",
        "<list>".repeat(1000),
        "</list>".repeat(1000)
    );
    assert!(matches!(read(&lists), Err(ReadError::Model { .. })));
    let rule = "<rule><outputEntry><text>1</text></outputEntry></rule>";
    let table = format!(
        "{HEAD}<decision id=\"d\" name=\"d\"><decisionTable><output/>{}</decisionTable></decision></definitions>",
        rule.repeat(100_001)
    );
    assert!(matches!(read(&table), Err(ReadError::Model { message, .. }) if message.contains("100000")));
}

#[test]
fn circles_and_dangling_references_are_refused() {
    let decision = |id: &str, needs: &str| {
        format!(
            "<decision id=\"{id}\" name=\"{id}\"><variable name=\"{id}\"/><informationRequirement>\
             <requiredDecision href=\"#{needs}\"/></informationRequirement>\
             <literalExpression><text>1</text></literalExpression></decision>"
        )
    };
    let circle = format!(
        "{HEAD}{}{}{}</definitions>",
        decision("甲", "乙"),
        decision("乙", "丙"),
        decision("丙", "甲")
    );
    let error = Model::new(vec![read(&circle).unwrap()]).unwrap_err();
    assert_eq!(error.to_string(), "决策要求形成循环：甲 → 乙 → 丙 → 甲");
    let dangling = format!("{HEAD}{}</definitions>", decision("甲", "无"));
    let error = Model::new(vec![read(&dangling).unwrap()]).unwrap_err();
    assert!(matches!(error, ModelError::MissingReference { .. }));
}

#[test]
fn a_context_may_name_built_ins() {
    let outcome = api::feel("sum + count", Some("{\"sum\": 1, \"count\": 2}"), &Setting::default());
    assert_eq!(outcome.unwrap().value, Value::from(3));
    let taken = api::feel("sum([1, 2])", Some("{\"sum\": 1}"), &Setting::default()).unwrap();
    assert_eq!(taken.value, Value::Null);
}

#[test]
fn json_is_exact_and_strict() {
    let read = mingjing_rules::json::read;
    assert_eq!(
        mingjing_rules::json::write(&read("{\"金额\": 0.10}").unwrap()),
        "{\"金额\":0.1}"
    );
    for bad in ["{\"a\":1,\"a\":2}", "[1,]", "{a:1}", "01x", "\"\\x\"", "nul", "1 2", ""] {
        assert!(read(bad).is_err(), "{bad}");
    }
    assert!(read(&"[".repeat(200)).is_err());
}

#[test]
fn a_knowledge_model_that_calls_itself_for_ever_is_stopped() {
    use mingjing_rules::dmn::Request;
    use std::sync::Arc;
    let table = "<decisionTable><input><inputExpression><text>f(n + 1)</text></inputExpression></input><output/>\
        <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>f(n)</text></outputEntry></rule></decisionTable>";
    let context = "<context><contextEntry><variable name=\"x\"/><list><conditional><if><literalExpression><text>f(n) = 1</text>\
        </literalExpression></if><then><literalExpression><text>1</text></literalExpression></then>\
        <else><literalExpression><text>f(n)</text></literalExpression></else></conditional></list></contextEntry></context>";
    for body in [
        "<literalExpression><text>f(n + 1)</text></literalExpression>",
        table,
        context,
    ] {
        let xml = format!(
            "{HEAD}<businessKnowledgeModel id=\"f\" name=\"f\"><variable name=\"f\"/><encapsulatedLogic>\
             <formalParameter name=\"n\" typeRef=\"number\"/>{body}</encapsulatedLogic><knowledgeRequirement>\
             <requiredKnowledge href=\"#f\"/></knowledgeRequirement></businessKnowledgeModel></definitions>"
        );
        let model = Arc::new(Model::new(vec![read(&xml).unwrap()]).unwrap());
        let inputs = [("n", Value::from(1))].into_iter().collect();
        let request = Request {
            inputs,
            explain: true,
            ..Request::default()
        };
        let evaluation = model.evaluate("f", &request).unwrap();
        assert_eq!(evaluation.stopped, Some(Stopped::Depth), "{body}");
        assert_eq!(evaluation.value, Value::Null);
    }
}

#[test]
fn long_and_deep_values_do_not_take_the_stack() {
    let entries: Vec<String> = (0..4_900).map(|at| format!("a{at}: {at}")).collect();
    let context = feel(&format!("count(get entries({{{}}}))", entries.join(", "))).unwrap();
    assert_eq!(context.value, Value::from(4_900));
    let entries: Vec<String> = (0..5_100).map(|at| format!("a{at}: {at}")).collect();
    assert!(refused(&format!("{{{}}}", entries.join(", "))).contains("项过多"));
    let nested = "for i in 1..3000 return if i = 1 then [] else [partial[-1]]";
    assert_eq!(feel(nested).unwrap().stopped, Some(Stopped::Depth));
    let copied = "for i in 1..100000 return count(partial)";
    assert_eq!(feel(copied).unwrap().stopped, Some(Stopped::Steps));
}
