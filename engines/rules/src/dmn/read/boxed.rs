//! Boxed expressions.

use super::super::model::{Binding, Boxed, BoxedKind, ContextEntry, FunctionDefinition, FunctionKind};
use super::{MAX_BOXED, ReadError, Reader, attribute, text, variable};
use roxmltree::Node;

/// Most elements of one boxed list or relation.
const MAX_ITEMS: usize = 100_000;

/// Most entries of one boxed context: each sees all before it.
const MAX_ENTRIES: usize = 5_000;

const KINDS: [&str; 12] = [
    "literalExpression",
    "context",
    "relation",
    "list",
    "invocation",
    "functionDefinition",
    "decisionTable",
    "conditional",
    "filter",
    "for",
    "some",
    "every",
];

impl<'x> Reader<'x> {
    /// The boxed expression among the children of an element.
    pub(super) fn boxed_child(&self, node: Node<'x, 'x>) -> Result<Option<Boxed>, ReadError> {
        match self.boxed_nodes(node).next() {
            Some(child) => self.boxed(child).map(Some),
            None => Ok(None),
        }
    }

    fn boxed_nodes(&self, node: Node<'x, 'x>) -> impl Iterator<Item = Node<'x, 'x>> {
        node.children()
            .filter(move |child| self.is_ours(*child) && KINDS.contains(&child.tag_name().name()))
    }

    fn boxed(&self, node: Node<'x, 'x>) -> Result<Boxed, ReadError> {
        let depth = self.depth.get();
        if depth == MAX_BOXED {
            return self.refuse(node, "元素嵌套过深");
        }
        self.depth.set(depth + 1);
        let kind = self.kind(node)?;
        self.depth.set(depth);
        Ok(Boxed {
            id: attribute(node, "id"),
            type_ref: attribute(node, "typeRef"),
            kind,
        })
    }

    fn kind(&self, node: Node<'x, 'x>) -> Result<BoxedKind, ReadError> {
        Ok(match node.tag_name().name() {
            "literalExpression" => BoxedKind::Literal(self.child(node, "text").and_then(text).unwrap_or_default()),
            "context" => BoxedKind::Context(self.context(node)?),
            "relation" => self.relation(node)?,
            "list" => BoxedKind::List(self.all_boxed(node)?),
            "invocation" => self.invocation(node)?,
            "functionDefinition" => BoxedKind::Function(Box::new(self.function(node)?)),
            "decisionTable" => BoxedKind::Table(Box::new(self.table(node)?)),
            "conditional" => BoxedKind::Conditional(Box::new([
                self.within(node, "if")?,
                self.within(node, "then")?,
                self.within(node, "else")?,
            ])),
            "filter" => BoxedKind::Filter {
                list: Box::new(self.within(node, "in")?),
                condition: Box::new(self.within(node, "match")?),
            },
            iterator => self.iterator(node, iterator)?,
        })
    }

    fn iterator(&self, node: Node<'x, 'x>, kind: &str) -> Result<BoxedKind, ReadError> {
        let variable = attribute(node, "iteratorVariable").unwrap_or_default();
        let domain = Box::new(self.within(node, "in")?);
        let result = if kind == "for" { "return" } else { "satisfies" };
        let body = Box::new(self.within(node, result)?);
        Ok(match kind {
            "for" => BoxedKind::For { variable, domain, body },
            "some" => BoxedKind::Some { variable, domain, body },
            _ => BoxedKind::Every { variable, domain, body },
        })
    }

    fn within(&self, node: Node<'x, 'x>, element: &'static str) -> Result<Boxed, ReadError> {
        let inner = match self.child(node, element) {
            Some(child) => self.boxed_child(child)?,
            None => None,
        };
        match inner {
            Some(boxed) => Ok(boxed),
            None => self.refuse(node, &format!("<{}> 缺少 <{element}>", node.tag_name().name())),
        }
    }

    fn all_boxed(&self, node: Node<'x, 'x>) -> Result<Vec<Boxed>, ReadError> {
        if self.boxed_nodes(node).nth(MAX_ITEMS).is_some() {
            return self.refuse(node, "列表过长");
        }
        self.boxed_nodes(node).map(|child| self.boxed(child)).collect()
    }

    fn context(&self, node: Node<'x, 'x>) -> Result<Vec<ContextEntry>, ReadError> {
        if self.children(node, "contextEntry").nth(MAX_ENTRIES).is_some() {
            return self.refuse(node, "上下文的项过多");
        }
        self.children(node, "contextEntry")
            .map(|entry| {
                Ok(ContextEntry {
                    variable: self.child(entry, "variable").map(variable),
                    value: self.boxed_child(entry)?,
                })
            })
            .collect()
    }

    fn relation(&self, node: Node<'x, 'x>) -> Result<BoxedKind, ReadError> {
        let columns: Vec<_> = self.children(node, "column").map(variable).collect();
        let mut rows = Vec::new();
        for row in self.children(node, "row") {
            let cells = self.all_boxed(row)?;
            if cells.len() != columns.len() {
                return self.refuse(row, "关系表的这一行与列数不符");
            }
            rows.push(cells);
        }
        Ok(BoxedKind::Relation { columns, rows })
    }

    fn invocation(&self, node: Node<'x, 'x>) -> Result<BoxedKind, ReadError> {
        let Some(function) = self.boxed_child(node)? else {
            return self.refuse(node, "调用没有写明函数");
        };
        let mut bindings = Vec::new();
        for binding in self.children(node, "binding") {
            let parameter = match self.child(binding, "parameter") {
                Some(parameter) => variable(parameter),
                None => return self.refuse(binding, "调用的参数没有名称"),
            };
            bindings.push(Binding {
                parameter,
                value: self.boxed_child(binding)?,
            });
        }
        Ok(BoxedKind::Invocation {
            function: Box::new(function),
            bindings,
        })
    }

    pub(super) fn function(&self, node: Node<'x, 'x>) -> Result<FunctionDefinition, ReadError> {
        Ok(FunctionDefinition {
            kind: match node.attribute("kind") {
                Some("Java") => FunctionKind::Java,
                Some("PMML") => FunctionKind::Pmml,
                _ => FunctionKind::Feel,
            },
            type_ref: attribute(node, "typeRef"),
            parameters: self.children(node, "formalParameter").map(variable).collect(),
            body: self.boxed_child(node)?,
        })
    }
}
