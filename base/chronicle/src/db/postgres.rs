//! PostgreSQL through tokio-postgres, driven synchronously from a blocking thread: the same decide and
//! append code serves both engines, and a transaction never waits on anything but the database.

use std::error::Error;
use std::sync::Arc;

use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use futures_util::StreamExt;
use tokio::runtime::Handle;
use tokio_postgres::NoTls;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::probe::probed;
use super::{Backend, Fault, Resolver, Row, Sql, TableNames, Value};

pub struct PostgresSql {
    /// `Some` until dropped.
    client: Option<Object>,
    handle: Handle,
    resolver: Resolver,
    /// A transaction was begun and not seen to end.
    open: bool,
}

impl Drop for PostgresSql {
    fn drop(&mut self) {
        // Given back in the middle of a transaction (a panic, a failed rollback) the connection would
        // carry it into the next command: it is closed instead, which ends it.
        if self.open
            && let Some(client) = self.client.take()
        {
            drop(Object::take(client));
        }
    }
}

/// A pool on the primary. Reads that decide go there too.
pub fn pool(url: &str, size: usize) -> Result<Pool, Fault> {
    let config: tokio_postgres::Config = url
        .parse()
        .map_err(|_| Fault::Database("the database address cannot be read".into()))?;
    let manager = Manager::from_config(
        config,
        NoTls,
        ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        },
    );
    Pool::builder(manager)
        .max_size(size)
        .build()
        .map_err(|error| Fault::Database(error.to_string()))
}

impl PostgresSql {
    /// Call from a blocking thread only.
    pub fn take(pool: &Pool, handle: &Handle, names: Arc<TableNames>) -> Result<Self, Fault> {
        let client = handle
            .block_on(pool.get())
            .map_err(|error| Fault::Database(error.to_string()))?;
        Ok(PostgresSql {
            client: Some(client),
            handle: handle.clone(),
            resolver: Resolver::new(Backend::Postgres, names),
            open: false,
        })
    }

    pub(crate) fn begin(&mut self, text: &str) -> Result<(), Fault> {
        self.open = true;
        self.batch(text)
    }

    /// # Errors
    /// [`Fault::Stopped`] where nobody knows whether it was committed: the caller repeats with its key.
    pub(crate) fn commit(&mut self) -> Result<(), Fault> {
        let probe = self.resolver.probe();
        probed(probe.as_deref(), "COMMIT", || {
            let outcome = self.handle.block_on(self.client()?.batch_execute("COMMIT"));
            outcome.map_err(|error| match error.as_db_error() {
                Some(_) => fault(error),
                None => Fault::Stopped(format!("the connection was lost during a commit: {error}")),
            })
        })?;
        self.open = false;
        Ok(())
    }

    pub(crate) fn rollback(&mut self) -> Result<(), Fault> {
        self.batch("ROLLBACK")?;
        self.open = false;
        Ok(())
    }

    fn batch(&mut self, text: &str) -> Result<(), Fault> {
        let probe = self.resolver.probe();
        probed(probe.as_deref(), text, || {
            self.handle.block_on(self.client()?.batch_execute(text)).map_err(fault)
        })
    }

    fn client(&self) -> Result<&Object, Fault> {
        self.client
            .as_ref()
            .ok_or_else(|| Fault::Internal("a connection was used after its end".into()))
    }
}

impl Sql for PostgresSql {
    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Fault> {
        let text = self.resolver.resolve(sql)?;
        let probe = self.resolver.probe();
        probed(probe.as_deref(), &text, || {
            let client = self.client()?;
            let rows = self.handle.block_on(async {
                let statement = client.prepare_cached(&text).await?;
                client.query(&statement, &by_reference(params)).await
            });
            rows.map_err(fault)?.iter().map(read).collect()
        })
    }

    fn each(
        &mut self,
        sql: &str,
        params: &[Value],
        take: &mut dyn FnMut(Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let text = self.resolver.resolve(sql)?;
        let client = self.client()?;
        let rows = self.handle.block_on(async {
            let statement = client.prepare_cached(&text).await?;
            client.query_raw(&statement, by_reference(params)).await
        });
        let mut rows = std::pin::pin!(rows.map_err(fault)?);
        while let Some(row) = self.handle.block_on(rows.next()) {
            take(read(&row.map_err(fault)?)?)?;
        }
        Ok(())
    }

    fn check(&mut self, sql: &str) -> Result<(), Fault> {
        let text = self.resolver.resolve(sql)?;
        let prepared = self.handle.block_on(self.client()?.prepare(&text));
        prepared.map(|_| ()).map_err(fault)
    }

    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, Fault> {
        // The set-up drives its transactions by plain texts.
        match sql {
            "BEGIN" => return self.begin(sql).map(|()| 0),
            "COMMIT" => return self.commit().map(|()| 0),
            "ROLLBACK" => return self.rollback().map(|()| 0),
            _ => {}
        }
        let text = self.resolver.resolve(sql)?;
        let probe = self.resolver.probe();
        probed(probe.as_deref(), &text, || {
            let client = self.client()?;
            self.handle
                .block_on(async {
                    let statement = client.prepare_cached(&text).await?;
                    client.execute(&statement, &by_reference(params)).await
                })
                .map_err(fault)
        })
    }

    fn backend(&self) -> Backend {
        Backend::Postgres
    }
}

fn by_reference(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) if *ty == Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
            Value::Int(value) if *ty == Type::BOOL => (*value != 0).to_sql(ty, out),
            Value::Int(value) if *ty == Type::INT8 => value.to_sql(ty, out),
            Value::Text(value) if <String as ToSql>::accepts(ty) => value.to_sql(ty, out),
            Value::Blob(value) if *ty == Type::BYTEA => value.to_sql(ty, out),
            _ => Err(format!("a value does not fit a parameter of type {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn read(row: &tokio_postgres::Row) -> Result<Row, Fault> {
    let mut values = Vec::with_capacity(row.len());
    for (index, column) in row.columns().iter().enumerate() {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(index).map(Value::from),
            Type::INT4 => row.try_get::<_, Option<i32>>(index).map(Value::from),
            Type::BOOL => row.try_get::<_, Option<bool>>(index).map(Value::from),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index).map(Value::from),
            _ => row.try_get::<_, Option<String>>(index).map(Value::from),
        };
        values.push(value.map_err(fault)?);
    }
    Ok(Row(values))
}

pub(crate) fn fault(error: tokio_postgres::Error) -> Fault {
    let Some(database) = error.as_db_error() else {
        return Fault::Database(error.to_string());
    };
    // The driver's detail may quote row values, so only code and message are kept.
    let text = format!("{} {}", database.code().code(), database.message());
    match database.code().code() {
        // serialization failure, deadlock, unique violation (two commands with one key or version)
        "40001" | "40P01" | "23505" => Fault::Race(text),
        "53100" => Fault::Full,
        _ => Fault::Database(text),
    }
}
