//! Getters that read one field each and say in Chinese what is wrong with it.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;

use super::Fields;

/// What a form means. `None` if a field is missing or malformed (the reader has noted which).
///
/// ```
/// use mingjing_web::{Input, Reader};
/// struct Complaint { about: String, phone: Option<String> }
/// impl Input for Complaint {
///     fn read(form: &mut Reader<'_>) -> Option<Complaint> {
///         // Read all first, so that all errors are noted; then take them apart.
///         let about = form.text("about", "投诉内容", 1000);
///         let phone = form.optional("phone", "联系电话", 20);
///         Some(Complaint { about: about?, phone: phone? })
///     }
/// }
/// ```
pub trait Input: Sized {
    fn read(form: &mut Reader<'_>) -> Option<Self>;
}

/// A form that has no fields of its own (a button).
impl Input for () {
    fn read(_: &mut Reader<'_>) -> Option<()> {
        Some(())
    }
}

/// All values as they are, for forms whose fields are data (JSON forms); checked by their own schema.
impl Input for BTreeMap<String, Vec<String>> {
    fn read(form: &mut Reader<'_>) -> Option<Self> {
        Some(form.fields.values.clone())
    }
}

pub struct Reader<'a> {
    fields: &'a mut Fields,
}

impl<'a> Reader<'a> {
    pub fn of(fields: &'a mut Fields) -> Reader<'a> {
        Reader { fields }
    }

    /// A text that must be there, of at most `most` characters. Trimmed, without control characters but line ends.
    pub fn text(&mut self, name: &'static str, label: &str, most: usize) -> Option<String> {
        match self.optional(name, label, most)? {
            Some(text) => Some(text),
            None => self.refuse(name, format!("请填写{label}")),
        }
    }

    /// As [`Reader::text`], but may be left empty.
    pub fn optional(&mut self, name: &'static str, label: &str, most: usize) -> Option<Option<String>> {
        let text = tidy(self.fields.value(name));
        let length = text.chars().count();
        if length > most {
            return self.refuse(name, format!("{label}不能超过 {most} 个字，现在有 {length} 个字"));
        }
        Some((!text.is_empty()).then_some(text))
    }

    /// A secret: not trimmed, not shown again. Its name starts with `password`, which keeps it out of the digest.
    pub fn secret(&mut self, name: &'static str, label: &str, most: usize) -> Option<String> {
        debug_assert!(
            name.starts_with(super::SECRET),
            "secrets are kept out of the digest by their name"
        );
        let secret = self
            .fields
            .values
            .remove(name)
            .and_then(|values| values.into_iter().next())
            .unwrap_or_default();
        if secret.is_empty() {
            return self.refuse(name, format!("请填写{label}"));
        }
        if secret.chars().count() > most {
            return self.refuse(name, format!("{label}不能超过 {most} 个字符"));
        }
        Some(secret)
    }

    /// One of the options of a group of radio buttons or a list.
    pub fn choice<T: FromStr>(&mut self, name: &'static str, label: &str) -> Option<T> {
        let value = self.fields.value(name).trim().to_owned();
        if value.is_empty() {
            return self.refuse(name, format!("请选择{label}"));
        }
        match value.parse() {
            Ok(chosen) => Some(chosen),
            Err(_) => self.refuse(name, format!("{label}不是列出的选项，请重新选择")),
        }
    }

    /// Any number of checkboxes.
    pub fn choices<T: FromStr>(&mut self, name: &'static str, label: &str) -> Option<Vec<T>> {
        let parsed: Result<Vec<T>, T::Err> = self
            .fields
            .values(name)
            .iter()
            .map(|value| value.trim().parse())
            .collect();
        match parsed {
            Ok(chosen) => Some(chosen),
            Err(_) => self.refuse(name, format!("{label}里有没有列出的选项，请重新选择")),
        }
    }

    /// A single checkbox.
    pub fn ticked(&mut self, name: &str) -> bool {
        !self.fields.value(name).is_empty()
    }

    /// A checkbox that must be ticked (a promise, a confirmation).
    pub fn must_tick(&mut self, name: &'static str, message: &str) -> Option<()> {
        if self.ticked(name) {
            Some(())
        } else {
            self.refuse(name, message)
        }
    }

    /// A whole number between the two, both included. Full-width digits are read as digits.
    pub fn number(&mut self, name: &'static str, label: &str, least: i64, most: i64) -> Option<i64> {
        let text = narrow(&tidy(self.fields.value(name)));
        if text.is_empty() {
            return self.refuse(name, format!("请填写{label}"));
        }
        match text.parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => Some(number),
            Ok(_) => self.refuse(name, format!("{label}应当在 {least} 到 {most} 之间")),
            Err(_) => self.refuse(name, format!("{label}应当是整数，例如 {least}")),
        }
    }

    /// A date: `name` as `YYYY-MM-DD`, or the three fields `name-year`, `name-month`, `name-day`.
    pub fn date(&mut self, name: &'static str, label: &str) -> Option<Date> {
        match self.optional_date(name, label)? {
            Some(date) => Some(date),
            None => self.refuse(name, format!("请填写{label}")),
        }
    }

    pub fn optional_date(&mut self, name: &'static str, label: &str) -> Option<Option<Date>> {
        let whole = narrow(self.fields.value(name).trim());
        let part = |part: &str| narrow(self.fields.value(&format!("{name}-{part}")).trim());
        let parts = [part("year"), part("month"), part("day")];
        let date = if !whole.is_empty() {
            whole.parse::<Date>().ok()
        } else if parts.iter().all(String::is_empty) {
            return Some(None);
        } else {
            date_of(&parts)
        };
        // The calendar knows these years; a typed 20226 must not become a date.
        match date.filter(|date| (1900..=2100).contains(&date.year())) {
            Some(date) => Some(Some(date)),
            None => self.refuse(name, format!("{label}不是真实的日期，例如 2026 年 2 月 10 日")),
        }
    }

    /// Notes an error of the page's own.
    pub fn refuse<T>(&mut self, name: &'static str, message: impl Into<String>) -> Option<T> {
        self.fields.complain(name, message);
        None
    }
}

fn date_of(parts: &[String; 3]) -> Option<Date> {
    let [year, month, day] = parts;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Trims, unifies line ends, and drops what no text needs: control characters and the invisible marks that turn
/// the direction of writing (they make a name read as another one).
fn tidy(text: &str) -> String {
    let unified = text.replace("\r\n", "\n");
    let kept: String = unified
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !(c.is_control() || is_bidi(*c)))
        .collect();
    kept.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
        .to_owned()
}

pub(crate) fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Full-width digits, signs and points as typed with a Chinese keyboard.
fn narrow(text: &str) -> String {
    let narrow = |c: char| match c {
        '０'..='９' | '－' | '．' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    text.chars().map(narrow).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::sort_out(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
        .2
    }

    #[test]
    fn texts_are_required_limited_and_tidied() {
        let check = |value: &str, expect: Result<&str, &str>| {
            let mut fields = fields(&[("name", value)]);
            let read = Reader::of(&mut fields).text("name", "申请人姓名", 5);
            match expect {
                Ok(text) => assert_eq!(read.as_deref(), Some(text)),
                Err(message) => assert_eq!((read, fields.error("name")), (None, Some(message))),
            }
        };
        check("  张三\u{3000}", Ok("张三"));
        check("张\u{202e}三\0", Ok("张三"));
        check("", Err("请填写申请人姓名"));
        check(" \r\n ", Err("请填写申请人姓名"));
        check("一二三四五六", Err("申请人姓名不能超过 5 个字，现在有 6 个字"));
    }

    #[test]
    fn dates_come_whole_or_in_three_parts() {
        let check = |pairs: &[(&str, &str)], expect: Result<&str, &str>| {
            let mut fields = fields(pairs);
            let read = Reader::of(&mut fields).date("d", "开业日期");
            match expect {
                Ok(date) => assert_eq!(read.unwrap().to_string(), date),
                Err(message) => assert_eq!((read, fields.error("d")), (None, Some(message))),
            }
        };
        let unreal = Err("开业日期不是真实的日期，例如 2026 年 2 月 10 日");
        check(&[("d", "2026-02-10")], Ok("2026-02-10"));
        check(
            &[("d-year", "２０２６"), ("d-month", "2"), ("d-day", "3")],
            Ok("2026-02-03"),
        );
        check(&[("d-year", "2026"), ("d-month", "2"), ("d-day", "30")], unreal);
        check(&[("d-year", "2026"), ("d-month", "2")], unreal);
        check(&[("d", "20226-02-10")], unreal);
        check(&[("d", "2026/02/10")], unreal);
        check(&[], Err("请填写开业日期"));
    }

    #[test]
    fn numbers_have_bounds() {
        let check = |value: &str, expect: Result<i64, &str>| {
            let mut fields = fields(&[("n", value)]);
            let read = Reader::of(&mut fields).number("n", "份数", 1, 99);
            assert_eq!(read.ok_or_else(|| fields.error("n").unwrap()), expect, "{value}");
        };
        check("7", Ok(7));
        check("１２", Ok(12));
        check("0", Err("份数应当在 1 到 99 之间"));
        check("1.5", Err("份数应当是整数，例如 1"));
        check("99999999999999999999", Err("份数应当是整数，例如 1"));
    }

    #[test]
    fn secrets_are_not_shown_again() {
        let mut fields = fields(&[("password", " p ")]);
        assert_eq!(
            Reader::of(&mut fields).secret("password", "密码", 100).as_deref(),
            Some(" p ")
        );
        assert_eq!(fields.value("password"), "");
    }

    #[test]
    fn hidden_fields_are_taken_apart() {
        let pairs = |key: &str, name: &str| {
            [("_csrf", "t"), ("_key", key), ("_seen", "7"), ("name", name)]
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .to_vec()
        };
        let (token, meta, fields) = Fields::sort_out(pairs("0123456789abcdef", "x"));
        assert_eq!(
            (
                token.as_str(),
                meta.seen,
                fields.names().into_iter().collect::<Vec<_>>()
            ),
            ("t", Some(7), vec!["name"])
        );
        let digest = |key, name| Fields::sort_out(pairs(key, name)).1.digest;
        assert_eq!(digest("0123456789abcdef", "x"), digest("another-key-0000", "x"));
        assert_ne!(digest("0123456789abcdef", "x"), digest("0123456789abcdef", "y"));
        assert_eq!(Fields::sort_out(pairs("short", "x")).1.key, "");
    }

    proptest! {
        #[test]
        fn no_input_breaks_a_getter(value in ".{0,60}") {
            let mut fields = fields(&[("f", &value), ("f-year", &value), ("f-day", &value)]);
            let mut reader = Reader::of(&mut fields);
            let text = reader.text("f", "栏目", 20);
            prop_assert!(text.is_none_or(|text| (1..=20).contains(&text.chars().count())));
            let _ = reader.number("f", "栏目", 0, 9);
            let _ = reader.date("f", "栏目");
            let _ = reader.choices::<u8>("f", "栏目");
        }
    }
}
