//! Measuring, wrapping and escaping text: a Chinese character is 1 em wide, others a little over half.

use std::fmt::Write as _;

use crate::model::Point;

pub const SIZE: f64 = 13.0;
pub const SMALL: f64 = 11.0;
pub const INK: &str = "#1d2733";
pub const MUTED: &str = "#566373";

/// May not begin a line.
const CLOSING: &str = "，。、；：！？）》」』】〕,.;:!?)]}";
/// May not end a line.
const OPENING: &str = "（《「『【〔([{";

pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| em(c) * size).sum()
}

fn em(c: char) -> f64 {
    match c {
        '\u{0}'..='\u{2ff}' => 0.56,
        _ => 1.0,
    }
}

/// Lines of about equal width, none over `room` unless a single character is. More than `most` lines end in an
/// ellipsis.
pub fn wrap(text: &str, room: f64, size: f64, most: usize) -> Vec<String> {
    let whole = width(text, size);
    let rows = (whole / room.max(size)).ceil().max(1.0);
    // Even lines read better than one full line and a rest of one character.
    let goal = (whole / rows + size / 2.0).min(room);
    let mut lines = vec![String::new()];
    let mut used = 0.0;
    for (token, token_width) in tokens(text, size, room) {
        let fresh = lines.last().is_none_or(String::is_empty);
        if !fresh && used + token_width > goal.max(token_width) && !hangs(&token) {
            lines.push(String::new());
            used = 0.0;
        }
        let line = lines.last_mut().expect("there is always a line");
        if !(line.is_empty() && token == " ") {
            line.push_str(&token);
            used += token_width;
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.pop();
            last.push('…');
        }
    }
    lines
}

/// Chinese breaks between any characters; runs of others stay together unless they are too long for a line. An
/// opening bracket holds on to what follows.
fn tokens(text: &str, size: f64, room: f64) -> Vec<(String, f64)> {
    let mut tokens: Vec<(String, f64)> = Vec::new();
    let mut glue = false;
    for c in text.chars() {
        let wide = em(c) * size;
        let joins = c != ' ' && em(c) < 1.0 && !CLOSING.contains(c);
        match tokens.last_mut() {
            Some((token, used)) if (glue || joins && is_run(token)) && *used + wide <= room => {
                token.push(c);
                *used += wide;
            }
            _ => tokens.push((c.to_string(), wide)),
        }
        glue = OPENING.contains(c);
    }
    tokens
}

fn is_run(token: &str) -> bool {
    token.chars().next_back().is_some_and(|c| c != ' ' && em(c) < 1.0)
}

fn hangs(token: &str) -> bool {
    token.chars().next().is_some_and(|c| CLOSING.contains(c))
}

/// Text for element content and attribute values. Control characters have no place in XML.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Lines centred on `at.x`, the block centred on `at.y`.
pub fn centred(lines: &[String], at: Point, size: f64, fill: &str, out: &mut String) {
    let pitch = size * 1.3;
    // 0.35 em from the middle of a line down to its baseline.
    let first = at.y - pitch * (lines.len() as f64 - 1.0) / 2.0 + size * 0.35;
    for (row, line) in lines.iter().enumerate() {
        let y = first + pitch * row as f64;
        let _ = write!(
            out,
            r#"<text x="{:.1}" y="{y:.1}" font-size="{size}" text-anchor="middle" fill="{fill}">{}</text>"#,
            at.x,
            escape(line)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, room: f64, expect: &[&str]) {
        assert_eq!(wrap(text, room, 10.0, 3), expect, "{text}");
    }

    #[test]
    fn lines_are_even_and_keep_punctuation() {
        check("现场核查", 60.0, &["现场核查"]);
        check("送达不予受理决定", 60.0, &["送达不予", "受理决定"]);
        check("不予受理、不需许可", 60.0, &["不予受理、", "不需许可"]);
        check("补正（一次告知）", 50.0, &["补正（一", "次告知）"]);
        check("HACCP核查", 40.0, &["HACCP", "核查"]);
        check("一二三四五六七八九十", 20.0, &["一二", "三四", "五…"]);
        check("", 60.0, &[""]);
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(escape("<b a=\"1\">&'"), "&lt;b a=&quot;1&quot;&gt;&amp;&#39;");
        assert_eq!(escape("a\u{0}b"), "a b");
    }
}
