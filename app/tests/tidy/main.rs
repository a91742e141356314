//! What we ask of ourselves, as tests: direction of dependencies, pure files, small files, a true map.
#![allow(clippy::unwrap_used, reason = "tests")]

mod doors;
mod refusals;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn tracked(ending: &str) -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files"])
        .current_dir(root())
        .output()
        .unwrap();
    let text = String::from_utf8(listed.stdout).unwrap();
    let mut files: Vec<String> = text
        .lines()
        .filter(|line| line.ends_with(ending) && root().join(line).exists())
        .map(str::to_owned)
        .collect();
    files.sort();
    assert!(!files.is_empty(), "git lists no {ending} files: is this a checkout?");
    files
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Room of a crate by its folder.
fn level(folder: &str) -> u8 {
    match folder.split('/').next().unwrap() {
        "engines" => 0,
        "base" => 1,
        "capabilities" => 2,
        "app" => 3,
        other => panic!("{other} is no room of the house"),
    }
}

/// crate name → (folder, workspace crates it depends on outside tests)
fn crates() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut crates = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap();
        let folder = manifest.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        let needs = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"].is_null())
            .filter_map(|dependency| dependency["name"].as_str())
            .filter(|name| name.starts_with("mingjing"))
            .map(str::to_owned)
            .collect();
        crates.insert(package["name"].as_str().unwrap().to_owned(), (folder, needs));
    }
    crates
}

/// Among capabilities: hall, studio → cases → catalogue → people; the ledger knows none of them, and each may hand out
/// receipts.
const CAPABILITY_ORDER: [&str; 6] = [
    "mingjing-ledger",
    "mingjing-people",
    "mingjing-catalogue",
    "mingjing-cases",
    "mingjing-studio",
    "mingjing-hall",
];

#[test]
fn dependencies_point_down_only() {
    let crates = crates();
    for (name, (folder, needs)) in &crates {
        for need in needs {
            let (other, _) = &crates[need];
            let allowed = match (level(folder), level(other)) {
                // Engines know nobody but calendar and codes.
                (0, 0) => matches!(need.as_str(), "mingjing-calendar" | "mingjing-codes"),
                (1, 1) => true,
                (2, 2) => {
                    let place = |name: &str| CAPABILITY_ORDER.iter().position(|known| *known == name);
                    place(need) < place(name)
                }
                (upper, lower) => upper > lower,
            };
            assert!(allowed, "{folder} may not depend on {other}");
        }
    }
}

/// The part of a file that ships: tests may do what they need.
fn shipped(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap()
}

#[test]
fn pure_files_touch_neither_clock_nor_chance_nor_the_world() {
    const FORBIDDEN: [&str; 12] = [
        "rusqlite",
        "tokio",
        "axum",
        "hyper",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "getrandom",
        "thread_rng",
        "std::net",
        "std::process",
    ];
    let mut seen = 0;
    for file in tracked(".rs") {
        let pure = (file.starts_with("engines/") && file.contains("/src/"))
            || file.contains("/src/decide/")
            || file.ends_with("/src/events.rs");
        if !pure {
            continue;
        }
        seen += 1;
        let text = read(&file);
        for (number, line) in shipped(&text).lines().enumerate() {
            let code = line.split("//").next().unwrap();
            for word in FORBIDDEN {
                assert!(!code.contains(word), "{file}:{}: {word} in a pure file", number + 1);
            }
        }
    }
    assert!(seen > 50, "only {seen} pure files found");
}

/// Files may grow to this many lines; the ones listed in `sizes.txt` to their own number, which only shrinks.
const MOST_LINES: usize = 600;

#[test]
fn files_stay_small_enough_to_know() {
    let mut ratchet: BTreeMap<&str, usize> = BTreeMap::new();
    for line in include_str!("sizes.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (file, most) = line.split_once(' ').unwrap();
        ratchet.insert(file, most.parse().unwrap());
    }
    for file in tracked(".rs") {
        let lines = read(&file).lines().count();
        let most = ratchet.remove(file.as_str()).unwrap_or(MOST_LINES);
        assert!(
            lines <= most,
            "{file} has {lines} lines, {most} are allowed: give it a wall"
        );
    }
    assert!(ratchet.is_empty(), "sizes.txt lists files that are gone: {ratchet:?}");
}

#[test]
fn nothing_is_called_utils() {
    for file in tracked(".rs") {
        for part in file.split('/') {
            let stem = part.trim_end_matches(".rs");
            let vague = ["utils", "util", "helpers", "helper", "common", "types", "misc"];
            assert!(!vague.contains(&stem), "{file}: a name that says nothing");
        }
    }
}

#[test]
fn architecture_lists_what_exists() {
    let map = read("ARCHITECTURE.md");
    for (name, (folder, _)) in crates() {
        assert!(
            map.contains(&format!("`{folder}")),
            "ARCHITECTURE.md does not mention {folder} ({name})"
        );
    }
    for line in map.lines() {
        let Some(path) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next()) else {
            continue;
        };
        let is_path = [
            "engines/",
            "base/",
            "capabilities/",
            "app/",
            "demo/",
            "docs/",
            "web/",
            "e2e/",
            "profiles/",
        ]
        .iter()
        .any(|room| path.starts_with(room));
        assert!(
            !is_path || root().join(path).exists(),
            "ARCHITECTURE.md lists {path}, which does not exist"
        );
    }
}

/// Every table that is not a view stands in ARCHITECTURE with owner and retention: the list is closed.
#[test]
fn the_list_of_tables_is_closed() {
    let map = read("ARCHITECTURE.md");
    let mut seen = 0;
    for file in tracked(".rs") {
        let own = file.starts_with("base/chronicle/src") || file.starts_with("capabilities/");
        if !own || file.contains("/tests/") {
            continue;
        }
        let text = read(&file);
        for piece in shipped(&text).split("CREATE TABLE ").skip(1) {
            let name: String = piece
                .trim_start_matches("IF NOT EXISTS ")
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            // Names in braces are views; they need no place in the list.
            if !name.is_empty() {
                seen += 1;
                assert!(
                    map.contains(&format!("| `{name}` |")),
                    "table {name} ({file}) is not in ARCHITECTURE.md"
                );
            }
        }
    }
    assert!(seen >= 10, "only {seen} tables found");
}

#[test]
fn decision_records_have_unique_numbers() {
    let mut numbers = BTreeSet::new();
    for file in tracked(".md").iter().filter(|file| file.starts_with("docs/adr/")) {
        let number = file
            .trim_start_matches("docs/adr/")
            .split('-')
            .next()
            .unwrap()
            .to_owned();
        assert!(numbers.insert(number.clone()), "ADR {number} exists twice");
    }
    assert!(numbers.len() >= 3);
}
