//! Model → DMN 1.5 XML. Reading it again gives the same model; the diagram is written back byte for
//! byte. Comments, white space and elements of other tools inside decisions are not kept.

use super::model::*;
use std::fmt::Write;

/// The file as DMN 1.5.
pub fn write(definitions: &Definitions) -> String {
    let mut writer = Writer {
        out: String::new(),
        depth: 0,
    };
    writer.definitions(definitions);
    writer.out
}

struct Writer {
    out: String,
    depth: usize,
}

type Attributes<'a> = [(&'a str, Option<&'a str>)];

impl Writer {
    fn definitions(&mut self, definitions: &Definitions) {
        self.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let (_, namespace) = super::read::VERSIONS[super::read::VERSIONS.len() - 1];
        let mut attributes = vec![("xmlns".to_owned(), namespace.to_owned())];
        for (prefix, uri) in &definitions.prefixes {
            attributes.push((format!("xmlns:{prefix}"), uri.to_string()));
        }
        attributes.extend(definitions.id.iter().map(|id| ("id".to_owned(), id.to_string())));
        attributes.push(("name".to_owned(), definitions.name.to_string()));
        attributes.push(("namespace".to_owned(), definitions.namespace.to_string()));
        let attributes: Vec<_> = attributes
            .iter()
            .map(|(name, value)| (name.as_str(), Some(value.as_str())))
            .collect();
        self.element("definitions", &attributes, |writer| {
            writer.text_element("description", definitions.description.as_deref());
            for import in &definitions.imports {
                writer.import(import);
            }
            definitions
                .items
                .iter()
                .for_each(|item| writer.item("itemDefinition", item));
            definitions.inputs.iter().for_each(|input| writer.input(input));
            definitions
                .decisions
                .iter()
                .for_each(|decision| writer.decision(decision));
            definitions
                .knowledge
                .iter()
                .for_each(|knowledge| writer.knowledge(knowledge));
            definitions.services.iter().for_each(|service| writer.service(service));
            for raw in definitions.others.iter().chain(&definitions.diagram) {
                writer.line(raw);
            }
        });
    }

    fn import(&mut self, import: &Import) {
        let attributes = [
            ("name", Some(&*import.name)),
            ("namespace", Some(&*import.namespace)),
            ("importType", Some(&*import.kind)),
            ("locationURI", import.location.as_deref()),
        ];
        self.empty("import", &attributes);
    }

    fn item(&mut self, element: &str, item: &ItemDefinition) {
        let attributes = [
            ("id", item.id.as_deref()),
            ("name", Some(&*item.name)),
            ("isCollection", item.is_collection.then_some("true")),
        ];
        self.element(element, &attributes, |writer| {
            writer.text_element("typeRef", item.type_ref.as_deref());
            writer.tests("allowedValues", item.allowed_values.as_deref());
            writer.tests("typeConstraint", item.type_constraint.as_deref());
            item.components
                .iter()
                .for_each(|part| writer.item("itemComponent", part));
            if let Some(function) = &item.function {
                let output = [("outputTypeRef", function.output.as_deref())];
                writer.element("functionItem", &output, |writer| {
                    function
                        .parameters
                        .iter()
                        .for_each(|p| writer.variable("parameters", p));
                });
            }
        });
    }

    fn input(&mut self, input: &InputData) {
        let attributes = [("id", Some(&*input.id)), ("name", Some(&*input.variable.name))];
        self.element("inputData", &attributes, |writer| {
            writer.text_element("description", input.description.as_deref());
            writer.variable("variable", &input.variable);
        });
    }

    fn decision(&mut self, decision: &Decision) {
        let attributes = [("id", Some(&*decision.id)), ("name", Some(&*decision.name))];
        self.element("decision", &attributes, |writer| {
            writer.text_element("description", decision.description.as_deref());
            writer.text_element("question", decision.question.as_deref());
            writer.text_element("allowedAnswers", decision.allowed_answers.as_deref());
            writer.variable("variable", &decision.variable);
            for requirement in &decision.requires {
                let kind = if requirement.is_input {
                    "requiredInput"
                } else {
                    "requiredDecision"
                };
                writer.requirement("informationRequirement", kind, &requirement.href);
            }
            writer.requirements(&decision.requires_knowledge, &decision.requires_authority);
            decision.logic.iter().for_each(|logic| writer.boxed(logic));
        });
    }

    fn knowledge(&mut self, knowledge: &Knowledge) {
        let attributes = [("id", Some(&*knowledge.id)), ("name", Some(&*knowledge.name))];
        self.element("businessKnowledgeModel", &attributes, |writer| {
            writer.text_element("description", knowledge.description.as_deref());
            writer.variable("variable", &knowledge.variable);
            if let Some(function) = &knowledge.function {
                writer.function("encapsulatedLogic", None, function);
            }
            writer.requirements(&knowledge.requires_knowledge, &knowledge.requires_authority);
        });
    }

    fn requirements(&mut self, knowledge: &[std::sync::Arc<str>], authority: &[std::sync::Arc<str>]) {
        for href in knowledge {
            self.requirement("knowledgeRequirement", "requiredKnowledge", href);
        }
        for href in authority {
            self.requirement("authorityRequirement", "requiredAuthority", href);
        }
    }

    fn requirement(&mut self, element: &str, kind: &str, href: &str) {
        self.element(element, &[], |writer| writer.empty(kind, &[("href", Some(href))]));
    }

    fn service(&mut self, service: &Service) {
        let attributes = [("id", Some(&*service.id)), ("name", Some(&*service.name))];
        self.element("decisionService", &attributes, |writer| {
            writer.variable("variable", &service.variable);
            let groups = [
                ("outputDecision", &service.output_decisions),
                ("encapsulatedDecision", &service.encapsulated_decisions),
                ("inputDecision", &service.input_decisions),
                ("inputData", &service.input_data),
            ];
            for (element, references) in groups {
                for href in references {
                    writer.empty(element, &[("href", Some(href))]);
                }
            }
        });
    }

    fn boxed(&mut self, boxed: &Boxed) {
        let attributes = [("id", boxed.id.as_deref()), ("typeRef", boxed.type_ref.as_deref())];
        match &boxed.kind {
            BoxedKind::Literal(text) => self.element("literalExpression", &attributes, |writer| {
                writer.text_element("text", Some(text));
            }),
            BoxedKind::Context(entries) => self.element("context", &attributes, |writer| {
                for entry in entries {
                    writer.element("contextEntry", &[], |writer| {
                        entry.variable.iter().for_each(|v| writer.variable("variable", v));
                        entry.value.iter().for_each(|value| writer.boxed(value));
                    });
                }
            }),
            BoxedKind::Relation { columns, rows } => {
                self.element("relation", &attributes, |writer| {
                    columns.iter().for_each(|column| writer.variable("column", column));
                    for row in rows {
                        writer.element("row", &[], |writer| {
                            row.iter().for_each(|cell| writer.boxed(cell));
                        });
                    }
                });
            }
            BoxedKind::List(items) => self.element("list", &attributes, |writer| {
                items.iter().for_each(|item| writer.boxed(item));
            }),
            BoxedKind::Invocation { function, bindings } => {
                self.element("invocation", &attributes, |writer| {
                    writer.boxed(function);
                    for binding in bindings {
                        writer.element("binding", &[], |writer| {
                            writer.variable("parameter", &binding.parameter);
                            binding.value.iter().for_each(|value| writer.boxed(value));
                        });
                    }
                });
            }
            BoxedKind::Function(function) => {
                self.function("functionDefinition", boxed.id.as_deref(), function);
            }
            BoxedKind::Table(table) => self.table(table, &attributes),
            BoxedKind::Conditional(parts) => self.element("conditional", &attributes, |writer| {
                for (element, part) in ["if", "then", "else"].into_iter().zip(parts.iter()) {
                    writer.element(element, &[], |writer| writer.boxed(part));
                }
            }),
            BoxedKind::Filter { list, condition } => {
                self.element("filter", &attributes, |writer| {
                    writer.element("in", &[], |writer| writer.boxed(list));
                    writer.element("match", &[], |writer| writer.boxed(condition));
                });
            }
            BoxedKind::For { variable, domain, body } => {
                self.iterator("for", "return", variable, domain, body, &attributes);
            }
            BoxedKind::Some { variable, domain, body } => {
                self.iterator("some", "satisfies", variable, domain, body, &attributes);
            }
            BoxedKind::Every { variable, domain, body } => {
                self.iterator("every", "satisfies", variable, domain, body, &attributes);
            }
        }
    }

    fn iterator(
        &mut self,
        element: &str,
        result: &str,
        variable: &str,
        domain: &Boxed,
        body: &Boxed,
        attributes: &Attributes<'_>,
    ) {
        let mut attributes = attributes.to_vec();
        attributes.push(("iteratorVariable", Some(variable)));
        self.element(element, &attributes, |writer| {
            writer.element("in", &[], |writer| writer.boxed(domain));
            writer.element(result, &[], |writer| writer.boxed(body));
        });
    }

    fn function(&mut self, element: &str, id: Option<&str>, function: &FunctionDefinition) {
        let kind = match function.kind {
            FunctionKind::Feel => None,
            FunctionKind::Java => Some("Java"),
            FunctionKind::Pmml => Some("PMML"),
        };
        let attributes = [("id", id), ("kind", kind), ("typeRef", function.type_ref.as_deref())];
        self.element(element, &attributes, |writer| {
            function
                .parameters
                .iter()
                .for_each(|p| writer.variable("formalParameter", p));
            function.body.iter().for_each(|body| writer.boxed(body));
        });
    }

    fn table(&mut self, table: &DecisionTable, attributes: &Attributes<'_>) {
        let policy = HitPolicy::ALL.iter().find(|(policy, _)| *policy == table.hit_policy);
        let aggregation = table
            .aggregation
            .and_then(|wanted| Aggregation::ALL.iter().find(|(known, _)| *known == wanted));
        let mut attributes = attributes.to_vec();
        attributes.push(("hitPolicy", policy.map(|(_, name)| *name)));
        attributes.push(("aggregation", aggregation.map(|(_, name)| *name)));
        attributes.push(("outputLabel", table.output_label.as_deref()));
        self.element("decisionTable", &attributes, |writer| {
            for input in &table.inputs {
                writer.element("input", &[("label", input.label.as_deref())], |writer| {
                    let kind = [("typeRef", input.type_ref.as_deref())];
                    writer.element("inputExpression", &kind, |writer| {
                        writer.text_element("text", Some(&input.expression));
                    });
                    writer.tests("inputValues", input.allowed_values.as_deref());
                });
            }
            table.outputs.iter().for_each(|output| writer.output(output));
            for name in &table.annotations {
                writer.empty("annotation", &[("name", Some(name))]);
            }
            table.rules.iter().for_each(|rule| writer.rule(rule));
        });
    }

    fn output(&mut self, output: &OutputClause) {
        let attributes = [
            ("name", output.name.as_deref()),
            ("label", output.label.as_deref()),
            ("typeRef", output.type_ref.as_deref()),
        ];
        self.element("output", &attributes, |writer| {
            writer.tests("outputValues", output.allowed_values.as_deref());
            writer.tests("defaultOutputEntry", output.default.as_deref());
        });
    }

    fn rule(&mut self, rule: &Rule) {
        self.element("rule", &[("id", rule.id.as_deref())], |writer| {
            writer.text_element("description", rule.description.as_deref());
            let cells = [
                ("inputEntry", &rule.tests),
                ("outputEntry", &rule.outputs),
                ("annotationEntry", &rule.annotations),
            ];
            for (element, texts) in cells {
                for text in texts {
                    writer.element(element, &[], |writer| writer.text_element("text", Some(text)));
                }
            }
        });
    }

    fn variable(&mut self, element: &str, variable: &Variable) {
        let attributes = [
            ("name", Some(&*variable.name)),
            ("typeRef", variable.type_ref.as_deref()),
        ];
        self.empty(element, &attributes);
    }

    fn tests(&mut self, element: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.element(element, &[], |writer| writer.text_element("text", Some(text)));
        }
    }

    fn text_element(&mut self, element: &str, text: Option<&str>) {
        if let Some(text) = text {
            let escaped = escape(text, false);
            self.line(&format!("<{element}>{escaped}</{element}>"));
        }
    }

    fn empty(&mut self, element: &str, attributes: &Attributes<'_>) {
        let attributes = attribute_text(attributes);
        self.line(&format!("<{element}{attributes}/>"));
    }

    fn element(&mut self, element: &str, attributes: &Attributes<'_>, content: impl FnOnce(&mut Writer)) {
        let attributes = attribute_text(attributes);
        self.line(&format!("<{element}{attributes}>"));
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.line(&format!("</{element}>"));
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{:indent$}{text}", "", indent = 2 * self.depth);
    }
}

fn attribute_text(attributes: &Attributes<'_>) -> String {
    let mut out = String::new();
    for (name, value) in attributes {
        if let Some(value) = value {
            let _ = write!(out, " {name}=\"{}\"", escape(value, true));
        }
    }
    out
}

fn escape(text: &str, in_attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' if in_attribute => {
                let _ = write!(out, "&#{};", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}
