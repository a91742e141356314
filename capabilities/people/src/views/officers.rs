//! `officer_list`, `officer_post`, `officer_certificate`: the register of officers (R127).

use mingjing_chronicle::{Fault, RecordedEvent, Sql, Value, View, params};

use crate::events::OfficerEvent;
use crate::officer::Officer;

pub struct OfficerList;

impl View for OfficerList {
    fn name(&self) -> &'static str {
        "people.officers"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["officer_list", "officer_post", "officer_certificate"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {officer_list} (
                account TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                login_name TEXT NOT NULL,
                body TEXT NOT NULL,
                office TEXT NOT NULL,
                active BIGINT NOT NULL,
                posts BIGINT NOT NULL,
                certificate_no TEXT,
                certificate_authority TEXT,
                certificate_from TEXT,
                certificate_to TEXT,
                certificate_revoked_on TEXT)",
            "CREATE INDEX {officer_list}_by_body ON {officer_list} (body, name)",
            "CREATE INDEX {officer_list}_by_name ON {officer_list} (name)",
            "CREATE TABLE {officer_post} (
                account TEXT NOT NULL,
                post TEXT NOT NULL,
                role TEXT NOT NULL,
                body TEXT NOT NULL,
                office TEXT NOT NULL,
                area TEXT NOT NULL,
                title TEXT NOT NULL,
                since TEXT NOT NULL,
                PRIMARY KEY (account, post))",
            "CREATE INDEX {officer_post}_by_role ON {officer_post} (body, role)",
            "CREATE INDEX {officer_post}_by_post ON {officer_post} (post)",
            // A number is unique with its authority, whoever holds it.
            "CREATE TABLE {officer_certificate} (
                authority TEXT NOT NULL,
                no TEXT NOT NULL,
                account TEXT NOT NULL,
                valid_from TEXT NOT NULL,
                valid_to TEXT NOT NULL,
                revoked_on TEXT,
                PRIMARY KEY (authority, no))",
            "CREATE INDEX {officer_certificate}_by_account ON {officer_certificate} (account)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == <Officer as mingjing_chronicle::Aggregate>::STREAM
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let account = event.envelope.stream_id();
        let Some(known) = event.decode::<OfficerEvent>()?.known() else {
            return Ok(());
        };
        match &*known {
            OfficerEvent::Registered {
                name,
                login_name,
                body,
                office,
            } => sql.execute(
                "INSERT INTO {officer_list} (account, name, login_name, body, office, active, posts)
                 VALUES ($1, $2, $3, $4, $5, 1, 0)",
                &params![account, name, login_name, body, office],
            ),
            OfficerEvent::Appointed {
                post,
                role,
                body,
                office,
                area,
                title,
            } => {
                sql.execute(
                    "INSERT INTO {officer_post} (account, post, role, body, office, area, title, since)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    &params![
                        account,
                        post,
                        role.key(),
                        body,
                        office,
                        area,
                        title,
                        event.envelope.happened_on
                    ],
                )?;
                sql.execute(
                    "UPDATE {officer_list} SET posts = posts + 1 WHERE account = $1",
                    &params![account],
                )
            }
            OfficerEvent::AppointmentEnded { post, .. } => {
                sql.execute(
                    "DELETE FROM {officer_post} WHERE account = $1 AND post = $2",
                    &params![account, post],
                )?;
                sql.execute(
                    "UPDATE {officer_list} SET posts = posts - 1 WHERE account = $1",
                    &params![account],
                )
            }
            OfficerEvent::CertificateRecorded {
                no,
                authority,
                valid_from,
                valid_to,
            } => {
                sql.execute(
                    "INSERT INTO {officer_certificate} (authority, no, account, valid_from, valid_to)
                     VALUES ($1, $2, $3, $4, $5)",
                    &params![authority, no, account, *valid_from, *valid_to],
                )?;
                sql.execute(
                    "UPDATE {officer_list} SET certificate_no = $2, certificate_authority = $3, certificate_from = $4,
                        certificate_to = $5, certificate_revoked_on = NULL
                     WHERE account = $1",
                    &params![account, no, authority, *valid_from, *valid_to],
                )
            }
            OfficerEvent::CertificateRevoked {
                no,
                authority,
                revoked_on,
                ..
            } => {
                sql.execute(
                    "UPDATE {officer_certificate} SET revoked_on = $3 WHERE authority = $1 AND no = $2",
                    &params![authority, no, *revoked_on],
                )?;
                sql.execute(
                    "UPDATE {officer_list} SET certificate_revoked_on = $4
                     WHERE account = $1 AND certificate_no = $2 AND certificate_authority = $3",
                    &params![account, no, authority, *revoked_on],
                )
            }
            OfficerEvent::Deactivated { .. } => sql.execute(
                "UPDATE {officer_list} SET active = 0 WHERE account = $1",
                &params![account],
            ),
            OfficerEvent::Reactivated { .. } => sql.execute(
                "UPDATE {officer_list} SET active = 1 WHERE account = $1",
                &params![account],
            ),
        }
        .map(|_| ())
    }
}

/// A row of the officers' page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficerLine {
    pub account: String,
    pub name: String,
    pub login_name: String,
    pub body: String,
    pub body_name: String,
    pub active: bool,
    pub posts: i64,
    pub certificate_no: Option<String>,
    pub certificate_to: Option<String>,
    pub certificate_revoked_on: Option<String>,
}

/// Empty parts do not filter.
#[derive(Debug, Clone, Default)]
pub struct OfficerFilter {
    /// In name, login name or certificate number.
    pub words: String,
    pub body: String,
    /// `active`, `stopped` or empty.
    pub state: String,
}

/// One page of officers and how many there are in all.
///
/// # Errors
/// [`Fault`] from the database.
pub fn officer_lines(
    sql: &mut dyn Sql,
    filter: &OfficerFilter,
    offset: u32,
    size: u32,
) -> Result<(Vec<OfficerLine>, u64), Fault> {
    let mut condition = String::from("1 = 1");
    let mut values: Vec<Value> = Vec::new();
    let mut place = |value: &str| {
        values.push(value.into());
        format!("${}", values.len())
    };
    if !filter.words.is_empty() {
        // `instr` and `position` differ by engine; LIKE is in both. Wildcards typed by people are letters to them.
        let like = place(&format!("%{}%", escape_like(&filter.words.to_lowercase())));
        condition.push_str(&format!(
            " AND (lower(o.name) LIKE {like} ESCAPE '!' OR o.login_name LIKE {like} ESCAPE '!' \
             OR lower(COALESCE(o.certificate_no, '')) LIKE {like} ESCAPE '!')"
        ));
    }
    if !filter.body.is_empty() {
        let body = place(&filter.body);
        condition.push_str(&format!(" AND o.body = {body}"));
    }
    match filter.state.as_str() {
        "active" => condition.push_str(" AND o.active = 1"),
        "stopped" => condition.push_str(" AND o.active = 0"),
        _ => {}
    }
    let total = sql.query_one(
        &format!("SELECT COUNT(*) FROM {{officer_list}} o WHERE {condition}"),
        &values,
    )?;
    let rows = sql.query(
        &format!(
            "SELECT o.account, o.name, o.login_name, o.body, COALESCE(b.name, o.body), o.active, o.posts,
                o.certificate_no, o.certificate_to, o.certificate_revoked_on
             FROM {{officer_list}} o LEFT JOIN {{body_list}} b ON b.body = o.body
             WHERE {condition} ORDER BY o.body, o.name, o.account LIMIT {size} OFFSET {offset}"
        ),
        &values,
    )?;
    let lines = rows
        .iter()
        .map(|row| OfficerLine {
            account: row.text(0).to_owned(),
            name: row.text(1).to_owned(),
            login_name: row.text(2).to_owned(),
            body: row.text(3).to_owned(),
            body_name: row.text(4).to_owned(),
            active: row.int(5) == 1,
            posts: row.int(6),
            certificate_no: row.opt_text(7).map(str::to_owned),
            certificate_to: row.opt_text(8).map(str::to_owned),
            certificate_revoked_on: row.opt_text(9).map(str::to_owned),
        })
        .collect();
    Ok((lines, total.map_or(0, |row| row.int(0).unsigned_abs())))
}

fn escape_like(words: &str) -> String {
    words.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}
