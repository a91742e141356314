//! `account_role`, `account_login`, `account_document`: what an account is, and by which names it is found.
//!
//! The primary key of `account_role` is the account alone: even a faulty decision could not make one account two
//! things, an administrator and an officer least of all, because the second row aborts its transaction.

use mingjing_chronicle::{Aggregate, Fault, RecordedEvent, Sql, View, params};
use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::events::{AccountEvent, DocumentKind, OfficerEvent};
use crate::officer::Officer;
use crate::role::AccountRole;

pub struct AccountList;

impl View for AccountList {
    fn name(&self) -> &'static str {
        "people.accounts"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["account_role", "account_login", "account_document"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {account_role} (
                account TEXT PRIMARY KEY,
                role TEXT NOT NULL
                    CHECK (role IN ('citizen', 'officer', 'system_admin', 'security_admin', 'audit_admin')),
                name TEXT NOT NULL,
                active BIGINT NOT NULL)",
            "CREATE TABLE {account_login} (
                login_name TEXT PRIMARY KEY,
                account TEXT NOT NULL)",
            "CREATE TABLE {account_document} (
                document TEXT PRIMARY KEY,
                account TEXT NOT NULL)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == Account::STREAM || stream_kind == Officer::STREAM
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let account = event.envelope.stream_id();
        if event.envelope.stream_kind() == Officer::STREAM {
            return project_officer(sql, event, account);
        }
        let Some(known) = event.decode::<AccountEvent>()?.known() else {
            return Ok(());
        };
        match &*known {
            AccountEvent::CitizenRegistered {
                login_name,
                name,
                document,
                document_no,
                ..
            } => {
                open(sql, account, AccountRole::Citizen, name, login_name)?;
                sql.execute(
                    "INSERT INTO {account_document} (document, account) VALUES ($1, $2)",
                    &params![document_key(*document, document_no), account],
                )?;
            }
            AccountEvent::AdministratorCreated { login_name, name, role } => {
                open(sql, account, *role, name, login_name)?;
            }
            AccountEvent::Deactivated { .. } => set_active(sql, account, false)?,
            AccountEvent::AgencyGranted(_) | AccountEvent::AgencyEnded { .. } => {}
        }
        Ok(())
    }
}

fn project_officer(sql: &mut dyn Sql, event: &RecordedEvent, account: &str) -> Result<(), Fault> {
    match event.decode::<OfficerEvent>()?.known().as_deref() {
        Some(OfficerEvent::Registered { name, login_name, .. }) => {
            open(sql, account, AccountRole::Officer, name, login_name)
        }
        Some(OfficerEvent::Deactivated { .. }) => set_active(sql, account, false),
        Some(OfficerEvent::Reactivated { .. }) => set_active(sql, account, true),
        _ => Ok(()),
    }
}

fn open(sql: &mut dyn Sql, account: &str, role: AccountRole, name: &str, login_name: &str) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO {account_role} (account, role, name, active) VALUES ($1, $2, $3, 1)",
        &params![account, role.key(), name],
    )?;
    sql.execute(
        "INSERT INTO {account_login} (login_name, account) VALUES ($1, $2)",
        &params![login_name, account],
    )?;
    Ok(())
}

fn set_active(sql: &mut dyn Sql, account: &str, active: bool) -> Result<(), Fault> {
    sql.execute(
        "UPDATE {account_role} SET active = $2 WHERE account = $1",
        &params![account, active],
    )?;
    Ok(())
}

/// The number itself stays out of the table: it is only ever compared.
pub(crate) fn document_key(document: DocumentKind, document_no: &str) -> String {
    let digest = Sha256::new()
        .chain_update(b"mingjing/document/v1\0")
        .chain_update(document.key())
        .chain_update(b"\0")
        .chain_update(document_no)
        .finalize();
    hex::encode(digest)
}
