//! Our layout as the diagram part of a file (BPMN 2.0 §12.2), so that other editors show the chart as we do.

use super::place;
use crate::model::{Bounds, Edge, Model, Shape};
use crate::read::{Attribute, Content, Element};

const BPMNDI: (&str, &str) = ("bpmndi", "http://www.omg.org/spec/BPMN/20100524/DI");
const DC: (&str, &str) = ("dc", "http://www.omg.org/spec/DD/20100524/DC");
const DI: (&str, &str) = ("di", "http://www.omg.org/spec/DD/20100524/DI");
/// A plane belongs to the whole of what it shows.
const WHOLES: [&str; 2] = ["collaboration", "process"];

pub(crate) fn with_diagram(model: &Model) -> Element {
    let mut root = model.source.clone();
    let is_diagram = |child: &Content| matches!(child, Content::Element(e) if e.is(BPMNDI.1, "BPMNDiagram"));
    root.children.retain(|child| !is_diagram(child));
    let diagram = place(model);
    let mut plane = element(BPMNDI, "BPMNPlane", &[("id", "plane".to_owned())]);
    plane
        .attributes
        .extend(whole(&root).map(|id| attribute("bpmnElement", id)));
    let shapes = diagram.shapes.iter().map(|shape| self::shape(model, shape));
    for drawn in shapes.chain(diagram.edges.iter().map(edge)) {
        plane.children.push(Content::Text("\n      ".to_owned()));
        plane.children.push(Content::Element(drawn));
    }
    plane.children.push(Content::Text("\n    ".to_owned()));
    let mut part = element(BPMNDI, "BPMNDiagram", &[("id", "diagram".to_owned())]);
    let declared = |prefix: &str| root.declares.iter().any(|(known, _)| known.as_deref() == Some(prefix));
    for (prefix, uri) in [BPMNDI, DC, DI] {
        if !declared(prefix) {
            part.declares.push((Some(prefix.to_owned()), uri.to_owned()));
        }
    }
    part.children.push(Content::Text("\n    ".to_owned()));
    part.children.push(Content::Element(plane));
    part.children.push(Content::Text("\n  ".to_owned()));
    let is_blank = |child: &Content| matches!(child, Content::Text(text) if text.trim().is_empty());
    while root.children.last().is_some_and(is_blank) {
        root.children.pop();
    }
    root.children.push(Content::Text("\n  ".to_owned()));
    root.children.push(Content::Element(part));
    root.children.push(Content::Text("\n".to_owned()));
    root
}

fn whole(root: &Element) -> Option<String> {
    WHOLES.iter().find_map(|name| {
        let found = root.elements().find(|e| e.local == *name);
        found.and_then(|e| e.id()).map(str::to_owned)
    })
}

fn shape(model: &Model, shape: &Shape) -> Element {
    let id = ("id", format!("{}_di", shape.element));
    let mut drawn = element(BPMNDI, "BPMNShape", &[id, ("bpmnElement", shape.element.clone())]);
    let band = model.pools().iter().any(|pool| *pool.id.as_str() == *shape.element)
        || model.lanes().iter().any(|lane| *lane.id.as_str() == *shape.element);
    let holds = model
        .find(&shape.element)
        .is_some_and(|ix| !model.node(ix).children.is_empty());
    if band {
        drawn.attributes.push(attribute("isHorizontal", "true".to_owned()));
    }
    if holds {
        drawn.attributes.push(attribute("isExpanded", "true".to_owned()));
    }
    drawn.children.push(Content::Element(bounds(&shape.bounds)));
    drawn.children.extend(shape.label.as_ref().map(label));
    drawn
}

fn edge(edge: &Edge) -> Element {
    let id = ("id", format!("{}_di", edge.element));
    let mut drawn = element(BPMNDI, "BPMNEdge", &[id, ("bpmnElement", edge.element.clone())]);
    for point in &edge.points {
        let at = element(DI, "waypoint", &[("x", number(point.x)), ("y", number(point.y))]);
        drawn.children.push(Content::Element(at));
    }
    drawn.children.extend(edge.label.as_ref().map(label));
    drawn
}

fn label(at: &Bounds) -> Content {
    let mut label = element(BPMNDI, "BPMNLabel", &[]);
    label.children.push(Content::Element(bounds(at)));
    Content::Element(label)
}

fn bounds(at: &Bounds) -> Element {
    let parts = [("x", at.x), ("y", at.y), ("width", at.width), ("height", at.height)];
    let parts: Vec<(&str, String)> = parts.map(|(name, value)| (name, number(value))).into();
    element(DC, "Bounds", &parts)
}

/// Half points are fine enough.
fn number(value: f64) -> String {
    let halves = (value * 2.0).round() / 2.0;
    format!("{halves}")
}

fn element((prefix, uri): (&str, &str), local: &str, attributes: &[(&str, String)]) -> Element {
    Element {
        namespace: uri.to_owned(),
        local: local.to_owned(),
        qname: format!("{prefix}:{local}"),
        declares: Vec::new(),
        attributes: attributes
            .iter()
            .map(|(name, value)| attribute(name, value.clone()))
            .collect(),
        children: Vec::new(),
    }
}

fn attribute(name: &str, value: String) -> Attribute {
    Attribute {
        namespace: None,
        local: name.to_owned(),
        qname: name.to_owned(),
        value,
    }
}
