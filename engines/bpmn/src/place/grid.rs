//! Which column and which row everything in one container stands in.

use std::collections::{BTreeMap, HashMap};

use super::route::Routes;
use crate::model::{Bounds, Flow, FlowIx, Kind, Model, NodeIx, Point, SubKind};

/// Height of a row: a task, or a gateway with its name below.
const ROW: f64 = 100.0;
/// Beside and between what stands in a row.
const ROOM: f64 = 40.0;
const COLUMN: f64 = 60.0;
/// Height of a letter of an upright name.
const LETTER: f64 = 18.5;
/// Names in other letters are turned.
const TURNED: f64 = 6.5;
/// Places kept for long flows; a chart that needs more is beyond drawing well, and its lines then run straight.
const MOST_PLACES: usize = 50_000;

/// A node, a boundary event, or the place a long flow keeps in a column it passes.
pub(super) type Vertex = usize;

pub(super) struct Grid {
    nodes: Vec<NodeIx>,
    sizes: Vec<(f64, f64)>,
    index: HashMap<NodeIx, Vertex>,
    /// Boundary events: what they hang on, and the how manieth there.
    attached: HashMap<Vertex, (Vertex, usize)>,
    ranks: Vec<usize>,
    bands: Vec<usize>,
    slots: Vec<usize>,
    /// Flows of the container with the vertices along each; of a way back only the ends.
    pub flows: Vec<(FlowIx, Vec<Vertex>, bool)>,
    /// Heights of the rows of each band.
    rows: Vec<Vec<f64>>,
    leaf_lanes: Vec<usize>,
    outer_lanes: Vec<(usize, usize, usize)>,
    pub columns: usize,
}

impl Grid {
    pub fn of(model: &Model, container: NodeIx, size: &dyn Fn(NodeIx) -> (f64, f64)) -> Grid {
        let children = &model.node(container).children;
        let (boundary, nodes): (Vec<NodeIx>, Vec<NodeIx>) = children
            .iter()
            .partition(|ix| model.node(**ix).attached.is_some() && model.node(**ix).event().is_some());
        let mut grid = Grid {
            sizes: nodes.iter().map(|ix| size(*ix)).collect(),
            index: nodes.iter().enumerate().map(|(at, ix)| (*ix, at)).collect(),
            ranks: vec![0; nodes.len()],
            nodes,
            attached: HashMap::new(),
            bands: Vec::new(),
            slots: Vec::new(),
            flows: Vec::new(),
            rows: Vec::new(),
            leaf_lanes: Vec::new(),
            outer_lanes: Vec::new(),
            columns: 0,
        };
        grid.find_lanes(model, container);
        grid.bands = grid.nodes.iter().map(|ix| grid.band(model, *ix)).collect();
        grid.hang(model, &boundary);
        grid.find_flows(model, container);
        grid.rank(model);
        grid.keep_places();
        grid.fill_rows(model);
        grid
    }

    /// Only lanes without lanes in them are bands; the others stand around theirs.
    fn find_lanes(&mut self, model: &Model, container: NodeIx) {
        let lanes = model.lanes();
        let own: Vec<usize> = (0..lanes.len()).filter(|at| lanes[*at].process == container).collect();
        for (position, at) in own.iter().enumerate() {
            let inner = own[position + 1..]
                .iter()
                .take_while(|next| lanes[**next].depth > lanes[*at].depth);
            let inner = inner.count();
            if inner == 0 {
                self.leaf_lanes.push(*at);
            } else {
                let leaves = own[position + 1..position + 1 + inner].iter().enumerate();
                let is_leaf = |(at, lane): &(usize, &usize)| {
                    let next = own.get(position + 2 + at);
                    next.is_none_or(|next| lanes[*next].depth <= lanes[**lane].depth)
                };
                let first = self.leaf_lanes.len();
                let count = leaves.filter(is_leaf).count();
                self.outer_lanes.push((*at, first, count));
            }
        }
    }

    /// Bands of the lanes, one below them for what lies in none; and one for what begins by itself.
    fn band(&self, model: &Model, ix: NodeIx) -> usize {
        let node = model.node(ix);
        let aside =
            node.kind == Kind::Sub(SubKind::Event) || node.activity.as_ref().is_some_and(|a| a.for_compensation);
        let lane = node
            .lane
            .and_then(|lane| self.leaf_lanes.iter().position(|leaf| *leaf == lane));
        match lane {
            Some(lane) => lane,
            None => self.leaf_lanes.len() + usize::from(aside),
        }
    }

    fn hang(&mut self, model: &Model, boundary: &[NodeIx]) {
        let mut counts: HashMap<Vertex, usize> = HashMap::new();
        for ix in boundary {
            let host = model.node(*ix).attached.and_then(|host| self.index.get(&host)).copied();
            let Some(host) = host else { continue };
            let vertex = self.nodes.len();
            let count = counts.entry(host).or_default();
            self.attached.insert(vertex, (host, *count));
            *count += 1;
            self.nodes.push(*ix);
            self.sizes.push((0.0, 0.0));
            self.index.insert(*ix, vertex);
            self.ranks.push(0);
            self.bands.push(self.bands[host]);
        }
    }

    fn find_flows(&mut self, model: &Model, container: NodeIx) {
        for (at, flow) in model.flows().iter().enumerate() {
            if model.node(flow.source).parent == Some(container)
                && let (Some(from), Some(to)) = (self.index.get(&flow.source), self.index.get(&flow.target))
            {
                self.flows.push((FlowIx(at as u32), vec![*from, *to], false));
            }
        }
    }

    fn host(&self, vertex: Vertex) -> Vertex {
        self.attached.get(&vertex).map_or(vertex, |(host, _)| *host)
    }

    /// Longest way from what nothing leads to, ways back left out.
    fn rank(&mut self, model: &Model) {
        let mut next: Vec<Vec<(usize, Vertex)>> = vec![Vec::new(); self.nodes.len()];
        let mut led_to = vec![false; self.nodes.len()];
        for (at, (_, ends, _)) in self.flows.iter().enumerate() {
            next[self.host(ends[0])].push((at, ends[1]));
            led_to[ends[1]] = true;
        }
        let roots = (0..self.nodes.len()).filter(|v| !led_to[*v]).chain(0..self.nodes.len());
        let mut order = Vec::new();
        let mut mark = vec![0u8; self.nodes.len()];
        for root in roots.collect::<Vec<_>>() {
            if mark[root] != 0 {
                continue;
            }
            mark[root] = 1;
            let mut stack = vec![(root, 0)];
            while let Some((at, child)) = stack.last_mut() {
                let Some((flow, to)) = next[*at].get(*child).copied() else {
                    mark[*at] = 2;
                    order.push(*at);
                    stack.pop();
                    continue;
                };
                *child += 1;
                match mark[to] {
                    0 => {
                        mark[to] = 1;
                        stack.push((to, 0));
                    }
                    1 => self.flows[flow].2 = true,
                    _ => {}
                }
            }
        }
        for at in order.into_iter().rev() {
            for (flow, to) in &next[at] {
                if !self.flows[*flow].2 {
                    self.ranks[*to] = self.ranks[*to].max(self.ranks[at] + 1);
                }
            }
        }
        for vertex in 0..self.nodes.len() {
            self.ranks[vertex] = self.ranks[self.host(vertex)];
            // What undoes an activity stands below it.
            let event = self.nodes[vertex];
            if let Some(handler) = model.node(event).handler.and_then(|ix| self.index.get(&ix)).copied() {
                self.ranks[handler] = self.ranks[vertex];
            }
        }
        self.columns = self.ranks.iter().max().map_or(0, |max| max + 1);
    }

    /// Adds vertices for flows that pass over columns.
    fn keep_places(&mut self) {
        for flow in 0..self.flows.len() {
            let (_, ends, back) = &self.flows[flow];
            let (from, to, back) = (ends[0], ends[1], *back);
            let passed = self.ranks[from] + 1..self.ranks[to];
            if back || self.ranks.len() + passed.len() > MOST_PLACES {
                continue;
            }
            let mut along = vec![from];
            for rank in passed {
                along.push(self.ranks.len());
                self.ranks.push(rank);
                self.bands.push(self.bands[from]);
                self.sizes.push((0.0, 0.0));
            }
            along.push(to);
            self.flows[flow].1 = along;
        }
    }

    /// Column by column: each vertex as near as free to the row of what leads to it.
    fn fill_rows(&mut self, model: &Model) {
        let mut before: Vec<Vec<Vertex>> = vec![Vec::new(); self.ranks.len()];
        for (_, along, back) in &self.flows {
            for pair in along.windows(2).filter(|_| !back) {
                before[pair[1]].push(pair[0]);
            }
        }
        self.slots = vec![0; self.ranks.len()];
        self.rows = vec![Vec::new(); self.leaf_lanes.len() + 2];
        let mut columns: Vec<Vec<Vertex>> = vec![Vec::new(); self.columns];
        for vertex in 0..self.ranks.len() {
            if !self.attached.contains_key(&vertex) {
                columns[self.ranks[vertex]].push(vertex);
            }
        }
        for column in columns {
            self.fill_column(column, &before);
        }
        for (lane, rows) in self.leaf_lanes.iter().zip(&mut self.rows) {
            if rows.is_empty() {
                rows.push(ROW);
            }
            // An upright name needs its height.
            let name = model.lanes()[*lane].name.chars();
            let name = name.map(|c| if c.is_ascii() { TURNED } else { LETTER }).sum::<f64>() + 12.0;
            let missing = name - rows.iter().sum::<f64>();
            if let Some(last) = rows.last_mut().filter(|_| missing > 0.0) {
                *last += missing;
            }
        }
    }

    fn fill_column(&mut self, column: Vec<Vertex>, before: &[Vec<Vertex>]) {
        // Bands weigh more than rows, so that order in a cell follows order above and below.
        let height = |grid: &Grid, v: Vertex| grid.bands[v] * 1000 + grid.slots[v] * 10;
        let mut cells: BTreeMap<usize, Vec<(usize, usize, Vertex)>> = BTreeMap::new();
        for vertex in column {
            let heights = before[vertex].iter().map(|v| height(self, *v));
            let mean = match before[vertex].len() {
                0 => 0,
                count => heights.sum::<usize>() / count,
            };
            let same_band = before[vertex].iter().filter(|v| self.bands[**v] == self.bands[vertex]);
            let wish = same_band.map(|v| self.slots[*v]).min().unwrap_or(0);
            let cell = cells.entry(self.bands[vertex]).or_default();
            cell.push((mean, wish, vertex));
        }
        for (band, mut cell) in cells {
            cell.sort_unstable();
            let mut free = 0;
            for (_, wish, vertex) in cell {
                let slot = free.max(wish);
                self.slots[vertex] = slot;
                free = slot + 1;
                while self.rows[band].len() < free {
                    self.rows[band].push(ROW);
                }
                let needs = self.height_with_events(vertex);
                self.rows[band][slot] = self.rows[band][slot].max(needs);
            }
        }
        // What leads out of a boundary event goes on a row lower.
        for (event, (host, _)) in &self.attached {
            self.slots[*event] = self.slots[*host] + 1;
        }
    }

    fn height_with_events(&self, vertex: Vertex) -> f64 {
        let events = self.attached.values().filter(|(host, _)| *host == vertex).count() as f64;
        let below = if events > 0.0 { 60.0 + 16.0 * events } else { 0.0 };
        self.sizes[vertex].1 + ROOM + below
    }

    pub fn rank_of(&self, vertex: Vertex) -> usize {
        self.ranks[vertex]
    }

    pub fn size_of(&self, vertex: Vertex) -> (f64, f64) {
        self.sizes[vertex]
    }

    /// Of a boundary event: where its line turns, below the name.
    pub fn y_of(&self, vertex: Vertex) -> f64 {
        if let Some((host, count)) = self.attached.get(&vertex) {
            return self.y_of(*host) + self.sizes[*host].1 / 2.0 + 34.0 + 8.0 * *count as f64;
        }
        let rows = &self.rows[self.bands[vertex]];
        let slot = self.slots[vertex].min(rows.len().saturating_sub(1));
        self.band_top(self.bands[vertex]) + rows[..slot].iter().sum::<f64>() + rows.get(slot).unwrap_or(&ROW) / 2.0
    }

    fn band_top(&self, band: usize) -> f64 {
        self.rows[..band].iter().flatten().sum()
    }

    fn band_height(&self, band: usize) -> f64 {
        self.rows[band].iter().sum()
    }

    pub fn bottom(&self) -> f64 {
        self.band_top(self.rows.len())
    }

    pub fn width_of(&self, column: usize) -> f64 {
        let widths = (0..self.ranks.len())
            .filter(|v| self.ranks[*v] == column)
            .map(|v| self.sizes[v].0);
        widths.fold(COLUMN, f64::max)
    }

    pub fn lanes(&self) -> Vec<(usize, f64, f64)> {
        let outer = self.outer_lanes.iter().map(|(lane, first, count)| {
            let height = (*first..first + count).map(|band| self.band_height(band)).sum();
            (*lane, self.band_top(*first), height)
        });
        let leaves = self.leaf_lanes.iter().enumerate();
        let leaves = leaves.map(|(band, lane)| (*lane, self.band_top(band), self.band_height(band)));
        outer.chain(leaves).collect()
    }

    /// Nodes but boundary events, with their centres.
    pub fn nodes(&self, routes: &Routes) -> Vec<(NodeIx, Point)> {
        (0..self.nodes.len())
            .filter(|vertex| !self.attached.contains_key(vertex))
            .map(|vertex| {
                let center = Point {
                    x: routes.column_center(self.ranks[vertex]),
                    y: self.y_of(vertex),
                };
                (self.nodes[vertex], center)
            })
            .collect()
    }

    /// The boundary events of a node, with their centres on its lower edge, from the right.
    pub fn boundary_events(&self, ix: NodeIx, host: Bounds) -> Vec<(NodeIx, Point)> {
        let Some(vertex) = self.index.get(&ix) else {
            return Vec::new();
        };
        let mut events: Vec<(NodeIx, Point)> = (self.attached.iter())
            .filter(|(_, (on, _))| on == vertex)
            .map(|(event, (_, count))| (self.nodes[*event], boundary_center(host, *count)))
            .collect();
        events.sort_by_key(|(ix, _)| *ix);
        events
    }

    /// Where a boundary event's centre lies, given where its host's does.
    pub fn boundary_at(&self, vertex: Vertex, routes: &Routes) -> Option<Point> {
        let (host, count) = self.attached.get(&vertex)?;
        let (width, height) = self.sizes[*host];
        let center = (routes.column_center(self.ranks[*host]), self.y_of(*host));
        let bounds = Bounds {
            x: center.0 - width / 2.0,
            y: center.1 - height / 2.0,
            width,
            height,
        };
        Some(boundary_center(bounds, *count))
    }

    pub fn flow<'m>(&self, model: &'m Model, at: usize) -> &'m Flow {
        model.flow(self.flows[at].0)
    }
}

fn boundary_center(host: Bounds, count: usize) -> Point {
    let x = host.right() - 24.0 - 42.0 * count as f64;
    Point {
        x: x.max(host.x + 10.0),
        y: host.bottom(),
    }
}
