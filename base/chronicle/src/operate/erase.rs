//! Erasure: the key of an event or file is deleted, the sealed content stays and is noise from then on.
//! The journal, outside the data and its backups, makes a restore forget again.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use object_store::ObjectStoreExt;
use serde::{Deserialize, Serialize};

use super::rebuild::{Old, rebuild_views};
use crate::blob::{Blobs, fault_of, store_fault};
use crate::chronicle::Chronicle;
use crate::context::Actor;
use crate::db::Fault;
use crate::params;

#[derive(Serialize, Deserialize)]
struct Line {
    key_id: String,
    /// Microseconds UTC.
    erased_at: i64,
}

/// Erases events (by event id) and files (`blob/<id>`). The journal is on disk before anything is
/// deleted, so that no crash can leave an erasure that a restore would undo. Then keys go, states are
/// forgotten and all views are made anew without the content; commands wait meanwhile. Returns how many
/// keys existed. Other nodes forget the states that they hold in memory within a round of their followers.
///
/// # Errors
/// [`Fault`] from the journal or the database. After the journal was written, [`apply_journal`] finishes.
pub async fn erase(chronicle: &Chronicle, key_ids: &[String], journal: &Path) -> Result<u64, Fault> {
    append(journal, key_ids, chronicle.clock().now().as_microsecond()).map_err(|error| unusable(journal, &error))?;
    delete(chronicle, key_ids.to_vec()).await
}

/// Deletes again whatever the journal names: after a restore, or after a crash in the middle of an erasure.
///
/// # Errors
/// [`Fault`] where the journal cannot be read, or from the database.
pub async fn apply_journal(chronicle: &Chronicle, journal: &Path) -> Result<u64, Fault> {
    let mut text = String::new();
    match File::open(journal).and_then(|mut file| file.read_to_string(&mut text)) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(unusable(journal, &error)),
    }
    let mut key_ids = Vec::new();
    // What follows the last line break was never finished, so nothing was deleted for it.
    let (finished, _) = text.rsplit_once('\n').unwrap_or_default();
    for (number, line) in finished.lines().enumerate() {
        let line: Line = serde_json::from_str(line)
            .map_err(|_| Fault::Inconsistent(format!("line {} of the erasure journal cannot be read", number + 1)))?;
        key_ids.push(line.key_id);
    }
    delete(chronicle, key_ids).await
}

fn unusable(journal: &Path, error: &std::io::Error) -> Fault {
    Fault::File(format!("erasure journal {}: {error}", journal.display()))
}

fn append(journal: &Path, key_ids: &[String], erased_at: i64) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(journal)?;
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    // A line that a crash left unfinished would spoil the next one.
    let finished = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    file.set_len(finished as u64)?;
    file.seek(SeekFrom::End(0))?;
    for key_id in key_ids {
        let line = Line {
            key_id: key_id.clone(),
            erased_at,
        };
        writeln!(file, "{}", serde_json::to_string(&line)?)?;
    }
    file.sync_all()?;
    if let Some(folder) = journal.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

async fn delete(chronicle: &Chronicle, key_ids: Vec<String>) -> Result<u64, Fault> {
    let ids = key_ids.clone();
    let deleted = chronicle
        .inside(Actor::system(), move |tx| {
            let core = tx.core();
            let mut deleted = 0;
            for id in &ids {
                deleted += tx.execute("DELETE FROM event_key WHERE key_id = $1", &params![id])?;
            }
            if deleted > 0 {
                // Other nodes see it within a round of their followers, and forget.
                tx.execute(
                    "INSERT INTO deployment (name, value) VALUES ('erased', $1)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    &params![tx.context().id("erased")],
                )?;
                rebuild_views(tx.sql(), core, Old::Emptied)?;
            }
            Ok(deleted)
        })
        .await
        .map_err(fault_of)?;
    chronicle.core().cache.clear();
    // Without their keys the files are noise; deleting them only saves room.
    for id in key_ids.iter().filter_map(|id| id.strip_prefix("blob/")) {
        match chronicle.core().blobs.store.delete(&Blobs::path(id)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(store_fault(error)),
        }
    }
    Ok(deleted)
}
