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
    assert_eq!(read(bomb), Err(ReadError::Doctype { line: 1 }));
    assert_eq!(
        read("\n<definitions/>").unwrap_err().to_string(),
        "第 2 行：根元素 <definitions> 不是 DMN 1.2–1.5 命名空间里的 definitions"
    );
    assert!(matches!(read("<a>"), Err(ReadError::Xml { .. })));
    let deep = format!("{HEAD}{}{}</definitions>", "<a>".repeat(20_000), "</a>".repeat(20_000));
    assert!(matches!(read(&deep), Err(ReadError::Model { .. })));
    let refused = |xml: String| read(&xml).unwrap_err().to_string();
    let declared: String = (0..1_001).map(|at| format!("<a xmlns:n{at}=\"u\"/>")).collect();
    assert!(refused(format!("{HEAD}{declared}</definitions>")).contains("命名空间声明过多"));
    let attributes: String = (0..200_000).map(|at| format!(" a{at}=\">\"")).collect();
    assert_eq!(
        refused(format!("{HEAD}\n<a{attributes}/></definitions>")),
        "第 2 行：一个元素的属性过多"
    );
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

/// Values share their parts: each doubling is cheap to make, the whole is not to print or compare.
#[test]
fn a_value_that_doubles_itself_is_stopped() {
    let entries: Vec<String> = (1..60).map(|at| format!("a{at}: [a{}, a{}]", at - 1, at - 1)).collect();
    let entries = format!("{{a0: [1, 1], {}}}", entries.join(", "));
    for text in [
        entries.clone(),
        format!("{entries}.a59 = {entries}.a59"),
        "for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]".to_owned(),
        "for i in 1..60 return if i = 1 then {a: 1} else {a: partial[-1], b: partial[-1]}".to_owned(),
        "string([for i in 1..25 return if i = 1 then [1] else [partial[-1], partial[-1]]])".to_owned(),
    ] {
        let outcome = feel(&text).unwrap();
        assert_eq!(outcome.stopped, Some(Stopped::Weight), "{text}");
        assert!(outcome.to_json().len() < 300, "{text}");
    }
    let texts = "{t: string join(for j in 1..100000 return \"文字\"), n: for i in 1..200000 return string length(t)}";
    assert_eq!(feel(texts).unwrap().stopped, Some(Stopped::Steps));
}

#[test]
fn an_explanation_has_a_bound() {
    use mingjing_rules::dmn::Request;
    use mingjing_rules::explain::{MAX_NESTED, MAX_STEPS, Step, record};
    use std::sync::Arc;
    fn count(steps: &[Step]) -> (usize, usize, usize) {
        steps.iter().fold((0, 0, 0), |(all, omitted, deep), step| {
            let inner = count(&step.steps);
            (
                all + 1 + inner.0,
                omitted + step.omitted + inner.1,
                deep.max(inner.2 + 1),
            )
        })
    }
    let explained = |body: &str| {
        let xml = format!(
            "{HEAD}<businessKnowledgeModel id=\"f\" name=\"f\"><variable name=\"f\"/><encapsulatedLogic>\
             <formalParameter name=\"n\"/><literalExpression><text>{body}</text></literalExpression></encapsulatedLogic>\
             <knowledgeRequirement><requiredKnowledge href=\"#f\"/></knowledgeRequirement></businessKnowledgeModel>\
             <decision id=\"d\" name=\"d\"><knowledgeRequirement><requiredKnowledge href=\"#f\"/></knowledgeRequirement>\
             <literalExpression><text>count(for i in 1..9000 return f(i))</text></literalExpression></decision></definitions>"
        );
        let model = Arc::new(Model::new(vec![read(&xml).unwrap()]).unwrap());
        let request = Request {
            explain: true,
            ..Request::default()
        };
        let evaluation = model.evaluate("d", &request).unwrap();
        mingjing_rules::json::read(&record(&evaluation.explanation)).unwrap();
        count(&evaluation.explanation)
    };
    let (all, omitted, _) = explained("n");
    assert_eq!((all, all + omitted), (MAX_STEPS, 9001));
    let (_, omitted, deep) = explained("if n &lt; 0 or n &gt; 50 then 0 else f(n + 1)");
    assert_eq!(deep, MAX_NESTED);
    assert!(omitted > 0);
}

#[test]
fn calling_a_shadowed_built_in_says_so() {
    let outcome = api::feel("1 +\n sum([1, 2])", Some("{\"sum\": 1}"), &Setting::default()).unwrap();
    assert_eq!(
        outcome.diagnostics[0].sentence("1 +\n sum([1, 2])"),
        "第 2 行第 2 列：“sum”在这里是给出的数，遮住了同名的内置函数，不能调用"
    );
}

#[test]
fn broken_xml_is_refused_with_place_and_sentence() {
    for (xml, wanted) in [
        (
            "<a>\n<b></a>",
            "XML 不正确（第 2 行第 4 列）：应以 </b> 结束，却是 </a>",
        ),
        ("<a x=\"1\" x=\"2\"/>", "XML 不正确（第 1 行第 10 列）：属性 x 重复"),
        ("<a>&lol;</a>", "XML 不正确（第 1 行第 4 列）：实体 &lol; 没有定义"),
        (
            "\n<!DOCTYPE a><a/>",
            "第 2 行：文件含有 DOCTYPE，为防止实体攻击不予读取",
        ),
        ("", "XML 不正确（第 1 行第 1 列）：没有根元素"),
    ] {
        assert_eq!(read(xml).unwrap_err().to_string(), wanted, "{xml}");
    }
}

#[test]
fn a_table_of_a_million_rows_is_refused() {
    let rule = "<rule><outputEntry><text>1</text></outputEntry></rule>\n";
    let table = format!(
        "{HEAD}<decision id=\"d\" name=\"d\"><decisionTable><output/>{}",
        rule.repeat(1_000_000)
    );
    let error = read(&table).unwrap_err().to_string();
    assert_eq!(error, "文件过大：上限为 32 MiB、3000000 个节点");
}

#[test]
fn refusals_are_json_too() {
    let error = feel("1 +\n  )").unwrap_err();
    assert_eq!(
        error.to_json(),
        "{\"error\":\"第 2 行第 3 列：“)”不能放在这里\",\"line\":2,\"column\":3}"
    );
}
