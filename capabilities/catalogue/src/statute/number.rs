//! Numbers as statutes write them: `第一百零一条`, `第三十五条之一`, `（十二）`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const UNITS: [(char, u32); 3] = [('千', 1000), ('百', 100), ('十', 10)];
/// Statutes count no further; the civil code ends at 1260.
pub const LARGEST: u32 = 9999;

/// Reads a number from 1 to 9999 in the one way in which statutes write it (`十五`, `一百一十五`,
/// `一千零一`; `〇` stands for `零`); everything else is no number.
pub fn read_numeral(text: &str) -> Option<u32> {
    if text.chars().count() > 7 {
        return None;
    }
    let plain = text.replace('〇', "零");
    let mut total = 0;
    let mut digit = None;
    for c in plain.chars() {
        if let Some(value) = DIGITS.iter().position(|one| *one == c) {
            digit = u32::try_from(value).ok();
        } else {
            let (_, unit) = UNITS.iter().find(|(name, _)| *name == c)?;
            total += digit.take().unwrap_or(1) * unit;
        }
    }
    total += digit.unwrap_or(0);
    // Writing it again is the whole grammar: what would be written otherwise was not a number.
    (total > 0 && total <= LARGEST && write_numeral(total) == plain).then_some(total)
}

/// The other way round; beyond [`LARGEST`] in arabic digits.
pub fn write_numeral(number: u32) -> String {
    if number == 0 || number > LARGEST {
        return number.to_string();
    }
    let mut text = String::new();
    let mut rest = number;
    let mut gap = false;
    for (name, unit) in UNITS {
        let digit = rest / unit;
        rest %= unit;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            text.push('零');
        }
        // 十五, but 一百一十五.
        if digit > 1 || unit > 10 || !text.is_empty() {
            text.push(DIGITS[digit as usize]);
        }
        text.push(name);
    }
    if rest > 0 {
        if gap {
            text.push('零');
        }
        text.push(DIGITS[rest as usize]);
    }
    text
}

/// The number of an article: `35` for 第三十五条, `35-1` for 第三十五条之一.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleNumber {
    pub main: u32,
    /// 0 where there is no 之.
    pub sub: u32,
}

impl ArticleNumber {
    pub fn whole(main: u32) -> ArticleNumber {
        ArticleNumber { main, sub: 0 }
    }

    /// `第三十五条之一`.
    pub fn in_words(self) -> String {
        let main = write_numeral(self.main);
        match self.sub {
            0 => format!("第{main}条"),
            sub => format!("第{main}条之{}", write_numeral(sub)),
        }
    }

    /// Reads `第三十五条之一` at the beginning of a text and gives the rest of it.
    pub fn at_start(text: &str) -> Option<(ArticleNumber, &str)> {
        let inside = text.strip_prefix('第')?;
        let end = inside
            .char_indices()
            .take(8)
            .find(|(_, c)| *c == '条')
            .map(|(at, _)| at)?;
        let main = read_numeral(&inside[..end])?;
        let rest = &inside[end + '条'.len_utf8()..];
        let Some(after) = rest.strip_prefix('之') else {
            return Some((ArticleNumber { main, sub: 0 }, rest));
        };
        let numeral = |c: &char| DIGITS.contains(c) || UNITS.iter().any(|(name, _)| name == c);
        let length: usize = after.chars().take_while(numeral).take(5).map(char::len_utf8).sum();
        match read_numeral(&after[..length]) {
            Some(sub) => Some((ArticleNumber { main, sub }, &after[length..])),
            None => Some((ArticleNumber { main, sub: 0 }, rest)),
        }
    }
}

impl fmt::Display for ArticleNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sub {
            0 => write!(f, "{}", self.main),
            sub => write!(f, "{}-{sub}", self.main),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the number of an article")]
pub struct NotAnArticle;

impl FromStr for ArticleNumber {
    type Err = NotAnArticle;

    fn from_str(text: &str) -> Result<ArticleNumber, NotAnArticle> {
        let plain = |part: &str| {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && !part.starts_with('0');
            let number: Option<u32> = part.parse().ok();
            number.filter(|number| digits && *number <= LARGEST).ok_or(NotAnArticle)
        };
        match text.split_once('-') {
            None => Ok(ArticleNumber::whole(plain(text)?)),
            Some((main, sub)) => Ok(ArticleNumber {
                main: plain(main)?,
                sub: plain(sub)?,
            }),
        }
    }
}

impl Serialize for ArticleNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ArticleNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ArticleNumber, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numerals_are_read_as_statutes_write_them() {
        let check = |text: &str, expected: Option<u32>| assert_eq!(read_numeral(text), expected, "{text}");
        check("一", Some(1));
        check("十", Some(10));
        check("十五", Some(15));
        check("二十", Some(20));
        check("九十九", Some(99));
        check("一百", Some(100));
        check("一百零一", Some(101));
        check("一百〇一", Some(101));
        check("一百一十", Some(110));
        check("一百一十五", Some(115));
        check("一千零一", Some(1001));
        check("一千二百六十", Some(1260));
        check("", None);
        check("零", None);
        check("一百五", None);
        check("一十", None);
        check("百", None);
        check("十十", None);
        check("一二", None);
        check("三条", None);
        check("一万", None);
    }

    #[test]
    fn the_number_of_an_article_stands_at_the_start() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let read = ArticleNumber::at_start(text).map(|(number, rest)| (number.to_string(), rest));
            assert_eq!(read, expected.map(|(number, rest)| (number.to_owned(), rest)), "{text}");
        };
        check("第三十五条 国家", Some(("35", " 国家")));
        check("第三十五条之一　国家", Some(("35-1", "　国家")));
        check("第三十五条之十二 国家", Some(("35-12", " 国家")));
        check("第三十五条之规定", Some(("35", "之规定")));
        check("第一百零一条", Some(("101", "")));
        check("第三章 总则", None);
        check("第35条", None);
        check("第条", None);
        assert_eq!("35-1".parse::<ArticleNumber>().unwrap().in_words(), "第三十五条之一");
        for odd in ["", "0", "-1", "1-", "1-0", "01", "+1", "10000", "x"] {
            assert!(odd.parse::<ArticleNumber>().is_err(), "{odd}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number in 1..=LARGEST) {
            prop_assert_eq!(read_numeral(&write_numeral(number)), Some(number));
        }

        #[test]
        fn nothing_makes_it_panic(text in "[第条之零〇一二十百千万 a]{0,12}") {
            read_numeral(&text);
            ArticleNumber::at_start(&text);
        }
    }
}
