//! Working days and legal periods: "due when, and why".
//!
//! A [`Calendar`] knows which days work; [`Calendar::due`] applies 民法典 200 to 204 to a [`Period`] and says in plain
//! Chinese how it came to its date. Pure: no clock, no I/O; the national table is compiled in.
//!
//! Invariants (each has a test):
//! - The first day never counts (民法典 201); a due date is never before the day the period starts from.
//! - A due date is always a working day: a working-day period counts only such days, a calendar-day or month period
//!   that ends on a rest day rolls to the next working day (民法典 203). Hours count from the moment and never roll.
//! - Months end on the corresponding day or, where there is none, on the last day of the month (民法典 202).
//! - Due dates never get earlier when the amount grows; no input panics, a date past year 9999 is an error.
//! - A date that depends on days outside the covered years is `provisional`: there the weekend rule stands in.
//! - Two calendars that differ in any day have different versions; every [`Due`] carries the version it was made by.

mod civil;
mod due;
mod pause;
mod period;
mod table;
mod why;

pub use due::Due;
pub use pause::{MAX_PAUSES, Pause, PauseCount};
pub use period::{LimitUnit, Period};
pub use table::{Calendar, Day, DayKind, MAX_OVERLAY_DAYS};

/// Why no date can be given. Texts are Chinese: they reach people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The date would lie after 9999-12-31.
    #[error("期限过长，到期日超出可表示的日期（9999年12月31日）")]
    OutOfRange,
    /// Hours need a moment, not a date: [`Calendar::due_hours`].
    #[error("以小时计算的期间须从具体时刻起算，不能只给日期")]
    HoursNeedMoment,
    #[error("中止期间“{label}”的结束日早于开始日")]
    PauseReversed { label: String },
    #[error("中止期间过多，最多{MAX_PAUSES}段")]
    TooManyPauses,
    #[error("地方日历的名称须为1至40个字符，不含换行")]
    OverlayName,
    #[error("地方日历的天数过多，最多{MAX_OVERLAY_DAYS}天")]
    OverlayTooLong,
    #[error("地方日历中{date}出现两次且安排不同")]
    OverlayConflict { date: jiff::civil::Date },
}
