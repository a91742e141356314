//! Every element kind is drawn, with or without a diagram in the file, and the reference models are read, written
//! back, drawn and checked.

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
