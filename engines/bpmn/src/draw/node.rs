//! Activities, gateways, events and artifacts.

use std::fmt::Write as _;

use super::marker;
use super::{Canvas, text};
use crate::model::{ArtifactKind, Bounds, Called, EventNode, Kind, Node, Place, Point, Shape, SubKind};

/// Sub-processes whose inner nodes are drawn lie below them.
pub(super) fn draw_containers(canvas: &Canvas<'_>, out: &mut String) {
    for node in canvas.model.nodes() {
        if let (Kind::Sub(_), Some(shape)) = (&node.kind, canvas.shape(node.id.as_str()))
            && is_expanded(canvas, node, shape)
        {
            open(canvas, node, "flow-task", out);
            activity_box(canvas, node, shape.bounds, out);
            let room = shape.bounds.width - 16.0;
            let lines = text::wrap(&node.name, room, text::SIZE, 1);
            let at = Point {
                x: shape.bounds.center().x,
                y: shape.bounds.y + 14.0,
            };
            text::centred(&lines, at, text::SIZE, text::INK, out);
            bottom(canvas, node, shape, false, out);
            out.push_str("</g>");
        }
    }
}

fn is_expanded(canvas: &Canvas<'_>, node: &Node, shape: &Shape) -> bool {
    node.children.iter().any(|child| {
        let inner = canvas.shape(canvas.model.node(*child).id.as_str());
        inner.is_some_and(|inner| holds(shape.bounds, inner.bounds.center()))
    })
}

fn holds(outer: Bounds, at: Point) -> bool {
    (outer.x..=outer.right()).contains(&at.x) && (outer.y..=outer.bottom()).contains(&at.y)
}

/// A collapsed sub-process's inside may lie on another page of the file.
fn is_hidden(canvas: &Canvas<'_>, node: &Node, shape: &Shape) -> bool {
    let mut at = node.parent;
    while let Some(parent) = at {
        let parent = canvas.model.node(parent);
        if matches!(parent.kind, Kind::Process { .. }) {
            return false;
        }
        let outer = canvas.shape(parent.id.as_str());
        if outer.is_some_and(|outer| !holds(outer.bounds, shape.bounds.center())) {
            return true;
        }
        at = parent.parent;
    }
    false
}

pub(super) fn draw(canvas: &Canvas<'_>, out: &mut String) {
    for node in canvas.model.nodes() {
        let Some(shape) = canvas.shape(node.id.as_str()) else {
            continue;
        };
        if is_hidden(canvas, node, shape) {
            continue;
        }
        match &node.kind {
            Kind::Process { .. } => {}
            Kind::Sub(_) if is_expanded(canvas, node, shape) => {}
            Kind::Task(_) | Kind::Call(_) | Kind::Sub(_) => activity(canvas, node, shape, out),
            Kind::Gateway(_) => gateway(canvas, node, shape, out),
            Kind::Event(event) => self::event(canvas, node, event, shape, out),
        }
    }
}

fn open(canvas: &Canvas<'_>, node: &Node, class: &str, out: &mut String) {
    let id = node.id.as_str();
    let (classes, id) = (canvas.classes(id), text::escape(id));
    let _ = write!(out, r#"<g class="{class}{classes}" data-element="{id}">"#);
    let _ = write!(out, "<title>{}</title>", text::escape(node.label()));
}

fn activity_box(canvas: &Canvas<'_>, node: &Node, b: Bounds, out: &mut String) {
    let id = node.id.as_str();
    let (mut fill, ink) = canvas.colours(id);
    let heat = canvas.overlay.heat.get(id).map(|heat| hot(*heat));
    if let Some(heat) = &heat {
        fill = heat;
    }
    let width = match node.kind {
        Kind::Call(_) => 3.6,
        _ if canvas.is(id, "is-current") => 2.4,
        _ => 1.4,
    };
    let dashed = match node.kind {
        Kind::Sub(SubKind::Event) => r#" stroke-dasharray="3 3""#,
        _ => "",
    };
    let mut rect = |inset: f64, fill: &str| {
        let _ = write!(
            out,
            r#"<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{fill}" stroke="{ink}" stroke-width="{width}"{dashed}/>"#,
            b.x + inset,
            b.y + inset,
            (b.width - 2.0 * inset).max(0.0),
            (b.height - 2.0 * inset).max(0.0),
            9.0 - inset
        );
    };
    rect(0.0, fill);
    if node.kind == Kind::Sub(SubKind::Transaction) {
        rect(3.0, "none");
    }
}

/// From nearly white to red.
fn hot(heat: f64) -> String {
    let heat = heat.clamp(0.0, 1.0);
    let cool = |full: f64, least: f64| (full - (full - least) * heat) as u8;
    format!("#{:02x}{:02x}{:02x}", 255, cool(250.0, 110.0), cool(240.0, 90.0))
}

fn activity(canvas: &Canvas<'_>, node: &Node, shape: &Shape, out: &mut String) {
    open(canvas, node, "flow-task", out);
    let b = shape.bounds;
    activity_box(canvas, node, b, out);
    let (_, ink) = canvas.colours(node.id.as_str());
    let corner = Point {
        x: b.x + 14.0,
        y: b.y + 13.0,
    };
    let sign = match &node.kind {
        Kind::Task(task) => Some(task),
        Kind::Call(Called::Global(_, task)) => Some(task.as_ref()),
        _ => None,
    };
    if let Some(task) = sign {
        marker::task(task, corner, ink, out);
    }
    let lines = text::wrap(&node.name, b.width - 16.0, text::SIZE, 4);
    // Two lines and more would run into the sign in the corner.
    let down = if sign.is_some() && matches!(lines.len(), 2 | 3) {
        6.0
    } else {
        0.0
    };
    let middle = Point {
        x: b.center().x,
        y: b.center().y + down,
    };
    text::centred(&lines, middle, text::SIZE, text::INK, out);
    let collapsed = matches!(node.kind, Kind::Sub(_) | Kind::Call(Called::Process(_)));
    bottom(canvas, node, shape, collapsed, out);
    out.push_str("</g>");
}

fn bottom(canvas: &Canvas<'_>, node: &Node, shape: &Shape, collapsed: bool, out: &mut String) {
    let Some(activity) = &node.activity else { return };
    let sub = match node.kind {
        Kind::Sub(sub) => Some(sub),
        _ => None,
    };
    let signs = marker::signs(activity, sub, collapsed);
    let (_, ink) = canvas.colours(node.id.as_str());
    let middle = Point {
        x: shape.bounds.center().x,
        y: shape.bounds.bottom() - 9.0,
    };
    marker::bottom(&signs, middle, ink, out);
}

fn gateway(canvas: &Canvas<'_>, node: &Node, shape: &Shape, out: &mut String) {
    open(canvas, node, "flow-gateway", out);
    let b = shape.bounds;
    let center = b.center();
    let (fill, ink) = canvas.colours(node.id.as_str());
    let _ = write!(
        out,
        r#"<path d="M{} {}L{} {}L{} {}L{} {}Z" fill="{fill}" stroke="{ink}" stroke-width="1.4"/>"#,
        center.x,
        b.y,
        b.right(),
        center.y,
        center.x,
        b.bottom(),
        b.x,
        center.y
    );
    if let Kind::Gateway(gateway) = &node.kind {
        marker::gateway(gateway, center, ink, out);
    }
    name_beside(node, shape, out);
    out.push_str("</g>");
}

fn event(canvas: &Canvas<'_>, node: &Node, event: &EventNode, shape: &Shape, out: &mut String) {
    open(canvas, node, "flow-event", out);
    let b = shape.bounds;
    let center = b.center();
    let radius = b.width.min(b.height) / 2.0;
    let (fill, ink) = canvas.colours(node.id.as_str());
    let in_event_sub = node
        .parent
        .is_some_and(|p| canvas.model.node(p).kind == Kind::Sub(SubKind::Event));
    let dashed = !event.interrupting && (event.place == Place::Boundary || in_event_sub);
    let dash = if dashed { r#" stroke-dasharray="4 3""# } else { "" };
    let width = if event.place == Place::End { 3.4 } else { 1.4 };
    let mut circle = |radius: f64, fill: &str| {
        let _ = write!(
            out,
            r#"<circle cx="{}" cy="{}" r="{radius}" fill="{fill}" stroke="{ink}" stroke-width="{width}"{dash}/>"#,
            center.x, center.y
        );
    };
    circle(radius, fill);
    if !matches!(event.place, Place::Start | Place::End) {
        circle(radius - 3.0, "none");
    }
    marker::event(event, center, radius * 1.15, ink, out);
    name_beside(node, shape, out);
    out.push_str("</g>");
}

/// Events and gateways have their names where the file puts them, else below.
fn name_beside(node: &Node, shape: &Shape, out: &mut String) {
    if node.name.is_empty() {
        return;
    }
    let room = shape.label.map_or(96.0, |label| label.width.max(40.0));
    let lines = text::wrap(&node.name, room, text::SMALL, 3);
    let height = lines.len() as f64 * text::SMALL * 1.3;
    let at = shape.label.map_or_else(
        || Point {
            x: shape.bounds.center().x,
            y: shape.bounds.bottom() + 4.0 + height / 2.0,
        },
        // A label of the file may be too low for the text: it grows downwards, away from the sign.
        |label| Point {
            x: label.center().x,
            y: label.y + label.height.max(height) / 2.0,
        },
    );
    text::centred(&lines, at, text::SMALL, text::INK, out);
}

pub(super) fn draw_artifacts(canvas: &Canvas<'_>, out: &mut String) {
    for artifact in &canvas.model.artifacts {
        let Some(shape) = canvas.shape(artifact.id.as_str()) else {
            continue;
        };
        let b = shape.bounds;
        let id = text::escape(artifact.id.as_str());
        let _ = write!(out, r#"<g class="flow-artifact" data-element="{id}">"#);
        let path = match artifact.kind {
            ArtifactKind::Text => format!("M{} {}h-8v{}h8", b.x + 8.0, b.y, b.height),
            ArtifactKind::Store => format!(
                "M{x} {y}c0 -9 {w} -9 {w} 0v{h}c0 9 -{w} 9 -{w} 0zM{x} {y}c0 9 {w} 9 {w} 0",
                x = b.x,
                y = b.y + 7.0,
                w = b.width,
                h = (b.height - 14.0).max(0.0)
            ),
            ArtifactKind::Group | ArtifactKind::Other | ArtifactKind::Message => {
                format!("M{} {}h{}v{}h-{}z", b.x, b.y, b.width, b.height, b.width)
            }
            _ => format!(
                "M{} {}h{}l10 10v{}h-{}zm{} 0v10h10",
                b.x,
                b.y,
                (b.width - 10.0).max(0.0),
                (b.height - 10.0).max(0.0),
                b.width,
                (b.width - 10.0).max(0.0)
            ),
        };
        let dash = if artifact.kind == ArtifactKind::Group {
            r#" stroke-dasharray="8 4 2 4""#
        } else {
            ""
        };
        let _ = write!(
            out,
            r##"<path d="{path}" fill="none" stroke="#55677a" stroke-width="1.3"{dash}/>"##
        );
        let inside = matches!(
            artifact.kind,
            ArtifactKind::Text | ArtifactKind::Group | ArtifactKind::Other
        );
        let room = if inside { b.width - 12.0 } else { 100.0 };
        let lines = text::wrap(&artifact.name, room.max(30.0), text::SMALL, 6);
        let below = Point {
            x: b.center().x,
            y: b.bottom() + 8.0 + (lines.len() as f64 - 1.0) * text::SMALL * 0.65,
        };
        let at = if inside {
            b.center()
        } else {
            shape.label.map_or(below, |label| label.center())
        };
        text::centred(&lines, at, text::SMALL, text::MUTED, out);
        if let ArtifactKind::Data { collection: true } = artifact.kind {
            let middle = Point {
                x: b.center().x,
                y: b.bottom() - 7.0,
            };
            marker::bottom(&[marker::Sign::Parallel], middle, "#55677a", out);
        }
        out.push_str("</g>");
    }
}

/// Short words on a tag at the upper right corner.
pub(super) fn draw_notes(canvas: &Canvas<'_>, out: &mut String) {
    for node in canvas.model.nodes() {
        let (Some(note), Some(shape)) = (
            canvas.overlay.notes.get(node.id.as_str()),
            canvas.shape(node.id.as_str()),
        ) else {
            continue;
        };
        let wide = text::width(note, text::SMALL) + 10.0;
        let (x, y) = (shape.bounds.right() - wide / 2.0, shape.bounds.y - 8.0);
        let _ = write!(
            out,
            r##"<g class="flow-note"><rect x="{x:.1}" y="{y:.1}" width="{wide:.1}" height="17" rx="8" fill="#1d2733"/>"##
        );
        let at = Point {
            x: x + wide / 2.0,
            y: y + 8.5,
        };
        text::centred(std::slice::from_ref(note), at, text::SMALL, "#ffffff", out);
        out.push_str("</g>");
    }
}
