//! The explanation in sentences, for people.

use super::{RuleStep, Step, StepKind, TableStep};
use crate::value::Value;

/// One line for each thing said, indented by two spaces a level.
pub fn sentences(steps: &[Step]) -> String {
    let mut lines = Vec::new();
    for step in steps {
        say(step, 0, &mut lines);
    }
    lines.join("\n")
}

fn say(step: &Step, level: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(level);
    let (name, value) = (&step.name, shown(&step.value));
    let result = match step.kind {
        StepKind::Input if step.value.is_null() => format!("{indent}没有填写“{name}”。"),
        StepKind::Input => format!("{indent}“{name}”填写的是{value}。"),
        StepKind::Decision => format!("{indent}“{name}”的结果是{value}。依据："),
        StepKind::Knowledge => format!("{indent}按“{name}”计算，得{value}。依据："),
        StepKind::Service => format!("{indent}“{name}”给出{value}。依据："),
        StepKind::Entry => format!("{indent}“{name}”为{value}。"),
    };
    let bare = step.text.is_none() && step.table.is_none() && step.steps.is_empty();
    match result.strip_suffix("依据：") {
        Some(short) if bare => lines.push(short.to_owned()),
        _ => lines.push(result),
    }
    let inner = "  ".repeat(level + 1);
    step.steps.iter().for_each(|step| say(step, level + 1, lines));
    if let Some(text) = &step.text {
        lines.push(format!("{inner}算法：{}", one_line(text)));
    }
    if let Some(table) = &step.table {
        say_table(table, &inner, lines);
    }
}

fn say_table(table: &TableStep, indent: &str, lines: &mut Vec<String>) {
    let inputs: Vec<String> = table
        .inputs
        .iter()
        .map(|(name, value)| format!("{}为{}", one_line(name), shown(value)))
        .collect();
    if !inputs.is_empty() {
        lines.push(format!(
            "{indent}对照决策表（共 {} 条规则）：{}。",
            table.rules,
            inputs.join("，")
        ));
    }
    let matched: Vec<&RuleStep> = table.tried.iter().filter(|rule| rule.failed.is_none()).collect();
    for rule in &matched {
        lines.push(format!(
            "{indent}第 {} 条规则成立：{}。",
            rule.number,
            outcome(table, rule)
        ));
        for (at, text) in rule.annotations.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let label = table.annotations.get(at).filter(|label| !label.is_empty());
            let label = label.map_or("备注", |label| label);
            lines.push(format!("{indent}  {label}：{}", one_line(text)));
        }
    }
    let missed: Vec<String> = table
        .tried
        .iter()
        .filter_map(|rule| {
            let column = rule.failed?;
            let (name, value) = table.inputs.get(column)?;
            let why = if rule.unknown {
                "无法判断是否符合条件"
            } else {
                "不符合条件"
            };
            let (name, value, test) = (one_line(name), shown(value), &rule.condition);
            Some(format!(
                "{indent}第 {} 条不成立：{name}为{value}，{why}：{test}。",
                rule.number
            ))
        })
        .collect();
    lines.extend(missed);
    if table.unlisted > 0 {
        lines.push(format!("{indent}另有 {} 条规则不成立，未逐一列出。", table.unlisted));
    }
    if matched.is_empty() {
        lines.push(format!("{indent}没有规则成立。"));
    }
    lines.push(format!("{indent}{}", policy(table.policy)));
}

fn outcome(table: &TableStep, rule: &RuleStep) -> String {
    let single = rule.outputs.len() == 1;
    let parts: Vec<String> = rule
        .outputs
        .iter()
        .zip(&table.outputs)
        .map(|(value, name)| match single || name.is_empty() {
            true => format!("结果为{}", shown(value)),
            false => format!("{name}为{}", shown(value)),
        })
        .collect();
    parts.join("，")
}

fn policy(policy: &str) -> &'static str {
    match policy {
        "UNIQUE" => "命中策略：只能有一条规则成立。",
        "FIRST" => "命中策略：取第一条成立的规则。",
        "PRIORITY" => "命中策略：取结果最优先的一条。",
        "ANY" => "命中策略：成立的规则结果必须相同。",
        "COLLECT" => "命中策略：汇总所有成立的规则。",
        "RULE ORDER" => "命中策略：按规则顺序列出所有成立的规则。",
        _ => "命中策略：按结果的优先顺序列出所有成立的规则。",
    }
}

/// A value as a person reads it.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "（空）".to_owned(),
        Value::Boolean(true) => "“是”".to_owned(),
        Value::Boolean(false) => "“否”".to_owned(),
        Value::String(text) => format!("“{text}”"),
        Value::List(items) if items.is_empty() => "（空列表）".to_owned(),
        Value::List(items) => items.iter().map(shown).collect::<Vec<_>>().join("、"),
        Value::Context(context) => {
            let entry = |(name, value)| format!("{name} {}", shown(value));
            format!("（{}）", context.iter().map(entry).collect::<Vec<_>>().join("，"))
        }
        Value::Function(_) => "（函数）".to_owned(),
        other => format!(" {other}"),
    }
}

fn one_line(text: &str) -> String {
    crate::feel::normal(text)
}
