//! Files → a model ready to be evaluated: every expression read, every reference resolved.

mod logic;
mod names;
mod quick;

pub(crate) use logic::{Entry, FunctionLogic, Logic, Parsed, Table, TableOutput, TableRule, Tests};
pub(crate) use quick::Quick;

use super::item_definitions::Types;
use super::model::{Definitions, FunctionKind, Variable};
use crate::feel::Type;
use crate::feel::ast::Parameter;
use logic::Compiler;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("“{from}”引用的 {href} 不存在")]
    MissingReference { from: Arc<str>, href: Arc<str> },
    #[error("“{0}”引入的模型 {1} 没有给出")]
    MissingImport(Arc<str>, Arc<str>),
    #[error("决策要求形成循环：{}", .0.join(" → "))]
    Cycle(Vec<String>),
    #[error("两个模型使用同一命名空间 {0}")]
    DuplicateNamespace(Arc<str>),
    #[error("标识 {0} 重复")]
    DuplicateId(Arc<str>),
}

/// Decision models that belong together: one, and those it imports.
#[derive(Debug)]
pub struct Model {
    pub(crate) files: Vec<File>,
}

#[derive(Debug)]
pub(crate) struct File {
    pub definitions: Definitions,
    pub types: Arc<Types>,
    pub inputs: Vec<Parameter>,
    pub decisions: Vec<Decision>,
    pub knowledge: Vec<Knowledge>,
    pub services: Vec<Service>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    Input(usize),
    Decision(usize),
    Knowledge(usize),
    Service(usize),
}

/// An element of one of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub file: usize,
    pub element: Element,
}

/// A required element, and the name under which the requiring logic sees it.
#[derive(Clone, Debug)]
pub(crate) struct Required {
    pub place: Place,
    /// Name of the import, for an element of another file.
    pub prefix: Option<Arc<str>>,
    pub name: Arc<str>,
}

#[derive(Debug)]
pub(crate) struct Decision {
    pub name: Arc<str>,
    pub variable: Parameter,
    pub requires: Vec<Required>,
    pub logic: Option<Arc<Logic>>,
}

#[derive(Debug)]
pub(crate) struct Knowledge {
    pub name: Arc<str>,
    pub parameters: Vec<Parameter>,
    pub result: Type,
    pub requires: Vec<Required>,
    pub external: bool,
    pub body: Option<Arc<Logic>>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub name: Arc<str>,
    pub result: Type,
    pub parameters: Vec<Parameter>,
    /// What each parameter stands for.
    pub fills: Vec<Place>,
    pub outputs: Vec<Required>,
}

impl Model {
    /// Compiles files that may import each other. References to nothing and requirements in a
    /// circle are refused; expressions that cannot be read become null where they are evaluated.
    pub fn new(files: Vec<Definitions>) -> Result<Model, ModelError> {
        Model::with_extensions(files, &crate::extension::Extensions::none())
    }

    /// As [`Model::new`], for expressions that call functions beyond the standard.
    pub fn with_extensions(
        files: Vec<Definitions>,
        extensions: &crate::extension::Extensions,
    ) -> Result<Model, ModelError> {
        let mut by_namespace = HashMap::new();
        for (index, file) in files.iter().enumerate() {
            if by_namespace.insert(file.namespace.clone(), index).is_some() {
                return Err(ModelError::DuplicateNamespace(file.namespace.clone()));
            }
        }
        let by_id = files.iter().map(ids).collect::<Result<Vec<_>, _>>()?;
        let resolver = Resolver {
            files: &files,
            by_namespace: &by_namespace,
            by_id: &by_id,
        };
        let order = resolver.import_order()?;
        let mut compiled: Vec<Option<File>> = files.iter().map(|_| None).collect();
        let mut types: Vec<Option<Arc<Types>>> = files.iter().map(|_| None).collect();
        for at in order {
            let imported = resolver.imported_types(at, &types);
            let file = resolver.compile(at, imported, extensions)?;
            types[at] = Some(file.types.clone());
            compiled[at] = Some(file);
        }
        let model = Model {
            files: compiled.into_iter().flatten().collect(),
        };
        model.refuse_cycles()?;
        Ok(model)
    }

    /// A decision, knowledge model or service of the first file by its name.
    pub fn find(&self, name: &str) -> Option<Place> {
        let name = crate::feel::normal(name);
        let at = |file: usize, found: &File| {
            let decision = found.decisions.iter().position(|d| *d.name == name);
            let service = || found.services.iter().position(|s| *s.name == name);
            let knowledge = || found.knowledge.iter().position(|k| *k.name == name);
            let element = decision
                .map(Element::Decision)
                .or_else(|| service().map(Element::Service))
                .or_else(|| knowledge().map(Element::Knowledge))?;
            Some(Place { file, element })
        };
        self.files.iter().enumerate().find_map(|(index, file)| at(index, file))
    }

    /// Names of the decisions of the first file.
    pub fn decisions(&self) -> impl Iterator<Item = &Arc<str>> {
        self.files
            .iter()
            .take(1)
            .flat_map(|file| file.decisions.iter().map(|d| &d.name))
    }

    pub(crate) fn decision(&self, place: Place) -> Option<&Decision> {
        match place.element {
            Element::Decision(at) => self.files.get(place.file)?.decisions.get(at),
            _ => None,
        }
    }

    fn requires(&self, place: Place) -> &[Required] {
        let file = &self.files[place.file];
        match place.element {
            Element::Decision(at) => &file.decisions[at].requires,
            Element::Knowledge(at) => &file.knowledge[at].requires,
            Element::Service(at) => &file.services[at].outputs,
            Element::Input(_) => &[],
        }
    }

    pub(crate) fn name_of(&self, place: Place) -> &Arc<str> {
        let file = &self.files[place.file];
        match place.element {
            Element::Decision(at) => &file.decisions[at].name,
            Element::Knowledge(at) => &file.knowledge[at].name,
            Element::Service(at) => &file.services[at].name,
            Element::Input(at) => &file.inputs[at].name,
        }
    }

    fn places(&self) -> impl Iterator<Item = Place> {
        self.files.iter().enumerate().flat_map(|(file, found)| {
            let decisions = (0..found.decisions.len()).map(Element::Decision);
            let knowledge = (0..found.knowledge.len()).map(Element::Knowledge);
            let services = (0..found.services.len()).map(Element::Service);
            decisions
                .chain(knowledge)
                .chain(services)
                .map(move |element| Place { file, element })
        })
    }

    /// Depth-first, with a stack of our own: a chain of requirements may be long. A knowledge model
    /// that requires itself recurses, which its evaluation bounds.
    fn refuse_cycles(&self) -> Result<(), ModelError> {
        let mut done: HashMap<Place, bool> = HashMap::new();
        for start in self.places() {
            let mut stack = vec![(start, 0)];
            while let Some((place, next)) = stack.last_mut() {
                let place = *place;
                if *next == 0 && done.get(&place) == Some(&true) {
                    stack.pop();
                    continue;
                }
                done.entry(place).or_insert(false);
                let Some(required) = self.requires(place).get(*next) else {
                    done.insert(place, true);
                    stack.pop();
                    continue;
                };
                *next += 1;
                let required = required.place;
                let own = matches!(required.element, Element::Knowledge(_)) && required == place;
                if let Some(from) = stack.iter().position(|(on, _)| *on == required)
                    && !own
                {
                    let cycle = stack[from..].iter().map(|(on, _)| *on).chain([required]);
                    let names = cycle.map(|on| self.name_of(on).to_string()).collect();
                    return Err(ModelError::Cycle(names));
                }
                if !own && done.get(&required) != Some(&true) {
                    stack.push((required, 0));
                }
            }
        }
        Ok(())
    }
}

fn ids(file: &Definitions) -> Result<HashMap<Arc<str>, Element>, ModelError> {
    let inputs = file
        .inputs
        .iter()
        .enumerate()
        .map(|(at, x)| (&x.id, Element::Input(at)));
    let decisions = file
        .decisions
        .iter()
        .enumerate()
        .map(|(at, x)| (&x.id, Element::Decision(at)));
    let knowledge = file
        .knowledge
        .iter()
        .enumerate()
        .map(|(at, x)| (&x.id, Element::Knowledge(at)));
    let services = file
        .services
        .iter()
        .enumerate()
        .map(|(at, x)| (&x.id, Element::Service(at)));
    let mut ids = HashMap::new();
    for (id, element) in inputs.chain(decisions).chain(knowledge).chain(services) {
        if !id.is_empty() && ids.insert(id.clone(), element).is_some() {
            return Err(ModelError::DuplicateId(id.clone()));
        }
    }
    Ok(ids)
}

pub(super) struct Resolver<'f> {
    files: &'f [Definitions],
    by_namespace: &'f HashMap<Arc<str>, usize>,
    by_id: &'f [HashMap<Arc<str>, Element>],
}

impl<'f> Resolver<'f> {
    /// Files such that each comes after those it imports.
    fn import_order(&self) -> Result<Vec<usize>, ModelError> {
        let mut order = Vec::new();
        let mut state = vec![0u8; self.files.len()];
        for at in 0..self.files.len() {
            self.visit_imports(at, &mut state, &mut order)?;
        }
        Ok(order)
    }

    fn visit_imports(&self, at: usize, state: &mut [u8], order: &mut Vec<usize>) -> Result<(), ModelError> {
        match state[at] {
            2 => return Ok(()),
            1 => return Err(ModelError::Cycle(vec![self.files[at].name.to_string()])),
            _ => state[at] = 1,
        }
        for import in self.files[at].imports.iter().filter(|import| is_dmn(&import.kind)) {
            let Some(imported) = self.by_namespace.get(&import.namespace) else {
                let (name, namespace) = (self.files[at].name.clone(), import.namespace.clone());
                return Err(ModelError::MissingImport(name, namespace));
            };
            self.visit_imports(*imported, state, order)?;
        }
        state[at] = 2;
        order.push(at);
        Ok(())
    }

    fn imported_types(&self, at: usize, types: &[Option<Arc<Types>>]) -> Vec<(Arc<str>, Arc<Types>)> {
        let imports = self.files[at].imports.iter();
        imports
            .filter_map(|import| {
                let file = *self.by_namespace.get(&import.namespace)?;
                Some((import.name.clone(), types[file].clone()?))
            })
            .collect()
    }

    fn compile(
        &self,
        at: usize,
        imported: Vec<(Arc<str>, Arc<Types>)>,
        extensions: &crate::extension::Extensions,
    ) -> Result<File, ModelError> {
        let definitions = &self.files[at];
        let mut compiler = Compiler::new(self.names(at, extensions), self.fields(at));
        let types = Types::new(&definitions.items, imported, compiler.variables(), compiler.fields());
        let decisions = definitions
            .decisions
            .iter()
            .map(|decision| {
                let hrefs = decision.requires.iter().map(|required| &required.href);
                Ok(Decision {
                    name: decision.name.clone(),
                    variable: parameter(&decision.variable),
                    requires: self.required(at, &decision.name, hrefs.chain(&decision.requires_knowledge))?,
                    logic: decision.logic.as_ref().map(|logic| Arc::new(compiler.boxed(logic))),
                })
            })
            .collect::<Result<_, ModelError>>()?;
        let knowledge = definitions
            .knowledge
            .iter()
            .map(|knowledge| {
                let requires = &knowledge.requires_knowledge;
                let function = knowledge.function.as_ref();
                let parameters = function.map_or(&[][..], |function| &function.parameters);
                let declared = function.and_then(|function| function.type_ref.as_ref());
                let body_type = function
                    .and_then(|function| function.body.as_ref())
                    .and_then(|body| body.type_ref.as_ref());
                Ok(Knowledge {
                    name: knowledge.name.clone(),
                    parameters: parameters.iter().map(parameter).collect(),
                    result: result_type(&types, knowledge.variable.type_ref.as_ref().or(declared).or(body_type)),
                    requires: self.required(at, &knowledge.name, requires.iter())?,
                    external: function.is_some_and(|f| f.kind != FunctionKind::Feel),
                    body: function
                        .and_then(|function| compiler.function_body(function, function.body.as_ref()?).into()),
                })
            })
            .collect::<Result<_, ModelError>>()?;
        let services = definitions
            .services
            .iter()
            .map(|service| self.service(at, service, &types))
            .collect::<Result<_, ModelError>>()?;
        Ok(File {
            inputs: definitions
                .inputs
                .iter()
                .map(|input| parameter(&input.variable))
                .collect(),
            decisions,
            knowledge,
            services,
            types: Arc::new(types),
            definitions: definitions.clone(),
        })
    }

    /// Parameters of a service: its input data, then its input decisions.
    fn service(&self, at: usize, service: &super::model::Service, types: &Types) -> Result<Service, ModelError> {
        let filled = service.input_data.iter().chain(&service.input_decisions);
        let filled = self.required(at, &service.name, filled)?;
        let parameter_of = |required: &Required| {
            let file = &self.files[required.place.file];
            let variable = match required.place.element {
                Element::Input(at) => &file.inputs[at].variable,
                Element::Decision(at) => &file.decisions[at].variable,
                Element::Knowledge(at) => &file.knowledge[at].variable,
                Element::Service(at) => &file.services[at].variable,
            };
            Parameter {
                name: required.name.clone(),
                ..parameter(variable)
            }
        };
        Ok(Service {
            name: service.name.clone(),
            result: result_type(types, service.variable.type_ref.as_ref()),
            parameters: filled.iter().map(parameter_of).collect(),
            fills: filled.iter().map(|required| required.place).collect(),
            outputs: self.required(at, &service.name, service.output_decisions.iter())?,
        })
    }

    fn required<'a>(
        &self,
        at: usize,
        from: &Arc<str>,
        hrefs: impl Iterator<Item = &'a Arc<str>>,
    ) -> Result<Vec<Required>, ModelError> {
        let missing = |href: &Arc<str>| ModelError::MissingReference {
            from: from.clone(),
            href: href.clone(),
        };
        hrefs
            .map(|href| self.resolve(at, href).ok_or_else(|| missing(href)))
            .collect()
    }

    fn resolve(&self, at: usize, href: &str) -> Option<Required> {
        let (namespace, id) = href.split_once('#').unwrap_or(("", href));
        let own = namespace.is_empty() || *namespace == *self.files[at].namespace;
        let file = if own { at } else { *self.by_namespace.get(namespace)? };
        let element = *self.by_id[file].get(id)?;
        let prefix = match own {
            true => None,
            false => {
                let import = self.files[at]
                    .imports
                    .iter()
                    .find(|import| *import.namespace == *namespace)?;
                (!import.name.is_empty()).then(|| import.name.clone())
            }
        };
        let found = &self.files[file];
        let name = match element {
            Element::Input(at) => &found.inputs[at].variable.name,
            Element::Decision(at) => &found.decisions[at].variable.name,
            Element::Knowledge(at) => &found.knowledge[at].variable.name,
            Element::Service(at) => &found.services[at].variable.name,
        };
        Some(Required {
            place: Place { file, element },
            prefix,
            name: name.clone(),
        })
    }
}

fn is_dmn(kind: &str) -> bool {
    super::read::VERSIONS.iter().any(|(_, uri)| *uri == kind)
}

pub(crate) fn parameter(variable: &Variable) -> Parameter {
    Parameter {
        name: variable.name.clone(),
        declared: Types::reference(variable.type_ref.as_ref()),
    }
}

/// The type of what a function returns, where its variable has a function type.
fn result_type(types: &Types, type_ref: Option<&Arc<str>>) -> Type {
    let declared = Types::reference(type_ref);
    match types.resolved(&declared) {
        Type::Function(_, result) => *result,
        _ => declared,
    }
}
