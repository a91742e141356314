//! The machine, without its name.

use std::fs::read_to_string;

pub fn described() -> String {
    let cpu = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |line| line.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    format!(
        "{{\"cpu\": \"{model}\", \"cores\": {cores}, \"load\": [{}], \"system\": \"{} {}\"}}",
        load.join(", "),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

/// Nanoseconds this program has had a processor.
pub fn processor_nanos() -> u64 {
    let schedule = read_to_string("/proc/self/schedstat").unwrap_or_default();
    schedule.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}
