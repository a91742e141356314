//! A department's own system is given an access token: rights of posts of one body, until a day.
//!
//! A system supervises nobody: posts of oversight are held by persons. The rest is as with officers: no handler is legal
//! reviewer of the same body.

use jiff::ToSpan;
use jiff::civil::Date;
use mingjing_chronicle::{Context, HeldPost, Refusal};
use serde::{Deserialize, Serialize};

use crate::api_token::ApiToken;
use crate::body::Body;
use crate::checks::{Checks, SHORT};
use crate::events::ApiTokenEvent;
use crate::permissions::{TOKENS_MANAGE, require};
use crate::role::PostRole;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IssueApiToken {
    /// Account under which the system will act.
    pub account: String,
    pub name: String,
    pub body: String,
    pub posts: Vec<String>,
    /// Last day, included.
    pub valid_to: Date,
    /// SHA-256 in hex of the token, which only the door has seen.
    pub token_hash: String,
}

pub const MOST_POSTS: usize = 20;
/// Parameter `people.api_token_days`: a forgotten token ends by itself.
const LONGEST_DAYS: i64 = 366;

/// # Errors
/// Not permitted; the body or a post is unknown; posts of oversight; posts that exclude each other; too long a time.
pub fn decide(
    token: &ApiToken,
    command: &IssueApiToken,
    context: &Context,
    body: &Body,
) -> Result<Vec<ApiTokenEvent>, Refusal> {
    require(&context.actor, TOKENS_MANAGE)?;
    if token.facts().is_some() {
        return Err(Refusal::law(
            "people.api_token.issued_already",
            "这个接口凭证已经发放过了。",
        ));
    }
    let Some(facts) = body.facts() else {
        return Err(Refusal::not_found("people.body.unknown", "没有登记这个单位。"));
    };
    let mut checks = Checks::new();
    let name = checks.text("name", "系统名称", &command.name, SHORT);
    let number = command.posts.len();
    checks.require((1..=MOST_POSTS).contains(&number), "posts", "请选择1到20个岗位");
    check_days(&mut checks, command.valid_to, context);
    checks.done()?;
    let mut posts: Vec<HeldPost> = Vec::new();
    let mut roles: Vec<PostRole> = Vec::new();
    for wanted in &command.posts {
        let Some(post) = body.post(wanted) else {
            return Err(Refusal::not_found(
                "people.post.unknown",
                "这个单位没有这个岗位，或者岗位已经撤销。",
            ));
        };
        if posts.iter().any(|held| held.post == post.post) {
            continue;
        }
        roles.push(post.role);
        posts.push(HeldPost {
            post: post.post.clone(),
            role: post.role.key().to_owned(),
            body: command.body.clone(),
            area: facts.division.clone(),
        });
    }
    check_roles(&roles)?;
    Ok(vec![ApiTokenEvent::Issued {
        name,
        body: command.body.clone(),
        posts,
        valid_to: command.valid_to,
        token_hash: command.token_hash.clone(),
    }])
}

fn check_days(checks: &mut Checks, valid_to: Date, context: &Context) {
    let most = context.parameters.number("people.api_token_days", LONGEST_DAYS);
    let last = context.today.checked_add(most.clamp(1, 3_660).days());
    if valid_to <= context.today {
        checks.refuse("valid_to", "有效期至应当晚于今天");
    } else if last.is_ok_and(|last| valid_to > last) {
        checks.refuse("valid_to", format!("接口凭证的有效期最长{most}天"));
    }
}

fn check_roles(roles: &[PostRole]) -> Result<(), Refusal> {
    if roles.iter().any(|role| role.oversees()) {
        return Err(Refusal::law(
            "people.api_token.no_oversight",
            "监督岗位只能由人员担任，不能授予业务系统。",
        )
        .advice("请去掉监察员、法制监督员、审批管理员岗位后再发放。"));
    }
    if roles.contains(&PostRole::Handler) && roles.contains(&PostRole::LegalReviewer) {
        return Err(Refusal::law(
            "people.post.legal_review_separate",
            "同一单位的承办人和法制审核员不能是同一人。",
        )
        .advice("请分别为两个岗位发放接口凭证。"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::decide::given::{self, code};
    use crate::events::{BodyEvent, BodyNature};
    use crate::role::AccountRole;
    use jiff::civil::date;

    fn body() -> Body {
        let roles = [
            PostRole::CounterClerk,
            PostRole::Handler,
            PostRole::LegalReviewer,
            PostRole::Supervisor,
        ];
        let mut events = vec![
            given::registered(BodyNature::StatutoryOrgan),
            BodyEvent::OfficeOpened {
                office: "33030300SJ-ZCK".into(),
                name: "行政审批科".into(),
            },
        ];
        events.extend(roles.map(|role| BodyEvent::PostCreated {
            post: role.key().into(),
            role,
            office: "33030300SJ-ZCK".into(),
            title: role.label().into(),
        }));
        given::state::<Body>(given::BODY, events)
    }

    fn issue(by: AccountRole, posts: &[&str], valid_to: Date) -> Result<Vec<ApiTokenEvent>, Refusal> {
        let command = IssueApiToken {
            account: "sys-1".into(),
            name: "审批系统".into(),
            body: given::BODY.into(),
            posts: posts.iter().map(|post| (*post).to_owned()).collect(),
            valid_to,
            token_hash: "0".repeat(64),
        };
        decide(&ApiToken::default(), &command, &given::by(by), &body())
    }

    #[test]
    fn who_may_issue_what() {
        let check = |by: AccountRole, posts: &[&str], valid_to: Date, expect: &str| {
            assert_eq!(code(&issue(by, posts, valid_to)), expect, "{posts:?} {valid_to}");
        };
        let (security, later) = (AccountRole::SecurityAdmin, date(2026, 12, 31));
        check(security, &["counter_clerk", "handler"], later, "ok");
        check(
            AccountRole::SystemAdmin,
            &["counter_clerk"],
            later,
            "people.not_permitted",
        );
        check(AccountRole::Officer, &["counter_clerk"], later, "people.not_permitted");
        check(security, &[], later, "people.input");
        check(security, &["counter_clerk"], date(2026, 3, 2), "people.input");
        check(security, &["counter_clerk"], date(2027, 3, 4), "people.input");
        check(security, &["no_such"], later, "people.post.unknown");
        check(security, &["supervisor"], later, "people.api_token.no_oversight");
        check(
            security,
            &["handler", "legal_reviewer"],
            later,
            "people.post.legal_review_separate",
        );
    }

    #[test]
    fn a_token_counts_until_its_last_day_and_its_revocation() {
        let issued = issue(AccountRole::SecurityAdmin, &["handler", "handler"], date(2026, 6, 30)).unwrap();
        let mut token = given::state::<ApiToken>("sys-1", issued);
        assert_eq!(token.posts_on(date(2026, 6, 30)).len(), 1);
        assert!(token.posts_on(date(2026, 7, 1)).is_empty());
        let again = decide(
            &token,
            &IssueApiToken {
                account: "sys-1".into(),
                name: "审批系统".into(),
                body: given::BODY.into(),
                posts: vec!["handler".into()],
                valid_to: date(2026, 6, 30),
                token_hash: "1".repeat(64),
            },
            &given::by(AccountRole::SecurityAdmin),
            &body(),
        );
        assert_eq!(code(&again), "people.api_token.issued_already");
        given::happen(
            &mut token,
            "sys-1",
            &[ApiTokenEvent::Revoked {
                reason: "停用".into()
            }],
        );
        assert!(token.posts_on(date(2026, 6, 30)).is_empty());
    }
}
