//! The library of material definitions, and which item uses which version of one: what a new definition asks for.

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, View, params};

use crate::events::{ItemEvent, Shown};
use crate::material::MaterialEvent;
use crate::version::ItemStatus;

pub struct MaterialLibrary;

impl View for MaterialLibrary {
    fn name(&self) -> &'static str {
        "material_definition"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["material_definition"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &["CREATE TABLE {material_definition} (
            definition TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            version BIGINT NOT NULL,
            since TEXT NOT NULL,
            source TEXT NOT NULL,
            basis TEXT NOT NULL
        )"]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "material"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<MaterialEvent>()? else {
            return Ok(());
        };
        let MaterialEvent::Defined(version) = &*known;
        let definition = &version.definition;
        sql.execute(
            "INSERT INTO {material_definition} (definition, name, version, since, source, basis)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (definition) DO UPDATE SET name = excluded.name, version = excluded.version,
                since = excluded.since, source = excluded.source, basis = excluded.basis",
            &params![
                definition.key.as_str(),
                definition.name.as_str(),
                i64::from(version.version),
                version.since.to_string(),
                definition.source.key(),
                definition.basis.as_str(),
            ],
        )?;
        Ok(())
    }
}

pub struct MaterialUse;

impl View for MaterialUse {
    fn name(&self) -> &'static str {
        "material_use"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["material_use"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {material_use} (
                item_code TEXT NOT NULL,
                material TEXT NOT NULL,
                definition TEXT NOT NULL,
                version BIGINT NOT NULL,
                item_name TEXT NOT NULL,
                body TEXT NOT NULL,
                body_name TEXT NOT NULL,
                PRIMARY KEY (item_code, material)
            )",
            "CREATE INDEX {material_use}_by_definition ON {material_use} (definition, item_code)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "item"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<ItemEvent>()? else {
            return Ok(());
        };
        let Some(shown) = known.shown(event.envelope.recorded_at) else {
            return Ok(());
        };
        sql.execute(
            "DELETE FROM {material_use} WHERE item_code = $1",
            &params![event.envelope.stream_id()],
        )?;
        let Shown::Version(version) = shown else {
            return Ok(());
        };
        if version.status == ItemStatus::Cancelled {
            return Ok(());
        }
        for material in &version.materials {
            let Some(of) = &material.definition else {
                continue;
            };
            sql.execute(
                "INSERT INTO {material_use} (item_code, material, definition, version, item_name, body, body_name)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                &params![
                    version.item_code.as_str(),
                    material.id.as_str(),
                    of.key.as_str(),
                    i64::from(of.version),
                    version.name.as_str(),
                    version.body.as_str(),
                    version.body_name.as_str(),
                ],
            )?;
        }
        Ok(())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionRow {
    pub key: String,
    pub name: String,
    pub version: i64,
    pub since: String,
    pub source: String,
    pub basis: String,
    /// Items that use any version of it.
    pub used: i64,
    /// Of these, with an older version.
    pub behind: i64,
}

/// All definitions, by name.
///
/// # Errors
/// [`Fault`] from the database.
pub fn definitions(reader: &mut Reader<'_>, most: i64) -> Result<Vec<DefinitionRow>, Fault> {
    let rows = reader.query(
        "SELECT d.definition, d.name, d.version, d.since, d.source, d.basis,
            (SELECT COUNT(DISTINCT u.item_code) FROM {material_use} u WHERE u.definition = d.definition),
            (SELECT COUNT(DISTINCT u.item_code) FROM {material_use} u
             WHERE u.definition = d.definition AND u.version < d.version)
         FROM {material_definition} d ORDER BY d.name, d.definition LIMIT $1",
        &params![most],
    )?;
    let row = |row: &mingjing_chronicle::Row| DefinitionRow {
        key: row.text(0).to_owned(),
        name: row.text(1).to_owned(),
        version: row.int(2),
        since: row.text(3).to_owned(),
        source: row.text(4).to_owned(),
        basis: row.text(5).to_owned(),
        used: row.int(6),
        behind: row.int(7),
    };
    Ok(rows.iter().map(row).collect())
}

/// An item that uses a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseRow {
    pub item_code: String,
    pub item_name: String,
    pub body_name: String,
    pub material: String,
    pub version: i64,
}

/// The items that use a definition, those furthest behind first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn uses(reader: &mut Reader<'_>, key: &str, most: i64) -> Result<Vec<UseRow>, Fault> {
    let rows = reader.query(
        "SELECT item_code, item_name, body_name, material, version FROM {material_use}
         WHERE definition = $1 ORDER BY version, item_code, material LIMIT $2",
        &params![key, most],
    )?;
    let row = |row: &mingjing_chronicle::Row| UseRow {
        item_code: row.text(0).to_owned(),
        item_name: row.text(1).to_owned(),
        body_name: row.text(2).to_owned(),
        material: row.text(3).to_owned(),
        version: row.int(4),
    };
    Ok(rows.iter().map(row).collect())
}
