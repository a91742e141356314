//! Bounds in the words of the tables: `50以上200以下`, `不满50`, `超过3`. Whether 以上 and 以下
//! include the number is the issuer's rule; 超过, 不满 and their like never do (民法典 1259).

use crate::number::Number;

/// Whether the number itself belongs to 以上 and to 以下.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub above_includes: bool,
    pub below_includes: bool,
}

impl Default for Bounds {
    /// As the Civil Code has it: both include.
    fn default() -> Bounds {
        Bounds {
            above_includes: true,
            below_includes: true,
        }
    }
}

/// The phrase as a FEEL test of `?`; nothing if it is none.
pub fn phrase_tests(phrase: &str, bounds: Bounds) -> Option<String> {
    let mut rest = phrase.trim();
    let mut tests = Vec::new();
    while !rest.is_empty() {
        let (test, after) = part(rest, bounds)?;
        tests.push(test);
        rest = after.trim_start_matches([' ', '，', '、', ',']);
    }
    (1..=2).contains(&tests.len()).then(|| tests.join(" and "))
}

const BEFORE: [(&str, &str); 8] = [
    ("不满", "<"),
    ("不足", "<"),
    ("未满", "<"),
    ("低于", "<"),
    ("少于", "<"),
    ("超过", ">"),
    ("高于", ">"),
    ("多于", ">"),
];

fn part(text: &str, bounds: Bounds) -> Option<(String, &str)> {
    if let Some((word, op)) = BEFORE.iter().find(|(word, _)| text.starts_with(word)) {
        let (number, rest) = number(&text[word.len()..])?;
        return Some((format!("? {op} {number}"), rest));
    }
    let (number, rest) = number(text)?;
    let above = if bounds.above_includes { ">=" } else { ">" };
    let below = if bounds.below_includes { "<=" } else { "<" };
    let after = [
        ("以上", above),
        ("及以上", ">="),
        ("以下", below),
        ("及以下", "<="),
        ("以内", "<="),
    ];
    let (word, op) = after.iter().find(|(word, _)| rest.starts_with(word))?;
    Some((format!("? {op} {number}"), &rest[word.len()..]))
}

/// A number with its unit, if one follows (吨, 元, 倍, 个月 …); the unit is the fact's and is left out.
fn number(text: &str) -> Option<(Number, &str)> {
    let text = text.trim_start();
    let length = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let number: Number = text[..length].parse().ok()?;
    let rest = text[length..].trim_start();
    const UNITS: [&str; 9] = ["个月", "吨", "元", "倍", "次", "年", "日", "月", "个"];
    let unit = UNITS
        .iter()
        .find(|unit| rest.starts_with(**unit))
        .map_or(0, |unit| unit.len());
    Some((number, &rest[unit..]))
}
