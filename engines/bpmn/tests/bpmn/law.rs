//! The prover with the law: `fixtures/proofs/*.txt`, each rule with a flow that keeps it and one that breaks it; and the
//! flows of the demo city.
//!
//! A case begins with `== name`. `power:`, `promised:` and `statutory:` (`20 working_day`), `posts:` (`handler=承办人*2`; `*0`
//! nobody holds it; without a number it is outside the body), `forms:`, `papers:`, `decisions:`, then what is expected:
//! `finds:` (code@element of every finding, errors with `!`) and `way:` (of the first error). The rest is the model.
//! `UPDATE=1` writes what came out; read it before believing it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mingjing_bpmn::Severity;
use mingjing_bpmn::check::{Inventory, Post, Proof, Purpose, Span, prove};

use crate::flow_rules::FlowRules;
use crate::shorthand;

const SETTINGS: [&str; 7] = [
    "power",
    "promised",
    "statutory",
    "posts",
    "forms",
    "papers",
    "decisions",
];

#[derive(Default)]
struct Case {
    name: String,
    model: String,
    settings: Vec<(String, String)>,
    finds: String,
    way: String,
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("== ") {
            cases.push(Case {
                name: name.to_owned(),
                ..Case::default()
            });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        match key {
            "finds" => case.finds = value.trim().to_owned(),
            "way" => case.way = value.trim().to_owned(),
            _ if SETTINGS.contains(&key) => case.settings.push((key.to_owned(), value.trim().to_owned())),
            _ if line.trim().is_empty() => {}
            _ => writeln!(case.model, "{line}").unwrap(),
        }
    }
    cases
}

impl Case {
    fn get(&self, key: &str) -> Option<&str> {
        let found = self.settings.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }

    fn span(&self, key: &str) -> Option<Span> {
        let (amount, unit) = self.get(key)?.split_once(' ').unwrap();
        Some(Span {
            amount: amount.parse().unwrap(),
            unit: unit.to_owned(),
        })
    }

    fn inventory(&self) -> Inventory {
        let words = |key| {
            self.get(key)
                .map(|text| text.split_whitespace().map(str::to_owned).collect())
        };
        let posts = self
            .get("posts")
            .map(|text| text.split_whitespace().map(post).collect());
        let mut inventory = Inventory {
            posts,
            forms: words("forms"),
            papers: words("papers"),
            decisions: words("decisions"),
            ..Inventory::default()
        };
        if let Some(power) = self.get("power") {
            let purpose = Purpose {
                power: power.to_owned(),
                promised: self.span("promised"),
                statutory: self.span("statutory"),
            };
            inventory.flows.insert("*".to_owned(), purpose);
        }
        inventory
    }
}

fn post(text: &str) -> (String, Post) {
    let (key, name) = text.split_once('=').unwrap();
    let (name, holders) = match name.split_once('*') {
        Some((name, holders)) => (name, Some(holders.parse().unwrap())),
        None => (name, None),
    };
    let name = name.to_owned();
    (key.to_owned(), Post { name, holders })
}

fn found(proof: &Proof) -> (String, String) {
    let codes = proof.problems.iter().map(|problem| {
        let mark = if problem.severity == Severity::Error { "!" } else { "" };
        format!("{mark}{}@{}", problem.code, problem.element.as_deref().unwrap_or("-"))
    });
    let way = proof
        .problems
        .iter()
        .find(|problem| problem.severity == Severity::Error);
    let way = way.map_or_else(String::new, |problem| problem.path.join(" "));
    (codes.collect::<Vec<_>>().join(" "), way)
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/proofs");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_rule_is_kept_and_broken_as_written() {
    let update = std::env::var("UPDATE").is_ok();
    let (mut wrong, mut count) = (String::new(), 0);
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let head = text.split("== ").next().unwrap_or_default().to_owned();
        let mut written = head;
        for case in cases(&text) {
            count += 1;
            let proof = prove(&shorthand::xml(&case.model), &case.inventory(), &FlowRules::new());
            let (finds, way) = found(&proof);
            if (&finds, &way) != (&case.finds, &case.way) {
                writeln!(
                    wrong,
                    "{}\n  expected {} | {}\n  got      {finds} | {way}",
                    case.name, case.finds, case.way
                )
                .unwrap();
                for problem in &proof.problems {
                    writeln!(wrong, "  {problem}").unwrap();
                }
            }
            writeln!(written, "== {}", case.name).unwrap();
            for (key, value) in &case.settings {
                writeln!(written, "{key}: {value}").unwrap();
            }
            written.push_str(&case.model);
            writeln!(written, "{}", format!("finds: {finds}").trim_end()).unwrap();
            if !way.is_empty() {
                writeln!(written, "way: {way}").unwrap();
            }
            written.push('\n');
        }
        if update {
            std::fs::write(&file, written.trim_end().to_owned() + "\n").unwrap();
        }
    }
    assert!(update || wrong.is_empty(), "{wrong}");
    assert!(count >= 40, "only {count} cases");
}

fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../demo/flows")
        .join(name)
}

/// Of the search over one demo flow.
const MOST_STATES: usize = 1_000;

#[test]
fn the_demo_citys_flows_are_proven_with_its_posts_papers_and_limits() {
    let inventory = std::fs::read_to_string(demo("inventory.json")).unwrap();
    let inventory = Inventory::from_json(&inventory).unwrap();
    let rules = FlowRules::new();
    let mut wrong = String::new();
    let mut count = 0;
    let mut files: Vec<PathBuf> = (std::fs::read_dir(demo("")).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|e| e == "bpmn"))
    {
        count += 1;
        let xml = std::fs::read_to_string(file).unwrap();
        let proof = prove(&xml, &inventory, &rules);
        let name = file.file_name().unwrap().to_string_lossy();
        eprintln!("{name}: {} states", proof.states);
        for problem in &proof.problems {
            eprintln!("  {problem} {:?}", problem.path);
        }
        if !proof.holds() {
            writeln!(wrong, "{name}: {:?} {:?}", proof.soundness, proof.operations).unwrap();
            for problem in &proof.problems {
                writeln!(wrong, "  {problem} {:?}", problem.path).unwrap();
            }
        }
        // How long it takes is told by the bench; here the work is bounded.
        if proof.states > MOST_STATES {
            writeln!(wrong, "{name}: {} states", proof.states).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 11, "only {count} flows");
}

#[test]
fn the_demo_citys_inventory_is_what_the_demo_city_has() {
    let inventory = Inventory::from_json(&std::fs::read_to_string(demo("inventory.json")).unwrap()).unwrap();
    let city = demo("..");
    let officers = std::fs::read_to_string(city.join("officers.csv")).unwrap();
    let roles: Vec<&str> = officers
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(5))
        .flat_map(|roles| roles.split(';'))
        .collect();
    for (key, post) in inventory.posts.as_ref().unwrap() {
        if let Some(holders) = post.holders {
            let held = roles.iter().filter(|role| *role == key).count();
            assert_eq!(holders as usize, held, "{key}");
        }
    }
    for (folder, ending, stated, but) in [
        ("papers", "typ", inventory.papers.as_ref().unwrap(), "house"),
        ("forms", "json", inventory.forms.as_ref().unwrap(), ""),
    ] {
        let there: std::collections::BTreeSet<String> = std::fs::read_dir(city.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == ending))
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .filter(|name| name != but)
            .collect();
        assert_eq!(*stated, there, "{folder}");
    }
}
