//! Whatever model and acts come: events or a refusal, the state saved and loaded the same, never a panic.
//!
//! Input: a model, a zero byte, a script.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mingjing_bpmn::model;
use mingjing_bpmn::run::{Act, Setting, run};
use mingjing_bpmn::step::OutcomesOnly;

fuzz_target!(|text: &str| {
    let (xml, script) = text.split_once('\0').unwrap_or((text, "[]"));
    let Ok(model) = model::read(xml) else { return };
    let script = serde_json::from_str(script).ok();
    let script = script.and_then(|script| Act::list(&script).ok()).unwrap_or_default();
    let setting = Setting {
        script,
        auto: true,
        until: Some(86_400_000_000),
        ..Setting::default()
    };
    run(&model, &setting, &OutcomesOnly);
});
