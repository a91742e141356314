//! A post is given up. Who holds it is released first, so that nobody keeps a right of a post that is gone.

use mingjing_chronicle::{Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::checks::{Checks, LONG};
use crate::events::BodyEvent;
use crate::permissions::{BODIES_MANAGE, require};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AbolishPost {
    pub body: String,
    pub post: String,
    pub reason: String,
}

/// `holders` = how many officers hold the post now.
///
/// # Errors
/// Not permitted; no such post; somebody holds it.
pub fn decide(body: &Body, command: &AbolishPost, context: &Context, holders: i64) -> Result<Vec<BodyEvent>, Refusal> {
    require(&context.actor, BODIES_MANAGE)?;
    if body.post(&command.post).is_none() {
        return Err(Refusal::not_found(
            "people.post.unknown",
            "这个单位没有这个岗位，或者岗位已经撤销。",
        ));
    }
    if holders > 0 {
        return Err(Refusal::law(
            "people.post.still_held",
            format!("还有 {holders} 人在这个岗位上，不能撤销。"),
        )
        .advice("请先由安全管理员免去这些人的岗位。"));
    }
    let mut checks = Checks::new();
    let reason = checks.text("reason", "撤销原因", &command.reason, LONG);
    checks.done()?;
    Ok(vec![BodyEvent::PostAbolished {
        post: command.post.clone(),
        reason,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};

    #[test]
    fn a_post_is_abolished_when_nobody_holds_it() {
        let check = |post: &str, reason: &str, holders: i64, expect: &str| {
            let command = AbolishPost {
                body: given::BODY.into(),
                post: post.into(),
                reason: reason.into(),
            };
            assert_eq!(
                code(&decide(&given::body(), &command, &given::system(), holders)),
                expect
            );
        };
        check("post-1", "机构改革", 0, "ok");
        check("post-1", "机构改革", 1, "people.post.still_held");
        check("post-1", "", 0, "people.input");
        check("post-9", "机构改革", 0, "people.post.unknown");
    }
}
