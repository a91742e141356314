//! When a timer event is due: a date, a duration, a cycle (ISO 8601), or so many working days in our extension.
//!
//! Dates without a zone are in China Standard Time. Days, months and years are those of that calendar.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

use super::Expression;

/// Microseconds since 1970-01-01T00:00Z.
pub type Moment = i64;

#[derive(Debug, Clone, PartialEq)]
pub struct TimerRule {
    pub kind: TimerKind,
    /// ISO text, or an expression that gives one. Of working days: the number.
    pub value: Expression,
    /// The text is no expression.
    pub literal: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerKind {
    Date,
    Duration,
    Cycle,
    WorkingDays,
}

/// `R3/2026-01-05T09:00:00+08:00/P1D`, parts optional but the last.
#[derive(Debug, Clone)]
pub struct Cycle {
    /// None: without end.
    pub times: Option<u32>,
    pub first: Option<Moment>,
    pub every: Span,
}

pub fn zone() -> Offset {
    Offset::constant(8)
}

impl TimerRule {
    /// The literal text is well formed; expressions are only known when they are evaluated.
    pub fn readable(&self) -> bool {
        let text = &self.value.text;
        !self.literal
            || match self.kind {
                TimerKind::Date => date(text).is_some(),
                TimerKind::Duration => duration(text).is_some(),
                TimerKind::Cycle => cycle(text).is_some(),
                TimerKind::WorkingDays => text.parse::<u32>().is_ok_and(|days| (1..=10_000).contains(&days)),
            }
    }
}

pub fn date(text: &str) -> Option<Moment> {
    let text = text.trim();
    let zoned = text.split('[').next().unwrap_or(text);
    if let Ok(timestamp) = zoned.parse::<Timestamp>() {
        return Some(timestamp.as_microsecond());
    }
    if let Ok(local) = text.parse::<DateTime>() {
        return from_local(local);
    }
    from_local(text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()))
}

/// Positive or zero.
pub fn duration(text: &str) -> Option<Span> {
    let text = text.trim();
    if !text.starts_with('P') {
        return None;
    }
    let span: Span = text.parse().ok()?;
    (!span.is_negative()).then_some(span)
}

pub fn cycle(text: &str) -> Option<Cycle> {
    let mut parts: Vec<&str> = text.trim().split('/').map(str::trim).collect();
    let mut times = None;
    if let Some(count) = parts[0].strip_prefix('R') {
        let count = count.trim_start_matches('-');
        times = match count {
            "" => None,
            // -1 means without end in the widespread reading of ISO 8601.
            "1" if parts[0] == "R-1" => None,
            count => Some(count.parse().ok()?),
        };
        parts.remove(0);
    }
    match parts[..] {
        [every] => Some(Cycle {
            times,
            first: None,
            every: positive(every)?,
        }),
        [first, every] if every.starts_with('P') => Some(Cycle {
            times,
            first: Some(date(first)?),
            every: positive(every)?,
        }),
        _ => None,
    }
}

/// A cycle that takes no time would never stop.
fn positive(text: &str) -> Option<Span> {
    duration(text).filter(|span| !span.is_zero())
}

pub fn add(moment: Moment, span: Span) -> Option<Moment> {
    from_local(to_local(moment)?.checked_add(span).ok()?)
}

pub fn to_local(moment: Moment) -> Option<DateTime> {
    let timestamp = Timestamp::from_microsecond(moment).ok()?;
    Some(zone().to_datetime(timestamp))
}

pub fn from_local(local: DateTime) -> Option<Moment> {
    Some(zone().to_timestamp(local).ok()?.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_every_usual_form() {
        let noon = date("2026-03-02T12:00:00+08:00").unwrap();
        for same in [
            "2026-03-02T04:00:00Z",
            "2026-03-02T12:00:00",
            "2026-03-02T12:00:00+08:00[Asia/Shanghai]",
        ] {
            assert_eq!(date(same), Some(noon), "{same}");
        }
        assert_eq!(date("2026-03-02"), Some(noon - 12 * 3_600_000_000));
        assert_eq!(date("soon"), None);
    }

    #[test]
    fn durations_and_cycles() {
        assert!(duration("PT1H").is_some() && duration("P1Y2M3DT4H5M6.5S").is_some() && duration("P2W").is_some());
        for bad in ["1H", "-PT1H", "PT", "", "PT1X"] {
            assert!(duration(bad).is_none(), "{bad}");
        }
        assert_eq!(cycle("R3/PT10M").unwrap().times, Some(3));
        assert_eq!(cycle("R/PT10M").unwrap().times, None);
        assert!(cycle("R2/2026-03-02T12:00:00Z/PT1H").unwrap().first.is_some());
        for bad in ["R/PT0S", "0 0 * * *", "Rx/PT1H", "R3", "R3/PT1H/2026-03-02"] {
            assert!(cycle(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn months_end_where_the_calendar_ends_them() {
        let last = date("2026-01-31T10:00:00").unwrap();
        assert_eq!(add(last, duration("P1M").unwrap()), date("2026-02-28T10:00:00"));
    }
}
