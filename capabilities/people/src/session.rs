//! Sessions: who is behind a cookie. The table holds the token's hash only; a stolen copy of it opens nothing.
//!
//! Invariants: a token is new at each sign-in; 90 minutes without use or 12 hours in all end it; what the person may do is
//! read anew with each request, so that a right that was taken is gone at once.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan};
use mingjing_chronicle::{Actor, ActorKind, Chance, Chronicle, Fault, Sql, Stop, params};
use mingjing_web::{Pending, SessionActor, Sessions, token_hash};

use crate::role::AccountRole;
use crate::views::{api_token_of, queries};

pub(crate) const TABLES: &[&str] = &[
    "CREATE TABLE session (
        token_hash TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        csrf TEXT NOT NULL,
        started_at BIGINT NOT NULL,
        seen_at BIGINT NOT NULL)",
    "CREATE INDEX session_by_account ON session (account)",
    "CREATE INDEX session_by_start ON session (started_at)",
];

const IDLE_MINUTES: i64 = 90;
const LONGEST_HOURS: i64 = 12;
/// Use is written down this often at most: a page view need not be a write.
const NOTE_EVERY_MINUTES: i64 = 5;

/// [`Sessions`] over the table.
pub struct SessionBook {
    chronicle: Arc<Chronicle>,
}

impl SessionBook {
    pub fn new(chronicle: Arc<Chronicle>) -> SessionBook {
        SessionBook { chronicle }
    }

    async fn look_up(&self, token_hash: &str) -> Result<Option<SessionActor>, Fault> {
        let (wanted, now) = (token_hash.to_owned(), self.chronicle.clock().now());
        let found = self
            .chronicle
            .read(move |reader| find(reader.sql(), &wanted, now))
            .await?;
        let Some((person, seen_at)) = found else {
            return Ok(None);
        };
        if now > seen_at + NOTE_EVERY_MINUTES.minutes() {
            self.note_use(token_hash.to_owned(), now).await?;
        }
        Ok(Some(person))
    }

    /// A department's system, in the posts that its token has now.
    async fn look_up_bearer(&self, token_hash: &str) -> Result<Option<SessionActor>, Fault> {
        let (wanted, today) = (token_hash.to_owned(), self.chronicle.clock().today());
        let found = self
            .chronicle
            .read(move |reader| api_token_of(reader.sql(), &wanted, today))
            .await?;
        Ok(found.map(|token| SessionActor {
            actor: Actor {
                account: token.account,
                kind: ActorKind::Department,
                posts: token.posts,
                roles: Vec::new(),
            },
            // No form is ever given with a token.
            csrf: String::new(),
            display_name: token.name,
            posts: Vec::new(),
        }))
    }

    async fn note_use(&self, token_hash: String, now: Timestamp) -> Result<(), Fault> {
        let noted = self
            .chronicle
            .inside(Actor::system(), move |tx| {
                tx.execute(
                    "UPDATE session SET seen_at = $2 WHERE token_hash = $1",
                    &params![&token_hash, now],
                )?;
                Ok(())
            })
            .await;
        match noted {
            Err(Stop::Fault(fault)) => Err(fault),
            _ => Ok(()),
        }
    }
}

impl Sessions for SessionBook {
    fn find<'a>(&'a self, token_hash: &'a str) -> Pending<'a, Result<Option<SessionActor>, Fault>> {
        Box::pin(self.look_up(token_hash))
    }

    fn find_bearer<'a>(&'a self, token_hash: &'a str) -> Pending<'a, Result<Option<SessionActor>, Fault>> {
        Box::pin(self.look_up_bearer(token_hash))
    }
}

fn find(sql: &mut dyn Sql, token_hash: &str, now: Timestamp) -> Result<Option<(SessionActor, Timestamp)>, Fault> {
    let row = sql.query_one(
        "SELECT account, csrf, started_at, seen_at FROM session WHERE token_hash = $1",
        &params![token_hash],
    )?;
    let Some(row) = row else { return Ok(None) };
    let (started_at, seen_at) = (row.timestamp(2), row.timestamp(3));
    if now > started_at + LONGEST_HOURS.hours() || now > seen_at + IDLE_MINUTES.minutes() {
        return Ok(None);
    }
    let person = person(sql, row.text(0), row.text(1))?;
    Ok(person.map(|person| (person, seen_at)))
}

/// Who an active account is now.
fn person(sql: &mut dyn Sql, account: &str, csrf: &str) -> Result<Option<SessionActor>, Fault> {
    let row = sql.query_one(
        "SELECT role, name FROM {account_role} WHERE account = $1 AND active = 1",
        &params![account],
    )?;
    let Some(row) = row else { return Ok(None) };
    let role = AccountRole::of_key(row.text(0))
        .ok_or_else(|| Fault::Inconsistent(format!("no account is a {}", row.text(0))))?;
    let appointments = match role {
        AccountRole::Officer => queries::appointments_of(sql, account)?,
        _ => Vec::new(),
    };
    Ok(Some(SessionActor {
        actor: Actor {
            account: account.to_owned(),
            kind: kind_of(role),
            posts: queries::held(&appointments),
            roles: if role == AccountRole::Officer {
                Vec::new()
            } else {
                vec![role.key().to_owned()]
            },
        },
        csrf: csrf.to_owned(),
        display_name: row.text(1).to_owned(),
        posts: match role {
            AccountRole::Officer => appointments.into_iter().map(|held| held.title).collect(),
            AccountRole::Citizen => Vec::new(),
            administrator => vec![administrator.label().to_owned()],
        },
    }))
}

fn kind_of(role: AccountRole) -> ActorKind {
    match role {
        AccountRole::Citizen => ActorKind::Citizen,
        AccountRole::Officer => ActorKind::Official,
        _ => ActorKind::Administrator,
    }
}

/// The actor that an account is now; `None` when there is none or it is stopped.
///
/// # Errors
/// [`Fault`] from the database.
pub fn actor_of(sql: &mut dyn Sql, account: &str) -> Result<Option<Actor>, Fault> {
    Ok(person(sql, account, "")?.map(|person| person.actor))
}

/// A token for the cookie and one for forms, fresh.
pub(crate) struct NewSession {
    pub token: String,
    pub csrf: String,
}

impl NewSession {
    pub(crate) fn draw(chance: &Chance) -> NewSession {
        NewSession {
            token: chance.id() + &chance.id(),
            csrf: chance.id(),
        }
    }

    pub(crate) fn write(&self, sql: &mut dyn Sql, account: &str, now: Timestamp) -> Result<(), Fault> {
        sql.execute(
            "INSERT INTO session (token_hash, account, csrf, started_at, seen_at) VALUES ($1, $2, $3, $4, $4)",
            &params![token_hash(&self.token), account, &self.csrf, now],
        )?;
        sql.execute(
            "UPDATE credential SET last_sign_in = $2 WHERE account = $1",
            &params![account, now],
        )?;
        Ok(())
    }
}

pub(crate) fn end(sql: &mut dyn Sql, token: &str) -> Result<(), Fault> {
    sql.execute("DELETE FROM session WHERE token_hash = $1", &params![token_hash(token)])?;
    Ok(())
}

/// Ends all sessions of an account; returns how many.
pub(crate) fn end_all(sql: &mut dyn Sql, account: &str) -> Result<u64, Fault> {
    sql.execute("DELETE FROM session WHERE account = $1", &params![account])
}

pub(crate) fn sweep(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Fault> {
    sql.execute(
        "DELETE FROM session WHERE started_at < $1",
        &params![now - LONGEST_HOURS.hours()],
    )
}
