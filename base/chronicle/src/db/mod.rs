//! The seam to SQLite and PostgreSQL. One SQL text serves both; they meet only here.
//!
//! Texts use the portable subset and three tokens that the seam resolves:
//! `{name}` = the table (or index prefix) of a view, `{blob}` = the column type for bytes,
//! `{for_update}` / `{for_share}` = row locks (empty on SQLite, whose single writer needs none).

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

pub mod postgres;
pub mod probe;
pub mod sqlite;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A column value or parameter. Times are microseconds UTC, dates and JSON are text, booleans 0 and 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Value {
    /// A pattern for `LIKE $n ESCAPE '!'` that finds texts with these words in them; a wildcard of the input is a
    /// character. At most 60 characters count.
    pub fn containing(words: &str) -> Value {
        let mut pattern = String::with_capacity(words.len() + 2);
        pattern.push('%');
        for c in words.chars().take(60) {
            if matches!(c, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(c);
        }
        pattern.push('%');
        Value::Text(pattern)
    }
}
impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}
impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Int(value.into())
    }
}
impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Value::Int(value.into())
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Int(value.into())
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}
impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Value::Text(value.clone())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}
impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Value::Blob(value)
    }
}
impl From<jiff::Timestamp> for Value {
    fn from(value: jiff::Timestamp) -> Self {
        Value::Int(value.as_microsecond())
    }
}
impl From<jiff::civil::Date> for Value {
    fn from(value: jiff::civil::Date) -> Self {
        Value::Text(value.to_string())
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// Parameters of a statement: `params![body, at, 3]`.
#[macro_export]
macro_rules! params {
    // Not `vec!`: lints of the callers would advise a slice.
    ($($value:expr),* $(,)?) => {
        <[$crate::db::Value]>::into_vec(::std::boxed::Box::new([$($crate::db::Value::from($value)),*]))
    };
}

/// One row of a result. Reading a column as the wrong type is a fault of the program, so it panics in
/// tests and yields the empty value of the type in release; columns that may be null have `opt_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row(pub Vec<Value>);

impl Row {
    pub fn int(&self, column: usize) -> i64 {
        self.opt_int(column).unwrap_or_default()
    }

    pub fn opt_int(&self, column: usize) -> Option<i64> {
        match self.0.get(column) {
            Some(Value::Int(value)) => Some(*value),
            Some(Value::Null) => None,
            other => {
                debug_assert!(false, "column {column} is {other:?}, not an integer");
                None
            }
        }
    }

    pub fn text(&self, column: usize) -> &str {
        self.opt_text(column).unwrap_or_default()
    }

    pub fn opt_text(&self, column: usize) -> Option<&str> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Some(value),
            Some(Value::Null) => None,
            other => {
                debug_assert!(false, "column {column} is {other:?}, not text");
                None
            }
        }
    }

    pub fn blob(&self, column: usize) -> &[u8] {
        match self.0.get(column) {
            Some(Value::Blob(value)) => value,
            other => {
                debug_assert!(
                    matches!(other, Some(Value::Null)),
                    "column {column} is {other:?}, not bytes"
                );
                &[]
            }
        }
    }

    pub fn timestamp(&self, column: usize) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.int(column)).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    pub fn date(&self, column: usize) -> Option<jiff::civil::Date> {
        self.opt_text(column).and_then(|text| text.parse().ok())
    }
}

/// Statements, whoever executes them.
pub trait Sql {
    /// # Errors
    /// [`Fault`] from the driver.
    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Fault>;
    /// Rows changed.
    ///
    /// # Errors
    /// [`Fault`] from the driver.
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, Fault>;
    fn backend(&self) -> Backend;

    /// Whether the engine understands a text. Nothing is executed.
    ///
    /// # Errors
    /// [`Fault`] where it does not.
    fn check(&mut self, sql: &str) -> Result<(), Fault>;

    /// Hands over row by row what would be too much at once.
    ///
    /// # Errors
    /// [`Fault`] from the driver or from `take`.
    fn each(
        &mut self,
        sql: &str,
        params: &[Value],
        take: &mut dyn FnMut(Row) -> Result<(), Fault>,
    ) -> Result<(), Fault>;

    /// The first row, if any.
    ///
    /// # Errors
    /// [`Fault`] from the driver.
    fn query_one(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>, Fault> {
        Ok(self.query(sql, params)?.into_iter().next())
    }
}

/// Something failed that nobody may be blamed for. The text never holds parameters or payloads.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    #[error("database: {0}")]
    Database(String),
    /// Lost a race; running the command again can succeed.
    #[error("database race: {0}")]
    Race(String),
    /// No space left. Nothing of the command was kept.
    #[error("storage is full")]
    Full,
    /// A write to disk failed in a way that leaves its outcome unknown; the writer stopped and a restart decides.
    #[error("storage stopped: {0}")]
    Stopped(String),
    /// Stored data contradict an invariant.
    #[error("inconsistent data: {0}")]
    Inconsistent(String),
    #[error("sealed data cannot be opened: {0}")]
    Seal(String),
    #[error("file: {0}")]
    File(String),
    /// More work is waiting than can be done soon.
    #[error("too busy")]
    Busy,
    #[error("internal: {0}")]
    Internal(String),
}

/// Which physical table serves each view now; shared by all connections of a process.
#[derive(Default)]
pub struct TableNames {
    names: RwLock<HashMap<String, String>>,
    /// Grows when a name changes, so that connections drop resolved texts.
    epoch: AtomicU64,
    probe: Option<Arc<dyn probe::Probe>>,
}

impl TableNames {
    pub(crate) fn probed(probe: Option<Arc<dyn probe::Probe>>) -> Self {
        TableNames {
            probe,
            ..TableNames::default()
        }
    }

    pub fn set(&self, logical: &str, physical: &str) {
        self.names
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(logical.to_owned(), physical.to_owned());
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }

    pub fn get(&self, logical: &str) -> Option<String> {
        self.names
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(logical)
            .cloned()
    }
}

/// Turns portable text into the text of one engine and remembers it.
pub(crate) struct Resolver {
    backend: Backend,
    names: Arc<TableNames>,
    /// Names that hold for this connection only (a shadow being built).
    own: HashMap<String, String>,
    epoch: u64,
    resolved: HashMap<String, Arc<str>>,
}

impl Resolver {
    pub(crate) fn new(backend: Backend, names: Arc<TableNames>) -> Self {
        Resolver {
            backend,
            names,
            own: HashMap::new(),
            epoch: 0,
            resolved: HashMap::new(),
        }
    }

    pub(crate) fn set_own(&mut self, own: HashMap<String, String>) {
        self.own = own;
        self.resolved.clear();
    }

    pub(crate) fn probe(&self) -> Option<Arc<dyn probe::Probe>> {
        self.names.probe.clone()
    }

    pub(crate) fn resolve(&mut self, sql: &str) -> Result<Arc<str>, Fault> {
        let epoch = self.names.epoch.load(Ordering::SeqCst);
        // The bound keeps texts that were put together from pieces from growing the memory for ever.
        if epoch != self.epoch || self.resolved.len() > 4096 {
            self.resolved.clear();
            self.epoch = epoch;
        }
        if let Some(text) = self.resolved.get(sql) {
            return Ok(Arc::clone(text));
        }
        if let Some(probe) = &self.names.probe {
            probe.statement(sql);
        }
        let text: Arc<str> = self.translate(sql)?.into();
        self.resolved.insert(sql.to_owned(), Arc::clone(&text));
        Ok(text)
    }

    fn translate(&self, sql: &str) -> Result<String, Fault> {
        let mut out = String::with_capacity(sql.len() + 32);
        let mut rest = sql;
        while let Some(at) = rest.find(['{', '$', '\'']) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            if rest.starts_with('{') {
                let end = rest
                    .find('}')
                    .ok_or_else(|| Fault::Internal("a token in SQL is not closed".into()))?;
                out.push_str(&self.token(&rest[1..end])?);
                rest = &rest[end + 1..];
            } else if rest.starts_with('\'') {
                // String literals pass untouched (json paths hold `$`).
                let end = rest[1..].find('\'').map_or(rest.len(), |end| end + 2);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            } else {
                // SQLite numbers `$1` by first appearance, `?1` by its number.
                out.push(if self.backend == Backend::Sqlite { '?' } else { '$' });
                rest = &rest[1..];
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    fn token(&self, name: &str) -> Result<String, Fault> {
        let sqlite = self.backend == Backend::Sqlite;
        let fixed = match name {
            "blob" => Some(if sqlite { "BLOB" } else { "BYTEA" }),
            "serial" => Some(if sqlite {
                "INTEGER PRIMARY KEY AUTOINCREMENT"
            } else {
                "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
            }),
            "for_update" => Some(if sqlite { "" } else { "FOR UPDATE" }),
            "for_share" => Some(if sqlite { "" } else { "FOR SHARE" }),
            "skip_locked" => Some(if sqlite { "" } else { "FOR UPDATE SKIP LOCKED" }),
            _ => None,
        };
        if let Some(text) = fixed {
            return Ok(text.to_owned());
        }
        self.own
            .get(name)
            .cloned()
            .or_else(|| self.names.get(name))
            .ok_or_else(|| Fault::Internal(format!("no view serves the table {name}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(backend: Backend, sql: &str, expect: &str) {
        let names = Arc::new(TableNames::default());
        names.set("case_list", "case_list_v2_g1");
        let mut resolver = Resolver::new(backend, names);
        assert_eq!(&*resolver.resolve(sql).unwrap(), expect);
    }

    #[test]
    fn tokens_and_parameters_are_resolved() {
        check(
            Backend::Sqlite,
            "SELECT a FROM {case_list} WHERE b = $2 AND c = $1",
            "SELECT a FROM case_list_v2_g1 WHERE b = ?2 AND c = ?1",
        );
        check(
            Backend::Postgres,
            "SELECT a FROM {case_list} WHERE b = $1 {for_update}",
            "SELECT a FROM case_list_v2_g1 WHERE b = $1 FOR UPDATE",
        );
        check(
            Backend::Sqlite,
            "SELECT '$.x', '{' FROM t WHERE a = $1",
            "SELECT '$.x', '{' FROM t WHERE a = ?1",
        );
    }

    #[test]
    fn an_unknown_view_is_a_fault() {
        let mut resolver = Resolver::new(Backend::Sqlite, Arc::new(TableNames::default()));
        assert!(resolver.resolve("SELECT 1 FROM {nowhere}").is_err());
    }
}
