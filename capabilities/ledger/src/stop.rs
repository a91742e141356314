//! Why the log stopped. None of these is retried by the sealer itself: it is opened anew, which checks everything.

use mingjing_tlog::Hash;

#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// After a failed sync nobody knows what is on the disk; only reading it back from a fresh start tells.
    #[error("{step} {path}: {source}")]
    Disk {
        step: &'static str,
        path: String,
        source: std::io::Error,
    },
    #[error("{path} exists with other bytes than the record demands; nothing is overwritten")]
    Differs { path: String },
    #[error("{path} is missing or not what was signed")]
    Damaged { path: String },
    #[error("the journal of signed heads is missing: signing without it could fork the log")]
    JournalLost,
    #[error("the journal of signed heads cannot be read at {path}")]
    JournalDamaged { path: String },
    #[error("the published checkpoint of {published} leaves is ahead of the journal, which ends at {journal}")]
    JournalBehind { published: u64, journal: u64 },
    #[error("the record has {record} leaves, {signed} are signed: an old backup? Refill it before anything is signed")]
    RecordBehind { record: u64, signed: u64 },
    #[error("at {size} leaves the record's root is {record}, the files' {files}")]
    OtherRoot { size: u64, record: Hash, files: Hash },
    #[error("{given} entries were given for {wanted}")]
    Entries { given: u64, wanted: u64 },
    #[error("what the record says of the act at {place} of {shard} is not what was sealed there")]
    NotSealed { shard: String, place: u64 },
    #[error("{0}")]
    Key(String),
    #[error("the open log is {record}, the key is {key}'s")]
    OtherLog { record: String, key: String },
    #[error("no log was begun: run `mingjing ledger create`")]
    NoLog,
    #[error("the witness {witness} has seen {held} leaves of this log, here are {size}: signing on could fork it")]
    WitnessAhead { witness: String, held: u64, size: u64 },
    #[error("another process signs: the journal is locked")]
    TwoSigners,
    #[error(transparent)]
    Malformed(#[from] mingjing_tlog::Malformed),
    #[error(transparent)]
    Fault(#[from] mingjing_chronicle::Fault),
}

impl Stop {
    pub(crate) fn disk(step: &'static str, path: &str) -> impl FnOnce(std::io::Error) -> Stop {
        let path = path.to_owned();
        move |source| Stop::Disk { step, path, source }
    }
}
