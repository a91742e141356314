//! Files beside the record: uploads and papers, sealed like events, in a folder or an object store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::StreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as StorePath;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::chronicle::Chronicle;
use crate::context::Actor;
use crate::db::Fault;
use crate::params;
use crate::seal;
use crate::tx::{Stop, Tx};

/// A sealed file. Events hold this; the content is elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRef {
    pub id: String,
    /// SHA-256 of the content in clear, lower-case hex.
    pub sha256: String,
    pub bytes: u64,
}

/// Where the files lie: a folder that all nodes see, or an object store.
#[derive(Clone)]
pub enum BlobPlace {
    Folder(PathBuf),
    Store(Arc<dyn ObjectStore>),
}

impl From<PathBuf> for BlobPlace {
    fn from(folder: PathBuf) -> BlobPlace {
        BlobPlace::Folder(folder)
    }
}

impl From<&Path> for BlobPlace {
    fn from(folder: &Path) -> BlobPlace {
        BlobPlace::Folder(folder.to_path_buf())
    }
}

impl BlobPlace {
    pub(crate) fn open(&self) -> Result<Blobs, Fault> {
        let store: Arc<dyn ObjectStore> = match self {
            BlobPlace::Store(store) => Arc::clone(store),
            BlobPlace::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(|error| Fault::File(error.to_string()))?;
                let files = LocalFileSystem::new_with_prefix(folder)
                    .map_err(|error| Fault::File(error.to_string()))?
                    // A receipt for an upload must survive a power cut like any other.
                    .with_fsync(true);
                Arc::new(files)
            }
        };
        Ok(Blobs { store })
    }

    /// # Errors
    /// [`Fault::File`] where the place cannot be looked at; a folder that is not there yet is empty.
    pub(crate) async fn is_empty(&self) -> Result<bool, Fault> {
        match self {
            BlobPlace::Folder(folder) => {
                Ok(!std::fs::read_dir(folder).is_ok_and(|mut content| content.next().is_some()))
            }
            BlobPlace::Store(store) => match store.list(None).next().await {
                None => Ok(true),
                Some(Ok(_)) => Ok(false),
                Some(Err(error)) => Err(store_fault(error)),
            },
        }
    }

    /// Writes, reads and removes a small object, as a proof that the place works.
    ///
    /// # Errors
    /// [`Fault::File`] with what the place answered.
    pub(crate) async fn probe(store: &Arc<dyn ObjectStore>) -> Result<(), Fault> {
        let path = StorePath::from("doctor-probe");
        store
            .put(&path, PutPayload::from_static(b"probe"))
            .await
            .map_err(store_fault)?;
        let read = store.get(&path).await.map_err(store_fault)?;
        let read = read.bytes().await.map_err(store_fault)?;
        store.delete(&path).await.map_err(store_fault)?;
        if read.as_ref() == b"probe" {
            Ok(())
        } else {
            Err(Fault::File("the object store answers with something else".into()))
        }
    }
}

#[derive(Clone)]
pub struct Blobs {
    pub(crate) store: Arc<dyn ObjectStore>,
}

impl Blobs {
    /// # Errors
    /// [`Fault::Inconsistent`] for what was never an id of a file.
    pub(crate) fn path(id: &str) -> Result<StorePath, Fault> {
        if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Fault::Inconsistent("a file has no proper id".into()));
        }
        // Two levels keep folders small.
        Ok(StorePath::from(format!("{}/{id}", &id[..2])))
    }
}

impl Chronicle {
    /// Seals and stores a file. The file is written first and its key last: a crash in between leaves an
    /// unreadable orphan that nothing refers to.
    ///
    /// # Errors
    /// [`Fault`] from the store or the database; then nothing refers to the file.
    pub async fn put_blob(&self, content: &[u8]) -> Result<BlobRef, Fault> {
        let core = self.core();
        let id = core.chance.id();
        let secret = Zeroizing::new(core.chance.bytes::<32>());
        let sealed = seal::seal(&secret, &format!("blob|{id}"), content)?;
        core.blobs
            .store
            .put(&Blobs::path(&id)?, PutPayload::from(sealed))
            .await
            .map_err(store_fault)?;
        let wrapped = core.keys.wrap(&format!("blob/{id}"), &secret, &core.chance)?;
        let key_id = format!("blob/{id}");
        self.inside(Actor::system(), move |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO event_key (key_id, secret) VALUES ($1, $2)",
                &params![&key_id, wrapped.clone()],
            )?;
            Ok(())
        })
        .await
        .map_err(fault_of)?;
        Ok(BlobRef {
            id,
            sha256: hex::encode(Sha256::digest(content)),
            bytes: content.len() as u64,
        })
    }

    /// The content in clear, or `None` if it was erased.
    ///
    /// # Errors
    /// [`Fault`] if the file is missing or was altered.
    pub async fn get_blob(&self, blob: &BlobRef) -> Result<Option<Vec<u8>>, Fault> {
        let key_id = format!("blob/{}", blob.id);
        let lookup = key_id.clone();
        let wrapped = self
            .read(move |reader| {
                let row = reader.query("SELECT secret FROM event_key WHERE key_id = $1", &params![&lookup])?;
                Ok(row.first().map(|row| row.blob(0).to_vec()))
            })
            .await?;
        let Some(wrapped) = wrapped else {
            return Ok(None);
        };
        let core = self.core();
        let secret = core.keys.unwrap(&key_id, &wrapped)?;
        let sealed = core
            .blobs
            .store
            .get(&Blobs::path(&blob.id)?)
            .await
            .map_err(store_fault)?
            .bytes()
            .await
            .map_err(store_fault)?;
        let content = seal::open(&secret, &format!("blob|{}", blob.id), &sealed)?;
        if hex::encode(Sha256::digest(&content)) != blob.sha256 {
            return Err(Fault::Inconsistent(format!(
                "blob {} is not the one that was recorded",
                blob.id
            )));
        }
        Ok(Some(content))
    }
}

pub(crate) fn store_fault(error: object_store::Error) -> Fault {
    match &error {
        object_store::Error::NotFound { .. } => Fault::File("a stored file is missing".into()),
        _ => Fault::File(error.to_string()),
    }
}

pub(crate) fn fault_of(stop: Stop) -> Fault {
    match stop {
        Stop::Fault(fault) => fault,
        other => Fault::Internal(format!("{other:?}")),
    }
}
