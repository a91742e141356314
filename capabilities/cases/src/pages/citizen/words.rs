//! Dates, sizes and typed text as citizens read and write them.

use jiff::Timestamp;
use jiff::civil::Date;
use mingjing_chronicle::context::shanghai;

pub(super) fn day(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// To the minute, China time.
pub(super) fn minute(at: Timestamp) -> String {
    let at = at.to_zoned(shanghai());
    format!("{} {:02}:{:02}", day(at.date()), at.hour(), at.minute())
}

pub(super) fn machine_minute(at: Timestamp) -> String {
    at.to_zoned(shanghai()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Trimmed, without control characters but line ends, and without the marks that turn the direction of writing.
pub(super) fn tidy(text: &str) -> String {
    let odd = |c: &char| {
        let turns =
            matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        *c == '\n' || !(c.is_control() || turns)
    };
    text.replace("\r\n", "\n")
        .chars()
        .filter(odd)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Numbers and codes typed with a Chinese keyboard.
pub(super) fn narrow(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '－' | '．' => {
                char::from_u32(c as u32 - 0xfee0).unwrap_or(c)
            }
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_kindly() {
        let check = |typed: &str, expect: &str| assert_eq!(tidy(&narrow(typed)), expect, "{typed:?}");
        check(" １２．５\u{202e} ", "12.5");
        check("一\r\n二\u{0}", "一\n二");
        check("９１３３", "9133");
    }
}
