//! Restores a backup into an empty place, forgets again what was erased since, and proves the result.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use object_store::{ObjectStoreExt, PutPayload};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use super::backup::{BLOBS, EVENTS, FORMAT, FileEntry, MANIFEST, MANIFEST_SUM, Manifest, blob_path};
use super::check::{Report, rebuild_check};
use super::erase::apply_journal;
use super::portable::{self, EVENT_COLUMNS, hash_file, import, is_name, lacking, unusable};
use super::rebuild::{Old, rebuild_views};
use crate::blob::{BlobPlace, Blobs, fault_of, store_fault};
use crate::chronicle::{Blueprint, Chronicle, Location, blocking};
use crate::context::{Actor, Chance, Clock};
use crate::db::postgres::{self, PostgresSql};
use crate::db::{Fault, Sql, Value};
use crate::params;
use crate::seal::KeyRing;
use crate::tx::Tx;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    pub manifest: Manifest,
    /// Keys that the erasure journal deleted again.
    pub erased: u64,
    /// All tables equal what the events say.
    pub report: Report,
}

/// Restores into a place where nothing is. Everything of the backup is verified first; `journal` is the
/// erasure journal that lies outside the backup.
///
/// # Errors
/// [`Fault`] when the backup is damaged, of another jurisdiction or of a newer program, the place is not
/// empty, the deployment key is another, or the result is not what the events say. What was begun is
/// left there and is to be cleared away before the next try.
pub async fn restore(
    folder: &Path,
    location: Location,
    blueprint: Blueprint,
    keys: KeyRing,
    clock: Clock,
    chance: Chance,
    journal: Option<&Path>,
) -> Result<Restored, Fault> {
    let source = folder.to_path_buf();
    let manifest = blocking(move || verified(&source)).await?;
    if manifest.jurisdiction != blueprint.jurisdiction {
        return Err(Fault::Inconsistent("the backup is of another jurisdiction".into()));
    }
    must_be_empty(&location).await?;
    let chronicle = Chronicle::open(location, blueprint, keys, clock, chance).await?;
    copy_blobs(&chronicle, folder).await?;
    let (source, files) = (folder.to_path_buf(), manifest.files.clone());
    chronicle
        .inside(Actor::system(), move |tx| Ok(fill(tx, &source, &files)?))
        .await
        .map_err(fault_of)?;
    let erased = match journal {
        Some(journal) => apply_journal(&chronicle, journal).await?,
        None => 0,
    };
    let report = rebuild_check(&chronicle).await?;
    if !report.equal() {
        return Err(Fault::Inconsistent(
            "the restored views are not what the events say".into(),
        ));
    }
    Ok(Restored {
        manifest,
        erased,
        report,
    })
}

fn verified(folder: &Path) -> Result<Manifest, Fault> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).map_err(|error| unusable(&path.display().to_string(), &error))?;
    let sum = folder.join(MANIFEST_SUM);
    let sum = fs::read_to_string(&sum).map_err(|error| unusable(&sum.display().to_string(), &error))?;
    if sum.split_whitespace().next() != Some(hex::encode(Sha256::digest(&text)).as_str()) {
        return Err(Fault::Inconsistent("the manifest is damaged".into()));
    }
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|_| Fault::Inconsistent("the manifest cannot be read".into()))?;
    if manifest.format != FORMAT {
        return Err(Fault::Inconsistent(format!(
            "format {} of a backup is unknown",
            manifest.format
        )));
    }
    for (name, entry) in &manifest.files {
        let proper =
            name.strip_suffix(".ndjson").is_some_and(is_name) && entry.columns.iter().all(|name| is_name(name));
        let (bytes, sha256) = if proper {
            hash_file(&folder.join(name))?
        } else {
            (0, String::new())
        };
        if bytes != entry.bytes || sha256 != entry.sha256 {
            return Err(Fault::Inconsistent(format!("{name} of the backup is damaged")));
        }
    }
    if !manifest.files.contains_key(EVENTS) || !manifest.files.contains_key(BLOBS) {
        return Err(Fault::Inconsistent("the backup is not complete".into()));
    }
    import(&folder.join(BLOBS), |values| {
        let (id, bytes, sha256) = blob_line(&values)?;
        let (there, content) = hash_file(&blob_path(folder, id))?;
        if there as i64 == bytes && content == sha256 {
            return Ok(());
        }
        Err(Fault::Inconsistent("a file of the backup is damaged".into()))
    })?;
    Ok(manifest)
}

fn blob_line(values: &[Value]) -> Result<(&str, i64, &str), Fault> {
    match values {
        [Value::Text(id), Value::Int(bytes), Value::Text(sha256)] if Blobs::path(id).is_ok() => {
            Ok((id, *bytes, sha256))
        }
        _ => Err(Fault::Inconsistent("the backup's list of files is damaged".into())),
    }
}

async fn must_be_empty(location: &Location) -> Result<(), Fault> {
    let blobs: BlobPlace = match location {
        Location::Folder(folder) => {
            if folder.join("mingjing.db").exists() {
                return Err(Fault::Inconsistent("there is a database already".into()));
            }
            folder.join("blobs").into()
        }
        Location::Postgres { url, blobs } => {
            let pool = postgres::pool(url, 1)?;
            let handle = Handle::current();
            let tables = blocking(move || {
                let mut sql = PostgresSql::take(&pool, &handle, Default::default())?;
                portable::tables(&mut sql)
            })
            .await?;
            if !tables.is_empty() {
                return Err(Fault::Inconsistent("there are tables already".into()));
            }
            blobs.clone()
        }
    };
    if !blobs.is_empty().await? {
        return Err(Fault::Inconsistent("there are files already".into()));
    }
    Ok(())
}

async fn copy_blobs(chronicle: &Chronicle, folder: &Path) -> Result<(), Fault> {
    let mut ids = Vec::new();
    import(&folder.join(BLOBS), |values| {
        ids.push(blob_line(&values)?.0.to_owned());
        Ok(())
    })?;
    for id in ids {
        let path = blob_path(folder, &id);
        let sealed = fs::read(&path).map_err(|error| unusable(&path.display().to_string(), &error))?;
        let path = Blobs::path(&id)?;
        let store = &chronicle.core().blobs.store;
        store.put(&path, PutPayload::from(sealed)).await.map_err(store_fault)?;
    }
    Ok(())
}

/// Everything in one transaction: a restore is there as a whole or not at all.
fn fill(tx: &mut Tx<'_>, folder: &Path, files: &BTreeMap<String, FileEntry>) -> Result<(), Fault> {
    let core = tx.core();
    let sql = tx.sql();
    let present = portable::tables(sql)?;
    let special = [EVENTS, BLOBS];
    let wanted = files.keys().filter(|name| !special.contains(&name.as_str()));
    let wanted = wanted.filter_map(|name| name.strip_suffix(".ndjson").map(str::to_owned));
    if let Some(table) = lacking(wanted, &present).first() {
        return Err(Fault::Inconsistent(format!(
            "this program knows no table {table}: the backup is of a newer one"
        )));
    }
    // Opening has put first rows into some of them.
    for table in present.iter().rev() {
        sql.execute(&format!("DELETE FROM {table}"), &[])?;
    }
    for table in &present {
        if let Some(entry) = files.get(&format!("{table}.ndjson")) {
            fill_table(sql, folder, table, entry)?;
        }
    }
    fill_events(sql, folder)?;
    core.cache.clear();
    rebuild_views(sql, core, Old::Emptied)?;
    Ok(())
}

fn fill_table(sql: &mut dyn Sql, folder: &Path, table: &str, entry: &FileEntry) -> Result<(), Fault> {
    let present = portable::columns(sql, table)?;
    if let Some(column) = lacking(entry.columns.iter().cloned(), &present).first() {
        return Err(Fault::Inconsistent(format!(
            "table {table} has no column {column}: the backup is of a newer program"
        )));
    }
    let text = insert(table, &entry.columns);
    import(&folder.join(format!("{table}.ndjson")), |values| {
        if values.len() != entry.columns.len() {
            return Err(Fault::Inconsistent(format!("a row of {table} has the wrong length")));
        }
        sql.execute(&text, &values).map(|_| ())
    })
}

fn insert<T: AsRef<str>>(table: &str, columns: &[T]) -> String {
    let names: Vec<_> = columns.iter().map(AsRef::as_ref).collect();
    let places: Vec<_> = (1..=columns.len()).map(|number| format!("${number}")).collect();
    format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        names.join(", "),
        places.join(", ")
    )
}

fn fill_events(sql: &mut dyn Sql, folder: &Path) -> Result<(), Fault> {
    let text = format!("{} RETURNING jurisdiction, seq", insert("event", EVENT_COLUMNS));
    let mut position = 0;
    import(&folder.join(EVENTS), |values| {
        let row = (values.len() == EVENT_COLUMNS.len()).then(|| sql.query_one(&text, &values));
        let row = row
            .transpose()?
            .flatten()
            .ok_or_else(|| Fault::Inconsistent("an event of the backup has the wrong length".into()))?;
        position += 1;
        sql.execute(
            "INSERT INTO event_position (jurisdiction, position, seq) VALUES ($1, $2, $3)",
            &params![row.text(0), position, row.int(1)],
        )?;
        Ok(())
    })?;
    sql.execute(
        "INSERT INTO stream (jurisdiction, name, version)
         SELECT jurisdiction, stream, MAX(version) FROM event GROUP BY jurisdiction, stream",
        &[],
    )?;
    sql.execute("UPDATE sequencer SET last = $1", &params![position])?;
    Ok(())
}
