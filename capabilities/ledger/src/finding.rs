//! What comparing the record with its log may find, and how a person reads it.

use mingjing_chronicle::Audited;
use serde::{Deserialize, Serialize};

/// Which event, as its row calls itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    pub event_id: String,
    /// `<kind>/<id>#<version>`
    pub stream: String,
    pub kind: String,
}

impl Named {
    pub(crate) fn of(audited: &Audited) -> Named {
        Named {
            event_id: audited.event_id.clone(),
            stream: format!("{}#{}", audited.stream, audited.version),
            kind: audited.kind.clone(),
        }
    }

    /// Kind and id of the stream, and the event's number in it.
    pub fn parts(&self) -> Option<(&str, &str, i64)> {
        parts(&self.stream)
    }
}

fn parts(stream: &str) -> Option<(&str, &str, i64)> {
    let (stream, version) = stream.rsplit_once('#')?;
    let (kind, id) = stream.split_once('/')?;
    Some((kind, id, version.parse().ok()?))
}

/// Ids and kinds only: no payload.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// What the row says now is not what was sealed.
    Altered { event: Named, shard: String, place: u64 },
    /// The row does not open: its content, id, stream, version or kind was changed, or its key.
    Unreadable { event: Named },
    /// An act that was never sealed and does not wait to be.
    NotSealed { event: Named },
    /// The key is gone, and the erasure journal knows nothing of it.
    ErasedWithoutJournal { event: Named },
    /// Versions of a stream that are missing before this event.
    Gap { event: Named, expected: i64 },
    /// The stream's newest event is missing: `<kind>/<id>#<version>`.
    NewestMissing { stream: String },
    /// A leaf whose event is not in the record any more.
    EventMissing {
        shard: String,
        place: u64,
        event_id: Option<String>,
    },
    /// The row of the list of leaves is not what the log's files have.
    ListAltered {
        shard: String,
        place: u64,
        event_id: Option<String>,
    },
    /// The number or list of a body's acts of a closed day is not what was sealed.
    DayDiffers { day: String, organ: String },
    /// A file that an act names is not what the act committed to.
    FileDiffers { event: Named, file: String, why: String },
    /// What a body's officers looked at on a day is not what was sealed.
    ReadsDiffer { day_of_organ: String },
    /// The first leaf of a year's log does not commit to the last head of the one before it.
    Unlinked { shard: String },
    /// A file of the log is missing or not what was signed.
    FilesDiffer { shard: String, why: String },
    /// The comparison did not come to its end.
    Unfinished { why: String },
}

impl Finding {
    /// Kind and id of the stream that is touched, and the number of the event, where the finding knows it.
    pub fn place(&self) -> Option<(&str, &str, i64)> {
        match self {
            Finding::Altered { event, .. }
            | Finding::Unreadable { event }
            | Finding::NotSealed { event }
            | Finding::ErasedWithoutJournal { event }
            | Finding::FileDiffers { event, .. }
            | Finding::Gap { event, .. } => event.parts(),
            Finding::NewestMissing { stream } => parts(stream),
            _ => None,
        }
    }

    /// Kind of the event, where the finding knows it.
    pub fn kind(&self) -> Option<&str> {
        match self {
            Finding::Altered { event, .. }
            | Finding::Unreadable { event }
            | Finding::NotSealed { event }
            | Finding::FileDiffers { event, .. }
            | Finding::ErasedWithoutJournal { event } => Some(&event.kind),
            _ => None,
        }
    }

    /// One sentence for whoever looks after the log.
    pub fn in_words(&self) -> String {
        let named = |event: &Named| format!("事件 {}（{}，{}）", event.event_id, event.stream, event.kind);
        let by_id = |id: &Option<String>| id.as_ref().map_or("未知事件".to_owned(), |id| format!("事件 {id}"));
        match self {
            Finding::Altered { event, shard, place } => {
                format!("被改动：{}的内容与 {shard} 第 {place} 号条目封存的不同", named(event))
            }
            Finding::Unreadable { event } => format!("打不开：{}的内容、编号、位置或密钥被改动", named(event)),
            Finding::NotSealed { event } => format!("没有封存：{}没有条目，也不在等待封存", named(event)),
            Finding::ErasedWithoutJournal { event } => format!("密钥不见了：{}没有经过擦除程序", named(event)),
            Finding::Gap { event, expected } => format!("有缺号：{}之前缺少第 {expected} 号", named(event)),
            Finding::NewestMissing { stream } => format!("最后的事件不见了：{stream} 应当有，记录里没有"),
            Finding::EventMissing { shard, place, event_id } => format!(
                "事件不见了：{shard} 第 {place} 号条目所封存的{}不在记录里",
                by_id(event_id)
            ),
            Finding::ListAltered { shard, place, event_id } => format!(
                "条目表被改动：{shard} 第 {place} 号（{}）与日志文件不同",
                by_id(event_id)
            ),
            Finding::DayDiffers { day, organ } => format!("日结不符：{day} {organ} 的行为与当日封存的清单不同"),
            Finding::FileDiffers { event, file, why } => {
                format!("文件有问题：{}所附的文件 {file}：{why}", named(event))
            }
            Finding::ReadsDiffer { day_of_organ } => format!("查阅记录不符：{day_of_organ} 的查阅记录与封存的不同"),
            Finding::Unlinked { shard } => format!("日志 {shard} 的第一个条目与上一年日志的最后状态对不上"),
            Finding::FilesDiffer { shard, why } => format!("日志文件有问题：{shard}：{why}"),
            Finding::Unfinished { why } => format!("核对没有做完：{why}"),
        }
    }
}
