//! Running the conformance tests of OMG's DMN TCK: models with the inputs and results they must
//! have (`testCases.xsd`). Files come in as text; finding them is the caller's business.

mod expected;

use crate::dmn::{Definitions, Inputs, Model, Request};
use crate::time::DateTime;
use crate::value::Value;
use roxmltree::{Document, Node};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A file by its path (folders separated by `/`).
#[derive(Clone, Debug)]
pub struct SuiteFile {
    pub path: String,
    pub text: String,
}

/// One expected result and what came of it.
#[derive(Clone, Debug)]
pub struct Check {
    /// Path of the test file.
    pub file: String,
    pub case: String,
    /// Name of the decision or service.
    pub node: String,
    pub labels: Arc<Vec<String>>,
    /// What differs; nothing if it passed.
    pub failure: Option<String>,
}

/// Runs every `*-test-*.xml` with the `*.dmn` files of its folder.
pub fn run(files: &[SuiteFile], now: Option<DateTime>) -> Vec<Check> {
    let mut folders: BTreeMap<&str, Vec<&SuiteFile>> = BTreeMap::new();
    for file in files {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry(folder).or_default().push(file);
    }
    let mut checks = Vec::new();
    for files in folders.values() {
        let tests = files.iter().filter(|file| is_test(&file.path));
        tests.for_each(|test| run_file(test, files, now.as_ref(), &mut checks));
    }
    checks
}

fn is_test(path: &str) -> bool {
    path.ends_with(".xml") && path.rsplit('/').next().is_some_and(|name| name.contains("-test-"))
}

fn run_file(test: &SuiteFile, files: &[&SuiteFile], now: Option<&DateTime>, checks: &mut Vec<Check>) {
    let mut check = Check {
        file: test.path.clone(),
        case: String::new(),
        node: String::new(),
        labels: Arc::default(),
        failure: None,
    };
    let document = match Document::parse(&test.text) {
        Ok(document) => document,
        Err(error) => {
            check.failure = Some(format!("测试文件不正确：{error}"));
            return checks.push(check);
        }
    };
    let root = document.root_element();
    check.labels = Arc::new(elements(root, "label").map(text).collect());
    let model_name = elements(root, "modelName").map(text).next().unwrap_or_default();
    let model = load(&model_name, files);
    for case in elements(root, "testCase") {
        check.case = case.attribute("id").unwrap_or_default().to_owned();
        let request = Request {
            inputs: inputs(case),
            now: now.cloned(),
            ..Request::default()
        };
        for result in case.children().filter(|child| child.has_tag_name_local("resultNode")) {
            let name = result.attribute("name").unwrap_or_default();
            check.node = name.to_owned();
            check.failure = match &model {
                Err(error) => Some(error.clone()),
                Ok(model) => compare(model, case, result, name, &request),
            };
            checks.push(check.clone());
        }
    }
}

/// The named model with all those of its folder that it imports, directly or not.
fn load(name: &str, files: &[&SuiteFile]) -> Result<Arc<Model>, String> {
    let read = |file: &SuiteFile| crate::dmn::read(&file.text).map_err(|error| error.to_string());
    let main = files
        .iter()
        .find(|file| file.path.rsplit('/').next() == Some(name))
        .ok_or_else(|| format!("没有模型文件 {name}"))?;
    let mut chosen: Vec<Definitions> = vec![read(main)?];
    let mut others: Vec<Definitions> = Vec::new();
    if !chosen[0].imports.is_empty() {
        let rest = files.iter().filter(|file| file.path.ends_with(".dmn"));
        others = rest
            .filter(|file| file.path != main.path)
            .filter_map(|f| read(f).ok())
            .collect();
    }
    let mut next = 0;
    while next < chosen.len() {
        for import in chosen[next].imports.clone() {
            if let Some(at) = others.iter().position(|o| o.namespace == import.namespace) {
                chosen.push(others.swap_remove(at));
            }
        }
        next += 1;
    }
    Model::new(chosen).map(Arc::new).map_err(|error| error.to_string())
}

fn inputs(case: Node<'_, '_>) -> Inputs {
    case.children()
        .filter(|child| child.has_tag_name_local("inputNode"))
        .map(|node| (node.attribute("name").unwrap_or_default(), expected::value(node)))
        .collect()
}

fn compare(
    model: &Arc<Model>,
    case: Node<'_, '_>,
    result: Node<'_, '_>,
    name: &str,
    request: &Request,
) -> Option<String> {
    let called = match case.attribute("type") {
        Some("decisionService" | "bkm") => case.attribute("invocableName").unwrap_or(name),
        _ => name,
    };
    let Some(evaluation) = model.evaluate(called, request) else {
        return Some(format!("模型中没有“{called}”"));
    };
    let mut value = evaluation.value;
    // The result of a service with several outputs is a context of them.
    if called != name
        && let Some(inner) = value.as_context().and_then(|context| context.get(name))
    {
        value = inner.clone();
    }
    let wanted = result
        .children()
        .find(|child| child.has_tag_name_local("expected"))
        .map_or(Value::Null, expected::value);
    let error = result.attribute("errorResult") == Some("true") && wanted.is_null();
    if (error && value.is_null()) || expected::same(&wanted, &value) {
        return None;
    }
    let why = evaluation
        .diagnostics
        .last()
        .map_or(String::new(), |last| last.message.clone());
    let (wanted, got) = (crate::value::feel_text(&wanted), crate::value::feel_text(&value));
    Some(format!("应为 {wanted}，得到 {got}（{why}）"))
}

fn elements<'a>(node: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants().filter(move |child| child.has_tag_name_local(name))
}

fn text(node: Node<'_, '_>) -> String {
    node.text().unwrap_or_default().trim().to_owned()
}

/// Comparison by local name: test files differ in their prefixes.
trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}
