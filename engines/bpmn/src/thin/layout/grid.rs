//! Which column and which row everything stands in.

use std::collections::BTreeMap;

use super::ROW;
use crate::thin::check::paths;
use crate::thin::model::{FlowIx, Model, NodeIx};

/// Places kept for long flows; a chart that needs more is beyond drawing well, and its lines then run straight.
const MAX_PLACES: usize = 50_000;

/// A node, or the place a long flow keeps in a column it passes.
pub(super) type Vertex = usize;

pub(super) struct Grid {
    ranks: Vec<usize>,
    bands: Vec<usize>,
    slots: Vec<usize>,
    /// Vertices along each flow, both ends included; of a way back only the ends.
    pub along: Vec<Vec<Vertex>>,
    pub backward: Vec<bool>,
    /// Rows of each band.
    rows: Vec<usize>,
    pub columns: usize,
}

impl Grid {
    pub fn of(model: &Model) -> Grid {
        let backward = paths::backward_flows(model);
        let ranks = ranks(model, &backward);
        let loose = model.lanes().len();
        let bands = model.nodes().iter().map(|node| node.lane.unwrap_or(loose)).collect();
        let mut grid = Grid {
            columns: ranks.iter().max().map_or(0, |max| max + 1),
            ranks,
            bands,
            slots: Vec::new(),
            along: Vec::new(),
            backward,
            rows: Vec::new(),
        };
        grid.keep_places(model);
        grid.fill_rows(model);
        grid
    }

    pub fn rank(&self, ix: NodeIx) -> usize {
        self.ranks[ix.0]
    }

    pub fn rank_of(&self, vertex: Vertex) -> usize {
        self.ranks[vertex]
    }

    pub fn y(&self, ix: NodeIx) -> f64 {
        self.y_of(ix.0)
    }

    pub fn y_of(&self, vertex: Vertex) -> f64 {
        self.band_top(self.bands[vertex]) + ROW * (self.slots[vertex] as f64 + 0.5)
    }

    pub fn band_top(&self, band: usize) -> f64 {
        self.rows[..band].iter().map(|rows| *rows as f64 * ROW).sum()
    }

    pub fn band_height(&self, band: usize) -> f64 {
        self.rows[band] as f64 * ROW
    }

    pub fn bottom(&self) -> f64 {
        self.band_top(self.rows.len())
    }

    /// Adds vertices for flows that pass over columns.
    fn keep_places(&mut self, model: &Model) {
        for (index, flow) in model.flows().iter().enumerate() {
            let mut along = vec![flow.source.0];
            let passed = self.ranks[flow.source.0] + 1..self.ranks[flow.target.0];
            if !self.backward[index] && self.ranks.len() + passed.len() <= MAX_PLACES {
                for rank in passed {
                    along.push(self.ranks.len());
                    self.ranks.push(rank);
                    self.bands.push(self.bands[flow.source.0]);
                }
            }
            along.push(flow.target.0);
            self.along.push(along);
        }
    }

    /// Column by column: each vertex as near as free to the row of what leads to it.
    fn fill_rows(&mut self, model: &Model) {
        let before = self.predecessors();
        let bands = model.lanes().len() + 1;
        self.slots = vec![0; self.ranks.len()];
        self.rows = vec![0; bands];
        let mut columns: Vec<Vec<Vertex>> = vec![Vec::new(); self.columns];
        for vertex in 0..self.ranks.len() {
            columns[self.ranks[vertex]].push(vertex);
        }
        for column in columns {
            self.fill_column(column, &before);
        }
        for rows in &mut self.rows[..bands - 1] {
            *rows = (*rows).max(1);
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
            }
            self.rows[band] = self.rows[band].max(free);
        }
    }

    fn predecessors(&self) -> Vec<Vec<Vertex>> {
        let mut before = vec![Vec::new(); self.ranks.len()];
        for (index, along) in self.along.iter().enumerate() {
            if self.backward[index] {
                continue;
            }
            for pair in along.windows(2) {
                before[pair[1]].push(pair[0]);
            }
        }
        before
    }
}

/// Longest way from the start, ways back left out.
fn ranks(model: &Model, backward: &[bool]) -> Vec<usize> {
    let mut ranks = vec![0; model.nodes().len()];
    for ix in paths::forward_order(model) {
        let forward = |flow: &&FlowIx| !backward[flow.0];
        for flow in model.node(ix).outgoing.iter().filter(forward) {
            let target = model.flow(*flow).target.0;
            ranks[target] = ranks[target].max(ranks[ix.0] + 1);
        }
    }
    ranks
}
