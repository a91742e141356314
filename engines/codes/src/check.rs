//! Tells what kind of code a text is and whether it is well formed; no register is asked.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{CitizenId, IdError, ItemCode, OrgCode, Uscc, division};

/// Longer texts are no code; they are cut in the answer as well.
const LONGEST: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeKind {
    Item,
    Uscc,
    Org,
    Id,
    Division,
}

impl CodeKind {
    pub fn name(self) -> &'static str {
        match self {
            CodeKind::Item => "权力事项编码",
            CodeKind::Uscc => "统一社会信用代码",
            CodeKind::Org => "组织机构代码",
            CodeKind::Id => "公民身份号码",
            CodeKind::Division => "行政区划代码",
        }
    }
}

/// The answer for one code. `reason` is one Chinese sentence, absent when the code is valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    pub code: String,
    pub kind: CodeKind,
    pub valid: bool,
    pub reason: Option<String>,
}

/// Judges form and check digit. 18 characters without hyphen are an `id` if they pass as one, else a `uscc`; 6, 9, 12
/// digits a division; eight, hyphen, one an organisation code; with hyphens otherwise an item. For anything else the
/// kind is the nearest guess.
pub fn check(code: &str, today: Date) -> Checked {
    let length = code.chars().take(LONGEST + 1).count();
    let (kind, reason) = match length {
        0 => (CodeKind::Uscc, Some("代码为空".to_owned())),
        _ if length > LONGEST => (guess_long(code), Some(format!("代码过长，最多{LONGEST}位"))),
        _ => judge(code, length, today),
    };
    Checked {
        code: code.chars().take(LONGEST).collect(),
        kind,
        valid: reason.is_none(),
        reason,
    }
}

fn judge(code: &str, length: usize, today: Date) -> (CodeKind, Option<String>) {
    if code.contains('-') {
        return if looks_like_org(code) {
            (CodeKind::Org, text(OrgCode::parse(code)))
        } else {
            (CodeKind::Item, text(ItemCode::parse(code)))
        };
    }
    if length == 18 {
        return eighteen(code, today);
    }
    if let Some(wide) = wide_reason(code) {
        return (guess_by_length(length), Some(wide));
    }
    if code.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits(code, length);
    }
    if code
        .as_bytes()
        .first_chunk::<8>()
        .is_some_and(|head| head.iter().all(u8::is_ascii_digit))
        && code
            .as_bytes()
            .get(8..12)
            .is_some_and(|tail| tail.iter().all(u8::is_ascii_alphabetic))
    {
        return (CodeKind::Item, text(ItemCode::parse(code)));
    }
    match length {
        9 => (CodeKind::Org, text(OrgCode::parse(code))),
        31 => (
            CodeKind::Item,
            Some("这像国家政务服务事项实施编码（31位），不是权力事项编码".to_owned()),
        ),
        _ => (CodeKind::Uscc, text(Uscc::parse(code))),
    }
}

fn eighteen(code: &str, today: Date) -> (CodeKind, Option<String>) {
    let as_id = match CitizenId::parse(code, today) {
        Ok(_) => return (CodeKind::Id, None),
        Err(error) => error,
    };
    if let Some(wide) = wide_reason(code) {
        return (CodeKind::Uscc, Some(wide));
    }
    let reason = Uscc::parse(code).err().map(|as_uscc| match as_id {
        // A number with a birth date in it was most likely meant as one: say both.
        IdError::CheckDigit { expected } => {
            format!("按公民身份号码，校验位应为 {expected}；按统一社会信用代码，{as_uscc}")
        }
        IdError::BornInFuture => format!("按公民身份号码，{as_id}；按统一社会信用代码，{as_uscc}"),
        _ => as_uscc.to_string(),
    });
    (CodeKind::Uscc, reason)
}

fn digits(code: &str, length: usize) -> (CodeKind, Option<String>) {
    match length {
        15 => (
            CodeKind::Id,
            Some("15位的旧身份号码已停用，公民身份号码应为18位".to_owned()),
        ),
        14 | 16 | 17 | 19 | 20 => (
            CodeKind::Uscc,
            Some(format!("公民身份号码和统一社会信用代码都应为18位，现为{length}位")),
        ),
        _ => (CodeKind::Division, text(division::check_form(code))),
    }
}

fn looks_like_org(code: &str) -> bool {
    match code.split_once('-') {
        Some((body, check)) => {
            let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
            (7..=9).contains(&body.len()) && check.len() <= 2 && plain(body) && plain(check)
        }
        None => false,
    }
}

fn wide_reason(code: &str) -> Option<String> {
    if code.chars().any(char::is_whitespace) {
        return Some("代码中不应有空格".to_owned());
    }
    let wide = code.chars().any(|character| crate::width::fold(character) != character);
    wide.then(|| "代码中有全角字符，请改用半角".to_owned())
}

fn guess_by_length(length: usize) -> CodeKind {
    match length {
        6 | 12 => CodeKind::Division,
        9 | 10 => CodeKind::Org,
        _ => CodeKind::Uscc,
    }
}

fn guess_long(code: &str) -> CodeKind {
    if code.contains('-') {
        CodeKind::Item
    } else {
        CodeKind::Uscc
    }
}

fn text<T, E: std::fmt::Display>(result: Result<T, E>) -> Option<String> {
    result.err().map(|error| error.to_string())
}
