//! What is particular to activities: quantities, repetition, data in and out, the work of a task.

use super::assistance::Assistance;
use super::build::Build;
use super::expression::{Expression, Language};
use super::work::{Task, extensions};
use super::{Called, Id, ScriptTask, SubKind, TaskKind, event};
use crate::read::{BPMN, Element, MINGJING, ZEEBE};

#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// Tokens that must come before it starts.
    pub start_quantity: u32,
    /// Tokens that leave by each flow.
    pub completion_quantity: u32,
    /// Only ever begun by compensation.
    pub for_compensation: bool,
    pub repeat: Repeat,
    pub io: Io,
    pub ad_hoc: Option<AdHoc>,
    /// Variables of a called process all come back.
    pub propagate_all: bool,
    /// Who does it, which act in law, limits, papers, outcomes: of user and manual tasks.
    pub work: Option<Box<Task>>,
    /// Of a call activity: the body that answers it, where that is another one.
    pub assistance: Option<Box<Assistance>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Repeat {
    Once,
    Loop(StandardLoop),
    Multi(Box<Multi>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct StandardLoop {
    pub test_before: bool,
    pub maximum: Option<u32>,
    pub condition: Option<Expression>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Multi {
    pub sequential: bool,
    pub cardinality: Option<Expression>,
    pub collection: Option<Value>,
    /// Local variable that takes an element of the collection.
    pub item: Option<String>,
    pub output: Option<Value>,
    pub output_collection: Option<String>,
    pub completion: Option<Expression>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct AdHoc {
    pub sequential: bool,
    pub completion: Option<Expression>,
    pub cancel_remaining: bool,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Variable(String),
    Computed(Expression),
}

/// Data in before the work, data out after it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Io {
    pub inputs: Vec<(Value, String)>,
    pub outputs: Vec<(Value, String)>,
    /// Outputs were stated, so nothing else leaves.
    pub maps_outputs: bool,
}

pub(super) fn read(element: &Element, build: &mut Build<'_>) -> Activity {
    let ad_hoc = (element.local == "adHocSubProcess").then(|| AdHoc {
        sequential: element.get("ordering") == Some("Sequential"),
        completion: element
            .child(BPMN, "completionCondition")
            .and_then(|c| build.expression(c)),
        cancel_remaining: element.get("cancelRemainingInstances") != Some("false"),
    });
    let called = extensions(element).find(|e| e.is(ZEEBE, "calledElement"));
    let propagates = called.and_then(|e| e.get("propagateAllChildVariables"));
    Activity {
        start_quantity: quantity(element, "startQuantity", build),
        completion_quantity: quantity(element, "completionQuantity", build),
        for_compensation: element.get("isForCompensation") == Some("true"),
        repeat: repeat(element, build),
        io: io(element, build),
        ad_hoc,
        propagate_all: propagates != Some("false"),
        work: None,
        assistance: None,
    }
}

fn quantity(element: &Element, name: &str, build: &mut Build<'_>) -> u32 {
    let text = element.get(name).unwrap_or("1").trim();
    match text.parse() {
        Ok(quantity @ 1..=1000) => quantity,
        _ => {
            let text = format!("属性“{name}”应为1至1000的整数，不是“{text}”。");
            build.error(element.id(), "quantity", text);
            1
        }
    }
}

fn repeat(element: &Element, build: &mut Build<'_>) -> Repeat {
    let standard = element.child(BPMN, "standardLoopCharacteristics");
    let multi = element.child(BPMN, "multiInstanceLoopCharacteristics");
    match (standard, multi) {
        (Some(_), Some(_)) => {
            let text = "一个活动不能既循环又多实例。".to_owned();
            build.error(element.id(), "loop_and_multi", text);
            Repeat::Once
        }
        (Some(standard), None) => Repeat::Loop(standard_loop(standard, element, build)),
        (None, Some(multi)) => Repeat::Multi(Box::new(multi_instance(multi, element, build))),
        (None, None) => Repeat::Once,
    }
}

fn standard_loop(standard: &Element, element: &Element, build: &mut Build<'_>) -> StandardLoop {
    let stated = standard.get("loopMaximum").map(str::trim);
    let maximum = stated.and_then(|text| text.parse().ok());
    if stated.is_some() && maximum.is_none() {
        let text = "循环次数上限（loopMaximum）应为非负整数。".to_owned();
        build.error(element.id(), "loop_maximum", text);
    }
    StandardLoop {
        test_before: standard.get("testBefore") == Some("true"),
        maximum,
        condition: standard.child(BPMN, "loopCondition").and_then(|c| build.expression(c)),
    }
}

fn multi_instance(multi: &Element, element: &Element, build: &mut Build<'_>) -> Multi {
    let zeebe = extensions(multi).find(|e| e.is(ZEEBE, "loopCharacteristics"));
    let zeebe = |name: &str| zeebe.and_then(|e| e.get(name)).filter(|text| !text.trim().is_empty());
    let data = |local: &str, build: &mut Build<'_>| {
        let reference = multi.child(BPMN, local)?.text();
        Some(build.data_name(&reference))
    };
    let item = |local: &str| {
        let item = multi.child(BPMN, local)?;
        item.get("name").or(item.id()).map(str::to_owned)
    };
    let collection = zeebe("inputCollection").map(computed);
    let collection = collection.or_else(|| data("loopDataInputRef", build).map(Value::Variable));
    let result = Multi {
        sequential: multi.get("isSequential") == Some("true"),
        cardinality: multi.child(BPMN, "loopCardinality").and_then(|c| build.expression(c)),
        collection,
        item: zeebe("inputElement")
            .map(str::to_owned)
            .or_else(|| item("inputDataItem")),
        output: zeebe("outputElement")
            .map(computed)
            .or_else(|| item("outputDataItem").map(Value::Variable)),
        output_collection: zeebe("outputCollection")
            .map(str::to_owned)
            .or_else(|| data("loopDataOutputRef", build)),
        completion: multi
            .child(BPMN, "completionCondition")
            .and_then(|c| build.expression(c)),
    };
    if result.cardinality.is_none() && result.collection.is_none() {
        let text = "多实例没有写明次数（loopCardinality）或集合。".to_owned();
        build.warning(element.id(), "multi_without_number", text);
    }
    result
}

fn computed(text: &str) -> Value {
    match text.strip_prefix('=') {
        Some(_) => Value::Computed(Expression::of(text, None, None)),
        None => Value::Variable(text.to_owned()),
    }
}

pub(super) fn io(element: &Element, build: &mut Build<'_>) -> Io {
    let mut io = Io::default();
    for mapping in extensions(element).filter(|e| e.is(ZEEBE, "ioMapping")) {
        for child in mapping.elements() {
            let (Some(source), Some(target)) = (child.get("source"), child.get("target")) else {
                build.error(element.id(), "io_mapping", "ioMapping缺少source或target。".to_owned());
                continue;
            };
            match child.local.as_str() {
                "input" => io.inputs.push((computed(source), target.to_owned())),
                "output" => io.outputs.push((computed(source), target.to_owned())),
                _ => {}
            }
        }
    }
    for association in element.children_named(BPMN, "dataInputAssociation") {
        data_association(association, &mut io.inputs, build);
    }
    for association in element.children_named(BPMN, "dataOutputAssociation") {
        data_association(association, &mut io.outputs, build);
    }
    io.maps_outputs = extensions(element)
        .filter(|e| e.is(ZEEBE, "ioMapping"))
        .any(|mapping| mapping.elements().any(|e| e.local == "output"));
    io
}

fn data_association(association: &Element, into: &mut Vec<(Value, String)>, build: &mut Build<'_>) {
    let target = association.child(BPMN, "targetRef").map(|e| e.text());
    let source = association.child(BPMN, "sourceRef").map(|e| e.text());
    let assignments: Vec<&Element> = association.children_named(BPMN, "assignment").collect();
    for assignment in &assignments {
        let from = assignment.child(BPMN, "from").and_then(|e| build.expression(e));
        let to = assignment.child(BPMN, "to").map(|e| e.text());
        let to = to.map(|to| build.data_name(to.trim_start_matches('=').trim()));
        if let (Some(from), Some(to)) = (from, to.or(target.as_deref().map(|t| build.data_name(t)))) {
            into.push((Value::Computed(from), to));
        }
    }
    let Some(target) = target.filter(|target| !target.is_empty()) else {
        return;
    };
    let transformation = association.child(BPMN, "transformation");
    let value = match transformation.and_then(|e| build.expression(e)) {
        Some(transformation) => Some(Value::Computed(transformation)),
        None if assignments.is_empty() => source.map(|source| Value::Variable(build.data_name(&source))),
        None => None,
    };
    let target = build.data_name(&target);
    into.extend(value.map(|value| (value, target)));
}

/// Task kinds, also of global tasks.
pub(super) fn task(element: &Element, build: &mut Build<'_>) -> Option<TaskKind> {
    let name = element.local.strip_prefix("global").unwrap_or(&element.local);
    Some(match name {
        "task" | "Task" => TaskKind::Abstract,
        "userTask" | "UserTask" => TaskKind::User,
        "manualTask" | "ManualTask" => TaskKind::Manual,
        "serviceTask" => TaskKind::Service,
        "scriptTask" | "ScriptTask" => TaskKind::Script(Box::new(script(element))),
        "businessRuleTask" | "BusinessRuleTask" => {
            let called = extensions(element).find(|e| e.is(ZEEBE, "calledDecision"));
            TaskKind::Rule {
                decision: called
                    .and_then(|e| e.get("decisionId"))
                    .map(|id| match id.strip_prefix('=') {
                        Some(_) => Value::Computed(Expression::of(id, None, None)),
                        None => Value::Variable(id.to_owned()),
                    }),
                result: called.and_then(|e| e.get("resultVariable")).map(str::to_owned),
            }
        }
        "sendTask" => TaskKind::Send {
            message: element
                .get("messageRef")
                .map(|reference| Box::new(event::message(Some(reference), element, build))),
        },
        "receiveTask" => TaskKind::Receive {
            message: Box::new(event::message(element.get("messageRef"), element, build)),
            instantiate: element.get("instantiate") == Some("true"),
        },
        _ => return None,
    })
}

fn script(element: &Element) -> ScriptTask {
    let zeebe = extensions(element).find(|e| e.is(ZEEBE, "script"));
    let format = element.get("scriptFormat").or(element.get("scriptLanguage"));
    let own = element
        .child(BPMN, "script")
        .map(|e| e.text())
        .filter(|text| !text.is_empty());
    let from_zeebe = zeebe.and_then(|e| e.get("expression"));
    let script = match from_zeebe {
        Some(text) => Some(Expression::of(text, Some("feel"), None)),
        None => own.map(|text| Expression::of(&text, format, None)),
    };
    let result = zeebe.and_then(|e| e.get("resultVariable"));
    let ours = || {
        let result = extensions(element).find(|e| e.is(MINGJING, "result"));
        result.and_then(|e| e.get("variable"))
    };
    let others = || {
        let named = element.attributes.iter().find(|a| a.local == "resultVariable");
        named.map(|a| a.value.as_str())
    };
    ScriptTask {
        script,
        result: result.or_else(ours).or_else(others).map(str::to_owned),
    }
}

pub(super) fn sub_kind(element: &Element) -> Option<SubKind> {
    let by_event = element.get("triggeredByEvent") == Some("true");
    match element.local.as_str() {
        "subProcess" if by_event => Some(SubKind::Event),
        "subProcess" => Some(SubKind::Embedded),
        "transaction" => Some(SubKind::Transaction),
        "adHocSubProcess" => Some(SubKind::AdHoc),
        _ => None,
    }
}

/// What a call activity calls; processes are looked up once all are read.
pub(super) fn called(element: &Element) -> Called {
    let zeebe = extensions(element).find(|e| e.is(ZEEBE, "calledElement"));
    let name = element.get("calledElement").or(zeebe.and_then(|e| e.get("processId")));
    match name.map(event::local).filter(|name| !name.is_empty()) {
        Some(name) => Called::Elsewhere(Id::from(name)),
        None => Called::Nothing,
    }
}

impl ScriptTask {
    /// Runs here, without a stub.
    pub fn is_feel(&self) -> bool {
        self.script.as_ref().is_some_and(|s| s.language == Language::Feel)
    }
}
