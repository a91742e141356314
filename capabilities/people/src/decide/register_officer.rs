//! An officer gets an account of the own: accounts are per person (GB/T 22239-2019 8.1.4.2).

use mingjing_chronicle::{Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::body::Body;
use crate::checks::{Checks, SHORT};
use crate::events::OfficerEvent;
use crate::officer::Officer;
use crate::permissions::{OFFICERS_MANAGE, require};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegisterOfficer {
    /// Id of the account to open.
    pub account: String,
    pub name: String,
    pub login_name: String,
    pub body: String,
    pub office: String,
}

/// `body` is where the officer serves, `account` what this id is as an account already, `login_taken` whether
/// another account has the login name.
///
/// # Errors
/// Not permitted; the account is somebody's; no such body or office; the login name is taken.
pub fn decide(
    officer: &Officer,
    command: &RegisterOfficer,
    context: &Context,
    body: &Body,
    account: &Account,
    login_taken: bool,
) -> Result<Vec<OfficerEvent>, Refusal> {
    require(&context.actor, OFFICERS_MANAGE)?;
    if officer.is_registered() || account.is_registered() {
        return Err(super::account_is_taken());
    }
    if !body.is_registered() {
        return Err(super::unknown_body());
    }
    let mut checks = Checks::new();
    let name = checks.text("name", "姓名", &command.name, SHORT);
    let login_name = checks.login_name("login_name", &command.login_name);
    checks.require(!login_taken, "login_name", "这个登录名已经有人使用，请换一个");
    checks.require(body.office(&command.office).is_some(), "office", "这个单位没有这个科室");
    checks.done()?;
    Ok(vec![OfficerEvent::Registered {
        name,
        login_name,
        body: command.body.clone(),
        office: command.office.clone(),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};
    use crate::role::AccountRole;

    fn command() -> RegisterOfficer {
        RegisterOfficer {
            account: "acc-7".into(),
            name: "李四".into(),
            login_name: "Li.Si".into(),
            body: given::BODY.into(),
            office: "33030300SJ-ZCK".into(),
        }
    }

    #[test]
    fn an_account_belongs_to_one_person_and_is_one_thing() {
        let none = Account::default();
        let check = |officer: &Officer, account: &Account, login_taken: bool, expect: &str| {
            let result = decide(
                officer,
                &command(),
                &given::by(AccountRole::SecurityAdmin),
                &given::body(),
                account,
                login_taken,
            );
            assert_eq!(code(&result), expect);
        };
        check(&Officer::default(), &none, false, "ok");
        check(&Officer::default(), &none, true, "people.input");
        check(&given::officer(vec![]), &none, false, "people.account.taken");
        check(
            &Officer::default(),
            &given::citizen("acc-7", "甲"),
            false,
            "people.account.taken",
        );
        for role in AccountRole::ADMINISTRATORS {
            check(
                &Officer::default(),
                &given::administrator("acc-7", role),
                false,
                "people.account.taken",
            );
        }
    }

    #[test]
    fn only_the_security_administrator_opens_accounts() {
        let result = decide(
            &Officer::default(),
            &command(),
            &given::by(AccountRole::SystemAdmin),
            &given::body(),
            &Account::default(),
            false,
        );
        assert_eq!(code(&result), "people.not_permitted");
    }
}
