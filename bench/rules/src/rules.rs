//! What both engines are given.

pub const NAMESPACE: &str = "https://mingjing.dev/yardstick";
pub const MODEL: &str = "审批方式";
pub const DECISION: &str = "结果";

/// Two comparisons, a conjunction, a choice, a product (and a sum on the other branch).
pub const EXPRESSION: &str = "if 面积 > 60 and 业态 = \"小餐饮\" then 基数 * 0.05 + 10 else 基数 * 0.1";
pub const AREA: i64 = 75;
pub const TRADE: &str = "小餐饮";
pub const BASE: i64 = 1000;

/// A table of spans of ten, with a second column.
pub fn table(rules: usize) -> String {
    let rule = |at: usize| {
        format!(
            "<rule id=\"r{at}\"><inputEntry id=\"a{at}\"><text>[{}..{})</text></inputEntry>\
             <inputEntry id=\"b{at}\"><text>\"小餐饮\", \"超市\"</text></inputEntry>\
             <outputEntry id=\"c{at}\"><text>{at}</text></outputEntry></rule>",
            at * 10,
            at * 10 + 10
        )
    };
    let rows: String = (0..rules).map(rule).collect();
    format!(
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" id=\"m\" name=\"{MODEL}\" namespace=\"{NAMESPACE}\">\
         <inputData id=\"a\" name=\"面积\"><variable name=\"面积\" typeRef=\"number\"/></inputData>\
         <inputData id=\"b\" name=\"业态\"><variable name=\"业态\" typeRef=\"string\"/></inputData>\
         <decision id=\"d\" name=\"{DECISION}\"><variable name=\"{DECISION}\" typeRef=\"number\"/>\
         <informationRequirement id=\"ra\"><requiredInput href=\"#a\"/></informationRequirement>\
         <informationRequirement id=\"rb\"><requiredInput href=\"#b\"/></informationRequirement>\
         <decisionTable id=\"t\" hitPolicy=\"UNIQUE\">\
         <input id=\"i1\"><inputExpression typeRef=\"number\"><text>面积</text></inputExpression></input>\
         <input id=\"i2\"><inputExpression typeRef=\"string\"><text>业态</text></inputExpression></input>\
         <output id=\"o\" typeRef=\"number\"/>{rows}</decisionTable></decision></definitions>"
    )
}
