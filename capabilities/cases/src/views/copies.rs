//! `step_copy`: copies of steps that nobody they are for has read yet, one row a receiver. They are no tasks: nobody has to
//! do anything for them.

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, Value, View, params};

use crate::events::{CaseEvent, StepOperated};
use crate::operate::Operation;
use crate::penalty::events::{PenaltyEvent, PenaltyFact};

pub struct Copies;

impl View for Copies {
    fn name(&self) -> &'static str {
        "cases.copies"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["step_copy"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {step_copy} (
                case_no TEXT NOT NULL,
                number BIGINT NOT NULL,
                account TEXT NOT NULL,
                role TEXT NOT NULL,
                body TEXT NOT NULL,
                step TEXT NOT NULL,
                sent_by TEXT NOT NULL,
                sent_on TEXT NOT NULL,
                PRIMARY KEY (case_no, number, account, role))",
            "CREATE INDEX {step_copy}_by_account ON {step_copy} (account, sent_on)",
            "CREATE INDEX {step_copy}_by_post ON {step_copy} (body, role, sent_on)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        matches!(stream_kind, "case" | "penalty")
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        match event.envelope.stream_kind() {
            "penalty" => match event.decode::<PenaltyEvent>()? {
                Payload::Known(known) => match &known.fact {
                    PenaltyFact::StepCopied(fact) => sent(sql, event, fact),
                    PenaltyFact::CopyNoted(fact) => noted(sql, event, fact),
                    _ => Ok(()),
                },
                Payload::Erased => forgotten(sql, event),
            },
            _ => match event.decode::<CaseEvent>()? {
                Payload::Known(known) => match &*known {
                    CaseEvent::StepOperated(known) if known.how == Operation::Copy => sent(sql, event, &known.fact),
                    CaseEvent::StepOperated(known) if known.how == Operation::NoteCopy => {
                        noted(sql, event, &known.fact)
                    }
                    _ => Ok(()),
                },
                Payload::Erased => forgotten(sql, event),
            },
        }
    }
}

fn sent(sql: &mut dyn Sql, event: &RecordedEvent, fact: &StepOperated) -> Result<(), Fault> {
    let by_name = fact.officers.iter().map(|officer| (officer.account.as_str(), ""));
    let by_post = fact.roles.iter().map(|role| ("", role.as_str()));
    for (account, role) in by_name.chain(by_post) {
        sql.execute(
            "INSERT INTO {step_copy} (case_no, number, account, role, body, step, sent_by, sent_on)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &params![
                event.envelope.stream_id(),
                i64::from(fact.copy.unwrap_or_default()),
                account,
                role,
                &event.envelope.body,
                &fact.step,
                &fact.name,
                event.envelope.happened_on,
            ],
        )?;
    }
    Ok(())
}

/// Read by who it names, or for the post by the first who holds it.
fn noted(sql: &mut dyn Sql, event: &RecordedEvent, fact: &StepOperated) -> Result<(), Fault> {
    let number = i64::from(fact.copy.unwrap_or_default());
    let case_no = event.envelope.stream_id();
    let own = sql.execute(
        "DELETE FROM {step_copy} WHERE case_no = $1 AND number = $2 AND account = $3",
        &params![case_no, number, &fact.account],
    )?;
    if own == 0 {
        sql.execute(
            "DELETE FROM {step_copy} WHERE case_no = $1 AND number = $2 AND role <> ''",
            &params![case_no, number],
        )?;
    }
    Ok(())
}

fn forgotten(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
    let case_no = event.envelope.stream_id();
    sql.execute("DELETE FROM {step_copy} WHERE case_no = $1", &params![case_no])?;
    Ok(())
}

/// A copy that waits to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyRow {
    pub case_no: String,
    pub item_name: String,
    pub step: String,
    pub sent_by: String,
    pub sent_on: String,
}

/// Copies for this person, by name or by a post held; the oldest first, each case and number once.
///
/// # Errors
/// [`Fault`] from the database.
pub fn copies_for(reader: &mut Reader<'_>, posts: &[(String, String)], account: &str) -> Result<Vec<CopyRow>, Fault> {
    // Copies are for who still works in the body.
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value> = vec![account.into()];
    let mut parts = vec!["s.account = $1".to_owned()];
    for (body, role) in posts {
        values.extend([body.into(), role.into()]);
        let role = values.len();
        parts.push(format!("(s.body = ${} AND s.role = ${role})", role - 1));
    }
    values.push(super::PAGE.into());
    let rows = reader.query(
        &format!(
            "SELECT DISTINCT s.case_no, s.number, c.item_name, s.step, s.sent_by, s.sent_on
             FROM {{step_copy}} s JOIN {{case_list}} c ON c.case_no = s.case_no
             WHERE {} ORDER BY s.sent_on, s.case_no, s.number LIMIT ${}",
            parts.join(" OR "),
            values.len()
        ),
        &values,
    )?;
    let read = rows.iter().map(|row| CopyRow {
        case_no: row.text(0).to_owned(),
        item_name: row.text(2).to_owned(),
        step: row.text(3).to_owned(),
        sent_by: row.text(4).to_owned(),
        sent_on: row.text(5).to_owned(),
    });
    Ok(read.collect())
}
