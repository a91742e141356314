//! Why a stimulus cannot be taken. The state is unharmed.

use serde::Serialize;

use crate::model::Node;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Stable machine code, snake_case.
    pub code: &'static str,
    /// Id of the element concerned, where there is one.
    pub element: Option<String>,
    /// Chinese sentence for people.
    pub message: String,
}

impl Refusal {
    pub fn plain(code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal {
            code,
            element: None,
            message: message.into(),
        }
    }

    pub fn named(code: &'static str, element: &str, message: impl Into<String>) -> Refusal {
        Refusal {
            code,
            element: Some(element.to_owned()),
            message: message.into(),
        }
    }

    /// `text` goes on after the name of the element.
    pub fn at(node: &Node, code: &'static str, text: impl AsRef<str>) -> Refusal {
        let message = format!("“{}”{}", node.label(), text.as_ref());
        Refusal::named(code, node.id.as_str(), message)
    }
}
