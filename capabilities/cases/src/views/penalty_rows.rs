//! Penalties in `case_list` and `task`. The party stands in the list from the opening on: a lead is nobody's case yet,
//! and a party sees its case from then on.

use mingjing_chronicle::{Fault, Payload, RecordedEvent, Sql, params};

use super::list::{Columns, followed, tasks};
use crate::penalty::PenaltyState;
use crate::penalty::events::{LeadRegistered, PenaltyEvent, PenaltyFact, PenaltyRelease};

pub(super) fn project(sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
    let case_no = event.envelope.stream_id();
    let Payload::Known(known) = event.decode::<PenaltyEvent>()? else {
        // Without its payload nothing waits for anybody any more.
        sql.execute("DELETE FROM {task} WHERE case_no = $1", &params![case_no])?;
        return Ok(());
    };
    if let PenaltyFact::LeadRegistered(lead) = &known.fact {
        insert(sql, lead, event)?;
    }
    let Some(effects) = &known.effects else {
        return Ok(());
    };
    let mut set = Columns::default();
    followed(&mut set, effects.state.into(), &effects.steps, &effects.clocks, event);
    facts(&mut set, &known.fact, event);
    set.update(sql, case_no)?;
    if matches!(known.fact, PenaltyFact::Opened(_)) {
        sql.execute(
            "UPDATE {case_list} SET party_account = COALESCE(proposed_account, '') WHERE case_no = $1",
            &params![case_no],
        )?;
    }
    tasks(sql, case_no, &effects.steps)
}

fn insert(sql: &mut dyn Sql, lead: &LeadRegistered, event: &RecordedEvent) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {case_list} (case_no, procedure, item_code, item_version, item_name, body, area, party_account,
            agent_account, party_kind, party_name, channel, received_on, state, open, suspended, published, step,
            late_statutory, late_promised, updated_at)
         VALUES ($1, 'penalty', $2, $3, $4, $5, $6, '', '', '', '', $7, $8, $9, 1, 0, 0, '', 0, 0, $10)",
        &params![
            &lead.case_no,
            &lead.item.item_code,
            lead.item.version,
            &lead.item.name,
            &lead.item.body,
            &lead.item.area,
            lead.lead.source.key(),
            lead.lead.received_on,
            PenaltyState::Lead.key(),
            event.envelope.recorded_at,
        ],
    )?;
    Ok(())
}

fn facts(set: &mut Columns, fact: &PenaltyFact, event: &RecordedEvent) {
    let on = event.envelope.happened_on;
    match fact {
        PenaltyFact::OpeningProposed(proposed) => {
            if let Some(party) = &proposed.party {
                set.put("party_kind", party.party.kind());
                set.put("party_name", party.party.name());
                // Nobody's own case until it is opened.
                set.put("proposed_account", party.account.clone());
            }
        }
        PenaltyFact::Opened(_) => set.put("accepted_on", on),
        PenaltyFact::Decided(decided) => {
            set.put("decided_on", decided.decided_on);
            set.put("late_statutory", decided.late.statutory);
        }
        PenaltyFact::Closed(_) => set.put("completed_on", on),
        PenaltyFact::Released(released) => {
            set.put("published", matches!(released.release, PenaltyRelease::Publish { .. }));
        }
        PenaltyFact::ReleaseWithdrawn(_) => set.put("published", false),
        _ => {}
    }
}
