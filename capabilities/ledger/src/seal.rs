//! Signing what the record has grown to. Exactly one process of a deployment does this: the one with key and journal.
//!
//! Each step may be repeated, and the order is the whole point: files, synced → read back and hashed → journal, synced →
//! signature → publication. A crash anywhere leaves a shorter published log, never another one.

use mingjing_tlog::{Checkpoint, Edge, Frontier, Hash, Note, SignedCheckpoint, SignerKey};

use crate::disk::Disk;
use crate::journal::{Journal, Signed};
use crate::shard::Shard;
use crate::stop::Stop;

/// Invariant: `edge` is the tree whose head the journal holds last, as the files have it.
pub struct Sealer<D, J> {
    shard: Shard<D>,
    journal: Journal<J>,
    key: SignerKey,
    edge: Edge,
}

/// A signed checkpoint, and the sealer to go on with.
pub type Sealed<D, J> = (Sealer<D, J>, SignedCheckpoint);

impl<D: Disk, J: Disk> Sealer<D, J> {
    /// Nothing is signed until files, journal and published checkpoint agree.
    pub fn open(shard: Shard<D>, journal: Journal<J>, key: SignerKey) -> Result<Sealer<D, J>, Stop> {
        let last = journal.last();
        if let Some(published) = shard.published()? {
            agrees(&published, last)?;
        }
        let edge = shard.edge(last.size)?;
        if edge.root() != last.root {
            return Err(Stop::OtherRoot {
                size: last.size,
                record: last.root,
                files: edge.root(),
            });
        }
        Ok(Sealer {
            shard,
            journal,
            key,
            edge,
        })
    }

    pub fn signed(&self) -> Signed {
        self.journal.last()
    }

    pub fn shard(&self) -> &Shard<D> {
        &self.shard
    }

    /// The head that these entries, beyond what is signed, lead to.
    pub fn signed_after(&self, entries: &[Vec<u8>]) -> Signed {
        let frontier = frontier_after(&self.edge, entries);
        Signed {
            size: frontier.size(),
            root: frontier.root(),
        }
    }

    /// `record`: the head in the database; `entries`: what it has beyond `signed().size`, in order. The same head again
    /// gives the same bytes. After any error this sealer is gone: what is on the disk is known only after opening anew.
    pub fn seal(self, record: Signed, entries: &[Vec<u8>]) -> Result<Sealed<D, J>, Stop> {
        let signed = self.signed();
        if record.size < signed.size {
            return Err(Stop::RecordBehind {
                record: record.size,
                signed: signed.size,
            });
        }
        let wanted = record.size - signed.size;
        if entries.len() as u64 != wanted {
            return Err(Stop::Entries {
                given: entries.len() as u64,
                wanted,
            });
        }
        self.same_root(record, frontier_after(&self.edge, entries).root())?;
        self.shard.grow(self.edge.clone(), entries)?;
        let edge = self.shard.read_back(&self.edge, record.size)?;
        self.same_root(record, edge.root())?;
        let journal = self.journal.write(record)?;
        let checkpoint = sign(&self.key, record)?;
        let sealer = Sealer { journal, edge, ..self };
        Ok((sealer, checkpoint))
    }

    fn same_root(&self, record: Signed, files: Hash) -> Result<(), Stop> {
        if files == record.root {
            return Ok(());
        }
        Err(Stop::OtherRoot {
            size: record.size,
            record: record.root,
            files,
        })
    }
}

/// Before anything is written: a record that does not extend what was signed leaves no file.
fn frontier_after(edge: &Edge, entries: &[Vec<u8>]) -> Frontier {
    let mut frontier = edge.frontier();
    for entry in entries {
        frontier.append(Hash::of_leaf(entry));
    }
    frontier
}

/// Ed25519 gives the same signature for the same head each time.
fn sign(key: &SignerKey, head: Signed) -> Result<SignedCheckpoint, Stop> {
    let text = Checkpoint {
        origin: key.verifier().name().clone(),
        size: head.size,
        root: head.root,
    }
    .to_string();
    Ok(SignedCheckpoint::new(Note::new(&text, vec![key.sign(&text, 0)])?)?)
}

/// A journal that was rolled back shows here, if anything was published since.
fn agrees(published: &SignedCheckpoint, last: Signed) -> Result<(), Stop> {
    let head = published.checkpoint();
    if head.size > last.size {
        return Err(Stop::JournalBehind {
            published: head.size,
            journal: last.size,
        });
    }
    if head.size == last.size && head.root != last.root {
        return Err(Stop::OtherRoot {
            size: head.size,
            record: last.root,
            files: head.root,
        });
    }
    Ok(())
}
