//! Who may do what, and how far: one table. `permissions.txt` is its printed form, kept in git so that every change
//! of a right is seen in review.
//!
//! Invariants: nobody may what the table does not say; an administrator is given nothing of cases, and nobody who
//! handles cases is given anything of the administrators.

use std::fmt::Write;

use mingjing_chronicle::{Actor, ActorKind, HeldPost, Refusal};
use mingjing_web::{Authority, Breadth, Permission, Scope};

use crate::role::{AccountRole, PostRole};

pub const OFFICERS_MANAGE: Permission = Permission("people.officers.manage");
/// Access tokens of departments' own systems.
pub const TOKENS_MANAGE: Permission = Permission("people.tokens.manage");
pub const BODIES_MANAGE: Permission = Permission("people.bodies.manage");
/// To propose and confirm that personal data are erased.
pub const ERASE: Permission = Permission("people.erase");
pub const AUDIT_READ: Permission = Permission("people.audit.read");
pub const ADMINISTRATORS_REPLACE: Permission = Permission("people.administrators.replace");
/// What a citizen does with the own account: agencies, organisations.
pub const ACCOUNT_OWN: Permission = Permission("people.account.own");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Also who is not signed in.
    Everyone,
    Account(AccountRole),
    Post(PostRole),
}

impl Who {
    fn key(self) -> &'static str {
        match self {
            Who::Everyone => "everyone",
            Who::Account(role) => role.key(),
            Who::Post(role) => role.key(),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Grant {
    pub who: Who,
    pub permission: &'static str,
    pub breadth: Breadth,
}

const fn everyone(permission: &'static str, breadth: Breadth) -> Grant {
    Grant {
        who: Who::Everyone,
        permission,
        breadth,
    }
}

const fn account(role: AccountRole, permission: &'static str, breadth: Breadth) -> Grant {
    Grant {
        who: Who::Account(role),
        permission,
        breadth,
    }
}

const fn post(role: PostRole, permission: &'static str, breadth: Breadth) -> Grant {
    Grant {
        who: Who::Post(role),
        permission,
        breadth,
    }
}

use AccountRole::{AuditAdmin, Citizen, SecurityAdmin, SystemAdmin};
use Breadth::{All, OwnArea, OwnBody, OwnCases, Published};
use PostRole::{
    ApprovalManager, Approver, Archivist, CounterClerk, Handler, LegalOfficer, LegalReviewer, ReleaseReviewer,
    Reviewer, Supervisor,
};

pub const GRANTS: &[Grant] = &[
    everyone("catalogue.read", All),
    everyone("cases.read", Published),
    account(Citizen, "people.account.own", All),
    account(Citizen, "cases.apply", OwnCases),
    account(Citizen, "cases.read", OwnCases),
    account(Citizen, "cases.withdraw", OwnCases),
    account(Citizen, "penalty.own", OwnCases),
    post(CounterClerk, "cases.read", OwnBody),
    post(CounterClerk, "cases.board", OwnBody),
    post(CounterClerk, "cases.intake", OwnBody),
    post(CounterClerk, "cases.accept", OwnBody),
    post(CounterClerk, "cases.issue", OwnBody),
    post(CounterClerk, "cases.serve", OwnBody),
    post(CounterClerk, "cases.complete", OwnBody),
    post(CounterClerk, "cases.withdraw", OwnBody),
    post(CounterClerk, "cases.take_step", OwnBody),
    post(CounterClerk, "penalty.collect", OwnBody),
    post(CounterClerk, "cases.hand_on", OwnBody),
    post(CounterClerk, "penalty.hand_on", OwnBody),
    post(CounterClerk, "penalty.ask_recusal", OwnBody),
    post(Handler, "cases.read", OwnBody),
    post(Handler, "cases.board", OwnBody),
    post(Handler, "cases.examine", OwnBody),
    post(Handler, "cases.site_check", OwnBody),
    post(Handler, "cases.take_step", OwnBody),
    post(Handler, "cases.open", OwnBody),
    post(Handler, "penalty.handle", OwnBody),
    post(Handler, "catalogue.adjust", OwnBody),
    post(Handler, "cases.hand_on", OwnBody),
    post(Handler, "penalty.hand_on", OwnBody),
    post(Handler, "penalty.ask_recusal", OwnBody),
    post(Reviewer, "cases.read", OwnBody),
    post(Reviewer, "cases.board", OwnBody),
    post(Reviewer, "cases.review", OwnBody),
    post(Reviewer, "cases.take_step", OwnBody),
    post(Reviewer, "penalty.review", OwnBody),
    post(Reviewer, "cases.hand_on", OwnBody),
    post(Reviewer, "penalty.hand_on", OwnBody),
    post(Reviewer, "penalty.ask_recusal", OwnBody),
    post(Approver, "cases.read", OwnBody),
    post(Approver, "cases.board", OwnBody),
    post(Approver, "cases.decide", OwnBody),
    post(Approver, "cases.extend", OwnBody),
    post(Approver, "cases.suspend", OwnBody),
    post(Approver, "cases.take_step", OwnBody),
    post(Approver, "penalty.approve", OwnBody),
    post(Approver, "catalogue.adjust", OwnBody),
    post(Approver, "cases.hand_on", OwnBody),
    post(Approver, "penalty.hand_on", OwnBody),
    post(Approver, "catalogue.changes", OwnBody),
    post(Approver, "penalty.ask_recusal", OwnBody),
    post(ReleaseReviewer, "cases.read", OwnBody),
    post(ReleaseReviewer, "cases.board", OwnBody),
    post(ReleaseReviewer, "cases.release", OwnBody),
    post(ReleaseReviewer, "penalty.release", OwnBody),
    post(ReleaseReviewer, "cases.hand_on", OwnBody),
    post(ReleaseReviewer, "penalty.hand_on", OwnBody),
    post(ReleaseReviewer, "penalty.ask_recusal", OwnBody),
    post(Archivist, "cases.read", OwnBody),
    post(Archivist, "cases.board", OwnBody),
    post(Archivist, "cases.hand_on", OwnBody),
    post(Archivist, "penalty.hand_on", OwnBody),
    post(Archivist, "penalty.ask_recusal", OwnBody),
    post(LegalReviewer, "cases.read", OwnBody),
    post(LegalReviewer, "cases.board", OwnBody),
    post(LegalReviewer, "cases.take_step", OwnBody),
    post(LegalReviewer, "penalty.legal_review", OwnBody),
    post(LegalReviewer, "catalogue.adjust", OwnBody),
    post(LegalReviewer, "flows.draw", OwnBody),
    post(LegalReviewer, "cases.hand_on", OwnBody),
    post(LegalReviewer, "penalty.hand_on", OwnBody),
    post(LegalReviewer, "catalogue.changes", OwnBody),
    post(LegalReviewer, "catalogue.file_change", OwnBody),
    post(LegalReviewer, "cases.migrations", OwnBody),
    post(LegalReviewer, "cases.plan_migration", OwnBody),
    post(LegalReviewer, "catalogue.hand_in", OwnBody),
    post(LegalReviewer, "catalogue.clean_up", OwnBody),
    post(LegalReviewer, "penalty.ask_recusal", OwnBody),
    post(Supervisor, "cases.read", OwnArea),
    post(Supervisor, "cases.board", OwnArea),
    post(Supervisor, "cases.migrations", OwnArea),
    post(Supervisor, "penalty.ask_recusal", OwnBody),
    post(Supervisor, "ledger.watch", All),
    post(LegalOfficer, "cases.read", OwnArea),
    post(LegalOfficer, "cases.board", OwnArea),
    post(LegalOfficer, "catalogue.adjust", OwnArea),
    post(LegalOfficer, "catalogue.settle", OwnArea),
    post(LegalOfficer, "catalogue.changes", OwnArea),
    post(LegalOfficer, "catalogue.review_change", OwnArea),
    post(LegalOfficer, "cases.migrations", OwnArea),
    post(LegalOfficer, "cases.confirm_migration", OwnArea),
    post(LegalOfficer, "catalogue.hand_in", OwnArea),
    post(LegalOfficer, "catalogue.clean_up", OwnArea),
    post(LegalOfficer, "catalogue.plan_clean_up", OwnArea),
    post(LegalOfficer, "flows.draw", OwnArea),
    post(LegalOfficer, "penalty.ask_recusal", OwnBody),
    post(ApprovalManager, "catalogue.changes", OwnArea),
    post(ApprovalManager, "catalogue.review_approval", OwnArea),
    account(SystemAdmin, "catalogue.import", All),
    account(SystemAdmin, "people.bodies.manage", All),
    account(SystemAdmin, "people.administrators.replace", All),
    account(SystemAdmin, "people.erase", All),
    account(SystemAdmin, "system.jobs", All),
    account(SecurityAdmin, "people.officers.manage", All),
    account(SecurityAdmin, "people.tokens.manage", All),
    account(SecurityAdmin, "people.administrators.replace", All),
    account(SecurityAdmin, "people.erase", All),
    account(AuditAdmin, "people.audit.read", All),
    account(AuditAdmin, "ledger.watch", All),
    account(AuditAdmin, "people.administrators.replace", All),
    account(AuditAdmin, "people.erase", All),
];

/// How far this actor may do this; `None` is no. The program itself may everything: what it does is decided by
/// the law in `decide`, not by a post.
pub fn scope(actor: &Actor, permission: Permission) -> Option<Scope> {
    if actor.kind == ActorKind::System {
        return Some(Scope::All);
    }
    GRANTS
        .iter()
        .filter(|grant| grant.permission == permission.0)
        .filter_map(|grant| bind(grant, actor))
        .reduce(Scope::or)
}

fn bind(grant: &Grant, actor: &Actor) -> Option<Scope> {
    match grant.who {
        Who::Everyone => Some(grant.breadth.bind(&actor.account, &[])),
        Who::Account(role) => {
            let has = actor.roles.iter().any(|key| key == role.key());
            has.then(|| grant.breadth.bind(&actor.account, &[]))
        }
        Who::Post(role) => {
            let held: Vec<HeldPost> = actor
                .posts
                .iter()
                .filter(|held| held.role == role.key())
                .cloned()
                .collect();
            (!held.is_empty()).then(|| grant.breadth.bind(&actor.account, &held))
        }
    }
}

/// For `decide`: the door may have asked already, but the rule stands where the decision is made.
///
/// # Errors
/// The table does not give this to the actor.
pub fn require(actor: &Actor, permission: Permission) -> Result<(), Refusal> {
    if scope(actor, permission).is_some() {
        return Ok(());
    }
    Err(
        Refusal::forbidden("people.not_permitted", "您的岗位没有做这件事的权限。")
            .advice("如果工作需要，请向安全管理员申请相应岗位。"),
    )
}

/// The table as [`Authority`] for the pages.
#[derive(Debug, Clone, Copy, Default)]
pub struct Table;

impl Authority for Table {
    fn scope(&self, actor: &Actor, permission: Permission) -> Option<Scope> {
        scope(actor, permission)
    }
}

/// The golden text: a line per permission, then who has it and how far.
pub fn printed() -> String {
    let mut names: Vec<&str> = GRANTS.iter().map(|grant| grant.permission).collect();
    names.sort_unstable();
    names.dedup();
    let mut text = String::new();
    for name in names {
        let _ = writeln!(text, "{name}");
        let mut lines: Vec<String> = GRANTS
            .iter()
            .filter(|grant| grant.permission == name)
            .map(|grant| format!("  {:<18}{}", grant.who.key(), breadth_key(grant.breadth)))
            .collect();
        lines.sort();
        for line in lines {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

fn breadth_key(breadth: Breadth) -> &'static str {
    match breadth {
        OwnCases => "own_cases",
        OwnBody => "own_body",
        OwnArea => "own_area",
        All => "all",
        Published => "published",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use mingjing_web::Subject;

    fn officer(roles: &[PostRole]) -> Actor {
        Actor {
            account: "acc-1".into(),
            kind: ActorKind::Official,
            posts: roles
                .iter()
                .map(|role| HeldPost {
                    post: format!("post-{}", role.key()),
                    role: role.key().into(),
                    body: "33030300SJ".into(),
                    area: "330303".into(),
                })
                .collect(),
            roles: Vec::new(),
        }
    }

    fn with_role(role: AccountRole) -> Actor {
        Actor {
            account: "acc-2".into(),
            kind: if role.is_administrator() {
                ActorKind::Administrator
            } else {
                ActorKind::Citizen
            },
            posts: Vec::new(),
            roles: vec![role.key().into()],
        }
    }

    /// `UPDATE_GOLDEN=1 cargo nextest run -p mingjing-people` writes the file anew.
    #[test]
    fn the_printed_table_is_the_reviewed_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/permissions.txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(path, printed()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), printed());
    }

    #[test]
    fn rights_reach_as_far_as_the_posts() {
        let own = Subject {
            body: "33030300SJ",
            area: "330303",
            party_account: "acc-2",
            published: false,
        };
        let other_body = Subject {
            body: "33030300WH",
            ..own
        };
        let other_county = Subject {
            body: "33030200SJ",
            area: "330302",
            ..own
        };
        let check = |actor: &Actor, permission: &'static str, subject: &Subject<'_>, expect: bool| {
            let covers = scope(actor, Permission(permission)).is_some_and(|scope| scope.covers(subject));
            assert_eq!(covers, expect, "{} {permission} {subject:?}", actor.account);
        };
        let clerk = officer(&[PostRole::CounterClerk]);
        check(&clerk, "cases.accept", &own, true);
        check(&clerk, "cases.accept", &other_body, false);
        check(&clerk, "cases.decide", &own, false);
        check(
            &clerk,
            "cases.read",
            &Subject {
                published: true,
                ..other_county
            },
            true,
        );
        let supervisor = officer(&[PostRole::Supervisor]);
        check(&supervisor, "cases.read", &other_body, true);
        check(&supervisor, "cases.read", &other_county, false);
        let citizen = with_role(AccountRole::Citizen);
        check(&citizen, "cases.read", &own, true);
        check(
            &citizen,
            "cases.read",
            &Subject {
                party_account: "acc-9",
                ..own
            },
            false,
        );
        check(&Actor::public(), "cases.read", &own, false);
        check(
            &Actor::public(),
            "cases.read",
            &Subject { published: true, ..own },
            true,
        );
    }

    #[test]
    fn administrators_see_no_cases_and_the_others_no_administration() {
        let is_admin = |who: Who| matches!(who, Who::Account(role) if role.is_administrator());
        for grant in GRANTS {
            let of_cases = ["cases.", "penalty."]
                .iter()
                .any(|area| grant.permission.starts_with(area));
            // Lawyers and handlers keep items and flows right; administrators do not.
            let of_laws = matches!(
                grant.permission,
                "catalogue.adjust"
                    | "catalogue.settle"
                    | "catalogue.changes"
                    | "cases.migrations"
                    | "cases.plan_migration"
                    | "cases.confirm_migration"
                    | "catalogue.file_change"
                    | "catalogue.review_change"
                    | "catalogue.review_approval"
                    | "catalogue.hand_in"
                    | "catalogue.clean_up"
                    | "catalogue.plan_clean_up"
                    | "flows.draw"
            );
            // Who supervises and who audits both watch over the record.
            let of_all = matches!(
                grant.permission,
                "catalogue.read" | "people.account.own" | "ledger.watch"
            );
            let administration = !of_cases && !of_laws && !of_all;
            if is_admin(grant.who) {
                assert!(!of_cases && !of_laws, "{} for an administrator", grant.permission);
            } else {
                assert!(!administration, "{} for {}", grant.permission, grant.who.key());
            }
        }
        for role in AccountRole::ADMINISTRATORS {
            let unpublished = Subject {
                body: "b",
                area: "33",
                party_account: "acc-2",
                published: false,
            };
            let read = scope(&with_role(role), Permission("cases.read")).unwrap();
            assert!(!read.covers(&unpublished));
        }
    }
}
