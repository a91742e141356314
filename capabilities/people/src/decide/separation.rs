//! No sequence of grants, whoever gives them, makes one account two things (HARDENING goal 12).

use proptest::prelude::*;

use super::appoint_officer::{self, AppointOfficer};
use super::create_administrator::{self, CreateAdministrator};
use super::given::{self, happen};
use super::register_citizen::{self, RegisterCitizen, Taken};
use super::register_officer::{self, RegisterOfficer};
use super::replace_administrator::{self, ConfirmReplacement, ProposeReplacement};
use crate::account::Account;
use crate::administrators::{ALL, Administrators};
use crate::body::Body;
use crate::events::DocumentKind;
use crate::officer::Officer;
use crate::role::AccountRole;
use mingjing_chronicle::{Actor, Context};

const ACCOUNTS: usize = 6;

#[derive(Debug, Clone)]
enum Grant {
    Administrator { account: usize, role: usize },
    Officer { account: usize },
    Citizen { account: usize },
    Appoint { account: usize },
    Propose { by: usize, role: usize },
    Confirm { by: usize, account: usize },
}

fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let account = || 0..ACCOUNTS;
    let one = prop_oneof![
        (account(), 0..3usize).prop_map(|(account, role)| Grant::Administrator { account, role }),
        account().prop_map(|account| Grant::Officer { account }),
        account().prop_map(|account| Grant::Citizen { account }),
        account().prop_map(|account| Grant::Appoint { account }),
        (account(), 0..3usize).prop_map(|(by, role)| Grant::Propose { by, role }),
        (account(), account()).prop_map(|(by, account)| Grant::Confirm { by, account }),
    ];
    prop::collection::vec(one, 1..24)
}

/// All accounts and seats, without a database.
#[derive(Default)]
struct World {
    seats: Administrators,
    accounts: [Account; ACCOUNTS],
    officers: [Officer; ACCOUNTS],
}

fn id(account: usize) -> String {
    format!("acc-{account}")
}

/// The context of an account as it is now.
fn acting(world: &World, system: &Context, by: usize) -> Context {
    Context {
        actor: world.accounts[by]
            .role()
            .map_or_else(Actor::public, |role| given::actor(&id(by), role)),
        ..system.clone()
    }
}

impl World {
    fn apply(&mut self, grant: &Grant, system: &Context, body: &Body) {
        match *grant {
            Grant::Administrator { account, role } => self.create(account, AccountRole::ADMINISTRATORS[role], system),
            Grant::Officer { account } => {
                let command = RegisterOfficer {
                    account: id(account),
                    name: "员".into(),
                    login_name: "yuan".into(),
                    body: given::BODY.into(),
                    office: "33030300SJ-ZCK".into(),
                };
                let (officer, known) = (&self.officers[account], &self.accounts[account]);
                let events = register_officer::decide(officer, &command, system, body, known, false);
                happen(&mut self.officers[account], &id(account), &events.unwrap_or_default());
            }
            Grant::Citizen { account } => {
                let command = RegisterCitizen {
                    account: id(account),
                    login_name: "min".into(),
                    name: "民".into(),
                    document: DocumentKind::Passport,
                    document_no: "E1234567".into(),
                    phone: "13800138000".into(),
                    address: String::new(),
                };
                let (known, officer) = (&self.accounts[account], &self.officers[account]);
                let events = register_citizen::decide(known, &command, system, officer, Taken::default());
                happen(&mut self.accounts[account], &id(account), &events.unwrap_or_default());
            }
            Grant::Appoint { account } => {
                let command = AppointOfficer {
                    account: id(account),
                    body: given::BODY.into(),
                    post: "post-1".into(),
                };
                let (officer, known) = (&self.officers[account], &self.accounts[account]);
                let events = appoint_officer::decide(officer, &command, system, known, body);
                happen(&mut self.officers[account], &id(account), &events.unwrap_or_default());
            }
            Grant::Propose { by, role } => {
                let command = ProposeReplacement {
                    role: AccountRole::ADMINISTRATORS[role],
                    name: "新".into(),
                    login_name: "xin".into(),
                    reason: "轮岗".into(),
                };
                let context = acting(self, system, by);
                let events = replace_administrator::propose(&self.seats, &command, &context, false);
                happen(&mut self.seats, ALL, &events.unwrap_or_default());
            }
            Grant::Confirm { by, account } => self.confirm(by, account, system),
        }
    }

    fn create(&mut self, account: usize, role: AccountRole, system: &Context) {
        let command = CreateAdministrator {
            account: id(account),
            role,
            name: "管".into(),
            login_name: "guan".into(),
        };
        let (known, officer) = (&self.accounts[account], &self.officers[account]);
        let created = create_administrator::decide(&self.seats, &command, system, known, officer, false);
        if let Ok((seats, events)) = created {
            happen(&mut self.seats, ALL, &seats);
            happen(&mut self.accounts[account], &id(account), &events);
        }
    }

    fn confirm(&mut self, by: usize, account: usize, system: &Context) {
        let Some(pending) = self.seats.replacement.clone() else {
            return;
        };
        let command = ConfirmReplacement {
            replacement: pending.id,
            account: id(account),
        };
        let context = acting(self, system, by);
        let (known, officer) = (&self.accounts[account], &self.officers[account]);
        let confirmed = replace_administrator::confirm(&self.seats, &command, &context, known, officer, false);
        if let Ok(replaced) = confirmed {
            let leaves = (0..ACCOUNTS).find(|index| replaced.leaves.as_deref() == Some(&id(*index)));
            if let Some(leaves) = leaves {
                happen(&mut self.accounts[leaves], &id(leaves), &replaced.leaving);
            }
            happen(&mut self.seats, ALL, &replaced.seats);
            happen(&mut self.accounts[account], &id(account), &replaced.account);
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        for account in 0..ACCOUNTS {
            let (known, officer) = (&self.accounts[account], &self.officers[account]);
            let seats = AccountRole::ADMINISTRATORS
                .into_iter()
                .filter(|role| self.seats.holder(*role) == Some(&id(account)))
                .count();
            prop_assert!(seats <= 1, "two seats");
            prop_assert!(
                !(known.is_registered() && officer.is_registered()),
                "two kinds of account"
            );
            if seats == 1 {
                prop_assert!(known.is_administrator() && known.is_active());
                prop_assert!(officer.held_posts().is_empty());
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn no_account_combines(grants in grants()) {
        let (system, body) = (given::system(), given::body());
        let mut world = World::default();
        for grant in &grants {
            world.apply(grant, &system, &body);
            world.check()?;
        }
    }
}

/// The random walk reaches what it is about: without this it could pass by refusing everything.
#[test]
fn the_walk_reaches_a_replacement() {
    let (system, body) = (given::system(), given::body());
    let mut world = World::default();
    let steps = [
        Grant::Administrator { account: 0, role: 0 },
        Grant::Administrator { account: 1, role: 1 },
        Grant::Administrator { account: 2, role: 2 },
        Grant::Officer { account: 3 },
        Grant::Appoint { account: 3 },
        Grant::Propose { by: 1, role: 0 },
        Grant::Confirm { by: 2, account: 4 },
    ];
    for step in &steps {
        world.apply(step, &system, &body);
    }
    assert_eq!(world.seats.holder(AccountRole::SystemAdmin), Some("acc-4"));
    assert_eq!(world.officers[3].held_posts().len(), 1);
    assert!(!world.accounts[0].is_active());
}
