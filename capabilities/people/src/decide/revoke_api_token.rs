//! An access token is taken back. From the commit on it opens nothing, acts half done included: cases consults the token
//! in the same transaction.

use mingjing_chronicle::{Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::api_token::ApiToken;
use crate::checks::{Checks, LONG};
use crate::events::ApiTokenEvent;
use crate::permissions::{TOKENS_MANAGE, require};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevokeApiToken {
    pub account: String,
    pub reason: String,
}

/// # Errors
/// Not permitted; no such token; revoked already; no reason.
pub fn decide(token: &ApiToken, command: &RevokeApiToken, context: &Context) -> Result<Vec<ApiTokenEvent>, Refusal> {
    require(&context.actor, TOKENS_MANAGE)?;
    let Some(facts) = token.facts() else {
        return Err(Refusal::not_found("people.api_token.unknown", "没有这个接口凭证。"));
    };
    if facts.revoked {
        return Err(Refusal::law(
            "people.api_token.revoked_already",
            "这个接口凭证已经撤销。",
        ));
    }
    let mut checks = Checks::new();
    let reason = checks.text("reason", "撤销原因", &command.reason, LONG);
    checks.done()?;
    Ok(vec![ApiTokenEvent::Revoked { reason }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};
    use crate::role::AccountRole;
    use jiff::civil::date;

    #[test]
    fn a_token_is_revoked_once_with_a_reason() {
        let issued = ApiTokenEvent::Issued {
            name: "审批系统".into(),
            body: given::BODY.into(),
            posts: Vec::new(),
            valid_to: date(2026, 6, 30),
            token_hash: "0".repeat(64),
        };
        let revoked = ApiTokenEvent::Revoked {
            reason: "停用".into()
        };
        let check = |events: Vec<ApiTokenEvent>, by: AccountRole, reason: &str, expect: &str| {
            let command = RevokeApiToken {
                account: "sys-1".into(),
                reason: reason.into(),
            };
            let token = given::state::<ApiToken>("sys-1", events);
            assert_eq!(code(&decide(&token, &command, &given::by(by))), expect);
        };
        let security = AccountRole::SecurityAdmin;
        check(vec![issued.clone()], security, "停用", "ok");
        check(vec![issued.clone()], security, " ", "people.input");
        check(
            vec![issued.clone()],
            AccountRole::AuditAdmin,
            "停用",
            "people.not_permitted",
        );
        check(vec![], security, "停用", "people.api_token.unknown");
        check(
            vec![issued, revoked],
            security,
            "停用",
            "people.api_token.revoked_already",
        );
    }
}
