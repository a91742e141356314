//! Two versions of a chart: what is said of every edit, and that nothing is passed over.

use std::path::Path;

use mingjing_bpmn::casework::hash;
use mingjing_bpmn::compare::{Side, compare};
use mingjing_bpmn::draw;
use mingjing_bpmn::model::{Model, read, read_all, write, write_placed};

use crate::charts::*;

fn model(xml: &str) -> Model {
    read_all(xml).0.unwrap()
}

/// A start, a task `a` with two outcomes, a gateway, two ends.
fn chart() -> String {
    let more = r#"<mingjing:act kind="examine"/><mingjing:limit amount="3" unit="working_day" basis="内部时限"/><mingjing:paper template="receipt" when="yes"/><mingjing:visibility value="public"/>"#;
    let parts = [
        START.to_owned(),
        task_with("a", &["yes", "no"], more),
        gateway("g"),
        END.to_owned(),
        r#"<bpmn:endEvent id="f" name="不予"/>"#.to_owned(),
        flow("s", "a"),
        flow("a", "g"),
        flow_if("g", "e", "=outcome = \"yes\""),
        flow_if("g", "f", "=outcome = \"no\""),
    ];
    file(&parts.concat())
}

fn check(from: &str, to: &str, expect: &[&str]) {
    let old = chart();
    let new = old.replace(from, to);
    assert_ne!(old, new, "{from} stands in the chart");
    let said = compare(&model(&old), &model(&new));
    let said: Vec<String> = said.changes.iter().map(|change| change.in_words()).collect();
    assert_eq!(said, expect, "{from} → {to}");
}

#[test]
fn every_edit_is_said_in_words() {
    check(
        "amount=\"3\"",
        "amount=\"5\"",
        &["修改任务“a”：办理时限：3个工作日 → 5个工作日"],
    );
    check("basis=\"内部时限\"", "", &["修改任务“a”：时限依据：去掉“内部时限”"]);
    check(
        "kind=\"examine\"",
        "kind=\"inspect\"",
        &["修改任务“a”：行为：examine → inspect"],
    );
    check(
        "candidateGroups=\"handler\"",
        "candidateGroups=\"handler,reviewer\"",
        &["修改任务“a”：岗位：handler → handler、reviewer"],
    );
    check(
        " when=\"yes\"",
        "",
        &["修改任务“a”：文书：receipt（结果yes时） → receipt"],
    );
    check(
        "value=\"public\"",
        "value=\"party\"",
        &["修改任务“a”：可见范围：公开 → 当事人可见"],
    );
    check(
        "name=\"不予\"",
        "name=\"不予许可\"",
        &["修改结束“不予许可”：名称：不予 → 不予许可"],
    );
    check(
        "=outcome = &quot;yes&quot;",
        "=outcome in (&quot;yes&quot;, &quot;no&quot;)",
        &["修改连线“g_e”：条件：办理结果为“结果yes”（yes） → 办理结果为“结果yes”（yes）或者“结果no”（no）"],
    );
}

#[test]
fn what_comes_and_goes_is_listed_and_marked_on_its_own_side() {
    let old = chart();
    let new = old
        .replace(r#"<bpmn:endEvent id="f" name="不予"/>"#, r#"<bpmn:endEvent id="h"/>"#)
        .replace("id=\"g_f\"", "id=\"g_h\"")
        .replace("targetRef=\"f\"", "targetRef=\"h\"");
    let compared = compare(&model(&old), &model(&new));
    assert_eq!(compared.counts(), (2, 2, 1), "{:?}", compared.changes);
    let (before, after) = (compared.overlay(Side::Old), compared.overlay(Side::New));
    assert_eq!(before.marked, ["f", "g_f"]);
    assert!(before.done.is_empty());
    assert_eq!(after.done, ["h", "g_h"]);
    assert!(after.marked.is_empty());
    // The gateway's ways are named otherwise.
    assert_eq!(
        (before.way.clone(), after.way.clone()),
        (vec!["g".to_owned()], vec!["g".to_owned()])
    );
    assert!(draw::svg(&model(&old), &before).contains("is-marked"));
}

#[test]
fn the_order_of_lanes_and_of_ways_means_something() {
    let old = chart();
    let flows = [
        flow_if("g", "e", "=outcome = \"yes\""),
        flow_if("g", "f", "=outcome = \"no\""),
    ];
    let new = old.replace(&flows.concat(), &[flows[1].clone(), flows[0].clone()].concat());
    let compared = compare(&model(&old), &model(&new));
    assert_eq!(compared.changes.len(), 1);
    assert_eq!(
        compared.changes[0].in_words(),
        "修改选择网关“g”：分支先后：到“e”、到“不予” → 到“不予”、到“e”"
    );
}

fn demo_flows() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/flows");
    let mut flows: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "bpmn"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    flows.sort();
    assert!(flows.len() >= 8, "the demo city has its flows");
    flows
}

#[test]
fn writing_and_placing_change_nothing() {
    for (name, xml) in demo_flows() {
        let old = model(&xml);
        for again in [write(&old), write_placed(&old)] {
            let compared = compare(&old, &model(&again));
            assert!(compared.is_empty(), "{name}: {:?}", compared.changes);
        }
    }
}

/// Every value of an attribute before the drawing, some of them altered: where the flow's identity changes, the comparison
/// says something.
#[test]
fn nothing_that_changes_the_identity_is_passed_over() {
    let mut altered = 0;
    for (name, xml) in demo_flows() {
        let old = model(&xml);
        let (identity, meaning) = (hash(&old), xml.find("<bpmndi:").unwrap());
        // Ids are the elements themselves; the file's own and those that editors give to what nobody points at say nothing.
        let begin = xml.find("<bpmn:process").unwrap();
        let values = xml[begin..meaning].match_indices("=\"").map(|(at, _)| begin + at + 2);
        let values = values.filter(|at| !xml[..at - 2].ends_with(" id"));
        for at in values.step_by(19) {
            let end = at + xml[at..].find('"').unwrap();
            let changed = format!("{}甲{}", &xml[..end], &xml[end..]);
            // What cannot be read is told by the reader.
            let Ok(new) = read(&changed) else { continue };
            if hash(&new) != identity {
                altered += 1;
                let compared = compare(&old, &new);
                assert!(!compared.is_empty(), "{name}: {}", &xml[at.saturating_sub(60)..end]);
            }
        }
    }
    assert!(altered > 60, "only {altered} alterations meant something");
}
