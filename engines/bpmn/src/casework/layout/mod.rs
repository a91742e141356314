//! Places a flat chart whose file has no drawing: a column per rank, a band per lane, orthogonal lines; ways back run
//! below everything.
//!
//! A flow that passes over columns gets a place of its own in each, so that no line runs through a shape.

mod grid;
mod route;

use std::collections::HashMap;

use super::order::{reading_order, ways_back};
use crate::draw::text;
use crate::model::{Bounds, Diagram, FlowIx, Kind, Model, NodeIx, Shape};

use grid::Grid;

const TASK: (f64, f64) = (108.0, 64.0);
const GATEWAY: (f64, f64) = (50.0, 50.0);
const EVENT: (f64, f64) = (36.0, 36.0);
/// Height of one row of a lane: a task, or a gateway with its name below.
const ROW: f64 = 100.0;
const COLUMN: f64 = 120.0;
const HEADER: f64 = 30.0;

/// A drawing for every node, lane and flow; none where the chart is not flat: several processes, sub-processes, events on
/// borders, lanes in lanes.
pub(super) fn layout(model: &Model) -> Option<Diagram> {
    let flat = Flat::of(model)?;
    let grid = Grid::of(&flat);
    let routes = route::Routes::of(&flat, &grid);
    let mut diagram = Diagram::default();
    frame(model, &grid, &routes, &mut diagram);
    for (index, node) in flat.nodes.iter().enumerate() {
        let (width, height) = flat.sizes[index];
        let (x, y) = (routes.column_center(grid.rank_of(index)), grid.y_of(index));
        let bounds = Bounds {
            x: x - width / 2.0,
            y: y - height / 2.0,
            width,
            height,
        };
        diagram.shapes.push(shape(model.node(*node).id.as_str(), bounds));
    }
    diagram.edges = routes.edges(&flat, &grid);
    Some(diagram)
}

/// The chart as the grid sees it: nodes by their place in the process, and lines between those places.
struct Flat<'a> {
    nodes: Vec<NodeIx>,
    sizes: Vec<(f64, f64)>,
    /// Band of each node; behind the last lane, where it lies in none.
    bands: Vec<usize>,
    lanes: usize,
    lines: Vec<Line<'a>>,
    /// Places in reading order.
    order: Vec<usize>,
}

struct Line<'a> {
    id: &'a str,
    name: &'a str,
    from: usize,
    to: usize,
    backward: bool,
}

impl<'a> Flat<'a> {
    fn of(model: &'a Model) -> Option<Flat<'a>> {
        let mut processes = model.processes();
        let (process, None) = (processes.next()?, processes.next()) else {
            return None;
        };
        let nodes = model.node(process).children.clone();
        let flat = model.nodes().len() == nodes.len() + 1
            && nodes.iter().all(|ix| model.node(*ix).boundary.is_empty())
            && model.lanes().iter().all(|lane| lane.depth == 0);
        if !flat {
            return None;
        }
        let place: HashMap<NodeIx, usize> = nodes.iter().enumerate().map(|(at, ix)| (*ix, at)).collect();
        let back = ways_back(model, &nodes);
        let line = |ix: FlowIx| {
            let flow = model.flow(ix);
            Some(Line {
                id: flow.id.as_str(),
                name: &flow.name,
                from: *place.get(&flow.source)?,
                to: *place.get(&flow.target)?,
                backward: back.contains(&(flow.source, flow.target)),
            })
        };
        let lanes = model.lanes().len();
        let order = reading_order(model);
        Some(Flat {
            sizes: nodes.iter().map(|ix| size(&model.node(*ix).kind)).collect(),
            bands: nodes.iter().map(|ix| model.node(*ix).lane.unwrap_or(lanes)).collect(),
            lanes,
            lines: (0..model.flows().len() as u32)
                .filter_map(|at| line(FlowIx(at)))
                .collect(),
            order: order.iter().filter_map(|ix| place.get(ix).copied()).collect(),
            nodes,
        })
    }
}

fn frame(model: &Model, grid: &Grid, routes: &route::Routes, diagram: &mut Diagram) {
    let left = if model.lanes().is_empty() { HEADER } else { 0.0 };
    if let Some(pool) = model.pools().iter().find(|pool| pool.process.is_some()) {
        let bounds = Bounds {
            x: left - HEADER,
            y: 0.0,
            width: routes.right_end - left + HEADER,
            height: routes.bottom_end,
        };
        diagram.shapes.push(shape(pool.id.as_str(), bounds));
    }
    for (index, lane) in model.lanes().iter().enumerate() {
        let bounds = Bounds {
            x: left,
            y: grid.band_top(index),
            width: routes.right_end - left,
            height: grid.band_height(index),
        };
        diagram.shapes.push(shape(lane.id.as_str(), bounds));
    }
}

fn shape(element: &str, bounds: Bounds) -> Shape {
    Shape {
        element: element.to_owned(),
        bounds,
        label: None,
        horizontal: true,
    }
}

fn size(kind: &Kind) -> (f64, f64) {
    match kind {
        Kind::Gateway(_) => GATEWAY,
        Kind::Event(_) => EVENT,
        _ => TASK,
    }
}

/// Room a flow's name needs beside its line.
fn label_width(name: &str) -> f64 {
    const SIZE: f64 = 12.0;
    let lines = text::wrap(name, 7.0 * SIZE, SIZE, 3);
    let widest = lines.iter().map(|line| text::width(line, SIZE));
    widest.fold(0.0, f64::max)
}
