//! JSON ↔ values. Numbers keep every digit: they never pass through binary floats. The text of a
//! value is always the same bytes.

use crate::number::Number;
use crate::value::{Context, Value};
use std::fmt::Write;

/// Largest JSON text, in bytes, and deepest nesting.
pub const MAX_TEXT: usize = 16 << 20;
pub const MAX_DEPTH: usize = 300;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("JSON 不正确（第 {line} 行第 {column} 列）：{message}")]
pub struct JsonError {
    pub line: usize,
    pub column: usize,
    pub message: &'static str,
}

/// Objects become contexts, arrays lists; a key given twice is refused.
pub fn read(text: &str) -> Result<Value, JsonError> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    if text.len() > MAX_TEXT {
        return reader.refuse("超过 16 MiB");
    }
    let value = reader.value()?;
    reader.blank();
    if reader.at < text.len() {
        return reader.refuse("之后有多余的内容");
    }
    Ok(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Value, JsonError> {
        self.blank();
        match self.text.as_bytes().get(self.at) {
            Some(b'{') => self.nested(Reader::object),
            Some(b'[') => self.nested(Reader::array),
            Some(b'"') => Ok(Value::from(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Boolean(true)),
            Some(b'f') => self.word("false", Value::Boolean(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) => self.refuse("此处应为一个值"),
            None => self.refuse("没有写完"),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, JsonError>) -> Result<Value, JsonError> {
        if self.depth >= MAX_DEPTH {
            return self.refuse("嵌套过深");
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        let mut context = Context::new();
        if self.take(b'}') {
            return Ok(Value::context(context));
        }
        loop {
            self.blank();
            if self.text.as_bytes().get(self.at) != Some(&b'"') {
                return self.refuse("此处应为带引号的名称");
            }
            let key = crate::feel::normal(&self.string()?);
            if context.get(&key).is_some() {
                return self.refuse("名称重复");
            }
            if !self.take(b':') {
                return self.refuse("缺少冒号");
            }
            context.set(key, self.value()?);
            if self.take(b',') {
                continue;
            }
            return if self.take(b'}') {
                Ok(Value::context(context))
            } else {
                self.refuse("缺少 }")
            };
        }
    }

    fn array(&mut self) -> Result<Value, JsonError> {
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value()?);
            if self.take(b',') {
                continue;
            }
            return if self.take(b']') {
                Ok(Value::list(items))
            } else {
                self.refuse("缺少 ]")
            };
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.at + 1;
        let mut escaped = false;
        for (at, c) in self.text[start..].char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => {
                    let inner = &self.text[start..start + at];
                    let Some(text) = unescape(inner) else {
                        return self.refuse("转义不正确");
                    };
                    self.at = start + at + 1;
                    return Ok(text);
                }
                c if (c as u32) < 0x20 => return self.refuse("文字中有控制字符"),
                _ => {}
            }
        }
        self.refuse("文字没有结束")
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let rest = &self.text[self.at..];
        let length = rest
            .find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c))
            .unwrap_or(rest.len());
        match Number::parse(&rest[..length]) {
            Ok((number, true)) => {
                self.at += length;
                Ok(Value::Number(number))
            }
            Ok((_, false)) => self.refuse("数超过 34 位有效数字，无法精确表示"),
            Err(_) => self.refuse("数不正确"),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        if !self.text[self.at..].starts_with(word) {
            return self.refuse("此处应为一个值");
        }
        self.at += word.len();
        Ok(value)
    }

    fn take(&mut self, byte: u8) -> bool {
        self.blank();
        let found = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn blank(&mut self) {
        let bytes = &self.text.as_bytes()[self.at..];
        self.at += bytes
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
            .count();
    }

    fn refuse<T>(&self, message: &'static str) -> Result<T, JsonError> {
        let before = self.text.get(..self.at).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Err(JsonError { line, column, message })
    }
}

fn unescape(inner: &str) -> Option<String> {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            same @ ('"' | '\\' | '/') => out.push(same),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{C}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'u' => {
                let mut code = hex(&mut chars)?;
                if (0xD800..0xDC00).contains(&code) {
                    if chars.next()? != '\\' || chars.next()? != 'u' {
                        return None;
                    }
                    let low = hex(&mut chars)?.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
                    code = 0x10000 + ((code - 0xD800) << 10) + low;
                }
                out.push(char::from_u32(code)?);
            }
            _ => return None,
        }
    }
    Some(out)
}

fn hex(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    let mut code = 0;
    for _ in 0..4 {
        code = code * 16 + chars.next()?.to_digit(16)?;
    }
    Some(code)
}

/// Dates, times and durations become their ISO text, ranges and functions their FEEL text.
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    write_to(&mut out, value);
    out
}

pub(crate) fn write_to(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) => {
            let _ = write!(out, "{value}");
        }
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write_to(out, item);
            }
            out.push(']');
        }
        Value::Context(context) => {
            out.push('{');
            for (index, (name, value)) in context.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                string(out, name);
                out.push(':');
                write_to(out, value);
            }
            out.push('}');
        }
        other => string(out, &other.to_string()),
    }
}

/// A JSON string.
pub(crate) fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// An object written entry by entry, in the order given.
pub(crate) struct Object<'o> {
    out: &'o mut String,
    first: bool,
}

impl<'o> Object<'o> {
    pub fn new(out: &'o mut String) -> Object<'o> {
        out.push('{');
        Object { out, first: true }
    }

    fn key(&mut self, name: &str) -> &mut String {
        self.out.push_str(if self.first { "" } else { "," });
        self.first = false;
        string(self.out, name);
        self.out.push(':');
        self.out
    }

    pub fn text(&mut self, name: &str, text: &str) -> &mut Self {
        string(self.key(name), text);
        self
    }

    pub fn value(&mut self, name: &str, value: &Value) -> &mut Self {
        write_to(self.key(name), value);
        self
    }

    pub fn number(&mut self, name: &str, number: usize) -> &mut Self {
        let _ = write!(self.key(name), "{number}");
        self
    }

    pub fn truth(&mut self, name: &str, value: bool) -> &mut Self {
        let _ = write!(self.key(name), "{value}");
        self
    }

    /// A value of any shape, written by `write`.
    pub fn part(&mut self, name: &str, write: impl FnOnce(&mut String)) -> &mut Self {
        write(self.key(name));
        self
    }

    /// An array, each element written by `each`.
    pub fn array<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut String, T),
    ) -> &mut Self {
        let out = self.key(name);
        out.push('[');
        for (index, item) in items.into_iter().enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            each(out, item);
        }
        out.push(']');
        self
    }

    pub fn end(&mut self) {
        self.out.push('}');
    }
}
