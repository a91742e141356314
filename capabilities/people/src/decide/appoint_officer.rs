//! An officer is appointed to a post.
//!
//! An administrator holds no post: who grants rights does not use them, who runs the system sees no cases
//! (GB/T 22239-2019 8.1.4.2, 8.1.5). Two more rules are usual practice, not a statute: a supervisor or a legal officer of
//! an area holds no post in the handling of cases, and no handler is the legal reviewer of the same body.

use mingjing_chronicle::{Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::body::Body;
use crate::events::OfficerEvent;
use crate::officer::Officer;
use crate::permissions::{OFFICERS_MANAGE, require};
use crate::public::PostFacts;
use crate::role::PostRole;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AppointOfficer {
    pub account: String,
    pub body: String,
    pub post: String,
}

/// `account` is what the id is beside being an officer; `body` is where the post belongs.
///
/// # Errors
/// Not permitted; nobody there; an administrator; the post is unknown, held already or not to be combined.
pub fn decide(
    officer: &Officer,
    command: &AppointOfficer,
    context: &Context,
    account: &Account,
    body: &Body,
) -> Result<Vec<OfficerEvent>, Refusal> {
    require(&context.actor, OFFICERS_MANAGE)?;
    if account.is_administrator() {
        return Err(Refusal::law(
            "people.administrator_holds_no_post",
            "系统、安全、审计管理员不能担任办件岗位。",
        )
        .article("GB/T 22239-2019 第8.1.4.2条、第8.1.5条（管理员权限分离）")
        .advice("请用这个人另外的工作人员账号任职。"));
    }
    if !officer.is_registered() {
        return Err(super::unknown_officer());
    }
    if !officer.is_active() {
        return Err(Refusal::law("people.officer.inactive", "这个账号已经停用，不能任职。").advice("请先恢复账号。"));
    }
    let (Some(facts), Some(post)) = (body.facts(), body.post(&command.post)) else {
        return Err(Refusal::not_found(
            "people.post.unknown",
            "这个单位没有这个岗位，或者岗位已经撤销。",
        ));
    };
    if officer.holds(&command.post) {
        return Err(Refusal::law("people.post.held_already", "这个人已经在这个岗位上。"));
    }
    check_separation(officer, post)?;
    Ok(vec![OfficerEvent::Appointed {
        post: post.post.clone(),
        role: post.role,
        body: command.body.clone(),
        office: post.office.clone(),
        area: facts.division.clone(),
        title: post.title.clone(),
    }])
}

fn check_separation(officer: &Officer, post: &PostFacts) -> Result<(), Refusal> {
    let held = officer.facts().appointments;
    if held.iter().any(|other| other.role.oversees() != post.role.oversees()) {
        return Err(Refusal::law(
            "people.post.oversight_separate",
            "监督和办件不能是同一人：监察员、法制监督员、审批管理员不能同时担任办件岗位。",
        )
        .advice("请先免去原来的岗位，或者另选一人。"));
    }
    let clash = held
        .iter()
        .any(|other| other.body == post.body && reviews_what_it_handles(other.role, post.role));
    if clash {
        return Err(Refusal::law(
            "people.post.legal_review_separate",
            "同一单位的承办人和法制审核员不能是同一人。",
        )
        .advice("请先免去原来的岗位，或者另选一人。"));
    }
    Ok(())
}

fn reviews_what_it_handles(one: PostRole, other: PostRole) -> bool {
    matches!(
        (one, other),
        (PostRole::Handler, PostRole::LegalReviewer) | (PostRole::LegalReviewer, PostRole::Handler)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};
    use crate::events::{BodyEvent, BodyNature};
    use crate::role::AccountRole;

    fn appointed(role: PostRole) -> OfficerEvent {
        OfficerEvent::Appointed {
            post: format!("post-{}", role.key()),
            role,
            body: given::BODY.into(),
            office: "33030300SJ-ZCK".into(),
            area: "330303".into(),
            title: role.label().into(),
        }
    }

    fn body_with(role: PostRole) -> Body {
        given::state::<Body>(
            given::BODY,
            vec![
                given::registered(BodyNature::StatutoryOrgan),
                BodyEvent::OfficeOpened {
                    office: "33030300SJ-ZCK".into(),
                    name: "行政审批科".into(),
                },
                BodyEvent::PostCreated {
                    post: "post-new".into(),
                    role,
                    office: "33030300SJ-ZCK".into(),
                    title: "新岗".into(),
                },
            ],
        )
    }

    fn appoint(officer: &Officer, account: &Account, body: &Body, post: &str) -> Result<Vec<OfficerEvent>, Refusal> {
        let command = AppointOfficer {
            account: "acc-7".into(),
            body: given::BODY.into(),
            post: post.into(),
        };
        decide(officer, &command, &given::by(AccountRole::SecurityAdmin), account, body)
    }

    #[test]
    fn who_may_be_appointed() {
        let none = Account::default();
        let check = |officer: &Officer, account: &Account, post: &str, expect: &str| {
            assert_eq!(code(&appoint(officer, account, &given::body(), post)), expect);
        };
        check(&given::officer(vec![]), &none, "post-1", "ok");
        check(&given::officer(vec![]), &none, "post-9", "people.post.unknown");
        check(&Officer::default(), &none, "post-1", "people.officer.unknown");
        let leave = OfficerEvent::Deactivated {
            reason: "调离".into()
        };
        check(&given::officer(vec![leave]), &none, "post-1", "people.officer.inactive");
        for role in AccountRole::ADMINISTRATORS {
            let administrator = given::administrator("acc-7", role);
            check(
                &given::officer(vec![]),
                &administrator,
                "post-1",
                "people.administrator_holds_no_post",
            );
        }
    }

    #[test]
    fn posts_that_exclude_each_other() {
        let none = Account::default();
        let check = |held: PostRole, new: PostRole, expect: &str| {
            let officer = given::officer(vec![appointed(held)]);
            assert_eq!(
                code(&appoint(&officer, &none, &body_with(new), "post-new")),
                expect,
                "{held} + {new}"
            );
        };
        check(PostRole::CounterClerk, PostRole::Handler, "ok");
        check(PostRole::Reviewer, PostRole::Archivist, "ok");
        check(PostRole::Supervisor, PostRole::LegalOfficer, "ok");
        check(
            PostRole::Handler,
            PostRole::LegalReviewer,
            "people.post.legal_review_separate",
        );
        check(
            PostRole::LegalReviewer,
            PostRole::Handler,
            "people.post.legal_review_separate",
        );
        check(
            PostRole::Supervisor,
            PostRole::Approver,
            "people.post.oversight_separate",
        );
        check(
            PostRole::CounterClerk,
            PostRole::LegalOfficer,
            "people.post.oversight_separate",
        );
        check(
            PostRole::LegalReviewer,
            PostRole::ApprovalManager,
            "people.post.oversight_separate",
        );
    }
}
