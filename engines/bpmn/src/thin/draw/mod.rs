//! The chart as SVG for guide pages, case pages and print. No scripts and no style sheet inside: colours are
//! presentation attributes, which any page rule on the classes overrides and no content policy blocks.
//!
//! Classes: `flow-chart`; `flow-pool`, `flow-lane`, `flow-header`; `flow-task`, `flow-gateway`, `flow-event`;
//! `flow-edge`, `flow-label`; with `is-current`, `is-visited`, `is-marked`. Groups of nodes and flows
//! carry `data-element`.

mod audience;
mod edge;
mod lane;
mod node;
mod table;
pub(crate) mod text;

use std::collections::{HashMap, HashSet};

pub use table::{StepRow, table, table_for};

use crate::thin::layout::layout;
use crate::thin::model::{Bounds, Diagram, Edge, Model, Shape, Visibility};
use crate::thin::step::State;

/// What to show beyond the bare chart.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DrawOptions {
    /// Ids of tasks being done now.
    pub current: Vec<String>,
    /// Ids of elements entered and flows taken.
    pub visited: Vec<String>,
    /// Ids of elements that findings speak of.
    pub marked: Vec<String>,
    /// For whom it is drawn: steps that they may not see are left out. None and `internal` show all.
    pub audience: Option<Visibility>,
    /// Accessible name; the flow's name if none.
    pub title: Option<String>,
}

impl DrawOptions {
    /// Shows where an instance stands.
    pub fn of_state(state: &State) -> DrawOptions {
        DrawOptions {
            current: state.open_tasks().map(|(_, task)| task.to_owned()).collect(),
            visited: state.visited().map(str::to_owned).collect(),
            ..DrawOptions::default()
        }
    }
}

const MARGIN: f64 = 12.0;
const FONTS: &str = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif";

/// Draws the model, or what the audience may see of it, by the diagram part of its file, or by an own layout where the file has none.
pub fn svg(model: &Model, options: &DrawOptions) -> String {
    let derived = options.audience.and_then(|audience| audience::seen_by(model, audience));
    draw(derived.as_ref().unwrap_or(model), options)
}

fn draw(model: &Model, options: &DrawOptions) -> String {
    let laid_out;
    let diagram = match model.diagram() {
        Some(diagram) => diagram,
        None => {
            laid_out = layout(model);
            &laid_out
        }
    };
    let canvas = Canvas {
        model,
        diagram,
        shapes: diagram
            .shapes
            .iter()
            .map(|shape| (shape.element.as_str(), shape))
            .collect(),
        edges: diagram.edges.iter().map(|edge| (edge.element.as_str(), edge)).collect(),
        current: options.current.iter().map(String::as_str).collect(),
        visited: options.visited.iter().map(String::as_str).collect(),
        marked: options.marked.iter().map(String::as_str).collect(),
    };
    let mut out = opening(model, options, extent(diagram));
    lane::draw(&canvas, &mut out);
    edge::draw(&canvas, &mut out);
    node::draw(&canvas, &mut out);
    edge::draw_labels(&canvas, &mut out);
    out.push_str("</svg>");
    out
}

struct Canvas<'a> {
    model: &'a Model,
    diagram: &'a Diagram,
    shapes: HashMap<&'a str, &'a Shape>,
    edges: HashMap<&'a str, &'a Edge>,
    current: HashSet<&'a str>,
    visited: HashSet<&'a str>,
    marked: HashSet<&'a str>,
}

impl<'a> Canvas<'a> {
    fn shape(&self, id: &str) -> Option<&'a Shape> {
        self.shapes.get(id).copied()
    }

    fn edge(&self, id: &str) -> Option<&'a Edge> {
        self.edges.get(id).copied()
    }

    /// Class names for the state of an element, each with a leading space.
    fn state_classes(&self, id: &str) -> String {
        let states = [
            (self.current.contains(id), " is-current"),
            (self.visited.contains(id), " is-visited"),
            (self.marked.contains(id), " is-marked"),
        ];
        let on = states.iter().filter(|(on, _)| *on);
        on.map(|(_, class)| *class).collect()
    }
}

fn opening(model: &Model, options: &DrawOptions, view: Bounds) -> String {
    let name = if model.name().is_empty() {
        "办理流程"
    } else {
        model.name()
    };
    let title = options.title.as_deref().unwrap_or(name);
    let steps: Vec<String> = table(model).iter().map(StepRow::in_words).collect();
    format!(
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="flow-chart" role="img" "#,
            r#"viewBox="{x} {y} {w} {h}" width="{w}" height="{h}" font-family="{fonts}" font-size="13">"#,
            "<title>{title}</title><desc>共{count}个环节。{steps}</desc>",
        ),
        x = view.x,
        y = view.y,
        w = view.width,
        h = view.height,
        fonts = FONTS,
        title = text::escape(title),
        count = steps.len(),
        steps = text::escape(&steps.join("；")),
    )
}

fn extent(diagram: &Diagram) -> Bounds {
    let (mut left, mut top) = (f64::MAX, f64::MAX);
    let (mut right, mut bottom) = (f64::MIN, f64::MIN);
    let mut take = |x: f64, y: f64| {
        left = left.min(x);
        top = top.min(y);
        right = right.max(x);
        bottom = bottom.max(y);
    };
    let labels = (diagram.shapes.iter().filter_map(|s| s.label)).chain(diagram.edges.iter().filter_map(|e| e.label));
    for bounds in diagram.shapes.iter().map(|s| s.bounds).chain(labels) {
        take(bounds.x, bounds.y);
        take(bounds.right(), bounds.bottom());
    }
    for point in diagram.edges.iter().flat_map(|e| &e.points) {
        take(point.x, point.y);
    }
    if left > right {
        return Bounds {
            x: 0.0,
            y: 0.0,
            width: 1.0,
            height: 1.0,
        };
    }
    // Labels that the file does not place hang below their events and gateways.
    Bounds {
        x: (left - MARGIN).floor(),
        y: (top - MARGIN).floor(),
        width: (right - left + 2.0 * MARGIN).ceil(),
        height: (bottom - top + 2.0 * MARGIN).ceil(),
    }
}
