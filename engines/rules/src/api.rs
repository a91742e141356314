//! Entry points for programs: text in, results out that print themselves as text and as JSON.
//! Behind `mingjing rules feel | eval | check | test`.

use crate::check::{Finding, check};
use crate::dmn::{Definitions, Inputs, Model, ModelError, ReadError, Request, read};
use crate::evaluate::{Diagnostic, Evaluator, Limits, Scope, Stopped};
use crate::explain::{Line, Step, lines, record, sentences};
use crate::extension::Extensions;
use crate::feel::{Names, SyntaxError, parse_expression};
use crate::json::{JsonError, Object};
use crate::tck::{Check, SuiteFile};
use crate::time::DateTime;
use crate::value::{Context, Value};
use std::sync::Arc;

/// Why nothing could be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    #[error("{0}")]
    Syntax(#[from] SyntaxError),
    #[error("{0}")]
    Json(#[from] JsonError),
    #[error("输入应为一个 JSON 对象")]
    NotObject,
    #[error("{0}")]
    Read(#[from] ReadError),
    #[error("{0}")]
    Model(#[from] ModelError),
    #[error("模型中没有名为“{name}”的决策；有：{}", known.join("、"))]
    UnknownDecision { name: String, known: Vec<String> },
}

impl RulesError {
    /// `{"error":…,"line"?:…,"column"?:…}`
    pub fn to_json(&self) -> String {
        let place = match self {
            RulesError::Syntax(error) => Some((error.line, Some(error.column))),
            RulesError::Json(error) => Some((error.line, Some(error.column))),
            RulesError::Read(error) => error.place(),
            _ => None,
        };
        let mut out = String::new();
        let mut object = Object::new(&mut out);
        object.text("error", &self.to_string());
        if let Some((line, column)) = place {
            object.number("line", line);
            column.map(|column| object.number("column", column));
        }
        object.end();
        out
    }
}

/// What the caller provides besides the rules: the moment that `now()` means, and extensions.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    pub now: Option<DateTime>,
    pub extensions: Arc<Extensions>,
    pub limits: Limits,
}

/// A value, with what the evaluation had to say.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub value: Value,
    pub diagnostics: Vec<Diagnostic>,
    pub stopped: Option<Stopped>,
    /// Needed inputs that were not given (a missing input silently fails to match).
    pub missing: Vec<Arc<str>>,
    /// How the value came about, if asked for.
    pub explanation: Vec<Step>,
}

/// Evaluates an expression, with a JSON object of names and values.
pub fn feel(text: &str, context: Option<&str>, setting: &Setting) -> Result<Outcome, RulesError> {
    let context = object(context)?;
    let mut names = Names::new();
    setting.extensions.names().for_each(|name| names.add(name));
    let mut fields = Names::new();
    add_names(&context, &mut names, &mut fields);
    let expression = parse_expression(text, &names, &fields)?;
    let mut evaluator = Evaluator::new(setting.limits).with_extensions(setting.extensions.clone());
    evaluator.now.clone_from(&setting.now);
    let scope = Scope::new().with_entries(&Arc::new(context));
    let value = evaluator.evaluate(&expression, &scope);
    Ok(Outcome {
        value: if evaluator.stopped.is_some() {
            Value::Null
        } else {
            value
        },
        diagnostics: evaluator.diagnostics,
        stopped: evaluator.stopped,
        ..Outcome::default()
    })
}

fn object(text: Option<&str>) -> Result<Context, RulesError> {
    match text.map(crate::json::read).transpose()? {
        None => Ok(Context::new()),
        Some(Value::Context(context)) => Ok((*context).clone()),
        Some(_) => Err(RulesError::NotObject),
    }
}

fn add_names(context: &Context, names: &mut Names, fields: &mut Names) {
    for (name, value) in context.iter() {
        names.add(name);
        fields.add(name);
        add_fields(value, fields);
    }
}

fn add_fields(value: &Value, fields: &mut Names) {
    match value {
        Value::Context(context) => {
            for (name, value) in context.iter() {
                fields.add(name);
                add_fields(value, fields);
            }
        }
        // Elements of a list have the same shape; the first tells the names.
        Value::List(items) => items.iter().take(1).for_each(|item| add_fields(item, fields)),
        _ => {}
    }
}

/// Evaluates a decision (or service, or knowledge model) of the first of several DMN files that
/// import each other, with inputs as a JSON object.
pub fn eval(
    files: &[&str],
    decision: &str,
    input: &str,
    explain: bool,
    setting: &Setting,
) -> Result<Outcome, RulesError> {
    let definitions = files.iter().map(|xml| read(xml)).collect::<Result<Vec<_>, _>>()?;
    let model = Arc::new(Model::with_extensions(definitions, &setting.extensions)?);
    let inputs = object(Some(input))?;
    eval_model(&model, decision, &inputs, explain, setting)
}

/// As [`eval`], with a model compiled once.
pub fn eval_model(
    model: &Arc<Model>,
    decision: &str,
    inputs: &Inputs,
    explain: bool,
    setting: &Setting,
) -> Result<Outcome, RulesError> {
    let Some(place) = model.find(decision) else {
        let known = model.decisions().map(|name| name.to_string()).collect();
        return Err(RulesError::UnknownDecision {
            name: decision.to_owned(),
            known,
        });
    };
    let inputs = model.typed_inputs(inputs);
    let missing = model
        .needed_inputs(place)
        .into_iter()
        .filter(|name| inputs.get(name).is_none_or(Value::is_null))
        .collect();
    let request = Request {
        inputs,
        limits: setting.limits,
        now: setting.now.clone(),
        extensions: setting.extensions.clone(),
        explain,
    };
    let evaluation = model.evaluate_at(place, &request);
    Ok(Outcome {
        value: evaluation.value,
        diagnostics: evaluation.diagnostics,
        stopped: evaluation.stopped,
        missing,
        explanation: evaluation.explanation,
    })
}

impl Outcome {
    /// The explanation in sentences.
    pub fn sentences(&self) -> String {
        sentences(&self.explanation)
    }

    /// The explanation line by line.
    pub fn lines(&self) -> Vec<Line> {
        lines(&self.explanation)
    }

    /// The explanation for the record.
    pub fn record(&self) -> String {
        record(&self.explanation)
    }

    /// `{"value":…,"stopped"?:…,"missing":[…],"diagnostics":[{place,from,to,message}],"explanation"?:{…}}`
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        let mut object = Object::new(&mut out);
        object.value("value", &self.value);
        if let Some(stopped) = self.stopped {
            object.text("stopped", &stopped.to_string());
        }
        object
            .array("missing", &self.missing, |out, name| crate::json::string(out, name))
            .array("diagnostics", &self.diagnostics, |out, diagnostic| {
                Object::new(out)
                    .text("place", &diagnostic.place)
                    .number("from", diagnostic.span.start as usize)
                    .number("to", diagnostic.span.end as usize)
                    .text("message", &diagnostic.message)
                    .end();
            });
        if !self.explanation.is_empty() {
            object.part("explanation", |out| out.push_str(&self.record()));
        }
        object.end();
        out
    }
}

/// Findings about the first of several DMN files that import each other. A file that cannot be read
/// is an error.
pub fn check_files(files: &[&str], setting: &Setting) -> Result<Vec<Finding>, RulesError> {
    let definitions = files
        .iter()
        .map(|xml| read(xml))
        .collect::<Result<Vec<Definitions>, _>>()?;
    Ok(check(definitions, &setting.extensions))
}

/// `[{"kind","error","place","rules":[…],"message","example"?}]`
pub fn findings_json(findings: &[Finding]) -> String {
    let mut out = String::from("[");
    for (index, finding) in findings.iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        let mut object = Object::new(&mut out);
        object
            .text("kind", finding.kind.code())
            .truth("error", finding.kind.is_error())
            .text("place", &finding.place)
            .array("rules", &finding.rules, |out, rule| out.push_str(&rule.to_string()))
            .text("message", &finding.message);
        if let Some(example) = &finding.example {
            object.value("example", &Value::context(example.clone()));
        }
        object.end();
    }
    out.push(']');
    out
}

/// What a run of conformance tests came to.
#[derive(Clone, Debug, Default)]
pub struct TestReport {
    pub checks: Vec<Check>,
}

/// Runs `*-test-*.xml` files with the `*.dmn` files of their folders.
pub fn test(files: &[SuiteFile], setting: &Setting) -> TestReport {
    TestReport {
        checks: crate::tck::run(files, setting.now.clone()),
    }
}

impl TestReport {
    pub fn passed(&self) -> usize {
        self.checks.iter().filter(|check| check.failure.is_none()).count()
    }

    pub fn failed(&self) -> usize {
        self.checks.len() - self.passed()
    }

    /// A line for each failure, and `N passed, N failed` as the last.
    pub fn lines(&self) -> Vec<String> {
        let failure = |check: &Check| {
            let why = check.failure.as_ref()?;
            Some(format!("{} {} {}：{why}", check.file, check.case, check.node))
        };
        let mut lines: Vec<String> = self.checks.iter().filter_map(failure).collect();
        lines.push(format!("{} passed, {} failed", self.passed(), self.failed()));
        lines
    }
}
