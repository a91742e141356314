//! Small models with scripts and what must come of them: `fixtures/flows/*.txt`.
//!
//! A case begins with `== name`. Lines `script:` (acts by `;`), `vars:`, `auto`, `stub: true|false`, `until:`, then what is
//! expected: `status:`, `done:` (every completed element in order), `also:` (everything cancelled, failed, compensated or
//! fired), `open:`, `at:` (element=when completed), `has:` (variables), `code:` (of a refusal). The rest is the model.
//! `UPDATE=1` writes what came out; read it before believing it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use mingjing_bpmn::model;
use mingjing_bpmn::run::{self, Act, Report, Setting, Status};
use serde_json::{Map, Value, json};

use crate::flow_rules::{FlowRules, Stub};
use crate::shorthand;

pub struct Case {
    pub name: String,
    pub model: String,
    settings: Vec<(String, String)>,
    expected: Vec<(String, String)>,
}

const SETTINGS: [&str; 6] = ["script", "vars", "auto", "stub", "until", "process"];
const EXPECTED: [&str; 7] = ["status", "code", "done", "also", "open", "at", "has"];

pub fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/flows");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

pub fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("== ") {
            cases.push(Case {
                name: name.to_owned(),
                model: String::new(),
                settings: Vec::new(),
                expected: Vec::new(),
            });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        let (key, value) = line.split_once(':').unwrap_or((line.trim(), ""));
        let entry = (key.to_owned(), value.trim().to_owned());
        if SETTINGS.contains(&key) {
            case.settings.push(entry);
        } else if EXPECTED.contains(&key) {
            case.expected.push(entry);
        } else if !line.trim().is_empty() {
            case.model.push_str(line);
            case.model.push('\n');
        }
    }
    cases
}

impl Case {
    fn setting(&self, key: &str) -> Option<&str> {
        let found = self.settings.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }

    pub fn xml(&self) -> String {
        shorthand::xml(&self.model)
    }

    pub fn report(&self) -> Report {
        let model = match model::read(&self.xml()) {
            Ok(model) => model,
            Err(problems) => {
                let first = &problems[0];
                return Report::refused(first.code, first.element.clone(), first.message.clone());
            }
        };
        run::run(&model, &self.conditions(), &rules(self.setting("stub")))
    }

    pub fn conditions(&self) -> Setting {
        let start = run::moment("2026-01-01T00:00:00+08:00").unwrap();
        let acts: Vec<Value> = self.setting("script").map_or_else(Vec::new, script);
        Setting {
            process: self.setting("process").map(str::to_owned),
            vars: self
                .setting("vars")
                .map_or_else(Map::new, |text| serde_json::from_str(text).unwrap()),
            script: Act::list(&Value::Array(acts)).unwrap_or_else(|error| panic!("{}: {error}", self.name)),
            auto: self.setting("auto").is_some(),
            start,
            until: self.setting("until").map(|text| run::span(start, text).unwrap()),
        }
    }
}

pub fn rules(stub: Option<&str>) -> FlowRules {
    let mut rules = FlowRules::new();
    if let Some(answer) = stub {
        rules.stub_scripts = true;
        rules.stub_conditions = Some(Stub::Always(answer == "true"));
    }
    rules.add_decisions(include_str!("../fixtures/grade.dmn")).unwrap();
    rules
}

/// `complete A {"x":1}; return B to A; advance PT1H; message M key=7`
fn script(text: &str) -> Vec<Value> {
    text.split(';')
        .map(str::trim)
        .filter(|act| !act.is_empty())
        .map(act)
        .collect()
}

fn act(text: &str) -> Value {
    let (words, vars) = match text.split_once('{') {
        Some((words, rest)) => (words.trim(), serde_json::from_str(&format!("{{{rest}")).unwrap()),
        None => (text, Value::Null),
    };
    let mut words = words.split_whitespace();
    let (deed, about) = (words.next().unwrap(), words.next().unwrap_or("true"));
    let (about, instance) = match about.split_once('#') {
        Some((about, number)) => (about, json!(number.parse::<u32>().unwrap())),
        None => (about, Value::Null),
    };
    let about = if about == "true" { json!(true) } else { json!(about) };
    if deed == "set" {
        return json!({ "set": vars });
    }
    let mut act = json!({ deed: about, "vars": vars });
    if !instance.is_null() {
        act["instance"] = instance;
    }
    let rest: Vec<&str> = words.collect();
    let mut rest = rest.iter().peekable();
    while let Some(word) = rest.next() {
        match word.split_once('=') {
            Some((key, value)) => act[key] = serde_json::from_str(value).unwrap_or_else(|_| json!(value)),
            None if *word == "to" => {
                let names: Vec<&str> = rest.next().unwrap().split(',').collect();
                act["to"] = if names.len() == 1 {
                    json!(names[0])
                } else {
                    json!(names)
                };
            }
            None => act["error"] = json!(word),
        }
    }
    act
}

fn outcome(report: &Report) -> Vec<(&'static str, String)> {
    let shown = |number: u32| {
        if number > 0 {
            format!("#{number}")
        } else {
            String::new()
        }
    };
    let of = |whats: &[&str], name_what: bool| {
        let lines = report.trace.iter().filter(|line| whats.contains(&line.what));
        let words = lines.map(|line| match name_what {
            true => format!("{} {}{}", line.what, line.element, shown(line.instance)),
            false => format!("{}{}", line.element, shown(line.instance)),
        });
        words.collect::<Vec<_>>()
    };
    let status = serde_json::to_value(report.status)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    let mut result = vec![("status", status)];
    if report.status == Status::Refused {
        let at = report.element.as_ref().map(|e| format!("@{e}")).unwrap_or_default();
        result.push(("code", format!("{}{at}", report.code.as_deref().unwrap_or("?"))));
    }
    result.push(("done", of(&["completed"], false).join(" ")));
    let whats = [
        "cancelled",
        "failed",
        "compensated",
        "fired",
        "returned",
        "withdrawn",
        "transferred",
        "delegated",
        "released",
        "handed_back",
        "copied",
        "urged",
        "suspended",
        "resumed",
        "signers_added",
        "signer_taken",
        "signers_removed",
        "signed",
        "terminated",
        "sent",
        "signalled",
        "escalated",
    ];
    result.push(("also", of(&whats, true).join(", ")));
    let open: Vec<String> = report
        .open
        .iter()
        .map(|open| format!("{}{}", open.element, shown(open.instance)))
        .collect();
    result.push(("open", open.join(" ")));
    let late = report
        .trace
        .iter()
        .filter(|line| line.what == "completed" && line.at != "PT0S");
    let at: Vec<String> = late.map(|line| format!("{}={}", line.element, line.at)).collect();
    result.push(("at", at.join(" ")));
    let vars = Value::Object(report.vars.clone()).to_string();
    result.push(("has", if vars == "{}" { String::new() } else { vars }));
    result.retain(|(_, value)| !value.is_empty());
    result
}

#[test]
fn every_case_comes_out_as_written() {
    let update = std::env::var("UPDATE").is_ok();
    let (mut wrong, mut count) = (String::new(), 0);
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let head: String = text
            .lines()
            .take_while(|line| !line.starts_with("== "))
            .map(|l| format!("{l}\n"))
            .collect();
        let mut written = head;
        for case in cases(&text) {
            count += 1;
            let report = case.report();
            let got = outcome(&report);
            let got_text: Vec<(String, String)> = got.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
            if got_text != case.expected {
                let reason = report.reason.as_deref().unwrap_or_default();
                writeln!(
                    wrong,
                    "{} {}\n  expected {:?}\n  got      {got:?}\n  {reason}",
                    file.display(),
                    case.name,
                    case.expected
                )
                .unwrap();
            }
            writeln!(written, "== {}\n{}", case.name, case.model.trim_end()).unwrap();
            for (key, value) in &case.settings {
                writeln!(
                    written,
                    "{}",
                    format!("{key}: {value}").trim_end().trim_end_matches(':')
                )
                .unwrap();
            }
            for (key, value) in got {
                writeln!(written, "{key}: {value}").unwrap();
            }
            written.push('\n');
        }
        if update {
            std::fs::write(&file, written.trim_end().to_owned() + "\n").unwrap();
        }
    }
    assert!(update || wrong.is_empty(), "{wrong}");
    assert!(count >= 200, "only {count} cases");
}

#[test]
fn what_is_read_is_written_back_the_same() {
    for file in files() {
        for case in cases(&std::fs::read_to_string(&file).unwrap()) {
            if let Ok(model) = model::read(&case.xml()) {
                let again = model::read(&model::write(&model)).unwrap();
                assert_eq!(again, model, "{}", case.name);
            }
        }
    }
}
