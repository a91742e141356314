//! National service-item codes (GB/T 39554.1-2020): only what is certain, lengths and the leading USCC.

use serde::{Deserialize, Serialize};

use crate::{Uscc, UsccError};

/// 基本编码, 12 characters; its inner segments are not established.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NationalBasicCode(String);

/// 实施编码, 31 characters: USCC of the body (18), one character, basic code (12).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NationalImplCode(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NationalCodeError {
    #[error("{name}应为{expected}位，现为{found}位")]
    Length {
        name: &'static str,
        expected: usize,
        found: usize,
    },
    #[error("{name}只能由数字和大写字母组成")]
    Character { name: &'static str },
    #[error("实施编码前18位应为实施主体的统一社会信用代码：{0}")]
    Body(#[from] UsccError),
}

impl NationalBasicCode {
    pub fn parse(text: &str) -> Result<NationalBasicCode, NationalCodeError> {
        check_form("基本编码", text, 12)?;
        Ok(NationalBasicCode(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NationalImplCode {
    pub fn parse(text: &str) -> Result<NationalImplCode, NationalCodeError> {
        check_form("实施编码", text, 31)?;
        Uscc::parse(&text[..18])?;
        Ok(NationalImplCode(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// USCC of the implementing body.
    pub fn body(&self) -> &str {
        &self.0[..18]
    }

    pub fn basic(&self) -> &str {
        &self.0[19..]
    }
}

fn check_form(name: &'static str, text: &str, expected: usize) -> Result<(), NationalCodeError> {
    let found = text.chars().count();
    if found != expected {
        return Err(NationalCodeError::Length { name, expected, found });
    }
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    {
        return Err(NationalCodeError::Character { name });
    }
    Ok(())
}

impl TryFrom<String> for NationalBasicCode {
    type Error = NationalCodeError;

    fn try_from(text: String) -> Result<NationalBasicCode, NationalCodeError> {
        NationalBasicCode::parse(&text)
    }
}

impl From<NationalBasicCode> for String {
    fn from(code: NationalBasicCode) -> String {
        code.0
    }
}

impl TryFrom<String> for NationalImplCode {
    type Error = NationalCodeError;

    fn try_from(text: String) -> Result<NationalImplCode, NationalCodeError> {
        NationalImplCode::parse(&text)
    }
}

impl From<NationalImplCode> for String {
    fn from(code: NationalImplCode) -> String {
        code.0
    }
}
