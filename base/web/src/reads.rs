//! Who looked at whose matter: noted where a page finds what it shows, without waiting for a disk. Whoever keeps the record
//! takes the notes away (`mingjing_ledger::keep_reads`); a place without one notes nothing.
//!
//! Invariants: a note is never dropped while the process lives; where notes cannot be kept for long, nothing is shown any
//! more rather than shown unseen.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use mingjing_chronicle::ActorKind;

use crate::desk::Desk;
use crate::problem::Problem;
use crate::scope::Permission;

/// Notes that may wait. At a page each millisecond this is some twenty seconds without a disk.
const MOST: usize = 20_000;

/// Somebody in office saw a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    pub at: Timestamp,
    /// Account id (pseudonymous).
    pub account: String,
    /// Post and body of the reader; empty where none is held.
    pub post: String,
    pub body: String,
    /// `<kind>/<id>` of the matter.
    pub stream: String,
    /// Which part: `page`, `papers`, `files`, `receipts`, `acts` …
    pub part: String,
    /// The permission by which it was shown.
    pub by: &'static str,
}

/// Part of a look at a list that names the matter and its party.
pub const LISTED: &str = "listed";

/// Matters seen in lists that are remembered, so that a list which is open all day is noted once a day and not each time.
const MOST_REMEMBERED: usize = 200_000;

/// Notes that wait to be kept; all clones share them.
#[derive(Clone, Default)]
pub struct Reads(Option<Arc<Mutex<Notes>>>);

#[derive(Default)]
struct Notes {
    waiting: Vec<Read>,
    /// Account and stream of what was noted from lists on `day`. Forgotten where it grows too large: noted again, then.
    listed: std::collections::HashSet<(String, String)>,
    day: i64,
}

impl Notes {
    fn note(&mut self, read: Read) -> bool {
        let room = self.waiting.len() < MOST;
        if room {
            self.waiting.push(read);
        }
        room
    }

    /// `false` for what this person saw in a list today already.
    fn is_new_today(&mut self, read: &Read) -> bool {
        let day = read.at.as_second().div_euclid(24 * 3_600);
        if day != self.day || self.listed.len() >= MOST_REMEMBERED {
            self.listed.clear();
            self.day = day;
        }
        !self.listed.contains(&(read.account.clone(), read.stream.clone()))
    }
}

impl Reads {
    /// For a process that keeps them.
    pub fn kept() -> Reads {
        Reads(Some(Arc::default()))
    }

    /// `false`: too many wait already.
    #[must_use]
    pub fn note(&self, read: Read) -> bool {
        self.notes().is_none_or(|mut notes| notes.note(read))
    }

    /// As [`Reads::note`], for what stood in a list: once a day and person.
    #[must_use]
    fn note_listed(&self, reads: Vec<Read>) -> bool {
        let Some(mut notes) = self.notes() else {
            return true;
        };
        for read in reads {
            if !notes.is_new_today(&read) {
                continue;
            }
            let met = (read.account.clone(), read.stream.clone());
            if !notes.note(read) {
                return false;
            }
            notes.listed.insert(met);
        }
        true
    }

    /// All that wait, in order; the same part of the same matter seen twice by one person is told once.
    pub fn take(&self) -> Vec<Read> {
        let mut taken = self
            .notes()
            .map_or_else(Vec::new, |mut notes| std::mem::take(&mut notes.waiting));
        let mut met = std::collections::HashSet::new();
        taken.retain(|read| met.insert((read.account.clone(), read.stream.clone(), read.part.clone())));
        taken
    }

    /// What was taken and could not be kept, before what came since.
    pub fn put_back(&self, mut reads: Vec<Read>) {
        if let Some(mut notes) = self.notes() {
            reads.append(&mut notes.waiting);
            notes.waiting = reads;
        }
    }

    fn notes(&self) -> Option<MutexGuard<'_, Notes>> {
        let notes = self.0.as_ref()?;
        Some(notes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Desk {
    /// Notes that this person in office now sees a matter. Citizens see their own and are not noted.
    ///
    /// # Errors
    /// [`Problem::Busy`] where notes cannot be kept: then nothing is to be shown.
    pub fn note_read(&self, stream_kind: &str, id: &str, by: Permission) -> Result<(), Problem> {
        let part = part_of(&self.visit.here.to_string(), id).to_owned();
        let read = self.read_of(format!("{stream_kind}/{id}"), part, by);
        match read.is_none_or(|read| self.house.reads.note(read)) {
            true => Ok(()),
            false => Err(Problem::Busy),
        }
    }

    /// Notes that a list now shows these matters (`<kind>/<id>`) to this person in office.
    ///
    /// # Errors
    /// As [`Desk::note_read`].
    pub fn note_listed(&self, streams: impl IntoIterator<Item = String>, by: Permission) -> Result<(), Problem> {
        let reads = streams
            .into_iter()
            .filter_map(|stream| self.read_of(stream, LISTED.to_owned(), by))
            .collect();
        match self.house.reads.note_listed(reads) {
            true => Ok(()),
            false => Err(Problem::Busy),
        }
    }

    /// `None` for a citizen.
    fn read_of(&self, stream: String, part: String, by: Permission) -> Option<Read> {
        if !self.actor.in_office() && self.actor.kind != ActorKind::Administrator {
            return None;
        }
        let post = self.actor.posts.first();
        Some(Read {
            at: self.house.clock.now(),
            account: self.actor.account.clone(),
            post: post.map_or_else(String::new, |held| held.post.clone()),
            body: post.map_or_else(String::new, |held| held.body.clone()),
            stream,
            part,
            by: by.0,
        })
    }
}

/// What follows the matter's number in the address: `/desk/cases/330303-…/papers/…` → `papers`.
fn part_of<'a>(address: &'a str, id: &str) -> &'a str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.split('/').skip_while(|part| *part != id).skip(1);
    let known =
        |part: &&str| !part.is_empty() && part.len() <= 32 && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    parts.next().filter(known).unwrap_or("page")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(account: &str, part: &str) -> Read {
        Read {
            at: Timestamp::UNIX_EPOCH,
            account: account.to_owned(),
            post: String::new(),
            body: String::new(),
            stream: "case/1".to_owned(),
            part: part.to_owned(),
            by: "cases.board",
        }
    }

    #[test]
    fn what_was_seen_twice_is_told_once_and_what_could_not_be_kept_comes_again() {
        let reads = Reads::kept();
        for part in ["page", "papers", "page"] {
            assert!(reads.clone().note(read("a", part)));
        }
        let taken = reads.take();
        assert_eq!(taken, [read("a", "page"), read("a", "papers")]);
        assert!(reads.note(read("b", "page")));
        reads.put_back(taken);
        assert_eq!(reads.take().len(), 3);
        assert!(reads.take().is_empty());
    }

    #[test]
    fn nothing_is_dropped_and_too_many_are_refused() {
        let reads = Reads::kept();
        for number in 0..MOST {
            assert!(reads.note(read(&number.to_string(), "page")));
        }
        assert!(!reads.note(read("one more", "page")));
        assert_eq!(reads.take().len(), MOST);
        assert!(Reads::default().note(read("nobody keeps them", "page")));
        assert!(Reads::default().take().is_empty());
    }

    #[test]
    fn a_list_that_is_open_all_day_is_noted_once_a_day_and_person() {
        fn at(account: &str, second: i64) -> Read {
            Read {
                at: Timestamp::from_second(second).expect("in range"),
                ..read(account, LISTED)
            }
        }
        let reads = Reads::kept();
        for (account, second, expect) in [
            ("a", 0, 1),
            ("a", 60, 0),
            ("b", 60, 1),
            ("a", 86_400, 1),
            ("a", 86_401, 0),
        ] {
            assert!(reads.note_listed(vec![at(account, second)]));
            assert_eq!(reads.take().len(), expect, "{account} at {second}");
        }
    }

    #[test]
    fn the_address_tells_which_part() {
        let check = |address, expect| assert_eq!(part_of(address, "330303-1"), expect, "{address}");
        check("/desk/cases/330303-1", "page");
        check("/desk/cases/330303-1?tab=x", "page");
        check("/desk/cases/330303-1/papers/abc", "papers");
        check("/api/v1/cases/330303-1/acts/accept", "acts");
        check("/desk/cases/330303-1/%E7%94%B2", "page");
        check("/elsewhere", "page");
    }
}
