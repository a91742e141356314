//! Decision tables.

use super::super::model::{Aggregation, Cell, DecisionTable, HitPolicy, InputClause, OutputClause, Rule};
use super::{ReadError, Reader, attribute, text, trimmed};
use roxmltree::Node;

/// Most rules of one table.
const MAX_RULES: usize = 100_000;
/// Most input and output columns together.
const MAX_COLUMNS: usize = 500;

impl<'x> Reader<'x> {
    pub(super) fn table(&self, node: Node<'x, 'x>) -> Result<DecisionTable, ReadError> {
        let hit_policy = match node.attribute("hitPolicy") {
            None => HitPolicy::Unique,
            Some(text) => match HitPolicy::ALL.iter().find(|(_, name)| *name == text) {
                Some((policy, _)) => *policy,
                None => return self.refuse(node, "不认识的命中策略"),
            },
        };
        let aggregation = match node.attribute("aggregation") {
            None => None,
            Some(text) => match Aggregation::ALL.iter().find(|(_, name)| *name == text) {
                Some((aggregation, _)) => Some(*aggregation),
                None => return self.refuse(node, "不认识的汇总方式"),
            },
        };
        let mut table = DecisionTable {
            hit_policy,
            aggregation,
            output_label: attribute(node, "outputLabel"),
            inputs: self
                .children(node, "input")
                .map(|input| self.input_clause(input))
                .collect(),
            outputs: self
                .children(node, "output")
                .map(|output| self.output(output))
                .collect(),
            annotations: self
                .children(node, "annotation")
                .map(|child| attribute(child, "name").unwrap_or_default())
                .collect(),
            rules: Vec::new(),
        };
        if table.inputs.len() + table.outputs.len() > MAX_COLUMNS {
            return self.refuse(node, "决策表的列过多");
        }
        if table.outputs.is_empty() {
            return self.refuse(node, "决策表没有结果列");
        }
        for rule in self.children(node, "rule") {
            let rule = self.rule(rule, &table, table.rules.last())?;
            table.rules.push(rule);
            if table.rules.len() > MAX_RULES {
                return self.refuse(node, "决策表超过 100000 行");
            }
        }
        Ok(table)
    }

    fn input_clause(&self, node: Node<'x, 'x>) -> InputClause {
        let expression = self.child(node, "inputExpression");
        InputClause {
            label: attribute(node, "label"),
            expression: expression
                .and_then(|child| self.child(child, "text"))
                .and_then(text)
                .unwrap_or_default(),
            type_ref: expression.and_then(|child| attribute(child, "typeRef")),
            allowed_values: self.child_text(node, "inputValues"),
        }
    }

    fn output(&self, node: Node<'x, 'x>) -> OutputClause {
        OutputClause {
            name: attribute(node, "name").map(|name| crate::feel::normal(&name).into()),
            label: attribute(node, "label"),
            type_ref: attribute(node, "typeRef"),
            allowed_values: self.child_text(node, "outputValues"),
            default: self.child_text(node, "defaultOutputEntry"),
        }
    }

    fn rule(&self, node: Node<'x, 'x>, table: &DecisionTable, above: Option<&Rule>) -> Result<Rule, ReadError> {
        let mut made = Rule {
            id: node.attribute("id").map(Cell::from),
            description: None,
            tests: Vec::with_capacity(table.inputs.len()),
            outputs: Vec::with_capacity(table.outputs.len()),
            annotations: Vec::with_capacity(table.annotations.len()),
        };
        // A cell often repeats the one above: then they share one text.
        let cell = |entry: Node<'x, 'x>, above: Option<&Cell>| match self.cell_text(entry).and_then(trimmed) {
            Some(text) => match above {
                Some(same) if **same == *text => same.clone(),
                _ => Cell::from(&*text),
            },
            None => Cell::new(),
        };
        for child in node.children().filter(Node::is_element) {
            if !self.is_ours(child) {
                continue;
            }
            match child.tag_name().name() {
                "inputEntry" => {
                    let above = above.and_then(|rule| rule.tests.get(made.tests.len()));
                    made.tests.push(cell(child, above));
                }
                "outputEntry" => {
                    let above = above.and_then(|rule| rule.outputs.get(made.outputs.len()));
                    made.outputs.push(cell(child, above));
                }
                "annotationEntry" => {
                    let above = above.and_then(|rule| rule.annotations.get(made.annotations.len()));
                    made.annotations.push(cell(child, above));
                }
                "description" if made.description.is_none() => made.description = text(child),
                _ => {}
            }
        }
        if made.tests.len() != table.inputs.len() || made.outputs.len() != table.outputs.len() {
            return self.refuse(node, "这一行的单元格数与列数不符");
        }
        Ok(made)
    }

    /// The `text` of a cell: nearly always the first there is, else looked for.
    fn cell_text(&self, entry: Node<'x, 'x>) -> Option<Node<'x, 'x>> {
        let first = entry.first_child()?;
        if first.tag_name().name() == "text" && self.is_ours(first) {
            return Some(first);
        }
        self.child(entry, "text")
    }
}
