//! A witness's `add-checkpoint` (C2SP tlog-witness): its bodies, and what it answers. Keeping what is held is for others.

use std::fmt;

use crate::lines::{self, Lines, MOST_PROOF_HASHES, number};
use crate::note::signature_lines;
use crate::proof::verify_consistency;
use crate::refusal::{Fault, Form, Malformed, Unproven};
use crate::{Hash, KeyKind, SignatureLine, SignedCheckpoint, VerifierKey};

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

/// A witness's answer to `add-checkpoint`. Pure: whoever serves it reads `held`, and stores the new head before it
/// cosigns, in one atomic step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// 200, after the head was stored.
    Cosign,
    /// 400: the log believes in a larger tree than it shows.
    OldTooLarge,
    /// 403: no trusted key of the log signed, or one that did so wrongly.
    NotSigned(Unproven),
    /// 404.
    UnknownOrigin,
    /// 409, with the size held and a line end as body.
    Conflict { held: u64 },
    /// 422: the proof does not hold, or the log shows two trees of one size.
    NotConsistent(Unproven),
}

impl Judgement {
    pub fn status(&self) -> u16 {
        match self {
            Judgement::Cosign => 200,
            Judgement::OldTooLarge => 400,
            Judgement::NotSigned(_) => 403,
            Judgement::UnknownOrigin => 404,
            Judgement::Conflict { .. } => 409,
            Judgement::NotConsistent(_) => 422,
        }
    }
}

/// `logs`: keys of all logs that the witness knows; `held`: size and root of the largest tree it has cosigned for this
/// origin, if any. The order of the checks is that of tlog-witness.
pub fn judge(request: &AddCheckpoint, logs: &[VerifierKey], held: Option<(u64, Hash)>) -> Judgement {
    let head = request.checkpoint.checkpoint();
    let keys: Vec<VerifierKey> = logs
        .iter()
        .filter(|key| key.kind() == KeyKind::Log && *key.name() == head.origin)
        .cloned()
        .collect();
    if keys.is_empty() {
        return Judgement::UnknownOrigin;
    }
    if let Err(unproven) = request.checkpoint.note().verify(&keys) {
        return Judgement::NotSigned(unproven);
    }
    if request.old > head.size {
        return Judgement::OldTooLarge;
    }
    let (size, root) = held.unwrap_or((0, Hash::EMPTY_ROOT));
    if request.old != size {
        return Judgement::Conflict { held: size };
    }
    match verify_consistency(size, &root, head.size, &head.root, &request.proof) {
        Ok(()) => Judgement::Cosign,
        Err(unproven) => Judgement::NotConsistent(unproven),
    }
}
