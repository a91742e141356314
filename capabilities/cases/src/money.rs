//! Money in fen, so that no sum is ever rounded by a machine without a rule saying so.

use std::borrow::Cow;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// An amount in fen (分, a hundredth of a yuan). Never negative in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

/// Bounds and unit stand at each place: a range beside a reference says nothing to many readers of the document.
impl JsonSchema for Fen {
    fn schema_name() -> Cow<'static, str> {
        "Fen".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 0, "maximum": Fen::MOST.0, "description": "金额，单位为分"})
    }
}

impl Fen {
    pub const ZERO: Fen = Fen(0);
    /// A thousand million yuan: above it an input is a slip of the pen.
    pub const MOST: Fen = Fen(100_000_000_000);

    pub const fn yuan(yuan: i64) -> Fen {
        Fen(yuan * 100)
    }

    /// Reads `5000`, `5000.5`, `5000.50`: yuan with at most two decimals, not negative, at most [`Fen::MOST`].
    pub fn parse(text: &str) -> Option<Fen> {
        let text = text.trim();
        let (yuan, cents) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(yuan) || yuan.len() > 12 || cents.len() > 2 || !(cents.is_empty() || digits(cents)) {
            return None;
        }
        let yuan: i64 = yuan.parse().ok()?;
        let cents: i64 = if cents.is_empty() {
            0
        } else {
            format!("{cents:0<2}").parse().ok()?
        };
        let fen = Fen(yuan.checked_mul(100)?.checked_add(cents)?);
        (fen <= Fen::MOST).then_some(fen)
    }

    pub fn saturating_sub(self, other: Fen) -> Fen {
        Fen((self.0 - other.0).max(0))
    }

    /// In the capital numerals of documents: `伍仟元整`, `壹万零伍拾元伍角`.
    pub fn in_words(self) -> String {
        let (yuan, cents) = (self.0 / 100, self.0 % 100);
        let mut words = if yuan > 0 {
            format!("{}元", whole(yuan))
        } else {
            String::new()
        };
        let (jiao, fen) = (cents / 10, cents % 10);
        if jiao > 0 {
            words.push_str(&format!("{}角", digit(jiao)));
        } else if fen > 0 && yuan > 0 {
            words.push('零');
        }
        if fen > 0 {
            words.push_str(&format!("{}分", digit(fen)));
        } else if words.is_empty() {
            words.push_str("零元整");
        } else {
            words.push('整');
        }
        words
    }

    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

fn digit(value: i64) -> char {
    usize::try_from(value)
        .ok()
        .and_then(|value| {
            ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖']
                .get(value)
                .copied()
        })
        .unwrap_or('零')
}

/// Groups of four digits, each with its unit; a gap between digits is one 零.
fn whole(mut yuan: i64) -> String {
    const GROUPS: [&str; 4] = ["", "万", "亿", "万亿"];
    let mut parts: Vec<String> = Vec::new();
    let mut gap = false;
    for unit in GROUPS {
        if yuan == 0 {
            break;
        }
        let group = yuan % 10_000;
        yuan /= 10_000;
        if group == 0 {
            gap = !parts.is_empty();
            continue;
        }
        let zero_after = if gap { "零" } else { "" };
        parts.push(format!("{}{unit}{zero_after}", four(group)));
        // A group without thousands leaves a gap to the one above it.
        gap = group < 1_000;
    }
    parts.reverse();
    parts.concat()
}

fn four(group: i64) -> String {
    let mut words = String::new();
    let mut gap = false;
    for (power, unit) in [(1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
        let value = group / power % 10;
        if value == 0 {
            gap = !words.is_empty();
            continue;
        }
        if gap {
            words.push('零');
            gap = false;
        }
        words.push(digit(value));
        words.push_str(unit);
    }
    words
}

impl Add for Fen {
    type Output = Fen;

    fn add(self, other: Fen) -> Fen {
        Fen(self.0 + other.0)
    }
}

impl Sub for Fen {
    type Output = Fen;

    fn sub(self, other: Fen) -> Fen {
        Fen(self.0 - other.0)
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Fen>>(amounts: I) -> Fen {
        amounts.fold(Fen::ZERO, Add::add)
    }
}

/// In yuan: `5000`, or `5000.50` where there are fen.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 100 {
            0 => write!(f, "{}", self.0 / 100),
            cents => write!(f, "{}.{:02}", self.0 / 100, cents.abs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_the_words_of_documents() {
        let check = |text: &str, expect: &str| assert_eq!(Fen::parse(text).map(Fen::in_words).as_deref(), Some(expect));
        check("0", "零元整");
        check("5000", "伍仟元整");
        check("10050.5", "壹万零伍拾元伍角整");
        check("100000", "壹拾万元整");
        check("1005", "壹仟零伍元整");
        check("20300.05", "贰万零叁佰元零伍分");
        check("100000005", "壹亿零伍元整");
        check("12345678.9", "壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元玖角整");
        check("0.05", "伍分");
        check("110", "壹佰壹拾元整");
    }

    #[test]
    fn yuan_are_read_and_written_exactly() {
        let check = |text: &str, expect: Option<i64>| assert_eq!(Fen::parse(text), expect.map(Fen), "{text}");
        check("5000", Some(500_000));
        check(" 0.5 ", Some(50));
        check("12.34", Some(1_234));
        check("1000000000", Some(100_000_000_000));
        for wrong in ["", ".", "-1", "1.234", "1e3", "１", "1000000000.01", "9999999999999"] {
            check(wrong, None);
        }
        assert_eq!(Fen(500_000).to_string(), "5000");
        assert_eq!(Fen(1_205).to_string(), "12.05");
    }
}
