//! Tasks, gateways and events.

use std::fmt::Write as _;

use super::{Canvas, text};
use crate::thin::model::{Bounds, Node, NodeKind, Point, Shape, Task};

pub(super) struct Paint {
    fill: &'static str,
    stroke: &'static str,
    width: f64,
}

const PLAIN: Paint = Paint {
    fill: "#ffffff",
    stroke: "#3f5a78",
    width: 1.5,
};
const VISITED: Paint = Paint {
    fill: "#e9f3ee",
    stroke: "#2c6b4c",
    width: 1.5,
};
const CURRENT: Paint = Paint {
    fill: "#fff3dc",
    stroke: "#9a5b00",
    width: 2.5,
};
const MARKED: Paint = Paint {
    fill: "#fdecea",
    stroke: "#b3261e",
    width: 2.5,
};

pub(super) fn draw(canvas: &Canvas<'_>, out: &mut String) {
    for node in canvas.model.nodes() {
        let Some(shape) = canvas.shape(&node.id) else {
            continue;
        };
        let kind = match &node.kind {
            NodeKind::Task(_) => "flow-task",
            NodeKind::Exclusive { .. } | NodeKind::Parallel | NodeKind::Inclusive { .. } => "flow-gateway",
            NodeKind::Start => "flow-event flow-start",
            NodeKind::End { .. } => "flow-event flow-end",
        };
        let _ = write!(
            out,
            r#"<g class="{kind}{}" data-element="{}">"#,
            canvas.state_classes(&node.id),
            text::escape(&node.id)
        );
        let paint = paint(canvas, &node.id);
        match &node.kind {
            NodeKind::Task(task) => draw_task(canvas, task, shape.bounds, paint, out),
            NodeKind::Exclusive { .. } | NodeKind::Parallel | NodeKind::Inclusive { .. } => {
                diamond(shape.bounds, paint, out);
                mark(&node.kind, shape.bounds, paint, out);
                caption(node, shape, out);
            }
            NodeKind::Start => {
                circle(shape.bounds, paint.fill, paint.stroke, 1.5, out);
                caption(node, shape, out);
            }
            NodeKind::End { terminate } => {
                circle(shape.bounds, paint.fill, paint.stroke, 4.0, out);
                if *terminate {
                    disc(shape.bounds, paint.stroke, out);
                }
                caption(node, shape, out);
            }
        }
        out.push_str("</g>");
    }
}

fn paint(canvas: &Canvas<'_>, id: &str) -> &'static Paint {
    if canvas.marked.contains(id) {
        &MARKED
    } else if canvas.current.contains(id) {
        &CURRENT
    } else if canvas.visited.contains(id) {
        &VISITED
    } else {
        &PLAIN
    }
}

fn draw_task(canvas: &Canvas<'_>, task: &Task, b: Bounds, paint: &Paint, out: &mut String) {
    let _ = write!(
        out,
        r#"<rect x="{}" y="{}" width="{}" height="{}" rx="8" fill="{}" stroke="{}" stroke-width="{}"/>"#,
        b.x, b.y, b.width, b.height, paint.fill, paint.stroke, paint.width
    );
    let limit = task.limit.as_ref().map(|limit| limit.in_words());
    let rows = if limit.is_some() && b.height < 72.0 { 2 } else { 3 };
    let lines = text::wrap(&task.name, b.width - 12.0, text::SIZE, rows);
    let center = b.center();
    let lift = if limit.is_some() { 8.0 } else { 0.0 };
    let name_at = Point {
        x: center.x,
        y: center.y - lift,
    };
    text::centred(&lines, name_at, text::SIZE, text::INK, out);
    if let Some(limit) = limit {
        let below = name_at.y + lines.len() as f64 * text::SIZE * 0.65 + text::SMALL * 0.8;
        let at = Point { x: center.x, y: below };
        text::centred(&[limit], at, text::SMALL, text::MUTED, out);
    }
    // State is told by more than colour.
    if canvas.current.contains(task.id.as_str()) {
        badge("当前", b, paint.stroke, out);
    } else if canvas.visited.contains(task.id.as_str()) {
        badge("✓", b, paint.stroke, out);
    }
}

/// A small tag on the upper right corner.
fn badge(label: &str, b: Bounds, fill: &str, out: &mut String) {
    let width = text::width(label, text::SMALL) + 8.0;
    let tag = Bounds {
        x: b.right() - width + 5.0,
        y: b.y - 9.0,
        width,
        height: 17.0,
    };
    let _ = write!(
        out,
        r#"<rect class="flow-badge" x="{}" y="{}" width="{}" height="{}" rx="8" fill="{fill}"/>"#,
        tag.x, tag.y, tag.width, tag.height
    );
    text::centred(&[label.to_owned()], tag.center(), text::SMALL, "#ffffff", out);
}

fn diamond(b: Bounds, paint: &Paint, out: &mut String) {
    let c = b.center();
    let _ = write!(
        out,
        r#"<path d="M{} {}L{} {}L{} {}L{} {}Z" fill="{}" stroke="{}" stroke-width="{}" stroke-linejoin="round"/>"#,
        c.x,
        b.y,
        b.right(),
        c.y,
        c.x,
        b.bottom(),
        b.x,
        c.y,
        paint.fill,
        paint.stroke,
        paint.width
    );
}

fn mark(kind: &NodeKind, b: Bounds, paint: &Paint, out: &mut String) {
    match kind {
        NodeKind::Parallel => plus(b, paint, out),
        NodeKind::Inclusive { .. } => ring(b, paint, out),
        _ => cross(b, paint, out),
    }
}

fn plus(b: Bounds, paint: &Paint, out: &mut String) {
    let c = b.center();
    let arm = b.width.min(b.height) * 0.22;
    let _ = write!(
        out,
        r#"<path d="M{} {}H{}M{} {}V{}" fill="none" stroke="{}" stroke-width="3" stroke-linecap="round"/>"#,
        c.x - arm,
        c.y,
        c.x + arm,
        c.x,
        c.y - arm,
        c.y + arm,
        paint.stroke
    );
}

fn ring(b: Bounds, paint: &Paint, out: &mut String) {
    let c = b.center();
    let _ = write!(
        out,
        r#"<circle cx="{}" cy="{}" r="{}" fill="none" stroke="{}" stroke-width="2.5"/>"#,
        c.x,
        c.y,
        b.width.min(b.height) * 0.22,
        paint.stroke
    );
}

fn cross(b: Bounds, paint: &Paint, out: &mut String) {
    let c = b.center();
    let arm = b.width.min(b.height) * 0.15;
    let _ = write!(
        out,
        r#"<path d="M{} {}L{} {}M{} {}L{} {}" fill="none" stroke="{}" stroke-width="2.5" stroke-linecap="round"/>"#,
        c.x - arm,
        c.y - arm,
        c.x + arm,
        c.y + arm,
        c.x - arm,
        c.y + arm,
        c.x + arm,
        c.y - arm,
        paint.stroke
    );
}

fn circle(b: Bounds, fill: &str, stroke: &str, width: f64, out: &mut String) {
    let c = b.center();
    let radius = (b.width.min(b.height) - width) / 2.0;
    let _ = write!(
        out,
        r#"<circle cx="{}" cy="{}" r="{}" fill="{fill}" stroke="{stroke}" stroke-width="{width}"/>"#,
        c.x,
        c.y,
        radius.max(1.0)
    );
}

fn disc(b: Bounds, fill: &str, out: &mut String) {
    let c = b.center();
    let radius = b.width.min(b.height) * 0.28;
    let _ = write!(out, r#"<circle cx="{}" cy="{}" r="{radius}" fill="{fill}"/>"#, c.x, c.y);
}

/// The name beside an event or gateway, where the file puts it, else below.
fn caption(node: &Node, shape: &Shape, out: &mut String) {
    if node.name.is_empty() {
        return;
    }
    let (room, top) = match shape.label {
        Some(label) => (label.width.max(text::SIZE * 4.0), label.y),
        None => (100.0, shape.bounds.bottom() + 3.0),
    };
    let lines = text::wrap(&node.name, room, text::SMALL + 1.0, 3);
    let center = shape.label.unwrap_or(shape.bounds).center();
    let height = lines.len() as f64 * (text::SMALL + 1.0) * 1.3;
    let at = Point {
        x: center.x,
        y: top + height / 2.0,
    };
    text::centred(&lines, at, text::SMALL + 1.0, text::MUTED, out);
}
