//! Batches of two programs in turn.

use crate::counting::so_far;
use crate::machine::processor_nanos;
use std::time::{Duration, Instant};

const BATCHES: u32 = 15;
const BATCH: Duration = Duration::from_millis(60);

#[derive(Clone, Copy)]
pub struct Figures {
    /// µs of one run in the fastest batch.
    pub fastest: f64,
    /// Mean µs of processor time of one run.
    pub processor: f64,
    pub allocations: u64,
    pub bytes: u64,
}

impl Figures {
    pub fn json(&self) -> String {
        format!(
            "{{\"us\": {:.3}, \"processor_us\": {:.3}, \"allocations\": {}, \"bytes\": {}}}",
            self.fastest, self.processor, self.allocations, self.bytes
        )
    }
}

pub fn compare(mut ours: impl FnMut(), mut theirs: impl FnMut()) -> (Figures, Figures) {
    let mut one = Batches::new(&mut ours);
    let mut two = Batches::new(&mut theirs);
    for _ in 0..BATCHES {
        one.run(&mut ours);
        two.run(&mut theirs);
    }
    (one.figures(), two.figures())
}

struct Batches {
    runs: u64,
    fastest: f64,
    processor: u64,
    allocations: u64,
    bytes: u64,
    batches: u64,
}

impl Batches {
    /// Warms up, finds how many runs fill a batch, and counts what one run allocates.
    fn new(run: &mut impl FnMut()) -> Batches {
        run();
        let before = so_far();
        run();
        let after = so_far();
        let begun = Instant::now();
        let mut runs = 0;
        while begun.elapsed() < BATCH {
            run();
            runs += 1;
        }
        Batches {
            runs,
            fastest: f64::INFINITY,
            processor: 0,
            allocations: after.0 - before.0,
            bytes: after.1 - before.1,
            batches: 0,
        }
    }

    fn run(&mut self, run: &mut impl FnMut()) {
        let processor = processor_nanos();
        let begun = Instant::now();
        for _ in 0..self.runs {
            run();
        }
        let each = begun.elapsed().as_secs_f64() * 1e6 / self.runs as f64;
        self.processor += processor_nanos() - processor;
        self.fastest = self.fastest.min(each);
        self.batches += 1;
    }

    fn figures(&self) -> Figures {
        Figures {
            fastest: self.fastest,
            processor: self.processor as f64 / 1000.0 / (self.runs * self.batches) as f64,
            allocations: self.allocations,
            bytes: self.bytes,
        }
    }
}
