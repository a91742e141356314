//! Administrative divisions of one numbering scheme. Two authorities number towns differently, so a code means
//! nothing without its scheme.
//!
//! Invariants: codes are unique; every parent but a province's is in the same list and one level up; a child's
//! code starts with its parent's.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The divisions of the demo city, compiled in.
pub static DEMO: LazyLock<Divisions> = LazyLock::new(|| {
    Divisions::parse(include_str!("../data/divisions-wenzhou.txt")).expect("a test parses the list that is compiled in")
});

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Province,
    City,
    County,
    Town,
}

impl Level {
    /// Digits of a code of this level without trailing zeros (GB/T 2260; towns: statistics bureau).
    fn digits(self) -> usize {
        match self {
            Level::Province => 2,
            Level::City => 4,
            Level::County => 6,
            Level::Town => 9,
        }
    }

    fn of_word(word: &str) -> Option<Level> {
        match word {
            "province" => Some(Level::Province),
            "city" => Some(Level::City),
            "county" => Some(Level::County),
            "town" => Some(Level::Town),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Division {
    pub code: String,
    pub name: String,
    pub level: Level,
    pub parent: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divisions {
    pub scheme: String,
    by_code: BTreeMap<String, Division>,
}

/// Which line of the list is wrong, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("区划表第 {line} 行：{reason}")]
pub struct DivisionFault {
    pub line: usize,
    pub reason: String,
}

/// A whole country has about 45 000 divisions down to towns.
const MOST_LINES: usize = 60_000;

impl Divisions {
    /// Reads lines of `code name level [parent]` behind a line `scheme <name>`. `#` opens a comment line.
    ///
    /// # Errors
    /// The first line that breaks an invariant.
    pub fn parse(text: &str) -> Result<Divisions, DivisionFault> {
        let mut divisions = Divisions {
            scheme: String::new(),
            by_code: BTreeMap::new(),
        };
        for (index, line) in text.lines().enumerate() {
            let fault = |reason: &str| DivisionFault {
                line: index + 1,
                reason: reason.to_owned(),
            };
            if index >= MOST_LINES {
                return Err(fault("行数过多"));
            }
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.strip_prefix("scheme ") {
                Some(scheme) if divisions.scheme.is_empty() => divisions.scheme = scheme.trim().to_owned(),
                Some(_) => return Err(fault("编码体系只能写一次")),
                None if divisions.scheme.is_empty() => {
                    return Err(fault("第一行应写明编码体系，例如 scheme nbs-2023"));
                }
                None => divisions.add(line).map_err(|reason| fault(&reason))?,
            }
        }
        Ok(divisions)
    }

    fn add(&mut self, line: &str) -> Result<(), String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (&[code, name, level], parent) = match words.split_at_checked(3) {
            Some((head, tail)) if tail.len() <= 1 => (
                <&[&str; 3]>::try_from(head).map_err(|_| "应为三到四列".to_owned())?,
                tail.first().copied(),
            ),
            _ => return Err("应为“代码 名称 级别 上级代码”".to_owned()),
        };
        let level = Level::of_word(level).ok_or("级别应为 province、city、county、town 之一")?;
        if code.len() != level.digits() || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("这一级的代码应为 {} 位数字", level.digits()));
        }
        match parent {
            None if level == Level::Province => {}
            None => return Err("除省级外都要写上级代码".to_owned()),
            Some(parent) => {
                let above = self.by_code.get(parent).ok_or("上级代码没有出现在前面的行里")?;
                if above.level >= level || !code.starts_with(parent) {
                    return Err("代码和上级代码不一致".to_owned());
                }
            }
        }
        let division = Division {
            code: code.to_owned(),
            name: name.to_owned(),
            level,
            parent: parent.map(str::to_owned),
        };
        match self.by_code.insert(division.code.clone(), division) {
            None => Ok(()),
            Some(_) => Err("代码重复".to_owned()),
        }
    }

    pub fn get(&self, code: &str) -> Option<&Division> {
        self.by_code.get(code)
    }

    /// All divisions in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &Division> {
        self.by_code.values()
    }

    /// Name with those above it, e.g. 浙江省温州市龙湾区.
    pub fn full_name(&self, code: &str) -> Option<String> {
        let mut division = self.get(code)?;
        let mut name = division.name.clone();
        while let Some(above) = division.parent.as_deref().and_then(|parent| self.get(parent)) {
            name.insert_str(0, &above.name);
            division = above;
        }
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_demo_list_holds_the_county_of_the_demo() {
        assert_eq!(DEMO.scheme, "nbs-2023");
        assert_eq!(DEMO.full_name("330303").unwrap(), "浙江省温州市龙湾区");
        assert_eq!(
            DEMO.iter().filter(|division| division.level == Level::County).count(),
            12
        );
        assert!(DEMO.iter().any(|division| division.level == Level::Town));
    }

    #[test]
    fn a_wrong_line_is_named() {
        let check = |text: &str, line: usize| assert_eq!(Divisions::parse(text).unwrap_err().line, line, "{text}");
        check("33 浙江省 province", 1);
        check("scheme a\nscheme b", 2);
        check("scheme a\n33 浙江省", 2);
        check("scheme a\n33 浙江省 realm", 2);
        check("scheme a\n3x 浙江省 province", 2);
        check("scheme a\n33 浙江省 province\n3303 温州市 city", 3);
        check("scheme a\n33 浙江省 province\n3303 温州市 city 32", 3);
        check("scheme a\n33 浙江省 province\n3203 徐州市 city 33", 3);
        check("scheme a\n33 浙江省 province\n33 浙江省 province", 3);
        check("scheme a\n33 浙江省 province 1 2", 2);
    }
}
