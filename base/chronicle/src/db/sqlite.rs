//! SQLite: one writer connection that alone checkpoints, many readers. Never below 3.51.3: earlier
//! versions can corrupt a WAL database that is written and checkpointed from two connections.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};

use super::probe::probed;
use super::{Backend, Fault, Resolver, Row, Sql, TableNames, Value};

/// 3.51.3, the first version without the WAL-reset bug.
pub const LEAST_VERSION: i32 = 3_051_003;

pub struct SqliteSql {
    pub(crate) connection: Connection,
    resolver: Resolver,
}

impl SqliteSql {
    /// The one connection that writes: WAL, `synchronous=FULL`, because an answer that says "received"
    /// must survive a power cut (NORMAL lost acknowledged commits when measured).
    pub fn writer(path: &Path, names: Arc<TableNames>) -> Result<Self, Fault> {
        if rusqlite::version_number() < LEAST_VERSION {
            return Err(Fault::Database(format!(
                "SQLite {} is older than 3.51.3 and can corrupt its write-ahead log",
                rusqlite::version()
            )));
        }
        let connection = Connection::open(path).map_err(fault)?;
        connection.busy_timeout(Duration::from_secs(10)).map_err(fault)?;
        let mut writer = Self::over(connection, names)?;
        writer.pragmas(&[
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA foreign_keys = ON",
            "PRAGMA secure_delete = ON",
            // Otherwise REPLACE removes rows past the triggers that guard events.
            "PRAGMA recursive_triggers = ON",
            "PRAGMA trusted_schema = OFF",
            "PRAGMA cache_size = -65536",
            "PRAGMA temp_store = MEMORY",
        ])?;
        Ok(writer)
    }

    pub fn reader(path: &Path, names: Arc<TableNames>) -> Result<Self, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
        connection.busy_timeout(Duration::from_secs(10)).map_err(fault)?;
        connection
            .execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384;")
            .map_err(fault)?;
        Self::over(connection, names)
    }

    pub fn in_memory(names: Arc<TableNames>) -> Result<Self, Fault> {
        Self::over(Connection::open_in_memory().map_err(fault)?, names)
    }

    fn over(connection: Connection, names: Arc<TableNames>) -> Result<Self, Fault> {
        connection.set_prepared_statement_cache_capacity(512);
        // Without it a prepared statement is prepared anew when another value is bound that might want another plan.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(fault)?;
        Ok(SqliteSql {
            connection,
            resolver: Resolver::new(Backend::Sqlite, names),
        })
    }

    /// Table names that hold for this connection only.
    pub(crate) fn set_own_names(&mut self, own: std::collections::HashMap<String, String>) {
        self.resolver.set_own(own);
    }

    /// For the time of a bulk load nothing is forced to disk. A power cut then leaves a database that may be
    /// damaged, so the load marks it beforehand.
    pub(crate) fn stop_syncing(&mut self) -> Result<(), Fault> {
        self.pragmas(&[
            "PRAGMA synchronous = OFF",
            "PRAGMA cache_size = -1048576",
            "PRAGMA wal_autocheckpoint = 32768",
        ])
    }

    /// Back to the rule, with everything that was written meanwhile forced to disk.
    pub(crate) fn sync_again(&mut self, path: &Path) -> Result<(), Fault> {
        self.pragmas(&[
            "PRAGMA synchronous = FULL",
            "PRAGMA cache_size = -65536",
            "PRAGMA wal_autocheckpoint = 1000",
            "PRAGMA wal_checkpoint(TRUNCATE)",
        ])?;
        // Pages that were checkpointed while nothing was forced: the last checkpoint need not know of them.
        std::fs::File::open(path)
            .and_then(|file| file.sync_all())
            .map_err(|error| Fault::Stopped(error.to_string()))
    }

    fn pragmas(&mut self, texts: &[&str]) -> Result<(), Fault> {
        for text in texts {
            match self.connection.query_row(text, [], |_| Ok(())) {
                Ok(()) | Err(rusqlite::Error::QueryReturnedNoRows) => {}
                Err(error) => return Err(fault(error)),
            }
        }
        Ok(())
    }

    /// Whether the engine has rolled the transaction back by itself (disk full, I/O error).
    pub(crate) fn lost_transaction(&self) -> bool {
        self.connection.is_autocommit()
    }
}

impl Sql for SqliteSql {
    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Fault> {
        let mut out = Vec::new();
        self.each(sql, params, &mut |row| {
            out.push(row);
            Ok(())
        })?;
        Ok(out)
    }

    fn each(
        &mut self,
        sql: &str,
        params: &[Value],
        take: &mut dyn FnMut(Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let text = self.resolver.resolve(sql)?;
        let probe = self.resolver.probe();
        probed(probe.as_deref(), &text, || self.run_query(&text, params, take))
    }

    fn check(&mut self, sql: &str) -> Result<(), Fault> {
        let text = self.resolver.resolve(sql)?;
        self.connection.prepare(&text).map(|_| ()).map_err(fault)
    }

    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, Fault> {
        let text = self.resolver.resolve(sql)?;
        let probe = self.resolver.probe();
        probed(probe.as_deref(), &text, || self.run(&text, params))
    }

    fn backend(&self) -> Backend {
        Backend::Sqlite
    }
}

impl SqliteSql {
    fn run_query(
        &mut self,
        text: &str,
        params: &[Value],
        take: &mut dyn FnMut(Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut statement = self.connection.prepare_cached(text).map_err(fault)?;
        let columns = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(fault)?;
        while let Some(row) = rows.next().map_err(fault)? {
            let mut values = Vec::with_capacity(columns);
            for column in 0..columns {
                values.push(read(row.get_ref(column).map_err(fault)?)?);
            }
            take(Row(values))?;
        }
        Ok(())
    }

    fn run(&mut self, text: &str, params: &[Value]) -> Result<u64, Fault> {
        let mut statement = self.connection.prepare_cached(text).map_err(fault)?;
        if statement.column_count() > 0 {
            let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(fault)?;
            let mut count = 0;
            while rows.next().map_err(fault)?.is_some() {
                count += 1;
            }
            return Ok(count);
        }
        let changed = statement.execute(rusqlite::params_from_iter(params)).map_err(fault)?;
        Ok(changed as u64)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

fn read(value: ValueRef<'_>) -> Result<Value, Fault> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Real(value) => Value::Text(value.to_string()),
        ValueRef::Text(value) => Value::Text(
            std::str::from_utf8(value)
                .map_err(|_| Fault::Inconsistent("text that is not UTF-8".into()))?
                .to_owned(),
        ),
        ValueRef::Blob(value) => Value::Blob(value.to_vec()),
    })
}

pub(crate) fn fault(error: rusqlite::Error) -> Fault {
    let code = match &error {
        rusqlite::Error::SqliteFailure(inner, _) => Some(inner.code),
        _ => None,
    };
    match code {
        Some(ErrorCode::DiskFull) => Fault::Full,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Fault::Race("database is locked".into()),
        Some(ErrorCode::SystemIoFailure) => Fault::Stopped(error.to_string()),
        Some(ErrorCode::ConstraintViolation) => Fault::Database(format!("constraint: {error}")),
        _ => Fault::Database(error.to_string()),
    }
}
