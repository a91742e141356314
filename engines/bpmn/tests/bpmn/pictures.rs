//! Every element kind is drawn, with or without a diagram in the file, and the reference models are read, written
//! back, drawn and checked.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mingjing_bpmn::draw::{Overlay, svg};
use mingjing_bpmn::{check, model};

use crate::flows;

#[test]
fn every_fixture_is_drawn_without_a_diagram() {
    for file in flows::files() {
        for case in flows::cases(&std::fs::read_to_string(&file).unwrap()) {
            let (Some(model), _) = model::read_all(&case.xml()) else {
                continue;
            };
            let drawn = svg(&model, &Overlay::default());
            let tree = roxmltree::Document::parse(&drawn).unwrap_or_else(|error| panic!("{}: {error}", case.name));
            for node in model.nodes().iter().filter(|node| node.parent.is_some()) {
                let is = |n: &roxmltree::Node<'_, '_>| n.attribute("data-element") == Some(node.id.as_str());
                assert!(
                    tree.descendants().any(|n| is(&n)),
                    "{}: {} is not drawn",
                    case.name,
                    node.id
                );
            }
        }
    }
}

#[test]
fn what_is_laid_over_shows() {
    let xml = crate::shorthand::xml("start s > A\nuser A > e\nend e\n");
    let model = model::read(&xml).unwrap();
    let ids = |id: &str| vec![id.to_owned()];
    let overlay = Overlay {
        open: ids("A"),
        done: ids("s"),
        overdue: ids("A"),
        notes: [("A".to_owned(), "3天".to_owned())].into(),
        heat: [("A".to_owned(), 0.8)].into(),
        title: Some("甲<乙".to_owned()),
        ..Overlay::default()
    };
    let drawn = svg(&model, &overlay);
    for part in [
        "flow-task is-current is-overdue",
        "flow-event is-visited",
        "3天",
        "甲&lt;乙",
    ] {
        assert!(drawn.contains(part), "{part}\n{drawn}");
    }
}

fn demo_flows() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/flows");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "bpmn"));
    files.sort();
    files
}

/// Our layout as the file's diagram part, read again.
fn placed(model: &model::Model) -> model::Model {
    let (again, problems) = model::read_all(&model::write_placed(model));
    again.unwrap_or_else(|| panic!("{problems:?}"))
}

fn boxes(model: &model::Model) -> Vec<(String, model::Bounds)> {
    let diagram = model.diagram().unwrap();
    let leaf = |id: &str| {
        let node = &model.nodes()[model.nodes().iter().position(|node| node.id.as_str() == id)?];
        let on_edge = node.event().is_some_and(|event| event.place == model::Place::Boundary);
        (node.children.is_empty() && !on_edge).then(|| id.to_owned())
    };
    let shapes = diagram.shapes.iter();
    shapes
        .filter_map(|shape| Some((leaf(&shape.element)?, shape.bounds)))
        .collect()
}

fn problems_of_layout(model: &model::Model) -> Vec<String> {
    let boxes = boxes(model);
    let mut wrong = Vec::new();
    for (at, (one, a)) in boxes.iter().enumerate() {
        for (other, b) in &boxes[at + 1..] {
            if a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom() {
                wrong.push(format!("{one} lies on {other}"));
            }
        }
    }
    for edge in &model.diagram().unwrap().edges {
        let Some(ix) = model.find_flow(&edge.element) else {
            continue;
        };
        let flow = model.flow(ix);
        let ends = [model.node(flow.source).id.as_str(), model.node(flow.target).id.as_str()];
        for (id, b) in boxes.iter().filter(|(id, _)| !ends.contains(&id.as_str())) {
            let crosses = |pair: &[model::Point]| {
                let (low_x, high_x) = (pair[0].x.min(pair[1].x), pair[0].x.max(pair[1].x));
                let (low_y, high_y) = (pair[0].y.min(pair[1].y), pair[0].y.max(pair[1].y));
                low_x < b.right() && high_x > b.x && low_y < b.bottom() && high_y > b.y
            };
            if edge.points.windows(2).any(crosses) {
                wrong.push(format!("{} runs through {id}", edge.element));
            }
        }
    }
    wrong
}

#[test]
fn our_layout_puts_nothing_on_anything() {
    let mut wrong = String::new();
    for file in flows::files() {
        for case in flows::cases(&std::fs::read_to_string(&file).unwrap()) {
            if let Ok(model) = model::read(&case.xml()) {
                for problem in problems_of_layout(&placed(&model)) {
                    writeln!(wrong, "{}: {problem}", case.name).unwrap();
                }
            }
        }
    }
    for file in demo_flows().into_iter().chain(reference_models()) {
        let xml = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let (Some(model), _) = model::read_all(&xml) else {
            continue;
        };
        let again = placed(&model);
        for problem in problems_of_layout(&again) {
            writeln!(wrong, "{name}: {problem}").unwrap();
        }
        if let Ok(folder) = std::env::var("PICTURES") {
            let folder = Path::new(&folder);
            std::fs::write(folder.join(format!("{name}.placed.bpmn")), model::write_placed(&model)).unwrap();
            std::fs::write(
                folder.join(format!("{name}.placed.svg")),
                svg(&again, &Overlay::default()),
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_model_keeps_its_meaning_when_it_gets_a_diagram() {
    for file in demo_flows() {
        let model = model::read(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let again = placed(&model);
        assert_eq!(again.nodes(), model.nodes(), "{}", file.display());
        assert_eq!(again.flows(), model.flows(), "{}", file.display());
        assert_eq!(again.lanes(), model.lanes(), "{}", file.display());
    }
}

#[test]
fn findings_are_shown_with_their_way_and_their_sentences() {
    let xml = crate::shorthand::xml(
        "start s > A\nuser A > g\nexclusive g > B[= x] C[default]\nuser B > j\nuser C > j\nparallel j > e\nend e",
    );
    let (model, _) = model::read_all(&xml);
    let verdict = check::verdict(&xml);
    let overlay = Overlay::of_findings(&model.unwrap(), &verdict.problems);
    assert_eq!(overlay.marked, ["j"]);
    let way: Vec<&str> = overlay.way.iter().map(String::as_str).collect();
    for id in ["s", "s_A", "A", "A_g", "g"] {
        assert!(way.contains(&id), "{id} not on the way {way:?}");
    }
    let (model, _) = model::read_all(&xml);
    let drawn = svg(&model.unwrap(), &overlay);
    for part in ["flow-legend", "is-on-way", "is-marked", "会卡在"] {
        assert!(drawn.contains(part), "{part}\n{drawn}");
    }
}

fn reference_models() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/miwg");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "bpmn"));
    files.sort();
    files
}

#[test]
fn reference_models_are_read_written_back_drawn_and_checked() {
    let files = reference_models();
    if files.is_empty() {
        eprintln!("skipped: the reference models are not beside the project (shared/conformance/miwg)");
        return;
    }
    assert_eq!(files.len(), 21);
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let xml = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        let (model, problems) = model::read_all(&xml);
        let model = model.unwrap_or_else(|| panic!("{name}: {problems:?}"));
        let (again, _) = model::read_all(&model::write(&model));
        assert_eq!(again.as_ref(), Some(&model), "{name}");
        let drawn = svg(&model, &Overlay::default());
        assert!(roxmltree::Document::parse(&drawn).is_ok(), "{name}");
        if let Ok(folder) = std::env::var("PICTURES") {
            std::fs::write(Path::new(&folder).join(format!("{name}.svg")), &drawn).unwrap();
        }
        let verdict = check::verdict(&xml);
        assert!(verdict.readable, "{name}");
        for problem in &verdict.problems {
            eprintln!("{name}: {problem}");
        }
    }
}
