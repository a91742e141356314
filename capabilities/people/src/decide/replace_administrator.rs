//! A seat of the three administrators changes hands: one administrator proposes, another one confirms, and who leaves
//! has no voice in it. So no administrator can make a helper of the own choice, and none can be locked in.

use mingjing_chronicle::{Context, Refusal};
use serde::{Deserialize, Serialize};

use super::create_administrator::{CreateAdministrator, seat};
use crate::account::Account;
use crate::administrators::{Administrators, Replacement};
use crate::checks::{Checks, LONG, SHORT};
use crate::events::{AccountEvent, AdministratorsEvent};
use crate::officer::Officer;
use crate::permissions::{ADMINISTRATORS_REPLACE, require};
use crate::role::AccountRole;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProposeReplacement {
    pub role: AccountRole,
    pub name: String,
    pub login_name: String,
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfirmReplacement {
    pub replacement: String,
    /// Id of the account to open.
    pub account: String,
}

/// # Errors
/// Not one of the other two; one is proposed already; the input.
pub fn propose(
    seats: &Administrators,
    command: &ProposeReplacement,
    context: &Context,
    login_taken: bool,
) -> Result<Vec<AdministratorsEvent>, Refusal> {
    voice(seats, command.role, context)?;
    if seats.replacement.is_some() {
        return Err(Refusal::law(
            "people.administrator.replacement_pending",
            "已经有一项更换管理员的提议在等确认。",
        )
        .advice("请先确认或者撤回那一项。"));
    }
    let mut checks = Checks::new();
    checks.require(
        command.role.is_administrator(),
        "role",
        "请选择系统、安全、审计管理员之一",
    );
    let name = checks.text("name", "新管理员姓名", &command.name, SHORT);
    let login_name = checks.login_name("login_name", &command.login_name);
    checks.require(!login_taken, "login_name", "这个登录名已经有人使用，请换一个");
    let reason = checks.text("reason", "更换原因", &command.reason, LONG);
    checks.done()?;
    Ok(vec![AdministratorsEvent::ReplacementProposed {
        replacement: format!("replacement-{}", context.id("replacement")),
        role: command.role,
        name,
        login_name,
        reason,
        proposed_by: context.actor.account.clone(),
    }])
}

/// What a confirmed replacement writes: to the seats, to the new account; and whose account it ends.
#[derive(Debug)]
pub struct Replaced {
    pub seats: Vec<AdministratorsEvent>,
    pub account: Vec<AccountEvent>,
    pub leaves: Option<String>,
    pub leaving: Vec<AccountEvent>,
}

/// # Errors
/// No such proposal; the proposer or who leaves confirms; the new account is something already.
pub fn confirm(
    seats: &Administrators,
    command: &ConfirmReplacement,
    context: &Context,
    account: &Account,
    officer: &Officer,
    login_taken: bool,
) -> Result<Replaced, Refusal> {
    let proposed = pending(seats, &command.replacement)?;
    voice(seats, proposed.role, context)?;
    if context.actor.account == proposed.proposed_by {
        return Err(Refusal::law(
            "people.administrator.second_person",
            "提出的人不能自己确认，要由另一名管理员确认。",
        ));
    }
    let create = CreateAdministrator {
        account: command.account.clone(),
        role: proposed.role,
        name: proposed.name.clone(),
        login_name: proposed.login_name.clone(),
    };
    let (mut taken, created) = seat(&create, account, officer, seats, login_taken)?;
    taken.push(AdministratorsEvent::ReplacementConfirmed {
        replacement: proposed.id.clone(),
        confirmed_by: context.actor.account.clone(),
    });
    Ok(Replaced {
        seats: taken,
        account: created,
        leaves: seats.holder(proposed.role).map(str::to_owned),
        leaving: vec![AccountEvent::Deactivated {
            reason: format!("更换{}：{}", proposed.role.label(), proposed.reason),
        }],
    })
}

/// Any of the three may drop a proposal, who would leave included: nothing is taken from anybody by it.
///
/// # Errors
/// Not an administrator; no such proposal.
pub fn drop_proposal(
    seats: &Administrators,
    replacement: &str,
    context: &Context,
) -> Result<Vec<AdministratorsEvent>, Refusal> {
    require(&context.actor, ADMINISTRATORS_REPLACE)?;
    let proposed = pending(seats, replacement)?;
    Ok(vec![AdministratorsEvent::ReplacementDropped {
        replacement: proposed.id.clone(),
    }])
}

fn pending<'a>(seats: &'a Administrators, replacement: &str) -> Result<&'a Replacement, Refusal> {
    seats
        .replacement
        .as_ref()
        .filter(|proposed| proposed.id == replacement)
        .ok_or_else(|| Refusal::not_found("people.administrator.no_replacement", "没有等待确认的更换提议。"))
}

/// The actor sits on one of the seats, and not on the one that changes hands.
fn voice(seats: &Administrators, leaving: AccountRole, context: &Context) -> Result<(), Refusal> {
    require(&context.actor, ADMINISTRATORS_REPLACE)?;
    match seats.seat_of(&context.actor.account) {
        Some(own) if own != leaving => Ok(()),
        _ => Err(Refusal::forbidden(
            "people.administrator.not_the_others",
            "更换一名管理员，由另外两名管理员提出和确认。",
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::decide::given::{self, code};

    fn seats(proposed_by: Option<&str>) -> Administrators {
        let mut events: Vec<AdministratorsEvent> = AccountRole::ADMINISTRATORS
            .into_iter()
            .map(|role| AdministratorsEvent::SeatTaken {
                role,
                account: role.key().into(),
            })
            .collect();
        if let Some(account) = proposed_by {
            events.push(AdministratorsEvent::ReplacementProposed {
                replacement: "r1".into(),
                role: AccountRole::SystemAdmin,
                name: "新人".into(),
                login_name: "xin.ren".into(),
                reason: "轮岗".into(),
                proposed_by: account.into(),
            });
        }
        given::state::<Administrators>("all", events)
    }

    fn as_admin(role: AccountRole) -> Context {
        given::context(given::actor(role.key(), role))
    }

    #[test]
    fn the_other_two_propose_and_confirm() {
        let command = ProposeReplacement {
            role: AccountRole::SystemAdmin,
            name: "新人".into(),
            login_name: "xin.ren".into(),
            reason: "轮岗".into(),
        };
        let propose_as = |seats: &Administrators, role: AccountRole, expect: &str| {
            assert_eq!(
                code(&propose(seats, &command, &as_admin(role), false)),
                expect,
                "{role:?}"
            );
        };
        propose_as(&seats(None), AccountRole::SecurityAdmin, "ok");
        propose_as(&seats(None), AccountRole::AuditAdmin, "ok");
        propose_as(
            &seats(None),
            AccountRole::SystemAdmin,
            "people.administrator.not_the_others",
        );
        propose_as(&seats(None), AccountRole::Officer, "people.not_permitted");
        propose_as(
            &seats(Some("audit_admin")),
            AccountRole::SecurityAdmin,
            "people.administrator.replacement_pending",
        );

        let command = ConfirmReplacement {
            replacement: "r1".into(),
            account: "acc-9".into(),
        };
        let confirm_as = |role: AccountRole, expect: &str| {
            let seats = seats(Some("audit_admin"));
            let result = confirm(
                &seats,
                &command,
                &as_admin(role),
                &Account::default(),
                &Officer::default(),
                false,
            );
            assert_eq!(code(&result), expect, "{role:?}");
        };
        confirm_as(AccountRole::SecurityAdmin, "ok");
        confirm_as(AccountRole::AuditAdmin, "people.administrator.second_person");
        confirm_as(AccountRole::SystemAdmin, "people.administrator.not_the_others");
    }

    #[test]
    fn who_leaves_is_stopped_and_the_new_account_is_nothing_else() {
        let command = ConfirmReplacement {
            replacement: "r1".into(),
            account: "acc-9".into(),
        };
        let seats = seats(Some("audit_admin"));
        let context = as_admin(AccountRole::SecurityAdmin);
        let replaced = confirm(
            &seats,
            &command,
            &context,
            &Account::default(),
            &Officer::default(),
            false,
        )
        .unwrap();
        assert_eq!(replaced.leaves.as_deref(), Some("system_admin"));
        assert!(matches!(replaced.leaving[..], [AccountEvent::Deactivated { .. }]));
        let officer = given::officer(vec![]);
        let result = confirm(&seats, &command, &context, &Account::default(), &officer, false);
        assert_eq!(code(&result), "people.account.taken");
    }
}
