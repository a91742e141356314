//! Text → tokens. A name with spaces or signs is several tokens here; the parser puts it together
//! again from the names in scope.

use super::SyntaxError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters, digits and the like; keywords too.
    Word,
    Number,
    /// With its quotes.
    String,
    Symbol,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    pub start: usize,
}

impl Token<'_> {
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub fn is(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.text == symbol
    }

    pub fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text == word
    }
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, SyntaxError> {
    if text.len() > super::MAX_TEXT {
        return Err(SyntaxError::at(text, 0, "表达式过长，上限为 256 KiB"));
    }
    let mut tokens = Vec::new();
    let mut at = skip_blank(text, 0)?;
    while at < text.len() {
        let token = next(text, at)?;
        at = skip_blank(text, token.end())?;
        tokens.push(token);
    }
    tokens.push(Token {
        kind: TokenKind::End,
        text: "",
        start: text.len(),
    });
    Ok(tokens)
}

fn skip_blank(text: &str, mut at: usize) -> Result<usize, SyntaxError> {
    loop {
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else {
            return Ok(at);
        };
        if is_space(first) {
            at += first.len_utf8();
        } else if rest.starts_with("//") {
            at += rest.find(['\n', '\r']).unwrap_or(rest.len());
        } else if let Some(comment) = rest.strip_prefix("/*") {
            let Some(close) = comment.find("*/") else {
                return Err(SyntaxError::at(text, at, "注释没有结束，缺少 */"));
            };
            at += close + 4;
        } else {
            return Ok(at);
        }
    }
}

fn next(text: &str, start: usize) -> Result<Token<'_>, SyntaxError> {
    let rest = &text[start..];
    let first = rest.chars().next().unwrap_or(' ');
    let (kind, length) = if first == '"' {
        (TokenKind::String, string_length(text, start)?)
    } else if first.is_ascii_digit() || (first == '.' && second_is_digit(rest)) {
        (TokenKind::Number, number_length(rest))
    } else if is_name_start(first) {
        let length = rest.find(|c| !is_name_part(c)).unwrap_or(rest.len());
        // `?` is a name of its own: the tested input, as in `?>5`.
        (TokenKind::Word, if first == '?' { 1 } else { length })
    } else {
        (TokenKind::Symbol, symbol_length(text, start)?)
    };
    Ok(Token {
        kind,
        text: &rest[..length],
        start,
    })
}

fn second_is_digit(rest: &str) -> bool {
    rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
}

fn string_length(text: &str, start: usize) -> Result<usize, SyntaxError> {
    let mut escaped = false;
    for (at, c) in text[start..].char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Ok(at + 1),
            _ => {}
        }
    }
    Err(SyntaxError::at(text, start, "字符串没有结束，缺少双引号"))
}

/// `digits [. digits] [e [±] digits]`; a point that is followed by another (`1..5`) is a range.
fn number_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut length = digits(0);
    if bytes.get(length) == Some(&b'.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let from = (length + 1 + sign).min(bytes.len());
        if digits(from) > 0 {
            length = from + digits(from);
        }
    }
    length
}

fn symbol_length(text: &str, start: usize) -> Result<usize, SyntaxError> {
    const PAIRS: [&str; 6] = ["**", "..", "<=", ">=", "!=", "->"];
    let rest = &text[start..];
    if PAIRS.iter().any(|pair| rest.starts_with(pair)) {
        return Ok(2);
    }
    match rest.chars().next() {
        Some(c) if "()[]{}<>=+-*/.,:@'’%&$#!|".contains(c) => Ok(c.len_utf8()),
        Some(c) => Err(SyntaxError::at(
            text,
            start,
            format!("不认识的字符“{}”", c.escape_debug()),
        )),
        None => Err(SyntaxError::at(text, start, "表达式到此为止")),
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{180E}' | '\u{200B}' | '\u{FEFF}')
}

fn is_name_start(c: char) -> bool {
    matches!(c, '?' | '_' | 'A'..='Z' | 'a'..='z') || (!c.is_ascii() && is_letter(c))
}

/// Characters beyond ASCII that a name may begin with (DMN 1.5, rule 28), widened by the CJK
/// brackets and marks that Chinese field names carry, as in `金额（元）`.
fn is_letter(c: char) -> bool {
    matches!(c,
        '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}'
        | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

fn is_name_part(c: char) -> bool {
    is_name_start(c) && c != '?'
        || c.is_ascii_digit()
        || matches!(c, '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// The text that a string literal (with its quotes) stands for. A backslash before anything that is
/// no escape stands for itself, so that regular expressions need no doubled ones.
pub(super) fn unescape(text: &str, start: usize, literal: &str) -> Result<String, SyntaxError> {
    let inner = &literal[1..literal.len() - 1];
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(same @ ('\\' | '"' | '\'')) => out.push(same),
            Some(u @ ('u' | 'U')) => {
                let count = if u == 'u' { 4 } else { 6 };
                let c = unicode(&mut chars, count)
                    .ok_or_else(|| SyntaxError::at(text, start, "字符串中的 Unicode 转义不正确"))?;
                out.push(c);
            }
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    Ok(out)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn unicode(chars: &mut Chars<'_>, count: usize) -> Option<char> {
    let high = hex(chars, count)?;
    if !(0xD800..0xDC00).contains(&high) {
        return char::from_u32(high);
    }
    // A character beyond the first plane, written as a pair of surrogates.
    if chars.next() != Some('\\') || chars.next() != Some('u') {
        return None;
    }
    let low = hex(chars, 4).filter(|low| (0xDC00..0xE000).contains(low))?;
    char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
}

fn hex(chars: &mut Chars<'_>, count: usize) -> Option<u32> {
    let mut value = 0;
    for _ in 0..count {
        value = value * 16 + chars.next()?.to_digit(16)?;
    }
    Some(value)
}
