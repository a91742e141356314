//! A date with a time of day.

use super::{Date, DaysDuration, MonthsDuration, NANOS_PER_DAY, NANOS_PER_SECOND, Time, Zone};
use std::cmp::Ordering;
use std::fmt;

#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct DateTime {
    pub date: Date,
    pub time: Time,
}

impl DateTime {
    /// `date T time`, or a date alone for its midnight.
    pub fn parse(text: &str) -> Option<DateTime> {
        let mut rest = text;
        let date = Date::parse_front(&mut rest)?;
        if rest.is_empty() {
            return Some(DateTime::midnight(date));
        }
        let rest = rest.strip_prefix('T')?;
        // Midnight at the end of a day is that of the next.
        if let Some(zone) = rest.strip_prefix("24:00:00") {
            let time = Time::midnight(Zone::parse(zone)?);
            return Some(DateTime {
                date: date.plus_days(1)?,
                time,
            });
        }
        Some(DateTime {
            date,
            time: Time::parse(rest)?,
        })
    }

    pub fn midnight(date: Date) -> DateTime {
        DateTime {
            date,
            time: Time::midnight(Zone::Local),
        }
    }

    pub fn offset(&self) -> Option<i64> {
        self.time.zone().offset_at(self.date, self.time.second_of_day())
    }

    /// Nanoseconds since 1970-01-01T00:00 on the local clock.
    fn local_nanos(&self) -> i128 {
        i128::from(self.date.epoch_day()) * i128::from(NANOS_PER_DAY) + i128::from(self.time.nanos())
    }

    fn comparable(a: &DateTime, b: &DateTime) -> Option<(i128, i128)> {
        let shift = |offset: i64| i128::from(offset) * i128::from(NANOS_PER_SECOND);
        match (a.offset(), b.offset()) {
            (None, None) => Some((a.local_nanos(), b.local_nanos())),
            (Some(x), Some(y)) => Some((a.local_nanos() - shift(x), b.local_nanos() - shift(y))),
            _ => None,
        }
    }

    /// Order of the instants, to the second; nothing if only one of them has a zone.
    pub fn compare(&self, other: &DateTime) -> Option<Ordering> {
        let (a, b) = DateTime::comparable(self, other)?;
        let second = i128::from(NANOS_PER_SECOND);
        Some(a.div_euclid(second).cmp(&b.div_euclid(second)))
    }

    pub fn since(&self, other: &DateTime) -> Option<DaysDuration> {
        let (a, b) = DateTime::comparable(self, other)?;
        Some(DaysDuration::from_nanos(a - b))
    }

    pub fn plus(&self, duration: DaysDuration) -> Option<DateTime> {
        let total = self.local_nanos().checked_add(duration.nanos())?;
        let day = i64::try_from(total.div_euclid(i128::from(NANOS_PER_DAY))).ok()?;
        let nanos = total.rem_euclid(i128::from(NANOS_PER_DAY)) as i64;
        let time = Time::from_nanos(nanos, self.time.zone().clone());
        Some(DateTime {
            date: Date::from_epoch_day(day)?,
            time,
        })
    }

    pub fn plus_months(&self, months: MonthsDuration) -> Option<DateTime> {
        Some(DateTime {
            date: self.date.plus_months(months)?,
            time: self.time.clone(),
        })
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.time)
    }
}
