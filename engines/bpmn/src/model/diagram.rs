//! The drawing that lies in the file beside the process (BPMNDI).

use std::collections::HashSet;

use super::work::Findings;
use crate::read::{BPMNDI, DC, DI, Element};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Diagram {
    pub shapes: Vec<Shape>,
    pub edges: Vec<Edge>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Id of the BPMN element drawn.
    pub element: String,
    pub bounds: Bounds,
    pub label: Option<Bounds>,
    /// Of pools and lanes; BPMN's default is horizontal.
    pub horizontal: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    pub element: String,
    /// At least two.
    pub points: Vec<Point>,
    pub label: Option<Bounds>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

const FARTHEST: f64 = 100_000.0;

impl Diagram {
    pub fn shape(&self, element: &str) -> Option<&Shape> {
        self.shapes.iter().find(|shape| shape.element == element)
    }

    pub fn edge(&self, element: &str) -> Option<&Edge> {
        self.edges.iter().find(|edge| edge.element == element)
    }
}

impl Bounds {
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub fn center(&self) -> Point {
        Point {
            x: self.x + self.width / 2.0,
            y: self.y + self.height / 2.0,
        }
    }
}

/// Reads the first diagram of the file; none if there is none.
pub(crate) fn read(definitions: &Element, known: &HashSet<&str>, found: &mut Findings) -> Option<Diagram> {
    let plane = definitions.child(BPMNDI, "BPMNDiagram")?.child(BPMNDI, "BPMNPlane")?;
    refers(plane, known, found);
    let mut diagram = Diagram::default();
    let mut drawn = HashSet::new();
    for drawing in plane.elements().filter(|e| e.namespace == BPMNDI) {
        let Some(element) = refers(drawing, known, found) else {
            continue;
        };
        if !drawn.insert(element) {
            let text = "图形部分把这个元素画了两次。".to_owned();
            found.error(Some(element), "drawn_twice", text);
            continue;
        }
        match drawing.local.as_str() {
            "BPMNShape" => diagram.shapes.extend(shape(drawing, element, found)),
            "BPMNEdge" => diagram.edges.extend(edge(drawing, element, found)),
            _ => {}
        }
    }
    Some(diagram)
}

fn refers<'a>(drawing: &'a Element, known: &HashSet<&str>, found: &mut Findings) -> Option<&'a str> {
    let element = drawing.get("bpmnElement")?;
    // A reference is a QName; a prefix can only be that of the file's own target namespace.
    let element = element.rsplit(':').next().unwrap_or(element);
    if !known.contains(element) {
        let text = format!("图形部分引用了不存在的元素“{element}”。");
        found.error(drawing.id(), "dangling_reference", text);
        return None;
    }
    Some(element)
}

fn shape(drawing: &Element, element: &str, found: &mut Findings) -> Option<Shape> {
    let Some(bounds) = bounds(drawing) else {
        let text = "图形的位置或大小缺失、不是数字或超出范围。".to_owned();
        found.error(Some(element), "bad_coordinates", text);
        return None;
    };
    Some(Shape {
        element: element.to_owned(),
        bounds,
        label: label(drawing),
        horizontal: drawing.get("isHorizontal") != Some("false"),
    })
}

fn edge(drawing: &Element, element: &str, found: &mut Findings) -> Option<Edge> {
    let waypoints = drawing.children_named(DI, "waypoint");
    let points: Option<Vec<Point>> = waypoints.map(point).collect();
    match points.filter(|points| points.len() >= 2) {
        Some(points) => Some(Edge {
            element: element.to_owned(),
            points,
            label: label(drawing),
        }),
        None => {
            let text = "连线的拐点少于两个、不是数字或超出范围。".to_owned();
            found.error(Some(element), "bad_coordinates", text);
            None
        }
    }
}

/// A label whose place cannot be read is placed by the drawing itself.
fn label(drawing: &Element) -> Option<Bounds> {
    drawing.child(BPMNDI, "BPMNLabel").and_then(bounds)
}

fn bounds(drawing: &Element) -> Option<Bounds> {
    let element = drawing.child(DC, "Bounds")?;
    let bounds = Bounds {
        x: number(element, "x")?,
        y: number(element, "y")?,
        width: number(element, "width")?,
        height: number(element, "height")?,
    };
    (bounds.width >= 0.0 && bounds.height >= 0.0).then_some(bounds)
}

fn point(element: &Element) -> Option<Point> {
    Some(Point {
        x: number(element, "x")?,
        y: number(element, "y")?,
    })
}

fn number(element: &Element, name: &str) -> Option<f64> {
    let value: f64 = element.get(name)?.trim().parse().ok()?;
    (value.is_finite() && value.abs() <= FARTHEST).then_some(value)
}
