//! Data of the parts that templates show (`parts.html`), and the gallery of all parts at `/_parts` in a demo.

mod gallery;

use std::fmt;

pub use self::gallery::{get_parts, post_parts};

/// One stage of a matter (申请 → 受理 → 审查 → 决定 → 送达).
#[derive(Debug, Clone)]
pub struct Stage {
    pub label: String,
    /// A real date, or what is awaited.
    pub note: String,
    pub state: StageState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageState {
    Done,
    Now,
    /// Waiting for the party or a special procedure; the clock stands still.
    Paused,
    Ahead,
    /// Will not happen in this matter (e.g. withdrawn).
    Skipped,
}

impl StageState {
    pub fn class(self) -> &'static str {
        match self {
            StageState::Done => "done",
            StageState::Now => "now",
            StageState::Paused => "paused",
            StageState::Ahead => "ahead",
            StageState::Skipped => "skipped",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            StageState::Done => "已完成",
            StageState::Now => "正在进行",
            StageState::Paused => "暂停计时",
            StageState::Ahead => "尚未开始",
            StageState::Skipped => "不再进行",
        }
    }

    pub fn is_now(self) -> bool {
        matches!(self, StageState::Now | StageState::Paused)
    }
}

/// Working days until a limit runs out; negative when it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaysLeft(pub i64);

impl DaysLeft {
    /// Addition to the class `mj-days`.
    pub fn class(&self) -> &'static str {
        match self.0 {
            ..0 => " mj-days--over",
            0 => " mj-days--today",
            1..=3 => " mj-days--soon",
            _ => "",
        }
    }
}

impl fmt::Display for DaysLeft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ..0 => write!(f, "已超期 {} 个工作日", self.0.unsigned_abs()),
            0 => f.write_str("今天到期"),
            left => write!(f, "还剩 {left} 个工作日"),
        }
    }
}

/// One recorded moment of a matter in a timeline.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// Anchor; stable, so that it can be linked to.
    pub id: String,
    pub title: String,
    /// Post or party; a person's name only where the reader may see it.
    pub by: String,
    /// As people read it.
    pub time: String,
    /// ISO 8601.
    pub machine_time: String,
    pub lines: Vec<String>,
    /// Label and address.
    pub papers: Vec<(String, String)>,
}
