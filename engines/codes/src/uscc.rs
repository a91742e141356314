//! 统一社会信用代码 (GB 32100-2015): 17 characters of an alphabet of 31 and a check character.

use std::fmt;

use serde::{Deserialize, Serialize};

/// No I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^(i-1) mod 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A well-formed code. Serialised as its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uscc(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    #[error("统一社会信用代码应为18位，现为{found}位")]
    Length { found: usize },
    #[error("第{position}位“{found}”不在统一社会信用代码的字符之内（数字和大写字母，不用I、O、S、V、Z）")]
    Character { position: usize, found: char },
    #[error("第3至8位应为登记机关行政区划数字")]
    Division,
    #[error("校验位应为 {expected}")]
    CheckDigit { expected: char },
}

impl Uscc {
    pub fn parse(text: &str) -> Result<Uscc, UsccError> {
        let found = text.chars().count();
        if found != 18 {
            return Err(UsccError::Length { found });
        }
        let mut sum = 0;
        for (at, character) in text.chars().enumerate() {
            let wrong = UsccError::Character {
                position: at + 1,
                found: character,
            };
            let value = value_of(character).ok_or(wrong)?;
            sum += WEIGHTS.get(at).map_or(0, |weight| value * weight);
        }
        if !text.bytes().skip(2).take(6).all(|byte| byte.is_ascii_digit()) {
            return Err(UsccError::Division);
        }
        let expected = char::from(ALPHABET[(31 - sum % 31) % 31]);
        if !text.ends_with(expected) {
            return Err(UsccError::CheckDigit { expected });
        }
        Ok(Uscc(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Six digits of the registering authority's division.
    pub fn division(&self) -> &str {
        &self.0[2..8]
    }

    /// Characters 9 to 17: the organisation code of old (GB 11714) without its hyphen. Its own check digit is not
    /// verified, the standard lets the last character speak for the whole.
    pub fn organisation(&self) -> &str {
        &self.0[8..17]
    }
}

fn value_of(character: char) -> Option<usize> {
    ALPHABET.iter().position(|allowed| char::from(*allowed) == character)
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Uscc {
    type Error = UsccError;

    fn try_from(text: String) -> Result<Uscc, UsccError> {
        Uscc::parse(&text)
    }
}

impl From<Uscc> for String {
    fn from(code: Uscc) -> String {
        code.0
    }
}
