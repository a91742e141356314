//! Lines between the columns. In the gutter before each column every source that must change height has an upright
//! track; lines of one source share it.

use std::collections::BTreeMap;

use super::grid::{Grid, Vertex};
use crate::draw::text;
use crate::model::{Bounds, Edge, Model, Point};

const TRACK: f64 = 14.0;
const STUB: f64 = 18.0;
const LABEL_HEIGHT: f64 = 16.0;
const LEFT: f64 = 16.0;

/// What a track is for: the lines leaving a vertex, or the ways back that enter one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trunk {
    Leaving(Vertex),
    Entering(Vertex),
}

pub(super) struct Routes {
    /// x of each gutter's left side; gutter `r` lies before column `r`, the last one behind all.
    gutters: Vec<f64>,
    tracks: Vec<BTreeMap<Trunk, usize>>,
    counts: Vec<usize>,
    centers: Vec<f64>,
    /// Line below all bands for each way back, by flow.
    below: BTreeMap<usize, f64>,
    pub right_end: f64,
    pub bottom_end: f64,
}

impl Routes {
    pub fn of(model: &Model, grid: &Grid) -> Routes {
        let ways_back = (0..grid.flows.len()).filter(|flow| grid.flows[*flow].2);
        let below: BTreeMap<usize, f64> = ways_back
            .enumerate()
            .map(|(row, flow)| (flow, grid.bottom() + 18.0 + 20.0 * row as f64))
            .collect();
        let bottom_end = below.values().next_back().map_or(grid.bottom(), |y| y + 16.0);
        let mut routes = Routes {
            gutters: Vec::new(),
            tracks: Vec::new(),
            counts: Vec::new(),
            centers: Vec::new(),
            below,
            right_end: 0.0,
            bottom_end,
        };
        routes.assign_tracks(grid);
        routes.place_columns(model, grid);
        routes
    }

    pub fn column_center(&self, rank: usize) -> f64 {
        self.centers[rank]
    }

    pub fn edges(&self, model: &Model, grid: &Grid) -> Vec<Edge> {
        (0..grid.flows.len()).map(|flow| self.edge(model, grid, flow)).collect()
    }

    fn assign_tracks(&mut self, grid: &Grid) {
        let mut spans: Vec<BTreeMap<Trunk, (f64, f64)>> = vec![BTreeMap::new(); grid.columns + 1];
        let mut needs = |gutter: usize, trunk: Trunk, from: f64, to: f64| {
            let span = spans[gutter].entry(trunk).or_insert((from, from));
            *span = (span.0.min(from).min(to), span.1.max(from).max(to));
        };
        for (flow, (_, along, _)) in grid.flows.iter().enumerate() {
            if let Some(y) = self.below.get(&flow) {
                let (source, target) = (along[0], along[1]);
                needs(grid.rank_of(source) + 1, Trunk::Leaving(source), grid.y_of(source), *y);
                needs(grid.rank_of(target), Trunk::Entering(target), grid.y_of(target), *y);
                continue;
            }
            for pair in along.windows(2) {
                let (from, to) = (grid.y_of(pair[0]), grid.y_of(pair[1]));
                if from != to {
                    needs(grid.rank_of(pair[1]), Trunk::Leaving(pair[0]), from, to);
                }
            }
        }
        for span in spans {
            let (tracks, count) = pack(span);
            self.tracks.push(tracks);
            self.counts.push(count);
        }
    }

    fn place_columns(&mut self, model: &Model, grid: &Grid) {
        let mut labels = vec![0.0_f64; grid.columns + 1];
        for (index, (_, along, back)) in grid.flows.iter().enumerate() {
            let name = &grid.flow(model, index).name;
            if !name.is_empty() && !back {
                let gutter = grid.rank_of(along[0]) + 1;
                labels[gutter] = labels[gutter].max(label_width(name) + 8.0);
            }
        }
        let mut x = LEFT;
        for (gutter, label) in labels.iter().enumerate() {
            self.gutters.push(x);
            let tracks = self.counts[gutter] as f64 * TRACK;
            x += match gutter {
                0 => tracks,
                _ => STUB + tracks + label + STUB,
            };
            if gutter < grid.columns {
                let width = grid.width_of(gutter);
                self.centers.push(x + width / 2.0);
                x += width;
            }
        }
        self.right_end = x;
    }

    fn track_x(&self, gutter: usize, trunk: Trunk) -> f64 {
        let track = self.tracks[gutter].get(&trunk).copied().unwrap_or(0);
        let stub = if gutter == 0 { 0.0 } else { STUB };
        self.gutters[gutter] + stub + track as f64 * TRACK
    }

    fn edge(&self, model: &Model, grid: &Grid, index: usize) -> Edge {
        let flow = grid.flow(model, index);
        let along = &grid.flows[index].1;
        let (first, last) = (along[0], along[along.len() - 1]);
        let mut points = Vec::new();
        match grid.boundary_at(first, self) {
            Some(center) => {
                points.push(Point {
                    x: center.x,
                    y: center.y + 18.0,
                });
                points.push(Point {
                    x: center.x,
                    y: grid.y_of(first),
                });
            }
            None => points.push(Point {
                x: self.centers[grid.rank_of(first)] + grid.size_of(first).0 / 2.0,
                y: grid.y_of(first),
            }),
        }
        match self.below.get(&index) {
            Some(y) => self.way_back(grid, along, *y, &mut points),
            None => self.forward(grid, along, &mut points),
        }
        points.push(Point {
            x: self.centers[grid.rank_of(last)] - grid.size_of(last).0 / 2.0,
            y: grid.y_of(last),
        });
        points.dedup();
        let label = (!flow.name.is_empty()).then(|| self.label(grid, index, &flow.name));
        Edge {
            element: flow.id.to_string(),
            points: straightened(points),
            label,
        }
    }

    fn forward(&self, grid: &Grid, along: &[Vertex], points: &mut Vec<Point>) {
        for pair in along.windows(2) {
            let (from, to) = (grid.y_of(pair[0]), grid.y_of(pair[1]));
            if from != to {
                let x = self.track_x(grid.rank_of(pair[1]), Trunk::Leaving(pair[0]));
                points.push(Point { x, y: from });
                points.push(Point { x, y: to });
            }
        }
    }

    fn way_back(&self, grid: &Grid, along: &[Vertex], below: f64, points: &mut Vec<Point>) {
        let (source, target) = (along[0], along[1]);
        let out = self.track_x(grid.rank_of(source) + 1, Trunk::Leaving(source));
        let back = self.track_x(grid.rank_of(target), Trunk::Entering(target));
        points.push(Point {
            x: out,
            y: grid.y_of(source),
        });
        points.push(Point { x: out, y: below });
        points.push(Point { x: back, y: below });
        points.push(Point {
            x: back,
            y: grid.y_of(target),
        });
    }

    /// Behind the tracks, on the stretch that belongs to this flow alone.
    fn label(&self, grid: &Grid, index: usize, name: &str) -> Bounds {
        let width = label_width(name);
        let along = &grid.flows[index].1;
        let gutter = grid.rank_of(along[0]) + 1;
        let (x, y) = match self.below.get(&index) {
            Some(below) => {
                let out = self.track_x(gutter, Trunk::Leaving(along[0]));
                (out - width - 2.0 * TRACK, *below)
            }
            None => {
                let tracks = self.counts[gutter] as f64 * TRACK;
                (self.gutters[gutter] + STUB + tracks, grid.y_of(along[1]))
            }
        };
        Bounds {
            x,
            y: y - LABEL_HEIGHT / 2.0,
            width,
            height: LABEL_HEIGHT,
        }
    }
}

/// Room a flow's name needs beside its line.
fn label_width(name: &str) -> f64 {
    const SIZE: f64 = 12.0;
    let lines = text::wrap(name, 7.0 * SIZE, SIZE, 3);
    let widest = lines.iter().map(|line| text::width(line, SIZE));
    widest.fold(0.0, f64::max)
}

/// Gives each span the first track in which it meets no other.
fn pack(spans: BTreeMap<Trunk, (f64, f64)>) -> (BTreeMap<Trunk, usize>, usize) {
    let mut sorted: Vec<_> = spans.into_iter().collect();
    sorted.sort_by(|a, b| a.1.0.total_cmp(&b.1.0).then(a.0.cmp(&b.0)));
    let mut ends: Vec<f64> = Vec::new();
    let mut tracks = BTreeMap::new();
    for (trunk, (top, bottom)) in sorted {
        let free = ends.iter().position(|end| *end < top);
        let track = free.unwrap_or(ends.len());
        match free {
            Some(track) => ends[track] = bottom,
            None => ends.push(bottom),
        }
        tracks.insert(trunk, track);
    }
    (tracks, ends.len())
}

/// Drops points on a straight stretch.
fn straightened(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if let [.., a, b] = kept[..] {
            let level = a.y == b.y && b.y == point.y;
            let plumb = a.x == b.x && b.x == point.x;
            if level || plumb {
                kept.pop();
            }
        }
        kept.push(point);
    }
    kept
}
