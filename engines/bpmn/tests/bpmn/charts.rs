//! Small charts for tests, written tersely.

use mingjing_bpmn::Problem;

pub const FOOD_PERMIT: &str = include_str!("../fixtures/food-permit.bpmn");

/// A file around the given process content.
pub fn file(process: &str) -> String {
    around(&format!(
        r#"<bpmn:process id="p" name="测试流程">{process}</bpmn:process>"#
    ))
}

pub fn around(content: &str) -> String {
    format!(
        r#"<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
 xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 xmlns:mingjing="https://mingjing.dev/schema/bpmn/1" id="defs">{content}</bpmn:definitions>"#
    )
}

/// A user task named like its id, of the post `handler`; `more` goes into the extension elements.
pub fn task_with(id: &str, outcomes: &[&str], more: &str) -> String {
    let listed: String = outcomes
        .iter()
        .map(|o| format!(r#"<mingjing:outcome id="{o}" name="结果{o}"/>"#))
        .collect();
    let listed = match outcomes {
        [] => String::new(),
        _ => format!("<mingjing:outcomes>{listed}</mingjing:outcomes>"),
    };
    format!(
        r#"<bpmn:userTask id="{id}" name="{id}"><bpmn:extensionElements>
 <zeebe:assignmentDefinition candidateGroups="handler"/>{listed}{more}</bpmn:extensionElements></bpmn:userTask>"#
    )
}

pub fn task(id: &str, outcomes: &[&str]) -> String {
    task_with(id, outcomes, "")
}

pub fn flow(from: &str, to: &str) -> String {
    format!(r#"<bpmn:sequenceFlow id="{from}_{to}" sourceRef="{from}" targetRef="{to}"/>"#)
}

pub fn flow_if(from: &str, to: &str, condition: &str) -> String {
    let condition = condition.replace('"', "&quot;");
    format!(
        r#"<bpmn:sequenceFlow id="{from}_{to}" sourceRef="{from}" targetRef="{to}"><bpmn:conditionExpression>{condition}</bpmn:conditionExpression></bpmn:sequenceFlow>"#
    )
}

pub const START: &str = r#"<bpmn:startEvent id="s"/>"#;
pub const END: &str = r#"<bpmn:endEvent id="e"/>"#;

pub fn gateway(id: &str) -> String {
    format!(r#"<bpmn:exclusiveGateway id="{id}"/>"#)
}

/// `code@element` of each problem, sorted.
pub fn codes(problems: &[Problem]) -> Vec<String> {
    let mut codes: Vec<String> = problems
        .iter()
        .map(|p| format!("{}@{}", p.code, p.element.as_deref().unwrap_or("-")))
        .collect();
    codes.sort();
    codes
}
