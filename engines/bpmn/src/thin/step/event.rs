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
    /// A gateway that forks made a further token.
    TokenCreated {
        token: TokenId,
        element: String,
    },
    /// The token came by `flow` and waits at a joining gateway for others.
    TokenWaiting {
        token: TokenId,
        element: String,
        flow: String,
    },
    /// The gateway joined the waiting `tokens` into one of them, `into`.
    TokensJoined {
        element: String,
        tokens: Vec<TokenId>,
        into: TokenId,
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
