//! The seats of the three administrators (系统、安全、审计). One stream, so that two commands cannot give one seat away.
//!
//! Invariants: a seat has one holder; no account holds two seats; once all seats are taken, a seat changes hands only
//! when one administrator proposes and another one confirms, and neither is the person who leaves.

use mingjing_chronicle::{Aggregate, Recorded};

use crate::events::AdministratorsEvent;
use crate::role::AccountRole;

/// The only id of the stream.
pub const ALL: &str = "all";

#[derive(Debug, Clone, Default)]
pub struct Administrators {
    seats: Vec<(AccountRole, String)>,
    pub replacement: Option<Replacement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    pub id: String,
    pub role: AccountRole,
    pub name: String,
    pub login_name: String,
    pub reason: String,
    pub proposed_by: String,
}

impl Administrators {
    pub fn holder(&self, role: AccountRole) -> Option<&str> {
        self.seats
            .iter()
            .find(|(taken, _)| *taken == role)
            .map(|(_, account)| account.as_str())
    }

    pub fn seat_of(&self, account: &str) -> Option<AccountRole> {
        self.seats
            .iter()
            .find(|(_, holder)| holder == account)
            .map(|(role, _)| *role)
    }

    pub fn all_taken(&self) -> bool {
        AccountRole::ADMINISTRATORS
            .into_iter()
            .all(|role| self.holder(role).is_some())
    }
}

impl Aggregate for Administrators {
    type Event = AdministratorsEvent;
    const STREAM: &'static str = "administrators";

    fn evolve(&mut self, recorded: &Recorded<'_, AdministratorsEvent>) {
        let Some(event) = recorded.payload.known() else {
            return;
        };
        match event {
            AdministratorsEvent::SeatTaken { role, account } => {
                self.seats.retain(|(taken, _)| taken != role);
                self.seats.push((*role, account.clone()));
            }
            AdministratorsEvent::ReplacementProposed {
                replacement,
                role,
                name,
                login_name,
                reason,
                proposed_by,
            } => {
                self.replacement = Some(Replacement {
                    id: replacement.clone(),
                    role: *role,
                    name: name.clone(),
                    login_name: login_name.clone(),
                    reason: reason.clone(),
                    proposed_by: proposed_by.clone(),
                });
            }
            AdministratorsEvent::ReplacementConfirmed { .. } | AdministratorsEvent::ReplacementDropped { .. } => {
                self.replacement = None;
            }
        }
    }
}
