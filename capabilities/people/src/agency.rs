//! Acting for somebody else: 许可法 29 lets an applicant entrust an agent unless the law asks for the applicant
//! in person. A grant here is the electronic power of attorney (委托书): who, for what, until when.
//!
//! Invariants: an agency never covers a date outside its validity nor the days from its end on; what an
//! agency does not name it does not allow.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What an agent may do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AgencyScope {
    /// Item codes; empty = all items.
    pub items: Vec<String>,
    /// Giving up the application ends the party's matter, so it must be entrusted expressly.
    pub may_withdraw: bool,
}

impl AgencyScope {
    pub fn covers(&self, item_code: &str) -> bool {
        self.items.is_empty() || self.items.iter().any(|item| item == item_code)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    pub id: String,
    /// Account of the agent.
    pub agent: String,
    pub agent_name: String,
    pub scope: AgencyScope,
    pub valid_from: Date,
    /// Last day, included.
    pub valid_to: Date,
    /// The first day on which it no longer holds, if it was ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<Date>,
}

impl Agency {
    pub fn holds_on(&self, on: Date) -> bool {
        self.valid_from <= on && on <= self.valid_to && self.ended_on.is_none_or(|ended| on < ended)
    }
}

/// By what somebody acts for a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// The party in person.
    Oneself,
    LegalRepresentative,
    Agent {
        agency: String,
        scope: AgencyScope,
        valid_to: Date,
    },
}

impl Authority {
    pub fn covers(&self, item_code: &str) -> bool {
        match self {
            Authority::Oneself | Authority::LegalRepresentative => true,
            Authority::Agent { scope, .. } => scope.covers(item_code),
        }
    }

    pub fn may_withdraw(&self) -> bool {
        match self {
            Authority::Oneself | Authority::LegalRepresentative => true,
            Authority::Agent { scope, .. } => scope.may_withdraw,
        }
    }
}

/// The agencies of one principal, in the order they were granted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agencies(Vec<Agency>);

impl Agencies {
    pub fn grant(&mut self, agency: &Agency) {
        self.0.push(agency.clone());
    }

    pub fn end(&mut self, id: &str, on: Date) {
        for agency in self.0.iter_mut().filter(|agency| agency.id == id) {
            agency.ended_on = Some(on);
        }
    }

    pub fn get(&self, id: &str) -> Option<&Agency> {
        self.0.iter().find(|agency| agency.id == id)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Agency> {
        self.0.iter()
    }

    /// The agency of this account on this day; of several the one granted last.
    pub fn of(&self, account: &str, on: Date) -> Option<Authority> {
        let agency = self
            .0
            .iter()
            .rev()
            .find(|agency| agency.agent == account && agency.holds_on(on))?;
        Some(Authority::Agent {
            agency: agency.id.clone(),
            scope: agency.scope.clone(),
            valid_to: agency.valid_to,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn agency() -> Agency {
        Agency {
            id: "a1".into(),
            agent: "acc-2".into(),
            agent_name: "乙".into(),
            scope: AgencyScope {
                items: vec!["33030300SJ-XK-0001".into()],
                may_withdraw: false,
            },
            valid_from: date(2026, 3, 1),
            valid_to: date(2026, 3, 31),
            ended_on: None,
        }
    }

    #[test]
    fn an_agency_holds_within_its_days_and_until_its_end() {
        let check = |on: Date, ended_on: Option<Date>, expect: bool| {
            assert_eq!(
                Agency { ended_on, ..agency() }.holds_on(on),
                expect,
                "{on} {ended_on:?}"
            );
        };
        check(date(2026, 2, 28), None, false);
        check(date(2026, 3, 1), None, true);
        check(date(2026, 3, 31), None, true);
        check(date(2026, 4, 1), None, false);
        check(date(2026, 3, 9), Some(date(2026, 3, 10)), true);
        check(date(2026, 3, 10), Some(date(2026, 3, 10)), false);
    }

    #[test]
    fn what_is_not_named_is_not_allowed() {
        let mut agencies = Agencies::default();
        agencies.grant(&agency());
        let authority = agencies.of("acc-2", date(2026, 3, 5));
        let authority = authority.as_ref();
        assert!(authority.is_some_and(|authority| authority.covers("33030300SJ-XK-0001")));
        assert!(!authority.is_some_and(|authority| authority.covers("33030300SJ-XK-0002")));
        assert!(!authority.is_some_and(Authority::may_withdraw));
        assert_eq!(agencies.of("acc-3", date(2026, 3, 5)), None);
        agencies.end("a1", date(2026, 3, 5));
        assert_eq!(agencies.of("acc-2", date(2026, 3, 5)), None);
    }
}
