//! A body creates a post: a role in its flows, seated in one of its offices. Persons come and go; acts are recorded
//! with the post (S3.10 to 3.12).

use mingjing_chronicle::{Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::checks::{Checks, SHORT};
use crate::events::BodyEvent;
use crate::permissions::{BODIES_MANAGE, require};
use crate::role::PostRole;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreatePost {
    pub body: String,
    pub office: String,
    pub role: PostRole,
    pub title: String,
    /// Id to use; `None` = a fresh one.
    pub post: Option<String>,
}

/// # Errors
/// Not permitted; no such body or office; an id used before.
pub fn decide(body: &Body, command: &CreatePost, context: &Context) -> Result<Vec<BodyEvent>, Refusal> {
    require(&context.actor, BODIES_MANAGE)?;
    if !body.is_registered() {
        return Err(super::unknown_body());
    }
    let mut checks = Checks::new();
    checks.require(body.office(&command.office).is_some(), "office", "这个单位没有这个科室");
    let title = checks.text("title", "岗位名称", &command.title, SHORT);
    let post = command
        .post
        .clone()
        .unwrap_or_else(|| format!("post-{}", context.id("post")));
    checks.require(
        post.starts_with("post-") && !body.has_used(&post),
        "post",
        "这个岗位编号不能用或者已经用过",
    );
    checks.done()?;
    Ok(vec![BodyEvent::PostCreated {
        post,
        role: command.role,
        office: command.office.clone(),
        title,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};

    #[test]
    fn a_post_sits_in_an_office_and_its_id_is_used_once() {
        let check = |body: &Body, office: &str, post: Option<&str>, expect: &str| {
            let command = CreatePost {
                body: given::BODY.into(),
                office: office.into(),
                role: PostRole::Approver,
                title: "分管负责人".into(),
                post: post.map(str::to_owned),
            };
            assert_eq!(code(&decide(body, &command, &given::system())), expect);
        };
        check(&given::body(), "33030300SJ-ZCK", None, "ok");
        check(&given::body(), "33030300SJ-ZCK", Some("post-2"), "ok");
        check(&given::body(), "33030300SJ-ZCK", Some("post-1"), "people.input");
        check(&given::body(), "33030300SJ-XXX", None, "people.input");
        check(&Body::default(), "33030300SJ-ZCK", None, "people.body.unknown");
    }
}
