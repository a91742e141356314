//! A stopped officer's account works again. The posts held before are on record still; the security administrator
//! sees them and ends those that no longer fit.

use mingjing_chronicle::{Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::checks::{Checks, LONG};
use crate::events::OfficerEvent;
use crate::officer::Officer;
use crate::permissions::{OFFICERS_MANAGE, require};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReactivateOfficer {
    pub account: String,
    pub reason: String,
}

/// # Errors
/// Not permitted; nobody there; not stopped; no reason.
pub fn decide(officer: &Officer, command: &ReactivateOfficer, context: &Context) -> Result<Vec<OfficerEvent>, Refusal> {
    require(&context.actor, OFFICERS_MANAGE)?;
    if !officer.is_registered() {
        return Err(super::unknown_officer());
    }
    if officer.is_active() {
        return Err(Refusal::law("people.account.active_already", "这个账号没有停用。"));
    }
    let mut checks = Checks::new();
    let reason = checks.text("reason", "恢复原因", &command.reason, LONG);
    checks.done()?;
    Ok(vec![OfficerEvent::Reactivated { reason }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};

    #[test]
    fn only_a_stopped_account_comes_back() {
        let stopped = OfficerEvent::Deactivated {
            reason: "休假".into()
        };
        let check = |officer: &Officer, expect: &str| {
            let command = ReactivateOfficer {
                account: "acc-7".into(),
                reason: "返岗".into(),
            };
            assert_eq!(code(&decide(officer, &command, &given::system())), expect);
        };
        check(&given::officer(vec![stopped]), "ok");
        check(&given::officer(vec![]), "people.account.active_already");
        check(&Officer::default(), "people.officer.unknown");
    }
}
