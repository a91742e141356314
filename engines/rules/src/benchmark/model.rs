//! A benchmark as a decision model: the same figures as DMN tables, for those who want to see,
//! evaluate and check them as such. Grounds and statutory limits stay with the typed benchmark.

use super::{Benchmark, Factor, Interval, Shape, Situation};
use crate::dmn::model::{
    Decision, DecisionTable, Definitions, HitPolicy, InputClause, InputData, OutputClause, Requirement, Rule, Variable,
};
use crate::dmn::{Boxed, BoxedKind};
use crate::feel::quoted;
use std::sync::Arc;

type Text = Arc<str>;

/// Name of the decision that gives the amount, the range or the tiers.
const RESULT: &str = "罚款";

impl Benchmark {
    /// Decision `罚款`: a number for sums of weights, else a context of `下限`, `上限` and `定额`.
    pub fn to_dmn(&self) -> Definitions {
        let mut made = Definitions {
            id: Some(format!("benchmark-{}", self.code).into()),
            name: self.title.clone(),
            namespace: format!("https://mingjing.dev/benchmark/{}", self.code).into(),
            description: Some(format!("{}，{}", self.issuer, self.document).into()),
            ..Definitions::default()
        };
        match &self.shape {
            Shape::Fixed(situations) => fixed(&mut made, situations),
            Shape::WeightSum { start, base, factors } => {
                weight_sum(&mut made, &start.to_string(), &base.expression(), factors);
                if let super::Amount::Times { fact, .. } = base {
                    input(&mut made, fact, Some("number"));
                    require(&mut made, RESULT, fact, true);
                }
            }
            Shape::Range { factors, rows } => range(&mut made, factors, rows),
            Shape::Tier {
                normal_from,
                heavy_from,
            } => {
                input(&mut made, "法定下限", Some("number"));
                input(&mut made, "法定上限", Some("number"));
                let at = |percent| format!("法定下限 + (法定上限 - 法定下限) * {percent} / 100");
                let text = format!(
                    "{{从轻: [法定下限..{normal}], 一般: [{normal}..{heavy}], 从重: [{heavy}..法定上限]}}",
                    normal = at(normal_from),
                    heavy = at(heavy_from)
                );
                decision(&mut made, RESULT, None, BoxedKind::Literal(text.into()));
                require(&mut made, RESULT, "法定下限", true);
                require(&mut made, RESULT, "法定上限", true);
            }
        }
        made
    }
}

fn fixed(made: &mut Definitions, situations: &[Situation]) {
    input(made, "情形", Some("string"));
    let mut besides: Vec<Text> = Vec::new();
    for (name, _) in situations.iter().flat_map(|situation| &situation.besides) {
        if !besides.contains(name) {
            besides.push(name.clone());
        }
    }
    let rule = |situation: &Situation| {
        let amounts = [situation.low, situation.high, situation.default];
        let of = |name: &Text| situation.besides.iter().find(|(known, _)| known == name);
        let others = besides.iter().map(|name| match of(name) {
            Some((_, text)) => quoted(text).into(),
            None => "null".into(),
        });
        Rule {
            tests: vec![quoted(&situation.code).into()],
            outputs: amounts.iter().map(|n| n.to_string().into()).chain(others).collect(),
            annotations: vec![situation.name.as_ref().into()],
            ..Rule::default()
        }
    };
    let amounts = ["下限", "上限", "定额"].map(|name| output(name, "number"));
    let others = besides.iter().map(|name| output(name, "string"));
    let table = DecisionTable {
        inputs: vec![clause("情形", Some("string"))],
        outputs: amounts.into_iter().chain(others).collect(),
        annotations: vec!["情形".into()],
        rules: situations.iter().map(rule).collect(),
        ..DecisionTable::default()
    };
    decision(made, RESULT, None, BoxedKind::Table(Box::new(table)));
    require(made, RESULT, "情形", true);
}

/// A decision for each factor's weight, one for their sum, and the amount.
fn weight_sum(made: &mut Definitions, start: &str, base: &str, factors: &[Factor]) {
    let mut sum = start.to_owned();
    for factor in factors {
        input(made, &factor.name, None);
        let weight = format!("{}权重", factor.name);
        let rule = |level: &super::Level| Rule {
            tests: vec![level.tests.to_string().into()],
            outputs: vec![level.weight.to_string().into()],
            annotations: vec![level.text.as_ref().into()],
            ..Rule::default()
        };
        let lowest = factor.levels.iter().map(|level| level.weight).min();
        let mut rules: Vec<Rule> = factor.levels.iter().map(rule).collect();
        rules.push(Rule {
            tests: vec!["null".into()],
            outputs: vec![lowest.unwrap_or(crate::number::Number::ZERO).to_string().into()],
            annotations: vec!["未能证明，取最低一档".into()],
            ..Rule::default()
        });
        let table = DecisionTable {
            inputs: vec![clause(&factor.name, None)],
            outputs: vec![OutputClause {
                type_ref: Some("number".into()),
                ..Default::default()
            }],
            annotations: vec!["程度".into()],
            rules,
            ..DecisionTable::default()
        };
        decision(made, &weight, Some("number"), BoxedKind::Table(Box::new(table)));
        require(made, &weight, &factor.name, true);
        sum = format!("{sum} + {weight}");
    }
    decision(
        made,
        "权重合计",
        Some("number"),
        BoxedKind::Literal(format!("min(100, {sum})").into()),
    );
    for factor in factors {
        require(made, "权重合计", &format!("{}权重", factor.name), false);
    }
    let amount = format!("权重合计 / 100 * {base}");
    decision(made, RESULT, Some("number"), BoxedKind::Literal(amount.into()));
    require(made, RESULT, "权重合计", false);
}

fn range(made: &mut Definitions, factors: &[Text], rows: &[Interval]) {
    factors.iter().for_each(|factor| input(made, factor, None));
    let rule = |row: &Interval| Rule {
        tests: row.cells.iter().map(|(_, tests)| tests.to_string().into()).collect(),
        outputs: [row.low, row.high]
            .iter()
            .map(|end| end.map_or("null".into(), |n| n.to_string().into()))
            .collect(),
        ..Rule::default()
    };
    let table = DecisionTable {
        // Rows are tried in order, as the typed benchmark does.
        hit_policy: HitPolicy::First,
        inputs: factors.iter().map(|factor| clause(factor, None)).collect(),
        outputs: ["下限", "上限"].map(|name| output(name, "number")).into(),
        rules: rows.iter().map(rule).collect(),
        ..DecisionTable::default()
    };
    decision(made, RESULT, None, BoxedKind::Table(Box::new(table)));
    factors.iter().for_each(|factor| require(made, RESULT, factor, true));
}

fn clause(name: &str, kind: Option<&str>) -> InputClause {
    InputClause {
        label: Some(name.into()),
        expression: name.into(),
        type_ref: kind.map(Text::from),
        allowed_values: None,
    }
}

fn output(name: &str, kind: &str) -> OutputClause {
    OutputClause {
        name: Some(name.into()),
        type_ref: Some(kind.into()),
        ..OutputClause::default()
    }
}

fn variable(name: &str, kind: Option<&str>) -> Variable {
    Variable {
        name: name.into(),
        type_ref: kind.map(Text::from),
    }
}

fn input(made: &mut Definitions, name: &str, kind: Option<&str>) {
    let id = format!("input-{}", made.inputs.len() + 1).into();
    made.inputs.push(InputData {
        id,
        variable: variable(name, kind),
        description: None,
    });
}

fn decision(made: &mut Definitions, name: &str, kind: Option<&str>, logic: BoxedKind) {
    made.decisions.push(Decision {
        id: format!("decision-{}", made.decisions.len() + 1).into(),
        name: name.into(),
        variable: variable(name, kind),
        logic: Some(Boxed {
            id: None,
            type_ref: None,
            kind: logic,
        }),
        ..Decision::default()
    });
}

/// Lets the decision named `from` require an input or decision by name.
fn require(made: &mut Definitions, from: &str, name: &str, is_input: bool) {
    let id = match is_input {
        true => made
            .inputs
            .iter()
            .find(|i| *i.variable.name == *name)
            .map(|i| i.id.clone()),
        false => made.decisions.iter().find(|d| *d.name == *name).map(|d| d.id.clone()),
    };
    let from = made.decisions.iter_mut().find(|decision| *decision.name == *from);
    if let (Some(id), Some(from)) = (id, from) {
        from.requires.push(Requirement {
            href: format!("#{id}").into(),
            is_input,
        });
    }
}
