//! Which passwords are good enough. Two named profiles, because the rules contradict each other: NIST SP 800-63B (15
//! characters where the password is the only factor, no composition, no rotation, a block list) and the assessment of
//! 等保 level 3 (complexity and periodic change). The place's profile says which one (`people.password_profile`).

use std::sync::LazyLock;

use mingjing_chronicle::Parameters;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProfile {
    Nist,
    CnMlps3,
}

/// Longer ones are refused before they are hashed.
pub const MOST_CHARS: usize = 128;
/// What must remain when what anybody would guess first is taken out: letters and signs, two digits as one.
const LEAST_SUBSTANCE: usize = 4;

/// Longest first, so that `123456789` is taken out whole and not as `123456` with a rest.
static BLOCKED: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut words: Vec<&str> = include_str!("../data/blocked-passwords.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
});

impl PasswordProfile {
    pub fn of(parameters: &Parameters) -> PasswordProfile {
        match parameters.text("people.password_profile") {
            Some("cn-mlps3") => PasswordProfile::CnMlps3,
            _ => PasswordProfile::Nist,
        }
    }

    fn least_chars(self) -> usize {
        match self {
            PasswordProfile::Nist => 15,
            PasswordProfile::CnMlps3 => 8,
        }
    }

    /// Days after which a password must be changed.
    pub fn max_age_days(self) -> Option<i64> {
        match self {
            PasswordProfile::Nist => None,
            PasswordProfile::CnMlps3 => Some(90),
        }
    }

    /// For the hint beside the field.
    pub fn words(self) -> &'static str {
        match self {
            PasswordProfile::Nist => "至少 15 个字符，可以用一句只有自己知道的话，可以有空格和汉字",
            PasswordProfile::CnMlps3 => "至少 8 个字符，大写字母、小写字母、数字、符号四类里至少有三类；每 90 天要更换",
        }
    }

    /// `about` = what others know of the person: login name, phone. What is wrong is said in one sentence.
    ///
    /// # Errors
    /// Why it is not good enough.
    pub fn check(self, password: &str, about: &[&str]) -> Result<(), String> {
        let length = password.chars().count();
        if length < self.least_chars() {
            return Err(format!("密码至少 {} 个字符，现在是 {length} 个", self.least_chars()));
        }
        if length > MOST_CHARS {
            return Err(format!("密码最多 {MOST_CHARS} 个字符"));
        }
        if self == PasswordProfile::CnMlps3 && classes(password) < 3 {
            return Err("大写字母、小写字母、数字、符号四类里至少要有三类".to_owned());
        }
        if substance(password, about) < LEAST_SUBSTANCE {
            return Err("这个密码太容易被猜到：它由常见密码、连续或重复的字符，或者您的登录名、电话组成".to_owned());
        }
        Ok(())
    }
}

fn classes(password: &str) -> usize {
    let has = |test: fn(char) -> bool| usize::from(password.chars().any(test));
    has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_ascii_alphanumeric())
}

/// Characters left when blocked words, what is known of the person, runs and repetitions are taken out.
fn substance(password: &str, about: &[&str]) -> usize {
    let mut rest = password.to_lowercase();
    for known in about.iter().filter(|known| known.chars().count() >= 3) {
        rest = rest.replace(&known.to_lowercase(), "\0");
    }
    for word in BLOCKED.iter() {
        rest = rest.replace(word, "\0");
    }
    without_runs(&rest)
}

/// Counts characters that neither repeat nor step up or down from the one before, and are not separators. A year or a
/// birthday behind a common word adds little: two digits count as one letter.
fn without_runs(rest: &str) -> usize {
    let mut last: Option<char> = None;
    let mut seen: Vec<char> = Vec::new();
    for c in rest.chars() {
        let step = last.map(|last| i64::from(u32::from(c)) - i64::from(u32::from(last)));
        let new = !matches!(step, Some(-1..=1)) && c != '\0' && !c.is_whitespace();
        if new && !seen.contains(&c) {
            seen.push(c);
        }
        last = Some(c);
    }
    let digits = seen.iter().filter(|c| c.is_ascii_digit()).count();
    seen.len() - digits + digits / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn nist_wants_length_and_no_guessable_ones() {
        let check = |password: &str, expect: bool| {
            let ok = PasswordProfile::Nist
                .check(password, &["zhang.san", "13800138000"])
                .is_ok();
            assert_eq!(ok, expect, "{password}");
        };
        check("穿过田野的小路开满了紫色的花", false);
        check("穿过田野的那条小路开满了紫色的花", true);
        check("correct horse battery", true);
        check("kq7vh2mzt4wpx9c", true);
        check("short but odd!", false);
        check("passwordpassword", false);
        check("woaini1314520520", false);
        check("123456789012345678", false);
        check("aaaaaaaaaaaaaaaaaaaa", false);
        check("abcdefghijklmnopqrst", false);
        check("zhang.san13800138000", false);
        check("qwertyuiopasdfghjkl", false);
        check(&"x7".repeat(65), false);
    }

    #[test]
    fn the_assessment_wants_classes() {
        let check = |password: &str, expect: bool| {
            assert_eq!(
                PasswordProfile::CnMlps3.check(password, &[]).is_ok(),
                expect,
                "{password}"
            );
        };
        check("Tk7#vq2m", true);
        check("Tk7vq2mz", true);
        check("tk7vq2mz", false);
        check("Tk7#vq2", false);
        check("Admin123!", false);
        check("P@ssw0rd", false);
        check("Woaini520!", false);
        check("Wenzhou2026!", false);
    }

    #[test]
    fn the_place_names_its_profile() {
        let check = |value: Option<&str>, expect: PasswordProfile| {
            let values = value.map(|value| ("people.password_profile".to_owned(), value.to_owned()));
            let parameters = Parameters {
                version: "t".into(),
                values: values.into_iter().collect::<BTreeMap<_, _>>(),
            };
            assert_eq!(PasswordProfile::of(&parameters), expect);
        };
        check(None, PasswordProfile::Nist);
        check(Some("nist"), PasswordProfile::Nist);
        check(Some("cn-mlps3"), PasswordProfile::CnMlps3);
    }
}
