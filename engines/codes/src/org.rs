//! 组织机构代码 (GB 11714): eight characters, a hyphen, a check character. Old records only.

use std::fmt;

use serde::{Deserialize, Serialize};

const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A well-formed code, with its hyphen. Serialised as its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrgCode(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrgCodeError {
    #[error("组织机构代码应为“8位-1位校验码”的形式")]
    Form,
    #[error("组织机构代码前8位应为数字或大写字母")]
    Character,
    #[error("校验位应为 {expected}")]
    CheckDigit { expected: char },
}

impl OrgCode {
    pub fn parse(text: &str) -> Result<OrgCode, OrgCodeError> {
        let (body, check) = text.split_once('-').ok_or(OrgCodeError::Form)?;
        if body.chars().count() != 8 || check.chars().count() != 1 {
            return Err(OrgCodeError::Form);
        }
        let mut sum = 0;
        for (character, weight) in body.chars().zip(WEIGHTS) {
            let allowed = character.is_ascii_digit() || character.is_ascii_uppercase();
            let value = character
                .to_digit(36)
                .filter(|_| allowed)
                .ok_or(OrgCodeError::Character)?;
            sum += value * weight;
        }
        let expected = match 11 - sum % 11 {
            10 => 'X',
            11 => '0',
            digit => char::from_digit(digit, 10).unwrap_or('0'),
        };
        if !check.starts_with(expected) {
            return Err(OrgCodeError::CheckDigit { expected });
        }
        Ok(OrgCode(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrgCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for OrgCode {
    type Error = OrgCodeError;

    fn try_from(text: String) -> Result<OrgCode, OrgCodeError> {
        OrgCode::parse(&text)
    }
}

impl From<OrgCode> for String {
    fn from(code: OrgCode) -> String {
        code.0
    }
}
