//! Which names the expressions of a file may use.

use super::super::model::{Boxed, BoxedKind, Definitions, ItemDefinition};
use super::Resolver;
use crate::extension::Extensions;
use crate::feel::Names;

impl Resolver<'_> {
    /// Names that may stand alone: all elements of the file, its imports, and extensions.
    pub(super) fn names(&self, at: usize, extensions: &Extensions) -> Names {
        let file = &self.files[at];
        let mut names: Names = extensions.names().collect();
        element_names(file, &mut names);
        for import in &file.imports {
            names.add(&import.name);
            if import.name.is_empty()
                && let Some(imported) = self.by_namespace.get(&import.namespace)
            {
                element_names(&self.files[*imported], &mut names);
            }
        }
        names
    }

    /// Names that may follow a point: components of types, entries of contexts, columns, and the
    /// elements of imported files.
    pub(super) fn fields(&self, at: usize) -> Names {
        let mut names = Names::new();
        field_names(&self.files[at], &mut names);
        for import in &self.files[at].imports {
            if let Some(imported) = self.by_namespace.get(&import.namespace) {
                element_names(&self.files[*imported], &mut names);
                field_names(&self.files[*imported], &mut names);
            }
        }
        names
    }
}

fn element_names(file: &Definitions, names: &mut Names) {
    file.inputs.iter().for_each(|input| names.add(&input.variable.name));
    file.decisions
        .iter()
        .for_each(|decision| names.add(&decision.variable.name));
    file.knowledge
        .iter()
        .for_each(|knowledge| names.add(&knowledge.variable.name));
    file.services
        .iter()
        .for_each(|service| names.add(&service.variable.name));
}

fn field_names(file: &Definitions, names: &mut Names) {
    file.items.iter().for_each(|item| component_names(item, names));
    file.decisions
        .iter()
        .filter_map(|d| d.logic.as_ref())
        .for_each(|b| entry_names(b, names));
    let functions = file
        .knowledge
        .iter()
        .filter_map(|knowledge| knowledge.function.as_ref());
    functions
        .filter_map(|f| f.body.as_ref())
        .for_each(|body| entry_names(body, names));
    // A service with several outputs is a context of them; a required decision may be one too.
    element_names(file, names);
}

fn component_names(item: &ItemDefinition, names: &mut Names) {
    for part in &item.components {
        names.add(&part.name);
        component_names(part, names);
    }
}

fn entry_names(boxed: &Boxed, names: &mut Names) {
    match &boxed.kind {
        BoxedKind::Context(entries) => {
            for entry in entries {
                entry.variable.iter().for_each(|variable| names.add(&variable.name));
                entry.value.iter().for_each(|value| entry_names(value, names));
            }
        }
        BoxedKind::Relation { columns, .. } => {
            columns.iter().for_each(|column| names.add(&column.name));
        }
        BoxedKind::Table(table) => {
            table
                .outputs
                .iter()
                .filter_map(|o| o.name.as_ref())
                .for_each(|name| names.add(name));
        }
        BoxedKind::Function(function) => {
            function.body.iter().for_each(|body| entry_names(body, names));
        }
        BoxedKind::List(items) => items.iter().for_each(|item| entry_names(item, names)),
        BoxedKind::Conditional(parts) => parts.iter().for_each(|part| entry_names(part, names)),
        BoxedKind::For { domain, body, .. } => {
            entry_names(domain, names);
            entry_names(body, names);
        }
        _ => {}
    }
}
