//! Places a chart whose file has no drawing: a column a rank, a band a lane, sub-processes around what they hold, lines
//! right-angled, ways back below everything.
//!
//! A flow that passes over columns keeps a place of its own in each, so that no line runs through a shape.

mod grid;
mod route;
mod written;

use std::collections::HashMap;

use crate::model::{Bounds, Diagram, Edge, Id, Kind, Model, NodeIx, Point, Shape};

use grid::Grid;
use route::Routes;
pub(crate) use written::with_diagram;

pub(crate) const HEADER: f64 = 30.0;
const TASK: (f64, f64) = (112.0, 74.0);
const GATEWAY: (f64, f64) = (50.0, 50.0);
const EVENT: (f64, f64) = (36.0, 36.0);
const BETWEEN_POOLS: f64 = 60.0;
/// Around what a sub-process holds; its name stands above.
const PAD: f64 = 14.0;
const NAME: f64 = 22.0;
const NAME_WIDTH: f64 = 76.0;

pub(crate) fn place(model: &Model) -> Diagram {
    let mut placing = Placing {
        model,
        bounds: HashMap::new(),
        diagram: Diagram::default(),
    };
    let sheets: Vec<Sheet> = model.processes().map(|process| Sheet::of(model, process)).collect();
    let width = sheets.iter().map(|sheet| sheet.size.0).fold(100.0, f64::max);
    let mut y = 0.0;
    for (process, sheet) in model.processes().zip(sheets) {
        y = placing.put_process(process, &sheet, width, y) + BETWEEN_POOLS;
    }
    for pool in model.pools().iter().filter(|pool| pool.process.is_none()) {
        placing.shape(pool.id.as_str(), bounds(0.0, y, width, 60.0));
        y += 60.0 + BETWEEN_POOLS;
    }
    for link in model.message_flows.iter().chain(&model.associations) {
        placing.link(link.id.as_str(), link.source.as_str(), link.target.as_str());
    }
    placing.diagram
}

fn bounds(x: f64, y: f64, width: f64, height: f64) -> Bounds {
    Bounds { x, y, width, height }
}

/// What one container holds, placed from its own upper left corner.
pub(super) struct Sheet {
    /// With the place of the name, where it is not the usual one.
    pub shapes: Vec<(Id, Bounds, Option<Bounds>)>,
    pub edges: Vec<Edge>,
    pub size: (f64, f64),
    /// Lanes from top to bottom: index, top, height.
    pub lanes: Vec<(usize, f64, f64)>,
}

impl Sheet {
    /// Recursion is bounded by the reader's depth limit.
    fn of(model: &Model, container: NodeIx) -> Sheet {
        let mut inner: HashMap<NodeIx, Sheet> = HashMap::new();
        for child in &model.node(container).children {
            if matches!(model.node(*child).kind, Kind::Sub(_)) && !model.node(*child).children.is_empty() {
                inner.insert(*child, Sheet::of(model, *child));
            }
        }
        let size = |ix: NodeIx| match inner.get(&ix) {
            Some(sheet) => (sheet.size.0 + 2.0 * PAD, sheet.size.1 + PAD + NAME),
            None => own_size(&model.node(ix).kind),
        };
        let grid = Grid::of(model, container, &size);
        let routes = Routes::of(model, &grid);
        let mut sheet = Sheet {
            shapes: Vec::new(),
            edges: routes.edges(model, &grid),
            size: (routes.right_end, routes.bottom_end),
            lanes: grid.lanes(),
        };
        for (ix, center) in grid.nodes(&routes) {
            let (width, height) = size(ix);
            let corner = (center.x - width / 2.0, center.y - height / 2.0);
            let own = bounds(corner.0, corner.1, width, height);
            sheet.shapes.push((model.node(ix).id.clone(), own, None));
            if let Some(inside) = inner.get(&ix) {
                sheet.take(inside, own.x + PAD, own.y + NAME);
            }
            for (boundary, at) in grid.boundary_events(ix, own) {
                let (width, height) = EVENT;
                let own = bounds(at.x - width / 2.0, at.y - height / 2.0, width, height);
                // The line leaves below: the name stands beside it.
                let name = bounds(own.x - NAME_WIDTH, own.bottom() - 6.0, NAME_WIDTH, 16.0);
                sheet.shapes.push((model.node(boundary).id.clone(), own, Some(name)));
            }
        }
        sheet
    }

    fn take(&mut self, inner: &Sheet, x: f64, y: f64) {
        let shapes = (inner.shapes.iter())
            .map(|(id, at, name)| (id.clone(), moved(*at, x, y), name.map(|name| moved(name, x, y))));
        self.shapes.extend(shapes);
        let edges = inner.edges.iter().map(|edge| moved_edge(edge.clone(), x, y));
        self.edges.extend(edges);
    }
}

fn moved(at: Bounds, x: f64, y: f64) -> Bounds {
    bounds(at.x + x, at.y + y, at.width, at.height)
}

fn moved_edge(mut edge: Edge, x: f64, y: f64) -> Edge {
    for point in &mut edge.points {
        *point = Point {
            x: point.x + x,
            y: point.y + y,
        };
    }
    edge.label = edge.label.map(|label| moved(label, x, y));
    edge
}

fn own_size(kind: &Kind) -> (f64, f64) {
    match kind {
        Kind::Gateway(_) => GATEWAY,
        Kind::Event(_) => EVENT,
        _ => TASK,
    }
}

struct Placing<'a> {
    model: &'a Model,
    bounds: HashMap<String, Bounds>,
    diagram: Diagram,
}

impl Placing<'_> {
    fn shape(&mut self, element: &str, bounds: Bounds) {
        self.bounds.insert(element.to_owned(), bounds);
        self.diagram.shapes.push(Shape {
            element: element.to_owned(),
            bounds,
            label: None,
            horizontal: true,
        });
    }

    /// Gives the lower end.
    fn put_process(&mut self, process: NodeIx, sheet: &Sheet, width: f64, top: f64) -> f64 {
        let model = self.model;
        let pool = model.pools().iter().find(|pool| pool.process == Some(process));
        let deepest = sheet.lanes.iter().map(|(lane, ..)| model.lanes()[*lane].depth + 1);
        let depth = deepest.max().unwrap_or(0);
        let pool_header = if pool.is_some() { HEADER } else { 0.0 };
        let left = pool_header + HEADER * depth as f64;
        let right = left + width;
        if let Some(pool) = pool {
            self.shape(pool.id.as_str(), bounds(0.0, top, right, sheet.size.1));
        }
        for (lane, y, height) in &sheet.lanes {
            let x = pool_header + HEADER * model.lanes()[*lane].depth as f64;
            let id = model.lanes()[*lane].id.to_string();
            self.shape(&id, bounds(x, top + y, right - x, *height));
        }
        for (id, at, name) in &sheet.shapes {
            self.shape(id.as_str(), moved(*at, left, top));
            if let Some(shape) = self.diagram.shapes.last_mut() {
                shape.label = name.map(|name| moved(name, left, top));
            }
        }
        for edge in &sheet.edges {
            self.diagram.edges.push(moved_edge(edge.clone(), left, top));
        }
        top + sheet.size.1
    }

    /// Between pools, or from an event to its handler: down, across, down.
    fn link(&mut self, id: &str, source: &str, target: &str) {
        let (Some(from), Some(to)) = (self.bounds.get(source).copied(), self.bounds.get(target).copied()) else {
            return;
        };
        let wide = |own: Bounds, other: Bounds| match own.width > 300.0 {
            true => other.center().x,
            false => own.center().x,
        };
        let (from_x, to_x) = (wide(from, to), wide(to, from));
        let (start, end) = match from.bottom() <= to.y {
            true => (from.bottom(), to.y),
            false => (from.y, to.bottom()),
        };
        let middle = (start + end) / 2.0;
        let at = |x: f64, y: f64| Point { x, y };
        let mut points = vec![at(from_x, start), at(from_x, middle), at(to_x, middle), at(to_x, end)];
        points.dedup();
        self.diagram.edges.push(Edge {
            element: id.to_owned(),
            points,
            label: None,
        });
    }
}
