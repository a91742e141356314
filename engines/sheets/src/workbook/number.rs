//! Numbers of cells as texts: whole ones without a point, dates as days.

use jiff::civil::date;
use jiff::{Span, civil::Date};

/// `20` for `20`, `20.0` and `2E1`; what is no number stays as it was written.
pub fn plain(written: &str) -> String {
    match written.parse::<f64>() {
        Ok(number) if number.is_finite() && number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Ok(number) if number.is_finite() => format!("{number}"),
        _ => written.to_owned(),
    }
}

/// A serial day as `2026-03-01`, with the time where there is one. `None` outside the calendar of table programs.
///
/// Day 60 of the system of 1900 is the 29th of February that there was not: days up to it are one less (ECMA-376 part 1,
/// 18.17.4.1).
pub fn day(written: &str, from_1904: bool) -> Option<String> {
    let serial: f64 = written.parse().ok()?;
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let whole = serial.floor();
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    let days = whole as i64;
    let from: Date = match (from_1904, days < 60) {
        (true, _) => date(1904, 1, 1),
        (false, true) => date(1899, 12, 31),
        (false, false) => date(1899, 12, 30),
    };
    let found = from.checked_add(Span::new().try_days(days).ok()?).ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "a fraction of a day in minutes")]
    let minutes = ((serial - whole) * 1440.0).round() as i64;
    Some(match minutes {
        0 | 1440.. => found.to_string(),
        minutes => format!("{found} {:02}:{:02}", minutes / 60, minutes % 60),
    })
}

/// Whether a format shows days or times: its letters outside quotes, brackets and escapes.
pub fn is_day_format(code: &str) -> bool {
    let mut rest = code.chars();
    let (mut quoted, mut bracket) = (false, false);
    while let Some(c) = rest.next() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' => drop(rest.next()),
            '[' => bracket = true,
            ']' => bracket = false,
            _ if bracket => {}
            'y' | 'Y' | 'd' | 'D' | 'm' | 'M' | 'h' | 'H' | 's' | 'S' => return true,
            _ => {}
        }
    }
    false
}

/// Formats that table programs know by number alone; those of Chinese ones among them.
pub fn is_day_number(format: u32) -> bool {
    matches!(format, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        let check = |written: &str, expect: &str| assert_eq!(plain(written), expect);
        check("20", "20");
        check("20.0", "20");
        check("2E1", "20");
        check("0.5", "0.5");
        check("-3", "-3");
        check("abc", "abc");
        check("1e300", &format!("{}", 1e300));
        check("NaN", "NaN");
    }

    #[test]
    fn days_by_both_systems() {
        let check = |written: &str, from_1904: bool, expect: Option<&str>| {
            assert_eq!(day(written, from_1904).as_deref(), expect, "{written}");
        };
        check("46082", false, Some("2026-03-01"));
        check("1", false, Some("1900-01-01"));
        check("59", false, Some("1900-02-28"));
        check("61", false, Some("1900-03-01"));
        check("44620", true, Some("2026-03-01"));
        check("46082.354166667", false, Some("2026-03-01 08:30"));
        check("-1", false, None);
        check("1e12", false, None);
        check("x", false, None);
    }

    #[test]
    fn which_formats_show_days() {
        let check = |code: &str, expect: bool| assert_eq!(is_day_format(code), expect, "{code}");
        check("yyyy\"年\"m\"月\"d\"日\"", true);
        check("0.00", false);
        check("\"days\"0", false);
        check("[Red]0", false);
        check("0\\d", false);
        check("h:mm", true);
    }
}
