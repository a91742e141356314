//! Evaluating a compiled model.

mod function;
mod inputs;
mod logic;
mod story;
mod table;

use super::compile::{Element, Model, Place, Required};
use crate::evaluate::{Diagnostic, Evaluator, Limits, Scope, Stopped};
use crate::explain::{Step, StepKind, Trace};
use crate::extension::Extensions;
use crate::feel::Type;
use crate::feel::ast::Parameter;
use crate::time::DateTime;
use crate::value::{Context, Function, Value};
use function::{KnowledgeFunction, ServiceFunction};
use std::sync::Arc;

/// Values of the input data, by name. Those of imported files stand under the import's name (as a
/// context), or under their own.
pub type Inputs = Context;

/// One evaluation to be made.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub inputs: Inputs,
    pub limits: Limits,
    pub now: Option<DateTime>,
    pub extensions: Arc<Extensions>,
    /// Whether to record how the result comes about.
    pub explain: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    pub value: Value,
    pub diagnostics: Vec<Diagnostic>,
    pub stopped: Option<Stopped>,
    /// How, if asked for.
    pub explanation: Vec<Step>,
    pub steps: u64,
}

impl Model {
    /// Evaluates a decision, knowledge model or service by name; nothing if there is none. A
    /// knowledge model or service takes its parameters from the inputs of the same names.
    pub fn evaluate(self: &Arc<Model>, name: &str, request: &Request) -> Option<Evaluation> {
        let place = self.find(name)?;
        Some(self.evaluate_at(place, request))
    }

    pub fn evaluate_at(self: &Arc<Model>, place: Place, request: &Request) -> Evaluation {
        let mut evaluator = Evaluator::new(request.limits);
        evaluator.now.clone_from(&request.now);
        evaluator.extensions = request.extensions.clone();
        evaluator.trace = request.explain.then(Trace::default);
        let mut session = Session::new(self, &request.inputs);
        let value = session.run(&mut evaluator, place);
        let value = if evaluator.stopped.is_some() {
            Value::Null
        } else {
            value
        };
        Evaluation {
            value,
            stopped: evaluator.stopped,
            steps: evaluator.steps(),
            explanation: evaluator.trace.take().map(|trace| trace.done).unwrap_or_default(),
            diagnostics: evaluator.diagnostics,
        }
    }
}

/// The values known during one evaluation of a model.
pub(super) struct Session<'m> {
    model: &'m Arc<Model>,
    inputs: &'m Inputs,
    /// Of decisions already made, and of whatever a decision service was called with.
    known: Vec<(Place, Value)>,
}

impl<'m> Session<'m> {
    pub fn new(model: &'m Arc<Model>, inputs: &'m Inputs) -> Session<'m> {
        Session {
            model,
            inputs,
            known: Vec::new(),
        }
    }

    fn run(&mut self, evaluator: &mut Evaluator, place: Place) -> Value {
        match place.element {
            Element::Decision(_) => self.decision(evaluator, place),
            Element::Input(at) => self.input(evaluator, place, at),
            Element::Knowledge(at) => {
                let function = KnowledgeFunction::new(self.model, place.file, at);
                self.call_with_inputs(evaluator, Function::Model(Arc::new(function)))
            }
            Element::Service(at) => {
                let function = ServiceFunction::new(self.model, place.file, at);
                self.call_with_inputs(evaluator, Function::Model(Arc::new(function)))
            }
        }
    }

    /// A model has few elements: a list is searched faster than a map is kept.
    fn known(&self, place: Place) -> Option<Value> {
        self.known
            .iter()
            .find(|(known, _)| *known == place)
            .map(|(_, value)| value.clone())
    }

    fn call_with_inputs(&mut self, evaluator: &mut Evaluator, function: Function) -> Value {
        let Function::Model(callable) = &function else {
            return Value::Null;
        };
        let argument = |p: &Parameter| self.inputs.get(&p.name).cloned().unwrap_or_default();
        let arguments = callable.parameters().iter().map(argument).collect();
        evaluator.invoke(&function, arguments, Default::default())
    }

    fn decision(&mut self, evaluator: &mut Evaluator, place: Place) -> Value {
        if let Some(known) = self.known(place) {
            return known;
        }
        let model = self.model;
        let Some(decision) = model.decision(place) else {
            return Value::Null;
        };
        let text = decision.logic.as_ref().and_then(|logic| logic.text());
        if let Some(trace) = &mut evaluator.trace {
            trace.open(StepKind::Decision, &decision.name, text);
        }
        let types = model.files[place.file].types.clone();
        let value = evaluator.within(&decision.name, |evaluator| {
            let scope = self.required(evaluator, &decision.requires);
            let outer = evaluator.types.replace(types);
            let value = match &decision.logic {
                Some(logic) => evaluator.logic(logic, &scope),
                None => evaluator.null(Default::default(), "决策没有写明逻辑"),
            };
            let value = evaluator.declared(value, &decision.variable);
            evaluator.types = outer;
            value
        });
        if let Some(trace) = &mut evaluator.trace {
            trace.close(&value);
        }
        self.known.push((place, value.clone()));
        value
    }

    /// The required values and functions under their names, those of imports in contexts.
    fn required(&mut self, evaluator: &mut Evaluator, requires: &[Required]) -> Scope {
        let mut own = Vec::new();
        let mut imported: Vec<(Arc<str>, Context)> = Vec::new();
        for required in requires {
            let value = self.required_value(evaluator, required.place);
            let Some(prefix) = &required.prefix else {
                own.push((required.name.clone(), value));
                continue;
            };
            match imported.iter_mut().find(|(name, _)| name == prefix) {
                Some((_, context)) => context.set(required.name.clone(), value),
                None => {
                    let context = [(required.name.clone(), value)].into_iter().collect();
                    imported.push((prefix.clone(), context));
                }
            }
        }
        own.extend(
            imported
                .into_iter()
                .map(|(name, context)| (name, Value::context(context))),
        );
        Scope::new().with_all(own)
    }

    fn required_value(&mut self, evaluator: &mut Evaluator, place: Place) -> Value {
        match place.element {
            Element::Decision(_) => self.decision(evaluator, place),
            Element::Input(at) => self.input(evaluator, place, at),
            Element::Knowledge(at) => Value::Function(Function::Model(Arc::new(KnowledgeFunction::new(
                self.model, place.file, at,
            )))),
            Element::Service(at) => Value::Function(Function::Model(Arc::new(ServiceFunction::new(
                self.model, place.file, at,
            )))),
        }
    }

    fn input(&mut self, evaluator: &mut Evaluator, place: Place, at: usize) -> Value {
        if let Some(known) = self.known(place) {
            return known;
        }
        let file = &self.model.files[place.file];
        let variable = &file.inputs[at];
        let given = self.given(place.file, &variable.name);
        let outer = evaluator.types.replace(file.types.clone());
        let value = match given {
            Some(value) => evaluator.declared(value, variable),
            None => evaluator.null(Default::default(), format!("没有给出输入“{}”", variable.name)),
        };
        evaluator.types = outer;
        if let Some(trace) = &mut evaluator.trace {
            trace.leaf(StepKind::Input, &variable.name, &value);
        }
        self.known.push((place, value.clone()));
        value
    }

    fn given(&self, file: usize, name: &str) -> Option<Value> {
        if file > 0 {
            let namespace = &self.model.files[file].definitions.namespace;
            let found = self
                .model
                .files
                .iter()
                .flat_map(|file| &file.definitions.imports)
                .find_map(|import| {
                    let under = self.inputs.get(&import.name)?.as_context()?;
                    (import.namespace == *namespace).then(|| under.get(name).cloned())?
                });
            if found.is_some() {
                return found;
            }
        }
        self.inputs.get(name).cloned()
    }
}

impl Evaluator {
    /// The value as the variable's type wants it, or null and why.
    pub(super) fn declared(&mut self, value: Value, variable: &Parameter) -> Value {
        if variable.declared == Type::Any {
            return value;
        }
        match self.coerced(&value, &variable.declared) {
            Some(value) => value,
            None => {
                let (name, declared) = (&variable.name, &variable.declared);
                let message = format!("“{name}”应为 {declared}，值 {value} 不符");
                self.null(Default::default(), message)
            }
        }
    }
}
