//! The entries of laws, as JSON: they are few and read whole.

use std::collections::BTreeMap;

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, Value, View, params};

use crate::events::LawEvent;
use crate::law::Law;

pub struct LawList;

impl View for LawList {
    fn name(&self) -> &'static str {
        "law_list"
    }

    fn version(&self) -> i32 {
        2
    }

    fn tables(&self) -> &'static [&'static str] {
        &["law_list"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &["CREATE TABLE {law_list} (name TEXT PRIMARY KEY, full_name TEXT NOT NULL, entry TEXT NOT NULL)"]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "law"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<LawEvent>()? else {
            return Ok(());
        };
        let LawEvent::Entered(law) = &*known else {
            return Ok(());
        };
        let entry = serde_json::to_string(law)
            .map_err(|cause| Fault::Internal(format!("a law's entry does not serialise: {cause}")))?;
        sql.execute(
            "INSERT INTO {law_list} (name, full_name, entry) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET full_name = excluded.full_name, entry = excluded.entry",
            &params![law.name.as_str(), law.full_name.as_str(), entry],
        )?;
        Ok(())
    }
}

/// All laws by short name.
///
/// # Errors
/// [`Fault`] from the database, or an entry that does not parse.
pub fn laws(reader: &mut Reader<'_>) -> Result<BTreeMap<String, Law>, Fault> {
    let rows = reader.query("SELECT name, entry FROM {law_list} ORDER BY name", &[])?;
    rows.iter()
        .map(|row| Ok((row.text(0).to_owned(), parse(row.text(1))?)))
        .collect()
}

/// Laws whose name has these words in it, by short name.
///
/// # Errors
/// As [`laws`].
pub fn laws_named(reader: &mut Reader<'_>, words: &str, most: u32) -> Result<Vec<Law>, Fault> {
    let rows = reader.query(
        "SELECT entry FROM {law_list} WHERE name LIKE $1 ESCAPE '!' OR full_name LIKE $1 ESCAPE '!'
         ORDER BY name LIMIT $2",
        &params![Value::containing(words), most],
    )?;
    rows.iter().map(|row| parse(row.text(0))).collect()
}

/// Laws after this short name, in its order.
///
/// # Errors
/// As [`laws`].
pub fn laws_after(reader: &mut Reader<'_>, after: &str, most: i64) -> Result<Vec<Law>, Fault> {
    let rows = reader.query(
        "SELECT entry FROM {law_list} WHERE name > $1 ORDER BY name LIMIT $2",
        &params![after, most],
    )?;
    rows.iter().map(|row| parse(row.text(0))).collect()
}

/// # Errors
/// As [`laws`].
pub fn law(reader: &mut Reader<'_>, name: &str) -> Result<Option<Law>, Fault> {
    let row = reader.query_one("SELECT entry FROM {law_list} WHERE name = $1", &[name.into()])?;
    row.map(|row| parse(row.text(0))).transpose()
}

fn parse(entry: &str) -> Result<Law, Fault> {
    serde_json::from_str(entry).map_err(|cause| Fault::Inconsistent(format!("a law's entry does not parse: {cause}")))
}
