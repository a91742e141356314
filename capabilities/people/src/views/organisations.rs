//! `organisation_list`, `agency_list`: for whom an account may act.

use mingjing_chronicle::{Aggregate, Fault, RecordedEvent, Sql, View, params};

use crate::account::Account;
use crate::agency::Agency;
use crate::events::{AccountEvent, OrganisationEvent};
use crate::organisation::Organisation;

pub struct OrganisationList;

impl View for OrganisationList {
    fn name(&self) -> &'static str {
        "people.organisations"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["organisation_list", "agency_list"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {organisation_list} (
                uscc TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                legal_representative TEXT NOT NULL)",
            "CREATE INDEX {organisation_list}_by_representative ON {organisation_list} (legal_representative)",
            "CREATE TABLE {agency_list} (
                agency TEXT PRIMARY KEY,
                principal_kind TEXT NOT NULL,
                principal TEXT NOT NULL,
                agent TEXT NOT NULL,
                agent_name TEXT NOT NULL,
                items TEXT NOT NULL,
                may_withdraw BIGINT NOT NULL,
                valid_from TEXT NOT NULL,
                valid_to TEXT NOT NULL,
                ended_on TEXT)",
            "CREATE INDEX {agency_list}_by_principal ON {agency_list} (principal_kind, principal)",
            "CREATE INDEX {agency_list}_by_agent ON {agency_list} (agent)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == Organisation::STREAM || stream_kind == Account::STREAM
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let id = event.envelope.stream_id();
        if event.envelope.stream_kind() == Account::STREAM {
            return match event.decode::<AccountEvent>()?.known().as_deref() {
                Some(AccountEvent::AgencyGranted(agency)) => grant(sql, "person", id, agency),
                Some(AccountEvent::AgencyEnded { agency, on, .. }) => end(sql, agency, *on),
                _ => Ok(()),
            };
        }
        match event.decode::<OrganisationEvent>()?.known().as_deref() {
            Some(OrganisationEvent::Registered {
                name,
                legal_representative,
                ..
            }) => {
                sql.execute(
                    "INSERT INTO {organisation_list} (uscc, name, legal_representative) VALUES ($1, $2, $3)",
                    &params![id, name, legal_representative],
                )?;
                Ok(())
            }
            Some(OrganisationEvent::AgencyGranted(agency)) => grant(sql, "organisation", id, agency),
            Some(OrganisationEvent::AgencyEnded { agency, on, .. }) => end(sql, agency, *on),
            None => Ok(()),
        }
    }
}

fn grant(sql: &mut dyn Sql, kind: &str, principal: &str, agency: &Agency) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {agency_list} (agency, principal_kind, principal, agent, agent_name, items, may_withdraw,
            valid_from, valid_to)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &params![
            &agency.id,
            kind,
            principal,
            &agency.agent,
            &agency.agent_name,
            agency.scope.items.join(" "),
            agency.scope.may_withdraw,
            agency.valid_from,
            agency.valid_to
        ],
    )?;
    Ok(())
}

fn end(sql: &mut dyn Sql, agency: &str, on: jiff::civil::Date) -> Result<(), Fault> {
    sql.execute(
        "UPDATE {agency_list} SET ended_on = $2 WHERE agency = $1",
        &params![agency, on],
    )?;
    Ok(())
}
