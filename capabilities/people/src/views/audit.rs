//! `people_audit`: who granted or took what, from whom, when. For the audit administrator, who can read and nothing more.
//! Lines carry account ids; names are looked up when shown, so that an erasure reaches here too.

use mingjing_chronicle::{Aggregate, Fault, RecordedEvent, Sql, Value, View, params};

use crate::account::Account;
use crate::administrators::Administrators;
use crate::api_token::ApiToken;
use crate::body::Body;
use crate::events::{AccountEvent, AdministratorsEvent, ApiTokenEvent, BodyEvent, OfficerEvent, OrganisationEvent};
use crate::officer::Officer;
use crate::organisation::Organisation;

pub struct PeopleAudit;

impl View for PeopleAudit {
    fn name(&self) -> &'static str {
        "people.audit"
    }

    fn version(&self) -> i32 {
        2
    }

    fn tables(&self) -> &'static [&'static str] {
        &["people_audit"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {people_audit} (
                event_id TEXT PRIMARY KEY,
                recorded_at BIGINT NOT NULL,
                happened_on TEXT NOT NULL,
                actor TEXT NOT NULL,
                kind TEXT NOT NULL,
                subject_kind TEXT NOT NULL,
                subject TEXT NOT NULL,
                detail TEXT NOT NULL)",
            "CREATE INDEX {people_audit}_by_time ON {people_audit} (recorded_at, event_id)",
            "CREATE INDEX {people_audit}_by_actor ON {people_audit} (actor, recorded_at)",
            "CREATE INDEX {people_audit}_by_subject ON {people_audit} (subject, recorded_at)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        [
            Body::STREAM,
            Officer::STREAM,
            Account::STREAM,
            Organisation::STREAM,
            Administrators::STREAM,
            ApiToken::STREAM,
        ]
        .contains(&stream_kind)
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let envelope = &event.envelope;
        sql.execute(
            "INSERT INTO {people_audit} (event_id, recorded_at, happened_on, actor, kind, subject_kind, subject, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &params![
                &envelope.event_id,
                envelope.recorded_at,
                envelope.happened_on,
                &envelope.actor,
                &envelope.kind,
                envelope.stream_kind(),
                envelope.stream_id(),
                detail(event)?
            ],
        )?;
        Ok(())
    }
}

/// What was done, in words, without personal data of citizens.
fn detail(event: &RecordedEvent) -> Result<String, Fault> {
    let kind = event.envelope.stream_kind();
    let text = if kind == Body::STREAM {
        event.decode::<BodyEvent>()?.known().map(|event| of_body(&event))
    } else if kind == Officer::STREAM {
        event.decode::<OfficerEvent>()?.known().map(|event| of_officer(&event))
    } else if kind == Account::STREAM {
        event.decode::<AccountEvent>()?.known().map(|event| of_account(&event))
    } else if kind == Organisation::STREAM {
        event
            .decode::<OrganisationEvent>()?
            .known()
            .map(|event| of_organisation(&event))
    } else if kind == ApiToken::STREAM {
        event
            .decode::<ApiTokenEvent>()?
            .known()
            .map(|event| of_api_token(&event))
    } else {
        event
            .decode::<AdministratorsEvent>()?
            .known()
            .map(|event| of_administrators(&event))
    };
    Ok(text.unwrap_or_else(|| "内容已依法删除".to_owned()))
}

fn of_body(event: &BodyEvent) -> String {
    match event {
        BodyEvent::Registered { name, nature, .. } => {
            format!("登记单位：{name}（{}）", nature.label())
        }
        BodyEvent::OfficeOpened { office, name } => format!("设立科室：{name}（{office}）"),
        BodyEvent::PostCreated { role, title, .. } => format!("设立岗位：{title}（{role}）"),
        BodyEvent::PostAbolished { post, reason } => format!("撤销岗位 {post}：{reason}"),
    }
}

fn of_officer(event: &OfficerEvent) -> String {
    match event {
        OfficerEvent::Registered { body, office, .. } => {
            format!("开立工作人员账号，所在科室 {office}（单位 {body}）")
        }
        OfficerEvent::Appointed { role, title, body, .. } => format!("任职：{title}（{role}，单位 {body}）"),
        OfficerEvent::AppointmentEnded { post, reason } => format!("免去岗位 {post}：{reason}"),
        OfficerEvent::CertificateRecorded {
            no,
            authority,
            valid_from,
            valid_to,
        } => format!("登记执法证 {no}（{authority}，{valid_from} 至 {valid_to}）"),
        OfficerEvent::CertificateRevoked {
            no, revoked_on, reason, ..
        } => format!("注销执法证 {no}，自 {revoked_on} 起：{reason}"),
        OfficerEvent::Deactivated { reason } => format!("停用账号：{reason}"),
        OfficerEvent::Reactivated { reason } => format!("恢复账号：{reason}"),
    }
}

fn of_account(event: &AccountEvent) -> String {
    match event {
        AccountEvent::CitizenRegistered { document, .. } => {
            format!("个人注册（{}）", document.label())
        }
        AccountEvent::AdministratorCreated { role, .. } => format!("开立{}账号", role.label()),
        AccountEvent::AgencyGranted(agency) => {
            format!(
                "委托 {} 代办，{} 至 {}",
                agency.agent, agency.valid_from, agency.valid_to
            )
        }
        AccountEvent::AgencyEnded { on, .. } => format!("结束委托，自 {on} 起"),
        AccountEvent::Deactivated { .. } => "停用账号".to_owned(),
    }
}

fn of_organisation(event: &OrganisationEvent) -> String {
    match event {
        OrganisationEvent::Registered { name, .. } => format!("登记单位用户：{name}"),
        OrganisationEvent::AgencyGranted(agency) => {
            format!(
                "委托 {} 代办，{} 至 {}",
                agency.agent, agency.valid_from, agency.valid_to
            )
        }
        OrganisationEvent::AgencyEnded { on, .. } => format!("结束委托，自 {on} 起"),
    }
}

fn of_api_token(event: &ApiTokenEvent) -> String {
    match event {
        ApiTokenEvent::Issued {
            name,
            body,
            posts,
            valid_to,
            ..
        } => {
            let posts: Vec<&str> = posts.iter().map(|held| held.post.as_str()).collect();
            format!(
                "向业务系统“{name}”（单位 {body}）发放接口凭证，岗位 {}，有效期至 {valid_to}",
                posts.join("、")
            )
        }
        ApiTokenEvent::Revoked { reason } => format!("撤销接口凭证：{reason}"),
    }
}

fn of_administrators(event: &AdministratorsEvent) -> String {
    match event {
        AdministratorsEvent::SeatTaken { role, account } => {
            format!("{} 担任{}", account, role.label())
        }
        AdministratorsEvent::ReplacementProposed { role, reason, .. } => {
            format!("提议更换{}：{reason}", role.label())
        }
        AdministratorsEvent::ReplacementConfirmed { .. } => "确认更换管理员".to_owned(),
        AdministratorsEvent::ReplacementDropped { .. } => "撤回更换管理员的提议".to_owned(),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    pub recorded_at: jiff::Timestamp,
    pub actor: String,
    pub actor_name: String,
    pub kind: String,
    pub subject: String,
    pub subject_name: String,
    pub detail: String,
}

/// Empty parts do not filter. `from` and `to` are microseconds UTC, `to` excluded.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Accounts that acted or were acted upon; an empty list finds nothing.
    pub who: Option<Vec<String>>,
    /// Beginning of the kind, e.g. `officer.`.
    pub kind: String,
    pub from: Option<i64>,
    pub to: Option<i64>,
}

impl AuditFilter {
    fn condition(&self) -> (String, Vec<Value>) {
        let mut values: Vec<Value> = Vec::new();
        let mut parts = vec!["1 = 1".to_owned()];
        if let Some(who) = &self.who {
            let mut any = vec!["1 = 0".to_owned()];
            for account in who {
                values.push(account.into());
                any.push(format!("a.actor = ${0} OR a.subject = ${0}", values.len()));
            }
            parts.push(format!("({})", any.join(" OR ")));
        }
        let mut add = |text: &str, value: Value| {
            values.push(value);
            parts.push(text.replace("$?", &format!("${}", values.len())));
        };
        if !self.kind.is_empty() {
            // The length is a number of ours, the text a parameter.
            let text = format!("substr(a.kind, 1, {}) = $?", self.kind.chars().count());
            add(&text, self.kind.as_str().into());
        }
        if let Some(from) = self.from {
            add("a.recorded_at >= $?", from.into());
        }
        if let Some(to) = self.to {
            add("a.recorded_at < $?", to.into());
        }
        (parts.join(" AND "), values)
    }
}

/// Newest first, and how many in all.
///
/// # Errors
/// [`Fault`] from the database.
pub fn audit_lines(
    sql: &mut dyn Sql,
    filter: &AuditFilter,
    offset: u32,
    size: u32,
) -> Result<(Vec<AuditLine>, u64), Fault> {
    let (condition, values) = filter.condition();
    let total = sql.query_one(
        &format!("SELECT COUNT(*) FROM {{people_audit}} a WHERE {condition}"),
        &values,
    )?;
    let rows = sql.query(
        &format!(
            "SELECT a.recorded_at, a.actor, COALESCE(p.name, ''), a.kind, a.subject,
                COALESCE(s.name, b.name, g.name, ''), a.detail
             FROM {{people_audit}} a
             LEFT JOIN {{account_role}} p ON p.account = a.actor
             LEFT JOIN {{account_role}} s ON s.account = a.subject
             LEFT JOIN {{body_list}} b ON b.body = a.subject
             LEFT JOIN {{organisation_list}} g ON g.uscc = a.subject
             WHERE {condition} ORDER BY a.recorded_at DESC, a.event_id LIMIT {size} OFFSET {offset}"
        ),
        &values,
    )?;
    let lines = rows
        .iter()
        .map(|row| AuditLine {
            recorded_at: row.timestamp(0),
            actor: row.text(1).to_owned(),
            actor_name: row.text(2).to_owned(),
            kind: row.text(3).to_owned(),
            subject: row.text(4).to_owned(),
            subject_name: row.text(5).to_owned(),
            detail: row.text(6).to_owned(),
        })
        .collect();
    Ok((lines, total.map_or(0, |row| row.int(0).unsigned_abs())))
}

/// Accounts with this login name or exactly this name, for the filter of the audit page.
///
/// # Errors
/// [`Fault`] from the database.
pub fn audit_people(sql: &mut dyn Sql, words: &str) -> Result<Vec<String>, Fault> {
    let rows = sql.query(
        "SELECT account FROM {account_login} WHERE login_name = $1
         UNION SELECT account FROM {account_role} WHERE name = $2 ORDER BY 1 LIMIT 20",
        &params![words.to_lowercase(), words],
    )?;
    Ok(rows.iter().map(|row| row.text(0).to_owned()).collect())
}
