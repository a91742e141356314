//! Checks of whole models.

use super::names::Walk;
use super::samples::literals;
use super::table::check_table;
use super::typing::{Known, fits, in_words, infer, kind_of};
use super::{Finding, FindingKind};
use crate::dmn::{Definitions, Element, Logic, Model, ModelError, Required, Table, Tests};
use crate::extension::Extensions;
use crate::feel::Type;
use crate::feel::ast::Parameter;
use std::sync::Arc;

/// Checks files that belong together; findings are about the first.
pub fn check(files: Vec<Definitions>, extensions: &Extensions) -> Vec<Finding> {
    let model = match Model::with_extensions(files, extensions) {
        Ok(model) => model,
        Err(error) => return vec![structure(&error)],
    };
    let mut checker = Checker {
        model: &model,
        extensions,
        findings: Vec::new(),
    };
    checker.file();
    let mut findings = checker.findings;
    findings.sort_by(|a, b| (a.kind, &a.place, &a.rules).cmp(&(b.kind, &b.place, &b.rules)));
    findings
}

fn structure(error: &ModelError) -> Finding {
    let place = match error {
        ModelError::MissingReference { from, .. } => from.clone(),
        _ => "".into(),
    };
    let message = error.to_string();
    Finding {
        kind: FindingKind::Structure,
        place,
        rules: Vec::new(),
        message,
        example: None,
    }
}

struct Checker<'m> {
    model: &'m Model,
    extensions: &'m Extensions,
    findings: Vec<Finding>,
}

impl Checker<'_> {
    fn file(&mut self) {
        let model = self.model;
        let file = &model.files[0];
        self.type_references();
        for decision in &file.decisions {
            let known = self.known(&decision.requires);
            match &decision.logic {
                Some(logic) => {
                    self.logic(&decision.name, logic, &decision.requires, &[], known);
                }
                None => self.add(
                    FindingKind::Unused,
                    &decision.name,
                    format!("决策“{}”没有写明逻辑", decision.name),
                ),
            }
        }
        for knowledge in &file.knowledge {
            let mut known = self.known(&knowledge.requires);
            known.extend(knowledge.parameters.iter().map(|p| self.typed(0, p)));
            if let (Some(body), false) = (&knowledge.body, knowledge.external) {
                let own = &knowledge.parameters;
                self.logic(&knowledge.name, body, &knowledge.requires, own, known);
            }
        }
        self.unused();
    }

    /// Types that inputs, decisions and components name but nobody defines.
    fn type_references(&mut self) {
        let model = self.model;
        let file = &model.files[0];
        let inputs = file.inputs.iter().map(|input| (&input.name, &input.declared));
        let decisions = file.decisions.iter().map(|d| (&d.name, &d.variable.declared));
        let knowledge = file
            .knowledge
            .iter()
            .flat_map(|knowledge| &knowledge.parameters)
            .map(|parameter| (&parameter.name, &parameter.declared));
        for (name, declared) in inputs.chain(decisions).chain(knowledge) {
            if let Type::Named(named) = declared
                && file.types.find(named).is_none()
            {
                let message = format!("“{name}”的类型“{named}”没有定义");
                self.add(FindingKind::Structure, name, message);
            }
        }
    }

    /// Names in scope with their types.
    fn known(&self, requires: &[Required]) -> Known {
        let own = requires.iter().filter(|required| required.prefix.is_none());
        own.map(|required| {
            let file = required.place.file;
            let declared = match required.place.element {
                Element::Input(at) => self.model.files[file].inputs[at].declared.clone(),
                Element::Decision(at) => self.model.files[file].decisions[at].variable.declared.clone(),
                _ => Type::Any,
            };
            let resolved = self.model.files[file].types.resolved(&declared);
            (required.name.clone(), resolved)
        })
        .collect()
    }

    fn typed(&self, file: usize, parameter: &Parameter) -> (Arc<str>, Type) {
        let resolved = self.model.files[file].types.resolved(&parameter.declared);
        (parameter.name.clone(), resolved)
    }

    fn logic(
        &mut self,
        place: &Arc<str>,
        logic: &Logic,
        requires: &[Required],
        parameters: &[Parameter],
        known: Known,
    ) {
        let names = requires
            .iter()
            .map(|required| required.prefix.clone().unwrap_or_else(|| required.name.clone()));
        let extensions = self.extensions.names().map(Arc::from);
        let own = parameters.iter().map(|parameter| parameter.name.clone());
        let mut walk = Walk::new(names.chain(own).chain(extensions).collect());
        walk.logic(logic);
        for (text, error) in &walk.broken {
            self.add(FindingKind::Syntax, place, format!("“{text}”：{error}"));
        }
        for name in &walk.missing {
            self.add(FindingKind::MissingName, place, format!("没有名为“{name}”的值"));
        }
        for required in requires {
            let name = required.prefix.as_ref().unwrap_or(&required.name);
            if !walk.used.contains(name) {
                let message = format!("要求了“{name}”，但逻辑中没有用到");
                self.add(FindingKind::Unused, place, message);
            }
        }
        self.typing(place, logic, &known);
    }

    /// Types of the expressions that stand alone, and of tables.
    fn typing(&mut self, place: &Arc<str>, logic: &Logic, known: &Known) {
        match logic {
            Logic::Expression(parsed) => {
                if let Ok(expression) = &parsed.parsed {
                    let mut wrong = Vec::new();
                    infer(expression, known, &mut wrong);
                    wrong
                        .into_iter()
                        .for_each(|message| self.add(FindingKind::Type, place, message));
                }
            }
            Logic::Typed(_, inner) => self.typing(place, inner, known),
            Logic::Context(entries) => {
                let mut known = known.clone();
                for entry in entries {
                    self.typing(place, &entry.value, &known);
                    known.extend(entry.variable.iter().map(|v| self.typed(0, v)));
                }
            }
            Logic::Conditional(parts) => {
                parts.iter().for_each(|part| self.typing(place, part, known));
            }
            Logic::List(items) => items.iter().for_each(|item| self.typing(place, item, known)),
            Logic::Table(table) => self.table(place, table, known),
            _ => {}
        }
    }

    fn table(&mut self, place: &Arc<str>, table: &Table, known: &Known) {
        let types = self.model.files[0].types.clone();
        let mut declared = Vec::with_capacity(table.inputs.len());
        for input in &table.inputs {
            let mut kind = types.resolved(&input.declared);
            if let Ok(expression) = &input.expression.parsed {
                let mut wrong = Vec::new();
                let found = infer(expression, known, &mut wrong);
                wrong
                    .into_iter()
                    .for_each(|message| self.add(FindingKind::Type, place, message));
                if kind == Type::Any {
                    kind = found;
                }
            }
            declared.push(kind);
        }
        self.cells(place, table, &declared, known);
        let allowed: Vec<Vec<&Tests>> = table
            .inputs
            .iter()
            .map(|input| {
                let own = input.allowed.iter();
                let of_type = self.allowed_of(&input.declared, &input.expression.text);
                own.chain(of_type).collect()
            })
            .collect();
        self.findings.extend(check_table(place, table, &allowed, &declared));
    }

    /// The allowed values of a column's type, or of the input it shows.
    fn allowed_of(&self, declared: &Type, expression: &str) -> Option<&Tests> {
        let file = &self.model.files[0];
        let shown = file.inputs.iter().find(|input| *input.name == *expression);
        let candidates = [Some(declared), shown.map(|input| &input.declared)];
        candidates.into_iter().flatten().find_map(|kind| match kind {
            Type::Named(name) => file.types.find(name)?.allowed.as_ref(),
            _ => None,
        })
    }

    fn cells(&mut self, place: &Arc<str>, table: &Table, declared: &[Type], known: &Known) {
        for (at, rule) in table.rules.iter().enumerate() {
            for (column, tests) in rule.tests.iter().enumerate() {
                let found = tests.parsed.as_ref().ok().and_then(literals).unwrap_or_default();
                let unfit = found.iter().find(|value| !fits(&kind_of(value), &declared[column]));
                if let Some(value) = unfit {
                    let label = &table.inputs[column].label;
                    let (wanted, got) = (in_words(&declared[column]), value.kind());
                    let message = format!("第 {} 条规则的“{label}”应为{wanted}，写的是{got}", at + 1);
                    self.add_rule(place, at, message);
                }
            }
            for (column, cell) in rule.outputs.iter().enumerate() {
                let Ok(expression) = &cell.parsed else { continue };
                let output = &table.outputs[column];
                let mut wrong = Vec::new();
                let found = infer(expression, known, &mut wrong);
                let wanted = self.model.files[0].types.resolved(&output.declared);
                if !fits(&found, &wanted) {
                    let (wanted, got) = (in_words(&wanted), in_words(&found));
                    wrong.push(format!("结果“{}”应为{wanted}，写的是{got}", output.label));
                }
                for message in wrong {
                    self.add_rule(place, at, format!("第 {} 条规则：{message}", at + 1));
                }
            }
        }
    }

    /// Inputs and knowledge that no logic requires.
    fn unused(&mut self) {
        let model = self.model;
        let file = &model.files[0];
        let decisions = file.decisions.iter().flat_map(|decision| &decision.requires);
        let knowledge = file.knowledge.iter().flat_map(|knowledge| &knowledge.requires);
        let required: Vec<_> = decisions.chain(knowledge).map(|required| required.place).collect();
        let served: Vec<_> = file.services.iter().flat_map(|service| &service.fills).collect();
        let is_used = |element: Element| {
            required.iter().any(|place| place.file == 0 && place.element == element)
                || served.iter().any(|place| place.file == 0 && place.element == element)
        };
        for (at, input) in file.inputs.iter().enumerate() {
            if !is_used(Element::Input(at)) {
                let message = format!("输入“{}”没有任何决策用到", input.name);
                self.add(FindingKind::Unused, &input.name, message);
            }
        }
        for (at, knowledge) in file.knowledge.iter().enumerate() {
            if !is_used(Element::Knowledge(at)) && !file.decisions.is_empty() {
                let message = format!("知识模型“{}”没有任何决策用到", knowledge.name);
                self.add(FindingKind::Unused, &knowledge.name, message);
            }
        }
    }

    fn add(&mut self, kind: FindingKind, place: &Arc<str>, message: String) {
        let place = place.clone();
        self.findings.push(Finding {
            kind,
            place,
            rules: Vec::new(),
            message,
            example: None,
        });
    }

    fn add_rule(&mut self, place: &Arc<str>, at: usize, message: String) {
        self.add(FindingKind::Type, place, message);
        if let Some(finding) = self.findings.last_mut() {
            finding.rules.push(at + 1);
        }
    }
}
