//! Times of day, with or without a zone.

use super::{DaysDuration, NANOS_PER_DAY, NANOS_PER_SECOND, Zone};
use std::cmp::Ordering;
use std::fmt;

#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Time {
    /// Nanoseconds since midnight, local.
    nanos: i64,
    zone: Zone,
}

impl Time {
    pub fn new(hour: i64, minute: i64, second: i64, nanos: i64, zone: Zone) -> Option<Time> {
        let fits = (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..60).contains(&second)
            && (0..NANOS_PER_SECOND).contains(&nanos);
        // Only after the check: larger parts would overflow.
        fits.then(|| {
            let seconds = hour * 3600 + minute * 60 + second;
            Time {
                nanos: seconds * NANOS_PER_SECOND + nanos,
                zone,
            }
        })
    }

    pub fn midnight(zone: Zone) -> Time {
        Time { nanos: 0, zone }
    }

    pub(super) fn from_nanos(nanos: i64, zone: Zone) -> Time {
        Time {
            nanos: nanos.rem_euclid(NANOS_PER_DAY),
            zone,
        }
    }

    pub fn parse(text: &str) -> Option<Time> {
        let mut rest = text;
        let hour = super::fixed_digits(&mut rest, 2)?;
        super::literal(&mut rest, ':')?;
        let minute = super::fixed_digits(&mut rest, 2)?;
        super::literal(&mut rest, ':')?;
        let second = super::fixed_digits(&mut rest, 2)?;
        let mut nanos = 0;
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
            nanos = super::fraction(&mut rest)?;
        }
        Time::new(hour.into(), minute.into(), second.into(), nanos, Zone::parse(rest)?)
    }

    pub fn hour(&self) -> i64 {
        self.second_of_day() / 3600
    }

    pub fn minute(&self) -> i64 {
        self.second_of_day() / 60 % 60
    }

    pub fn second(&self) -> i64 {
        self.second_of_day() % 60
    }

    pub fn nanosecond(&self) -> i64 {
        self.nanos % NANOS_PER_SECOND
    }

    pub fn second_of_day(&self) -> i64 {
        self.nanos / NANOS_PER_SECOND
    }

    pub fn nanos(&self) -> i64 {
        self.nanos
    }

    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    pub fn offset(&self) -> Option<i64> {
        self.zone.offset_undated(self.second_of_day())
    }

    /// Wraps around midnight.
    pub fn plus(&self, duration: DaysDuration) -> Time {
        let shift = duration.nanos().rem_euclid(i128::from(NANOS_PER_DAY)) as i64;
        Time::from_nanos(self.nanos + shift, self.zone.clone())
    }

    /// `self − other`; nothing if only one of them has a zone.
    pub fn since(&self, other: &Time) -> Option<DaysDuration> {
        let (a, b) = Time::comparable(self, other)?;
        Some(DaysDuration::from_nanos(i128::from(a - b)))
    }

    /// Order of the instants, to the second (the value space of DMN 1.5, 10.3.2.3.4); nothing if only one of them has a zone.
    pub fn compare(&self, other: &Time) -> Option<Ordering> {
        let (a, b) = Time::comparable(self, other)?;
        Some(a.div_euclid(NANOS_PER_SECOND).cmp(&b.div_euclid(NANOS_PER_SECOND)))
    }

    fn comparable(a: &Time, b: &Time) -> Option<(i64, i64)> {
        match (a.offset(), b.offset()) {
            (None, None) => Some((a.nanos, b.nanos)),
            (Some(x), Some(y)) => Some((a.nanos - x * NANOS_PER_SECOND, b.nanos - y * NANOS_PER_SECOND)),
            _ => None,
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour(), self.minute(), self.second())?;
        super::write_fraction(f, self.nanosecond())?;
        self.zone.fmt(f)
    }
}
