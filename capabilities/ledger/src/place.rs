//! Where the log lies: its files beside the data, its key and the signer's journal elsewhere.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mingjing_chronicle::{Actor, Chance, Chronicle};
use mingjing_tlog::{KeyKind, KeyName, Policy, SignerKey, VerifierKey};
use zeroize::Zeroizing;

use crate::disk::Folder;
use crate::hand_over::first_leaf;
use crate::journal::{Journal, Signed};
use crate::leaf::utc_day;
use crate::sequence::{extend, halted};
use crate::shard::Shard;
use crate::stop::Stop;
use crate::tables::{self, Entry};

/// Folders and the key of one deployment's log.
#[derive(Debug, Clone)]
pub struct Place {
    /// A folder for each shard, as it is served.
    pub files: PathBuf,
    /// Outside every backup: a folder for each shard.
    pub journal: PathBuf,
    /// 64 hex digits, readable by its owner only.
    pub key: PathBuf,
    /// C2SP tlog-policy: whose cosignatures a head needs before it is shown. `None`: nobody's.
    pub policy: Option<PathBuf>,
    /// The journal of erasures, outside the data: a key that is gone without an entry there is an alarm. `None`: every
    /// erased act is taken as rightly erased.
    pub erasures: Option<PathBuf>,
}

impl Place {
    /// On a node that shows the log and does not sign it.
    pub fn of_files(files: PathBuf) -> Place {
        Place {
            files,
            journal: PathBuf::new(),
            key: PathBuf::new(),
            policy: None,
            erasures: None,
        }
    }

    pub fn shard(&self, shard: &str) -> Shard<Folder> {
        Shard::new(Folder::new(self.files.join(shard)))
    }

    /// A shard's folder, durable under its name: what lies in it is synced by who writes it.
    pub(crate) fn prepare(&self, shard: &str) -> Result<(), Stop> {
        let folder = self.files.join(shard);
        fs::create_dir_all(&folder).map_err(unusable("creating", &folder))?;
        for above in [Some(self.files.as_path()), self.files.parent()].into_iter().flatten() {
            if !above.as_os_str().is_empty() {
                sync_folder(above)?;
            }
        }
        Ok(())
    }

    /// Whom the deployment's readers are to trust, where it says so. `own`: keys of its own logs, which may be younger
    /// than the file: a year's log is trusted as the one before it was.
    pub(crate) fn policy(&self, own: &[&str]) -> Result<Option<Policy>, Stop> {
        let text = self.policy_text(own)?;
        Ok(text.map(|text| Policy::parse(text.as_bytes())).transpose()?)
    }

    pub(crate) fn policy_text(&self, own: &[&str]) -> Result<Option<String>, Stop> {
        let Some(path) = &self.policy else {
            return Ok(None);
        };
        let mut text = fs::read_to_string(path).map_err(unusable("reading", path))?;
        let listed = Policy::parse(text.as_bytes())?;
        for own in own {
            let key = VerifierKey::parse(own)?;
            if !listed.logs().contains(&key) {
                text.push_str(&format!("\nlog {key}\n"));
            }
        }
        Ok(Some(text))
    }

    /// `<key>.<shard>`: each log has a key of its own, the first one's is `<key>`.
    fn own_key(&self, shard: &str) -> PathBuf {
        let mut name = self.key.clone().into_os_string();
        name.push(".");
        name.push(shard);
        PathBuf::from(name)
    }

    fn key_of(&self, shard: &str) -> PathBuf {
        let own = self.own_key(shard);
        if own.exists() { own } else { self.key.clone() }
    }

    /// A key for one shard, beside the first one's; the one that is there where an earlier try made it.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn create_key_of(&self, shard: &str, chance: &Chance) -> Result<(), Stop> {
        let own = self.own_key(shard);
        if own.exists() {
            return Ok(());
        }
        // A crash must not leave half a key under the name.
        let mut new = own.clone().into_os_string();
        new.push(".new");
        let new = PathBuf::from(new);
        match fs::remove_file(&new) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(unusable("removing", &new)(error));
            }
            _ => {}
        }
        create_seed(&new, chance)?;
        fs::rename(&new, &own).map_err(unusable("renaming to", &own))?;
        match own.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => sync_folder(folder),
            None => Ok(()),
        }
    }

    fn journal_folder(&self, shard: &str) -> Folder {
        Folder::new(self.journal.join(shard))
    }

    pub fn open_journal(&self, shard: &str) -> Result<Journal<Folder>, Stop> {
        Journal::open(self.journal_folder(shard))
    }

    /// The key, under the name of one shard's log.
    pub fn signer_key(&self, shard: &str, origin: &str) -> Result<SignerKey, Stop> {
        let seed = read_seed(&self.key_of(shard))?;
        Ok(SignerKey::from_seed(KeyName::parse(origin)?, KeyKind::Log, &seed))
    }

    /// A log that was never signed gets its journal; one that was keeps it, and is no new log.
    pub(crate) fn begin_journal(&self, shard: &str) -> Result<(), Stop> {
        let folder = self.journal.join(shard);
        fs::create_dir_all(&folder).map_err(unusable("creating", &folder))?;
        sync_folder(&self.journal)?;
        match self.open_journal(shard) {
            Err(Stop::JournalLost) => Journal::create(self.journal_folder(shard)).map(|_| ()),
            Ok(journal) if journal.last() == Signed::NOTHING => Ok(()),
            Ok(journal) => Err(Stop::RecordBehind {
                record: 0,
                signed: journal.last().size,
            }),
            Err(stop) => Err(stop),
        }
    }

    /// Whether anything of a log of this name is there: then a new one needs another name.
    pub fn knows(&self, shard: &str) -> bool {
        self.files.join(shard).exists() || self.journal.join(shard).exists()
    }

    /// Exactly one process signs. The lock goes with the process.
    pub(crate) fn lock(&self) -> Result<File, Stop> {
        lock_folder(&self.journal)
    }
}

/// Keeps other processes from a folder as long as it is held.
///
/// # Errors
/// [`Stop::TwoSigners`] where another one holds it; the folder is not there.
pub fn lock_folder(folder: &Path) -> Result<File, Stop> {
    let path = folder.join("lock");
    let unusable = |source| Stop::Disk {
        step: "locking",
        path: path.display().to_string(),
        source,
    };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Stop::TwoSigners),
        Err(fs::TryLockError::Error(source)) => Err(unusable(source)),
    }
}

/// What a new log is called.
#[derive(Debug, Clone)]
pub struct NewLog {
    /// `<domain>/<deployment>/<year>`.
    pub origin: String,
    /// Name of its folder: the year, and a number where one year has several.
    pub shard: String,
}

/// Begins the deployment's log: key, journal, and the first leaf, which names its origin. Where a crash cut an earlier
/// attempt off, this finishes it.
///
/// # Errors
/// [`Stop::OtherLog`] where there is a log already; [`Stop::RecordBehind`] where the journal remembers one.
pub async fn create(chronicle: &Arc<Chronicle>, place: &Place, log: &NewLog) -> Result<(), Stop> {
    if let Some(head) = chronicle.read(|reader| tables::open_head(reader.sql())).await? {
        return Err(Stop::OtherLog {
            record: head.origin,
            key: log.origin.clone(),
        });
    }
    KeyName::parse(&log.origin)?;
    if !place.key_of(&log.shard).exists() {
        create_seed(&place.key, chronicle.chance())?;
    }
    place.begin_journal(&log.shard)?;
    let verifier = place.signer_key(&log.shard, &log.origin)?.verifier().to_string();
    let (day, organ) = (utc_day(chronicle.clock().now()), chronicle.jurisdiction().to_owned());
    let leaf = first_leaf(&day, &organ, &log.origin, None)?.to_string();
    let log = log.clone();
    chronicle
        .inside(Actor::system(), move |tx| {
            tables::insert_head(tx.sql(), &log, &verifier, "")?;
            let head = tables::locked_head(tx.sql())?;
            let head = head.ok_or_else(|| mingjing_chronicle::Fault::Internal("a head was just made".into()))?;
            let mut first = [Entry {
                place: 0,
                event_id: Some(format!("shard/{}/first", log.shard)),
                day: day.clone(),
                leaf: leaf.clone(),
            }];
            extend(tx.sql(), head, &mut first)?;
            Ok(())
        })
        .await
        .map_err(halted)
}

/// A key of 64 hex digits for a log or a witness, in a new file that its owner alone can read.
///
/// # Errors
/// There is such a file, or it cannot be written.
pub fn create_seed(path: &Path, chance: &Chance) -> Result<(), Stop> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(unusable("creating", folder))?;
    }
    let text = Zeroizing::new(hex::encode(chance.bytes::<32>()));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(unusable("creating", path))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(unusable("writing", path))
}

/// # Errors
/// The file cannot be read, can be read by others, or holds no key.
pub fn read_seed(path: &Path) -> Result<Zeroizing<[u8; 32]>, Stop> {
    let metadata = fs::metadata(path).map_err(unusable("reading", path))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(Stop::Key(format!("{} can be read by others", path.display())));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(unusable("reading", path))?);
    let mut seed = Zeroizing::new([0u8; 32]);
    hex::decode_to_slice(text.trim(), seed.as_mut_slice())
        .map_err(|_| Stop::Key(format!("{} does not hold 64 hex digits", path.display())))?;
    Ok(seed)
}

fn sync_folder(folder: &Path) -> Result<(), Stop> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(unusable("syncing the folder", folder))
}

fn unusable(step: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Stop {
    let path = path.display().to_string();
    move |source| Stop::Disk { step, path, source }
}
