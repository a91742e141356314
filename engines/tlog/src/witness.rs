//! The bodies of a witness's `add-checkpoint` (C2SP tlog-witness). Who is known and what is held is for the witness.

use std::fmt;

use crate::lines::{self, Lines, MOST_PROOF_HASHES, number};
use crate::note::signature_lines;
use crate::refusal::{Fault, Form, Malformed};
use crate::{Hash, SignatureLine, SignedCheckpoint};

/// A log asks for a cosignature. Invariants: at most 63 hashes; the whole at most 1 MiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the log believes the witness holds; 0 where it does not know.
    pub old: u64,
    /// From `old` to the checkpoint's size. Empty for `old` = 0.
    pub proof: Vec<Hash>,
    pub checkpoint: SignedCheckpoint,
}

impl AddCheckpoint {
    pub fn new(old: u64, proof: Vec<Hash>, checkpoint: SignedCheckpoint) -> Result<AddCheckpoint, Malformed> {
        if proof.len() > MOST_PROOF_HASHES {
            return Err(Fault::TooMany.in_whole(Form::WitnessRequest));
        }
        if old > crate::MOST_NUMBER {
            return Err(Fault::Number.in_whole(Form::WitnessRequest));
        }
        let request = AddCheckpoint { old, proof, checkpoint };
        if request.to_string().len() > lines::MOST_TEXT_BYTES {
            return Err(Fault::TooLong.in_whole(Form::WitnessRequest));
        }
        Ok(request)
    }

    pub fn parse(body: &[u8]) -> Result<AddCheckpoint, Malformed> {
        let text = lines::text_of(Form::WitnessRequest, body, lines::MOST_TEXT_BYTES)?;
        let mut lines = Lines::new(Form::WitnessRequest, text, 0);
        let old = lines.need()?;
        let old = number(lines.keyword(old, "old")?).map_err(|fault| lines.refuse(fault))?;
        let proof = lines.hashes()?;
        let (rest, before) = lines.rest();
        let checkpoint = SignedCheckpoint::read(rest, before)?;
        Ok(AddCheckpoint { old, proof, checkpoint })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", hash.to_base64())?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

/// The body of 200: one to a hundred signature lines. Those of unknown keys are the log's to ignore.
pub fn parse_cosignatures(body: &[u8]) -> Result<Vec<SignatureLine>, Malformed> {
    let text = lines::text_of(Form::WitnessAnswer, body, lines::MOST_TEXT_BYTES)?;
    signature_lines(Form::WitnessAnswer, text, 0)
}

/// The body of 409 (`text/x.tlog.size`): the size that the witness holds.
pub fn parse_held_size(body: &[u8]) -> Result<u64, Malformed> {
    /// A number below 2^63 and its line end.
    const MOST_BYTES: usize = 20;
    let text = lines::text_of(Form::WitnessAnswer, body, MOST_BYTES)?;
    let mut lines = Lines::new(Form::WitnessAnswer, text, 0);
    let size = number(lines.need()?).map_err(|fault| lines.refuse(fault))?;
    lines.end()?;
    Ok(size)
}
