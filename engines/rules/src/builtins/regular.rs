//! Regular expressions of XPath and XQuery 3.1 (`matches`, `replace`, `split`), turned into those of
//! the `regex` crate, which runs in time linear in the text. Back-references cannot be had that way
//! and are refused.

use super::{BuiltIn, Call, Outcome, truth};
use crate::value::Value;
use regex::{Regex, RegexBuilder};

/// Longest pattern, and largest compiled program, in bytes.
const MAX_PATTERN: usize = 10_000;
const MAX_PROGRAM: usize = 1 << 21;

pub(super) static FUNCTIONS: &[BuiltIn] = &[
    BuiltIn {
        name: "matches",
        signatures: &[&["input", "pattern"], &["input", "pattern", "flags"]],
        variadic: false,
        run: |call| {
            let regex = compiled(call.text(1)?, call.optional_text(2)?.map(|flags| &**flags))?;
            truth(regex.is_match(call.text(0)?))
        },
    },
    BuiltIn {
        name: "replace",
        signatures: &[
            &["input", "pattern", "replacement"],
            &["input", "pattern", "replacement", "flags"],
        ],
        variadic: false,
        run: replace,
    },
    BuiltIn {
        name: "split",
        signatures: &[&["string", "delimiter"]],
        variadic: false,
        run: |call| {
            let regex = compiled(call.text(1)?, None)?;
            let parts = regex.split(call.text(0)?).map(Value::from).collect();
            Ok(call.evaluator.list(parts))
        },
    },
];

fn replace(call: &mut Call<'_>) -> Outcome {
    let flags = call.optional_text(3)?.map(|flags| &**flags);
    let regex = compiled(call.text(1)?, flags)?;
    let literal = flags.is_some_and(|flags| flags.contains('q'));
    let input = call.text(0)?.clone();
    let replacement = match literal {
        true => call.text(2)?.replace('$', "$$"),
        false => replacement(call.text(2)?, regex.captures_len())?,
    };
    let limit = call.evaluator.limits.text;
    let mut out = String::new();
    let mut from = 0;
    for captures in regex.captures_iter(&input) {
        let whole = captures.get_match();
        out.push_str(&input[from..whole.start()]);
        captures.expand(&replacement, &mut out);
        from = whole.end();
        if out.len() > limit {
            break;
        }
    }
    out.push_str(&input[from..]);
    Ok(call.evaluator.text(out))
}

/// `$1` takes as many digits as there are groups; `\$` and `\\` are literal.
fn replacement(text: &str, groups: usize) -> Result<String, String> {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('$') => out.push_str("$$"),
                Some('\\') => out.push('\\'),
                _ => return Err("替换文字中的 \\ 只能写作 \\\\ 或 \\$".to_owned()),
            },
            '$' => {
                let mut group = match chars.next().and_then(|c| c.to_digit(10)) {
                    Some(digit) => digit as usize,
                    None => return Err("替换文字中的 $ 之后应为组号".to_owned()),
                };
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                    if group * 10 + digit as usize >= groups {
                        break;
                    }
                    group = group * 10 + digit as usize;
                    chars.next();
                }
                out.push_str(&format!("${{{group}}}"));
            }
            c => out.push(c),
        }
    }
    Ok(out)
}

fn compiled(pattern: &str, flags: Option<&str>) -> Result<Regex, String> {
    if pattern.len() > MAX_PATTERN {
        return Err("正则表达式过长".to_owned());
    }
    let flags = flags.unwrap_or("");
    if let Some(unknown) = flags.chars().find(|c| !"smixq".contains(*c)) {
        return Err(format!("没有名为“{unknown}”的正则表达式选项"));
    }
    let has = |flag| flags.contains(flag);
    let pattern = match has('q') {
        true => regex::escape(pattern),
        false => Translation::new(pattern, has('x'), has('s')).run()?,
    };
    RegexBuilder::new(&pattern)
        .dot_matches_new_line(has('s') && !has('q'))
        .multi_line(has('m') && !has('q'))
        .case_insensitive(has('i'))
        .size_limit(MAX_PROGRAM)
        .dfa_size_limit(MAX_PROGRAM)
        .nest_limit(60)
        .build()
        .map_err(|_| "正则表达式不正确或过于复杂".to_owned())
}

/// XPath pattern → pattern of the `regex` crate.
struct Translation<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    out: String,
    /// White space outside classes is not part of the pattern (flag `x`).
    spaced: bool,
    dot_all: bool,
}

/// Depth of class subtraction.
const MAX_CLASS: usize = 10;

impl<'a> Translation<'a> {
    fn new(pattern: &'a str, spaced: bool, dot_all: bool) -> Translation<'a> {
        Translation {
            chars: pattern.chars().peekable(),
            out: String::new(),
            spaced,
            dot_all,
        }
    }

    fn run(mut self) -> Result<String, String> {
        while let Some(c) = self.chars.next() {
            match c {
                '\\' => self.escape(false)?,
                '[' => self.class(0)?,
                // XPath's dot leaves out the carriage return too.
                '.' if !self.dot_all => self.out.push_str(r"[^\n\r]"),
                '(' => self.group()?,
                c if self.spaced && c.is_whitespace() => {}
                c => self.out.push(c),
            }
        }
        Ok(self.out)
    }

    /// Only plain and `(?:` groups exist in XPath.
    fn group(&mut self) -> Result<(), String> {
        self.out.push('(');
        if self.chars.peek() == Some(&'?') {
            self.chars.next();
            if self.chars.next() != Some(':') {
                return Err("正则表达式中的 (? 之后只能是冒号".to_owned());
            }
            self.out.push_str("?:");
        }
        Ok(())
    }

    fn escape(&mut self, in_class: bool) -> Result<(), String> {
        let mut c = self.chars.next();
        while self.spaced && !in_class && c.is_some_and(char::is_whitespace) {
            c = self.chars.next();
        }
        let text = match c {
            Some('n') => r"\n",
            Some('r') => r"\r",
            Some('t') => r"\t",
            Some('s') => r"[ \t\n\r]",
            Some('S') => r"[^ \t\n\r]",
            Some('d') => r"\d",
            Some('D') => r"\D",
            Some('w') => r"[^\p{P}\p{Z}\p{C}]",
            Some('W') => r"[\p{P}\p{Z}\p{C}]",
            Some('i') => r"[\p{L}\p{Nl}_:]",
            Some('I') => r"[^\p{L}\p{Nl}_:]",
            Some('c') => r"[\p{L}\p{Nl}\p{M}\p{Nd}_:.\-\u{B7}]",
            Some('C') => r"[^\p{L}\p{Nl}\p{M}\p{Nd}_:.\-\u{B7}]",
            Some(p @ ('p' | 'P')) => return self.property(p == 'P'),
            Some('0'..='9') => {
                return Err("正则表达式中不能用反向引用：它无法保证在有限时间内完成".to_owned());
            }
            Some(c) if "\\|.?*+(){}$-[]^".contains(c) => {
                self.out.push('\\');
                self.out.push(c);
                return Ok(());
            }
            _ => return Err("正则表达式中有不认识的转义".to_owned()),
        };
        self.out.push_str(text);
        Ok(())
    }

    fn property(&mut self, negated: bool) -> Result<(), String> {
        let spaced = self.spaced;
        let mut inner = self.chars.by_ref().skip_while(|c| spaced && c.is_whitespace());
        if inner.next() != Some('{') {
            return Err("正则表达式中的 \\p 之后应为 {".to_owned());
        }
        let mut name = String::new();
        loop {
            match self.chars.next() {
                Some('}') => break,
                Some(c) if spaced && c.is_whitespace() => {}
                Some(c) if name.len() < 60 => name.push(c),
                _ => return Err("正则表达式中的 \\p{ 没有结束".to_owned()),
            }
        }
        let caret = if negated { "^" } else { "" };
        let text = match name.strip_prefix("Is") {
            Some(block) => match super::super::unicode_blocks::find(block) {
                Some((first, last)) => format!(r"[{caret}\u{{{first:X}}}-\u{{{last:X}}}]"),
                None => return Err(format!("没有名为“{block}”的 Unicode 区段")),
            },
            None if name.len() <= 2 && name.starts_with(|c| "LMNPZSC".contains(c)) => {
                let letter = if negated { 'P' } else { 'p' };
                format!(r"\{letter}{{{name}}}")
            }
            None => return Err(format!("没有名为“{name}”的 Unicode 类别")),
        };
        self.out.push_str(&text);
        Ok(())
    }

    /// `[abc-[b]]`: the subtraction becomes a difference of sets.
    fn class(&mut self, depth: usize) -> Result<(), String> {
        if depth > MAX_CLASS {
            return Err("正则表达式中的字符类嵌套过深".to_owned());
        }
        self.out.push('[');
        if self.chars.peek() == Some(&'^') {
            self.chars.next();
            self.out.push('^');
        }
        let mut empty = true;
        loop {
            let Some(c) = self.chars.next() else {
                return Err("正则表达式中的字符类没有结束".to_owned());
            };
            match c {
                ']' if empty => return Err("正则表达式中的字符类是空的".to_owned()),
                ']' => break,
                '-' if self.chars.peek() == Some(&'[') => {
                    self.chars.next();
                    self.out.push_str("--");
                    self.class(depth + 1)?;
                    if self.chars.next() != Some(']') {
                        return Err("正则表达式中的字符类相减之后应结束".to_owned());
                    }
                    break;
                }
                '[' => return Err("正则表达式的字符类中 [ 要写作 \\[".to_owned()),
                '\\' => self.escape(true)?,
                c if self.spaced && c.is_whitespace() && depth > 0 => {}
                '&' | '~' => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                '-' => self.hyphen(empty)?,
                c => self.out.push(c),
            }
            empty = false;
        }
        self.out.push(']');
        Ok(())
    }

    /// A hyphen is literal first or last; elsewhere it makes a span of two characters.
    fn hyphen(&mut self, first: bool) -> Result<(), String> {
        match self.chars.peek() {
            Some(']') => self.out.push_str(r"\-"),
            _ if first => self.out.push_str(r"\-"),
            Some('-') | None => return Err("正则表达式中的 - 用法不正确".to_owned()),
            Some(_) => self.out.push('-'),
        }
        Ok(())
    }
}
