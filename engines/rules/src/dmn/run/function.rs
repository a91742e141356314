//! Knowledge models, decision services and boxed functions as function values.

use super::super::compile::FunctionLogic;
use super::super::compile::{Model, Place};
use super::{Element, Session};
use crate::evaluate::{Callable, Evaluator, Scope};
use crate::explain::StepKind;
use crate::feel::Type;
use crate::feel::ast::Parameter;
use crate::value::{Context, Value};
use std::fmt;
use std::sync::Arc;

pub(super) struct KnowledgeFunction {
    model: Arc<Model>,
    file: usize,
    at: usize,
}

impl KnowledgeFunction {
    pub fn new(model: &Arc<Model>, file: usize, at: usize) -> KnowledgeFunction {
        KnowledgeFunction {
            model: model.clone(),
            file,
            at,
        }
    }

    fn knowledge(&self) -> &super::super::compile::Knowledge {
        &self.model.files[self.file].knowledge[self.at]
    }
}

impl Callable for KnowledgeFunction {
    fn name(&self) -> &str {
        &self.knowledge().name
    }

    fn parameters(&self) -> &[Parameter] {
        &self.knowledge().parameters
    }

    fn result(&self) -> Type {
        self.knowledge().result.clone()
    }

    fn call(&self, evaluator: &mut Evaluator, arguments: Vec<Value>) -> Value {
        let knowledge = self.knowledge();
        let Some(body) = &knowledge.body else {
            let message = format!("知识模型“{}”没有写明逻辑", knowledge.name);
            return evaluator.null(Default::default(), message);
        };
        if knowledge.external {
            return evaluator.null(Default::default(), "外部函数不在本系统内执行");
        }
        if let Some(trace) = &mut evaluator.trace {
            trace.open(StepKind::Knowledge, &knowledge.name, body.text());
        }
        let types = self.model.files[self.file].types.clone();
        let value = evaluator.within(&knowledge.name, |evaluator| {
            let inputs = Context::new();
            let mut session = Session::new(&self.model, &inputs);
            let names = knowledge.parameters.iter().map(|p| p.name.clone());
            let scope = session
                .required(evaluator, &knowledge.requires)
                .with_all(names.zip(arguments).collect());
            let outer = evaluator.types.replace(types);
            let value = evaluator.logic(body, &scope);
            let value = evaluator.returned(value, &knowledge.result);
            evaluator.types = outer;
            value
        });
        if let Some(trace) = &mut evaluator.trace {
            trace.close(&value);
        }
        value
    }
}

impl fmt::Debug for KnowledgeFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "knowledge {}", self.knowledge().name)
    }
}

pub(super) struct ServiceFunction {
    model: Arc<Model>,
    file: usize,
    at: usize,
}

impl ServiceFunction {
    pub fn new(model: &Arc<Model>, file: usize, at: usize) -> ServiceFunction {
        ServiceFunction {
            model: model.clone(),
            file,
            at,
        }
    }

    fn service(&self) -> &super::super::compile::Service {
        &self.model.files[self.file].services[self.at]
    }
}

impl Callable for ServiceFunction {
    fn name(&self) -> &str {
        &self.service().name
    }

    fn parameters(&self) -> &[Parameter] {
        &self.service().parameters
    }

    fn result(&self) -> Type {
        self.service().result.clone()
    }

    /// One output decision gives its value, several a context of them.
    fn call(&self, evaluator: &mut Evaluator, arguments: Vec<Value>) -> Value {
        let service = self.service();
        if let Some(trace) = &mut evaluator.trace {
            trace.open(StepKind::Service, &service.name, None);
        }
        let types = self.model.files[self.file].types.clone();
        let value = evaluator.within(&service.name, |evaluator| {
            let inputs = Context::new();
            let mut session = Session::new(&self.model, &inputs);
            let filled: Vec<(Place, Value)> = service.fills.iter().copied().zip(arguments).collect();
            session.known.extend(filled);
            let mut outputs: Vec<(Arc<str>, Value)> = Vec::new();
            for output in &service.outputs {
                let value = match output.place.element {
                    Element::Decision(_) => session.decision(evaluator, output.place),
                    _ => Value::Null,
                };
                outputs.push((output.name.clone(), value));
            }
            let value = match outputs.len() {
                1 => outputs.remove(0).1,
                _ => Value::context(outputs.into_iter().collect()),
            };
            let outer = evaluator.types.replace(types);
            let value = evaluator.returned(value, &service.result);
            evaluator.types = outer;
            value
        });
        if let Some(trace) = &mut evaluator.trace {
            trace.close(&value);
        }
        value
    }
}

impl fmt::Debug for ServiceFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "service {}", self.service().name)
    }
}

/// A boxed function definition with the names around it.
pub(super) struct BoxedFunction {
    pub function: Arc<FunctionLogic>,
    pub scope: Scope,
}

impl Callable for BoxedFunction {
    fn name(&self) -> &str {
        "function"
    }

    fn parameters(&self) -> &[Parameter] {
        &self.function.parameters
    }

    fn result(&self) -> Type {
        self.function.result.clone()
    }

    fn call(&self, evaluator: &mut Evaluator, arguments: Vec<Value>) -> Value {
        if self.function.external {
            return evaluator.null(Default::default(), "外部函数不在本系统内执行");
        }
        let names = self.function.parameters.iter().map(|p| p.name.clone());
        let scope = self.scope.with_all(names.zip(arguments).collect());
        evaluator.within(&evaluator.place.clone(), |evaluator| {
            let value = evaluator.logic(&self.function.body, &scope);
            evaluator.returned(value, &self.function.result)
        })
    }
}

impl fmt::Debug for BoxedFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("boxed function")
    }
}
