//! Samples, quantiles, and what machine this is.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use serde_json::{Value as Json, json};

/// Durations by name.
#[derive(Default)]
pub struct Samples(BTreeMap<&'static str, Vec<Duration>>);

impl Samples {
    pub fn add(&mut self, name: &'static str, took: Duration) {
        self.0.entry(name).or_default().push(took);
    }

    pub fn merge(&mut self, other: Samples) {
        for (name, mut samples) in other.0 {
            self.0.entry(name).or_default().append(&mut samples);
        }
    }

    pub fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// The duration below which this share of all samples lies.
    pub fn at(&self, share: f64) -> Duration {
        let mut all: Vec<Duration> = self.0.values().flatten().copied().collect();
        all.sort_unstable();
        let index = ((all.len() as f64 * share) as usize).min(all.len().saturating_sub(1));
        all.get(index).copied().unwrap_or_default()
    }

    /// p50, p99 and the worst of each name, in milliseconds.
    pub fn quantiles(&self) -> Json {
        let mut out = serde_json::Map::new();
        for (name, samples) in &self.0 {
            let mut sorted = samples.clone();
            sorted.sort_unstable();
            let at = |share: f64| {
                let index = ((sorted.len() as f64 * share) as usize).min(sorted.len() - 1);
                (sorted[index].as_secs_f64() * 100_000.0).round() / 100.0
            };
            out.insert(
                (*name).to_owned(),
                json!({ "p50": at(0.5), "p99": at(0.99), "max": at(1.0) }),
            );
        }
        Json::Object(out)
    }
}

pub fn machine() -> Json {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let processor = read("/proc/cpuinfo").lines().find_map(|line| {
        line.strip_prefix("model name")
            .map(|rest| rest.trim_start_matches([' ', '\t', ':']).to_owned())
    });
    let memory = read("/proc/meminfo").lines().next().unwrap_or_default().to_owned();
    json!({
        "processor": processor,
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "memory": memory,
        "load": load(),
    })
}

/// How busy the machine is: running averages of 1, 5 and 15 minutes, then what runs now.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.trim().to_owned()
}

/// User and system time of a process so far, in milliseconds (the kernel counts in ticks of 10 ms).
pub fn process_milliseconds(process: &str) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The second field is a name in brackets and may hold spaces: count behind it.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<u64>().ok())
            .unwrap_or(0)
    };
    (ticks(11) + ticks(12)) * 10
}

/// What a process (`self`, or its number) holds in memory.
pub fn resident_bytes(process: &str) -> u64 {
    let statm = fs::read_to_string(format!("/proc/{process}/statm")).unwrap_or_default();
    let pages = statm
        .split_whitespace()
        .nth(1)
        .and_then(|field| field.parse::<u64>().ok())
        .unwrap_or(0);
    pages * 4096
}
