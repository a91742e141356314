//! An organisation as a party, under its unified social credit code.
//!
//! Invariants: registered once, by its legal representative; nobody but the legal representative grants agencies;
//! who is neither legal representative nor agent on that day has no authority (许可法 29).

use jiff::civil::Date;
use mingjing_chronicle::{Aggregate, Recorded};

use crate::agency::{Agencies, Authority};
use crate::events::OrganisationEvent;
use crate::public::{LegalRepresentative, PartyFacts, PartyKind};

#[derive(Debug, Clone, Default)]
pub struct Organisation {
    uscc: String,
    register: Option<Register>,
    agencies: Agencies,
}

#[derive(Debug, Clone)]
struct Register {
    name: String,
    address: String,
    phone: String,
    legal_representative: LegalRepresentative,
}

impl Organisation {
    pub fn is_registered(&self) -> bool {
        self.register.is_some()
    }

    pub fn name(&self) -> &str {
        self.register.as_ref().map_or("", |register| &register.name)
    }

    pub fn is_legal_representative(&self, account: &str) -> bool {
        self.register
            .as_ref()
            .is_some_and(|register| register.legal_representative.account == account)
    }

    pub fn agencies(&self) -> &Agencies {
        &self.agencies
    }

    /// `account` is that of the legal representative, who answers for the organisation.
    pub fn facts(&self) -> Option<PartyFacts> {
        let register = self.register.as_ref()?;
        Some(PartyFacts {
            account: register.legal_representative.account.clone(),
            kind: PartyKind::Organisation,
            name: register.name.clone(),
            document: None,
            id_no: self.uscc.clone(),
            phone: register.phone.clone(),
            address: register.address.clone(),
            legal_representative: Some(register.legal_representative.clone()),
        })
    }

    /// By what `account` may act for the organisation on this day.
    pub fn authority_of(&self, account: &str, on: Date) -> Option<Authority> {
        if self.is_legal_representative(account) {
            return Some(Authority::LegalRepresentative);
        }
        self.agencies.of(account, on)
    }
}

impl Aggregate for Organisation {
    type Event = OrganisationEvent;
    const STREAM: &'static str = "organisation";

    fn evolve(&mut self, recorded: &Recorded<'_, OrganisationEvent>) {
        self.uscc = recorded.envelope.stream_id().to_owned();
        let Some(event) = recorded.payload.known() else {
            return;
        };
        match event {
            OrganisationEvent::Registered {
                name,
                address,
                phone,
                legal_representative,
                legal_representative_name,
            } => {
                self.register = Some(Register {
                    name: name.clone(),
                    address: address.clone(),
                    phone: phone.clone(),
                    legal_representative: LegalRepresentative {
                        account: legal_representative.clone(),
                        name: legal_representative_name.clone(),
                    },
                });
            }
            OrganisationEvent::AgencyGranted(agency) => self.agencies.grant(agency),
            OrganisationEvent::AgencyEnded { agency, on, .. } => self.agencies.end(agency, *on),
        }
    }
}
