//! An account that is not an officer's: a citizen with real-name facts, or one of the three administrators.
//!
//! Invariants: an account is registered once and never changes what it is; an administrator grants no agency;
//! after erasure of the registration the account stays, nameless and inactive.

use jiff::civil::Date;
use mingjing_chronicle::{Aggregate, Recorded};

use crate::agency::{Agencies, Authority};
use crate::events::{AccountEvent, DocumentKind};
use crate::public::{PartyFacts, PartyKind};
use crate::role::AccountRole;

#[derive(Debug, Clone, Default)]
pub struct Account {
    id: String,
    identity: Option<Identity>,
    agencies: Agencies,
    inactive: bool,
}

#[derive(Debug, Clone)]
enum Identity {
    Citizen(RealName),
    Administrator {
        login_name: String,
        name: String,
        role: AccountRole,
    },
}

#[derive(Debug, Clone)]
struct RealName {
    login_name: String,
    name: String,
    document: DocumentKind,
    document_no: String,
    phone: String,
    address: String,
}

impl Account {
    pub fn is_registered(&self) -> bool {
        self.identity.is_some()
    }

    pub fn is_active(&self) -> bool {
        self.is_registered() && !self.inactive
    }

    pub fn role(&self) -> Option<AccountRole> {
        self.identity.as_ref().map(|identity| match identity {
            Identity::Citizen(_) => AccountRole::Citizen,
            Identity::Administrator { role, .. } => *role,
        })
    }

    pub fn is_citizen(&self) -> bool {
        self.role() == Some(AccountRole::Citizen)
    }

    pub fn is_administrator(&self) -> bool {
        self.role().is_some_and(AccountRole::is_administrator)
    }

    pub fn name(&self) -> &str {
        match &self.identity {
            Some(Identity::Citizen(person)) => &person.name,
            Some(Identity::Administrator { name, .. }) => name,
            None => "",
        }
    }

    pub fn login_name(&self) -> &str {
        match &self.identity {
            Some(Identity::Citizen(person)) => &person.login_name,
            Some(Identity::Administrator { login_name, .. }) => login_name,
            None => "",
        }
    }

    pub fn agencies(&self) -> &Agencies {
        &self.agencies
    }

    /// Facts of a citizen as a party; `None` for administrators and for accounts that do not exist.
    pub fn facts(&self) -> Option<PartyFacts> {
        let Some(Identity::Citizen(person)) = &self.identity else {
            return None;
        };
        Some(PartyFacts {
            account: self.id.clone(),
            kind: PartyKind::Individual,
            name: person.name.clone(),
            document: Some(person.document),
            id_no: person.document_no.clone(),
            phone: person.phone.clone(),
            address: person.address.clone(),
            legal_representative: None,
        })
    }

    /// By what `account` may act for this person on this day.
    pub fn authority_of(&self, account: &str, on: Date) -> Option<Authority> {
        if !self.is_citizen() || self.inactive {
            return None;
        }
        if account == self.id {
            return Some(Authority::Oneself);
        }
        self.agencies.of(account, on)
    }
}

impl Aggregate for Account {
    type Event = AccountEvent;
    const STREAM: &'static str = "account";

    fn evolve(&mut self, recorded: &Recorded<'_, AccountEvent>) {
        self.id = recorded.envelope.stream_id().to_owned();
        let Some(event) = recorded.payload.known() else {
            return;
        };
        match event {
            AccountEvent::CitizenRegistered {
                login_name,
                name,
                document,
                document_no,
                phone,
                address,
            } => {
                self.identity = Some(Identity::Citizen(RealName {
                    login_name: login_name.clone(),
                    name: name.clone(),
                    document: *document,
                    document_no: document_no.clone(),
                    phone: phone.clone(),
                    address: address.clone(),
                }));
            }
            AccountEvent::AdministratorCreated { login_name, name, role } => {
                self.identity = Some(Identity::Administrator {
                    login_name: login_name.clone(),
                    name: name.clone(),
                    role: *role,
                });
            }
            AccountEvent::AgencyGranted(agency) => self.agencies.grant(agency),
            AccountEvent::AgencyEnded { agency, on, .. } => self.agencies.end(agency, *on),
            AccountEvent::Deactivated { .. } => self.inactive = true,
        }
    }
}
