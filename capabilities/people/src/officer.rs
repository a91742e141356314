//! An officer: the person, the posts held, the enforcement certificates.
//!
//! Invariants: an officer's account is never an administrator's; who is deactivated holds no post; a certificate
//! counts on the days of its validity and before its revocation, and on no other.

use jiff::civil::Date;
use mingjing_chronicle::{Aggregate, HeldPost, Recorded};

use crate::events::OfficerEvent;
use crate::public::{Appointment, Certificate, OfficerFacts};

#[derive(Debug, Clone, Default)]
pub struct Officer {
    account: String,
    person: Option<Person>,
    appointments: Vec<Appointment>,
    certificates: Vec<Certificate>,
    inactive: bool,
}

#[derive(Debug, Clone)]
struct Person {
    name: String,
    login_name: String,
    body: String,
    office: String,
}

impl Officer {
    pub fn is_registered(&self) -> bool {
        self.person.is_some()
    }

    pub fn is_active(&self) -> bool {
        self.is_registered() && !self.inactive
    }

    pub fn facts(&self) -> OfficerFacts {
        let person = self.person.as_ref();
        let text = |pick: fn(&Person) -> &String| person.map(pick).cloned().unwrap_or_default();
        OfficerFacts {
            account: self.account.clone(),
            name: text(|person| &person.name),
            login_name: text(|person| &person.login_name),
            body: text(|person| &person.body),
            office: text(|person| &person.office),
            posts: self.held_posts(),
            appointments: self.appointments.clone(),
            certificate: self.certificates.last().cloned(),
            active: self.is_active(),
        }
    }

    /// Posts held now: none after deactivation.
    pub fn held_posts(&self) -> Vec<HeldPost> {
        if !self.is_active() {
            return Vec::new();
        }
        self.appointments
            .iter()
            .map(|held| HeldPost {
                post: held.post.clone(),
                role: held.role.key().to_owned(),
                body: held.body.clone(),
                area: held.area.clone(),
            })
            .collect()
    }

    pub fn holds(&self, post: &str) -> bool {
        self.appointments.iter().any(|held| held.post == post)
    }

    pub fn certificate(&self, no: &str, authority: &str) -> Option<&Certificate> {
        self.certificates
            .iter()
            .find(|known| known.no == no && known.authority == authority)
    }

    /// Whether any certificate counts on this day (处罚法 42, 强制法 18: certificates are shown before acting).
    pub fn certificate_valid_on(&self, on: Date) -> bool {
        self.certificates.iter().any(|certificate| certificate.valid_on(on))
    }
}

impl Aggregate for Officer {
    type Event = OfficerEvent;
    const STREAM: &'static str = "officer";

    fn evolve(&mut self, recorded: &Recorded<'_, OfficerEvent>) {
        self.account = recorded.envelope.stream_id().to_owned();
        let Some(event) = recorded.payload.known() else {
            return;
        };
        match event {
            OfficerEvent::Registered {
                name,
                login_name,
                body,
                office,
            } => {
                self.person = Some(Person {
                    name: name.clone(),
                    login_name: login_name.clone(),
                    body: body.clone(),
                    office: office.clone(),
                });
            }
            OfficerEvent::Appointed {
                post,
                role,
                body,
                office,
                area,
                title,
            } => self.appointments.push(Appointment {
                post: post.clone(),
                role: *role,
                body: body.clone(),
                office: office.clone(),
                area: area.clone(),
                title: title.clone(),
                since: recorded.envelope.happened_on,
            }),
            OfficerEvent::AppointmentEnded { post, .. } => self.appointments.retain(|held| held.post != *post),
            OfficerEvent::CertificateRecorded {
                no,
                authority,
                valid_from,
                valid_to,
            } => self.certificates.push(Certificate {
                no: no.clone(),
                authority: authority.clone(),
                valid_from: *valid_from,
                valid_to: *valid_to,
                revoked_on: None,
            }),
            OfficerEvent::CertificateRevoked {
                no,
                authority,
                revoked_on,
                ..
            } => {
                for known in &mut self.certificates {
                    if known.no == *no && known.authority == *authority {
                        known.revoked_on = Some(*revoked_on);
                    }
                }
            }
            OfficerEvent::Deactivated { .. } => self.inactive = true,
            OfficerEvent::Reactivated { .. } => self.inactive = false,
        }
    }
}
