//! A leaf: what everyone may know of an act, and a commitment to the rest.
//!
//! Canonical JSON, six keys in order, no spaces: `{"c":"permit","d":"2026-01-01","h":"…","o":"alpha-07","t":"act","v":1}`.
//! It holds no identifier of a person (not hashed or encrypted either), no case number, no precise time, no amount, no
//! length of the private part and no link to an earlier act.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::lines::{from_base64url, to_base64url};
use crate::refusal::{Fault, Form, Malformed};
use crate::{Commitment, Hash};

/// Invariants: `class` and `organ` are short ASCII words, `day` is a date of the calendar; it prints to fewer than 1024
/// bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    class: String,
    day: String,
    commitment: Commitment,
    organ: String,
    kind: LeafKind,
}

/// What a leaf is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeafKind {
    Act,
    Public,
    Correct,
    Erase,
    /// A body's day, closed: so many acts, with this list.
    Close,
    Key,
    /// The first and the last leaf of a year's log.
    Shard,
}

impl LeafKind {
    pub const ALL: [LeafKind; 7] = [
        LeafKind::Act,
        LeafKind::Public,
        LeafKind::Correct,
        LeafKind::Erase,
        LeafKind::Close,
        LeafKind::Key,
        LeafKind::Shard,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            LeafKind::Act => "act",
            LeafKind::Public => "public",
            LeafKind::Correct => "correct",
            LeafKind::Erase => "erase",
            LeafKind::Close => "close",
            LeafKind::Key => "key",
            LeafKind::Shard => "shard",
        }
    }
}

/// In the order of the keys, which is the order of printing.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Json<'a> {
    #[serde(borrow)]
    c: std::borrow::Cow<'a, str>,
    d: std::borrow::Cow<'a, str>,
    h: std::borrow::Cow<'a, str>,
    o: std::borrow::Cow<'a, str>,
    t: std::borrow::Cow<'a, str>,
    v: u32,
}

impl Leaf {
    pub const MOST_BYTES: usize = 1024;
    const VERSION: u32 = 1;

    /// `class`: 1 to 32 of a–z, 0–9 and `-`, from a public list of coarse classes; `day`: `2026-01-01`, UTC; `organ`:
    /// 1 to 64 of A–Z, a–z, 0–9, `.`, `_` and `-`.
    pub fn new(class: &str, day: &str, organ: &str, kind: LeafKind, commitment: Commitment) -> Result<Leaf, Malformed> {
        let of_class = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let of_organ = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if !word(class, 32, of_class) || !is_date(day) || !word(organ, 64, of_organ) {
            return Err(Fault::Field.in_whole(Form::Leaf));
        }
        Ok(Leaf {
            class: class.to_owned(),
            day: day.to_owned(),
            commitment,
            organ: organ.to_owned(),
            kind,
        })
    }

    pub fn parse(bytes: &[u8]) -> Result<Leaf, Malformed> {
        if bytes.len() > Leaf::MOST_BYTES {
            return Err(Fault::TooLong.in_whole(Form::Leaf));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Fault::NotUtf8.in_whole(Form::Leaf))?;
        let json: Json<'_> = serde_json::from_str(text).map_err(|_| Fault::Json.in_whole(Form::Leaf))?;
        if print(&json) != text {
            return Err(Fault::Json.in_whole(Form::Leaf));
        }
        let field = || Fault::Field.in_whole(Form::Leaf);
        let kind = LeafKind::ALL.into_iter().find(|kind| kind.code() == json.t);
        let hash = from_base64url(&json.h).ok().and_then(|bytes| Hash::from_slice(&bytes));
        let (Some(kind), Some(hash), Leaf::VERSION) = (kind, hash, json.v) else {
            return Err(field());
        };
        Leaf::new(&json.c, &json.d, &json.o, kind, Commitment(hash))
    }

    pub fn class(&self) -> &str {
        &self.class
    }

    pub fn day(&self) -> &str {
        &self.day
    }

    pub fn organ(&self) -> &str {
        &self.organ
    }

    pub fn kind(&self) -> LeafKind {
        self.kind
    }

    pub fn commitment(&self) -> &Commitment {
        &self.commitment
    }

    /// The hash under which it stands in the log.
    pub fn hash(&self) -> Hash {
        Hash::of_leaf(self.to_string().as_bytes())
    }
}

/// The bytes of the log's entry.
impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(&Json {
            c: self.class.as_str().into(),
            d: self.day.as_str().into(),
            h: to_base64url(&self.commitment.0.0).into(),
            o: self.organ.as_str().into(),
            t: self.kind.code().into(),
            v: Leaf::VERSION,
        }))
    }
}

fn print(json: &Json<'_>) -> String {
    serde_json::to_string(json).expect("texts and a number are JSON")
}

fn word(text: &str, most: usize, allowed: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.len() <= most && text.bytes().all(allowed)
}

/// `2026-02-28`, a day that exists.
fn is_date(text: &str) -> bool {
    let form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u32>().ok());
    let (true, Some(year), Some(month), Some(day)) = (form, part(0..4), part(5..7), part(8..10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}
