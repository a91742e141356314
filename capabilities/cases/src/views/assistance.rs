//! The rows of bodies that are asked in a joint approval. Their party is nobody's account here: the party's own case is the
//! lead's.

use mingjing_chronicle::{Fault, RecordedEvent, Sql, params};

use crate::events::{AssistanceAsked, CaseState, Channel};
use crate::number::Procedure;

pub(super) fn insert(sql: &mut dyn Sql, asked: &AssistanceAsked, event: &RecordedEvent) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {case_list} (case_no, procedure, item_code, item_version, item_name, body, area, party_account,
            agent_account, party_kind, party_name, channel, received_on, state, open, suspended, published, step,
            late_statutory, late_promised, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', $8, $9, $10, $11, $12, 1, 0, 0, '', 0, 0, $13)",
        &params![
            &asked.case_no,
            Procedure::Assistance.key(),
            &asked.item.item_code,
            asked.item.version,
            &asked.item.name,
            &asked.item.body,
            &asked.item.area,
            asked.party.kind(),
            asked.party.name(),
            Channel::Joint.key(),
            asked.asked_on,
            CaseState::Handling.key(),
            event.envelope.recorded_at,
        ],
    )?;
    Ok(())
}
