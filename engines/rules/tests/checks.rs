//! What the checks find, and what they leave alone.
#![allow(clippy::unwrap_used, reason = "tests")]

use mingjing_rules::check::{Finding, FindingKind, Verdict, gateway};
use mingjing_rules::extension::Extensions;
use mingjing_rules::feel::Type;
use mingjing_rules::value::Value;
use std::sync::Arc;

/// A model with inputs 面积 (number), 类别 (string: 甲、乙) and 是否连锁, and one decision.
fn model(logic: &str) -> String {
    format!(
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"m\" namespace=\"m\">\
         <itemDefinition name=\"t类别\"><typeRef>string</typeRef><allowedValues><text>\"甲\", \"乙\"</text></allowedValues></itemDefinition>\
         <inputData id=\"i1\" name=\"面积\"><variable name=\"面积\" typeRef=\"number\"/></inputData>\
         <inputData id=\"i2\" name=\"类别\"><variable name=\"类别\" typeRef=\"t类别\"/></inputData>\
         <inputData id=\"i3\" name=\"是否连锁\"><variable name=\"是否连锁\" typeRef=\"boolean\"/></inputData>\
         <decision id=\"d\" name=\"办法\"><variable name=\"办法\"/>\
         <informationRequirement><requiredInput href=\"#i1\"/></informationRequirement>\
         <informationRequirement><requiredInput href=\"#i2\"/></informationRequirement>\
         {logic}</decision></definitions>"
    )
}

fn table(policy: &str, rules: &[[&str; 3]]) -> String {
    let cell = |element: &str, text: &str| {
        let text = text.replace('<', "&lt;").replace('>', "&gt;");
        format!("<{element}><text>{text}</text></{element}>")
    };
    let rules: String = rules
        .iter()
        .map(|[a, b, out]| {
            let cells = [cell("inputEntry", a), cell("inputEntry", b), cell("outputEntry", out)];
            format!("<rule>{}</rule>", cells.concat())
        })
        .collect();
    model(&format!(
        "<decisionTable hitPolicy=\"{policy}\">\
         <input><inputExpression typeRef=\"number\"><text>面积</text></inputExpression></input>\
         <input><inputExpression><text>类别</text></inputExpression></input>\
         <output typeRef=\"string\"/>{rules}</decisionTable>"
    ))
}

fn findings(xml: &str) -> Vec<Finding> {
    mingjing_rules::api::check_files(&[xml], &Default::default()).unwrap()
}

fn of(kind: FindingKind, findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|finding| finding.kind == kind).collect()
}

#[test]
fn a_complete_table_has_only_an_unused_input() {
    let xml = table(
        "UNIQUE",
        &[
            ["< 60", "\"甲\"", "\"备案\""],
            [">= 60", "\"甲\"", "\"许可\""],
            ["-", "\"乙\"", "\"许可\""],
        ],
    );
    let found = findings(&xml);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].message, "输入“是否连锁”没有任何决策用到");
}

#[test]
fn a_gap_comes_with_an_input_that_shows_it() {
    let xml = table("UNIQUE", &[["< 60", "-", "\"备案\""], ["> 60", "\"甲\"", "\"许可\""]]);
    let found = findings(&xml);
    let gap = of(FindingKind::Gap, &found)[0];
    let example = gap.example.as_ref().unwrap();
    assert_eq!(example.get("面积"), Some(&Value::from(60)));
    assert!(
        gap.message
            .starts_with("有输入不符合任何一条规则，例如面积 = 60，类别 = "),
        "{}",
        gap.message
    );
}

#[test]
fn overlaps_and_unreachable_rules_are_named() {
    let xml = table("UNIQUE", &[["<= 60", "-", "\"备案\""], [">= 60", "-", "\"许可\""]]);
    let found = findings(&xml);
    assert_eq!(of(FindingKind::Overlap, &found)[0].rules, [1, 2]);
    let same = table("ANY", &[["<= 60", "-", "\"许可\""], [">= 60", "-", "\"许可\""]]);
    assert!(of(FindingKind::Overlap, &findings(&same)).is_empty());
    let first = table(
        "FIRST",
        &[
            ["< 60", "-", "\"备案\""],
            [">= 60", "-", "\"许可\""],
            ["100", "\"甲\"", "\"听证\""],
        ],
    );
    assert_eq!(of(FindingKind::Unreachable, &findings(&first))[0].rules, [3]);
    let foreign = table(
        "UNIQUE",
        &[["-", "\"丙\"", "\"备案\""], ["-", "\"甲\", \"乙\"", "\"许可\""]],
    );
    assert_eq!(of(FindingKind::Unreachable, &findings(&foreign))[0].rules, [1]);
}

#[test]
fn wrong_kinds_missing_names_and_unreadable_cells_are_found() {
    let xml = table(
        "UNIQUE",
        &[["\"大\"", "-", "\"备案\""], ["1 +", "-", "3"], ["-", "-", "不存在"]],
    );
    let found = findings(&xml);
    let types: Vec<&str> = of(FindingKind::Type, &found).iter().map(|f| &*f.message).collect();
    assert!(types.contains(&"第 1 条规则的“面积”应为数，写的是文字"), "{types:?}");
    assert!(types.contains(&"第 2 条规则：结果“”应为文字，写的是数"), "{types:?}");
    assert_eq!(of(FindingKind::MissingName, &found)[0].message, "没有名为“不存在”的值");
    assert!(of(FindingKind::Syntax, &found)[0].message.contains("表达式没有写完"));
    let literal = |text: &str| {
        findings(&model(&format!(
            "<literalExpression><text>{text}</text></literalExpression>"
        )))
    };
    let wrong = literal("面积 + 类别");
    assert_eq!(
        of(FindingKind::Type, &wrong)[0].message,
        "“面积 + 类别”：数和文字不能这样运算"
    );
    assert!(of(FindingKind::Type, &literal("面积 * 2 + string length(类别)")).is_empty());
    let unused = literal("面积 * 2");
    assert!(
        unused.iter().any(|f| f.message == "要求了“类别”，但逻辑中没有用到"),
        "{unused:#?}"
    );
}

fn verdict(conditions: &[&str]) -> (bool, bool) {
    let variables = [("是否听证", Type::Boolean), ("表单.金额", Type::Number)];
    let report = gateway(conditions, &variables).unwrap();
    (report.exclusive == Verdict::Proven, report.complete == Verdict::Proven)
}

#[test]
fn gateway_conditions_are_proven_or_refuted() {
    assert_eq!(verdict(&["表单.金额 > 10000", "表单.金额 <= 10000"]), (true, true));
    assert_eq!(verdict(&["表单.金额 > 10000", "表单.金额 < 10000"]), (true, false));
    assert_eq!(verdict(&["表单.金额 >= 10000", "表单.金额 <= 10000"]), (false, true));
    assert_eq!(verdict(&["是否听证", "not(是否听证)"]), (true, true));
    assert_eq!(
        verdict(&["是否听证 and 表单.金额 > 5", "not(是否听证) or 表单.金额 <= 5"]),
        (true, true)
    );
    assert_eq!(verdict(&["类别 = \"甲\"", "类别 = \"乙\""]), (true, false));
    assert_eq!(
        verdict(&["类别 in (\"甲\", \"乙\")", "not(类别 in (\"甲\", \"乙\"))"]),
        (true, true)
    );
    assert_eq!(
        verdict(&[
            "日期 between @\"2026-01-01\" and @\"2026-06-30\"",
            "日期 > @\"2026-06-30\"",
            "日期 < @\"2026-01-01\""
        ]),
        (true, true)
    );
    assert_eq!(verdict(&["string length(类别) > 3", "true"]), (false, false));
}

#[test]
fn a_counter_example_is_a_sentence() {
    let report = gateway(&["金额 >= 5", "金额 <= 5"], &[]).unwrap();
    assert_eq!(report.sentences()[0], "第 1 个和第 2 个条件会同时成立，例如金额 = 5。");
    let unknown = gateway(&["f(x)"], &[]).unwrap();
    assert_eq!(unknown.sentences()[0], "不能证明各条件互斥：“f(x)”不只是与常量比较。");
}

#[test]
fn working_days_are_an_extension() {
    let calendar = mingjing_calendar::Calendar::national();
    let setting = mingjing_rules::api::Setting {
        extensions: Arc::new(Extensions::none().with_working_days(calendar)),
        ..Default::default()
    };
    let feel = |text: &str| mingjing_rules::api::feel(text, None, &setting).unwrap();
    let value = |text: &str| feel(text).value.to_string();
    // Over the Spring Festival of 2026, with its make-up Saturday.
    assert_eq!(value("add working days(@\"2026-02-10\", 5)"), "2026-02-24");
    assert_eq!(value("add working days(@\"2026-02-24\", -5)"), "2026-02-10");
    assert_eq!(value("working days between(@\"2026-02-10\", @\"2026-02-24\")"), "5");
    assert_eq!(value("is working day(@\"2026-02-14\")"), "true");
    assert_eq!(value("add working days(date: @\"2026-11-20\", days: 1)"), "2026-11-23");
    assert_eq!(feel("add working days(@\"2026-02-10\", 20000)").value, Value::Null);
    // Without the extension the name means nothing; a name of the context wins.
    let bare = mingjing_rules::api::feel("add working days(@\"2026-02-10\", 5)", None, &Default::default());
    assert_eq!(bare.unwrap().value, Value::Null);
    let own = mingjing_rules::api::feel("is working day", Some("{\"is working day\": 7}"), &setting);
    assert_eq!(own.unwrap().value, Value::from(7));
}

#[test]
fn an_expression_of_a_flow_is_checked_alone() {
    use mingjing_rules::check::expression;
    let known = [("金额", Type::Number), ("类别", Type::String), ("表单", Type::Any)];
    let messages = |text: &str| -> Vec<String> {
        let found = expression(text, &known, &Type::Boolean, &Extensions::none());
        found.into_iter().map(|finding| finding.message).collect()
    };
    assert!(messages("金额 > 5 and 表单.是否听证").is_empty());
    assert_eq!(messages("金额 > 类别"), ["“金额 > 类别”：数和文字不能这样运算"]);
    assert_eq!(messages("金额 + 1"), ["“金额 + 1”应为是否，却是数"]);
    assert_eq!(messages("面积 > 1"), ["没有名为“面积”的值"]);
    assert_eq!(messages("金额 >"), ["第 1 行第 5 列：表达式没有写完"]);
}

#[test]
fn a_type_that_nobody_defines_is_found() {
    let xml = model("<literalExpression><text>面积 + string length(类别)</text></literalExpression>")
        .replace("itemDefinition name=\"t类别\"", "itemDefinition name=\"t别的\"");
    let found = findings(&xml);
    assert_eq!(
        of(FindingKind::Structure, &found)[0].message,
        "“类别”的类型“t类别”没有定义"
    );
}
