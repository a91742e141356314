//! `inbox`: messages to the party. For electronic service the row's time is the arrival: it is written in the very
//! transaction that records the service.

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, View, params};

use crate::events::{CaseEvent, Notice};
use crate::penalty::events::{PenaltyEvent, PenaltyFact};

pub struct Inbox;

impl View for Inbox {
    fn name(&self) -> &'static str {
        "cases.inbox"
    }

    fn version(&self) -> i32 {
        2
    }

    fn tables(&self) -> &'static [&'static str] {
        &["inbox", "inbox_owner"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {inbox_owner} (
                case_no TEXT PRIMARY KEY,
                account TEXT NOT NULL,
                agent TEXT NOT NULL)",
            "CREATE TABLE {inbox} (
                case_no TEXT NOT NULL,
                version BIGINT NOT NULL,
                number BIGINT NOT NULL,
                account TEXT NOT NULL,
                agent TEXT NOT NULL,
                title TEXT NOT NULL,
                body_text TEXT NOT NULL,
                action BIGINT NOT NULL,
                service BIGINT NOT NULL,
                paper_id TEXT,
                arrived_at BIGINT NOT NULL,
                PRIMARY KEY (case_no, version, number))",
            "CREATE INDEX {inbox}_by_account ON {inbox} (account, arrived_at)",
            "CREATE INDEX {inbox}_by_agent ON {inbox} (agent, arrived_at)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        matches!(stream_kind, "case" | "penalty")
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        match event.envelope.stream_kind() {
            "penalty" => penalty(sql, event),
            _ => permit(sql, event),
        }
    }
}

fn permit(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
    let Payload::Known(known) = event.decode::<CaseEvent>()? else {
        return Ok(());
    };
    if let CaseEvent::Submitted(submitted) = &*known {
        let agent = submitted
            .applicant
            .agent
            .as_ref()
            .and_then(|agent| agent.account.as_deref());
        owner(sql, event, submitted.applicant.account.as_deref(), agent)?;
    }
    let notices = known.effects().map_or(&[][..], |effects| &effects.notices);
    deliver(sql, event, notices)
}

fn penalty(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
    let Payload::Known(known) = event.decode::<PenaltyEvent>()? else {
        return Ok(());
    };
    if let PenaltyFact::OpeningProposed(proposed) = &known.fact
        && let Some(party) = &proposed.party
    {
        owner(sql, event, party.account.as_deref(), None)?;
    }
    let notices = known.effects.as_ref().map_or(&[][..], |effects| &effects.notices);
    deliver(sql, event, notices)
}

fn owner(sql: &mut dyn Sql, event: &RecordedEvent, account: Option<&str>, agent: Option<&str>) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {inbox_owner} (case_no, account, agent) VALUES ($1, $2, $3)
         ON CONFLICT (case_no) DO UPDATE SET account = excluded.account, agent = excluded.agent",
        &params![
            event.envelope.stream_id(),
            account.unwrap_or_default(),
            agent.unwrap_or_default(),
        ],
    )?;
    Ok(())
}

fn deliver(sql: &mut dyn Sql, event: &RecordedEvent, notices: &[Notice]) -> Result<(), Fault> {
    for (number, notice) in notices.iter().enumerate() {
        // Nobody's in-box: a party without an account is told on paper.
        sql.execute(
            "INSERT INTO {inbox} (case_no, version, number, account, agent, title, body_text, action, service,
                paper_id, arrived_at)
             SELECT case_no, $2, $3, account, agent, $4, $5, $6, $7, $8, $9 FROM {inbox_owner}
             WHERE case_no = $1 AND (account <> '' OR agent <> '')",
            &params![
                event.envelope.stream_id(),
                event.envelope.version,
                number as i64,
                &notice.title,
                &notice.text,
                notice.action,
                notice.service,
                notice.paper.clone(),
                event.envelope.recorded_at,
            ],
        )?;
    }
    Ok(())
}

#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub case_no: String,
    pub title: String,
    pub text: String,
    pub action: bool,
    pub service: bool,
    pub paper_id: Option<String>,
    pub arrived_at: jiff::Timestamp,
}

/// Messages of an account, newest first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn of_account(reader: &mut Reader<'_>, account: &str, offset: i64) -> Result<Vec<Message>, Fault> {
    if account.is_empty() {
        return Ok(Vec::new());
    }
    let rows = reader.query(
        "SELECT case_no, title, body_text, action, service, paper_id, arrived_at FROM {inbox}
         WHERE account = $1 OR agent = $1
         ORDER BY arrived_at DESC, case_no, version DESC, number LIMIT $2 OFFSET $3",
        &params![account, super::PAGE, offset.max(0)],
    )?;
    Ok(rows
        .iter()
        .map(|row| Message {
            case_no: row.text(0).to_owned(),
            title: row.text(1).to_owned(),
            text: row.text(2).to_owned(),
            action: row.int(3) == 1,
            service: row.int(4) == 1,
            paper_id: row.opt_text(5).map(str::to_owned),
            arrived_at: row.timestamp(6),
        })
        .collect())
}
