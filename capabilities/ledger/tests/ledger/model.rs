//! A disk in memory that forgets what was not synced and fails when told to.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use mingjing_ledger::Disk;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// What befalls one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// An error, and nothing happened. A sync that fails so has lost the data: a later one says yes without it.
    Refused,
    /// An error after a part of the bytes; as `Refused` where there are none.
    Short,
    /// An error, although it happened.
    Done,
    /// The process dies before the call, or after it; the power may go with it.
    DiesBefore,
    DiesAfter,
}

impl Failure {
    pub const ALL: [Failure; 5] = [
        Failure::Refused,
        Failure::Short,
        Failure::Done,
        Failure::DiesBefore,
        Failure::DiesAfter,
    ];
}

#[derive(Default)]
pub struct Model(RefCell<State>);

#[derive(Default)]
struct State {
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    folders: BTreeSet<String>,
    durable_folders: BTreeSet<String>,
    calls: u64,
    armed: Option<(u64, Failure)>,
    dead: bool,
}

#[derive(Default, Clone)]
struct File {
    bytes: Vec<u8>,
    durable: Vec<u8>,
    /// A sync failed: the system takes the bytes for written.
    forgotten: bool,
}

impl Model {
    pub fn new() -> Model {
        Model::default()
    }

    /// The `nth` call from now (from 1).
    pub fn arm(&self, nth: u64, failure: Failure) {
        let mut state = self.0.borrow_mut();
        state.armed = Some((state.calls + nth, failure));
    }

    /// Whether the failure is still to come; disarms it and lets a dead process live again.
    pub fn restart(&self) -> bool {
        let mut state = self.0.borrow_mut();
        state.dead = false;
        state.armed.take().is_some()
    }

    /// What was not synced is there, or not, or in part.
    pub fn power_cut(&self, chance: &mut ChaCha8Rng) {
        let mut state = self.0.borrow_mut();
        for file in &mut state.files {
            file.bytes = file.after_a_cut(chance);
            file.durable = file.bytes.clone();
            file.forgotten = false;
        }
        let folders = state.folders.clone();
        let gone: Vec<String> = folders
            .into_iter()
            .filter(|folder| !state.durable_folders.contains(folder) && chance.next_u32() & 1 == 0)
            .collect();
        let both: BTreeSet<String> = state.names.keys().chain(state.durable_names.keys()).cloned().collect();
        let mut names = BTreeMap::new();
        for name in both {
            let kept = if chance.next_u32() & 1 == 0 {
                &state.names
            } else {
                &state.durable_names
            };
            let lost = gone.iter().any(|folder| name.starts_with(&format!("{folder}/")));
            if let (Some(file), false) = (kept.get(&name), lost) {
                names.insert(name, *file);
            }
        }
        state.folders.retain(|folder| {
            !gone
                .iter()
                .any(|gone| folder == gone || folder.starts_with(&format!("{gone}/")))
        });
        state.durable_folders = state.folders.clone();
        state.durable_names = names.clone();
        state.names = names;
    }

    pub fn paths(&self) -> Vec<String> {
        self.0.borrow().names.keys().cloned().collect()
    }

    pub fn bytes(&self, path: &str) -> Vec<u8> {
        let state = self.0.borrow();
        state.files[state.names[path]].bytes.clone()
    }

    pub fn put(&self, path: &str, bytes: Vec<u8>) {
        let mut state = self.0.borrow_mut();
        let at = state.names[path];
        state.files[at].bytes = bytes.clone();
        state.files[at].durable = bytes;
    }

    pub fn remove(&self, path: &str) {
        let mut state = self.0.borrow_mut();
        state.names.remove(path);
        state.durable_names.remove(path);
    }

    pub fn calls(&self) -> u64 {
        self.0.borrow().calls
    }

    /// Counts the call; does it wholly, in part (`part`), or not at all, as armed.
    fn call<T>(&self, whole: impl FnOnce(&mut State) -> io::Result<T>, part: impl FnOnce(&mut State)) -> io::Result<T> {
        let mut state = self.0.borrow_mut();
        if state.dead {
            return Err(io::Error::other("the process is dead"));
        }
        state.calls += 1;
        let failure = match state.armed {
            Some((at, failure)) if at == state.calls => failure,
            _ => return whole(&mut state),
        };
        state.armed = None;
        match failure {
            Failure::Refused => {}
            Failure::Short => part(&mut state),
            Failure::Done => drop(whole(&mut state)),
            Failure::DiesBefore => state.dead = true,
            Failure::DiesAfter => {
                drop(whole(&mut state));
                state.dead = true;
            }
        }
        Err(io::Error::other("the disk fails"))
    }
}

impl File {
    fn after_a_cut(&self, chance: &mut ChaCha8Rng) -> Vec<u8> {
        match chance.next_u32() % 3 {
            0 => self.durable.clone(),
            1 if !self.forgotten => self.bytes.clone(),
            _ if self.bytes.starts_with(&self.durable) => {
                let more = (self.bytes.len() - self.durable.len()) as u32;
                let kept = self.durable.len() + (chance.next_u32() % (more + 1)) as usize;
                self.bytes[..kept].to_vec()
            }
            _ => self.durable.clone(),
        }
    }
}

impl State {
    fn at(&mut self, path: &str) -> io::Result<&mut File> {
        let at = *self.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(&mut self.files[at])
    }

    fn create(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let folder = folder_of(path);
        if !folder.is_empty() && !self.folders.contains(folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        self.files.push(File {
            bytes: bytes.to_vec(),
            ..File::default()
        });
        self.names.insert(path.to_owned(), self.files.len() - 1);
        Ok(())
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Disk for &Model {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.call(|state| Ok(state.at(path).ok().map(|file| file.bytes.clone())), |_| {})
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let names = |state: &mut State| {
            let inside = state.names.keys().filter(|path| folder_of(path) == folder);
            Ok(inside
                .map(|path| path.rsplit('/').next().unwrap_or(path).to_owned())
                .collect())
        };
        self.call(names, |_| {})
    }

    fn create_folder(&self, folder: &str) -> io::Result<()> {
        let create = |state: &mut State| {
            let mut folder = folder;
            while !folder.is_empty() {
                state.folders.insert(folder.to_owned());
                folder = folder_of(folder);
            }
            Ok(())
        };
        self.call(create, |_| {})
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let part = |state: &mut State| drop(state.create(path, &bytes[..bytes.len() / 2]));
        self.call(|state| state.create(path, bytes), part)
    }

    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let extend = |state: &mut State, bytes: &[u8]| -> io::Result<()> {
            state.at(path)?.bytes.extend(bytes);
            Ok(())
        };
        let part = |state: &mut State| drop(extend(state, &bytes[..bytes.len() / 2]));
        self.call(|state| extend(state, bytes), part)
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        let sync = |state: &mut State| {
            let file = state.at(path)?;
            if !file.forgotten {
                file.durable = file.bytes.clone();
            }
            Ok(())
        };
        let outcome = self.call(sync, |_| {});
        if outcome.is_err()
            && let Ok(file) = self.0.borrow_mut().at(path)
        {
            file.forgotten = true;
        }
        outcome
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let rename = |state: &mut State| {
            let file = state.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
            state.names.insert(to.to_owned(), file);
            Ok(())
        };
        self.call(rename, |_| {})
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        let sync = |state: &mut State| {
            let inside = |path: &String| folder_of(path) == folder;
            state.durable_names.retain(|path, _| !inside(path));
            let now: Vec<_> = state
                .names
                .iter()
                .filter(|(path, _)| inside(path))
                .map(|(path, file)| (path.clone(), *file))
                .collect();
            state.durable_names.extend(now);
            let folders: Vec<String> = state.folders.iter().filter(|path| inside(path)).cloned().collect();
            state.durable_folders.extend(folders);
            Ok(())
        };
        self.call(sync, |_| {})
    }
}
