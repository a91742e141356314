//! 公民身份号码 (GB 11643): division (6), birth date (8), sequence (3), check character.
//!
//! The division is not compared with a register: old divisions stay in numbers for life.

use std::fmt;

use jiff::civil::Date;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";
/// Nobody older can hold a number; keeps digit strings that merely look like one apart.
const EARLIEST_BIRTH_YEAR: i16 = 1800;

/// A well-formed number. Personal: neither `Debug` nor serde shows it; ask [`CitizenId::as_str`] where it is needed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenId {
    number: String,
    birth_date: Date,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("公民身份号码应为18位，现为{found}位")]
    Length { found: usize },
    #[error("公民身份号码前17位应为数字，末位应为数字或大写X")]
    Character,
    #[error("第7至14位不是真实存在的出生日期")]
    BirthDate,
    #[error("出生日期晚于今天")]
    BornInFuture,
    #[error("校验位应为 {expected}")]
    CheckDigit { expected: char },
}

impl CitizenId {
    pub fn parse(text: &str, today: Date) -> Result<CitizenId, IdError> {
        let birth_date = birth_date(text)?;
        if birth_date > today {
            return Err(IdError::BornInFuture);
        }
        let expected = check_character(text);
        if !text.ends_with(expected) {
            return Err(IdError::CheckDigit { expected });
        }
        Ok(CitizenId {
            number: text.to_owned(),
            birth_date,
        })
    }

    pub fn as_str(&self) -> &str {
        &self.number
    }

    pub fn birth_date(&self) -> Date {
        self.birth_date
    }

    /// The sequence is odd for men, even for women.
    pub fn is_male(&self) -> bool {
        self.number.as_bytes()[16] % 2 == 1
    }

    /// Division of the first registration; it may no longer exist.
    pub fn division(&self) -> &str {
        &self.number[..6]
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenId(…)")
    }
}

/// Form and birth date, without the check character: enough to hide a mistyped number.
pub(crate) fn birth_date(text: &str) -> Result<Date, IdError> {
    let found = text.chars().count();
    if found != 18 {
        return Err(IdError::Length { found });
    }
    let bytes = text.as_bytes();
    let (Some(digits), Some(last)) = (bytes.get(..17), bytes.get(17)) else {
        return Err(IdError::Character);
    };
    if !digits.iter().all(u8::is_ascii_digit) || !(last.is_ascii_digit() || *last == b'X') {
        return Err(IdError::Character);
    }
    date_of(&digits[6..14])
        .filter(|date| date.year() >= EARLIEST_BIRTH_YEAR)
        .ok_or(IdError::BirthDate)
}

/// Whether 17 digits and a last character agree; the caller has checked the form.
pub(crate) fn check_agrees(text: &str) -> bool {
    text.ends_with(check_character(text))
}

fn check_character(text: &str) -> char {
    let digits = text.bytes().map(|byte| u32::from(byte.wrapping_sub(b'0')));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    char::from(CHECKS[(sum % 11) as usize])
}

/// `YYYYMMDD` in ASCII digits.
pub(crate) fn date_of(digits: &[u8]) -> Option<Date> {
    let number = digits.iter().try_fold(0i32, |number, byte| {
        Some(number * 10 + i32::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?))
    })?;
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}
