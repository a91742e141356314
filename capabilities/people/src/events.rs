//! What people's streams record. Private: others read [`crate::public`].
//!
//! Streams: `body/<id>`, `officer/<account>`, `account/<account>`, `organisation/<uscc>`,
//! `administrators/all`, `api_token/<account of the system>`.

use jiff::civil::Date;
use mingjing_chronicle::{Event, HeldPost};
use serde::{Deserialize, Serialize};

use crate::agency::Agency;
use crate::role::{AccountRole, PostRole};

/// What gives a body its power to act (许可法 22 to 24, 处罚法 17, 19, 20).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyNature {
    /// 法定行政机关
    StatutoryOrgan,
    /// 法律、法规授权的组织
    AuthorisedOrg,
    /// 受委托组织: acts in the name of the entrusting body and may not entrust further.
    EntrustedOrg { entrusting_body: String },
}

impl BodyNature {
    pub fn key(&self) -> &'static str {
        match self {
            BodyNature::StatutoryOrgan => "statutory_organ",
            BodyNature::AuthorisedOrg => "authorised_org",
            BodyNature::EntrustedOrg { .. } => "entrusted_org",
        }
    }

    pub fn label(&self) -> &'static str {
        match self {
            BodyNature::StatutoryOrgan => "法定行政机关",
            BodyNature::AuthorisedOrg => "法律、法规授权的组织",
            BodyNature::EntrustedOrg { .. } => "受委托组织",
        }
    }

    pub fn entrusting_body(&self) -> Option<&str> {
        match self {
            BodyNature::EntrustedOrg { entrusting_body } => Some(entrusting_body),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyEvent {
    Registered {
        name: String,
        short_name: String,
        nature: BodyNature,
        scheme: String,
        /// Code of the division the body belongs to, without the padding of item codes.
        division: String,
        uscc: Option<String>,
        reconsideration_organ: String,
        court: String,
        seal_word: String,
    },
    OfficeOpened {
        office: String,
        name: String,
    },
    PostCreated {
        post: String,
        role: PostRole,
        office: String,
        title: String,
    },
    PostAbolished {
        post: String,
        reason: String,
    },
}

impl Event for BodyEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            BodyEvent::Registered { .. } => "body.registered",
            BodyEvent::OfficeOpened { .. } => "body.office_opened",
            BodyEvent::PostCreated { .. } => "body.post_created",
            BodyEvent::PostAbolished { .. } => "body.post_abolished",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiTokenEvent {
    Issued {
        name: String,
        body: String,
        posts: Vec<HeldPost>,
        valid_to: Date,
        /// SHA-256 in hex. The token has 256 random bits, so no salt.
        token_hash: String,
    },
    Revoked {
        reason: String,
    },
}

impl Event for ApiTokenEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            ApiTokenEvent::Issued { .. } => "api_token.issued",
            ApiTokenEvent::Revoked { .. } => "api_token.revoked",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficerEvent {
    Registered {
        name: String,
        login_name: String,
        body: String,
        office: String,
    },
    Appointed {
        post: String,
        role: PostRole,
        body: String,
        office: String,
        area: String,
        title: String,
    },
    AppointmentEnded {
        post: String,
        reason: String,
    },
    CertificateRecorded {
        no: String,
        authority: String,
        valid_from: Date,
        valid_to: Date,
    },
    CertificateRevoked {
        no: String,
        authority: String,
        revoked_on: Date,
        reason: String,
    },
    Deactivated {
        reason: String,
    },
    Reactivated {
        reason: String,
    },
}

impl Event for OfficerEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            OfficerEvent::Registered { .. } => "officer.registered",
            OfficerEvent::Appointed { .. } => "officer.appointed",
            OfficerEvent::AppointmentEnded { .. } => "officer.appointment_ended",
            OfficerEvent::CertificateRecorded { .. } => "officer.certificate_recorded",
            OfficerEvent::CertificateRevoked { .. } => "officer.certificate_revoked",
            OfficerEvent::Deactivated { .. } => "officer.deactivated",
            OfficerEvent::Reactivated { .. } => "officer.reactivated",
        }
    }
}

/// Papers that prove who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// 居民身份证
    IdCard,
    /// 军官证
    OfficerCard,
    /// 护照
    Passport,
    /// 港澳台居民居住证
    ResidencePermit,
    /// 外国人永久居留身份证
    PermanentResidence,
}

impl DocumentKind {
    pub const ALL: [DocumentKind; 5] = [
        DocumentKind::IdCard,
        DocumentKind::OfficerCard,
        DocumentKind::Passport,
        DocumentKind::ResidencePermit,
        DocumentKind::PermanentResidence,
    ];

    pub fn key(self) -> &'static str {
        match self {
            DocumentKind::IdCard => "id_card",
            DocumentKind::OfficerCard => "officer_card",
            DocumentKind::Passport => "passport",
            DocumentKind::ResidencePermit => "residence_permit",
            DocumentKind::PermanentResidence => "permanent_residence",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            DocumentKind::IdCard => "居民身份证",
            DocumentKind::OfficerCard => "军官证",
            DocumentKind::Passport => "护照",
            DocumentKind::ResidencePermit => "港澳台居民居住证",
            DocumentKind::PermanentResidence => "外国人永久居留身份证",
        }
    }

    pub fn of_key(key: &str) -> Option<DocumentKind> {
        DocumentKind::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountEvent {
    CitizenRegistered {
        login_name: String,
        name: String,
        document: DocumentKind,
        document_no: String,
        phone: String,
        address: String,
    },
    AdministratorCreated {
        login_name: String,
        name: String,
        role: AccountRole,
    },
    AgencyGranted(Agency),
    AgencyEnded {
        agency: String,
        on: Date,
        reason: String,
    },
    Deactivated {
        reason: String,
    },
}

impl Event for AccountEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            AccountEvent::CitizenRegistered { .. } => "account.citizen_registered",
            AccountEvent::AdministratorCreated { .. } => "account.administrator_created",
            AccountEvent::AgencyGranted(_) => "account.agency_granted",
            AccountEvent::AgencyEnded { .. } => "account.agency_ended",
            AccountEvent::Deactivated { .. } => "account.deactivated",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationEvent {
    Registered {
        name: String,
        address: String,
        phone: String,
        /// Account of the legal representative.
        legal_representative: String,
        legal_representative_name: String,
    },
    AgencyGranted(Agency),
    AgencyEnded {
        agency: String,
        on: Date,
        reason: String,
    },
}

impl Event for OrganisationEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            OrganisationEvent::Registered { .. } => "organisation.registered",
            OrganisationEvent::AgencyGranted(_) => "organisation.agency_granted",
            OrganisationEvent::AgencyEnded { .. } => "organisation.agency_ended",
        }
    }
}

/// Who sits on the three administrators' seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdministratorsEvent {
    SeatTaken {
        role: AccountRole,
        account: String,
    },
    /// One of the others asks that the seat be given to a new account.
    ReplacementProposed {
        replacement: String,
        role: AccountRole,
        name: String,
        login_name: String,
        reason: String,
        proposed_by: String,
    },
    ReplacementConfirmed {
        replacement: String,
        confirmed_by: String,
    },
    ReplacementDropped {
        replacement: String,
    },
}

impl Event for AdministratorsEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            AdministratorsEvent::SeatTaken { .. } => "administrators.seat_taken",
            AdministratorsEvent::ReplacementProposed { .. } => "administrators.replacement_proposed",
            AdministratorsEvent::ReplacementConfirmed { .. } => "administrators.replacement_confirmed",
            AdministratorsEvent::ReplacementDropped { .. } => "administrators.replacement_dropped",
        }
    }
}
