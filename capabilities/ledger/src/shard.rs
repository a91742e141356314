//! The files of one year's log, as they are served: tiles, bundles, checkpoint.
//!
//! Invariants: a tile or bundle never changes once written; each is complete under its name or not there at all; what is
//! covered by a published checkpoint survives a power cut.

use mingjing_tlog::{Edge, Hash, SignedCheckpoint, Tile, Unread, parse_bundle, print_bundle, print_tile};

use crate::disk::Disk;
use crate::stop::Stop;

pub struct Shard<D> {
    disk: D,
}

const CHECKPOINT: &str = "checkpoint";

impl<D: Disk> Shard<D> {
    pub fn new(disk: D) -> Shard<D> {
        Shard { disk }
    }

    /// The right edge at a size, from its partial tiles. Its root is to be compared with what was signed.
    pub fn edge(&self, size: u64) -> Result<Edge, Stop> {
        Edge::load(size, |tile| self.tile(tile)).map_err(|unread| match unread {
            Unread::Fetch { reason, .. } => reason,
            Unread::Tile { tile, .. } => Stop::Damaged { path: tile.path() },
        })
    }

    /// A tile's bytes; from the full one where the partial one is gone.
    pub fn tile(&self, tile: Tile) -> Result<Vec<u8>, Stop> {
        self.either(&tile.path(), &tile.grown_full().path())
    }

    /// The entries behind a tile of row 0.
    pub fn entries(&self, tile: Tile) -> Result<Vec<Vec<u8>>, Stop> {
        let path = tile.entries_path();
        let bytes = self.either(&path, &tile.grown_full().entries_path())?;
        let entries = parse_bundle(&bytes, tile.width()).map_err(|_| Stop::Damaged { path })?;
        Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
    }

    fn either(&self, path: &str, full: &str) -> Result<Vec<u8>, Stop> {
        for path in [path, full] {
            if let Some(bytes) = self.disk.read(path).map_err(Stop::disk("reading", path))? {
                return Ok(bytes);
            }
        }
        Err(Stop::Damaged { path: path.to_owned() })
    }

    /// Writes all that a tree which grows from `edge` by these entries adds, and gives the new edge. Doing it again
    /// gives the same files; a file that is there with other bytes is never overwritten.
    pub(crate) fn grow(&self, mut edge: Edge, entries: &[Vec<u8>]) -> Result<Edge, Stop> {
        let old = edge.size();
        let mut files = self.bundles(&edge, entries)?;
        for entry in entries {
            edge.append(Hash::of_leaf(entry), |tile, hashes| {
                files.push((tile.path(), print_tile(hashes)))
            });
        }
        files.extend(edge.partial().map(|(tile, hashes)| (tile.path(), print_tile(hashes))));
        // A partial tile that did not grow is there already, signed and synced.
        let grown: Vec<String> = Tile::grown(old, edge.size())
            .flat_map(|tile| [tile.path(), tile.entries_path()])
            .collect();
        files.retain(|(path, _)| grown.contains(path));
        files.sort();
        self.write_all(&files)?;
        Ok(edge)
    }

    fn bundles(&self, signed: &Edge, entries: &[Vec<u8>]) -> Result<Vec<(String, Vec<u8>)>, Stop> {
        let (old, new) = (signed.size(), signed.size() + entries.len() as u64);
        let mut bundles = Vec::new();
        for tile in Tile::grown(old, new).take_while(|tile| tile.level() == 0) {
            let first = tile.index() * u64::from(Tile::FULL_WIDTH);
            let mut whole = match Tile::holding(0, first, old) {
                Some(before) => self.signed_entries(before, signed)?,
                None => Vec::new(),
            };
            let from = (first + whole.len() as u64 - old) as usize;
            let more = usize::from(tile.width()) - whole.len();
            whole.extend_from_slice(&entries[from..from + more]);
            bundles.push((tile.entries_path(), print_bundle(&whole)?));
        }
        Ok(bundles)
    }

    /// The entries of the unfinished bundle, if they are those that were signed: what a bundle begins with is copied
    /// into the next one, and a flipped bit must not go with it.
    fn signed_entries(&self, tile: Tile, signed: &Edge) -> Result<Vec<Vec<u8>>, Stop> {
        let entries = self.entries(tile)?;
        let leaves = signed.partial().next().map_or(&[][..], |(_, leaves)| leaves);
        if entries
            .iter()
            .map(|entry| Hash::of_leaf(entry))
            .eq(leaves.iter().copied())
        {
            return Ok(entries);
        }
        Err(Stop::Damaged {
            path: tile.entries_path(),
        })
    }

    fn write_all(&self, files: &[(String, Vec<u8>)]) -> Result<(), Stop> {
        let mut folders: Vec<&str> = Vec::new();
        for (path, bytes) in files {
            let there = self.disk.read(path).map_err(Stop::disk("reading", path))?;
            if there.is_some_and(|there| there != *bytes) {
                return Err(Stop::Differs { path: path.clone() });
            }
            let folder = folder_of(path);
            if !folders.contains(&folder) {
                self.disk
                    .create_folder(folder)
                    .map_err(Stop::disk("creating the folder", folder))?;
                folders.push(folder);
            }
            // Also where the same bytes are there: whoever wrote them may have died, or been told of an error, before
            // they were on the disk, and a second sync of the same file would not tell.
            self.replace(path, bytes)?;
        }
        for folder in with_parents(&folders) {
            self.disk
                .sync_folder(folder)
                .map_err(Stop::disk("syncing the folder", folder))?;
        }
        Ok(())
    }

    /// A crash before the rename leaves a `.new` file that the next attempt replaces; after it, the whole file.
    fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), Stop> {
        let new = format!("{path}.new");
        self.disk.write(&new, bytes).map_err(Stop::disk("writing", &new))?;
        self.disk.sync(&new).map_err(Stop::disk("syncing", &new))?;
        self.disk.rename(&new, path).map_err(Stop::disk("renaming to", path))
    }

    /// Reads back what was written and hashes it anew, entry by entry, from the edge that was signed last: what the
    /// files say is what will be signed, not what memory says.
    pub(crate) fn read_back(&self, signed: &Edge, size: u64) -> Result<Edge, Stop> {
        let mut edge = signed.clone();
        let old = signed.size();
        for tile in Tile::grown(old, size).take_while(|tile| tile.level() == 0) {
            let before = Tile::holding(0, tile.index() * u64::from(Tile::FULL_WIDTH), old);
            let entries = self.entries(tile)?;
            let (known, new) = entries.split_at(before.map_or(0, |before| usize::from(before.width())));
            let leaves = signed.partial().next().map_or(&[][..], |(_, leaves)| leaves);
            if before.is_some()
                && !known
                    .iter()
                    .map(|entry| Hash::of_leaf(entry))
                    .eq(leaves.iter().copied())
            {
                return Err(Stop::Damaged {
                    path: tile.entries_path(),
                });
            }
            let mut full = Vec::new();
            for entry in new {
                edge.append(Hash::of_leaf(entry), |tile, hashes| {
                    full.push((tile, print_tile(hashes)))
                });
            }
            for (tile, bytes) in full {
                self.same(tile, &bytes)?;
            }
        }
        for (tile, hashes) in edge.partial() {
            self.same(tile, &print_tile(hashes))?;
        }
        Ok(edge)
    }

    fn same(&self, tile: Tile, bytes: &[u8]) -> Result<(), Stop> {
        let path = tile.path();
        let there = self.disk.read(&path).map_err(Stop::disk("reading", &path))?;
        if there.as_deref() == Some(bytes) {
            return Ok(());
        }
        Err(Stop::Damaged { path })
    }

    /// For everyone to see. The one file that changes.
    pub fn publish(&self, checkpoint: &SignedCheckpoint) -> Result<(), Stop> {
        self.replace(CHECKPOINT, checkpoint.to_string().as_bytes())?;
        self.disk.sync_folder("").map_err(Stop::disk("syncing the folder", ""))
    }

    pub fn published(&self) -> Result<Option<SignedCheckpoint>, Stop> {
        let bytes = self.disk.read(CHECKPOINT).map_err(Stop::disk("reading", CHECKPOINT))?;
        let damaged = |_| Stop::Damaged {
            path: CHECKPOINT.to_owned(),
        };
        bytes
            .map(|bytes| SignedCheckpoint::parse(&bytes).map_err(damaged))
            .transpose()
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Deepest first: a name is durable only if the names above it are.
fn with_parents<'a>(folders: &[&'a str]) -> Vec<&'a str> {
    let mut all: Vec<&str> = vec![""];
    for folder in folders {
        let mut folder = *folder;
        while !folder.is_empty() {
            all.push(folder);
            folder = folder_of(folder);
        }
    }
    all.sort_by_key(|folder| {
        std::cmp::Reverse((folder.matches('/').count() + usize::from(!folder.is_empty()), *folder))
    });
    all.dedup();
    all
}
