//! DMN XML → model. Refused, with position and sentence: a DOCTYPE, an unknown version, and what is
//! larger or deeper than anybody writes.

mod boxed;
mod table;

use super::model::{
    Decision, Definitions, FunctionItem, Import, InputData, ItemDefinition, Knowledge, Requirement, Service, Variable,
};
use crate::feel::normal;
use roxmltree::{Document, Node, ParsingOptions};
use std::sync::Arc;

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 32 << 20;
const MAX_NODES: u32 = 3_000_000;
/// Deepest nesting of elements.
const MAX_DEPTH: usize = 200;

/// Namespaces of the DMN versions read, oldest first.
pub const VERSIONS: [(&str, &str); 4] = [
    ("1.2", "http://www.omg.org/spec/DMN/20180521/MODEL/"),
    ("1.3", "https://www.omg.org/spec/DMN/20191111/MODEL/"),
    ("1.4", "https://www.omg.org/spec/DMN/20211108/MODEL/"),
    ("1.5", "https://www.omg.org/spec/DMN/20230324/MODEL/"),
];

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("文件过大：上限为 {} MiB、{MAX_NODES} 个节点", MAX_BYTES >> 20)]
    TooLarge,
    #[error("第 {line} 行：文件含有 DOCTYPE，为防止实体攻击不予读取")]
    Doctype { line: u32 },
    #[error("XML 不正确（第 {line} 行第 {column} 列）：{message}")]
    Xml { line: u32, column: u32, message: String },
    #[error("第 {line} 行：根元素 <{root}> 不是 DMN 1.2–1.5 命名空间里的 definitions")]
    NotDmn { line: u32, root: String },
    #[error("第 {line} 行：{message}")]
    Model { line: u32, message: String },
}

/// Reads one file.
pub fn read(xml: &str) -> Result<Definitions, ReadError> {
    if xml.len() > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    check_depth(xml)?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..Default::default()
    };
    let document = Document::parse_with_options(xml, options).map_err(|error| refusal(xml, &error))?;
    let root = document.root_element();
    let known = VERSIONS.iter().any(|(_, uri)| root.tag_name().namespace() == Some(uri));
    if !known || root.tag_name().name() != "definitions" {
        return Err(ReadError::NotDmn {
            line: document.text_pos_at(root.range().start).row,
            root: root.tag_name().name().chars().take(80).collect(),
        });
    }
    Reader {
        xml,
        namespace: root.tag_name().namespace().unwrap_or_default(),
    }
    .definitions(root)
}

impl ReadError {
    /// Line and column, as far as known.
    pub fn place(&self) -> Option<(usize, Option<usize>)> {
        match self {
            ReadError::TooLarge => None,
            ReadError::Doctype { line } | ReadError::NotDmn { line, .. } | ReadError::Model { line, .. } => {
                Some((*line as usize, None))
            }
            ReadError::Xml { line, column, .. } => Some((*line as usize, Some(*column as usize))),
        }
    }
}

fn refusal(xml: &str, error: &roxmltree::Error) -> ReadError {
    use roxmltree::Error;
    let message = match error {
        Error::NodesLimitReached | Error::AttributesLimitReached | Error::NamespacesLimitReached => {
            return ReadError::TooLarge;
        }
        Error::DtdDetected => {
            let before = &xml[..xml.find("<!DOCTYPE").unwrap_or(0)];
            let line = before.matches('\n').count() as u32 + 1;
            return ReadError::Doctype { line };
        }
        Error::UnexpectedCloseTag(wanted, found, _) => format!("应以 </{wanted}> 结束，却是 </{found}>"),
        Error::UnclosedRootNode => "根元素没有结束".to_owned(),
        Error::NoRootNode => "没有根元素".to_owned(),
        Error::UnexpectedEndOfStream => "文件没有写完".to_owned(),
        Error::UnknownNamespace(prefix, _) => format!("前缀 {prefix} 没有声明"),
        Error::UnknownEntityReference(name, _) => format!("实体 &{name}; 没有定义"),
        Error::MalformedEntityReference(_) => "“&”之后不是实体；文字中的“&”要写作 &amp;".to_owned(),
        Error::DuplicatedAttribute(name, _) => format!("属性 {name} 重复"),
        Error::NonXmlChar(c, _) => format!("XML 中不能有字符 U+{:04X}", *c as u32),
        Error::InvalidAttributeValue(_) => "属性值中不能有“<”".to_owned(),
        _ => "此处不合 XML 的写法".to_owned(),
    };
    ReadError::Xml {
        line: error.pos().row,
        column: error.pos().col,
        message,
    }
}

/// The XML parser builds its tree without recursion, but whoever walks it recurses: deep files are refused before.
/// Elements come in document order, so those that are still open are a stack of their ends.
fn too_deep(root: Node<'_, '_>) -> bool {
    let mut open: Vec<usize> = Vec::with_capacity(MAX_DEPTH + 1);
    for element in root.descendants().filter(Node::is_element) {
        let range = element.range();
        while open.last().is_some_and(|end| *end <= range.start) {
            open.pop();
        }
        open.push(range.end);
        if open.len() > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// The same on the text, before a tree of it is built: ten thousand open elements would cost more than they are worth.
/// Counts tags roughly; comments and strings can only make it refuse too early.
fn check_depth(xml: &str) -> Result<(), ReadError> {
    let mut depth = 0usize;
    let mut before = 0;
    for (at, _) in xml.match_indices('<') {
        // What was opened by the tag before and closed by its own `/>`.
        if let Some(end) = xml[before..at].find('>')
            && xml[before..before + end].ends_with('/')
        {
            depth = depth.saturating_sub(1);
        }
        before = at;
        match xml.as_bytes().get(at + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') => {}
            _ => depth += 1,
        }
        // Unbalanced text inside expressions (`a < b` in CDATA) is forgiven up to this margin.
        if depth > 50 * MAX_DEPTH {
            let line = xml[..at].matches('\n').count() as u32 + 1;
            return Err(ReadError::Model {
                line,
                message: "元素嵌套过深".to_owned(),
            });
        }
    }
    Ok(())
}

struct Reader<'x> {
    xml: &'x str,
    namespace: &'x str,
}

type Text = Arc<str>;

impl<'x> Reader<'x> {
    fn definitions(&self, root: Node<'x, 'x>) -> Result<Definitions, ReadError> {
        if too_deep(root) {
            return self.refuse(root, "元素嵌套过深");
        }
        let mut made = Definitions {
            id: attribute(root, "id"),
            name: attribute(root, "name").unwrap_or_default(),
            namespace: attribute(root, "namespace").unwrap_or_default(),
            prefixes: root
                .namespaces()
                .filter_map(|ns| Some((ns.name()?.into(), ns.uri().into())))
                .collect(),
            ..Definitions::default()
        };
        for child in root.children().filter(Node::is_element) {
            self.top_element(child, &mut made)?;
        }
        Ok(made)
    }

    fn top_element(&self, node: Node<'x, 'x>, made: &mut Definitions) -> Result<(), ReadError> {
        let name = node.tag_name().name();
        if node.tag_name().namespace() != Some(self.namespace) {
            match name {
                "DMNDI" => made.diagram = Some(self.raw(node)),
                _ => made.others.push(self.raw(node)),
            }
            return Ok(());
        }
        match name {
            "description" => made.description = text(node),
            "import" => made.imports.push(import(node)),
            "itemDefinition" => made.items.push(self.item(node, 0)?),
            "inputData" => made.inputs.push(self.input(node)),
            "decision" => made.decisions.push(self.decision(node)?),
            "businessKnowledgeModel" => made.knowledge.push(self.knowledge(node)?),
            "decisionService" => made.services.push(self.service(node)),
            _ => made.others.push(self.raw(node)),
        }
        Ok(())
    }

    fn item(&self, node: Node<'x, 'x>, depth: usize) -> Result<ItemDefinition, ReadError> {
        if depth > 20 {
            return self.refuse(node, "数据类型嵌套过深");
        }
        let components = self
            .children(node, "itemComponent")
            .map(|child| self.item(child, depth + 1))
            .collect::<Result<_, _>>()?;
        Ok(ItemDefinition {
            id: attribute(node, "id"),
            name: name(node),
            type_ref: self.child(node, "typeRef").and_then(text),
            is_collection: node.attribute("isCollection") == Some("true"),
            allowed_values: self.child_text(node, "allowedValues"),
            type_constraint: self.child_text(node, "typeConstraint"),
            components,
            function: self.child(node, "functionItem").map(|function| FunctionItem {
                output: attribute(function, "outputTypeRef"),
                parameters: self.children(function, "parameters").map(variable).collect(),
            }),
        })
    }

    fn input(&self, node: Node<'x, 'x>) -> InputData {
        InputData {
            id: attribute(node, "id").unwrap_or_default(),
            variable: self.variable(node),
            description: self.child(node, "description").and_then(text),
        }
    }

    fn decision(&self, node: Node<'x, 'x>) -> Result<Decision, ReadError> {
        let mut requires = Vec::new();
        for requirement in self.children(node, "informationRequirement") {
            for child in requirement.children().filter(Node::is_element) {
                if let Some(href) = attribute(child, "href") {
                    let is_input = child.tag_name().name() == "requiredInput";
                    requires.push(Requirement { href, is_input });
                }
            }
        }
        Ok(Decision {
            id: attribute(node, "id").unwrap_or_default(),
            name: name(node),
            variable: self.variable(node),
            description: self.child(node, "description").and_then(text),
            question: self.child(node, "question").and_then(text),
            allowed_answers: self.child(node, "allowedAnswers").and_then(text),
            requires,
            requires_knowledge: self.hrefs(node, "knowledgeRequirement"),
            requires_authority: self.hrefs(node, "authorityRequirement"),
            logic: self.boxed_child(node)?,
        })
    }

    fn knowledge(&self, node: Node<'x, 'x>) -> Result<Knowledge, ReadError> {
        let function = match self.child(node, "encapsulatedLogic") {
            Some(logic) => Some(self.function(logic)?),
            None => None,
        };
        Ok(Knowledge {
            id: attribute(node, "id").unwrap_or_default(),
            name: name(node),
            variable: self.variable(node),
            description: self.child(node, "description").and_then(text),
            requires_knowledge: self.hrefs(node, "knowledgeRequirement"),
            requires_authority: self.hrefs(node, "authorityRequirement"),
            function,
        })
    }

    fn service(&self, node: Node<'x, 'x>) -> Service {
        let references = |element: &'static str| {
            self.children(node, element)
                .filter_map(|child| attribute(child, "href"))
                .collect()
        };
        Service {
            id: attribute(node, "id").unwrap_or_default(),
            name: name(node),
            variable: self.variable(node),
            output_decisions: references("outputDecision"),
            encapsulated_decisions: references("encapsulatedDecision"),
            input_decisions: references("inputDecision"),
            input_data: references("inputData"),
        }
    }

    /// The element's variable; without one, its own name without a type.
    fn variable(&self, node: Node<'x, 'x>) -> Variable {
        let own = || Variable {
            name: name(node),
            type_ref: None,
        };
        self.child(node, "variable")
            .map(variable)
            .filter(|v| !v.name.is_empty())
            .unwrap_or_else(own)
    }

    fn hrefs(&self, node: Node<'x, 'x>, element: &'static str) -> Vec<Text> {
        self.children(node, element)
            .flat_map(|requirement| requirement.children())
            .filter_map(|child| attribute(child, "href"))
            .collect()
    }

    fn children(&self, node: Node<'x, 'x>, element: &'static str) -> impl Iterator<Item = Node<'x, 'x>> {
        let namespace = self.namespace;
        node.children()
            .filter(move |child| child.tag_name().name() == element && child.tag_name().namespace() == Some(namespace))
    }

    fn child(&self, node: Node<'x, 'x>, element: &'static str) -> Option<Node<'x, 'x>> {
        self.children(node, element).next()
    }

    /// The text of `element/text`.
    fn child_text(&self, node: Node<'x, 'x>, element: &'static str) -> Option<Text> {
        self.child(node, element)
            .and_then(|child| self.child(child, "text"))
            .and_then(text)
    }

    fn raw(&self, node: Node<'x, 'x>) -> Text {
        self.xml[node.range()].into()
    }

    fn refuse<T>(&self, node: Node<'x, 'x>, message: &str) -> Result<T, ReadError> {
        let line = node.document().text_pos_at(node.range().start).row;
        Err(ReadError::Model {
            line,
            message: message.to_owned(),
        })
    }
}

fn import(node: Node<'_, '_>) -> Import {
    Import {
        name: name(node),
        namespace: attribute(node, "namespace").unwrap_or_default(),
        kind: attribute(node, "importType").unwrap_or_default(),
        location: attribute(node, "locationURI"),
    }
}

fn variable(node: Node<'_, '_>) -> Variable {
    Variable {
        name: name(node),
        type_ref: attribute(node, "typeRef"),
    }
}

fn name(node: Node<'_, '_>) -> Text {
    normal(node.attribute("name").unwrap_or_default()).into()
}

fn attribute(node: Node<'_, '_>, name: &str) -> Option<Text> {
    node.attribute(name).map(Text::from)
}

/// All the text inside an element; nothing if there is none but white space.
fn text(node: Node<'_, '_>) -> Option<Text> {
    let mut parts = node
        .children()
        .filter_map(|child| child.is_text().then(|| child.text())?);
    let first = parts.next()?;
    let trimmed = |text: &str| {
        let text = text.trim();
        (!text.is_empty()).then(|| text.into())
    };
    match parts.next() {
        // Nearly always there is but one: no second copy of it is made.
        None => trimmed(first),
        Some(second) => {
            let mut whole = first.to_owned() + second;
            whole.extend(parts);
            trimmed(&whole)
        }
    }
}
