//! Pools and lanes, with upright Chinese names in their headers.

use std::fmt::Write as _;

use super::{Canvas, text};
use crate::model::{Bounds, Point, Shape};

const HEADER: f64 = 30.0;

pub(super) fn draw(canvas: &Canvas<'_>, out: &mut String) {
    for pool in canvas.model.pools() {
        let Some(shape) = canvas.shape(pool.id.as_str()) else {
            continue;
        };
        if pool.process.is_none() {
            black_box(shape, &pool.name, out);
            continue;
        }
        band(shape, "flow-pool", ("#ffffff", "#dfe6ee"), &pool.name, out);
    }
    for (index, lane) in canvas.model.lanes().iter().enumerate() {
        let Some(shape) = canvas.shape(lane.id.as_str()) else {
            continue;
        };
        let fill = if index % 2 == 0 { "#ffffff" } else { "#f8fafc" };
        band(shape, "flow-lane", (fill, "#eef2f6"), &lane.name, out);
    }
}

/// A participant whose process nobody sees: its name lies across.
fn black_box(shape: &Shape, name: &str, out: &mut String) {
    let b = shape.bounds;
    out.push_str(r#"<g class="flow-pool">"#);
    rect(b, "#eef2f6", out);
    let lines = text::wrap(name, b.width - 12.0, text::SIZE, 3);
    text::centred(&lines, b.center(), text::SIZE, text::INK, out);
    out.push_str("</g>");
}

fn band(shape: &Shape, class: &str, (fill, header_fill): (&str, &str), name: &str, out: &mut String) {
    let b = shape.bounds;
    let header = match shape.horizontal {
        true => Bounds {
            width: HEADER.min(b.width),
            ..b
        },
        false => Bounds {
            height: HEADER.min(b.height),
            ..b
        },
    };
    let _ = write!(out, r#"<g class="{class}">"#);
    rect(b, fill, out);
    rect(header, header_fill, out);
    if shape.horizontal {
        upright(name, header, out);
    } else {
        let lines = text::wrap(name, header.width - 8.0, text::SIZE, 1);
        text::centred(&lines, header.center(), text::SIZE, text::INK, out);
    }
    out.push_str("</g>");
}

fn rect(b: Bounds, fill: &str, out: &mut String) {
    let _ = write!(
        out,
        r##"<rect class="flow-band" x="{}" y="{}" width="{}" height="{}" fill="{fill}" stroke="#a9b4c0"/>"##,
        b.x, b.y, b.width, b.height
    );
}

/// Chinese one character below the other; names in other letters are turned.
fn upright(name: &str, header: Bounds, out: &mut String) {
    let center = header.center();
    if name.is_empty() {
        return;
    }
    let foreign = name.chars().filter(char::is_ascii_alphabetic).count() * 2 > name.chars().count();
    if foreign {
        let room = header.height - 8.0;
        let lines = text::wrap(name, room, text::SMALL, 2);
        let _ = write!(out, r#"<g transform="rotate(-90 {} {})">"#, center.x, center.y);
        text::centred(&lines, center, text::SMALL, text::INK, out);
        out.push_str("</g>");
        return;
    }
    let characters: Vec<String> = name.chars().map(String::from).collect();
    let rows = ((header.height - 8.0) / (text::SIZE * 1.3)).max(1.0) as usize;
    if characters.len() <= rows {
        text::centred(&characters, center, text::SIZE, text::INK, out);
        return;
    }
    // Two columns, smaller where the lane is low: a name is never cut.
    let (right, left) = characters.split_at(characters.len().div_ceil(2));
    let size = ((header.height - 8.0) / (right.len() as f64 * 1.3)).clamp(4.0, text::SMALL);
    let column = |offset: f64| Point {
        x: center.x + offset,
        y: center.y,
    };
    text::centred(right, column(7.0), size, text::INK, out);
    text::centred(left, column(-7.0), size, text::INK, out);
}
