//! The signer's own memory of every head it signed, on a volume that no backup covers and no restore rolls back.
//!
//! A folder of segments `000001`, `000002` …: each begins with the last head of the one before, so that only the newest
//! is needed, and none is written to again once there is a newer one. A line is `size root check`, `check` being 16 hex
//! digits of SHA-256 over the line before it and this line. Opening starts a new segment: what was read may never have
//! reached the disk, and what a crash tore stays where it is.

use mingjing_tlog::Hash;

use crate::disk::Disk;
use crate::stop::Stop;

/// A head that was signed, or is about to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    pub size: u64,
    pub root: Hash,
}

impl Signed {
    /// Before anything was signed.
    pub const NOTHING: Signed = Signed {
        size: 0,
        root: Hash::EMPTY_ROOT,
    };
}

/// Invariant: every line extends the one before it or repeats it.
pub struct Journal<D> {
    disk: D,
    segment: String,
    last: Signed,
    last_line: String,
}

impl<D: Disk> Journal<D> {
    /// For a new log, once, by an act of its own: a journal that is missing later is an alarm and not a beginning.
    pub fn create(disk: D) -> Result<Journal<D>, Stop> {
        let names = disk.list("").map_err(Stop::disk("listing", ""))?;
        // A `.new` file is what a crash left of an earlier attempt, before anything could be signed.
        if let Some(there) = names.into_iter().find(|name| number(name).is_some()) {
            return Err(Stop::Differs { path: there });
        }
        Journal::begin(disk, 1, Signed::NOTHING)
    }

    pub fn open(disk: D) -> Result<Journal<D>, Stop> {
        let names = disk.list("").map_err(Stop::disk("listing", ""))?;
        let newest = names
            .iter()
            .filter_map(|name| number(name))
            .max()
            .ok_or(Stop::JournalLost)?;
        let path = name(newest);
        let bytes = disk
            .read(&path)
            .map_err(Stop::disk("reading", &path))?
            .ok_or(Stop::JournalLost)?;
        let last = last_of(&bytes).ok_or(Stop::JournalDamaged { path })?;
        Journal::begin(disk, newest + 1, last)
    }

    fn begin(disk: D, segment: u64, last: Signed) -> Result<Journal<D>, Stop> {
        let path = name(segment);
        let line = line("", last);
        let new = format!("{path}.new");
        disk.write(&new, line.as_bytes()).map_err(Stop::disk("writing", &new))?;
        disk.sync(&new).map_err(Stop::disk("syncing", &new))?;
        disk.rename(&new, &path).map_err(Stop::disk("renaming to", &path))?;
        disk.sync_folder("").map_err(Stop::disk("syncing the folder", ""))?;
        Ok(Journal {
            disk,
            segment: path,
            last,
            last_line: line,
        })
    }

    pub fn last(&self) -> Signed {
        self.last
    }

    /// On the disk when this returns; only then may the head be signed. The caller has proved that `next` extends the
    /// last head. After an error the journal is gone: open it anew.
    pub(crate) fn write(mut self, next: Signed) -> Result<Journal<D>, Stop> {
        let behind = next.size < self.last.size || (next.size == self.last.size && next.root != self.last.root);
        if behind {
            return Err(Stop::RecordBehind {
                record: next.size,
                signed: self.last.size,
            });
        }
        if next != self.last {
            let line = line(&self.last_line, next);
            let path = &self.segment;
            self.disk
                .append(path, line.as_bytes())
                .map_err(Stop::disk("writing", path))?;
            self.disk.sync(path).map_err(Stop::disk("syncing", path))?;
            self.last = next;
            self.last_line = line;
        }
        Ok(self)
    }
}

fn name(segment: u64) -> String {
    format!("{segment:06}")
}

fn number(name: &str) -> Option<u64> {
    let digits = name.len() >= 6 && name.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| name.parse().ok()).flatten()
}

fn line(before: &str, head: Signed) -> String {
    let text = format!("{} {}", head.size, head.root.to_base64());
    let check = Hash::of_bytes(format!("{before}{text}").as_bytes()).to_string();
    format!("{text} {}\n", &check[..16])
}

/// The last head, if every whole line up to it is right. What a crash tore off behind it was never acknowledged; a line
/// that lacks only its end, or has another one, may have been, and to remember too much is safe.
fn last_of(bytes: &[u8]) -> Option<Signed> {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let (mut before, mut last) = (String::new(), None);
    for given in std::str::from_utf8(&bytes[..end]).ok()?.split_inclusive('\n') {
        last = Some(extended(&before, last, given)?);
        before = given.to_owned();
    }
    let tail = &bytes[end..];
    let whole = [tail, &tail[..tail.len().saturating_sub(1)]]
        .into_iter()
        .find_map(|line| {
            let line = std::str::from_utf8(line).ok()?;
            extended(&before, last, &format!("{line}\n"))
        });
    whole.or(last)
}

fn extended(before: &str, last: Option<Signed>, given: &str) -> Option<Signed> {
    let mut words = given.split(' ');
    let size = words.next()?.parse().ok()?;
    let root = Hash::from_base64(words.next()?)?;
    let head = Signed { size, root };
    let extends = last.is_none_or(|last| last.size < size);
    (extends && line(before, head) == given).then_some(head)
}
