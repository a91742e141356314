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
    /// For people who look after the log; the code's own words where they are rare and technical.
    pub fn in_words(&self) -> String {
        match self {
            Stop::Disk { step, path, source } => format!("磁盘出错（{step} {path}）：{source}"),
            Stop::Differs { path } => format!("文件 {path} 已经存在，内容却与记录要求的不同；没有覆盖"),
            Stop::Damaged { path } => format!("文件 {path} 缺失，或者与签名时不同"),
            Stop::JournalLost => "签名簿不见了：没有它不再签名，以免日志分叉".to_owned(),
            Stop::JournalDamaged { path } => format!("签名簿读不出来：{path}"),
            Stop::JournalBehind { published, journal } => {
                format!("已公布 {published} 个条目，签名簿只到 {journal}：签名簿被退回过")
            }
            Stop::RecordBehind { record, signed } => {
                format!(
                    "记录里有 {record} 个条目，已签名 {signed} 个：可能恢复了旧备份，请先运行 mingjing ledger refill"
                )
            }
            Stop::OtherRoot { size, .. } => format!("前 {size} 个条目算出的根与签过名的不同"),
            Stop::NoLog => "还没有公开日志".to_owned(),
            Stop::WitnessAhead { witness, held, size } => {
                format!("见证人 {witness} 见过 {held} 个条目，这里只有 {size} 个：不再签名，以免日志分叉")
            }
            Stop::TwoSigners => "另有一个进程在签名".to_owned(),
            other => other.to_string(),
        }
    }

    pub(crate) fn disk(step: &'static str, path: &str) -> impl FnOnce(std::io::Error) -> Stop {
        let path = path.to_owned();
        move |source| Stop::Disk { step, path, source }
    }
}
