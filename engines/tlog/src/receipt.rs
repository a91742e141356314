//! Receipts (C2SP tlog-proof): an entry's place in the log, its proof, and the signed checkpoint, in one text file that
//! verifies without a network.

use std::fmt;

use crate::lines::{self, Lines, MOST_PROOF_HASHES, from_base64, number, to_base64};
use crate::policy::{Accepted, Policy};
use crate::proof::verify_inclusion;
use crate::refusal::{Fault, Form, Malformed, Unproven};
use crate::{Hash, SignedCheckpoint};

/// Invariants: at most 63 hashes, at most 64 KiB of extra data, the whole at most 1 MiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    extra: Option<Vec<u8>>,
    index: u64,
    proof: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

impl Receipt {
    pub const HEADER: &str = "c2sp.org/tlog-proof@v1";
    pub const MOST_EXTRA_BYTES: usize = 1 << 16;

    /// `extra`: by our custom the leaf itself. Nothing vouches for it until it is hashed and verified.
    pub fn new(
        extra: Option<Vec<u8>>,
        index: u64,
        proof: Vec<Hash>,
        checkpoint: SignedCheckpoint,
    ) -> Result<Receipt, Malformed> {
        if proof.len() > MOST_PROOF_HASHES {
            return Err(Fault::TooMany.in_whole(Form::Receipt));
        }
        if index > crate::MOST_NUMBER {
            return Err(Fault::Number.in_whole(Form::Receipt));
        }
        let receipt = Receipt {
            extra,
            index,
            proof,
            checkpoint,
        };
        let extra = receipt.extra.as_ref().map_or(0, Vec::len);
        if extra > Receipt::MOST_EXTRA_BYTES || receipt.to_string().len() > lines::MOST_TEXT_BYTES {
            return Err(Fault::TooLong.in_whole(Form::Receipt));
        }
        Ok(receipt)
    }

    pub fn parse(bytes: &[u8]) -> Result<Receipt, Malformed> {
        let text = lines::text_of(Form::Receipt, bytes, lines::MOST_TEXT_BYTES)?;
        let mut lines = Lines::new(Form::Receipt, text, 0);
        if lines.need()? != Receipt::HEADER {
            return Err(lines.refuse(Fault::Header));
        }
        let mut line = lines.need()?;
        let mut extra = None;
        if let Some(base64) = line.strip_prefix("extra ") {
            let bytes = from_base64(base64).map_err(|fault| lines.refuse(fault))?;
            if bytes.len() > Receipt::MOST_EXTRA_BYTES {
                return Err(lines.refuse(Fault::TooLong));
            }
            extra = Some(bytes);
            line = lines.need()?;
        }
        let index = number(lines.keyword(line, "index")?).map_err(|fault| lines.refuse(fault))?;
        let proof = lines.hashes()?;
        let (rest, before) = lines.rest();
        let checkpoint = SignedCheckpoint::read(rest, before)?;
        Ok(Receipt {
            extra,
            index,
            proof,
            checkpoint,
        })
    }

    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    pub fn index(&self) -> u64 {
        self.index
    }

    pub fn proof(&self) -> &[Hash] {
        &self.proof
    }

    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// The log is one of the policy's, it and the quorum signed, and the leaf stands where the receipt says.
    pub fn verify<'p>(&self, leaf: &Hash, policy: &'p Policy) -> Result<Accepted<'p>, Unproven> {
        let accepted = policy.accept(&self.checkpoint)?;
        let head = self.checkpoint.checkpoint();
        verify_inclusion(leaf, self.index, head.size, &self.proof, &head.root)?;
        Ok(accepted)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", Receipt::HEADER)?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", to_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.proof {
            writeln!(f, "{}", hash.to_base64())?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}
