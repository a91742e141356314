//! Decimal text ↔ number. The text form is plain digits, never with an exponent, so that a sum of
//! money reads the same in a record, a page and an expression.

use super::{DIGITS, Number};
use std::fmt;
use std::str::FromStr;

/// Longest decimal text accepted; a longer one is no number anybody wrote.
const MAX_TEXT: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberTextError {
    #[error("不是十进制数")]
    Malformed,
    #[error("数值超出可表示的范围")]
    OutOfRange,
}

impl Number {
    /// Reads `[-+] digits [. digits] [e [-+] digits]`; more than 34 significant digits are rounded
    /// half-even and reported as inexact by the second value.
    pub fn parse(text: &str) -> Result<(Number, bool), NumberTextError> {
        if text.len() > MAX_TEXT {
            return Err(NumberTextError::OutOfRange);
        }
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], exponent(&unsigned[at + 1..])?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() && fraction.is_empty() {
            return Err(NumberTextError::Malformed);
        }
        let mut taken = Digits::default();
        for byte in whole.bytes().chain(fraction.bytes()) {
            if !byte.is_ascii_digit() {
                return Err(NumberTextError::Malformed);
            }
            taken.push(byte - b'0');
        }
        let scale = exponent - fraction.len() as i64;
        taken.finish(negative, scale)
    }
}

fn exponent(text: &str) -> Result<i64, NumberTextError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NumberTextError::Malformed);
    }
    if digits.trim_start_matches('0').len() > 6 {
        return Err(NumberTextError::OutOfRange);
    }
    text.trim_start_matches('+')
        .parse()
        .map_err(|_| NumberTextError::Malformed)
}

/// The first 34 significant digits, and what is needed to round by the rest.
#[derive(Default)]
struct Digits {
    kept: i128,
    count: u32,
    dropped: i64,
    first_dropped: u8,
    rest_dropped: bool,
}

impl Digits {
    fn push(&mut self, digit: u8) {
        if self.count < DIGITS {
            self.kept = self.kept * 10 + i128::from(digit);
            if self.kept != 0 {
                self.count += 1;
            }
            return;
        }
        if self.dropped == 0 {
            self.first_dropped = digit;
        } else {
            self.rest_dropped |= digit != 0;
        }
        self.dropped += 1;
    }

    fn finish(self, negative: bool, scale: i64) -> Result<(Number, bool), NumberTextError> {
        let exact = self.first_dropped == 0 && !self.rest_dropped;
        let up = self.first_dropped > 5 || (self.first_dropped == 5 && (self.rest_dropped || self.kept % 2 == 1));
        let mut kept = self.kept + i128::from(up);
        let mut scale = scale + self.dropped;
        if kept == super::LIMIT {
            kept /= 10;
            scale += 1;
        }
        let signed = if negative { -kept } else { kept };
        Number::canonical(signed, scale)
            .map(|n| (n, exact))
            .ok_or(NumberTextError::OutOfRange)
    }
}

impl FromStr for Number {
    type Err = NumberTextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Number::parse(text).map(|(number, _)| number)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.coefficient < 0 { "-" } else { "" };
        let digits = self.coefficient.unsigned_abs().to_string();
        if self.exponent >= 0 {
            let zeros = "0".repeat(self.exponent as usize);
            return write!(f, "{sign}{digits}{zeros}");
        }
        let places = self.exponent.unsigned_abs() as usize;
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places);
        write!(f, "{sign}{whole}.{fraction}")
    }
}
