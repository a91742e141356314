//! Raw elements → model. Collects every problem it meets instead of stopping at the first.

use std::collections::{HashMap, HashSet};

use super::names::chinese;
use super::{Condition, Flow, FlowIx, Model, Node, NodeIx, NodeKind, Pool, diagram, hash, lanes, task};
use crate::problem::Problem;
use crate::read::{BPMN, Element, MINGJING};

const MAX_ID: usize = 128;
const MAX_NAME: usize = 300;

/// Elements of the BPMN namespace that say nothing about the run.
const SILENT_IN_PROCESS: [&str; 11] = [
    "documentation",
    "extensionElements",
    "laneSet",
    "textAnnotation",
    "association",
    "group",
    "property",
    "auditing",
    "monitoring",
    "supportedInterfaceRef",
    "correlationSubscription",
];

/// Declarations that matter only to elements which are refused where they stand.
const SILENT_IN_DEFINITIONS: [&str; 15] = [
    "import",
    "extension",
    "documentation",
    "extensionElements",
    "relationship",
    "category",
    "itemDefinition",
    "message",
    "signal",
    "error",
    "escalation",
    "interface",
    "resource",
    "dataStore",
    "correlationProperty",
];

pub struct Build {
    pub problems: Vec<Problem>,
    /// Ids of elements that exist but were refused: a reference to one is not a second problem.
    pub refused: HashSet<String>,
}

impl Build {
    pub fn error(&mut self, element: Option<&str>, code: &'static str, message: String) {
        self.problems.push(Problem::error(element, code, message));
    }

    pub fn warning(&mut self, element: Option<&str>, code: &'static str, message: String) {
        self.problems.push(Problem::warning(element, code, message));
    }
}

/// The model is there as soon as one process could be made out, even where problems forbid running it, so
/// that findings can be shown on its drawing.
pub fn build(definitions: Element) -> (Option<Model>, Vec<Problem>) {
    let mut build = Build {
        problems: Vec::new(),
        refused: HashSet::new(),
    };
    let ids = unique_ids(&definitions, &mut build);
    let pool = root_elements(&definitions, &mut build);
    let Some(process) = the_process(&definitions, &mut build) else {
        return (None, build.problems);
    };
    let mut model = Model {
        process_id: checked_id(process, &mut build),
        name: checked_name(process, &mut build),
        pool,
        lanes: Vec::new(),
        nodes: Vec::new(),
        flows: Vec::new(),
        node_by_id: HashMap::new(),
        diagram: None,
        hash: String::new(),
        source: Element::empty(),
    };
    read_nodes(process, &mut model, &mut build);
    read_flows(process, &mut model, &mut build);
    read_defaults(process, &mut model, &mut build);
    lanes::read(process, &mut model, &mut build);
    let drawing = diagram::read(&definitions, &ids, &mut build);
    model.diagram = drawing.filter(|drawing| complete(drawing, &model));
    model.hash = hash::hash(&model);
    model.source = definitions;
    (Some(model), build.problems)
}

/// Elements inside the BPMN extension elements of `element`.
pub fn extensions(element: &Element) -> impl Iterator<Item = &Element> {
    element
        .children_named(BPMN, "extensionElements")
        .flat_map(Element::elements)
}

/// Ids of all BPMN elements of the file; ids of the diagram part live in the same space.
fn unique_ids<'a>(definitions: &'a Element, build: &mut Build) -> HashSet<&'a str> {
    let mut all = HashSet::new();
    let mut semantic = HashSet::new();
    let mut open = vec![definitions];
    while let Some(element) = open.pop() {
        // Extensions have id spaces of their own (an outcome's id, for one).
        if element.is(BPMN, "extensionElements") {
            continue;
        }
        if let Some(id) = element.id() {
            if !all.insert(id) {
                let text = format!("编号“{id}”在文件中出现了不止一次。");
                build.error(Some(id), "duplicate_id", text);
            }
            if element.namespace == BPMN {
                semantic.insert(id);
            }
        }
        open.extend(element.elements());
    }
    semantic
}

fn root_elements(definitions: &Element, build: &mut Build) -> Option<Pool> {
    let mut pool = None;
    for element in definitions.elements().filter(|e| e.namespace == BPMN) {
        match element.local.as_str() {
            "process" => {}
            "collaboration" => pool = collaboration(element, build).or(pool),
            known if SILENT_IN_DEFINITIONS.contains(&known) => {}
            _ => unsupported(element, definitions, build),
        }
    }
    pool
}

fn collaboration(collaboration: &Element, build: &mut Build) -> Option<Pool> {
    let mut pool = None;
    for element in collaboration.elements().filter(|e| e.namespace == BPMN) {
        match element.local.as_str() {
            "participant" if pool.is_some() => {
                let text = "目前一个文件只支持一个参与者（池）。".to_owned();
                build.error(element.id(), "several_participants", text);
            }
            "participant" => {
                pool = Some(Pool {
                    id: element.id().unwrap_or_default().to_owned(),
                    name: checked_name(element, build),
                });
            }
            "documentation" | "extensionElements" | "textAnnotation" | "association" | "group" => {}
            _ => unsupported(element, collaboration, build),
        }
    }
    pool
}

fn the_process<'a>(definitions: &'a Element, build: &mut Build) -> Option<&'a Element> {
    let mut processes = definitions.children_named(BPMN, "process");
    let first = processes.next();
    if first.is_none() {
        build.error(None, "no_process", "文件中没有流程（process）。".to_owned());
    }
    for further in processes {
        let text = "目前一个文件只支持一个流程（process）。".to_owned();
        build.error(further.id(), "several_processes", text);
    }
    first
}

fn read_nodes(process: &Element, model: &mut Model, build: &mut Build) {
    for element in process.elements() {
        if element.namespace != BPMN {
            continue;
        }
        let Some(kind) = node_kind(element, process, build) else {
            continue;
        };
        let node = Node {
            id: checked_id(element, build),
            name: checked_name(element, build),
            kind,
            lane: None,
            incoming: Vec::new(),
            outgoing: Vec::new(),
        };
        let ix = NodeIx(model.nodes.len());
        model.node_by_id.entry(node.id.clone()).or_insert(ix);
        model.nodes.push(node);
    }
    own_elements_only_on_tasks(process, build);
}

fn node_kind(element: &Element, process: &Element, build: &mut Build) -> Option<NodeKind> {
    let kind = match element.local.as_str() {
        "startEvent" => {
            event_definitions(element, &[], build);
            NodeKind::Start
        }
        "endEvent" => NodeKind::End {
            terminate: event_definitions(element, &["terminateEventDefinition"], build),
        },
        "userTask" => task_kind(element, false, build),
        "manualTask" => task_kind(element, true, build),
        "exclusiveGateway" => {
            only_children(element, &[], build);
            NodeKind::Exclusive { default: None }
        }
        "inclusiveGateway" => {
            only_children(element, &[], build);
            NodeKind::Inclusive { default: None }
        }
        "parallelGateway" => {
            only_children(element, &[], build);
            no_default(element, build);
            NodeKind::Parallel
        }
        "sequenceFlow" => return None,
        silent if SILENT_IN_PROCESS.contains(&silent) => return None,
        _ => {
            unsupported(element, process, build);
            return None;
        }
    };
    Some(kind)
}

fn task_kind(element: &Element, manual: bool, build: &mut Build) -> NodeKind {
    only_children(element, &["potentialOwner", "rendering", "resourceRole"], build);
    for (name, usual) in [
        ("isForCompensation", "false"),
        ("startQuantity", "1"),
        ("completionQuantity", "1"),
    ] {
        if element.get(name).is_some_and(|value| value != usual) {
            let text = format!("任务属性“{name}”目前不能执行，请删去。");
            build.error(element.id(), "unsupported_attribute", text);
        }
    }
    no_default(element, build);
    NodeKind::Task(Box::new(task::read(element, manual, build)))
}

fn no_default(element: &Element, build: &mut Build) {
    if element.get("default").is_some() {
        let text = "默认流只能设在排他网关或包容网关上。".to_owned();
        build.error(element.id(), "default_off_gateway", text);
    }
}

/// True if an allowed definition is there.
fn event_definitions(element: &Element, allowed: &[&str], build: &mut Build) -> bool {
    only_children(element, allowed, build);
    let mut own = element.elements().filter(|e| e.namespace == BPMN);
    own.any(|e| allowed.contains(&e.local.as_str()))
}

/// Refuses BPMN children that would change what the element does.
fn only_children(element: &Element, allowed: &[&str], build: &mut Build) {
    const ALWAYS: [&str; 6] = [
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "auditing",
        "monitoring",
    ];
    for child in element.elements().filter(|e| e.namespace == BPMN) {
        let local = child.local.as_str();
        if !ALWAYS.contains(&local) && !allowed.contains(&local) {
            let text = format!(
                "“{}”上的{}（{local}）目前不能执行。",
                one_line(element.get("name").or(element.id()).unwrap_or_default()),
                chinese(local)
            );
            build.error(element.id(), "unsupported_element", text);
        }
    }
}

fn unsupported(element: &Element, within: &Element, build: &mut Build) {
    let local = element.local.as_str();
    let name = one_line(element.get("name").unwrap_or_default());
    let named = match name.as_str() {
        "" => String::new(),
        name => format!("“{name}”"),
    };
    let text = format!("{}{named}（{local}）目前不能执行，请改用已支持的元素。", chinese(local));
    build.error(element.id().or(within.id()), "unsupported_element", text);
    build.refused.extend(element.id().map(str::to_owned));
}

/// Law hangs on our own elements, so one in a place where nobody reads it is an error.
fn own_elements_only_on_tasks(process: &Element, build: &mut Build) {
    let read_here = ["userTask", "manualTask"];
    let others = process.elements().filter(|e| !read_here.contains(&e.local.as_str()));
    for element in others.chain([process]) {
        for own in extensions(element).filter(|e| e.namespace == MINGJING) {
            let text = format!("“{}”只能写在任务上。", own.qname);
            build.error(element.id(), "extension_misplaced", text);
        }
    }
}

fn read_flows(process: &Element, model: &mut Model, build: &mut Build) {
    for element in process.children_named(BPMN, "sequenceFlow") {
        let id = checked_id(element, build);
        let name = checked_name(element, build);
        let condition = condition(element, build);
        let source = end_of_flow(element, "sourceRef", model, build);
        let target = end_of_flow(element, "targetRef", model, build);
        let (Some(source), Some(target)) = (source, target) else {
            build.refused.insert(id);
            continue;
        };
        let ix = FlowIx(model.flows.len());
        model.nodes[source.0].outgoing.push(ix);
        model.nodes[target.0].incoming.push(ix);
        model.flows.push(Flow {
            id,
            name,
            source,
            target,
            condition,
        });
    }
    stated_flows_exist(process, model, build);
}

fn end_of_flow(flow: &Element, attribute: &str, model: &Model, build: &mut Build) -> Option<NodeIx> {
    let reference = flow.get(attribute).unwrap_or_default().trim();
    let found = model.node_by_id(reference);
    if found.is_none() && !build.refused.contains(reference) {
        let text = format!("顺序流的{attribute}引用了不存在的元素“{reference}”。");
        build.error(flow.id(), "dangling_reference", text);
    }
    found
}

fn condition(flow: &Element, build: &mut Build) -> Option<Condition> {
    let expression = flow.child(BPMN, "conditionExpression")?;
    let text = expression.text();
    match Condition::parse(&text) {
        Ok(condition) => Some(condition),
        Err(_) => {
            let text = format!(
                "条件“{}”需要规则引擎，目前尚不可用；现在只支持按办理结果分支，例如 =outcome = \"accept\"。",
                shortened(&text)
            );
            build.error(flow.id(), "condition_needs_rules", text);
            None
        }
    }
}

/// `incoming` and `outgoing` repeat what the flows say; a name that no flow bears is a broken file.
fn stated_flows_exist(process: &Element, model: &Model, build: &mut Build) {
    let flows: HashMap<&str, &Flow> = model.flows.iter().map(|f| (f.id.as_str(), f)).collect();
    for element in process.elements().filter(|e| e.namespace == BPMN) {
        let Some(node) = element.id().and_then(|id| model.node_by_id(id)) else {
            continue;
        };
        for stated in element.elements().filter(|e| e.namespace == BPMN) {
            let reference = stated.text();
            let agrees = match stated.local.as_str() {
                "incoming" => flows.get(reference.as_str()).map(|f| f.target == node),
                "outgoing" => flows.get(reference.as_str()).map(|f| f.source == node),
                _ => continue,
            };
            if agrees == Some(false) || (agrees.is_none() && !build.refused.contains(&reference)) {
                let text = format!("{}引用的顺序流“{reference}”不存在或不在此相连。", stated.local);
                build.error(element.id(), "dangling_reference", text);
            }
        }
    }
}

fn read_defaults(process: &Element, model: &mut Model, build: &mut Build) {
    let choosing = ["exclusiveGateway", "inclusiveGateway"];
    let gateways = process.elements().filter(|e| e.namespace == BPMN);
    for element in gateways.filter(|e| choosing.contains(&e.local.as_str())) {
        let Some(reference) = element.get("default") else {
            continue;
        };
        let Some(gateway) = element.id().and_then(|id| model.node_by_id(id)) else {
            continue;
        };
        let outgoing = &model.nodes[gateway.0].outgoing;
        let flow = outgoing.iter().find(|f| model.flows[f.0].id == reference).copied();
        match flow {
            Some(flow) => match &mut model.nodes[gateway.0].kind {
                NodeKind::Exclusive { default } | NodeKind::Inclusive { default } => {
                    *default = Some(flow);
                }
                _ => {}
            },
            None => {
                let text = format!("默认流“{reference}”不是从这个网关出发的顺序流。");
                build.error(element.id(), "dangling_reference", text);
            }
        }
    }
}

fn complete(drawing: &diagram::Diagram, model: &Model) -> bool {
    let shapes: HashSet<&str> = drawing.shapes.iter().map(|s| s.element.as_str()).collect();
    let edges: HashSet<&str> = drawing.edges.iter().map(|e| e.element.as_str()).collect();
    let nodes = model.nodes.iter().all(|n| shapes.contains(n.id.as_str()));
    let lanes = model.lanes.iter().all(|l| shapes.contains(l.id.as_str()));
    nodes && lanes && model.flows.iter().all(|f| edges.contains(f.id.as_str()))
}

pub fn checked_id(element: &Element, build: &mut Build) -> String {
    let id = element.id().unwrap_or_default();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if id.is_empty() || id.len() > MAX_ID || !id.chars().all(plain) {
        let text = format!(
            "元素{}（{}）的编号应为1至{MAX_ID}字节的字母、数字、下划线、连字符或点。",
            chinese(&element.local),
            element.local
        );
        build.error(Some(&shortened(id)), "bad_id", text);
    }
    id.to_owned()
}

pub fn checked_name(element: &Element, build: &mut Build) -> String {
    let name = one_line(element.get("name").unwrap_or_default());
    if name.chars().count() > MAX_NAME {
        let text = format!("名称超过{MAX_NAME}字。");
        build.error(element.id(), "name_too_long", text);
    }
    name
}

/// Modelers break names into lines by hand; a reader gets one.
pub fn one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
