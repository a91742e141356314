//! Division codes (GB/T 2260 and the statistics bureau's extension): 6, 9 or 12 digits, always with their scheme.
//!
//! Two authorities number towns differently, so a code without its scheme says nothing certain below the county.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DivisionLevel {
    Province,
    City,
    County,
    Town,
    Village,
}

/// A well-formed code of one scheme (`nbs-2023`, `mca-2025`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct DivisionCode {
    scheme: String,
    digits: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    scheme: String,
    code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DivisionError {
    #[error("行政区划代码应为6、9或12位数字，现为{found}位")]
    Length { found: usize },
    #[error("行政区划代码只能是数字")]
    Character,
    #[error("行政区划代码前两位不是省级代码")]
    Province,
    #[error("区划编码体系应为1至32个小写字母、数字或连字符，例如 nbs-2023")]
    Scheme,
}

impl DivisionCode {
    pub fn parse(scheme: &str, digits: &str) -> Result<DivisionCode, DivisionError> {
        let named = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if scheme.is_empty() || scheme.len() > 32 || !scheme.bytes().all(named) {
            return Err(DivisionError::Scheme);
        }
        check_form(digits)?;
        Ok(DivisionCode {
            scheme: scheme.to_owned(),
            digits: digits.to_owned(),
        })
    }

    /// As registers print it: also the two digits of a province and the four of a city, filled up to six.
    pub fn from_register(scheme: &str, code: &str) -> Result<DivisionCode, DivisionError> {
        match code.len() {
            2 | 4 => DivisionCode::parse(scheme, &format!("{code:0<6}")),
            _ => DivisionCode::parse(scheme, code),
        }
    }

    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// By the zeros at the end, which stand for "the whole of it" at every length.
    pub fn level(&self) -> DivisionLevel {
        let zeros = |from: usize| self.digits.bytes().skip(from).all(|byte| byte == b'0');
        if zeros(2) {
            DivisionLevel::Province
        } else if zeros(4) {
            DivisionLevel::City
        } else if zeros(6) {
            DivisionLevel::County
        } else if zeros(9) {
            DivisionLevel::Town
        } else {
            DivisionLevel::Village
        }
    }

    /// The division this one lies in: village → town → county → city → province; six digits from the county up.
    pub fn parent(&self) -> Option<DivisionCode> {
        let digits = match self.level() {
            DivisionLevel::Province => return None,
            DivisionLevel::City => format!("{}0000", &self.digits[..2]),
            DivisionLevel::County => format!("{}00", &self.digits[..4]),
            DivisionLevel::Town => self.digits[..6].to_owned(),
            DivisionLevel::Village => self.digits[..9].to_owned(),
        };
        Some(DivisionCode {
            scheme: self.scheme.clone(),
            digits,
        })
    }
}

/// The form alone, where the scheme is not known (checking a typed code).
pub(crate) fn check_form(digits: &str) -> Result<(), DivisionError> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DivisionError::Character);
    }
    if !matches!(digits.len(), 6 | 9 | 12) {
        return Err(DivisionError::Length { found: digits.len() });
    }
    // The first digit is one of the eight great regions, the second counts inside it from 1.
    let bytes = digits.as_bytes();
    if !(b'1'..=b'8').contains(&bytes[0]) || bytes[1] == b'0' {
        return Err(DivisionError::Province);
    }
    Ok(())
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digits)
    }
}

impl TryFrom<Stored> for DivisionCode {
    type Error = DivisionError;

    fn try_from(stored: Stored) -> Result<DivisionCode, DivisionError> {
        DivisionCode::parse(&stored.scheme, &stored.code)
    }
}

impl From<DivisionCode> for Stored {
    fn from(code: DivisionCode) -> Stored {
        Stored {
            scheme: code.scheme,
            code: code.digits,
        }
    }
}
