//! `cargo run --release -p mingjing-bpmn --example bench`: what a flow costs, as JSON.
//!
//! start → accept → exclusive → parallel two reviews → join → decide → end: four user tasks an instance.
#![expect(clippy::print_stdout, reason = "the measurement is the output")]

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use mingjing_bpmn::check::{Inventory, NotAsked, prove};
use mingjing_bpmn::model::{self, Model};
use mingjing_bpmn::step::{OutcomesOnly, State, Stimulus, Target, step};
use serde_json::{Map, Value, json};

const FLOW: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:b"><process id="p" isExecutable="true">
<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="accept"/>
<userTask id="accept"/><sequenceFlow id="f2" sourceRef="accept" targetRef="choose"/>
<exclusiveGateway id="choose" default="f4"/><sequenceFlow id="f3" sourceRef="choose" targetRef="split"><conditionExpression>=outcome = "yes"</conditionExpression></sequenceFlow>
<sequenceFlow id="f4" sourceRef="choose" targetRef="refused"/><endEvent id="refused"/>
<parallelGateway id="split"/><sequenceFlow id="f5" sourceRef="split" targetRef="review1"/><sequenceFlow id="f6" sourceRef="split" targetRef="review2"/>
<userTask id="review1"/><userTask id="review2"/><sequenceFlow id="f7" sourceRef="review1" targetRef="join"/><sequenceFlow id="f8" sourceRef="review2" targetRef="join"/>
<parallelGateway id="join"/><sequenceFlow id="f9" sourceRef="join" targetRef="decide"/>
<userTask id="decide"/><sequenceFlow id="f10" sourceRef="decide" targetRef="end"/><endEvent id="end"/></process></definitions>"#;
const ROUNDS: u32 = 40_000;
const PROOFS: u32 = 20;
const READINGS: u32 = 10;
const ELEMENTS: usize = 10_000;

fn main() {
    let model = model::read(FLOW).expect("the flow is right");
    let (in_memory, _) = measure(&model, false);
    let (saved, bytes) = measure(&model, true);
    let (text, read) = large();
    println!(
        "{}",
        json!({
            "flow": "start, accept, exclusive, 2 parallel reviews, join, decide, end",
            "unit": "mean processor time",
            "instances": ROUNDS,
            "us_per_instance_in_memory": round(in_memory),
            "us_per_instance_state_saved_each_step": round(saved),
            "state_bytes_most": bytes,
            "large_model_elements": ELEMENTS,
            "large_model_bytes": text,
            "large_model_read_ms": round(read),
            "prover_ms": demo_flows(),
            "machine": machine(),
        })
    );
}

/// Seconds that this thread has had of a processor, to a tick; the clock's where the system does not say.
fn processor_time(since: Instant) -> f64 {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = spent.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    spent.map_or_else(|| since.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn measure(model: &Model, save: bool) -> (f64, usize) {
    let yes: Map<_, _> = [("outcome".to_owned(), json!("yes"))].into_iter().collect();
    let mut most = 0;
    let clock = Instant::now();
    let before = processor_time(clock);
    for _ in 0..ROUNDS {
        let mut state = State::default();
        let start = Stimulus::Start {
            process: "p".to_owned(),
            vars: Map::new(),
        };
        take(model, &mut state, &start, save, &mut most);
        for task in ["accept", "review1", "review2", "decide"] {
            let vars = if task == "accept" { yes.clone() } else { Map::new() };
            let target = Target::element(task);
            take(model, &mut state, &Stimulus::Complete { target, vars }, save, &mut most);
        }
        assert!(state.end().is_some(), "every instance ends");
    }
    ((processor_time(clock) - before) * 1e6 / f64::from(ROUNDS), most)
}

/// Milliseconds that the whole proof of each demo flow takes: soundness, law, operations, what it names.
fn demo_flows() -> Map<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/flows");
    let text = std::fs::read_to_string(folder.join("inventory.json")).expect("the demo city has an inventory");
    let inventory = Inventory::from_json(&text).expect("the inventory is right");
    let mut files: Vec<_> = (std::fs::read_dir(&folder).expect("the demo city has flows"))
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "bpmn"))
        .collect();
    files.sort();
    let mut times = Map::new();
    for file in files {
        let xml = std::fs::read_to_string(&file).expect("the flow can be read");
        let clock = Instant::now();
        let before = processor_time(clock);
        for _ in 0..PROOFS {
            let proof = prove(&xml, &inventory, &NotAsked);
            assert!(proof.holds(), "{}: {:?}", file.display(), proof.problems);
        }
        let mean = (processor_time(clock) - before) * 1e3 / f64::from(PROOFS);
        let name = file.file_stem().map(|name| name.to_string_lossy().into_owned());
        times.insert(name.unwrap_or_default(), json!(round(mean)));
    }
    times
}

fn take(model: &Model, state: &mut State, stimulus: &Stimulus, save: bool, most: &mut usize) {
    let events = step(model, state, stimulus, 1_767_225_600_000_000, &OutcomesOnly).expect("the act is possible");
    for event in &events {
        state.apply(event);
    }
    if save {
        let bytes = state.to_json();
        *most = (*most).max(bytes.len());
        *state = State::from_json(&bytes).expect("what was saved loads");
    }
}

/// A chain of tasks and flows; gives its size and the milliseconds its reading takes.
fn large() -> (usize, f64) {
    let mut xml = String::from(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:b"><process id="p" isExecutable="true"><startEvent id="n0"/>"#,
    );
    let tasks = ELEMENTS / 2;
    for n in 1..tasks {
        let _ = write!(
            xml,
            r#"<userTask id="n{n}" name="环节{n}"><incoming>f{n}</incoming></userTask><sequenceFlow id="f{n}" sourceRef="n{}" targetRef="n{n}"/>"#,
            n - 1
        );
    }
    let _ = write!(
        xml,
        r#"<endEvent id="end"/><sequenceFlow id="last" sourceRef="n{}" targetRef="end"/></process></definitions>"#,
        tasks - 1
    );
    let clock = Instant::now();
    let before = processor_time(clock);
    for _ in 0..READINGS {
        let model = model::read(&xml).expect("the chain is right");
        assert!(
            model.nodes().len() + model.flows().len() >= ELEMENTS,
            "as large as said"
        );
    }
    let mean = (processor_time(clock) - before) * 1e3 / f64::from(READINGS);
    (xml.len(), mean)
}

fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{}, {cores} cores", model.map_or("unknown", |(_, name)| name))
}
