//! The functions behind `mingjing rules feel | eval | check | test`.
#![allow(clippy::unwrap_used, reason = "tests")]

use mingjing_rules::api::{self, RulesError, Setting};
use mingjing_rules::tck::SuiteFile;
use mingjing_rules::value::Value;

const MODEL: &str = "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"m\" namespace=\"m\">\
    <itemDefinition name=\"t申请\"><itemComponent name=\"面积\"><typeRef>number</typeRef></itemComponent>\
    <itemComponent name=\"申请日期\"><typeRef>date</typeRef></itemComponent></itemDefinition>\
    <inputData id=\"i\" name=\"申请\"><variable name=\"申请\" typeRef=\"t申请\"/></inputData>\
    <decision id=\"d\" name=\"办结日期\"><variable name=\"办结日期\" typeRef=\"date\"/>\
    <informationRequirement><requiredInput href=\"#i\"/></informationRequirement>\
    <literalExpression><text>申请.申请日期 + duration(if 申请.面积 &gt; 60 then \"P20D\" else \"P1D\")</text></literalExpression>\
    </decision></definitions>";

fn eval(input: &str) -> Result<api::Outcome, RulesError> {
    api::eval(&[MODEL], "办结日期", input, false, &Setting::default())
}

#[test]
fn dates_come_from_json_as_the_model_declares() {
    let outcome = eval("{\"申请\": {\"面积\": 55, \"申请日期\": \"2026-11-22\"}}").unwrap();
    assert_eq!(outcome.value, Value::from_temporal_text("2026-11-23"));
    assert_eq!(
        outcome.to_json(),
        "{\"value\":\"2026-11-23\",\"missing\":[],\"diagnostics\":[]}"
    );
}

#[test]
fn a_wrong_or_missing_input_is_said() {
    let outcome = eval("{}").unwrap();
    assert_eq!(outcome.missing.iter().map(|name| &**name).collect::<Vec<_>>(), ["申请"]);
    assert_eq!(outcome.diagnostics[0].message, "没有给出输入“申请”");
    let outcome = eval("{\"申请\": {\"面积\": 55, \"申请日期\": \"明天\"}}").unwrap();
    assert_eq!(outcome.value, Value::Null);
    assert!(
        outcome.diagnostics[0].message.starts_with("“申请”应为 t申请"),
        "{:?}",
        outcome.diagnostics
    );
    assert_eq!(eval("[]").unwrap_err(), RulesError::NotObject);
    let unknown = api::eval(&[MODEL], "无", "{}", false, &Setting::default()).unwrap_err();
    assert_eq!(unknown.to_string(), "模型中没有名为“无”的决策；有：办结日期");
}

#[test]
fn feel_takes_a_context() {
    let outcome = api::feel(
        "单价 * 数量",
        Some("{\"单价\": 19.99, \"数量\": 3}"),
        &Setting::default(),
    );
    assert_eq!(
        outcome.unwrap().to_json(),
        "{\"value\":59.97,\"missing\":[],\"diagnostics\":[]}"
    );
    let null = api::feel("1 / 0", None, &Setting::default()).unwrap();
    assert_eq!(
        null.to_json(),
        "{\"value\":null,\"missing\":[],\"diagnostics\":[{\"place\":\"\",\"from\":0,\"to\":5,\"message\":\"除数为零\"}]}"
    );
}

#[test]
fn findings_print_as_json() {
    let findings = api::check_files(&[MODEL], &Setting::default()).unwrap();
    assert_eq!(api::findings_json(&findings), "[]");
}

#[test]
fn a_suite_ends_with_its_count() {
    let case = |id: &str, date: &str| {
        format!(
            "<testCase id=\"{id}\"><inputNode name=\"申请\"><component name=\"面积\"><value xsi:type=\"xsd:decimal\">61</value>\
             </component><component name=\"申请日期\"><value xsi:type=\"xsd:date\">2026-11-01</value></component></inputNode>\
             <resultNode name=\"办结日期\"><expected><value xsi:type=\"xsd:date\">{date}</value></expected></resultNode></testCase>"
        )
    };
    let tests = format!(
        "<testCases xmlns=\"http://www.omg.org/spec/DMN/20160719/testcase\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <modelName>m.dmn</modelName>{}{}</testCases>",
        case("一", "2026-11-21"),
        case("二", "2026-11-22")
    );
    let file = |path: &str, text: &str| SuiteFile {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let files = [file("m/m.dmn", MODEL), file("m/m-test-01.xml", &tests)];
    let report = api::test(&files, &Setting::default());
    assert_eq!(
        report.lines(),
        [
            "m/m-test-01.xml 二 办结日期：应为 @\"2026-11-22\"，得到 @\"2026-11-21\"（）",
            "1 passed, 1 failed"
        ]
    );
}
