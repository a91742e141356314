//! Roles: what a post is for in a body's flow, and what an account is when it holds no post.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Roles of posts. Keys are the `candidateGroups` of flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PostRole {
    CounterClerk,
    Handler,
    Reviewer,
    Approver,
    ReleaseReviewer,
    Archivist,
    LegalReviewer,
    Supervisor,
    LegalOfficer,
    /// Of the body that manages approvals: reviews changes of approval items (S2 二(二)2).
    ApprovalManager,
}

impl PostRole {
    pub const ALL: [PostRole; 10] = [
        PostRole::CounterClerk,
        PostRole::Handler,
        PostRole::Reviewer,
        PostRole::Approver,
        PostRole::ReleaseReviewer,
        PostRole::Archivist,
        PostRole::LegalReviewer,
        PostRole::Supervisor,
        PostRole::LegalOfficer,
        PostRole::ApprovalManager,
    ];

    pub fn key(self) -> &'static str {
        match self {
            PostRole::CounterClerk => "counter_clerk",
            PostRole::Handler => "handler",
            PostRole::Reviewer => "reviewer",
            PostRole::Approver => "approver",
            PostRole::ReleaseReviewer => "release_reviewer",
            PostRole::Archivist => "archivist",
            PostRole::LegalReviewer => "legal_reviewer",
            PostRole::Supervisor => "supervisor",
            PostRole::LegalOfficer => "legal_officer",
            PostRole::ApprovalManager => "approval_manager",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            PostRole::CounterClerk => "窗口受理员",
            PostRole::Handler => "承办人",
            PostRole::Reviewer => "审核人",
            PostRole::Approver => "批准人",
            PostRole::ReleaseReviewer => "公开审查员",
            PostRole::Archivist => "归档员",
            PostRole::LegalReviewer => "法制审核员",
            PostRole::Supervisor => "监察员",
            PostRole::LegalOfficer => "法制监督员",
            PostRole::ApprovalManager => "审批管理员",
        }
    }

    /// Watches over or reviews what the area's bodies do, from a body of its own: never together with a post that handles
    /// cases, and never a computer's.
    pub fn oversees(self) -> bool {
        matches!(
            self,
            PostRole::Supervisor | PostRole::LegalOfficer | PostRole::ApprovalManager
        )
    }

    pub fn of_key(key: &str) -> Option<PostRole> {
        PostRole::ALL.into_iter().find(|role| role.key() == key)
    }
}

impl fmt::Display for PostRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// What an account is. An account is exactly one of these for ever: that is the separation of the
/// three administrators from each other and from those who handle cases (GB/T 22239-2019 8.1.4, 8.1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountRole {
    Citizen,
    Officer,
    SystemAdmin,
    SecurityAdmin,
    AuditAdmin,
}

impl AccountRole {
    pub const ADMINISTRATORS: [AccountRole; 3] = [
        AccountRole::SystemAdmin,
        AccountRole::SecurityAdmin,
        AccountRole::AuditAdmin,
    ];

    pub fn key(self) -> &'static str {
        match self {
            AccountRole::Citizen => "citizen",
            AccountRole::Officer => "officer",
            AccountRole::SystemAdmin => "system_admin",
            AccountRole::SecurityAdmin => "security_admin",
            AccountRole::AuditAdmin => "audit_admin",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            AccountRole::Citizen => "个人用户",
            AccountRole::Officer => "工作人员",
            AccountRole::SystemAdmin => "系统管理员",
            AccountRole::SecurityAdmin => "安全管理员",
            AccountRole::AuditAdmin => "审计管理员",
        }
    }

    pub fn of_key(key: &str) -> Option<AccountRole> {
        [AccountRole::Citizen, AccountRole::Officer]
            .into_iter()
            .chain(AccountRole::ADMINISTRATORS)
            .find(|role| role.key() == key)
    }

    pub fn is_administrator(self) -> bool {
        AccountRole::ADMINISTRATORS.contains(&self)
    }
}
