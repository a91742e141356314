//! What a flow chart is refused or remarked for.

use std::fmt;

use serde::Serialize;

/// One finding about a flow chart, said so that its author can act on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Id of the BPMN element concerned, where there is one.
    pub element: Option<String>,
    /// Stable machine code, snake_case.
    pub code: &'static str,
    /// Chinese sentence for people.
    pub message: String,
    pub severity: Severity,
    /// A shortest way through the chart that shows the problem: ids of elements from the start. Empty where a
    /// path says nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The chart may not be run.
    Error,
    /// The chart runs; a person should look.
    Warning,
}

impl Problem {
    pub(crate) fn error(element: Option<&str>, code: &'static str, message: String) -> Problem {
        Problem {
            element: element.map(str::to_owned),
            code,
            message,
            severity: Severity::Error,
            path: Vec::new(),
        }
    }

    pub(crate) fn warning(element: Option<&str>, code: &'static str, message: String) -> Problem {
        Problem {
            severity: Severity::Warning,
            ..Problem::error(element, code, message)
        }
    }

    pub(crate) fn with_path(mut self, path: Vec<String>) -> Problem {
        self.path = path;
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.element {
            Some(element) => write!(f, "[{}] {element}：{}", self.code, self.message),
            None => write!(f, "[{}] {}", self.code, self.message),
        }
    }
}
