//! Raw elements → model. Collects every problem it meets instead of stopping at the first.

use std::collections::{HashMap, HashSet};

use super::activity;
use super::assistance;
use super::event;
use super::expression::Expression;
use super::work::{self, Findings, one_line};
use super::{Artifact, ArtifactKind, Called, Gateway, Id, Kind, Model, Node, NodeIx, Place, TaskKind, flows};
use crate::problem::Problem;
use crate::read::{BPMN, Element};

pub struct Build<'a> {
    pub problems: Vec<Problem>,
    /// Messages, signals, errors, escalations, event definitions and global tasks by id.
    roots: HashMap<&'a str, &'a Element>,
    /// Variable names of data objects, stores, properties, inputs and outputs by id.
    data: HashMap<&'a str, String>,
    collections: HashSet<&'a str>,
    language: Option<&'a str>,
    unnamed: usize,
}

impl<'a> Build<'a> {
    pub fn error(&mut self, element: Option<&str>, code: &'static str, message: String) {
        self.problems.push(Problem::error(element, code, message));
    }

    pub fn warning(&mut self, element: Option<&str>, code: &'static str, message: String) {
        self.problems.push(Problem::warning(element, code, message));
    }

    pub fn dangling(&mut self, element: &Element, reference: &str) {
        let text = format!("引用了不存在的“{reference}”。");
        self.error(element.id(), "dangling_reference", text);
    }

    pub fn root(&self, id: &str) -> Option<&'a Element> {
        self.roots.get(event::local(id)).copied()
    }

    pub fn expression(&self, element: &Element) -> Option<Expression> {
        Expression::read(element, self.language)
    }

    /// The variable behind the id of a data object, store, property, input or output.
    pub fn data_name(&self, reference: &str) -> String {
        let id = event::local(reference);
        self.data.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    fn id(&mut self, element: &Element) -> Id {
        match element.id().filter(|id| !id.is_empty()) {
            Some(id) => id.into(),
            None => {
                self.unnamed += 1;
                format!("_{}_{}", element.local, self.unnamed).into()
            }
        }
    }
}

pub fn build(definitions: Element) -> (Model, Vec<Problem>) {
    let mut model = Model {
        nodes: Vec::new(),
        flows: Vec::new(),
        by_id: HashMap::new(),
        flow_by_id: HashMap::new(),
        pools: Vec::new(),
        lanes: Vec::new(),
        message_flows: Vec::new(),
        associations: Vec::new(),
        artifacts: Vec::new(),
        diagram: None,
        source: Element::empty(),
    };
    let mut build = Build {
        problems: Vec::new(),
        roots: HashMap::new(),
        data: HashMap::new(),
        collections: HashSet::new(),
        language: definitions.get("expressionLanguage"),
        unnamed: 0,
    };
    let ids = ids(&definitions, &mut build);
    for process in definitions.children_named(BPMN, "process") {
        self::process(process, &mut model, &mut build);
    }
    if model.nodes.is_empty() {
        build.error(None, "no_process", "文件中没有流程（process）。".to_owned());
    }
    for element in definitions.elements().filter(|e| e.namespace == BPMN) {
        if matches!(
            element.local.as_str(),
            "collaboration" | "choreography" | "conversation"
        ) {
            flows::collaboration(element, &mut model, &mut build);
        }
    }
    resolve_calls(&mut model, &mut build);
    let mut drawing = Findings::default();
    model.diagram = super::diagram::read(&definitions, &ids, &mut drawing);
    build.problems.extend(drawing.problems);
    let problems = build.problems;
    model.source = definitions;
    (model, problems)
}

/// Ids of BPMN elements; those of the diagram part live in the same space. On the way roots and data are noted.
fn ids<'a>(definitions: &'a Element, build: &mut Build<'a>) -> HashSet<&'a str> {
    let mut all = HashSet::new();
    let mut semantic = HashSet::new();
    let mut references = Vec::new();
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
                note(element, id, &mut references, build);
            }
        }
        open.extend(element.elements());
    }
    // A modeler writes the name on the reference and leaves the object bare.
    for reference in references {
        let object = reference
            .get("dataObjectRef")
            .or(reference.get("dataStoreRef"))
            .map(event::local);
        let of_object = object
            .and_then(|id| build.data.get(id))
            .filter(|name| Some(name.as_str()) != object);
        let name = of_object.cloned().or_else(|| reference.get("name").map(one_line));
        let name = name
            .or_else(|| object.map(str::to_owned))
            .filter(|name| !name.is_empty());
        let id = reference.id().unwrap_or_default();
        let name = name.unwrap_or_else(|| id.to_owned());
        if let Some(object) = object {
            build.data.insert(object, name.clone());
        }
        build.data.insert(id, name);
    }
    semantic
}

fn note<'a>(element: &'a Element, id: &'a str, references: &mut Vec<&'a Element>, build: &mut Build<'a>) {
    match element.local.as_str() {
        "dataObjectReference" | "dataStoreReference" => references.push(element),
        "dataObject" | "dataStore" | "property" | "dataInput" | "dataOutput" | "inputDataItem" | "outputDataItem" => {
            let name = element.get("name").map(one_line).filter(|name| !name.is_empty());
            build.data.insert(id, name.unwrap_or_else(|| id.to_owned()));
            if element.get("isCollection") == Some("true") {
                build.collections.insert(id);
            }
        }
        _ => {
            build.roots.insert(id, element);
        }
    }
}

fn process<'a>(element: &'a Element, model: &mut Model, build: &mut Build<'a>) {
    let executable = element.get("isExecutable") == Some("true");
    let ix = push(element, Kind::Process { executable }, None, model, build);
    contents(element, ix, model, build);
    flows::lanes(element, ix, model, build);
}

/// Nodes first, so that flows find both their ends.
fn contents<'a>(container: &'a Element, parent: NodeIx, model: &mut Model, build: &mut Build<'a>) {
    for element in container.elements().filter(|e| e.namespace == BPMN) {
        if let Some(kind) = kind(element, build) {
            let inner = matches!(kind, Kind::Sub(_));
            let ix = push(element, kind, Some(parent), model, build);
            if inner {
                contents(element, ix, model, build);
            }
        } else {
            artifact(element, model, build);
        }
    }
    flows::read(container, parent, model, build);
}

fn push<'a>(
    element: &'a Element,
    kind: Kind,
    parent: Option<NodeIx>,
    model: &mut Model,
    build: &mut Build<'a>,
) -> NodeIx {
    let ix = NodeIx(model.nodes.len() as u32);
    let activity =
        matches!(kind, Kind::Sub(_) | Kind::Call(_) | Kind::Task(_)).then(|| Box::new(activity::read(element, build)));
    let id = build.id(element);
    model.nodes.push(Node {
        id: id.clone(),
        name: one_line(element.get("name").unwrap_or_default()),
        kind,
        parent,
        children: Vec::new(),
        incoming: Vec::new(),
        outgoing: Vec::new(),
        default: None,
        boundary: Vec::new(),
        attached: None,
        handler: None,
        activity,
        lane: None,
    });
    model.by_id.entry(id).or_insert(ix);
    if let Some(parent) = parent {
        model.nodes[parent.0 as usize].children.push(ix);
    }
    work(element, ix, model, build);
    ix
}

/// Posts, acts, limits, papers and outcomes of the tasks that people do.
fn work(element: &Element, ix: NodeIx, model: &mut Model, build: &mut Build<'_>) {
    let node = &mut model.nodes[ix.0 as usize];
    let mut found = Findings::default();
    let manual = match node.kind {
        Kind::Task(TaskKind::User) => false,
        Kind::Task(TaskKind::Manual) => true,
        Kind::Call(_) => {
            let assistance = assistance::read(element, &mut found);
            build.problems.extend(found.problems);
            if let Some(activity) = &mut node.activity {
                activity.assistance = assistance.map(Box::new);
            }
            return;
        }
        _ => return,
    };
    let task = work::read(element, manual, &mut found);
    build.problems.extend(found.problems);
    if let Some(activity) = &mut node.activity {
        activity.work = Some(Box::new(task));
    }
}

fn kind<'a>(element: &'a Element, build: &mut Build<'a>) -> Option<Kind> {
    if let Some(sub) = activity::sub_kind(element) {
        return Some(Kind::Sub(sub));
    }
    let event = |place, build: &mut Build<'a>| Some(Kind::Event(Box::new(event::read(element, place, build))));
    let flag = |name| element.get(name) == Some("true");
    match element.local.as_str() {
        "startEvent" => event(Place::Start, build),
        "intermediateCatchEvent" => event(Place::Catch, build),
        "intermediateThrowEvent" => event(Place::Throw, build),
        "boundaryEvent" => event(Place::Boundary, build),
        "endEvent" => event(Place::End, build),
        "callActivity" => Some(Kind::Call(activity::called(element))),
        "exclusiveGateway" => Some(Kind::Gateway(Gateway::Exclusive)),
        "parallelGateway" => Some(Kind::Gateway(Gateway::Parallel)),
        "inclusiveGateway" => Some(Kind::Gateway(Gateway::Inclusive)),
        "complexGateway" => {
            let activation = element.child(BPMN, "activationCondition");
            let activation = activation.and_then(|c| build.expression(c));
            Some(Kind::Gateway(Gateway::Complex { activation }))
        }
        "eventBasedGateway" => Some(Kind::Gateway(Gateway::EventBased {
            instantiate: flag("instantiate"),
            parallel: element.get("eventGatewayType") == Some("Parallel"),
        })),
        "choreographyTask" | "subChoreography" | "callChoreography" => {
            let text = format!("编排元素“{}”只随文件保存，不能执行。", element.local);
            build.error(element.id(), "choreography", text);
            None
        }
        _ => activity::task(element, build).map(Kind::Task),
    }
}

pub(super) fn artifact<'a>(element: &'a Element, model: &mut Model, build: &mut Build<'a>) {
    let collection = element.get("isCollection") == Some("true");
    let kind = match element.local.as_str() {
        "textAnnotation" => ArtifactKind::Text,
        "group" => ArtifactKind::Group,
        "dataObjectReference" => {
            let object = element.get("dataObjectRef").map(event::local);
            ArtifactKind::Data {
                collection: collection || object.is_some_and(|id| build.collections.contains(id)),
            }
        }
        "dataStoreReference" => ArtifactKind::Store,
        "ioSpecification" => {
            for child in element.elements().filter(|e| e.namespace == BPMN) {
                artifact(child, model, build);
            }
            return;
        }
        "dataInput" => ArtifactKind::Input { collection },
        "dataOutput" => ArtifactKind::Output { collection },
        _ => return,
    };
    let text = element.child(BPMN, "text").map(|e| e.text());
    let name = text.unwrap_or_else(|| element.get("name").unwrap_or_default().to_owned());
    let id = build.id(element);
    model.artifacts.push(Artifact { id, name, kind });
}

fn resolve_calls<'a>(model: &mut Model, build: &mut Build<'a>) {
    for ix in 0..model.nodes.len() {
        let Kind::Call(Called::Elsewhere(id)) = &model.nodes[ix].kind else {
            continue;
        };
        let id = id.clone();
        let target = model.by_id.get(&id).copied();
        let process = target.filter(|t| matches!(model.node(*t).kind, Kind::Process { .. }));
        let global = build.root(id.as_str()).filter(|e| e.local.starts_with("global"));
        model.nodes[ix].kind = Kind::Call(match (process, global) {
            (Some(process), _) => Called::Process(process),
            (None, Some(global)) => match activity::task(global, build) {
                Some(task) => Called::Global(id, Box::new(task)),
                None => Called::Elsewhere(id),
            },
            (None, None) => Called::Elsewhere(id),
        });
    }
}
