//! Dates as day numbers, and how a Chinese reader writes them.

use jiff::civil::{Date, Weekday, date};

/// A Monday, so that the weekday rule needs no offset.
const EPOCH: Date = date(2001, 1, 1);

pub(crate) fn ordinal(day: Date) -> i64 {
    day.duration_since(EPOCH).as_hours() / 24
}

pub(crate) fn from_ordinal(ordinal: i64) -> Option<Date> {
    let span = jiff::Span::new().try_days(ordinal).ok()?;
    EPOCH.checked_add(span).ok()
}

pub(crate) fn last_ordinal() -> i64 {
    ordinal(Date::MAX)
}

/// Mondays to Fridays from the epoch through day `ordinal`; negative before it.
pub(crate) fn weekdays_through(ordinal: i64) -> i64 {
    ordinal.div_euclid(7) * 5 + (ordinal.rem_euclid(7) + 1).min(5)
}

pub(crate) fn is_weekday(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

pub(crate) fn weekday_name(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}

pub(crate) fn full(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// Writes dates as a clerk would: the year and month only where they change.
#[derive(Default)]
pub(crate) struct Pen {
    year: Option<i16>,
    month: Option<i8>,
}

impl Pen {
    /// A new line names the month again; the year carries over.
    pub(crate) fn new_line(&mut self) {
        self.month = None;
    }

    pub(crate) fn date(&mut self, day: Date) -> String {
        let year_changed = self.year.replace(day.year()) != Some(day.year());
        let month_changed = self.month.replace(day.month()) != Some(day.month());
        if year_changed {
            full(day)
        } else if month_changed {
            format!("{}月{}日", day.month(), day.day())
        } else {
            format!("{}日", day.day())
        }
    }

    pub(crate) fn range(&mut self, first: Date, last: Date) -> String {
        let head = self.date(first);
        if first == last {
            return head;
        }
        format!("{head}至{}", self.date(last))
    }
}
