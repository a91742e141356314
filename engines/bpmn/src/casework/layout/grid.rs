//! Which column and which row everything stands in.

use std::collections::BTreeMap;

use super::{Flat, ROW};

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
    /// Rows of each band.
    rows: Vec<usize>,
    pub columns: usize,
}

impl Grid {
    pub fn of(flat: &Flat<'_>) -> Grid {
        let ranks = ranks(flat);
        let mut grid = Grid {
            columns: ranks.iter().max().map_or(0, |max| max + 1),
            ranks,
            bands: flat.bands.clone(),
            slots: Vec::new(),
            along: Vec::new(),
            rows: Vec::new(),
        };
        grid.keep_places(flat);
        grid.fill_rows(flat);
        grid
    }

    pub fn rank_of(&self, vertex: Vertex) -> usize {
        self.ranks[vertex]
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
    fn keep_places(&mut self, flat: &Flat<'_>) {
        for line in &flat.lines {
            let mut along = vec![line.from];
            let passed = self.ranks[line.from] + 1..self.ranks[line.to];
            if !line.backward && self.ranks.len() + passed.len() <= MAX_PLACES {
                for rank in passed {
                    along.push(self.ranks.len());
                    self.ranks.push(rank);
                    self.bands.push(self.bands[line.from]);
                }
            }
            along.push(line.to);
            self.along.push(along);
        }
    }

    /// Column by column: each vertex as near as free to the row of what leads to it.
    fn fill_rows(&mut self, flat: &Flat<'_>) {
        let before = self.predecessors(flat);
        let bands = flat.lanes + 1;
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

    fn predecessors(&self, flat: &Flat<'_>) -> Vec<Vec<Vertex>> {
        let mut before = vec![Vec::new(); self.ranks.len()];
        for (line, along) in flat.lines.iter().zip(&self.along) {
            if line.backward {
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
fn ranks(flat: &Flat<'_>) -> Vec<usize> {
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); flat.nodes.len()];
    for line in flat.lines.iter().filter(|line| !line.backward) {
        after[line.from].push(line.to);
    }
    let mut ranks = vec![0; flat.nodes.len()];
    for at in &flat.order {
        for next in &after[*at] {
            ranks[*next] = ranks[*next].max(ranks[*at] + 1);
        }
    }
    ranks
}
