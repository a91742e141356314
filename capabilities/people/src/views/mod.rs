//! Read tables, all written in the command's own transaction: a person appointed can act with the next click.

mod accounts;
mod api_tokens;
mod audit;
mod bodies;
mod erasures;
mod officers;
mod organisations;
pub mod queries;

use std::sync::Arc;

use mingjing_chronicle::View;

pub(crate) use accounts::document_key;
pub(crate) use api_tokens::systems_in;
pub use api_tokens::{ApiTokenLine, api_token_of, api_tokens};
pub use audit::{AuditFilter, AuditLine, audit_lines, audit_people};
pub use erasures::{ErasureLine, erasure_lines};
pub use officers::{OfficerFilter, OfficerLine, officer_lines};

pub fn all() -> Vec<Arc<dyn View>> {
    vec![
        Arc::new(bodies::BodyList),
        Arc::new(officers::OfficerList),
        Arc::new(accounts::AccountList),
        Arc::new(organisations::OrganisationList),
        Arc::new(api_tokens::ApiTokenList),
        Arc::new(audit::PeopleAudit),
        Arc::new(erasures::ErasureList),
    ]
}
