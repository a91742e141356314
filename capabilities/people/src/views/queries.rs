//! Queries that others rely on. They take any [`Sql`]: a reader's or a transaction's.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, HeldPost, Row, Sql, params};
use serde::{Deserialize, Serialize};

use crate::events::BodyNature;
use crate::public::{Appointment, BodyFacts, Certificate, OfficeFacts, OfficerFacts, PostFacts};
use crate::role::{AccountRole, PostRole};

const BODY_COLUMNS: &str = "body, name, short_name, nature, entrusting_body, scheme, division, uscc,
    reconsideration_organ, court, seal_word";

/// All bodies with their offices, by id.
///
/// # Errors
/// [`Fault`] from the database.
pub fn bodies(sql: &mut dyn Sql) -> Result<Vec<BodyFacts>, Fault> {
    let rows = sql.query(&format!("SELECT {BODY_COLUMNS} FROM {{body_list}} ORDER BY body"), &[])?;
    let mut bodies: Vec<BodyFacts> = rows.iter().map(body_facts).collect();
    for row in sql.query("SELECT body, office, name FROM {office_list} ORDER BY office", &[])? {
        if let Some(body) = bodies.iter_mut().find(|body| body.body == row.text(0)) {
            body.offices.push(office_facts(&row, 1));
        }
    }
    Ok(bodies)
}

/// # Errors
/// [`Fault`] from the database.
pub fn body(sql: &mut dyn Sql, id: &str) -> Result<Option<BodyFacts>, Fault> {
    let row = sql.query_one(
        &format!("SELECT {BODY_COLUMNS} FROM {{body_list}} WHERE body = $1"),
        &params![id],
    )?;
    let Some(mut facts) = row.as_ref().map(body_facts) else {
        return Ok(None);
    };
    let offices = sql.query(
        "SELECT office, name FROM {office_list} WHERE body = $1 ORDER BY office",
        &params![id],
    )?;
    facts.offices = offices.iter().map(|row| office_facts(row, 0)).collect();
    Ok(Some(facts))
}

fn body_facts(row: &Row) -> BodyFacts {
    let entrusting_body = row.opt_text(4).map(str::to_owned);
    BodyFacts {
        body: row.text(0).to_owned(),
        name: row.text(1).to_owned(),
        short_name: row.text(2).to_owned(),
        nature: match (row.text(3), entrusting_body) {
            ("entrusted_org", Some(entrusting_body)) => BodyNature::EntrustedOrg { entrusting_body },
            ("authorised_org", _) => BodyNature::AuthorisedOrg,
            _ => BodyNature::StatutoryOrgan,
        },
        scheme: row.text(5).to_owned(),
        division: row.text(6).to_owned(),
        uscc: row.opt_text(7).map(str::to_owned),
        offices: Vec::new(),
        reconsideration_organ: row.text(8).to_owned(),
        court: row.text(9).to_owned(),
        seal_word: row.text(10).to_owned(),
    }
}

fn office_facts(row: &Row, first: usize) -> OfficeFacts {
    OfficeFacts {
        office: row.text(first).to_owned(),
        name: row.text(first + 1).to_owned(),
    }
}

/// Posts of a body that are not abolished.
///
/// # Errors
/// [`Fault`] from the database.
pub fn posts_of(sql: &mut dyn Sql, body: &str) -> Result<Vec<PostFacts>, Fault> {
    let rows = sql.query(
        "SELECT post, role, body, office, title FROM {post_list} WHERE body = $1 AND abolished = 0
         ORDER BY office, role, post",
        &params![body],
    )?;
    rows.iter()
        .map(|row| {
            Ok(PostFacts {
                post: row.text(0).to_owned(),
                role: role(row.text(1))?,
                body: row.text(2).to_owned(),
                office: row.text(3).to_owned(),
                title: row.text(4).to_owned(),
            })
        })
        .collect()
}

/// Roles of the posts of a body that are not abolished, with how many active officers hold each.
///
/// # Errors
/// [`Fault`] from the database.
pub fn roles_held(sql: &mut dyn Sql, body: &str) -> Result<Vec<(PostRole, i64)>, Fault> {
    let rows = sql.query(
        "SELECT p.role, COUNT(DISTINCT o.account) FROM {post_list} p
         LEFT JOIN {officer_post} h ON h.post = p.post
         LEFT JOIN {officer_list} o ON o.account = h.account AND o.active = 1
         WHERE p.body = $1 AND p.abolished = 0
         GROUP BY p.role ORDER BY p.role",
        &params![body],
    )?;
    let counted = rows.iter().map(|row| Ok((role(row.text(0))?, row.int(1))));
    counted.collect()
}

fn role(key: &str) -> Result<PostRole, Fault> {
    PostRole::of_key(key).ok_or_else(|| Fault::Inconsistent(format!("no role of posts is called {key}")))
}

/// Who serves in a body, active or not, by name.
///
/// # Errors
/// [`Fault`] from the database.
pub fn officers_of(sql: &mut dyn Sql, body: &str) -> Result<Vec<OfficerFacts>, Fault> {
    let accounts = sql.query(
        "SELECT account FROM {officer_list} WHERE body = $1 ORDER BY name, account",
        &params![body],
    )?;
    officers(sql, &accounts)
}

/// Officers by account from after `after` on; of one body, or of all where `body` is empty.
///
/// # Errors
/// [`Fault`] from the database.
pub fn officers_after(sql: &mut dyn Sql, body: &str, after: &str, most: i64) -> Result<Vec<OfficerFacts>, Fault> {
    let accounts = sql.query(
        "SELECT account FROM {officer_list} WHERE account > $1 AND ($2 = '' OR body = $2) ORDER BY account LIMIT $3",
        &params![after, body, most],
    )?;
    officers(sql, &accounts)
}

/// Active officers who hold a post of this role in this body.
///
/// # Errors
/// [`Fault`] from the database.
pub fn holders_of(sql: &mut dyn Sql, role: &str, body: &str) -> Result<Vec<OfficerFacts>, Fault> {
    let accounts = sql.query(
        "SELECT DISTINCT p.account, o.name FROM {officer_post} p JOIN {officer_list} o ON o.account = p.account
         WHERE p.body = $1 AND p.role = $2 AND o.active = 1 ORDER BY o.name, p.account",
        &params![body, role],
    )?;
    officers(sql, &accounts)
}

fn officers(sql: &mut dyn Sql, accounts: &[Row]) -> Result<Vec<OfficerFacts>, Fault> {
    let mut found = Vec::with_capacity(accounts.len());
    for row in accounts {
        found.extend(officer(sql, row.text(0))?);
    }
    Ok(found)
}

/// # Errors
/// [`Fault`] from the database.
pub fn officer(sql: &mut dyn Sql, account: &str) -> Result<Option<OfficerFacts>, Fault> {
    let row = sql.query_one(
        "SELECT account, name, login_name, body, office, active, certificate_no, certificate_authority,
            certificate_from, certificate_to, certificate_revoked_on
         FROM {officer_list} WHERE account = $1",
        &params![account],
    )?;
    let Some(row) = row else { return Ok(None) };
    let active = row.int(5) == 1;
    let appointments = appointments_of(sql, account)?;
    Ok(Some(OfficerFacts {
        account: row.text(0).to_owned(),
        name: row.text(1).to_owned(),
        login_name: row.text(2).to_owned(),
        body: row.text(3).to_owned(),
        office: row.text(4).to_owned(),
        posts: if active { held(&appointments) } else { Vec::new() },
        appointments,
        certificate: certificate(&row),
        active,
    }))
}

pub(crate) fn held(appointments: &[Appointment]) -> Vec<HeldPost> {
    appointments
        .iter()
        .map(|held| HeldPost {
            post: held.post.clone(),
            role: held.role.key().to_owned(),
            body: held.body.clone(),
            area: held.area.clone(),
        })
        .collect()
}

fn certificate(row: &Row) -> Option<Certificate> {
    Some(Certificate {
        no: row.opt_text(6)?.to_owned(),
        authority: row.text(7).to_owned(),
        valid_from: row.date(8)?,
        valid_to: row.date(9)?,
        revoked_on: row.date(10),
    })
}

/// # Errors
/// [`Fault`] from the database.
pub fn appointments_of(sql: &mut dyn Sql, account: &str) -> Result<Vec<Appointment>, Fault> {
    let rows = sql.query(
        "SELECT post, role, body, office, area, title, since FROM {officer_post} WHERE account = $1 ORDER BY post",
        &params![account],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Appointment {
                post: row.text(0).to_owned(),
                role: role(row.text(1))?,
                body: row.text(2).to_owned(),
                office: row.text(3).to_owned(),
                area: row.text(4).to_owned(),
                title: row.text(5).to_owned(),
                since: row.date(6).unwrap_or_default(),
            })
        })
        .collect()
}

/// The name to show for an account; the id itself where there is none (erased, or the program).
///
/// # Errors
/// [`Fault`] from the database.
pub fn display_name(sql: &mut dyn Sql, account: &str) -> Result<String, Fault> {
    if account == "system" {
        return Ok("系统".to_owned());
    }
    let row = sql.query_one("SELECT name FROM {account_role} WHERE account = $1", &params![account])?;
    Ok(row.map_or_else(|| account.to_owned(), |row| row.text(0).to_owned()))
}

/// What an account is and whether it is active.
///
/// # Errors
/// [`Fault`] from the database.
pub fn account_role(sql: &mut dyn Sql, account: &str) -> Result<Option<(AccountRole, bool)>, Fault> {
    let row = sql.query_one(
        "SELECT role, active FROM {account_role} WHERE account = $1",
        &params![account],
    )?;
    Ok(row.and_then(|row| Some((AccountRole::of_key(row.text(0))?, row.int(1) == 1))))
}

/// The account of a login name.
///
/// # Errors
/// [`Fault`] from the database.
pub fn account_of_login(sql: &mut dyn Sql, login_name: &str) -> Result<Option<String>, Fault> {
    let row = sql.query_one(
        "SELECT account FROM {account_login} WHERE login_name = $1",
        &params![login_name.to_lowercase()],
    )?;
    Ok(row.map(|row| row.text(0).to_owned()))
}

/// Somebody for whom an account may act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActsFor {
    /// `person` or `organisation`.
    pub kind: String,
    /// Account or USCC.
    pub principal: String,
    pub name: String,
    /// `None` for a legal representative.
    pub agency: Option<String>,
    /// Item codes the agency is for; empty = all.
    pub items: Vec<String>,
    pub valid_to: Option<Date>,
}

/// Organisations that the account represents, then agencies that hold on this day.
///
/// # Errors
/// [`Fault`] from the database.
pub fn acts_for(sql: &mut dyn Sql, account: &str, on: Date) -> Result<Vec<ActsFor>, Fault> {
    let represented = sql.query(
        "SELECT uscc, name FROM {organisation_list} WHERE legal_representative = $1 ORDER BY uscc",
        &params![account],
    )?;
    let mut found: Vec<ActsFor> = represented
        .iter()
        .map(|row| ActsFor {
            kind: "organisation".to_owned(),
            principal: row.text(0).to_owned(),
            name: row.text(1).to_owned(),
            agency: None,
            items: Vec::new(),
            valid_to: None,
        })
        .collect();
    let agencies = sql.query(
        "SELECT g.agency, g.principal_kind, g.principal, COALESCE(o.name, a.name, ''), g.items, g.valid_to
         FROM {agency_list} g
         LEFT JOIN {organisation_list} o ON g.principal_kind = 'organisation' AND o.uscc = g.principal
         LEFT JOIN {account_role} a ON g.principal_kind = 'person' AND a.account = g.principal
         WHERE g.agent = $1 AND g.valid_from <= $2 AND g.valid_to >= $2 AND (g.ended_on IS NULL OR g.ended_on > $2)
         ORDER BY g.agency",
        &params![account, on],
    )?;
    found.extend(agencies.iter().map(|row| ActsFor {
        kind: row.text(1).to_owned(),
        principal: row.text(2).to_owned(),
        name: row.text(3).to_owned(),
        agency: Some(row.text(0).to_owned()),
        items: row.text(4).split_whitespace().map(str::to_owned).collect(),
        valid_to: row.date(5),
    }));
    Ok(found)
}

/// A power of attorney as its principal sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyLine {
    pub agency: String,
    pub agent_name: String,
    pub items: Vec<String>,
    pub may_withdraw: bool,
    pub valid_from: String,
    pub valid_to: String,
    pub ended_on: Option<String>,
}

/// `kind` is `person` or `organisation`. Newest first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn agencies_of(sql: &mut dyn Sql, kind: &str, principal: &str) -> Result<Vec<AgencyLine>, Fault> {
    let rows = sql.query(
        "SELECT agency, agent_name, items, may_withdraw, valid_from, valid_to, ended_on FROM {agency_list}
         WHERE principal_kind = $1 AND principal = $2 ORDER BY valid_from DESC, agency",
        &params![kind, principal],
    )?;
    Ok(rows
        .iter()
        .map(|row| AgencyLine {
            agency: row.text(0).to_owned(),
            agent_name: row.text(1).to_owned(),
            items: row.text(2).split_whitespace().map(str::to_owned).collect(),
            may_withdraw: row.int(3) == 1,
            valid_from: row.text(4).to_owned(),
            valid_to: row.text(5).to_owned(),
            ended_on: row.opt_text(6).map(str::to_owned),
        })
        .collect())
}
