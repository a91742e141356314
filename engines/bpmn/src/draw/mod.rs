//! Any chart as SVG: pools, lanes, every element kind, artifacts, labels, and what is laid over it. No scripts and no
//! style sheet inside; classes as on the drawings of case flows, so that one page rule fits both.

mod edge;
mod legend;
mod marker;
mod node;
mod pool;
pub(crate) mod text;
mod way;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use crate::model::{Bounds, Diagram, Edge, Model, Shape};
use crate::place;
use crate::problem::{Problem, Severity};
use crate::step::State;

/// What to show beyond the bare chart. Elements by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overlay {
    /// Being done now.
    pub open: Vec<String>,
    /// Entered and done, flows taken.
    pub done: Vec<String>,
    /// Given back.
    pub returned: Vec<String>,
    pub overdue: Vec<String>,
    /// What findings speak of.
    pub marked: Vec<String>,
    /// On the way that shows a finding: nodes and flows.
    pub way: Vec<String>,
    /// Sentences below the chart, numbered; `notes` point at them.
    pub legend: Vec<String>,
    /// Short words beside an element, e.g. how long it took.
    pub notes: HashMap<String, String>,
    /// From 0 (cool) to 1 (hot).
    pub heat: HashMap<String, f64>,
    /// Accessible name.
    pub title: Option<String>,
}

impl Overlay {
    /// Shows where an instance stands.
    pub fn of_state(state: &State) -> Overlay {
        Overlay {
            open: state
                .instances()
                .iter()
                .map(|instance| instance.element.to_string())
                .collect(),
            ..Overlay::default()
        }
    }
}

/// More sentences than anyone reads below a chart.
const MOST_SENTENCES: usize = 30;

impl Overlay {
    /// Shows findings: their elements marked and numbered, the way of the first that has one, the sentences below.
    pub fn of_findings(model: &Model, problems: &[Problem]) -> Overlay {
        let mut overlay = Overlay::default();
        for (number, problem) in problems.iter().take(MOST_SENTENCES).enumerate() {
            overlay.legend.push(format!("{}. {}", number + 1, problem.message));
            let Some(element) = &problem.element else { continue };
            if problem.severity == Severity::Error {
                overlay.marked.push(element.clone());
            }
            let note = overlay.notes.entry(element.clone()).or_default();
            let separator = if note.is_empty() { "" } else { "、" };
            let _ = write!(note, "{separator}{}", number + 1);
        }
        if let Some(problem) = problems.iter().find(|problem| !problem.path.is_empty()) {
            overlay.way = way::drawn(model, problem);
        }
        overlay
    }
}

const MARGIN: f64 = 14.0;
const FONTS: &str = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif";

/// Draws the model by the diagram part of its file; what has no place there gets one of our own layout where the file
/// has none at all.
pub fn svg(model: &Model, overlay: &Overlay) -> String {
    let placed;
    let diagram = match model.diagram() {
        Some(diagram) if !diagram.shapes.is_empty() => diagram,
        _ => {
            placed = place::place(model);
            &placed
        }
    };
    let canvas = Canvas {
        model,
        shapes: diagram
            .shapes
            .iter()
            .map(|shape| (shape.element.as_str(), shape))
            .collect(),
        edges: diagram.edges.iter().map(|edge| (edge.element.as_str(), edge)).collect(),
        states: states(overlay),
        overlay,
    };
    let view = extent(diagram);
    let sentences = legend::lines(overlay, view.width);
    let mut out = opening(overlay, legend::with_room(view, &sentences));
    pool::draw(&canvas, &mut out);
    // Containers below what they hold: the model has parents first.
    node::draw_containers(&canvas, &mut out);
    edge::draw(&canvas, &mut out);
    node::draw(&canvas, &mut out);
    node::draw_artifacts(&canvas, &mut out);
    edge::draw_labels(&canvas, &mut out);
    node::draw_notes(&canvas, &mut out);
    legend::draw(&sentences, view, &mut out);
    out.push_str("</svg>");
    out
}

struct Canvas<'a> {
    model: &'a Model,
    shapes: HashMap<&'a str, &'a Shape>,
    edges: HashMap<&'a str, &'a Edge>,
    states: HashMap<&'a str, Vec<&'static str>>,
    overlay: &'a Overlay,
}

impl<'a> Canvas<'a> {
    fn shape(&self, id: &str) -> Option<&'a Shape> {
        self.shapes.get(id).copied()
    }

    fn edge(&self, id: &str) -> Option<&'a Edge> {
        self.edges.get(id).copied()
    }

    /// Class names for the state of an element, each with a leading space.
    fn classes(&self, id: &str) -> String {
        let states = self.states.get(id).map_or(&[][..], Vec::as_slice);
        states.iter().map(|state| format!(" {state}")).collect()
    }

    fn is(&self, id: &str, state: &str) -> bool {
        self.states.get(id).is_some_and(|states| states.contains(&state))
    }

    fn colours(&self, id: &str) -> (&'static str, &'static str) {
        if self.is(id, "is-marked") {
            ("#fdecea", "#b3261e")
        } else if self.is(id, "is-on-way") {
            ("#fff6d6", "#9a6700")
        } else if self.is(id, "is-overdue") {
            ("#fff3e0", "#b45309")
        } else if self.is(id, "is-current") {
            ("#e8f0fe", "#1a56a8")
        } else if self.is(id, "is-returned") {
            ("#fff8e1", "#8a6d00")
        } else if self.is(id, "is-visited") {
            ("#eaf5ee", "#2c6b4c")
        } else {
            ("#ffffff", "#3d4c5c")
        }
    }
}

fn states(overlay: &Overlay) -> HashMap<&str, Vec<&'static str>> {
    let mut states: HashMap<&str, Vec<&'static str>> = HashMap::new();
    for (ids, class) in [
        (&overlay.open, "is-current"),
        (&overlay.done, "is-visited"),
        (&overlay.returned, "is-returned"),
        (&overlay.overdue, "is-overdue"),
        (&overlay.marked, "is-marked"),
        (&overlay.way, "is-on-way"),
    ] {
        let distinct: HashSet<&str> = ids.iter().map(String::as_str).collect();
        for id in distinct {
            states.entry(id).or_default().push(class);
        }
    }
    states
}

fn opening(overlay: &Overlay, view: Bounds) -> String {
    let title = text::escape(overlay.title.as_deref().unwrap_or("流程图"));
    let mut out = String::new();
    let _ = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" class="flow-chart" role="img" aria-label="{title}" viewBox="{} {} {} {}" width="{}" height="{}" font-family="{FONTS}"><title>{title}</title>"#,
        view.x, view.y, view.width, view.height, view.width, view.height
    );
    out
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
    for shape in &diagram.shapes {
        for b in [Some(shape.bounds), shape.label].into_iter().flatten() {
            take(b.x, b.y);
            take(b.right(), b.bottom());
        }
    }
    for point in diagram.edges.iter().flat_map(|edge| &edge.points) {
        take(point.x, point.y);
    }
    if left > right {
        (left, top, right, bottom) = (0.0, 0.0, 100.0, 40.0);
    }
    Bounds {
        x: left - MARGIN,
        y: top - MARGIN,
        width: right - left + 2.0 * MARGIN,
        // Names stand below events and gateways.
        height: bottom - top + 2.0 * MARGIN + 20.0,
    }
}
