//! DMN XML → model. Refused, with position and sentence: a DOCTYPE, an unknown version, and what is
//! larger or deeper than anybody writes.

mod boxed;
mod table;

use super::model::{
    Decision, Definitions, FunctionItem, Import, InputData, ItemDefinition, Knowledge, Requirement, Service, Variable,
};
use crate::feel::normal;
use roxmltree::{Document, Node, ParsingOptions};
use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 32 << 20;
const MAX_NODES: u32 = 3_000_000;
/// Deepest nesting of elements.
const MAX_DEPTH: usize = 200;
/// Deepest nesting of boxed expressions.
const MAX_BOXED: usize = 100;
/// Most declarations of namespaces in a file; models exchanged between tools have a few dozen.
const MAX_NAMESPACES: usize = 1_000;
/// Most attributes of one element, where its tag is longer than this many bytes.
const MAX_ATTRIBUTES: usize = 2_000;
const LONG_TAG: usize = 64 << 10;

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
    check_cost(xml)?;
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
        depth: Cell::new(0),
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

/// What is kept as it stands is given to others, who may walk it by recursion.
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

/// What the XML parser spends is bounded by elements, but for two things: it copies the namespaces in force for each
/// element that declares another (so ever so many must not be declared at all), and compares each attribute of an
/// element with the others. No `<` stands in a tag, so a tag is no longer than the text up to the next one.
fn check_cost(xml: &str) -> Result<(), ReadError> {
    let refuse = |at: usize, message: &str| {
        Err(ReadError::Model {
            line: xml[..at].matches('\n').count() as u32 + 1,
            message: message.to_owned(),
        })
    };
    if let Some(at) = memchr::memmem::find_iter(xml.as_bytes(), "xmlns").nth(MAX_NAMESPACES) {
        return refuse(at, "命名空间声明过多");
    }
    // Where each block of half that length has a `<`, no tag is too long: the usual file is hardly looked at.
    let bytes = xml.as_bytes();
    if bytes
        .chunks(LONG_TAG / 2)
        .all(|block| memchr::memchr(b'<', block).is_some())
    {
        return Ok(());
    }
    let mut before = 0;
    for at in memchr::memchr_iter(b'<', bytes).chain([xml.len()]) {
        if at - before > LONG_TAG && memchr::memchr_iter(b'=', &bytes[before..at]).count() > MAX_ATTRIBUTES {
            return refuse(before, "一个元素的属性过多");
        }
        before = at;
    }
    Ok(())
}

struct Reader<'x> {
    xml: &'x str,
    namespace: &'x str,
    /// Boxed expressions around the one that is read.
    depth: Cell<usize>,
}

type Text = Arc<str>;

impl<'x> Reader<'x> {
    fn definitions(&self, root: Node<'x, 'x>) -> Result<Definitions, ReadError> {
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
        if !self.is_ours(node) {
            match name {
                "DMNDI" => made.diagram = Some(self.raw(node)?),
                _ => made.others.push(self.raw(node)?),
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
            _ => made.others.push(self.raw(node)?),
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
        node.children()
            .filter(move |child| child.tag_name().name() == element && self.is_ours(*child))
    }

    /// Whether the element is of the file's DMN version. Its name is mostly the very text of the root's.
    fn is_ours(&self, node: Node<'x, 'x>) -> bool {
        let namespace = node.tag_name().namespace();
        namespace.is_some_and(|found| std::ptr::eq(found, self.namespace) || found == self.namespace)
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

    fn raw(&self, node: Node<'x, 'x>) -> Result<Text, ReadError> {
        if too_deep(node) {
            return self.refuse(node, "元素嵌套过深");
        }
        Ok(self.xml[node.range()].into())
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
    trimmed(node).map(Text::from)
}

fn trimmed<'x>(node: Node<'x, 'x>) -> Option<Cow<'x, str>> {
    let first = node.first_child()?;
    if first.is_text() && !first.has_siblings() {
        // Nearly always there is but one: no copy of it is made.
        let text = first.text()?.trim();
        return (!text.is_empty()).then_some(Cow::Borrowed(text));
    }
    let whole: String = node
        .children()
        .filter_map(|child| child.is_text().then(|| child.text())?)
        .collect();
    let text = whole.trim();
    (!text.is_empty()).then(|| Cow::Owned(text.to_owned()))
}
