//! Checkpoints (C2SP tlog-checkpoint): a log's name, size and root, signed by it and its witnesses.

use std::fmt;

use crate::lines::{self, Lines, hash, number};
use crate::refusal::{Form, Malformed};
use crate::{Hash, KeyName, Note};

/// Three lines, no extension lines: what nobody reads nobody should sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub origin: KeyName,
    /// Leaves, below 2^63.
    pub size: u64,
    pub root: Hash,
}

impl Checkpoint {
    pub fn parse(text: &[u8]) -> Result<Checkpoint, Malformed> {
        Checkpoint::read(lines::text_of(Form::Checkpoint, text, lines::MOST_TEXT_BYTES)?, 0)
    }

    fn read(text: &str, before: u32) -> Result<Checkpoint, Malformed> {
        let mut lines = Lines::new(Form::Checkpoint, text, before);
        let origin = KeyName::of(lines.need()?).map_err(|fault| lines.refuse(fault))?;
        let size = number(lines.need()?).map_err(|fault| lines.refuse(fault))?;
        let root = hash(lines.need()?).map_err(|fault| lines.refuse(fault))?;
        lines.end()?;
        Ok(Checkpoint { origin, size, root })
    }

    /// SHA-256 of the origin in hex: the path segment under which a witness serves what it has seen.
    pub fn origin_hash(origin: &KeyName) -> String {
        Hash::of_bytes(origin.as_str().as_bytes()).to_string()
    }
}

/// The text that is signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64())
    }
}

/// A checkpoint with its signatures. Invariant: the checkpoint is the note's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    pub fn new(note: Note) -> Result<SignedCheckpoint, Malformed> {
        SignedCheckpoint::of(note, 0)
    }

    pub fn parse(bytes: &[u8]) -> Result<SignedCheckpoint, Malformed> {
        SignedCheckpoint::new(Note::parse(bytes)?)
    }

    pub(crate) fn read(text: &str, before: u32) -> Result<SignedCheckpoint, Malformed> {
        SignedCheckpoint::of(Note::read(text, before)?, before)
    }

    fn of(note: Note, before: u32) -> Result<SignedCheckpoint, Malformed> {
        let checkpoint = Checkpoint::read(note.text(), before)?;
        Ok(SignedCheckpoint { checkpoint, note })
    }

    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    pub fn note(&self) -> &Note {
        &self.note
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.note, f)
    }
}
