//! Sequence flows: lines with rounded corners, arrowheads, labels on a background.

use std::fmt::Write as _;

use super::{Canvas, text};
use crate::thin::model::{Edge, Flow, FlowIx, Point};

const LINE: &str = "#55677a";
const TAKEN: &str = "#2c6b4c";
const MARKED: &str = "#b3261e";
const CORNER: f64 = 7.0;
const ARROW: f64 = 9.0;

pub(super) fn draw(canvas: &Canvas<'_>, out: &mut String) {
    for (index, flow) in canvas.model.flows().iter().enumerate() {
        let Some(edge) = canvas.edge(&flow.id) else {
            continue;
        };
        let colour = colour(canvas, flow);
        let wide = if colour == LINE { 1.4 } else { 2.2 };
        let _ = write!(
            out,
            r#"<g class="flow-edge{}" data-element="{}"><path d="{}" fill="none" stroke="{colour}" stroke-width="{wide}"/>"#,
            canvas.state_classes(&flow.id),
            text::escape(&flow.id),
            line(&edge.points)
        );
        arrow(&edge.points, colour, out);
        if is_default(canvas, FlowIx(index)) {
            default_mark(&edge.points, colour, out);
        }
        out.push_str("</g>");
    }
}

pub(super) fn draw_labels(canvas: &Canvas<'_>, out: &mut String) {
    for flow in canvas.model.flows().iter().filter(|flow| !flow.name.is_empty()) {
        if let Some(edge) = canvas.edge(&flow.id) {
            label(flow, edge, out);
        }
    }
}

fn colour(canvas: &Canvas<'_>, flow: &Flow) -> &'static str {
    if canvas.marked.contains(flow.id.as_str()) {
        MARKED
    } else if canvas.visited.contains(flow.id.as_str()) {
        TAKEN
    } else {
        LINE
    }
}

fn is_default(canvas: &Canvas<'_>, flow: FlowIx) -> bool {
    let source = canvas.model.node(canvas.model.flow(flow).source);
    source.kind.default_flow() == Some(flow)
}

/// The line stops short of the target, where the arrowhead begins.
fn line(points: &[Point]) -> String {
    let mut points = points.to_vec();
    if let [.., before, last] = points[..] {
        let end = points.len() - 1;
        points[end] = toward(last, before, ARROW * 0.8);
    }
    let mut path = format!("M{} {}", points[0].x, points[0].y);
    for window in points.windows(3) {
        let [before, corner, after] = window else {
            continue;
        };
        let radius = CORNER
            .min(distance(*before, *corner) / 2.0)
            .min(distance(*corner, *after) / 2.0);
        let (enter, leave) = (toward(*corner, *before, radius), toward(*corner, *after, radius));
        let _ = write!(
            path,
            "L{:.1} {:.1}Q{} {} {:.1} {:.1}",
            enter.x, enter.y, corner.x, corner.y, leave.x, leave.y
        );
    }
    if let Some(last) = points.last() {
        let _ = write!(path, "L{:.1} {:.1}", last.x, last.y);
    }
    path
}

fn arrow(points: &[Point], colour: &str, out: &mut String) {
    let [.., before, tip] = *points else { return };
    let base = toward(tip, before, ARROW);
    let (dx, dy) = ((tip.x - base.x) / ARROW * 4.0, (tip.y - base.y) / ARROW * 4.0);
    let _ = write!(
        out,
        r#"<path class="flow-arrow" d="M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z" fill="{colour}"/>"#,
        tip.x,
        tip.y,
        base.x - dy,
        base.y + dx,
        base.x + dy,
        base.y - dx
    );
}

/// BPMN's slash at the beginning of a default flow.
fn default_mark(points: &[Point], colour: &str, out: &mut String) {
    let [first, second, ..] = *points else { return };
    let at = toward(first, second, 10.0);
    let _ = write!(
        out,
        r#"<path d="M{} {}L{} {}" fill="none" stroke="{colour}" stroke-width="1.4"/>"#,
        at.x - 4.0,
        at.y + 5.0,
        at.x + 4.0,
        at.y - 5.0
    );
}

fn label(flow: &Flow, edge: &Edge, out: &mut String) {
    let size = text::SMALL + 1.0;
    let room = edge.label.map_or(7.0 * size, |label| label.width.max(2.0 * size));
    let lines = text::wrap(&flow.name, room, size, 3);
    let wide = lines.iter().map(|l| text::width(l, size)).fold(0.0, f64::max) + 6.0;
    let high = lines.len() as f64 * size * 1.3 + 2.0;
    let at = edge.label.map_or_else(|| middle(&edge.points), |label| label.center());
    let _ = write!(
        out,
        r##"<g class="flow-label"><rect x="{:.1}" y="{:.1}" width="{wide:.1}" height="{high:.1}" rx="3" fill="#ffffff" fill-opacity="0.88"/>"##,
        at.x - wide / 2.0,
        at.y - high / 2.0
    );
    text::centred(&lines, at, size, text::INK, out);
    out.push_str("</g>");
}

/// The middle of the longest stretch.
fn middle(points: &[Point]) -> Point {
    let stretches = points.windows(2).filter_map(|w| Some((*w.first()?, *w.get(1)?)));
    let longest = stretches.max_by(|a, b| distance(a.0, a.1).total_cmp(&distance(b.0, b.1)));
    let (a, b) = longest.unwrap_or((points[0], points[0]));
    Point {
        x: (a.x + b.x) / 2.0,
        y: (a.y + b.y) / 2.0,
    }
}

fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

/// The point `length` away from `from` in the direction of `to`, or `to` if it is nearer.
fn toward(from: Point, to: Point, length: f64) -> Point {
    let whole = distance(from, to);
    if whole <= length || whole == 0.0 {
        return to;
    }
    let share = length / whole;
    Point {
        x: from.x + (to.x - from.x) * share,
        y: from.y + (to.y - from.y) * share,
    }
}
