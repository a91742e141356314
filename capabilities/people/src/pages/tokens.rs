//! 接口凭证 (security administrator): which systems may act in which posts; issuing, shown once; revoking.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_web::{Desk, Fields, Form, Frame, Link, Problem, Reader, page, token_hash};

use super::ask::{Ask, Asking};
use super::{Sent, again, links, submit};
use crate::api_token::PREFIX;
use crate::commands;
use crate::decide::issue_api_token::IssueApiToken;
use crate::decide::revoke_api_token::RevokeApiToken;
use crate::public::BodyFacts;
use crate::role::PostRole;
use crate::views::{api_tokens, queries};

/// More systems than this no area has; the API lists all.
const MOST: i64 = 500;

#[derive(Template)]
#[template(path = "people/tokens.html")]
struct TokensPage {
    frame: Frame,
    lines: Vec<Line>,
    bodies: Vec<(String, Link)>,
}

struct Line {
    name: String,
    account: String,
    body: String,
    posts: String,
    valid: String,
    /// Empty where it counts no more.
    revoke: Option<Link>,
}

pub async fn list(desk: Desk) -> Result<Response, Problem> {
    let today = desk.house.clock.today();
    let (tokens, bodies) = desk
        .house
        .chronicle
        .read(|reader| Ok((api_tokens(reader.sql(), "", MOST)?, queries::bodies(reader.sql())?)))
        .await?;
    let name_of = |id: &str| {
        let body = bodies.iter().find(|body| body.body == id);
        body.map_or_else(|| id.to_owned(), |body| body.name.clone())
    };
    let lines = tokens.into_iter().map(|token| {
        let roles = token.posts.iter().filter_map(|held| PostRole::of_key(&held.role));
        let over = token.valid_to < today;
        Line {
            body: name_of(&token.body),
            posts: roles.map(PostRole::label).collect::<Vec<_>>().join("、"),
            valid: match token.revoked_on {
                Some(on) => format!("{on} 撤销"),
                None if over => format!("{} 已到期", token.valid_to),
                None => format!("到 {}", token.valid_to),
            },
            revoke: (token.revoked_on.is_none() && !over).then(|| links::revoke_token(&token.account)),
            name: token.name,
            account: token.account,
        }
    });
    Ok(page(&TokensPage {
        frame: desk.frame("接口凭证"),
        lines: lines.collect(),
        bodies: bodies
            .iter()
            .map(|body| (body.name.clone(), links::new_token(&body.body)))
            .collect(),
    }))
}

#[derive(Template)]
#[template(path = "people/token_new.html")]
struct NewPage {
    frame: Frame,
    fields: Fields,
    body: String,
    posts: Vec<(String, String, String)>,
}

pub async fn get_new(desk: Desk, Path(body): Path<String>) -> Result<Response, Problem> {
    let fields = desk.form();
    show_new(&desk, &body, fields).await
}

async fn show_new(desk: &Desk, body: &str, fields: Fields) -> Result<Response, Problem> {
    let id = body.to_owned();
    let (facts, posts): (Option<BodyFacts>, _) = desk
        .house
        .chronicle
        .read(move |reader| Ok((queries::body(reader.sql(), &id)?, queries::posts_of(reader.sql(), &id)?)))
        .await?;
    let facts = facts.ok_or(Problem::NotFound)?;
    let failed = !fields.is_clean();
    let posts = posts.into_iter().filter(|post| !post.role.oversees()).map(|post| {
        let role = post.role.label();
        let words = match post.title == role {
            true => post.title,
            false => format!("{}（{role}）", post.title),
        };
        (post.post, words, String::new())
    });
    let shown = page(&NewPage {
        frame: desk
            .frame("发放接口凭证")
            .crumb("接口凭证", links::tokens())
            .of_form(&fields),
        fields,
        body: facts.name,
        posts: posts.collect(),
    });
    Ok(if failed { again(shown) } else { shown })
}

#[derive(Template)]
#[template(path = "people/token_once.html")]
struct OncePage<'a> {
    frame: Frame,
    token: &'a str,
    back: Link,
}

pub async fn post_new(desk: Desk, Path(body): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    let mut form = form;
    let mut reader = Reader::of(&mut form.fields);
    let name = reader.text("name", "系统名称", 60);
    let posts = reader.choices::<String>("posts", "岗位");
    let valid_to = reader.date("valid_to", "有效期至");
    let (Some(name), Some(posts), Some(valid_to)) = (name, posts, valid_to) else {
        return show_new(&desk, &body, form.fields).await;
    };
    let token = crate::api::draw_token(&desk.house.chance);
    let (hash, of_body) = (token_hash(&token), body.clone());
    let sent = submit(&desk, form, move |tx| {
        let command = IssueApiToken {
            account: format!("{PREFIX}{}", tx.context().id("api-token")),
            name: name.clone(),
            body: of_body.clone(),
            posts: posts.clone(),
            valid_to,
            token_hash: hash.clone(),
        };
        commands::issue_api_token(tx, &command)
    })
    .await?;
    match sent {
        Sent::Done { repeated: false, .. } => Ok(page(&OncePage {
            frame: desk.frame("接口凭证已发放").crumb("接口凭证", links::tokens()),
            token: &token,
            back: links::tokens(),
        })),
        Sent::Done { repeated: true, .. } => Ok(desk.go_saying(
            &links::tokens(),
            "接口凭证已经发放过。它只显示一次，没有记下的请撤销后重新发放。",
        )),
        Sent::Again(fields) => show_new(&desk, &body, fields).await,
    }
}

pub async fn get_revoke(desk: Desk, Path(account): Path<String>) -> Response {
    let fields = desk.form();
    ask_revoke(&desk, &account, fields)
}

fn ask_revoke(desk: &Desk, account: &str, fields: Fields) -> Response {
    Asking::new(links::revoke_token(account), "撤销", vec![Ask::reason("撤销原因")])
        .lead("撤销马上生效，这个系统不能再用它读取或者办理。已经办理的不受影响。")
        .takes_away()
        .office(desk.frame("撤销接口凭证").crumb("接口凭证", links::tokens()), fields)
}

pub async fn post_revoke(desk: Desk, Path(account): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    let command = RevokeApiToken {
        account: account.clone(),
        reason: form.fields.value("reason").to_owned(),
    };
    match submit(&desk, form, move |tx| commands::revoke_api_token(tx, &command)).await? {
        Sent::Done { .. } => Ok(desk.go_saying(&links::tokens(), "接口凭证已经撤销。")),
        Sent::Again(fields) => Ok(ask_revoke(&desk, &account, fields)),
    }
}
