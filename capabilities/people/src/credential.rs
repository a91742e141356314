//! Tables `credential` (password hashes) and `sign_in_try` (the soft lock). Not events: a hash is no fact of the record,
//! and it must be possible to forget it.
//!
//! The lock counts by login name, known or not, so that it tells nothing about who has an account. A try is counted
//! before the password is looked at: a thousand parallel tries get one answer, not a thousand.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use mingjing_chronicle::context::shanghai;
use mingjing_chronicle::{Fault, Sql, params, shanghai_date};
use sha2::{Digest, Sha256};

pub(crate) const TABLES: &[&str] = &[
    "CREATE TABLE credential (
        account TEXT PRIMARY KEY,
        hash TEXT NOT NULL,
        set_at BIGINT NOT NULL,
        must_change BIGINT NOT NULL,
        last_sign_in BIGINT)",
    "CREATE TABLE sign_in_try (
        login TEXT PRIMARY KEY,
        day TEXT NOT NULL,
        failures BIGINT NOT NULL,
        not_before BIGINT NOT NULL)",
];

/// Days for which a one-time password can be used.
pub const ONE_TIME_DAYS: i64 = 7;
/// Tries of one login name in a day.
pub const MOST_TRIES: i64 = 100;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    pub hash: String,
    pub set_at: Timestamp,
    /// Somebody else knows it (one-time password): it opens nothing but the change of password.
    pub must_change: bool,
}

impl Credential {
    pub(crate) fn find(sql: &mut dyn Sql, account: &str) -> Result<Option<Credential>, Fault> {
        let row = sql.query_one(
            "SELECT hash, set_at, must_change FROM credential WHERE account = $1",
            &params![account],
        )?;
        Ok(row.map(|row| Credential {
            hash: row.text(0).to_owned(),
            set_at: row.timestamp(1),
            must_change: row.int(2) == 1,
        }))
    }

    pub fn age_days(&self, now: Timestamp) -> i64 {
        (now.as_second() - self.set_at.as_second()) / 86_400
    }
}

pub(crate) fn set(sql: &mut dyn Sql, account: &str, hash: &str, at: Timestamp, must_change: bool) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO credential (account, hash, set_at, must_change) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at,
            must_change = excluded.must_change",
        &params![account, hash, at, must_change],
    )?;
    Ok(())
}

/// Seconds until the next try after this many failures in a row today.
fn pause(failures: i64) -> i64 {
    match failures {
        ..3 => 1,
        3..9 => 3,
        9..25 => 5,
        _ => 10,
    }
}

/// Counts a try of this login name. `false`: it comes too early or is one too many, and is not looked at.
pub(crate) fn claim_try(sql: &mut dyn Sql, login_name: &str, now: Timestamp) -> Result<bool, Fault> {
    let login = login_key(login_name);
    let today = shanghai_date(now);
    let row = sql.query_one(
        "SELECT day, failures, not_before FROM sign_in_try WHERE login = $1 {for_update}",
        &params![&login],
    )?;
    let (failures, not_before) = match &row {
        Some(row) if row.date(0) == Some(today) => (row.int(1), row.timestamp(2)),
        _ => (0, Timestamp::UNIX_EPOCH),
    };
    if failures >= MOST_TRIES || now < not_before {
        return Ok(false);
    }
    let failures = failures + 1;
    let not_before = if failures >= MOST_TRIES {
        end_of(today)
    } else {
        now + pause(failures).seconds()
    };
    sql.execute(
        "INSERT INTO sign_in_try (login, day, failures, not_before) VALUES ($1, $2, $3, $4)
         ON CONFLICT (login) DO UPDATE SET day = excluded.day, failures = excluded.failures,
            not_before = excluded.not_before",
        &params![login, today, failures, not_before],
    )?;
    Ok(true)
}

fn end_of(day: Date) -> Timestamp {
    day.tomorrow()
        .and_then(|next| next.to_zoned(shanghai()))
        .map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

pub(crate) fn forgive(sql: &mut dyn Sql, login_name: &str) -> Result<(), Fault> {
    sql.execute(
        "DELETE FROM sign_in_try WHERE login = $1",
        &params![login_key(login_name)],
    )?;
    Ok(())
}

/// Counts of earlier days say nothing any more.
pub(crate) fn sweep_tries(sql: &mut dyn Sql, today: Date) -> Result<u64, Fault> {
    sql.execute("DELETE FROM sign_in_try WHERE day < $1", &params![today])
}

fn login_key(login_name: &str) -> String {
    hex::encode(Sha256::digest(format!(
        "mingjing/login/v1\0{}",
        login_name.trim().to_lowercase()
    )))
}
