//! The public log: a Merkle tree in tiles, signed checkpoints, proofs, receipts, and leaves that hide what is private.
//!
//! Formats: RFC 6962 and 9162; the C2SP texts signed-note, tlog-checkpoint, tlog-cosignature, tlog-witness, tlog-tiles,
//! tlog-proof, tlog-policy. Pure: no I/O, no clock, no chance; stored tiles come through closures, times and seeds as
//! parameters. The browser has a second, independent implementation in `web/src/verify`; both are held to
//! `vectors/`.
//!
//! Invariants (each has a test):
//! - What parses prints back byte for byte: numbers, base64 and JSON have one spelling.
//! - No input panics; lengths are bounded before anything is allocated (1 MiB for any text).
//! - What is refused says what it was, where, and why, with a stable code.
//! - A proof or signature with any bit changed does not verify.

mod bundle;
mod checkpoint;
mod edge;
mod frontier;
mod hash;
mod key;
mod leaf;
mod lines;
mod note;
mod opening;
mod policy;
mod proof;
mod prove;
mod receipt;
mod refusal;
mod tile;
mod witness;

pub use bundle::{MOST_ENTRY_BYTES, parse_bundle, print_bundle};
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use edge::{Edge, Unread, print_tile};
pub use frontier::Frontier;
pub use hash::Hash;
pub use key::{KeyId, KeyKind, KeyName, SignerKey, VerifierKey};
pub use leaf::{Leaf, LeafKind};
pub use note::{Note, SignatureLine, Signed};
pub use opening::{COMMITMENT_LABEL, Commitment, Fields, Opening, ShownField};
pub use policy::{Accepted, Policy};
pub use proof::{inclusion_root, verify_consistency, verify_inclusion};
pub use prove::{NoProof, prove_consistency, prove_inclusion, stored_root};
pub use receipt::Receipt;
pub use refusal::{Fault, Form, Malformed, Place, Unproven};
pub use tile::{Resource, Tile};
pub use witness::{AddCheckpoint, Judgement, judge, parse_cosignatures, parse_held_size};

/// Sizes, indexes and times stay at most this: what a signed 64-bit integer holds.
pub const MOST_NUMBER: u64 = i64::MAX as u64;
