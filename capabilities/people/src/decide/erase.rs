//! Erasure: one of the three administrators proposes, another one confirms (个人信息保护法 47). What a law wants kept
//! is refused (档案法 and the like, 个人信息保护法 47(2)): until then it is only stored and guarded.

use jiff::civil::Date;
use mingjing_chronicle::{Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::administrators::Administrators;
use crate::checks::{Checks, LONG};
use crate::erasure::{Erasure, ErasureEvent, ErasureState, Ground};
use crate::permissions::{ERASE, require};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProposeErasure {
    /// `<kind>/<id>`
    pub stream: String,
    pub ground: Ground,
    pub reason: String,
}

/// What the record says of the stream.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// Keys of events and files that are still there.
    pub keys: Vec<String>,
    pub kept: Option<Kept>,
}

/// Why a stream must stay as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub why: String,
    pub article: &'static str,
    /// The last day; `None`: for good, or until something happens.
    pub until: Option<Date>,
}

/// # Errors
/// No seat; the input; nothing there; a law wants it kept.
pub fn propose(
    seats: &Administrators,
    command: &ProposeErasure,
    target: &Target,
    context: &Context,
) -> Result<Vec<ErasureEvent>, Refusal> {
    seated(seats, context)?;
    let mut checks = Checks::new();
    let reason = checks.text("reason", "理由", &command.reason, LONG);
    checks.require(
        !names_somebody(&reason),
        "reason",
        "理由会永久保存：请不要写证件号码、电话等号码",
    );
    checks.done()?;
    erasable(target)?;
    Ok(vec![ErasureEvent::Proposed {
        stream: command.stream.clone(),
        ground: command.ground,
        article: command.ground.article().to_owned(),
        reason,
        proposed_by: context.actor.account.clone(),
    }])
}

/// # Errors
/// No seat; the proposer; not waiting; a law wants it kept by now.
pub fn confirm(
    seats: &Administrators,
    erasure: &Erasure,
    target: &Target,
    context: &Context,
) -> Result<Vec<ErasureEvent>, Refusal> {
    seated(seats, context)?;
    waiting(erasure)?;
    if erasure.proposed_by == context.actor.account {
        return Err(Refusal::law(
            "people.erasure.second_person",
            "提出的人不能自己确认，要由另一名管理员确认。",
        )
        .article("GB/T 22239-2019 第8.1.5条（管理员权限分离）"));
    }
    erasable(target)?;
    Ok(vec![ErasureEvent::Confirmed {
        confirmed_by: context.actor.account.clone(),
        keys: target.keys.clone(),
    }])
}

/// # Errors
/// No seat; not waiting.
pub fn drop_proposal(
    seats: &Administrators,
    erasure: &Erasure,
    context: &Context,
) -> Result<Vec<ErasureEvent>, Refusal> {
    seated(seats, context)?;
    waiting(erasure)?;
    Ok(vec![ErasureEvent::Dropped {
        dropped_by: context.actor.account.clone(),
    }])
}

fn seated(seats: &Administrators, context: &Context) -> Result<(), Refusal> {
    require(&context.actor, ERASE)?;
    match seats.seat_of(&context.actor.account) {
        Some(_) => Ok(()),
        None => Err(Refusal::forbidden(
            "people.erasure.not_seated",
            "删除个人信息由在任的三员提出和确认。",
        )),
    }
}

fn waiting(erasure: &Erasure) -> Result<(), Refusal> {
    if erasure.stage == ErasureState::Proposed {
        return Ok(());
    }
    Err(Refusal::not_found(
        "people.erasure.not_waiting",
        "没有这项等待确认的删除提议。",
    ))
}

fn erasable(target: &Target) -> Result<(), Refusal> {
    if let Some(kept) = &target.kept {
        let until = kept.until.map(|day| format!("，保管到 {day}")).unwrap_or_default();
        return Err(
            Refusal::law("people.erasure.kept_by_law", format!("不能删除：{}{until}。", kept.why))
                .article(kept.article)
                .advice(
                    "在此之前停止存储和必要保护以外的处理（个人信息保护法第四十七条第二款）；公开的内容可以先撤下。",
                ),
        );
    }
    if target.keys.is_empty() {
        return Err(
            Refusal::not_found("people.erasure.nothing_there", "没有这份记录，或者它已经删除。")
                .advice("请核对编号，例如 case/办件编号、account/账号。")
                .field("stream", "没有这份记录，或者它已经删除"),
        );
    }
    Ok(())
}

/// Numbers of documents and telephones: a run of seven digits or more.
fn names_somebody(text: &str) -> bool {
    let mut run = 0;
    text.chars().any(|c| {
        run = if c.is_numeric() { run + 1 } else { 0 };
        run >= 7
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::decide::given::{self, code};
    use crate::events::AdministratorsEvent;
    use crate::role::AccountRole;

    fn seats() -> Administrators {
        let taken = AccountRole::ADMINISTRATORS
            .into_iter()
            .map(|role| AdministratorsEvent::SeatTaken {
                role,
                account: role.key().into(),
            });
        given::state::<Administrators>("all", taken.collect::<Vec<_>>())
    }

    fn by(role: AccountRole) -> Context {
        given::context(given::actor(role.key(), role))
    }

    fn there() -> Target {
        Target {
            keys: vec!["e1".into(), "blob/b1".into()],
            kept: None,
        }
    }

    fn kept() -> Target {
        Target {
            kept: Some(Kept {
                why: "办理尚未结束".into(),
                article: "档案法第十四条",
                until: None,
            }),
            ..there()
        }
    }

    fn proposed() -> Erasure {
        given::state::<Erasure>(
            "x",
            vec![ErasureEvent::Proposed {
                stream: "case/1".into(),
                ground: Ground::ConsentWithdrawn,
                article: Ground::ConsentWithdrawn.article().into(),
                reason: "本人书面要求".into(),
                proposed_by: "system_admin".into(),
            }],
        )
    }

    #[test]
    fn one_of_the_three_proposes_with_a_reason_that_names_nobody() {
        let check = |role: AccountRole, reason: &str, target: &Target, expect: &str| {
            let command = ProposeErasure {
                stream: "case/1".into(),
                ground: Ground::ConsentWithdrawn,
                reason: reason.into(),
            };
            assert_eq!(
                code(&propose(&seats(), &command, target, &by(role))),
                expect,
                "{role:?} {reason}"
            );
        };
        for role in AccountRole::ADMINISTRATORS {
            check(role, "本人书面要求", &there(), "ok");
        }
        check(AccountRole::Officer, "本人书面要求", &there(), "people.not_permitted");
        check(AccountRole::Citizen, "本人书面要求", &there(), "people.not_permitted");
        check(AccountRole::SystemAdmin, " ", &there(), "people.input");
        check(AccountRole::SystemAdmin, "电话 13800000000", &there(), "people.input");
        check(
            AccountRole::SystemAdmin,
            "本人书面要求",
            &kept(),
            "people.erasure.kept_by_law",
        );
        check(
            AccountRole::SystemAdmin,
            "本人书面要求",
            &Target::default(),
            "people.erasure.nothing_there",
        );
    }

    #[test]
    fn another_one_confirms_and_the_law_is_asked_again() {
        let check = |role: AccountRole, erasure: &Erasure, target: &Target, expect: &str| {
            assert_eq!(code(&confirm(&seats(), erasure, target, &by(role))), expect, "{role:?}");
        };
        check(
            AccountRole::SystemAdmin,
            &proposed(),
            &there(),
            "people.erasure.second_person",
        );
        check(AccountRole::SecurityAdmin, &proposed(), &there(), "ok");
        check(AccountRole::AuditAdmin, &proposed(), &there(), "ok");
        check(
            AccountRole::AuditAdmin,
            &proposed(),
            &kept(),
            "people.erasure.kept_by_law",
        );
        check(AccountRole::Officer, &proposed(), &there(), "people.not_permitted");
        check(
            AccountRole::AuditAdmin,
            &Erasure::default(),
            &there(),
            "people.erasure.not_waiting",
        );
        let confirmed = confirm(&seats(), &proposed(), &there(), &by(AccountRole::AuditAdmin)).unwrap();
        assert!(matches!(&confirmed[..], [ErasureEvent::Confirmed { keys, .. }] if keys == &there().keys));
    }

    #[test]
    fn any_of_the_three_drops_a_proposal_that_waits() {
        let check = |role: AccountRole, erasure: &Erasure, expect: &str| {
            assert_eq!(code(&drop_proposal(&seats(), erasure, &by(role))), expect, "{role:?}");
        };
        check(AccountRole::SystemAdmin, &proposed(), "ok");
        check(AccountRole::AuditAdmin, &proposed(), "ok");
        check(
            AccountRole::AuditAdmin,
            &Erasure::default(),
            "people.erasure.not_waiting",
        );
        check(AccountRole::Officer, &proposed(), "people.not_permitted");
    }
}
