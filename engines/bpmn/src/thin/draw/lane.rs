//! Pool and lanes, with upright Chinese names in their headers.

use std::fmt::Write as _;

use super::{Canvas, text};
use crate::thin::model::{Bounds, Point, Shape};

const HEADER: f64 = 30.0;
const LINE: &str = "#a9b4c0";

pub(super) fn draw(canvas: &Canvas<'_>, out: &mut String) {
    for shape in pools(canvas) {
        band(shape, "flow-pool", "#ffffff", "#dfe6ee", canvas.model.pool_name(), out);
    }
    for (index, lane) in canvas.model.lanes().iter().enumerate() {
        let Some(shape) = canvas.shape(&lane.id) else {
            continue;
        };
        let fill = if index % 2 == 0 { "#ffffff" } else { "#f8fafc" };
        band(shape, "flow-lane", fill, "#eef2f6", &lane.name, out);
    }
}

/// Shapes of participants: whatever is drawn that is neither node nor lane and is big enough to hold one.
fn pools<'a>(canvas: &'a Canvas<'_>) -> impl Iterator<Item = &'a Shape> {
    let pool = canvas.model.pool_id();
    canvas
        .diagram
        .shapes
        .iter()
        .filter(move |s| Some(s.element.as_str()) == pool)
}

fn band(shape: &Shape, class: &str, fill: &str, header_fill: &str, name: &str, out: &mut String) {
    let b = shape.bounds;
    let header = if shape.horizontal {
        Bounds {
            width: HEADER.min(b.width),
            ..b
        }
    } else {
        Bounds {
            height: HEADER.min(b.height),
            ..b
        }
    };
    let _ = write!(out, r#"<g class="{class}">"#);
    rect(b, "flow-band", fill, out);
    rect(header, "flow-header", header_fill, out);
    if shape.horizontal {
        upright(name, header, out);
    } else {
        let lines = text::wrap(name, header.width - 8.0, text::SIZE, 1);
        text::centred(&lines, header.center(), text::SIZE, text::INK, out);
    }
    out.push_str("</g>");
}

fn rect(b: Bounds, class: &str, fill: &str, out: &mut String) {
    let _ = write!(
        out,
        r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}" fill="{fill}" stroke="{LINE}"/>"#,
        b.x, b.y, b.width, b.height
    );
}

/// Characters one below the other; in two columns, read from the right, where one is too long.
fn upright(name: &str, header: Bounds, out: &mut String) {
    let characters: Vec<String> = name.chars().map(String::from).collect();
    if characters.is_empty() {
        return;
    }
    let rows = ((header.height - 8.0) / (text::SIZE * 1.3)).max(1.0) as usize;
    let center = header.center();
    if characters.len() <= rows {
        text::centred(&characters, center, text::SIZE, text::INK, out);
        return;
    }
    let half = characters.len().div_ceil(2).min(rows);
    let column = |offset: f64| Point {
        x: center.x + offset,
        y: center.y,
    };
    let (right, left) = characters.split_at(half);
    let left = &left[..left.len().min(rows)];
    text::centred(right, column(7.0), text::SMALL, text::INK, out);
    text::centred(left, column(-7.0), text::SMALL, text::INK, out);
}
