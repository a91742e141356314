//! Access tokens of departments' systems. The token is made here, answered once, and known to nobody afterwards: a
//! repeated request is told that it was issued, not what it was.

use jiff::civil::Date;
use mingjing_chronicle::{Chance, Done};
use mingjing_web::api::{Api, Cursor, Nothing, Op, Order, Paged, Paging};
use mingjing_web::{Access, Desk, Problem, Routes, token_hash};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ReasonBody, Recorded, perform};
use crate::api_token::PREFIX;
use crate::commands;
use crate::decide::issue_api_token::IssueApiToken;
use crate::decide::revoke_api_token::RevokeApiToken;
use crate::permissions::TOKENS_MANAGE;
use crate::views::{ApiTokenLine, api_tokens};

pub(super) fn routes() -> Routes {
    let may = Access::May(TOKENS_MANAGE);
    Api::new("接口凭证")
        .read(Op::new("list_api_tokens", "接口凭证列表"), "/api/v1/tokens", may, list)
        .create(
            Op::new("issue_api_token", "发放接口凭证").note("凭证只在第一次回答中出现一次，平台不保存原文"),
            "/api/v1/tokens",
            may,
            issue,
        )
        .command(
            Op::new("revoke_api_token", "撤销接口凭证").note("立即生效"),
            "/api/v1/tokens/{account}/revoke",
            may,
            revoke,
        )
        .into_routes()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TokenQuery {
    #[schemars(length(max = 400))]
    cursor: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    size: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiToken")]
struct TokenLine {
    account: String,
    name: String,
    body: String,
    posts: Vec<String>,
    valid_to: Date,
    issued_on: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_on: Option<Date>,
}

impl From<ApiTokenLine> for TokenLine {
    fn from(line: ApiTokenLine) -> TokenLine {
        TokenLine {
            account: line.account,
            name: line.name,
            body: line.body,
            posts: line.posts.into_iter().map(|held| held.post).collect(),
            valid_to: line.valid_to,
            issued_on: line.issued_on,
            revoked_on: line.revoked_on,
        }
    }
}

async fn list(desk: Desk, _: Nothing, query: TokenQuery) -> Result<Paged<TokenLine>, Problem> {
    let paging = Paging::read(query.cursor.as_deref(), query.size)?;
    let place = paging.after::<1>()?.map(|[account]| account).unwrap_or_default();
    let most = paging.ask();
    let rows = desk
        .house
        .chronicle
        .read(move |reader| api_tokens(reader.sql(), &place, most))
        .await?;
    let place = |line: &ApiTokenLine| Cursor::at([&line.account]);
    Ok(Paged::of(rows, paging.size, place, TokenLine::from))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct IssueBody {
    #[schemars(length(min = 1, max = 60), description = "业务系统的名称")]
    name: String,
    #[schemars(length(min = 1, max = 40))]
    body: String,
    #[schemars(length(min = 1, max = 20), inner(length(max = 80)))]
    posts: Vec<String>,
    #[schemars(description = "最后一天，当天有效")]
    valid_to: Date,
}

#[derive(Serialize, JsonSchema)]
struct IssuedToken {
    account: String,
    /// 只出现这一次；重发的请求没有这一项
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// 256 random bits under a mark by which a leaked one is recognised.
pub(crate) fn draw(chance: &Chance) -> String {
    format!("mj1_{}{}", chance.id(), chance.id())
}

async fn issue(desk: Desk, _: Nothing, order: Order<IssueBody>) -> Result<Done<IssuedToken>, Problem> {
    let token = draw(&desk.house.chance);
    let done = issue_token(&desk, &order.meta, order.body, &token).await?;
    Ok(Done {
        value: IssuedToken {
            account: done.value,
            token: (!done.repeated).then_some(token),
        },
        repeated: done.repeated,
    })
}

async fn issue_token(
    desk: &Desk,
    meta: &mingjing_web::FormMeta,
    body: IssueBody,
    token: &str,
) -> Result<Done<String>, Problem> {
    let hash = token_hash(token);
    let done = desk
        .house
        .chronicle
        .perform(desk.request(meta), move |tx| {
            let command = IssueApiToken {
                account: format!("{PREFIX}{}", tx.context().id("api-token")),
                name: body.name.clone(),
                body: body.body.clone(),
                posts: body.posts.clone(),
                valid_to: body.valid_to,
                token_hash: hash.clone(),
            };
            commands::issue_api_token(tx, &command)?;
            Ok(command.account)
        })
        .await?;
    Ok(done)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TokenPath {
    #[schemars(length(min = 1, max = 64))]
    account: String,
}

async fn revoke(desk: Desk, path: TokenPath, order: Order<ReasonBody>) -> Result<Done<Recorded>, Problem> {
    let command = RevokeApiToken {
        account: path.account,
        reason: order.body.reason,
    };
    perform(&desk, &order.meta, move |tx| commands::revoke_api_token(tx, &command)).await
}
