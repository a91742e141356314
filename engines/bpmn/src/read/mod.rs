//! XML → a tree of raw elements that forgets nothing the writer needs.

mod limits;

pub use limits::{CASE_FLOW, Limits, MODEL};

use roxmltree::{Document, Node, NodeType, ParsingOptions};

use crate::problem::Problem;

pub const BPMN: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
pub const BPMNDI: &str = "http://www.omg.org/spec/BPMN/20100524/DI";
pub const DC: &str = "http://www.omg.org/spec/DD/20100524/DC";
pub const DI: &str = "http://www.omg.org/spec/DD/20100524/DI";
pub const ZEEBE: &str = "http://camunda.org/schema/zeebe/1.0";
pub const MINGJING: &str = "https://mingjing.dev/schema/bpmn/1";

/// An element as it stood in the file: names with their prefixes, so that it can be written back.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    pub namespace: String,
    pub local: String,
    pub qname: String,
    /// Declared on this element: (prefix or none, URI).
    pub declares: Vec<(Option<String>, String)>,
    pub attributes: Vec<Attribute>,
    pub children: Vec<Content>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    pub namespace: Option<String>,
    pub local: String,
    pub qname: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Element(Element),
    Text(String),
    Comment(String),
}

impl Element {
    /// Stands where the tree has yet to be moved in.
    pub fn empty() -> Element {
        Element {
            namespace: String::new(),
            local: String::new(),
            qname: String::new(),
            declares: Vec::new(),
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.namespace == namespace && self.local == local
    }

    /// Value of an attribute without a namespace.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut plain = self.attributes.iter().filter(|a| a.namespace.is_none());
        plain.find(|a| a.local == name).map(|a| a.value.as_str())
    }

    pub fn id(&self) -> Option<&str> {
        self.get("id")
    }

    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Content::Element(element) => Some(element),
            Content::Text(_) | Content::Comment(_) => None,
        })
    }

    pub fn children_named<'a>(&'a self, namespace: &'a str, local: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements().filter(move |e| e.is(namespace, local))
    }

    pub fn child(&self, namespace: &str, local: &str) -> Option<&Element> {
        self.elements().find(|e| e.is(namespace, local))
    }

    /// Own text, trimmed.
    pub fn text(&self) -> String {
        let mut all = String::new();
        for child in &self.children {
            if let Content::Text(text) = child {
                all.push_str(text);
            }
        }
        all.trim().to_owned()
    }
}

/// # Errors
/// The one reason why the text is no acceptable XML.
pub fn parse(xml: &str, limits: Limits) -> Result<Element, Problem> {
    let xml = xml.strip_prefix('\u{feff}').unwrap_or(xml);
    limits::scan(xml, limits)?;
    let options = ParsingOptions {
        allow_dtd: false,
        // Empty elements and text around them count differently here; the scan is the tighter limit.
        nodes_limit: 4 * limits.nodes as u32,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(xml, options).map_err(|error| {
        let at = error.pos();
        Problem::error(
            None,
            "xml_malformed",
            format!("不是格式正确的XML（第{}行第{}列）。", at.row, at.col),
        )
    })?;
    let root = document.root_element();
    if !root.has_tag_name((BPMN, "definitions")) {
        return Err(Problem::error(
            None,
            "not_bpmn",
            "不是BPMN 2.0文件：根元素应为definitions。".to_owned(),
        ));
    }
    Ok(element(xml, root))
}

/// Recursion is bounded by `limits::MAX_DEPTH`.
fn element(xml: &str, node: Node<'_, '_>) -> Element {
    Element {
        namespace: node.tag_name().namespace().unwrap_or_default().to_owned(),
        local: node.tag_name().name().to_owned(),
        qname: tag_as_written(&xml[node.range()]).to_owned(),
        declares: declarations(node),
        attributes: node.attributes().map(|a| attribute(xml, a)).collect(),
        children: contents(xml, node),
    }
}

/// Text on both sides of a processing instruction, which is not kept, becomes one text, as it will be when read again.
fn contents(xml: &str, node: Node<'_, '_>) -> Vec<Content> {
    let mut contents: Vec<Content> = Vec::new();
    for next in node.children().filter_map(|child| content(xml, child)) {
        match (contents.last_mut(), next) {
            (Some(Content::Text(before)), Content::Text(more)) => before.push_str(&more),
            (_, next) => contents.push(next),
        }
    }
    contents
}

fn content(xml: &str, node: Node<'_, '_>) -> Option<Content> {
    match node.node_type() {
        NodeType::Element => Some(Content::Element(element(xml, node))),
        NodeType::Text => node.text().map(|text| Content::Text(text.to_owned())),
        NodeType::Comment => node.text().map(|text| Content::Comment(text.to_owned())),
        NodeType::Root | NodeType::PI => None,
    }
}

fn attribute(xml: &str, attribute: roxmltree::Attribute<'_, '_>) -> Attribute {
    Attribute {
        namespace: attribute.namespace().map(str::to_owned),
        local: attribute.name().to_owned(),
        qname: xml[attribute.range_qname()].to_owned(),
        value: attribute.value().to_owned(),
    }
}

fn tag_as_written(source: &str) -> &str {
    let name = source.strip_prefix('<').unwrap_or(source);
    let end = name
        .find(|c: char| c.is_whitespace() || c == '/' || c == '>')
        .unwrap_or(name.len());
    &name[..end]
}

fn declarations(node: Node<'_, '_>) -> Vec<(Option<String>, String)> {
    let inherited = |ns: &roxmltree::Namespace<'_>| {
        let outer = node.parent_element();
        outer.is_some_and(|p| p.namespaces().any(|o| o.name() == ns.name() && o.uri() == ns.uri()))
    };
    let own = node
        .namespaces()
        .filter(|ns| ns.name() != Some("xml") && !inherited(ns));
    own.map(|ns| (ns.name().map(str::to_owned), ns.uri().to_owned()))
        .collect()
}
