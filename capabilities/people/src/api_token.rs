//! An access token of a department's own system: the posts in which it may act, and until when.
//!
//! Invariants: issued once; bound to the posts of one body; what it may do ends on its last day or with its revocation,
//! whichever comes first; the token itself is never kept, only its hash.

use jiff::civil::Date;
use mingjing_chronicle::{Aggregate, HeldPost, Recorded};

use crate::events::ApiTokenEvent;

/// Accounts of departments' systems, so that no person's id can be mistaken for one.
pub const PREFIX: &str = "sys-";

#[derive(Debug, Clone, Default)]
pub struct ApiToken {
    facts: Option<ApiTokenFacts>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiTokenFacts {
    /// The account under which the system acts.
    pub account: String,
    /// Name of the system.
    pub name: String,
    pub body: String,
    pub posts: Vec<HeldPost>,
    /// Last day, included.
    pub valid_to: Date,
    pub revoked: bool,
}

impl ApiToken {
    /// `None` where it was never issued, or was erased.
    pub fn facts(&self) -> Option<&ApiTokenFacts> {
        self.facts.as_ref()
    }

    /// Posts in which the system may act on this day: none once it is revoked or over.
    pub fn posts_on(&self, day: Date) -> &[HeldPost] {
        self.facts
            .as_ref()
            .filter(|facts| !facts.revoked && day <= facts.valid_to)
            .map_or(&[], |facts| &facts.posts)
    }
}

impl Aggregate for ApiToken {
    type Event = ApiTokenEvent;
    const STREAM: &'static str = "api_token";

    fn evolve(&mut self, recorded: &Recorded<'_, ApiTokenEvent>) {
        let Some(event) = recorded.payload.known() else {
            return;
        };
        match event {
            ApiTokenEvent::Issued {
                name,
                body,
                posts,
                valid_to,
                ..
            } => {
                self.facts = Some(ApiTokenFacts {
                    account: recorded.envelope.stream_id().to_owned(),
                    name: name.clone(),
                    body: body.clone(),
                    posts: posts.clone(),
                    valid_to: *valid_to,
                    revoked: false,
                });
            }
            ApiTokenEvent::Revoked { .. } => {
                if let Some(facts) = &mut self.facts {
                    facts.revoked = true;
                }
            }
        }
    }
}
