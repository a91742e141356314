//! Places a chart whose file has no drawing: a column a rank, a band a lane, sub-processes around what they hold.
//!
//! Plain: lines run right-angled from shape to shape, ways back below what they pass.

use std::collections::HashMap;

use crate::model::{Bounds, Diagram, Edge, Kind, Model, NodeIx, Place, Point, Shape};

const GAP_X: f64 = 60.0;
const GAP_Y: f64 = 40.0;
const PAD: f64 = 30.0;
const HEADER: f64 = 30.0;

pub(crate) fn place(model: &Model) -> Diagram {
    let mut placing = Placing {
        model,
        bounds: HashMap::new(),
        sizes: HashMap::new(),
        diagram: Diagram::default(),
    };
    let mut y = 0.0;
    for process in model.processes() {
        let (width, height) = placing.measure(process);
        let pool = model.pools().iter().find(|pool| pool.process == Some(process));
        let lanes: Vec<usize> = (0..model.lanes().len())
            .filter(|at| model.lanes()[*at].process == process)
            .collect();
        let left = if pool.is_some() { HEADER } else { 0.0 } + if lanes.is_empty() { 0.0 } else { HEADER };
        let bottom = match lanes.is_empty() {
            true => {
                placing.put(process, left, y);
                y + height
            }
            false => placing.put_in_lanes(process, &lanes, left, y, width),
        };
        if let Some(pool) = pool {
            placing.shape(pool.id.as_str(), 0.0, y, width + left, (bottom - y).max(60.0));
        }
        y = bottom + GAP_Y;
    }
    for pool in model.pools().iter().filter(|pool| pool.process.is_none()) {
        placing.shape(pool.id.as_str(), 0.0, y, 400.0, 60.0);
        y += 60.0 + GAP_Y;
    }
    placing.edges();
    placing.diagram
}

struct Placing<'a> {
    model: &'a Model,
    bounds: HashMap<String, Bounds>,
    sizes: HashMap<NodeIx, (f64, f64)>,
    diagram: Diagram,
}

impl Placing<'_> {
    fn shape(&mut self, element: &str, x: f64, y: f64, width: f64, height: f64) {
        let bounds = Bounds { x, y, width, height };
        self.bounds.insert(element.to_owned(), bounds);
        self.diagram.shapes.push(Shape {
            element: element.to_owned(),
            bounds,
            label: None,
            horizontal: true,
        });
    }

    /// Children that take a column of their own, by rank.
    fn ranks(&self, container: NodeIx) -> Vec<Vec<NodeIx>> {
        let children: Vec<NodeIx> = self.model.node(container).children.to_vec();
        let free = |ix: &NodeIx| self.model.node(*ix).attached.is_none();
        let mut rank: HashMap<NodeIx, usize> = HashMap::new();
        let mut open: Vec<(NodeIx, usize)> = Vec::new();
        for child in children
            .iter()
            .filter(|ix| free(ix) && self.model.node(**ix).incoming.is_empty())
            .rev()
        {
            open.push((*child, 0));
        }
        if open.is_empty() {
            open.extend(children.iter().copied().find(free).map(|ix| (ix, 0)));
        }
        // Each node goes where it is first reached at its deepest within a bound that cycles cannot pass.
        let most = children.len();
        let mut steps = 0;
        while let Some((at, depth)) = open.pop() {
            steps += 1;
            if depth > most || steps > 50 * (most + 1) || rank.get(&at).is_some_and(|known| *known >= depth) {
                continue;
            }
            let fresh = !rank.contains_key(&at);
            rank.insert(at, depth);
            for next in self.model.successors(at) {
                let deeper = if self.model.node(next).attached.is_some() {
                    depth
                } else {
                    depth + 1
                };
                // A way back does not push its target.
                if fresh || !rank.contains_key(&next) {
                    open.push((next, deeper));
                }
            }
        }
        let mut columns: Vec<Vec<NodeIx>> = Vec::new();
        for child in children.into_iter().filter(free) {
            let at = rank.get(&child).copied().unwrap_or(0);
            while columns.len() <= at {
                columns.push(Vec::new());
            }
            columns[at].push(child);
        }
        columns.retain(|column| !column.is_empty());
        columns
    }

    /// Recursion is bounded by the reader's depth limit.
    fn measure(&mut self, container: NodeIx) -> (f64, f64) {
        let (mut width, mut height) = (PAD * 2.0, 0.0_f64);
        for column in self.ranks(container) {
            let (mut widest, mut high) = (0.0_f64, 0.0);
            for ix in column {
                let (w, h) = self.size(ix);
                widest = widest.max(w);
                high += h + GAP_Y;
            }
            width += widest + GAP_X;
            height = height.max(high);
        }
        let size = ((width - GAP_X).max(100.0), (height + PAD * 2.0).max(80.0));
        self.sizes.insert(container, size);
        size
    }

    fn size(&mut self, ix: NodeIx) -> (f64, f64) {
        let node = self.model.node(ix);
        match &node.kind {
            Kind::Sub(_) if !node.children.is_empty() => match self.sizes.get(&ix) {
                Some(size) => *size,
                None => self.measure(ix),
            },
            Kind::Gateway(_) => (50.0, 50.0),
            Kind::Event(_) => (36.0, 36.0),
            _ => (110.0, 70.0),
        }
    }

    fn put(&mut self, container: NodeIx, left: f64, top: f64) {
        let (_, height) = self.sizes.get(&container).copied().unwrap_or((0.0, 0.0));
        let mut x = left + PAD;
        for column in self.ranks(container) {
            let sizes: Vec<(f64, f64)> = column.iter().map(|ix| self.size(*ix)).collect();
            let widest = sizes.iter().map(|(w, _)| *w).fold(0.0, f64::max);
            let high: f64 = sizes.iter().map(|(_, h)| h + GAP_Y).sum::<f64>() - GAP_Y;
            let mut y = top + (height - high) / 2.0;
            for (ix, (w, h)) in column.into_iter().zip(sizes) {
                self.put_node(ix, x + (widest - w) / 2.0, y, w, h);
                y += h + GAP_Y;
            }
            x += widest + GAP_X;
        }
    }

    fn put_in_lanes(&mut self, process: NodeIx, lanes: &[usize], left: f64, top: f64, width: f64) -> f64 {
        let columns = self.ranks(process);
        let mut y = top;
        let mut homeless = true;
        for at in lanes {
            let lane = &self.model.lanes()[*at];
            let id = lane.id.to_string();
            let in_lane = |ix: &NodeIx| {
                self.model.node(*ix).lane == Some(*at) || (homeless && self.model.node(*ix).lane.is_none())
            };
            let rows: Vec<Vec<NodeIx>> = columns
                .iter()
                .map(|c| c.iter().copied().filter(in_lane).collect())
                .collect();
            homeless = false;
            let mut height = 0.0_f64;
            for row in &rows {
                let high: f64 = row.iter().map(|ix| self.size(*ix).1 + GAP_Y).sum();
                height = height.max(high);
            }
            let height = height.max(80.0) + GAP_Y;
            self.shape(&id, left - HEADER, y, width + HEADER, height);
            let mut x = left + PAD;
            for (column, row) in columns.iter().zip(rows) {
                let widest = column.iter().map(|ix| self.size(*ix).0).fold(0.0, f64::max);
                let mut at = y + GAP_Y;
                for ix in row {
                    let (w, h) = self.size(ix);
                    self.put_node(ix, x + (widest - w) / 2.0, at, w, h);
                    at += h + GAP_Y;
                }
                x += widest + GAP_X;
            }
            y += height;
        }
        y
    }

    fn put_node(&mut self, ix: NodeIx, x: f64, y: f64, width: f64, height: f64) {
        let node = self.model.node(ix);
        self.shape(node.id.as_str(), x, y, width, height);
        if matches!(node.kind, Kind::Sub(_)) && !node.children.is_empty() {
            self.put(ix, x, y);
        }
        for (index, boundary) in node.boundary.iter().enumerate() {
            let id = self.model.node(*boundary).id.clone();
            let at = x + width - 30.0 - 44.0 * index as f64;
            self.shape(id.as_str(), at.max(x), y + height - 18.0, 36.0, 36.0);
        }
    }

    fn edges(&mut self) {
        let model = self.model;
        for flow in model.flows() {
            let source = model.node(flow.source);
            let below = source.event().is_some_and(|event| event.place == Place::Boundary);
            self.edge(
                flow.id.as_str(),
                source.id.as_str(),
                model.node(flow.target).id.as_str(),
                below,
            );
        }
        for link in model.message_flows.iter().chain(&model.associations) {
            self.edge(link.id.as_str(), link.source.as_str(), link.target.as_str(), false);
        }
    }

    fn edge(&mut self, id: &str, source: &str, target: &str, below: bool) {
        let (Some(from), Some(to)) = (self.bounds.get(source).copied(), self.bounds.get(target).copied()) else {
            return;
        };
        let (start, end) = (from.center(), to.center());
        let at = |x: f64, y: f64| Point { x, y };
        let points = if below {
            vec![
                at(start.x, from.bottom()),
                at(start.x, end.y.max(from.bottom() + 20.0)),
                at(to.x, end.y),
            ]
        } else if to.x >= from.right() {
            let middle = to.x - GAP_X / 2.0;
            vec![
                at(from.right(), start.y),
                at(middle, start.y),
                at(middle, end.y),
                at(to.x, end.y),
            ]
        } else {
            let low = from.bottom().max(to.bottom()) + GAP_Y / 2.0;
            vec![
                at(start.x, from.bottom()),
                at(start.x, low),
                at(end.x, low),
                at(end.x, to.bottom()),
            ]
        };
        self.diagram.edges.push(Edge {
            element: id.to_owned(),
            points,
            label: None,
        });
    }
}
