//! Durations of years and months, and of days and time. The two never mix: a month has no fixed
//! number of days.

use super::{NANOS_PER_DAY, NANOS_PER_SECOND};
use std::fmt;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct MonthsDuration(i64);

/// Exact to the nanosecond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct DaysDuration(i128);

/// Twice the years that dates span, and some.
const MAX_MONTHS: u64 = 100_000_000_000;
/// Longest text of a duration accepted.
const MAX_TEXT: usize = 64;

impl MonthsDuration {
    /// So many months, if that is no longer than any two dates are apart.
    pub fn checked(months: i64) -> Option<MonthsDuration> {
        (months.unsigned_abs() <= MAX_MONTHS).then_some(MonthsDuration(months))
    }

    pub(crate) fn from_months(months: i64) -> MonthsDuration {
        MonthsDuration(months)
    }

    pub fn months(self) -> i64 {
        self.0
    }

    /// `[-]P[nY][nM]`, at least one part.
    pub fn parse(text: &str) -> Option<MonthsDuration> {
        let (negative, mut rest) = sign(text)?;
        let years = part(&mut rest, 'Y');
        let months = part(&mut rest, 'M');
        if !rest.is_empty() || (years.is_none() && months.is_none()) {
            return None;
        }
        let total = years.unwrap_or(0).checked_mul(12)?.checked_add(months.unwrap_or(0))?;
        MonthsDuration::checked(if negative { -total } else { total })
    }
}

impl DaysDuration {
    pub fn from_nanos(nanos: i128) -> DaysDuration {
        DaysDuration(nanos)
    }

    /// So many nanoseconds, if a number can hold them: more could not be turned round or divided.
    pub fn checked(nanos: i128) -> Option<DaysDuration> {
        (nanos.unsigned_abs() < crate::number::LIMIT.unsigned_abs()).then_some(DaysDuration(nanos))
    }

    pub fn from_seconds(seconds: i64) -> DaysDuration {
        DaysDuration(i128::from(seconds) * i128::from(NANOS_PER_SECOND))
    }

    pub fn nanos(self) -> i128 {
        self.0
    }

    /// `[-]P[nD][T[nH][nM][n[.f]S]]`, at least one part, and one after a `T`.
    pub fn parse(text: &str) -> Option<DaysDuration> {
        let (negative, mut rest) = sign(text)?;
        let days = part(&mut rest, 'D');
        let mut nanos = i128::from(days.unwrap_or(0)) * i128::from(NANOS_PER_DAY);
        if let Some(after) = rest.strip_prefix('T') {
            rest = after;
            nanos += time_part(&mut rest)?;
        } else if days.is_none() {
            return None;
        }
        if !rest.is_empty() {
            return None;
        }
        Some(DaysDuration(if negative { -nanos } else { nanos }))
    }
}

fn sign(text: &str) -> Option<(bool, &str)> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let negative = text.starts_with('-');
    let rest = text.strip_prefix('-').unwrap_or(text);
    Some((negative, rest.strip_prefix('P')?))
}

/// Digits followed by `unit`; leaves the text alone if it is something else.
fn part(rest: &mut &str, unit: char) -> Option<i64> {
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let value = rest[..length].parse().ok()?;
    let after = rest[length..].strip_prefix(unit)?;
    *rest = after;
    Some(value)
}

fn time_part(rest: &mut &str) -> Option<i128> {
    let hours = part(rest, 'H');
    let minutes = part(rest, 'M');
    let seconds = seconds(rest);
    if hours.is_none() && minutes.is_none() && seconds.is_none() {
        return None;
    }
    let whole = i128::from(hours.unwrap_or(0)) * 3600 + i128::from(minutes.unwrap_or(0)) * 60;
    Some(whole * i128::from(NANOS_PER_SECOND) + seconds.unwrap_or(0))
}

fn seconds(rest: &mut &str) -> Option<i128> {
    if let Some(whole) = part(rest, 'S') {
        return Some(i128::from(whole) * i128::from(NANOS_PER_SECOND));
    }
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let whole: i64 = if length == 0 { 0 } else { rest[..length].parse().ok()? };
    let mut after = rest[length..].strip_prefix('.')?;
    let bare = length > 0 && after.starts_with('S');
    let nanos = if bare { 0 } else { super::fraction(&mut after)? };
    *rest = after.strip_prefix('S')?;
    Some(i128::from(whole) * i128::from(NANOS_PER_SECOND) + i128::from(nanos))
}

impl fmt::Display for MonthsDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (years, months) = (self.0.unsigned_abs() / 12, self.0.unsigned_abs() % 12);
        match (years, months) {
            (0, months) => write!(f, "{sign}P{months}M"),
            (years, 0) => write!(f, "{sign}P{years}Y"),
            (years, months) => write!(f, "{sign}P{years}Y{months}M"),
        }
    }
}

impl fmt::Display for DaysDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("PT0S");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let size = self.0.unsigned_abs();
        let seconds = size / NANOS_PER_SECOND as u128;
        let nanos = (size % NANOS_PER_SECOND as u128) as i64;
        let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
        let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
        f.write_str("P")?;
        if days > 0 {
            write!(f, "{days}D")?;
        }
        if hours == 0 && minutes == 0 && seconds == 0 && nanos == 0 {
            return Ok(());
        }
        f.write_str("T")?;
        if hours > 0 {
            write!(f, "{hours}H")?;
        }
        if minutes > 0 {
            write!(f, "{minutes}M")?;
        }
        if seconds > 0 || nanos > 0 {
            write!(f, "{seconds}")?;
            super::write_fraction(f, nanos)?;
            f.write_str("S")?;
        }
        Ok(())
    }
}
