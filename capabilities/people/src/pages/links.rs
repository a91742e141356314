//! The addresses of people's pages.

use mingjing_web::{Link, SideEntry, SideGroup};

use crate::permissions::{ADMINISTRATORS_REPLACE, AUDIT_READ, BODIES_MANAGE, ERASE, OFFICERS_MANAGE, TOKENS_MANAGE};

pub fn sign_in() -> Link {
    Link::to("/sign-in")
}

pub fn demo_sign_in() -> Link {
    Link::to("/sign-in/demo")
}

pub fn change_password() -> Link {
    Link::to("/sign-in/password")
}

pub fn sign_out() -> Link {
    Link::to("/sign-out")
}

pub fn sign_out_everywhere() -> Link {
    Link::to("/sign-out/everywhere")
}

pub fn register() -> Link {
    Link::to("/register")
}

pub fn account() -> Link {
    Link::to("/account")
}

pub fn new_organisation() -> Link {
    Link::to("/account/organisations/new")
}

/// `principal` is a USCC, or empty for oneself.
pub fn new_agency(principal: &str) -> Link {
    let link = Link::to("/account/agencies/new");
    if principal.is_empty() {
        link
    } else {
        link.query("for", principal)
    }
}

pub fn end_agency(kind: &str, principal: &str, agency: &str) -> Link {
    Link::to("/account/agencies/end")
        .query("kind", kind)
        .query("for", principal)
        .query("agency", agency)
}

pub fn officers() -> Link {
    Link::to("/admin/officers")
}

pub fn new_officer() -> Link {
    Link::to("/admin/officers/new")
}

pub fn officer(account: &str) -> Link {
    Link::to("/admin/officers").part(account)
}

/// One of the acts of the officer's page: `appoint`, `end`, `certificate`, `revoke`, `stop`, `restore`, `password`.
pub fn officer_act(account: &str, act: &'static str) -> Link {
    officer(account).part(act)
}

pub fn bodies() -> Link {
    Link::to("/admin/bodies")
}

pub fn new_body() -> Link {
    Link::to("/admin/bodies/new")
}

pub fn body(body: &str) -> Link {
    Link::to("/admin/bodies").part(body)
}

/// `offices`, `posts` or `abolish`.
pub fn body_act(id: &str, act: &'static str) -> Link {
    body(id).part(act)
}

pub fn tokens() -> Link {
    Link::to("/admin/tokens")
}

pub fn new_token(body: &str) -> Link {
    tokens().part("new").part(body)
}

pub fn revoke_token(account: &str) -> Link {
    tokens().part(account).part("revoke")
}

pub fn audit() -> Link {
    Link::to("/admin/audit")
}

pub fn erasures() -> Link {
    Link::to("/admin/erasures")
}

pub fn administrators() -> Link {
    Link::to("/admin/administrators")
}

/// Entries of the back office's side navigation; who may not take one does not see it.
pub fn side() -> SideGroup {
    let entry = |label: &'static str, link: Link, permission| SideEntry {
        label,
        link,
        permission,
    };
    SideGroup {
        title: "人员与权限",
        entries: vec![
            entry("工作人员", officers(), OFFICERS_MANAGE),
            entry("接口凭证", tokens(), TOKENS_MANAGE),
            entry("单位和岗位", bodies(), BODIES_MANAGE),
            entry("人员和权限审计", audit(), AUDIT_READ),
            entry("删除个人信息", erasures(), ERASE),
            entry("三员", administrators(), ADMINISTRATORS_REPLACE),
        ],
    }
}
