//! Collects what is wrong with an input, so that a person reads all of it at once.

use mingjing_chronicle::Refusal;

#[derive(Debug, Default)]
pub struct Checks {
    errors: Vec<(&'static str, String)>,
}

/// Longest reason and address; longest name.
pub const LONG: usize = 200;
pub const SHORT: usize = 60;

impl Checks {
    pub fn new() -> Checks {
        Checks::default()
    }

    pub fn refuse(&mut self, field: &'static str, message: impl Into<String>) {
        self.errors.push((field, message.into()));
    }

    pub fn require(&mut self, holds: bool, field: &'static str, message: &str) {
        if !holds {
            self.refuse(field, message);
        }
    }

    /// The text without space around it; it must be there, be one line and be at most `most` characters.
    pub fn text(&mut self, field: &'static str, label: &str, value: &str, most: usize) -> String {
        let value = value.trim();
        if value.is_empty() {
            self.refuse(field, format!("请填写{label}"));
        }
        self.form(field, label, value, most)
    }

    pub fn optional(&mut self, field: &'static str, label: &str, value: &str, most: usize) -> String {
        self.form(field, label, value.trim(), most)
    }

    fn form(&mut self, field: &'static str, label: &str, value: &str, most: usize) -> String {
        if value.chars().count() > most {
            self.refuse(field, format!("{label}最多 {most} 个字"));
        } else if value.chars().any(hidden) {
            self.refuse(field, format!("{label}里有看不见的字符，请重新输入"));
        }
        value.to_owned()
    }

    /// 3 to 40 of `a-z 0-9 . _ - @`, in small letters: the same person never has two spellings.
    pub fn login_name(&mut self, field: &'static str, value: &str) -> String {
        let value = value.trim().to_ascii_lowercase();
        let form = (3..=40).contains(&value.len())
            && value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte));
        self.require(form, field, "登录名用 3 到 40 个字母、数字或 . _ - @，也可以用手机号");
        value
    }

    /// Mobile numbers of the mainland, or any number with country or area code.
    pub fn phone(&mut self, field: &'static str, value: &str) -> String {
        let value: String = value.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let digits = value.strip_prefix('+').unwrap_or(&value);
        let form = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        self.require(form, field, "请填写正确的电话号码，例如 11 位手机号，或者区号加座机号");
        value
    }

    pub fn done(self) -> Result<(), Refusal> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let refusal = Refusal::invalid("people.input", "填写的内容有需要改正的地方，本次没有保存。");
        Err(self
            .errors
            .into_iter()
            .fold(refusal, |refusal, (field, message)| refusal.field(field, message)))
    }
}

/// Controls and the marks that make text look different from what it is (bidirectional overrides, zero width).
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_field_by_field() {
        let check = |value: &str, ok: bool| {
            let mut checks = Checks::new();
            checks.text("name", "姓名", value, 5);
            assert_eq!(checks.done().is_ok(), ok, "{value:?}");
        };
        check("张三", true);
        check("  张三 ", true);
        check("   ", false);
        check("一二三四五六", false);
        check("张\u{202E}三", false);
        check("张\n三", false);
    }

    #[test]
    fn login_names_and_phones() {
        let login = |value: &str, expect: Option<&str>| {
            let mut checks = Checks::new();
            let name = checks.login_name("login_name", value);
            assert_eq!(checks.done().is_ok().then_some(name).as_deref(), expect, "{value:?}");
        };
        login("Wang.Li", Some("wang.li"));
        login("13800138000", Some("13800138000"));
        login("ab", None);
        login("王丽丽", None);
        let phone = |value: &str, expect: bool| {
            let mut checks = Checks::new();
            checks.phone("phone", value);
            assert_eq!(checks.done().is_ok(), expect, "{value:?}");
        };
        phone("138 0013 8000", true);
        phone("0577-86968888", true);
        phone("+8613800138000", true);
        phone("12345", false);
        phone("1380013800a", false);
    }
}
