//! The explanation in sentences, for people.

use super::{RuleStep, Step, StepKind, TableStep};
use crate::value::Value;

/// One thing said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How deep it stands below the result.
    pub level: usize,
    pub kind: LineKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// What was filled in.
    Input,
    /// What something came to.
    Result,
    /// A rule that holds, and what it is based on.
    Rule,
    /// A rule that does not hold.
    Missed,
    /// How it was worked out.
    Method,
}

/// One line for each thing said, indented by two spaces a level.
pub fn sentences(steps: &[Step]) -> String {
    let indented = |line: &Line| format!("{}{}", "  ".repeat(line.level), line.text);
    lines(steps).iter().map(indented).collect::<Vec<_>>().join("\n")
}

/// All that is said, outermost first.
pub fn lines(steps: &[Step]) -> Vec<Line> {
    let mut said = Said(Vec::new());
    for step in steps {
        say(step, 0, &mut said);
    }
    said.0
}

struct Said(Vec<Line>);

impl Said {
    fn add(&mut self, level: usize, kind: LineKind, text: String) {
        self.0.push(Line { level, kind, text });
    }
}

fn say(step: &Step, level: usize, said: &mut Said) {
    let (name, value) = (&step.name, shown(&step.value));
    let result = match step.kind {
        StepKind::Input if step.value.is_null() => format!("没有填写“{name}”。"),
        StepKind::Input => format!("“{name}”填写的是{value}。"),
        StepKind::Decision => format!("“{name}”的结果是{value}。依据："),
        StepKind::Knowledge => format!("按“{name}”计算，得{value}。依据："),
        StepKind::Service => format!("“{name}”给出{value}。依据："),
        StepKind::Entry => format!("“{name}”为{value}。"),
    };
    let bare = step.text.is_none() && step.table.is_none() && step.steps.is_empty();
    let kind = match step.kind {
        StepKind::Input => LineKind::Input,
        _ => LineKind::Result,
    };
    match result.strip_suffix("依据：") {
        Some(short) if bare => said.add(level, kind, short.to_owned()),
        _ => said.add(level, kind, result),
    }
    step.steps.iter().for_each(|step| say(step, level + 1, said));
    if step.omitted > 0 {
        let text = format!("另有 {} 步，未逐一列出。", step.omitted);
        said.add(level + 1, LineKind::Method, text);
    }
    if let Some(text) = &step.text {
        said.add(level + 1, LineKind::Method, format!("算法：{}", one_line(text)));
    }
    if let Some(table) = &step.table {
        say_table(table, level + 1, said);
    }
}

fn say_table(table: &TableStep, level: usize, said: &mut Said) {
    let inputs: Vec<String> = table
        .inputs
        .iter()
        .map(|(name, value)| format!("{}为{}", one_line(name), shown(value)))
        .collect();
    if !inputs.is_empty() {
        let inputs = inputs.join("，");
        let text = format!("对照决策表（共 {} 条规则）：{inputs}。", table.rules);
        said.add(level, LineKind::Method, text);
    }
    let hits = table.tried.iter().filter(|rule| rule.failed.is_none());
    for rule in hits.clone() {
        let text = format!("第 {} 条规则成立：{}。", rule.number, outcome(table, rule));
        said.add(level, LineKind::Rule, text);
        for (at, text) in rule.annotations.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let label = table.annotations.get(at).filter(|label| !label.is_empty());
            let label = label.map_or("备注", |label| label);
            said.add(level + 1, LineKind::Rule, format!("{label}：{}", one_line(text)));
        }
    }
    if table.unlisted_hits > 0 {
        let text = format!("另有 {} 条规则也成立，未逐一列出。", table.unlisted_hits);
        said.add(level, LineKind::Rule, text);
    }
    for text in table.tried.iter().filter_map(|rule| missed(table, rule)) {
        said.add(level, LineKind::Missed, text);
    }
    if table.unlisted > 0 {
        let text = format!("另有 {} 条规则不成立，未逐一列出。", table.unlisted);
        said.add(level, LineKind::Missed, text);
    }
    if hits.count() + table.unlisted_hits == 0 {
        said.add(level, LineKind::Rule, "没有规则成立。".to_owned());
    }
    said.add(level, LineKind::Method, policy(table.policy).to_owned());
}

fn missed(table: &TableStep, rule: &RuleStep) -> Option<String> {
    let (name, value) = table.inputs.get(rule.failed?)?;
    let why = match rule.unknown {
        true => "无法判断是否符合条件",
        false => "不符合条件",
    };
    let (name, value, test) = (one_line(name), shown(value), &rule.condition);
    Some(format!("第 {} 条不成立：{name}为{value}，{why}：{test}。", rule.number))
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
