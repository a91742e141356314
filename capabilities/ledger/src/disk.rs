//! The few things that are done to files, each of which can fail on its own: a seam, so that tests make each of them
//! fail, lose what was not synced, or happen although it reported an error.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Paths are relative, with `/`. A file's content is durable after `sync`, its name after `sync_folder`.
pub trait Disk {
    /// `None` where there is no such file.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;
    /// Names of the files in a folder, sorted; none where there is no such folder.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;
    /// With all its parents; each new name is durable after `sync_folder` of its parent.
    fn create_folder(&self, folder: &str) -> io::Result<()>;
    /// Creates the file or replaces its content.
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()>;
    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()>;
    fn sync(&self, path: &str) -> io::Result<()>;
    /// Replaces what lies at `to`, at once for all readers.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// The empty name is the topmost folder.
    fn sync_folder(&self, folder: &str) -> io::Result<()>;
}

/// A folder of this machine.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(path: impl Into<PathBuf>) -> Folder {
        Folder(path.into())
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }
}

impl Disk for Folder {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        absent_is_none(std::fs::read(self.at(path)))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in absent_is_none(std::fs::read_dir(self.at(folder)))?
            .into_iter()
            .flatten()
        {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn create_folder(&self, folder: &str) -> io::Result<()> {
        std::fs::create_dir_all(self.at(folder))
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        File::create(self.at(path))?.write_all(bytes)
    }

    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().append(true).open(self.at(path))?.write_all(bytes)
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        OpenOptions::new().write(true).open(self.at(path))?.sync_all()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.at(from), self.at(to))
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        sync_folder(&self.at(folder))
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn absent_is_none<T>(outcome: io::Result<T>) -> io::Result<Option<T>> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
