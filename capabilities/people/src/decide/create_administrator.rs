//! The first three administrators, at `init`: each seat once, each an account of its own, no account on two seats and
//! none that is a citizen's or an officer's (GB/T 22239-2019 8.1.5: 系统、审计、安全管理).

use mingjing_chronicle::{ActorKind, Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::administrators::Administrators;
use crate::checks::{Checks, SHORT};
use crate::events::{AccountEvent, AdministratorsEvent};
use crate::officer::Officer;
use crate::role::AccountRole;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreateAdministrator {
    /// Id of the account to open.
    pub account: String,
    pub role: AccountRole,
    pub name: String,
    pub login_name: String,
}

/// # Errors
/// Not the set-up program; the seat is taken; the account is something already; the input.
pub fn decide(
    seats: &Administrators,
    command: &CreateAdministrator,
    context: &Context,
    account: &Account,
    officer: &Officer,
    login_taken: bool,
) -> Result<(Vec<AdministratorsEvent>, Vec<AccountEvent>), Refusal> {
    if context.actor.kind != ActorKind::System {
        return Err(Refusal::forbidden(
            "people.administrator.only_at_init",
            "管理员只在系统初始化时设立，以后由其他管理员确认更换。",
        ));
    }
    if seats.holder(command.role).is_some() {
        return Err(Refusal::law(
            "people.administrator.seat_taken",
            format!("{}已经设立。", command.role.label()),
        )
        .advice("要换人，请由一名管理员提出、另一名管理员确认。"));
    }
    seat(command, account, officer, seats, login_taken)
}

/// What both ways to a seat share: a new account that is nothing else.
pub(super) fn seat(
    command: &CreateAdministrator,
    account: &Account,
    officer: &Officer,
    seats: &Administrators,
    login_taken: bool,
) -> Result<(Vec<AdministratorsEvent>, Vec<AccountEvent>), Refusal> {
    if account.is_registered() || officer.is_registered() || seats.seat_of(&command.account).is_some() {
        return Err(super::account_is_taken());
    }
    let mut checks = Checks::new();
    checks.require(
        command.role.is_administrator(),
        "role",
        "请选择系统、安全、审计管理员之一",
    );
    let name = checks.text("name", "姓名", &command.name, SHORT);
    let login_name = checks.login_name("login_name", &command.login_name);
    checks.require(!login_taken, "login_name", "这个登录名已经有人使用，请换一个");
    checks.done()?;
    Ok((
        vec![AdministratorsEvent::SeatTaken {
            role: command.role,
            account: command.account.clone(),
        }],
        vec![AccountEvent::AdministratorCreated {
            login_name,
            name,
            role: command.role,
        }],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};

    fn seats(taken: &[(AccountRole, &str)]) -> Administrators {
        let events = taken
            .iter()
            .map(|(role, account)| AdministratorsEvent::SeatTaken {
                role: *role,
                account: (*account).into(),
            })
            .collect();
        given::state::<Administrators>("all", events)
    }

    fn command(account: &str, role: AccountRole) -> CreateAdministrator {
        CreateAdministrator {
            account: account.into(),
            role,
            name: "王五".into(),
            login_name: "wang.wu".into(),
        }
    }

    #[test]
    fn each_seat_is_given_once_and_to_an_account_that_is_nothing_else() {
        let nobody = Account::default();
        let check = |seats: &Administrators, role: AccountRole, account: &Account, officer: &Officer, expect: &str| {
            let result = decide(
                seats,
                &command("acc-7", role),
                &given::system(),
                account,
                officer,
                false,
            );
            assert_eq!(code(&result), expect, "{role:?}");
        };
        let none = seats(&[]);
        for role in AccountRole::ADMINISTRATORS {
            check(&none, role, &nobody, &Officer::default(), "ok");
            check(
                &none,
                role,
                &given::citizen("acc-7", "甲"),
                &Officer::default(),
                "people.account.taken",
            );
            check(&none, role, &nobody, &given::officer(vec![]), "people.account.taken");
            check(
                &seats(&[(role, "acc-1")]),
                role,
                &nobody,
                &Officer::default(),
                "people.administrator.seat_taken",
            );
        }
        let system_taken = seats(&[(AccountRole::SystemAdmin, "acc-7")]);
        check(
            &system_taken,
            AccountRole::AuditAdmin,
            &nobody,
            &Officer::default(),
            "people.account.taken",
        );
        check(
            &none,
            AccountRole::Officer,
            &nobody,
            &Officer::default(),
            "people.input",
        );
    }

    #[test]
    fn no_person_makes_administrators_alone() {
        for role in AccountRole::ADMINISTRATORS {
            let result = decide(
                &seats(&[]),
                &command("acc-7", AccountRole::AuditAdmin),
                &given::by(role),
                &Account::default(),
                &Officer::default(),
                false,
            );
            assert_eq!(code(&result), "people.administrator.only_at_init");
        }
    }
}
