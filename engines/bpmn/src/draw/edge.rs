//! Sequence flows, message flows, associations: lines, heads, labels.

use std::fmt::Write as _;

use super::{Canvas, text};
use crate::model::{Edge, FlowIx, Kind, Link, LinkKind, Point};

const LINE: &str = "#55677a";
const TAKEN: &str = "#2c6b4c";
const MARKED: &str = "#b3261e";
const ON_WAY: &str = "#9a6700";
const ARROW: f64 = 9.0;

pub(super) fn draw(canvas: &Canvas<'_>, out: &mut String) {
    for (index, flow) in canvas.model.flows().iter().enumerate() {
        let Some(edge) = canvas.edge(flow.id.as_str()) else {
            continue;
        };
        let ink = colour(canvas, flow.id.as_str());
        open(canvas, flow.id.as_str(), out);
        line(&edge.points, ink, "", out);
        head(&edge.points, ink, true, out);
        let source = canvas.model.node(flow.source);
        let first = edge.points.first().copied().zip(edge.points.get(1).copied());
        if let Some((from, to)) = first {
            if source.default == Some(FlowIx(index as u32)) {
                slash(from, to, ink, out);
            } else if flow.condition.is_some() && !matches!(source.kind, Kind::Gateway(_)) {
                diamond(from, to, ink, out);
            }
        }
        out.push_str("</g>");
    }
    for link in canvas.model.message_flows.iter().chain(&canvas.model.associations) {
        if let Some(edge) = canvas.edge(link.id.as_str()) {
            self::link(canvas, link, edge, out);
        }
    }
}

fn open(canvas: &Canvas<'_>, id: &str, out: &mut String) {
    let (classes, id) = (canvas.classes(id), text::escape(id));
    let _ = write!(out, r#"<g class="flow-edge{classes}" data-element="{id}">"#);
}

fn colour(canvas: &Canvas<'_>, id: &str) -> &'static str {
    if canvas.is(id, "is-marked") {
        MARKED
    } else if canvas.is(id, "is-on-way") {
        ON_WAY
    } else if canvas.is(id, "is-visited") {
        TAKEN
    } else {
        LINE
    }
}

fn link(canvas: &Canvas<'_>, link: &Link, edge: &Edge, out: &mut String) {
    let ink = colour(canvas, link.id.as_str());
    open(canvas, link.id.as_str(), out);
    match link.kind {
        LinkKind::Message => {
            line(&edge.points, ink, r#" stroke-dasharray="8 5""#, out);
            head(&edge.points, ink, false, out);
            if let Some(from) = edge.points.first() {
                let _ = write!(
                    out,
                    r##"<circle cx="{}" cy="{}" r="4" fill="#ffffff" stroke="{ink}"/>"##,
                    from.x, from.y
                );
            }
        }
        LinkKind::Association { to, from } => {
            line(
                &edge.points,
                ink,
                r#" stroke-dasharray="1 4" stroke-linecap="round""#,
                out,
            );
            let mut reversed = edge.points.clone();
            reversed.reverse();
            for (there, points) in [(to, &edge.points), (from, &reversed)] {
                if there {
                    open_head(points, ink, out);
                }
            }
        }
        LinkKind::Data => {
            line(
                &edge.points,
                ink,
                r#" stroke-dasharray="1 4" stroke-linecap="round""#,
                out,
            );
            open_head(&edge.points, ink, out);
        }
    }
    out.push_str("</g>");
}

fn line(points: &[Point], ink: &str, dash: &str, out: &mut String) {
    let mut path = String::new();
    for (index, point) in points.iter().enumerate() {
        let _ = write!(path, "{}{} {}", if index == 0 { "M" } else { "L" }, point.x, point.y);
    }
    let _ = write!(
        out,
        r#"<path d="{path}" fill="none" stroke="{ink}" stroke-width="1.4" stroke-linejoin="round"{dash}/>"#
    );
}

/// The three corners of an arrowhead.
fn corners(points: &[Point]) -> Option<[Point; 3]> {
    let [.., before, tip] = *points else { return None };
    let length = (tip.x - before.x).hypot(tip.y - before.y);
    if length == 0.0 {
        return None;
    }
    let (ux, uy) = ((tip.x - before.x) / length, (tip.y - before.y) / length);
    let base = Point {
        x: tip.x - ux * ARROW,
        y: tip.y - uy * ARROW,
    };
    let side = |turn: f64| Point {
        x: base.x - uy * 4.0 * turn,
        y: base.y + ux * 4.0 * turn,
    };
    Some([side(1.0), tip, side(-1.0)])
}

fn head(points: &[Point], ink: &str, filled: bool, out: &mut String) {
    let Some([a, tip, b]) = corners(points) else { return };
    let fill = if filled { ink } else { "#ffffff" };
    let _ = write!(
        out,
        r#"<path class="flow-arrow" d="M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z" fill="{fill}" stroke="{ink}"/>"#,
        a.x, a.y, tip.x, tip.y, b.x, b.y
    );
}

fn open_head(points: &[Point], ink: &str, out: &mut String) {
    let Some([a, tip, b]) = corners(points) else { return };
    let _ = write!(
        out,
        r#"<path d="M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}" fill="none" stroke="{ink}"/>"#,
        a.x, a.y, tip.x, tip.y, b.x, b.y
    );
}

fn along(from: Point, to: Point, length: f64) -> (Point, f64, f64) {
    let whole = (to.x - from.x).hypot(to.y - from.y).max(1.0);
    let (ux, uy) = ((to.x - from.x) / whole, (to.y - from.y) / whole);
    let at = Point {
        x: from.x + ux * length,
        y: from.y + uy * length,
    };
    (at, ux, uy)
}

/// BPMN's slash at the beginning of a default flow.
fn slash(from: Point, to: Point, ink: &str, out: &mut String) {
    let (at, _, _) = along(from, to, 10.0);
    let _ = write!(
        out,
        r#"<path d="M{} {}L{} {}" stroke="{ink}" stroke-width="1.4"/>"#,
        at.x - 4.0,
        at.y + 5.0,
        at.x + 4.0,
        at.y - 5.0
    );
}

/// BPMN's diamond at the beginning of a conditional flow out of an activity.
fn diamond(from: Point, to: Point, ink: &str, out: &mut String) {
    let (middle, ux, uy) = along(from, to, 8.0);
    let _ = write!(
        out,
        r##"<path d="M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z" fill="#ffffff" stroke="{ink}"/>"##,
        from.x,
        from.y,
        middle.x - uy * 5.0,
        middle.y + ux * 5.0,
        middle.x + ux * 8.0,
        middle.y + uy * 8.0,
        middle.x + uy * 5.0,
        middle.y - ux * 5.0
    );
}

pub(super) fn draw_labels(canvas: &Canvas<'_>, out: &mut String) {
    let flows = canvas.model.flows().iter().map(|flow| (&flow.id, &flow.name));
    let links = canvas.model.message_flows.iter().map(|link| (&link.id, &link.name));
    for (id, name) in flows.chain(links).filter(|(_, name)| !name.is_empty()) {
        if let Some(edge) = canvas.edge(id.as_str()) {
            label(name, edge, out);
        }
    }
}

fn label(name: &str, edge: &Edge, out: &mut String) {
    let size = text::SMALL;
    let room = edge.label.map_or(90.0, |label| label.width.max(2.0 * size));
    let lines = text::wrap(name, room, size, 3);
    let wide = lines.iter().map(|line| text::width(line, size)).fold(0.0, f64::max) + 6.0;
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
    let length = |w: &&[Point]| (w[0].x - w[1].x).hypot(w[0].y - w[1].y);
    let longest = points.windows(2).max_by(|a, b| length(a).total_cmp(&length(b)));
    let stretch = longest.unwrap_or(&[Point { x: 0.0, y: 0.0 }; 2]);
    Point {
        x: (stretch[0].x + stretch[1].x) / 2.0,
        y: (stretch[0].y + stretch[1].y) / 2.0,
    }
}
