//! `api_token_list`, `api_token_post`: access tokens of departments' systems, found by hash when one is shown at the door.

use jiff::civil::Date;
use mingjing_chronicle::{Aggregate, Fault, HeldPost, RecordedEvent, Row, Sql, View, params};

use crate::api_token::ApiToken;
use crate::events::ApiTokenEvent;

pub struct ApiTokenList;

impl View for ApiTokenList {
    fn name(&self) -> &'static str {
        "people.api_tokens"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["api_token_list", "api_token_post"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {api_token_list} (
                account TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                body TEXT NOT NULL,
                valid_to TEXT NOT NULL,
                token_hash TEXT NOT NULL UNIQUE,
                issued_on TEXT NOT NULL,
                revoked_on TEXT)",
            "CREATE TABLE {api_token_post} (
                account TEXT NOT NULL,
                post TEXT NOT NULL,
                role TEXT NOT NULL,
                body TEXT NOT NULL,
                area TEXT NOT NULL,
                PRIMARY KEY (account, post))",
            "CREATE INDEX {api_token_post}_by_post ON {api_token_post} (post)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == ApiToken::STREAM
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let account = event.envelope.stream_id();
        let Some(known) = event.decode::<ApiTokenEvent>()?.known() else {
            return Ok(());
        };
        match &*known {
            ApiTokenEvent::Issued {
                name,
                body,
                posts,
                valid_to,
                token_hash,
            } => {
                sql.execute(
                    "INSERT INTO {api_token_list} (account, name, body, valid_to, token_hash, issued_on)
                     VALUES ($1, $2, $3, $4, $5, $6)",
                    &params![account, name, body, *valid_to, token_hash, event.envelope.happened_on],
                )?;
                for held in posts {
                    sql.execute(
                        "INSERT INTO {api_token_post} (account, post, role, body, area) VALUES ($1, $2, $3, $4, $5)",
                        &params![account, &held.post, &held.role, &held.body, &held.area],
                    )?;
                }
            }
            ApiTokenEvent::Revoked { .. } => {
                sql.execute(
                    "UPDATE {api_token_list} SET revoked_on = $2 WHERE account = $1",
                    &params![account, event.envelope.happened_on],
                )?;
            }
        }
        Ok(())
    }
}

/// A token as the security administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiTokenLine {
    pub account: String,
    pub name: String,
    pub body: String,
    pub posts: Vec<HeldPost>,
    pub valid_to: Date,
    pub issued_on: Date,
    pub revoked_on: Option<Date>,
}

const COLUMNS: &str = "account, name, body, valid_to, issued_on, revoked_on";

/// All tokens by account, from after `after` on.
///
/// # Errors
/// [`Fault`] from the database.
pub fn api_tokens(sql: &mut dyn Sql, after: &str, most: i64) -> Result<Vec<ApiTokenLine>, Fault> {
    let rows = sql.query(
        &format!("SELECT {COLUMNS} FROM {{api_token_list}} WHERE account > $1 ORDER BY account LIMIT $2"),
        &params![after, most],
    )?;
    rows.iter().map(|row| line(sql, row)).collect()
}

/// The token of this hash that counts on this day.
///
/// # Errors
/// [`Fault`] from the database.
pub fn api_token_of(sql: &mut dyn Sql, token_hash: &str, on: Date) -> Result<Option<ApiTokenLine>, Fault> {
    let row = sql.query_one(
        &format!(
            "SELECT {COLUMNS} FROM {{api_token_list}}
             WHERE token_hash = $1 AND revoked_on IS NULL AND valid_to >= $2"
        ),
        &params![token_hash, on],
    )?;
    row.map(|row| line(sql, &row)).transpose()
}

fn line(sql: &mut dyn Sql, row: &Row) -> Result<ApiTokenLine, Fault> {
    let posts = sql.query(
        "SELECT post, role, body, area FROM {api_token_post} WHERE account = $1 ORDER BY post",
        &params![row.text(0)],
    )?;
    Ok(ApiTokenLine {
        account: row.text(0).to_owned(),
        name: row.text(1).to_owned(),
        body: row.text(2).to_owned(),
        posts: posts
            .iter()
            .map(|post| HeldPost {
                post: post.text(0).to_owned(),
                role: post.text(1).to_owned(),
                body: post.text(2).to_owned(),
                area: post.text(3).to_owned(),
            })
            .collect(),
        valid_to: row.date(3).unwrap_or_default(),
        issued_on: row.date(4).unwrap_or_default(),
        revoked_on: row.date(5),
    })
}

/// Systems that may act in this post now: it cannot be abolished under them.
///
/// # Errors
/// [`Fault`] from the database.
pub fn systems_in(sql: &mut dyn Sql, post: &str, on: Date) -> Result<i64, Fault> {
    let row = sql.query_one(
        "SELECT COUNT(*) FROM {api_token_post} p JOIN {api_token_list} t ON t.account = p.account
         WHERE p.post = $1 AND t.revoked_on IS NULL AND t.valid_to >= $2",
        &params![post, on],
    )?;
    Ok(row.map_or(0, |row| row.int(0)))
}
