//! Places a chart whose file has no drawing: a column per rank, a band per lane, orthogonal lines; ways back run
//! below everything.
//!
//! A flow that passes over columns gets a place of its own in each, so that no line runs through a shape.

mod grid;
mod route;

use crate::thin::draw::text as draw_text;
use crate::thin::model::{Bounds, Diagram, Model, NodeIx, NodeKind, Shape};

use grid::Grid;

pub(crate) const TASK: (f64, f64) = (108.0, 64.0);
pub(crate) const GATEWAY: (f64, f64) = (50.0, 50.0);
pub(crate) const EVENT: (f64, f64) = (36.0, 36.0);
/// Height of one row of a lane: a task, or a gateway with its name below.
pub(crate) const ROW: f64 = 100.0;
pub(crate) const COLUMN: f64 = 120.0;
pub(crate) const HEADER: f64 = 30.0;

/// A drawing for every node, lane and flow of the model.
pub fn layout(model: &Model) -> Diagram {
    let grid = Grid::of(model);
    let routes = route::Routes::of(model, &grid);
    let mut diagram = Diagram::default();
    frame(model, &grid, &routes, &mut diagram);
    for ix in model.node_indices() {
        diagram.shapes.push(node_shape(model, &grid, &routes, ix));
    }
    diagram.edges = routes.edges(model, &grid);
    diagram
}

fn frame(model: &Model, grid: &Grid, routes: &route::Routes, diagram: &mut Diagram) {
    let shape = |element: &str, bounds| Shape {
        element: element.to_owned(),
        bounds,
        label: None,
        horizontal: true,
    };
    let has_lanes = !model.lanes().is_empty();
    let left = if has_lanes { 0.0 } else { HEADER };
    if let Some(pool) = model.pool_id() {
        diagram.shapes.push(shape(
            pool,
            Bounds {
                x: left - HEADER,
                y: 0.0,
                width: routes.right_end - left + HEADER,
                height: routes.bottom_end,
            },
        ));
    }
    for (index, lane) in model.lanes().iter().enumerate() {
        diagram.shapes.push(shape(
            &lane.id,
            Bounds {
                x: left,
                y: grid.band_top(index),
                width: routes.right_end - left,
                height: grid.band_height(index),
            },
        ));
    }
}

fn node_shape(model: &Model, grid: &Grid, routes: &route::Routes, ix: NodeIx) -> Shape {
    let node = model.node(ix);
    let (width, height) = size(&node.kind);
    let (x, y) = (routes.column_center(grid.rank(ix)), grid.y(ix));
    let bounds = Bounds {
        x: x - width / 2.0,
        y: y - height / 2.0,
        width,
        height,
    };
    Shape {
        element: node.id.clone(),
        bounds,
        label: None,
        horizontal: true,
    }
}

pub(crate) fn size(kind: &NodeKind) -> (f64, f64) {
    match kind {
        NodeKind::Task(_) => TASK,
        NodeKind::Exclusive { .. } | NodeKind::Parallel | NodeKind::Inclusive { .. } => GATEWAY,
        NodeKind::Start | NodeKind::End { .. } => EVENT,
    }
}

/// Room a flow's name needs beside its line.
pub(crate) fn label_width(name: &str) -> f64 {
    const SIZE: f64 = 12.0;
    let lines = draw_text::wrap(name, 7.0 * SIZE, SIZE, 3);
    let widest = lines.iter().map(|line| draw_text::width(line, SIZE));
    widest.fold(0.0, f64::max)
}
