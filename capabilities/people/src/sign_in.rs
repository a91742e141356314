//! Signing in and out, setting passwords. Whether a login name exists shows neither in words nor in time: each try is
//! counted, hashes once, and gets the same sentence.

use jiff::Timestamp;
use mingjing_chronicle::{Actor, Chronicle, Fault, Refusal, Stop, Tx};

use crate::credential::{self, Credential, ONE_TIME_DAYS};
use crate::hashing::{Hasher, Secret};
use crate::password::PasswordProfile;
use crate::session::{self, NewSession};
use crate::views::queries;

/// Where a try led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The token for the cookie.
    Open { token: String, account: String },
    /// The password is right but must be changed first: it is a one-time password, or too old.
    ChangeFirst,
    /// Wrong, unknown, stopped, too early, too often: all the same.
    Closed,
}

/// The one sentence for everything that does not open.
pub const CLOSED: &str = "登录名或者密码不正确，或者刚才试得太快、太多。请核对后等几秒再试。";

struct Known {
    account: Option<String>,
    credential: Option<Credential>,
    active: bool,
}

/// One try to sign in.
///
/// # Errors
/// [`Fault::Busy`] when too many hash at once; other faults of the database.
pub async fn sign_in(
    chronicle: &Chronicle,
    hasher: &Hasher,
    login_name: &str,
    password: Secret,
) -> Result<Entry, Fault> {
    let now = chronicle.clock().now();
    let Some((account, credential)) = prove(chronicle, hasher, login_name, password).await? else {
        return Ok(Entry::Closed);
    };
    let profile = PasswordProfile::of(&chronicle.parameters());
    let too_old = profile
        .max_age_days()
        .is_some_and(|days| credential.age_days(now) >= days);
    if credential.must_change || too_old {
        return Ok(Entry::ChangeFirst);
    }
    open(chronicle, login_name, account, None).await
}

/// Sets a new password with the old one, and opens a session. All other sessions of the account end.
///
/// # Errors
/// A refusal naming what is wrong with the new password; faults.
pub async fn change_password(
    chronicle: &Chronicle,
    hasher: &Hasher,
    login_name: &str,
    old: Secret,
    new: Secret,
) -> Result<Entry, Stop> {
    let unchanged = *old == *new;
    let Some((account, _)) = prove(chronicle, hasher, login_name, old).await? else {
        return Ok(Entry::Closed);
    };
    // Only who proved to be the person learns what the rules say to this password.
    if unchanged {
        return Err(weak("新密码不能和原来的一样".to_owned()).into());
    }
    PasswordProfile::of(&chronicle.parameters())
        .check(&new, &[login_name])
        .map_err(weak)?;
    let hash = hasher.hash(new).await?;
    Ok(open(chronicle, login_name, account, Some(hash)).await?)
}

pub(crate) fn weak(why: String) -> Refusal {
    Refusal::invalid("people.password.weak", "新密码不合要求。").field("password_new", why)
}

/// The account and credential behind login name and password, or nothing.
async fn prove(
    chronicle: &Chronicle,
    hasher: &Hasher,
    login_name: &str,
    password: Secret,
) -> Result<Option<(String, Credential)>, Fault> {
    let now = chronicle.clock().now();
    let counted = claim(chronicle, login_name, now).await?;
    let known = look_up(chronicle, login_name).await?;
    let stored = known.credential.as_ref().map(|credential| credential.hash.clone());
    let fits = hasher.verify(password, stored).await?;
    Ok(match known {
        Known {
            account: Some(account),
            credential: Some(credential),
            active: true,
        } if fits && counted && !is_spent(&credential, now) => Some((account, credential)),
        _ => None,
    })
}

fn is_spent(credential: &Credential, now: Timestamp) -> bool {
    credential.must_change && credential.age_days(now) >= ONE_TIME_DAYS
}

async fn claim(chronicle: &Chronicle, login_name: &str, now: Timestamp) -> Result<bool, Fault> {
    let login_name = login_name.to_owned();
    let claimed = chronicle
        .inside(Actor::system(), move |tx| {
            Ok(credential::claim_try(tx.sql(), &login_name, now)?)
        })
        .await;
    only_faults(claimed)
}

/// Asks the same questions whether or not there is an answer.
async fn look_up(chronicle: &Chronicle, login_name: &str) -> Result<Known, Fault> {
    let login_name = login_name.trim().to_lowercase();
    chronicle
        .read(move |reader| {
            let sql = reader.sql();
            let account = queries::account_of_login(sql, &login_name)?;
            let id = account.clone().unwrap_or_default();
            let credential = Credential::find(sql, &id)?;
            let active = queries::account_role(sql, &id)?.is_some_and(|(_, active)| active);
            Ok(Known {
                account,
                credential,
                active,
            })
        })
        .await
}

async fn open(
    chronicle: &Chronicle,
    login_name: &str,
    account: String,
    new_hash: Option<String>,
) -> Result<Entry, Fault> {
    let drawn = NewSession::draw(chronicle.chance());
    let token = drawn.token.clone();
    let (login_name, id) = (login_name.to_owned(), account.clone());
    let opened = chronicle
        .inside(Actor::system(), move |tx| {
            let now = tx.context().at;
            if let Some(hash) = &new_hash {
                session::end_all(tx.sql(), &id)?;
                credential::set(tx.sql(), &id, hash, now, false)?;
            }
            credential::forgive(tx.sql(), &login_name)?;
            Ok(drawn.write(tx.sql(), &id, now)?)
        })
        .await;
    only_faults(opened)?;
    Ok(Entry::Open { token, account })
}

fn only_faults<T>(outcome: Result<T, Stop>) -> Result<T, Fault> {
    outcome.map_err(|stop| match stop {
        Stop::Fault(fault) => fault,
        other => Fault::Internal(format!("a session was refused: {other:?}")),
    })
}

/// Opens a session without password. Only for a site over a demo database; the caller says so from `House.site`.
///
/// # Errors
/// Refused outside a demo, and for accounts that do not exist or are stopped.
pub async fn demo_sign_in(chronicle: &Chronicle, demo: bool, account: &str) -> Result<Entry, Stop> {
    if !demo {
        return Err(Refusal::not_found("people.demo_only", "没有这种登录方式。").into());
    }
    let id = account.to_owned();
    let actor = chronicle
        .read(move |reader| session::actor_of(reader.sql(), &id))
        .await?;
    if actor.is_none() {
        return Err(Refusal::not_found("people.account.unknown", "没有这个账号。").into());
    }
    Ok(open(chronicle, "", account.to_owned(), None).await?)
}

/// # Errors
/// [`Fault`] from the database.
pub async fn sign_out(chronicle: &Chronicle, token: String) -> Result<(), Fault> {
    let ended = chronicle
        .inside(Actor::system(), move |tx| Ok(session::end(tx.sql(), &token)?))
        .await;
    only_faults(ended)
}

/// Ends all sessions of the account, this one too; returns how many there were.
///
/// # Errors
/// [`Fault`] from the database.
pub async fn sign_out_everywhere(chronicle: &Chronicle, account: String) -> Result<u64, Fault> {
    let ended = chronicle
        .inside(Actor::system(), move |tx| Ok(session::end_all(tx.sql(), &account)?))
        .await;
    only_faults(ended)
}

/// Puts a hash in place inside a command, e.g. that which opens the account. `one_time` = somebody else knows it.
///
/// # Errors
/// [`Fault`] from the database.
pub fn set_hash(tx: &mut Tx<'_>, account: &str, hash: &str, one_time: bool) -> Result<(), Fault> {
    let now = tx.context().at;
    if one_time {
        session::end_all(tx.sql(), account)?;
    }
    credential::set(tx.sql(), account, hash, now, one_time)
}

/// Twenty letters and digits that are not mistaken for each other: about 99 bits, to be passed on by word of mouth.
pub fn one_time_password(chance: &mingjing_chronicle::Chance) -> Secret {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";
    let drawn: String = chance
        .bytes::<20>()
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect();
    Secret::new(drawn)
}
