//! Sentences below a chart.

use std::fmt::Write as _;

use super::{MARGIN, Overlay, text};
use crate::model::Bounds;

const LINE: f64 = 20.0;

/// The sentences, broken to the width of the chart.
pub(super) fn lines(overlay: &Overlay, width: f64) -> Vec<String> {
    let room = (width - 2.0 * MARGIN).max(200.0);
    let sentences = overlay.legend.iter();
    sentences
        .flat_map(|text| text::wrap(text, room, text::SIZE, 3))
        .collect()
}

pub(super) fn with_room(view: Bounds, lines: &[String]) -> Bounds {
    Bounds {
        height: view.height + LINE * lines.len() as f64,
        ..view
    }
}

pub(super) fn draw(lines: &[String], view: Bounds, out: &mut String) {
    if lines.is_empty() {
        return;
    }
    out.push_str(r#"<g class="flow-legend">"#);
    for (at, line) in lines.iter().enumerate() {
        let y = view.bottom() + LINE * at as f64;
        let _ = write!(
            out,
            r#"<text x="{}" y="{y}" font-size="{}" fill="{}">{}</text>"#,
            view.x + MARGIN,
            text::SIZE,
            text::INK,
            text::escape(line)
        );
    }
    out.push_str("</g>");
}
