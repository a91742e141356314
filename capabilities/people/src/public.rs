//! What people promises to others: facts of bodies, officers and parties, the streams to consult, and queries
//! ([`queries`]). Everything else of this crate may change.

use jiff::civil::Date;
use mingjing_chronicle::HeldPost;
use serde::{Deserialize, Serialize};

pub use crate::account::Account as Citizen;
pub use crate::agency::{Agency, AgencyScope, Authority};
pub use crate::api_token::{ApiToken, ApiTokenFacts};
pub use crate::body::Body;
pub use crate::decide::erase::Kept;
pub use crate::erasing::{Keepers, Keeping};
pub use crate::events::{BodyNature, DocumentKind};
pub use crate::officer::Officer;
pub use crate::organisation::Organisation;
pub use crate::permissions;
pub use crate::role::{AccountRole, PostRole};
pub use crate::views::queries;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyFacts {
    /// First ten characters of the body's item codes, e.g. `33030300SJ`.
    pub body: String,
    pub name: String,
    /// The word in document numbers, e.g. 龙市监.
    pub short_name: String,
    pub nature: BodyNature,
    /// Numbering scheme of `division`.
    pub scheme: String,
    /// Division code without padding, e.g. `330303`; the `area` of scopes.
    pub division: String,
    pub uscc: Option<String>,
    pub offices: Vec<OfficeFacts>,
    /// Where a party applies for reconsideration, for the remedies in decisions (许可法 38).
    pub reconsideration_organ: String,
    /// Where a party sues.
    pub court: String,
    /// Text of the seal for permits.
    pub seal_word: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeFacts {
    pub office: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostFacts {
    pub post: String,
    pub role: PostRole,
    pub body: String,
    pub office: String,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficerFacts {
    pub account: String,
    pub name: String,
    pub login_name: String,
    pub body: String,
    pub office: String,
    /// None after deactivation.
    pub posts: Vec<HeldPost>,
    /// The same posts with their titles, as they stand on record.
    pub appointments: Vec<Appointment>,
    /// The enforcement certificate recorded last.
    pub certificate: Option<Certificate>,
    pub active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    pub post: String,
    pub role: PostRole,
    pub body: String,
    pub office: String,
    pub area: String,
    pub title: String,
    pub since: Date,
}

/// 行政执法证. No numbering rule is known: free text, unique with the issuing authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    pub no: String,
    pub authority: String,
    pub valid_from: Date,
    /// Last day, included.
    pub valid_to: Date,
    /// The first day on which it no longer counts.
    pub revoked_on: Option<Date>,
}

impl Certificate {
    pub fn valid_on(&self, on: Date) -> bool {
        self.valid_from <= on && on <= self.valid_to && self.revoked_on.is_none_or(|revoked| on < revoked)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    Individual,
    Organisation,
}

/// Personal data: show and keep only what the act at hand needs (PIPL 6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyFacts {
    /// Account of the person, or of the organisation's legal representative.
    pub account: String,
    pub kind: PartyKind,
    pub name: String,
    /// Kind of the personal document; `None` for organisations.
    pub document: Option<DocumentKind>,
    /// Number of the personal document, or USCC.
    pub id_no: String,
    pub phone: String,
    pub address: String,
    pub legal_representative: Option<LegalRepresentative>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalRepresentative {
    pub account: String,
    pub name: String,
}
