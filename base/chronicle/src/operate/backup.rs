//! A portable backup: one consistent state as lines of JSON, the sealed files beside it, and a manifest
//! with the hash of everything. It may be restored into the other engine.
//!
//! Payloads and files stay sealed; the keys in it are wrapped under the deployment's key, which is not
//! part of it and must be kept elsewhere.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use object_store::ObjectStoreExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::portable::{self, EVENT_COLUMNS, HashedFile, unusable};
use crate::blob::{Blobs, store_fault};
use crate::chronicle::{Chronicle, Reader};
use crate::db::Fault;

pub(super) const MANIFEST: &str = "MANIFEST.json";
pub(super) const MANIFEST_SUM: &str = "MANIFEST.json.sha256";
pub(super) const EVENTS: &str = "event.ndjson";
pub(super) const BLOBS: &str = "blob.ndjson";
pub(super) const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: u32,
    pub jurisdiction: String,
    pub software: String,
    /// Microseconds UTC.
    pub taken_at: i64,
    pub events: u64,
    pub blobs: u64,
    /// By file name.
    pub files: BTreeMap<String, FileEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    pub sha256: String,
    pub bytes: u64,
    pub rows: u64,
    pub columns: Vec<String>,
}

/// Takes a backup into a folder that is new or empty, while the chronicle serves. The manifest is
/// written last: a folder without one is no backup.
///
/// # Errors
/// [`Fault`] when the folder is not empty, or from database and files.
pub async fn backup(chronicle: &Chronicle, folder: &Path) -> Result<Manifest, Fault> {
    let name = folder.display().to_string();
    fs::create_dir_all(folder).map_err(|error| unusable(&name, &error))?;
    let mut content = fs::read_dir(folder).map_err(|error| unusable(&name, &error))?;
    if content.next().is_some() {
        return Err(Fault::File(format!("{name} is not empty")));
    }
    let target = folder.to_path_buf();
    let (mut files, blobs) = chronicle.read(move |reader| tables(reader, &target)).await?;
    // Files are never changed and are there before their keys, so they may be copied after the tables.
    let entry = copy_blobs(chronicle, &blobs, folder).await?;
    files.insert(BLOBS.to_owned(), entry);
    let manifest = Manifest {
        format: FORMAT,
        jurisdiction: chronicle.jurisdiction().to_owned(),
        software: chronicle.core().software.to_owned(),
        taken_at: chronicle.clock().now().as_microsecond(),
        events: files[EVENTS].rows,
        blobs: files[BLOBS].rows,
        files,
    };
    write_manifest(&manifest, folder).map_err(|error| unusable(&name, &error))?;
    Ok(manifest)
}

/// Writes all tables from one consistent state; returns the ids of the files that belong to it, too.
fn tables(reader: &mut Reader<'_>, folder: &Path) -> Result<(BTreeMap<String, FileEntry>, Vec<String>), Fault> {
    let sql = reader.sql();
    let mut files = BTreeMap::new();
    for table in portable::tables(sql)? {
        let columns = portable::columns(sql, &table)?;
        let query = format!("SELECT {} FROM {table}", columns.join(", "));
        let path = folder.join(format!("{table}.ndjson"));
        files.insert(
            format!("{table}.ndjson"),
            portable::export(sql, &query, columns, &path)?,
        );
    }
    // In the dense order, so that a line's number is its event's position; those that still wait for
    // theirs come last, in the order in which the sequencer would take them.
    let query = format!(
        "SELECT e.{} FROM event e LEFT JOIN event_position p ON p.seq = e.seq
         ORDER BY CASE WHEN p.position IS NULL THEN 1 ELSE 0 END, p.position, e.seq",
        EVENT_COLUMNS.join(", e.")
    );
    let columns = EVENT_COLUMNS.iter().map(|&name| name.to_owned()).collect();
    files.insert(
        EVENTS.to_owned(),
        portable::export(sql, &query, columns, &folder.join(EVENTS))?,
    );
    let keys = sql.query(
        "SELECT key_id FROM event_key WHERE key_id LIKE 'blob/%' ORDER BY key_id",
        &[],
    )?;
    let blobs = keys.iter().filter_map(|row| row.text(0).strip_prefix("blob/"));
    Ok((files, blobs.map(str::to_owned).collect()))
}

async fn copy_blobs(chronicle: &Chronicle, ids: &[String], folder: &Path) -> Result<FileEntry, Fault> {
    let mut list = HashedFile::create(&folder.join(BLOBS))?;
    for id in ids {
        let sealed = chronicle
            .core()
            .blobs
            .store
            .get(&Blobs::path(id)?)
            .await
            .map_err(store_fault)?;
        let sealed = sealed.bytes().await.map_err(store_fault)?;
        let path = blob_path(folder, id);
        write_new(&path, &sealed).map_err(|error| unusable(&path.display().to_string(), &error))?;
        list.line(&serde_json::json!([
            id,
            sealed.len(),
            hex::encode(Sha256::digest(&sealed))
        ]))?;
    }
    list.finish(["id", "bytes", "sha256"].map(str::to_owned).to_vec())
}

pub(super) fn blob_path(folder: &Path, id: &str) -> PathBuf {
    folder.join("blobs").join(&id[..2]).join(id)
}

fn write_new(path: &Path, content: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::create_new(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn write_manifest(manifest: &Manifest, folder: &Path) -> std::io::Result<()> {
    let text = serde_json::to_vec_pretty(manifest)?;
    // As sha256sum writes and checks it.
    let sum = format!("{}  {MANIFEST}\n", hex::encode(Sha256::digest(&text)));
    write_new(&folder.join(MANIFEST_SUM), sum.as_bytes())?;
    write_new(&folder.join("MANIFEST.new"), &text)?;
    fs::rename(folder.join("MANIFEST.new"), folder.join(MANIFEST))?;
    File::open(folder)?.sync_all()
}
