//! An officer leaves a post. The right ends with the commit: every request reads the posts anew.

use mingjing_chronicle::{Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::checks::{Checks, LONG};
use crate::events::OfficerEvent;
use crate::officer::Officer;
use crate::permissions::{OFFICERS_MANAGE, require};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndAppointment {
    pub account: String,
    pub post: String,
    pub reason: String,
}

/// # Errors
/// Not permitted; nobody there; the officer does not hold the post; no reason.
pub fn decide(officer: &Officer, command: &EndAppointment, context: &Context) -> Result<Vec<OfficerEvent>, Refusal> {
    require(&context.actor, OFFICERS_MANAGE)?;
    if !officer.is_registered() {
        return Err(super::unknown_officer());
    }
    if !officer.holds(&command.post) {
        return Err(
            Refusal::law("people.post.not_held", "这个人不在这个岗位上。").advice("请刷新页面看最新的任职情况。")
        );
    }
    let mut checks = Checks::new();
    let reason = checks.text("reason", "免职原因", &command.reason, LONG);
    checks.done()?;
    Ok(vec![OfficerEvent::AppointmentEnded {
        post: command.post.clone(),
        reason,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};
    use crate::role::PostRole;

    #[test]
    fn only_a_held_post_ends() {
        let officer = given::officer(vec![OfficerEvent::Appointed {
            post: "post-1".into(),
            role: PostRole::Handler,
            body: given::BODY.into(),
            office: "33030300SJ-ZCK".into(),
            area: "330303".into(),
            title: "许可承办岗".into(),
        }]);
        let check = |post: &str, reason: &str, expect: &str| {
            let command = EndAppointment {
                account: "acc-7".into(),
                post: post.into(),
                reason: reason.into(),
            };
            assert_eq!(code(&decide(&officer, &command, &given::system())), expect);
        };
        check("post-1", "轮岗", "ok");
        check("post-1", " ", "people.input");
        check("post-2", "轮岗", "people.post.not_held");
    }
}
