//! Gives the XML of a model back: other vendors' extensions, diagram part and prefixes as they were read.

use crate::read::{Attribute, Content, Element};

/// The XML of a tree that the reader made.
pub fn text(source: &Element) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    put(source, &mut xml);
    xml.push('\n');
    xml
}

/// Recursion is bounded by the reader's depth limit.
fn put(source: &Element, xml: &mut String) {
    xml.push('<');
    xml.push_str(&source.qname);
    for (prefix, uri) in &source.declares {
        match prefix {
            Some(prefix) => attribute(&format!("xmlns:{prefix}"), uri, xml),
            None => attribute("xmlns", uri, xml),
        }
    }
    for Attribute { qname, value, .. } in &source.attributes {
        attribute(qname, value, xml);
    }
    if source.children.is_empty() {
        xml.push_str("/>");
        return;
    }
    xml.push('>');
    for child in &source.children {
        match child {
            Content::Element(child) => put(child, xml),
            Content::Text(text) => escape(text, false, xml),
            Content::Comment(text) => {
                xml.push_str("<!--");
                xml.push_str(text);
                xml.push_str("-->");
            }
        }
    }
    xml.push_str("</");
    xml.push_str(&source.qname);
    xml.push('>');
}

fn attribute(name: &str, value: &str, xml: &mut String) {
    xml.push(' ');
    xml.push_str(name);
    xml.push_str("=\"");
    escape(value, true, xml);
    xml.push('"');
}

/// Line ends and tabs in attributes are written as references, or reading would turn them into spaces; a carriage
/// return everywhere, or reading would drop it.
fn escape(text: &str, in_attribute: bool, xml: &mut String) {
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '\r' => xml.push_str("&#13;"),
            '"' if in_attribute => xml.push_str("&quot;"),
            '\n' if in_attribute => xml.push_str("&#10;"),
            '\t' if in_attribute => xml.push_str("&#9;"),
            other => xml.push(other),
        }
    }
}
