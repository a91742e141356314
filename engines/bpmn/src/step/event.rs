//! What a step did, as it goes into the record. The JSON shape is stable: old records must load for ever.

use serde::{Deserialize, Serialize};

/// Number of a token within its instance; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenId(pub u32);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum FlowEvent {
    TokenEntered {
        token: TokenId,
        element: String,
    },
    TaskOffered {
        token: TokenId,
        task: String,
    },
    TaskCompleted {
        token: TokenId,
        task: String,
        outcome: Option<String>,
    },
    FlowTaken {
        flow: String,
    },
    /// The token is no more: it reached an end.
    TokenConsumed {
        token: TokenId,
        element: String,
    },
    TokensCancelled {
        tokens: Vec<TokenId>,
    },
    /// `end`: the end event reached; none if the instance was terminated from outside.
    ProcessEnded {
        end: Option<String>,
    },
}
