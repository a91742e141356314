//! Dates, times of day, both kinds of duration, and their ISO 8601 text (DMN 1.5, 10.3.2.3.4–8).
//! Years run from −999 999 999 to 999 999 999; fractions of a second have nine digits.

mod date;
mod date_time;
mod duration;
mod time_of_day;
mod zone;

pub use date::{Date, Weekday};
pub use date_time::DateTime;
pub use duration::{DaysDuration, MonthsDuration};
pub use time_of_day::Time;
pub use zone::Zone;

pub(crate) const NANOS_PER_SECOND: i64 = 1_000_000_000;
pub(crate) const SECONDS_PER_DAY: i64 = 86_400;
pub(crate) const NANOS_PER_DAY: i64 = SECONDS_PER_DAY * NANOS_PER_SECOND;

/// Reads exactly `count` ASCII digits off the front.
fn fixed_digits(text: &mut &str, count: usize) -> Option<u32> {
    let head = text.get(..count)?;
    if !head.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    *text = &text[count..];
    head.parse().ok()
}

fn literal(text: &mut &str, expected: char) -> Option<()> {
    *text = text.strip_prefix(expected)?;
    Some(())
}

/// Reads up to nine digits of a fraction as nanoseconds.
fn fraction(text: &mut &str) -> Option<i64> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let digits = &text[..length];
    *text = &text[length..];
    if length == 0 {
        return None;
    }
    let padded = format!("{digits:0<9}");
    padded[..9].parse().ok()
}

fn write_fraction(f: &mut std::fmt::Formatter<'_>, nanos: i64) -> std::fmt::Result {
    if nanos == 0 {
        return Ok(());
    }
    let digits = format!("{nanos:09}");
    write!(f, ".{}", digits.trim_end_matches('0'))
}
