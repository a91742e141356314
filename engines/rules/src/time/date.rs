//! Proleptic Gregorian dates.

use super::MonthsDuration;
use std::fmt;

const MAX_YEAR: u64 = 999_999_999;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    year: i32,
    month: u8,
    day: u8,
}

/// ISO weekday, Monday = 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Weekday(pub u8);

impl Weekday {
    pub fn name(self) -> &'static str {
        const NAMES: [&str; 7] = [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ];
        NAMES[usize::from(self.0) - 1]
    }
}

impl Date {
    pub fn new(year: i64, month: i64, day: i64) -> Option<Date> {
        if year.unsigned_abs() > MAX_YEAR || !(1..=12).contains(&month) || day < 1 {
            return None;
        }
        let date = Date {
            year: year as i32,
            month: month as u8,
            day: 1,
        };
        (day <= i64::from(date.days_in_month())).then_some(Date { day: day as u8, ..date })
    }

    /// `YYYY-MM-DD`, with up to nine year digits and a minus for years before 1 BC.
    pub fn parse(text: &str) -> Option<Date> {
        let mut rest = text;
        let date = Date::parse_front(&mut rest)?;
        rest.is_empty().then_some(date)
    }

    pub(super) fn parse_front(rest: &mut &str) -> Option<Date> {
        let negative = rest.starts_with('-');
        if negative {
            *rest = &rest[1..];
        }
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let padded = length > 4 && rest.starts_with('0');
        if !(4..=9).contains(&length) || padded {
            return None;
        }
        let year = i64::from(super::fixed_digits(rest, length)?);
        super::literal(rest, '-')?;
        let month = super::fixed_digits(rest, 2)?;
        super::literal(rest, '-')?;
        let day = super::fixed_digits(rest, 2)?;
        Date::new(if negative { -year } else { year }, i64::from(month), i64::from(day))
    }

    pub fn year(self) -> i64 {
        i64::from(self.year)
    }

    pub fn month(self) -> i64 {
        i64::from(self.month)
    }

    pub fn day(self) -> i64 {
        i64::from(self.day)
    }

    pub fn is_leap_year(self) -> bool {
        let year = self.year;
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    pub fn days_in_month(self) -> u8 {
        match self.month {
            2 if self.is_leap_year() => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// Days since 1970-01-01.
    pub fn epoch_day(self) -> i64 {
        // Years are counted from March so that the leap day is the last of its year.
        let shifted = i64::from(self.year) - i64::from(self.month <= 2);
        let era = shifted.div_euclid(400);
        let year_of_era = shifted.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    pub fn from_epoch_day(day: i64) -> Option<Date> {
        let day = day.checked_add(719_468)?;
        let era = day.div_euclid(146_097);
        let day_of_era = day.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        Date::new(year_of_era + era * 400 + i64::from(month <= 2), month, day)
    }

    pub fn plus_days(self, days: i64) -> Option<Date> {
        Date::from_epoch_day(self.epoch_day().checked_add(days)?)
    }

    /// A day that the target month lacks becomes its last day (31 January + 1 month = 28 February).
    pub fn plus_months(self, months: MonthsDuration) -> Option<Date> {
        let total = (self.year() * 12 + self.month() - 1).checked_add(months.months())?;
        let first = Date::new(total.div_euclid(12), total.rem_euclid(12) + 1, 1)?;
        Some(Date {
            day: self.day.min(first.days_in_month()),
            ..first
        })
    }

    /// Whole months from `earlier` to `self`; negative when `self` lies before.
    pub fn months_since(self, earlier: Date) -> MonthsDuration {
        let months = (self.year() - earlier.year()) * 12 + self.month() - earlier.month();
        let short = if months > 0 && self.day < earlier.day {
            -1
        } else if months < 0 && self.day > earlier.day {
            1
        } else {
            0
        };
        MonthsDuration::from_months(months + short)
    }

    pub fn weekday(self) -> Weekday {
        Weekday((self.epoch_day() + 3).rem_euclid(7) as u8 + 1)
    }

    pub fn day_of_year(self) -> i64 {
        let first = Date {
            month: 1,
            day: 1,
            ..self
        };
        self.epoch_day() - first.epoch_day() + 1
    }

    /// ISO 8601 week.
    pub fn week_of_year(self) -> i64 {
        let thursday = self.epoch_day() - i64::from(self.weekday().0) + 4;
        Date::from_epoch_day(thursday).map_or(1, |date| (date.day_of_year() - 1) / 7 + 1)
    }

    pub fn month_name(self) -> &'static str {
        const NAMES: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        NAMES[usize::from(self.month) - 1]
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.year < 0 { "-" } else { "" };
        write!(
            f,
            "{sign}{:04}-{:02}-{:02}",
            self.year.unsigned_abs(),
            self.month,
            self.day
        )
    }
}
