//! Whatever text comes: read or refused, written back as read, drawn, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mingjing_bpmn::draw::{Overlay, svg};
use mingjing_bpmn::model;

fuzz_target!(|text: &str| {
    if let (Some(model), _) = model::read_all(text) {
        let (again, _) = model::read_all(&model::write(&model));
        assert_eq!(again.as_ref(), Some(&model));
        svg(&model, &Overlay::default());
    }
});
