//! An account stops: the person left, asked for it, or has not signed in for long (GB/T 22239-2019 8.1.4.2: stale
//! accounts are removed or stopped). Sessions end with the commit, because every request asks whether the account is
//! active. Administrators are not stopped but replaced, so that no seat is ever empty.

use mingjing_chronicle::{ActorKind, Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::checks::{Checks, LONG};
use crate::events::{AccountEvent, OfficerEvent};
use crate::officer::Officer;
use crate::permissions::{OFFICERS_MANAGE, require};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeactivateAccount {
    pub account: String,
    pub reason: String,
}

/// # Errors
/// Not permitted; nobody there; stopped already; no reason.
pub fn decide_officer(
    officer: &Officer,
    command: &DeactivateAccount,
    context: &Context,
) -> Result<Vec<OfficerEvent>, Refusal> {
    require(&context.actor, OFFICERS_MANAGE)?;
    if !officer.is_registered() {
        return Err(super::unknown_officer());
    }
    let reason = reason(officer.is_active(), command)?;
    Ok(vec![OfficerEvent::Deactivated { reason }])
}

/// Citizens stop their own account; the program stops stale ones.
///
/// # Errors
/// Somebody else's; an administrator's; stopped already; no reason.
pub fn decide_citizen(
    account: &Account,
    command: &DeactivateAccount,
    context: &Context,
) -> Result<Vec<AccountEvent>, Refusal> {
    if account.is_administrator() {
        return Err(Refusal::law(
            "people.administrator.replace_instead",
            "管理员账号不能直接停用，只能由其他管理员确认更换。",
        )
        .advice("请发起更换管理员。"));
    }
    let own = context.actor.account == command.account || context.actor.kind == ActorKind::System;
    if !own || !account.is_registered() {
        return Err(Refusal::not_found("people.account.unknown", "没有这个账号。"));
    }
    let reason = reason(account.is_active(), command)?;
    Ok(vec![AccountEvent::Deactivated { reason }])
}

fn reason(active: bool, command: &DeactivateAccount) -> Result<String, Refusal> {
    if !active {
        return Err(Refusal::law("people.account.inactive_already", "这个账号已经停用。"));
    }
    let mut checks = Checks::new();
    let reason = checks.text("reason", "停用原因", &command.reason, LONG);
    checks.done()?;
    Ok(reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};
    use crate::role::AccountRole;

    fn command(account: &str) -> DeactivateAccount {
        DeactivateAccount {
            account: account.into(),
            reason: "调离".into(),
        }
    }

    #[test]
    fn the_security_administrator_stops_officers() {
        let check = |officer: &Officer, role: AccountRole, expect: &str| {
            assert_eq!(
                code(&decide_officer(officer, &command("acc-7"), &given::by(role))),
                expect
            );
        };
        check(&given::officer(vec![]), AccountRole::SecurityAdmin, "ok");
        check(
            &given::officer(vec![]),
            AccountRole::SystemAdmin,
            "people.not_permitted",
        );
        check(
            &Officer::default(),
            AccountRole::SecurityAdmin,
            "people.officer.unknown",
        );
        let stopped = given::officer(vec![OfficerEvent::Deactivated {
            reason: "调离".into()
        }]);
        check(&stopped, AccountRole::SecurityAdmin, "people.account.inactive_already");
        assert!(stopped.held_posts().is_empty());
    }

    #[test]
    fn citizens_stop_their_own_account_only() {
        let check = |account: &Account, id: &str, expect: &str| {
            assert_eq!(
                code(&decide_citizen(account, &command(id), &given::by(AccountRole::Citizen))),
                expect
            );
        };
        check(&given::citizen("acc-me", "甲"), "acc-me", "ok");
        check(&given::citizen("acc-2", "乙"), "acc-2", "people.account.unknown");
        let administrator = given::administrator("acc-me", AccountRole::AuditAdmin);
        check(&administrator, "acc-me", "people.administrator.replace_instead");
    }
}
