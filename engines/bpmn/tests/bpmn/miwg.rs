//! The interchange models of the BPMN Model Interchange Working Group, read from beside the project: none may
//! run here yet as a whole, but each gets an answer that names what it uses.

use std::path::{Path, PathBuf};

use mingjing_bpmn::{DrawOptions, check, svg, table};

fn models() -> Vec<PathBuf> {
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
fn reference_models_are_answered_and_what_is_unsupported_is_named() {
    let models = models();
    if models.is_empty() {
        eprintln!("skipped: the reference models are not beside the project (shared/conformance/miwg)");
        return;
    }
    for file in models {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let xml = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        let report = check::report(&xml);
        assert!(!report.problems.is_empty(), "{name}");
        for problem in &report.problems {
            assert!(problem.element.is_some(), "{name}: {problem}");
            assert!(
                !matches!(
                    problem.code,
                    "xml_malformed" | "not_bpmn" | "no_process" | "bad_coordinates"
                ),
                "{name}: {problem}"
            );
        }
        if let Some(model) = &report.model {
            let drawn = svg(model, &DrawOptions::default());
            assert!(roxmltree::Document::parse(&drawn).is_ok(), "{name}");
            table(model);
        }
    }
}
