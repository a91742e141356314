//! Tables as lines of JSON, the same from both engines and into both.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::backup::FileEntry;
use crate::db::{Backend, Fault, Row, Sql, Value};
use crate::params;

/// Made again by a restore, or carried in a form of their own.
const NOT_AS_THEY_ARE: &[&str] = &[
    "event",
    "event_position",
    "event_waiting",
    "sequencer",
    "stream",
    "view_state",
    "migration",
];

pub(super) const EVENT_COLUMNS: &[&str] = &[
    "event_id",
    "jurisdiction",
    "stream",
    "version",
    "kind",
    "schema_no",
    "recorded_at",
    "happened_on",
    "class",
    "body",
    "actor",
    "post",
    "command_id",
    "cause",
    "made_with",
    "payload",
];

/// Tables that are neither views nor made again, in the order of their creation (so that what others
/// refer to comes first).
pub(super) fn tables(sql: &mut dyn Sql) -> Result<Vec<String>, Fault> {
    let text = match sql.backend() {
        Backend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid"
        }
        Backend::Postgres => {
            "SELECT c.relname::text FROM pg_class c
             WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY c.oid"
        }
    };
    let rows = sql.query(text, &[])?;
    let names = rows.iter().map(|row| row.text(0));
    Ok(names
        .filter(|name| !NOT_AS_THEY_ARE.contains(name) && !is_view_table(name))
        .map(str::to_owned)
        .collect())
}

/// `case_list_v2_g1`: the physical name that a view's table has.
fn is_view_table(name: &str) -> bool {
    let numbered = |part: &str, letter: char| {
        part.strip_prefix(letter)
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut parts = name.rsplit('_');
    parts.next().is_some_and(|part| numbered(part, 'g')) && parts.next().is_some_and(|part| numbered(part, 'v'))
}

pub(super) fn columns(sql: &mut dyn Sql, table: &str) -> Result<Vec<String>, Fault> {
    let text = match sql.backend() {
        Backend::Sqlite => "SELECT name FROM pragma_table_info($1) ORDER BY cid",
        Backend::Postgres => {
            "SELECT column_name::text FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name::text = $1 ORDER BY ordinal_position"
        }
    };
    let rows = sql.query(text, &params![table])?;
    Ok(rows.iter().map(|row| row.text(0).to_owned()).collect())
}

/// Whether a name is one that texts may be put together from.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Writes what a query yields, a row a line, and syncs it.
pub(super) fn export(sql: &mut dyn Sql, query: &str, columns: Vec<String>, path: &Path) -> Result<FileEntry, Fault> {
    let mut file = HashedFile::create(path)?;
    sql.each(query, &[], &mut |row| file.line(&to_json(&row)))?;
    file.finish(columns)
}

pub(super) struct HashedFile {
    out: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
    rows: u64,
    name: String,
}

impl HashedFile {
    pub(super) fn create(path: &Path) -> Result<HashedFile, Fault> {
        let name = path.display().to_string();
        let file = File::create_new(path).map_err(|error| unusable(&name, &error))?;
        Ok(HashedFile {
            out: BufWriter::new(file),
            hash: Sha256::new(),
            bytes: 0,
            rows: 0,
            name,
        })
    }

    pub(super) fn line(&mut self, json: &Json) -> Result<(), Fault> {
        let line = format!("{json}\n");
        self.hash.update(line.as_bytes());
        self.bytes += line.len() as u64;
        self.rows += 1;
        self.out
            .write_all(line.as_bytes())
            .map_err(|error| unusable(&self.name, &error))
    }

    pub(super) fn finish(mut self, columns: Vec<String>) -> Result<FileEntry, Fault> {
        self.out
            .flush()
            .and_then(|()| self.out.get_ref().sync_all())
            .map_err(|error| unusable(&self.name, &error))?;
        Ok(FileEntry {
            sha256: hex::encode(self.hash.finalize()),
            bytes: self.bytes,
            rows: self.rows,
            columns,
        })
    }
}

/// Length and SHA-256 of a file.
pub(super) fn hash_file(path: &Path) -> Result<(u64, String), Fault> {
    let name = path.display().to_string();
    let mut file = File::open(path).map_err(|error| unusable(&name, &error))?;
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer).map_err(|error| unusable(&name, &error))?;
        if read == 0 {
            return Ok((bytes, hex::encode(hash.finalize())));
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// Hands over every line of an exported file.
pub(super) fn import(path: &Path, mut take: impl FnMut(Vec<Value>) -> Result<(), Fault>) -> Result<(), Fault> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| unusable(&name, &error))?;
    let mut file = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut one = (&mut file).take(LONGEST_LINE);
        one.read_until(b'\n', &mut line)
            .map_err(|error| unusable(&name, &error))?;
        if line.is_empty() {
            return Ok(());
        }
        let values = serde_json::from_slice::<Vec<Json>>(&line).ok();
        let values = values.and_then(|values| values.into_iter().map(from_json).collect::<Option<Vec<_>>>());
        take(values.ok_or_else(|| Fault::Inconsistent(format!("a line of {name} is no row")))?)?;
    }
}

/// More than any row needs; a line that is cut here is no row any more.
const LONGEST_LINE: u64 = 256 << 20;

pub(super) fn unusable(name: &str, error: &std::io::Error) -> Fault {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return Fault::Full;
    }
    Fault::File(format!("{name}: {error}"))
}

fn to_json(row: &Row) -> Json {
    let values = row.0.iter().map(|value| match value {
        Value::Null => Json::Null,
        Value::Int(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_str()),
        Value::Blob(bytes) => serde_json::json!({ "base64": BASE64.encode(bytes) }),
    });
    Json::Array(values.collect())
}

fn from_json(json: Json) -> Option<Value> {
    match json {
        Json::Null => Some(Value::Null),
        Json::Number(number) => number.as_i64().map(Value::Int),
        Json::String(text) => Some(Value::Text(text)),
        Json::Object(object) => BASE64.decode(object.get("base64")?.as_str()?).ok().map(Value::Blob),
        Json::Bool(_) | Json::Array(_) => None,
    }
}

/// Names that a backup has and the database lacks.
pub(super) fn lacking(wanted: impl Iterator<Item = String>, present: &[String]) -> Vec<String> {
    let present: BTreeSet<_> = present.iter().collect();
    wanted.filter(|name| !present.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_views_are_told_from_others() {
        for (name, view) in [
            ("case_list_v2_g1", true),
            ("x_v10_g12", true),
            ("draft", false),
            ("draft_v2", false),
            ("v_g1", false),
            ("a_v_g", false),
            ("a_g1_v1", false),
        ] {
            assert_eq!(is_view_table(name), view, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_file_holds_is_rows_or_a_fault(content in proptest::collection::vec(0_u8..=255, 0..400), json in ".{0,80}") {
            let path = std::env::temp_dir().join(format!("mingjing-import-{}", crate::Chance::System.id()));
            for bytes in [content, json.into_bytes()] {
                std::fs::write(&path, bytes).unwrap();
                let mut rows = 0;
                let outcome = import(&path, |_| {
                    rows += 1;
                    Ok(())
                });
                let lines = std::fs::read(&path).unwrap().split(|&byte| byte == b'\n').count();
                assert!(outcome.is_err() || rows <= lines);
            }
            std::fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn rows_come_back_as_they_went() {
        let row = Row(vec![
            Value::Null,
            Value::Int(i64::MIN),
            Value::Text("石\n\u{0}'\"".into()),
            Value::Blob(vec![0, 255, 10]),
        ]);
        let Json::Array(values) = serde_json::from_str(&to_json(&row).to_string()).unwrap() else {
            panic!("a row is an array");
        };
        let back: Option<Vec<_>> = values.into_iter().map(from_json).collect();
        assert_eq!(back, Some(row.0));
        for wrong in ["1.5", "true", "[1]", "{\"base64\":\"?\"}", "{}"] {
            assert_eq!(from_json(serde_json::from_str(wrong).unwrap()), None, "{wrong}");
        }
    }
}
