//! Functions beyond the standard. A registry is handed to an evaluation; without one no name is
//! taken, and a name of the standard, of the model or of the context always wins.

use crate::builtins::BuiltIn;

#[derive(Debug, Default)]
pub struct Extensions {
    functions: Vec<&'static BuiltIn>,
}

impl Extensions {
    pub fn none() -> Extensions {
        Extensions::default()
    }

    pub fn with(mut self, functions: &'static [BuiltIn]) -> Extensions {
        self.functions.extend(functions);
        self
    }

    pub(crate) fn find(&self, name: &str) -> Option<&'static BuiltIn> {
        self.functions.iter().find(|function| function.name == name).copied()
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.functions.iter().map(|function| function.name)
    }
}
